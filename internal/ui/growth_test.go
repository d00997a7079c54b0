package ui

import (
	"net/http"
	"strings"
	"testing"

	"github.com/clientele/clientele"
)

func TestGrowthPage(t *testing.T) {
	f := newFake()
	s := newTestSite(t, f)
	expect(t, s, "/growth", http.StatusOK,
		"Buying growth no longer pays: a customer won in 2026-Q3 brings 0.8 times what one cost", "Referral returns 20.0\u00a0× its cost, Search 7.9\u00a0×",
		"Customers still to be won are worth £3.39\u00a0m, net of their cost", "Worth is at revenue.", "Customers in year 1",
	)
	f.won.Refused, f.won.Future, f.won.Why = "too few customers", nil, "Too early: the records begin late."
	f.won.Quarters, f.won.Warnings = f.won.Quarters[2:], nil
	f.won.Channels = f.won.Channels[2:]
	expect(t, s, "/growth?as_of=2026-06-30", http.StatusOK, "cannot be told: what customers cost is not known", "Too early", "too few customers", "By channel")
	f.won.Future = &clientele.FutureCustomers{Basis: "As many a year.", Years: []clientele.FutureYear{{Year: 1}}}
	f.won.Future.MovedWhy = "It was too early then."
	expect(t, s, "/growth", http.StatusOK, "before their cost", "How that worth moved cannot be told", "It was too early then")
	f.won.Future.Moved = &clientele.FutureMovement{
		Since: clientele.MustDate("2026-06-30"), NetOfCost: true, ExpectedRelease: clientele.MustMoney("-5"),
		Opening: clientele.Estimate{Estimate: clientele.MustMoney("105")}, Closing: clientele.Estimate{Estimate: clientele.MustMoney("100")},
	}
	expect(t, s, "/growth", http.StatusOK, "that worth moved by −£5", "net of their cost", "Were to be won meanwhile", "−£5.00")
	f.won.Future.Moved.Opening = f.won.Future.Moved.Closing
	expect(t, s, "/growth", http.StatusOK, "that worth has not changed")
}

func TestGrowthIsComputedByAJob(t *testing.T) {
	f := newFake()
	f.won = nil
	s := newTestSite(t, f)
	if w := get(t, s, "/growth"); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/jobs/JOB0") {
		t.Fatalf("%d %s", w.Code, w.Header())
	}
	runJob(t, s, f, "JOB0")
	expect(t, s, "/growth", http.StatusOK, "Growth")
	f.empty = true
	expect(t, s, "/growth", http.StatusOK, "no records")
}
