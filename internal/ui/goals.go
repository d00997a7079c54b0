package ui

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/goal"
	"github.com/clientele/clientele/internal/policy"
)

// goalsPage is the goals with what came of each, the alarm of the latest quarter, and the
// form that sets them.
type goalsPage struct {
	frame
	Headline string
	Latest   *goalPart // nil without a covered quarter, or where its goal stands below
	Goals    []goalPart
	Form     goalForm
	Ask      string // whom to ask, of a reader who may not set goals
}

// goalPart is a period with its targets and its alarm.
type goalPart struct {
	Title, Subtitle string
	Raised          bool
	Alarm           string
	Columns         []string
	Rows            []goalRow
	Href            string // of the goals' page; "" on it
}

// goalRow is one target.
type goalRow struct {
	Name, Target, Actual, Gap, Met string
	Missed                         bool
	Note                           string
}

// goalForm is what the form holds; Problem says why it was refused, "" if it was not.
type goalForm struct {
	Period, Customers, Value, Equity, Sales, Profit, By string

	Problem, Hint string
}

// goals shows what came of the goals where that is computed, and has it computed otherwise.
func (s *Site) goals(w http.ResponseWriter, r *http.Request) error {
	return s.goalsWith(w, r, http.StatusOK, goalForm{Period: r.URL.Query().Get("period")})
}

func (s *Site) goalsWith(w http.ResponseWriter, r *http.Request, status int, form goalForm) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	o, ok, err := s.Goals.ReadyOverview(r.Context())
	if err != nil {
		return err
	}
	if !ok && status == http.StatusOK {
		j, err := s.desk().Goals(r.Context(), nil)
		return follow(w, r, j, err)
	}
	p := goalsPage{frame: s.frame(v, "goals", "Goals"), Headline: goalsHeadline(o), Form: form, Ask: v.ask(policy.SetGoal)}
	shown := false
	for _, report := range o.Goals {
		p.Goals = append(p.Goals, v.goalPart(report, ""))
		shown = shown || o.Latest != nil && report.Period == o.Latest.Period
	}
	if o.Latest != nil && !shown {
		latest := v.goalPart(*o.Latest, "")
		p.Latest = &latest
	}
	return s.show(w, status, "goals", p)
}

// goalsHeadline is the alarm of the latest quarter, as far as it can be told.
func goalsHeadline(o goal.Overview) string {
	switch {
	case o.Latest == nil && len(o.Goals) == 0:
		return "No goal is set yet."
	case o.Latest == nil:
		return "What came of the goals cannot be told yet."
	}
	return o.Latest.Alarm.Title()
}

func (v visit) goalPart(r goal.Report, href string) goalPart {
	p := goalPart{
		Title: r.Period + ": " + goalsMet(r.Lines), Subtitle: v.period(clientele.Period{From: r.From, To: r.To}), Href: href,
		Raised: r.Alarm.Verdict == goal.Raised, Alarm: v.sentence(r.Alarm.Words),
		Columns: []string{"goal", "target", "actual", "gap", "met"},
	}
	if r.By != "" {
		p.Subtitle += ", set by " + r.By
	}
	for _, l := range r.Lines {
		p.Rows = append(p.Rows, v.goalRow(l))
	}
	return p
}

// goalsMet says how many targets are met, of those that can be told.
func goalsMet(lines []goal.Line) string {
	met, told := 0, 0
	for _, l := range lines {
		if l.Met != nil {
			told++
			if *l.Met {
				met++
			}
		}
	}
	switch {
	case len(lines) == 0:
		return "no goal is set"
	case told == 0:
		return "it is too early to tell"
	case met == told && told == len(lines):
		return "every goal is met"
	}
	return strconv.Itoa(met) + " of " + strconv.Itoa(told) + " goals are met"
}

func (v visit) goalRow(l goal.Line) goalRow {
	write := v.money
	if l.Count {
		write = func(m clientele.Money) string { return v.group(m.Fixed(0)) }
	}
	row := goalRow{Name: string(l.Measure), Target: write(l.Target), Actual: "cannot be told", Note: v.sentence(l.Why)}
	if l.Actual == nil {
		return row
	}
	row.Actual, row.Gap, row.Met, row.Missed = write(*l.Actual), signed(*l.Gap, write(*l.Gap)), "met", !*l.Met
	if row.Missed {
		row.Met = "missed"
	}
	if l.Unsure() {
		row.Note = "the target lies within the interval of the estimate, " + v.short(l.Interval.Low) + " to " + v.short(l.Interval.High)
	}
	return row
}

// setGoal signs the targets of the form; one that is refused is shown again.
func (s *Site) setGoal(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return clientele.Errorf(clientele.CodeUsage, "the form cannot be read").WithHint("Send it again from the page.").Because(err)
	}
	get := r.PostForm.Get
	form := goalForm{
		Period: get("period"), Customers: get("customers"), Value: get("value"), Equity: get("equity"), Sales: get("sales"), Profit: get("profit"), By: get("by"),
	}
	targets, err := form.targets()
	if err == nil {
		_, err = s.Goals.Set(r.Context(), form.Period, targets, form.By)
	}
	if clientele.CodeOf(err) == clientele.CodeInvalid {
		form.Problem, form.Hint = sayError(err)
		return s.goalsWith(w, r, http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/goals", http.StatusSeeOther)
	return nil
}

// targets reads what the form holds; what is empty is no target.
func (f goalForm) targets() (t goal.Targets, err error) {
	if text := strings.TrimSpace(f.Customers); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return t, clientele.Errorf(clientele.CodeInvalid, "%q is not a number of customers", text).WithHint("Write whole numbers plainly, for example 4500.")
		}
		t.Customers = &n
	}
	for _, m := range []struct {
		text   string
		target **clientele.Money
	}{{f.Value, &t.Value}, {f.Equity, &t.Equity}, {f.Sales, &t.Sales}, {f.Profit, &t.Profit}} {
		if strings.TrimSpace(m.text) == "" {
			continue
		}
		amount, err := clientele.ParseMoney(strings.TrimSpace(m.text))
		if err != nil {
			return t, err
		}
		*m.target = &amount
	}
	return t, nil
}

// statementGoals is the part of the statement's page; nil where the period is none of the
// fiscal calendar. What it takes is computed when it is not there, and shown the next time.
func (s *Site) statementGoals(v visit, p clientele.Period) (*goalPart, error) {
	named, err := s.Goals.Named(v.Context(), p)
	if err != nil || !named {
		return nil, err
	}
	report, ok, err := s.Goals.Ready(v.Context(), p)
	if err != nil {
		return nil, err
	}
	if !ok {
		_, err := s.desk().Goals(v.Context(), &p)
		return &goalPart{Title: "Goals", Subtitle: "What came of them is being computed. It stands here when you open this page again."}, err
	}
	part := v.goalPart(report, "/goals?"+url.Values{"period": {report.Period}}.Encode())
	if len(part.Rows) == 0 && !v.may(policy.SetGoal) {
		part.Href = "" // it would lead to the form
	}
	return &part, nil
}
