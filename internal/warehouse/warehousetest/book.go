package warehousetest

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/expr"
	"github.com/clientele/clientele/internal/warehouse"
)

// records is a small book that the reference can simulate and an engine can load.
type records struct {
	Lines         []line
	Subscriptions []subscription
	Attributes    map[string]string // customer → value of attributeName
	Reasons       []reason
}

// attributeName is the attribute that small books have.
const attributeName = "country"

type line struct {
	Customer string // "": nobody was named
	Order    string // "": none was given
	Day      clientele.Date
	Amount   clientele.Money
	Kind     clientele.LineKind
}

type subscription struct {
	Customer   string
	Start, End clientele.Date // End openEnd: still running
	Amount     int64          // in whole units, a multiple of twelve
	Period     string
	Cancelled  string // why it ended; "": not said
}

const openEnd = clientele.Date(1 << 30)

type reason struct {
	Customer, Direction, Reason string
	Day                         clientele.Date
}

// day0 is the day that small books count from.
var day0 = clientele.MustDate("2024-01-01")

// load puts a book into an engine, a file for each kind.
func (r records) load(t testing.TB, w warehouse.Warehouse) {
	t.Helper()
	var rows [][]string
	for _, l := range r.Lines {
		rows = append(rows, []string{l.Customer, l.Order, l.Day.String(), l.Amount.String(), string(l.Kind)})
	}
	loadCSV(t, w, clientele.Transactions, []string{"customer", "order", "time", "amount", "kind"}, rows)
	rows = nil
	for i, s := range r.Subscriptions {
		end := ""
		if s.End != openEnd {
			end = s.End.String()
		}
		rows = append(rows, []string{s.Customer, "s" + strconv.Itoa(i), s.Start.String(), end, strconv.FormatInt(s.Amount, 10), s.Period, s.Cancelled})
	}
	loadCSV(t, w, clientele.Subscriptions, []string{"customer", "subscription", "start", "end", "recurring_amount", "recurring_period", "cancel_reason"}, rows)
	rows = nil
	for customer, value := range r.Attributes {
		rows = append(rows, []string{customer, value})
	}
	loadCSV(t, w, clientele.Customers, []string{"customer", attributeName}, rows)
	rows = nil
	for _, e := range r.Reasons {
		rows = append(rows, []string{e.Customer, e.Day.String(), e.Direction, e.Reason})
	}
	loadCSV(t, w, clientele.Reasons, []string{"customer", "date", "direction", "reason"}, rows)
}

// loadCSV loads one file of text columns named like the fields that they fill.
func loadCSV(t testing.TB, w warehouse.Warehouse, kind clientele.Kind, columns []string, rows [][]string) {
	t.Helper()
	if len(rows) == 0 {
		return
	}
	loadBatch(t, w, batch(t, kind, columns, rows))
}

// loadBatch loads a file of which every row is good.
func loadBatch(t testing.TB, w warehouse.Warehouse, b warehouse.Batch) {
	t.Helper()
	report, err := w.Load(t.Context(), b, warehouse.LoadOptions{Accept: func(warehouse.LoadReport) error { return nil }})
	if err != nil {
		t.Fatalf("loading %s: %v", b.Kind, err)
	}
	if report.Rejected > 0 {
		t.Fatalf("loading %s: rejected %+v", b.Kind, report.Rejects)
	}
}

// batch writes a file and describes it.
func batch(t testing.TB, kind clientele.Kind, columns []string, rows [][]string) warehouse.Batch {
	t.Helper()
	path := filepath.Join(t.TempDir(), string(kind)+".csv")
	var text strings.Builder
	w := csv.NewWriter(&text)
	if err := w.WriteAll(append([][]string{columns}, rows...)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	b := warehouse.Batch{
		ID: fmt.Sprint(path), Kind: kind, Source: "test", Currency: "EUR", TimeZone: "UTC", Sequence: 1,
		Input: warehouse.Input{
			Path: path, Name: string(kind) + ".csv", Format: warehouse.CSV,
			Dialect: warehouse.Dialect{Delimiter: ",", Quote: `"`, Header: true},
		},
		Mapping: warehouse.Mapping{Fields: map[string]expr.Expr{}, Attributes: map[string]string{}},
	}
	for _, name := range columns {
		field, known := kind.Field(name)
		b.Input.Columns = append(b.Input.Columns, warehouse.Column{Name: name, Type: columnType(field.Type)})
		if known {
			b.Mapping.Fields[name] = expr.Column{Name: name}
		} else {
			b.Mapping.Attributes[name] = name
		}
	}
	return b
}

func columnType(t clientele.FieldType) warehouse.ColumnType {
	switch t {
	case clientele.TypeAmount, clientele.TypeNumber:
		return warehouse.DecimalColumn
	case clientele.TypeTime, clientele.TypeDay:
		return warehouse.DateColumn
	}
	return warehouse.TextColumn
}
