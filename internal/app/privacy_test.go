package app_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/xuri/excelize/v2"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/privacy"
	"github.com/clientele/clientele/internal/statement"
)

// Marks are in the id of everyone who is erased, and nowhere else.
var marks = []string{"kq7vwzp2", "84620917"}

// crowd is people of whom some are erased.
type crowd struct {
	gone, stay []string
	r          *rand.Rand
}

func newCrowd(gone, stay int) *crowd {
	c := &crowd{r: rand.New(rand.NewPCG(5, 6))}
	for i := range gone {
		switch i % 3 {
		case 0:
			c.gone = append(c.gone, fmt.Sprintf("anna.%s.%d@example.com", marks[0], i))
		case 1:
			c.gone = append(c.gone, fmt.Sprintf("c-%s-%d", marks[0], i))
		default:
			c.gone = append(c.gone, fmt.Sprintf("%s%05d", marks[1], i))
		}
	}
	for i := range stay {
		c.stay = append(c.stay, fmt.Sprintf("stays-%d", i))
	}
	return c
}

func (c *crowd) all() []string { return append(append([]string{}, c.gone...), c.stay...) }

func (c *crowd) day() string {
	return (clientele.MustDate("2022-01-01") + clientele.Date(c.r.IntN(700))).String()
}

// sheetID is an id as spreadsheets may write it.
func sheetID(id string) string {
	if strings.HasPrefix(id, marks[1]) {
		return " " + id + ".0"
	}
	return id
}

// orders is a CSV file with columns that nothing reads, rows that are rejected, rows that
// cannot be split, an order of two people and an order that comes again.
func (c *crowd) orders() string {
	var b strings.Builder
	b.WriteString("order,customer,e-mail,time,amount,note\n")
	for i, id := range c.all() {
		for n := range 2 {
			fmt.Fprintf(&b, "a%d-%d,%s,%s,%s,%d.%02d,\"for %s, \"\"thanks\"\"\"\n", i, n, sheetID(id), id, c.day(), 5+c.r.IntN(90), c.r.IntN(100), id)
		}
	}
	fmt.Fprintf(&b, "first,%s,,2022-01-01,1.00,\n", c.stay[0])
	fmt.Fprintf(&b, "shared,%s,,2022-05-05,10.00,\n", c.gone[0])
	fmt.Fprintf(&b, "shared,%s,,2022-05-05,3.00,a friend of %s\n", c.stay[0], c.gone[0])
	fmt.Fprintf(&b, "a1,%s,,not a day,1.00,%s\n", c.gone[1], c.gone[1])
	fmt.Fprintf(&b, "a2,%s,,2022-05-05\n", c.gone[2])
	fmt.Fprintf(&b, "a3,,%s,2022-05-05,7.77,sent by %s\n", c.gone[1], c.gone[2])
	return b.String()
}

func (c *crowd) later() string {
	var b strings.Builder
	b.WriteString("order;customer;time;amount\n")
	for i, id := range c.all() {
		if i%5 == 0 { // again, with another amount
			fmt.Fprintf(&b, "a%d-0;%s;%s;%d,50\n", i, id, c.day(), 100+c.r.IntN(90))
		}
		fmt.Fprintf(&b, "b%d;%s;%s;%d,25\n", i, id, c.day(), 1+c.r.IntN(90))
	}
	fmt.Fprintf(&b, "shared;%s;2022-06-05;4,00\n", c.stay[0])
	return b.String()
}

func (c *crowd) jsonLines() string {
	var b strings.Builder
	for i, id := range c.all() {
		if i%2 == 0 {
			fmt.Fprintf(&b, `{"order":"j%d","customer":{"id":%q,"name":"Name of %s"},"time":%q,"amount":%d.5}`+"\n", i, id, id, c.day(), 1+c.r.IntN(50))
		}
	}
	return b.String()
}

func (c *crowd) answers() string {
	var b strings.Builder
	b.WriteString("response,customer,time,instrument,score,text\n")
	for i, id := range c.all() {
		if i%4 == 0 {
			fmt.Fprintf(&b, "r%d,%s,%s,nps,%d,I am %s\n", i, id, c.day(), c.r.IntN(11), id)
		}
	}
	return b.String()
}

func (c *crowd) reasons() string {
	var b strings.Builder
	b.WriteString("customer,date,direction,reason\n")
	for i, id := range c.all() {
		if i%6 == 0 {
			fmt.Fprintf(&b, "%s,%s,out,Too dear\n", id, c.day())
		}
	}
	return b.String()
}

func (c *crowd) workbook(t *testing.T, path string) {
	t.Helper()
	f := excelize.NewFile()
	rows := [][]any{{"customer", "country", "name"}}
	for i, id := range c.all() {
		if i%2 == 0 {
			rows = append(rows, []any{id, []string{"DE", "FR"}[i/2%2], "Name of " + id})
		}
	}
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
}

type purchase struct {
	Order    string    `parquet:"order"`
	Customer string    `parquet:"customer"`
	Time     time.Time `parquet:"time,timestamp(millisecond)"`
	Amount   float64   `parquet:"amount"`
	Phone    string    `parquet:"phone"`
}

func (c *crowd) parquet(t *testing.T, path string) {
	t.Helper()
	var rows []purchase
	for i, id := range c.all() {
		if i%3 == 0 {
			rows = append(rows, purchase{fmt.Sprintf("p%d", i), id, clientele.MustDate(c.day()).Time().Add(time.Hour), float64(c.r.IntN(1000)) / 8, "of " + id})
		}
	}
	if err := parquet.WriteFile(path, rows); err != nil {
		t.Fatal(err)
	}
}

func packed(t *testing.T, path, text string, pack func(io.Writer) io.WriteCloser) {
	t.Helper()
	var b bytes.Buffer
	w := pack(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// load imports files of every kind.
func (c *crowd) load(t *testing.T, b *app.Book) {
	t.Helper()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	load(t, b, written(t, "orders.csv", c.orders()), ingest.Request{Kind: clientele.Transactions, Map: []string{"customer=customer"}})
	packed(t, at("later.csv.gz"), c.later(), func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
	load(t, b, at("later.csv.gz"), ingest.Request{Kind: clientele.Transactions})
	load(t, b, written(t, "orders.jsonl", c.jsonLines()), ingest.Request{Kind: clientele.Transactions, Map: []string{"customer=lower(customer.id)"}})
	c.workbook(t, at("customers.xlsx"))
	load(t, b, at("customers.xlsx"), ingest.Request{Kind: clientele.Customers})
	c.parquet(t, at("orders.parquet"))
	load(t, b, at("orders.parquet"), ingest.Request{Kind: clientele.Transactions, Source: "lake"})
	packed(t, at("answers.csv.zst"), c.answers(), func(w io.Writer) io.WriteCloser {
		z, err := zstd.NewWriter(w)
		if err != nil {
			t.Fatal(err)
		}
		return z
	})
	load(t, b, at("answers.csv.zst"), ingest.Request{Kind: clientele.Feedback})
	load(t, b, written(t, "reasons.csv", c.reasons()), ingest.Request{Kind: clientele.Reasons})
}

// holders are the files below a directory, or the file, that hold a mark: as they lie
// there, and unpacked.
func holders(t *testing.T, path string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(path, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if err == nil && holds(t, text) {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func holds(t *testing.T, text []byte) bool {
	t.Helper()
	small := bytes.ToLower(text)
	for _, mark := range marks {
		if bytes.Contains(small, []byte(mark)) {
			return true
		}
	}
	switch {
	case bytes.HasPrefix(text, []byte{0x1f, 0x8b}):
		r, err := gzip.NewReader(bytes.NewReader(text))
		return err == nil && holds(t, whole(t, r))
	case bytes.HasPrefix(text, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		r, err := zstd.NewReader(bytes.NewReader(text))
		return err == nil && holds(t, whole(t, r))
	case bytes.HasPrefix(text, []byte("PK\x03\x04")):
		z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			if holds(t, whole(t, r)) {
				return true
			}
		}
	}
	return false
}

func whole(t *testing.T, r io.Reader) []byte {
	t.Helper()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// told is what statements of closed periods, and of all, say exactly.
func told(t *testing.T, b *app.Book) map[string]clientele.Statement {
	t.Helper()
	told := map[string]clientele.Statement{}
	for _, p := range []clientele.Period{
		{From: clientele.MustDate("2022-10-01"), To: clientele.MustDate("2022-12-31")},
		{From: clientele.MustDate("2023-01-01"), To: clientele.MustDate("2023-03-31")},
		{From: clientele.MustDate("2022-01-01"), To: clientele.MustDate("2023-12-31")},
	} {
		st, err := b.Statements.Exact(t.Context(), statement.Request{Period: p})
		if err != nil {
			t.Fatal(err)
		}
		st.Data = nil
		told[p.String()] = st
	}
	return told
}

// forgotten checks that nothing of who is gone is in a book or its records.
func forgotten(t *testing.T, b *app.Book, c *crowd) {
	t.Helper()
	if found := holders(t, b.Path); len(found) > 0 {
		t.Errorf("the book still holds them: %v", found)
	}
	for i := 0; i < len(c.gone); i += 1 + len(c.gone)/20 {
		for r, err := range b.Records.Held(t.Context(), c.gone[i]) {
			t.Errorf("the records hold %s: %v %v", c.gone[i], r, err)
		}
	}
	entries, err := b.Landing.List()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries { // texts that the engine has packed
		for r, err := range b.Records.Rejects(t.Context(), e.BatchID) {
			if err != nil || holds(t, []byte(r.Text)) {
				t.Errorf("%s: a rejected row holds them: %q %v", e.Name, r.Text, err)
			}
		}
	}
	if v, err := b.Verify(t.Context(), app.Watcher{}); err != nil || len(v.Findings) > 0 {
		t.Errorf("%+v, %v", v.Findings, err)
	}
}

func erase(t *testing.T, b *app.Book, ids []string) privacy.Receipt {
	t.Helper()
	r, err := b.Privacy.Erase(t.Context(), privacy.Request{IDs: ids, Why: "asked for by " + ids[0], By: "Ada"})
	if err != nil {
		t.Fatalf("%v %s", err, clientele.HintOf(err))
	}
	return r
}

// Issue 5: 1,000 people erased; a byte search of every file of the book, of a backup and
// of its restore finds none of them; statements of closed periods still verify.
func TestErasedPeopleAreNowhere(t *testing.T) {
	c := newCrowd(1000, 200)
	b := newBook(t, t.TempDir(), settings())
	defer func() { closeBook(t, b) }()
	c.load(t, b)
	closed, err := b.Closings.Close(t.Context(), "2023-Q1", "Ada", nil)
	if err != nil {
		t.Fatal(err)
	}
	before := told(t, b)
	old := filepath.Join(t.TempDir(), "before.tar.zst")
	if err := b.Backup(t.Context(), old, app.Watcher{}); err != nil {
		t.Fatal(err)
	}
	upload := filepath.Join(b.Path, "uploads", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	if err := os.Mkdir(upload, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(upload, "file"), []byte(c.orders()), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := b.Store.Put(t.Context(), "explanation", []byte(strings.Join(c.gone, " "))); err != nil {
		t.Fatal(err)
	}
	if len(holders(t, old)) == 0 || len(holders(t, b.Path)) < 8 {
		t.Fatal("the search finds nobody")
	}

	receipt := erase(t, b, c.gone)
	if receipt.Persons != 1000 || len(receipt.Files) != 7 || receipt.Uploads != 1 || len(receipt.Remains) != 0 || strings.Contains(receipt.Why, marks[0]) {
		t.Errorf("%+v", receipt)
	}
	forgotten(t, b, c)
	if diff := cmp.Diff(before, told(t, b)); diff != "" {
		t.Errorf("statements changed: %s", diff)
	}
	if r, err := b.Closings.Restated(t.Context(), closed); err != nil || len(r.Changed()) > 0 {
		t.Errorf("the close is restated: %+v, %v", r.Changed(), err)
	}

	backup := filepath.Join(t.TempDir(), "after.tar.zst")
	if err := b.Backup(t.Context(), backup, app.Watcher{}); err != nil {
		t.Fatal(err)
	}
	if found := holders(t, backup); len(found) > 0 {
		t.Error("the backup holds them")
	}
	restored(t, backup, "", c, before)

	var tombstones bytes.Buffer
	if n, err := b.Privacy.WriteTombstones(t.Context(), &tombstones); n != 1000 || err != nil || holds(t, tombstones.Bytes()) {
		t.Errorf("%d tombstones, %v", n, err)
	}
	restored(t, old, written(t, "tombstones.json", tombstones.String()), c, before)
	comesAgain(t, b, c)
}

// restored makes a book of a backup, which holds nobody who was erased.
func restored(t *testing.T, backup, tombstones string, c *crowd, want map[string]clientele.Statement) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "book")
	if err := app.Restore(t.Context(), backup, tombstones, path, app.Watcher{}); err != nil {
		t.Fatal(err)
	}
	b, err := app.Open(t.Context(), path, app.Watcher{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { closeBook(t, b) }()
	forgotten(t, b, c)
	if diff := cmp.Diff(want, told(t, b)); diff != "" {
		t.Errorf("statements changed: %s", diff)
	}
}

// comesAgain: files that name them later come in without them, until they are allowed.
func comesAgain(t *testing.T, b *app.Book, c *crowd) {
	t.Helper()
	text := fmt.Sprintf("order,customer,time,amount\nz1,%s,2023-01-01,5.00\nz2,%s,2023-01-01,6.00\nz3,%s,bad,6.00\nz4,%s\n", c.gone[0], c.stay[0], c.gone[1], c.gone[2])
	r, err := b.Importer.Import(t.Context(), written(t, "again.csv", text), ingest.Request{})
	if err != nil || r.Read != 1 || r.Loaded != 1 || len(r.Warnings) == 0 || !strings.Contains(fmt.Sprint(r.Warnings), "left out, of customers who were erased: 3") {
		t.Errorf("%+v, %v", r, err)
	}
	forgotten(t, b, c)
	if _, err := b.Importer.Import(t.Context(), written(t, "all.csv", text[:strings.Index(text, "z2")]), ingest.Request{}); clientele.CodeOf(err) != clientele.CodeInvalid {
		t.Errorf("a file of nobody else: %v", err)
	}
	if r, err := b.Importer.Import(t.Context(), written(t, "orders.csv", c.orders()), ingest.Request{Kind: clientele.Transactions, Map: []string{"customer=customer"}}); err == nil && r.State != ingest.StateLoaded {
		t.Logf("the orders again: %s", r.State)
	}
	forgotten(t, b, c)
	if n, err := b.Privacy.Allow(t.Context(), c.gone[:1], "is back", "Ada"); n != 1 || err != nil {
		t.Errorf("%d allowed, %v", n, err)
	}
	if r, err := b.Importer.Import(t.Context(), written(t, "again.csv", text), ingest.Request{}); err != nil || r.Loaded != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	found, err := b.Privacy.Find(t.Context(), c.gone[0])
	if err != nil || found.Records[clientele.Transactions] != 1 {
		text, _ := json.Marshal(found) // for people
		t.Errorf("%s, %v", text, err)
	}
}
