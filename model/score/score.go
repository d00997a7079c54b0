package score

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// z is the 97.5 % point of the normal distribution: intervals are of 95 %.
const z = 1.959963984540054

// Estimate is a value with its 95 % interval; NaN cannot be told.
type Estimate struct{ Value, Low, High float64 }

// unknown is the estimate of nothing.
var unknown = Estimate{math.NaN(), math.NaN(), math.NaN()}

// Sums are what answers add up to: each has a weight w ≥ 0 and a value x.
type Sums struct {
	N  int64   // answers
	W  float64 // Σ w
	W2 float64 // Σ w²
	X  float64 // Σ w·x
	X2 float64 // Σ w·x²
}

// Add is the sums of both.
func (s Sums) Add(t Sums) Sums {
	return Sums{s.N + t.N, s.W + t.W, s.W2 + t.W2, s.X + t.X, s.X2 + t.X2}
}

// Effective is how many answers of equal weight would tell as much (Kish, Survey Sampling,
// 1965): (Σw)²/Σw², N where all weights are equal, 0 without any weight.
func (s Sums) Effective() float64 {
	if s.W2 == 0 {
		return 0
	}
	return s.W * s.W / s.W2
}

// Mean is the weighted mean of values.
func (s Sums) Mean() float64 { return s.X / s.W }

// NPS is the share of promoters (values 1) less that of detractors (−1); others are 0. The
// interval is the adjusted Wald of a difference of two shares of one sample: three answers
// more, ¾ of them promoters and ¾ detractors (Bonett and Price, Journal of Educational and
// Behavioral Statistics 37, 2012). It is centred a little nearer to 0 than the estimate.
func NPS(s Sums) Estimate {
	n := s.Effective()
	if n == 0 {
		return unknown
	}
	difference, either := s.Mean(), s.X2/s.W
	promoters, detractors := n*(either+difference)/2+.75, n*(either-difference)/2+.75
	centre := (promoters - detractors) / (n + 3)
	half := z * math.Sqrt(((promoters+detractors)/(n+3)-centre*centre)/(n+3))
	return Estimate{difference, max(-1, centre-half), min(1, centre+half)}
}

// Share is the share of answers with value 1 among those with 0 or 1, with Wilson's interval
// (Journal of the American Statistical Association 22, 1927).
func Share(s Sums) Estimate {
	n := s.Effective()
	if n == 0 {
		return unknown
	}
	p := min(1, max(0, s.Mean())) // a sum of weights may round past its end
	centre := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return Estimate{p, max(0, min(p, centre-half)), min(1, max(p, centre+half))}
}

// Mean is the mean of values on a scale from low to high, which its interval, by Student's t,
// does not leave. An effective number of at most one answer has no interval.
func Mean(s Sums, low, high float64) Estimate {
	n := s.Effective()
	if n == 0 {
		return unknown
	}
	m := s.Mean()
	if n-1 < 1e-9 {
		return Estimate{m, math.NaN(), math.NaN()}
	}
	variance := max(0, s.X2/s.W-m*m) * n / (n - 1)
	half := distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile(.975) * math.Sqrt(variance/n)
	return Estimate{m, max(low, m-half), min(high, m+half)}
}

// Rate is events per unit, which may be above one, with Garwood's exact interval for a count
// of independent events (Biometrika 28, 1936). Units are known without error.
func Rate(events int64, units float64) Estimate {
	if units <= 0 {
		return unknown
	}
	k := float64(events)
	e := Estimate{Value: k / units, High: distuv.Gamma{Alpha: k + 1, Beta: 1}.Quantile(.975) / units}
	if events > 0 {
		e.Low = distuv.Gamma{Alpha: k, Beta: 1}.Quantile(.025) / units
	}
	return e
}
