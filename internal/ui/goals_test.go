package ui

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/clientele/clientele"
)

func TestGoalsPage(t *testing.T) {
	f := newFake()
	s := newTestSite(t, f)
	expect(t, s, "/goals", http.StatusOK, `aria-current="page">Goals`, "Profit rose while customer equity fell.", "No goal is set yet.", "2026-Q3: no goal is set",
		"Horizon alarm.", "Profit rose by 219,401 GBP (8.1%) against 2026-Q2 while customer equity fell by 139,867 GBP (3.2%)", "Set a goal")
	w := post(t, s, "/goals", url.Values{
		"period": {"2026-q3"}, "customers": {"19000"}, "value": {"8000000"}, "equity": {"4400000"}, "sales": {"9700000"}, "profit": {""}, "by": {"Ada <L>"},
	})
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/goals" {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	post(t, s, "/goals", url.Values{"period": {"2027"}, "customers": {"21000"}, "by": {"Ada"}})
	body := expect(t, s, "/goals", http.StatusOK, "2026-Q3: 2 of 4 goals are met", "1 Jul 2026 – 30 Sep 2026, set by Ada &lt;L&gt;",
		"19,000", "18,685", "−315", "<strong>missed</strong>", "£8,463,283.91", "&#43;£463,283.91", "the target lies within the interval of the estimate, £3.88\u00a0m to £4.61\u00a0m",
		"2027: it is too early to tell", "the records end on 2026-09-30", "21,000")
	if strings.Count(body, "<h2>2026-Q3:") != 1 || strings.Index(body, "<h2>2027:") > strings.Index(body, "<h2>2026-Q3:") {
		t.Error("periods are shown twice, or not the latest first")
	}
	f.empty = true
	expect(t, s, "/goals", http.StatusOK, "What came of the goals cannot be told yet.")
	f.ledgers["goals"] = nil
	expect(t, s, "/goals?period=2026-Q4", http.StatusOK, "<h1>No goal is set yet.</h1>", `name="period" value="2026-Q4"`)
}

func TestGoalsHeadlines(t *testing.T) {
	f := newFake()
	f.statement.Equity.Moved.Closing = money("4400000")
	s := newTestSite(t, f)
	expect(t, s, "/goals", http.StatusOK, "No alarm: profit rose, and customer equity rose.", "No alarm: profit rose by")
	f.statement.Equity = nil
	f.statement.Model = &clientele.ModelReport{Refused: "Too few customers."}
	expect(t, s, "/goals", http.StatusOK, "Whether what was earned came at the cost of customers cannot be told.", "(Too few customers)")
	post(t, s, "/goals", url.Values{"period": {"2026-Q3"}, "customers": {"1"}, "by": {"Ada"}})
	expect(t, s, "/goals", http.StatusOK, "2026-Q3: every goal is met")
}

func TestWhatCameOfGoalsIsComputedByAJob(t *testing.T) {
	f := newFake()
	f.aimless = true
	s := newTestSite(t, f)
	w := get(t, s, "/goals")
	if want := jobHref("JOB0", "/goals"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != want {
		t.Fatalf("status %d to %q, want %q", w.Code, w.Header().Get("Location"), want)
	}
	expect(t, s, w.Header().Get("Location"), http.StatusOK, "Computing what came of the goals", `aria-current="page">Goals`)
	runJob(t, s, f, "JOB0")
	expect(t, s, "/goals", http.StatusOK, "Profit rose while customer equity fell.")
	f.aimless = true
	expect(t, s, "/", http.StatusOK, "What came of them is being computed")
	runJob(t, s, f, "JOB1")
	expect(t, s, "/", http.StatusOK, "Horizon alarm.", `href="/goals?period=2026-Q3">Set a goal`)
}

func TestStatementShowsItsGoals(t *testing.T) {
	f := newFake()
	s := newTestSite(t, f)
	post(t, s, "/goals", url.Values{"period": {"2026-Q3"}, "customers": {"19000"}, "by": {"Ada"}})
	expect(t, s, "/", http.StatusOK, "2026-Q3: 0 of 1 goals are met", "Horizon alarm.", "All goals")
	body := expect(t, s, "/?from=2026-07-02&to=2026-09-30", http.StatusOK)
	if strings.Contains(body, "Horizon alarm.") {
		t.Error("days that are no fiscal period have goals")
	}
	st := byCountry(northfield())
	f.statement = &st
	if body := expect(t, s, "/?by=country&segment=France", http.StatusOK); strings.Contains(body, "Horizon alarm.") {
		t.Error("a segment shows the goals of the whole")
	}
	f.statement = new(northfield())
	f.ledgers["goals"][0].Text[20] ^= 1
	expect(t, s, "/", http.StatusUnprocessableEntity, "not as they were signed")
}

func TestGoalsThatAreRefusedAreShownAgain(t *testing.T) {
	s := newTestSite(t, newFake())
	for name, c := range map[string]struct{ field, value, says string }{
		"period": {"period", "Q3", "is not a fiscal period"}, "customers": {"customers", "many", "is not a number of customers"},
		"money": {"sales", "1,000", "is not an amount"}, "negative": {"sales", "-1", "The target for sales is negative."}, "name": {"by", "", "who signs"},
	} {
		form := url.Values{"period": {"2026-Q4"}, "profit": {"12.5"}, "by": {"Ada"}}
		form.Set(c.field, c.value)
		w := post(t, s, "/goals", form)
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), c.says) || !strings.Contains(w.Body.String(), `value="12.5"`) {
			t.Errorf("%s: status %d, does not say %q", name, w.Code, c.says)
		}
	}
}

// What a statement shows of its goals is computed with it, and not when its page is opened.
func TestGoalsAreComputedAfterTheirStatement(t *testing.T) {
	f := newFake()
	f.statement = nil
	s := newTestSite(t, f)
	get(t, s, "/?by=country")
	runJob(t, s, f, "JOB0")
	if len(f.jobs) != 1 {
		t.Errorf("segments have no goals: %v", f.jobs)
	}
	f.statement = nil
	get(t, s, "/")
	runJob(t, s, f, "JOB1")
	if j := f.jobs["JOB2"]; j.Kind != jobGoals || j.Key != "goals 2026-07-01 to 2026-09-30" {
		t.Errorf("%+v", j)
	}
}
