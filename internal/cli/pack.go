package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/pack"
	"github.com/clientele/clientele/internal/statement"
)

// packFlags is what was asked of a pack.
type packFlags struct{ period, format, out string }

func (c *command) pack() *cobra.Command {
	var f packFlags
	cmd := &cobra.Command{
		Use: "pack BOOK --period PERIOD --out FILE", Short: "Write the statement of a period for a board: PDF, XLSX or HTML", Args: cobra.ExactArgs(1),
		Long: `Write the statement of a period for a board: as a PDF, as a spreadsheet whose totals
are formulas, or as one HTML file that prints. All three say the same, to the cent.
A period that is not closed is packed as a draft, and says so on every page. A file
that is there already is not replaced.`,
		Example: `  clientele pack acme --period 2026-Q3 --out acme-2026-Q3.pdf
  clientele pack acme --period 2026 --format xlsx --out board.xlsx
  clientele pack acme --period 2026-07-01..2026-09-30 --out acme.html`,
	}
	flags := cmd.Flags()
	flags.StringVar(&f.period, "period", "", "fiscal period: 2026-Q3, or 2026 for the whole year; or two days, FROM..TO")
	flags.StringVar(&f.format, "format", "", strings.Join(packFormats(), ", ")+" (default: told by the name of the file)")
	flags.StringVar(&f.out, "out", "", "file to write")
	required(cmd, "period", "out")
	complete(cmd, "format", packFormats())
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		format, err := f.kind()
		if err != nil {
			return usage(cmd, err)
		}
		return c.withBook(cmd.Context(), args[0], func(b *app.Book, w app.Watcher) error {
			d, err := packDocument(cmd.Context(), b, f.period, w)
			if err != nil {
				return err
			}
			if err := app.WriteNew(c.path(f.out), "the pack", func(w io.Writer) error { return writePack(w, format, d) }); err != nil {
				return err
			}
			fmt.Fprintf(c.out, "%s holds %s, %s.\n", f.out, d.Period, packState(d))
			return nil
		})
	}
	return cmd
}

func packFormats() []string {
	var names []string
	for _, f := range pack.Formats() {
		names = append(names, string(f))
	}
	return names
}

// kind is the format that was asked for, or that the file is named by.
func (f packFlags) kind() (pack.Format, error) {
	name := f.format
	if name == "" {
		name = strings.ToLower(strings.TrimPrefix(filepath.Ext(f.out), "."))
	}
	if !slices.Contains(packFormats(), name) {
		return "", fmt.Errorf("%q is not a format of a pack: --format is one of %s", name, strings.Join(packFormats(), ", "))
	}
	return pack.Format(name), nil
}

func writePack(w io.Writer, f pack.Format, d pack.Document) error {
	buffered := bufio.NewWriter(w)
	if err := pack.Write(buffered, f, d); err != nil {
		return err
	}
	return buffered.Flush()
}

func packState(d pack.Document) string {
	if d.Close == nil {
		return "which is not closed: it says so on every page"
	}
	return fmt.Sprintf("as closed by close %d", d.Close.Number)
}

// packDocument is a period as it is now, a draft.
func packDocument(ctx context.Context, b *app.Book, period string, w app.Watcher) (pack.Document, error) {
	p, err := parsePeriod(ctx, b, period)
	if err != nil {
		return pack.Document{}, err
	}
	settings, err := b.Settings(ctx)
	if err != nil {
		return pack.Document{}, err
	}
	st, err := b.Statements.Statement(ctx, statement.Request{Period: p}, func(step string, fraction float64) {
		if w.Progress != nil {
			w.Progress(step, int64(1000*fraction), 1000)
		}
	})
	if err != nil {
		return pack.Document{}, err
	}
	name := period
	if strings.Contains(period, "..") {
		name = p.String()
	}
	return pack.Document{Company: settings.Name, Period: name, Statement: st, Settings: settings, Made: time.Now()}, nil
}

// parsePeriod reads FROM..TO, or the name of a fiscal quarter or year that the records touch.
func parsePeriod(ctx context.Context, b *app.Book, period string) (clientele.Period, error) {
	if from, to, ok := strings.Cut(period, ".."); ok {
		first, err := clientele.ParseDate(from)
		if err != nil {
			return clientele.Period{}, err
		}
		last, err := clientele.ParseDate(to)
		if err != nil {
			return clientele.Period{}, err
		}
		return clientele.NewPeriod(first, last)
	}
	known, ok, err := b.Statements.Periods(ctx)
	if err != nil {
		return clientele.Period{}, err
	}
	if !ok {
		return clientele.Period{}, clientele.Errorf(clientele.CodeNotFound, "there is no period %s: there are no records yet", period).WithHint("Import a file of transactions.")
	}
	var names []string
	for _, n := range known.Named {
		name := periodName(n.Name)
		if name == period {
			return n.Period, nil
		}
		if name != "" {
			names = append(names, name)
		}
	}
	return clientele.Period{}, clientele.Errorf(clientele.CodeNotFound, "the records have no period %s", period).
		WithHint("They have %s; any other is written FROM..TO.", strings.Join(names, ", "))
}

// periodName writes "Q3 2026" as 2026-Q3 and "Year 2026" as 2026; "" for other periods.
func periodName(shown string) string {
	kind, year, _ := strings.Cut(shown, " ")
	switch {
	case kind == "Year":
		return year
	case strings.HasPrefix(kind, "Q"):
		return year + "-" + kind
	}
	return ""
}
