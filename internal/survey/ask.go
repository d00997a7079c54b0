package survey

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"time"
	"unicode/utf8"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/store"
)

// disabled is the state of an account that signs in no more.
const disabled = string(people.Disabled)

// askEmployees makes a link for everybody with an account. Which link is whose is kept nowhere,
// and the order in which they are made says nothing about it.
func (s *Service) askEmployees(ctx context.Context, v Survey, w store.KeptWave, origin string, sent *Sent, record func(context.Context, Sent) error) error {
	all, err := s.parts.Store.Persons(ctx)
	if err != nil {
		return err
	}
	parts, err := s.partsOf(ctx, all)
	if err != nil {
		return err
	}
	err = s.parts.Store.Atomically(ctx, func(ctx context.Context) error {
		for _, p := range all {
			if p.State == disabled {
				continue
			}
			w.Asked++
			if err := s.parts.Store.Hear(ctx, v.ID, w.Number, p.ID); err != nil {
				return err
			}
		}
		if w.Asked == 0 {
			return clientele.Errorf(clientele.CodeConflict, "nobody has an account").WithHint("Invite people on the page People, or give the survey an open link.")
		}
		if w.Strata, err = json.Marshal([]Stratum{}); err != nil {
			return err
		}
		if err := s.parts.Store.AddWave(ctx, w); err != nil {
			return err
		}
		for _, n := range rand.Perm(len(all)) {
			if all[n].State == disabled {
				continue
			}
			if err := s.ticket(ctx, v, w, all[n], parts[all[n].ID], origin, sent); err != nil {
				return err
			}
		}
		return record(ctx, *sent)
	})
	sent.Next = nextDue(v.Document, w, int(w.Number), w.Began)
	return err
}

func (s *Service) ticket(ctx context.Context, v Survey, w store.KeptWave, p store.KeptPerson, part, origin string, sent *Sent) error {
	secret := newSecret()
	if err := s.parts.Store.AddTicket(ctx, store.KeptTicket{Hash: hashOf(secret), Survey: v.ID, Wave: w.Number, Part: part}); err != nil {
		return err
	}
	to := addressee{link: Link{Address: p.Email, Language: v.Document.Languages[0], URL: origin + Path + secret}, secret: secret, closes: w.Closes}
	return s.handOn(ctx, v, to, origin, sent)
}

// partsOf is the unit of each person by which their answers are told: of those with fewer than
// twice Least people it is the company alone, for too few of them may answer to be told at all.
func (s *Service) partsOf(ctx context.Context, all []store.KeptPerson) (map[string]string, error) {
	units, err := s.parts.Store.Units(ctx)
	if err != nil {
		return nil, err
	}
	names, count, parts := map[string]string{}, map[string]int{}, map[string]string{}
	for _, u := range units {
		names[u.ID] = u.Name
	}
	for _, p := range all {
		if len(p.Units) == 1 && p.State != disabled {
			count[p.Units[0]]++
		}
	}
	for _, p := range all {
		if len(p.Units) == 1 && count[p.Units[0]] >= 2*Least {
			parts[p.ID] = names[p.Units[0]]
		}
	}
	return parts, nil
}

// Asked is one customer who is to be asked after an event.
type Asked struct {
	Customer string `json:"customer"`
	Occasion string `json:"occasion"` // what happened, such as a delivery's id: nobody is asked of it twice
	Order    string `json:"order"`    // that it is about; "" is none
}

// Invited is what became of it.
type Invited struct {
	Invited bool   `json:"invited"`        // they are asked, now or before
	Before  bool   `json:"before"`         // of the same occasion, so that there is no link now
	Mailed  bool   `json:"mailed"`         // the link was mailed
	Link    string `json:"link,omitempty"` // to be handed on; told once
	Why     string `json:"why,omitempty"`  // they are not asked
}

// Invite asks one customer, unless they were asked of late or do not want to be. Asking of the
// same occasion again changes nothing. CodeConflict if the survey is closed. Record is told of who
// is newly asked, in the same transaction.
func (s *Service) Invite(ctx context.Context, id string, a Asked, origin string, record func(context.Context, Invited) error) (out Invited, err error) {
	k, err := s.parts.Store.Survey(ctx, id)
	if err != nil {
		return out, err
	}
	v, err := s.surveyOf(k)
	switch {
	case err != nil:
		return out, err
	case s.closed(v):
		return out, clientele.Errorf(clientele.CodeConflict, "%s is closed", v.Name)
	case v.Document.Ask.Who != Customers:
		return out, clientele.Errorf(clientele.CodeConflict, "%s asks employees", v.Name)
	}
	if origin == "" {
		origin = s.Origin()
	}
	for _, text := range []string{a.Customer, a.Occasion, a.Order} {
		if !shownWhole(text) || utf8.RuneCountInString(text) > 200 {
			return out, invalid("%q cannot be an id", shown(text))
		}
	}
	if a.Customer == "" || a.Occasion == "" {
		return out, invalid("a customer is asked on an occasion: one of them is missing")
	}
	profiles, err := s.parts.Records.Profiles(ctx, sampleOf(v.Document), []string{a.Customer})
	if err != nil {
		return out, err
	}
	i := store.KeptInvitation{
		ID: newID(), Survey: v.ID, Customer: a.Customer, Occasion: a.Occasion, About: a.Order, Asked: s.parts.Now().UTC().Truncate(time.Millisecond),
		State: store.InvitationAsked, Language: v.Document.Languages[0],
	}
	for _, p := range profiles {
		i.Segment, i.Address, i.Language = p.Segment, p.Address, v.Document.Speaks(p.Language)
	}
	err = s.parts.Store.Atomically(ctx, func(ctx context.Context) error {
		out, err = s.inviteOnce(ctx, v, i, origin)
		if err == nil && out.Invited && !out.Before {
			err = record(ctx, out)
		}
		return err
	})
	return out, err
}

// inviteOnce invites unless something is in the way.
func (s *Service) inviteOnce(ctx context.Context, v Survey, i store.KeptInvitation, origin string) (out Invited, err error) {
	_, err = s.parts.Store.InvitationOf(ctx, v.ID, i.Customer, i.Occasion)
	if clientele.CodeOf(err) != clientele.CodeNotFound {
		return Invited{Invited: err == nil, Before: err == nil}, err
	}
	refuses, err := s.parts.Store.Refuses(ctx, i.Customer)
	if err != nil || refuses {
		return Invited{Why: "The customer does not want to be asked."}, err
	}
	last, ever, err := s.parts.Store.LastAsked(ctx, i.Customer)
	if err != nil {
		return out, err
	}
	if until := last.AddDate(0, 0, *v.Document.Quarantine); ever && i.Asked.Before(until) {
		return Invited{Why: "The customer was asked of late, and can be asked again from " + until.In(s.parts.Zone).Format(time.DateOnly) + " on."}, nil
	}
	var sent Sent
	if err := s.invite(ctx, v, i, i.Asked.AddDate(0, 0, v.Document.Waves.Open), origin, &sent); err != nil {
		return out, err
	}
	out = Invited{Invited: true, Mailed: sent.Mailed > 0}
	if len(sent.Links) > 0 {
		out.Link = sent.Links[0].URL
	}
	return out, nil
}
