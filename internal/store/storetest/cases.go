package storetest

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

// caseTests are the cases of store.Cases.
var caseTests = map[string]func(*testing.T, Engine){
	"a case keeps what it was given":            testCase,
	"one matter is one case until it is closed": testCaseOnce,
	"one of many opens a case":                  testCaseRaceToOpen,
	"cases are listed by whose and where":       testCaseLists,
	"what belongs to a case is kept with it":    testCaseParts,
	"a customer's cases are erased":             testCasesErased,
	"what there is not of cases is not found":   testCasesNotFound,
}

func caseOf(customer, touchpoint, matter string) store.KeptCase {
	return store.KeptCase{
		Version: 1, Touchpoint: touchpoint, TouchpointName: "Name of " + touchpoint, Customer: customer, Matter: matter, State: store.CaseOpen, Owner: "ada", OwnerName: "Ada",
		Why: "owner", Opened: start, Due: start.Add(time.Hour),
	}
}

func addCase(t *testing.T, s store.Store, c store.KeptCase) store.KeptCase {
	t.Helper()
	number, err := s.AddCase(t.Context(), c)
	must(t, err)
	c.Number = number
	return c
}

func testCase(t *testing.T, e Engine) {
	s := open(t, e)
	c := addCase(t, s, caseOf("c1", "t1", "m1"))
	later := start.Add(2 * time.Hour)
	c.Version, c.State, c.Owner, c.OwnerName, c.Why, c.Step, c.RaisedTo, c.RaisedName = 2, store.CaseClosed, "bea", "Bea", "lead", 2, "lea", "Lea"
	c.Due, c.Taken, c.Settled, c.Closed, c.Settlement, c.Answer, c.AnswerText, c.AnswerHash, c.AskedByMail, c.Reopened = later, &start, &later, &later, "called", "yes", "thanks", "h", "k", 1
	must(t, s.SaveCase(t.Context(), c))
	got, err := s.Case(t.Context(), 1)
	must(t, err)
	if diff := cmp.Diff(c, got); diff != "" {
		t.Error(diff)
	}
	if got, err = s.CaseByAnswer(t.Context(), "h"); err != nil || cmp.Diff(c, got) != "" {
		t.Error(cmp.Diff(c, got), err)
	}
}

func testCaseOnce(t *testing.T, e Engine) {
	s := open(t, e)
	first := addCase(t, s, caseOf("c1", "t1", "m1"))
	_, err := s.AddCase(t.Context(), caseOf("c1", "t1", "m1"))
	wantCode(t, err, clientele.CodeConflict)
	for _, other := range []store.KeptCase{caseOf("c1", "t1", ""), caseOf("c1", "t2", "m1"), caseOf("c2", "t1", "m1")} {
		addCase(t, s, other)
	}
	first.State, first.Closed = store.CaseClosed, &start
	must(t, s.SaveCase(t.Context(), first))
	again := addCase(t, s, caseOf("c1", "t1", "m1"))
	latest, ok, err := s.LatestCase(t.Context(), "c1", "t1", "m1")
	must(t, err)
	if again.Number != 5 || !ok || latest.Number != 5 {
		t.Errorf("%d, %v, %+v", again.Number, ok, latest)
	}
	if _, ok, err := s.LatestCase(t.Context(), "c9", "t1", "m1"); ok || err != nil {
		t.Error(ok, err)
	}
}

func testCaseRaceToOpen(t *testing.T, e Engine) {
	s := open(t, e)
	var group sync.WaitGroup
	var made atomic.Int64
	for range 8 {
		group.Go(func() {
			switch _, err := s.AddCase(t.Context(), caseOf("c1", "t1", "m1")); clientele.CodeOf(err) {
			case clientele.CodeConflict:
			default:
				if err != nil {
					t.Error(err)
				}
				made.Add(1)
			}
		})
	}
	group.Wait()
	if made.Load() != 1 {
		t.Errorf("%d of one matter", made.Load())
	}
}

func testCaseLists(t *testing.T, e Engine) {
	s := open(t, e)
	states := []store.CaseState{store.CaseOpen, store.CaseTaken, store.CaseSettled, store.CaseClosed, store.CaseOpen, store.CaseClosed}
	for i, state := range states {
		c := caseOf(fmt.Sprint("c", i), fmt.Sprint("t", i%2), "")
		c.State, c.Due = state, start.Add(time.Duration(-i)*time.Minute)
		if i >= 4 {
			c.Owner, c.RaisedTo = "bea", "ada"
		}
		if i == 2 {
			c.Owner = "bea"
		}
		if state == store.CaseClosed {
			closed := start.Add(time.Duration(i) * time.Hour)
			c.Closed = &closed
		}
		addCase(t, s, c)
	}
	for _, c := range []struct {
		q    store.CaseQuery
		want []int64
		all  int64
	}{
		{store.CaseQuery{State: store.CaseOpen, Limit: 9}, []int64{5, 2, 1}, 3},
		{store.CaseQuery{State: store.CaseOpen, Limit: 1, Offset: 1}, []int64{2}, 3},
		{store.CaseQuery{State: store.CaseOpen, Person: "bea", Limit: 9}, []int64{5}, 1},
		{store.CaseQuery{State: store.CaseOpen, Person: "ada", Limit: 9}, []int64{5, 2, 1}, 3},
		{store.CaseQuery{State: store.CaseOpen, Touchpoint: "t1", Limit: 9}, []int64{2}, 1},
		{store.CaseQuery{State: store.CaseSettled, Person: "ada", Limit: 9}, nil, 0},
		{store.CaseQuery{State: store.CaseClosed, Limit: 9}, []int64{6, 4}, 2},
	} {
		got, err := s.Cases(t.Context(), c.q)
		must(t, err)
		var numbers []int64
		for _, x := range got {
			numbers = append(numbers, x.Number)
		}
		n, err := s.CountCases(t.Context(), c.q)
		must(t, err)
		if !slices.Equal(numbers, c.want) || n != c.all {
			t.Errorf("%+v: %v of %d", c.q, numbers, n)
		}
	}
	raised := caseOf("c9", "t9", "")
	raised.Step, raised.Due = 2, start.Add(-time.Hour)
	addCase(t, s, raised)
	due, err := s.DueCases(t.Context(), store.CaseOpen, start, 9)
	must(t, err)
	if len(due) != 1 || due[0].Number != 5 {
		t.Errorf("%+v", due)
	}
}

func testCaseParts(t *testing.T, e Engine) {
	s := open(t, e)
	c := addCase(t, s, caseOf("c1", "t1", "m1"))
	cause := store.CaseCause{Record: "answer/test/r1", Number: c.Number, At: start, Quiet: true, Body: json.RawMessage(`{ "score": 3}`)}
	for want := range []bool{true, false} {
		if added, err := s.AddCause(t.Context(), cause); err != nil || added != (want == 0) {
			t.Error(added, err)
		}
	}
	for record, want := range map[string]bool{"answer/test/r1": true, "answer/test/r2": false} {
		if has, err := s.HasCause(t.Context(), record); has != want || err != nil {
			t.Error(record, has, err)
		}
	}
	causes, err := s.Causes(t.Context(), c.Number)
	must(t, err)
	if diff := cmp.Diff([]store.CaseCause{cause}, causes); diff != "" {
		t.Error(diff)
	}
	events := []store.CaseEvent{{At: start, Name: "Clientele", What: "opened"}, {At: start.Add(time.Second), Who: "ada", Name: "Ada", What: "taken", Note: "é"}}
	for _, x := range events {
		must(t, s.AddCaseEvent(t.Context(), c.Number, x))
	}
	got, err := s.CaseEvents(t.Context(), c.Number)
	must(t, err)
	if diff := cmp.Diff(events, got); diff != "" {
		t.Error(diff)
	}
	for version := range int64(2) {
		must(t, s.SaveCaseRule(t.Context(), store.CaseRule{Touchpoint: "t1", Version: version + 1, Body: json.RawMessage(`{ "nps": 6}`)}))
	}
	rules, err := s.CaseRules(t.Context())
	must(t, err)
	if len(rules) != 1 || rules[0].Version != 2 || string(rules[0].Body) != `{ "nps": 6}` {
		t.Errorf("%+v", rules)
	}
}

func testCasesErased(t *testing.T, e Engine) {
	s := open(t, e)
	for i, customer := range []string{"c1", "c1", "c2"} {
		c := addCase(t, s, caseOf(customer, fmt.Sprint("t", i), ""))
		if _, err := s.AddCause(t.Context(), store.CaseCause{Record: fmt.Sprint(i), Number: c.Number, At: start, Body: json.RawMessage("{}")}); err != nil {
			t.Fatal(err)
		}
		must(t, s.AddCaseEvent(t.Context(), c.Number, store.CaseEvent{At: start, What: "opened"}))
	}
	theirs, err := s.CasesOf(t.Context(), "c1")
	must(t, err)
	if len(theirs) != 2 || theirs[0].Number != 1 || theirs[1].Touchpoint != "t1" {
		t.Errorf("%+v", theirs)
	}
	n, err := s.EraseCasesOf(t.Context(), "c1")
	must(t, err)
	left, err := s.Causes(t.Context(), 3)
	must(t, err)
	has, err := s.HasCause(t.Context(), "0")
	must(t, err)
	gone, err := s.CaseEvents(t.Context(), 1)
	must(t, err)
	if n != 2 || len(left) != 1 || has || len(gone) != 0 {
		t.Errorf("%d erased, %v %v %v", n, left, has, gone)
	}
}

func testCasesNotFound(t *testing.T, e Engine) {
	s := open(t, e)
	addCase(t, s, caseOf("c1", "t1", ""))
	_, byNumber := s.Case(t.Context(), 9)
	_, byAnswer := s.CaseByAnswer(t.Context(), "") // nobody was asked
	for _, err := range []error{byNumber, byAnswer, s.SaveCase(t.Context(), store.KeptCase{Number: 9, State: store.CaseOpen})} {
		wantCode(t, err, clientele.CodeNotFound)
	}
}
