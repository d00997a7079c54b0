package spend

import (
	"math"
	"math/rand/v2"
	"sort"
	"testing"

	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/internal/cdnow"
	"pgregory.net/rapid"
)

func near(t testing.TB, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s = %.10g, want %.10g ± %g", what, got, want, tol)
	}
}

// binned groups customers by X and ln Z in bins of 1/512, as the warehouse does.
func binned(cs []cdnow.Customer) []Row {
	type key struct{ x, bin int }
	rows := map[key]*Row{}
	var keys []key
	for _, c := range cs {
		k := key{c.XG, int(math.Floor(math.Log(math.Max(c.Z, 1e-9)) * 512))}
		if rows[k] == nil {
			rows[k], keys = &Row{X: c.XG}, append(keys, k)
		}
		rows[k].N++
		rows[k].SumZ += c.Z
	}
	sort.Slice(keys, func(i, j int) bool {
		return keys[i].x < keys[j].x || keys[i].x == keys[j].x && keys[i].bin < keys[j].bin
	})
	out := make([]Row, len(keys))
	for i, k := range keys {
		out[i] = *rows[k]
	}
	return out
}

func single(cs []cdnow.Customer) []Row {
	out := make([]Row, len(cs))
	for i, c := range cs {
		out[i] = Row{c.XG, 1, c.Z}
	}
	return out
}

// Statistics, section 1: p 6.25, q 3.744, v 15.44, mean 35.17, correlation .114
// on 946 repeaters; further digits from section 3.
func TestFitCDNOWSample(t *testing.T) {
	cs := cdnow.Load(t, cdnow.Sample).At("1997-09-30", "1998-06-30")
	exact, err := FitGammaGamma(single(cs), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v %+v %s", exact.Params, exact.Diagnostics, exact.Check.Words)
	near(t, "repeaters", exact.Weight, 946, 0)
	near(t, "p", exact.Params.P, 6.2495518, 3e-5)
	near(t, "q", exact.Params.Q, 3.7442156, 1e-5)
	near(t, "v", exact.Params.V, 15.4435337, 1e-4)
	near(t, "mean", exact.Params.Mean(), 35.17, .005)
	near(t, "correlation", exact.Check.Correlation, .114, .0005)
	if exact.Check.Verdict != Weak {
		t.Errorf("verdict %s", exact.Check.Verdict)
	}
	rows, err := FitGammaGamma(binned(cs), Options{})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "binned p", rows.Params.P, exact.Params.P, 1e-4)
	near(t, "binned log-likelihood", rows.LogLikelihood, exact.LogLikelihood, 1e-2)
}

// Issue 2, must hold 1.
func TestFitCDNOWMaster(t *testing.T) {
	cs := cdnow.Load(t, cdnow.Master).At("1997-09-30", "1998-06-30")
	f, err := FitGammaGamma(binned(cs), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v %+v %s", f.Params, f.Diagnostics, f.Check.Words)
	near(t, "p", f.Params.P, 6.2753, 1e-4)
	near(t, "q", f.Params.Q, 3.6245, 1e-4)
	near(t, "v", f.Params.V, 14.9837, 5e-4)
}

func TestRefitAtJune1998(t *testing.T) {
	cs := cdnow.Load(t, cdnow.Sample).At("1998-06-30", "1998-06-30")
	f, err := FitGammaGamma(single(cs), Options{})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "p", f.Params.P, 4.6834428, 2e-5)
	near(t, "q", f.Params.Q, 4.1897703, 2e-5)
	near(t, "v", f.Params.V, 24.3905294, 2e-4)
}

// simulated draws n customers with one to eight repeat days.
func simulated(g GammaGamma, n int, seed uint64) []Row {
	rng := rand.New(rand.NewPCG(seed, 1))
	rows := make([]Row, n)
	for i := range rows {
		x := 1 + rng.IntN(8)
		nu := gamma(rng, g.Q) / g.scale(float64(x))
		rows[i] = Row{x, 1, gamma(rng, g.P*float64(x)) / nu}
	}
	return rows
}

// gamma draws from Gamma(shape, 1): Marsaglia and Tsang, ACM TOMS 26 (2000).
func gamma(rng *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return gamma(rng, shape+1) * math.Pow(rng.Float64(), 1/shape)
	}
	d := shape - 1.0/3
	for {
		z := rng.NormFloat64()
		v := 1 + z/math.Sqrt(9*d)
		if v = v * v * v; v > 0 && math.Log(rng.Float64()) < z*z/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

func TestFitRecoversTruth(t *testing.T) {
	truth := []float64{4, 3, 2000}
	f, err := FitGammaGamma(simulated(GammaGamma{P: 4, Q: 3, V: 2000}, 20000, 7), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range truth {
		near(t, f.Names[i], f.Theta[i], want, 4*f.SE[i])
	}
}

func TestGradientAgainstDifferences(t *testing.T) {
	d, err := collect(name, simulated(GammaGamma{P: 4, Q: 3, V: 20, Elasticity: .2}, 200, 3))
	if err != nil {
		t.Fatal(err)
	}
	p := d.problem(.2)
	rapid.Check(t, func(t *rapid.T) {
		x := []float64{rapid.Float64Range(-4, 5).Draw(t, "ln p"), rapid.Float64Range(-4, 5).Draw(t, "ln q"), rapid.Float64Range(-4, 5).Draw(t, "ln v")}
		grad, none := make([]float64, 3), make([]float64, 3)
		p.LogLikelihood(x, grad)
		for i := range x {
			const h = 1e-5
			y := append([]float64(nil), x...)
			y[i] += h
			up := p.LogLikelihood(y, none)
			y[i] -= 2 * h
			diff := (up - p.LogLikelihood(y, none)) / (2 * h)
			if math.Abs(diff-grad[i]) > 1e-4*math.Max(100, math.Abs(diff)) {
				t.Fatalf("at %v: d/d%s = %g, differences %g", x, p.Names[i], grad[i], diff)
			}
		}
	})
}

// The summed likelihood is that of single customers.
func TestSumEqualsSingles(t *testing.T) {
	rows := simulated(GammaGamma{P: 4, Q: 3, V: 20}, 300, 4)
	d, err := collect(name, rows)
	if err != nil {
		t.Fatal(err)
	}
	g := GammaGamma{P: 3, Q: 2.5, V: 15}
	total, _ := d.logLikelihood(GammaGamma{P: g.P, Q: g.Q, V: g.V / d.unit})
	want := 0.0
	for _, r := range rows {
		want += g.LogLikelihood(r.X, r.SumZ)
	}
	near(t, "sum", total-d.weight*math.Log(d.unit), want, 1e-8)
}

func TestRefusals(t *testing.T) {
	same := []Row{{2, 100, 4000}}
	one := []Row{{1, 1, 10}}
	tail := simulated(GammaGamma{P: 3, Q: 0.6, V: 5}, 3000, 9)
	for _, c := range []struct {
		name string
		rows []Row
		want fit.Reason
	}{
		{"nobody", nil, fit.TooFew},
		{"one customer", one, fit.TooFew},
		{"all alike", same, fit.Identical},
		{"no mean", tail, fit.NoMean},
		{"not a number", []Row{{1, 1, math.NaN()}}, fit.BadInput},
		{"negative", []Row{{1, 80, -100}}, fit.TooFew},
	} {
		_, err := FitGammaGamma(c.rows, Options{})
		r, ok := fit.AsRefusal(err)
		if !ok || r.Reason != c.want || r.Message == "" || r.Hint == "" {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

func TestLeftOut(t *testing.T) {
	rows := append(simulated(GammaGamma{P: 4, Q: 3, V: 20}, 500, 5), Row{0, 1000, 0}, Row{3, 4, -20}, Row{2, 3, 0})
	f, err := FitGammaGamma(rows, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if f.Left != (Left{NoRepeat: 1000, NotPositive: 7}) || f.Weight != 500 {
		t.Errorf("left %+v, used %g", f.Left, f.Weight)
	}
}

// The money unit changes v and nothing else.
func TestUnitOfMoney(t *testing.T) {
	rows := simulated(GammaGamma{P: 4, Q: 3, V: 20}, 2000, 6)
	a, err := FitGammaGamma(rows, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		rows[i].SumZ *= 1e6
	}
	b, err := FitGammaGamma(rows, Options{})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "p", b.Params.P, a.Params.P, 1e-6)
	near(t, "v", b.Params.V/1e6, a.Params.V, 1e-5)
	near(t, "SE v", b.SE[2]/1e6, a.SE[2], 1e-5)
}

// Coefficients' variances are those of the Laplace draws, to first order.
func TestCoefficientVariance(t *testing.T) {
	plain, err := FitGammaGamma(simulated(GammaGamma{P: 4, Q: 3, V: 20}, 20000, 8), Options{})
	if err != nil {
		t.Fatal(err)
	}
	elastic, err := FitElastic(simulated(GammaGamma{P: 4, Q: 3, V: 20, Elasticity: .4}, 20000, 8), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []*Fit{plain, elastic} {
		draws := f.Draws(4000, 1)
		for _, x := range []int{0, 1, 5} {
			c, z := f.Coefficients(x), 30.0*float64(x)
			want := c.VarIntercept + 2*z*c.Cov + z*z*c.VarSlope
			var sum, sq float64
			for _, d := range draws {
				v := At(d).Expected(x, z)
				sum, sq = sum+v, sq+v*v
			}
			mean := sum / float64(len(draws))
			near(t, "variance", (sq/float64(len(draws))-mean*mean)/want, 1, .1)
		}
	}
}

// At the estimate, on its own rows, the covariance is the estimate's, in money, with
// elasticity or without.
func TestCovarianceAtTheEstimate(t *testing.T) {
	rows := simulated(GammaGamma{P: 4, Q: 4, V: 30, Elasticity: .2}, 2000, 3)
	plain, err0 := FitGammaGamma(rows, Options{})
	elastic, err1 := FitElastic(rows, Options{})
	if err0 != nil || err1 != nil {
		t.Fatal(err0, err1)
	}
	for _, f := range []*Fit{plain, elastic} {
		got, ok := f.CovarianceAt(rows, f.Theta)
		if !ok {
			t.Fatal(f.Model)
		}
		for i := range got {
			for j := range got[i] {
				unit := math.Sqrt(f.CovLog[i][i] * f.CovLog[j][j])
				near(t, f.Model, got[i][j]/unit, f.CovLog[i][j]/unit, 1e-5)
			}
		}
	}
	if _, ok := plain.CovarianceAt([]Row{{X: 0, N: 3}}, plain.Theta); ok {
		t.Error("no spend gives no covariance")
	}
	if _, ok := plain.CovarianceAt([]Row{{X: 1, N: -1}}, plain.Theta); ok {
		t.Error("nor do rows that are not usable")
	}
	if _, ok := elastic.CovarianceAt([]Row{{X: 2, N: 90, SumZ: 900}}, elastic.Theta); ok {
		t.Error("nor does one frequency an elasticity")
	}
}
