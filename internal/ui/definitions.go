package ui

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/definition"
	"github.com/clientele/clientele/internal/httpd"
	"github.com/clientele/clientele/internal/policy"
)

// definitionsPage is what holds, what is proposed, and the form that proposes.
type definitionsPage struct {
	frame
	Kicker, Headline string
	Disagreement     string // of book.toml; "" where there is none
	Terms            []fact
	Open             []versionRow // to be approved
	Versions         []versionRow // newest first
	Form             proposalForm
	Ask              string // whom to ask, of a reader who may not propose
}

// versionRow is one version.
type versionRow struct {
	Number, State, Href string
	InForce             bool
	What, Why           string
	Proposed, Approved  string
	Hash, ShortHash     string
	Changes             []string
}

// proposalForm is what the form holds; Problem says why it was refused, "" if it was not.
type proposalForm struct {
	Kinds                                   []option
	Lapse, Grace, Margin, Discount, Why, By string

	Problem, Hint string
}

// option is one of a list to choose from.
type option struct {
	Name     string
	Selected bool
}

// definitionPage is one version, with what it would have done to past quarters.
type definitionPage struct {
	frame
	Kicker, Headline, Why string
	Beside                menu
	Terms                 []fact
	Changes               []string
	Title, Subtitle       string
	WhyNot                string // there is no comparison; "" if there is
	Tables                [][]figTable
	LeftOut               string
	Approve               string // where the form leads; "" if there is nothing to approve
	Ask                   string // whom to ask, of a reader who may not approve what is open
	Facts                 []fact
	Hash                  string // "" for what nobody signed
	By                    string
	Problem, Hint         string
}

// sayError is what an error says to people, and its hint.
func sayError(err error) (message, hint string) {
	e := (*clientele.Error)(nil)
	if errors.As(err, &e) {
		message = e.Message
	}
	return capital(message) + ".", clientele.HintOf(err)
}

func versionHref(n int) string { return "/definitions/" + strconv.Itoa(n) }

func (s *Site) definitions(w http.ResponseWriter, r *http.Request) error {
	return s.definitionsWith(w, r, http.StatusOK, nil)
}

// definitionsWith shows the page with a form as it was sent; nil is that of what holds.
func (s *Site) definitionsWith(w http.ResponseWriter, r *http.Request, status int, form *proposalForm) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	versions, err := s.Definitions.Versions(r.Context())
	if err != nil {
		return err
	}
	differ, err := s.Definitions.Disagreements(r.Context())
	if err != nil {
		return err
	}
	p := definitionsPage{frame: s.frame(v, "definitions", "Definitions"), Disagreement: strings.Join(changeTexts(differ), ", ")}
	for i := len(versions) - 1; i >= 0; i-- {
		x := versions[i]
		row := v.versionRow(x)
		p.Versions = append(p.Versions, row)
		switch x.State {
		case definition.Proposed:
			p.Open = append(p.Open, row)
		case definition.InForce:
			p.Kicker = "Definitions · version " + row.Number + " is in force"
			p.Headline = "A customer is " + activeWords(v.settings.Definition) + "."
			p.Terms = v.termFacts(x.Terms)
			if form == nil {
				form = proposalOf(x.Terms)
			}
		}
	}
	p.Form, p.Ask = *form, v.ask(policy.ProposeDefinition)
	return s.show(w, status, "definitions", p)
}

func (v visit) versionRow(x definition.Version) versionRow {
	row := versionRow{
		Number: strconv.Itoa(x.Number), State: string(x.State), Href: versionHref(x.Number), InForce: x.State == definition.InForce, Why: x.Why,
		Proposed: v.signature(x.ProposedBy, x.ProposedAt), Approved: v.signature(x.ApprovedBy, x.ApprovedAt),
		Hash: x.Hash, ShortHash: shortHash(x.Hash), Changes: changeTexts(x.Changes),
	}
	row.What = strings.Join(row.Changes, ", ")
	if x.Base == 0 {
		row.What = activeWords(clientele.Definition{Kind: x.Terms.Kind, LapseDays: x.Terms.LapseDays, GraceDays: x.Terms.GraceDays})
	}
	return row
}

// signature is a name with the moment at which it was signed.
func (v visit) signature(name string, at *time.Time) string {
	if at == nil {
		return name
	}
	return name + ", " + v.instant(*at)
}

// termWords are what the terms of a definition are called.
var termWords = map[string]string{
	"kind": "Customers by", "lapse_days": "Lapse days", "grace_days": "Grace days", "margin": "Margin", "discount_rate": "Discount rate a year", "horizon_years": "Horizon in years",
}

func (v visit) termFacts(t definition.Terms) []fact {
	var facts []fact
	for _, term := range t.List() {
		facts = append(facts, fact{termWords[term.Name], term.Text})
	}
	return append(facts, fact{"Value is", fmt.Sprintf("net revenue of %d days", t.LapseDays)})
}

func changeTexts(changes []definition.Change) []string {
	var texts []string
	for _, c := range changes {
		texts = append(texts, termWords[c.Term]+": "+c.From+" → "+c.To)
	}
	return texts
}

// proposalOf is the form with the terms that hold.
func proposalOf(t definition.Terms) *proposalForm {
	f := &proposalForm{Kinds: kindOptions(t.Kind), Lapse: strconv.Itoa(t.LapseDays), Grace: strconv.Itoa(t.GraceDays), Discount: fractionText(t.DiscountRate)}
	if t.Margin != nil {
		f.Margin = fractionText(*t.Margin)
	}
	return f
}

func fractionText(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func kindOptions(selected clientele.Business) []option {
	var options []option
	for _, kind := range []clientele.Business{clientele.Orders, clientele.Contracts, clientele.Both} {
		options = append(options, option{string(kind), kind == selected})
	}
	return options
}

// propose signs the version of the form and leads to what it would have done; one that is
// refused is shown again.
func (s *Site) propose(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return clientele.Errorf(clientele.CodeUsage, "the form cannot be read").WithHint("Send it again from the page.").Because(err)
	}
	edit, err := editOf(r.PostForm)
	var proposed definition.Version
	if err == nil {
		proposed, err = s.Definitions.Propose(r.Context(), edit, r.PostForm.Get("why"), r.PostForm.Get("by"))
	}
	if clientele.CodeOf(err) == clientele.CodeInvalid {
		get := r.PostForm.Get
		form := &proposalForm{
			Kinds: kindOptions(clientele.Business(get("kind"))), Lapse: get("lapse_days"), Grace: get("grace_days"), Margin: get("margin"),
			Discount: get("discount_rate"), Why: get("why"), By: get("by"),
		}
		form.Problem, form.Hint = sayError(err)
		return s.definitionsWith(w, r, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, versionHref(proposed.Number), http.StatusSeeOther)
	return nil
}

// editOf reads the terms of a form; what is empty stays as it is.
func editOf(form url.Values) (e definition.Edit, err error) {
	if text := form.Get("kind"); text != "" {
		kind := clientele.Business(text)
		e.Kind = &kind
	}
	for _, days := range []struct {
		name string
		to   **int
	}{{"lapse_days", &e.LapseDays}, {"grace_days", &e.GraceDays}} {
		text := strings.TrimSpace(form.Get(days.name))
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			return e, clientele.Errorf(clientele.CodeInvalid, "%q is not a number of days", text).WithHint("Write whole days, for example 180.")
		}
		*days.to = &n
	}
	for _, part := range []struct {
		name string
		to   **float64
	}{{"margin", &e.Margin}, {"discount_rate", &e.DiscountRate}} {
		text := strings.TrimSpace(form.Get(part.name))
		if text == "" {
			continue
		}
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return e, clientele.Errorf(clientele.CodeInvalid, "%q is not a fraction", text).WithHint("Write 0.35 for 35 %%.")
		}
		*part.to = &f
	}
	return e, nil
}

// question reads which version a page is about, and which it is held against.
func question(r *http.Request) (q definition.Question, err error) {
	if q.Version, err = strconv.Atoi(r.PathValue("version")); err == nil && r.URL.Query().Get("with") != "" {
		q.With, err = strconv.Atoi(r.URL.Query().Get("with"))
	}
	if err != nil || q.Version < 1 || q.With < 0 {
		return q, clientele.Errorf(clientele.CodeNotFound, "there is no such version of the definition").WithHint("The page of definitions lists all there are.")
	}
	return q, nil
}

func (s *Site) definition(w http.ResponseWriter, r *http.Request) error {
	return s.definitionWith(w, r, nil, "")
}

// definitionWith shows a version; refused is why it was not approved by whom, or nil.
func (s *Site) definitionWith(w http.ResponseWriter, r *http.Request, refused error, by string) error {
	q, err := question(r)
	if err != nil {
		return err
	}
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	versions, err := s.Definitions.Versions(r.Context())
	if err != nil {
		return err
	}
	x, err := s.Definitions.Version(r.Context(), q.Version)
	if err != nil {
		return err
	}
	p := s.versionPage(v, x)
	status := http.StatusOK
	if refused != nil {
		p.Problem, p.Hint = sayError(refused)
		p.By, status = by, httpd.Status(refused)
	}
	if ask := v.ask(policy.ReadStatement); ask != "" {
		p.Title, p.WhyNot = "What it would have done is of the statement", ask
		return s.show(w, status, "definition", p)
	}
	c, ok, err := s.Definitions.Compared(r.Context(), q)
	switch {
	case clientele.CodeOf(err) == clientele.CodeInvalid:
		message, hint := sayError(err)
		p.Title, p.WhyNot = "What it would have done cannot be shown", message+" "+hint
	case err != nil:
		return err
	case !ok && refused == nil:
		return s.compareDefinitions(w, r, q)
	case ok:
		p.compared(v, c, versions)
	}
	return s.show(w, status, "definition", p)
}

// compareDefinitions adds the job that computes past quarters and leads to its progress.
func (s *Site) compareDefinitions(w http.ResponseWriter, r *http.Request, q definition.Question) error {
	j, err := s.desk().Definition(r.Context(), q)
	return follow(w, r, j, err)
}

func (s *Site) versionPage(v visit, x definition.Version) *definitionPage {
	row := v.versionRow(x)
	p := &definitionPage{
		frame: s.frame(v, "definitions", "Definition "+row.Number), Kicker: "version " + row.Number + " · " + row.State,
		Headline: "A customer is " + activeWords(clientele.Definition{Kind: x.Terms.Kind, LapseDays: x.Terms.LapseDays, GraceDays: x.Terms.GraceDays}) + ".",
		Why:      row.Why, Terms: v.termFacts(x.Terms), Changes: row.Changes,
		Facts: []fact{{"Proposed", row.Proposed}}, Hash: row.Hash,
	}
	if row.Approved != "" {
		p.Facts = append(p.Facts, fact{"Approved", row.Approved})
	}
	if x.State == definition.Proposed {
		p.Approve, p.Ask = v.hrefFor(policy.ApproveDefinition, versionHref(x.Number)+"/approve"), v.ask(policy.ApproveDefinition)
	}
	return p
}

// compared adds past quarters by both versions, one table a figure.
func (p *definitionPage) compared(v visit, c definition.Comparison, versions []definition.Version) {
	p.Title = v.comparedTitle(c)
	p.Subtitle = fmt.Sprintf("Past quarters by version %d (%s) and by version %d (%s), the newest first", c.With.Number, c.With.State, c.Version.Number, c.Version.State)
	p.LeftOut = strings.Join(c.LeftOut, ", ")
	p.Beside = menu{Name: "Beside", Current: "Beside version " + strconv.Itoa(c.With.Number), Groups: []group{{}}}
	for _, x := range versions {
		if x.Number != c.Version.Number {
			p.Beside.Groups[0].Choices = append(p.Beside.Groups[0].Choices, choice{
				Name: "Version " + strconv.Itoa(x.Number), Note: string(x.State), Current: x.Number == c.With.Number,
				Href: versionHref(c.Version.Number) + "?with=" + strconv.Itoa(x.Number),
			})
		}
	}
	tables := v.comparedTables(c)
	for len(tables) > 0 {
		n := min(2, len(tables))
		p.Tables, tables = append(p.Tables, tables[:n]), tables[n:]
	}
}

// comparedTitle says what the newest quarter would have been.
func (v visit) comparedTitle(c definition.Comparison) string {
	newest := c.Rows[0]
	d := newest.Difference.Closing
	switch {
	case d > 0:
		return fmt.Sprintf("%s would have closed with %s %s more", newest.Period, v.int(d), customersWord(d))
	case d < 0:
		return fmt.Sprintf("%s would have closed with %s %s fewer", newest.Period, v.int(-d), customersWord(-d))
	}
	return newest.Period + " would have closed with as many customers"
}

// equityTable is the table whose figures may not be told; its subtitle says why.
const equityTable = "Customer equity"

// comparedFigure is a figure of both versions and their difference, as text.
type comparedFigure struct {
	name string
	of   func(definition.Row) (with, version, difference string)
}

func (v visit) comparedTables(c definition.Comparison) []figTable {
	count := func(name string, of func(clientele.Heads) int64) comparedFigure {
		return comparedFigure{name, func(r definition.Row) (string, string, string) {
			a, b := of(r.With.Customers), of(r.Version.Customers)
			return v.int(a), v.int(b), v.change(b - a)
		}}
	}
	var tables []figTable
	for _, f := range []comparedFigure{
		count("Customers at closing", func(h clientele.Heads) int64 { return h.Closing }),
		{equityTable, v.comparedEquity},
		count("Customers at opening", func(h clientele.Heads) int64 { return h.Opening }),
		{"Value at closing", func(r definition.Row) (string, string, string) {
			return v.short(r.With.Value), v.short(r.Version.Value), signed(r.Difference.Value, v.short(r.Difference.Value))
		}},
		count("New customers", func(h clientele.Heads) int64 { return h.New }),
		count("Customers lost", func(h clientele.Heads) int64 { return h.Lost }),
		count("Customers who came back", func(h clientele.Heads) int64 { return h.Reactivated }),
	} {
		t := figTable{Title: f.name, Columns: []string{"quarter", fmt.Sprint("by ", c.With.Number), fmt.Sprint("by ", c.Version.Number), "difference"}}
		for _, r := range c.Rows {
			with, version, difference := f.of(r)
			t.Rows = append(t.Rows, figRow{Name: r.Period, Cells: []fig{{Text: with}, {Text: version}, {Text: difference}}})
			if why := cmp.Or(r.With.Why, r.Version.Why); why != "" && f.name == equityTable {
				t.Subtitle = "Cannot be told of " + r.Period + ": " + v.sentence(why)
			}
		}
		tables = append(tables, t)
	}
	return tables
}

func (v visit) comparedEquity(r definition.Row) (with, version, difference string) {
	text := func(s definition.Side) string {
		if s.Equity == nil {
			return "cannot be told"
		}
		return v.short(s.Equity.Estimate)
	}
	if d := r.Difference.Equity; d != nil {
		difference = signed(*d, v.short(*d))
	}
	return text(r.With), text(r.Version), difference
}

// approve brings a version into force; where that is refused, its page says why.
func (s *Site) approve(w http.ResponseWriter, r *http.Request) error {
	q, err := question(r)
	if err != nil {
		return err
	}
	by := r.FormValue("by")
	_, err = s.Definitions.Approve(r.Context(), q.Version, by)
	if code := clientele.CodeOf(err); code == clientele.CodeInvalid || code == clientele.CodeConflict {
		return s.definitionWith(w, r, err, by)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/definitions", http.StatusSeeOther)
	return nil
}
