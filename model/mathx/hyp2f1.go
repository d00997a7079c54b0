package mathx

import "math"

// LogHyp2F1 returns ln 2F1(a, b; c; z), Gauss's hypergeometric function, for
// a ≥ 0, c > b > 0 and z < 1, NaN outside that. There it is the mean of
// (1 − zp)^−a over p ~ Beta(b, c−b) (Euler's integral, Abramowitz & Stegun
// 15.3.1): positive, and free of cancellation by either route taken. The error is
// below 1e−12 times the largest of 1, a·|ln(1−z)| and the parameters' ln B.
func LogHyp2F1(a, b, c, z float64) float64 {
	if !(a >= 0 && b > 0 && c > b && z < 1) || math.IsInf(a, 1) || math.IsInf(c, 1) || math.IsInf(z, -1) {
		return math.NaN()
	}
	if a == 0 || z == 0 {
		return 0
	}
	if v, ok := hypSeries(a, b, c, z); ok {
		return v
	}
	return eulerIntegral{a: a, b: b, d: c - b, q: 1 - z}.log()
}

// maxTerms is the length of a series that costs as much as the integral, roughly.
const maxTerms = 1500

// hypSeries sums the power series of the linear transformation whose terms are
// all positive and fall the fastest (Abramowitz & Stegun 15.3.3 to 15.3.5); false
// where it is too long.
func hypSeries(a, b, c, z float64) (float64, bool) {
	w, l := z, math.Log1p(-z)
	first, second, factor := a, b, 0.0
	other, partner, otherFactor := c-a, c-b, (c-a-b)*l
	if z < 0 {
		w = z / (z - 1)
		second, factor = c-b, -a*l
		partner, otherFactor = b, -b*l
	}
	if other >= 0 && other*partner < first*second {
		first, second, factor = other, partner, otherFactor
	}
	sum, ok := positiveSeries(first, second, c, w)
	return factor + sum, ok
}

// positiveSeries is ln Σ (a)ₙ(b)ₙ/(c)ₙ wⁿ/n! for a, b ≥ 0, c > 0 and w in [0, 1).
func positiveSeries(a, b, c, w float64) (float64, bool) {
	if -maxTerms*math.Log(w) < 36 { // w^n is not small enough at the end
		return 0, false
	}
	sum, term, shift := 1.0, 1.0, 0.0
	for n := range maxTerms {
		k := float64(n)
		ratio := (a + k) * (b + k) / ((c + k) * (1 + k)) * w
		term *= ratio
		sum += term
		// from here on the ratios lie between this one and w
		if r := math.Max(ratio, w); r < 1 && term*r < 1e-17*sum*(1-r) {
			return shift + math.Log(sum), true
		}
		if sum > 1e250 {
			shift += math.Log(sum)
			term, sum = term/sum, 1
		}
	}
	return 0, false
}

// eulerIntegral is ∫ p^(b−1) (1−p)^(d−1) (1−zp)^−a dp over the logit y of p, with
// d = c−b and q = 1−z. Its logarithm g has one peak, bends around y = 0 and
// y = −ln q alone, and is straight far from them.
type eulerIntegral struct{ a, b, d, q float64 }

// g is b·ln p + d·ln(1−p) − a·ln((1−p) + q·p).
func (e eulerIntegral) g(y float64) float64 {
	small := math.Exp(-math.Abs(y))
	both := math.Log1p(small)
	if y > 0 {
		return -e.b*both - e.d*(y+both) - e.a*(math.Log(small+e.q)-both)
	}
	return e.b*(y-both) - e.d*both - e.a*(math.Log1p(e.q*small)-both)
}

// peak solves g' = 0, a quadratic in e^y with one positive root.
func (e eulerIntegral) peak() float64 {
	half := (e.d - e.a + e.q*(e.a-e.b)) / 2
	root := math.Sqrt(half*half + e.q*e.d*e.b)
	if half > 0 {
		return math.Log(e.b / (half + root))
	}
	return math.Log((root - half) / (e.q * e.d))
}

// log integrates from the peak to both sides and divides by B(b, d).
func (e eulerIntegral) log() float64 {
	at := e.peak()
	sum := e.side(at, 1) + e.side(at, -1)
	return e.g(at) + math.Log(sum) - Lbeta(e.b, e.d)
}

// hypRule integrates one panel; it is never written to.
var hypRule = Legendre(16)

// side integrates e^(g(y)−g(at)) from at to where nothing is left, by panels over
// which g changes by ten at most, none longer than half its way to a bend.
func (e eulerIntegral) side(at, sign float64) float64 {
	const gone = 45 // e^−45 is 3e−20
	sum, top, bend := 0.0, e.g(at), -math.Log(e.q)
	for y, here := at, 0.0; here > -gone; {
		length := math.Max(4, math.Min(math.Abs(y), math.Abs(y-bend))/2)
		next := e.g(y+sign*length) - top
		for here-next > 10 {
			length /= 2
			next = e.g(y+sign*length) - top
		}
		for i, x := range hypRule.X {
			sum += hypRule.W[i] * length * math.Exp(e.g(y+sign*x*length)-top)
		}
		y, here = y+sign*length, next
	}
	return sum
}
