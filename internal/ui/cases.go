package ui

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/access"
	"github.com/clientele/clientele/internal/cases"
	"github.com/clientele/clientele/internal/httpd"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
)

// casesPage is a list of cases.
type casesPage struct {
	frame
	Headline        string
	Whose, Which    tabs
	Cases           []caseRow
	Previous, Next  string // addresses; "" if there are none
	Rules           string // address of what opens a case; "" for those who may not see it
	Empty           string // what to do where nothing is listed
	Touchpoint      string // name of the one that is asked for; "" is all
	TouchpointHref  string
	Closed, Settled bool // what is listed
}

// caseRow is one case of a list.
type caseRow struct {
	Href, Number, At, Customer, For, When, State string
	Overdue                                      bool
}

// casesShown is how many cases stand on a page.
const casesShown = 50

func (s *Site) cases(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	q := v.caseQuery(r.URL.Query())
	l, err := s.Cases.Cases(r.Context(), q)
	if err != nil {
		return err
	}
	p := casesPage{frame: s.frame(v, "cases", "Cases"), Closed: q.State == cases.Closed, Settled: q.State == cases.Settled, Rules: v.hrefFor(policy.ReadCases, "/cases/rules")}
	p.Whose, p.Which = v.whoseTabs(q), whichTabs(q)
	for _, c := range l.Cases {
		p.Cases = append(p.Cases, v.caseRow(c))
	}
	p.Headline, p.Empty = casesHeadline(q, l), noCases(q)
	if q.Offset > 0 {
		p.Previous = caseHref(q, max(0, q.Offset-casesShown))
	}
	if l.More {
		p.Next = caseHref(q, q.Offset+casesShown)
	}
	if q.Touchpoint != "" {
		t, err := s.Journeys.Touchpoint(r.Context(), q.Touchpoint)
		if err != nil {
			return err
		}
		p.Touchpoint, p.TouchpointHref = t.Name, "/touchpoints/"+url.PathEscape(t.ID)
	}
	return s.show(w, http.StatusOK, "cases", p)
}

// caseQuery reads what is asked for: without anything, what waits of all that the reader sees.
func (v visit) caseQuery(q url.Values) access.CaseQuery {
	out := access.CaseQuery{Whose: q.Get("whose"), State: cases.State(q.Get("state")), Touchpoint: q.Get("touchpoint"), Limit: casesShown}
	out.Offset, _ = strconv.ParseInt(q.Get("offset"), 10, 32) // what is no number is the beginning
	out.Offset = max(0, min(out.Offset, 100_000))
	if out.State != cases.Settled && out.State != cases.Closed {
		out.State = cases.Open
	}
	if out.Whose == "" {
		out.Whose = access.Units
		if v.who.Reach(policy.ReadCases) == policy.Everything {
			out.Whose = access.All
		}
	}
	return out
}

func caseHref(q access.CaseQuery, offset int64) string {
	out := url.Values{"whose": {q.Whose}, "state": {string(q.State)}}
	if q.Touchpoint != "" {
		out.Set("touchpoint", q.Touchpoint)
	}
	if offset > 0 {
		out.Set("offset", strconv.FormatInt(offset, 10))
	}
	return "/cases?" + out.Encode()
}

// whoseTabs lead to whose cases the reader may see.
func (v visit) whoseTabs(q access.CaseQuery) tabs {
	out := tabs{Here: q.Whose}
	for _, t := range []section{{ID: access.Mine, Name: "Mine"}, {ID: access.Units, Name: "Mine and my units'"}, {ID: access.All, Name: "All"}} {
		if t.ID == access.All && v.who.Reach(policy.ReadCases) != policy.Everything || t.ID != access.All && v.who.ID == "" {
			continue
		}
		q.Whose = t.ID
		out.Tabs = append(out.Tabs, section{t.ID, t.Name, caseHref(q, 0)})
	}
	if len(out.Tabs) == 1 {
		return tabs{} // there is nothing to choose
	}
	return out
}

func whichTabs(q access.CaseQuery) tabs {
	out := tabs{Here: string(q.State)}
	for _, t := range []section{{ID: string(cases.Open), Name: "Waiting"}, {ID: string(cases.Settled), Name: "Settled, customer asked"}, {ID: string(cases.Closed), Name: "Closed"}} {
		q.State = cases.State(t.ID)
		out.Tabs = append(out.Tabs, section{t.ID, t.Name, caseHref(q, 0)})
	}
	return out
}

func casesHeadline(q access.CaseQuery, l cases.List) string {
	n, late := len(l.Cases), 0
	for _, c := range l.Cases {
		if c.Overdue {
			late++
		}
	}
	at := "At least "
	if !l.More && q.Offset == 0 {
		at = ""
	}
	switch {
	case n == 0 && q.Offset == 0 && q.State == cases.Open:
		return "No case waits."
	case n == 0:
		return "No case is like that."
	case q.State == cases.Closed:
		return at + many(n, "case is", "cases are") + " closed."
	case q.State == cases.Settled:
		return at + many(n, "case is", "cases are") + " settled, and the customer is asked."
	case late == 0:
		return at + many(n, "case waits", "cases wait") + ", none of them overdue."
	}
	return at + many(n, "case waits", "cases wait") + ", " + strconv.Itoa(late) + " overdue."
}

// noCases is what to do where nothing is listed.
func noCases(q access.CaseQuery) string {
	if q.State != cases.Open {
		return "Look at those that wait."
	}
	return "A bad answer, or a promise that was kept too late, opens one: at touchpoints that are drawn on the map of journeys, for what happened in the last " + strconv.Itoa(cases.NewestDays) + " days."
}

func (v visit) caseRow(c cases.Case) caseRow {
	row := caseRow{
		Href: cases.Href(c.Number), Number: strconv.FormatInt(c.Number, 10), At: c.At, Customer: c.Customer, For: ownerOfCase(c), State: string(c.State), Overdue: c.Overdue,
		When: v.instant(c.Due),
	}
	if c.State == cases.Closed {
		row.When, row.State = v.instantOr(c.Closed, ""), closedWords[c.Answer]
	}
	return row
}

var closedWords = map[string]string{cases.Yes: "the customer says that it is settled", cases.None: "the customer did not answer"}

// ownerOfCase is whose a case is, and to whom it was raised.
func ownerOfCase(c cases.Case) string {
	name := c.Owner.Name
	if name == "" {
		name = "nobody"
	}
	if c.RaisedTo.Name != "" {
		name += ", raised to " + c.RaisedTo.Name
	}
	return name
}

// casePage is one case.
type casePage struct {
	frame
	Number, At, AtHref, Self, Version string
	Headline, Why                     string
	Facts                             []fact
	Causes                            []causeRow
	Stake                             []fact // what the customer bought; none if the reader may not see it
	StakeWhy                          string // why it is not shown; "" if it is
	Events                            []caseEventRow
	Settlement, Answer, AnswerText    string
	Asked                             string // what became of the question by mail; "" if none was mailed
	Work, Take, Settle                bool   // what the reader may do
	Done, Address, Note               string // of the forms, as they were sent
	Refused                           refusal
}

// causeRow is a record of a case.
type causeRow struct{ Says, Text, Note string }

// caseEventRow is something that happened to a case.
type caseEventRow struct{ At, Name, What, Note string }

func (s *Site) theCase(w http.ResponseWriter, r *http.Request) error {
	return s.caseWith(w, r, nil, nil)
}

func caseNumber(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PathValue("number"), 10, 64) // what is no number names no case
	return n
}

// caseWith shows a case; form and refused are of a change that was refused, or nil.
func (s *Site) caseWith(w http.ResponseWriter, r *http.Request, form url.Values, refused error) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	d, err := s.Cases.Case(r.Context(), caseNumber(r))
	if err != nil {
		return err
	}
	p := casePage{
		frame: s.frame(v, "cases", "Case "+strconv.FormatInt(d.Number, 10)), Number: strconv.FormatInt(d.Number, 10), At: d.At, Self: cases.Href(d.Number), Version: strconv.FormatInt(d.Version, 10),
		AtHref: "/touchpoints/" + url.PathEscape(d.Touchpoint), Settlement: d.Settlement, AnswerText: d.AnswerText,
		Done: form.Get("done"), Address: form.Get("address"), Note: form.Get("note"), Refused: refusalOf(refused),
	}
	p.Headline, p.Why = v.caseHeadline(d.Case)
	p.Facts = []fact{{"Customer", d.Customer}, {"About", orElse(d.Matter, "not known")}, {"For", ownerOfCase(d.Case)}, {"Opened", v.instant(d.Opened)}}
	for _, c := range d.Causes {
		row := causeRow{Says: c.Says(v.date, v.localMoment), Text: c.Text}
		if c.Quiet {
			row.Note = "Nobody was asked: a case of the same matter was closed a short while before."
		}
		p.Causes = append(p.Causes, row)
	}
	for _, e := range d.Events {
		p.Events = append(p.Events, caseEventRow{v.instant(e.At), e.Name, e.What, e.Note})
	}
	p.Stake, p.StakeWhy = v.stake(d)
	if d.Answer != "" {
		p.Answer = map[string]string{cases.Yes: "The customer says that it is settled.", cases.No: "The customer says that it is not settled.", cases.None: "The customer did not answer."}[d.Answer]
	}
	if d.Asked != nil {
		p.Asked = askedWords(d)
	}
	p.Work = v.may(policy.WorkCases)
	p.Take, p.Settle = p.Work && d.State == cases.Open, p.Work && (d.State == cases.Open || d.State == cases.Taken)
	if p.Settle && form == nil && strings.Contains(d.Customer, "@") {
		p.Address = d.Customer // ids of some systems are addresses
	}
	return s.show(w, statusOf(refused), "case", p)
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// caseHeadline says where a case stands, and why it is whose it is.
func (v visit) caseHeadline(c cases.Case) (headline, why string) {
	switch c.Why {
	case cases.AsLead:
		why = "Nobody answers for the touchpoint, so it is for who leads customer experience."
	case cases.AsNobody:
		why = "Nobody answers for the touchpoint, and nobody leads customer experience."
	}
	switch {
	case c.State == cases.Closed:
		return "Closed: " + closedWords[c.Answer] + ".", why
	case c.State == cases.Settled:
		return "Settled. The customer is asked until " + v.instant(c.Due) + ".", why
	case c.Overdue:
		return "It waits for " + ownerOfCase(c) + ", and is overdue.", why
	case c.State == cases.Taken:
		return orElse(c.Owner.Name, "Nobody") + "'s case is being worked on, due " + v.instant(c.Due) + ".", why
	}
	return "It waits for " + ownerOfCase(c) + ", due " + v.instant(c.Due) + ".", why
}

// localMoment is a time of the records, which is local already.
func (l *locale) localMoment(t time.Time) string { return t.Format(l.layout + ", 15:04") }

// stake is what the customer bought, as far as the reader may see such rows.
func (v visit) stake(d cases.Detail) ([]fact, string) {
	if d.Stake == nil {
		return nil, "What the customer bought is shown to those who may see rows of their segment."
	}
	last := "never"
	if d.Stake.Last != nil {
		last = v.date(*d.Stake.Last)
	}
	return []fact{{"Orders", v.int(d.Stake.Orders)}, {"Net, in all", v.money(d.Stake.Amount)}, {"Last bought", last}}, ""
}

// askedWords tell what became of the question by mail.
func askedWords(d cases.Detail) string {
	switch d.Asked.State {
	case store.MailSent:
		return "The question was mailed."
	case store.MailRefused:
		return "The question could not be mailed: " + d.Asked.Reason
	case store.MailUnsure:
		return "The question may have arrived; an administrator decides whether it is sent again."
	}
	return "The question is on its way by mail."
}

// changeCase makes a change of a case from the version of the form on.
func (s *Site) changeCase(change func(r *http.Request, number, version int64, form url.Values) error) page {
	return func(w http.ResponseWriter, r *http.Request) error {
		form, version, err := readEdit(r)
		if err != nil {
			return err
		}
		if err = change(r, caseNumber(r), version, form); refusesEdit(err) {
			if clientele.CodeOf(err) == clientele.CodeForbidden {
				return err // the page would be refused as well
			}
			return s.caseWith(w, r, form, err)
		}
		if err == nil {
			leave(w, r, cases.Href(caseNumber(r)))
		}
		return err
	}
}

func (s *Site) takeCase(r *http.Request, number, version int64, _ url.Values) error {
	_, err := s.Cases.Take(r.Context(), number, version)
	return err
}

func (s *Site) noteCase(r *http.Request, number, version int64, form url.Values) error {
	_, err := s.Cases.Note(r.Context(), number, version, form.Get("note"))
	return err
}

// settleCase keeps what was done, and shows the link by which the customer is asked.
func (s *Site) settleCase(w http.ResponseWriter, r *http.Request) error {
	form, version, err := readEdit(r)
	if err != nil {
		return err
	}
	c, asked, err := s.Cases.Settle(r.Context(), caseNumber(r), version, form.Get("done"), form.Get("address"))
	switch {
	case clientele.CodeOf(err) == clientele.CodeForbidden:
		return err
	case refusesEdit(err):
		return s.caseWith(w, r, form, err)
	case err != nil:
		return err
	}
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	p := madePage{
		frame: s.frame(v, "cases", "Case "+strconv.FormatInt(c.Number, 10)), Kicker: "Case " + strconv.FormatInt(c.Number, 10), Headline: "Settled. Ask the customer by this link.",
		Why:  "It is shown this once. Whoever has it says whether the case is settled: send it to the customer in the way that you are in touch. Without an answer the case closes by itself.",
		Link: httpd.OriginOf(r.Context()) + asked.Link, Until: v.instant(c.Due), Back: cases.Href(c.Number),
	}
	if asked.Mailed {
		p.Headline, p.Why = "Settled. The customer is asked by mail.", "The same link, to hand over otherwise, is shown this once. Without an answer the case closes by itself."
	}
	return s.show(w, http.StatusOK, "made", p)
}

// answerPage asks a customer whether a case is settled.
type answerPage struct {
	frame
	Secret, At, On, Text string
	Thanks               bool
	Gone                 bool // the link asks nothing, or nothing any more
	Settled              bool // what they said
	Refused              refusal
}

func (s *Site) askCustomer(w http.ResponseWriter, r *http.Request) error {
	return s.askCustomerWith(w, r, r.URL.Query().Get("secret"), "", nil)
}

func (s *Site) askCustomerWith(w http.ResponseWriter, r *http.Request, secret, text string, refused error) error {
	f, err := s.door(r, "Is it settled?")
	if err != nil {
		return err
	}
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	q, err := s.Cases.Question(r.Context(), secret)
	if clientele.CodeOf(err) == clientele.CodeForbidden {
		return s.show(w, statusOf(err), "answer", answerPage{frame: f, Gone: true, Refused: refusalOf(err)})
	}
	if err != nil {
		return err
	}
	return s.show(w, statusOf(refused), "answer", answerPage{frame: f, Secret: secret, At: q.At, On: v.date(q.Day), Text: text, Refused: refusalOf(refused)})
}

func (s *Site) answerCase(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	said := form.Get("settled")
	if said != "yes" && said != "no" {
		err = clientele.Errorf(clientele.CodeInvalid, "neither yes nor no was chosen")
	} else {
		err = s.Cases.Answer(r.Context(), form.Get("secret"), said == "yes", form.Get("text"))
	}
	if code := clientele.CodeOf(err); code == clientele.CodeInvalid || code == clientele.CodeForbidden {
		return s.askCustomerWith(w, r, form.Get("secret"), form.Get("text"), err)
	}
	if err != nil {
		return err
	}
	f, err := s.door(r, "Thank you")
	if err != nil {
		return err
	}
	return s.show(w, http.StatusOK, "answer", answerPage{frame: f, Thanks: true, Settled: said == "yes"})
}
