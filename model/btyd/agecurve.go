package btyd

import "math"

// curveDigits is −ln of the relative error aimed at in interpolating over ages.
const curveDigits = 30 // 1e−13

// overAges fills into with a positive function of the age at every age: by
// Chebyshev interpolation of its logarithm in ln(shift + age) where that takes
// fewer evaluations, else directly. Functions of shift + age that are analytic
// for |arg| < π, as discounted lifetimes are, converge like ρ^−m (Trefethen,
// Approximation Theory and Approximation Practice, theorem 8.2).
func overAges(ages []float64, shift float64, f func(age float64) float64, into []float64) {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, a := range ages {
		lo, hi = min(lo, a), max(hi, a)
	}
	c := curve{from: math.Log(shift + lo), half: (math.Log(shift+hi) - math.Log(shift+lo)) / 2}
	m := c.nodes()
	if 2*m > len(ages) {
		for i, a := range ages {
			into[i] = f(a)
		}
		return
	}
	c.sample(m, func(t float64) float64 { return math.Log(f(max(math.Exp(t)-shift, 0))) })
	for i, a := range ages {
		into[i] = math.Exp(c.at(math.Log(shift + a)))
	}
}

// curve interpolates on [from, from + 2·half].
type curve struct {
	from, half float64
	u, v, w    []float64 // nodes on [−1, 1], values, barycentric weights
}

// nodes is how many it takes for curveDigits.
func (c *curve) nodes() int {
	if c.half == 0 {
		return 1
	}
	rho := (math.Pi + math.Hypot(math.Pi, c.half)) / c.half
	return int(math.Ceil(curveDigits/math.Log(rho))) + 1
}

// sample takes values at the Chebyshev points of the first kind, with their
// weights (Berrut and Trefethen, SIAM Review 46 (2004), eq. 5.3).
func (c *curve) sample(m int, f func(float64) float64) {
	c.u, c.v, c.w = make([]float64, m), make([]float64, m), make([]float64, m)
	sign := 1.0
	for k := range m {
		angle := (2*float64(k) + 1) * math.Pi / (2 * float64(m))
		c.u[k], c.w[k] = math.Cos(angle), sign*math.Sin(angle)
		c.v[k] = f(c.from + c.half*(1+c.u[k]))
		sign = -sign
	}
}

func (c *curve) at(t float64) float64 {
	if c.half == 0 {
		return c.v[0]
	}
	u := (t-c.from)/c.half - 1
	var top, bottom float64
	for k, node := range c.u {
		d := u - node
		if d == 0 {
			return c.v[k]
		}
		q := c.w[k] / d
		top += q * c.v[k]
		bottom += q
	}
	return top / bottom
}
