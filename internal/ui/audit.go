package ui

import (
	"context"
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/audit"
	"github.com/clientele/clientele/internal/ledger"
	"github.com/clientele/clientele/internal/spreadsheet"
)

// auditPage is who did what, the latest first.
type auditPage struct {
	frame
	Chain    chainPart
	Filter   auditFilter
	Outcomes []pick
	Events   []eventRow
	Older    string // address of earlier ones; "" if there are none
	Latest   string // address of the latest; "" on their page
	Download string
	Refused  refusal
}

// eventRow is one event of the audit.
type eventRow struct{ Number, Href, At, Who, Via, Action, Object, Outcome string }

// chainPart says whether the chain of events is as it was written.
type chainPart struct {
	Title, Subtitle string
	Head            string // hash of the last event
	Findings        []string
}

// checked is what following the chain found, and when.
type checked struct {
	sync.Mutex
	at       time.Time // zero: not yet
	events   int64
	head     string
	findings []ledger.Finding
}

// auditFilter is which events are shown; "" is all. Days are of the book's time zone.
type auditFilter struct {
	Who     string `json:"who,omitempty"`
	Action  string `json:"action,omitempty"`
	Object  string `json:"object,omitempty"`
	From    string `json:"from,omitempty"`
	To      string `json:"to,omitempty"`
	Outcome string `json:"outcome,omitempty"`

	from, to time.Time // the instants of From and of the day after To; zero is no bound
}

func auditFilterOf(q url.Values, zone *time.Location) (f auditFilter, err error) {
	f = auditFilter{Who: q.Get("who"), Action: q.Get("action"), Object: q.Get("object"), From: q.Get("from"), To: q.Get("to"), Outcome: q.Get("outcome")}
	for _, bound := range []struct {
		text string
		days int
		to   *time.Time
	}{{f.From, 0, &f.from}, {f.To, 1, &f.to}} {
		if bound.text == "" {
			continue
		}
		day, err := clientele.ParseDate(bound.text)
		if err != nil {
			return f, err
		}
		y, m, d := day.Time().Date()
		*bound.to = time.Date(y, m, d+bound.days, 0, 0, 0, 0, zone)
	}
	return f, nil
}

// match says whether an event is shown.
func (f auditFilter) match(e audit.Event) bool {
	has := func(text, part string) bool { return strings.Contains(strings.ToLower(text), strings.ToLower(part)) }
	return (has(e.Name, f.Who) || e.Who == f.Who) && has(e.Action, f.Action) && has(e.Object, f.Object) && (f.Outcome == "" || e.Outcome == f.Outcome) &&
		(f.from.IsZero() || !e.At.Before(f.from)) && (f.to.IsZero() || e.At.Before(f.to))
}

// href is a page of the audit with the filter, of events below a number; 0 is the end.
func (f auditFilter) href(path string, below int64) string {
	q := url.Values{}
	for name, value := range map[string]string{"who": f.Who, "action": f.Action, "object": f.Object, "from": f.From, "to": f.To, "outcome": f.Outcome} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if below > 0 {
		q.Set("below", strconv.FormatInt(below, 10))
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func eventHref(n int64) string { return "/audit/" + strconv.FormatInt(n, 10) }

func (s *Site) auditLog(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	f, refused := auditFilterOf(q, v.zone)
	p := auditPage{frame: s.frame(v, "audit", "Audit"), Chain: s.chainPart(v), Filter: f, Outcomes: outcomePicks(f.Outcome), Download: f.href("/audit.csv", 0), Refused: refusalOf(refused)}
	below, _ := strconv.ParseInt(q.Get("below"), 10, 64) // what is no number is the end
	if refused == nil {
		err = s.fillEvents(v, &p, below)
	}
	if err != nil {
		return err
	}
	return s.show(w, statusOf(refused), "audit", p)
}

func (s *Site) fillEvents(v visit, p *auditPage, below int64) error {
	events, err := s.Audit.Page(v.Context(), below, rowsAPage+1, p.Filter.match)
	if err != nil {
		return err
	}
	if len(events) > rowsAPage {
		events = events[:rowsAPage]
		p.Older = p.Filter.href("/audit", events[rowsAPage-1].Number)
	}
	for _, e := range events {
		p.Events = append(p.Events, v.eventRow(e))
	}
	if below > 0 {
		p.Latest = p.Filter.href("/audit", 0)
	}
	return nil
}

func outcomePicks(chosen string) []pick {
	picks := []pick{{"", "any", chosen == ""}}
	for _, o := range []string{audit.Done, audit.Denied, audit.Failed} {
		picks = append(picks, pick{o, o, o == chosen})
	}
	return picks
}

func (v visit) eventRow(e audit.Event) eventRow {
	return eventRow{
		Number: v.int(e.Number), Href: eventHref(e.Number), At: v.instant(e.At), Who: e.Name, Via: e.Via, Action: e.Action, Object: e.Object, Outcome: e.Outcome,
	}
}

// chainPart tells what the last check of the chain found.
func (s *Site) chainPart(v visit) chainPart {
	s.checked.Lock()
	defer s.checked.Unlock()
	c := chainPart{Head: s.checked.head}
	switch {
	case s.checked.at.IsZero():
		c.Title, c.Subtitle = "The chain has not been checked since the server started", "Each event holds the hash of the one before. Checking hashes every event anew."
		return c
	case len(s.checked.findings) > 0:
		c.Title = "The chain is not as it was written"
	default:
		c.Title = "The chain holds: " + v.int(s.checked.events) + " events are as they were written"
	}
	c.Subtitle = "Checked " + v.instant(s.checked.at)
	for _, f := range s.checked.findings {
		c.Findings = append(c.Findings, f.Where+": "+f.Reason)
	}
	return c
}

// checkChain follows the chain of events.
func (s *Site) checkChain(w http.ResponseWriter, r *http.Request) error {
	n, head, findings, err := s.Audit.Verify(r.Context())
	if err != nil {
		return err
	}
	s.checked.Lock()
	s.checked.at, s.checked.events, s.checked.head, s.checked.findings = time.Now(), n, head, findings
	s.checked.Unlock()
	leave(w, r, "/audit")
	return nil
}

// eventPage is one event with what it changed.
type eventPage struct {
	frame
	Headline    string
	Facts       []fact
	Changes     []changeRow
	Differ      int
	Hash, Prior string
}

func (s *Site) event(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	number, err := strconv.ParseInt(r.PathValue("number"), 10, 64)
	if err != nil || number < 1 {
		return errNoEvent()
	}
	events, err := s.Audit.Page(r.Context(), number+1, 1, nil)
	if err != nil {
		return err
	}
	if len(events) == 0 || events[0].Number != number {
		return errNoEvent()
	}
	e := events[0]
	row := v.eventRow(e)
	p := eventPage{frame: s.frame(v, "audit", "Event "+row.Number), Headline: row.Who + ": " + row.Action, Hash: e.Hash, Prior: e.Previous, Changes: changesOf(e.Before, e.After)}
	for _, f := range []fact{
		{"When", row.At}, {"Who", row.Who}, {"Id", e.Who}, {"By way of", row.Via}, {"From", e.From}, {"To what", row.Object}, {"Outcome", row.Outcome}, {"Request", e.Request},
	} {
		if f.Text != "" {
			p.Facts = append(p.Facts, f)
		}
	}
	for _, c := range p.Changes {
		if c.Differs {
			p.Differ++
		}
	}
	return s.show(w, http.StatusOK, "event", p)
}

func errNoEvent() error {
	return clientele.Errorf(clientele.CodeNotFound, "there is no such event").WithHint("The audit shows all there are.")
}

// auditCSV is every event of a filter, the latest first, for a spreadsheet. That it was
// taken out is an event of its own.
func (s *Site) auditCSV(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	f, err := auditFilterOf(r.URL.Query(), v.zone)
	if err != nil {
		return err
	}
	if err := s.Audit.Exported(r.Context(), f); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="audit.csv"`)
	w.Header().Set("Cache-Control", "no-store")
	if err := s.writeEvents(r.Context(), csv.NewWriter(w), f); err != nil {
		s.Log.ErrorContext(r.Context(), "a download ended early", "path", r.URL.Path, "error", err)
		panic(http.ErrAbortHandler) // a cut file must not look whole
	}
	return nil
}

// eventsAtOnce are read in one go; a file of any length takes no more memory.
const eventsAtOnce = 1000

func (s *Site) writeEvents(ctx context.Context, out *csv.Writer, f auditFilter) error {
	columns := []string{"number", "at", "who", "name", "via", "from", "request", "action", "object", "outcome", "before", "after", "previous", "hash"}
	if err := out.Write(columns); err != nil {
		return err
	}
	for below := int64(0); ; {
		events, err := s.Audit.Page(ctx, below, eventsAtOnce, f.match)
		if err != nil {
			return err
		}
		for _, e := range events {
			if err := out.Write(eventCells(e)); err != nil {
				return err
			}
			below = e.Number
		}
		if len(events) < eventsAtOnce || below == 1 {
			out.Flush()
			return out.Error()
		}
	}
}

func eventCells(e audit.Event) []string {
	cells := []string{e.Who, e.Name, e.Via, e.From, e.Request, e.Action, e.Object, e.Outcome, string(e.Before), string(e.After), e.Previous, e.Hash}
	for i, c := range cells {
		cells[i] = spreadsheet.Text(c)
	}
	return slices.Concat([]string{strconv.FormatInt(e.Number, 10), e.At.Format(time.RFC3339Nano)}, cells)
}
