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

// records are counts of contracts, and the movement that goes with them.
type records struct {
	warehouse.Warehouse
	counted warehouse.Contracts
	closing clientele.Money
}

func (r records) Span(context.Context, warehouse.SpanQuery) (warehouse.Span, bool, error) {
	return warehouse.Span{LastDay: asOf}, true, nil
}

func (r records) Contracts(context.Context, warehouse.ContractQuery) (warehouse.Contracts, error) {
	return r.counted, nil
}

func (r records) Movement(context.Context, warehouse.MovementQuery) (warehouse.Movements, error) {
	m := clientele.Movement{Recurring: &clientele.Value{Closing: r.closing}}
	for _, d := range r.counted.Due {
		m.Heads.Closing += d.N
	}
	return warehouse.Movements{Total: m}, nil
}

type settings struct{ of clientele.Settings }

func (s settings) Settings(context.Context) (clientele.Settings, error) { return s.of, nil }

func (s settings) Imports(context.Context) ([]clientele.ImportRef, error) { return nil, nil }

var asOf = clientele.MustDate("2026-06-30")

// spells are those of a cohort of which survivors[t] passed t renewals, a year apart.
func spells(plan string, survivors ...int64) (out []warehouse.Spell) {
	for t, n := range survivors {
		s := warehouse.Spell{Plan: plan, Period: "year", Cohort: 2018, Exit: int32(t), ExitMonths: int32(12 * t), N: n}
		if t+1 < len(survivors) {
			s.Ended, s.N = true, n-survivors[t+1]
			s.Exit, s.ExitMonths = s.Exit+1, s.ExitMonths+12
		}
		out = append(out, s)
	}
	return out
}

func due(plan string, renewals int32, n int64, recurring string) warehouse.Due {
	return warehouse.Due{Plan: plan, Period: "year", Cohort: 2018, Renewals: renewals, Month: clientele.MustDate("2026-09-01"), N: n, Recurring: clientele.MustMoney(recurring)}
}

func report(t *testing.T, closing string, c warehouse.Contracts) clientele.ContractReport {
	t.Helper()
	s := clientele.DefaultSettings()
	s.Definition.Kind = clientele.Contracts
	r, err := New(records{counted: c, closing: clientele.MustMoney(closing)}, settings{s}).Report(t.Context(), Request{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s: %.6g, want %.6g", what, got, want)
	}
}

// The published cohorts of Fader and Hardie (2007), seven renewals of 1,000 customers each:
// statistics.md, section 2.
func TestPublishedCohorts(t *testing.T) {
	high := spells("High End", 1000, 869, 743, 653, 593, 551, 517, 491)
	regular := spells("Regular", 1000, 631, 468, 382, 326, 289, 262, 241)
	r := report(t, "732", warehouse.Contracts{
		Spells: append(high, regular...),
		Due:    []warehouse.Due{due("High End", 7, 491, "491"), due("Regular", 7, 241, "241")},
	})
	for _, want := range []struct {
		of                      []warehouse.Spell
		alpha, beta, likelihood float64
	}{{high, .668, 3.806, -1611.158}, {regular, .704, 1.182, -1680.265}} {
		f, err := simple(cells(want.of, "year"), 1)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "alpha", f.estimate.Theta[0], want.alpha, .001)
		near(t, "beta", f.estimate.Theta[1], want.beta, .001)
		near(t, "likelihood", f.estimate.LogLikelihood, want.likelihood, .001)
	}
	if one, other := r.Plans[0].Models[0], r.Plans[1].Models[0]; one.Name != "beta-discrete-Weibull" || other.Name != "shifted-beta-geometric" || one.OfAll || other.OfAll {
		t.Errorf("valued by %+v and %+v", one, other)
	}
	bdw, err := retention.FitBDW(cells(high, "year"))
	if err != nil {
		t.Fatal(err)
	}
	e := r.Plans[0].Equity // at 10 % a year, of 12 a year each
	near(t, "worth of the High End", e.Estimate.Estimate.Float64()+e.Tail.Estimate.Float64(), 491*12*retention.DERL(bdw.Params, 8, .1), .02)
	near(t, "DERL of the sBG", retention.DERL(retention.SBG{Alpha: .668, Beta: 3.806}, 8, .1), 7.530, .0005)
	if e.Low.Cmp(e.Estimate.Estimate) >= 0 || e.High.Cmp(e.Estimate.Estimate) <= 0 {
		t.Errorf("an interval that does not hold its estimate: %+v", e.Estimate)
	}
	near(t, "all", r.All.Equity.Estimate.Estimate.Float64(), e.Estimate.Estimate.Float64()+r.Plans[1].Equity.Estimate.Estimate.Float64(), .02)
	near(t, "half of the Regular have left", float64(*r.Plans[1].Median), 24, 0)
	if r.Plans[0].Median != nil && *r.Plans[0].Median != 84 {
		t.Errorf("median of the High End: %d", *r.Plans[0].Median)
	}
	near(t, "survival of the High End", r.Plans[0].Survival[6].Survival, .491, 1e-12)
	near(t, "renewals expected", *r.Renewals[3].Expected, 491*retention.Rate(bdw.Params, 8)+241*retention.Rate(retention.SBG{Alpha: .704, Beta: 1.182}, 8), .2)
}

// Worth within the horizon and beyond it are parts of the discounted expected residual lifetime.
func TestResidual(t *testing.T) {
	for _, m := range []retention.Model{retention.SBG{Alpha: .668, Beta: 3.806}, retention.BDW{Alpha: .2593, Beta: 1.7226, C: 1.5844}, retention.Geometric{Retention: .7}} {
		within, beyond := residual(m, 20, 5, .1)
		for renewals := range within {
			near(t, "DERL", within[renewals]+beyond[renewals], retention.DERL(m, float64(renewals+1), .1), 1e-8)
		}
		sum := 0.0
		for k := range 5 {
			sum += retention.Survival(m, float64(3+k)) / retention.Survival(m, 2) * math.Pow(1.1, -float64(k))
		}
		near(t, "within the horizon", within[2], sum, 1e-9)
	}
}

// Late entry and the figures of statistics.md, section 2, in months.
func TestSurvivalOfMigratedBases(t *testing.T) {
	var watched []warehouse.Spell
	for _, s := range [][3]int32{{0, 4, 1}, {0, 7, 1}, {0, 9, 0}, {2, 5, 1}, {3, 4, 0}, {3, 8, 1}, {5, 9, 1}, {6, 9, 0}, {1, 2, 1}, {4, 10, 1}, {7, 7, 0}, {9, 8, 0}} {
		watched = append(watched, warehouse.Spell{EntryMonths: s[0], ExitMonths: s[1], Ended: s[2] == 1, N: 1})
	}
	steps, err := survival(watched)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		month, atRisk int64
		survival      float64
	}{{2, 4, .75}, {4, 5, .6}, {5, 5, .48}, {7, 5, .384}, {8, 4, .288}, {9, 4, .216}, {10, 1, 0}} {
		if s := steps[i]; int64(s.Month) != want.month {
			t.Errorf("step %d is %+v", i, s)
		}
	}
	for _, s := range steps {
		if !(s.Low <= s.Survival && s.Survival <= s.High && s.Low >= 0 && s.High <= 1) {
			t.Errorf("%+v", s)
		}
	}
}

// A plan with little of its own borrows; contracts told to end are worth nothing more.
func TestBorrowedModel(t *testing.T) {
	ends := due("", 1, 5, "50")
	ends.Ends = true
	r := report(t, "1050", warehouse.Contracts{
		Spells: append(spells("gold", 1000, 869, 743, 653, 593, 551, 517, 491), spells("", 8, 7, 5)...),
		Due:    []warehouse.Due{due("gold", 7, 491, "1000"), ends},
	})
	small := r.Plans[1]
	if small.Name != clientele.UnknownSegment || !small.Models[0].OfAll || r.Plans[0].Models[0].OfAll {
		t.Errorf("%+v", small)
	}
	if small.Equity.Estimate.Estimate.Sign() != 0 || small.Equity.Contracts != 5 {
		t.Errorf("worth of contracts that end: %+v", small.Equity)
	}
	if m := r.Renewals[3]; m.Due != 491 || m.Ending != 5 || m.Lost.String() != "50.00" {
		t.Errorf("%+v", m)
	}
}

// What cannot be told is null and says why; what does not balance is an error.
func TestRefusals(t *testing.T) {
	young := warehouse.Contracts{Spells: spells("", 20, 18), Due: []warehouse.Due{due("", 1, 18, "180")}}
	r := report(t, "180", young)
	if r.All.Equity != nil || !strings.Contains(r.All.Refused, "2 of the 10") || r.Renewals[3].Expected != nil || r.Renewals[3].Due != 18 {
		t.Errorf("%+v", r.All)
	}
	s := clientele.DefaultSettings()
	_, err := New(records{counted: young, closing: clientele.MustMoney("181")}, settings{s}).Report(t.Context(), Request{AsOf: asOf})
	if clientele.CodeOf(err) != clientele.CodeUnbalanced {
		t.Errorf("out of balance: %v", err)
	}
	_, err = New(records{}, settings{s}).Report(t.Context(), Request{AsOf: asOf})
	if clientele.CodeOf(err) != clientele.CodeNotFound {
		t.Errorf("no contracts: %v", err)
	}
	s.DiscountRate = 0
	never, err := New(records{counted: warehouse.Contracts{Spells: spells("", 1000, 869, 743), Due: []warehouse.Due{due("", 2, 743, "7")}}, closing: clientele.MustMoney("7")}, settings{s}).Report(t.Context(), Request{AsOf: asOf})
	if err != nil || !strings.Contains(never.All.Refused, "discount_rate") {
		t.Errorf("%v: %q", err, never.All.Refused)
	}
}
