package ui

import (
	"net/http"
	"strings"
	"testing"

	"github.com/clientele/clientele"
)

// reported are made-up contracts in which every part has something to show.
func reported(asOf clientele.Date) clientele.ContractReport {
	estimate := func(e, low, high string) clientele.Estimate {
		return clientele.Estimate{Estimate: money(e), Low: money(low), High: money(high)}
	}
	model := clientele.ContractModel{Period: "month", Name: "shifted-beta-geometric", Parameters: map[string]float64{"alpha": .4}}
	borrowed := model
	borrowed.OfAll = true
	all := clientele.ContractGroup{
		Contracts: 7043, Active: 5174, Ended: 1869, Recurring: money("316985.75"), Median: new(35), Models: []clientele.ContractModel{model},
		Equity: &clientele.ContractEquity{HorizonYears: 5, Contracts: 5174, Estimate: estimate("13211153.18", "13070915", "13338047"), Tail: estimate("15995823", "15508262", "16493302")},
	}
	for month := 1; month <= 30; month++ {
		s := 1 - float64(month)/60
		all.Survival = append(all.Survival, clientele.SurvivalStep{Month: month, AtRisk: int64(7043 - 100*month), Left: 60, Survival: s, Low: s - .01, High: s + .01})
	}
	gold, small := all, clientele.ContractGroup{Name: "Small", Contracts: 12, Active: 12, Recurring: money("120"), Models: []clientele.ContractModel{borrowed, {Period: "year", Refused: "No customer has left yet."}}}
	gold.Name = "Gold"
	first := clientele.MustDate("2026-09-01")
	return clientele.ContractReport{
		Currency: "GBP", AsOf: asOf, DiscountRate: .1, Margin: 1, All: all, Plans: []clientele.ContractGroup{gold, small},
		Cohorts: []clientele.ContractGroup{{Name: "2024", Contracts: 900, Active: 400, Survival: all.Survival}},
		Renewals: []clientele.RenewalMonth{
			{Month: first, Due: 5000, Recurring: money("300000"), Expected: new(4801.5), Ending: 7}, {Month: first.AddMonths(1), Due: 174, Recurring: money("16985.75")},
		},
		Year: &clientele.RecurringChange{
			Period: clientele.Period{From: asOf - 364, To: asOf}, GRR: new(.785), NRR: new(.81),
			Value: clientele.Value{Opening: money("340136.70"), New: money("49957.60"), Lost: money("73108.55"), Closing: money("316985.75")},
		},
		Warnings: []string{"Worth is at revenue."},
	}
}

func TestContractsPage(t *testing.T) {
	f := newFake()
	f.contracts = new(reported(clientele.MustDate("2026-09-30")))
	s := newTestSite(t, f)
	expect(t, s, "/contracts", http.StatusOK, "5,174 of 7,043 contracts run, and bring £317\u00a0k a month.", `aria-current="page">Contracts`,
		"5,174 contracts come up for renewal within twelve months", "4,801.5", "Running contracts are worth £13.2\u00a0m", "78.5% of recurring amounts were kept",
		"Half of the contracts have left after 35 months", "by the month: shifted-beta-geometric of all plans; by the year: no model", "80.0%", "Worth is at revenue.")
	f.contracts.All.Equity, f.contracts.All.Refused = nil, "Of these contracts too few have ended."
	f.contracts.All.Survival, f.contracts.All.Median, f.contracts.Year, f.contracts.Warnings = nil, nil, nil, nil
	f.contracts.Renewals = f.contracts.Renewals[:1]
	f.contracts.Renewals[0].Due = 0
	body := expect(t, s, "/contracts?as_of=2026-06-30", http.StatusOK, "are worth cannot be told", "too few have ended", "No renewal falls due")
	if strings.Contains(body, `id="survival"`) {
		t.Error("a chart of how long contracts run where nobody has left")
	}
	expect(t, s, "/contracts?as_of=soon", http.StatusUnprocessableEntity, "soon")
}

func TestContractsArePreparedByAJob(t *testing.T) {
	f := newFake()
	s := newTestSite(t, f)
	w := get(t, s, "/contracts")
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/jobs/JOB0") {
		t.Fatalf("%d %s", w.Code, w.Header())
	}
	expect(t, s, w.Header().Get("Location"), http.StatusOK, "Counting contracts and fitting renewals")
	runJob(t, s, f, "JOB0")
	expect(t, s, "/contracts", http.StatusOK, "contracts run")
	f.noContracts = true
	expect(t, s, "/contracts", http.StatusOK, "There are no contracts yet.", "--as subscriptions")
	f.empty = true
	expect(t, s, "/contracts", http.StatusOK, "this book has no records")
}

// What a book has is reported on when it comes, and not when its page is opened.
func TestContractsAreReportedOnAhead(t *testing.T) {
	for _, none := range []bool{false, true} {
		f := newFake()
		f.noContracts = none
		f.services(t).ComputeAhead(t.Context())
		added := false
		for _, j := range f.jobs {
			added = added || j.Kind == jobContracts
		}
		if added == none {
			t.Errorf("added %v where the book has none: %v", added, none)
		}
	}
}
