package duckdb

import "sync"

// facts remembers what pages ask of the records again and again, until a batch comes.
// While one is being committed nothing is remembered, and nothing is told from memory: who
// asks then sees what the engine sees.
type facts struct {
	mu       sync.Mutex
	known    map[any]any
	changing int   // commits under way
	changes  int64 // counts commits that have ended
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
	f.forget()
}

// reset forgets all: the instance that was asked is gone.
func (f *facts) reset() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.forget()
}

func (f *facts) forget() { f.changes, f.known = f.changes+1, nil }

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
	f.known[question] = answer
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
func recalled[T any](f *facts, question any, ask func() (T, error)) (T, error) {
	if known, ok, _ := f.recall(question); ok {
		return known.(T), nil
	}
	one := f.one(question)
	one.Lock()
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
