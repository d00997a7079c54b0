package warehousetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// testRepeats loads files one after another into one book each.
func testRepeats(t *testing.T, open func(testing.TB) warehouse.Warehouse) {
	type step struct {
		text     string
		sequence int64
		want     counts
	}
	const header = "customer,order,time,amount\n"
	for _, c := range []struct {
		name  string
		steps []step
		lines []string
	}{
		{"identical lines within a file", []step{
			{header + "A,1,2024-01-01,5\nA,1,2024-01-01,5\nA,,2024-01-01,5\nA,,2024-01-01,5\n", 1, counts{4, 4, 0, 0, 0}},
		}, []string{"A|1||2024-01-01|sale||5.00||", "A|1||2024-01-01|sale||5.00||", "A|||2024-01-01|sale||5.00||", "A|||2024-01-01|sale||5.00||"}},
		{"the same again", []step{
			{header + "A,1,2024-01-01,5\nA,1,2024-01-01,6\nA,,2024-01-01,5\n", 1, counts{3, 3, 0, 0, 0}},
			{header + "A,,2024-01-01,5.00\nA,1,2024-01-01,6\nA,1.0,2024-01-01,5\n", 2, counts{3, 0, 0, 3, 0}},
		}, []string{"A|1||2024-01-01|sale||5.00||", "A|1||2024-01-01|sale||6.00||", "A|||2024-01-01|sale||5.00||"}},
		{"a later version of an order", []step{
			{header + "A,1,2024-01-01,5\nA,1,2024-01-01,6\nA,2,2024-01-01,7\n", 1, counts{3, 3, 0, 0, 0}},
			{header + "A,1,2024-01-01,5\nA,3,2024-01-01,8\n", 2, counts{2, 1, 1, 0, 0}},
		}, []string{"A|1||2024-01-01|sale||5.00||", "A|2||2024-01-01|sale||7.00||", "A|3||2024-01-01|sale||8.00||"}},
		{"one line more", []step{
			{header + "A,1,2024-01-01,5\n", 1, counts{1, 1, 0, 0, 0}},
			{header + "A,1,2024-01-01,5\nA,1,2024-01-01,5\n", 2, counts{2, 0, 2, 0, 0}},
		}, []string{"A|1||2024-01-01|sale||5.00||", "A|1||2024-01-01|sale||5.00||"}},
		{"an earlier version that arrives late", []step{
			{header + "A,1,2024-01-01,5\n", 5, counts{1, 1, 0, 0, 0}},
			{header + "A,1,2024-01-01,9\n", 4, counts{1, 0, 0, 1, 0}},
		}, []string{"A|1||2024-01-01|sale||5.00||"}},
		{"lines without an order", []step{
			{header + "A,,2024-01-01,5\nA,,2024-01-01,5\n,,2024-01-01,1\n", 1, counts{3, 3, 0, 0, 0}},
			{header + "A,,2024-01-01,5\nA,,2024-01-01,5\nA,,2024-01-01,5\nA,,2024-01-02,5\n", 2, counts{4, 2, 0, 2, 0}},
			{header + "A,,2024-01-01,5\n,,2024-01-01,1\n,,2024-01-01,1\n", 3, counts{3, 1, 0, 2, 0}},
		}, []string{
			"A|||2024-01-01|sale||5.00||", "A|||2024-01-01|sale||5.00||", "A|||2024-01-01|sale||5.00||", "A|||2024-01-02|sale||5.00||",
			"|||2024-01-01|sale||1.00||", "|||2024-01-01|sale||1.00||",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := open(t)
			for _, s := range c.steps {
				expectLoad(t, w, source{text: s.text}, s.sequence, s.want)
			}
			expectLines(t, w, []string{"A", ""}, c.lines...)
			if err := w.Check(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("another source", func(t *testing.T) {
		w := open(t)
		expectLoad(t, w, source{text: header + "A,1,2024-01-01,5\n"}, 1, counts{1, 1, 0, 0, 0})
		b := source{text: header + "A,1,2024-01-01,6\n"}.write(t, 2)
		b.Source = "market"
		if r := load(t, w, b); r.Loaded != 1 {
			t.Errorf("%+v", r)
		}
	})
}

// testKeyed loads the kinds of record whose rows have a key: the same again, then a change.
func testKeyed(t *testing.T, open func(testing.TB) warehouse.Warehouse) {
	for _, c := range []struct {
		kind                  clientele.Kind
		header, first, change string
		want                  [2]counts
	}{
		{
			clientele.Subscriptions, "customer,subscription,start,end,plan",
			"A,s1,2024-01-01,,gold\nA,,2024-02-01,,gold\nB,,2024-02-01,,\n", "A,s1,2024-01-01,2024-06-30,gold\nA,,2024-02-01,,gold\nA,,2024-03-01,,gold\n",
			[2]counts{{3, 3, 0, 0, 0}, {3, 1, 1, 1, 0}},
		},
		{
			clientele.Subscriptions, "customer,subscription,start,plan",
			"A,s1,2024-01-01,gold\nA,s1,2024-01-01,silver\n", "A,s1,2024-01-01,silver\n",
			[2]counts{{2, 1, 0, 1, 0}, {1, 0, 0, 1, 0}},
		},
		{
			clientele.Interactions, "interaction,customer,touchpoint,time,outcome",
			"i1,A,delivery,2024-01-01T10:00:00Z,late\n,A,call,2024-01-02,solved\n,,call,2024-01-02,\n,,call,2024-01-02,\n",
			"i1,A,delivery,2024-01-01T10:00:00Z,lost\n,A,call,2024-01-02,solved\n,,call,2024-01-02,\n,,call,2024-01-02,\n,,call,2024-01-02,\n",
			[2]counts{{4, 4, 0, 0, 0}, {5, 1, 1, 3, 0}},
		},
		{
			clientele.Feedback, "response,customer,time,instrument,touchpoint,score",
			"r1,A,2024-01-01,nps,,9\n,B,2024-01-01,nps,call,7\n,B,2024-01-01,nps,shop,3\n,,2024-01-01,nps,,3\n,,2024-01-01,nps,,3\n",
			"r1,A,2024-01-01,nps,,10\n,B,2024-01-01,nps,call,7\n,,2024-01-01,nps,,3\n",
			[2]counts{{5, 5, 0, 0, 0}, {3, 0, 1, 2, 0}},
		},
		{
			clientele.Reasons, "customer,date,direction,reason",
			"A,2024-01-01,out,price\nA,2024-01-01,in,friend\n", "A,2024-01-01,out,service\nA,2024-01-02,out,price\nA,2024-01-01,IN,friend\n",
			[2]counts{{2, 2, 0, 0, 0}, {3, 1, 1, 1, 0}},
		},
	} {
		t.Run(string(c.kind), func(t *testing.T) {
			w := open(t)
			first := source{kind: c.kind, text: c.header + "\n" + c.first}
			expectLoad(t, w, first, 1, c.want[0])
			rows := c.want[0][0]
			expectLoad(t, w, first, 2, counts{rows, 0, 0, rows, 0})
			expectLoad(t, w, source{kind: c.kind, text: c.header + "\n" + c.change}, 3, c.want[1])
			if r := load(t, w, first.write(t, 0)); r.Updated != 0 {
				t.Errorf("an earlier version that arrives late: %+v", r)
			}
			if err := w.Check(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func testAttributes(t *testing.T, w warehouse.Warehouse) {
	steps := []struct {
		text string
		want counts
	}{
		{"customer,country,Segment name\nA,DE,gold\nB, FR ,\nB,,silver\nC,,\n", counts{4, 3, 0, 1, 0}},
		{"customer,country,Segment name\nA,DE,gold\nB,FR,\n", counts{2, 0, 0, 2, 0}},
		{"customer,country,it's\nA,IT,x\nD,DE,\n", counts{2, 1, 1, 0, 0}},
		{"customer,country\nA,\n", counts{1, 0, 0, 1, 0}},
	}
	for i, s := range steps {
		expectLoad(t, w, source{kind: clientele.Customers, text: s.text}, int64(i+1), s.want)
	}
	got, err := w.Attributes(t.Context())
	if diff := cmp.Diff(map[string]int64{"country": 3, "Segment name": 2, "it's": 1}, got); diff != "" || err != nil {
		t.Errorf("attributes (-want +got), %v:\n%s", err, diff)
	}
	for customer, want := range map[string]map[string]string{
		"A": {"country": "IT", "Segment name": "gold", "it's": "x"}, "B": {"country": "FR", "Segment name": "silver"}, "C": {}, "Z": {}, "": {}, "A' OR '1": {},
	} {
		got, err := w.AttributesOf(t.Context(), customer)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("attributes of %s (-want +got), %v:\n%s", customer, err, diff)
		}
	}
}

func testReset(t *testing.T, w warehouse.Warehouse) {
	text := "customer,order,time,amount\nA,1,2024-01-01,5\nA,1,2024-01-01,x\n"
	a, b := source{text: text}.write(t, 3), source{text: text}.write(t, 2)
	load(t, w, a)
	load(t, w, b)
	batches, err := w.Loaded(t.Context())
	if err != nil || len(batches) != 2 || batches[0].ID != b.ID || batches[1].ID != a.ID || batches[0].Sequence != 2 {
		t.Errorf("loaded %+v, %v", batches, err)
	}
	if got := countsOf(batches[0].Report); got != (counts{2, 0, 0, 1, 1}) || batches[1].Report.FirstDay.String() != "2024-01-01" {
		t.Errorf("loaded %+v", batches)
	}
	reset(t, w)
	if _, ok, err := w.Span(t.Context(), warehouse.SpanQuery{Kind: clientele.Orders}); ok || err != nil {
		t.Errorf("records after a reset: %v", err)
	}
	if batches, err := w.Loaded(t.Context()); err != nil || len(batches)+len(rejects(t, w, a.ID)) > 0 {
		t.Errorf("after a reset: %v, %v", batches, err)
	}
	if r := load(t, w, a); r.Loaded != 1 {
		t.Errorf("after a reset: %+v", r)
	}
}

// drawFile draws a file of few different lines. Orders are named by the file, so
// that no two files hold versions of one.
func drawFile(t *rapid.T, name string) string {
	var b strings.Builder
	b.WriteString("customer,order,time,quantity,unit_price\n")
	for range rapid.IntRange(0, 8).Draw(t, "rows") {
		order := rapid.SampledFrom([]string{"", "", name + "1", name + "2"}).Draw(t, "order")
		day := rapid.SampledFrom([]string{"2024-01-01", "2024-01-02", "soon"}).Draw(t, "day")
		fmt.Fprintf(&b, "%s,%s,%s,%d,%s\n", rapid.SampledFrom([]string{"A", "B", "C", ""}).Draw(t, "customer"), order, day,
			rapid.IntRange(-1, 2).Draw(t, "quantity"), rapid.SampledFrom([]string{"1", "2.50", "0.0000001"}).Draw(t, "price"))
	}
	return b.String()
}

var everyone = []string{"A", "B", "C", ""}

// testAnyOrder: files that hold no two versions of an order give the same records in
// any order, and change nothing when they arrive again.
func testAnyOrder(t *testing.T, w warehouse.Warehouse) {
	rapid.Check(t, func(rt *rapid.T) {
		files := []string{drawFile(rt, "a"), drawFile(rt, "b")}
		reset(t, w)
		loadAll(t, w, files, 1)
		want := lines(t, w, everyone...)
		for _, r := range loadAll(t, w, rapid.Permutation(files).Draw(rt, "again"), 3) {
			if r.Loaded+r.Updated > 0 {
				rt.Fatalf("a repeated file loaded rows: %+v", r)
			}
		}
		if diff := cmp.Diff(want, lines(t, w, everyone...)); diff != "" {
			rt.Fatalf("repeats changed (-before +after):\n%s", diff)
		}
		reset(t, w)
		loadAll(t, w, []string{files[1], files[0]}, 1)
		if diff := cmp.Diff(want, lines(t, w, everyone...)); diff != "" {
			rt.Fatalf("another order of files (-first +second):\n%s", diff)
		}
	})
}

func reset(t testing.TB, w warehouse.Warehouse) {
	t.Helper()
	if err := w.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// loadAll loads files one after another, numbered from a sequence on.
func loadAll(t testing.TB, w warehouse.Warehouse, files []string, sequence int64) (reports []warehouse.LoadReport) {
	t.Helper()
	for i, text := range files {
		reports = append(reports, load(t, w, source{text: text}.write(t, sequence+int64(i))))
	}
	return reports
}
