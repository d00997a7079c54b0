package mathx

import "math"

// LogAdd returns ln(e^a + e^b) without overflow.
func LogAdd(a, b float64) float64 {
	if a < b {
		a, b = b, a
	}
	if math.IsInf(b, -1) || math.IsInf(a, 1) {
		return a
	}
	return a + math.Log1p(math.Exp(b-a))
}

// LogSub returns ln(e^a − e^b) for a ≥ b, −Inf where they are equal and NaN
// where a < b.
func LogSub(a, b float64) float64 {
	switch {
	case a < b || math.IsNaN(a) || math.IsNaN(b):
		return math.NaN()
	case a == b:
		return math.Inf(-1)
	case math.IsInf(b, -1):
		return a
	}
	return a + Log1mExp(a-b)
}

// Log1mExp returns ln(1 − e^−x) for x > 0. It switches at ln 2 between the two
// forms of Mächler, "Accurately computing log(1 − exp(−|a|))" (2012).
func Log1mExp(x float64) float64 {
	if x <= math.Ln2 {
		return math.Log(-math.Expm1(-x))
	}
	return math.Log1p(-math.Exp(-x))
}

// LogSumExp returns ln Σ e^v, −Inf for no terms.
func LogSumExp(v []float64) float64 {
	top := math.Inf(-1)
	for _, x := range v {
		top = math.Max(top, x)
	}
	if math.IsInf(top, 0) || math.IsNaN(top) {
		return top
	}
	sum := 0.0
	for _, x := range v {
		sum += math.Exp(x - top)
	}
	return top + math.Log(sum)
}

// Softplus returns ln(1 + e^x) without overflow.
func Softplus(x float64) float64 {
	if x > 0 {
		return x + math.Log1p(math.Exp(-x))
	}
	return math.Log1p(math.Exp(x))
}

// ExpRel returns (e^x − 1)/x, 1 at x = 0.
func ExpRel(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Expm1(x) / x
}
