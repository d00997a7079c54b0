package privacy

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/ledger"
	"github.com/clientele/clientele/internal/warehouse"
)

// keyName is the decision that holds the key of the book's digests.
const keyName = "privacy.key"

// Tombstones are digests of the ids that were erased, as a file keeps them. Who has the
// file can tell whether somebody they can name was erased, and, where ids can be guessed
// one by one, who was: keep it like a backup.
type Tombstones struct {
	Format  int       `json:"format"`
	Made    time.Time `json:"made"`
	Key     string    `json:"key"`     // of the digests, in hexadecimal
	Digests []string  `json:"digests"` // HMAC-SHA-256 of ids as the records have them
}

const tombstonesFormat = 1

// digester makes digests by one key.
type digester []byte

func (d digester) of(id string) string {
	mac := hmac.New(sha256.New, d)
	mac.Write([]byte(id))
	return hex.EncodeToString(mac.Sum(nil))
}

// key is that of the book; it is made when it is first needed.
func (s *Service) key(ctx context.Context) (digester, error) {
	key, ok, err := s.parts.Store.Decided(ctx, keyName)
	if err != nil || ok {
		return decodeKey(key, err)
	}
	fresh := make([]byte, sha256.Size)
	_, _ = rand.Read(fresh) // it never fails
	return fresh, s.adopt(ctx, fresh)
}

func (s *Service) adopt(ctx context.Context, key digester) error {
	text, err := json.Marshal(hex.EncodeToString(key))
	if err != nil {
		return err
	}
	return s.parts.Store.Decide(ctx, keyName, text, s.parts.Now())
}

func decodeKey(text []byte, err error) (digester, error) {
	var word string
	if err == nil {
		err = json.Unmarshal(text, &word)
	}
	if err != nil {
		return nil, err
	}
	return hex.DecodeString(word)
}

// tombstones are the digests that hold: set, and not taken away since.
func tombstones(entries []ledger.Entry[Signed]) map[string]bool {
	hold := map[string]bool{}
	for _, e := range entries {
		for _, d := range e.Body.Digests {
			if e.Body.What == Allowed {
				delete(hold, d)
			} else {
				hold[d] = true
			}
		}
	}
	return hold
}

// WriteTombstones writes the tombstones of the book, to be kept apart from its backups.
func (s *Service) WriteTombstones(ctx context.Context, w io.Writer) (n int, err error) {
	entries, err := s.erasures.Entries(ctx)
	if err != nil {
		return 0, err
	}
	key, err := s.key(ctx)
	if err != nil {
		return 0, err
	}
	t := Tombstones{
		Format: tombstonesFormat, Made: s.parts.Now().UTC().Truncate(time.Second), Key: hex.EncodeToString(key),
		Digests: append([]string{}, slices.Sorted(maps.Keys(tombstones(entries)))...),
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	if err := e.Encode(t); err != nil {
		return 0, err
	}
	return len(t.Digests), s.parts.Audit.Record(ctx, "tombstones.exported", "", nil, map[string]int{"tombstones": len(t.Digests)})
}

// maxTombstones bounds the file, in bytes.
const maxTombstones = 1 << 30

// ReadTombstones reads what WriteTombstones wrote. CodeInvalid if it is something else.
func ReadTombstones(r io.Reader) (t Tombstones, err error) {
	wrong := clientele.Errorf(clientele.CodeInvalid, "the file does not hold tombstones").WithHint("Use a file that clientele privacy BOOK tombstones wrote.")
	if err := json.NewDecoder(io.LimitReader(r, maxTombstones)).Decode(&t); err != nil {
		return t, wrong.Because(err)
	}
	texts := append([]string{t.Key}, t.Digests...)
	if t.Format != tombstonesFormat || slices.ContainsFunc(texts, func(text string) bool {
		raw, err := hex.DecodeString(text)
		return err != nil || len(raw) != sha256.Size
	}) {
		return t, wrong
	}
	return t, nil
}

// without implements ingest.Importer.Erased: rows of who was erased go, and others lose
// what they say of them.
func (s *Service) without(ctx context.Context, open func() (*ingest.Text, error)) (change func(ingest.Row) ingest.Change, rows int, err error) {
	entries, err := s.erasures.Entries(ctx)
	if err != nil {
		return nil, 0, err
	}
	hold := tombstones(entries)
	if len(hold) == 0 {
		return nil, 0, nil
	}
	key, err := s.key(ctx)
	if err != nil {
		return nil, 0, err
	}
	t, err := open()
	if err != nil {
		return nil, 0, err
	}
	dead := func(id string) bool { return hold[key.of(id)] }
	ids, err := s.namesOf(ctx, t, dead)
	if err != nil {
		return nil, 0, err
	}
	sheet := &sheet{text: t, people: dead, mentions: newMentions(ids), rows: map[int64]warehouse.NamedRow{}, drop: true}
	sheet.open()
	for r, err := range s.parts.Records.Named(ctx, t.Batch(), warehouse.NamedQuery{Customers: ids}) {
		if err != nil {
			return nil, 0, err
		}
		sheet.rows[r.Number] = r
	}
	for r, err := range t.Rows(ctx) {
		if err != nil {
			return nil, 0, err
		}
		sheet.change(r)
	}
	if sheet.changed+sheet.removed == 0 {
		return nil, 0, nil
	}
	return sheet.change, int(sheet.removed), nil
}

// namesOf lists the customers that a file names of those that are wanted.
func (s *Service) namesOf(ctx context.Context, t *ingest.Text, wanted func(id string) bool) (ids []string, err error) {
	for id, err := range s.parts.Records.Names(ctx, t.Batch()) {
		if err != nil {
			return nil, err
		}
		if wanted(id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// Allow lets people who were erased come in again, with files that are imported from now on.
// It returns how many of them had been erased.
func (s *Service) Allow(ctx context.Context, ids []string, why, by string) (n int, err error) {
	entries, err := s.erasures.Entries(ctx)
	if err != nil {
		return 0, err
	}
	key, err := s.key(ctx)
	if err != nil {
		return 0, err
	}
	hold := tombstones(entries)
	m := newMentions(ids)
	body := Signed{What: Allowed, Why: string(m.blot([]byte(why))), Files: []File{}}
	for _, id := range ids {
		if d := key.of(Canonical(id)); hold[d] {
			body.Digests = append(body.Digests, d)
			delete(hold, d)
		}
	}
	body.Persons = len(body.Digests)
	if body.Persons == 0 {
		return 0, clientele.Errorf(clientele.CodeNotFound, "nobody of these was erased").WithHint("Write ids as the files do.")
	}
	return body.Persons, s.parts.Store.Atomically(ctx, func(ctx context.Context) error {
		if _, err := s.erasures.Add(ctx, entries, by, body); err != nil {
			return err
		}
		return s.parts.Audit.Record(ctx, "customers.allowed", "", nil, map[string]any{"customers": body.Persons, "why": body.Why})
	})
}
