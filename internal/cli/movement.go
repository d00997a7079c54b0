package cli

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/spreadsheet"
	"github.com/clientele/clientele/internal/statement"
	"github.com/clientele/clientele/internal/warehouse"
)

func (c *command) movement() *cobra.Command {
	var f statementFlags
	horizon := string(clientele.FiveYears)
	cmd := &cobra.Command{
		Use: "movement BOOK --from DATE --to DATE", Short: "Explain how customer equity moved over a period", Args: cobra.ExactArgs(1),
		Long: `Explain how customer equity moved over a period, from what customers were worth at
the close of the day before it to what they are worth at the close of its last day:
the discount unwound, the margin that was expected, what customers did beside it,
who came, and what the model learned. Both days are inclusive.`,
		Example: `  clientele movement acme --from 2026-07-01 --to 2026-09-30
  clientele movement acme --from 2026-07-01 --to 2026-09-30 --horizon infinite --json
  clientele movement acme --from 2026-07-01 --to 2026-09-30 --explain experience.survival`,
	}
	f.register(cmd, "show the customers behind a line, such as experience.survival")
	cmd.Flags().StringVar(&horizon, "horizon", horizon, "how many years ahead worth counts: 5, or infinite")
	complete(cmd, "explain", equityLineNames())
	complete(cmd, "horizon", []string{string(clientele.FiveYears), string(clientele.Infinite)})
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		r, err := f.request()
		if err != nil {
			return usage(cmd, err)
		}
		q := statement.EquityRequest{Request: r, Horizon: clientele.Horizon(horizon)}
		if q.Horizon != clientele.FiveYears && q.Horizon != clientele.Infinite {
			return usage(cmd, fmt.Errorf("--horizon is 5 or infinite, not %q", horizon))
		}
		return c.withBook(cmd.Context(), args[0], func(b *app.Book, w app.Watcher) error {
			if f.explain != "" {
				return c.explainEquity(cmd.Context(), b, q, f)
			}
			return c.writeMovement(cmd.Context(), b, q, f.format, w)
		})
	}
	return cmd
}

func equityLineNames() []string {
	var names []string
	for _, e := range statement.EquityEntries() {
		names = append(names, string(e.Line))
	}
	return names
}

func (c *command) writeMovement(ctx context.Context, b *app.Book, r statement.EquityRequest, form format, w app.Watcher) error {
	m, err := b.Statements.EquityMovement(ctx, r, fractions(w))
	if err != nil {
		return err
	}
	switch {
	case form.json:
		return c.writeJSON(m)
	case form.csv:
		return c.writeMovementCSV(m)
	}
	settings, err := b.Settings(ctx)
	if err != nil {
		return err
	}
	return writeMovementText(c.out, settings.Name, m)
}

// writeMovementCSV writes a row per line and segment.
func (c *command) writeMovementCSV(m clientele.EquityMovement) error {
	w := csv.NewWriter(c.out)
	if err := w.Write([]string{"line", "segment", "amount", "low", "high"}); err != nil {
		return err
	}
	for _, part := range append([]clientele.EquityMovement{m}, m.Segments...) {
		for _, e := range statement.EquityEntries() {
			row := []string{string(e.Line), spreadsheet.Text(part.Segment), e.Of(&part).String(), "", ""}
			if v, ok := part.Intervals[string(e.Line)]; ok {
				row[3], row[4] = v.Low.String(), v.High.String()
			}
			if err := w.Write(row); err != nil {
				return err
			}
		}
	}
	w.Flush()
	return w.Error()
}

// writeMovementText writes a movement for people to read.
func writeMovementText(w *bufio.Writer, name string, m clientele.EquityMovement) error {
	p := page{w}
	fmt.Fprintf(p, "%s: how customer equity moved, %s to %s\n\n", name, m.From, m.To)
	if m.Refused != "" {
		p.note("There is no equity movement. " + m.Refused)
		return w.Flush()
	}
	p.note(statement.MovementHeadline(m))
	for _, warning := range m.Warnings {
		p.note("Beware: " + warning)
	}
	p.section("Customer equity, "+horizonText(m.Horizon), m.Currency)
	for _, e := range statement.EquityEntries() {
		amount := e.Of(&m)
		switch {
		case e.Line == "closing":
			p.sum("at closing", cents(amount))
		case e.Line == "opening":
			p.line("at opening", cents(amount))
		case e.Part:
			p.line("    "+e.Title, cents(amount))
		case !e.Explained() && amount.Sign() == 0: // nothing was restated or defined anew
		default:
			p.line(e.Title, cents(amount))
		}
		if v, ok := m.Intervals[string(e.Line)]; ok {
			p.line("", "["+cents(v.Low)+"; "+cents(v.High)+"]")
		}
	}
	p.segmentMovements(m)
	p.cash(m)
	fmt.Fprintf(p, "\n  Models: %s as of %s; %s as of %s.\n", m.Models.Opening.Name, m.Models.Opening.AsOf, m.Models.Closing.Name, m.Models.Closing.AsOf)
	return w.Flush()
}

func horizonText(h clientele.Horizon) string {
	if h == clientele.Infinite {
		return "without a horizon"
	}
	return "five years ahead"
}

func (p page) segmentMovements(m clientele.EquityMovement) {
	if m.Attribute == "" {
		return
	}
	p.section("By "+m.Attribute, m.Currency)
	for _, s := range m.Segments {
		p.line(s.Segment+", opening", cents(s.Opening))
		p.line("    experience", cents(s.Experience.Total))
		p.line("    new customers", cents(s.NewCustomers))
		p.line("    closing", cents(s.Closing))
	}
}

// cash writes what margin was expected and what came, and how surprising that is.
func (p page) cash(m clientele.EquityMovement) {
	if m.Cash != nil {
		p.section("Margin of the period, from customers of the opening", m.Currency)
		p.line("expected", cents(m.Cash.Expected))
		p.line("actual", cents(m.Cash.Actual))
	}
	if m.Audit != nil {
		p.section("Audit", "")
		p.note(m.Audit.Reading)
	}
}

func (c *command) explainEquity(ctx context.Context, b *app.Book, r statement.EquityRequest, f statementFlags) error {
	x, err := b.Statements.ExplainEquity(ctx, statement.ExplainEquityRequest{
		EquityRequest: r, Line: warehouse.EquityLine(f.explain), Segment: f.segment, Offset: f.offset, Limit: f.limit,
	})
	if err != nil {
		return err
	}
	switch {
	case f.json:
		return c.writeJSON(x)
	case f.csv:
		return c.writeEquityRowsCSV(x)
	}
	p := page{c.out}
	fmt.Fprintf(p, "%s: %s\n\n", x.Title, cents(x.Figure))
	p.note(x.Meaning)
	fmt.Fprintf(p, "\n%s\n", x.Formula)
	fmt.Fprintf(p, "  %s%s%s%s\n", pad("customer", 28), padLeft("opening", 16), padLeft("closing", 16), padLeft("line", 16))
	for _, row := range x.Rows {
		fmt.Fprintf(p, "  %s%s%s%s\n", pad(row.Customer, 28), padLeft(cents(row.Opening), 16), padLeft(cents(row.Closing), 16), padLeft(cents(row.Amount), 16))
	}
	fmt.Fprintf(p, "\n  %s of %s; all come to %s\n", whole(int64(len(x.Rows))), many(int(x.Count), "customer"), cents(x.Amount))
	return c.out.Flush()
}

func (c *command) writeEquityRowsCSV(x statement.EquityExplanation) error {
	w := csv.NewWriter(c.out)
	if err := w.Write([]string{"customer", "first_day", "opening", "closing", "amount"}); err != nil {
		return err
	}
	for _, r := range x.Rows {
		if err := w.Write([]string{spreadsheet.Text(r.Customer), r.FirstDay.String(), r.Opening.String(), r.Closing.String(), r.Amount.String()}); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}
