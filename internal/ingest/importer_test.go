package ingest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/clientele/clientele"
	"github.com/google/go-cmp/cmp"
)

const orders = "customer_id,order_id,date,amount\n1,a,2024-01-05,9.99\n2,b,2024-01-06,5.00\n"

func shaOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func TestImportLandsAndLoads(t *testing.T) {
	b := newBook(t)
	got := b.take(t, "orders.csv", orders, Request{}, "")
	if got.State != StateLoaded || got.Kind != clientele.Transactions || got.Source != DefaultSource || got.Loaded != 2 || got.SHA256 != shaOf(orders) || got.Sequence != 1 {
		t.Errorf("%+v", got)
	}
	want := map[string]string{"customer": "customer_id", "order": "order_id", "time": "date", "amount": "amount"}
	if diff := cmp.Diff(want, got.Mapping); diff != "" {
		t.Error(diff)
	}
	if files := b.files(t); !slices.Equal(files, []string{shaOf(orders), shaOf(orders) + ".json"}) {
		t.Errorf("%v", files)
	}
	entries, err := b.Landing.List()
	if err != nil || len(entries) != 1 {
		t.Fatal(entries, err)
	}
	if e := entries[0]; e.Name != "orders.csv" || e.Program != "test" || e.State != "landed" || e.BatchID != got.BatchID || e.Accepted.IsZero() {
		t.Errorf("%+v", e)
	}
	f, err := b.Landing.Open(entries[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var kept bytes.Buffer
	if kept.ReadFrom(f); kept.String() != orders {
		t.Errorf("landed %q", kept.String())
	}
	// The file was read where it lies: a clean file is not prepared.
	if p := b.fake.batches[0].Input.Path; filepath.Dir(p) != b.dir+"/landing" {
		t.Errorf("loaded from %s", p)
	}
}

// A mapping that was said for one file and is remembered for the next is told.
func TestRememberedMappingIsTold(t *testing.T) {
	b := newBook(t)
	b.take(t, "plain.csv", orders, Request{}, "")
	if again := b.take(t, "plain2.csv", orders+"x9,c,2024-01-07,1\n", Request{}, ""); len(again.Warnings) != 0 {
		t.Errorf("a mapping that the file itself gives is no news: %+v", again.Warnings)
	}
	b.take(t, "doubled.csv", orders+"x8,c,2024-01-07,1\n", Request{Map: []string{"amount=amount*2"}}, "")
	again := b.take(t, "next.csv", orders+"x7,c,2024-01-07,1\n", Request{}, "")
	if len(again.Warnings) != 1 || !strings.Contains(again.Warnings[0].Message, "amount * 2, as in the last file") {
		t.Errorf("%+v", again.Warnings)
	}
	if own := b.take(t, "own.csv", orders+"x6,c,2024-01-07,1\n", Request{Map: []string{"amount=amount"}}, ""); len(own.Warnings) != 0 {
		t.Errorf("%+v", own.Warnings)
	}
}

func TestSameFileAgain(t *testing.T) {
	b := newBook(t)
	first := b.take(t, "orders.csv", orders+"bad,c,2024-01-07,1\n", Request{}, "")
	for _, r := range []Request{{}, {Map: []string{"amount=amount"}}, {Kind: clientele.Transactions, Source: "main"}, {DryRun: true}} {
		again := b.take(t, "other name.csv", orders+"bad,c,2024-01-07,1\n", r, "")
		if again.State != StateUnchanged || again.Duplicate != 2 || again.Loaded != 0 || again.Rejected != 1 || len(again.Rejects) != 1 || again.BatchID != first.BatchID {
			t.Errorf("%+v", again)
		}
	}
	if len(b.fake.batches) != 1 || len(b.files(t)) != 2 {
		t.Errorf("%v %v", b.fake.sequences(), b.files(t))
	}
}

func TestAnotherMappingIsToldAndReplaces(t *testing.T) {
	b := newBook(t)
	b.take(t, "orders.csv", orders, Request{}, "")
	later := "customer_id,order_id,date,amount\n3,c,2024-02-05,1\n"
	b.take(t, "later.csv", later, Request{}, "")
	doubled := Request{Map: []string{"amount=amount*2"}}
	told := b.take(t, "orders.csv", orders, doubled, clientele.CodeConflict)
	if told.Mapping["amount"] != "amount" || told.State != StateRefused {
		t.Errorf("%+v", told)
	}
	b.take(t, "orders.csv", orders, Request{Source: "shop"}, clientele.CodeConflict)
	doubled.Replace, doubled.DryRun = true, true
	if got := b.take(t, "orders.csv", orders, doubled, ""); got.State != StateChecked || b.fake.resets != 0 {
		t.Errorf("%+v", got)
	}
	doubled.DryRun = false
	got := b.take(t, "orders.csv", orders, doubled, "")
	if got.State != StateLoaded || got.Mapping["amount"] != "amount * 2" || got.Sequence != 3 || b.fake.resets != 1 {
		t.Errorf("%+v", got)
	}
	if s := b.fake.sequences(); !slices.Equal(s, []int64{2, 3}) {
		t.Errorf("replayed %v", s)
	}
	// The next file with these columns is read in the way last chosen.
	next := b.take(t, "next.csv", "customer_id,order_id,date,amount\n4,d,2024-03-05,1\n", Request{}, "")
	if next.Mapping["amount"] != "amount * 2" {
		t.Errorf("%+v", next.Mapping)
	}
}

func TestOneFileAsTwoKinds(t *testing.T) {
	b := newBook(t)
	text := "customer_id,country,start_date,monthly_amount\n1,DE,2024-01-05,9.99\n2,FR,2024-01-06,5.00\n"
	b.take(t, "contracts.csv", text, Request{Kind: clientele.Subscriptions, Map: []string{"recurring_amount=monthly_amount"}}, "")
	got := b.take(t, "contracts.csv", text, Request{Kind: clientele.Customers, Map: []string{"land=country", "country="}}, "")
	if got.Kind != clientele.Customers || got.State != StateLoaded || got.Attributes["land"] != "country" || got.Attributes["country"] != "" {
		t.Errorf("%+v", got)
	}
	want := []string{shaOf(text), shaOf(text) + ".customers.json", shaOf(text) + ".json"}
	if files := b.files(t); !slices.Equal(files, want) {
		t.Errorf("%v", files)
	}
	if damage, err := b.Landing.Verify(t.Context(), nil); err != nil || len(damage) > 0 {
		t.Error(damage, err)
	}
	// The same file under another kind's fields is that kind's, not a conflict.
	if again := b.take(t, "contracts.csv", text, Request{Map: []string{"plan=country"}}, clientele.CodeConflict); again.Kind != clientele.Subscriptions {
		t.Errorf("%+v", again)
	}
}

func TestRefusedAndDryLeaveNothing(t *testing.T) {
	b := newBook(t)
	bad := orders + "bad,c,2024-01-07,1\n"
	dry := b.take(t, "orders.csv", bad, Request{DryRun: true}, "")
	if dry.State != StateChecked || dry.Loaded != 2 || dry.Rejected != 1 || !dry.DryRun {
		t.Errorf("%+v", dry)
	}
	strict := b.take(t, "orders.csv", bad, Request{Strict: true}, clientele.CodeInvalid)
	if strict.State != StateRefused || len(strict.Rejects) != 1 || strict.Rejects[0].Line != 4 {
		t.Errorf("%+v", strict)
	}
	_, err := b.Import(t.Context(), write(t, "orders.csv", bad), Request{Strict: true})
	if e := (*clientele.Error)(nil); !errors.As(err, &e) || e.At.File != "orders.csv" || e.At.Line != 4 || len(e.Rows) != 1 {
		t.Errorf("%+v", err)
	}
	b.take(t, "all.csv", "customer_id,date,amount\nbad,2024-01-05,1\n", Request{}, clientele.CodeInvalid)
	b.take(t, "none.csv", "customer_id,date,amount\n", Request{}, clientele.CodeInvalid)
	b.take(t, "open.csv", "customer_id,date,amount\n\"1,2024-01-05,1\n", Request{}, clientele.CodeInvalid)
	b.take(t, "column.csv", orders, Request{Map: []string{"amount=amoun"}}, clientele.CodeInvalid)
	b.take(t, "field.csv", orders, Request{Kind: clientele.Transactions, Map: []string{"amont=amount"}}, clientele.CodeUsage)
	b.take(t, "typo.csv", orders, Request{Map: []string{"amuont=amount"}}, clientele.CodeUsage)
	b.take(t, "two kinds.csv", orders, Request{Map: []string{"amount=amount", "plan=amount"}}, clientele.CodeUsage)
	b.take(t, "syntax.csv", orders, Request{Map: []string{"amount=(amount"}}, clientele.CodeUsage)
	b.take(t, "none.csv", orders, Request{Map: []string{"amount"}}, clientele.CodeUsage)
	if _, err := b.Import(t.Context(), b.dir+"/missing.csv", Request{}); clientele.CodeOf(err) != clientele.CodeNotFound {
		t.Error(err)
	}
	if files := b.files(t); len(files) > 0 || len(b.fake.batches) > 0 {
		t.Errorf("left %v", files)
	}
}

func TestMissingFieldIsNamedWithItsMap(t *testing.T) {
	b := newBook(t)
	_, err := b.Import(t.Context(), write(t, "visits.csv", "cust,date\n1,2006-01-01\n"), Request{Kind: clientele.Transactions})
	if clientele.CodeOf(err) != clientele.CodeInvalid || !strings.Contains(err.Error(), "no column for amount") || !strings.Contains(clientele.HintOf(err), "--map amount=COLUMN. Columns: cust, date.") {
		t.Errorf("%v (%s)", err, clientele.HintOf(err))
	}
	got := b.take(t, "visits.csv", "cust,date\n1,2006-01-01\n", Request{Map: []string{"amount=0"}}, "")
	if got.Kind != clientele.Transactions || got.Mapping["customer"] != "cust" {
		t.Errorf("%+v", got)
	}
}

func TestKeptAndLoadedAtTheNextOpen(t *testing.T) {
	b := newBook(t)
	b.fake.failCommit = clientele.Errorf(clientele.CodeNoSpace, "the disk is full")
	got := b.take(t, "orders.csv", orders, Request{}, clientele.CodeNotLoaded)
	if got.State != StateKept || len(b.files(t)) != 2 {
		t.Errorf("%+v %v", got, b.files(t))
	}
	b.fake.failCommit = nil
	b.reopen(t)
	if n, err := b.LoadPending(t.Context(), nil); n != 1 || err != nil {
		t.Errorf("%d %v", n, err)
	}
	if again := b.take(t, "orders.csv", orders, Request{}, ""); again.State != StateUnchanged || again.Duplicate != 2 {
		t.Errorf("%+v", again)
	}
}

// A file that waits is loaded before a later one, so that the later one wins.
func TestPendingFilesKeepTheirOrder(t *testing.T) {
	b := newBook(t)
	b.fake.failCommit = errors.New("no")
	b.take(t, "first.csv", orders, Request{}, clientele.CodeNotLoaded)
	b.fake.failCommit = nil
	b.take(t, "second.csv", strings.Replace(orders, "9.99", "8.88", 1), Request{}, "")
	if s := b.fake.sequences(); !slices.Equal(s, []int64{1, 2}) {
		t.Errorf("loaded %v", s)
	}
}

func TestFullDisk(t *testing.T) {
	b := newBook(t)
	b.fake.failRead = clientele.Errorf(clientele.CodeNoSpace, "the disk is full")
	if got := b.take(t, "orders.csv", orders, Request{}, clientele.CodeNoSpace); got.State != StateRefused || len(b.files(t)) > 0 {
		t.Errorf("%+v %v", got, b.files(t))
	}
	if err := storageError(&os.PathError{Err: syscall.ENOSPC}); clientele.CodeOf(err) != clientele.CodeNoSpace {
		t.Error(err)
	}
}

func TestRebuildReplaysInSequence(t *testing.T) {
	b := newBook(t)
	for i := range 3 {
		b.take(t, "f.csv", fmt.Sprintf("customer_id,order_id,date,amount\n1,%d,2024-01-05,1\n", i), Request{}, "")
	}
	b.take(t, "old.txt", " 1 19970101 2.50\r\n 2 19970102 3.50\r\n", Request{Map: []string{"customer=column1", "time=column2", "amount=column3"}}, "")
	before := b.fake.batches
	b.fake.Reset(t.Context())
	b.reopen(t)
	var steps []int
	if err := b.Rebuild(t.Context(), func(done, total int) { steps = append(steps, done, total) }); err != nil {
		t.Fatal(err)
	}
	if s := b.fake.sequences(); !slices.Equal(s, []int64{1, 2, 3, 4}) || !slices.Equal(steps, []int{0, 4, 1, 4, 2, 4, 3, 4, 4, 4}) {
		t.Errorf("%v %v", s, steps)
	}
	for i, after := range b.fake.batches {
		a := before[i]
		a.Input.Path, after.Input.Path = "", ""
		if diff := cmp.Diff(a, after); diff != "" {
			t.Errorf("batch %d: %s", i, diff)
		}
	}
}

// Records that hold what landing does not know are rebuilt.
func TestStrayBatchIsDropped(t *testing.T) {
	b := newBook(t)
	b.take(t, "orders.csv", orders, Request{}, "")
	stray := b.fake.batches[0]
	stray.ID = "stray"
	b.fake.batches = append(b.fake.batches, stray)
	if n, err := b.LoadPending(t.Context(), nil); n != 1 || err != nil || b.fake.resets != 1 || len(b.fake.batches) != 1 {
		t.Errorf("%d %v %v", n, err, b.fake.sequences())
	}
}

func TestOpenLandingRemovesWhatIsNotAcknowledged(t *testing.T) {
	b := newBook(t)
	b.take(t, "orders.csv", orders, Request{}, "")
	never := shaOf("never acknowledged")
	for name, text := range map[string]string{
		"incoming-123": "half", "incoming-9.json": "{", "incoming-8.json": `{"sha256":"` + never + `"}`, never: "never acknowledged",
		"incoming-7.json": `{"sha256":"` + shaOf(orders) + `"}`, "../work/read-1/copy1": "half",
	} {
		b.lay(t, name, text)
	}
	b.reopen(t)
	if _, err := b.LoadPending(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if files := b.files(t); !slices.Equal(files, []string{shaOf(orders), shaOf(orders) + ".json"}) {
		t.Errorf("%v", files)
	}
}

// lay puts a file into landing/.
func (b *testBook) lay(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(b.dir, "landing", name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
}

// A file that lost its entry, or whose entry cannot be read, is kept and told; its
// records stay, and are not made anew without it. What does not belong there is left.
func TestAFileWithoutItsEntryIsKept(t *testing.T) {
	for name, harm := range map[string]func(path string) error{
		"lost":      os.Remove,
		"cut short": func(path string) error { return os.Truncate(path, 9) },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBook(t)
			b.take(t, "orders.csv", orders, Request{}, "")
			b.lay(t, "notes.json", "mine")
			if err := harm(b.dir + "/landing/" + shaOf(orders) + ".json"); err != nil {
				t.Fatal(err)
			}
			b.reopen(t)
			if n, err := b.LoadPending(t.Context(), nil); n != 0 || err != nil || len(b.fake.batches) != 1 {
				t.Errorf("%d %v, batches %v", n, err, b.fake.sequences())
			}
			if !slices.Contains(b.files(t), shaOf(orders)) {
				t.Error("the file is gone")
			}
			told, err := b.Landing.Unexplained()
			if err != nil || len(told) != 1 || !strings.HasPrefix(told[0].Name, shaOf(orders)) {
				t.Errorf("told %v %v", told, err)
			}
			damage, err := b.Landing.Verify(t.Context(), nil)
			if err != nil || !slices.ContainsFunc(damage, func(d Damage) bool { return strings.HasPrefix(d.Name, shaOf(orders)) }) {
				t.Errorf("verify finds %v %v", damage, err)
			}
			if err := b.Rebuild(t.Context(), nil); clientele.CodeOf(err) != clientele.CodeInvalid || len(b.fake.batches) != 1 {
				t.Errorf("rebuild: %v, batches %v", err, b.fake.sequences())
			}
			b.take(t, "orders.csv", orders, Request{}, "") // the remedy
			if told, err := b.Landing.Unexplained(); err != nil || len(told) > 0 {
				t.Errorf("after another import %v %v", told, err)
			}
		})
	}
}

// A file that has changed since it was accepted is never loaded.
func TestAChangedFileIsNotLoaded(t *testing.T) {
	b := newBook(t)
	b.take(t, "orders.csv", orders, Request{}, "")
	if err := os.Chmod(b.dir+"/landing/"+shaOf(orders), 0o600); err != nil {
		t.Fatal(err)
	}
	b.lay(t, shaOf(orders), strings.Replace(orders, "1", "2", 1))
	if err := b.Rebuild(t.Context(), nil); clientele.CodeOf(err) != clientele.CodeInvalid || len(b.fake.batches) != 1 {
		t.Errorf("rebuild: %v, batches %v", err, b.fake.sequences())
	}
	b.fake.batches = nil
	if n, err := b.LoadPending(t.Context(), nil); n != 0 || clientele.CodeOf(err) != clientele.CodeNotLoaded || len(b.fake.batches) > 0 {
		t.Errorf("%d %v, batches %v", n, err, b.fake.sequences())
	}
}

// Every changed byte of a landed file and of its entry is found.
func TestVerifyFindsEveryChangedByte(t *testing.T) {
	b := newBook(t)
	b.take(t, "orders.csv", orders, Request{}, "")
	if damage, err := b.Landing.Verify(t.Context(), nil); err != nil || len(damage) > 0 {
		t.Fatal(damage, err)
	}
	for _, name := range b.files(t) {
		path := b.dir + "/landing/" + name
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0o600); err != nil {
			t.Fatal(err)
		}
		for i := range whole {
			changed := bytes.Clone(whole)
			changed[i] ^= 1 << (i % 8)
			if err := os.WriteFile(path, changed, 0o600); err != nil {
				t.Fatal(err)
			}
			damage, err := b.Landing.Verify(t.Context(), nil)
			if err != nil || !slices.ContainsFunc(damage, func(d Damage) bool { return d.Name == name && d.Reason != "" }) {
				t.Fatalf("%s, byte %d: %v %v", name, i, damage, err)
			}
		}
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(b.dir + "/landing/" + shaOf(orders)); err != nil {
		t.Fatal(err)
	}
	if damage, _ := b.Landing.Verify(t.Context(), nil); len(damage) != 1 || damage[0].Reason != "the file is missing" {
		t.Error(damage)
	}
}

// A part of a large file misleads; the rejects that follow have the whole of it
// looked at, and it is read again.
func TestTypesAreSettledAgainWhenRowsAreRejected(t *testing.T) {
	b := newBook(t)
	var text strings.Builder
	text.WriteString("customer_id;date;amount\n")
	for i := range 220_000 {
		fmt.Fprintf(&text, "%d;2024-01-05;100\n", i)
		if i == 60_000 { // between the slices
			text.WriteString("7;2024-01-05;1,50\nbad;2024-01-05;1,50\n")
		}
	}
	got := b.take(t, "f.csv", text.String(), Request{}, "")
	if got.Rejected != 1 || got.Loaded != 220_001 {
		t.Errorf("%d %d", got.Rejected, got.Loaded)
	}
	if c := b.fake.batches[0].Input.Columns[2]; c.Mark != "," || b.fake.loads != 2 {
		t.Errorf("%+v after %d loads", c, b.fake.loads)
	}
}

func TestInterruptedImportLeavesNothing(t *testing.T) {
	b := newBook(t)
	b.fake.failRead = errors.New("interrupted")
	b.take(t, "f.csv", " 1 19970101 2.50\r\n 2 19970102 3.50\r\n", Request{Map: []string{"customer=column1", "time=column2", "amount=column3"}}, clientele.CodeInternal)
	if files := b.files(t); len(files) > 0 {
		t.Errorf("left %v", files)
	}
}

func TestColumnsAreTypedByTheirUse(t *testing.T) {
	b := newBook(t)
	b.take(t, "f.csv", "customer_id,date,amount,note\n17850.0,20150203,9.99,5\n00017850,20150204,5,6\n", Request{}, "")
	var got []string
	for _, c := range b.fake.batches[0].Input.Columns {
		got = append(got, string(c.Type)+c.Layout)
	}
	// An id is text whatever it looks like; what no field uses is not typed.
	if want := []string{"text", "date%Y%m%d", "decimal", "text"}; !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

// Who asks is told of every import that changes the records, and of no other.
func TestChangesAreTold(t *testing.T) {
	b := newBook(t)
	told := 0
	b.Changed = func(context.Context) { told++ }
	b.take(t, "orders.csv", orders, Request{DryRun: true}, "")
	b.take(t, "orders.csv", "", Request{}, clientele.CodeInvalid)
	if told != 0 {
		t.Errorf("%d changes without one", told)
	}
	b.take(t, "orders.csv", orders, Request{}, "")
	b.take(t, "orders.csv", orders, Request{}, "") // the same again
	if told != 1 {
		t.Errorf("one change was told %d times", told)
	}
}

func TestProgressIsTold(t *testing.T) {
	b := newBook(t)
	var stages []Stage
	b.take(t, "f.csv", orders, Request{Progress: func(p Progress) { stages = append(stages, p.Stage) }}, "")
	if !slices.Contains(stages, StageReading) {
		t.Errorf("%v", stages)
	}
}
