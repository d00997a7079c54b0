package spend

import (
	"fmt"
	"math"
)

// significance is the level of the test that there is an elasticity.
const significance = 0.05

// Choice is the model to use for spend, and why.
type Choice struct {
	Fit   *Fit // the one to use
	Other *Fit // the one not taken; nil where it was not needed, or refused
	Words string
}

// Choose takes the Gamma-Gamma unless its Check says that spend depends on
// frequency; then it takes the one with elasticity, if that differs from zero by
// more than chance allows (Wald test). A weak dependence is left alone: on CDNOW,
// where it is weak, the elasticity makes forecasts of spend slightly worse. The
// error is the *fit.Refusal of the Gamma-Gamma.
func Choose(rows []Row, o Options) (*Choice, error) {
	plain, err := FitGammaGamma(rows, o)
	if err != nil {
		return nil, err
	}
	c := &Choice{Fit: plain, Words: plain.Check.Words}
	if plain.Check.Verdict != Dependent {
		return c, nil
	}
	elastic, err := FitElastic(rows, o)
	switch {
	case err != nil: // the Gamma-Gamma stays, and its Words warn
	case elastic.Chance() < significance:
		c.Fit, c.Other, c.Words = elastic, plain, elastic.dependence()+" "+elastic.Check.Words
	default:
		c.Other = elastic
	}
	return c, nil
}

// Chance is how probable so large an elasticity would be if there were none, 1
// for a fit without one.
func (f *Fit) Chance() float64 {
	if len(f.Theta) < 4 {
		return 1
	}
	return math.Erfc(math.Abs(math.Log(f.Theta[3])) / math.Sqrt(2*f.CovLog[3][3]))
}

// dependence says what the elasticity amounts to.
func (f *Fit) dependence() string {
	at := func(z float64) float64 {
		return 100 * (f.Theta[3]*math.Exp(z*math.Sqrt(f.CovLog[3][3])) - 1)
	}
	return fmt.Sprintf("For every doubling of repeat purchases, spend per purchase changes by %+.0f %% (95 %% interval %+.0f to %+.0f %%); the model of spend allows for that.",
		at(0), at(-1.959964), at(1.959964))
}
