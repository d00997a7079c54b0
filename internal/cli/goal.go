package cli

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/goal"
)

// goalFlags is what was asked of goals.
type goalFlags struct {
	period, by, value, equity, sales, profit string

	customers int64
	json      bool
}

func (c *command) goal() *cobra.Command {
	var f goalFlags
	cmd := &cobra.Command{
		Use: "goal BOOK list|set", Short: "Targets for customers, value and equity beside those for sales and profit, and the horizon alarm", Args: cobra.ExactArgs(2),
		Long: `Targets for customers, value and equity of a fiscal period, beside those for sales and
profit: set them, and list them with what came of each.

The horizon alarm says when profit rose while customer equity fell, and how much: profit
at margin against that of the period before, and equity from opening to closing.`,
		Example: `  clientele goal acme set --period 2011-Q4 --customers 4500 --equity 1500000 --sales 2800000 --by "Ada Lovelace"
  clientele goal acme list
  clientele goal acme list --json | jq .latest.alarm`,
	}
	flags := cmd.Flags()
	flags.StringVar(&f.period, "period", "", "set: "+periodHelp)
	flags.Int64Var(&f.customers, "customers", 0, "set: customers at closing")
	flags.StringVar(&f.value, "value", "", "set: value of customers at closing")
	flags.StringVar(&f.equity, "equity", "", "set: customer equity at closing, over the headline horizon")
	flags.StringVar(&f.sales, "sales", "", "set: net revenue of the period")
	flags.StringVar(&f.profit, "profit", "", "set: that, at margin")
	flags.StringVar(&f.by, "by", "", "set: who sets the targets")
	flags.BoolVar(&f.json, "json", false, "as JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		t, err := f.check(cmd, args[1])
		if err != nil {
			return usage(cmd, err)
		}
		return c.withBook(cmd.Context(), args[0], func(b *app.Book, w app.Watcher) error {
			if args[1] == "set" {
				return c.setGoal(cmd, b, f, t)
			}
			return c.listGoals(cmd, b, args[0], f, w)
		})
	}
	return cmd
}

// check reads the targets, and refuses flags that do not go with the verb.
func (f goalFlags) check(cmd *cobra.Command, verb string) (t goal.Targets, err error) {
	given := cmd.Flags().Changed
	switch {
	case verb == "list":
		for _, name := range []string{"period", "customers", "value", "equity", "sales", "profit", "by"} {
			if given(name) {
				return t, fmt.Errorf("--%s does not go with list", name)
			}
		}
		return t, nil
	case verb != "set":
		return t, fmt.Errorf("%q is none of list, set", verb)
	case f.period == "" || strings.TrimSpace(f.by) == "":
		return t, fmt.Errorf("set needs --period and --by")
	}
	if given("customers") {
		t.Customers = &f.customers
	}
	for _, m := range []struct {
		name, text string
		target     **clientele.Money
	}{{"value", f.value, &t.Value}, {"equity", f.equity, &t.Equity}, {"sales", f.sales, &t.Sales}, {"profit", f.profit, &t.Profit}} {
		if !given(m.name) {
			continue
		}
		amount, err := clientele.ParseMoney(m.text)
		if err != nil {
			return t, fmt.Errorf("--%s: %w", m.name, err)
		}
		*m.target = &amount
	}
	return t, nil
}

func (c *command) setGoal(cmd *cobra.Command, b *app.Book, f goalFlags, t goal.Targets) error {
	g, err := b.Goals.Set(cmd.Context(), f.period, t, f.by)
	if err != nil || f.json {
		return c.orJSON(g, err)
	}
	fmt.Fprintf(c.out, "The goal of %s (%s to %s) is set, by %s.\n", g.Period, g.From, g.To, visible(g.By))
	return nil
}

func (c *command) listGoals(cmd *cobra.Command, b *app.Book, book string, f goalFlags, w app.Watcher) error {
	o, err := b.Goals.Overview(cmd.Context(), fractions(w))
	if err != nil || f.json {
		return c.orJSON(o, err)
	}
	settings, err := b.Settings(cmd.Context())
	if err != nil {
		return err
	}
	writeGoalsText(c.out, settings.Currency, o)
	if len(o.Goals) == 0 {
		return c.next("clientele goal %s set --period PERIOD --customers N --equity AMOUNT --by NAME", book)
	}
	return nil
}

func writeGoalsText(w *bufio.Writer, currency string, o goal.Overview) {
	p := page{w}
	if len(o.Goals) == 0 {
		p.WriteString("No goal is set yet.\n")
	}
	shown := false
	for _, r := range o.Goals {
		p.goal(currency, daysText(r), r)
		shown = shown || o.Latest != nil && r.Period == o.Latest.Period
	}
	if o.Latest != nil && !shown {
		p.goal(currency, daysText(*o.Latest), *o.Latest)
	}
}

func daysText(r goal.Report) string { return fmt.Sprintf("%s, %s to %s", r.Period, r.From, r.To) }

// goal writes a section with the targets of a period, what came of each, and the alarm.
func (p page) goal(currency, title string, r goal.Report) {
	p.section(title, "")
	if len(r.Lines) > 0 {
		var rows [][]string
		for _, l := range r.Lines {
			rows = append(rows, goalCells(l))
		}
		p.table([]string{"goal, money in " + currency, "target", "actual", "gap", "met"}, rows, 0, 4)
		p.WriteString("\n")
	}
	for _, l := range r.Lines {
		switch {
		case l.Why != "":
			p.note(fmt.Sprintf("What came of %s cannot be told: %s.", l.Measure, l.Why))
		case l.Unsure():
			p.note(fmt.Sprintf("The target for equity lies within the interval of the estimate, %s to %s.", l.Interval.Low.Grouped(0), l.Interval.High.Grouped(0)))
		}
	}
	p.note(r.Alarm.Words)
}

func goalCells(l goal.Line) []string {
	write := cents
	if l.Count {
		write = func(m clientele.Money) string { return m.Grouped(0) }
	}
	cells := []string{string(l.Measure), write(l.Target), "—", "—", "cannot be told"}
	if l.Actual != nil {
		cells[2], cells[3], cells[4] = write(*l.Actual), write(*l.Gap), "missed"
		if l.Gap.Sign() > 0 {
			cells[3] = "+" + cells[3]
		}
		if *l.Met {
			cells[4] = "met"
		}
	}
	return cells
}
