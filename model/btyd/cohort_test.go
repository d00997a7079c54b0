package btyd

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/internal/cdnow"
)

// differing draws cohorts of n customers each, a month apart, whose ln θ are normal
// around a company's with the given standard deviations; the last is half a year old,
// and weeks of holdout follow.
func differing(company ParetoNBD, sd [4]float64, cohorts, n, weeks int, seed uint64) ([]Cohort, [][]HoldoutRow) {
	rng := rand.New(rand.NewPCG(seed, 7))
	var cs []Cohort
	var rows [][]HoldoutRow
	for k := range cohorts {
		p := ParetoNBD{
			company.R * math.Exp(sd[0]*rng.NormFloat64()), company.Alpha * math.Exp(sd[1]*rng.NormFloat64()),
			company.S * math.Exp(sd[2]*rng.NormFloat64()), company.Beta * math.Exp(sd[3]*rng.NormFloat64()),
		}
		births, asOf := SpreadBirths(n, 28), 28*cohorts+180
		for i := range births {
			births[i].Day += 28 * k
		}
		r := Simulate(p, births, asOf, asOf+7*weeks, 1000*seed+uint64(k))
		cs, rows = append(cs, Cohort{Label: fmt.Sprint(k), Cells: Calibration(r)}), append(rows, r)
	}
	return cs, rows
}

var company = ParetoNBD{.8, 16, .7, 14}

func TestCohortsRecoverBetween(t *testing.T) {
	sd := [4]float64{.3, .4, .3, .3}
	cs, _ := differing(company, sd, 20, 1000, 0, 1)
	f, err := FitCohorts(cs, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rounds, company %v ± %v", f.Rounds, f.Company.Theta, f.Company.SE)
	for i, want := range sd {
		got := math.Sqrt(f.Between[i][i])
		t.Logf("%s: standard deviation between cohorts %.3f, truth %.2f", f.Company.Names[i], got, want)
		near(t, "standard deviation of ln "+f.Company.Names[i], got, want, .15)
	}
	for i, want := range []float64{company.R, company.Alpha, company.S, company.Beta} {
		near(t, "company "+f.Company.Names[i], math.Log(f.Company.Theta[i]/want), 0, 3.5*math.Sqrt(f.Company.CovLog[i][i]))
	}
}

// fitTogether fits the cells of all cohorts as one.
func fitTogether(t *testing.T, cs []Cohort) *ParetoNBDFit {
	t.Helper()
	var all []Cell
	for _, c := range cs {
		all = append(all, c.Cells...)
	}
	f, err := FitParetoNBD(all, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Cohorts that do not differ get the fit of all cells.
func TestCohortsAlike(t *testing.T) {
	cs, _ := differing(company, [4]float64{}, 10, 300, 0, 2)
	f, err := FitCohorts(cs, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := fitTogether(t, cs)
	for i := range want.Theta {
		near(t, "company", f.Company.Theta[i], want.Theta[i], 1e-9*want.Theta[i])
		near(t, "company's error", f.Company.SE[i], want.SE[i], 1e-9*want.SE[i])
		for j := range 4 {
			near(t, "between", f.Between[i][j], 0, 0)
		}
	}
	total := 0.0
	for _, c := range f.Cohorts {
		total += c.Fit.LogLikelihood
		if c.Fit.Params != f.Company.Params || c.Own != [4]float64{} {
			t.Errorf("%s: %+v, own %v", c.Label, c.Fit.Params, c.Own)
		}
	}
	near(t, "log-likelihood", total, want.LogLikelihood, 1e-6)
	near(t, "of the company", f.Company.LogLikelihood, want.LogLikelihood, 1e-6)
}

// What was foretold for cohorts that differ is nearer to what came, cohort by cohort,
// than by one fit for all or by each cohort alone (or one fit, where that is refused).
func TestCohortsForetellBetterThanBothExtremes(t *testing.T) {
	const weeks = 26
	var miss [3]float64 // one fit, each alone, together
	for seed := range uint64(2) {
		cs, rows := differing(company, [4]float64{.2, .4, .2, .4}, 12, 200, weeks, seed)
		f, err := FitCohorts(cs, Options{})
		if err != nil {
			t.Fatal(err)
		}
		one := fitTogether(t, cs)
		for k, c := range f.Cohorts {
			alone := c.Alone
			if alone == nil {
				alone = one
			}
			for i, p := range []ParetoNBD{one.Params, alone.Params, c.Fit.Params} {
				r, err := Holdout(p, rows[k], weeks)
				if err != nil {
					t.Fatal(err)
				}
				miss[i] += math.Abs(r.Expected - r.Actual)
			}
		}
	}
	t.Logf("missed by one fit %.0f, each alone %.0f, together %.0f", miss[0], miss[1], miss[2])
	if !(miss[2] < miss[0] && miss[2] < miss[1]) {
		t.Error("together is not the best")
	}
}

// Cohorts of next to nothing, and one of a great many, among ordinary ones.
func TestThinAndThickCohorts(t *testing.T) {
	cs, _ := differing(company, [4]float64{.3, .5, .3, .5}, 12, 400, 0, 3)
	for i := range cs[0].Cells {
		cs[0].Cells[i].N *= 1e4
	}
	cs = append(cs,
		Cohort{"nobody", nil}, Cohort{"weightless", []Cell{{X: 3, Tx: 20, T: 30}}},
		Cohort{"one", []Cell{{X: 0, T: 10, N: 1}}}, Cohort{"today", []Cell{{X: 0, T: 0, N: 50}}},
		Cohort{"one-time buyers", []Cell{{X: 0, T: 400, N: 300}}}, Cohort{"daily", []Cell{{X: 400, Tx: 400, T: 400, N: 2}}},
		Cohort{"alike", []Cell{{X: 2, Tx: 100, T: 200, N: 1e6}}})
	f, err := FitCohorts(cs, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range f.Cohorts {
		t.Logf("%-16s %.3g ± %.3g, own %.2f, refused %v", c.Label, c.Fit.Theta, c.Fit.SE, c.Own, c.Refused)
		for i := range 4 {
			if v := c.Fit.Theta[i] * c.Fit.SE[i]; !(v > 0 && v <= math.MaxFloat64) {
				t.Errorf("%s: %v ± %v", c.Label, c.Fit.Theta, c.Fit.SE)
			}
			if !(c.Own[i] >= 0 && c.Own[i] <= 1) {
				t.Errorf("%s: own %v", c.Label, c.Own)
			}
		}
		c.Fit.Draws(2, 1) // panics without a proper covariance
		s := c.Fit.Params.ExpectedOrders(History{X: 2, Tx: 20, T: 40}, 26)
		if !(s >= 0 && s < 1e3) || (c.Alone == nil) == (c.Refused == nil) {
			t.Errorf("%s: expects %g; alone %v, refused %v", c.Label, s, c.Alone, c.Refused)
		}
	}
	thick, empty := f.Cohorts[0], f.Cohorts[12]
	for i := range 4 {
		near(t, "thick cohort", thick.Fit.Theta[i], thick.Alone.Theta[i], .02*thick.Alone.Theta[i])
		near(t, "empty cohort", empty.Fit.Theta[i], f.Company.Theta[i], 1e-4*f.Company.Theta[i])
		near(t, "its own share", empty.Own[i], 0, 0)
		// of a cohort of which nothing is known: the company's error, and all of the difference
		near(t, "its covariance", empty.Fit.CovLog[i][i], f.Company.CovLog[i][i]+f.Between[i][i], 1e-9)
	}
	if r := empty.Refused; r == nil || r.Reason != fit.TooFew {
		t.Errorf("%v", r)
	}
}

// The weeks in which the customers of the CDNOW master file first bought make no
// difference: all of them get the company's fit.
func TestCohortsOfCDNOW(t *testing.T) {
	cs := cdnow.Load(t, cdnow.Master).At("1997-09-30", "1998-06-30")
	cohorts := make([]Cohort, 12)
	for i, c := range cellsOf(cs) {
		k := cs[i].First / 7
		cohorts[k].Label, cohorts[k].Cells = fmt.Sprintf("week %d", k+1), append(cohorts[k].Cells, c)
	}
	f, err := FitCohorts(cohorts, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for k, c := range f.Cohorts {
		if c.Fit.Params != f.Company.Params || c.Alone == nil || c.Alone.Weight < 1500 {
			t.Errorf("week %d: %+v, company %+v, alone %+v", k+1, c.Fit.Params, f.Company.Params, c.Alone)
		}
	}
	near(t, "r", f.Company.Params.R, .59742, 5e-6) // as the fit of all cells
	near(t, "log-likelihood", f.Company.LogLikelihood, -95415.119, 5e-4)
}

func TestCohortRefusals(t *testing.T) {
	cs, _ := differing(company, [4]float64{}, 6, 200, 0, 4)
	few := make([]Cohort, 6)
	for i := range few {
		few[i] = Cohort{cs[i].Label, []Cell{{X: i, Tx: i, T: 9, N: 1}}}
	}
	for _, c := range []struct {
		name    string
		cohorts []Cohort
		want    fit.Reason
		says    string
	}{
		{"none", nil, fit.TooFew, "0 cohorts"},
		{"few cohorts", append(cs[:4:4], Cohort{Label: "empty"}), fit.TooFew, "4 cohorts"},
		{"few customers", few, fit.TooFew, "Only 5 customers"},
		{"twice", append(cs[:5:5], cs[0]), fit.BadInput, `"0"`},
		{"contradiction", append(cs[:5:5], Cohort{"x", []Cell{{X: 0, Tx: 1, T: 2, N: 1}}}), fit.BadInput, "contradicts"},
	} {
		_, err := FitCohorts(c.cohorts, Options{})
		r, ok := fit.AsRefusal(err)
		if !ok || r.Reason != c.want || !strings.Contains(r.Message, c.says) || r.Hint == "" {
			t.Errorf("%s: %v, want %s with %s", c.name, err, c.want, c.says)
		}
	}
}
