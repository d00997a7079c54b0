package ui

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/clientele/clientele/internal/journey"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/theme"
)

// themePage is one theme with its quotes.
type themePage struct {
	frame
	Place          choice
	Headline, Why  string
	Facts          []fact
	Topics         []topicPart
	Self, Version  string
	Quotes         []quoteRow
	NoQuotes, Next string
	Edit           *themeForm // nil for those who may not
	Edits          []editRow
	Refused        refusal
}

// topicPart is the words of one topic.
type topicPart struct{ Title, Words string }

// quoteRow is what somebody wrote.
type quoteRow struct{ Text, Side string }

// themeForm names a theme, merges it, and says who answers.
type themeForm struct {
	Name   string
	Others []pick     // themes that it can be merged into
	Owner  *ownerForm // nil for those who may not see who there is
}

// quotesShown is how many quotes stand on a page.
const quotesShown = 20

func (s *Site) theme(w http.ResponseWriter, r *http.Request) error { return s.themeWith(w, r, nil) }

// themeWith shows a theme, and why an edit of it was refused.
func (s *Site) themeWith(w http.ResponseWriter, r *http.Request, refused error) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	t, ok, err := s.Themes.Theme(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if !ok {
		j, err := s.desk().Themes(r.Context())
		return follow(w, r, j, err)
	}
	p := themePage{
		frame: s.frame(v, "themes", capital(t.Title())), Place: choice{Name: placeName(t.Touchpoint), Href: placeHref(t.Touchpoint)}, Headline: capital(t.Title()), Why: v.sentence(t.Why),
		Self: themeHref(t.ID), Version: strconv.FormatInt(t.Version, 10), Refused: refusalOf(refused), Facts: v.themeFacts(t), Topics: topicParts(t),
	}
	if err := s.quotes(v, t, &p); err != nil {
		return err
	}
	if v.may(policy.EditThemes) {
		if p.Edit, err = s.themeForm(v, t); err != nil {
			return err
		}
	}
	if p.Edits, err = s.themeEdits(v, t.ID); err != nil {
		return err
	}
	return s.show(w, statusOf(refused), "theme", p)
}

func (v visit) themeFacts(t theme.Theme) []fact {
	owner := "nobody"
	if t.Owner != nil {
		owner = t.Owner.Name + ", " + forDays(t.Owner.Since)
	}
	facts := []fact{{"language", languageName(t.Language)}, {"owner", owner}}
	if t.Why == "" {
		facts = append(facts, fact{"comments that speak of it", v.int(t.Comments)}, fact{"of detractors", v.untoldCount(t.Detractors)}, fact{"of promoters", v.untoldCount(t.Promoters)})
	}
	if t.Stability != nil {
		facts = append(facts, fact{"comes back in resamples", v.percent(*t.Stability)})
	}
	return facts
}

// topicParts are the words of a theme with what each weighs.
func topicParts(t theme.Theme) (parts []topicPart) {
	for i, topic := range t.Topics {
		var words []string
		for _, w := range topic {
			words = append(words, fmt.Sprintf("%s %d", w.Word, w.Weight))
		}
		part := topicPart{Title: "Its words", Words: strings.Join(words, " · ")}
		if i > 0 && i <= len(t.Merged) {
			part.Title = "Merged into it: " + t.Merged[i-1].Title
		}
		parts = append(parts, part)
	}
	return parts
}

// quotes fills in what customers wrote, for those who may read it.
func (s *Site) quotes(v visit, t theme.Theme, p *themePage) error {
	if !v.may(policy.ReadComments) {
		p.NoQuotes = v.ask(policy.ReadComments)
		return nil
	}
	from, err := strconv.ParseInt(v.URL.Query().Get("from"), 10, 64)
	if err != nil || from < 0 {
		from = 0 // what is no number is the beginning
	}
	q, _, err := s.Themes.Quotes(v.Context(), t.ID, from, quotesShown+1)
	if err != nil {
		return err
	}
	p.NoQuotes = v.sentence(q.Why)
	if len(q.Quotes) > quotesShown {
		q.Quotes, p.Next = q.Quotes[:quotesShown], p.Self+"?from="+strconv.FormatInt(from+quotesShown, 10)
	}
	for _, one := range q.Quotes {
		p.Quotes = append(p.Quotes, quoteRow{one.Text, one.Side})
	}
	return nil
}

// themeForm offers what can become of a theme.
func (s *Site) themeForm(v visit, t theme.Theme) (f *themeForm, err error) {
	f = &themeForm{Name: t.Name}
	said, _, err := s.Themes.Ready(v.Context())
	if err != nil {
		return nil, err
	}
	for _, voice := range said.Voices {
		for _, other := range voice.Themes {
			if other.ID != t.ID && other.Touchpoint == t.Touchpoint && other.Language == t.Language {
				f.Others = append(f.Others, pick{other.ID, capital(other.Title()), false})
			}
		}
	}
	if !v.may(policy.ReadPeople) {
		return f, nil
	}
	now := journey.Tenure{}
	if t.Owner != nil {
		now.Owner = journey.Owner{Person: t.Owner.Person, Name: t.Owner.Name}
	}
	f.Owner, err = s.ownerForm(v.Request, now)
	return f, err
}

// editTheme makes an edit of a theme from its own page, and shows what came of it.
func (s *Site) editTheme(change func(form func(string) string) theme.Change) page {
	return func(w http.ResponseWriter, r *http.Request) error {
		form, version, err := readEdit(r)
		if err != nil {
			return err
		}
		c := change(form.Get)
		if _, err = s.Themes.Change(r.Context(), r.PathValue("id"), version, c); refusesEdit(err) {
			return s.themeWith(w, r, err)
		}
		if err != nil {
			return err
		}
		if c.Into != nil {
			leave(w, r, themeHref(*c.Into))
		} else {
			leave(w, r, themeHref(r.PathValue("id")))
		}
		return nil
	}
}

func nameTheme(form func(string) string) theme.Change { return theme.Change{Name: new(form("name"))} }

func mergeTheme(form func(string) string) theme.Change { return theme.Change{Into: new(form("into"))} }

func ownTheme(form func(string) string) theme.Change {
	return theme.Change{Owner: &theme.NewOwner{Person: form("person"), Name: strings.TrimSpace(form("name"))}}
}
