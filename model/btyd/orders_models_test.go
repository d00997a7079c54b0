package btyd

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// The distribution is one, and its mean that of the expectation, in windows that
// begin at once or later.
func TestOrdersOfModelsHaveTheirMean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one := func(name string, lo, hi float64) float64 {
			return math.Pow(10, rapid.Float64Range(lo, hi).Draw(t, name))
		}
		a, b, c, d := one("a", -1, 1.5), one("b", -.5, 2), one("c", -1.5, 1.5), one("d", -1.5, 2)
		h := drawOpportunities(t, 60)
		from := rapid.SampledFrom([]float64{0, 0, 1, 13}).Draw(t, "from")
		to := from + float64(rapid.IntRange(0, 40).Draw(t, "weeks"))
		all := models(a, b, c, d)
		all["BG/BB"] = BGBB{a, b, c, d}
		for name, m := range all {
			o := m.Orders(h, from, to)
			if len(o.P) == maxOrders {
				continue
			}
			sum := o.Beyond
			for k, v := range o.P {
				if !(v >= 0) {
					t.Fatalf("%s %+v: P(%d) = %g", name, m, k, v)
				}
				sum += v
			}
			if math.Abs(sum-1) > 1e-8 || o.Beyond > 1e-8 {
				t.Fatalf("%s %+v %+v: sum %.12g, beyond %g", name, m, h, sum, o.Beyond)
			}
			want := m.ExpectedOrders(h, to) - m.ExpectedOrders(h, from)
			if math.Abs(o.Mean()-want) > 1e-6*(1+m.ExpectedOrders(h, to)) {
				t.Fatalf("%s %+v %+v from %g to %g: mean %.12g, want %.12g", name, m, h, from, to, o.Mean(), want)
			}
		}
	})
}

// A customer at two opportunities, by hand.
func TestOrdersOfBGBBByHand(t *testing.T) {
	p := BGBB{1, 1, 1, 1}
	o := p.Orders(History{}, 0, 2)
	// alive at the first with 1/2, at the second with 1/3; buys both with 1/3 and
	// exactly one of two with 1/3, one of one with 1/2
	near(t, "both", o.P[2], 1.0/3/3, 1e-12)
	near(t, "one", o.P[1], 1.0/3/3+(1.0/2-1.0/3)/2, 1e-12)
	near(t, "all", o.P[0]+o.P[1]+o.P[2], 1, 1e-12)
	if got := p.Orders(History{}, 0, maxOpportunities+1); len(got.P) > 0 {
		t.Error("a window without end")
	}
}

func TestOrdersOfModelsOutsideTheDomain(t *testing.T) {
	all := models(1, 2, 1, 3)
	all["BG/BB"] = BGBB{1, 2, 1, 3}
	for name, m := range all {
		for _, o := range []Orders{m.Orders(History{X: -1}, 0, 1), m.Orders(History{T: 1}, 2, 1), m.Orders(History{T: 1}, -1, 1), m.Orders(History{T: 1}, 0, math.Inf(1))} {
			if !math.IsNaN(o.None()) || !math.IsNaN(o.CRPS(1)) {
				t.Errorf("%s: %+v", name, o)
			}
		}
	}
}
