package ui

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/cases"
	"github.com/clientele/clientele/internal/policy"
)

// caseRulesPage says what opens a case.
type caseRulesPage struct {
	frame
	At         string // name of the touchpoint; "" is where nothing else is said
	Own        bool   // it was said of this touchpoint
	Touchpoint string
	Version    string
	Fields     []ruleField
	Ticks      []tick
	Edit       bool
	Ask        string // whom to ask, of a reader who may not change it
	Refused    refusal
	Newest     string // days
	Most       string // cases
	Others     []choice
}

// ruleField is a number of a rule.
type ruleField struct{ Name, Label, Note, Value, Least, Most string }

func (s *Site) caseRules(w http.ResponseWriter, r *http.Request) error {
	return s.caseRulesWith(w, r, r.URL.Query().Get("touchpoint"), nil, nil)
}

// caseRulesWith shows a rule; yours and refused are of one that was refused, or nil.
func (s *Site) caseRulesWith(w http.ResponseWriter, r *http.Request, touchpoint string, yours *cases.Rule, refused error) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	now, err := s.Cases.Rule(r.Context(), touchpoint)
	if err != nil {
		return err
	}
	p := caseRulesPage{
		frame: s.frame(v, "cases", "What opens a case"), Touchpoint: touchpoint, Own: now.Own, Version: strconv.FormatInt(now.Version, 10), Edit: v.may(policy.SetCaseRules),
		Ask: v.ask(policy.SetCaseRules), Refused: refusalOf(refused), Newest: strconv.Itoa(cases.NewestDays), Most: strconv.Itoa(cases.MostOpen),
	}
	if touchpoint != "" {
		t, err := s.Journeys.Touchpoint(r.Context(), touchpoint)
		if err != nil {
			return err
		}
		p.At = t.Name
		p.Others = []choice{{Name: "What holds where nothing else is said", Href: "/cases/rules"}, {Name: "The touchpoint " + t.Name, Href: "/touchpoints/" + url.PathEscape(t.ID)}}
	}
	rule := now.Rule
	if yours != nil {
		rule = *yours
	}
	p.Fields, p.Ticks = ruleForm(rule)
	return s.show(w, statusOf(refused), "case_rules", p)
}

func ruleForm(r cases.Rule) ([]ruleField, []tick) {
	field := func(name, label, note string, value, least, most int) ruleField {
		return ruleField{name, label, note, strconv.Itoa(value), strconv.Itoa(least), strconv.Itoa(most)}
	}
	return []ruleField{
			field("nps", "NPS, this score or less", "of 0 to 10; −1 is none", r.NPS, -1, 10), field("csat", "CSAT, so many of the lowest boxes", "0 is none", r.CSAT, 0, 10),
			field("ces", "CES, this score or less", "of 1 to 7; 0 is none", r.CES, 0, 7), field("rating", "Rating, this score or less", "of 1 to 5; 0 is none", r.Rating, 0, 5),
			field("due_hours", "Hours until it is raised", "to the head of the unit, and after as many again to who leads customer experience", r.DueHours, 1, 2160),
			field("quiet_days", "Days of quiet", "after a case is closed nobody is asked of the same customer and matter", r.QuietDays, 0, 3650),
		}, []tick{
			{"on", "yes", "Cases are opened here", "", r.On}, {"promises", "yes", "What came later than promised opens one", "", r.Promises},
			{"failures", "yes", "What ended with the outcome “failed” opens one", "", r.Failures},
		}
}

// setCaseRule says what opens a case.
func (s *Site) setCaseRule(w http.ResponseWriter, r *http.Request) error {
	form, version, err := readEdit(r)
	if err != nil {
		return err
	}
	rule, err := ruleOf(form)
	if err == nil {
		_, err = s.Cases.SetRule(r.Context(), form.Get("touchpoint"), version, rule)
	}
	if refusesEdit(err) {
		return s.caseRulesWith(w, r, form.Get("touchpoint"), &rule, err)
	}
	if err == nil {
		leave(w, r, "/cases/rules?"+url.Values{"touchpoint": {form.Get("touchpoint")}}.Encode())
	}
	return err
}

// ruleOf reads the form of a rule.
func ruleOf(form url.Values) (r cases.Rule, err error) {
	r = cases.Rule{On: form.Get("on") == "yes", Promises: form.Get("promises") == "yes", Failures: form.Get("failures") == "yes"}
	for name, to := range map[string]*int{"nps": &r.NPS, "csat": &r.CSAT, "ces": &r.CES, "rating": &r.Rating, "due_hours": &r.DueHours, "quiet_days": &r.QuietDays} {
		n, parseErr := strconv.Atoi(strings.TrimSpace(form.Get(name)))
		if parseErr != nil {
			err = clientele.Errorf(clientele.CodeInvalid, "%q is no whole number", form.Get(name)).WithHint("Write a number in every field.")
		}
		*to = n
	}
	return r, err
}
