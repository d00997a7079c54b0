package modelling_test

import (
	"context"
	"iter"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/shareddata"
	"github.com/clientele/clientele/internal/warehouse"
)

// book is a log of purchases that answers what modelling asks of a warehouse. It
// stands in for an engine, whose own suite shows that it answers the same.
type book struct {
	warehouse.Warehouse // nil: anything else asked is a failure
	days                map[string]map[clientele.Date]float64
	version             string
	asked               int // times that a summary's cells were read
}

// cdnow reads one of the two CDNOW files: customer, date and value are its first
// column, its third but last and its last (SOURCE.md beside the data).
func cdnow(t testing.TB, name string) *book {
	t.Helper()
	text, err := os.ReadFile(shareddata.Path(t, "cdnow/"+name))
	if err != nil {
		t.Fatal(err)
	}
	b := &book{days: map[string]map[clientele.Date]float64{}, version: name}
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		if len(f) < 4 || len(f[len(f)-3]) != 8 {
			continue // the header
		}
		date, value := f[len(f)-3], f[len(f)-1]
		amount, err := strconv.ParseFloat(value, 64)
		if err != nil {
			t.Fatal(err)
		}
		b.buy(f[0], clientele.MustDate(date[:4]+"-"+date[4:6]+"-"+date[6:]), amount)
	}
	return b
}

// groceries reads the log of an online grocer, which has no amounts.
func groceries(t testing.TB) *book {
	t.Helper()
	text, err := os.ReadFile(shareddata.Path(t, "btydplus_grocery/groceryElog.csv"))
	if err != nil {
		t.Fatal(err)
	}
	b := &book{days: map[string]map[clientele.Date]float64{}, version: "groceries"}
	for line := range strings.Lines(string(text)) {
		customer, date, _ := strings.Cut(strings.TrimSpace(line), ",")
		if date[0] == '2' {
			b.buy(customer, clientele.MustDate(date), 0)
		}
	}
	return b
}

func (b *book) buy(customer string, day clientele.Date, amount float64) {
	if b.days[customer] == nil {
		b.days[customer] = map[clientele.Date]float64{}
	}
	b.days[customer][day] += amount
}

func (b *book) Loaded(context.Context) ([]warehouse.LoadedBatch, error) {
	return []warehouse.LoadedBatch{{ID: b.version, Sequence: 1}}, nil
}

// cell summarises one customer up to a day; ok is false if they came later.
func (b *book) cell(customer string, to clientele.Date) (c warehouse.Cell, ok bool) {
	first, last := clientele.Date(math.MaxInt32), clientele.Date(0)
	for day := range b.days[customer] {
		if day <= to {
			first, last = min(first, day), max(last, day)
		}
	}
	if first > to {
		return c, false
	}
	c = warehouse.Cell{Tx: int32(last - first), T: int32(to - first), N: 1}
	for day, amount := range b.days[customer] {
		if day > first && day <= to {
			c.X++
			if amount > 0 {
				c.XG++
				c.Spend += amount
			}
		}
	}
	return c, true
}

func (b *book) Holdout(_ context.Context, calibrated, to clientele.Date) ([]warehouse.HoldoutCell, error) {
	var out []warehouse.HoldoutCell
	for customer, days := range b.days {
		c, ok := b.cell(customer, calibrated)
		if !ok {
			continue
		}
		h := warehouse.HoldoutCell{X: c.X, Tx: c.Tx, T: c.T, N: 1}
		for day := range days {
			if day > calibrated && day <= to {
				h.Actual++
			}
		}
		out = append(out, h)
	}
	return out, nil
}

func (b *book) Tracking(_ context.Context, to clientele.Date) (t warehouse.Tracking, err error) {
	for _, days := range b.days {
		all := slices.Collect(maps(days, to))
		slices.Sort(all)
		for i, day := range all {
			if i == 0 {
				t.FirstPurchases = append(t.FirstPurchases, warehouse.DayCount{Day: day, N: 1})
			} else {
				t.RepeatPurchases = append(t.RepeatPurchases, warehouse.DayCount{Day: day, N: 1})
			}
		}
	}
	return t, nil
}

func maps(days map[clientele.Date]float64, to clientele.Date) iter.Seq[clientele.Date] {
	return func(yield func(clientele.Date) bool) {
		for day := range days {
			if day <= to && !yield(day) {
				return
			}
		}
	}
}

// summary implements warehouse.Summary over a book.
type summary struct {
	warehouse.Summary
	*book
	asOf clientele.Date
}

func (b *book) Summarise(_ context.Context, asOf clientele.Date) (warehouse.Summary, error) {
	return summary{book: b, asOf: asOf}, nil
}

func (s summary) Close() error { return nil }

func (s summary) Cells(context.Context, warehouse.CellsBy) iter.Seq2[warehouse.Cell, error] {
	s.asked++
	return func(yield func(warehouse.Cell, error) bool) {
		for customer := range s.days {
			if c, ok := s.cell(customer, s.asOf); ok && !yield(c, nil) {
				return
			}
		}
	}
}

func (s summary) SpendBins(context.Context) ([]warehouse.SpendBin, error) {
	var out []warehouse.SpendBin
	for customer := range s.days {
		if c, ok := s.cell(customer, s.asOf); ok && c.XG > 0 {
			out = append(out, warehouse.SpendBin{XG: c.XG, N: 1, Spend: c.Spend})
		}
	}
	return out, nil
}

// memory is a cache that forgets nothing.
type memory map[string][]byte

func (m memory) Get(_ context.Context, key string) ([]byte, bool, error) {
	v, ok := m[key]
	return v, ok, nil
}

func (m memory) Put(_ context.Context, key string, value []byte) error {
	m[key] = value
	return nil
}

func (m memory) Decide(_ context.Context, name string, value []byte, _ time.Time) error {
	m["decision "+name] = value
	return nil
}

func (m memory) Decided(ctx context.Context, name string) ([]byte, bool, error) {
	return m.Get(ctx, "decision "+name)
}
