package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ingest"
)

func (c *command) inspect() *cobra.Command {
	var r ingest.Request
	var asJSON bool
	cmd := &cobra.Command{
		Use: "inspect FILE", Short: "Show what a file looks like and how it would be read", Args: cobra.ExactArgs(1),
		Example: "  clientele inspect orders.csv\n  clientele inspect orders.csv --as transactions --map amount=Quantity*UnitPrice",
	}
	f := cmd.Flags()
	kindFlag(cmd, &r.Kind)
	f.StringArrayVar(&r.Map, "map", nil, "field=EXPR: fill a field with a column or an expression")
	f.BoolVar(&asJSON, "json", false, "as JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		found, err := ingest.Inspect(cmd.Context(), c.path(args[0]), "", r)
		if err != nil {
			return err
		}
		if asJSON {
			return c.writeJSON(found)
		}
		return c.writeInspection(found)
	}
	return cmd
}

func (c *command) writeInspection(i ingest.Inspection) error {
	fmt.Fprintf(c.out, "%s: %s bytes, %s\n", i.Name, whole(i.Size), layoutText(i.Dialect))
	if i.Preset != "" {
		fmt.Fprintf(c.out, "recognised as %s\n", i.Preset)
	}
	kind := "a kind that cannot be told"
	if i.Kind != "" {
		kind = fmt.Sprintf("%s (%.0f %% sure)", i.Kind, 100*i.KindConfidence)
	}
	fmt.Fprintf(c.out, "would be read as %s, source %s\n\n", kind, i.Source)
	t := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "FIELD\tFILLED BY\tSURE\tWHY")
	for _, m := range i.Mapping {
		fmt.Fprintf(t, "%s\t%s\t%.0f %%\t%s\n", m.Field, m.Expression, 100*m.Confidence, m.Why)
	}
	fmt.Fprintln(t, "\nCOLUMN\tTYPE\tMISSING\tFOR EXAMPLE")
	for _, col := range i.Columns {
		fmt.Fprintf(t, "%s\t%s\t%.0f %%\t%s\n", col.Name, col.Type, 100*col.Missing, strings.Join(col.Samples, ", "))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "\nThe first %d rows:\n", len(i.Rows))
	for _, row := range i.Rows {
		fmt.Fprintf(t, "%s\n", strings.Join(row, "\t"))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, p := range i.Problems {
		fmt.Fprintf(c.Stderr, "note: %s\n", problemText(i.Name, p))
	}
	if !i.Importable {
		return clientele.Errorf(clientele.CodeInvalid, "%s cannot be imported like this", i.Name).
			WithHint("Say what is missing with --as and --map.")
	}
	return nil
}

func layoutText(l ingest.Layout) string {
	text := string(l.Format)
	if l.Delimiter != "" {
		text += fmt.Sprintf(" delimited by %q", l.Delimiter)
	}
	for _, s := range []string{l.Encoding, l.Compression, l.Sheet} {
		if s != "" {
			text += ", " + s
		}
	}
	if l.Format == ingest.FormatCSV && !l.Header {
		text += ", without a header"
	}
	return text
}
