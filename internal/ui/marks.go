package ui

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
)

// markRow is an event that is marked on a chart.
type markRow struct {
	Place                int // its number on the chart
	Day, Name, Where, By string
	Remove               string
}

// markForm marks an event.
type markForm struct {
	Back        string // the page that it is marked on
	Touchpoints []pick
	Sign        bool // the reader has no account
}

func (v visit) markRows(m clientele.MeasureReport) (rows []markRow) {
	for i, e := range m.Events {
		rows = append(rows, markRow{i + 1, v.date(e.Day), e.Name, cmp.Or(e.Touchpoint, "everywhere"), e.By, "/measures/events/" + strconv.FormatInt(e.Number, 10) + "/remove"})
	}
	return rows
}

func (v visit) markForm(f measureForm) *markForm {
	if !v.may(policy.MarkEvents) {
		return nil
	}
	out := &markForm{Back: f.Path, Sign: v.who.IsLocal()}
	for _, t := range f.Touchpoints {
		if t.Value == "" {
			t.Name = "everywhere"
		}
		out.Touchpoints = append(out.Touchpoints, t)
	}
	return out
}

// eventsIn numbers the events of a period as the page does.
func eventsIn(m clientele.MeasureReport, p clientele.Period) string {
	var places []string
	for i, e := range m.Events {
		if p.From <= e.Day && e.Day <= p.To {
			places = append(places, strconv.Itoa(i+1))
		}
	}
	return strings.Join(places, ", ")
}

// eventNames names the events of a period.
func eventNames(m clientele.MeasureReport, p clientele.Period) string {
	var names []string
	for _, e := range m.Events {
		if p.From <= e.Day && e.Day <= p.To {
			names = append(names, e.Name)
		}
	}
	return strings.Join(names, "; ")
}

func (s *Site) markEvent(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	day, err := clientele.ParseDate(form.Get("day"))
	if err != nil {
		return err
	}
	if _, err := s.Measures.Mark(r.Context(), day, form.Get("name"), form.Get("touchpoint"), form.Get("by")); err != nil {
		return err
	}
	leave(w, r, ownPath(form.Get("back"), "/measures")+"#events")
	return nil
}

// unmarkEvent takes an event away: in the name of the machine's owner where there are no accounts.
func (s *Site) unmarkEvent(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	number, err := strconv.ParseInt(r.PathValue("number"), 10, 64)
	if err != nil {
		return clientele.Errorf(clientele.CodeNotFound, "there is no such event").WithHint("Remove it from a measure's page.")
	}
	a, _ := policy.ActorOf(r.Context())
	if err := s.Measures.Unmark(r.Context(), number, cmp.Or(a.Name, ownerOfTheMachine)); err != nil {
		return err
	}
	leave(w, r, ownPath(form.Get("back"), "/measures")+"#events")
	return nil
}
