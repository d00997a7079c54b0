package fit

import (
	"math"
	"testing"
)

// A coarse problem far more curved than the whole makes the first steps on the
// whole so short that their gain drowns in the rounding of the likelihood. The
// search has to go on by its gradients (seen on 135,491 cells of a simulated
// company, where it stalled).
func TestShortStepsBelowRounding(t *testing.T) {
	bowl := func(curve, a, b float64) Problem {
		const weight = 2e5
		return Problem{Model: "bowl", Names: []string{"a", "b"}, Weight: weight, LogLikelihood: func(x, grad []float64) float64 {
			u, v := x[0]-a, x[1]-b
			grad[0], grad[1] = -weight*curve*(u+0.3*v), -weight*curve*(v+0.3*u)
			return -weight * (1e7 + curve*(u*u/2+0.3*u*v+v*v/2))
		}}
	}
	coarse := bowl(1e6, 0.5003, 1.0004)
	e, err := Maximise(bowl(1, 0.5, 1), Options{Starts: [][]float64{{1, 1}}, Coarse: &coarse})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{math.Exp(0.5), math.E} {
		if math.Abs(e.Theta[i]/want-1) > 1e-6 {
			t.Errorf("%s = %.10g, want %.10g", e.Names[i], e.Theta[i], want)
		}
	}
}
