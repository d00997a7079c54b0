package cli

import (
	"bufio"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/contract"
)

func (c *command) contracts() *cobra.Command {
	var day, known string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "contracts BOOK --as-of DATE", Short: "Tell how long customers stay under contract, and what they are worth", Args: cobra.ExactArgs(1),
		Long: `Tell how long customers stay under contract, by plan: as it was (Kaplan–Meier) and by a
model of monthly renewals; what those who are there are worth by it; and which contracts
come up for renewal.`,
		Example: `  clientele contracts acme --as-of 2026-09-30
  clientele contracts acme --as-of 2026-09-30 --known-from 2024-01-01 --json`,
	}
	flags := cmd.Flags()
	flags.StringVar(&day, "as-of", "", "day, YYYY-MM-DD")
	flags.StringVar(&known, "known-from", "", "first day of which the records know who left, for a base that was migrated in")
	flags.BoolVar(&asJSON, "json", false, "as JSON")
	required(cmd, "as-of")
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		var r contract.Request
		if r.AsOf, err = clientele.ParseDate(day); err != nil {
			return usage(cmd, err)
		}
		if known != "" {
			if r.KnownFrom, err = clientele.ParseDate(known); err != nil {
				return usage(cmd, err)
			}
		}
		return c.withBook(cmd.Context(), args[0], func(b *app.Book, _ app.Watcher) error {
			all, err := b.Contracts.Contracts(cmd.Context(), r)
			if err != nil {
				return err
			}
			if asJSON {
				return c.writeJSON(all)
			}
			return writeContractsText(c.out, all)
		})
	}
	return cmd
}

func writeContractsText(w *bufio.Writer, all clientele.ContractBase) error {
	p := page{w}
	fmt.Fprintf(p, "Contracts as of %s, in %s\n\n", all.AsOf, all.Currency)
	if all.Total.Active+all.Total.Lost == 0 {
		p.note("There are no contracts. Import a file with --as subscriptions.")
		return w.Flush()
	}
	for _, warning := range all.Warnings {
		p.note("Beware: " + warning)
	}
	p.contractPlan("All plans", all.Total)
	for _, plan := range all.Plans {
		name := plan.Plan
		if name == "" {
			name = "(no plan)"
		}
		p.contractPlan(name, plan)
	}
	if len(all.Renewals) > 0 {
		p.section("Come up for renewal", "contracts, a month")
		for _, r := range all.Renewals {
			p.line(r.Month.Time().Format("2006-01"), whole(r.Contracts)+padLeft(cents(r.Recurring), 14))
		}
	}
	return w.Flush()
}

func (p page) contractPlan(name string, c clientele.ContractPlan) {
	p.section(name, "")
	p.line("customers", whole(c.Active))
	p.line("lost so far", whole(c.Lost))
	p.line("recurring a month", cents(c.Recurring))
	for _, month := range []int{12, 24, 60} {
		if s, ok := survivalAt(c.Survival, month); ok {
			p.line(fmt.Sprintf("stay longer than %d months", month), fmt.Sprintf("%.1f %%", 100*s))
		}
	}
	if c.Equity == nil {
		p.note("What they are worth cannot be told. " + c.Refused)
		return
	}
	if c.ExpectedMonths != nil {
		p.line("months to come, of sixty, each", fmt.Sprintf("%.1f", *c.ExpectedMonths))
	}
	p.line("worth over five years", cents(c.Equity.Estimate))
	p.line("", "["+cents(c.Equity.Low)+"; "+cents(c.Equity.High)+"]")
	if c.Tail != nil {
		p.line("beyond", cents(*c.Tail))
	}
	p.note("By the " + c.Model + ".")
}

// survivalAt is the share that stays longer; false beyond what was seen.
func survivalAt(points []clientele.SurvivalPoint, month int) (share float64, ok bool) {
	if len(points) == 0 || points[len(points)-1].Month < month {
		return 0, false
	}
	share = 1
	for _, s := range points {
		if s.Month <= month {
			share = s.Survival
		}
	}
	return share, true
}
