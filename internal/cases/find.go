package cases

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/mail"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/warehouse"
)

// Found is what a run did.
type Found struct {
	Opened int   `json:"opened"`
	Joined int   `json:"joined"` // records of cases that were open
	Quiet  int   `json:"quiet"`  // records of cases that were closed a short while before
	Full   int   `json:"full"`   // records that opened no case, for too many wait at their touchpoint
	Beyond int64 `json:"beyond"` // records that were not looked at, for there are too many of a touchpoint
	Moved  int   `json:"moved"`  // cases that have another owner now
	Raised int   `json:"raised"`
	Closed int   `json:"closed"` // without an answer
}

// anything reports whether a run changed something.
func (f Found) anything() bool {
	return f.Opened+f.Joined+f.Quiet+f.Moved+f.Raised+f.Closed > 0
}

func (f *Found) add(more Found) {
	f.Opened, f.Joined, f.Quiet, f.Full, f.Beyond = f.Opened+more.Opened, f.Joined+more.Joined, f.Quiet+more.Quiet, f.Full+more.Full, f.Beyond+more.Beyond
	f.Moved, f.Raised, f.Closed = f.Moved+more.Moved, f.Raised+more.Raised, f.Closed+more.Closed
}

// Work is the job.Handler of JobKind: it opens cases for what let customers down, and raises
// and closes those that are due. It may be run again: a record belongs to one case, for good.
func (s *Service) Work(ctx context.Context, _ json.RawMessage, report func(store.JobProgress)) (any, error) {
	report(store.JobProgress{Step: "looking for what let customers down", Fraction: -1})
	var did Found
	chart, err := s.chart(ctx)
	if err != nil {
		return did, err
	}
	if err := s.find(ctx, chart, &did); err != nil {
		return did, err
	}
	return did, s.tend(ctx, chart, &did)
}

// told does something to cases and tells the audit of it in one transaction, if it changed anything.
func (s *Service) told(ctx context.Context, object string, did *Found, do func(ctx context.Context, now *Found) error) error {
	var now Found
	err := s.Store.Atomically(ctx, func(ctx context.Context) error {
		if err := do(ctx, &now); err != nil || !now.anything() {
			return err
		}
		return s.Audit.Record(ctx, "cases.tended", object, nil, now)
	})
	if err == nil {
		did.add(now)
	}
	return err
}

// find opens cases.
func (s *Service) find(ctx context.Context, c *chart, did *Found) error {
	all, err := s.rules(ctx)
	if err != nil {
		return err
	}
	q := warehouse.LetdownQuery{Anonymous: s.Anonymous, Most: mostFound, Days: s.days()}
	ids := map[string]string{} // of touchpoints, by the name that records have
	for id, p := range c.touchpoints {
		if r := all.of(id).Rule; r.On {
			q.Rules = append(q.Rules, warehouse.LetdownRule{Touchpoint: p.Key, NPS: r.NPS, CSAT: r.CSAT, CES: r.CES, Rating: r.Rating, Promises: r.Promises, Failures: r.Failures})
			ids[p.Key] = id
		}
	}
	slices.SortFunc(q.Rules, func(a, b warehouse.LetdownRule) int { return strings.Compare(a.Touchpoint, b.Touchpoint) })
	letdowns, err := s.Records.Letdowns(ctx, q)
	if err != nil {
		return err
	}
	for _, at := range chunked(letdowns) {
		id := ids[at[0].Touchpoint]
		did.Beyond += at[0].All - int64(len(at))
		err := s.told(ctx, "touchpoint/"+id, did, func(ctx context.Context, now *Found) error { return s.findAt(ctx, c, id, all.of(id).Rule, at, now) })
		if err != nil {
			return err
		}
	}
	return nil
}

// days are those that are looked at.
func (s *Service) days() clientele.Period {
	today := clientele.DateOf(s.Now().In(s.Zone))
	return clientele.Period{From: today - NewestDays, To: today}
}

// chunked are letdowns of one touchpoint each.
func chunked(all []warehouse.Letdown) (chunks [][]warehouse.Letdown) {
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].Touchpoint == all[0].Touchpoint {
			n++
		}
		chunks, all = append(chunks, all[:n]), all[n:]
	}
	return chunks
}

// findAt opens cases at a touchpoint, the latest letdown first: where no more fit it is the
// older ones that wait.
func (s *Service) findAt(ctx context.Context, c *chart, touchpoint string, r Rule, letdowns []warehouse.Letdown, did *Found) error {
	room, err := s.room(ctx, touchpoint)
	if err != nil {
		return err
	}
	for _, l := range letdowns {
		known, err := s.Store.HasCause(ctx, recordOf(l))
		if err != nil {
			return err
		}
		if known {
			continue
		}
		k, found, err := s.Store.LatestCase(ctx, l.Customer, touchpoint, l.Matter)
		switch {
		case err != nil:
			return err
		case found && k.State != Closed:
			did.Joined++
			err = s.join(ctx, k.Number, l, false)
		case found && k.Closed.After(r.quietSince(s.Now())):
			did.Quiet++
			err = s.join(ctx, k.Number, l, true)
		case room == 0:
			did.Full++
		default:
			did.Opened++
			room--
			err = s.open(ctx, c, touchpoint, r, l)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// room is how many more cases may wait at a touchpoint.
func (s *Service) room(ctx context.Context, touchpoint string) (int, error) {
	n, err := s.Store.CountCases(ctx, store.CaseQuery{State: Open, Touchpoint: touchpoint})
	return max(0, MostOpen-int(n)), err
}

// recordOf names a record among all.
func recordOf(l warehouse.Letdown) string { return l.What + "/" + l.Source + "/" + l.Record }

// open makes a case, and tells whose it is.
func (s *Service) open(ctx context.Context, c *chart, touchpoint string, r Rule, l warehouse.Letdown) error {
	now := s.moment()
	owner, why := c.owner(touchpoint)
	k := store.KeptCase{
		Version: 1, Touchpoint: touchpoint, TouchpointName: c.touchpoints[touchpoint].Name, Customer: l.Customer, Matter: l.Matter, State: Open, Owner: owner.ID, OwnerName: owner.Name,
		Why: why, Opened: now, Due: r.due(now),
	}
	number, err := s.Store.AddCase(ctx, k)
	if err != nil {
		return err
	}
	k.Number = number
	if err := s.join(ctx, number, l, false); err != nil {
		return err
	}
	if err := s.happened(ctx, number, "opened", openedNote(owner, why)); err != nil {
		return err
	}
	return s.tell(ctx, c, k, owner.ID, "opened", "A case waits for you: "+k.TouchpointName, inMail(factOf(l)))
}

// openedNote says whose a case is, and why if that is not plain.
func openedNote(owner Person, why string) string {
	switch why {
	case AsLead:
		return "Nobody answers for the touchpoint; it is for " + owner.Name + ", who leads customer experience."
	case AsNobody:
		return "Nobody answers for the touchpoint, and nobody leads customer experience: the case waits for somebody."
	}
	return "For " + owner.Name + ", who answers for the touchpoint."
}

// join keeps that a record belongs to a case.
func (s *Service) join(ctx context.Context, number int64, l warehouse.Letdown, quiet bool) error {
	body, err := json.Marshal(factOf(l))
	if err != nil {
		return err
	}
	_, err = s.Store.AddCause(ctx, store.CaseCause{Record: recordOf(l), Number: number, At: s.moment(), Quiet: quiet, Body: body})
	return err
}

func factOf(l warehouse.Letdown) Fact {
	return Fact{
		What: l.What, Source: l.Source, Record: l.Record, Day: l.Day, Instrument: l.Instrument, Score: l.Score, ScaleMin: l.ScaleMin, ScaleMax: l.ScaleMax,
		Promised: l.Promised, Actual: l.Actual, Outcome: l.Outcome, Problem: l.Problem,
	}
}

// localTime is how times are told in mails.
const localTime = "2006-01-02 15:04"

// Says tells it in a sentence that names nobody, with days and local times written as whoever
// reads it has them. A time at midnight is for that day as a whole.
func (f Fact) Says(day func(clientele.Date) string, moment func(time.Time) string) string {
	at := func(t time.Time) string {
		if d := clientele.DateOf(t); t.Equal(d.Time()) {
			return day(d)
		}
		return moment(t)
	}
	switch {
	case f.What == warehouse.BadAnswer && f.Score != nil && f.ScaleMin != nil && f.ScaleMax != nil:
		return fmt.Sprintf("%s: a customer gave %s on a scale from %s to %s (%s).", day(f.Day), number(*f.Score), number(*f.ScaleMin), number(*f.ScaleMax), strings.ToUpper(f.Instrument))
	case f.What == warehouse.BrokenPromise && f.Promised != nil && f.Actual != nil:
		return fmt.Sprintf("It was promised for %s, and came on %s.", at(*f.Promised), at(*f.Actual))
	}
	return day(f.Day) + ": it failed."
}

// inMail tells a fact as mails do.
func inMail(f Fact) string {
	return f.Says(clientele.Date.String, func(t time.Time) string { return t.Format(localTime) })
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// happened keeps what the program did to a case.
func (s *Service) happened(ctx context.Context, number int64, what, note string) error {
	return s.Store.AddCaseEvent(ctx, number, store.CaseEvent{At: s.moment(), Name: "Clientele", What: what, Note: note})
}

// tell has somebody told of a case by mail, if they have an account. It says nothing of whom the case is about.
func (s *Service) tell(ctx context.Context, c *chart, k store.KeptCase, person, what, subject string, lines ...string) error {
	p, ok := c.persons[person]
	if !ok {
		return nil
	}
	_, err := s.Mail.Enqueue(ctx, mail.Letter{
		Key: fmt.Sprintf("case/%d/%d/%s", k.Number, k.Version, what), Kind: mail.Notice, Address: p.Email, Name: p.Name, Subject: subject, Digest: true,
		Lines: append(lines, "It is due by "+k.Due.In(s.Zone).Format(localTime)+"."), Link: &mail.Link{Says: fmt.Sprintf("Open case %d", k.Number), Path: Href(k.Number)},
	})
	if clientele.CodeOf(err) == clientele.CodeInvalid {
		return nil // an address that no mail can be sent to: the case stands on their page
	}
	return err
}

// Href is the page of a case.
func Href(number int64) string { return "/cases/" + strconv.FormatInt(number, 10) }
