package survey

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/warehouse"
)

// Sent is what sending a survey did.
type Sent struct {
	Survey   string     `json:"survey"`
	Wave     int64      `json:"wave"`
	Reminder int        `json:"reminder"` // which one it was; 0 is the invitation
	Asked    int        `json:"asked"`
	Mailed   int        `json:"mailed"`
	Strata   []Stratum  `json:"strata,omitempty"`
	Links    []Link     `json:"links,omitempty"` // to be handed on, for no mail was sent
	Next     *time.Time `json:"next"`            // when there is something to send again; null: never
}

// Link is where one who is asked answers. It is told once.
type Link struct {
	Customer string `json:"customer,omitempty"` // "" of an employee
	Address  string `json:"address,omitempty"`  // of mail; "" is unknown
	Language string `json:"language"`
	URL      string `json:"link"`
}

// Stratum is how many of a segment's customers were asked. Those of its Customers who are not
// Eligible were asked of late, or do not want to be.
type Stratum struct {
	Segment   string  `json:"segment"`
	Customers int64   `json:"customers"`
	Eligible  int64   `json:"eligible"`
	Asked     int64   `json:"asked"`
	Chance    float64 `json:"chance"` // with which each who is eligible was asked
}

// addressee is one who is to be written to.
type addressee struct {
	link     Link
	secret   string
	reminder bool
	closes   time.Time
}

// Send does what is due: the next wave, or the next reminder of the last. Origin is where links
// lead; "" is where respondents come anyway. CodeConflict if nothing is due, or the survey is
// closed. Record is told what was sent, in the same transaction.
func (s *Service) Send(ctx context.Context, id, origin string, record func(context.Context, Sent) error) (sent Sent, err error) {
	k, err := s.parts.Store.Survey(ctx, id)
	if err != nil {
		return sent, err
	}
	v, err := s.surveyOf(k)
	if err != nil {
		return sent, err
	}
	if origin == "" {
		origin = s.Origin()
	}
	if origin == "" {
		return sent, clientele.Errorf(clientele.CodeUsage, "where respondents come is not known").
			WithHint("Give the address of your server with --origin, such as https://clientele.example, or run the command while it serves the book.")
	}
	if s.closed(v) {
		return sent, clientele.Errorf(clientele.CodeConflict, "%s is closed", v.Name)
	}
	waves, err := s.parts.Store.Waves(ctx, id)
	if err != nil {
		return sent, err
	}
	d, now := v.Document, s.parts.Now()
	if n := len(waves); n < d.Waves.Count && (n == 0 || !now.Before(waves[n-1].Began.AddDate(0, 0, d.Waves.Every))) {
		return s.sendWave(ctx, v, int64(n+1), origin, record)
	}
	return s.remind(ctx, v, waves[len(waves)-1], origin, record)
}

// sendWave draws who is asked, and asks them.
func (s *Service) sendWave(ctx context.Context, v Survey, number int64, origin string, record func(context.Context, Sent) error) (sent Sent, err error) {
	now := s.parts.Now().UTC().Truncate(time.Millisecond)
	w := store.KeptWave{Survey: v.ID, Number: number, Began: now, Closes: now.AddDate(0, 0, v.Document.Waves.Open)}
	sent = Sent{Survey: v.Name, Wave: number}
	if v.Document.Ask.Who == Employees {
		return sent, s.askEmployees(ctx, v, w, origin, &sent, record)
	}
	drawn, err := s.draw(ctx, v, number)
	if err != nil {
		return sent, err
	}
	chances := map[string]float64{}
	for _, t := range drawn.Strata {
		st := Stratum{Segment: t.Segment, Customers: t.Customers, Eligible: t.Eligible, Asked: t.Drawn}
		if t.Eligible > 0 {
			st.Chance = float64(t.Drawn) / float64(t.Eligible)
		}
		sent.Strata, chances[t.Segment] = append(sent.Strata, st), st.Chance
	}
	if w.Asked = int64(len(drawn.Drawn)); w.Asked == 0 {
		return sent, clientele.Errorf(clientele.CodeConflict, "nobody can be asked: of %s, all were asked in the last %d days, or do not want to be", manyCustomers(drawn), *v.Document.Quarantine).
			WithHint("Import customers, wait for the quarantine to end, or ask other segments.")
	}
	if w.Strata, err = json.Marshal(sent.Strata); err != nil {
		return sent, err
	}
	err = s.parts.Store.Atomically(ctx, func(ctx context.Context) error {
		if err := s.parts.Store.AddWave(ctx, w); err != nil {
			return err
		}
		for _, one := range drawn.Drawn {
			i := store.KeptInvitation{
				ID: newID(), Survey: v.ID, Wave: number, Customer: one.Customer, Segment: one.Segment, Chance: chances[one.Segment], Address: one.Address,
				Asked: now, State: store.InvitationAsked, Language: v.Document.Speaks(one.Language),
			}
			if err := s.invite(ctx, v, i, w.Closes, origin, &sent); err != nil {
				return err
			}
		}
		return record(ctx, sent)
	})
	sent.Next = nextDue(v.Document, w, int(number), now)
	return sent, err
}

func manyCustomers(drawn warehouse.Sample) string {
	n := int64(0)
	for _, t := range drawn.Strata {
		n += t.Customers
	}
	return fmt.Sprintf("%d customers", n)
}

// draw draws who is asked. Who was asked of late by any survey, and who refused, is left out.
func (s *Service) draw(ctx context.Context, v Survey, wave int64) (drawn warehouse.Sample, err error) {
	d := v.Document
	without, err := s.parts.Store.AskedSince(ctx, s.parts.Now().AddDate(0, 0, -*d.Quarantine))
	if err != nil {
		return drawn, err
	}
	if *d.Quarantine == 0 {
		without = nil
	}
	refusing, err := s.parts.Store.Refusing(ctx)
	if err != nil {
		return drawn, err
	}
	q := sampleOf(d)
	q.Seed, q.Without = fmt.Sprintf("%s %d", v.ID, wave), append(without, refusing...)
	drawn, err = s.parts.Records.Sample(ctx, q)
	if err == nil && len(drawn.Drawn) > mostDrawn {
		err = invalid("%d customers would be asked at once, and %d is the most", len(drawn.Drawn), mostDrawn).
			WithHint("Give a sample: a thousand answers tell a share to three percent, whatever the number of customers.")
	}
	return drawn, err
}

// sampleOf asks for what a document says of who is asked.
func sampleOf(d Document) warehouse.SampleQuery {
	q := warehouse.SampleQuery{By: d.Ask.By, Segments: d.Ask.Segments, Size: d.Ask.Sample, Share: d.Ask.Share, Address: d.Ask.Email, Language: d.Ask.Language}
	if q.Size == 0 && q.Share == 0 {
		q.Share = 1
	}
	return q
}

// invite keeps an invitation with its first link, and has it mailed or handed on.
func (s *Service) invite(ctx context.Context, v Survey, i store.KeptInvitation, closes time.Time, origin string, sent *Sent) error {
	if err := s.parts.Store.AddInvitation(ctx, i); err != nil {
		return err
	}
	return s.link(ctx, v, i, closes, origin, sent)
}

// link makes another link of an invitation, for none that was made is known any more.
func (s *Service) link(ctx context.Context, v Survey, i store.KeptInvitation, closes time.Time, origin string, sent *Sent) error {
	secret := newSecret()
	if err := s.parts.Store.AddInvitationLink(ctx, hashOf(secret), i.ID); err != nil {
		return err
	}
	to := addressee{
		link:   Link{Customer: i.Customer, Address: i.Address, Language: i.Language, URL: origin + Path + secret},
		secret: secret, reminder: i.Reminders > 0, closes: closes,
	}
	return s.handOn(ctx, v, to, origin, sent)
}

// handOn mails a link where that can be done, and else hands it out.
func (s *Service) handOn(ctx context.Context, v Survey, to addressee, origin string, sent *Sent) error {
	sent.Asked++
	queued := false
	if s.parts.Mailer != nil && to.link.Address != "" {
		var err error
		if queued, err = s.parts.Mailer.Enqueue(ctx, s.mailOf(v, to, origin)); err != nil {
			return err
		}
	}
	if queued {
		sent.Mailed++
	} else {
		sent.Links = append(sent.Links, to.link)
	}
	return nil
}

// mailOf writes the mail that asks somebody.
func (s *Service) mailOf(v Survey, to addressee, origin string) Mail {
	p, d := PhrasesIn(to.link.Language), v.Document
	m := Mail{
		Key: "survey/" + hashOf(to.secret), Customer: to.link.Customer, To: to.link.Address, Language: to.link.Language, Link: to.link.URL,
		Subject: fmt.Sprintf("%s: %s", p.Subject, d.Title.In(to.link.Language, d.Languages)),
	}
	if to.reminder {
		m.Subject = fmt.Sprintf("%s: %s", p.Reminder, d.Title.In(to.link.Language, d.Languages))
	}
	lines := []string{d.Intro.In(to.link.Language, d.Languages), to.link.URL, fmt.Sprintf(p.Until, to.closes.In(s.parts.Zone).Format(time.DateOnly))}
	if d.Ask.Who == Customers {
		m.Stop = origin + Path + to.secret + "/stop"
		lines = append(lines, p.Stop+": "+m.Stop)
	} else {
		lines = append(lines, p.Anonymous)
	}
	m.Text = strings.TrimSpace(strings.Join(append(lines, s.parts.Company), "\n\n")) + "\n"
	return m
}

// remind writes again to those of a wave who have not answered, once for every reminder.
func (s *Service) remind(ctx context.Context, v Survey, w store.KeptWave, origin string, record func(context.Context, Sent) error) (sent Sent, err error) {
	now := s.parts.Now()
	due := 0
	for _, days := range v.Document.Reminders {
		if !now.Before(w.Began.AddDate(0, 0, days)) {
			due++
		}
	}
	sent = Sent{Survey: v.Name, Wave: w.Number, Reminder: due, Next: nextDue(v.Document, w, int(w.Number), now)}
	var left []store.KeptInvitation
	if due > 0 && now.Before(w.Closes) {
		if left, err = s.parts.Store.ToRemind(ctx, v.ID, w.Number, int64(due)); err != nil {
			return sent, err
		}
	}
	if len(left) == 0 {
		return sent, nothingDue(v, sent.Next, s.parts.Zone)
	}
	err = s.parts.Store.Atomically(ctx, func(ctx context.Context) error {
		for _, i := range left {
			refused, err := s.parts.Store.Refuses(ctx, i.Customer)
			if err != nil {
				return err
			}
			if refused {
				continue
			}
			i.Reminders = int64(due)
			if err := s.parts.Store.SaveInvitation(ctx, i); err != nil {
				return err
			}
			if err := s.link(ctx, v, i, w.Closes, origin, &sent); err != nil {
				return err
			}
		}
		return record(ctx, sent)
	})
	return sent, err
}

func nothingDue(v Survey, next *time.Time, zone *time.Location) error {
	e := clientele.Errorf(clientele.CodeConflict, "there is nothing to send of %s", v.Name)
	if next == nil {
		return e.WithHint("All its waves were sent. Make another survey, or one with more waves.")
	}
	return e.WithHint("The next is due on %s.", next.In(zone).Format(time.DateOnly))
}

// nextDue is when there is something to send after a wave; nil is never.
func nextDue(d Document, w store.KeptWave, waves int, now time.Time) *time.Time {
	var times []time.Time
	for _, days := range d.Reminders {
		times = append(times, w.Began.AddDate(0, 0, days))
	}
	if waves < d.Waves.Count {
		times = append(times, w.Began.AddDate(0, 0, d.Waves.Every))
	}
	times = slices.DeleteFunc(times, func(t time.Time) bool { return !t.After(now) })
	if len(times) == 0 {
		return nil
	}
	return new(slices.MinFunc(times, time.Time.Compare))
}
