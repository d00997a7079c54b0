package duckdb

import (
	"context"
	"sync"

	"github.com/clientele/clientele/internal/warehouse"
)

// facts remembers what pages ask of the records again and again, until a batch comes.
// While one is being committed nothing is remembered, and nothing is told from memory: who
// asks then sees what the engine sees. But who may be told what was before is told that, and
// does not wait.
type facts struct {
	mu       sync.Mutex
	known    map[any]any
	before   map[any]any // what was known last, whatever came since
	changing int         // commits under way
	changes  int64       // counts commits that have ended
	asking   map[any]*sync.Mutex
}

// change runs what changes the records.
func (f *facts) change(commit func() error) error {
	f.mu.Lock()
	f.changing++
	f.mu.Unlock()
	defer f.end()
	return commit()
}

func (f *facts) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.changing--
	f.changes++
	f.known = nil
}

// reset forgets all: the instance that was asked is gone.
func (f *facts) reset() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.changes++
	f.known, f.before = nil, nil
}

// recall tells what a question was answered, if the records are still the same; else when
// is what to keep an answer under.
func (f *facts) recall(question any) (answer any, ok bool, when int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.changing > 0 {
		return nil, false, f.changes
	}
	answer, ok = f.known[question]
	return answer, ok, f.changes
}

// keep keeps an answer, unless the records have changed since it was asked for.
func (f *facts) keep(question, answer any, when int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.changing > 0 || f.changes != when {
		return
	}
	if f.known == nil {
		f.known = map[any]any{}
	}
	if f.before == nil {
		f.before = map[any]any{}
	}
	f.known[question], f.before[question] = answer, answer
}

// hold locks one. Where who asks may be told what was before, and would have to wait for a
// commit or for somebody who asks already, it tells that instead, and locks nothing.
func (f *facts) hold(ctx context.Context, question any, one *sync.Mutex) (before any, told bool) {
	if !warehouse.MayBeBefore(ctx) {
		one.Lock()
		return nil, false
	}
	before, told, changing := f.earlier(question)
	switch {
	case told && (changing || !one.TryLock()):
		return before, true
	case !told:
		one.Lock()
	}
	return nil, false
}

// earlier tells what a question was answered last, and whether a commit is under way.
func (f *facts) earlier(question any) (answer any, ok, changing bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	answer, ok = f.before[question]
	return answer, ok, f.changing > 0
}

// one is what whoever asks a question holds meanwhile.
func (f *facts) one(question any) *sync.Mutex {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.asking == nil {
		f.asking = map[any]*sync.Mutex{}
	}
	if f.asking[question] == nil {
		f.asking[question] = &sync.Mutex{}
	}
	return f.asking[question]
}

// recalled answers a question from memory, or asks. One asks at a time, and whoever waited
// for that finds the answer: where a batch has come, hundreds of pages want to know the same.
// Who changes the answer works on a copy.
func recalled[T any](ctx context.Context, f *facts, question any, ask func() (T, error)) (T, error) {
	if known, ok, _ := f.recall(question); ok {
		return known.(T), nil
	}
	one := f.one(question)
	if before, told := f.hold(ctx, question, one); told {
		return before.(T), nil
	}
	defer one.Unlock()
	known, ok, when := f.recall(question)
	if ok {
		return known.(T), nil
	}
	answer, err := ask()
	if err == nil {
		f.keep(question, answer, when)
	}
	return answer, err
}
