package equity

import (
	"math"
	"testing"

	"github.com/clientele/clientele/model/btyd"
	"github.com/clientele/clientele/model/internal/cdnow"
	"github.com/clientele/clientele/model/spend"
)

func near(t testing.TB, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s = %.10g, want %.10g ± %g", what, got, want, tol)
	}
}

func fitBoth(t testing.TB, cs []cdnow.Customer) (*btyd.ParetoNBDFit, *spend.Fit, []Row) {
	t.Helper()
	var cells []btyd.Cell
	var rows []Row
	var money []spend.Row
	for i, c := range cs {
		cells = append(cells, btyd.Cell{X: c.X, Tx: c.Tx, T: c.T, N: 1})
		money = append(money, spend.Row{X: c.XG, N: 1, SumZ: c.Z})
		rows = append(rows, Row{X: c.X, Tx: c.Tx, T: c.T, XG: c.XG, N: 1, SumZ: c.Z, Group: i % 3})
	}
	p, err := btyd.FitParetoNBD(cells, btyd.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := spend.FitGammaGamma(money, spend.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return p, m, rows
}

// Statistics, sections 1 and 3: 30 % margin and 15 % a year, infinite 78,459.60
// with interval [51,800; 121,500], 260 weeks 55,911.49 with [42,000; 76,300],
// ±3 % by 8,000 draws.
var published = Options{Margin: .3, Delta: btyd.WeeklyDiscount(.15), Horizon: 260, Groups: 3, Seed: 1}

func TestEquityCDNOWSample(t *testing.T) {
	cs := cdnow.Load(t, cdnow.Sample).At("1997-09-30", "1998-06-30")
	p, m, rows := fitBoth(t, cs)
	o := published
	if o.Draws = 8000; testing.Short() {
		o.Draws = 2000
	}
	r, err := Evaluate(p, m, rows, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", *r)
	near(t, "five years", r.Total.Horizon.Estimate, 55911.49, 1)
	near(t, "whole", r.Total.Whole.Estimate, 78459.60, 1)
	near(t, "low", r.Total.Horizon.Low/42000, 1, .03)
	near(t, "high", r.Total.Horizon.High/76300, 1, .03)
	near(t, "whole low", r.Total.Whole.Low/51800, 1, .03)
	near(t, "whole high", r.Total.Whole.High/121500, 1, .03)
	sum := 0.0
	for _, g := range r.Groups {
		sum += g.Horizon.Estimate
	}
	near(t, "groups", sum, r.Total.Horizon.Estimate, 0)
}

// At the golden parameters of statistics, section 3, the estimates are golden.
func TestGoldenEquity(t *testing.T) {
	log := cdnow.Load(t, cdnow.Sample)
	p, m, rows := fitBoth(t, log.At("1997-09-30", "1998-06-30"))
	few := published
	few.Draws = 40
	copy(p.Theta, []float64{.55327661, 10.57767270, .60623924, 11.66871664})
	copy(m.Theta, []float64{6.2495518, 3.7442156, 15.4435337})
	r, err := Evaluate(p, m, rows, few)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "opening", r.Total.Whole.Estimate, 78459.60, .005)
	near(t, "opening, five years", r.Total.Horizon.Estimate, 55911.49, .005)
	for i, c := range log.At("1998-06-30", "1998-06-30") {
		rows[i] = Row{X: c.X, Tx: c.Tx, T: c.T, XG: c.XG, N: 1, SumZ: c.Z}
	}
	r, err = Evaluate(p, m, rows, few)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "closing, old assumptions", r.Total.Whole.Estimate, 77670.88, .005)
	near(t, "closing, old assumptions, five years", r.Total.Horizon.Estimate, 53055.13, .005)
	copy(p.Theta, []float64{.56300344, 12.55916076, .40810587, 10.51447911})
	copy(m.Theta, []float64{4.6834428, 4.1897703, 24.3905294})
	r, err = Evaluate(p, m, rows, few)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "closing", r.Total.Whole.Estimate, 104189.28, .005)
	near(t, "closing, five years", r.Total.Horizon.Estimate, 65420.03, .005)
}

// The surface against exact draws, on the master file and on the sample.
func TestSurfaceAgainstExactDraws(t *testing.T) {
	n := 1000
	if testing.Short() {
		n = 200
	}
	for _, file := range []string{cdnow.Sample, cdnow.Master} {
		p, m, rows := fitBoth(t, cdnow.Load(t, file).At("1997-09-30", "1998-06-30"))
		l, err := arrange(rows, published)
		if err != nil {
			t.Fatal(err)
		}
		e := &evaluation{layout: l, purchases: p, money: m, o: published.withDefaults()}
		ps := points(p.Draws(n, 1), m.Draws(n, 2))
		draws, worst := e.surface(ps, e.exact([]point{{p.Estimated().Theta, m.Theta}})[0])
		t.Logf("%s: %v", file, worst)
		if draws == nil {
			continue
		}
		var a, b Result
		e.fill(&a, draws[0], draws)
		exact := e.exact(ps)
		e.fill(&b, exact[0], exact)
		for _, v := range [][2]Amount{{a.Total.Horizon, b.Total.Horizon}, {a.Total.Tail, b.Total.Tail}, {a.Total.Whole, b.Total.Whole}, {a.Groups[1].Horizon, b.Groups[1].Horizon}} {
			t.Logf("%+v", v)
			near(t, "low", v[0].Low/v[1].Low, 1, .01)
			near(t, "high", v[0].High/v[1].High, 1, .01)
		}
	}
}

// Many rows change as a part of them does: the intervals by a part are those by all.
func TestAPartOfTheRowsTellsTheSurface(t *testing.T) {
	p, m, rows := invented(t, 250_000)
	o := published.withDefaults()
	o.Groups = 3
	l, err := arrange(rows, o)
	if err != nil {
		t.Fatal(err)
	}
	e := &evaluation{layout: l, purchases: p, money: m, o: o}
	few := e.thinned(0)
	if got := float64(len(few.n)) / float64(len(e.n)); got > .8 {
		t.Fatalf("%.2f of %d rows are left", got, len(e.n))
	}
	if e.thinned(len(e.n)+1) != e {
		t.Error("few rows are thinned")
	}
	ps := points(p.Draws(400, 1), m.Draws(400, 2))
	estimate := e.exact([]point{{p.Estimated().Theta, m.Theta}})[0]
	by := func(from *evaluation) (r Result) {
		d := from.design()
		d.scale(estimate)
		fits, ok := e.quadratics(d)
		if !ok {
			t.Fatal("no surface")
		}
		draws := make([][]worth, len(ps))
		for i, at := range ps {
			u := d.white(at)
			for g := range o.Groups {
				draws[i] = append(draws[i], worth{fits[2*g].at(u), fits[2*g+1].at(u)})
			}
		}
		e.fill(&r, estimate, draws)
		return r
	}
	all, part := by(e), by(few)
	for g := range o.Groups {
		for _, v := range [][2]Amount{{all.Groups[g].Horizon, part.Groups[g].Horizon}, {all.Groups[g].Tail, part.Groups[g].Tail}, {all.Total.Whole, part.Total.Whole}} {
			width := v[0].High - v[0].Low
			if math.Abs(v[1].Low-v[0].Low) > .02*width || math.Abs(v[1].High-v[0].High) > .02*width || v[1].Estimate != v[0].Estimate {
				t.Errorf("group %d: %+v by all, %+v by a part", g, v[0], v[1])
			}
		}
	}
}
