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
		if err := rows.Scan(&segment, &isTotal, &direction, &line.Reason, &line.Customers, moneyTarget{&line.Value}); err != nil {
			return err
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
	m.Reasons.In = withUnknown(m.Reasons.In, m.Heads.New+m.Heads.Reactivated, m.Value.New.Add(m.Value.Reactivated))
	m.Reasons.Out = withUnknown(m.Reasons.Out, m.Heads.Lost, m.Value.Lost)
}

func withUnknown(lines []clientele.ReasonLine, heads int64, value clientele.Money) []clientele.ReasonLine {
	slices.SortFunc(lines, func(a, b clientele.ReasonLine) int {
		return cmp.Or(b.Value.Cmp(a.Value), cmp.Compare(b.Customers, a.Customers), cmp.Compare(a.Reason, b.Reason))
	})
	for _, l := range lines {
		heads -= l.Customers
		value = value.Sub(l.Value)
	}
	if heads == 0 {
		return lines
	}
	return append(lines, clientele.ReasonLine{Reason: clientele.UnknownReason, Customers: heads, Value: value})
}
