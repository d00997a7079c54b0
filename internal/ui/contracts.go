package ui

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/chart"
	"github.com/clientele/clientele/internal/contract"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/statement"
)

// contractsPage is how long contracts run, what they are worth and which renewals come next.
type contractsPage struct {
	frame
	None             bool // the book has no contracts; then what follows is empty
	Kicker, Headline string
	AsOf             menu
	Cautions         []string
	Renewals         modelFigure
	Worth, Year      figTable
	Plans            figTable
	Survival         *modelFigure // nil: nobody has left
	Cohorts          figTable
	Made             string
	Hidden           *caution // plans that are not the reader's
	Ask              string   // whom to ask, of a reader who may not import
}

// contracts shows a report that is prepared already, and has it prepared otherwise.
func (s *Site) contracts(w http.ResponseWriter, r *http.Request) error {
	v, periods, ok, err := s.opened(r)
	if err != nil {
		return err
	}
	if !ok {
		return s.showEmpty(w, v, "contracts", "No records yet", "Contracts", "There are no contracts yet: this book has no records.")
	}
	day, err := asOf(r.URL.Query(), periods.Default.Period.To)
	if err != nil {
		return err
	}
	report, ok, err := s.Contracts.Ready(v.Context(), contract.Request{AsOf: day})
	if clientele.CodeOf(err) == clientele.CodeNotFound {
		return s.show(w, http.StatusOK, "contracts", contractsPage{frame: s.frame(v, "contracts", "Contracts"), None: true, Kicker: "Contracts", Headline: "There are no contracts yet.", Ask: v.ask(policy.ImportData)})
	}
	if err != nil {
		return err
	}
	if !ok {
		j, err := s.desk().Contracts(v.Context(), day)
		return follow(w, r, j, err)
	}
	return s.show(w, http.StatusOK, "contracts", s.contractsPage(v, report, periods))
}

func (s *Site) contractsPage(v visit, r clientele.ContractReport, periods statement.Periods) contractsPage {
	p := contractsPage{
		frame: s.frame(v, "contracts", "Contracts"), Kicker: "Contracts · as of " + v.date(r.AsOf), AsOf: v.endsMenu("/contracts", periods, r.AsOf),
		Headline: fmt.Sprintf("%s of %s contracts run, and bring %s a month.", v.int(r.All.Active), v.int(r.All.Contracts), v.short(r.All.Recurring)),
		Renewals: v.renewals(r), Worth: v.contractWorth(r.All), Year: v.recurringYear(r), Plans: v.contractPlans(r.Plans), Cohorts: v.startedIn(r.Cohorts),
		Made: fmt.Sprintf("Worth is just before the next renewal, at %s discount a year and a margin of %s. Shares that run longer are told without a model (Kaplan–Meier).", v.setting(r.DiscountRate), v.setting(r.Margin)),
	}
	p.Hidden = v.hidden(r.Hidden)
	if len(r.All.Survival) > 0 {
		p.Survival = new(v.survival(r.All))
	}
	for _, w := range r.Warnings {
		p.Cautions = append(p.Cautions, v.sentence(w))
	}
	return p
}

// renewals sets what falls due in each month beside what the models expect to be renewed.
func (v visit) renewals(r clientele.ContractReport) modelFigure {
	fig := chart.Figure{
		ID: "renewals", Subtitle: "Contracts by the month of their next renewal; the mark is how many are expected to renew",
		Table: chart.Table{Caption: "Renewals by month", Columns: []string{"Month", "due", "expected to renew", "recurring a month", "told to end"}},
	}
	var items []chart.Column
	var due int64
	var said []string
	for _, m := range r.Renewals {
		due += m.Due
		items = append(items, chart.Column{Label: strings.Replace(v.month(m.Month), " ", "\n", 1), Actual: float64(m.Due), Expected: m.Expected})
		fig.Table.Rows = append(fig.Table.Rows, textRow(v.month(m.Month), v.int(m.Due), v.known(m.Expected, 1), v.money(m.Recurring), v.int(m.Ending)))
		said = append(said, v.month(m.Month)+" "+v.int(m.Due))
	}
	fig.Title = "No renewal falls due in the next twelve months"
	if due > 0 {
		fig.Title = v.int(due) + " contracts come up for renewal within twelve months"
	}
	fig.Summary = fig.Title + ": " + strings.Join(said, ", ") + "."
	fig.Plot.Columns = chart.NewColumns(items, func(f float64) string { return v.number(f, 0) })
	return modelFigure{fig, ""}
}

// contractWorth is the worth of all running contracts, or why it cannot be told.
func (v visit) contractWorth(g clientele.ContractGroup) figTable {
	t := figTable{Title: "What running contracts are worth cannot be told", Subtitle: v.sentence(g.Refused)}
	e := g.Equity
	if e == nil {
		return t
	}
	t.Title = "Running contracts are worth " + v.short(e.Estimate.Estimate)
	t.Subtitle = fmt.Sprintf("Recurring amounts of the next %d years, each weighted by the chance that the contract still runs, discounted", e.HorizonYears)
	t.Rows = []figRow{
		{Name: fmt.Sprintf("the next %d years", e.HorizonYears), Cells: []fig{{Text: v.money(e.Estimate.Estimate)}}, Note: v.short(e.Low) + " to " + v.short(e.High)},
		{Name: "beyond (the tail)", Cells: []fig{{Text: v.money(e.Tail.Estimate)}}, Note: v.short(e.Tail.Low) + " to " + v.short(e.Tail.High)},
	}
	return t
}

func (v visit) recurringYear(r clientele.ContractReport) figTable {
	t := figTable{Title: "Recurring amounts in twelve months"}
	if r.Year == nil {
		return t
	}
	y := r.Year.Value
	t.Subtitle = "A month, " + v.period(r.Year.Period)
	for _, line := range []struct {
		name   string
		amount clientele.Money
		sum    bool
	}{
		{"at opening", y.Opening, false}, {"new", y.New, false}, {"came back", y.Reactivated, false}, {"expanded", y.Expanded, false},
		{"contracted", y.Contracted.Neg(), false}, {"lost", y.Lost.Neg(), false}, {"at closing", y.Closing, true},
	} {
		t.Rows = append(t.Rows, figRow{Name: line.name, Cells: []fig{{Text: v.money(line.amount)}}, Sum: line.sum})
	}
	if r.Year.GRR != nil {
		t.Title = v.percent(*r.Year.GRR) + " of recurring amounts were kept over twelve months"
		t.Rows = append(t.Rows, figRow{Name: "kept, without growth (GRR)", Cells: []fig{{Text: v.percent(*r.Year.GRR)}}},
			figRow{Name: "kept, with growth (NRR)", Cells: []fig{{Text: v.percent(*r.Year.NRR)}}})
	}
	return t
}

// contractPlans sets the plans side by side.
func (v visit) contractPlans(plans []clientele.ContractGroup) figTable {
	t := figTable{
		Title: "By the plan that a contract began with", Subtitle: "Each is valued by a model of its own renewals, where enough of them have ended",
		Columns: []string{"", "begun", "running", "recurring a month", "half have left after", "worth, 5 years"},
	}
	for _, g := range plans {
		worth, half := none, none
		if g.Equity != nil {
			worth = v.money(g.Equity.Estimate.Estimate)
		}
		if g.Median != nil {
			half = fmt.Sprintf("%s months", v.int(int64(*g.Median)))
		}
		t.Rows = append(t.Rows, figRow{Name: g.Name, Note: modelsWords(g.Models), Cells: []fig{
			{Text: v.int(g.Contracts)}, {Text: v.int(g.Active)}, {Text: v.money(g.Recurring)}, {Text: half}, {Text: worth},
		}})
	}
	return t
}

// modelsWords names the models of a plan, by recurring period.
func modelsWords(models []clientele.ContractModel) string {
	var words []string
	for _, m := range models {
		name := m.Name
		switch {
		case m.Refused != "":
			name = "no model"
		case m.OfAll:
			name += " of all plans"
		}
		words = append(words, "by the "+m.Period+": "+name)
	}
	return strings.Join(words, "; ")
}

// longest is how many columns a chart of survival has at most.
const longest = 12

// survival is the share of contracts that run longer than so many months.
func (v visit) survival(g clientele.ContractGroup) modelFigure {
	fig := chart.Figure{
		ID: "survival", Title: "How long contracts run", Subtitle: "Share that runs longer than so many months, percent",
		Table: chart.Table{Caption: "Share that runs longer", Columns: []string{"Months", "share", "95% interval", "at risk", "left"}},
	}
	if g.Median != nil {
		fig.Title = fmt.Sprintf("Half of the contracts have left after %s months", v.int(int64(*g.Median)))
	}
	every := (len(g.Survival) + longest - 1) / longest
	var items []chart.Column
	var said []string
	for i, s := range g.Survival {
		months := v.int(int64(s.Month))
		fig.Table.Rows = append(fig.Table.Rows, textRow(months, v.percent(s.Survival), v.percent(s.Low)+" to "+v.percent(s.High), v.int(s.AtRisk), v.int(s.Left)))
		if i%every == every-1 || i == len(g.Survival)-1 {
			items = append(items, chart.Column{Label: months, Actual: 100 * s.Survival})
			said = append(said, v.percent(s.Survival)+" longer than "+months)
		}
	}
	fig.Summary = fig.Title + ": " + strings.Join(said, ", ") + " months."
	fig.Plot.Columns = chart.NewColumns(items, func(f float64) string { return v.setting(f / 100) })
	return modelFigure{fig, ""}
}

// startedIn sets the cohorts by year side by side.
func (v visit) startedIn(cohorts []clientele.ContractGroup) figTable {
	t := figTable{
		Title: "By year of the start", Subtitle: "Share that runs longer than one, two and three years",
		Columns: []string{"", "begun", "running", "1 year", "2 years", "3 years"},
	}
	for _, g := range cohorts {
		row := figRow{Name: g.Name, Cells: []fig{{Text: v.int(g.Contracts)}, {Text: v.int(g.Active)}}}
		for _, months := range []int{12, 24, 36} {
			text := none
			if share, ok := g.Longer(months); ok {
				text = v.percent(share)
			}
			row.Cells = append(row.Cells, fig{Text: text})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
