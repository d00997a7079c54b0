package btyd

import "math"

// curveDigits is −ln of the relative error aimed at in interpolating over ages.
const curveDigits = 30 // 1e−13

// overAges fills into[n] with the n-th of some positive functions of the age at every
// age, f giving all of them at one: by Chebyshev interpolation of their logarithms in
// ln(shift + age) where that takes fewer evaluations, else directly. Functions of
// shift + age that are analytic for |arg| < π, as discounted lifetimes are, converge
// like ρ^−m (Trefethen, Approximation Theory and Approximation Practice, theorem 8.2).
func overAges(ages []float64, shift float64, f func(age float64, dst []float64), into [][]float64) {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, a := range ages {
		lo, hi = min(lo, a), max(hi, a)
	}
	c := curve{from: math.Log(shift + lo), half: (math.Log(shift+hi) - math.Log(shift+lo)) / 2}
	m, dst := c.nodes(), make([]float64, len(into))
	if 2*m > len(ages) {
		for i, a := range ages {
			f(a, dst)
			for n, v := range dst {
				into[n][i] = v
			}
		}
		return
	}
	c.sample(m, len(into), func(t float64, dst []float64) {
		f(max(math.Exp(t)-shift, 0), dst)
		for n, v := range dst {
			dst[n] = math.Log(v)
		}
	})
	for i, a := range ages {
		c.at(math.Log(shift+a), dst)
		for n, v := range dst {
			into[n][i] = math.Exp(v)
		}
	}
}

// curve interpolates functions on [from, from + 2·half].
type curve struct {
	from, half float64
	u, w       []float64   // nodes on [−1, 1], barycentric weights
	v          [][]float64 // per node: the functions' values
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
func (c *curve) sample(m, functions int, f func(t float64, dst []float64)) {
	c.u, c.w, c.v = make([]float64, m), make([]float64, m), make([][]float64, m)
	values := make([]float64, m*functions)
	sign := 1.0
	for k := range m {
		angle := (2*float64(k) + 1) * math.Pi / (2 * float64(m))
		c.u[k], c.w[k] = math.Cos(angle), sign*math.Sin(angle)
		c.v[k] = values[k*functions : (k+1)*functions]
		f(c.from+c.half*(1+c.u[k]), c.v[k])
		sign = -sign
	}
}

func (c *curve) at(t float64, dst []float64) {
	if c.half == 0 {
		copy(dst, c.v[0])
		return
	}
	u, bottom := (t-c.from)/c.half-1, 0.0
	clear(dst)
	for k, node := range c.u {
		d := u - node
		if d == 0 {
			copy(dst, c.v[k])
			return
		}
		q := c.w[k] / d
		bottom += q
		for n, v := range c.v[k] {
			dst[n] += q * v
		}
	}
	for n := range dst {
		dst[n] /= bottom
	}
}
