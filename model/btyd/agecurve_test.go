package btyd

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Interpolation over ages is as good as evaluation at every age.
func TestOverAges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one := func(name string, from, to float64) float64 {
			return math.Pow(10, rapid.Float64Range(from, to).Draw(t, name))
		}
		p := ParetoNBD{R: 1, Alpha: 1, S: one("s", -3, 2), Beta: one("beta", -3, 3)}
		delta, horizon := one("delta", -5, 0), one("horizon", 0, 4)
		ages := make([]float64, rapid.IntRange(1, 400).Draw(t, "ages"))
		from := rapid.Float64Range(0, 100).Draw(t, "from")
		for i := range ages {
			ages[i] = from + float64(i)/7
		}
		for _, h := range []float64{horizon, math.Inf(1)} {
			f := func(age float64) float64 { return p.DiscountedWeeks(age, delta, h) }
			got := make([]float64, len(ages))
			overAges(ages, p.Beta, func(age float64, dst []float64) { dst[0] = f(age) }, [][]float64{got})
			for i, a := range ages {
				if want := f(a); math.Abs(got[i]-want) > 1e-8*want {
					t.Fatalf("%+v δ %g H %g at age %g: %.15g, want %.15g", p, delta, h, a, got[i], want)
				}
			}
		}
	})
}
