package ui

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/chart"
	"github.com/clientele/clientele/internal/statement"
	"github.com/clientele/clientele/internal/warehouse"
)

// movementPage is how customer equity moved over a period.
type movementPage struct {
	frame
	Kicker, Headline string
	Periods          menu
	Segments         menu
	Horizons         menu
	Refused          string // why there is no movement; then what follows is empty
	Cautions         []string
	Waterfall        chart.Figure
	Lines            []movementRow
	Cash             figTable
	Audit            string
	Cohorts          figTable
	BySegment        *figTable
	Hidden           *caution // segments that are not the reader's
	Made             string
}

// movementRow is a line of the movement.
type movementRow struct {
	Name, Meaning string
	Amount        fig
	Interval      string
	Part, Sum     bool
}

// movement shows an equity movement that is computed already, and has it computed
// otherwise.
func (s *Site) movement(w http.ResponseWriter, r *http.Request) error {
	v, periods, ok, err := s.opened(r)
	if err != nil {
		return err
	}
	if !ok {
		return s.showEmpty(w, v, "movement", "No records yet", "Equity movement", "Nothing has moved yet: this book has no records.")
	}
	f, err := v.filter(periods.Default.Period)
	if err != nil {
		return err
	}
	horizon, err := horizonOf(r.URL.Query().Get("horizon"))
	if err != nil {
		return err
	}
	m, is, err := s.Statements.LatestEquityMovement(v.Context(), statement.EquityRequest{Request: f.request(), Horizon: horizon})
	if err != nil {
		return err
	}
	if !is.Current {
		if j, err := s.desk().Movement(v.Context(), f.request()); is.Key == "" || err != nil {
			return follow(w, r, j, err)
		}
	}
	p, err := s.movementPage(v, m, periods, f)
	if err != nil {
		return err
	}
	if !is.Current {
		p.Cautions = append(p.Cautions, "New records came: "+behind)
	}
	return s.show(w, http.StatusOK, "movement", p)
}

func horizonOf(s string) (clientele.Horizon, error) {
	switch h := clientele.Horizon(s); h {
	case "":
		return clientele.FiveYears, nil
	case clientele.FiveYears, clientele.Infinite:
		return h, nil
	}
	return "", clientele.Errorf(clientele.CodeInvalid, "%q is no horizon", s).WithHint("Choose five years or none from the menu.")
}

// moveView turns a movement into what its page shows.
type moveView struct {
	visit
	filter
	m clientele.EquityMovement // what the page is about: the whole or one segment
}

// line is where a line of the movement is explained.
func (b moveView) line(e statement.EquityEntry) string {
	if !e.Explained() {
		return ""
	}
	return b.href("/movement/explain", "line", string(e.Line), "horizon", string(b.m.Horizon))
}

func (s *Site) movementPage(v visit, whole clientele.EquityMovement, periods statement.Periods, f filter) (movementPage, error) {
	attributes, err := s.Statements.Attributes(v.Context())
	if err != nil {
		return movementPage{}, err
	}
	b := moveView{v, f, whole}
	if f.Segment != "" {
		found := false
		for _, part := range whole.Segments {
			if part.Segment == f.Segment {
				b.m, found = part, true
			}
		}
		if !found {
			return movementPage{}, clientele.Errorf(clientele.CodeNotFound, "no customers have %q as their %s", f.Segment, f.By).
				WithHint("Choose a segment from the menu.")
		}
	}
	p := movementPage{
		frame:    s.frame(v, "movement", "Equity movement"),
		Kicker:   "Equity movement · " + v.period(f.Period) + " · " + horizonWords(whole.Horizon),
		Headline: v.sentence(statement.MovementHeadline(b.m)),
		Periods:  v.periodMenu("/movement", periods, f), Horizons: b.horizonMenu(), Segments: b.segmentMenu(attributes, whole),
		Refused: whole.Refused,
	}
	if f.Segment != "" {
		p.Kicker += " · " + f.about()
	}
	for _, w := range whole.Warnings {
		p.Cautions = append(p.Cautions, v.sentence(w))
	}
	if p.Refused != "" {
		return p, nil
	}
	p.Lines, p.Cash, p.Cohorts, p.Made = b.lines(), b.cash(), b.cohorts(), b.made(whole)
	if whole.Audit != nil && f.Segment == "" {
		p.Audit = v.sentence(whole.Audit.Reading)
	}
	if f.By != "" && f.Segment == "" {
		p.BySegment, p.Hidden = b.bySegment(), v.hidden(whole.Hidden)
	}
	p.Waterfall, err = b.waterfall()
	return p, err
}

func horizonWords(h clientele.Horizon) string {
	if h == clientele.Infinite {
		return "without a horizon"
	}
	return "five years ahead"
}

func (b moveView) horizonMenu() menu {
	m := menu{Name: "Horizon", Current: capital(horizonWords(b.m.Horizon))}
	var g group
	for _, h := range []clientele.Horizon{clientele.FiveYears, clientele.Infinite} {
		g.Choices = append(g.Choices, choice{Name: capital(horizonWords(h)), Href: b.href("/movement", "horizon", string(h)), Current: h == b.m.Horizon})
	}
	m.Groups = []group{g}
	return m
}

// segmentMenu leads to the movement of one segment, or split by another attribute.
func (b moveView) segmentMenu(attributes []string, whole clientele.EquityMovement) menu {
	horizon := string(whole.Horizon)
	to := func(f filter) string { return f.href("/movement", "horizon", horizon) }
	all := choice{Name: "All customers", Href: to(b.filter.of("", "")), Current: b.By == ""}
	m := menu{Name: "Customers", Current: all.Name, Groups: []group{{Choices: []choice{all}}}}
	if b.By != "" {
		m.Current = "By " + attributeWords(b.By)
		segments := group{Name: capital(attributeWords(b.By))}
		for _, s := range whole.Segments {
			segments.Choices = append(segments.Choices, choice{Name: s.Segment, Href: to(b.filter.of(b.By, s.Segment)), Current: s.Segment == b.Segment})
		}
		m.Groups = append(m.Groups, segments)
	}
	if b.Segment != "" {
		m.Current = b.about()
	}
	by := group{Name: "Compare by"}
	for _, a := range attributes {
		by.Choices = append(by.Choices, choice{Name: capital(attributeWords(a)), Href: to(b.filter.of(a, "")), Current: a == b.By && b.Segment == ""})
	}
	if len(attributes) > 0 {
		m.Groups = append(m.Groups, by)
	}
	return m
}

// shown tells whether a line has something to say: restatement, scope and currency only
// if there was any.
func (b moveView) shown(e statement.EquityEntry) bool {
	return e.Explained() || e.Of(&b.m).Sign() != 0
}

func (b moveView) waterfall() (chart.Figure, error) {
	s := scaleOfBars(b.m.Opening.Reach(b.m.Closing))
	labels := map[warehouse.EquityLine]string{
		"opening": "Opening\n" + b.date(b.m.From-1), "unwinding": "Unwinding", "expected_release": "Release",
		"window": "Window", "experience.survival": "Survival", "experience.activity": "Activity", "experience.spend": "Spend",
		"new_customers": "New", "assumption_change": "Assumptions", "closing": "Closing\n" + b.date(b.m.To),
	}
	var steps []chart.Step
	for _, e := range statement.EquityEntries() {
		if e.Line == "experience.total" || !b.shown(e) {
			continue // its parts are bars of their own
		}
		label, ok := labels[e.Line]
		if !ok {
			label = e.Title
		}
		amount := e.Of(&b.m)
		step := chart.Step{Label: label, Amount: amount, Text: b.money(amount), Short: b.inScale(amount, s), Href: b.line(e), Total: e.Line == "opening" || e.Line == "closing"}
		if !step.Total {
			step.Text, step.Short = signed(amount, step.Text), signed(amount, step.Short)
		}
		steps = append(steps, step)
	}
	w, err := chart.NewWaterfall(steps)
	if err != nil {
		return chart.Figure{}, err
	}
	fig := chart.Figure{ID: "movement", Title: b.movementTitle(), Subtitle: "Customer equity, " + horizonWords(b.m.Horizon) + b.unit(s)}
	fig.Plot.Waterfall = w
	fig.Summary = fig.Title + ". " + chart.StepsSummary(steps)
	fig.Table = chart.StepsTable(fig.Subtitle, b.settings.Currency, steps)
	if w.Axis.Cut {
		fig.Note = "The axis does not begin at zero: opening and closing are cut."
	}
	return fig, nil
}

// movementTitle says what customers did beside what was expected of them.
func (b moveView) movementTitle() string {
	e := b.m.Experience.Total
	switch e.Sign() {
	case 1:
		return "Customers are worth " + b.short(e) + " more than was expected of them"
	case -1:
		return "Customers are worth " + b.short(e.Neg()) + " less than was expected of them"
	}
	return "Customers did as was expected of them"
}

func (b moveView) lines() []movementRow {
	var rows []movementRow
	for _, e := range statement.EquityEntries() {
		if !b.shown(e) {
			continue
		}
		amount := e.Of(&b.m)
		row := movementRow{Name: e.Title, Meaning: e.Meaning, Part: e.Part, Sum: e.Line == "closing", Amount: fig{Text: b.money(amount), Href: b.line(e), Of: e.Title}}
		if v, ok := b.m.Intervals[string(e.Line)]; ok && (v.Low.Sign() != 0 || v.High.Sign() != 0) {
			row.Interval = b.short(v.Low) + " to " + b.short(v.High)
		}
		rows = append(rows, row)
	}
	return rows
}

func (b moveView) cash() figTable {
	t := figTable{Title: "The margin of the period", Subtitle: "From the customers of the opening, not discounted"}
	c := b.m.Cash
	if c == nil {
		return t
	}
	gap := c.Actual.Sub(c.Expected)
	t.Rows = []figRow{
		{Name: "expected at opening", Cells: []fig{{Text: b.money(c.Expected)}}},
		{Name: "came", Cells: []fig{{Text: b.money(c.Actual)}}},
		{Name: "more or less than expected", Cells: []fig{{Text: signed(gap, b.money(gap))}}, Sum: true},
	}
	switch gap.Sign() {
	case 1:
		t.Title = "The period brought " + b.short(gap) + " more margin than expected"
	case -1:
		t.Title = "The period brought " + b.short(gap.Neg()) + " less margin than expected"
	}
	return t
}

// cohorts are the new customers by the month in which they came.
func (b moveView) cohorts() figTable {
	t := figTable{Title: "Who came, by month", Subtitle: "New customers by the month of their first purchase, and what they are worth at closing", Columns: []string{"", "customers", "worth"}}
	var n int64
	for _, c := range b.m.Cohorts {
		n += c.Customers
		t.Rows = append(t.Rows, figRow{Name: b.month(c.Month), Cells: []fig{{Text: b.int(c.Customers)}, {Text: b.money(c.Worth)}}})
	}
	if len(t.Rows) == 0 {
		return t
	}
	t.Title = fmt.Sprintf("%s new %s brought %s", b.int(n), customersWord(n), b.short(b.m.NewCustomers))
	t.Rows = append(t.Rows, figRow{Name: "All", Cells: []fig{{Text: b.int(n)}, {Text: b.money(b.m.NewCustomers)}}, Sum: true})
	return t
}

func (b moveView) bySegment() *figTable {
	t := &figTable{
		Title: "Every segment, and their sum", Subtitle: "Segments add up to the company in every line",
		Columns: []string{attributeWords(b.By), "opening", "time passed", "experience", "new", "assumptions", "closing"},
	}
	row := func(name string, m clientele.EquityMovement, at filter) figRow {
		cell := func(of string, line warehouse.EquityLine, amount clientele.Money) fig {
			return fig{Text: b.short(amount), Of: name + ", " + of, Href: at.href("/movement/explain", "line", string(line), "horizon", string(m.Horizon))}
		}
		passed := clientele.SumMoney(m.Unwinding, m.ExpectedRelease, m.Window, m.Scope, m.CurrencyEffect, m.Restatement)
		return figRow{Name: name, Cells: []fig{
			cell("opening", "opening", m.Opening), {Text: b.short(passed)}, cell("experience", "experience.total", m.Experience.Total),
			cell("new customers", "new_customers", m.NewCustomers), cell("assumption change", "assumption_change", m.AssumptionChange),
			cell("closing", "closing", m.Closing),
		}}
	}
	if b.m.Hidden != nil {
		t.Title, t.Subtitle = "Segments of your units, and the company", "The company's line holds the other segments, too"
	}
	for _, part := range b.m.Segments {
		t.Rows = append(t.Rows, row(part.Segment, part, b.filter.of(b.By, part.Segment)))
	}
	all := row("All customers", b.m, b.filter)
	all.Sum = true
	t.Rows = append(t.Rows, all)
	return t
}

func (b moveView) made(whole clientele.EquityMovement) string {
	o, c := whole.Models.Opening, whole.Models.Closing
	return fmt.Sprintf("Opening by the model as of %s: %s, run %s. Closing by the model as of %s: %s, run %s. Intervals are 95%%, by the uncertainty of the parameters; the lines share the same draws.",
		b.date(o.AsOf), o.Name, o.Run, b.date(c.AsOf), c.Name, c.Run)
}

// movementExplainPage is the customers behind a line of a movement.
type movementExplainPage struct {
	frame
	Back, Kicker, Name, Figure, Interval, Meaning, Formula string
	Facts                                                  []fact
	Rows                                                   []explainRow
	Total                                                  explainRow
	Range, Previous, Next                                  string
	Hidden                                                 *caution // the rows are; then there are none
	Own                                                    []choice // where the reader sees rows
}

func (s *Site) explainMovement(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	if q.Get("from") == "" {
		return clientele.Errorf(clientele.CodeUsage, "the address names no period").WithHint("Open a line from the movement.")
	}
	f, err := v.filter(clientele.Period{})
	if err != nil {
		return err
	}
	horizon, err := horizonOf(q.Get("horizon"))
	if err != nil {
		return err
	}
	offset, err := offsetOf(q)
	if err != nil {
		return err
	}
	x, err := s.Statements.ExplainEquity(r.Context(), statement.ExplainEquityRequest{
		EquityRequest: statement.EquityRequest{Request: f.request(), Horizon: horizon},
		Line:          warehouse.EquityLine(q.Get("line")), Segment: f.Segment, Offset: offset, Limit: rowsAPage,
	})
	if err != nil {
		return err
	}
	return s.show(w, http.StatusOK, "movement_explain", s.movementExplainPage(v, f, x, offset))
}

func (s *Site) movementExplainPage(v visit, f filter, x statement.EquityExplanation, offset int64) movementExplainPage {
	p := movementExplainPage{
		frame: s.frame(v, "movement", x.Title), Back: f.href("/movement", "horizon", string(x.Horizon)), Name: capital(x.Title),
		Kicker: v.period(f.Period) + " · " + horizonWords(x.Horizon), Figure: v.money(x.Figure), Meaning: x.Meaning, Formula: x.Formula,
		Total: explainRow{Name: "Total", Amount: v.money(x.Amount)},
		Facts: []fact{
			{"Period", v.period(f.Period) + ", both days included"},
			{"Opening by", x.Models.Opening.Name + ", run " + x.Models.Opening.Run},
			{"Closing by", x.Models.Closing.Name + ", run " + x.Models.Closing.Run},
		},
	}
	if x.Interval != nil {
		p.Interval = v.short(x.Interval.Low) + " to " + v.short(x.Interval.High)
	}
	if f.Segment != "" {
		p.Kicker += " · " + f.about()
	}
	if p.Hidden = v.hidden(x.Hidden); p.Hidden != nil {
		p.Own = v.own(f, "/movement/explain", "line", string(x.Line), "horizon", string(x.Horizon))
	}
	for _, row := range x.Rows {
		p.Rows = append(p.Rows, explainRow{
			Name: row.Customer, Day: v.date(row.FirstDay), Opening: v.money(row.Opening), Closing: v.money(row.Closing), Amount: v.money(row.Amount),
			Href: f.href("/orders", "customer", row.Customer),
		})
	}
	p.Range, p.Previous, p.Next = v.pager(offset, int64(len(x.Rows)), x.Count, func(offset int64) string {
		return f.href("/movement/explain", "line", string(x.Line), "horizon", string(x.Horizon), "offset", strconv.FormatInt(offset, 10))
	})
	return p
}
