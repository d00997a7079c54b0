package contract

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/retention"
)

type fake struct {
	settings clientele.Settings
	cells    []warehouse.ContractCell
	asked    warehouse.ContractsQuery
}

func (f *fake) Settings(context.Context) (clientele.Settings, error) { return f.settings, nil }
func (f *fake) Contracts(_ context.Context, q warehouse.ContractsQuery) ([]warehouse.ContractCell, []clientele.Renewals, error) {
	f.asked = q
	return f.cells, nil, nil
}

// highEnd are 1,000 customers over seven renewals, of whom those left pay 10 a month
// (statistics, section 2: alpha .668, beta 3.806, LL −1611.158).
func highEnd() []warehouse.ContractCell {
	survivors := []int64{1000, 869, 743, 653, 593, 551, 517, 491}
	var cells []warehouse.ContractCell
	quarter := clientele.MustDate("2020-01-01")
	for t := 1; t < len(survivors); t++ {
		cells = append(cells, warehouse.ContractCell{Plan: "High", Quarter: quarter, Months: int32(t), Left: true, Customers: survivors[t-1] - survivors[t]})
	}
	return append(cells, warehouse.ContractCell{Plan: "High", Quarter: quarter + 91, Months: 7, Customers: 491, Recurring: clientele.MustMoney("4910")})
}

func TestContractsOfAKnownCohort(t *testing.T) {
	f := &fake{settings: clientele.DefaultSettings(), cells: highEnd()}
	got, err := New(f, f).Contracts(t.Context(), Request{AsOf: clientele.MustDate("2020-09-30"), KnownFrom: 1})
	if err != nil {
		t.Fatal(err)
	}
	p := got.Plans[0]
	if p.Active != 491 || p.Lost != 509 || p.Recurring.String() != "4910.00" || got.Total.Active != 491 || f.asked.KnownFrom != 1 {
		t.Errorf("%+v", p)
	}
	if s := p.Survival[6]; s.Month != 7 || math.Abs(s.Survival-.491) > 1e-12 {
		t.Errorf("survival %+v", s)
	}
	if len(got.Cohorts) != 2 || got.Cohorts[0].Started != 509 || got.Cohorts[1].Active != 491 {
		t.Errorf("%+v", got.Cohorts)
	}
	// The model that is chosen foretells the renewals that came later as well as its kind can:
	// of 1,000 customers .394 passed twelve.
	if p.Equity == nil || p.Parameters["alpha"] == 0 || len(got.Warnings) != 1 {
		t.Fatalf("%+v", p)
	}
	m := retention.Model(retention.SBG{Alpha: p.Parameters["alpha"], Beta: p.Parameters["beta"]})
	if c, ok := p.Parameters["c"]; ok {
		m = retention.BDW{Alpha: p.Parameters["alpha"], Beta: p.Parameters["beta"], C: c}
	}
	monthly, want, months := math.Pow(1.1, 1./12), 0.0, 0.0
	for k := 1.0; k <= 60; k++ {
		s := math.Exp(m.LogSurvival(7+k) - m.LogSurvival(7))
		want, months = want+4910*s*math.Pow(monthly, -k), months+s
	}
	if math.Abs(p.Equity.Estimate.Float64()-want) > .01 || math.Abs(*p.ExpectedMonths-months) > 1e-9 {
		t.Errorf("worth %s, want %.2f; %g months, want %g", p.Equity.Estimate, want, *p.ExpectedMonths, months)
	}
	if p.Equity.Low.Cmp(p.Equity.Estimate) >= 0 || p.Equity.High.Cmp(p.Equity.Estimate) <= 0 || p.Tail.Sign() <= 0 {
		t.Errorf("%+v, tail %s", p.Equity, p.Tail)
	}
}

func TestContractsThatCannotBeTold(t *testing.T) {
	f := &fake{settings: clientele.DefaultSettings(), cells: highEnd()[7:]}
	got, err := New(f, f).Contracts(t.Context(), Request{})
	if err != nil || got.Total.Equity != nil || !strings.Contains(got.Total.Refused, "No customer has left yet") {
		t.Errorf("%+v, %v", got.Total, err)
	}
	f.cells = nil
	if got, err = New(f, f).Contracts(t.Context(), Request{}); err != nil || len(got.Plans) > 0 || got.Total.Refused == "" {
		t.Errorf("%+v, %v", got, err)
	}
}
