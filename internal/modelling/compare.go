package modelling

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/btyd"
	"github.com/clientele/clientele/model/fit"
)

// Compare fits every candidate to what came before each of several windows, scores
// it on what came in them, chooses, and keeps the choice: model runs use it from
// then on. Progress may be nil. Errors: CodeNotFound without records, CodeInvalid
// where they are too short or too few to compare anything on.
func (s *Service) Compare(ctx context.Context, asOf clientele.Date, p Progress) (*clientele.ModelChoice, error) {
	if p == nil {
		p = func(string, float64) {}
	}
	c, err := s.comparison(ctx, asOf)
	if err != nil {
		return nil, err
	}
	p("Reading what was bought in the held-out windows", 0)
	for i, w := range c.windows {
		if err := s.addWindow(ctx, c, w, func(step string, done float64) { p(step, (float64(i)+done)/float64(len(c.windows)+1)) }); err != nil {
			return nil, err
		}
	}
	if err := s.addLikelihoods(ctx, c, asOf, p); err != nil {
		return nil, err
	}
	choice, err := c.choice(asOf)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(choice)
	if err != nil {
		return nil, clientele.Errorf(clientele.CodeInternal, "the choice of a model cannot be kept").Because(err)
	}
	return choice, s.decisions.Decide(ctx, choiceName, text, choice.At)
}

// comparison is one in the making.
type comparison struct {
	windows []window
	origins []clientele.ModelOrigin
	all     []*contender
	contest *btyd.Contest
}

// contender is one candidate with its sums over the windows.
type contender struct {
	kind                                  btyd.Kind
	refused                               string // why it is out; "" if it is not
	customers, actual, expected           float64
	miss, square, auc, judged, likelihood float64
}

func (s *Service) comparison(ctx context.Context, asOf clientele.Date) (*comparison, error) {
	bought, err := s.purchases(ctx)
	switch {
	case err != nil:
		return nil, err
	case !bought.any() || asOf < bought.first:
		return nil, clientele.Errorf(clientele.CodeNotFound, "there are no purchases up to %s", asOf).WithHint("Import a file of transactions, or choose a later day.")
	}
	c := &comparison{windows: origins(asOf, bought.first, bought.last)}
	if len(c.windows) == 0 {
		return nil, clientele.Errorf(clientele.CodeInvalid, "the records up to %s are too short to compare models on", asOf).
			WithHint("Eight weeks of records are needed, better two years. Until then the default is used.")
	}
	for _, k := range btyd.Kinds() {
		if !k.Limit {
			c.all = append(c.all, &contender{kind: k})
		}
	}
	c.contest = btyd.NewContest(len(c.all))
	return c, nil
}

// addWindow has every candidate that is still in foretell one window.
func (s *Service) addWindow(ctx context.Context, c *comparison, w window, p Progress) error {
	cells, err := s.warehouse.Holdout(ctx, w.calibrated, w.to)
	if err != nil {
		return err
	}
	rows := holdoutRows(cells)
	origin := clientele.ModelOrigin{CalibratedTo: w.calibrated, To: w.to}
	for _, row := range rows {
		origin.Customers += int64(row.N)
		origin.Actual += int64(row.N) * int64(row.Actual)
	}
	if origin.Actual == 0 {
		return nil // it tells none from another
	}
	c.origins = append(c.origins, origin)
	scores := make([][]float64, len(c.all))
	for i, one := range c.all {
		if err := ctx.Err(); err != nil {
			return err
		}
		p(fmt.Sprintf("Fitting %s as of %s", one.kind.Name, w.calibrated), float64(i)/float64(len(c.all)))
		if scores[i], err = one.foretell(rows, w); err != nil {
			return err
		}
	}
	c.contest.Add(rows, scores)
	return nil
}

// foretell fits to what came before a window, and returns the scores of what came in
// it: nil if the candidate is out.
func (c *contender) foretell(rows []btyd.HoldoutRow, w window) ([]float64, error) {
	if c.refused != "" {
		return nil, nil
	}
	f, err := c.kind.Fit(past(rows), btyd.Options{})
	if refusal, ok := fit.AsRefusal(err); ok {
		c.refused = fmt.Sprintf("As of %s: %s", w.calibrated, refusal.Message)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r, err := btyd.Holdout(f.Model(), rows, w.weeks())
	if err != nil {
		return nil, err
	}
	c.customers += r.Customers
	c.actual += r.Actual
	c.expected += r.Expected
	c.miss += r.MAE * r.Customers
	c.square += r.RMSE * r.RMSE * r.Customers
	if !math.IsNaN(r.AUC) {
		c.auc, c.judged = c.auc+r.AUC*r.Customers, c.judged+r.Customers
	}
	return r.Scores(), nil
}

// addLikelihoods fits the candidates that are still in to all that is known as of
// the day; one that cannot be is out, for it could not be used.
func (s *Service) addLikelihoods(ctx context.Context, c *comparison, asOf clientele.Date, p Progress) error {
	summary, err := s.warehouse.Summarise(ctx, asOf)
	if err != nil {
		return err
	}
	defer summary.Close()
	cells, _, _, err := cellsOf(summary.Cells(ctx, warehouse.CellsBy{}))
	if err != nil {
		return err
	}
	for i, one := range c.all {
		if one.refused != "" {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		p(fmt.Sprintf("Fitting %s as of %s", one.kind.Name, asOf), (float64(len(c.windows))+float64(i)/float64(len(c.all)))/float64(len(c.windows)+1))
		f, err := one.kind.Fit(cells, btyd.Options{})
		if refusal, ok := fit.AsRefusal(err); ok {
			one.refused = fmt.Sprintf("As of %s: %s", asOf, refusal.Message)
		} else if err != nil {
			return err
		} else {
			one.likelihood = f.Estimated().LogLikelihood
		}
	}
	return nil
}

// choice chooses.
func (c *comparison) choice(asOf clientele.Date) (*clientele.ModelChoice, error) {
	if len(c.origins) == 0 {
		return nil, clientele.Errorf(clientele.CodeInvalid, "no customer bought again in the held-out windows, so that models cannot be compared").
			WithHint("Import a longer record, or wait for repeat purchases. Until then the default is used.")
	}
	ranked, reasons, ok := choose(c.candidates())
	if !ok {
		return nil, clientele.Errorf(clientele.CodeInvalid, "none of the models could be fitted to what came before every held-out window: %s", ranked[0].Words).
			WithHint("Import a longer record, or wait for more repeat purchases. Until then the default is used.")
	}
	out := &clientele.ModelChoice{
		At: time.Now().UTC().Truncate(time.Millisecond), AsOf: asOf, Scheme: scheme(c.windows), Reasons: reasons, Origins: c.origins, Candidates: ranked,
	}
	for _, r := range ranked {
		if r.Verdict == clientele.CandidateChosen {
			out.Model, out.K, out.Name = r.Model, r.K, r.Name
		}
	}
	return out, nil
}

// candidates are the contenders as people and programs read them, each against the
// best but the floor.
func (c *comparison) candidates() []clientele.ModelCandidate {
	best := -1
	for i, one := range c.all {
		if one.refused == "" && one.kind.Key != floorModel && (best < 0 || c.contest.Mean(i) < c.contest.Mean(best)) {
			best = i
		}
	}
	out := make([]clientele.ModelCandidate, len(c.all))
	for i, one := range c.all {
		out[i] = clientele.ModelCandidate{Model: one.kind.Key, K: one.kind.K, Name: one.kind.Name, Words: one.refused}
		if one.refused != "" || best < 0 {
			continue
		}
		behind, se := c.contest.Behind(i, best)
		out[i].CRPS, out[i].Behind, out[i].BehindSE = new(c.contest.Mean(i)), &behind, &se
		out[i].Bias = new(one.expected/one.actual - 1)
		out[i].MAE, out[i].RMSE = new(one.miss/one.customers), new(math.Sqrt(one.square/one.customers))
		if one.kind.K == 0 {
			out[i].LogLikelihood = &one.likelihood
		}
		if one.judged > 0 {
			out[i].AUC = new(one.auc / one.judged)
		}
	}
	return out
}
