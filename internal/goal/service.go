package goal

import (
	"context"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ledger"
	"github.com/clientele/clientele/internal/store"
)

// LedgerName is the ledger that goals are signed into.
const LedgerName = "goals"

// Progress is told the step at hand and how much of the whole is done, 0 to 1.
type Progress func(step string, fraction float64)

// Statements makes the statements that goals are held against.
type Statements interface {
	// Coverage says whether the records reach far enough for both ends of a period.
	Coverage(ctx context.Context, p clientele.Period) (clientele.Coverage, error)
	// Latest is the last fiscal quarter that is covered; ok is false if there is none.
	Latest(ctx context.Context) (p clientele.Period, ok bool, err error)
	// Statement is the statement of a period, worth included. Progress may be nil.
	Statement(ctx context.Context, p clientele.Period, progress Progress) (clientele.Statement, error)
	// Ready is that statement if it is computed already; ok is false otherwise.
	Ready(ctx context.Context, p clientele.Period) (st clientele.Statement, ok bool, err error)
	// Exact is the statement without worth, which takes less.
	Exact(ctx context.Context, p clientele.Period) (clientele.Statement, error)
}

// Book is what goals need to know of the book beside its records.
type Book interface {
	Settings(ctx context.Context) (clientele.Settings, error)
}

// Parts are what the service works with.
type Parts struct {
	Ledgers    store.Ledgers
	Book       Book
	Statements Statements
	Now        func() time.Time // nil: the clock
}

// Service keeps the goals of one book. Its methods may be called from several goroutines.
type Service struct {
	ledger     *ledger.Ledger[signed]
	book       Book
	statements Statements
}

// signed is what an entry of the ledger says.
type signed struct {
	Period string         `json:"period"`
	From   clientele.Date `json:"from"`
	To     clientele.Date `json:"to"`
	Targets
}

// New makes the service.
func New(p Parts) *Service {
	return &Service{ledger.New[signed](p.Ledgers, LedgerName, p.Now), p.Book, p.Statements}
}

// Verify names the entries of the ledger that are not as they were signed.
func (s *Service) Verify(ctx context.Context) ([]ledger.Finding, error) { return s.ledger.Verify(ctx) }

// Goals lists the goals, the latest period first. CodeInvalid if the ledger is not as it
// was signed.
func (s *Service) Goals(ctx context.Context) ([]Goal, error) {
	entries, err := s.ledger.Entries(ctx)
	if err != nil {
		return nil, err
	}
	return goalsOf(entries), nil
}

func goalsOf(entries []ledger.Entry[signed]) []Goal {
	goals := []Goal{}
	for _, e := range entries {
		g := Goal{Period: e.Body.Period, From: e.Body.From, To: e.Body.To, Targets: e.Body.Targets, By: e.By, At: e.At}
		if i := slices.IndexFunc(goals, func(o Goal) bool { return o.Period == g.Period }); i >= 0 {
			g.Targets = g.over(goals[i].Targets)
			goals[i] = g
			continue
		}
		goals = append(goals, g)
	}
	slices.SortStableFunc(goals, func(a, b Goal) int {
		if a.To != b.To {
			return int(b.To) - int(a.To)
		}
		return int(a.From) - int(b.From) // a year before its last quarter
	})
	return goals
}

// Goal is what is aimed at in a fiscal period; without targets and By if nothing is.
// CodeInvalid if there is no such period, or the ledger is not as it was signed.
func (s *Service) Goal(ctx context.Context, period string) (Goal, error) {
	name, days, err := s.parse(ctx, period)
	if err != nil {
		return Goal{}, err
	}
	goals, err := s.Goals(ctx)
	if i := slices.IndexFunc(goals, func(g Goal) bool { return g.Period == name }); i >= 0 {
		return goals[i], err
	}
	return Goal{Period: name, From: days.From, To: days.To}, err
}

// Set signs targets for a fiscal period; those that the period has already and that are
// not given stay. Errors: CodeInvalid if there is no such period, a target is negative or
// none is given, or by names nobody; CodeConflict if somebody signed at the same time.
func (s *Service) Set(ctx context.Context, period string, t Targets, by string) (Goal, error) {
	name, days, err := s.parse(ctx, period)
	if err != nil {
		return Goal{}, err
	}
	lines := t.list()
	if len(lines) == 0 {
		return Goal{}, clientele.Errorf(clientele.CodeInvalid, "the goal of %s has no target", name).
			WithHint("Give at least one: customers, value, equity, sales or profit.")
	}
	for _, l := range lines {
		if l.Target.Sign() < 0 {
			return Goal{}, clientele.Errorf(clientele.CodeInvalid, "the target for %s is negative", l.Measure).WithHint("A target is 0 or more.")
		}
	}
	entries, err := s.ledger.Entries(ctx)
	if err != nil {
		return Goal{}, err
	}
	added, err := s.ledger.Add(ctx, entries, by, signed{name, days.From, days.To, t})
	if err != nil {
		return Goal{}, err
	}
	goals := goalsOf(append(entries, added))
	return goals[slices.IndexFunc(goals, func(g Goal) bool { return g.Period == name })], nil
}

// parse gives the name and the days of a fiscal period. CodeInvalid if there is none.
func (s *Service) parse(ctx context.Context, period string) (name string, days clientele.Period, err error) {
	f, _, err := s.calendar(ctx)
	if err != nil {
		return "", days, err
	}
	return f.Parse(strings.TrimSpace(period))
}

// calendar gives the fiscal calendar and the settings in force.
func (s *Service) calendar(ctx context.Context) (clientele.Fiscal, clientele.Settings, error) {
	settings, err := s.book.Settings(ctx)
	if err != nil {
		return clientele.Fiscal{}, settings, err
	}
	f, err := settings.Fiscal()
	return f, settings, err
}

// Report is a period beside its goal, if it has one, with the alarm; computed. ok is false
// if the fiscal calendar has no such period. Progress may be nil. Errors are those of
// Goals and of statements.
func (s *Service) Report(ctx context.Context, p clientele.Period, progress Progress) (r Report, ok bool, err error) {
	v, ok, err := s.view(ctx, p)
	if err != nil || !ok {
		return r, false, err
	}
	err = v.fill(func(p clientele.Period) (clientele.Statement, bool, error) {
		st, err := s.statements.Statement(ctx, p, progress)
		return st, true, err
	}, func(p clientele.Period) (clientele.Statement, bool, error) {
		if st, ok, err := s.statements.Ready(ctx, p); ok || err != nil {
			return st, ok, err
		}
		st, err := s.statements.Exact(ctx, p)
		return st, true, err
	})
	return v.Report, true, err
}

// Ready is what Report gives if its statements are computed already; ok is false where they
// are not, or the calendar has no such period, which Named tells.
func (s *Service) Ready(ctx context.Context, p clientele.Period) (r Report, ok bool, err error) {
	v, ok, err := s.view(ctx, p)
	if err != nil || !ok {
		return r, false, err
	}
	ready := func(p clientele.Period) (clientele.Statement, bool, error) { return s.statements.Ready(ctx, p) }
	err = v.fill(ready, ready)
	return v.Report, v.done, err
}

// Prepare computes what Ready needs. Progress may be nil.
func (s *Service) Prepare(ctx context.Context, p clientele.Period, progress Progress) error {
	v, ok, err := s.view(ctx, p)
	if err != nil || !ok {
		return err
	}
	compute := func(p clientele.Period) (clientele.Statement, bool, error) {
		st, err := s.statements.Statement(ctx, p, progress)
		return st, true, err
	}
	return v.fill(compute, compute)
}

// Named reports whether the fiscal calendar has a period of so many days.
func (s *Service) Named(ctx context.Context, p clientele.Period) (bool, error) {
	f, _, err := s.calendar(ctx)
	if err != nil {
		return false, err
	}
	_, ok := nameOf(f, p)
	return ok, nil
}

// view is a report in the making.
type view struct {
	Report
	before   named
	settings clientele.Settings
	covered  clientele.Coverage
	done     bool // whether all that it takes was there
}

// view begins the report of a period; ok is false if the calendar has none of so many days.
func (s *Service) view(ctx context.Context, p clientele.Period) (v view, ok bool, err error) {
	f, settings, err := s.calendar(ctx)
	if err != nil {
		return v, false, err
	}
	n, ok := nameOf(f, p)
	if !ok {
		return v, false, nil
	}
	v.settings, v.Goal = settings, Goal{Period: n.name, From: n.days.From, To: n.days.To}
	v.before, _ = before(f, n)
	goals, err := s.Goals(ctx)
	if err != nil {
		return v, false, err
	}
	for _, g := range goals {
		if g.From == p.From && g.To == p.To {
			v.Goal = g
		}
	}
	v.Lines = append([]Line{}, v.list()...)
	v.covered, err = s.statements.Coverage(ctx, p)
	return v, true, err
}

// fill adds what came of a period; sold is asked for the period before it, of which only
// the revenue is needed.
func (v *view) fill(whole, sold func(clientele.Period) (clientele.Statement, bool, error)) error {
	if !v.covered.ClosingCovered {
		for i := range v.Lines {
			v.Lines[i].Why = v.covered.Why
		}
		v.Alarm, v.done = untold(v.Period, v.before.name, v.covered.Why), true
		return nil
	}
	st, ok, err := whole(clientele.Period{From: v.From, To: v.To})
	if err != nil || !ok {
		return err
	}
	score(v.Lines, st, v.settings.Margin)
	if why := v.unalarming(st); why != "" {
		v.Alarm, v.done = untold(v.Period, v.before.name, why), true
		return nil
	}
	then, ok, err := sold(v.before.days)
	if err != nil || !ok {
		return err
	}
	v.Alarm, v.done = alarmOf(st, then.Revenue.Net, v.settings.Margin, v.Period, v.before.name), true
	return nil
}

// unalarming says why a statement cannot tell the alarm, as a clause; "" if it can.
func (v *view) unalarming(st clientele.Statement) string {
	switch {
	case v.before.name == "":
		return "the calendar has no period before " + v.Period
	case st.Equity == nil:
		return refusal(st)
	case !v.covered.OpeningCovered:
		return v.covered.Why
	case st.Data == nil || st.Data.FirstDay == nil || *st.Data.FirstDay > v.before.days.From:
		return "the records begin after " + v.before.name + " does"
	case st.Equity.Moved == nil:
		return "there is no worth at opening"
	}
	return ""
}

// count is a whole number as an amount.
func count(n int64) clientele.Money {
	m, _ := clientele.MoneyFromUnits(big.NewInt(n), 0) // a whole amount always is one
	return m
}
