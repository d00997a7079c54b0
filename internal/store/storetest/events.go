package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clientele/clientele/internal/store"
)

// message is one of a source that tells of a customer.
func message(source, id, customer string) store.EventMessage {
	return store.EventMessage{
		Source: source, ID: id, Customer: customer, State: store.EventWaiting, Received: start, Body: json.RawMessage(`{ "id": "` + id + `"}`),
	}
}

func addEvents(t *testing.T, s store.Store, messages ...store.EventMessage) []bool {
	t.Helper()
	kept, err := s.AddEvents(t.Context(), messages)
	must(t, err)
	return kept
}

func idsOf(messages []store.EventMessage) (ids []string) {
	for _, m := range messages {
		ids = append(ids, m.Source+"/"+m.ID)
	}
	return ids
}

func collect(t *testing.T, messages iter.Seq2[store.EventMessage, error]) (all []store.EventMessage) {
	t.Helper()
	for m, err := range messages {
		must(t, err)
		all = append(all, m)
	}
	return all
}

func waiting(t *testing.T, s store.Store, want int64) {
	t.Helper()
	n, err := s.WaitingEvents(t.Context())
	must(t, err)
	if n != want {
		t.Errorf("%d events wait, not %d", n, want)
	}
}

func testEventsOnce(t *testing.T, e Engine) {
	s := open(t, e)
	first := addEvents(t, s, message("web", "1", "c1"), message("web", "2", "c2"), message("web", "1", "other"), message("app", "1", ""))
	if diff := cmp.Diff([]bool{true, true, false, true}, first); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]bool{false, true}, addEvents(t, s, message("app", "1", "c3"), message("web", "3", "c1"))); diff != "" {
		t.Error(diff)
	}
	waiting(t, s, 4)
	want := message("web", "1", "c1")
	want.Number = 1
	got := collect(t, s.EventsOf(t.Context(), "c1"))
	if len(got) != 2 || got[1].ID != "3" {
		t.Fatalf("%+v", got)
	}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Error(diff)
	}
}

func testEventPortions(t *testing.T, e Engine) {
	s := open(t, e)
	later := message("web", "later", "")
	later.State = store.EventLater
	addEvents(t, s, later, message("web", "1", ""), message("app", "2", ""), message("web", "3", ""), message("web", "4", ""))
	portion := func(want ...string) int64 {
		t.Helper()
		number, messages, err := s.NextPortion(t.Context(), 2)
		must(t, err)
		if diff := cmp.Diff(want, idsOf(messages)); diff != "" {
			t.Errorf("portion %d: %s", number, diff)
		}
		return number
	}
	first := portion("web/1", "web/3")
	addEvents(t, s, message("web", "5", ""))
	if again := portion("web/1", "web/3"); again != first {
		t.Errorf("the portion %d became %d", first, again)
	}
	must(t, s.SettlePortion(t.Context(), first, true))
	second := portion("app/2")
	must(t, s.SettlePortion(t.Context(), second, false))
	third := portion("web/4", "web/5")
	must(t, s.SettlePortion(t.Context(), third, true))
	portion()
	waiting(t, s, 0)
	bodies := map[string]bool{}
	for _, m := range collect(t, s.EventsOf(t.Context(), "")) {
		bodies[m.ID+" "+string(m.State)] = len(m.Body) > 0
	}
	if diff := cmp.Diff(map[string]bool{"later later": true, "2 refused": true}, bodies); diff != "" {
		t.Errorf("bodies that are kept: %s", diff)
	}
	if again := addEvents(t, s, message("web", "1", "")); again[0] {
		t.Error("what was landed is kept once more")
	}
}

func testEventsForgotten(t *testing.T, e Engine) {
	s := open(t, e)
	old, young := message("web", "old", "c"), message("web", "young", "c")
	young.Received = start.Add(time.Hour)
	waits := message("web", "waits", "c")
	old.State, young.State = store.EventLater, store.EventLater
	addEvents(t, s, old, young, waits, message("web", "else", "d"))
	n, err := s.ForgetEvents(t.Context(), start.Add(time.Minute))
	must(t, err)
	if diff := cmp.Diff([]string{"web/young", "web/waits"}, idsOf(collect(t, s.EventsOf(t.Context(), "c")))); diff != "" || n != 1 {
		t.Errorf("%d forgotten: %s", n, diff)
	}
	n, err = s.EraseEventsOf(t.Context(), "c")
	must(t, err)
	if left := collect(t, s.EventsOf(t.Context(), "c")); n != 2 || len(left) != 0 {
		t.Errorf("%d erased, left %v", n, left)
	}
	waiting(t, s, 1)
}

func testEventRace(t *testing.T, e Engine) {
	s := open(t, e)
	var group sync.WaitGroup
	fresh := make(chan int, 8)
	for range cap(fresh) {
		group.Go(func() {
			var messages []store.EventMessage
			for i := range 20 {
				messages = append(messages, message("web", fmt.Sprint(i), ""))
			}
			kept, err := s.AddEvents(context.Background(), messages)
			if err != nil {
				t.Error(err)
			}
			n := 0
			for _, k := range kept {
				if k {
					n++
				}
			}
			fresh <- n
		})
	}
	group.Wait()
	close(fresh)
	sum := 0
	for n := range fresh {
		sum += n
	}
	if sum != 20 {
		t.Errorf("20 messages were kept %d times", sum)
	}
}

func testReplies(t *testing.T, e Engine) {
	s := open(t, e)
	first := store.Reply{Actor: "a", Key: "k", Request: "r1", Status: 201, Location: "/x", ETag: `"1"`, Body: []byte(`{ "id": 1 }`), At: start}
	must(t, s.KeepReply(t.Context(), first))
	get := func(actor string, since time.Time) store.Reply {
		t.Helper()
		r, ok, err := s.Reply(t.Context(), actor, "k", since)
		must(t, err)
		if ok != (r.Actor != "") {
			t.Errorf("%v, %+v", ok, r)
		}
		return r
	}
	if diff := cmp.Diff(first, get("a", start)); diff != "" {
		t.Error(diff)
	}
	if r := get("b", start); r.Actor != "" {
		t.Errorf("another's answer: %+v", r)
	}
	if r := get("a", start.Add(time.Second)); r.Actor != "" {
		t.Errorf("one that is too old: %+v", r)
	}
	second := store.Reply{Actor: "a", Key: "k", Request: "r2", Status: 200, Body: []byte{}, At: start.Add(time.Hour)}
	must(t, s.KeepReply(t.Context(), second))
	if diff := cmp.Diff(second, get("a", start)); diff != "" {
		t.Error(diff)
	}
	must(t, s.ForgetReplies(t.Context(), start.Add(2*time.Hour)))
	if r := get("a", start); r.Actor != "" {
		t.Errorf("one that was forgotten: %+v", r)
	}
}
