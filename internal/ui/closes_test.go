package ui

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/closing"
)

// closedQuarters are two closes of the made-up company, the first without a worth.
func closedQuarters(f *fake) []clientele.Close {
	second := clientele.Close{
		Number: 2, Period: "2026-Q3", From: clientele.MustDate("2026-07-01"), To: clientele.MustDate("2026-09-30"), At: time.Date(2026, 10, 5, 9, 0, 0, 0, time.UTC),
		By: "Ada <Lovelace>", Program: "0.1.0", Settings: f.settings, Statement: northfield(), Previous: strings.Repeat("ab", 32), Hash: strings.Repeat("cd", 32),
	}
	first := second
	first.Number, first.Period, first.From, first.To = 1, "2026-Q2", clientele.MustDate("2026-04-01"), clientele.MustDate("2026-06-30")
	first.Previous, first.Hash = "", second.Previous
	first.Statement.Equity, first.Statement.Model, first.Statement.Data = nil, nil, nil
	return []clientele.Close{first, second}
}

func TestClosesPage(t *testing.T) {
	f := newFake()
	s := newTestSite(t, f)
	expect(t, s, "/closes", http.StatusOK, "No period is closed yet.", "clientele close BOOK --period 2026-Q3", `aria-current="page">Closes`)
	f.closed = closedQuarters(f)
	body := expect(t, s, "/closes", http.StatusOK, "Closed up to 30 Sep 2026.", `href="/closes/2026-Q3"`, "1 Jul 2026 – 30 Sep 2026", "5 Oct 2026, 09:00 UTC",
		"Ada &lt;Lovelace&gt;", "18,685", "£4.21\u00a0m", ">cdcdcdcd<", strings.Repeat("cd", 32), "cannot be told")
	if strings.Index(body, "2026-Q3") > strings.Index(body, "2026-Q2") {
		t.Error("the newest is not the first")
	}
	f.failure = clientele.Errorf(clientele.CodeInvalid, "close 1 (2026-Q2) is damaged")
	expect(t, s, "/closes", http.StatusUnprocessableEntity, "close 1 (2026-Q2) is damaged")
}

func TestRestatementIsComparedByAJob(t *testing.T) {
	f := newFake()
	f.closed = closedQuarters(f)
	s := newTestSite(t, f)
	w := get(t, s, "/closes/2026-Q3")
	if want := jobHref("JOB0", "/closes/2026-Q3"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != want {
		t.Fatalf("status %d to %q, want %q", w.Code, w.Header().Get("Location"), want)
	}
	expect(t, s, w.Header().Get("Location"), http.StatusOK, "Comparing the close", `aria-current="page">Closes`)
	runJob(t, s, f, "JOB0")
	body := expect(t, s, "/closes/2026-Q3", http.StatusOK, "The closed figures stand; today 2 of them would be others.",
		"New customers", "2,913", "2,915", "<strong>&#43;2</strong>", "£9,731,336.55", "<strong>−£6.50</strong>", ">none<",
		"Ada &lt;Lovelace&gt;", "Pareto/NBD with Gamma-Gamma, run run-7", "orders-2026.csv (9f86d081), customers.xlsx (60303ae2)",
		strings.Repeat("ab", 32), strings.Repeat("cd", 32))
	if strings.Index(body, "New customers") > strings.Index(body, "Customers at opening") {
		t.Error("what differs does not stand first")
	}
	f.restated = &closing.Restatement{Period: "2026-Q2"}
	expect(t, s, "/closes/2026-Q2", http.StatusOK, "The records give every closed figure again.", "the first of its chain")
	expect(t, s, "/closes/2025-Q1", http.StatusNotFound, "2025-Q1 is not closed")
	f.failure = clientele.Errorf(clientele.CodeInvalid, "closed in EUR")
	expect(t, s, "/closes/2026-Q3", http.StatusUnprocessableEntity, "closed in EUR")
}

// The last close is compared when records come, and not when its page is opened.
func TestTheLastCloseIsComparedAhead(t *testing.T) {
	f := newFake()
	f.closed = closedQuarters(f)
	f.services(t).ComputeAhead(t.Context())
	for _, j := range f.jobs {
		if j.Kind == jobRestate && j.Key == "2026-Q3" {
			return
		}
	}
	t.Errorf("not among %v", f.jobs)
}
