package app_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/access"
	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/privacy"
	"github.com/clientele/clientele/internal/store"
)

const shopify = `Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Billing Name,Refunded Amount,Id
#1001,Anna@Example.com,paid,2023-01-05,EUR,30.00,5.00,0,35.00,2023-01-05 10:00:00 +0100,2,Tea,10.00,Anna Example,0,9001
#1001,,,,,,,,,2023-01-05 10:00:00 +0100,1,Pot,10.00,,,
#1002,bert@example.com,paid,2023-02-05,EUR,20.00,0,0,20.00,2023-02-05 10:00:00 +0100,2,Tea,10.00,Bert Example,5.00,9002
#1003,carla@example.com,paid,2023-02-06,EUR,20.00,0,0,20.00,2023-02-06 10:00:00 +0100,2,Tea,10.00,Carla Example,0,9003
`

// A recognised export is read the same after people were erased from it, also twice, and
// the next of its kind is recognised still.
func TestErasedFromRecognisedExports(t *testing.T) {
	s := settings()
	s.Currency = "EUR"
	b := newBook(t, t.TempDir(), s)
	defer func() { closeBook(t, b) }()
	load(t, b, written(t, "orders.csv", shopify), ingest.Request{Map: []string{"channel=Currency"}})
	want := told(t, b)
	for i, id := range []string{"anna@example.com", "bert@example.com"} {
		if r := erase(t, b, []string{id}); r.Number != int64(i+1) || len(r.Files) != 1 {
			t.Errorf("%+v", r)
		}
		if diff := cmp.Diff(want, told(t, b)); diff != "" {
			t.Errorf("after %d: %s", i+1, diff)
		}
	}
	entries, err := b.Landing.List()
	if err != nil || len(entries) != 1 || len(entries[0].Replaces) != 2 {
		t.Fatalf("%+v, %v", entries, err)
	}
	text, err := os.ReadFile(filepath.Join(b.Path, "landing", entries[0].SHA256))
	if err != nil {
		t.Fatal(err)
	}
	for _, gone := range []string{"anna", "Anna", "bert", "Bert", "#1001", "9002"} {
		if bytes.Contains(text, []byte(gone)) {
			t.Errorf("%s is still in\n%s", gone, text)
		}
	}
	if !bytes.Contains(text, []byte("Carla Example")) {
		t.Errorf("Carla is not in\n%s", text)
	}
	if r := load(t, b, written(t, "orders.csv", shopify), ingest.Request{}); r.State != ingest.StateUnchanged {
		t.Errorf("the file that people were erased from is %s", r.State)
	}
	if _, err := b.Importer.Import(t.Context(), written(t, "orders.csv", shopify), ingest.Request{Replace: true, Map: []string{"channel=Email"}}); clientele.CodeOf(err) != clientele.CodeConflict {
		t.Errorf("read otherwise: %v", err)
	}
	next := strings.NewReplacer("#100", "#200", "2023-0", "2024-0").Replace(shopify)
	r := load(t, b, written(t, "next.csv", next), ingest.Request{})
	if r.Preset != "" && r.Preset != "Shopify orders" || r.Mapping["channel"] != "Currency" || !strings.Contains(string(mustJSON(t, r.Warnings)), "left out") {
		t.Errorf("%+v", r)
	}
	if found := holdersOf(t, b.Path, "anna@", "bert@"); len(found) > 0 {
		t.Errorf("%v", found)
	}
	if v := verified(t, b); len(v) > 0 {
		t.Errorf("%+v", v)
	}
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// holdersOf are the files of a book that hold one of some texts.
func holdersOf(t *testing.T, book string, texts ...string) (found []string) {
	t.Helper()
	was := marks
	defer func() { marks = was }()
	marks = texts
	return holders(t, book)
}

// What is handed out is everything, and nobody else's.
func TestExportOfAPerson(t *testing.T) {
	b := newBook(t, t.TempDir(), settings())
	defer func() { closeBook(t, b) }()
	load(t, b, written(t, "orders.csv", "order,customer,time,amount,name\n1,c-1,2023-01-01,5.00,=Anna\n2,c-2,2023-01-01,6.00,Bert\n3,c-1,soon,7.00,Anna\n4,c-3,2023-01-01,7.00,C\n"), ingest.Request{})
	load(t, b, written(t, "customers.csv", "customer,country\nc-1,DE\nc-2,FR\n"), ingest.Request{Kind: clientele.Customers})
	var out bytes.Buffer
	if err := b.Privacy.Export(t.Context(), " c-1 ", &out); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		texts[f.Name] = string(whole(t, r))
	}
	if got := texts["files/1-transactions.csv"]; got != "order,customer,time,amount,name\n1,c-1,2023-01-01,5.00,'=Anna\n3,c-1,soon,7.00,Anna\n" {
		t.Errorf("%q", got)
	}
	if got := texts["records/customers.csv"]; !strings.Contains(got, "country,DE") {
		t.Errorf("%q", got)
	}
	var c privacy.Copy
	if err := json.Unmarshal([]byte(texts["everything.json"]), &c); err != nil || len(c.Files) != 2 || len(c.Records) != 2 || strings.Contains(texts["everything.json"], "Bert") {
		t.Errorf("%+v, %v", c, err)
	}
	events, err := b.Audit.Page(t.Context(), 0, 10, nil)
	if err != nil || len(events) != 1 || events[0].Action != "customer.exported" || strings.Contains(string(mustJSON(t, events)), "c-1") {
		t.Errorf("%+v, %v", events, err)
	}
}

// What people signed cannot be written anew: the receipt says that it names them still.
func TestWhatRemainsIsTold(t *testing.T) {
	b := closedBook(t, 20)
	defer func() { closeBook(t, b) }()
	load(t, b, written(t, "of person-4711.csv", "order,customer,time,amount\nx,person-4711,2023-10-05,1.00\ny,c1,2023-12-31,1.00\n"), ingest.Request{})
	if _, err := b.Closings.Close(t.Context(), "2023-Q4", "Ada", nil); err != nil {
		t.Fatal(err)
	}
	r := erase(t, b, []string{"person-4711"})
	if !slices.Equal(r.Remains, []privacy.Remains{{Where: "operations.sqlite: close", Texts: 1}}) || strings.Contains(r.Files[0].Name, "4711") {
		t.Errorf("%+v", r)
	}
	if v := verified(t, b); len(v) > 0 {
		t.Errorf("%+v", v)
	}
}

// Rejected rows past their period are emptied, once.
func TestRejectsPastTheirPeriod(t *testing.T) {
	b := newBook(t, t.TempDir(), settings())
	load(t, b, written(t, "orders.csv", "order,customer,time,amount\n1,c-1,2023-01-01,5.00\n2,c-2,soon,6.00\n3,c-3\n4,c-4,2023-01-01,7.00\n5,c-5,2023-01-01,7.00\n6,c-6,2023-01-01,7.00\n7,c-6,2023-01-01,7.00\n"), ingest.Request{})
	entries, err := b.Landing.List()
	if err != nil {
		t.Fatal(err)
	}
	closeBook(t, b)
	note := filepath.Join(b.Path, "landing", entries[0].SHA256+".json")
	text, err := os.ReadFile(note)
	if err != nil {
		t.Fatal(err)
	}
	year := []byte(entries[0].Accepted.Format("2006-"))
	put(t, note, bytes.Replace(text, append([]byte(`"accepted": "`), year...), []byte(`"accepted": "2020-`), 1))
	toml, err := os.ReadFile(filepath.Join(b.Path, "book.toml"))
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(b.Path, "book.toml"), append(toml, "\n[retention]\nrejects = '1y'\n"...))
	if b, err = app.Open(t.Context(), b.Path, app.Watcher{}); err != nil {
		t.Fatal(err)
	}
	defer func() { closeBook(t, b) }()
	r, err := b.Privacy.Retain(t.Context(), "Ada", nil)
	if err != nil || r.Persons != 0 || len(r.Files) != 1 || r.Files[0].Rows != 2 || len(r.Digests) != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err := b.Privacy.Retain(t.Context(), "Ada", nil); err != nil || r.Number != 0 {
		t.Errorf("again: %+v, %v", r, err)
	}
	if batches, err := b.Records.Loaded(t.Context()); err != nil || batches[0].Report.Rejected != 2 || batches[0].Report.Read != 7 {
		t.Errorf("%+v, %v", batches, err)
	}
	if found := holdersOf(t, b.Path, "soon"); len(found) > 0 {
		t.Errorf("%v", found)
	}
}

// Work that waits, or is under way, does not keep anybody from being erased; files that wait
// to be imported do.
func TestErasingWhileThereIsWork(t *testing.T) {
	b := newBook(t, t.TempDir(), settings())
	defer func() { closeBook(t, b) }()
	load(t, b, written(t, "orders.csv", ordersOf(20)), ingest.Request{})
	erased := func(id string) error {
		_, err := b.Privacy.Erase(t.Context(), privacy.Request{IDs: []string{id}, Why: "asked", By: "Ada"})
		return err
	}
	waiting, err := b.Jobs.Add(t.Context(), access.StatementJob, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := erased("c1"); err != nil {
		t.Error(err)
	}
	if j, err := b.Jobs.Job(t.Context(), waiting.ID); err != nil || j.State != store.JobQueued {
		t.Errorf("%+v %v", j, err)
	}
	file, err := b.Jobs.Add(t.Context(), access.ImportJob, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := erased("c2"); clientele.CodeOf(err) != clientele.CodeConflict {
		t.Errorf("erased beside an import: %v", err)
	}
	if _, err := b.Jobs.Cancel(t.Context(), file.ID); err != nil {
		t.Fatal(err)
	}
	if err := erased("c2"); err != nil {
		t.Error(err)
	}
}
