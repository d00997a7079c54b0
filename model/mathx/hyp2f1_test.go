package mathx_test

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/clientele/clientele/model/mathx"
	"pgregory.net/rapid"
)

// scale is what the error of LogHyp2F1 is documented relative to.
func scale(a, b, c, z float64) float64 {
	return math.Max(1, math.Max(a*math.Abs(math.Log1p(-z)), math.Abs(mathx.Lbeta(b, c-b))))
}

// Reference values by mpmath, an independent implementation, at 120 digits: see
// testdata/loghyp2f1.py.
func TestLogHyp2F1AgainstReference(t *testing.T) {
	file, err := os.Open("testdata/loghyp2f1.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) < 200 {
		t.Fatalf("only %d reference values", len(rows))
	}
	worst := 0.0
	for _, row := range rows[1:] {
		var v [5]float64
		for i, s := range row {
			if v[i], err = strconv.ParseFloat(s, 64); err != nil {
				t.Fatal(err)
			}
		}
		a, b, c, z, want := v[0], v[1], v[2], v[3], v[4]
		got := mathx.LogHyp2F1(a, b, c, z)
		e := math.Abs(got-want) / scale(a, b, c, z)
		worst = math.Max(worst, e)
		if !(e < 1e-12) {
			t.Errorf("LogHyp2F1(%g, %g, %g, %g) = %.17g, want %.17g, error %.2g", a, b, c, z, got, want, e)
		}
	}
	t.Logf("%d values, largest error %.2g", len(rows)-1, worst)
}

// Closed forms: Abramowitz & Stegun 15.1.3 and 15.1.8, and a = c.
func TestLogHyp2F1ClosedForms(t *testing.T) {
	near(t, "−ln(1−z)/z", mathx.LogHyp2F1(1, 1, 2, .5), math.Log(2*math.Ln2), 1e-14)
	near(t, "ln(1+z)/z far out", mathx.LogHyp2F1(1, 1, 2, -1e8), math.Log(math.Log1p(1e8)/1e8), 1e-12)
	near(t, "(1−z)^−b at a = c", mathx.LogHyp2F1(3, 2, 3, -7), -2*math.Log(8), 1e-13)
	near(t, "z = 0", mathx.LogHyp2F1(3, 2, 3, 0), 0, 0)
	near(t, "a = 0", mathx.LogHyp2F1(0, 2, 3, .5), 0, 0)
}

func TestLogHyp2F1OutsideItsDomain(t *testing.T) {
	inf := math.Inf(1)
	for _, v := range [][4]float64{{-1, 1, 2, .5}, {1, 0, 2, .5}, {1, 2, 2, .5}, {1, 1, 2, 1}, {1, 1, 2, inf}, {inf, 1, 2, 0}, {1, 1, inf, 0}, {1, 1, 2, -inf}, {math.NaN(), 1, 2, 0}} {
		if got := mathx.LogHyp2F1(v[0], v[1], v[2], v[3]); !math.IsNaN(got) {
			t.Errorf("LogHyp2F1%v = %g, want NaN", v, got)
		}
	}
}

// Over the whole range: finite, between the bounds of Jensen's inequality, and in
// agreement with Gauss's relation in a (Abramowitz & Stegun 15.2.14),
// (b−a)F = b·F(b+1) − a·F(a+1), written without subtraction.
func TestLogHyp2F1Relations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one := func(name string, lo, hi float64) float64 {
			return math.Pow(10, rapid.Float64Range(lo, hi).Draw(t, name))
		}
		a, b := one("a", -4, 4), one("b", -4, 4)
		c := b + one("c−b", -4, 4)
		z := -one("−z", -8, 9)
		if rapid.Bool().Draw(t, "positive") {
			z = 1 - one("1−z", -9, 0)
		}
		f := mathx.LogHyp2F1(a, b, c, z)
		tol := 1e-11 * scale(a+1, b, c, z)
		if low := -a * math.Log1p(-z*b/c); !(f >= low-tol) || math.IsInf(f, 0) {
			t.Fatalf("F(%g, %g; %g; %g) = %g, below %g", a, b, c, z, f, low)
		}
		if high := math.Max(0, -a*math.Log1p(-z)); f > high+tol {
			t.Fatalf("F(%g, %g; %g; %g) = %g, above %g", a, b, c, z, f, high)
		}
		if !(c > b+1) {
			return
		}
		left, right := math.Log(b)+mathx.LogHyp2F1(a, b+1, c, z), math.Log(a)+mathx.LogHyp2F1(a+1, b, c, z)
		if b >= a {
			right = mathx.LogAdd(right, math.Log(b-a)+f)
		} else {
			left = mathx.LogAdd(left, math.Log(a-b)+f)
		}
		if math.Abs(left-right) > tol {
			t.Fatalf("F(%g, %g; %g; %g): %.15g and %.15g", a, b, c, z, left, right)
		}
	})
}

func BenchmarkLogHyp2F1(b *testing.B) {
	for _, c := range []struct {
		name       string
		a, b, c, z float64
	}{{"series", 3.5, .8, 3.2, -1.3}, {"integral", 3.5, .8, 3.2, -60}, {"extreme", 1e4, 1e-4, 1e3, -1e9}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				mathx.LogHyp2F1(c.a, c.b, c.c, c.z)
			}
		})
	}
}
