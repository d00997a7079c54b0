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

// packDocument is a period as it was closed, or as it is now, a draft. What is closed is
// packed from its close alone.
func packDocument(ctx context.Context, b *app.Book, period string, w app.Watcher) (pack.Document, error) {
	settings, err := b.Settings(ctx)
	if err != nil {
		return pack.Document{}, err
	}
	name, p, err := packPeriod(settings, period)
	if err != nil {
		return pack.Document{}, err
	}
	closes, err := b.Closings.Closes(ctx)
	if err != nil {
		return pack.Document{}, err
	}
	for _, c := range closes {
		if c.From == p.From && c.To == p.To {
			return pack.OfClose(c, time.Now()), nil
		}
	}
	d := pack.Document{Company: settings.Name, Period: name, Settings: settings, Made: time.Now()}
	r := statement.Request{Period: p}
	if d.Statement, err = b.Statements.Statement(ctx, r, stepsOf(w, 0)); err != nil {
		return d, err
	}
	if err := touched(d.Statement); err != nil {
		return d, err
	}
	for i, horizon := range []clientele.Horizon{clientele.FiveYears, clientele.Infinite} {
		m, err := b.Statements.EquityMovement(ctx, statement.EquityRequest{Request: r, Horizon: horizon}, stepsOf(w, i+1))
		if err != nil {
			return d, err
		}
		d.Movements = append(d.Movements, m)
	}
	return d, nil
}

// touched refuses a period of which there are no records.
func touched(st clientele.Statement) error {
	data := st.Data
	switch {
	case data == nil || data.FirstDay == nil:
		return clientele.Errorf(clientele.CodeNotFound, "there is nothing to pack: there are no records yet").WithHint("Import a file of transactions.")
	case st.To < *data.FirstDay || st.From > *data.LastDay:
		return clientele.Errorf(clientele.CodeNotFound, "there are no records of %s to %s", st.From, st.To).
			WithHint("The records are of %s to %s.", data.FirstDay, data.LastDay)
	}
	return nil
}

// stepsOf tells the progress of one of three parts.
func stepsOf(w app.Watcher, part int) statement.Progress {
	return func(step string, fraction float64) {
		if w.Progress != nil {
			w.Progress(step, int64(1000*(float64(part)+fraction)/3), 1000)
		}
	}
}

// packPeriod reads FROM..TO, or the name of a fiscal period.
func packPeriod(settings clientele.Settings, period string) (name string, p clientele.Period, err error) {
	from, to, ok := strings.Cut(period, "..")
	if !ok {
		fiscal, err := settings.Fiscal()
		if err != nil {
			return "", p, err
		}
		return fiscal.Parse(period)
	}
	first, err := clientele.ParseDate(from)
	if err != nil {
		return "", p, err
	}
	last, err := clientele.ParseDate(to)
	if err != nil {
		return "", p, err
	}
	p, err = clientele.NewPeriod(first, last)
	return p.String(), p, err
}
