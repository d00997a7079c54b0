package survey

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

func TestASurveyIsSentWaveByWave(t *testing.T) {
	w := newWorld(t)
	v := w.create(deliveries)
	sent := w.send(v)
	if sent.Wave != 1 || sent.Asked != 20 || len(sent.Links) != 20 || sent.Mailed != 0 {
		t.Fatalf("%+v", sent)
	}
	want := []Stratum{{"North", 60, 60, 10, 1.0 / 6}, {"South", 20, 20, 10, .5}}
	if diff := cmp.Diff(want, sent.Strata); diff != "" {
		t.Error(diff)
	}
	if l := sent.Links[0]; l.Customer != "n00" || l.Address != "n00@example.com" || l.Language != "de" || !strings.HasPrefix(l.URL, "https://acme.example/s/") {
		t.Errorf("%+v", l)
	}
	_, err := w.Send(w.ctx(), v.ID, "", unrecorded)
	w.code(err, clientele.CodeConflict)
	if hint := clientele.HintOf(err); hint != "The next is due on 2026-10-04." {
		t.Error(hint)
	}
	w.answer(v, keyOf(sent.Links[0].URL), "9", "", "", "")
	w.must(w.Refuse(t.Context(), keyOf(sent.Links[1].URL)))
	w.clock = morning.AddDate(0, 0, 3)
	reminded := w.send(v)
	if reminded.Reminder != 1 || reminded.Asked != 18 || reminded.Links[0].Customer == "n00" {
		t.Errorf("%+v", reminded)
	}
	for _, link := range []string{sent.Links[2].URL, reminded.Links[0].URL} { // the first link still leads there
		if at, err := w.Visit(t.Context(), keyOf(link), ""); err != nil || at.State != Asking {
			t.Errorf("%v %v", at.State, err)
		}
	}
	w.clock = morning.AddDate(0, 0, 20)
	if at, err := w.Visit(t.Context(), keyOf(sent.Links[2].URL), ""); err != nil || at.State != Over {
		t.Errorf("a link of a wave that is over: %v %v", at.State, err)
	}
	w.clock = morning.AddDate(0, 0, 30)
	second := w.send(v)
	if second.Wave != 2 || second.Asked != 20 || second.Next == nil {
		t.Errorf("%+v", second)
	}
	for _, l := range second.Links {
		if l.Customer == "n01" {
			t.Error("who refused was asked")
		}
	}
	w.clock = morning.AddDate(0, 0, 70)
	_, err = w.Send(w.ctx(), v.ID, "", unrecorded)
	w.code(err, clientele.CodeConflict)
	w.must(w.Close(w.ctx(), v.ID))
	if got := w.results(v).State; got != "closed" {
		t.Error(got)
	}
}

// Nobody is asked again within the days of the quarantine, by whichever survey.
func TestQuarantineHoldsAcrossSurveys(t *testing.T) {
	w := newWorld(t)
	first := w.send(w.create(deliveries))
	other := w.create(strings.Replace(deliveries, "survey: Deliveries", "survey: Other", 1))
	w.clock = morning.AddDate(0, 0, 24)
	second := w.send(other)
	seen := map[string]bool{}
	for _, l := range append(first.Links, second.Links...) {
		if seen[l.Customer] {
			t.Fatalf("%s was asked twice within 25 days", l.Customer)
		}
		seen[l.Customer] = true
	}
	if second.Strata[1].Eligible != 10 {
		t.Errorf("%+v", second.Strata)
	}
	_, err := w.Send(w.ctx(), w.create(strings.NewReplacer("survey: Deliveries", "survey: Third", "by: region", "by: region, segments: [South]").Replace(deliveries)).ID, "", unrecorded)
	if err != nil { // records of the test do not cut segments: there are others to ask
		t.Fatal(err)
	}
	invited, err := w.Invite(w.ctx(), other.ID, Asked{Customer: first.Links[0].Customer, Occasion: "delivery 7"}, "", uninvited)
	if err != nil || invited.Invited || !strings.Contains(invited.Why, "2026-10-26") {
		t.Errorf("%+v %v", invited, err)
	}
}

func TestACustomerIsInvitedOnceAfterAnEvent(t *testing.T) {
	w := newWorld(t)
	v := w.create(deliveries)
	ask := Asked{Customer: "n07", Occasion: "delivery 7", Order: "o7"}
	first, err := w.Invite(w.ctx(), v.ID, ask, "", uninvited)
	if err != nil || !first.Invited || first.Before || first.Link == "" {
		t.Fatalf("%+v %v", first, err)
	}
	var race sync.WaitGroup
	for range 8 {
		race.Go(func() {
			again, err := w.Invite(w.ctx(), v.ID, ask, "", uninvited)
			if err != nil || !again.Invited || !again.Before || again.Link != "" {
				t.Errorf("%+v %v", again, err)
			}
		})
	}
	race.Wait()
	w.answer(v, keyOf(first.Link), "3", "Late", "", "")
	for m, err := range w.store.EventsOf(t.Context(), "n07") {
		w.must(err)
		if !strings.Contains(string(m.Body), `"order":"o7"`) || !strings.Contains(string(m.Body), `"weight":"1"`) {
			t.Errorf("%s", m.Body)
		}
	}
	for _, wrong := range []Asked{{Customer: "n07"}, {Occasion: "x"}, {Customer: "a\x00", Occasion: "x"}, {Customer: strings.Repeat("x", 201), Occasion: "x"}} {
		_, err := w.Invite(w.ctx(), v.ID, wrong, "", uninvited)
		w.code(err, clientele.CodeInvalid)
	}
	w.must(w.store.Refuse(t.Context(), "n08", w.clock))
	if refused, err := w.Invite(w.ctx(), v.ID, Asked{Customer: "n08", Occasion: "x"}, "", uninvited); err != nil || refused.Invited {
		t.Errorf("%+v %v", refused, err)
	}
	w.must(w.Close(w.ctx(), v.ID))
	_, err = w.Invite(w.ctx(), v.ID, Asked{Customer: "n09", Occasion: "x"}, "", uninvited)
	w.code(err, clientele.CodeConflict)
}

// What was answered becomes records: a score with the text that says why, in one message.
func TestAnswersBecomeRecords(t *testing.T) {
	w := newWorld(t)
	v := w.create(deliveries)
	sent := w.send(v)
	next := w.answer(v, keyOf(sent.Links[0].URL), "9", "Quick <b>\x01and\r\nkind", "fast kind", "na")
	if !next.Done || w.landing.Load() != 1 {
		t.Fatalf("%+v, %d", next, w.landing.Load())
	}
	var got message
	for m, err := range w.store.EventsOf(t.Context(), "n00") {
		w.must(err)
		if m.Source != Source || m.State != store.EventWaiting {
			t.Errorf("%+v", m)
		}
		w.must(json.Unmarshal(m.Body, &got))
	}
	if len(got.Answers) != 2 {
		t.Fatalf("%v", got)
	}
	id, _, _ := strings.Cut(got.Answers[0]["response"], "/")
	whole := row{"customer": "n00", "order": "", "time": "2026-10-01T09:00:00.000Z", "touchpoint": "Delivery", "language": "en", "weight": "6.000000"}
	want := []row{
		{"response": id + "/recommend", "instrument": "nps", "score": "9", "scale_min": "0", "scale_max": "10", "not_applicable": "false", "text": "Quick <b>and\nkind"},
		{"response": id + "/happy", "instrument": "csat", "scale_min": "1", "scale_max": "5", "not_applicable": "true"},
	}
	for _, r := range want {
		for field, value := range whole {
			r[field] = value
		}
	}
	if diff := cmp.Diff(want, got.Answers); diff != "" {
		t.Error(diff)
	}
}

// A link can be left and come back to, answered once, and not again.
func TestALinkIsResumedAndUsedOnce(t *testing.T) {
	w := newWorld(t)
	v := w.create(deliveries)
	key := keyOf(w.send(v).Links[0].URL)
	w.answer(v, key, "9", "Because")
	at, err := w.Visit(t.Context(), key, "")
	if err != nil || at.At() != 3 || at.Answers["why"].Value != "Because" || !at.Refusable || at.Anonymous {
		t.Fatalf("%+v %v", at, err)
	}
	w.answer(v, key, "2") // back, and another score
	if r := w.results(v); r.Begun != 1 || r.Answered != 0 || *r.Rate != 0 {
		t.Errorf("%+v", r)
	}
	var race sync.WaitGroup
	for range 8 {
		race.Go(func() {
			if _, err := w.reply(key, "", Reply{Question: "happy", Values: []string{"4"}}); err != nil {
				t.Error(err)
			}
		})
	}
	race.Wait()
	if at, err = w.Visit(t.Context(), key, ""); err != nil || at.State != Answered {
		t.Errorf("%+v %v", at, err)
	}
	next := w.answer(v, key, "10") // too late
	if !next.Done {
		t.Errorf("%+v", next)
	}
	r := w.results(v)
	if r.Answered != 1 || r.Questions[0].N != 1 || *r.Questions[0].Value != -100 || r.Questions[1].N != 1 || r.Questions[2].Skipped != 1 {
		t.Errorf("%+v", r)
	}
	waiting, err := w.store.WaitingEvents(t.Context())
	if err != nil || waiting != 1 {
		t.Errorf("%d messages wait (%v)", waiting, err)
	}
}

func TestTheOpenLinkMakesALinkOfItsOwn(t *testing.T) {
	w := newWorld(t)
	v := w.create(deliveries)
	open := keyOf(v.Address)
	if v.Embedded != FramePath+open {
		t.Error(v.Embedded)
	}
	first := w.answer(v, open, "9")
	if first.Key == open || len(first.Key) != 26 {
		t.Fatalf("%+v", first)
	}
	at, err := w.Visit(t.Context(), first.Key, "")
	if err != nil || at.At() != 2 || at.Refusable {
		t.Errorf("%+v %v", at, err)
	}
	w.code(w.Refuse(t.Context(), first.Key), clientele.CodeNotFound)
	w.answer(v, open, "0", "", "", "")
	r := w.results(v)
	if r.Open != 1 || r.Asked != 0 || r.Rate != nil || *r.Questions[0].Value != -100 || len(r.Notes) != 2 {
		t.Errorf("%+v", r)
	}
}

func TestRepliesThatAreNone(t *testing.T) {
	w := newWorld(t)
	v := w.create(deliveries)
	key := keyOf(w.send(v).Links[0].URL)
	for name, r := range map[string]Reply{
		"no question": {}, "another question": {Question: "no", Values: []string{"1"}}, "no score": {Question: "recommend"}, "off the scale": {Question: "recommend", Values: []string{"11"}},
		"no number": {Question: "recommend", Values: []string{"9.5"}}, "two scores": {Question: "recommend", Values: []string{"1", "2"}}, "no option": {Question: "how", Values: []string{"slow"}},
		"too long": {Question: "why", Text: strings.Repeat("é", longestReply+1)},
	} {
		if _, err := w.reply(key, "", r); clientele.CodeOf(err) != clientele.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, key := range []string{"", "x", strings.Repeat("A", 26), strings.Repeat("a", 26), v.ID, "deliveries", "../../etc"} {
		if _, err := w.reply(key, "", Reply{Question: "recommend", Skip: true}); clientele.CodeOf(err) != clientele.CodeNotFound {
			t.Errorf("%q leads somewhere: %v", key, err)
		}
	}
	w.must(w.Close(w.ctx(), v.ID))
	_, err := w.reply(key, "", Reply{Question: "recommend", Skip: true})
	w.code(err, clientele.CodeConflict)
}

// Links are drawn from 2^130, none is made twice, and the store holds none of them.
func TestLinksAreSecret(t *testing.T) {
	w := newWorld(t)
	v := w.create(deliveries)
	seen := map[string]bool{}
	letters := map[rune]int{}
	for range 20_000 {
		key := newSecret()
		if !secretText.MatchString(key) || seen[key] {
			t.Fatalf("%q", key)
		}
		seen[key] = true
		for _, r := range key {
			letters[r]++
		}
	}
	for r, n := range letters { // 16,250 of each are to be expected, ± 125
		if n < 15_500 || n > 17_000 || len(letters) != 32 {
			t.Errorf("%c was drawn %d times", r, n)
		}
	}
	secrets := []string{}
	for _, l := range w.send(v).Links {
		secrets = append(secrets, keyOf(l.URL))
	}
	w.employ("office", 10)
	for _, l := range w.send(w.create(work)).Links {
		secrets = append(secrets, keyOf(l.URL))
	}
	for text, err := range w.store.Texts(t.Context()) {
		w.must(err)
		for _, secret := range secrets {
			if strings.Contains(string(text.Text), secret) {
				t.Fatalf("%s holds a link", text.Table)
			}
		}
	}
}

// Values stand for all customers: answers of the north weigh six times those of the south, where
// three times as many live and half as many answered.
func TestResultsAreWeightedToAllCustomers(t *testing.T) {
	w := newWorld(t)
	v := w.create(deliveries)
	sent := w.send(v)
	for i := range 5 {
		w.answer(v, keyOf(sent.Links[i].URL), "10", fmt.Sprint("text ", i), "fast", "5")
	}
	for i := range 10 {
		w.answer(v, keyOf(sent.Links[10+i].URL), "0", "", "kind", "1")
	}
	w.answer(v, keyOf(v.Address), "0", "", "", "1") // which stands for nobody
	r := w.results(v)
	q := r.Questions[0]
	// (60 − 20) / 80 of customers; unweighted (5 − 10) / 15. Kish: (5·12 + 10·2)² / (5·144 + 10·4).
	if *q.Value != 50 || math.Abs(*q.Unweighted+100.0/3) > 1e-9 || q.N != 15 || math.Abs(q.Effective-6400.0/760) > 1e-9 || *q.Low > 50 || *q.High < 50 {
		t.Errorf("%+v", q)
	}
	if *r.Rate != .75 || r.Answered != 15 || r.Open != 1 || *r.Silent != 0 || *r.Segments[0].Weight != 12 || *r.Segments[1].Rate != 1 {
		t.Errorf("%+v", r)
	}
	if happy := r.Questions[3]; *happy.Value != .75 || happy.Unit != clientele.UnitShare {
		t.Errorf("%+v", happy)
	}
	if how := r.Questions[2]; how.Counts[0].N != 5 || *how.Counts[0].Share != .75 {
		t.Errorf("%+v", how.Counts)
	}
	if len(q.Parts) != 2 || *q.Parts[0].Value != 100 || len(q.Waves) != 1 || *q.Waves[0].Value != 50 || len(r.Questions[1].Comments) != 5 {
		t.Errorf("%+v", q)
	}
}

// Who is silent is told, and texts are not before ten have answered.
func TestWhoIsSilentIsTold(t *testing.T) {
	w := newWorld(t)
	v := w.create(deliveries)
	sent := w.send(v)
	w.answer(v, keyOf(sent.Links[0].URL), "10", "text", "", "")
	r := w.results(v)
	if *r.Silent != .25 || r.Segments[1].Weight != nil || len(r.Questions[1].Comments) != 0 || len(r.Notes) != 1 {
		t.Errorf("%+v", r)
	}
}

// Mail is taken in the transaction that asks: without one nobody was asked.
func TestMailIsTakenWithTheInvitation(t *testing.T) {
	w := newWorld(t)
	v := w.create(deliveries)
	post := &post{fails: 3}
	w.parts.Mailer = post
	_, err := w.Send(w.ctx(), v.ID, "", unrecorded)
	if err == nil {
		t.Fatal("it was sent")
	}
	if r := w.results(v); r.Asked != 0 || len(r.Waves) != 0 {
		t.Errorf("%+v", r)
	}
	post.fails, post.mails = 0, nil
	sent := w.send(v)
	if sent.Mailed != 10 || len(sent.Links) != 10 { // nobody knows where the south is written to
		t.Errorf("%+v", sent)
	}
	m := post.mails[0]
	if m.To != "n00@example.com" || m.Language != "de" || m.Subject != "Ein paar Fragen: Ihre Lieferung" || !strings.Contains(m.Text, m.Link) || !strings.Contains(m.Text, m.Stop) || !strings.Contains(m.Text, "2026-10-15") {
		t.Errorf("%+v", m)
	}
}

type post struct {
	fails int // the n-th mail
	mails []Mail
}

func (p *post) Enqueue(_ context.Context, m Mail) (bool, error) {
	if p.mails = append(p.mails, m); len(p.mails) == p.fails {
		return false, errors.New("full")
	}
	return true, nil
}

func TestSurveysAreListedAndFound(t *testing.T) {
	w := newWorld(t)
	v := w.create(deliveries)
	w.clock = w.clock.Add(time.Minute)
	w.create(work)
	all, err := w.List(w.ctx())
	if err != nil || len(all) != 2 || all[1].Name != "Deliveries" || all[1].State != "open" {
		t.Errorf("%+v %v", all, err)
	}
	for _, name := range []string{v.ID, "deliveries", "DELIVERIES "} {
		if got, err := w.Find(w.ctx(), name); err != nil || got.ID != v.ID {
			t.Errorf("%q: %v", name, err)
		}
	}
	_, err = w.Find(w.ctx(), keyOf(v.Address))
	w.code(err, clientele.CodeNotFound)
	d, _ := ParseDocument("x", []byte(deliveries))
	_, err = w.Create(w.ctx(), d, "Ada")
	w.code(err, clientele.CodeConflict)
}
