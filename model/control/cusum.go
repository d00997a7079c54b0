package control

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/clientele/clientele/model/mathx"
)

// CUSUM adds up what standardised points exceed K by, on both sides, and signals when a sum
// exceeds H: it finds small shifts that last, of about 2 K, sooner than limits do (Page,
// Biometrika 41, 1954). Both are in sigma and above 0.
type CUSUM struct{ K, H float64 }

// Drift is a signal of a CUSUM.
type Drift struct {
	At    int // index of the point at which the sum exceeded H
	Since int // index of the first point of the sum: the shift began about there
	High  bool
}

// Drifts finds signals; after each, both sums begin again at zero.
func (c CUSUM) Drifts(z []float64) (out []Drift) {
	up, down := sum{}, sum{}
	for i, v := range z {
		up.add(i, v-c.K)
		down.add(i, -v-c.K)
		if up.level > c.H || down.level > c.H {
			d := Drift{i, up.since, up.level > down.level}
			if !d.High {
				d.Since = down.since
			}
			out = append(out, d)
			up, down = sum{}, sum{}
		}
	}
	return out
}

// sum is one side of a CUSUM.
type sum struct {
	level float64
	since int
}

func (s *sum) add(i int, v float64) {
	if s.level == 0 {
		s.since = i
	}
	s.level = max(0, s.level+v)
}

// RunLength is the expected number of independent normal points up to the first signal, with
// both sums at zero and the mean shift sigma off the centre. NaN where K or H is not above
// 0, or H above 20.
//
// Each side's run length from every level solves Page's integral equation, taken at the nodes
// of a Gauss rule (Goel and Wu, Technometrics 13, 1971), which is exact to rounding for so
// smooth a kernel, where a chain of levels (Brook and Evans, Biometrika 59, 1972) converges
// slowly. Two sides that do not both signal at once signal at rates that add up (Kemp,
// Journal of the Royal Statistical Society B 23, 1961).
func (c CUSUM) RunLength(shift float64) float64 {
	if !(c.K > 0 && c.H > 0 && c.H <= 20) {
		return math.NaN()
	}
	return 1 / (1/c.side(shift) + 1/c.side(-shift))
}

func (c CUSUM) side(shift float64) float64 {
	rule := mathx.Legendre(48 + int(4*c.H))
	n := len(rule.X)
	level := []float64{0}
	for _, x := range rule.X {
		level = append(level, c.H*x)
	}
	m := mat.NewDense(n+1, n+1, nil)
	for i, s := range level {
		m.Set(i, i, 1)
		back := c.K - s - shift // a point below it takes the sum to zero
		m.Set(i, 0, m.At(i, 0)-normal(back))
		for j, w := range rule.W {
			y := level[j+1] + back
			density := math.Exp(-y*y/2) / math.Sqrt(2*math.Pi)
			m.Set(i, j+1, m.At(i, j+1)-c.H*w*density)
		}
	}
	return solveOnes(m)
}
