package equity

import (
	"math"
	"testing"

	"github.com/clientele/clientele/model/btyd"
	"github.com/clientele/clientele/model/internal/cdnow"
)

// purchaseModels fits every model of purchases over time.
func purchaseModels(t testing.TB, cells []btyd.Cell) map[string]Purchases {
	t.Helper()
	out := map[string]Purchases{}
	add := func(p Purchases, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		out[p.Estimated().Model] = p
	}
	pareto, err := btyd.FitParetoNBD(cells, btyd.Options{})
	add(pareto, err)
	bg, err := btyd.FitBGNBD(cells, btyd.Options{})
	add(bg, err)
	mbg, err := btyd.FitMBGNBD(cells, btyd.Options{})
	add(mbg, err)
	regular, err := btyd.FitMBGCNBD(cells, 2, btyd.Options{})
	add(regular, err)
	nbd, err := btyd.FitNBD(cells, btyd.Options{})
	add(nbd, err)
	return out
}

// Whatever the model, the estimate is the sum of what it says customer by customer,
// an interval holds it, and the same seed gives the same bits.
func TestEveryModel(t *testing.T) {
	_, m, rows := fitBoth(t, cdnow.Load(t, cdnow.Sample).At("1997-09-30", "1998-06-30"))
	cells := make([]btyd.Cell, len(rows))
	for i, r := range rows {
		cells[i] = btyd.Cell{X: r.X, Tx: r.Tx, T: r.T, N: r.N}
	}
	for name, p := range purchaseModels(t, cells) {
		t.Run(name, func(t *testing.T) {
			o := published
			o.Draws = 100
			r, err := Evaluate(p, m, rows, o)
			if err != nil {
				t.Fatal(err)
			}
			one := p.(interface{ Model() btyd.Model }).Model()
			horizon, whole := 0.0, 0.0
			for _, w := range rows {
				h := btyd.Cell{X: w.X, Tx: w.Tx, T: w.T}.History()
				a, b := m.Params.Line(w.XG)
				horizon += o.Margin * one.DET(h, o.Delta, o.Horizon) * (a*w.N + b*w.SumZ)
				whole += o.Margin * one.DET(h, o.Delta, math.Inf(1)) * (a*w.N + b*w.SumZ)
			}
			t.Logf("%s, error %.2g, five years %.0f, tail %.0f", r.Method, r.SurfaceError, r.Total.Horizon, r.Total.Tail)
			near(t, "five years", r.Total.Horizon.Estimate/horizon, 1, 1e-9)
			near(t, "whole", r.Total.Whole.Estimate/whole, 1, 1e-9)
			for _, a := range []Amount{r.Total.Horizon, r.Total.Tail, r.Total.Whole} {
				if !(a.Low < a.Estimate && a.Estimate < a.High) {
					t.Errorf("%+v", a)
				}
			}
			again, err := Evaluate(p, m, rows, o)
			if err != nil || again.Total != r.Total {
				t.Errorf("the same seed gives %+v and %+v", r.Total, again.Total)
			}
		})
	}
}

// Without a discount the five years are told, and the tail is said to have no end.
func TestTailWithoutAnEnd(t *testing.T) {
	p, m := assumed([]float64{.6, 11, .5, 9}, []float64{6, 4, 15}, .05)
	o := published
	o.Delta = 0
	for _, rows := range [][]Row{{{T: 10, N: 5}}, manyRows(3000)} {
		r, err := Evaluate(p, m, rows, o)
		if err != nil {
			t.Fatal(err)
		}
		if v := r.Total; !(v.Horizon.Low < v.Horizon.High) || !math.IsInf(v.Tail.Low, 1) || !math.IsInf(v.Whole.Estimate, 1) {
			t.Errorf("%s: %+v", r.Method, r.Total)
		}
	}
}

func manyRows(n int) []Row {
	rows := make([]Row, n)
	for i := range rows {
		age := 100 + i%600
		rows[i] = Row{X: 1 + i%4, Tx: 20 + i%80, T: age, XG: 1, N: 2, SumZ: 30, Group: i % 3}
	}
	return rows
}

var _ = []Purchases{(*btyd.ParetoNBDFit)(nil), (*btyd.Fit[btyd.BGBB])(nil)}
