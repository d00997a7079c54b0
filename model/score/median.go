package score

import (
	"math"

	"github.com/clientele/clientele/model/retention"
)

// Median is the time that half of the spells outlast, without a model: spells that still run
// are heard of as long as they did (Kaplan–Meier). Its interval holds the times at which the
// 95 % interval of survival, on the scale of ln(−ln S), holds one half (Brookmeyer and
// Crowley, Biometrics 38, 1982). NaN is later than can be told: fewer than half have ended
// so far or, of High, the interval has no end yet. The error is a *fit.Refusal for a spell
// that contradicts itself.
func Median(spells []retention.Spell) (Estimate, error) {
	steps, err := retention.KaplanMeier(spells)
	if err != nil {
		return unknown, err
	}
	e := unknown
	for _, s := range steps {
		low, high := s.Interval()
		for _, passed := range []struct {
			level float64
			at    *float64
		}{{s.Survival, &e.Value}, {low, &e.Low}, {high, &e.High}} {
			if passed.level <= .5 && math.IsNaN(*passed.at) {
				*passed.at = s.Time
			}
		}
	}
	return e, nil
}
