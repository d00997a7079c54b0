package cli

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/spreadsheet"
	"github.com/clientele/clientele/internal/statement"
	"github.com/clientele/clientele/internal/warehouse"
)

// statementFlags is what was asked of a statement.
type statementFlags struct {
	from, to, by string
	explain      string
	segment      string
	offset       int64
	limit        int
	format
}

// register adds the flags to a command; explain is the help of --explain.
func (f *statementFlags) register(cmd *cobra.Command, explain string) {
	flags := cmd.Flags()
	flags.StringVar(&f.from, "from", "", "first day, YYYY-MM-DD")
	flags.StringVar(&f.to, "to", "", "last day, YYYY-MM-DD")
	flags.StringVar(&f.by, "by", "", "split by this customer attribute")
	flags.StringVar(&f.explain, "explain", "", explain)
	flags.StringVar(&f.segment, "segment", "", "with --explain and --by: of this segment only")
	flags.Int64Var(&f.offset, "offset", 0, "with --explain: rows to pass over")
	flags.IntVar(&f.limit, "limit", 100, "with --explain: rows to show, at most 1000")
	f.format.flags(cmd, "as JSON")
	required(cmd, "from", "to")
}

func (c *command) statement() *cobra.Command {
	var f statementFlags
	cmd := &cobra.Command{
		Use: "statement BOOK --from DATE --to DATE", Short: "Make the statement of customers of a period", Args: cobra.ExactArgs(1),
		Long: `Make the statement of customers of a period: how many came and left, what that did
to value, what they all are worth as of its last day, and how sure that is. Both
days are inclusive.`,
		Example: `  clientele statement acme --from 2026-07-01 --to 2026-09-30
  clientele statement acme --from 2026-07-01 --to 2026-09-30 --by country --json
  clientele statement acme --from 2026-07-01 --to 2026-09-30 --explain customers.lost`,
	}
	f.register(cmd, "show what stands behind a figure, such as customers.new or equity.estimate")
	complete(cmd, "explain", lineNames())
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		r, err := f.request()
		if err != nil {
			return usage(cmd, err)
		}
		return c.withBook(cmd.Context(), args[0], func(b *app.Book, w app.Watcher) error {
			if f.explain != "" {
				return c.explainLine(cmd.Context(), b, r, f)
			}
			return c.writeStatement(cmd.Context(), b, r, f.format, w)
		})
	}
	return cmd
}

func lineNames() []string {
	var names []string
	for _, l := range statement.Lines() {
		names = append(names, string(l.Line))
	}
	return names
}

func (f statementFlags) request() (statement.Request, error) {
	from, err := clientele.ParseDate(f.from)
	if err != nil {
		return statement.Request{}, err
	}
	to, err := clientele.ParseDate(f.to)
	if err != nil {
		return statement.Request{}, err
	}
	p, err := clientele.NewPeriod(from, to)
	switch {
	case err != nil:
		return statement.Request{}, err
	case f.explain == "" && (f.segment != "" || f.offset != 0):
		return statement.Request{}, fmt.Errorf("--segment and --offset go with --explain")
	case f.segment != "" && f.by == "":
		return statement.Request{}, fmt.Errorf("--segment needs --by: a segment of which attribute?")
	case f.limit < 1 || f.limit > statement.MaxExplained || f.offset < 0:
		return statement.Request{}, fmt.Errorf("--limit is 1 to %d, and --offset not negative", statement.MaxExplained)
	}
	return statement.Request{Period: p, By: f.by}, nil
}

func (c *command) writeStatement(ctx context.Context, b *app.Book, r statement.Request, form format, w app.Watcher) error {
	st, err := b.Statements.Statement(ctx, r, fractions(w))
	if err != nil {
		return err
	}
	switch {
	case form.json:
		return c.writeJSON(st)
	case form.csv:
		return c.writeStatementCSV(st)
	}
	settings, err := b.Settings(ctx)
	if err != nil {
		return err
	}
	if r.By != "" {
		return writeStatementText(c.out, settings.Name, st, nil)
	}
	aimed, ok, err := b.Goals.Report(ctx, r.Period, nil)
	if err != nil || !ok {
		return errors.Join(err, writeStatementText(c.out, settings.Name, st, nil))
	}
	return writeStatementText(c.out, settings.Name, st, &aimed)
}

// writeStatementCSV writes a row per figure and segment: line, segment, value.
func (c *command) writeStatementCSV(st clientele.Statement) error {
	w := csv.NewWriter(c.out)
	if err := w.Write([]string{"line", "segment", "value"}); err != nil {
		return err
	}
	for _, s := range append([]clientele.Statement{st}, st.Segments...) {
		all, err := figures(s)
		if err != nil {
			return err
		}
		for _, f := range all {
			if err := w.Write([]string{spreadsheet.Text(f.line), spreadsheet.Text(s.Segment), f.value}); err != nil {
				return err
			}
		}
	}
	w.Flush()
	return w.Error()
}

// figure is one value of a statement, "" if it cannot be told.
type figure struct{ line, value string }

// figures lists every figure of a statement that can be explained. A line is
// named by its place in the JSON, so there it is looked up.
func figures(st clientele.Statement) ([]figure, error) {
	text, err := json.Marshal(st)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber() // as written
	var doc map[string]any
	if err := d.Decode(&doc); err != nil {
		return nil, err
	}
	var out []figure
	for _, l := range statement.Lines() {
		out = append(out, figure{string(l.Line), valueAt(doc, strings.Split(string(l.Line), "."))})
	}
	out = append(out, reasonFigures("reasons.in.", st.Reasons.In)...)
	return append(out, reasonFigures("reasons.out.", st.Reasons.Out)...), nil
}

func reasonFigures(prefix string, lines []clientele.ReasonLine) []figure {
	var out []figure
	for _, r := range lines {
		out = append(out, figure{prefix + r.Reason, fmt.Sprint(r.Customers)}, figure{prefix + r.Reason + ".value", r.Value.String()})
	}
	return out
}

func valueAt(doc any, path []string) string {
	for _, key := range path {
		object, ok := doc.(map[string]any)
		if !ok {
			return ""
		}
		doc = object[key]
	}
	if doc == nil {
		return ""
	}
	return fmt.Sprint(doc)
}

func (c *command) explainLine(ctx context.Context, b *app.Book, r statement.Request, f statementFlags) error {
	e, err := b.Statements.Explain(ctx, statement.ExplainRequest{
		Request: r, Line: warehouse.Line(f.explain), Segment: f.segment, Offset: f.offset, Limit: f.limit,
	})
	if err != nil {
		return err
	}
	switch {
	case f.json:
		return c.writeJSON(e)
	case f.csv:
		return c.writeExplanationCSV(e)
	}
	return writeExplanationText(c.out, e, f.offset)
}

func (c *command) writeExplanationCSV(e statement.Explanation) error {
	w := csv.NewWriter(c.out)
	if err := w.Write([]string{"customer", "order", "day", "heads", "opening", "closing", "amount"}); err != nil {
		return err
	}
	for _, r := range e.Rows {
		record := []string{spreadsheet.Text(r.Customer), spreadsheet.Text(r.Order), dayOr(r.Day, ""), fmt.Sprint(r.Heads), r.Opening.String(), r.Closing.String(), r.Amount.String()}
		if err := w.Write(record); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}
