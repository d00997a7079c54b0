package mathx_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/clientele/clientele/model/mathx"
	"pgregory.net/rapid"
)

func near(t testing.TB, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s = %.17g, want %.17g ± %g", what, got, want, tol)
	}
}

// A rising factorial Γ(a+n)/Γ(a) is a product, which big.Float gives exactly.
func TestLgammaDiffAgainstExactProducts(t *testing.T) {
	for _, a := range []float64{1e-4, 0.3, 1, 9.99, 10, 25.5, 1e4, 1e8, 1e12} {
		for _, n := range []int{1, 2, 7, 60, 400} {
			product := new(big.Float).SetPrec(200).SetInt64(1)
			for k := range n {
				product.Mul(product, new(big.Float).SetPrec(200).Add(big.NewFloat(a), big.NewFloat(float64(k))))
			}
			m := new(big.Float)
			e := product.MantExp(m)
			f, _ := m.Float64()
			want := math.Log(f) + float64(e)*math.Ln2
			near(t, "LgammaDiff", mathx.LgammaDiff(a, float64(n)), want, 1e-15*math.Max(1, math.Abs(want))*8)
		}
	}
}

func TestLgammaDiffDoesNotCancel(t *testing.T) {
	// Γ(a+1)/Γ(a) = a, where the plain difference of ln Γ loses ten digits.
	for _, a := range []float64{1e6, 1e9, 1e12} {
		near(t, "LgammaDiff(a, 1)", mathx.LgammaDiff(a, 1), math.Log(a), 1e-13)
	}
}

func TestLbeta(t *testing.T) {
	near(t, "Lbeta(2,3)", mathx.Lbeta(2, 3), math.Log(1.0/12), 1e-15)
	near(t, "Lbeta(.5,.5)", mathx.Lbeta(.5, .5), math.Log(math.Pi), 1e-15)
	near(t, "Lbeta(1e6,1)", mathx.Lbeta(1e6, 1), -math.Log(1e6), 1e-13)
}

// B(a, b) = B(a+1, b) + B(a, b+1) ties every branch to its neighbours.
func TestLbetaRecurrence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := math.Exp(rapid.Float64Range(-9, 9).Draw(t, "ln a"))
		b := math.Exp(rapid.Float64Range(-9, 9).Draw(t, "ln b"))
		whole := mathx.Lbeta(a, b)
		parts := mathx.LogAdd(mathx.Lbeta(a+1, b), mathx.Lbeta(a, b+1))
		if math.Abs(whole-parts) > 1e-13*math.Max(1, math.Abs(whole)) {
			t.Fatalf("Lbeta(%g, %g) = %.17g, its parts %.17g", a, b, whole, parts)
		}
	})
}

func TestLogArithmetic(t *testing.T) {
	inf := math.Inf(1)
	near(t, "LogAdd", mathx.LogAdd(1000, 1000), 1000+math.Ln2, 1e-12)
	near(t, "LogSub", mathx.LogSub(1000, 999), 1000+math.Log(1-math.Exp(-1)), 1e-12)
	near(t, "LogSumExp", mathx.LogSumExp([]float64{-2000, -2000, -2000}), -2000+math.Log(3), 1e-12)
	near(t, "ExpRel(1e-12)", mathx.ExpRel(1e-12), 1, 1e-11)
	near(t, "Softplus(800)", mathx.Softplus(800), 800, 0)
	if got := mathx.LogAdd(-inf, -inf); got != -inf {
		t.Errorf("LogAdd(−Inf, −Inf) = %g", got)
	}
	if got := mathx.LogSumExp(nil); got != -inf {
		t.Errorf("LogSumExp() = %g", got)
	}
	if !math.IsNaN(mathx.LogSub(1, 2)) {
		t.Error("LogSub(1, 2) should be NaN")
	}
}

func TestLegendreIsExactForPolynomials(t *testing.T) {
	for _, n := range []int{1, 2, 4, 8, 16, 24, 48} {
		r := mathx.Legendre(n)
		for degree := range 2 * n {
			sum := 0.0
			for i, x := range r.X {
				sum += r.W[i] * math.Pow(x, float64(degree))
			}
			near(t, "∫ x^k", sum, 1/float64(degree+1), 1e-14)
		}
	}
}
