package ui

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/access"
	"github.com/clientele/clientele/internal/cases"
	"github.com/clientele/clientele/internal/mail"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/warehouse"
)

// casesFake are the cases of a fake: one that is shown, and as many as are listed.
type casesFake struct {
	list    []cases.Case
	detail  cases.Detail
	rule    cases.Ruled
	mailed  bool
	waiting int64
	asked   access.CaseQuery
	did     []string
	fail    error
	failAt  string // method
}

func (f *casesFake) failed(method string) error {
	if f.failAt == method {
		return f.fail
	}
	return nil
}

func (f *casesFake) Cases(_ context.Context, q access.CaseQuery) (cases.List, error) {
	f.asked = q
	from := min(int(q.Offset), len(f.list))
	end := min(from+q.Limit, len(f.list))
	return cases.List{Cases: f.list[from:end], More: end < len(f.list)}, f.failed("Cases")
}

func (f *casesFake) Waiting(context.Context, string) (int64, error) {
	return f.waiting, f.failed("Waiting")
}

func (f *casesFake) Case(context.Context, int64) (cases.Detail, error) {
	return f.detail, f.failed("Case")
}

func (f *casesFake) Take(context.Context, int64, int64) (cases.Case, error) {
	f.did = append(f.did, "take")
	return f.detail.Case, f.failed("Take")
}

func (f *casesFake) Note(_ context.Context, _, _ int64, text string) (cases.Case, error) {
	f.did = append(f.did, "note "+text)
	return f.detail.Case, f.failed("Note")
}

func (f *casesFake) Settle(_ context.Context, _, _ int64, done, address string) (cases.Case, cases.Asked, error) {
	f.did = append(f.did, "settle "+done+" "+address)
	return f.detail.Case, cases.Asked{Link: "/answer?secret=abc", Mailed: f.mailed}, f.failed("Settle")
}

func (f *casesFake) Rule(context.Context, string) (cases.Ruled, error) {
	return f.rule, f.failed("Rule")
}

func (f *casesFake) SetRule(_ context.Context, _ string, _ int64, r cases.Rule) (cases.Ruled, error) {
	if f.failed("SetRule") == nil {
		f.rule.Rule, f.rule.Own = r, true
	}
	return f.rule, f.failed("SetRule")
}

func (f *casesFake) Question(context.Context, string) (cases.Question, error) {
	return cases.Question{At: "Delivery", Day: clientele.MustDate("2026-10-04")}, f.failed("Question")
}

func (f *casesFake) Answer(_ context.Context, secret string, settled bool, text string) error {
	f.did = append(f.did, "answer "+secret+" "+map[bool]string{true: "yes", false: "no"}[settled]+" "+text)
	return f.failed("Answer")
}

// aCase is one that waits for Olive.
func aCase(number int64) cases.Case {
	return cases.Case{
		Number: number, Version: 3, Touchpoint: "t1", At: "Delivery <b>", Customer: "C-1", Matter: "O-9", State: cases.Open, Owner: cases.Person{ID: "olive", Name: "Olive"}, Why: cases.AsOwner,
		Opened: signedAt(), Due: signedAt().Add(48 * time.Hour),
	}
}

func TestCasesPage(t *testing.T) {
	f := led()
	v := signedIn(t, f, "ada")
	v.sees("/cases", http.StatusOK, "No case waits.", "at touchpoints that are drawn on the map", `aria-current="page">Cases`, `aria-current="page">All`, "Mine and my units&#39;", "/cases/rules")
	if f.cases.asked.Whose != access.All || f.cases.asked.State != cases.Open {
		t.Errorf("%+v", f.cases.asked)
	}
	late := aCase(2)
	late.Overdue, late.RaisedTo = true, cases.Person{ID: "ada", Name: "Ada"}
	nobodys := aCase(3)
	nobodys.Owner, nobodys.Why = cases.Person{}, cases.AsNobody
	f.cases.list = []cases.Case{aCase(1), late, nobodys}
	v.sees("/cases", http.StatusOK, "3 cases wait, 1 overdue.", `href="/cases/2"`, "open, overdue", "Olive, raised to Ada", ">nobody<", "Delivery &lt;b&gt;", "C-1", "7 Oct 2026")
	f.cases.list = f.cases.list[:1]
	v.sees("/cases?whose=mine", http.StatusOK, "1 case waits, none of them overdue.", `aria-current="page">Mine<`)
	closed := aCase(1)
	at := signedAt()
	closed.State, closed.Closed, closed.Answer = cases.Closed, &at, cases.None
	f.cases.list = []cases.Case{closed}
	v.sees("/cases?state=closed", http.StatusOK, "1 case is closed.", "the customer did not answer", ">Closed</th>")
	v.sees("/cases?state=settled", http.StatusOK, "1 case is settled, and the customer is asked.", "Asked until")
	f.cases.list = nil
	v.sees("/cases?state=closed", http.StatusOK, "No case is like that.", "Look at those that wait.")
	for n := range int64(60) {
		f.cases.list = append(f.cases.list, aCase(n+1))
	}
	v.sees("/cases", http.StatusOK, "At least 50 cases wait", "offset=50", `rel="next"`)
	if body := v.sees("/cases?offset=50", http.StatusOK, "At least 10 cases wait", `rel="prev"`); strings.Contains(body, `rel="next"`) {
		t.Error("there are others")
	}
	f.cases.failAt, f.cases.fail = "Cases", errBurns
	v.sees("/cases", http.StatusInternalServerError)
	f.cases.failAt = ""
	o := signedIn(t, f, "olive")
	if body := o.sees("/cases", http.StatusOK); strings.Contains(body, ">All<") || f.cases.asked.Whose != access.Units {
		t.Errorf("%+v", f.cases.asked)
	}
	expect(t, f.site, "/cases?whose=all", http.StatusOK)
}

func TestCasePage(t *testing.T) {
	f := led()
	v := signedIn(t, f, "ada")
	score, low, high, last := 3.0, 0.0, 10.0, clientele.MustDate("2026-09-30")
	promised := clientele.MustDate("2026-10-05").Time()
	actual := promised.Add(26 * time.Hour)
	f.cases.detail = cases.Detail{
		Case: aCase(7),
		Causes: []cases.Cause{
			{Fact: cases.Fact{What: warehouse.BadAnswer, Day: last, Instrument: "nps", Score: &score, ScaleMin: &low, ScaleMax: &high}, Text: "<script>too late"},
			{Fact: cases.Fact{What: warehouse.BrokenPromise, Day: last, Promised: &promised, Actual: &actual}, Quiet: true}, {Fact: cases.Fact{What: warehouse.Failure, Day: last}},
		},
		Events: []cases.Event{{At: signedAt(), Name: "Clientele", What: "opened", Note: "For Olive"}},
		Stake:  &warehouse.Stake{Orders: 12, Amount: money("340.5"), Last: &last},
	}
	d := &f.cases.detail
	v.sees("/cases/7", http.StatusOK, "It waits for Olive, due 7 Oct 2026", "a customer gave 3 on a scale from 0 to 10 (NPS)", "&lt;script&gt;too late", "30 Sep 2026: a customer", "It was promised for 5 Oct 2026, and came on 6 Oct 2026, 02:00.",
		"Nobody was asked: a case of the same matter", "it failed", "£340.50", ">12<", "For Olive", "Take the case", "It is settled", "Save the note", `href="/touchpoints/t1"`)
	d.Stake.Last, d.Why, d.Customer, d.Matter = nil, cases.AsLead, "anna@example.com", ""
	v.sees("/cases/7", http.StatusOK, "Nobody answers for the touchpoint, so it is", `value="anna@example.com"`, ">never<", ">not known<")
	d.State, d.Stake, d.Why = cases.Taken, nil, cases.AsNobody
	if body := v.sees("/cases/7", http.StatusOK, "case is being worked on", "may see rows of their segment", "nobody leads customer experience"); strings.Contains(body, "Take the case") {
		t.Error("a case that is taken can be taken")
	}
	d.Overdue, d.RaisedTo = true, cases.Person{Name: "Ada"}
	v.sees("/cases/7", http.StatusOK, "It waits for Olive, raised to Ada, and is overdue.")
	d.State, d.Settlement = cases.Settled, "Called.\nSent another."
	for state, says := range map[store.MailState]string{
		store.MailSent: "The question was mailed.", store.MailRefused: "could not be mailed: no such user", store.MailUnsure: "may have arrived", store.MailWaiting: "on its way by mail",
	} {
		d.Asked = &mail.Sendable{State: state, Reason: "no such user"}
		if body := v.sees("/cases/7", http.StatusOK, "Settled. The customer is asked until", "Sent another.", says); strings.Contains(body, "It is settled</button>") {
			t.Error("a case that is settled can be settled")
		}
	}
	d.State, d.Answer, d.AnswerText = cases.Closed, cases.Yes, "Thank you <3"
	v.sees("/cases/7", http.StatusOK, "Closed: the customer says that it is settled.", "Thank you &lt;3")
	f.cases.failAt, f.cases.fail = "Case", clientele.Errorf(clientele.CodeForbidden, "that is not yours")
	v.sees("/cases/7", http.StatusForbidden, "that is not yours")
	f.cases.failAt = ""
	f.directory.people["olive"].Roles = []policy.Role{policy.Auditor}
	d.State, d.Answer = cases.Open, ""
	if body := signedIn(t, f, "olive").sees("/cases/7", http.StatusOK, "It waits for Olive"); strings.Contains(body, "<form class=\"stack") {
		t.Error("an auditor may work on it")
	}
	f.directory.people["olive"].Roles = []policy.Role{policy.Administrator}
	signedIn(t, f, "olive").sees("/cases/7", http.StatusForbidden)
}

func TestACaseIsWorkedOn(t *testing.T) {
	f := led()
	v := signedIn(t, f, "ada")
	f.cases.detail = cases.Detail{Case: aCase(7)}
	form := url.Values{"version": {"3"}, "done": {"Called."}, "address": {"a@example.com"}, "note": {"Waits"}}
	v.sends("/cases/7/take", form, http.StatusSeeOther)
	v.sends("/cases/7/note", form, http.StatusSeeOther)
	v.sends("/cases/7/settle", form, http.StatusOK, "Settled. Ask the customer by this link.", "http://localhost:8080/answer?secret=abc")
	f.cases.mailed = true
	v.sends("/cases/7/settle", form, http.StatusOK, "The customer is asked by mail.")
	if want := []string{"take", "note Waits", "settle Called. a@example.com", "settle Called. a@example.com"}; !slices.Equal(f.cases.did, want) {
		t.Errorf("%q", f.cases.did)
	}
	for method, path := range map[string]string{"Take": "/cases/7/take", "Note": "/cases/7/note", "Settle": "/cases/7/settle"} {
		f.cases.failAt, f.cases.fail = method, clientele.Errorf(clientele.CodeStale, "the case was changed meanwhile").WithHint("Look at it again.")
		v.sends(path, form, http.StatusPreconditionFailed, "The case was changed meanwhile.", ">Called.</textarea>", `value="a@example.com"`, ">Waits</textarea>")
		f.cases.fail = clientele.Errorf(clientele.CodeForbidden, "that is not yours")
		v.sends(path, form, http.StatusForbidden, "that is not yours")
		f.cases.fail = errBurns
		v.sends(path, form, http.StatusInternalServerError)
		v.sends(path, nil, http.StatusBadRequest)
	}
}

func TestTheCustomerAnswers(t *testing.T) {
	f := newFake()
	v := visitorOf(t, f)
	v.sees("/answer?secret=abc", http.StatusOK, "Is it settled for you?", "On 4 Oct 2026 something did not go as it should: Delivery.", `value="abc"`)
	v.sends("/answer", url.Values{"secret": {"abc"}, "settled": {"yes"}}, http.StatusOK, "Thank you.", "good to know")
	v.sends("/answer", url.Values{"secret": {"abc"}, "settled": {"no"}, "text": {"Still broken"}}, http.StatusOK, "It is looked at again.")
	v.sends("/answer", url.Values{"secret": {"abc"}, "text": {"Hm"}}, http.StatusUnprocessableEntity, "Neither yes nor no was chosen.", ">Hm</textarea>")
	if want := []string{"answer abc yes ", "answer abc no Still broken"}; !slices.Equal(f.cases.did, want) {
		t.Errorf("%q", f.cases.did)
	}
	f.cases.failAt, f.cases.fail = "Question", clientele.Errorf(clientele.CodeForbidden, "this link was used, or is too old").WithHint("Tell us otherwise.")
	if body := v.sees("/answer", http.StatusForbidden, "This link was used, or is too old.", "Tell us otherwise."); strings.Contains(body, "<form class") {
		t.Error("it can be answered")
	}
	for _, f.cases.failAt = range []string{"Question", "Answer"} {
		f.cases.fail = errBurns
		v.sees("/answer", map[string]int{"Question": http.StatusInternalServerError, "Answer": http.StatusOK}[f.cases.failAt])
		v.sends("/answer", url.Values{"settled": {"yes"}}, map[string]int{"Question": http.StatusOK, "Answer": http.StatusInternalServerError}[f.cases.failAt])
	}
}

func TestWhatOpensACaseIsSaid(t *testing.T) {
	f := led()
	a := drawing(t, f)
	a.peopled(f)
	a.apply(shedText)
	at := a.id("Search")
	v := signedIn(t, f, "ada")
	f.cases.rule = cases.Ruled{Rule: cases.Standard}
	v.sees("/cases/rules", http.StatusOK, "What opens a case where nothing else is said", `name="nps" value="6" min="-1" max="10"`, "last 14 days", "At most 200")
	form := url.Values{"version": {"0"}, "nps": {"5"}, "csat": {"1"}, "ces": {"2"}, "rating": {"1"}, "due_hours": {"24"}, "quiet_days": {"7"}, "on": {"yes"}, "promises": {"yes"}}
	v.sends("/cases/rules", form, http.StatusSeeOther)
	if want := (cases.Rule{On: true, NPS: 5, CSAT: 1, CES: 2, Rating: 1, Promises: true, DueHours: 24, QuietDays: 7}); f.cases.rule.Rule != want {
		t.Errorf("%+v", f.cases.rule)
	}
	form.Set("nps", "many")
	v.sends("/cases/rules", form, http.StatusUnprocessableEntity, "no whole number", `name="due_hours" value="24"`)
	form.Set("nps", "4")
	f.cases.failAt, f.cases.fail = "SetRule", clientele.Errorf(clientele.CodeStale, "the rule was changed meanwhile")
	v.sends("/cases/rules", form, http.StatusPreconditionFailed, "The rule was changed meanwhile.", `name="nps" value="4"`)
	v.sends("/cases/rules", nil, http.StatusBadRequest)
	f.cases.failAt = ""
	v.sees("/cases/rules?touchpoint="+at, http.StatusOK, "What opens a case at Search", "This was said of the touchpoint.", "/touchpoints/"+at)
	f.cases.rule.Own = false
	v.sees("/cases/rules?touchpoint="+at, http.StatusOK, "Nothing was said of the touchpoint")
	v.sees("/cases?touchpoint="+at, http.StatusOK, `<a href="/touchpoints/`+at+`">Search</a>`)
	v.sees("/touchpoints/"+at, http.StatusOK, "No case waits here", "/cases?touchpoint="+at, "/cases/rules?touchpoint="+at)
	f.cases.waiting = 2
	v.sees("/touchpoints/"+at, http.StatusOK, "2 cases wait here")
	f.directory.people["olive"].Roles = []policy.Role{policy.Auditor}
	if body := signedIn(t, f, "olive").sees("/cases/rules", http.StatusOK, "CES, this score or less", ">no<", ">yes<", "Ask somebody who is lead"); strings.Contains(body, "<form class=\"mapping") {
		t.Error("an auditor may change it")
	}
}
