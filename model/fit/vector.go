package fit

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func norm(a []float64) float64 { return math.Sqrt(dot(a, a)) }

func add(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = a[i] + b[i]
	}
	return out
}

func scale(a []float64, by float64) []float64 {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = a[i] * by
	}
	return out
}

func quadratic(b *mat.SymDense, d []float64) float64 {
	v := mat.NewVecDense(len(d), d)
	return mat.Inner(v, b, v)
}

func finite(v ...float64) bool {
	for _, x := range v {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return false
		}
	}
	return true
}

// inside is true where every |x| is below limit.
func inside(x []float64, limit float64) bool {
	for _, v := range x {
		if !(math.Abs(v) < limit) {
			return false
		}
	}
	return true
}

func exps(x []float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = math.Exp(v)
	}
	return out
}

func logs(x []float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = math.Log(v)
	}
	return out
}

// clamp brings x to within ±limit.
func clamp(x []float64, limit float64) {
	for i, v := range x {
		x[i] = math.Max(-limit, math.Min(v, limit))
	}
}
