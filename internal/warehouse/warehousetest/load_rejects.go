package warehousetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// testRejects checks which rows are rejected, with the line of the file, the
// column and words of the reason.
func testRejects(t *testing.T, open func(testing.TB) warehouse.Warehouse) {
	type reject struct {
		line         int64
		column, says string
		text         string
	}
	semicolon := warehouse.Dialect{Delimiter: ";", Quote: `"`, Header: true}
	plain := warehouse.Dialect{Delimiter: ",", Header: false}
	offset := warehouse.Dialect{Delimiter: ",", Quote: `"`, Header: true, SkipLines: 2, LineOffset: 10}
	for _, c := range []struct {
		name   string
		source source
		loaded int64
		want   []reject
	}{
		{"columns", source{text: "customer,time,amount\nA,2024-01-01,1\nB,2024-01-01\nC,2024-01-01,1,2\nD,2024-01-01,2\n"}, 2, []reject{
			{3, "", "2 columns, not 3", "B,2024-01-01"}, {4, "", "4 columns, not 3", "C,2024-01-01,1,2"},
		}},
		{"quoted lines", source{text: "customer,time,amount,product\n" +
			"A,2024-01-01,1,\"two\nlines\"\nB,x,1,\n\"C\n\n\"\"\",2024-01-01,y,\"a \"\"b\"\" c\"\nD,2024-01-01,1,z\"z\nE,,1,\n"}, 2, []reject{
			{4, "time", `"x" is not a day`, "B,x,1,"},
			{5, "amount", `"y" is not a number`, "\"C\n\n\"\"\",2024-01-01,y,\"a \"\"b\"\" c\""},
			{9, "time", "missing", "E,,1,"},
		}},
		{"carriage returns", source{text: "customer,time,amount\r\nA,2024-01-01,\"1\"\r\n\r\nB,2024-01-01,one\r\n\r\n\r\nC,2024-01-01\r\nD,x,1\r\n"}, 1, []reject{
			{4, "amount", "not a number", "B,2024-01-01,one"}, {7, "", "2 columns", "C,2024-01-01"}, {8, "time", "not a day", "D,x,1"},
		}},
		{"empty lines before the header", source{
			text: "\n\ncustomer,time,amount\n\nA,2024-01-01,1\nB,2024-01-01,x\n", columns: []warehouse.Column{{Name: "customer"}, {Name: "time"}, {Name: "amount"}},
		}, 1, []reject{{6, "amount", "not a number", "B,2024-01-01,x"}}},
		{"byte order mark", source{
			text: "\ufeffcustomer,time,amount\nA,2024-01-01\nB,2024-01-01,x\n", columns: []warehouse.Column{{Name: "customer"}, {Name: "time"}, {Name: "amount"}},
		}, 0, []reject{{2, "", "2 columns", "A,2024-01-01"}, {3, "amount", "not a number", "B,2024-01-01,x"}}},
		{"not text", source{text: "customer,time,amount\nA\xff,2024-01-01,1\nB,2024-01-01,2\n"}, 1, []reject{{2, "", "not text", "A\ufffd,2024-01-01,1"}}},
		{"no line end", source{text: "customer,time,amount\nA,2024-01-01,x"}, 0, []reject{{2, "amount", "not a number", "A,2024-01-01,x"}}},
		{"open quote within", source{text: "customer,time,amount\nA,2024-01-01,1\n\"B\"b,2024-01-01,2\nC,x,3\n"}, 1, []reject{
			{3, "", "quotation mark", "\"B\"b,2024-01-01,2"}, {4, "time", "not a day", "C,x,3"},
		}},
		{"no quotes", source{
			text: "A,2024-01-01,\"1\nB\",2024-01-01,2\n", dialect: plain,
			columns: []warehouse.Column{{Name: "customer"}, {Name: "time"}, {Name: "amount"}},
		}, 1, []reject{{1, "amount", "not a number", "A,2024-01-01,\"1"}}},
		{"offset", source{
			text: "title\nof two lines\ncustomer,time,amount\nA,2024-01-01,1\nB,2024-01-01,x\n", dialect: offset,
			columns: []warehouse.Column{{Name: "customer"}, {Name: "time"}, {Name: "amount"}},
		}, 1, []reject{{15, "amount", "not a number", "B,2024-01-01,x"}}},
		{"lines of their own", source{
			text: "customer;time;amount;n\nA;2024-01-01;1;7\nB;2024-01-01;x;9\nC;;1;12\n", dialect: semicolon, lineFrom: "n",
		}, 1, []reject{{9, "amount", "not a number", ""}, {12, "time", "missing", ""}}},
		{"one column", source{
			text: "2024-01-01\n\n2024-01-0x\n", dialect: plain, columns: []warehouse.Column{{Name: "d"}},
			fields: map[string]string{"time": "d", "amount": "1"},
		}, 1, []reject{{2, "d", "missing", ""}, {3, "d", "not a day", "2024-01-0x"}}},
		{"fields", source{text: "customer,time,amount,currency,kind,cost\n" +
			"A,2024-01-01,1,USD,,\nA,2024-01-01,1,,present,\nA,2024-01-01,1, eur ,SALE,0.0000000000001\nA,2024-01-01,,EUR,sale,\nA,0024-01-01,1,,,\n"}, 0, []reject{
			{2, "currency", "currency USD is not the book's EUR: ", "A,2024-01-01,1,USD,,"},
			{3, "kind", `"present" is not a kind of line`, "A,2024-01-01,1,,present,"},
			{4, "cost", "has 13 decimals, at most 12 are kept", "A,2024-01-01,1, eur ,SALE,0.0000000000001"},
			{5, "amount", "no amount", "A,2024-01-01,,EUR,sale,"},
			{6, "time", "1900", "A,0024-01-01,1,,,"},
		}},
		{"expression", source{
			text:   "who,day,q,p\nA,2024-01-01,2,1.5\nB,2024-01-01,two,1.5\nC,2024-01-01,2,x\n",
			fields: map[string]string{"customer": "who", "time": "day", "amount": "q*p"},
		}, 1, []reject{{3, "q, p", `"two" is not a number`, "B,2024-01-01,two,1.5"}, {4, "q, p", `"x" is not a number`, "C,2024-01-01,2,x"}}},
		{"customers", source{kind: clientele.Customers, text: "customer,country\n,DE\nA,FR\n"}, 1, []reject{{2, "customer", "customer is missing", ",DE"}}},
		{"subscriptions", source{kind: clientele.Subscriptions, text: "customer,start,end,recurring_period,voluntary\n" +
			"A,2024-01-01,2023-12-31,,\nA,2024-01-01,,fortnight,\nA,2024-01-01,,month,perhaps\nA,2024-01-01,,Year,YES\n"}, 1, []reject{
			{2, "start, end", "before it starts", "A,2024-01-01,2023-12-31,,"},
			{3, "recurring_period", `"fortnight" is not a recurring_period`, "A,2024-01-01,,fortnight,"},
			{4, "voluntary", "neither yes nor no", "A,2024-01-01,,month,perhaps"},
		}},
		{"reasons", source{kind: clientele.Reasons, text: "customer,date,direction,reason,confidence\n" +
			"A,2024-01-01,up,price,\nA,2024-01-01,Out,,\nA,2024-01-01,out,price,1.5\nA,2024-01-01,out,price,0.5\n"}, 1, []reject{
			{2, "direction", "use one of in, out", "A,2024-01-01,up,price,"},
			{3, "reason", "reason is missing", "A,2024-01-01,Out,,"},
			{4, "confidence", "between 0 and 1", "A,2024-01-01,out,price,1.5"},
		}},
		{"feedback", source{kind: clientele.Feedback, text: "customer,time,instrument,score,weight\n" +
			"A,2024-01-01,guess,1,\nA,2024-01-01,NPS,1,-1\nA,2024-01-01,nps,9,\n"}, 1, []reject{
			{2, "instrument", "use one of nps, csat, ces, rating", "A,2024-01-01,guess,1,"},
			{3, "weight", "negative", "A,2024-01-01,NPS,1,-1"},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := open(t)
			b := c.source.write(t, 1)
			r := load(t, w, b)
			if got, want := countsOf(r), (counts{c.loaded + int64(len(c.want)), c.loaded, 0, 0, int64(len(c.want))}); got != want {
				t.Errorf("counts %v, want %v", got, want)
			}
			kept := rejects(t, w, b.ID)
			if diff := cmp.Diff(r.Rejects, kept); diff != "" {
				t.Errorf("what is kept differs from the report:\n%s", diff)
			}
			if len(kept) != len(c.want) {
				t.Fatalf("rejects: %+v", kept)
			}
			for i, want := range c.want {
				got := kept[i]
				if got.Line != want.line || got.Column != want.column || !strings.Contains(got.Reason, want.says) || want.text != "" && got.Text != want.text {
					t.Errorf("got %+v\nwant %+v", got, want)
				}
			}
		})
	}
}

func rejects(t testing.TB, w warehouse.Warehouse, batch string) (all []warehouse.Reject) {
	t.Helper()
	for r, err := range w.Rejects(t.Context(), batch) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

// testManyRejects checks that lines stay right over a file that is read in many
// pieces, with more rejects than a report carries.
func testManyRejects(t *testing.T, w warehouse.Warehouse) {
	const rows = 30_000
	var text strings.Builder
	text.WriteString("customer,time,amount,product\n")
	var want []int64
	line := int64(2)
	for i := range rows {
		amount, product := "1.00", "plain"
		if i%3 == 0 {
			product = "\"with a\nline, \"\"and\"\" a comma" + strings.Repeat("x", i%50) + "\""
		}
		switch {
		case i%97 == 0:
			amount = "bad"
		case i%101 == 0:
			amount = "1,2"
		}
		if amount != "1.00" {
			want = append(want, line)
		}
		fmt.Fprintf(&text, "C%d,2024-01-01,%s,%s\n", i, amount, product)
		line += 1 + int64(strings.Count(product, "\n"))
	}
	b := source{text: text.String()}.write(t, 1)
	r := load(t, w, b)
	if got := countsOf(r); got != (counts{rows, rows - int64(len(want)), 0, 0, int64(len(want))}) || len(r.Rejects) != warehouse.MaxRejects {
		t.Errorf("counts %v, %d rejects in the report, want %d in all", got, len(r.Rejects), len(want))
	}
	var got []int64
	for _, reject := range rejects(t, w, b.ID) {
		got = append(got, reject.Line)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func testPreview(t *testing.T, w warehouse.Warehouse) {
	s := source{text: "customer,time,quantity,unit_price\n17850.0,2024-01-01 10:00:00,2,1.50\nB,2024-01-01\n,2024-01-02,-1,x\nC,2024-01-03,1,1\nD,2024-01-04,1,1\n"}
	rows, err := w.Preview(t.Context(), s.write(t, 1), 4)
	if err != nil || len(rows) != 4 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	first := show(rows[0])
	for field, want := range map[string]string{"customer": "17850", "time": "2024-01-01 10:00:00", "quantity": "2", "unit_price": "1.5", "amount": "3", "kind": "sale", "order": "∅"} {
		if first[field] != want {
			t.Errorf("%s = %q, want %q", field, first[field], want)
		}
	}
	for i, want := range []bool{false, true, true, false} {
		if _, rejected := rows[i]["rejected"]; rejected != want {
			t.Errorf("row %d: %v", i+1, show(rows[i]))
		}
	}
	if batches, err := w.Loaded(t.Context()); err != nil || len(batches) > 0 {
		t.Errorf("a preview loaded %v, %v", batches, err)
	}
}

// testAccept checks that a load which is not accepted leaves nothing, and that what
// is accepted is what is kept.
func testAccept(t *testing.T, w warehouse.Warehouse) {
	s := source{text: "customer,time,amount\nA,2024-01-01,1\nB,2024-01-01,x\n"}
	b := s.write(t, 1)
	refusal := errors.New("a dry run")
	var seen warehouse.LoadReport
	_, err := w.Load(t.Context(), b, warehouse.LoadOptions{Accept: func(r warehouse.LoadReport) error {
		seen = r
		return refusal
	}})
	if !errors.Is(err, refusal) || countsOf(seen) != (counts{2, 1, 0, 0, 1}) || len(seen.Rejects) != 1 {
		t.Errorf("%v, %+v", err, seen)
	}
	if batches, err := w.Loaded(t.Context()); err != nil || len(batches) > 0 || len(rejects(t, w, b.ID)) > 0 {
		t.Errorf("a refused load left %v, %v", batches, err)
	}
	expectLines(t, w, []string{"A"})
	if _, ok, err := w.Span(t.Context(), warehouse.SpanQuery{Kind: clientele.Orders}); ok || err != nil {
		t.Errorf("a refused load left records: %v", err)
	}
	accepted := 0
	accept := warehouse.LoadOptions{Accept: func(r warehouse.LoadReport) error {
		accepted++
		if diff := cmp.Diff(seen, r); diff != "" {
			t.Errorf("the report differs:\n%s", diff)
		}
		return nil
	}}
	for range 2 {
		if _, err := w.Load(t.Context(), b, accept); err != nil {
			t.Fatal(err)
		}
	}
	if accepted != 1 {
		t.Errorf("a batch that is held was accepted again")
	}
	ctx, cancel := context.WithCancel(t.Context())
	late := source{text: s.text}.write(t, 2)
	_, err = w.Load(ctx, late, warehouse.LoadOptions{Accept: func(warehouse.LoadReport) error {
		cancel()
		return nil
	}})
	if batches, loadedErr := w.Loaded(t.Context()); !errors.Is(err, context.Canceled) || loadedErr != nil || len(batches) != 1 {
		t.Errorf("a cancelled load: %v, %v, %v", err, batches, loadedErr)
	}
	missing := b
	missing.ID, missing.Input.Path = "another", b.Input.Path+".absent"
	if _, err := w.Load(t.Context(), missing, warehouse.LoadOptions{}); clientele.CodeOf(err) != clientele.CodeInvalid {
		t.Errorf("a file that is not there: %v", err)
	}
}
