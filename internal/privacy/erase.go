package privacy

import (
	"context"
	"crypto/rand"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/warehouse"
)

// Request asks for people to be erased.
type Request struct {
	IDs []string // as files or records write them
	Why string
	By  string
	// Unknown lets ids be erased that nothing is held of: they are remembered, for older
	// backups and for files to come. Otherwise they are refused, for they may be misspelt.
	Unknown  bool
	Progress Progress // may be nil
}

// Receipt is what was erased.
type Receipt struct {
	Number int64     `json:"number"` // of the entry in the ledger of erasures
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Hash   string    `json:"hash"` // of the entry
	Signed
	Uploads int        `json:"uploads"` // files that waited for their mapping and were removed
	Remains []Remains  `json:"remains"` // where they are named still
	Exports []Exported `json:"exports"` // what was handed out since their data came, and may hold them
}

// Remains is a place of the book that names who was erased and cannot be written anew.
type Remains struct {
	Where string `json:"where"`
	Texts int64  `json:"texts"`
}

// Erase makes people anonymous in everything that the book holds, or does nothing at all.
// Errors: CodeUsage without ids or a name of who does it, CodeNotFound, with the ids as
// rows, if nothing is held of some, CodeConflict while files wait to be imported, CodeInvalid if
// accepted files are not sound, CodeNotLoaded if it has begun and is finished when the
// book is opened next.
func (s *Service) Erase(ctx context.Context, r Request) (Receipt, error) {
	ids := canonical(r.IDs)
	switch {
	case len(ids) == 0:
		return Receipt{}, clientele.Errorf(clientele.CodeUsage, "nobody is named").WithHint("Name the customers to erase by their ids.")
	case strings.TrimSpace(r.By) == "":
		return Receipt{}, clientele.Errorf(clientele.CodeUsage, "the name of who erases is missing").WithHint("Say by whom.")
	}
	return s.quietly(ctx, r, func(e *eraser) error {
		for _, id := range ids {
			e.people[id] = true
		}
		e.known, e.body.What = e.isOne, Erased
		return nil
	})
}

// canonical are the ids as the records have them, each once.
func canonical(ids []string) []string {
	once := map[string]bool{}
	for _, id := range ids {
		once[Canonical(id)] = true
	}
	delete(once, "")
	return slices.Sorted(maps.Keys(once))
}

// quietly erases while no job runs, and no import is under way. Begin says whom.
func (s *Service) quietly(ctx context.Context, r Request, begin func(*eraser) error) (receipt Receipt, err error) {
	err = s.parts.Quiet(ctx, func() error {
		receipt, err = s.alone(ctx, r, begin)
		return err
	})
	return receipt, err
}

// alone erases while no import is under way. Begin says whom.
func (s *Service) alone(ctx context.Context, r Request, begin func(*eraser) error) (receipt Receipt, err error) {
	err = s.parts.Importer.Alone(func() error {
		if err := s.resume(ctx); err != nil {
			return err
		}
		e := &eraser{
			Service: s, request: r, at: s.parts.Now().UTC().Truncate(time.Millisecond), names: pseudonyms{}, people: map[string]bool{},
			found: map[string]bool{}, keys: map[string]map[string]bool{}, work: map[int64]*work{},
			body: Signed{ID: rand.Text(), Files: []File{}, Digests: []string{}},
		}
		if err := begin(e); err != nil {
			return err
		}
		receipt, err = e.run(ctx)
		return err
	})
	if changed := s.parts.Importer.Changed; err == nil && changed != nil {
		changed(ctx)
	}
	return receipt, err
}

// eraser is one erasure on its way.
type eraser struct {
	*Service
	request Request
	at      time.Time
	body    Signed
	silent  bool // sets no tombstones

	people   map[string]bool
	known    func(id string) bool // whether a customer that a file names is to be erased
	found    map[string]bool      // of people: something is held of them
	mentions *mentions
	names    pseudonyms
	rejects  time.Time                  // rejected rows of files accepted before are emptied
	keys     map[string]map[string]bool // kind and source → keys of rows that are theirs
	work     map[int64]*work            // by sequence of the entry
	since    time.Time                  // when the first of their files was accepted

	exchanges []ingest.Exchange
}

// work is a file that has to be written anew.
type work struct {
	entry ingest.Entry
	rows  map[int64]warehouse.NamedRow
}

func (e *eraser) isOne(id string) bool { return e.people[id] }

func (e *eraser) progress(step string, done, total int) {
	if e.request.Progress != nil && total > 0 {
		e.request.Progress(step, float64(done)/float64(total))
	}
}

func (e *eraser) run(ctx context.Context) (Receipt, error) {
	entries, err := e.parts.Landing.List()
	if err != nil {
		return Receipt{}, err
	}
	if err := e.sound(); err != nil {
		return Receipt{}, err
	}
	if err := e.search(ctx, entries); err != nil {
		return Receipt{}, err
	}
	if err := e.messages(ctx); err != nil {
		return Receipt{}, err
	}
	if err := e.unknown(); err != nil {
		return Receipt{}, err
	}
	if err := e.fresh(); err != nil {
		return Receipt{}, err
	}
	if err := e.rewrite(ctx, entries); err != nil {
		return Receipt{}, err
	}
	// Messages go first: the plan names nobody, so that what comes after it could not.
	for id := range e.people {
		if err := e.forget(ctx, id); err != nil {
			return Receipt{}, err
		}
	}
	return e.commit(ctx)
}

// forget removes what is kept of one customer beside the records.
func (e *eraser) forget(ctx context.Context, id string) error {
	of := e.parts.Store
	for _, erase := range []func(context.Context, string) (int64, error){of.EraseEventsOf, of.EraseMailsOf, of.EraseCasesOf, of.EraseInvitationsOf} {
		if _, err := erase(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// messages finds those whom messages of other systems tell of, and whom surveys asked.
func (e *eraser) messages(ctx context.Context) error {
	for id := range e.people {
		for _, err := range e.parts.Store.EventsOf(ctx, id) {
			if err != nil {
				return err
			}
			e.found[id] = true
			break
		}
		for _, err := range e.parts.Store.InvitationsOf(ctx, id) {
			if err != nil {
				return err
			}
			e.found[id] = true
			break
		}
	}
	return nil
}

// sound refuses to write anew what has lost its meaning.
func (e *eraser) sound() error {
	unexplained, err := e.parts.Landing.Unexplained()
	if err == nil && len(unexplained) > 0 {
		err = clientele.Errorf(clientele.CodeInvalid, "landing/%s: %s", unexplained[0].Name, unexplained[0].Reason).
			WithHint("Restore it from a backup, or take it out of landing/: what is in it cannot be erased.")
	}
	return err
}

// fresh empties the place where files are written.
func (e *eraser) fresh() error {
	dir := e.staged("")
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return os.Mkdir(dir, 0o700)
}

// unknown refuses ids that nothing is held of.
func (e *eraser) unknown() error {
	missing := slices.Sorted(slices.Values(e.lost()))
	if len(missing) == 0 || e.request.Unknown {
		return nil
	}
	err := clientele.Errorf(clientele.CodeNotFound, "nothing is held of %d of %d customers; nobody was erased", len(missing), len(e.people)).
		WithHint("Correct their ids, or ask for unknown ones to be remembered as erased, for older backups and files to come.")
	err.Rows = missing[:min(len(missing), 30)]
	return err
}

// rewrite writes every file that has to be, beside the book's own.
func (e *eraser) rewrite(ctx context.Context, entries []ingest.Entry) error {
	taken := map[string]bool{}
	for _, entry := range entries {
		taken[entry.SHA256] = true
	}
	done := 0
	for _, sequence := range slices.Sorted(maps.Keys(e.work)) {
		e.progress("writing files anew", done, len(e.work))
		done++
		w := e.work[sequence]
		if err := e.within(ctx, w.entry, func(t *ingest.Text) error { return e.rewriteText(ctx, t, w, taken) }); err != nil {
			return err
		}
	}
	return nil
}

func (e *eraser) rewriteText(ctx context.Context, t *ingest.Text, w *work, taken map[string]bool) error {
	path := e.staged("part")
	for ; ; t.Blank++ {
		s := e.sheet(t, w.rows, t.Entry.Accepted.Before(e.rejects))
		entry, err := t.Write(ctx, path, s.change)
		if err != nil {
			return err
		}
		if s.changed+s.removed == 0 {
			return nil
		}
		if taken[entry.SHA256] {
			continue
		}
		taken[entry.SHA256] = true
		entry.Name = string(e.mentions.blot([]byte(entry.Name)))
		if err := e.readBack(ctx, entry, path, w); err != nil {
			return err
		}
		x := t.Exchange(entry, e.at)
		e.exchanges = append(e.exchanges, x)
		e.body.Files = append(e.body.Files, File{
			Name: entry.Name, Kind: entry.Kind, Old: x.Old, New: entry.SHA256, Rows: s.changed, Removed: s.removed,
		})
		return os.Rename(path, e.staged(entry.SHA256))
	}
}

// readBack reads what was written as a load would: as many rows are of pseudonyms as were
// of people, and none is of people any more.
func (e *eraser) readBack(ctx context.Context, entry ingest.Entry, path string, w *work) error {
	t, err := e.parts.Importer.TextAt(ctx, entry, path)
	if err != nil {
		return err
	}
	defer t.Close()
	var want, got [2]int64 // rejected, accepted
	count := func(n *[2]int64, r warehouse.NamedRow) {
		if r.Accepted {
			n[1]++
		} else {
			n[0]++
		}
	}
	names := slices.Collect(maps.Keys(e.people))
	wrong := clientele.Errorf(clientele.CodeInternal, "%s cannot be written anew such that it reads the same; nobody was erased", entry.Name)
	for _, r := range w.rows {
		if e.people[r.Customer] && entry.Kind != clientele.Customers {
			count(&want, r)
			names = append(names, e.names.of("customer "+r.Customer))
		}
	}
	for r, err := range e.parts.Records.Named(ctx, t.Batch(), warehouse.NamedQuery{Customers: names}) {
		if err != nil {
			return err
		}
		if e.people[r.Customer] {
			return wrong
		}
		count(&got, r)
	}
	if want != got {
		return wrong
	}
	return nil
}
