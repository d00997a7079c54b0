package spend

import (
	"fmt"
	"math"
)

// Check is what the data say of the assumption that spend does not depend on
// frequency.
type Check struct {
	Correlation float64 // of mean spend and frequency over customers; NaN where it cannot be told
	Low, High   float64 // its 95 % interval (Fisher's z)
	Verdict     Verdict
	Words       string // the verdict in plain words, one sentence
}

// Verdict grades the dependence.
type Verdict string

// Grades of dependence by the size of the correlation; .1 and .3 are the bounds
// of a small and a medium one in Cohen, Statistical Power Analysis (1988), 3.2.
const (
	Independent Verdict = "independent" // below .1, or not told from zero
	Weak        Verdict = "weak"        // from .1: values of frequent customers are a little off
	Dependent   Verdict = "dependent"   // from .3: do not rely on the model's values by customer
	Untestable  Verdict = "untestable"  // everyone has one frequency, or one spend; or q ≤ 2
)

// check correlates z/x over x^Elasticity with x, weighted by customers. For
// q ≤ 2 mean spend has no variance, and the correlation says nothing.
func (d *data) check(g GammaGamma) Check {
	var mx, mm float64
	d.each(g.Elasticity, func(x, mean, n float64) { mx, mm = mx+n*x, mm+n*mean })
	mx, mm = mx/d.weight, mm/d.weight
	var xx, xm, sq float64
	d.each(g.Elasticity, func(x, mean, n float64) {
		xx += n * (x - mx) * (x - mx)
		xm += n * (x - mx) * (mean - mm)
		sq += n * (mean - mm) * (mean - mm)
	})
	if !(xx > 0 && sq > 0 && d.weight > 3) {
		return Check{math.NaN(), math.NaN(), math.NaN(), Untestable,
			"Whether spend depends on frequency cannot be told: everyone has the same frequency or the same spend."}
	}
	c := judge(xm/math.Sqrt(xx*sq), d.weight)
	if g.Q <= 2 {
		c.Verdict = Untestable
	}
	c.Words = c.words(g.Elasticity)
	return c
}

func (d *data) each(elasticity float64, f func(x, mean, n float64)) {
	for k, x := range d.x {
		level := x * math.Exp(elasticity*logFrequency(x))
		for i := d.lo[k]; i < d.hi[k]; i++ {
			f(x, d.z[i]/level, d.n[i])
		}
	}
}

// judge grades a correlation r over n customers.
func judge(r, n float64) Check {
	half := 1.959964 / math.Sqrt(n-3) // Fisher 1921: z = artanh r, variance 1/(n−3)
	c := Check{Correlation: r, Low: math.Tanh(math.Atanh(r) - half), High: math.Tanh(math.Atanh(r) + half)}
	switch {
	case math.Abs(r) < 0.1 || c.Low < 0 && c.High > 0:
		c.Verdict = Independent
	case math.Abs(r) < 0.3:
		c.Verdict = Weak
	default:
		c.Verdict = Dependent
	}
	return c
}

// words says the verdict of a model with an elasticity, or with none.
func (c Check) words(elasticity float64) string {
	subject, more := "Frequent customers spend", "more"
	if elasticity != 0 {
		subject = "Beyond that, frequent customers spend"
	}
	if c.Correlation < 0 {
		more = "less"
	}
	switch c.Verdict {
	case Untestable:
		return "Whether spend depends on frequency cannot be told: a few customers spend so much more than the others (q of 2 or less) that they decide any correlation."
	case Independent:
		return fmt.Sprintf("%s neither more nor less per purchase, to speak of (correlation %.3f).", subject, c.Correlation)
	case Weak:
		return fmt.Sprintf("%s slightly %s per purchase (correlation %.3f): totals are fair, values of very frequent customers a little off.", subject, more, c.Correlation)
	default:
		return fmt.Sprintf("%s clearly %s per purchase (correlation %.3f): the model's assumption fails, do not rely on values by customer.", subject, more, c.Correlation)
	}
}
