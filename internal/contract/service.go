package contract

import (
	"cmp"
	"context"
	"math"
	"math/big"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/retention"
)

// Book is what the service needs to know of the book beside its records.
type Book interface {
	Settings(ctx context.Context) (clientele.Settings, error)
}

// Records are the contracts; see warehouse.Warehouse.
type Records interface {
	Contracts(ctx context.Context, q warehouse.ContractsQuery) ([]warehouse.ContractCell, []clientele.Renewals, error)
}

// Service tells of the contracts of one book.
type Service struct {
	records Records
	book    Book
}

// New makes the service.
func New(r Records, b Book) *Service { return &Service{r, b} }

// Request asks as of a day. KnownFrom, if not 0, is the day from which on the records know
// who left: a base that was migrated in knows nobody who left before.
type Request struct{ AsOf, KnownFrom clientele.Date }

// Contracts tells of the base as of a day. What no model can be fitted to has no worth, and
// Refused says why.
func (s *Service) Contracts(ctx context.Context, r Request) (clientele.ContractBase, error) {
	settings, err := s.book.Settings(ctx)
	if err != nil {
		return clientele.ContractBase{}, err
	}
	cells, renewals, err := s.records.Contracts(ctx, warehouse.ContractsQuery{AsOf: r.AsOf, KnownFrom: r.KnownFrom, GraceDays: settings.Definition.GraceDays})
	if err != nil {
		return clientele.ContractBase{}, err
	}
	out := clientele.ContractBase{
		AsOf: r.AsOf, Currency: settings.Currency, Plans: []clientele.ContractPlan{}, Cohorts: cohorts(cells),
		Renewals: append([]clientele.Renewals{}, renewals...), Warnings: []string{},
	}
	if settings.Margin == nil {
		out.Warnings = append(out.Warnings, "Worth is at revenue: no margin is given, so every unit of revenue counts in full. Set margin in book.toml.")
	}
	t := termsOf(settings)
	if out.Total, err = plan("", cells, t); err != nil {
		return out, err
	}
	byPlan := map[string][]warehouse.ContractCell{}
	for _, c := range cells {
		byPlan[c.Plan] = append(byPlan[c.Plan], c)
	}
	for name, of := range byPlan {
		p, err := plan(name, of, t)
		if err != nil {
			return out, err
		}
		out.Plans = append(out.Plans, p)
	}
	slices.SortFunc(out.Plans, func(a, b clientele.ContractPlan) int {
		return cmp.Or(cmp.Compare(b.Active, a.Active), cmp.Compare(a.Plan, b.Plan))
	})
	return out, nil
}

// terms turn months to come into worth.
type terms struct{ margin, monthly float64 }

func termsOf(s clientele.Settings) terms {
	return terms{s.MarginOrOne(), math.Expm1(math.Log1p(s.DiscountRate) / 12)}
}

func cohorts(cells []warehouse.ContractCell) []clientele.StartedCohort {
	out := []clientele.StartedCohort{}
	for _, c := range cells {
		i, found := slices.BinarySearchFunc(out, c.Quarter, func(s clientele.StartedCohort, q clientele.Date) int { return cmp.Compare(s.Quarter, q) })
		if !found {
			out = slices.Insert(out, i, clientele.StartedCohort{Quarter: c.Quarter})
		}
		if out[i].Started += c.Customers; !c.Left {
			out[i].Active += c.Customers
		}
	}
	return out
}

// plan tells of the customers of some cells.
func plan(name string, cells []warehouse.ContractCell, t terms) (clientele.ContractPlan, error) {
	p := clientele.ContractPlan{Plan: name, Survival: []clientele.SurvivalPoint{}, Parameters: map[string]float64{}}
	var tenures []retention.Cell
	var spells []retention.Spell
	for _, c := range cells {
		n := float64(c.Customers)
		tenures = append(tenures, retention.Cell{Entry: int(c.Entry), Exit: int(c.Months), Left: c.Left, N: n})
		if c.Months > c.Entry {
			spells = append(spells, retention.Spell{Entry: float64(c.Entry), Exit: float64(c.Months), Left: c.Left, N: n})
		}
		if c.Left {
			p.Lost += c.Customers
			continue
		}
		p.Active += c.Customers
		p.Recurring = p.Recurring.Add(c.Recurring)
	}
	steps, err := retention.KaplanMeier(spells)
	if err != nil {
		return p, err
	}
	for _, s := range steps {
		p.Survival = append(p.Survival, clientele.SurvivalPoint{Month: int(s.Time), AtRisk: s.AtRisk, Survival: s.Survival, SE: s.SE})
	}
	m, err := choose(tenures)
	if refusal, ok := fit.AsRefusal(err); ok {
		p.Refused = refusal.Error()
		return p, nil
	}
	if err != nil {
		return p, err
	}
	p.Model = m.Estimate.Model
	for i, parameter := range m.Names {
		p.Parameters[parameter] = m.Theta[i]
	}
	m.value(&p, cells, t)
	return p, nil
}

// fitted is a model of renewals with its estimate.
type fitted struct {
	*fit.Estimate
	of func(theta []float64) retention.Model
}

// choose fits the shifted-beta-geometric or, where customers do not differ, one rate; and
// takes the beta-discrete-Weibull where it gains more than its parameters cost (Akaike, IEEE
// Transactions on Automatic Control 19, 1974). The error is a *fit.Refusal.
func choose(cells []retention.Cell) (fitted, error) {
	best, err := simplest(cells)
	if err != nil {
		return fitted{}, err
	}
	bdw, err := retention.FitBDW(cells)
	if err == nil && bdw.LogLikelihood-best.LogLikelihood > float64(len(bdw.Theta)-len(best.Theta)) {
		return fitted{bdw.Estimate, func(theta []float64) retention.Model {
			return retention.BDW{Alpha: theta[0], Beta: theta[1], C: theta[2]}
		}}, nil
	}
	return best, nil
}

func simplest(cells []retention.Cell) (fitted, error) {
	sbg, err := retention.FitSBG(cells)
	if err == nil {
		return fitted{sbg.Estimate, func(theta []float64) retention.Model { return retention.SBG{Alpha: theta[0], Beta: theta[1]} }}, nil
	}
	if refusal, ok := fit.AsRefusal(err); !ok || refusal.Reason != fit.Limit && refusal.Reason != fit.Flat {
		return fitted{}, err
	}
	one, err := retention.FitGeometric(cells)
	if err != nil {
		return fitted{}, err
	}
	return fitted{one.Estimate, func(theta []float64) retention.Model {
		return retention.Geometric{Retention: theta[0] / (1 + theta[0])}
	}}, nil
}

const (
	horizonMonths = 60
	draws         = 400
	seed          = 1
)

// value adds the months to come and the worth, with its interval by draws of the parameters.
func (f fitted) value(p *clientele.ContractPlan, cells []warehouse.ContractCell, t terms) {
	months, worth, whole := f.worth(f.Theta, cells, t)
	if p.Active > 0 {
		p.ExpectedMonths = new(months / float64(p.Active))
	}
	var drawn []float64
	for _, theta := range f.Draws(draws, seed) {
		_, w, _ := f.worth(theta, cells, t)
		drawn = append(drawn, w)
	}
	slices.Sort(drawn)
	p.Equity = &clientele.Estimate{Estimate: cents(worth), Low: cents(drawn[draws*25/1000]), High: cents(drawn[draws-1-draws*25/1000])}
	if tail := whole - worth; !math.IsInf(tail, 0) && !math.IsNaN(tail) {
		p.Tail = new(cents(tail))
	}
}

// worth sums over those who are there: months to come within the horizon, their worth, and
// the worth without a horizon.
func (f fitted) worth(theta []float64, cells []warehouse.ContractCell, t terms) (months, within, whole float64) {
	m := f.of(theta)
	type ahead struct{ months, within, whole float64 }
	known := map[int32]ahead{}
	for _, c := range cells {
		if c.Left {
			continue
		}
		a, ok := known[c.Months]
		if !ok {
			at := m.LogSurvival(float64(c.Months))
			for k := 1; k <= horizonMonths; k++ {
				s := math.Exp(m.LogSurvival(float64(c.Months)+float64(k)) - at)
				a.months += s
				a.within += s * math.Pow(1+t.monthly, -float64(k))
			}
			a.whole = m.Remaining(float64(c.Months), t.monthly) - 1
			known[c.Months] = a
		}
		amount := c.Recurring.Float64() * t.margin
		months += float64(c.Customers) * a.months
		within += amount * a.within
		whole += amount * a.whole
	}
	return months, within, whole
}

// cents rounds an estimate to whole cents.
func cents(f float64) clientele.Money {
	m, err := clientele.MoneyFromUnits(big.NewInt(int64(math.Round(100*f))), 2)
	if err != nil {
		panic(err) // two decimals are always kept
	}
	return m
}
