package modelling

import (
	"math"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/btyd"
)

// weeks are whole weeks counted from a cut in both directions, with what was
// expected of customers when they first bought.
type weeks struct {
	model  btyd.Fitted
	births []btyd.Birth
	start  clientele.Date // of the first week
	ends   []int          // the start, and the instant after each week
	total  []float64      // expected up to each of ends
	actual []int64        // the same
	cut    clientele.Date // the last day before the held-out ones
}

// weeksOf lays weeks out; nobody's first purchase gives none.
func weeksOf(model btyd.Fitted, t warehouse.Tracking, w window) *weeks {
	out := &weeks{model: model, births: make([]btyd.Birth, len(t.FirstPurchases)), cut: w.calibrated}
	if len(t.FirstPurchases) == 0 {
		return out
	}
	first := t.FirstPurchases[0].Day
	for i, d := range t.FirstPurchases {
		out.births[i] = btyd.Birth{Day: int(d.Day), N: float64(d.N)}
		first = min(first, d.Day)
	}
	out.start = w.calibrated + 1 - (w.calibrated+1-first)/week*week
	for end := int(out.start); end <= int(w.to)+1; end += week {
		out.ends = append(out.ends, end)
	}
	out.total = btyd.Tracking(model.Model(), out.births, out.ends)
	out.actual = make([]int64, len(out.ends))
	for _, d := range t.RepeatPurchases {
		// the first end after the day
		for k := max(0, (int(d.Day)-int(out.start)+week)/week); k < len(out.ends); k++ {
			out.actual[k] += d.N
		}
	}
	return out
}

// addTo adds the weeks to a check.
func (w *weeks) addTo(c *clientele.ModelCheck) {
	c.Weekly, c.Cumulative = w.weekly(), w.cumulative()
	c.MAPE = mape(c.Cumulative)
}

// weekly gives each week with a band of 1.96 standard deviations to each side:
// chance, the uncertainty of the parameters, and as much more as the weeks before
// the cut scattered beyond these (weather, holidays, mailings). It knows of no
// seasons.
func (w *weeks) weekly() []clientele.HoldoutWeek {
	expected, sd := differences(w.total), w.deviations()
	out := make([]clientele.HoldoutWeek, len(expected))
	for k := range out {
		day := w.start + clientele.Date(k*week)
		out[k] = clientele.HoldoutWeek{
			Week: day, Actual: w.actual[k+1] - w.actual[k], Expected: expected[k], HeldOut: day > w.cut,
		}
	}
	wider := scatter(out, sd)
	for k := range out {
		reach := z95 * wider * sd[k]
		out[k].Low, out[k].High = math.Max(0, expected[k]-reach), expected[k]+reach
	}
	return out
}

// cumulative gives all repeat purchases up to each week's end.
func (w *weeks) cumulative() []clientele.CumulativeWeek {
	out := make([]clientele.CumulativeWeek, max(0, len(w.ends)-1))
	for k := range out {
		day := w.start + clientele.Date(k*week)
		out[k] = clientele.CumulativeWeek{Week: day, Actual: w.actual[k+1], Expected: w.total[k+1], HeldOut: day > w.cut}
	}
	return out
}

// mape is the mean absolute percentage error of the cumulative purchases at the ends
// of the held-out weeks, as a fraction; nil where there were none.
func mape(cumulative []clientele.CumulativeWeek) *float64 {
	sum, n := 0.0, 0.0
	for _, c := range cumulative {
		if c.HeldOut && c.Actual > 0 {
			sum, n = sum+math.Abs(c.Expected/float64(c.Actual)-1), n+1
		}
	}
	if n == 0 {
		return nil
	}
	return new(sum / n)
}

// scatter is by how much the weeks before the cut lie further from the expected
// than their standard deviations say, at least 1.
func scatter(weeks []clientele.HoldoutWeek, sd []float64) float64 {
	sum, n := 0.0, 0.0
	for k, w := range weeks {
		if !w.HeldOut && sd[k] > 0 {
			z := (float64(w.Actual) - w.Expected) / sd[k]
			sum, n = sum+z*z, n+1
		}
	}
	return math.Sqrt(math.Max(1, sum/math.Max(1, n)))
}

// z95 bounds the middle 95 % of a normal distribution.
const z95 = 1.959964

// deviations are the standard deviations of the weeks' purchases by chance and by
// the uncertainty of the parameters.
func (w *weeks) deviations() []float64 {
	expected, e := differences(w.total), w.model.Estimated()
	gradients := make([][]float64, len(expected))
	for k := range gradients {
		gradients[k] = make([]float64, len(e.Theta))
	}
	const h = 1e-4 // in ln θ, as the model library takes its own differences
	for j := range e.Theta {
		up, down := w.moved(j, h), w.moved(j, -h)
		for k := range gradients {
			gradients[k][j] = (up[k] - down[k]) / (2 * h)
		}
	}
	over := overdispersion(w.model.Model())
	out := make([]float64, len(expected))
	for k, m := range expected {
		out[k] = math.Sqrt(over*m + e.Variance(gradients[k]))
	}
	return out
}

// moved gives the weeks as expected with parameter j moved by h in its logarithm.
func (w *weeks) moved(j int, h float64) []float64 {
	theta := append([]float64(nil), w.model.Estimated().Theta...)
	theta[j] *= math.Exp(h)
	return differences(btyd.Tracking(w.model.At(theta), w.births, w.ends))
}

// overdispersion is the variance of a week's purchases over their mean: that of
// customers in their first week, when none of those who will buy seldom and leave
// soon have gone yet. Given its rates a customer's purchases are at most as regular
// as this in all models.
func overdispersion(m btyd.Model) float64 {
	mean, square := 0.0, 0.0
	for k, p := range m.Orders(btyd.History{}, 0, 1).P {
		mean += float64(k) * p
		square += float64(k) * float64(k) * p
	}
	if !(mean > 0) {
		return 1
	}
	return square / mean
}

func differences(cumulative []float64) []float64 {
	out := make([]float64, max(0, len(cumulative)-1))
	for k := range out {
		out[k] = cumulative[k+1] - cumulative[k]
	}
	return out
}
