package cli

import (
	"bufio"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/app"
)

func (c *command) acquisition() *cobra.Command {
	var day string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "acquisition BOOK", Short: "Tell whether winning customers is worth what it costs", Args: cobra.ExactArgs(1),
		Long: `Tell whether winning customers is worth what it costs: what those won in each quarter,
and by each channel, have brought and are still worth, beside what they cost; and what
those still to be won are worth. Channel and cost are the customer attributes
acquisition_channel and acquisition_cost.`,
		Example: `  clientele acquisition acme
  clientele acquisition acme --as-of 2026-09-30 --json`,
	}
	cmd.Flags().StringVar(&day, "as-of", "", "day, YYYY-MM-DD (default: the end of the last fiscal quarter that the records cover)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		var asOf clientele.Date
		if day != "" {
			var err error
			if asOf, err = clientele.ParseDate(day); err != nil {
				return usage(cmd, err)
			}
		}
		return c.withBook(cmd.Context(), args[0], func(b *app.Book, _ app.Watcher) error {
			if day == "" {
				p, ok, err := b.Statements.Periods(cmd.Context())
				if err != nil {
					return err
				}
				if !ok {
					return clientele.Errorf(clientele.CodeNotFound, "there are no records yet").WithHint("Import a file of transactions.")
				}
				asOf = p.Default.Period.To
			}
			a, err := b.Statements.Acquisition(cmd.Context(), asOf)
			if err != nil {
				return err
			}
			if asJSON {
				return c.writeJSON(a)
			}
			return writeAcquisitionText(c.out, a)
		})
	}
	return cmd
}

func writeAcquisitionText(w *bufio.Writer, a clientele.Acquisition) error {
	p := page{w}
	fmt.Fprintf(p, "Winning customers, as of %s, in %s\n\n", a.AsOf, a.Currency)
	p.note(a.Headline())
	for _, warning := range a.Warnings {
		p.note("Beware: " + warning)
	}
	if a.Refused != "" {
		p.note("What customers are still worth cannot be told: " + a.Refused)
	}
	p.cohorts("Won in", a.Quarters)
	p.cohorts("Won in the last year by", a.Channels)
	p.section("Still to be won, over five years", a.Currency)
	f := a.Future
	if f == nil {
		p.note(a.Why)
		return w.Flush()
	}
	p.line("one new customer, five years", cents(f.Each.Estimate))
	if f.CostEach != nil {
		p.line("cost of one", cents(*f.CostEach))
	}
	p.line("worth, before cost", cents(f.Worth.Estimate))
	p.line("", "["+cents(f.Worth.Low)+"; "+cents(f.Worth.High)+"]")
	if f.Net != nil {
		p.line("net of cost", cents(f.Net.Estimate))
		p.line("", "["+cents(f.Net.Low)+"; "+cents(f.Net.High)+"]")
	} else {
		p.line("net of cost", "cannot be told")
	}
	p.note(f.Basis)
	p.movedFuture(a.Currency, f)
	return w.Flush()
}

// movedFuture writes how the worth of those still to be won moved.
func (p page) movedFuture(currency string, f *clientele.FutureCustomers) {
	m := f.Moved
	if m == nil {
		p.note("How that moved cannot be told. " + f.MovedWhy)
		return
	}
	title := "What moved it"
	if m.NetOfCost {
		title += ", net of cost"
	}
	p.section(title, currency)
	p.line("as of "+m.Since.String(), cents(m.Opening.Estimate))
	p.line("+ unwinding of the discount", cents(m.Unwinding))
	p.line("+ to be won meanwhile", cents(m.ExpectedRelease))
	p.line("+ five years moved on", cents(m.Window))
	p.line("+ pace of winning", cents(m.Pace))
	p.line("+ cost of winning", cents(m.Cost))
	p.line("+ worth of one, by the new model", cents(m.AssumptionChange))
	p.sum("now", cents(m.Closing.Estimate))
}

// cohorts writes what customers who were won together brought each.
func (p page) cohorts(title string, all []clientele.AcquiredCohort) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(p, "\n%s%s%s%s%s\n", pad(title, 28), padLeft("customers", 12), padLeft("each brings", 14), padLeft("each cost", 12), padLeft("return", 10))
	for _, c := range all {
		fmt.Fprintf(p, "  %s%s%s%s%s\n", pad(c.Name, 26), padLeft(whole(c.Customers), 12), padLeft(amountOr(c.Each), 14), padLeft(amountOr(c.CostEach), 12), padLeft(timesOr(c.Return), 10))
	}
}

func amountOr(f *float64) string {
	if f == nil {
		return "not known"
	}
	return fmt.Sprintf("%.2f", *f)
}

func timesOr(f *float64) string {
	if f == nil {
		return ""
	}
	return fmt.Sprintf("%.1f ×", *f)
}
