package contract

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/retention"
)

// ownModels is how many plans, the largest, may have models of their own.
const ownModels = 24

// builder makes a report of counts.
type builder struct {
	settings clientele.Settings
	counted  warehouse.Contracts
	report   clientele.ContractReport
	all      map[string]outcome            // recurring period → the model of all plans
	plans    map[string]map[string]outcome // plan → recurring period → the model it is valued by
	seeds    uint64
}

// outcome is a model, or why there is none.
type outcome struct {
	fitted  *fitted
	refused string
	ofAll   bool
}

func newBuilder(settings clientele.Settings, asOf clientele.Date, counted warehouse.Contracts) *builder {
	return &builder{settings: settings, counted: counted, all: map[string]outcome{}, plans: map[string]map[string]outcome{}, report: clientele.ContractReport{
		Currency: settings.Currency, AsOf: asOf, Definition: settings.Definition, DiscountRate: settings.DiscountRate, Margin: settings.MarginOrOne(),
		Plans: []clientele.ContractGroup{}, Cohorts: []clientele.ContractGroup{}, Renewals: []clientele.RenewalMonth{}, Warnings: []string{},
	}}
}

// groups fills in the company, its plans and its cohorts.
func (b *builder) groups() (err error) {
	if b.report.All, err = group("", b.counted); err != nil {
		return err
	}
	for _, period := range periodsOf(b.counted.Spells) {
		b.all[period] = b.fit(cells(b.counted.Spells, period))
		b.report.All.Models = append(b.report.All.Models, b.all[period].report(period))
	}
	if err := b.byPlan(); err != nil {
		return err
	}
	for year, part := range split(b.counted, func(s warehouse.Spell) int32 { return s.Cohort }, func(d warehouse.Due) int32 { return d.Cohort }) {
		g, err := group(fmt.Sprint(year), part)
		if err != nil {
			return err
		}
		b.report.Cohorts = append(b.report.Cohorts, g)
	}
	slices.SortFunc(b.report.Cohorts, func(x, y clientele.ContractGroup) int { return cmp.Compare(x.Name, y.Name) })
	return nil
}

// byPlan values every plan by its own models or those of all, and the company by its plans.
func (b *builder) byPlan() error {
	parts := split(b.counted, func(s warehouse.Spell) string { return s.Plan }, func(d warehouse.Due) string { return d.Plan })
	names := slices.SortedFunc(maps.Keys(parts), func(x, y string) int {
		return cmp.Or(cmp.Compare(contracts(parts[y].Spells), contracts(parts[x].Spells)), cmp.Compare(x, y))
	})
	total, refused := &worth{}, ""
	for i, name := range names {
		g, err := group(cmp.Or(name, clientele.UnknownSegment), parts[name])
		if err != nil {
			return err
		}
		b.plans[name] = map[string]outcome{}
		for _, period := range periodsOf(parts[name].Spells) {
			o := b.modelOf(parts[name].Spells, period, len(names) > 1 && i < ownModels)
			b.plans[name][period] = o
			g.Models = append(g.Models, o.report(period))
		}
		w, why := b.worth(parts[name].Due, b.plans[name])
		if g.Refused, refused = why, cmp.Or(refused, why); why == "" {
			total.add(w)
			if g.Equity, err = w.equity(g.Active); err != nil {
				return err
			}
		}
		b.report.Plans = append(b.report.Plans, g)
	}
	all := &b.report.All
	if all.Refused = refused; refused != "" {
		return nil
	}
	var err error
	all.Equity, err = total.equity(all.Active)
	return err
}

// modelOf is the plan's own model, if it may have one and it can be fitted, else that of all.
func (b *builder) modelOf(spells []warehouse.Spell, period string, own bool) outcome {
	if own {
		if o := b.fit(cells(spells, period)); o.fitted != nil {
			return o
		}
	}
	o := b.all[period]
	o.ofAll = true
	return o
}

func (b *builder) fit(c []retention.Cell) outcome {
	b.seeds++
	f, err := choose(c, b.seeds)
	if r, ok := fit.AsRefusal(err); ok {
		return outcome{refused: r.Error()}
	}
	return outcome{fitted: f}
}

func (o outcome) report(period string) clientele.ContractModel {
	if o.fitted == nil {
		return clientele.ContractModel{Period: period, OfAll: o.ofAll, Refused: o.refused, Parameters: map[string]float64{}, StandardErrors: map[string]float64{}}
	}
	m := o.fitted.report(period)
	m.OfAll = o.ofAll
	return m
}

// worth values running contracts; why says why they cannot be.
func (b *builder) worth(due []warehouse.Due, by map[string]outcome) (w *worth, why string) {
	if b.settings.DiscountRate <= 0 {
		return nil, "The discount rate is 0, so that the worth beyond five years has no end. Set discount_rate above 0 in book.toml."
	}
	w = &worth{}
	for _, period := range slices.Sorted(maps.Keys(by)) {
		running := slices.ContainsFunc(due, func(d warehouse.Due) bool { return d.Period == period && !d.Ends })
		switch o := by[period]; {
		case !running:
		case o.fitted == nil:
			return nil, o.refused
		default:
			w.add(worthOf(due, o.fitted, period, terms{b.settings.DiscountRate, b.report.Margin}))
		}
	}
	return w, ""
}

// group counts contracts, and tells how long they run.
func group(name string, c warehouse.Contracts) (clientele.ContractGroup, error) {
	g := clientele.ContractGroup{Name: name, Contracts: contracts(c.Spells)}
	for _, s := range c.Spells {
		if s.Ended {
			g.Ended += s.N
		}
		if s.EntryMonths > 0 || s.Entry > 0 {
			g.LateEntry += s.N
		}
	}
	for _, d := range c.Due {
		g.Active += d.N
		g.Unpriced += d.Unpriced
		g.Recurring = g.Recurring.Add(d.Recurring)
	}
	var err error
	g.Survival, err = survival(c.Spells)
	g.Median = median(g.Survival)
	return g, err
}

func contracts(spells []warehouse.Spell) (n int64) {
	for _, s := range spells {
		n += s.N
	}
	return n
}

// periodsOf are the recurring periods that there are, in order of their names.
func periodsOf(spells []warehouse.Spell) []string {
	seen := map[string]bool{}
	for _, s := range spells {
		seen[s.Period] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

// split groups counts by what they share.
func split[K comparable](c warehouse.Contracts, ofSpell func(warehouse.Spell) K, ofDue func(warehouse.Due) K) map[K]warehouse.Contracts {
	out := map[K]warehouse.Contracts{}
	for _, s := range c.Spells {
		part := out[ofSpell(s)]
		part.Spells = append(part.Spells, s)
		out[ofSpell(s)] = part
	}
	for _, d := range c.Due {
		part := out[ofDue(d)]
		part.Due = append(part.Due, d)
		out[ofDue(d)] = part
	}
	return out
}

// renewals lists what falls due in the month of the day and the twelve after it; what is
// overdue, within the grace, falls due at once.
func (b *builder) renewals() {
	y, m, _ := b.report.AsOf.Time().Date()
	first := clientele.NewDate(y, m, 1)
	for i := range 13 {
		month := clientele.RenewalMonth{Month: first.AddMonths(i), Expected: new(float64)}
		for _, d := range b.counted.Due {
			if max(d.Month, first) == month.Month {
				b.falls(&month, d)
			}
		}
		b.report.Renewals = append(b.report.Renewals, month)
	}
}

// falls adds contracts to the month in which they fall due.
func (b *builder) falls(month *clientele.RenewalMonth, d warehouse.Due) {
	if d.Ends {
		month.Ending += d.N
		month.Lost = month.Lost.Add(d.Recurring)
		return
	}
	month.Due += d.N
	month.Recurring = month.Recurring.Add(d.Recurring)
	if f := b.plans[d.Plan][d.Period].fitted; f == nil {
		month.Expected = nil
	} else if month.Expected != nil {
		*month.Expected += float64(d.N) * retention.Rate(f.model, float64(d.Renewals)+1)
	}
}
