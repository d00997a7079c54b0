package privacy

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/warehouse"
)

// search finds, file by file, the rows of the people and what else they need.
func (e *eraser) search(ctx context.Context, entries []ingest.Entry) error {
	for i, entry := range entries {
		e.progress("finding them", i, 2*len(entries))
		if err := e.within(ctx, entry, func(t *ingest.Text) error { return e.searchText(ctx, t) }); err != nil {
			return err
		}
	}
	e.mentions = newMentions(slices.Collect(maps.Keys(e.people)))
	lost := e.lost()
	for i, entry := range entries {
		e.progress("finding them", len(entries)+i, 2*len(entries))
		if e.work[entry.Sequence] != nil && len(e.keysOf(entry))+len(lost) == 0 {
			continue
		}
		if err := e.within(ctx, entry, func(t *ingest.Text) error { return e.searchAgain(ctx, t) }); err != nil {
			return err
		}
	}
	return nil
}

// within makes a file ready for the time of f.
func (e *eraser) within(ctx context.Context, entry ingest.Entry, f func(*ingest.Text) error) error {
	t, err := e.parts.Importer.Text(ctx, entry)
	if err != nil {
		return err
	}
	defer t.Close()
	return f(t)
}

// searchText takes the rows of the people in a file, and notes the keys of those rows.
func (e *eraser) searchText(ctx context.Context, t *ingest.Text) error {
	ids, err := e.namesOf(ctx, t, e.known)
	if err != nil {
		return err
	}
	for _, id := range ids {
		e.people[id], e.found[id] = true, true
	}
	q := warehouse.NamedQuery{Customers: ids, Rejected: t.Entry.Accepted.Before(e.rejects)}
	return e.take(ctx, t, q)
}

// take notes rows of a file that are to be changed.
func (e *eraser) take(ctx context.Context, t *ingest.Text, q warehouse.NamedQuery) error {
	if len(q.Customers)+len(q.Keys) == 0 && !q.Rejected {
		return nil
	}
	for r, err := range e.parts.Records.Named(ctx, t.Batch(), q) {
		if err != nil {
			return err
		}
		w := e.workOn(t.Entry)
		w.rows[r.Number] = r
		if keys := e.keysOf(t.Entry); e.people[r.Customer] && r.Key != "" {
			keys[r.Key] = true
		}
	}
	return nil
}

func (e *eraser) workOn(entry ingest.Entry) *work {
	w := e.work[entry.Sequence]
	if w == nil {
		w = &work{entry, map[int64]warehouse.NamedRow{}}
		e.work[entry.Sequence] = w
		if e.since.IsZero() || entry.Accepted.Before(e.since) {
			e.since = entry.Accepted
		}
	}
	return w
}

// keysOf are the keys that have become theirs among the files of a kind and source.
func (e *eraser) keysOf(entry ingest.Entry) map[string]bool {
	name := fmt.Sprintf("%s %s", entry.Kind, entry.Source)
	if e.keys[name] == nil {
		e.keys[name] = map[string]bool{}
	}
	return e.keys[name]
}

// searchAgain takes the rows that share a key with theirs, such as a later version of an
// order, and notes a file that only mentions them.
func (e *eraser) searchAgain(ctx context.Context, t *ingest.Text) error {
	keys := slices.Sorted(maps.Keys(e.keysOf(t.Entry)))
	if err := e.take(ctx, t, warehouse.NamedQuery{Keys: keys}); err != nil {
		return err
	}
	lost := e.lost()
	m := newMentions(lost)
	s := e.sheet(t, nil, t.Entry.Accepted.Before(e.rejects))
	for r, err := range t.Rows(ctx) {
		if err != nil {
			return err
		}
		if e.work[t.Entry.Sequence] != nil && len(lost) == 0 {
			return nil
		}
		if c := s.decide(r); c.Cells != nil && !same(c.Cells, r.Cells) {
			e.workOn(t.Entry)
		}
		e.mentioned(r, lost, m)
	}
	return nil
}

// lost are the people whom no file names as a customer.
func (e *eraser) lost() (ids []string) {
	for id := range e.people {
		if !e.found[id] {
			ids = append(ids, id)
		}
	}
	return ids
}

// mentioned notes who of the lost is named in a row all the same.
func (e *eraser) mentioned(r ingest.Row, lost []string, m *mentions) {
	if m.in(r.Raw) {
		for _, id := range lost {
			e.found[id] = e.found[id] || newMentions([]string{id}).in(r.Raw)
		}
	}
	if r.Fits {
		return
	}
	for _, cell := range r.Cells {
		if id := Canonical(string(cell)); e.people[id] {
			e.found[id] = true
		}
	}
}

func same(a, b [][]byte) bool {
	for i := range min(len(a), len(b)) {
		if string(a[i]) != string(b[i]) {
			return false
		}
	}
	return true
}
