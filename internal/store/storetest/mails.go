package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

// mailTests are the cases of store.Mails.
var mailTests = map[string]func(*testing.T, Engine){
	"a mail is kept once":                          testMailOnce,
	"a mail is kept only with what it tells of":    testMailWithChange,
	"a digest goes out together, and again so":     testMailDigest,
	"a mail that was being sent is unsure":         testMailInterrupted,
	"an address can be stopped and cleared":        testMailStops,
	"mails that ended are forgotten, or erased":    testMailForgotten,
	"what there is not of mails is not found":      testMailNotFound,
	"mails are listed and counted by their states": testMailLists,
}

func mail(key, to string) store.KeptMail {
	return store.KeptMail{
		Key: key, Kind: "notice", Address: to, State: store.MailWaiting, Due: start, Created: start, Body: json.RawMessage(`{ "subject": "é"}`),
	}
}

func addMails(t *testing.T, s store.Store, mails ...store.KeptMail) {
	t.Helper()
	for _, m := range mails {
		if added, err := s.AddMail(t.Context(), m); err != nil || !added {
			t.Fatalf("%s: added %v, %v", m.Key, added, err)
		}
	}
}

func keysOf(mails []store.KeptMail) (keys []string) {
	for _, m := range mails {
		keys = append(keys, m.Key)
	}
	return keys
}

func nextMails(t *testing.T, s store.Store, at time.Time, want ...string) []store.KeptMail {
	t.Helper()
	next, err := s.NextMails(t.Context(), at, 3)
	must(t, err)
	if diff := cmp.Diff(want, keysOf(next)); diff != "" {
		t.Errorf("next: %s", diff)
	}
	return next
}

func testMailOnce(t *testing.T, e Engine) {
	s := open(t, e)
	ended := start.Add(time.Hour)
	m := mail("a", "ada@example.com")
	m.Customer, m.Digest, m.Parcel, m.StopHash, m.Attempts, m.Ended, m.Reason = "c1", true, "<1@x>", "h", 2, &ended, "busy"
	addMails(t, s, m)
	other := mail("a", "bea@example.com")
	if added, err := s.AddMail(t.Context(), other); added || err != nil {
		t.Errorf("added %v, %v", added, err)
	}
	m.Number = 1
	got, err := s.MailByKey(t.Context(), "a")
	must(t, err)
	if diff := cmp.Diff(m, got); diff != "" {
		t.Error(diff)
	}
	m.State, m.Parcel, m.StopHash, m.Attempts, m.Due, m.Ended, m.Reason, m.Body = store.MailSent, "<2@x>", "i", 3, ended, nil, "", nil
	must(t, s.SaveMail(t.Context(), m))
	if got, err = s.MailByStop(t.Context(), "i"); err != nil || cmp.Diff(m, got) != "" {
		t.Error(cmp.Diff(m, got), err)
	}
	if again, err := s.Mail(t.Context(), 1); err != nil || cmp.Diff(m, again) != "" {
		t.Error(cmp.Diff(m, again), err)
	}
}

func testMailWithChange(t *testing.T, e Engine) {
	s := open(t, e)
	failed := errors.New("the change failed")
	err := s.Atomically(t.Context(), func(ctx context.Context) error {
		if added, err := s.AddMail(ctx, mail("a", "ada@example.com")); err != nil || !added {
			t.Errorf("added %v, %v", added, err)
		}
		return failed
	})
	if !errors.Is(err, failed) {
		t.Error(err)
	}
	nextMails(t, s, start)
}

func testMailDigest(t *testing.T, e Engine) {
	s := open(t, e)
	notice := func(key, to string, after time.Duration) store.KeptMail {
		m := mail(key, to)
		m.Digest, m.Due = true, start.Add(after)
		return m
	}
	addMails(t, s, notice("a1", "a", time.Hour), notice("b1", "b", 2*time.Hour), notice("a2", "a", 90*time.Minute), mail("now", "a"),
		notice("a3", "a", 3*time.Hour), notice("a4", "a", 3*time.Hour))
	now := nextMails(t, s, start, "now")
	now[0].State = store.MailSent
	must(t, s.SaveMail(t.Context(), now[0]))
	nextMails(t, s, start.Add(59*time.Minute))
	together := nextMails(t, s, start.Add(time.Hour), "a1", "a2", "a3")
	for _, m := range together {
		m.Parcel, m.Due = "<p@x>", start.Add(100*time.Minute)
		must(t, s.SaveMail(t.Context(), m))
	}
	addMails(t, s, notice("a5", "a", 0))
	nextMails(t, s, start.Add(61*time.Minute), "a4", "a5")
	five, err := s.MailByKey(t.Context(), "a5")
	must(t, err)
	five.State = store.MailRefused
	must(t, s.SaveMail(t.Context(), five))
	nextMails(t, s, start.Add(100*time.Minute), "a1", "a2", "a3")
}

func testMailInterrupted(t *testing.T, e Engine) {
	s := open(t, e)
	addMails(t, s, mail("a", "a"), mail("b", "b"))
	a := nextMails(t, s, start, "a")[0]
	a.State = store.MailSending
	must(t, s.SaveMail(t.Context(), a))
	n, err := s.InterruptMails(t.Context(), "stopped")
	must(t, err)
	got, err := s.MailByKey(t.Context(), "a")
	must(t, err)
	if n != 1 || got.State != store.MailUnsure || got.Reason != "stopped" || got.Body == nil {
		t.Errorf("%d, %+v", n, got)
	}
	nextMails(t, s, start, "b")
}

func testMailStops(t *testing.T, e Engine) {
	s := open(t, e)
	first := store.MailStop{Address: "a", Customer: "c1", Says: "asked", At: start}
	must(t, s.StopMail(t.Context(), first))
	bounced := store.MailStop{Address: "a", Bounced: true, Says: "550 no such user", At: start.Add(time.Second)}
	must(t, s.StopMail(t.Context(), bounced))
	got, ok, err := s.MailStopOf(t.Context(), "a")
	must(t, err)
	if diff := cmp.Diff(bounced, got); diff != "" || !ok {
		t.Error(ok, diff)
	}
	must(t, s.StopMail(t.Context(), store.MailStop{Address: "b", At: start}))
	all, err := s.MailStops(t.Context())
	must(t, err)
	if len(all) != 2 || all[0].Address != "a" || all[1].Bounced {
		t.Errorf("%+v", all)
	}
	must(t, s.ClearMailStop(t.Context(), "a"))
	if _, ok, err := s.MailStopOf(t.Context(), "a"); ok || err != nil {
		t.Error(ok, err)
	}
}

func testMailForgotten(t *testing.T, e Engine) {
	s := open(t, e)
	old, young, theirs := mail("old", "a"), mail("young", "a"), mail("theirs", "c")
	later := start.Add(time.Hour)
	old.Ended, young.Ended, theirs.Customer = &start, &later, "c1"
	addMails(t, s, old, young, theirs)
	must(t, s.StopMail(t.Context(), store.MailStop{Address: "c", Customer: "c1", At: start}))
	n, err := s.ForgetMails(t.Context(), start.Add(time.Minute))
	must(t, err)
	erased, err := s.EraseMailsOf(t.Context(), "c1")
	must(t, err)
	left, err := s.Mails(t.Context(), 0, 10)
	must(t, err)
	stops, err := s.MailStops(t.Context())
	must(t, err)
	if n != 1 || erased != 2 || len(left) != 1 || left[0].Key != "young" || len(stops) != 0 {
		t.Errorf("%d forgotten, %d erased, left %+v and %+v", n, erased, left, stops)
	}
}

func testMailNotFound(t *testing.T, e Engine) {
	s := open(t, e)
	addMails(t, s, mail("a", "a"))
	_, byNumber := s.Mail(t.Context(), 9)
	_, byKey := s.MailByKey(t.Context(), "b")
	_, byStop := s.MailByStop(t.Context(), "") // of the mails that cannot be stopped
	for _, err := range []error{byNumber, byKey, byStop, s.SaveMail(t.Context(), store.KeptMail{Number: 9, State: store.MailSent}), s.ClearMailStop(t.Context(), "a")} {
		wantCode(t, err, clientele.CodeNotFound)
	}
}

func testMailLists(t *testing.T, e Engine) {
	s := open(t, e)
	sent := mail("c", "c")
	sent.State, sent.Created = store.MailSent, start.Add(time.Hour)
	addMails(t, s, mail("a", "a"), mail("b", "b"), sent)
	for _, c := range []struct {
		below int64
		want  []string
	}{{0, []string{"c", "b"}}, {3, []string{"b", "a"}}, {1, nil}} {
		got, err := s.Mails(t.Context(), c.below, 2)
		must(t, err)
		if diff := cmp.Diff(c.want, keysOf(got)); diff != "" {
			t.Error(diff)
		}
	}
	counts, err := s.CountMails(t.Context())
	must(t, err)
	if diff := cmp.Diff([]store.MailCount{{State: store.MailSent, Count: 1, Oldest: sent.Created}, {State: store.MailWaiting, Count: 2, Oldest: start}}, counts); diff != "" {
		t.Error(diff)
	}
}
