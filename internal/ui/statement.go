package ui

import (
	"net/http"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/chart"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/statement"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/warehouse"
)

// fig is a figure that leads to its explanation.
type fig struct {
	Text string
	Href string
	Of   string // what the figure is, for those who hear the link alone
}

// statementPage is the statement of customers of one period.
type statementPage struct {
	frame
	Kicker, Headline string
	Periods          menu
	Segments         menu
	Cautions         []caution // what a reader must know before the figures
	Vacancies        string    // touchpoints that nobody answers for; "" if there are none, or the reader may not see them
	Goals            *goalPart // nil where the period has none
	Worth            worthPart
	Moved            *chart.Figure // nil without equity at both ends
	Customers        chart.Figure
	CustomerNotes    []figRow
	Value            chart.Figure
	Recurring        *chart.Figure
	Came             figTable
	Out, In          reasonPart
	Rates            figTable
	Revenue          figTable
	TieOut           figTable
	Model            modelPart
	NotCovered       figTable
	Multiples        []chart.Figure
	SegmentTable     *figTable
	Hidden           *caution // segments that are not the reader's
	Footer           footer
}

// caution is a warning, and where to read on.
type caution struct {
	Lead, Text      string
	Href, HrefWords string // may be empty
}

// figTable is a small table of figures, each leading to its explanation.
type figTable struct {
	Title, Subtitle string
	Columns         []string // the first names the rows; empty: no header is shown
	Rows            []figRow
}

// figRow is one line of a figTable.
type figRow struct {
	Name  string
	Cells []fig
	Note  string
	Sum   bool // the line sums up those above
}

// worthPart is the one number.
type worthPart struct {
	Refused  string // why there is none, and what to do; the other fields are empty then
	Symbol   string // the currency, before the digits or after
	Before   bool
	Digits   string
	Suffix   string
	Estimate fig
	Range    string
	Basis    string
	Rows     []figRow
}

// modelPart is the model against the records that it had not seen.
type modelPart struct {
	Title  string
	Figure *chart.Figure // nil without a holdout
	Why    string        // why there is none
	Href   string        // of the model's page; "" without a model
	Rows   []figRow
}

// reasonPart is why customers came or left.
type reasonPart struct {
	Direction       string // in or out
	Title, Subtitle string
	Rows            []reasonRow
}

// reasonRow is one reason with a bar as long as its share of the longest.
type reasonRow struct {
	Name             string
	Customers, Value fig
	Width            string // of the bar, in percent
	Unknown          bool
}

// footer says what made the figures.
type footer struct {
	Definition, LoadedAt, Records, Run string
	Imports                            []string
}

// emptyPage is what stands in place of figures before there are records.
type emptyPage struct {
	frame
	Kicker, Heading string
	Ask             string // whom to ask, of a reader who may not import
}

// showEmpty is a page before there are records.
func (s *Site) showEmpty(w http.ResponseWriter, v visit, section, title, kicker, heading string) error {
	return s.show(w, http.StatusOK, "empty", emptyPage{s.frame(v, section, title), kicker, heading, v.ask(policy.ImportData)})
}

// opened is a visit to a page of figures, and the periods that it can be of; ok is
// false before there are records. While new records are committed the page is of those before.
func (s *Site) opened(r *http.Request) (v visit, periods statement.Periods, ok bool, err error) {
	if v, err = s.visit(r.WithContext(warehouse.Meanwhile(r.Context()))); err == nil {
		periods, ok, err = s.Statements.Periods(v.Context())
	}
	return v, periods, ok, err
}

// statement shows a statement that is computed already, and has it computed otherwise.
func (s *Site) statement(w http.ResponseWriter, r *http.Request) error {
	v, periods, ok, err := s.opened(r)
	if err != nil {
		return err
	}
	if !ok {
		return s.showEmpty(w, v, "statement", "No records yet", "Statement of customers", "There is nothing to state yet: this book has no records.")
	}
	f, err := v.filter(periods.Default.Period)
	if err != nil {
		return err
	}
	whole, is, err := s.Statements.Latest(v.Context(), f.request())
	if err != nil {
		return err
	}
	var j store.Job
	if !is.Current {
		j, err = s.desk().Statement(v.Context(), f.request())
	}
	if is.Key == "" || err != nil {
		return follow(w, r, j, err)
	}
	in, err := s.beside(v, f, periods)
	if err != nil {
		return err
	}
	if !is.Current {
		in.Behind = jobHref(j.ID, r.URL.RequestURI())
	}
	return s.showKept(w, v, "statement", []any{is.Key, in}, func() (any, error) { return s.statementPage(v, whole, f, in) })
}

// beside is what a statement's page shows beside the statement.
type beside struct {
	Periods    statement.Periods
	Attributes []string
	Goals      *goalPart
	Vacancies  string
	Behind     string // where one sees how far the figures of new records are; "": there are none
}

func (s *Site) beside(v visit, f filter, periods statement.Periods) (in beside, err error) {
	in.Periods = periods
	if in.Attributes, err = s.Statements.Attributes(v.Context()); err != nil {
		return in, err
	}
	if f.Segment == "" && v.may(policy.ReadGoals) {
		if in.Goals, err = s.statementGoals(v, f.Period); err != nil {
			return in, err
		}
	}
	if f.Segment == "" && v.may(policy.ReadJourneys) {
		in.Vacancies, err = s.statementVacancies(v)
	}
	return in, err
}

// behind is what a page says of figures while those of new records are computed.
const behind = "these figures were computed before them. The new ones are on their way, and stand here when you open the page again."

// follow leads to the progress of a job that was added, and from there back; err is why it
// was not.
func follow(w http.ResponseWriter, r *http.Request, j store.Job, err error) error {
	if err != nil {
		return err
	}
	http.Redirect(w, r, jobHref(j.ID, r.URL.RequestURI()), http.StatusSeeOther)
	return nil
}

// statementPage is made of what it is given, and of nothing else: showKept relies on it.
func (s *Site) statementPage(v visit, whole clientele.Statement, f filter, in beside) (statementPage, error) {
	st, err := segmentOf(whole, f)
	if err != nil {
		return statementPage{}, err
	}
	p := statementPage{
		frame:    s.frame(v, "statement", "Statement of customers"),
		Kicker:   "Statement of customers · " + v.period(f.Period),
		Headline: v.sentence(statement.Headline(st)),
		Periods:  v.periodMenu("/", in.Periods, f),
		Segments: segmentMenu(in.Attributes, whole, f),
		Goals:    in.Goals, Vacancies: in.Vacancies,
	}
	if f.Segment != "" {
		p.Kicker += " · " + f.about()
	}
	b := builder{visit: v, st: st, whole: whole, filter: f}
	err = b.fill(&p)
	if in.Behind != "" {
		p.Cautions = append(p.Cautions, caution{"New records came:", behind, in.Behind, "How far it is"})
	}
	return p, err
}

// segmentOf is the statement that the page is about: the whole, or one segment
// with the whole's model and data.
func segmentOf(whole clientele.Statement, f filter) (clientele.Statement, error) {
	if f.Segment == "" {
		return whole, nil
	}
	i := slices.IndexFunc(whole.Segments, func(s clientele.Statement) bool { return s.Segment == f.Segment })
	if i < 0 {
		return clientele.Statement{}, clientele.Errorf(clientele.CodeNotFound, "no customers have %q as their %s", f.Segment, f.By).
			WithHint("Choose a segment from the menu.")
	}
	return whole.Segments[i], nil
}

// builder turns a statement into what its page shows.
type builder struct {
	visit
	filter
	st    clientele.Statement // what the page is about: the whole or one segment
	whole clientele.Statement // carries data and model
	err   error               // the first chart that did not add up
}

// fill makes every part of the page. A movement that does not add up is an
// error and no page.
func (b *builder) fill(p *statementPage) error {
	p.Cautions = b.cautions()
	p.Worth = b.worth()
	p.Moved = b.moved()
	p.Customers = b.customers()
	p.CustomerNotes = b.customerNotes()
	p.Value = b.value("value", "value", b.st.Value)
	if b.st.Recurring != nil {
		recurring := b.value("recurring", "recurring", *b.st.Recurring)
		p.Recurring = &recurring
	}
	p.Came = b.came()
	p.Out, p.In = b.reasonsOut(), b.reasonsIn()
	p.Rates = b.rates()
	p.Revenue, p.TieOut = b.revenue(), b.tieOut()
	p.Model = b.model()
	p.NotCovered = b.notCovered()
	if b.filter.By != "" && b.filter.Segment == "" {
		p.Hidden = b.hidden(b.st.Hidden)
		p.Multiples, p.SegmentTable = b.multiples(), b.segmentTable()
	}
	p.Footer = b.footer()
	return b.err
}

// fig makes a figure of the statement; of names it.
func (b *builder) fig(line warehouse.Line, of, text string) fig {
	return fig{Text: text, Href: b.explain(line), Of: of}
}

func (b *builder) countFig(line warehouse.Line, of string, n int64) fig {
	return b.fig(line, of, b.int(n))
}

func (b *builder) moneyFig(line warehouse.Line, of string, m clientele.Money) fig {
	return b.fig(line, of, b.money(m))
}

// waterfall draws steps, and keeps the first error.
func (b *builder) waterfall(fig chart.Figure, unit string, steps []chart.Step) chart.Figure {
	w, err := chart.NewWaterfall(steps)
	if err != nil {
		b.err = err
		return fig
	}
	fig.Plot.Waterfall = w
	fig.Summary = fig.Title + ". " + chart.StepsSummary(steps)
	fig.Table = chart.StepsTable(fig.Subtitle, unit, steps)
	if w.Axis.Cut {
		fig.Note = "The axis does not begin at zero: opening and closing are cut."
	}
	return fig
}
