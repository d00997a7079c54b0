package warehousetest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/expr"
	"github.com/clientele/clientele/internal/warehouse"
)

// Loading runs the half of the suite that loads: what is read of a file, what is
// rejected and why, and what happens to records that arrive again. Open returns
// an empty engine and closes it when the test ends.
func Loading(t *testing.T, open func(testing.TB) warehouse.Warehouse) {
	t.Run("Lines", func(t *testing.T) { testLines(t, open(t)) })
	t.Run("Values", func(t *testing.T) { testValues(t, open(t)) })
	t.Run("Expressions", func(t *testing.T) { testExpressions(t, open(t)) })
	t.Run("Hostile", func(t *testing.T) { testHostile(t, open(t)) })
	t.Run("Rejects", func(t *testing.T) { testRejects(t, open) })
	t.Run("ManyRejects", func(t *testing.T) { testManyRejects(t, open(t)) })
	t.Run("Preview", func(t *testing.T) { testPreview(t, open(t)) })
	t.Run("Accept", func(t *testing.T) { testAccept(t, open(t)) })
	t.Run("Repeats", func(t *testing.T) { testRepeats(t, open) })
	t.Run("Keyed", func(t *testing.T) { testKeyed(t, open) })
	t.Run("Attributes", func(t *testing.T) { testAttributes(t, open(t)) })
	t.Run("Reset", func(t *testing.T) { testReset(t, open(t)) })
	t.Run("Persons", func(t *testing.T) { testPersons(t, open(t)) })
	t.Run("Samples", func(t *testing.T) { testSamples(t, open(t)) })
	t.Run("Span", func(t *testing.T) { testSpan(t, open) })
	t.Run("AnyOrder", func(t *testing.T) { testAnyOrder(t, open(t)) })
}

// source is a CSV file as a test writes it, and how it is mapped: field → expression.
type source struct {
	kind     clientele.Kind
	text     string
	columns  []warehouse.Column // by default text columns named by the first line
	fields   map[string]string  // by default every column that is called like a field
	dialect  warehouse.Dialect
	lineFrom string
	zone     string
}

// write makes a batch of a source, with an id of its own.
func (s source) write(t testing.TB, sequence int64) warehouse.Batch {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.csv")
	if err := os.WriteFile(path, []byte(s.text), 0o600); err != nil {
		t.Fatal(err)
	}
	if s.dialect.Delimiter == "" {
		s.dialect = warehouse.Dialect{Delimiter: ",", Quote: `"`, Header: true}
	}
	if s.kind == "" {
		s.kind = clientele.Transactions
	}
	if s.zone == "" {
		s.zone = "Europe/Berlin"
	}
	if s.columns == nil {
		header, _, _ := strings.Cut(s.text, "\n")
		for _, name := range strings.Split(strings.TrimSuffix(header, "\r"), s.dialect.Delimiter) {
			s.columns = append(s.columns, warehouse.Column{Name: name, Type: warehouse.TextColumn})
		}
	}
	return warehouse.Batch{
		ID: path, Sequence: sequence, Kind: s.kind, Source: "shop", Currency: "EUR", TimeZone: s.zone,
		Input: warehouse.Input{
			Path: path, Name: "file.csv", Format: warehouse.CSV, Dialect: s.dialect, Columns: s.columns, LineColumn: s.lineFrom,
		},
		Mapping: s.mapping(t),
	}
}

func (s source) mapping(t testing.TB) warehouse.Mapping {
	t.Helper()
	m := warehouse.Mapping{Fields: map[string]expr.Expr{}, Attributes: map[string]string{}}
	for field, text := range s.fields {
		e, err := expr.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		m.Fields[field] = e
	}
	for _, c := range s.columns {
		if _, known := s.kind.Field(c.Name); known && s.fields == nil {
			m.Fields[c.Name] = expr.Column{Name: c.Name}
		} else if s.kind == clientele.Customers && !known {
			m.Attributes[c.Name] = c.Name
		}
	}
	return m
}

// counts are the numbers of a report: read, loaded, updated, duplicate, rejected.
type counts [5]int64

func countsOf(r warehouse.LoadReport) counts {
	return counts{r.Read, r.Loaded, r.Updated, r.Duplicate, r.Rejected}
}

func load(t testing.TB, w warehouse.Warehouse, b warehouse.Batch) warehouse.LoadReport {
	t.Helper()
	r, err := w.Load(t.Context(), b, warehouse.LoadOptions{})
	if err != nil {
		t.Fatalf("loading: %v", err)
	}
	if r.Read != r.Loaded+r.Updated+r.Duplicate+r.Rejected {
		t.Fatalf("the report does not add up: %+v", r)
	}
	return r
}

// expectLoad loads a source and compares its counts.
func expectLoad(t testing.TB, w warehouse.Warehouse, s source, sequence int64, want counts) warehouse.LoadReport {
	t.Helper()
	r := load(t, w, s.write(t, sequence))
	if got := countsOf(r); got != want {
		t.Errorf("read, loaded, updated, duplicate, rejected = %v, want %v; rejects %+v", got, want, r.Rejects)
	}
	return r
}

// lines writes a customer's lines out, oldest first as far as days go, and without
// the number of their import.
func lines(t testing.TB, w warehouse.Warehouse, customers ...string) (all []string) {
	t.Helper()
	for _, customer := range customers {
		got, err := w.OrderLines(t.Context(), customer, clientele.MustDate("2200-12-31"), 0, 1_000_000)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range got {
			all = append(all, fmt.Sprintf("%s|%s|%s|%s|%s|%s|%s|%s|%s", customer, l.Order, l.Line, l.Day, l.Kind, l.Quantity, l.Amount, l.Product, l.Channel))
		}
	}
	slices.Sort(all)
	return all
}

func expectLines(t testing.TB, w warehouse.Warehouse, customers []string, want ...string) {
	t.Helper()
	slices.Sort(want)
	if diff := cmp.Diff(want, lines(t, w, customers...)); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func testLines(t *testing.T, w warehouse.Warehouse) {
	s := source{text: `customer,order,line,time,quantity,unit_price,amount,product,channel,kind
A,1,1,2024-03-01,2,1.50,,Tea,web,
A,1,2,2024-03-01,-1,1.50,,Tea,web,
A,1,3,2024-03-01,,,-4,,,
A,1,4,2024-03-01,,,5,,,Shipping
A,1,5,2024-03-01,,,-0.50,,,discount
A,2,,2024-03-02,1,0,,Gift,,
,3,,2024-03-03,,9.99,,,,
`}
	r := expectLoad(t, w, s, 1, counts{7, 7, 0, 0, 0})
	if r.FirstDay == nil || r.LastDay == nil || r.FirstDay.String() != "2024-03-01" || r.LastDay.String() != "2024-03-03" {
		t.Errorf("days %v to %v", r.FirstDay, r.LastDay)
	}
	expectLines(t, w, []string{"A", ""},
		"A|1|1|2024-03-01|sale|2|3.00|Tea|web",
		"A|1|2|2024-03-01|refund|-1|-1.50|Tea|web",
		"A|1|3|2024-03-01|refund||-4.00||",
		"A|1|4|2024-03-01|shipping||5.00||",
		"A|1|5|2024-03-01|discount||-0.50||",
		"A|2||2024-03-02|sale|1|0.00|Gift|",
		"|3||2024-03-03|sale||9.99||")
	span, ok, err := w.Span(t.Context(), warehouse.SpanQuery{Kind: clientele.Orders})
	if err != nil || !ok || span.Lines != 7 || span.Customers != 1 || span.FirstDay.String() != "2024-03-01" || span.LastDay.String() != "2024-03-03" {
		t.Errorf("span %+v %v %v", span, ok, err)
	}
	if err := w.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// How far records reach: an order business by its orders, another by contracts too, but
// not by what these hold for the time after the last import.
func testSpan(t *testing.T, open func(testing.TB) warehouse.Warehouse) {
	contracts := []subscription{{"A", day(-90), openEnd, 12, "month", ""}, {"B", day(-80), day(60), 12, "month", ""}, {"C", day(-80), day(30_000), 12, "month", ""}}
	order := []line{sale("A", 3, "3"), sale("B", 40, "5")}
	for _, c := range []struct {
		name        string
		held        records
		kind        clientele.Business
		known       int
		first, last int
	}{
		{"orders", records{Lines: order, Subscriptions: contracts}, clientele.Orders, 50, 3, 40},
		{"contracts", records{Lines: order, Subscriptions: contracts}, clientele.Contracts, 70, -90, 70},
		{"a contract that is over", records{Subscriptions: contracts[:2]}, clientele.Both, 70, -90, 60},
		{"known before it begins", records{Subscriptions: contracts}, clientele.Both, -200, -90, -80},
		{"contracts alone", records{Subscriptions: contracts}, clientele.Orders, 50, -90, 50},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := open(t)
			c.held.load(t, w)
			s, ok, err := w.Span(t.Context(), warehouse.SpanQuery{Kind: c.kind, Known: day(c.known)})
			if err != nil || !ok || s.FirstDay != day(c.first) || s.LastDay != day(c.last) {
				t.Errorf("%s to %s, %v %v; want %s to %s", s.FirstDay, s.LastDay, ok, err, day(c.first), day(c.last))
			}
		})
	}
}

// read is one value on its way into a field, and what a preview shows of it: "∅" is
// missing, "✗ …" a rejection whose reason holds the words.
type read struct {
	column warehouse.Column
	text   string
	field  string
	want   string
}

func typed(t warehouse.ColumnType, layout, mark string) warehouse.Column {
	return warehouse.Column{Name: "x", Type: t, Layout: layout, Mark: mark}
}

func testValues(t *testing.T, w warehouse.Warehouse) {
	text, decimal := typed(warehouse.TextColumn, "", ""), typed(warehouse.DecimalColumn, "", "")
	point, comma := typed(warehouse.LocaleColumn, "", "."), typed(warehouse.LocaleColumn, "", ",")
	local, instant := typed(warehouse.TimeColumn, "", ""), typed(warehouse.InstantColumn, "", "")
	date := typed(warehouse.DateColumn, "", "")
	for _, c := range []read{
		{text, "17850", "customer", "17850"},
		{text, " 17850", "customer", "17850"},
		{text, "17850.0", "customer", "17850"},
		{text, "17850.00\u00a0", "customer", "17850"},
		{text, "00017850", "customer", "00017850"},
		{text, "1.10", "customer", "1.10"},
		{text, "a.0", "customer", "a.0"},
		{text, "  ", "customer", "∅"},
		{text, " two words ", "product", "two words"},
		{decimal, "12.50", "amount", "12.5"},
		{decimal, " -3 ", "amount", "-3"},
		{decimal, "0.123456789012", "amount", "0.123456789012"},
		{decimal, "-0.1234567", "amount", "-0.1234567"},
		{decimal, "0.1234567890123", "amount", "✗ decimals"},
		{decimal, "0.1230000000000000", "amount", "0.123"},
		{decimal, "1234567890123456.25", "amount", "1234567890123456.25"},
		{decimal, "123456789012345678901234567", "amount", "✗ too large"},
		{decimal, "1e3", "amount", "1000"},
		{decimal, "2.5e-7", "amount", "0.00000025"},
		{decimal, "1e-13", "amount", "✗"},
		{decimal, "abc", "amount", "✗ not a number"},
		{decimal, "1,5", "amount", "✗ decimal mark"},
		{decimal, "NaN", "amount", "✗"},
		{text, "7.25", "amount", "7.25"},
		{point, "$1,234.50", "amount", "1234.5"},
		{point, "(1,234.50)", "amount", "-1234.5"},
		{point, "1,5", "amount", "✗"},
		{point, "USD 12", "amount", "12"},
		{point, "12,34,567.00", "amount", "1234567"},
		{comma, "1.234,50 €", "amount", "1234.5"},
		{comma, "1 234,50", "amount", "1234.5"},
		{comma, "1\u00a0234\u00a0567,5", "amount", "1234567.5"},
		{comma, "-0,5", "amount", "-0.5"},
		{comma, "12.5", "amount", "✗"},
		{comma, "5-", "amount", "-5"},
		{date, "2024-02-29", "time", "2024-02-29"},
		{date, "2023-02-29", "time", "✗ exists"},
		{date, "1888-01-01", "time", "✗ 1900"},
		{date, "20240229", "time", "✗"},
		{typed(warehouse.DateColumn, "%Y%m%d", ""), "20240229", "time", "2024-02-29"},
		{typed(warehouse.DateColumn, "%d/%m/%Y", ""), "03/04/2015", "time", "2015-04-03"},
		{local, "2024-02-29 13:14:15", "time", "2024-02-29 13:14:15"},
		{local, "2024-02-29T13:14", "time", "2024-02-29 13:14:00"},
		{local, "2024-02-29 25:00:00", "time", "✗"},
		{typed(warehouse.TimeColumn, "%m/%d/%Y %I:%M %p", ""), "02/29/2024 01:05 PM", "time", "2024-02-29 13:05:00"},
		{instant, "2024-07-01T22:30:00Z", "time", "2024-07-02 00:30:00"},
		{instant, "2024-01-01T22:30:00Z", "time", "2024-01-01 23:30:00"},
		{instant, "2024-10-27T00:30:00Z", "time", "2024-10-27 02:30:00"},
		{instant, "2024-10-27T01:30:00Z", "time", "2024-10-27 02:30:00"},
		{instant, "2024-03-31T01:00:00Z", "time", "2024-03-31 03:00:00"},
		{instant, "2014-10-01 10:00:00 -0700", "time", "2014-10-01 19:00:00"},
		{instant, "2014-10-01T10:00:00.250+05:30", "time", "2014-10-01 06:30:00"},
		{instant, "2014-10-01 10:00:00 UTC", "time", "2014-10-01 12:00:00"},
		{typed(warehouse.InstantColumn, "%d.%m.%Y %H:%M %z", ""), "01.10.2014 10:00 +0000", "time", "2014-10-01 12:00:00"},
		{typed(warehouse.InstantColumn, "%Y-%m-%d %H:%M", ""), "2014-10-01 10:00", "time", "2014-10-01 12:00:00"},
		{text, "2024-02-29", "time", "2024-02-29"},
		{text, "2024-02-29 10:00:00", "time", "2024-02-29 10:00:00"},
		{text, "2024-02-29T23:30:00Z", "time", "2024-03-01 00:30:00"},
		{text, "yesterday", "time", "✗"},
		{text, "", "time", "✗ missing"},
		{text, "eur", "currency", ""},
		{text, "usd", "currency", "✗ currency usd is not the book's EUR"},
		{text, "gift", "kind", "✗ not a kind of line"},
		{text, " FEE ", "kind", "fee"},
	} {
		t.Run(fmt.Sprintf("%s %s %q", c.column.Type, c.field, c.text), func(t *testing.T) { c.expect(t, w) })
	}
}

func (c read) expect(t *testing.T, w warehouse.Warehouse) {
	s := source{text: "x;day\n" + c.text + ";2024-01-01\n", dialect: warehouse.Dialect{Delimiter: ";", Quote: `"`, Header: true}}
	s.columns = []warehouse.Column{c.column, {Name: "day", Type: warehouse.DateColumn}}
	s.fields = map[string]string{"time": "day", "amount": "1"}
	s.fields[c.field] = "x"
	expectShown(t, w, s, c.field, c.want)
}

// expectShown previews the only row of a source.
func expectShown(t *testing.T, w warehouse.Warehouse, s source, field, want string) {
	t.Helper()
	rows, err := w.Preview(t.Context(), s.write(t, 1), 10)
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	row := rows[0]
	words, rejected := strings.CutPrefix(want, "✗")
	switch reason, got := row["rejected"], row[field]; {
	case rejected && (reason == nil || !strings.Contains(*reason, strings.TrimSpace(words))):
		t.Errorf("not rejected as %q: %v", words, show(row))
	case !rejected && reason != nil:
		t.Errorf("rejected: %s", *reason)
	case !rejected && want == "∅" && got != nil, !rejected && want != "∅" && want != "" && (got == nil || *got != want):
		t.Errorf("%s = %s, want %s", field, show(row)[field], want)
	}
}

func show(row map[string]*string) map[string]string {
	shown := map[string]string{}
	for k, v := range row {
		if shown[k] = "∅"; v != nil {
			shown[k] = *v
		}
	}
	return shown
}

func testExpressions(t *testing.T, w warehouse.Warehouse) {
	for _, c := range []struct{ field, expression, want string }{
		{"amount", "q * p", "1684696"}, // 80995 × 20.8: overflows 64 bits at 12 decimals
		{"amount", "p / 100", "0.208"},
		{"amount", "p / 3", "6.933333333333"},
		{"amount", "p / zero", "✗ computed"},
		{"amount", "p + q - 1", "81014.8"},
		{"amount", "tiny * 3", "0.000000000003"},
		{"amount", "tiny * p", "✗ exactly"},
		{"amount", "large * large", "✗ computed"},
		{"amount", "neg(abs(p) + 1)", "-21.8"},
		{"amount", "round(p * 1.005, 2)", "20.9"},
		{"amount", "round(2.5)", "3"},
		{"amount", "number(euro, ',')", "1234.5"},
		{"amount", "number('1,234.5') + p", "1255.3"},
		{"amount", "if(word = 'Tea', number(word), 5)", "✗ not a number"},
		{"amount", "if(word != 'Tea', number(word), 5)", "5"},
		{"amount", "coalesce(empty, p)", "20.8"},
		{"amount", "coalesce(p, word)", "20.8"},
		{"amount", "nullif(p, 20.8)", "✗ no amount"},
		{"amount", "if(q > 1000 and p < 21, 1, 2)", "1"},
		{"amount", "if(word = 'x' or q >= 80995, 1, 2)", "1"},
		{"amount", "if(empty = '', 1, 2)", "1"},
		{"amount", "if(empty != 'x', 1, 2)", "1"},
		{"amount", "if(not(contains(word, 'e')), 1, 2)", "2"},
		{"amount", "if(startswith(word, 'T'), 1, 2)", "1"},
		{"amount", "if(date(dmy, 'dmy') < date('2015-05-01'), 1, 2)", "1"},
		{"customer", "nullif(word, 'Tea')", "∅"},
		{"customer", "concat(upper(word), '-', empty, lower(word))", "TEA-tea"},
		{"customer", "replace(word, 'e', '')", "Ta"},
		{"customer", "concat(left(word, 1), right(word, 2))", "Tea"},
		{"customer", "split('a-b-c', '-', 2)", "b"},
		{"customer", "split('a-b-c', '-', 9)", "∅"},
		{"customer", "trim('  a b ')", "a b"},
		{"customer", "concat(q + 0.50)", "80995.5"},
		{"customer", "q", "80995"},
		{"time", "date(dmy, 'dmy')", "2015-04-03"},
		{"time", "date(dmy, 'mdy')", "2015-03-04"},
		{"time", "date('3.4.15', 'dmy')", "2015-04-03"},
		{"time", "date('31/31/2015', 'dmy')", "✗ exists"},
		{"time", "time('03/04/2015 22:15', 'dmy')", "2015-04-03 22:15:00"},
		{"time", "time('2015-04-03 22:15')", "2015-04-03 22:15:00"},
		{"time", "time('2015-04-03T22:15:00Z')", "2015-04-04 00:15:00"},
		{"time", "time('22:15 3.4.2015', '%H:%M %d.%m.%Y')", "2015-04-03 22:15:00"},
		{"time", "time('2015-04-03 22:15 +0000', '%Y-%m-%d %H:%M %z')", "2015-04-04 00:15:00"},
		{"time", "epoch(1428099300)", "2015-04-04 00:15:00"},
		{"time", "addmonths(date('2024-01-31'), 1)", "2024-02-29"},
		{"time", "adddays(time('2024-02-28 10:00'), 2)", "2024-03-01 10:00:00"},
		{"time", "concat('2024-', '02-01')", "2024-02-01"},
		{"time", "coalesce(empty, day)", "2024-01-01"},
	} {
		t.Run(c.field+"="+c.expression, func(t *testing.T) {
			s := source{text: "q,p,tiny,large,zero,euro,word,empty,dmy,day\n" +
				"80995,20.8,0.000000000001,99999999999999999999999999,0,\"1.234,50 €\",Tea,,03/04/2015,2024-01-01\n"}
			s.columns = nil
			s.fields = map[string]string{"time": "day", "amount": "1", c.field: c.expression}
			expectShown(t, w, s, c.field, c.want)
		})
	}
}

// testHostile loads names and texts that would do harm if they were ever read as SQL.
func testHostile(t *testing.T, w warehouse.Warehouse) {
	evil := `'); DROP TABLE transaction_line; --`
	columns := []warehouse.Column{
		{Name: evil, Type: warehouse.TextColumn}, {Name: `"a"`, Type: warehouse.TextColumn}, {Name: `"A"`, Type: warehouse.TextColumn},
		{Name: "time", Type: warehouse.TextColumn}, {Name: "", Type: warehouse.TextColumn},
	}
	s := source{text: "1,2,3,4,5\n" + `"` + evil + `",x,y,2024-01-01,0` + "\n", columns: columns}
	b := s.write(t, 1)
	b.Source, b.ID = evil, evil
	b.Mapping.Fields = map[string]expr.Expr{
		"customer": expr.Column{Name: evil},
		"order":    expr.Column{Name: `"a"`},
		"line":     expr.Column{Name: `"A"`},
		"time":     expr.Column{Name: "time"},
		"product":  expr.Call{Func: "concat", Args: []expr.Expr{expr.Text{Value: evil}, expr.Column{Name: evil}}},
		"amount":   expr.Number{Value: "1"},
		"currency": expr.Text{Value: "EUR"},
	}
	if r := load(t, w, b); r.Loaded != 1 {
		t.Fatalf("%+v", r)
	}
	expectLines(t, w, []string{evil}, evil+"|x|y|2024-01-01|sale||1.00|"+evil+evil+"|")
}
