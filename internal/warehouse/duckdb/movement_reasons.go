package duckdb

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"github.com/clientele/clientele"
)

// addReasons reads the events, and their money, that have a reason.
func (t *tally) addReasons(ctx context.Context, tx *sql.Tx) error {
	return each(ctx, tx, render("reason.sum", t.span), func(rows *sql.Rows) error {
		var segment, direction string
		var isTotal bool
		var line clientele.ReasonLine
		var recurring clientele.Money
		if err := rows.Scan(&segment, &isTotal, &direction, &line.Reason, &line.Customers, moneyTarget{&line.Value}, moneyTarget{&recurring}); err != nil {
			return err
		}
		if t.Contracts {
			line.Recurring = &recurring
		}
		reasons := &t.at(segment, isTotal).Reasons
		if direction == "in" {
			reasons.In = append(reasons.In, line)
		} else {
			reasons.Out = append(reasons.Out, line)
		}
		return nil
	})
}

// finishReasons sorts the reasons and gives the rest of the events and of the
// money to the unknown, so that they sum to the lines they split.
func finishReasons(m *clientele.Movement) {
	var came, left *clientele.Money
	if m.Recurring != nil {
		came, left = new(m.Recurring.New.Add(m.Recurring.Reactivated)), new(m.Recurring.Lost)
	}
	m.Reasons.In = withUnknown(m.Reasons.In, clientele.ReasonLine{
		Customers: m.Heads.New + m.Heads.Reactivated, Value: m.Value.New.Add(m.Value.Reactivated), Recurring: came,
	})
	m.Reasons.Out = withUnknown(m.Reasons.Out, clientele.ReasonLine{Customers: m.Heads.Lost, Value: m.Value.Lost, Recurring: left})
}

func withUnknown(lines []clientele.ReasonLine, rest clientele.ReasonLine) []clientele.ReasonLine {
	slices.SortFunc(lines, func(a, b clientele.ReasonLine) int {
		return cmp.Or(b.Money().Cmp(a.Money()), cmp.Compare(b.Customers, a.Customers), cmp.Compare(a.Reason, b.Reason))
	})
	for _, l := range lines {
		rest.Customers -= l.Customers
		rest.Value = rest.Value.Sub(l.Value)
		if rest.Recurring != nil {
			rest.Recurring = new(rest.Recurring.Sub(*l.Recurring))
		}
	}
	if rest.Customers == 0 {
		return lines
	}
	rest.Reason = clientele.UnknownReason
	return append(lines, rest)
}
