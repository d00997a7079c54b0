package modelling

import (
	"context"
	"errors"
	"math"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/btyd"
	"github.com/clientele/clientele/model/fit"
)

// Latest is the day of the last purchase, as of which a model is examined unless
// another is asked for. CodeNotFound if there is none.
func (s *Service) Latest(ctx context.Context) (clientele.Date, error) {
	bought, err := s.purchases(ctx)
	if err == nil && !bought.any() {
		err = clientele.Errorf(clientele.CodeNotFound, "there are no purchases yet").WithHint("Import a file of transactions.")
	}
	return bought.last, err
}

// Examine returns all that is known of the chosen model as of a day, computed or
// from the cache. An error that comes with a run says why the cache did not take it,
// which is no fault of the run. Progress may be nil.
func (s *Service) Examine(ctx context.Context, asOf clientele.Date, p Progress) (m clientele.ModelRun, err error) {
	if p == nil {
		p = func(string, float64) {}
	}
	for {
		version, err := s.DataVersion(ctx)
		if err != nil {
			return m, err
		}
		if m, ok, err := s.examined(ctx, asOf, version); ok || err != nil {
			return m, err
		}
		m, failed := s.examine(ctx, asOf, version, p)
		now, err := s.DataVersion(ctx)
		switch {
		case err != nil:
			return clientele.ModelRun{}, errors.Join(failed, err)
		case now != version: // what was read is of two states of the records
		case failed != nil:
			return clientele.ModelRun{}, failed
		default:
			return m, s.save(ctx, examinedKey(m.Run), m)
		}
	}
}

// Examined returns what Examine would if that is in the cache; ok is false if it
// has to be computed first.
func (s *Service) Examined(ctx context.Context, asOf clientele.Date) (m clientele.ModelRun, ok bool, err error) {
	version, err := s.DataVersion(ctx)
	if err != nil {
		return m, false, err
	}
	return s.examined(ctx, asOf, version)
}

func (s *Service) examined(ctx context.Context, asOf clientele.Date, version string) (m clientele.ModelRun, ok bool, err error) {
	ok, err = s.saved(ctx, examinedKey(s.id(asOf, version)), &m)
	return m, ok, err
}

func examinedKey(id string) string { return "model-examined/" + id }

func (s *Service) examine(ctx context.Context, asOf clientele.Date, version string, p Progress) (m clientele.ModelRun, err error) {
	summary, err := s.warehouse.Summarise(ctx, asOf)
	if err != nil {
		return m, err
	}
	defer summary.Close()
	run, err := s.Run(ctx, asOf, version, summary, func(step string, fraction float64) { p(step, 0.7*fraction) })
	if err != nil {
		return m, err
	}
	if m = run.examined(); run.Purchases != nil {
		p("Finding intervals of the parameters", 0.75)
		cells, _, _, err := cellsOf(summary.Cells(ctx, warehouse.CellsBy{}))
		if err != nil {
			return m, err
		}
		if err := run.addIntervals(&m, cells); err != nil {
			return m, err
		}
		p("Counting customers by frequency", 0.95)
		m.Frequency = frequencies(run.Purchases.Model(), cells)
	}
	m.Choice, err = s.Choice(ctx)
	return m, err
}

// examined is what the run itself knows.
func (r *Run) examined() clientele.ModelRun {
	m := clientele.ModelRun{
		Run: r.ID, AsOf: r.AsOf, Model: r.key(), Name: r.name(), Customers: r.Customers, Repeaters: r.Repeaters, Cells: r.Cells,
		Refused: r.Refused, Parameters: []clientele.ModelParameter{}, Check: r.Check, Frequency: []clientele.FrequencyCount{},
		Trust: r.Trust, Warnings: append([]string{}, r.Warnings...),
	}
	if r.Estimate != nil {
		m.LogLikelihood = new(r.Estimate.LogLikelihood)
	}
	return m
}

// How the intervals of the parameters were made.
const (
	profiled = "95 % intervals by profile likelihood: the values that the data do not contradict, whatever the other parameters are."
	curved   = "95 % intervals from the curvature of the likelihood on the log scale (Wald): with few customers they are too narrow."
	mixed    = "95 % intervals: of purchases by profile likelihood, the values that the data do not contradict, whatever the other parameters are; of spend from the curvature of the likelihood on the log scale (Wald), which with few customers are too narrow."
)

// addIntervals adds the parameters with their intervals.
func (r *Run) addIntervals(m *clientele.ModelRun, cells []btyd.Cell) error {
	grid, err := btyd.NewGrid(cells)
	if err != nil {
		return err
	}
	intervals, err := r.Purchases.Profile(grid)
	_, refused := fit.AsRefusal(err)
	switch {
	case refused:
		intervals, m.Intervals = wald(r.Estimate), curved
	case err != nil:
		return err
	case r.Spend == nil:
		m.Intervals = profiled
	default:
		m.Intervals = mixed
	}
	if k := r.kind().K; k > 0 {
		m.Parameters = append(m.Parameters, clientele.ModelParameter{Model: r.key(), Name: "k", Meaning: meanings["k"], Estimate: float64(k)})
	}
	m.Parameters = append(m.Parameters, parameters(r.key(), r.Estimate, intervals)...)
	if r.Spend != nil {
		m.Parameters = append(m.Parameters, parameters(spendKey(r.Spend), r.Spend.Estimate, wald(r.Spend.Estimate))...)
	}
	return nil
}

// wald are the intervals ±1.96 standard errors of ln θ wide.
func wald(e *fit.Estimate) []fit.Interval {
	out := make([]fit.Interval, len(e.Theta))
	for i, v := range e.Theta {
		reach := z95 * math.Sqrt(e.CovLog[i][i])
		out[i] = fit.Interval{Low: v * math.Exp(-reach), High: v * math.Exp(reach)}
	}
	return out
}

func parameters(model string, e *fit.Estimate, intervals []fit.Interval) []clientele.ModelParameter {
	out := make([]clientele.ModelParameter, len(e.Names))
	for i, name := range e.Names {
		out[i] = clientele.ModelParameter{
			Model: model, Name: name, Meaning: meanings[name], Estimate: e.Theta[i], SE: new(e.SE[i]),
			Low: end(intervals[i].Low), High: end(intervals[i].High),
		}
	}
	return out
}

// end is an end of an interval, nil where it is open or was not found.
func end(v float64) *float64 {
	if v == 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return nil
	}
	return &v
}

// meanings of parameters in a few words; no two models give one name two meanings.
var meanings = map[string]string{
	"k":        "regularity of purchases, given: 1 is none",
	"r":        "how alike customers buy: the less, the more their rates differ",
	"alpha":    "scale of their rates, in weeks: r/alpha purchases a week on average",
	"s":        "how alike customers leave: the less, the more their rates differ",
	"beta":     "scale of leaving, in weeks: s/beta leave a week, of new customers",
	"a":        "leaving after a purchase: a/(a+b) do on average",
	"b":        "how alike customers leave: the smaller a and b together, the more they differ",
	"mu":       "rate of leaving per week, the same for all",
	"lambda":   "purchases per week while a customer, the same for all",
	"odds":     "odds of leaving right after the first purchase",
	"p":        "how alike one customer's purchases are: the more, the less they vary",
	"q":        "how alike customers spend: the less, the more they differ",
	"v":        "scale of spend, in money: p·v/(q−1) is the mean purchase",
	"doubling": "factor in spend per purchase of customers who buy twice as often",
}

// frequencyBars is how many counts of the histogram stand apart; the last holds all above.
const frequencyBars = 8

// frequencies sets the customers by repeat purchases against what the model expects
// of customers of their ages.
func frequencies(m btyd.Model, cells []btyd.Cell) []clientele.FrequencyCount {
	out := make([]clientele.FrequencyCount, frequencyBars)
	births := make([]btyd.Birth, len(cells))
	for i, c := range cells {
		births[i] = btyd.Birth{Day: -c.T, N: c.N}
		out[min(c.X, frequencyBars-1)].Actual += int64(c.N)
	}
	for k, n := range btyd.Frequencies(m, births, 0, frequencyBars) {
		out[k].Orders, out[k].OrMore, out[k].Expected = k, k == frequencyBars-1, n
	}
	return out
}
