package statement

import (
	"fmt"
	"math"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/modelling"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/equity"
	"github.com/clientele/clientele/model/fit"
)

// spreadMovement adds intervals and the audit; where they cannot be told a warning says why.
func spreadMovement(m *clientele.EquityMovement, move modelling.Move, pairs []warehouse.EquityPair, total warehouse.EquitySums) {
	if len(pairs) == 0 {
		return
	}
	experience := total.Lines["experience.total"]
	d, err := move.Spread(m.Horizon, pairs, total)
	if err != nil {
		m.Warnings = append(m.Warnings, err.Error())
		return
	}
	m.Intervals = intervals(d)
	if total.Squares > 0 {
		m.Audit = audit(experience/math.Sqrt(total.Squares), experience/math.Sqrt(total.Squares+d.ExperienceVariance))
	}
}

// sameAsStatements gives both ends the intervals that statements show, which come of more
// draws.
func (e ends) sameAsStatements(b equityBasis, m *clientele.EquityMovement) error {
	if m.Intervals == nil {
		return nil
	}
	for i, line := range []string{"opening", "closing"} {
		w, err := []*end{e.opening, e.closing}[i].worthBy(e.runs[i], b.terms())
		if _, refused := fit.AsRefusal(err); refused {
			continue // it keeps the movement's own
		}
		if err != nil {
			return err
		}
		v := w.Total.Horizon
		if m.Horizon == clientele.Infinite {
			v = w.Total.Whole
		}
		m.Intervals[line] = clientele.Interval{Low: fromCents(cents(v.Low)), High: fromCents(cents(v.High))}
	}
	if b.opening != nil && b.Request.By == "" && m.Horizon == clientele.FiveYears {
		e := b.opening.Statement.Equity
		m.Intervals["opening"] = clientele.Interval{Low: e.Low, High: e.High}
	}
	return nil
}

func intervals(d *equity.Deviation) map[string]clientele.Interval {
	out := map[string]clientele.Interval{}
	put := func(line string, low, high float64) {
		out[line] = clientele.Interval{Low: fromCents(cents(low)), High: fromCents(cents(high))}
	}
	put("opening", d.Low.Opening, d.High.Opening)
	put("unwinding", d.Low.Unwinding, d.High.Unwinding)
	put("expected_release", d.Low.Release, d.High.Release)
	put("window", d.Low.Window, d.High.Window)
	put("experience.total", d.ExperienceLow, d.ExperienceHigh)
	put("experience.survival", d.Low.Survival, d.High.Survival)
	put("experience.activity", d.Low.Activity, d.High.Activity)
	put("experience.spend", d.Low.Spend, d.High.Spend)
	put("new_customers", d.Low.New, d.High.New)
	put("assumption_change", d.Low.Assumption, d.High.Assumption)
	put("closing", d.Low.Closing, d.High.Closing)
	return out
}

// audit words the reading on z with the parameters' uncertainty in it: beyond 1.96 once in
// twenty periods by chance alone, beyond 3.29 once in a thousand.
func audit(z, with float64) *clientele.Audit {
	side := "better"
	if with < 0 {
		side = "worse"
	}
	reading := fmt.Sprintf("Customers did as the model expected, within chance (z = %.1f): experience may be read as noise.", with)
	switch a := math.Abs(with); {
	case a > 3.29:
		reading = fmt.Sprintf("Customers did %s than expected by far more than chance allows (z = %.1f): the assumptions of the opening did not hold. Ask what changed before the closing is signed.", side, with)
	case a > 1.96:
		reading = fmt.Sprintf("Customers did %s than expected by more than chance allows in nineteen of twenty periods (z = %.1f): look for a cause.", side, with)
	}
	return &clientele.Audit{Z: rounded(z), WithParameters: rounded(with), Reading: reading}
}

// rounded is z to six decimals: beyond them the order of summing shows.
func rounded(z float64) float64 { return math.Round(z*1e6) / 1e6 }
