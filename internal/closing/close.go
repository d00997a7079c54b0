package closing

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

// Close freezes the statement of a fiscal period, such as 2011-Q3, with everything that
// made it, as the work of by. Progress may be nil. Errors: CodeInvalid if there is no such
// period, it is not over, or the records do not cover it; CodeConflict if it is closed
// already, a later one is, or the records changed meanwhile; CodeNotLoaded if an accepted
// file is not in the records; CodeUnbalanced, and those of the store.
func (s *Service) Close(ctx context.Context, period, by string, progress Progress) (clientele.Close, error) {
	if progress == nil {
		progress = func(string, float64) {}
	}
	c, err := s.begin(ctx, period, by)
	if err != nil {
		return c, err
	}
	version, err := s.parts.Models.DataVersion(ctx)
	if err != nil {
		return c, err
	}
	if err := s.fill(ctx, &c, progress); err != nil {
		return c, err
	}
	now, err := s.parts.Models.DataVersion(ctx)
	if err != nil {
		return c, err
	}
	if now != version {
		return c, clientele.Errorf(clientele.CodeConflict, "the records changed while %s was being closed", c.Period).
			WithHint("Close it again, once the import is done.")
	}
	sealed, text, err := seal(c)
	if err != nil {
		return c, err
	}
	return sealed, s.parts.Closes.AddClose(ctx, store.KeptClose{Number: c.Number, Period: c.Period, Text: text})
}

// begin is a close without its figures, if the period may be closed.
func (s *Service) begin(ctx context.Context, period, by string) (c clientele.Close, err error) {
	settings, err := s.parts.Book.Settings(ctx)
	if err != nil {
		return c, err
	}
	fiscal, err := settings.Fiscal()
	if err != nil {
		return c, err
	}
	name, days, err := fiscal.Parse(period)
	if err != nil {
		return c, err
	}
	if by = strings.TrimSpace(by); by == "" {
		return c, clientele.Errorf(clientele.CodeInvalid, "a close needs the name of who closes")
	}
	closes, err := s.Closes(ctx)
	if err != nil {
		return c, err
	}
	c = clientele.Close{
		Number: int64(len(closes)) + 1, Period: name, From: days.From, To: days.To, At: s.parts.Now().UTC().Truncate(time.Millisecond), By: by,
		Program: s.parts.Program, Settings: settings, Movements: []clientele.EquityMovement{},
	}
	if len(closes) > 0 {
		c.Previous = closes[len(closes)-1].Hash
	}
	return c, closable(c, closes)
}

// closable refuses a period that is not over, that is closed, or that a later one shuts out.
func closable(c clientele.Close, closes []clientele.Close) error {
	for _, before := range closes {
		switch {
		case before.Period == c.Period:
			return clientele.Errorf(clientele.CodeConflict, "%s is closed already, as close %d", c.Period, before.Number).
				WithHint("A close is not opened again: what came late is a restatement in the next movement. See it with: clientele closes BOOK --period %s", c.Period)
		case before.To > c.To:
			return clientele.Errorf(clientele.CodeConflict, "%s ends on %s, before %s does, which is closed", c.Period, c.To, before.Period).
				WithHint("Close periods in their order: the next ends on %s or later.", closes[len(closes)-1].To)
		}
	}
	zone, err := c.Settings.Zone()
	if err != nil {
		return err
	}
	if clientele.DateOf(c.At.In(zone)) <= c.To {
		return clientele.Errorf(clientele.CodeInvalid, "%s is not over: it ends on %s", c.Period, c.To).
			WithHint("Close it from %s on.", c.To+1)
	}
	return nil
}

// fill adds the statement with what made it, and the movements.
func (s *Service) fill(ctx context.Context, c *clientele.Close, progress Progress) (err error) {
	days := clientele.Period{From: c.From, To: c.To}
	read := s.parts.Statements.Read()
	defer read.Close()
	c.Statement, err = read.Whole(ctx, days, func(step string, fraction float64) { progress(step, 0.5*fraction) })
	if err != nil {
		return err
	}
	if err := complete(c); err != nil {
		return err
	}
	progress("Keeping the model", 0.5)
	run, err := s.parts.Models.RunAsOf(ctx, c.To)
	if err != nil {
		return err
	}
	if c.Run, err = json.Marshal(run); err != nil {
		return clientele.Errorf(clientele.CodeInternal, "the model run cannot be kept").Because(err)
	}
	progress("Explaining what moved equity", 0.6)
	all, err := read.Movements(ctx, days, []clientele.Horizon{clientele.FiveYears, clientele.Infinite})
	if err != nil {
		return err
	}
	for _, m := range all {
		if m.Refused != "" {
			continue
		}
		if err := balanced(m); err != nil {
			return err
		}
		c.Movements = append(c.Movements, m)
	}
	return nil
}

// balanced refuses a movement whose lines do not lead from its opening to its closing.
func balanced(m clientele.EquityMovement) error {
	sum := clientele.SumMoney(m.Opening, m.Unwinding, m.ExpectedRelease, m.Window, m.Experience.Total, m.NewCustomers, m.Scope,
		m.CurrencyEffect, m.Restatement, m.AssumptionChange)
	if sum.Equal(m.Closing) {
		return nil
	}
	return clientele.Errorf(clientele.CodeUnbalanced, "the movement of equity does not balance (horizon %s): its lines add up to %s, and it closes at %s", m.Horizon, sum, m.Closing).
		WithHint("Nothing was closed. Report this: it is a defect in Clientele.")
}

// complete refuses a statement that the records do not make whole.
func complete(c *clientele.Close) error {
	data := c.Statement.Data
	if data == nil || !data.PartialPeriod.OpeningCovered || !data.PartialPeriod.ClosingCovered {
		why := "there are no records"
		if data != nil {
			why = data.PartialPeriod.Why
		}
		return clientele.Errorf(clientele.CodeInvalid, "the records do not cover %s: %s", c.Period, why).
			WithHint("Import the files that are missing, or close a period that is covered.")
	}
	for _, f := range data.Imports {
		if f.State != clientele.LoadedState {
			return clientele.Errorf(clientele.CodeNotLoaded, "%s is %s: what it says is missing from %s", f.Name, f.State, c.Period).
				WithHint("Open the book again, or run clientele rebuild.")
		}
	}
	return nil
}
