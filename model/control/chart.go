package control

import "math"

// The constants of charts of single figures: three standard deviations of which the mean
// moving range of two is 1.128 (d2), and the limit of that range (D4). Shewhart's, as in
// Wheeler, Understanding Variation, 1993.
const (
	limitOfMean  = 2.660
	limitOfRange = 3.267
	rangeOfTwo   = 1.128
)

// Point is one figure beside what is to be expected of it.
type Point struct {
	Value  float64
	Centre float64
	Sigma  float64 // standard deviation about Centre that chance explains
}

// Low is the lower limit, three Sigma below the centre, which of shares may lie below 0.
func (p Point) Low() float64 { return p.Centre - 3*p.Sigma }

// High is the upper limit, three Sigma above the centre.
func (p Point) High() float64 { return p.Centre + 3*p.Sigma }

// rounding is how far, relative to a value, it may be off the centre by arithmetic alone.
const rounding = 1e-12

// Standard is the distance from the centre in Sigma; 0 where nothing varies.
func (p Point) Standard() float64 {
	off := p.Value - p.Centre
	if math.Abs(off) <= rounding*math.Abs(p.Value) {
		return 0
	}
	return off / p.Sigma
}

// Chart is figures in their order with limits made of them.
type Chart struct {
	Centre     float64
	MeanRange  float64 // mean of the moving ranges: of the values or, of shares, of their standardised values
	RangeLimit float64 // moving ranges beyond it are signals of their own
	Points     []Point
}

// Standard are the distances of all points from the centre, as rules take them.
func (c Chart) Standard() []float64 {
	z := make([]float64, len(c.Points))
	for i, p := range c.Points {
		z[i] = p.Standard()
	}
	return z
}

// XmR charts single figures by their moving ranges.
func XmR(values []float64) Chart {
	c := Chart{Centre: mean(values), MeanRange: meanRange(values)}
	c.RangeLimit = limitOfRange * c.MeanRange
	for _, v := range values {
		c.Points = append(c.Points, Point{v, c.Centre, limitOfMean / 3 * c.MeanRange})
	}
	return c
}

// Share is Events of N that could have been one. N need not be whole: it may be an
// effective size.
type Share struct{ Events, N float64 }

// LaneyP charts shares of varying and possibly large N (p′): binomial spread, widened or
// narrowed by how much the shares really move from one to the next (Laney, Quality
// Engineering 14, 2002). Shares of nothing have NaN points.
func LaneyP(shares []Share) Chart {
	return laney(shares, func(centre float64) float64 { return centre * (1 - centre) })
}

// LaneyU charts rates of events per unit (u′), which may be above one: the same with
// Poisson spread.
func LaneyU(rates []Share) Chart {
	return laney(rates, func(centre float64) float64 { return centre })
}

func laney(shares []Share, variance func(centre float64) float64) Chart {
	var all Share
	for _, s := range shares {
		all.Events, all.N = all.Events+s.Events, all.N+s.N
	}
	c := Chart{Centre: all.Events / all.N}
	spread := math.Sqrt(variance(c.Centre))
	for _, s := range shares {
		c.Points = append(c.Points, Point{s.Events / s.N, c.Centre, spread / math.Sqrt(s.N)})
	}
	c.MeanRange = meanRange(c.Standard())
	c.RangeLimit = limitOfRange * c.MeanRange
	for i := range c.Points {
		c.Points[i].Sigma *= c.MeanRange / rangeOfTwo
	}
	return c
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// meanRange is the mean distance of a value from the one before; NaN of fewer than two.
func meanRange(values []float64) float64 {
	if len(values) < 2 {
		return math.NaN()
	}
	sum := 0.0
	for i, v := range values[1:] {
		sum += math.Abs(v - values[i])
	}
	return sum / float64(len(values)-1)
}
