package definition

import (
	"context"

	"github.com/clientele/clientele"
)

// Quarter is a fiscal quarter that the records touch.
type Quarter struct {
	Name    string // 2011-Q3
	Period  clientele.Period
	Covered bool // the records reach far enough for both its ends
}

// Progress is told the step at hand and how much of the whole is done, 0 to 1.
type Progress func(step string, fraction float64)

// Statements makes statements by given settings.
type Statements interface {
	// Quarters lists the fiscal quarters that the records touch, newest first.
	Quarters(ctx context.Context, by clientele.Settings) ([]Quarter, error)
	// Statement is the statement of a period. Progress may be nil.
	Statement(ctx context.Context, p clientele.Period, by clientele.Settings, progress Progress) (clientele.Statement, error)
	// Ready is that statement if it is computed already; ok is false otherwise.
	Ready(ctx context.Context, p clientele.Period, by clientele.Settings) (st clientele.Statement, ok bool, err error)
}

// MaxCompared is how many quarters are compared at most, the newest.
const MaxCompared = 8

// Question asks what a version would have done.
type Question struct {
	Version int             `json:"version"`
	With    int             `json:"with"` // 0: the version in force or, of that one, the version that it changed
	From    *clientele.Date `json:"from"` // only quarters from this day on; nil: all
	To      *clientele.Date `json:"to"`   // only quarters up to this day; nil: all
}

// Side is what one version makes of a quarter.
type Side struct {
	Customers clientele.Heads     `json:"customers"`
	Value     clientele.Money     `json:"value"`  // at closing
	Equity    *clientele.Estimate `json:"equity"` // null where the model is refused
	Why       string              `json:"why,omitempty"`
}

// Difference is Version less With.
type Difference struct {
	Opening     int64            `json:"opening"`
	New         int64            `json:"new"`
	Reactivated int64            `json:"reactivated"`
	Lost        int64            `json:"lost"`
	Closing     int64            `json:"closing"`
	Value       clientele.Money  `json:"value"`
	Equity      *clientele.Money `json:"equity"` // null if either is
}

// Row is one quarter by both versions.
type Row struct {
	Period     string         `json:"period"` // 2011-Q3
	From       clientele.Date `json:"from"`
	To         clientele.Date `json:"to"`
	With       Side           `json:"with"`
	Version    Side           `json:"version"`
	Difference Difference     `json:"difference"`
}

// Comparison holds a version against another over past quarters.
type Comparison struct {
	Currency string   `json:"currency"`
	With     Version  `json:"with"`
	Version  Version  `json:"version"`
	Changes  []Change `json:"changes"`  // from With to Version
	Rows     []Row    `json:"periods"`  // newest first
	LeftOut  []string `json:"left_out"` // quarters for which the records reach back far enough by one version only
}

// comparing is a comparison with what it takes to make it.
type comparing struct {
	Comparison
	with, version clientele.Settings
	quarters      []Quarter
}

// Compare computes past quarters by two versions: those that the records cover by both,
// MaxCompared at most. Progress may be nil. Errors: CodeNotFound if there is no such
// version, CodeInvalid if there is nothing to compare, and those of statements.
func (s *Service) Compare(ctx context.Context, q Question, progress Progress) (Comparison, error) {
	c, err := s.begin(ctx, q)
	if err != nil {
		return Comparison{}, err
	}
	if progress == nil {
		progress = func(string, float64) {}
	}
	done, all := 0.0, float64(2*len(c.quarters))
	err = c.fill(func(x Quarter, by clientele.Settings) (clientele.Statement, bool, error) {
		st, err := s.statements.Statement(ctx, x.Period, by, func(step string, fraction float64) {
			progress(x.Name+": "+step, (done+fraction)/all)
		})
		done++
		return st, true, err
	})
	return c.Comparison, err
}

// Compared is what Compare would return if that is computed already; ok is false otherwise.
// Errors are those of Compare.
func (s *Service) Compared(ctx context.Context, q Question) (c Comparison, ok bool, err error) {
	begun, err := s.begin(ctx, q)
	if err != nil {
		return c, false, err
	}
	err = begun.fill(func(x Quarter, by clientele.Settings) (clientele.Statement, bool, error) {
		return s.statements.Ready(ctx, x.Period, by)
	})
	return begun.Comparison, len(begun.Rows) == len(begun.quarters), err
}

// begin finds the versions and the quarters to compare.
func (s *Service) begin(ctx context.Context, q Question) (c comparing, err error) {
	h, err := s.read(ctx)
	if err != nil {
		return c, err
	}
	if c.Version, err = h.version(q.Version); err != nil {
		return c, err
	}
	if q.With == 0 {
		if q.With = h.inForce().Number; q.With == q.Version {
			q.With = c.Version.Base
		}
	}
	if q.With == 0 || q.With == q.Version {
		return c, clientele.Errorf(clientele.CodeInvalid, "version %d can be compared with another only", q.Version).
			WithHint("Propose a change first: what it would have done is shown before anyone approves it.")
	}
	if c.With, err = h.version(q.With); err != nil {
		return c, err
	}
	c.with, c.version = h.settings(s, c.With), h.settings(s, c.Version)
	c.Currency, c.Changes = s.written.Currency, changes(c.With.Terms, c.Version.Terms)
	c.Rows, c.LeftOut = []Row{}, []string{}
	return c, s.choose(ctx, &c, q)
}

// choose picks the quarters that the records cover by both versions.
func (s *Service) choose(ctx context.Context, c *comparing, q Question) error {
	before, err := s.statements.Quarters(ctx, c.with)
	if err != nil {
		return err
	}
	after, err := s.statements.Quarters(ctx, c.version)
	if err != nil {
		return err
	}
	covered := map[string]bool{}
	for _, x := range after {
		covered[x.Name] = x.Covered
	}
	for _, x := range before {
		asked := (q.From == nil || x.Period.From >= *q.From) && (q.To == nil || x.Period.To <= *q.To)
		switch {
		case !asked:
		case x.Covered != covered[x.Name]:
			c.LeftOut = append(c.LeftOut, x.Name)
		case x.Covered && len(c.quarters) < MaxCompared:
			c.quarters = append(c.quarters, x)
		}
	}
	if len(c.quarters) == 0 {
		return clientele.Errorf(clientele.CodeInvalid, "there is no quarter that the records cover by version %d and by version %d", q.With, q.Version).
			WithHint("Import records that reach further back: the lapse days before a quarter, up to its end.")
	}
	return nil
}

// fill adds the quarters up to the first for which there is no statement.
func (c *comparing) fill(statement func(Quarter, clientele.Settings) (clientele.Statement, bool, error)) error {
	for _, x := range c.quarters {
		before, ok, err := statement(x, c.with)
		if err != nil || !ok {
			return err
		}
		after, ok, err := statement(x, c.version)
		if err != nil || !ok {
			return err
		}
		r := Row{Period: x.Name, From: x.Period.From, To: x.Period.To, With: sideOf(before), Version: sideOf(after)}
		r.Difference = difference(r.With, r.Version)
		c.Rows = append(c.Rows, r)
	}
	return nil
}

func sideOf(st clientele.Statement) Side {
	s := Side{Customers: st.Customers, Value: st.Value.Closing}
	switch {
	case st.Equity != nil:
		s.Equity = &st.Equity.Estimate
	case st.Model != nil:
		s.Why = st.Model.Refused
	}
	return s
}

func difference(with, version Side) Difference {
	a, b := with.Customers, version.Customers
	d := Difference{
		Opening: b.Opening - a.Opening, New: b.New - a.New, Reactivated: b.Reactivated - a.Reactivated, Lost: b.Lost - a.Lost,
		Closing: b.Closing - a.Closing, Value: version.Value.Sub(with.Value),
	}
	if with.Equity != nil && version.Equity != nil {
		equity := version.Equity.Estimate.Sub(with.Equity.Estimate)
		d.Equity = &equity
	}
	return d
}
