package modelling_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/modelling"
	"github.com/clientele/clientele/internal/warehouse"
)

func near(t testing.TB, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s = %.8g, want %.8g ± %g", what, got, want, tolerance)
	}
}

var calibration = clientele.MustDate("1997-09-30")

func versionOf(t testing.TB, s *modelling.Service) string {
	t.Helper()
	v, err := s.DataVersion(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func runOf(t testing.TB, b *book, asOf clientele.Date) *modelling.Run {
	t.Helper()
	s := modelling.New(b, memory{}, memory{}, "test")
	run, err := s.Run(context.Background(), asOf, versionOf(t, s), summary{book: b, asOf: asOf}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// Statistics, section 1: parameters, log-likelihood and holdout of the CDNOW
// sample; issue 2, must hold 1, and issue 3, must hold 2, for the master file.
func TestCDNOW(t *testing.T) {
	for _, c := range []struct {
		file                string
		customers, actual   int64
		r, alpha, s, beta   float64
		logLikelihood       float64
		p, q, v             float64
		bias, mae, rmse     float64
		tolerance, rmseSlop float64
	}{
		{"CDNOW_sample.txt", 2357, 1882, .55328, 10.5777, .60624, 11.6687, -9594.976, 6.2496, 3.7442, 15.4435, -.115, .7545, 0, 1e-4, math.Inf(1)},
		{"CDNOW_master.txt", 23570, 19684, .59742, 11.5857, .5222, 8.8285, -95415.119, 6.2753, 3.6245, 14.9837, -.129, .7938, 1.7262, 1e-3, 5e-5},
	} {
		t.Run(c.file, func(t *testing.T) {
			run := runOf(t, cdnow(t, c.file), calibration)
			m := run.Report()
			if m.Refused != "" || !m.Converged || m.Customers != c.customers {
				t.Fatalf("%+v", m)
			}
			purchases, spend := m.Parameters["pareto_nbd"], m.Parameters["gamma_gamma"]
			near(t, "r", purchases["r"], c.r, 1e-5)
			near(t, "alpha", purchases["alpha"], c.alpha, 1e-4)
			near(t, "s", purchases["s"], c.s, 5e-5)
			near(t, "beta", purchases["beta"], c.beta, c.tolerance)
			near(t, "log-likelihood", *m.LogLikelihood, c.logLikelihood, 1e-3)
			near(t, "p", spend["p"], c.p, 1e-4)
			near(t, "q", spend["q"], c.q, 1e-4)
			near(t, "v", spend["v"], c.v, 5e-4)
			h := m.Holdout
			if h == nil || h.CalibratedTo != calibration || h.To != clientele.MustDate("1998-06-30") || h.Actual != c.actual || h.Customers != c.customers {
				t.Fatalf("holdout %+v", h)
			}
			near(t, "bias", h.Bias, c.bias, 5e-4)
			near(t, "MAE", h.MAE, c.mae, 5e-5)
			near(t, "RMSE", h.RMSE, c.rmse, c.rmseSlop)
			if len(h.Weeks) != 78 || h.Weeks[38].HeldOut || !h.Weeks[39].HeldOut {
				t.Errorf("%d weeks, want 39 + 39", len(h.Weeks))
			}
			if c.file == "CDNOW_master.txt" { // issue 3, must hold 2
				near(t, "AUC", *run.Check.AUC, .7687, 5e-5)
				near(t, "MAPE", *run.Check.MAPE, .0228, 5e-5)
			}
			inBand := 0
			for _, w := range h.Weeks {
				if float64(w.Actual) >= w.Low && float64(w.Actual) <= w.High {
					inBand++
				}
			}
			if inBand < 70 { // 95 % of 78 are 74
				t.Errorf("%d of %d weeks within the band", inBand, len(h.Weeks))
			}
			if !strings.Contains(strings.Join(m.Warnings, " "), "older than its records") {
				t.Errorf("everyone came within twelve weeks, and no warning says so: %q", m.Warnings)
			}
		})
	}
}

// Without records past the as-of date a refit on earlier records is checked.
func TestHoldoutIsHeldBackWhereNothingFollows(t *testing.T) {
	last := clientele.MustDate("1998-06-30")
	run := runOf(t, cdnow(t, "CDNOW_sample.txt"), last)
	h := run.Report().Holdout
	if h == nil || h.To != last || h.CalibratedTo != last-26*7 {
		t.Fatalf("holdout %+v, want the last third of 546 days in whole weeks, 182", h)
	}
	if h.Expected == 0 || run.Estimate.Theta[1] < 12 { // statistics, section 3: 12.559 as of that day
		t.Errorf("expected %g, alpha %g", h.Expected, run.Estimate.Theta[1])
	}
}

func TestRunsAreSavedAndRead(t *testing.T) {
	b, cache := cdnow(t, "CDNOW_sample.txt"), memory{}
	s := modelling.New(b, cache, cache, "test")
	ctx := context.Background()
	was := versionOf(t, s)
	first, err := s.Run(ctx, calibration, was, summary{book: b, asOf: calibration}, nil)
	if err != nil {
		t.Fatal(err)
	}
	asked := b.asked
	second, err := s.Run(ctx, calibration, was, summary{book: b, asOf: calibration}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if b.asked != asked {
		t.Error("the second run read the cells again")
	}
	if !reflect.DeepEqual(first.Report(), second.Report()) {
		t.Errorf("saved %+v, read %+v", first.Report(), second.Report())
	}
	b.version = "later"
	if old, err := s.Run(ctx, calibration, was, summary{book: b, asOf: calibration}, nil); err != nil || old.ID != first.ID {
		t.Errorf("a summary of the old records gave a run for the new ones (%v)", err)
	}
	third, err := s.Run(ctx, calibration, versionOf(t, s), summary{book: b, asOf: calibration}, nil)
	if err != nil || third.ID == first.ID || b.asked == asked {
		t.Errorf("new records gave the old run %s (%v)", third.ID, err)
	}
}

// Statistics, section 3: worth of the CDNOW sample over 260 weeks and beyond.
func TestWorth(t *testing.T) {
	b := cdnow(t, "CDNOW_sample.txt")
	run := runOf(t, b, calibration)
	cells := summary{book: b, asOf: calibration}.Cells(context.Background(), warehouse.CellsBy{})
	terms := modelling.Terms{DiscountRate: .15, Margin: .3}
	w, err := run.Worth(cells, terms)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "five years", w.Total.Horizon.Estimate, 55911.49, 1)
	near(t, "whole", w.Total.Whole.Estimate, 78459.60, 1)
	near(t, "low", w.Total.Horizon.Low/42000, 1, .03)
	near(t, "high", w.Total.Horizon.High/76300, 1, .03)
	parts, err := run.Parts(cells, terms)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "parts", parts[modelling.Part{}].Horizon, w.Total.Horizon.Estimate, 1e-6)
	scores, err := run.Scores(cells, terms)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "customers one by one", scored(b, scores, terms.Margin), w.Total.Horizon.Estimate, 1e-6)
	near(t, "beyond, one by one", scored(b, scores.Beyond(), terms.Margin), w.Total.Tail.Estimate, 1e-6)
	if _, err := run.Worth(cells, modelling.Terms{Margin: 1}); err == nil || !strings.Contains(err.Error(), "discount-rate") {
		t.Errorf("no discount: %v, want a refusal that names the setting", err)
	}
}

// scored adds customers up as an engine values them (warehouse.CellScore).
func scored(b *book, s modelling.Scores, margin float64) (sum float64) {
	cells, spend := map[[3]int32]warehouse.CellScore{}, map[int32]warehouse.SpendScore{}
	for _, c := range s.Cells {
		cells[[3]int32{c.X, c.Tx, c.T}] = c
	}
	for _, p := range s.Spend {
		spend[p.XG] = p
	}
	for customer := range b.days {
		if c, ok := b.cell(customer, calibration); ok {
			p := spend[c.XG]
			sum += cells[[3]int32{c.X, c.Tx, c.T}].Discounted * (p.Base + p.Slope*c.Spend) * margin
		}
	}
	return sum
}

// chooses keeps a choice as a comparison does.
func (m memory) chooses(t testing.TB, choice string) memory {
	t.Helper()
	if err := m.Decide(context.Background(), "model", []byte(choice), time.Time{}); err != nil {
		t.Fatal(err)
	}
	return m
}

// A chosen model makes the runs, names itself and its parameters, and is kept;
// another choice makes another run, one that is not known the default's.
func TestRunsUseTheChosenModel(t *testing.T) {
	b, kept, ctx := cdnow(t, "CDNOW_sample.txt"), memory{}, context.Background()
	s := modelling.New(b, kept, kept, "test")
	ids := map[string]bool{}
	for _, c := range []struct {
		choice, name, key string
		k                 float64
	}{
		{"MBG/NBD", "MBG/NBD + Gamma-Gamma", "mbg_nbd", 0},
		{"BG/CNBD-2", "BG/CNBD-2 + Gamma-Gamma", "bg_cnbd_k", 2},
		{"a model of another day", "Pareto/NBD + Gamma-Gamma", "pareto_nbd", 0},
	} {
		kept.chooses(t, fmt.Sprintf(`{"name":%q,"as_of":"1997-09-30"}`, c.choice))
		for range 2 { // fitted, then kept
			run, err := s.Run(ctx, calibration, versionOf(t, s), summary{book: b, asOf: calibration}, nil)
			if err != nil {
				t.Fatal(err)
			}
			m := run.Report()
			if m.Name != c.name || len(m.Parameters[c.key]) < 4 || m.Parameters[c.key]["k"] != c.k || m.Trust == "" {
				t.Errorf("%s: %s %v", c.choice, m.Name, m.Parameters)
			}
			ids[run.ID] = true
		}
	}
	if len(ids) != 3 {
		t.Errorf("%d runs, want one per model", len(ids))
	}
}

// Customers can be valued by a chosen model, in all and one by one.
func TestWorthByAnotherModel(t *testing.T) {
	b, kept, ctx := cdnow(t, "CDNOW_sample.txt"), memory{}, context.Background()
	kept.chooses(t, `{"name":"BG/CNBD-2","as_of":"1997-09-30"}`)
	s := modelling.New(b, kept, kept, "test")
	run, err := s.Run(ctx, calibration, versionOf(t, s), summary{book: b, asOf: calibration}, nil)
	if err != nil {
		t.Fatal(err)
	}
	cells, terms := summary{book: b, asOf: calibration}.Cells(ctx, warehouse.CellsBy{}), modelling.Terms{DiscountRate: .15, Margin: .3}
	w, err := run.Worth(cells, terms)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := run.Parts(cells, terms)
	if err != nil {
		t.Fatal(err)
	}
	scores, err := run.Scores(cells, terms)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "parts", parts[modelling.Part{}].Horizon/w.Total.Horizon.Estimate, 1, 1e-9)
	near(t, "customers one by one", scored(b, scores, terms.Margin)/w.Total.Horizon.Estimate, 1, 1e-9)
	near(t, "the Pareto/NBD's, roughly", w.Total.Horizon.Estimate/55911.49, 1, .3) // statistics, section 3
}

// What the data refuse to a chosen model the default does, and says so.
func TestARefusedChoiceIsReplacedAndTold(t *testing.T) {
	day := clientele.MustDate("2025-01-01")
	b := &book{version: "one rate", days: map[string]map[clientele.Date]float64{}}
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 400 { // all leave at one rate
		left := day + 40 + clientele.Date(rng.ExpFloat64()*100)
		for at := day + clientele.Date(rng.IntN(60)); at < left && at < day+400; at += 1 + clientele.Date(rng.ExpFloat64()*20) {
			b.buy(fmt.Sprint(i), at, 5+10*rng.ExpFloat64())
		}
	}
	kept := memory{}.chooses(t, `{"name":"MBG/NBD","as_of":"2026-01-01"}`)
	s := modelling.New(b, kept, kept, "test")
	run, err := s.Run(context.Background(), day+400, versionOf(t, s), summary{book: b, asOf: day + 400}, nil)
	if err != nil {
		t.Fatal(err)
	}
	m := run.Report()
	if m.Name != "Pareto/NBD + Gamma-Gamma" || !strings.Contains(strings.Join(m.Warnings, " "), "MBG/NBD, which the comparison of models chose, could not be fitted") {
		t.Errorf("%s: %q", m.Name, m.Warnings)
	}
}

// A model that what came after contradicts is told to be, with what to do (issue 3,
// must hold 7).
func TestARejectedModelIsTold(t *testing.T) {
	b := cdnow(t, "CDNOW_sample.txt")
	for _, days := range b.days { // most of what came after the calibration did not
		for day := range days {
			if day > calibration+60 {
				delete(days, day)
			}
		}
	}
	b.buy("00001", clientele.MustDate("1998-06-30"), 1) // the records go on
	for choice, todo := range map[string]string{"": "--compare", `{"name":"MBG/NBD","as_of":"1997-12-31"}`: "best of those compared as of 1997-12-31"} {
		kept := memory{}
		if choice != "" {
			kept.chooses(t, choice)
		}
		s := modelling.New(b, kept, kept, "test")
		m, err := s.Examine(context.Background(), calibration, nil)
		if err != nil {
			t.Fatal(err)
		}
		warned := strings.Join(m.Warnings, " ")
		if m.Trust.Verdict != clientele.Rejected || !strings.Contains(warned, "do not rely on its totals") || !strings.Contains(warned, todo) {
			t.Errorf("%s: %+v, warned %q", choice, m.Trust, warned)
		}
		run, err := s.Run(context.Background(), calibration, versionOf(t, s), summary{book: b, asOf: calibration}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if r := run.Report(); r.Trust != clientele.Rejected || !slices.Equal(r.Warnings, m.Warnings) {
			t.Errorf("the statement says %q of it and warns %q", r.Trust, r.Warnings)
		}
	}
}

// A model that the data cannot carry is told, never an error or a figure.
func TestRefusals(t *testing.T) {
	day := clientele.MustDate("2025-01-01")
	empty := &book{version: "empty"}
	once := &book{version: "once", days: map[string]map[clientele.Date]float64{}}
	for i := range 500 {
		once.buy(string(rune('a'+i)), day+clientele.Date(i%200), 10)
	}
	for name, b := range map[string]*book{"no records": empty, "nobody came back": once} {
		run := runOf(t, b, day+300)
		if run.Usable() || run.Refused == "" {
			t.Errorf("%s: usable, %q", name, run.Refused)
		}
		if text, err := json.Marshal(run.Report()); err != nil || !strings.Contains(string(text), `"parameters":{}`) || !strings.Contains(string(text), `"warnings":[`) {
			t.Errorf("%s: %s %v", name, text, err)
		}
	}
}
