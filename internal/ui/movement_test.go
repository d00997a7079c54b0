package ui

import (
	"net/http"
	"strings"
	"testing"

	"github.com/clientele/clientele"
)

func TestMovementPage(t *testing.T) {
	f := newFake()
	s := newTestSite(t, f)
	body := expect(t, s, "/movement", http.StatusOK,
		"Equity movement", "Customer equity fell by", "Customers are worth £97.1\u00a0k less than was expected of them", "Restatement",
		"The period brought £26.8\u00a0k less margin than expected", "look for a cause", "2,913 new customers brought £331\u00a0k", "July 2026",
		"£4.01\u00a0m to £4.71\u00a0m", "Opening by the model as of 30 Jun 2026", "line=experience.survival", "horizon=infinite",
	)
	for _, absent := range []string{"Every segment", "Currency<"} {
		if strings.Contains(body, absent) {
			t.Errorf("says %q", absent)
		}
	}
	expect(t, s, "/movement?from=2026-07-01&to=2026-09-30&by=country&horizon=infinite", http.StatusOK, "Every segment, and their sum", "without a horizon", "France")
	expect(t, s, "/movement?from=2026-07-01&to=2026-09-30&by=country&segment=France", http.StatusOK, "Country: France")
	expect(t, s, "/movement?from=2026-07-01&to=2026-09-30&by=country&segment=Mars", http.StatusNotFound, "no customers have")
	expect(t, s, "/movement?horizon=7", http.StatusUnprocessableEntity, "is no horizon")
	none := *f.movement
	none.Audit, none.Cohorts, none.Cash.Actual = nil, nil, none.Cash.Expected
	none.Warnings = []string{"Worth is at revenue."}
	f.movement = &none
	expect(t, s, "/movement", http.StatusOK, "Worth is at revenue.", "Nobody bought for the first time", "The margin of the period")
	f.movement = &clientele.EquityMovement{Refused: "As of 30 June there is no model."}
	expect(t, s, "/movement", http.StatusOK, "There is no movement of this period", "cannot be told")
}

func TestMovementIsComputedByAJob(t *testing.T) {
	f := newFake()
	f.movement = nil
	s := newTestSite(t, f)
	if w := get(t, s, "/movement"); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/jobs/JOB0") {
		t.Fatalf("%d %s", w.Code, w.Header())
	}
	runJob(t, s, f, "JOB0")
	expect(t, s, "/movement", http.StatusOK, "Line by line")
	f.empty = true
	expect(t, s, "/movement", http.StatusOK, "no records")
}

func TestMovementExplained(t *testing.T) {
	f := newFake()
	s := newTestSite(t, f)
	expect(t, s, "/movement/explain?from=2026-07-01&to=2026-09-30&line=experience.survival&horizon=5", http.StatusOK,
		"Of survival", "C-1", "£20.25", "£1,200 to £99.0\u00a0k", "L × ln", "1 – 1 of 240", "/orders?customer=C-1")
	expect(t, s, "/movement/explain?from=2026-07-01&to=2026-09-30&line=window&by=country&segment=France", http.StatusOK, "Country: France")
	if f.askedEquity.Segment != "France" || f.askedEquity.Horizon != clientele.FiveYears {
		t.Errorf("%+v", f.askedEquity)
	}
	expect(t, s, "/movement/explain?line=window", http.StatusBadRequest, "names no period")
}
