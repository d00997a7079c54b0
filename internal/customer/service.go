package customer

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/modelling"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/fit"
)

// Book is what a report needs to know of the book beside its records.
type Book interface {
	Settings(ctx context.Context) (clientele.Settings, error)
	Imports(ctx context.Context) ([]clientele.ImportRef, error)
	// Promises are what the map promises, by touchpoint.
	Promises(ctx context.Context) (map[string]string, error)
	// WorthDay is the day as of which models are run for pages; ok is false if there is none.
	WorthDay(ctx context.Context) (day clientele.Date, ok bool, err error)
}

// Service tells of single customers. Its methods may be called from several goroutines.
type Service struct {
	warehouse warehouse.Warehouse
	models    *modelling.Service
	book      Book
}

// New makes the service.
func New(w warehouse.Warehouse, m *modelling.Service, b Book) *Service { return &Service{w, m, b} }

// quarters is how far back worth is told.
const quarters = 12

// mostPromises is how many promises are told: the latest.
const mostPromises = 50

// scanned is how many moments are looked at for promises.
const scanned = 500

// Customer tells of one customer, with a page of moments of at most 1000. CodeNotFound if
// nothing is on record of them.
func (s *Service) Customer(ctx context.Context, id string, offset int64, limit int) (r clientele.CustomerReport, err error) {
	settings, err := s.book.Settings(ctx)
	if err != nil {
		return r, err
	}
	imports, err := s.book.Imports(ctx)
	if err != nil {
		return r, err
	}
	known, err := settings.LastImport(imports)
	if err != nil {
		return r, err
	}
	r = clientele.CustomerReport{Customer: id, Moments: []clientele.CustomerMoment{}, Worth: []clientele.CustomerWorth{}, Promises: []clientele.CustomerPromise{}, Standing: []clientele.StandingPromise{}}
	if r.Attributes, err = s.warehouse.AttributesOf(ctx, id); err != nil {
		return r, err
	}
	moments, count, err := s.warehouse.Timeline(ctx, warehouse.TimelineQuery{Customer: id, Known: known, Offset: offset, Limit: min(limit, 1000)})
	if err != nil {
		return r, err
	}
	if id == "" || count == 0 && offset == 0 && len(r.Attributes) == 0 {
		return r, clientele.Errorf(clientele.CodeNotFound, "nothing is on record of this customer").WithHint("Look for the exact id, as your files have it.")
	}
	r.Count = count
	for _, m := range moments {
		r.Moments = append(r.Moments, momentOf(m))
	}
	if err := s.promised(ctx, &r, known); err != nil {
		return r, err
	}
	return r, s.worth(ctx, &r, settings)
}

func momentOf(m warehouse.Moment) clientele.CustomerMoment {
	return clientele.CustomerMoment{
		Kind: string(m.Kind), Day: m.Day, At: m.At, Name: m.Name, Touchpoint: m.Touchpoint, Outcome: m.Outcome, Problem: m.Problem, Promised: m.Promised, Actual: m.Actual,
		Amount: m.Amount, Score: m.Score, Low: m.Low, High: m.High, Text: m.Text,
	}
}

// promised tells what was promised to the customer, and what stands wherever they came.
func (s *Service) promised(ctx context.Context, r *clientele.CustomerReport, known clientele.Date) error {
	moments, _, err := s.warehouse.Timeline(ctx, warehouse.TimelineQuery{Customer: r.Customer, Known: known, Limit: scanned})
	if err != nil {
		return err
	}
	standing, err := s.book.Promises(ctx)
	if err != nil {
		return err
	}
	met := map[string]bool{}
	for _, m := range moments {
		if promise := standing[m.Touchpoint]; promise != "" && !met[m.Touchpoint] {
			met[m.Touchpoint] = true
			r.Standing = append(r.Standing, clientele.StandingPromise{Touchpoint: m.Touchpoint, Promise: promise})
		}
		if m.Promised != nil && len(r.Promises) < mostPromises {
			r.Promises = append(r.Promises, clientele.CustomerPromise{Touchpoint: m.Touchpoint, Name: m.Name, Day: m.Day, Due: *m.Promised, Actual: m.Actual, State: stateOf(m, known)})
		}
	}
	return nil
}

// stateOf says whether a promise was kept. One for midnight is for that day as a whole.
func stateOf(m warehouse.Moment, known clientele.Date) string {
	due := *m.Promised
	if due.Equal(clientele.DateOf(due).Time()) {
		due = due.AddDate(0, 0, 1).Add(-time.Second)
	}
	switch {
	case m.Actual != nil && !m.Actual.After(due):
		return "kept"
	case m.Actual == nil && clientele.DateOf(due) > known:
		return "open"
	}
	return "broken"
}

// worth tells what the customer is worth and was at the ends of past quarters, by one model.
func (s *Service) worth(ctx context.Context, r *clientele.CustomerReport, settings clientele.Settings) error {
	asOf, ok, err := s.book.WorthDay(ctx)
	if err != nil {
		return err
	}
	if !ok {
		r.WorthWhy = "There are no orders that a model could be fitted to. What contracts are worth is told of all together, not of one customer."
		return nil
	}
	run, ok, err := s.models.Kept(ctx, asOf)
	switch {
	case err != nil:
		return err
	case !ok:
		r.WorthWhy = fmt.Sprintf("The model as of %s is still being fitted, or was not asked for yet: open the statement, and come back.", asOf)
		return nil
	case !run.Usable():
		r.WorthWhy = "There is no model to tell it: " + run.Refused
		return nil
	}
	var days []clientele.Date
	for i := range quarters {
		days = append(days, asOf.AddMonths(-3*i))
	}
	slices.Reverse(days)
	histories, err := s.warehouse.Histories(ctx, r.Customer, days)
	if err != nil {
		return err
	}
	r.WorthBy = fmt.Sprintf("What was to come in five years, by the model run as of %s and what the customer had bought until each day. What models of those days said is not kept of single customers, and closed statements hold none; contracts are not in it. The interval is that of the model: what one customer does varies more.", asOf)
	return value(r, run, histories, modelling.Terms{DiscountRate: settings.DiscountRate, Margin: settings.MarginOrOne()})
}

// value values histories.
func value(r *clientele.CustomerReport, run *modelling.Run, histories []warehouse.History, t modelling.Terms) error {
	scores, err := run.Scores(func(yield func(warehouse.Cell, error) bool) {
		for _, h := range histories {
			if h.Bought && !yield(h.Cell, nil) {
				return
			}
		}
	}, t)
	if refusal, refused := fit.AsRefusal(err); refused {
		r.WorthBy, r.WorthWhy = "", refusal.Message
		return nil
	}
	if err != nil {
		return err
	}
	for _, h := range histories {
		w := clientele.CustomerWorth{Day: h.Day, Bought: h.Bought}
		i := slices.IndexFunc(scores.Cells, func(c warehouse.CellScore) bool { return c.X == h.X && c.Tx == h.Tx && c.T == h.T })
		j := slices.IndexFunc(scores.Spend, func(p warehouse.SpendScore) bool { return p.XG == h.XG })
		if h.Bought && i >= 0 && j >= 0 {
			w.PAlive = &scores.Cells[i].PAlive
			if w.Worth, err = worthOf(scores.Cells[i], scores.Spend[j], h.Spend, t.Margin); err != nil {
				return err
			}
		}
		r.Worth = append(r.Worth, w)
	}
	return nil
}

// worthOf is the worth of one customer with its 95 % interval, as of warehouse.CellScore.
func worthOf(c warehouse.CellScore, p warehouse.SpendScore, spent, margin float64) (*clientele.Estimate, error) {
	spend := p.Base + p.Slope*spent
	clv := c.Discounted * spend * margin
	variance := max(0, p.VarBase+2*spent*p.Cov+spent*spent*p.VarSlope) / (spend * spend)
	factor := math.Exp(1.959964 * math.Sqrt(c.LogSD*c.LogSD+variance))
	var e clientele.Estimate
	for to, f := range map[*clientele.Money]float64{&e.Estimate: clv, &e.Low: clv / factor, &e.High: clv * factor} {
		m, err := clientele.EstimateMoney(f)
		if err != nil {
			return nil, err
		}
		*to = m
	}
	return &e, nil
}
