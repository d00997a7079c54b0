package retention

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/clientele/clientele/internal/shareddata"
	"github.com/clientele/clientele/model/fit"
	"pgregory.net/rapid"
)

func near(t testing.TB, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s = %.12g, want %.12g ± %g", what, got, want, tol)
	}
}

// segments are the survivors of the two cohorts of 1,000, year by year.
func segments(t *testing.T) (regular, high []float64) {
	file, err := os.Open(shareddata.Path(t, "retention_tables/2-segment-retention.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		r, errR := strconv.ParseFloat(row[1], 64)
		h, errH := strconv.ParseFloat(row[2], 64)
		if errR != nil || errH != nil {
			t.Fatal(row)
		}
		regular, high = append(regular, r), append(high, h)
	}
	return regular, high
}

func cohort(t testing.TB, survivors []float64) []Cell {
	cells, err := FromSurvivors(survivors)
	if err != nil {
		t.Fatal(err)
	}
	return cells
}

// Statistics, section 2: seven renewals of each segment.
func TestSBGSegments(t *testing.T) {
	regular, high := segments(t)
	for _, c := range []struct {
		name            string
		survivors       []float64
		alpha, beta, ll float64
	}{
		{"high end", high, .668, 3.806, -1611.158},
		{"regular", regular, .704, 1.182, -1680.265},
	} {
		f, err := FitSBG(cohort(t, c.survivors[:8]))
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s %+v %.4f %+v", c.name, f.Params, f.LogLikelihood, f.Diagnostics)
		near(t, c.name+" alpha", f.Params.Alpha, c.alpha, 5e-4)
		near(t, c.name+" beta", f.Params.Beta, c.beta, 5e-4)
		near(t, c.name+" log-likelihood", f.LogLikelihood, c.ll, 5e-4)
	}
}

// Statistics, section 2: four renewals of the high end.
func TestBDWHighEnd(t *testing.T) {
	_, high := segments(t)
	f, err := FitBDW(cohort(t, high[:5]))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v %+v", f.Params, f.Diagnostics)
	near(t, "alpha", f.Params.Alpha, .2593, 5e-5)
	near(t, "beta", f.Params.Beta, 1.7226, 5e-5)
	near(t, "c", f.Params.C, 1.5844, 5e-5)
	near(t, "S(12)", Survival(f.Params, 12), .3889, 5e-5)
	near(t, "actual S(12)", high[12]/1000, .394, 0)
	s, err := FitSBG(cohort(t, high[:5]))
	if err != nil {
		t.Fatal(err)
	}
	near(t, "S(12) of the SBG", Survival(s.Params, 12), .307, 5e-4)
}

// Statistics, section 2.
func TestDERL(t *testing.T) {
	near(t, "DERL in period 8", DERL(SBG{.668, 3.806}, 8, .1), 7.530, 5e-4)
}

// Statistics, section 2: five cohorts a year apart that all go the way of one;
// discounted renewals of all who are left, and what one rate makes of them.
func TestIgnoringDifferencesUndervalues(t *testing.T) {
	survivors := []float64{10000, 6334, 4367, 3264, 2604}
	var all []Cell
	for k := range survivors {
		all = append(all, cohort(t, survivors[:k+1])...)
	}
	f, err := FitSBG(all)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "alpha", f.Params.Alpha, 1.66709, 5e-6)
	near(t, "beta", f.Params.Beta, 2.85661, 5e-6)
	var last []Cell // transition of each cohort
	for t, n := range survivors[1:] {
		last = append(last, Cell{Entry: t, Exit: t + 1, N: n}, Cell{Entry: t, Exit: t + 1, Left: true, N: survivors[t] - n})
	}
	g, err := FitGeometric(last)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "one rate", g.Params.Retention, .69138, 5e-6)
	var differing, constant float64
	for i, n := range survivors {
		differing += n * DERL(f.Params, float64(i+1), .1)
		constant += n * DERL(g.Params, float64(i+1), .1)
	}
	near(t, "discounted renewals", differing, 73342, .5)
	near(t, "by one rate", constant, 49450, .5)
}

// Statistics, section 2.
func TestKaplanMeierWithLateEntry(t *testing.T) {
	var spells []Spell
	for _, v := range [][3]float64{{0, 4, 1}, {0, 7, 1}, {0, 9, 0}, {2, 5, 1}, {3, 3.5, 0}, {3, 8, 1}, {5, 9, 1}, {6, 9, 0}, {1, 2, 1}, {4, 10, 1}} {
		spells = append(spells, Spell{Entry: v[0], Exit: v[1], Left: v[2] == 1, N: 1})
	}
	got, err := KaplanMeier(spells)
	if err != nil {
		t.Fatal(err)
	}
	want := [][3]float64{{2, 4, .75}, {4, 5, .60}, {5, 5, .48}, {7, 6, .40}, {8, 5, .32}, {9, 4, .24}, {10, 1, 0}}
	if len(got) != len(want) {
		t.Fatalf("%d steps: %+v", len(got), got)
	}
	for i, w := range want {
		near(t, "time", got[i].Time, w[0], 0)
		near(t, "at risk", got[i].AtRisk, w[1], 0)
		near(t, "survival", got[i].Survival, w[2], 1e-12)
	}
	// Greenwood by hand: .75·√(1/(4·3)), .6·√(1/12 + 1/(5·4)), and nobody left
	near(t, "first standard error", got[0].SE, .75*math.Sqrt(1.0/12), 1e-12)
	near(t, "second standard error", got[1].SE, .6*math.Sqrt(1.0/12+1.0/20), 1e-12)
	near(t, "last standard error", got[6].SE, 0, 0)
	if _, err := KaplanMeier([]Spell{{Entry: 3, Exit: 3, N: 1}}); err == nil {
		t.Error("a spell of no length passes")
	}
}

// Without late entry or censoring the estimate is the share that is left.
func TestKaplanMeierWithoutCensoring(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		times := rapid.SliceOfN(rapid.IntRange(1, 9), 1, 30).Draw(t, "times")
		var spells []Spell
		for _, at := range times {
			spells = append(spells, Spell{Exit: float64(at), Left: true, N: .1})
		}
		got, err := KaplanMeier(spells)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range got {
			longer := 0.0
			for _, at := range times {
				if float64(at) > s.Time {
					longer++
				}
			}
			if want := longer / float64(len(times)); math.Abs(s.Survival-want) > 1e-12 {
				t.Fatalf("survival %g at %g, want %g", s.Survival, s.Time, want)
			}
		}
	})
}

// draw gives a model of each kind with parameters over a wide range.
func draw(t *rapid.T) map[string]Model {
	one := func(name string, lo, hi float64) float64 {
		return math.Pow(10, rapid.Float64Range(lo, hi).Draw(t, name))
	}
	alpha, beta, c := one("alpha", -4, 4), one("beta", -4, 4), one("c", -1, .6)
	return map[string]Model{
		"SBG": SBG{alpha, beta}, "BDW": BDW{alpha, beta, c}, "BDW with c = 1": BDW{alpha, beta, 1},
		"geometric": Geometric{alpha / (alpha + beta)},
	}
}

func TestModelsStayInRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at, d := rapid.Float64Range(1, 500).Draw(t, "t"), rapid.SampledFrom([]float64{.5, .1, .01, 1e-4}).Draw(t, "d")
		for name, m := range draw(t) {
			last := 1.0
			for _, k := range []float64{0, 1, 2, 50, 1e4} {
				s := Survival(m, k)
				if !(s >= 0 && s <= last*(1+1e-9)) {
					t.Fatalf("%s %+v: S(%g) = %g, before %g", name, m, k, s, last)
				}
				last = s
			}
			if r := Rate(m, at); !(r >= 0 && r <= 1+1e-9) {
				t.Fatalf("%s %+v: retention %g", name, m, r)
			}
			del, derl := DEL(m, d), DERL(m, at, d)
			if top := (1 + d) / d; !(del >= 1-1e-9 && del <= top*(1+1e-9)) || !(derl >= 0 && derl <= top*(1+1e-9)) {
				t.Fatalf("%s %+v: DEL %g, DERL %g at %g", name, m, del, derl, d)
			}
			if e := ExpectedTenure(m); !(e >= del*(1-1e-9)) {
				t.Fatalf("%s %+v: tenure %g, discounted %g", name, m, e, del)
			}
		}
	})
}

// The sum with its integral against the closed form that c = 1 has.
func TestSumAgainstClosedForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		alpha := math.Pow(10, rapid.Float64Range(-2, 2).Draw(t, "alpha"))
		beta := math.Pow(10, rapid.Float64Range(-2, 3).Draw(t, "beta"))
		d := rapid.SampledFrom([]float64{0, 1e-5, 1e-3, .01, .1, 1}).Draw(t, "d")
		if d == 0 {
			alpha += 1.1
		}
		at := rapid.Float64Range(0, 50).Draw(t, "t")
		want, got := SBG{alpha, beta}.Remaining(at, d), BDW{alpha, beta, 1}.Remaining(at, d)
		if math.Abs(got-want) > 1e-9*want {
			t.Fatalf("α %g β %g d %g t %g: %.15g, closed form %.15g", alpha, beta, d, at, got, want)
		}
	})
}

func TestExpectedWithin(t *testing.T) {
	near(t, "three periods", ExpectedWithin(Geometric{.5}, 3), 1.75, 1e-15)
	near(t, "many", ExpectedWithin(Geometric{.5}, 100), ExpectedTenure(Geometric{.5}), 1e-15)
	if e := ExpectedTenure(SBG{.668, 3.806}); !math.IsInf(e, 1) {
		t.Errorf("tenure %g of a cohort of which some never leave", e)
	}
}

// Customers known from their third renewal on tell the same as the whole record
// from there on.
func TestLateEntryIsConditional(t *testing.T) {
	truth := SBG{.8, 2}
	var cells []Cell
	for at := 1; at <= 12; at++ {
		cells = append(cells, Cell{Entry: 2, Exit: 2 + at, Left: true, N: 1e5 * (Survival(truth, float64(1+at)) - Survival(truth, float64(2+at)))})
	}
	cells = append(cells, Cell{Entry: 2, Exit: 14, N: 1e5 * Survival(truth, 14)})
	f, err := FitSBG(cells)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "alpha", f.Params.Alpha, truth.Alpha, 1e-5)
	near(t, "beta", f.Params.Beta, truth.Beta, 1e-4)
}

func TestGradient(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var cells []Cell
		for range rapid.IntRange(1, 8).Draw(t, "cells") {
			from := rapid.IntRange(0, 5).Draw(t, "entry")
			cells = append(cells, Cell{from, from + rapid.IntRange(1, 20).Draw(t, "seen"), rapid.Bool().Draw(t, "left"), float64(rapid.IntRange(0, 9).Draw(t, "n"))})
		}
		d, err := collect("test", cells)
		if err != nil {
			return
		}
		p := d.problem("test", []string{"alpha", "beta", "c"})
		x, grad, none := make([]float64, 3), make([]float64, 3), make([]float64, 3)
		for i := range x {
			x[i] = rapid.Float64Range(-2, 2-float64(i)/2).Draw(t, p.Names[i])
		}
		l := p.LogLikelihood(x, grad)
		for i := range x {
			const h = 1e-5
			y := append([]float64(nil), x...)
			y[i] += h
			up := p.LogLikelihood(y, none)
			y[i] -= 2 * h
			if diff := (up - p.LogLikelihood(y, none)) / (2 * h); math.Abs(diff-grad[i]) > 1e-6*math.Max(1, math.Max(math.Abs(l), math.Abs(diff))) {
				t.Fatalf("at %v: d/d%s = %g, differences %g", x, p.Names[i], grad[i], diff)
			}
		}
	})
}

func TestRefusals(t *testing.T) {
	alike := cohort(t, []float64{10000, 8000, 6400, 5120, 4096})
	for _, c := range []struct {
		name  string
		cells []Cell
		want  fit.Reason
	}{
		{"nobody", nil, fit.TooFew},
		{"nobody left", []Cell{{Exit: 5, N: 100}}, fit.TooFew},
		{"nobody renewed", []Cell{{Exit: 1, Left: true, N: 100}}, fit.TooFew},
		{"contradiction", []Cell{{Entry: 4, Exit: 4, Left: true, N: 1}}, fit.BadInput},
		{"no number", []Cell{{Exit: 4, N: math.NaN()}}, fit.BadInput},
		{"one renewal", cohort(t, []float64{1000, 700}), fit.Flat},
		{"one rate", alike, fit.Limit},
	} {
		_, err := FitSBG(c.cells)
		r, ok := fit.AsRefusal(err)
		if !ok || r.Reason != c.want || r.Message == "" || r.Hint == "" {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
	if _, err := FromSurvivors([]float64{10, 11}); err == nil {
		t.Error("a cohort that grows passes")
	}
	g, err := FitGeometric(alike)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "one rate", g.Params.Retention, .8, 1e-9)
	for _, m := range []Model{SBG{-1, 1}, BDW{1, 1, 0}, Geometric{1}, Geometric{math.NaN()}} {
		if !math.IsNaN(Survival(m, 1)) || !math.IsNaN(DEL(m, .1)) {
			t.Errorf("%+v has survival", m)
		}
	}
	if !math.IsNaN(DEL(SBG{1, 1}, -.1)) || !math.IsNaN(Survival(SBG{1, 1}, -1)) {
		t.Error("negative discount or tenure")
	}
}
