package btyd

import (
	"math"

	"github.com/clientele/clientele/model/mathx"
)

// departure holds the part of a history's likelihood in which the customer left
// between the last purchase and the as-of date, over the part in which not.
type departure struct {
	logOdds float64 // ln of s∫ … over (α+T)^−(r+x) (β+T)^−s
	// means over the instant y of leaving, given that it lies in (tx, T]:
	logA, logB float64 // of ln(α+y), ln(β+y)
	invA, invB float64 // of 1/(α+y), 1/(β+y)
	instant    float64 // of y
}

// depart integrates (α+y)^−(r+x) (β+y)^−(s+1) from tx to T by the substitution
// y = tx + c(e^v − 1) of statistics, section 1: c is the length over which the
// integrand falls by e at tx, no longer than α+tx (else the bend of (α+y)^−(r+x)
// near tx is missed where r+x is small), and the range is cut where nothing is
// left.
func (p ParetoNBD) depart(h History) departure {
	a, b, k := p.Alpha+h.Tx, p.Beta+h.Tx, p.R+h.X
	c := math.Min(a, 1/(k/a+(p.S+1)/b))
	fall := func(v float64) float64 {
		u := c * math.Expm1(v)
		return v - k*math.Log1p(u/a) - (p.S+1)*math.Log1p(u/b)
	}
	top := cutRange(math.Log1p((h.T-h.Tx)/c), fall)
	var d departure
	sum := 0.0
	panels(top, 0, func(v, weight float64) {
		u := c * math.Expm1(v)
		la, lb := math.Log1p(u/a), math.Log1p(u/b)
		f := weight * math.Exp(v-k*la-(p.S+1)*lb)
		sum += f
		d.logA += f * la
		d.logB += f * lb
		d.invA += f / (a + u)
		d.invB += f / (b + u)
		d.instant += f * u
	})
	if sum == 0 {
		return departure{logOdds: math.Inf(-1), logA: math.Log(a), logB: math.Log(b), invA: 1 / a, invB: 1 / b, instant: h.Tx}
	}
	d.logA, d.logB = math.Log(a)+d.logA/sum, math.Log(b)+d.logB/sum
	d.invA, d.invB = d.invA/sum, d.invB/sum
	d.instant = h.Tx + d.instant/sum
	// relative to the alive part: ((α+T)/a)^k ((β+T)/b)^s · s·c/b
	gap := h.T - h.Tx
	d.logOdds = math.Log(sum) + math.Log(p.S*c/b) + k*math.Log1p(gap/a) + p.S*math.Log1p(gap/b)
	return d
}

// cutRange shortens [0, top] to where the exponent fall is above −cutoff.
func cutRange(top float64, fall func(float64) float64) float64 {
	if fall(top) > -cutoff {
		return top
	}
	lo, hi := 0.0, top
	for range 6 {
		mid := (lo + hi) / 2
		if fall(mid) < -cutoff {
			hi = mid
		} else {
			lo = mid
		}
	}
	return hi
}

// logAlive is ln P(alive) of a departure.
func (d departure) logAlive() float64 { return -mathx.Softplus(d.logOdds) }

// split gives the probabilities of being alive and of having left.
func (d departure) split() (alive, dead float64) {
	l := d.logAlive()
	return math.Exp(l), -math.Expm1(l)
}

// logMass returns ln A, A the bracket of the likelihood in statistics section 1,
// and its derivatives by r, α, s, β.
func (p ParetoNBD) logMass(h History) (float64, [4]float64) {
	d := p.depart(h)
	alive, dead := d.split()
	k, a, b := p.R+h.X, p.Alpha+h.T, p.Beta+h.T
	la, lb := math.Log(a), math.Log(b)
	return -k*la - p.S*lb - d.logAlive(), [4]float64{
		-alive*la - dead*d.logA,
		-k * (alive/a + dead*d.invA),
		-alive*lb + dead*(1/p.S-d.logB),
		-alive*p.S/b - dead*(p.S+1)*d.invB,
	}
}
