package ui

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/chart"
	"github.com/clientele/clientele/internal/statement"
)

// growthPage is whether growth is still worth buying.
type growthPage struct {
	frame
	Kicker, Headline string
	AsOf             menu
	Cautions         []string
	Quarters         modelFigure
	Channels         figTable
	Future           figTable
	FutureWhy        string // why there is none
	Moved            figTable
	MovedWhy         string   // why there is none
	Hidden           *caution // channels that are not the reader's
}

// growth shows what is computed already, and has it computed otherwise.
func (s *Site) growth(w http.ResponseWriter, r *http.Request) error {
	v, periods, ok, err := s.opened(r)
	if err != nil {
		return err
	}
	if !ok {
		return s.showEmpty(w, v, "growth", "No records yet", "Growth", "Nobody has been won yet: this book has no records.")
	}
	day, err := asOf(r.URL.Query(), periods.Default.Period.To)
	if err != nil {
		return err
	}
	a, is, err := s.Statements.LatestAcquisition(v.Context(), day)
	if err != nil {
		return err
	}
	if !is.Current {
		if j, err := s.desk().Growth(v.Context(), day); is.Key == "" || err != nil {
			return follow(w, r, j, err)
		}
	}
	p := s.growthPage(v, a, periods)
	if !is.Current {
		p.Cautions = append(p.Cautions, "New records came: "+behind)
	}
	return s.show(w, http.StatusOK, "growth", p)
}

func (s *Site) growthPage(v visit, a clientele.Acquisition, periods statement.Periods) growthPage {
	p := growthPage{
		frame: s.frame(v, "growth", "Growth"), Kicker: "Winning customers · as of " + v.date(a.AsOf), Headline: v.sentence(a.Headline()),
		AsOf: v.endsMenu("/growth", periods, a.AsOf), FutureWhy: v.sentence(a.Why),
	}
	for _, w := range a.Warnings {
		p.Cautions = append(p.Cautions, v.sentence(w))
	}
	if a.Refused != "" {
		p.Cautions = append(p.Cautions, "What customers are still worth cannot be told, and is left out. "+v.sentence(a.Refused))
	}
	p.Hidden = v.hidden(a.Hidden)
	p.Quarters, p.Channels = v.wonByQuarter(a), v.wonByChannel(a)
	if a.Future != nil {
		p.Future = v.stillToBeWon(a.Future)
		p.MovedWhy = v.sentence(a.Future.MovedWhy)
		if m := a.Future.Moved; m != nil {
			p.Moved = v.futureMoved(m, a.AsOf)
		}
	}
	return p
}

// wonByQuarter sets what a customer of each quarter brings beside what one cost.
func (v visit) wonByQuarter(a clientele.Acquisition) modelFigure {
	fig := chart.Figure{
		ID: "quarters", Title: "What a customer brings, beside what one cost",
		Subtitle: "Margin so far and to come over five years, of one customer, by quarter of the first purchase, " + v.symbol + "; the mark is the cost of winning one",
		Table:    chart.Table{Caption: "Customers by the quarter in which they were won", Columns: []string{"Quarter", "customers", "each has brought", "each will bring", "each cost", "return"}},
	}
	var items []chart.Column
	var said []string
	for _, c := range a.Quarters {
		if c.Each == nil {
			continue
		}
		items = append(items, chart.Column{Label: strings.Replace(c.Name, "-", "\n", 1), Actual: *c.Each, Expected: c.CostEach, Strange: c.Return != nil && *c.Return < 1})
		earned, worth := c.Earned.Float64()/float64(c.Customers), c.Worth.Float64()/float64(c.Customers)
		fig.Table.Rows = append(fig.Table.Rows, textRow(c.Name, v.int(c.Customers), v.fixed(earned, 2), v.fixed(worth, 2), v.known(c.CostEach, 2), v.times(c.Return)))
		said = append(said, fmt.Sprintf("%s %s", c.Name, v.number(*c.Each, 0)))
	}
	fig.Summary = fig.Title + ": " + strings.Join(said, ", ") + "."
	fig.Plot.Columns = chart.NewColumns(items, func(f float64) string { return v.number(f, 0) })
	return modelFigure{fig, ""}
}

// known writes a number that may not be.
func (l *locale) known(f *float64, decimals int) string {
	if f == nil {
		return none
	}
	return l.fixed(*f, decimals)
}

func (l *locale) times(f *float64) string {
	if f == nil {
		return none
	}
	return l.fixed(*f, 1) + nbsp + "×"
}

func (v visit) wonByChannel(a clientele.Acquisition) figTable {
	t := figTable{
		Title: "By channel", Subtitle: "Customers won in the last year, what one brings and what one cost, " + v.symbol,
		Columns: []string{"", "customers", "brings", "cost", "return"},
	}
	best, worst := clientele.AcquiredCohort{}, clientele.AcquiredCohort{}
	for _, c := range a.Channels {
		t.Rows = append(t.Rows, figRow{Name: c.Name, Cells: []fig{
			{Text: v.int(c.Customers)}, {Text: v.known(c.Each, 2)}, {Text: v.known(c.CostEach, 2)}, {Text: v.times(c.Return)},
		}})
		if c.Return == nil {
			continue
		}
		if best.Return == nil || *c.Return > *best.Return {
			best = c
		}
		if worst.Return == nil || *c.Return < *worst.Return {
			worst = c
		}
	}
	if best.Return != nil && best.Name != worst.Name {
		t.Title = fmt.Sprintf("%s returns %s its cost, %s %s", best.Name, v.times(best.Return), worst.Name, v.times(worst.Return))
	}
	return t
}

func (v visit) stillToBeWon(f *clientele.FutureCustomers) figTable {
	t := figTable{
		Title:    "Customers still to be won are worth " + v.short(f.Worth.Estimate) + " before their cost",
		Subtitle: "Of the next five years, within these five years, discounted. They are not in customer equity, which counts those won already. " + v.sentence(f.Basis),
	}
	row := func(name string, e clientele.Estimate, sum bool) {
		t.Rows = append(t.Rows, figRow{Name: name, Cells: []fig{{Text: v.money(e.Estimate)}}, Note: v.short(e.Low) + " to " + v.short(e.High), Sum: sum})
	}
	for _, y := range f.Years {
		t.Rows = append(t.Rows, figRow{
			Name: fmt.Sprintf("Customers in year %d", y.Year), Cells: []fig{{Text: v.number(y.Customers, 0)}},
			Note: v.number(y.Low, 0) + " to " + v.number(y.High, 0),
		})
	}
	row("One won today, over five years", f.Each, false)
	if f.CostEach != nil {
		t.Rows = append(t.Rows, figRow{Name: "Cost of one", Cells: []fig{{Text: v.money(*f.CostEach)}}})
	}
	row("Worth before cost", f.Worth, f.Net == nil)
	if f.Net != nil {
		row("Worth, net of cost", *f.Net, true)
		t.Title = "Customers still to be won are worth " + v.short(f.Net.Estimate) + ", net of their cost"
	}
	return t
}

// futureMoved is how the worth of customers still to be won moved.
func (v visit) futureMoved(m *clientele.FutureMovement, asOf clientele.Date) figTable {
	change := m.Closing.Estimate.Sub(m.Opening.Estimate)
	t := figTable{Title: "Since " + v.date(m.Since) + " that worth has not changed", Subtitle: "Worth of customers still to be won, before cost"}
	if change.Sign() != 0 {
		t.Title = "Since " + v.date(m.Since) + " that worth moved by " + signed(change, v.short(change))
	}
	if m.NetOfCost {
		t.Subtitle = "Worth of customers still to be won, net of their cost"
	}
	total := func(day clientele.Date, e clientele.Estimate, sum bool) figRow {
		return figRow{Name: v.date(day), Cells: []fig{{Text: v.money(e.Estimate)}}, Note: v.short(e.Low) + " to " + v.short(e.High), Sum: sum}
	}
	t.Rows = append(t.Rows, total(m.Since, m.Opening, false))
	for _, line := range []struct {
		name   string
		amount clientele.Money
	}{
		{"All has come nearer", m.Unwinding}, {"Were to be won meanwhile", m.ExpectedRelease}, {"The five years moved on", m.Window},
		{"Pace of winning", m.Pace}, {"Cost of winning", m.Cost}, {"Worth of one, by the new model", m.AssumptionChange},
	} {
		t.Rows = append(t.Rows, figRow{Name: line.name, Cells: []fig{{Text: signed(line.amount, v.money(line.amount))}}})
	}
	t.Rows = append(t.Rows, total(asOf, m.Closing, true))
	return t
}
