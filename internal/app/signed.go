package app

import (
	"context"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/config"
	"github.com/clientele/clientele/internal/definition"
	"github.com/clientele/clientele/internal/goal"
	"github.com/clientele/clientele/internal/statement"
)

// statementsBy makes statements by other settings than the book has now.
func (b *Book) statementsBy(s clientele.Settings) *statement.Service {
	return statement.New(b.Records, b.Models, settled{b, s}, b.Store, program())
}

// toDefine makes statements for definitions.
type toDefine struct{ book *Book }

// Quarters implements definition.Statements.
func (t toDefine) Quarters(ctx context.Context, by clientele.Settings) ([]definition.Quarter, error) {
	periods, _, err := t.book.statementsBy(by).Periods(ctx)
	var quarters []definition.Quarter
	for _, p := range periods.Named {
		if strings.Contains(p.Fiscal, "-Q") {
			quarters = append(quarters, definition.Quarter{Name: p.Fiscal, Period: p.Period, Covered: p.Covered})
		}
	}
	return quarters, err
}

// Statement implements definition.Statements.
func (t toDefine) Statement(ctx context.Context, p clientele.Period, by clientele.Settings, progress definition.Progress) (clientele.Statement, error) {
	return t.book.statementsBy(by).Statement(ctx, statement.Request{Period: p}, statement.Progress(progress))
}

// Ready implements definition.Statements.
func (t toDefine) Ready(ctx context.Context, p clientele.Period, by clientele.Settings) (clientele.Statement, bool, error) {
	return t.book.statementsBy(by).Ready(ctx, statement.Request{Period: p})
}

// toAim makes statements for goals.
type toAim struct{ book *Book }

// Coverage implements goal.Statements.
func (t toAim) Coverage(ctx context.Context, p clientele.Period) (clientele.Coverage, error) {
	return t.book.Statements.Coverage(ctx, p)
}

// Latest implements goal.Statements.
func (t toAim) Latest(ctx context.Context) (clientele.Period, bool, error) {
	periods, ok, err := t.book.Statements.Periods(ctx)
	return periods.Default.Period, ok && periods.Default.Fiscal != "", err
}

// Statement implements goal.Statements.
func (t toAim) Statement(ctx context.Context, p clientele.Period, progress goal.Progress) (clientele.Statement, error) {
	return t.book.Statements.Statement(ctx, statement.Request{Period: p}, statement.Progress(progress))
}

// Ready implements goal.Statements.
func (t toAim) Ready(ctx context.Context, p clientele.Period) (clientele.Statement, bool, error) {
	return t.book.Statements.Ready(ctx, statement.Request{Period: p})
}

// Exact implements goal.Statements.
func (t toAim) Exact(ctx context.Context, p clientele.Period) (clientele.Statement, error) {
	return t.book.Statements.Exact(ctx, statement.Request{Period: p})
}

// tellDisagreements says where book.toml says otherwise than the definition in force.
func (b *Book) tellDisagreements(ctx context.Context, w Watcher) {
	differ, err := b.Definitions.Disagreements(ctx)
	if err != nil || len(differ) == 0 {
		return // damage is for verify to name, and for whoever asks for settings
	}
	texts := make([]string, 0, len(differ))
	for _, c := range differ {
		texts = append(texts, c.String())
	}
	w.notice("%s says otherwise than the definition in force, which holds (in force → %s): %s", config.FileName, config.FileName, strings.Join(texts, ", "))
}
