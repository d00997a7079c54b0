package privacy

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/warehouse"
)

// Found is where a customer is held.
type Found struct {
	Customer   string                   `json:"customer"` // as the records have it
	Writings   []string                 `json:"writings"` // as files write it
	Files      []FoundFile              `json:"files"`
	Records    map[clientele.Kind]int64 `json:"records"`    // rows by table
	Operations []FoundTexts             `json:"operations"` // in what the program and people keep beside
	Short      bool                     `json:"short"`      // the id is too short to be looked for within texts
	Exports    []Exported               `json:"exports"`    // what was taken out of the book since, and may hold them
}

// FoundFile is an accepted file that names them.
type FoundFile struct {
	Sequence int64          `json:"sequence"`
	Name     string         `json:"name"`
	SHA256   string         `json:"sha256"`
	Kind     clientele.Kind `json:"kind"`
	Source   string         `json:"source"`
	Accepted time.Time      `json:"accepted"`
	Rows     int64          `json:"rows"`     // that are theirs
	Rejected int64          `json:"rejected"` // of them
	Mentions int64          `json:"mentions"` // rows that are not, and name them
}

// FoundTexts counts the texts of a table that name them.
type FoundTexts struct {
	Table string `json:"table"`
	Texts int64  `json:"texts"`
}

// Nothing reports whether nothing is held.
func (f Found) Nothing() bool { return len(f.Files)+len(f.Records)+len(f.Operations) == 0 }

// Find tells where a customer is held, by an id in any writing that the records take for
// theirs. It waits for an import that is under way. CodeUsage if there is no id.
func (s *Service) Find(ctx context.Context, id string) (Found, error) {
	f := Found{Customer: Canonical(id), Writings: []string{}, Files: []FoundFile{}, Records: map[clientele.Kind]int64{}, Operations: []FoundTexts{}, Exports: []Exported{}}
	f.Short = len(f.Customer) < shortestMention
	if f.Customer == "" {
		return f, clientele.Errorf(clientele.CodeUsage, "nobody is named").WithHint("Name the customer by id.")
	}
	err := s.parts.Importer.Alone(func() error {
		return s.eachFile(ctx, f.Customer, func(t *ingest.Text, rows map[int64]warehouse.NamedRow) error {
			return s.findIn(ctx, t, rows, &f)
		})
	})
	if err != nil {
		return f, err
	}
	for r, err := range s.parts.Records.Held(ctx, f.Customer) {
		if err != nil {
			return f, err
		}
		f.Records[r.Table]++
	}
	if err := s.findTexts(ctx, &f); err != nil || len(f.Files) == 0 {
		return f, err
	}
	f.Exports, err = s.Exports(ctx, f.Files[0].Accepted)
	return f, err
}

// eachFile hands out every accepted file as text, with the rows that are of a customer.
func (s *Service) eachFile(ctx context.Context, customer string, take func(*ingest.Text, map[int64]warehouse.NamedRow) error) error {
	entries, err := s.parts.Landing.List()
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := s.oneFile(ctx, entry, customer, take); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) oneFile(ctx context.Context, entry ingest.Entry, customer string, take func(*ingest.Text, map[int64]warehouse.NamedRow) error) error {
	t, err := s.parts.Importer.Text(ctx, entry)
	if err != nil {
		return err
	}
	defer t.Close()
	rows := map[int64]warehouse.NamedRow{}
	for r, err := range s.parts.Records.Named(ctx, t.Batch(), warehouse.NamedQuery{Customers: []string{customer}}) {
		if err != nil {
			return err
		}
		rows[r.Number] = r
	}
	return take(t, rows)
}

func (s *Service) findIn(ctx context.Context, t *ingest.Text, rows map[int64]warehouse.NamedRow, f *Found) error {
	e, m := t.Entry, newMentions([]string{f.Customer})
	found := FoundFile{Sequence: e.Sequence, Name: e.Name, SHA256: e.SHA256, Kind: e.Kind, Source: e.Source, Accepted: e.Accepted}
	columns := t.Columns("customer")
	for r, err := range t.Rows(ctx) {
		if err != nil {
			return err
		}
		named, theirs := rows[r.Number]
		switch {
		case theirs:
			found.Rows++
			if !named.Accepted {
				found.Rejected++
			}
			f.writing(r, columns)
		case m.in(r.Raw), !r.Fits && slices.ContainsFunc(r.Cells, func(c []byte) bool { return Canonical(string(c)) == f.Customer }):
			found.Mentions++
		}
	}
	if found.Rows+found.Mentions > 0 {
		f.Files = append(f.Files, found)
	}
	return nil
}

// maxWritings is how many writings of an id are told.
const maxWritings = 20

// writing notes how a row writes the customer.
func (f *Found) writing(r ingest.Row, columns []int) {
	var parts []string
	for _, at := range columns {
		if at < len(r.Cells) && len(r.Cells[at]) > 0 {
			parts = append(parts, string(r.Cells[at]))
		}
	}
	if text := strings.Join(parts, " "); !slices.Contains(f.Writings, text) && len(f.Writings) < maxWritings {
		f.Writings = append(f.Writings, text)
	}
}

// findTexts looks through the operational records.
func (s *Service) findTexts(ctx context.Context, f *Found) error {
	m := newMentions([]string{f.Customer})
	for t, err := range s.parts.Store.Texts(ctx) {
		if err != nil {
			return err
		}
		if !m.in(t.Text) {
			continue
		}
		i := slices.IndexFunc(f.Operations, func(o FoundTexts) bool { return o.Table == t.Table })
		if i < 0 {
			i, f.Operations = len(f.Operations), append(f.Operations, FoundTexts{Table: t.Table})
		}
		f.Operations[i].Texts++
	}
	return nil
}
