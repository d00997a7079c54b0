package privacy

import (
	"crypto/rand"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/warehouse"
)

// kept are the fields whose cells stay in the rows of who is erased: what figures are made
// of. Everything else is emptied, whether a field reads it or nothing does.
var kept = map[clientele.Kind][]string{
	clientele.Transactions:  {"time", "quantity", "unit_price", "amount", "cost", "currency", "product", "channel", "kind"},
	clientele.Subscriptions: {"start", "end", "known_from", "plan", "recurring_amount", "recurring_period", "cancel_reason", "voluntary"},
	clientele.Interactions:  {"touchpoint", "kind", "time", "end", "promised", "actual", "outcome", "problem", "channel", "agent"},
	clientele.Feedback:      {"time", "touchpoint", "instrument", "score", "scale_min", "scale_max", "not_applicable", "weight", "language"},
	clientele.Reasons:       {"date", "direction", "reason", "source", "confidence"},
}

// tokened are the fields beside customer whose values become random ones, equal for equal
// values: what tells rows apart, or that they belong together.
func tokened(k clientele.Kind) []string {
	switch k {
	case clientele.Transactions:
		return []string{"order", "line"}
	case clientele.Subscriptions:
		return []string{"subscription"}
	case clientele.Interactions:
		return []string{"interaction", "case"}
	case clientele.Feedback:
		return []string{"response"}
	}
	return nil
}

// PseudonymPrefix begins the ids that stand where people were.
const PseudonymPrefix = "erased-"

// pseudonyms are random names, the same for the same thing within one erasure.
type pseudonyms map[string]string

func (p pseudonyms) of(thing string) string {
	name, ok := p[thing]
	if !ok {
		name = PseudonymPrefix + rand.Text()
		p[thing] = name
	}
	return name
}

// slot is a cell that gets a pseudonym.
type slot struct {
	field string
	at    int
	reads []int // columns that hold the value; the first one tells it
}

// sheet is how the rows of one text are changed.
type sheet struct {
	text     *ingest.Text
	names    pseudonyms
	mentions *mentions
	rows     map[int64]warehouse.NamedRow // that are changed for whom or what they name
	people   func(id string) bool
	empty    bool // rejected rows of others are emptied too
	drop     bool // rows that cannot be split and name the people go, instead of being emptied

	customer *slot // nil: rows of the people go
	slots    []slot
	keeps    map[int]bool // columns whose cells stay
	shut     map[int]bool // columns that texts are not looked for in
	width    int

	changed, removed int64
}

func (e *eraser) sheet(t *ingest.Text, rows map[int64]warehouse.NamedRow, empty bool) *sheet {
	s := &sheet{text: t, names: e.names, mentions: e.mentions, rows: rows, people: e.isOne, empty: empty}
	kind := t.Entry.Kind
	if kind != clientele.Customers {
		if at, ok := t.Slot("customer"); ok {
			s.customer = &slot{"customer", at, t.Columns("customer")}
		}
	}
	for _, field := range tokened(kind) {
		reads := t.Columns(field)
		if at, ok := t.Slot(field); ok {
			s.slots = append(s.slots, slot{field, at, reads})
		}
	}
	s.open()
	return s
}

// open settles what is done with each column.
func (s *sheet) open() {
	t, kind := s.text, s.text.Entry.Kind
	s.keeps, s.shut, s.width = map[int]bool{}, map[int]bool{}, len(t.Names())
	for _, f := range kind.Fields() {
		for _, at := range t.Columns(f.Name) {
			if slices.Contains(kept[kind], f.Name) {
				s.keeps[at] = true
			}
			if f.Type != clientele.TypeText {
				s.shut[at] = true
			}
		}
	}
}

// change is what becomes of a row.
func (s *sheet) change(r ingest.Row) ingest.Change {
	c := s.decide(r)
	switch {
	case c.Remove:
		s.removed++
	case c.Cells != nil && same(c.Cells, r.Cells):
		return ingest.Change{}
	case c.Cells != nil:
		s.changed++
	}
	return c
}

func (s *sheet) decide(r ingest.Row) ingest.Change {
	named, ok := s.rows[r.Number]
	switch {
	case !r.Fits:
		return s.broken(r)
	case ok && s.people(named.Customer) && s.customer == nil:
		return ingest.Change{Remove: true}
	case ok && s.people(named.Customer):
		return ingest.Change{Cells: s.anonymous(r, named)}
	case ok && !named.Accepted && s.empty:
		return ingest.Change{Cells: make([][]byte, s.width)}
	case ok || s.mentions.in(r.Raw):
		cells := s.others(r)
		if ok && named.Key != "" {
			s.fill(cells, r, named)
		}
		return ingest.Change{Cells: cells}
	}
	return ingest.Change{}
}

// broken empties a row that has too few or too many cells, if it names anybody.
func (s *sheet) broken(r ingest.Row) ingest.Change {
	names := func(cell []byte) bool { return s.people(Canonical(string(cell))) || s.mentions.in(cell) }
	if s.empty && !blank(r.Cells) || slices.ContainsFunc(r.Cells, names) {
		if s.drop {
			return ingest.Change{Remove: true}
		}
		return ingest.Change{Cells: make([][]byte, len(r.Cells)+s.text.Added())}
	}
	return ingest.Change{}
}

func blank(cells [][]byte) bool {
	return !slices.ContainsFunc(cells, func(c []byte) bool { return len(c) > 0 })
}

// anonymous is a row of a person as it is kept. Of one that was rejected nothing is.
func (s *sheet) anonymous(r ingest.Row, named warehouse.NamedRow) [][]byte {
	cells := make([][]byte, s.width)
	if named.Accepted {
		for at := range s.keeps {
			cells[at] = r.Cells[at]
			if !s.shut[at] || slices.Contains(s.customer.reads, at) {
				cells[at] = s.mentions.blot(r.Cells[at])
			}
		}
	}
	cells[s.customer.at] = []byte(s.names.of("customer " + named.Customer))
	s.fill(cells, r, named)
	return cells
}

// others is a row of somebody else, without a mention of who is erased.
func (s *sheet) others(r ingest.Row) [][]byte {
	cells := make([][]byte, s.width)
	for at, cell := range r.Cells {
		if cells[at] = cell; !s.shut[at] {
			cells[at] = s.mentions.blot(cell)
		}
	}
	return cells
}

// fill puts pseudonyms for what the row has into its slots.
func (s *sheet) fill(cells [][]byte, r ingest.Row, named warehouse.NamedRow) {
	for _, slot := range s.slots {
		value := named.Key
		if slot.field != warehouse.KeyField(s.text.Entry.Kind) {
			value = ""
			for _, at := range slot.reads {
				value += string(r.Cells[at])
			}
		}
		if Canonical(value) != "" {
			cells[slot.at] = []byte(s.names.of(slot.field + " " + s.text.Entry.Source + " " + Canonical(value)))
		}
	}
}
