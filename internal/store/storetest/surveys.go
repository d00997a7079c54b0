package storetest

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

// surveyTests are the cases of store.Surveys.
var surveyTests = map[string]func(*testing.T, Engine){
	"a survey keeps what it was given, and its name is its own": testSurveys,
	"waves are kept by number":                                  testWaves,
	"an invitation keeps what it was given":                     testInvitations,
	"a customer is asked once in a wave and on an occasion":     testInvitedOnce,
	"who was asked is counted, and reminded":                    testAskedCounts,
	"answers are counted":                                       testAnswerCounts,
	"who does not want to be asked is known":                    testRefusals,
	"all that is kept of who was asked can be erased":           testEraseInvitations,
	"a ticket is used once":                                     testTickets,
	"a draft is kept until it is forgotten":                     testDrafts,
	"anonymous answers are told cell by cell":                   testAnonymous,
	"the rows of anonymous answers tell no order":               testAnonymousOrder,
	"what surveys do not have is not found":                     testSurveysNotFound,
}

func survey(id string) store.KeptSurvey {
	return store.KeptSurvey{ID: id, Name: "Name of " + id, Key: "name of " + id, Document: json.RawMessage(`{ "survey": "é"}`), Made: start, By: "Ada"}
}

func invitation(id, customer string) store.KeptInvitation {
	return store.KeptInvitation{
		ID: id, Survey: "s", Wave: 1, Customer: customer, Segment: "North", Chance: 0.125, Address: "a@example.com", Asked: start, State: store.InvitationAsked, Language: "de",
	}
}

// asked is a store with a survey and three invitations, with a link each.
func asked(t *testing.T, e Engine) store.Store {
	t.Helper()
	s := open(t, e)
	must(t, s.AddSurvey(t.Context(), survey("s")))
	for n, customer := range []string{"c1", "c2", "c3"} {
		id := fmt.Sprintf("i%d", n+1)
		must(t, s.AddInvitation(t.Context(), invitation(id, customer)))
		must(t, s.AddInvitationLink(t.Context(), "hash of "+id, id))
	}
	return s
}

func testSurveys(t *testing.T, e Engine) {
	s := open(t, e)
	ctx := t.Context()
	first, second := survey("s"), survey("t")
	first.Address, first.Employees, second.Made = "openly", true, start.Add(time.Second)
	must(t, s.AddSurvey(ctx, first))
	must(t, s.AddSurvey(ctx, second))
	again := survey("u")
	again.Key = first.Key
	wantCode(t, s.AddSurvey(ctx, again), clientele.CodeConflict)
	for _, name := range []string{"s", "name of s", "openly"} {
		got, err := s.SurveyNamed(ctx, name)
		must(t, err)
		same(t, first, got)
	}
	must(t, s.CloseSurvey(ctx, "s", start))
	must(t, s.CloseSurvey(ctx, "s", start.Add(time.Hour))) // which it was already
	closed := start
	first.Closed = &closed
	got, err := s.Survey(ctx, "s")
	must(t, err)
	same(t, first, got)
	all, err := s.Surveys(ctx)
	must(t, err)
	same(t, []store.KeptSurvey{second, first}, all)
}

func testWaves(t *testing.T, e Engine) {
	s := asked(t, e)
	want := store.KeptWave{Survey: "s", Number: 1, Began: start, Closes: start.Add(time.Hour), Asked: 3, Strata: json.RawMessage(`[ ]`)}
	must(t, s.AddWave(t.Context(), want))
	wantCode(t, s.AddWave(t.Context(), want), clientele.CodeConflict)
	got, err := s.Waves(t.Context(), "s")
	must(t, err)
	same(t, []store.KeptWave{want}, got)
}

func testInvitations(t *testing.T, e Engine) {
	s := asked(t, e)
	ctx := t.Context()
	want := invitation("i4", "c4")
	want.Wave, want.Occasion, want.About, want.Answers = 0, "delivery 7", "o7", json.RawMessage(`{ "a": 1}`)
	must(t, s.AddInvitation(ctx, want))
	must(t, s.AddInvitationLink(ctx, "first", "i4"))
	must(t, s.AddInvitationLink(ctx, "second", "i4"))
	at := start.Add(time.Minute)
	want.State, want.Reminders, want.Language, want.Answers, want.Answered = store.InvitationAnswered, 2, "fr", nil, &at
	must(t, s.SaveInvitation(ctx, want))
	for _, hash := range []string{"first", "second"} {
		got, err := s.InvitationByLink(ctx, hash)
		must(t, err)
		same(t, want, got)
	}
	got, err := s.InvitationOf(ctx, "s", "c4", "delivery 7")
	must(t, err)
	same(t, want, got)
}

func testInvitedOnce(t *testing.T, e Engine) {
	s := asked(t, e)
	ctx := t.Context()
	wantCode(t, s.AddInvitation(ctx, invitation("again", "c1")), clientele.CodeConflict)
	other := invitation("other", "c1")
	other.Wave = 2
	must(t, s.AddInvitation(ctx, other))
	for i := range 2 { // nobody knows who they are, so they may be many
		must(t, s.AddInvitation(ctx, invitation(fmt.Sprintf("open%d", i), "")))
	}
	_, err := s.InvitationOf(ctx, "s", "", "")
	wantCode(t, err, clientele.CodeNotFound)
	var race sync.WaitGroup
	var first atomic.Int64
	for i := range 8 {
		race.Go(func() {
			one := invitation(fmt.Sprintf("race%d", i), "c9")
			if s.AddInvitation(ctx, one) == nil {
				first.Add(1)
			}
		})
	}
	race.Wait()
	same(t, int64(1), first.Load())
}

func testAskedCounts(t *testing.T, e Engine) {
	s := asked(t, e)
	ctx := t.Context()
	done, begun, openly := invitation("i1", "c1"), invitation("i2", "c2"), invitation("o", "")
	done.State, begun.State, begun.Reminders, openly.Wave, openly.Segment = store.InvitationAnswered, store.InvitationBegun, 1, 0, ""
	must(t, s.SaveInvitation(ctx, done))
	must(t, s.SaveInvitation(ctx, begun))
	must(t, s.AddInvitation(ctx, openly))
	got, err := s.CountAsked(ctx, "s")
	must(t, err)
	same(t, []store.AskedCount{
		{Wave: 0, Open: true, State: "asked", N: 1}, {Wave: 1, Segment: "North", State: "answered", N: 1}, {Wave: 1, Segment: "North", State: "asked", N: 1},
		{Wave: 1, Segment: "North", State: "begun", N: 1},
	}, got)
	for reminders, want := range map[int64][]string{1: {"i3"}, 2: {"i2", "i3"}} {
		left, err := s.ToRemind(ctx, "s", 1, reminders)
		must(t, err)
		var ids []string
		for _, i := range left {
			ids = append(ids, i.ID)
		}
		same(t, want, ids)
	}
	since, err := s.AskedSince(ctx, start)
	must(t, err)
	same(t, []string{"c1", "c2", "c3"}, since)
	since, err = s.AskedSince(ctx, start.Add(time.Millisecond))
	must(t, err)
	same(t, 0, len(since))
	at, ok, err := s.LastAsked(ctx, "c1")
	must(t, err)
	same(t, true, ok)
	same(t, start, at)
	_, ok, err = s.LastAsked(ctx, "c8")
	must(t, err)
	same(t, false, ok)
}

func testAnswerCounts(t *testing.T, e Engine) {
	s := asked(t, e)
	ctx := t.Context()
	for id, score := range map[string]string{"i1": "9", "i2": "9", "i3": "2"} {
		must(t, s.AddAnswers(ctx, id, []store.KeptAnswer{{Question: "q", Kind: store.ScoreAnswer, Value: score}, {Question: "w", Kind: store.TextAnswer, Value: "é " + id}}))
	}
	if err := s.AddAnswers(ctx, "i1", []store.KeptAnswer{{Question: "q", Kind: store.ScoreAnswer, Value: "1"}}); err == nil {
		t.Error("an answer was kept twice")
	}
	got, err := s.CountAnswers(ctx, "s")
	must(t, err)
	of := func(question string, kind store.AnswerKind, value string, n int64) store.AnswerCount {
		return store.AnswerCount{Wave: 1, Segment: "North", KeptAnswer: store.KeptAnswer{Question: question, Kind: kind, Value: value}, N: n}
	}
	same(t, []store.AnswerCount{of("q", "score", "2", 1), of("q", "score", "9", 2), of("w", "text", "", 3)}, got)
	texts, err := s.AnswerTexts(ctx, "s", 2)
	must(t, err)
	same(t, 2, len(texts))
	mine, err := s.AnswersOf(ctx, "i3")
	must(t, err)
	same(t, []store.KeptAnswer{{Question: "q", Kind: "score", Value: "2"}, {Question: "w", Kind: "text", Value: "é i3"}}, mine)
}

func testRefusals(t *testing.T, e Engine) {
	s := asked(t, e)
	ctx := t.Context()
	must(t, s.Refuse(ctx, "c2", start))
	must(t, s.Refuse(ctx, "c2", start.Add(time.Hour)))
	all, err := s.Refusing(ctx)
	must(t, err)
	same(t, []string{"c2"}, all)
	for customer, want := range map[string]bool{"c1": false, "c2": true} {
		got, err := s.Refuses(ctx, customer)
		must(t, err)
		same(t, want, got)
	}
}

func testEraseInvitations(t *testing.T, e Engine) {
	s := asked(t, e)
	ctx := t.Context()
	must(t, s.AddAnswers(ctx, "i1", []store.KeptAnswer{{Question: "q", Kind: store.ScoreAnswer, Value: "9"}}))
	must(t, s.AddInvitation(ctx, invitation("open", "")))
	must(t, s.Refuse(ctx, "c1", start))
	n, err := s.EraseInvitationsOf(ctx, "")
	must(t, err)
	same(t, int64(0), n)
	n, err = s.EraseInvitationsOf(ctx, "c1")
	must(t, err)
	same(t, int64(1), n)
	for i, err := range s.InvitationsOf(ctx, "c1") {
		t.Errorf("%v is left (%v)", i, err)
	}
	_, err = s.InvitationByLink(ctx, "hash of i1")
	wantCode(t, err, clientele.CodeNotFound)
	refuses, err := s.Refuses(ctx, "c1")
	must(t, err)
	same(t, false, refuses)
	left, err := s.AnswersOf(ctx, "i1")
	must(t, err)
	same(t, 0, len(left))
	for i, err := range s.InvitationsOf(ctx, "c2") {
		must(t, err)
		same(t, "i2", i.ID)
	}
}

func testTickets(t *testing.T, e Engine) {
	s := asked(t, e)
	ctx := t.Context()
	want := store.KeptTicket{Hash: "h", Survey: "s", Wave: 1, Part: "North"}
	must(t, s.AddTicket(ctx, want))
	got, err := s.Ticket(ctx, "h")
	must(t, err)
	same(t, want, got)
	must(t, s.UseTicket(ctx, "h"))
	wantCode(t, s.UseTicket(ctx, "h"), clientele.CodeConflict)
	want.Used = true
	got, err = s.Ticket(ctx, "h")
	must(t, err)
	same(t, want, got)
	must(t, s.Hear(ctx, "s", 1, "p"))
	must(t, s.Hear(ctx, "s", 2, "p"))
	wantCode(t, s.Hear(ctx, "s", 1, "p"), clientele.CodeConflict)
}

func testDrafts(t *testing.T, e Engine) {
	s := asked(t, e)
	ctx := t.Context()
	want := store.KeptDraft{Hash: "h", Survey: "s", Language: "de", Answers: json.RawMessage(`{}`), Day: "2026-10-01"}
	must(t, s.SaveDraft(ctx, want))
	want.Language, want.Answers = "he", json.RawMessage(`{ "q": "é"}`)
	must(t, s.SaveDraft(ctx, want))
	must(t, s.ForgetDrafts(ctx, "2026-10-01"))
	got, err := s.Draft(ctx, "h")
	must(t, err)
	same(t, want, got)
	must(t, s.RemoveDraft(ctx, "h"))
	wantCode(t, s.RemoveDraft(ctx, "h"), clientele.CodeNotFound)
	must(t, s.SaveDraft(ctx, want))
	must(t, s.ForgetDrafts(ctx, "2026-10-02"))
	_, err = s.Draft(ctx, "h")
	wantCode(t, err, clientele.CodeNotFound)
}

func testAnonymous(t *testing.T, e Engine) {
	s := asked(t, e)
	ctx := t.Context()
	must(t, s.AddSurvey(ctx, survey("t")))
	answer := func(part, value string) store.AnonymousAnswer {
		return store.AnonymousAnswer{Wave: 1, Question: "q", Part: part, Value: value}
	}
	must(t, s.AddAnonymous(ctx, "s", []store.AnonymousAnswer{answer("North", "1"), answer("North", "1"), answer("North", "5"), answer("South", "2")}))
	must(t, s.AddAnonymous(ctx, "t", []store.AnonymousAnswer{answer("North", "1")}))
	cells, err := s.Untold(ctx, "s")
	must(t, err)
	north, south := store.AnonymousCell{Wave: 1, Question: "q", Part: "North", N: 3}, store.AnonymousCell{Wave: 1, Question: "q", Part: "South", N: 1}
	same(t, []store.AnonymousCell{north, south}, cells)
	told, err := s.CountTold(ctx, "s")
	must(t, err)
	same(t, 0, len(told))
	_, ok, err := s.LastTold(ctx, "s")
	must(t, err)
	same(t, false, ok)
	must(t, s.Tell(ctx, "s", north, "2026-10-01"))
	must(t, s.AddAnonymous(ctx, "s", []store.AnonymousAnswer{answer("North", "4")}))
	told, err = s.CountTold(ctx, "s")
	must(t, err)
	same(t, []store.AnonymousCount{{AnonymousAnswer: answer("North", "1"), N: 2}, {AnonymousAnswer: answer("North", "5"), N: 1}}, told)
	north.N = 1
	cells, err = s.Untold(ctx, "s")
	must(t, err)
	same(t, []store.AnonymousCell{north, south}, cells)
	must(t, s.Tell(ctx, "s", north, "2026-10-02"))
	day, ok, err := s.LastTold(ctx, "s")
	must(t, err)
	same(t, true, ok)
	same(t, "2026-10-02", day)
	told, err = s.CountTold(ctx, "t")
	must(t, err)
	same(t, 0, len(told))
}

// What is read row by row does not come in the order in which it was kept.
func testAnonymousOrder(t *testing.T, e Engine) {
	s := asked(t, e)
	var kept, read []string
	for i := range 40 {
		value := fmt.Sprintf("value %02d", i)
		kept = append(kept, value)
		must(t, s.AddAnonymous(t.Context(), "s", []store.AnonymousAnswer{{Wave: 1, Question: "q", Value: value}}))
	}
	for text, err := range s.Texts(t.Context()) {
		must(t, err)
		if text.Table == "survey_anonymous" && slices.Contains(kept, string(text.Text)) {
			read = append(read, string(text.Text))
		}
	}
	same(t, len(kept), len(read))
	if slices.Equal(kept, read) {
		t.Error("the rows lie in the order of their coming")
	}
}

func testSurveysNotFound(t *testing.T, e Engine) {
	s := asked(t, e)
	ctx := t.Context()
	for what, ask := range map[string]func() error{
		"a survey":          func() error { _, err := s.Survey(ctx, "none"); return err },
		"a survey by name":  func() error { _, err := s.SurveyNamed(ctx, "none"); return err },
		"a survey to close": func() error { return s.CloseSurvey(ctx, "none", start) },
		"a link":            func() error { _, err := s.InvitationByLink(ctx, "none"); return err },
		"an occasion":       func() error { _, err := s.InvitationOf(ctx, "s", "c1", "none"); return err },
		"an invitation":     func() error { return s.SaveInvitation(ctx, invitation("none", "c")) },
		"a ticket":          func() error { _, err := s.Ticket(ctx, "none"); return err },
		"a draft":           func() error { _, err := s.Draft(ctx, "none"); return err },
		"a draft to remove": func() error { return s.RemoveDraft(ctx, "none") },
	} {
		if err := ask(); clientele.CodeOf(err) != clientele.CodeNotFound {
			t.Errorf("%s: %v", what, err)
		}
	}
}
