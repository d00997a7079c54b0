package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/measure"
)

// measureFlags is what was asked of measures.
type measureFlags struct {
	from, to, by, touchpoint string
	within                   int
	json                     bool
}

func (c *command) measure() *cobra.Command {
	var f measureFlags
	cmd := &cobra.Command{
		Use: "measure BOOK list|show [NAME]", Short: "What is measured at touchpoints, as control charts that tell signal from noise", Args: cobra.RangeArgs(2, 3),
		Long: `Measures of interactions, feedback and orders: list them all, or show one with its exact
definition, its interval, what is left out, and how it went by month, week or day.

A period is a signal where chance hardly explains it, by the rules that the measure names;
beside them stands how often chance alone raises an alarm by those rules.`,
		Example: `  clientele measure acme list
  clientele measure acme show nps --by region
  clientele measure acme show rating --by days_late
  clientele measure acme show on_time_share --from 2026-01-01 --to 2026-06-30 --touchpoint delivery
  clientele measure acme show first_contact_resolution --within 14 --json | jq .signals`,
	}
	flags := cmd.Flags()
	flags.StringVar(&f.from, "from", "", "show: first day, YYYY-MM-DD (default: the first on record)")
	flags.StringVar(&f.to, "to", "", "show: last day, YYYY-MM-DD (default: the last on record)")
	flags.StringVar(&f.by, "by", "", "show: an attribute of customers, touchpoint or, of answers about orders, days_late")
	flags.StringVar(&f.touchpoint, "touchpoint", "", "show: what is recorded at this touchpoint alone")
	flags.IntVar(&f.within, "within", 0, fmt.Sprintf("show: days within which a contact is a repeat (default %d)", measure.DefaultWithin))
	flags.BoolVar(&f.json, "json", false, "as JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		r, err := f.request(cmd, args[1:])
		if err != nil {
			return usage(cmd, err)
		}
		return c.withBook(cmd.Context(), args[0], func(b *app.Book, _ app.Watcher) error {
			if args[1] == "list" {
				o, err := b.Measures.Overview(cmd.Context())
				if err != nil || f.json {
					return c.orJSON(o, err)
				}
				return c.listMeasures(args[0], o)
			}
			m, err := b.Measures.Report(cmd.Context(), r)
			if err != nil || f.json {
				return c.orJSON(m, err)
			}
			writeMeasureText(page{c.out}, m)
			return nil
		})
	}
	return cmd
}

// request reads the flags, and refuses those that do not go with the verb.
func (f measureFlags) request(cmd *cobra.Command, args []string) (r measure.Request, err error) {
	switch {
	case args[0] == "list" && len(args) == 1:
		for _, name := range []string{"from", "to", "by", "touchpoint", "within"} {
			if cmd.Flags().Changed(name) {
				return r, fmt.Errorf("--%s does not go with list", name)
			}
		}
		return r, nil
	case args[0] == "list":
		return r, fmt.Errorf("list takes no name")
	case args[0] != "show":
		return r, fmt.Errorf("%q is none of list, show", args[0])
	case len(args) == 1:
		return r, fmt.Errorf("show needs the name of a measure")
	}
	r = measure.Request{Name: args[1], By: f.by, Touchpoint: f.touchpoint, Within: f.within}
	return r, r.Between(f.from, f.to)
}

// listMeasures writes all measures, those that can be told first.
func (c *command) listMeasures(book string, o clientele.MeasureOverview) error {
	p := page{c.out}
	var rows [][]string
	untold := map[string][]string{} // why → names
	var reasons []string
	for _, m := range o.Measures {
		if m.Value == nil {
			if untold[m.Why] == nil {
				reasons = append(reasons, m.Why)
			}
			untold[m.Why] = append(untold[m.Why], m.Definition.Name)
			continue
		}
		rows = append(rows, []string{m.Definition.Name, measured(m, m.Value), interval(m, m.Measurement), whole(m.N), m.Period.String(), fmt.Sprint(len(m.Signals))})
	}
	if len(rows) > 0 {
		p.table([]string{"measure", "value", "95 % interval", "n", "days", "signals"}, rows, 0, 4)
	}
	if len(reasons) > 0 {
		p.section("Cannot be told", "")
	}
	for _, why := range reasons {
		p.note(strings.Join(untold[why], ", ") + ": " + why)
	}
	return c.next("clientele measure %s show NAME", book)
}

// writeMeasureText writes a measure for people to read.
func writeMeasureText(p page, m clientele.MeasureReport) {
	d := m.Definition
	fmt.Fprintf(p, "%s%s\n\n", d.Title, aboutMeasure(m))
	if m.Value == nil {
		p.note("It cannot be told. " + m.Why)
	} else {
		p.line(d.Name, measured(m, m.Value))
		p.line("  95 % interval", interval(m, m.Measurement))
		p.line("n", whole(m.N))
	}
	for _, warning := range m.Warnings {
		p.note(warning)
	}
	p.measureSignals(m)
	p.measureSegments(m)
	p.measureSeries(m)
	p.section(fmt.Sprintf("What %s means, version %d", d.Name, d.Version), "")
	p.note(d.Text)
	if m.Within > 0 {
		p.note(fmt.Sprintf("Here N is %d days.", m.Within))
	}
	for _, l := range m.LeftOut {
		p.note(fmt.Sprintf("Left out: %s, because %s.", whole(l.N), l.Why))
	}
}

// aboutMeasure says which days and where.
func aboutMeasure(m clientele.MeasureReport) (about string) {
	if m.Period != nil {
		about += ", " + m.Period.String()
	}
	if m.Touchpoint != "" {
		about += ", at " + visible(m.Touchpoint)
	}
	return about
}

func (p page) measureSignals(m clientele.MeasureReport) {
	s := m.Series
	if m.Period == nil {
		return
	}
	p.section("Signals, by "+s.Every, s.Chart+" chart")
	if s.Centre == nil {
		p.note(s.Why)
		return
	}
	p.line("centre", measured(m, s.Centre))
	for _, signal := range m.Signals {
		side, verdict := "below", "worse"
		if signal.Above {
			side = "above"
		}
		if signal.Better {
			verdict = "better"
		}
		p.note(fmt.Sprintf("%s: %s the centre, for the %s: %s.", periodName(s.Every, signal.Period), side, verdict, strings.Join(signal.Rules, "; ")))
	}
	if len(m.Signals) == 0 {
		p.note("None: what differs from one to the next is no more than chance makes.")
	}
	p.note(s.Price)
}

func (p page) measureSegments(m clientele.MeasureReport) {
	if m.By == "" || m.Period == nil {
		return
	}
	p.section("By "+m.By, "")
	var rows [][]string
	for _, s := range m.Segments {
		rows = append(rows, []string{s.Name, measured(m, s.Value), interval(m, s.Measurement), whole(s.N)})
	}
	p.table([]string{m.By, "value", "95 % interval", "n"}, rows, 0)
}

func (p page) measureSeries(m clientele.MeasureReport) {
	if m.Period == nil {
		return
	}
	p.section("By "+m.Series.Every, "")
	var rows [][]string
	for _, pt := range m.Series.Points {
		limits := "—"
		if pt.LowerLimit != nil && pt.UpperLimit != nil {
			limits = measured(m, pt.LowerLimit) + " to " + measured(m, pt.UpperLimit)
		}
		name := periodName(m.Series.Every, pt.Period)
		if pt.Partial {
			name += " (in part)"
		}
		rows = append(rows, []string{name, measured(m, pt.Value), limits, whole(pt.N)})
	}
	p.table([]string{m.Series.Every, "value", "limits", "n"}, rows, 0)
}

// periodName is a month or a week by its first day, or a day.
func periodName(every string, p clientele.Period) string {
	if first, last := p.From, p.To; every == "month" && first.Time().Day() == 1 && (last+1).Time().Day() == 1 {
		return first.String()[:7]
	}
	return p.From.String()
}

// measured writes a value of a measure in its unit.
func measured(m clientele.MeasureReport, value *float64) string {
	if value == nil {
		return "—"
	}
	v := *value
	switch m.Definition.Unit {
	case clientele.UnitShare:
		return fmt.Sprintf("%.1f %%", 100*v)
	case clientele.UnitPoints:
		return fmt.Sprintf("%.1f", v)
	case clientele.UnitHours:
		return hours(v)
	}
	return fmt.Sprintf("%.2f", v)
}

// hours writes a time in the unit that suits it.
func hours(h float64) string {
	switch {
	case h < 1:
		return fmt.Sprintf("%.0f min", 60*h)
	case h < 72:
		return fmt.Sprintf("%.1f h", h)
	}
	return fmt.Sprintf("%.1f days", h/24)
}

// interval writes a 95 % interval; an end that cannot be told is open.
func interval(m clientele.MeasureReport, of clientele.Measurement) string {
	switch {
	case of.Low == nil && of.High == nil:
		return "—"
	case of.High == nil:
		return "from " + measured(m, of.Low)
	case of.Low == nil:
		return "to " + measured(m, of.High)
	}
	return measured(m, of.Low) + " to " + measured(m, of.High)
}
