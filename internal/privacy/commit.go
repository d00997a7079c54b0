package privacy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ingest"
)

// planName is the file that makes an erasure one that will be finished. Before it is
// there nothing of the book has changed; once it is, every step may be done again.
const planName = "plan.json"

// plan is all that is needed to finish an erasure. It names nobody.
type plan struct {
	By        string            `json:"by"`
	Signed    Signed            `json:"signed"`
	Exchanges []ingest.Exchange `json:"exchanges"`
}

// commit decides that the erasure happens, and does it.
func (e *eraser) commit(ctx context.Context) (Receipt, error) {
	if err := e.sign(ctx); err != nil {
		return Receipt{}, err
	}
	p := plan{By: e.request.By, Signed: e.body, Exchanges: e.exchanges}
	if err := e.decide(p); err != nil {
		return Receipt{}, err
	}
	ctx = context.WithoutCancel(ctx) // what is decided is finished
	receipt, err := e.finish(ctx, p, func(done, total int) { e.progress("loading files", done, total) })
	if err != nil {
		return receipt, err
	}
	if receipt.Remains, err = e.remains(ctx); err == nil {
		receipt.Exports, err = e.Exports(ctx, e.since)
	}
	return receipt, err
}

// sign completes what the ledger will say.
func (e *eraser) sign(ctx context.Context) error {
	key, err := e.key(ctx)
	if err != nil {
		return err
	}
	b := &e.body
	b.Why = string(e.mentions.blot([]byte(e.request.Why)))
	b.Persons = len(e.people)
	for id := range e.people {
		if d := key.of(id); !e.silent && !slices.Contains(b.Digests, d) {
			b.Digests = append(b.Digests, d)
		}
	}
	slices.Sort(b.Digests) // their order tells nothing
	return nil
}

// decide makes the plan durable, and with it everything that was written.
func (s *Service) decide(p plan) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	part := s.staged(planName + ".part")
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Sync(), f.Close(), syncDir(s.staged(""))); err != nil {
		return err
	}
	return errors.Join(os.Rename(part, s.staged(planName)), syncDir(s.staged("")), syncDir(s.parts.Dir))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Resume finishes an erasure that was decided, and undoes one that was not. It also
// replays tombstones that a restore has left. Call it when a book is opened, before
// anything is loaded; progress may be nil. Done says whether there was anything to finish.
func (s *Service) Resume(ctx context.Context, progress Progress) (done bool, err error) {
	err = s.parts.Importer.Alone(func() error {
		_, none := os.Stat(s.staged(planName))
		done = none == nil
		return s.resume(ctx)
	})
	if err != nil {
		return done, err
	}
	replayed, err := s.replay(ctx, progress)
	return done || replayed, err
}

// resume does so while no import is under way.
func (s *Service) resume(ctx context.Context) error {
	text, err := os.ReadFile(s.staged(planName))
	if errors.Is(err, fs.ErrNotExist) {
		return os.RemoveAll(s.staged(""))
	}
	var p plan
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil {
		return clientele.Errorf(clientele.CodeInvalid, "an erasure that was begun cannot be finished: its plan cannot be read").Because(err).
			WithHint("Restore the book from a backup, with the tombstones.")
	}
	_, err = s.finish(context.WithoutCancel(ctx), p, nil)
	return err
}

// finish does what was decided. Every step may have been done before.
func (s *Service) finish(ctx context.Context, p plan, progress func(done, total int)) (r Receipt, err error) {
	begun := func(err error) error {
		return clientele.Errorf(clientele.CodeNotLoaded, "the erasure has begun and is not finished").Because(err).
			WithHint("It is finished when the book is opened next. If the disk is full, make room first.")
	}
	for _, x := range p.Exchanges {
		if err := s.parts.Landing.Place(x, s.staged(x.Entry.SHA256)); err != nil {
			return r, begun(err)
		}
	}
	if r, err = s.signed(ctx, p); err != nil {
		return r, begun(err)
	}
	if err := s.parts.Landing.Clear(p.Exchanges); err != nil {
		return r, begun(err)
	}
	if err := s.parts.Importer.RebuildAlone(ctx, progress); err != nil {
		return r, begun(err)
	}
	if r.Uploads, err = s.parts.ForgetCopies(); err != nil {
		return r, begun(err)
	}
	if err := s.parts.Store.Scrub(ctx); err != nil {
		return r, begun(err)
	}
	return r, errors.Join(os.Remove(s.staged(planName)), syncDir(s.staged("")), os.RemoveAll(s.staged("")))
}

// signed is the receipt of the erasure from the ledger, which gets its entry if it has
// none, together with the audit.
func (s *Service) signed(ctx context.Context, p plan) (Receipt, error) {
	entries, err := s.erasures.Entries(ctx)
	if err != nil {
		return Receipt{}, err
	}
	i := slices.IndexFunc(entries, func(e signedEntry) bool { return e.Body.ID == p.Signed.ID })
	if i >= 0 {
		return receiptOf(entries[i]), nil
	}
	var r Receipt
	err = s.parts.Store.Atomically(ctx, func(ctx context.Context) error {
		entry, err := s.erasures.Add(ctx, entries, p.By, p.Signed)
		if err != nil {
			return err
		}
		r = receiptOf(entry)
		var rows, removed int64
		for _, f := range p.Signed.Files {
			rows, removed = rows+f.Rows, removed+f.Removed
		}
		return s.parts.Audit.Record(ctx, "customers."+string(p.Signed.What), "erasure/"+entry.Hash[:12], nil, map[string]any{
			"erasure": entry.Number, "customers": p.Signed.Persons, "why": p.Signed.Why, "by": p.By, "files": len(p.Signed.Files), "rows": rows, "removed": removed,
		})
	})
	return r, err
}

func receiptOf(e signedEntry) Receipt {
	return Receipt{Number: e.Number, At: e.At, By: e.By, Hash: e.Hash, Signed: e.Body, Remains: []Remains{}, Exports: []Exported{}}
}

// remains looks for who was erased in what cannot be written anew: texts that people
// signed, the audit, mappings of files and the settings.
func (e *eraser) remains(ctx context.Context) ([]Remains, error) {
	found := []Remains{}
	add := func(where string) {
		if i := slices.IndexFunc(found, func(r Remains) bool { return r.Where == where }); i >= 0 {
			found[i].Texts++
		} else {
			found = append(found, Remains{where, 1})
		}
	}
	for t, err := range e.parts.Store.Texts(ctx) {
		if err != nil {
			return nil, err
		}
		if e.mentions.in(t.Text) {
			add("operations.sqlite: " + t.Table)
		}
	}
	entries, err := e.parts.Landing.List()
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		text, err := json.Marshal(entry)
		if err != nil {
			return nil, err
		}
		if e.mentions.in(bytes.ReplaceAll(text, []byte(`\"`), []byte(`"`))) {
			add("landing/" + entry.SHA256 + ".json")
		}
	}
	return found, nil
}
