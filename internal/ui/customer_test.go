package ui

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele"
)

func TestCustomerPage(t *testing.T) {
	f := newFake()
	s := newTestSite(t, f)
	due, done, amount := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC), time.Date(2026, 3, 5, 9, 30, 0, 0, time.UTC), money("19.90")
	worth := clientele.Estimate{Estimate: money("120"), Low: money("80"), High: money("180")}
	f.customer = clientele.CustomerReport{
		Customer: "A/<7>", Attributes: map[string]string{"region": "<north>", "plan": "gold"}, Count: 250,
		Moments: []clientele.CustomerMoment{
			{Kind: "interaction", Day: clientele.MustDate("2026-03-05"), At: &done, Name: "parcel", Touchpoint: "delivery", Outcome: "left with <nobody>", Problem: "late", Promised: &due, Actual: &done},
			{Kind: "answer", Day: clientele.MustDate("2026-03-04"), Name: "nps", Score: "9", Low: "0", High: "10", Text: "good & quick"},
			{Kind: "answer", Day: clientele.MustDate("2026-03-04"), Name: "rating", Score: "4"},
			{Kind: "order", Day: clientele.MustDate("2026-03-01"), Name: "o1", Amount: &amount},
		},
		Worth:    []clientele.CustomerWorth{{Day: clientele.MustDate("2025-12-31")}, {Day: clientele.MustDate("2026-03-31"), Bought: true, PAlive: fraction(.9), Worth: &worth}},
		WorthBy:  "What was to come in five years.",
		Promises: []clientele.CustomerPromise{{Touchpoint: "delivery", Day: clientele.MustDate("2026-03-01"), Due: due, Actual: &done, State: "broken"}, {Day: clientele.MustDate("2026-03-01"), Due: due, State: "open"}},
		Standing: []clientele.StandingPromise{{Touchpoint: "delivery", Promise: "By noon."}},
	}
	expect(t, s, "/customers", http.StatusOK, "Find a customer", `aria-current="page">Customers`)
	expect(t, s, "/customers/A%2F%3C7%3E", http.StatusOK, "Customer A/&lt;7&gt;", "250 things on record", "1 promise is open", "120.00", "80.00 to ", "&lt;north&gt;", "What they were worth", "nothing bought yet",
		"broken", "By noon.", "left with &lt;nobody&gt;", "promised for: ", "on a scale from 0 to 10", "“good &amp; quick”", "19.90", "offset=4", "5 Mar 2026, 09:30", "What was to come in five years.", `data-plot="worth-data"`, `"value":120,"low":80,"high":180`)
	found := post(t, s, "/customers", url.Values{"id": {" A/<7> "}})
	if found.Code != http.StatusSeeOther || found.Header().Get("Location") != "/customers/A%2F%3C7%3E" {
		t.Errorf("found: %d to %q", found.Code, found.Header().Get("Location"))
	}
	none := post(t, s, "/customers", url.Values{"id": {"<nobody>"}})
	if body := none.Body.String(); none.Code != http.StatusNotFound || !strings.Contains(body, "nothing is on record of this customer") && !strings.Contains(body, "Nothing is on record") || !strings.Contains(body, `value="&lt;nobody&gt;"`) {
		t.Errorf("not found: %d %s", none.Code, none.Body)
	}
	f.customer = clientele.CustomerReport{Customer: "B", WorthWhy: "There are no orders."}
	expect(t, s, "/customers/B", http.StatusOK, "What they are worth cannot be told", "There are no orders.", "Nothing but what is said of them above.")
}
