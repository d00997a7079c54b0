package measure

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ledger"
)

// MarksLedger is the ledger that marked events are signed into.
const MarksLedger = "marked events"

// Bounds of a marked event.
const (
	longestMark = 120 // letters
	mostMarks   = 1000
)

// mark is what an entry of the ledger says: an event, or that one is taken away.
type mark struct {
	Day        clientele.Date `json:"day,omitzero"`
	Name       string         `json:"name,omitempty"`
	Touchpoint string         `json:"touchpoint,omitempty"`
	Removes    int64          `json:"removes,omitempty"` // number of the event; 0: this is one
}

// VerifyMarks names the entries of the ledger that are not as they were signed.
func (s *Service) VerifyMarks(ctx context.Context) ([]ledger.Finding, error) {
	return s.marks.Verify(ctx)
}

// Marks lists marked events by day. CodeInvalid if the ledger is not as it was signed.
func (s *Service) Marks(ctx context.Context) ([]clientele.MarkedEvent, error) {
	entries, err := s.marks.Entries(ctx)
	return marksOf(entries), err
}

func marksOf(entries []ledger.Entry[mark]) []clientele.MarkedEvent {
	events := []clientele.MarkedEvent{}
	for _, e := range entries {
		if e.Body.Removes > 0 {
			events = slices.DeleteFunc(events, func(m clientele.MarkedEvent) bool { return m.Number == e.Body.Removes })
			continue
		}
		events = append(events, clientele.MarkedEvent{Number: e.Number, Day: e.Body.Day, Name: e.Body.Name, Touchpoint: e.Body.Touchpoint, By: e.By, At: e.At})
	}
	slices.SortStableFunc(events, func(a, b clientele.MarkedEvent) int { return int(a.Day) - int(b.Day) })
	return events
}

// Mark signs an event; touchpoint "" is everywhere. Errors: CodeInvalid if it has no name or
// one that cannot be shown, there are too many, or by names nobody; CodeConflict if somebody
// signed at the same time.
func (s *Service) Mark(ctx context.Context, day clientele.Date, name, touchpoint, by string) (m clientele.MarkedEvent, err error) {
	texts := [2]string{strings.Join(strings.Fields(name), " "), strings.Join(strings.Fields(touchpoint), " ")}
	for _, text := range texts {
		switch {
		case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
			return m, clientele.Errorf(clientele.CodeInvalid, "the event holds characters that cannot be shown").WithHint("Write it anew.")
		case utf8.RuneCountInString(text) > longestMark:
			return m, clientele.Errorf(clientele.CodeInvalid, "the event is longer than %d letters", longestMark).WithHint("Say in a few words what happened.")
		}
	}
	if texts[0] == "" {
		return m, clientele.Errorf(clientele.CodeInvalid, "the event has no name").WithHint("Say in a few words what happened, such as: new returns policy.")
	}
	entries, err := s.marks.Entries(ctx)
	if err != nil {
		return m, err
	}
	if len(marksOf(entries)) >= mostMarks {
		return m, clientele.Errorf(clientele.CodeInvalid, "there are %d marked events already", mostMarks).WithHint("Remove some that explain nothing any more.")
	}
	e, err := s.marks.Add(ctx, entries, by, mark{Day: day, Name: texts[0], Touchpoint: texts[1]})
	return clientele.MarkedEvent{Number: e.Number, Day: day, Name: texts[0], Touchpoint: texts[1], By: e.By, At: e.At}, err
}

// Unmark signs that an event is taken away, and returns it. CodeNotFound if there is none of
// that number; else errors are those of Mark.
func (s *Service) Unmark(ctx context.Context, number int64, by string) (m clientele.MarkedEvent, err error) {
	entries, err := s.marks.Entries(ctx)
	if err != nil {
		return m, err
	}
	events := marksOf(entries)
	i := slices.IndexFunc(events, func(m clientele.MarkedEvent) bool { return m.Number == number })
	if i < 0 {
		return m, clientele.Errorf(clientele.CodeNotFound, "there is no marked event %d", number).WithHint("Somebody may have removed it already.")
	}
	_, err = s.marks.Add(ctx, entries, by, mark{Removes: number})
	return events[i], err
}

// marked adds to a report the events that fall into its days, as they are now.
func (s *Service) marked(ctx context.Context, m clientele.MeasureReport) (clientele.MeasureReport, error) {
	events, err := s.Marks(ctx)
	m.Events = slices.DeleteFunc(events, func(e clientele.MarkedEvent) bool {
		return m.Period == nil || e.Day < m.Period.From || e.Day > m.Period.To || m.Touchpoint != "" && e.Touchpoint != "" && e.Touchpoint != m.Touchpoint
	})
	return m, err
}
