package equity

import (
	"math"
	"slices"
	"testing"

	"github.com/clientele/clientele/model/btyd"
	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/spend"
	"pgregory.net/rapid"
)

// assumed makes fits with given parameters and a diagonal covariance.
func assumed(theta, phi []float64, sd float64) (*btyd.ParetoNBDFit, *spend.Fit) {
	estimate := func(v []float64) *fit.Estimate {
		e := &fit.Estimate{Theta: v, CovLog: make([][]float64, len(v)), SE: make([]float64, len(v))}
		for i := range v {
			e.CovLog[i] = make([]float64, len(v))
			e.CovLog[i][i] = sd * sd
		}
		return e
	}
	return &btyd.ParetoNBDFit{Params: btyd.ParetoNBD{R: theta[0], Alpha: theta[1], S: theta[2], Beta: theta[3]}, Estimate: estimate(theta)},
		&spend.Fit{Params: spend.At(phi), Estimate: estimate(phi)}
}

func anyRows(t *rapid.T, groups int) []Row {
	rows := make([]Row, rapid.IntRange(1, 40).Draw(t, "rows"))
	for i := range rows {
		age := rapid.IntRange(0, 900).Draw(t, "T")
		x := min(rapid.IntRange(0, 5).Draw(t, "x"), age)
		r := Row{X: x, T: age, N: float64(rapid.IntRange(1, 50).Draw(t, "n")), Group: rapid.IntRange(0, groups-1).Draw(t, "group")}
		if x > 0 {
			r.Tx, r.XG = rapid.IntRange(x, age).Draw(t, "tx"), rapid.IntRange(0, x).Draw(t, "xg")
		}
		if r.XG > 0 {
			r.SumZ = r.N * rapid.Float64Range(.01, 1e4).Draw(t, "z")
		}
		rows[i] = r
	}
	return rows
}

// However the customers of a history are split, what is evaluated is the same: so are the
// intervals of many rows, of which a part is taken.
func TestRowsOfOneHistoryAreAddedUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := Options{Groups: 3}
		rows := anyRows(t, o.Groups)
		var split []Row
		for range 4 {
			for _, r := range rows {
				r.N, r.SumZ = r.N/4, r.SumZ/4
				split = append(split, r)
			}
		}
		want, err := arrange(rows, o)
		if err != nil {
			t.Fatal(err)
		}
		got, err := arrange(split, o)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.first, want.first) || !slices.Equal(got.bucket, want.bucket) {
			t.Fatalf("rows of cells %v, buckets %v; want %v, %v", got.first, got.bucket, want.first, want.bucket)
		}
		kinds := map[Row]bool{}
		for _, r := range rows {
			kinds[Row{X: r.X, Tx: r.Tx, T: r.T, XG: r.XG, Group: r.Group}] = true
		}
		if len(got.n) != len(kinds) {
			t.Fatalf("%d rows, want %d", len(got.n), len(kinds))
		}
		for i := range got.n {
			if math.Abs(got.n[i]-want.n[i]) > 1e-9 || math.Abs(got.z[i]-want.z[i]) > 1e-9*want.z[i] {
				t.Fatalf("row %d: %g and %g, want %g and %g", i, got.n[i], got.z[i], want.n[i], want.z[i])
			}
		}
	})
}

// Estimates are sums over customers one by one; groups add up to the total;
// intervals hold the estimate; splitting a row changes nothing.
func TestEstimatesAddUp(t *testing.T) {
	p, m := assumed([]float64{.6, 11, .5, 9}, []float64{6, 4, 15}, .05)
	rapid.Check(t, func(t *rapid.T) {
		o := published
		o.Groups, o.Draws = 4, 40
		rows := anyRows(t, o.Groups)
		r, err := Evaluate(p, m, rows, o)
		if err != nil {
			t.Fatal(err)
		}
		horizon, whole := 0.0, 0.0
		for _, w := range rows {
			h := btyd.Cell{X: w.X, Tx: w.Tx, T: w.T}.History()
			a, b := m.Params.Line(w.XG)
			horizon += o.Margin * p.Params.DET(h, o.Delta, o.Horizon) * (a*w.N + b*w.SumZ)
			whole += o.Margin * p.Params.DERT(h, o.Delta) * (a*w.N + b*w.SumZ)
		}
		sum, customers := 0.0, 0.0
		for _, g := range r.Groups {
			sum, customers = sum+g.Horizon.Estimate, customers+g.Customers
		}
		if sum != r.Total.Horizon.Estimate || customers != r.Total.Customers {
			t.Fatalf("groups %g, total %g", sum, r.Total.Horizon.Estimate)
		}
		if math.Abs(sum/horizon-1) > 1e-9 || math.Abs(r.Total.Whole.Estimate/whole-1) > 1e-9 {
			t.Fatalf("%g and %g, one by one %g and %g", sum, r.Total.Whole.Estimate, horizon, whole)
		}
		for _, a := range []Amount{r.Total.Horizon, r.Total.Tail, r.Total.Whole} {
			if !(a.Low <= a.Estimate && a.Estimate <= a.High) {
				t.Fatalf("%+v", a)
			}
		}
	})
}

// An empty group is worth nothing, surely.
func TestEmptyGroupsAndNoCustomers(t *testing.T) {
	p, m := assumed([]float64{.6, 11, .5, 9}, []float64{6, 4, 15}, .05)
	r, err := Evaluate(p, m, nil, published)
	if err != nil || r.Total != (Value{}) || r.Groups[2] != (Value{}) {
		t.Errorf("%+v, %v", r, err)
	}
	r, err = Evaluate(p, m, []Row{{T: 10, N: 5, Group: 1}}, published)
	if err != nil || r.Groups[0] != (Value{}) || !(r.Groups[1].Horizon.Low > 0) {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestRefusals(t *testing.T) {
	p, m := assumed([]float64{.6, 11, .5, 9}, []float64{6, 4, 15}, .05)
	_, wide := assumed([]float64{.6, 11, .5, 9}, []float64{6, 1.2, 15}, .2)
	row := []Row{{T: 10, N: 5}}
	with := func(change func(*Options)) Options { o := published; change(&o); return o }
	for _, c := range []struct {
		name string
		m    *spend.Fit
		rows []Row
		o    Options
		want fit.Reason
	}{
		{"negative discount", m, row, with(func(o *Options) { o.Delta = -.1 }), fit.BadInput},
		{"negative margin", m, row, with(func(o *Options) { o.Margin = -1 }), fit.BadInput},
		{"no horizon", m, row, with(func(o *Options) { o.Horizon = math.Inf(1) }), fit.BadInput},
		{"unknown group", m, []Row{{T: 1, N: 1, Group: 9}}, published, fit.BadInput},
		{"contradiction", m, []Row{{X: 1, Tx: 9, T: 1, N: 1}}, published, fit.BadInput},
		{"spend that may have no mean", wide, row, published, fit.NoMean},
	} {
		_, err := Evaluate(p, c.m, c.rows, c.o)
		if r, ok := fit.AsRefusal(err); !ok || r.Reason != c.want || r.Message == "" || r.Hint == "" {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

// Customer is the sum's term, with an interval near that of draws.
func TestCustomer(t *testing.T) {
	p, m := assumed([]float64{.6, 11, .5, 9}, []float64{6, 4, 15}, .05)
	o := published
	o.Draws = 8000
	row := Row{X: 3, Tx: 100, T: 200, XG: 3, N: 1, SumZ: 120}
	r, err := Evaluate(p, m, []Row{row}, o)
	if err != nil {
		t.Fatal(err)
	}
	s, err := p.ScoreCells([]btyd.Cell{{X: 3, Tx: 100, T: 200, N: 1}}, btyd.ScoreOptions{Weeks: 52, Delta: o.Delta, Horizon: o.Horizon})
	if err != nil {
		t.Fatal(err)
	}
	a := Customer(s[0], m.Coefficients(3), 120, o.Margin)
	near(t, "estimate", a.Estimate/r.Total.Horizon.Estimate, 1, 1e-10)
	near(t, "low", a.Low/r.Total.Horizon.Low, 1, .01)
	near(t, "high", a.High/r.Total.Horizon.High, 1, .01)
}
