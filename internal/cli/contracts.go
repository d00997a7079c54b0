package cli

import (
	"bufio"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/contract"
)

func (c *command) contracts() *cobra.Command {
	var asOf, known string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "contracts BOOK", Short: "Tell how long contracts run, what they are worth and which renewals come next", Args: cobra.ExactArgs(1),
		Long: `Tell how long contracts run, by plan and by year of their start, what those that run
are worth as of a day, and which renewals come next. Contracts are what was imported
--as subscriptions.`,
		Example: `  clientele contracts acme
  clientele contracts acme --as-of 2026-09-30 --known-from 2024-01-01
  clientele contracts acme --json | jq .all.equity`,
	}
	cmd.Flags().StringVar(&asOf, "as-of", "", "day at whose close contracts are looked at, YYYY-MM-DD (default: the last day of the records)")
	cmd.Flags().StringVar(&known, "known-from", "", "first day of which the records know who left, for a base that was migrated in, YYYY-MM-DD")
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		var request contract.Request
		for _, day := range []struct {
			text string
			to   *clientele.Date
		}{{asOf, &request.AsOf}, {known, &request.KnownFrom}} {
			if day.text == "" {
				continue
			}
			var err error
			if *day.to, err = clientele.ParseDate(day.text); err != nil {
				return usage(cmd, err)
			}
		}
		return c.withBook(cmd.Context(), args[0], func(b *app.Book, _ app.Watcher) error {
			r, err := b.Contracts.Report(cmd.Context(), request)
			if err != nil {
				return err
			}
			if asJSON {
				return c.writeJSON(r)
			}
			settings, err := b.Settings(cmd.Context())
			if err != nil {
				return err
			}
			return writeContractsText(c.out, settings.Name, r)
		})
	}
	return cmd
}

// writeContractsText writes a report on contracts for people to read.
func writeContractsText(w *bufio.Writer, name string, r clientele.ContractReport) error {
	p := page{w}
	fmt.Fprintf(p, "%s: contracts as of %s\n", name, r.AsOf)
	p.contractGroup("All contracts", r.Currency, r.All)
	for _, g := range r.Plans {
		p.contractGroup("Plan "+g.Name, r.Currency, g)
	}
	p.runLonger(r.Cohorts)
	p.recurringChange(r)
	p.renewals(r)
	p.section("How this is told", "")
	p.note("Shares that run longer are told without a model (Kaplan–Meier). Worth is the discounted expected residual lifetime × recurring amount × margin, just before the next renewal, which may not come.")
	for _, warning := range r.Warnings {
		p.note(warning)
	}
	return w.Flush()
}

// contractGroup writes the figures of one plan, or of all.
func (p page) contractGroup(title, currency string, g clientele.ContractGroup) {
	p.section(title, currency)
	p.line("contracts begun", whole(g.Contracts))
	p.line("  running", whole(g.Active))
	p.line("  ended", whole(g.Ended))
	p.line("recurring amount a month", cents(g.Recurring))
	p.line("half have left after", monthsOr(g.Median))
	for _, m := range g.Models {
		p.contractModel(m)
	}
	if g.Equity == nil {
		p.note("What they are worth cannot be told: " + g.Refused)
		return
	}
	p.line(fmt.Sprintf("worth of those running, next %d years", g.Equity.HorizonYears), cents(g.Equity.Estimate.Estimate))
	p.line("  95 % interval", g.Equity.Low.Grouped(0)+" to "+g.Equity.High.Grouped(0))
	p.line("beyond that (the tail)", cents(g.Equity.Tail.Estimate))
	p.line("  95 % interval", g.Equity.Tail.Low.Grouped(0)+" to "+g.Equity.Tail.High.Grouped(0))
}

func monthsOr(n *int) string {
	if n == nil {
		return "fewer than half have"
	}
	return fmt.Sprintf("%d months", *n)
}

func (p page) contractModel(m clientele.ContractModel) {
	if m.Tenure != nil {
		p.line("a new one runs, of its first 60 months", fmt.Sprintf("%.1f months", *m.Tenure))
	}
	var parts []string
	for name, value := range m.Parameters {
		parts = append(parts, fmt.Sprintf("%s %.4g", name, value))
	}
	slices.Sort(parts)
	switch {
	case m.Refused != "":
		p.note(fmt.Sprintf("Renewals by the %s: no model. %s", m.Period, m.Refused))
	case m.OfAll:
		p.note(fmt.Sprintf("Renewals by the %s: %s of all contracts.", m.Period, m.Name))
	default:
		p.note(fmt.Sprintf("Renewals by the %s: %s, %s; %s contracts, %s ended.", m.Period, m.Name, strings.Join(parts, ", "), whole(m.Contracts), whole(m.Ended)))
	}
}

// runLonger writes what share of each cohort runs longer than one, two and three years.
func (p page) runLonger(cohorts []clientele.ContractGroup) {
	p.section("Share that runs longer than", "1, 2 and 3 years")
	for _, g := range cohorts {
		var shares []string
		for _, months := range []int{12, 24, 36} {
			shares = append(shares, padLeft(shareAfter(g.Survival, months), 9))
		}
		p.line(fmt.Sprintf("begun in %s, %s contracts", g.Name, whole(g.Contracts)), strings.Join(shares, ""))
	}
}

// shareAfter is the share that outlasts so many months, a dash where nobody was watched so long.
func shareAfter(steps []clientele.SurvivalStep, months int) string {
	share, known := 1.0, false
	for _, s := range steps {
		if s.Month <= months {
			share = s.Survival
		}
		known = known || s.Month >= months
	}
	if !known {
		return "—"
	}
	return fmt.Sprintf("%.1f %%", 100*share)
}

func (p page) recurringChange(r clientele.ContractReport) {
	if r.Year == nil {
		return
	}
	p.value(fmt.Sprintf("Recurring amount a month, %s", r.Year.Period), r.Currency, r.Year.Value)
	for _, rate := range []struct {
		label string
		value *float64
	}{{"gross revenue retention", r.Year.GRR}, {"net revenue retention", r.Year.NRR}} {
		text := "cannot be told"
		if rate.value != nil {
			text = fmt.Sprintf("%.1f %%", 100**rate.value)
		}
		p.line(rate.label, text)
	}
}

func (p page) renewals(r clientele.ContractReport) {
	p.section("Renewals due", "due, expected, ending")
	for _, m := range r.Renewals {
		if m.Due+m.Ending == 0 {
			continue
		}
		expected := "—"
		if m.Expected != nil {
			expected = fmt.Sprintf("%.1f", *m.Expected)
		}
		p.line(m.Month.String()[:7]+", recurring "+cents(m.Recurring), padLeft(whole(m.Due), 8)+padLeft(expected, 10)+padLeft(whole(m.Ending), 7))
	}
}
