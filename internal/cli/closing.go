package cli

import (
	"bufio"
	"fmt"
	"os/user"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/closing"
	"github.com/clientele/clientele/internal/statement"
)

const periodHelp = "fiscal period: 2011-Q3, 2011 for the whole year, 2011-07 for July; by weeks (4-4-5), 2011-P07"

func (c *command) closePeriod() *cobra.Command {
	var period, by string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "close BOOK --period PERIOD", Short: "Close a period: freeze its statement with everything that made it", Args: cobra.ExactArgs(1),
		Long: `Close a period: its statement is frozen with the files by hash, the settings and
definitions, the model run and the version of the program that made it. Closes are a
chain: each holds the hash of the one before, and verify finds any changed byte. Keep the
hash that is printed somewhere else, and nobody can replace the chain unnoticed.

Periods are those of the book's fiscal calendar. They are closed in their order, once they
are over and the records cover them. A close is not opened again: data that comes
late changes no closed figure, and is shown by closes as what would be otherwise.`,
		Example: `  clientele close acme --period 2011-Q3
  clientele close acme --period 2011-Q3 --by "Ada Lovelace" --json`,
	}
	f := cmd.Flags()
	f.StringVar(&period, "period", "", periodHelp)
	f.StringVar(&by, "by", "", "who closes it (default: the user of this account)")
	f.BoolVar(&asJSON, "json", false, "the close as JSON, whole")
	required(cmd, "period")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if by == "" {
			by = account()
		}
		if strings.TrimSpace(by) == "" {
			return usage(cmd, fmt.Errorf("--by is needed: the account has no name"))
		}
		return c.withBook(cmd.Context(), args[0], func(b *app.Book, w app.Watcher) error {
			done, err := b.Closings.Close(cmd.Context(), period, by, fractions(w))
			if err != nil {
				return err
			}
			if asJSON {
				return c.writeJSON(done)
			}
			fmt.Fprintf(c.out, "%s (%s to %s) is closed, as close %d, by %s.\n", done.Period, done.From, done.To, done.Number, visible(done.By))
			fmt.Fprintf(c.out, "  %s customers; %s\n  hash %s\n", whole(done.Statement.Customers.Closing), worthText(done.Statement), done.Hash)
			return nil
		})
	}
	return cmd
}

// account names the user of the account, "" if nothing does.
func account() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	if name := strings.TrimSpace(u.Name); name != "" {
		return name
	}
	return u.Username
}

func worthText(st clientele.Statement) string {
	e := st.Equity
	if e == nil {
		return "what they are worth cannot be told"
	}
	return fmt.Sprintf("worth %s %s over %d years", st.Currency, cents(e.Estimate.Estimate), e.HorizonYears)
}

func (c *command) closes() *cobra.Command {
	var period string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "closes BOOK", Short: "List the closed periods, or what would be otherwise in one today", Args: cobra.ExactArgs(1),
		Long: `List the closed periods, as they were closed. With --period, hold one against the same
period of the records as they are now, by the settings that it was closed with, line by
line: the difference is what came after.`,
		Example: `  clientele closes acme
  clientele closes acme --period 2011-Q3
  clientele closes acme --json | jq -r '.[].hash'`,
	}
	cmd.Flags().StringVar(&period, "period", "", "a closed period: show how it would differ today")
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON: the closes, whole, or with --period every line compared")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return c.withBook(cmd.Context(), args[0], func(b *app.Book, _ app.Watcher) error {
			if period != "" {
				return c.writeRestatement(cmd, b, period, asJSON)
			}
			all, err := b.Closings.Closes(cmd.Context())
			switch {
			case err != nil:
				return err
			case asJSON:
				return c.writeJSON(all)
			case len(all) == 0:
				fmt.Fprintln(c.out, "No period is closed yet.")
				return c.next("clientele close %s --period PERIOD", args[0])
			}
			writeClosesText(c.out, all)
			return nil
		})
	}
	return cmd
}

// hashShown is how much of a hash a table shows.
const hashShown = 12

func writeClosesText(w *bufio.Writer, all []clientele.Close) {
	var rows [][]string
	for _, c := range all {
		equity := "cannot be told"
		if e := c.Statement.Equity; e != nil {
			equity = cents(e.Estimate.Estimate)
		}
		rows = append(rows, []string{
			fmt.Sprint(c.Number), c.Period, c.At.Format("2006-01-02 15:04 MST"), c.By, whole(c.Statement.Customers.Closing), equity, c.Settings.Currency, c.Hash[:hashShown],
		})
	}
	page{w}.table([]string{"number", "period", "closed at", "by", "customers", "equity", "in", "hash"}, rows, 1, 2, 3, 6, 7)
}

func (c *command) writeRestatement(cmd *cobra.Command, b *app.Book, period string, asJSON bool) error {
	closed, err := b.Closings.Closed(cmd.Context(), period)
	if err != nil {
		return err
	}
	r, err := b.Closings.Restated(cmd.Context(), closed)
	if err != nil && r.Hash == "" { // one that was not kept is shown all the same
		return err
	}
	if asJSON {
		return c.writeJSON(r)
	}
	writeRestatementText(c.out, closed, r)
	return nil
}

func writeRestatementText(w *bufio.Writer, c clientele.Close, r closing.Restatement) {
	p := page{w}
	fmt.Fprintf(p, "%s (%s to %s), closed by %s on %s as close %d\n\n", r.Period, r.From, r.To, visible(c.By), clientele.DateOf(c.At), r.Number)
	changed := r.Changed()
	if len(changed) == 0 {
		p.note("Nothing has come since that would change it: the records give every closed figure again.")
		return
	}
	p.note("Data came after it was closed. The closed figures stand; by the records as they are now, these would be others.")
	title := map[string]string{}
	for _, l := range statement.Lines() {
		title[string(l.Line)] = l.Title
	}
	var rows [][]string
	for _, l := range changed {
		text := cents
		if l.Count {
			text = func(m clientele.Money) string { return m.Grouped(0) }
		}
		rows = append(rows, []string{title[l.Line], text(l.Closed), text(l.Now), text(l.Difference)})
	}
	p.table([]string{"line; money in " + r.Currency, "closed", "now", "difference"}, rows, 0)
}
