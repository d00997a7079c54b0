package btyd

import (
	"math"

	"github.com/clientele/clientele/model/mathx"
)

// Orders is the distribution of the purchases of one customer in a window, given
// the parameters: it says how customers vary, not how sure the parameters are.
type Orders struct {
	P      []float64 // probability of 0, 1, 2, … purchases
	Beyond float64   // probability of more than P holds: next to nothing unless P has maxOrders
}

// maxOrders bounds the purchases that Orders tells apart.
const maxOrders = 1 << 14

// missedOrders is the probability that Orders may leave to Beyond.
const missedOrders = 1e-10

// Orders returns the distribution of the purchases between from and to weeks after
// T, given the history; P is nil outside the domain. All probabilities together are
// within 1e−8 for shapes from .01 to 100, within 1e−6 for those from 1e−4 to 1e4.
func (p ParetoNBD) Orders(h History, from, to float64) Orders {
	if !p.valid() || !h.valid() || !window(from, to) {
		return Orders{}
	}
	n := negativeBinomial{rho: p.R + h.X, a: p.Alpha + h.T}
	o := Orders{P: make([]float64, n.enough(to-from))}
	alive := p.PAlive(h) * p.Survival(h.T, from)
	p.count(o.P, n, p.Beta+h.T+from, to-from, alive)
	o.P[0] += math.Max(0, 1-alive)
	return o.completed()
}

// count adds the purchases of a customer alive at the window's start, whose rate of
// leaving is Gamma(s, b): negative binomial given the weeks alive, which are t or
// less. The instant of leaving is integrated over in v, u = c(e^v − 1).
func (p ParetoNBD) count(dst []float64, n negativeBinomial, b, t, alive float64) {
	n.add(dst, t, alive*math.Exp(-p.S*math.Log1p(t/b)))
	c := math.Min(n.a/math.Max(n.rho, 1), b/(p.S+1))
	top := math.Log1p(t / c)
	// the counts' probabilities are as narrow as their own spread in ln u
	spread := math.Sqrt(1/n.rho + 1/float64(len(dst)))
	panels(top, 12*top/(5*spread), func(v, weight float64) {
		u := c * math.Expm1(v)
		n.add(dst, u, alive*weight*c*math.Exp(v-(p.S+1)*math.Log1p(u/b))*p.S/b)
	})
}

// negativeBinomial counts purchases at a rate that is Gamma(rho, a).
type negativeBinomial struct{ rho, a float64 }

// enough is the number of counts that hold all but missedOrders within t.
func (n negativeBinomial) enough(t float64) int {
	q := t / (n.a + t)
	logP := -n.rho * math.Log1p(t/n.a)
	for k := range maxOrders {
		ratio := (n.rho + float64(k)) / float64(k+1) * q
		logP += math.Log(ratio)
		// past the peak the rest is less than a geometric series
		if r := math.Max(ratio, q); ratio < 1 && (t == 0 || logP-math.Log1p(-r) < math.Log(missedOrders)) {
			return k + 1
		}
	}
	return maxOrders
}

// add adds weight times the probabilities of the counts within u, from the
// likeliest to both sides.
func (n negativeBinomial) add(dst []float64, u, weight float64) {
	if u == 0 {
		dst[0] += weight
		return
	}
	q := u / (n.a + u)
	mode := int(math.Min(math.Max(0, (n.rho-1)*u/n.a), float64(len(dst)-1)))
	m := float64(mode)
	log := mathx.LgammaDiff(n.rho, m) - mathx.Lgamma(m+1) - n.rho*math.Log1p(u/n.a) + m*math.Log(q)
	peak := weight * math.Exp(log)
	const gone = 1e-20
	for k, v := mode, peak; k < len(dst) && v > gone*weight; k++ {
		dst[k] += v
		v *= (n.rho + float64(k)) / float64(k+1) * q
	}
	for k, v := mode, peak; k > 0 && v > gone*weight; k-- {
		v *= float64(k) / ((n.rho + float64(k-1)) * q)
		dst[k-1] += v
	}
}

// None is the probability of no purchase, NaN where there is no distribution.
func (o Orders) None() float64 {
	if len(o.P) == 0 {
		return math.NaN()
	}
	return o.P[0]
}

// Mean is the mean of the counts that P holds.
func (o Orders) Mean() float64 {
	if len(o.P) == 0 {
		return math.NaN()
	}
	sum := 0.0
	for k, v := range o.P {
		sum += float64(k) * v
	}
	return sum
}

// Quantile returns the least count that is not exceeded with probability q; ok is
// false where it lies in Beyond.
func (o Orders) Quantile(q float64) (k int, ok bool) {
	sum := 0.0
	for k, v := range o.P {
		if sum += v; sum >= q {
			return k, true
		}
	}
	return len(o.P), false
}

// Shortest returns the shortest run of counts, lo to hi with both, that holds at
// least the given mass; of equally short ones the likeliest. ok is false where so
// much lies in Beyond that none does.
func (o Orders) Shortest(mass float64) (lo, hi int, ok bool) {
	most, from, sum := 0.0, 0, 0.0
	for to, v := range o.P {
		sum += v
		for from < to && sum-o.P[from] >= mass {
			sum -= o.P[from]
			from++
		}
		if sum < mass {
			continue
		}
		if shorter := to - from - (hi - lo); !ok || shorter < 0 || shorter == 0 && sum > most {
			lo, hi, ok, most = from, to, true, sum
		}
	}
	return lo, hi, ok
}

// CRPS is the continuous ranked probability score of what came to pass,
// Σ (P(count ≤ k) − [actual ≤ k])² over k (Gneiting and Raftery, Journal of the
// American Statistical Association 102, 2007): in purchases, 0 at best, and the
// absolute error where all mass lies on one count. What lies in Beyond is taken to
// lie on the first count past P.
func (o Orders) CRPS(actual int) float64 {
	if len(o.P) == 0 || actual < 0 {
		return math.NaN()
	}
	sum, below := math.Max(0, float64(actual-len(o.P))), 0.0
	for k, v := range o.P {
		below += v
		if k >= actual {
			sum += (1 - below) * (1 - below)
		} else {
			sum += below * below
		}
	}
	return sum
}
