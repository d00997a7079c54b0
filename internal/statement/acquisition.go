package statement

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/kept"
	"github.com/clientele/clientele/internal/modelling"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/btyd"
	"github.com/clientele/clientele/model/fit"
)

// The attributes of customers that say where each came from and what that cost.
const (
	ChannelAttribute = "acquisition_channel"
	costAttribute    = "acquisition_cost"
)

// quartersShown is how many quarters of winning customers are told.
const quartersShown = 12

// Acquisition tells what it brings to win customers, as of a day: computed, or from the
// cache. Where the model is refused nobody is valued, and Refused says why. Errors are those
// of Statement.
func (s *Service) Acquisition(ctx context.Context, asOf clientele.Date) (clientele.Acquisition, error) {
	a, _, err := kept.Answer(ctx, s.answers, func() (kept.Work[clientele.Acquisition], error) {
		b, err := s.acquisitionBasis(ctx, asOf)
		return kept.Work[clientele.Acquisition]{Question: b.question("acquisition"), Compute: func() (clientele.Acquisition, error) { return s.acquisition(ctx, b, asOf) }}, err
	})
	return a, err
}

// ReadyAcquisition returns it if it is in the cache; ok is false if it has to be computed.
func (s *Service) ReadyAcquisition(ctx context.Context, asOf clientele.Date) (a clientele.Acquisition, ok bool, err error) {
	b, err := s.acquisitionBasis(ctx, asOf)
	if err != nil {
		return a, false, err
	}
	return kept.Ready[clientele.Acquisition](ctx, s.answers, b.question("acquisition"))
}

// LatestAcquisition is for it what Latest is for a statement.
func (s *Service) LatestAcquisition(ctx context.Context, asOf clientele.Date) (a clientele.Acquisition, is kept.Is, err error) {
	b, err := s.acquisitionBasis(ctx, asOf)
	if err != nil {
		return a, is, err
	}
	return kept.Latest[clientele.Acquisition](ctx, s.answers, b.question("acquisition"))
}

// acquisitionBasis is what makes it, as for a statement of the day.
func (s *Service) acquisitionBasis(ctx context.Context, asOf clientele.Date) (basis, error) {
	return s.basis(ctx, Request{Period: clientele.Period{From: asOf, To: asOf}})
}

func (s *Service) acquisition(ctx context.Context, b basis, asOf clientele.Date) (clientele.Acquisition, error) {
	a, run, err := s.won(ctx, b, asOf)
	if err != nil || a.Future == nil {
		return a, err
	}
	opening := asOf.AddMonths(-movedMonths)
	before, then, err := s.won(ctx, b, opening)
	if err != nil {
		return a, err
	}
	if before.Future == nil {
		a.Future.MovedWhy = cmp.Or(before.Why, before.Refused)
		return a, nil
	}
	a.Future.Moved = movedFuture(before, a, then, run, b.terms())
	return a, nil
}

// movedMonths is how far back the opening of a movement of future customers lies.
const movedMonths = 3

// movedFuture is how the worth of future customers moved between two days.
func movedFuture(before, after clientele.Acquisition, then, now *modelling.Run, t modelling.Terms) *clientele.FutureMovement {
	f0, f1 := before.Future, after.Future
	m := &clientele.FutureMovement{Since: before.AsOf, NetOfCost: f0.Net != nil && f1.Net != nil, Opening: f0.Worth, Closing: f1.Worth}
	from, to := modelling.Forecast{Run: then, Pace: f0.Years[0].Customers}, modelling.Forecast{Run: now, Pace: f1.Years[0].Customers}
	if m.NetOfCost {
		m.Opening, m.Closing = *f0.Net, *f1.Net
		from.Cost, to.Cost = f0.CostEach.Float64(), f1.CostEach.Float64()
	}
	last := m.Opening.Estimate
	levels := from.Moved(to, float64(after.AsOf-before.AsOf)/btyd.DaysPerWeek, t)
	for i, line := range []*clientele.Money{&m.Unwinding, &m.ExpectedRelease, &m.Window, &m.Pace, &m.Cost} {
		level := fromCents(cents(levels[i+1]))
		*line, last = level.Sub(last), level
	}
	m.AssumptionChange = m.Closing.Estimate.Sub(last)
	return m
}

// won tells what it brought to win customers up to a day, and by which run; without the
// movement of those still to be won.
func (s *Service) won(ctx context.Context, b basis, asOf clientele.Date) (clientele.Acquisition, *modelling.Run, error) {
	a := clientele.Acquisition{
		AsOf: asOf, Currency: b.Settings.Currency, Quarters: []clientele.AcquiredCohort{}, Channels: []clientele.AcquiredCohort{},
		Warnings: append([]string{}, b.warnings()...),
	}
	summary, err := s.warehouse.Summarise(ctx, asOf)
	if err != nil {
		return a, nil, err
	}
	defer summary.Close()
	run, err := s.models.Run(ctx, asOf, b.Data, summary, nil)
	if err != nil {
		return a, nil, err
	}
	q := warehouse.AcquiredQuery{Channel: ChannelAttribute, Cost: costAttribute, Margin: b.terms().Margin}
	if a.Refused = run.Refused; run.Usable() {
		scores, err := run.Scores(summary.Cells(ctx, warehouse.CellsBy{}), b.terms())
		if refusal, ok := fit.AsRefusal(err); ok {
			a.Refused = refusal.Error()
		} else if err != nil {
			return a, nil, err
		}
		q.Cells, q.Spend = scores.Cells, scores.Spend
	}
	groups, err := summary.Acquired(ctx, q)
	if err != nil {
		return a, nil, err
	}
	addCohorts(&a, groups, b.terms().Margin)
	tracking, err := s.warehouse.Tracking(ctx, asOf)
	if err != nil {
		return a, nil, err
	}
	addFuture(&a, run, b.terms(), tracking.FirstPurchases)
	return a, run, nil
}

// addCohorts adds groups up by quarter, and those of the last year by channel.
func addCohorts(a *clientele.Acquisition, groups []warehouse.AcquiredGroup, margin float64) {
	quarters, channels := map[string]*sumOfGroups{}, map[string]*sumOfGroups{}
	for _, g := range groups {
		name := g.Quarter.Quarter()
		if quarters[name] == nil {
			quarters[name] = &sumOfGroups{from: &g.Quarter}
		}
		quarters[name].add(g)
		if g.Recent {
			if channels[g.Channel] == nil {
				channels[g.Channel] = &sumOfGroups{}
			}
			channels[g.Channel].add(g)
		}
	}
	for name, s := range quarters {
		a.Quarters = append(a.Quarters, s.cohort(name, margin))
	}
	for name, s := range channels {
		a.Channels = append(a.Channels, s.cohort(name, margin))
	}
	slices.SortFunc(a.Quarters, func(x, y clientele.AcquiredCohort) int { return cmp.Compare(*x.From, *y.From) })
	a.Quarters = a.Quarters[max(0, len(a.Quarters)-quartersShown):]
	slices.SortFunc(a.Channels, func(x, y clientele.AcquiredCohort) int {
		return cmp.Or(cmp.Compare(y.Customers, x.Customers), cmp.Compare(x.Name, y.Name))
	})
}

// sumOfGroups adds groups up.
type sumOfGroups struct {
	from              *clientele.Date
	customers, costed int64
	cost, net         clientele.Money
	worth             float64
}

func (s *sumOfGroups) add(g warehouse.AcquiredGroup) {
	s.customers, s.costed = s.customers+g.Customers, s.costed+g.Costed
	s.cost, s.net, s.worth = s.cost.Add(g.Cost), s.net.Add(g.Net), s.worth+g.Worth
}

func (s *sumOfGroups) cohort(name string, margin float64) clientele.AcquiredCohort {
	c := clientele.AcquiredCohort{
		Name: name, From: s.from, Customers: s.customers, Earned: s.net.Share(margin), Worth: fromCents(cents(s.worth)),
		Costed: s.costed, Cost: s.cost,
	}
	if s.customers > 0 {
		c.Each = new((c.Earned.Float64() + s.worth) / float64(s.customers))
	}
	if s.costed > 0 {
		c.CostEach = new(s.cost.Float64() / float64(s.costed))
	}
	if c.Each != nil && c.CostEach != nil && *c.CostEach > 0 {
		c.Return = new(*c.Each / *c.CostEach)
	}
	return c
}

// addFuture adds the customers still to be won, or says why they cannot be told.
func addFuture(a *clientele.Acquisition, run *modelling.Run, terms modelling.Terms, first []warehouse.DayCount) {
	if a.Refused != "" {
		a.Why = "What a new customer is worth cannot be told."
		return
	}
	counts := map[clientele.Date]int64{}
	var began clientele.Date
	for i, d := range first {
		counts[d.Day] += d.N
		if i == 0 || d.Day < began {
			began = d.Day
		}
	}
	pace, why := modelling.NewPace(counts, began, a.AsOf)
	if why != "" {
		a.Why = why
		return
	}
	var cost *float64
	var spent clientele.Money
	var costed int64
	for _, c := range a.Channels {
		spent, costed = spent.Add(c.Cost), costed+c.Costed
	}
	if costed > 0 {
		cost = new(spent.Float64() / float64(costed))
	}
	f := run.Future(pace, terms, cost)
	a.Future = &clientele.FutureCustomers{Years: f.Years, Each: told(f.Each), Worth: told(f.Worth), Basis: pace.Basis()}
	if cost != nil {
		a.Future.CostEach = new(fromCents(cents(*cost)))
		a.Future.Net = new(told(f.Net))
	}
}

// told is an estimate with its ends, in whole cents.
func told(v [3]float64) clientele.Estimate {
	return clientele.Estimate{Estimate: fromCents(cents(v[0])), Low: fromCents(cents(math.Min(v[0], v[1]))), High: fromCents(cents(math.Max(v[0], v[2])))}
}
