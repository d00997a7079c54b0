package ui

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/internal/work"
)

func progressOf(f *fake, id string) func(store.JobProgress) {
	return func(p store.JobProgress) {
		j := f.jobs[id]
		j.State, j.Progress = store.JobRunning, p
		f.jobs[id] = j
	}
}

// finished ends a job as the worker does.
func finished(t *testing.T, j store.Job, result any, err error) store.Job {
	t.Helper()
	j.State = store.JobDone
	kept := &j.Result
	if err != nil {
		j.State, kept, result = store.JobFailed, &j.Error, err
	}
	body, err := json.Marshal(result)
	if err != nil {
		t.Fatal(err)
	}
	*kept = body
	return j
}

func text(s string) *string { return &s }

// inspectable is a file of orders with one doubtful column.
func inspectable(f *fake) {
	f.inspection = ingest.Inspection{
		Size: 45_211_400, Kind: clientele.Transactions, KindConfidence: 0.97, Source: "main", Importable: true, Preset: "shopify",
		Dialect: ingest.Layout{Format: ingest.FormatCSV, Encoding: "windows-1252", Delimiter: ";", Quote: `"`, Header: true, Compression: "gzip"},
		Columns: []ingest.ColumnInfo{
			{Column: warehouse.Column{Name: "CustomerID", Type: warehouse.TextColumn}, Samples: []string{"17850", "13047"}, Missing: .249},
			{Column: warehouse.Column{Name: "InvoiceDate", Type: warehouse.TimeColumn, Layout: "%d/%m/%Y %H:%M"}, Samples: []string{"01/12/2010 08:26"}, Ambiguous: true},
			{Column: warehouse.Column{Name: "Amount", Type: warehouse.LocaleColumn, Mark: ","}, Samples: []string{"1.234,50"}},
		},
		Mapping: []ingest.FieldProposal{
			{Field: "customer", Expression: "CustomerID", Confidence: .99, Why: "the name says so"},
			{Field: "time", Expression: "InvoiceDate", Confidence: .85, Why: "the only column of dates", Required: true},
			{Field: "amount", Expression: "Amount", Confidence: .6, Why: "the only decimals"},
		},
		Problems: []ingest.Problem{{Line: 4, Column: "InvoiceDate", Message: "day or month may come first.", Hint: "Say which."}, {Message: "the file ends inside a row."}},
		Rows:     [][]string{{"17850", "01/12/2010 08:26", "1.234,50"}},
	}
	f.preview = []map[string]*string{
		{"customer": text("17850"), "time": text("2010-12-01T08:26:00"), "amount": text("1234.50")},
		{"customer": nil, "time": text("soon"), "amount": text("1"), "rejected": text("“soon” is no date")},
	}
}

func TestFileFromDropToBook(t *testing.T) {
	f := newFake()
	inspectable(f)
	s := newTestSite(t, f)
	expect(t, s, "/data", http.StatusOK, "Bring the exports you have.", "kept, not loaded", "9f86d081", "541,909")

	w := send(t, s, "file", `C:\exports\orders.csv`, "a;b\n1;2\n")
	mapping := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(mapping, UploadPath+"/") {
		t.Fatalf("status %d to %q", w.Code, mapping)
	}
	expect(t, s, mapping, http.StatusOK, "orders.csv", "45.2\u00a0MB", "windows-1252", "semicolon", "names the columns", "Recognised as shopify",
		"17850 · 13047", "24.9%", "day or month first?", "%d/%m/%Y %H:%M", "decimal comma", "Line 4: Column InvoiceDate: day or month may come first. Say which.",
		"a guess: please look", "fairly sure", ">sure<", `value="CustomerID"`, "rejected: “soon” is no date", "2010-12-01T08:26:00")

	expect(t, s, mapping+"?kind=transactions&fields=transactions&map.amount=Quantity*UnitPrice&map.cost=&source=till&strict=on&replace=on", http.StatusOK, `name="strict" checked`)
	want := ingest.Request{Kind: clientele.Transactions, Map: []string{"amount=Quantity*UnitPrice", "cost="}, Source: "till", Name: "orders.csv", Strict: true, Replace: true}
	if diff := cmp.Diff(want, f.requested); diff != "" {
		t.Error(diff)
	}

	f.report = ingest.FileReport{
		Name: "orders.csv", State: ingest.StateLoaded, Sequence: 1, Read: 1000, Loaded: 900, Updated: 60, Duplicate: 30, Rejected: 10,
		FirstDay: &f.statement.From, LastDay: &f.statement.To, Warnings: []ingest.Problem{{Line: 3, Message: "cut inside a row.", Hint: "Export it again."}},
		Rejects: []warehouse.Reject{{Line: 12345, Column: "time", Reason: "no date", Text: "x;soon"}},
	}
	form := url.Values{"kind": {"transactions"}, "fields": {"transactions"}, "map.amount": {"Amount"}, "source": {"till"}}
	w = post(t, s, mapping+"/import", form)
	job := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || job != "/jobs/JOB0" {
		t.Fatalf("status %d to %q", w.Code, job)
	}
	runJob(t, s, f, "JOB0")
	expect(t, s, job, http.StatusOK, "orders.csv is in the book", "1,000", "900", "rejected", "12,345", "x;soon", "/data/imports/1", "Line 3: cut inside a row. Export it again.", "1 Jul 2026 to 30 Sep 2026")
	if n := uploadsLeft(t, s); n != 0 {
		t.Errorf("%d uploads remain", n)
	}
	s.ComputeAhead(t.Context()) // as the book has it after every import
	if j := f.jobs["JOB1"]; j.Kind != jobStatement {
		t.Errorf("after an import %+v is computed ahead, want the statement", j)
	}
	expect(t, s, mapping, http.StatusNotFound, "not waiting any more")
}

func TestImportThatFailsCanBeCorrected(t *testing.T) {
	f := newFake()
	inspectable(f)
	s := newTestSite(t, f)
	mapping := send(t, s, "file", "orders.csv", "a").Header().Get("Location")
	post(t, s, mapping+"/import", url.Values{"kind": {"transactions"}, "fields": {"transactions"}, "map.amount": {"Amount+1"}, "source": {"till"}})
	progressOf(f, "JOB0")(store.JobProgress{Step: "loading the records", Fraction: .25, Rows: 1200})
	expect(t, s, "/jobs/JOB0", http.StatusOK, "Importing orders.csv", `value="0.250"`, "1,200 rows")
	f.importFail = &clientele.Error{Code: clientele.CodeConflict, Message: "landed already with another mapping", Hint: "Tick the box to read it anew.",
		At: clientele.Position{File: "orders.csv", Line: 3}, Rows: []string{"row 3"}}
	runJob(t, s, f, "JOB0")
	expect(t, s, "/jobs/JOB0", http.StatusOK, "This did not work", "orders.csv:3", "another mapping", "Tick the box", "row 3", "conflict",
		strings.ReplaceAll(mapping+"?fields=transactions&kind=transactions&map.amount=Amount%2B1&source=till", "&", "&amp;"))
	expect(t, s, mapping, http.StatusOK)
}

func TestImportCanBeStoppedAndDiscarded(t *testing.T) {
	f := newFake()
	inspectable(f)
	s := newTestSite(t, f)
	mapping := send(t, s, "file", "orders.csv", "a").Header().Get("Location")
	post(t, s, mapping+"/import", nil)
	if to := post(t, s, "/jobs/JOB0/cancel", nil).Header().Get("Location"); to != "/jobs/JOB0" {
		t.Errorf("stopping leads to %q", to)
	}
	expect(t, s, "/jobs/JOB0", http.StatusOK, "Stopped", "Nothing of it was kept.", "Correct how it is read")
	if to := post(t, s, mapping+"/discard", nil).Header().Get("Location"); to != "/data" {
		t.Errorf("discarding leads to %q", to)
	}
	if n := uploadsLeft(t, s); n != 0 {
		t.Errorf("%d uploads remain", n)
	}
	for _, path := range []string{"/jobs/none/cancel", mapping + "/import"} {
		if w := post(t, s, path, nil); w.Code != http.StatusNotFound {
			t.Errorf("%s: status %d", path, w.Code)
		}
	}
}

func TestFileThatCannotBeReadYet(t *testing.T) {
	f := newFake()
	f.inspection = ingest.Inspection{Dialect: ingest.Layout{Format: ingest.FormatXLSX, Sheet: "Orders"}}
	f.previewFail = clientele.Errorf(clientele.CodeInvalid, "nothing fills time").WithHint("Name a column.")
	s := newTestSite(t, f)
	mapping := send(t, s, "file", "orders.xlsx", "a").Header().Get("Location")
	body := expect(t, s, mapping, http.StatusOK, "It cannot be read yet.", "choose …", "nothing fills time. Name a column.", "Orders", "<button disabled>Import")
	if strings.Contains(body, "What fills each field") {
		t.Error("fields are asked for before the kind of record")
	}
	expect(t, s, mapping+"?kind=nonsense", http.StatusBadRequest, "not a kind of record")
	if w := post(t, s, mapping+"/import", url.Values{"kind": {"nonsense"}}); w.Code != http.StatusBadRequest {
		t.Errorf("importing nonsense: status %d", w.Code)
	}
}

func TestFieldsOfAnotherKindAreForgotten(t *testing.T) {
	asked, err := importWorkOf("T", url.Values{"kind": {"customers"}, "fields": {"transactions"}, "map.customer": {"Name"}})
	if err != nil || asked.Kind != clientele.Customers || asked.Map != nil {
		t.Errorf("%+v, %v: want customers with nothing mapped", asked, err)
	}
}

func TestCustomersNameTheirAttributes(t *testing.T) {
	f := newFake()
	f.inspection = ingest.Inspection{
		Kind: clientele.Customers, Importable: true, Attributes: map[string]string{"plan": "Plan", "country": "Land"},
		Dialect: ingest.Layout{Format: ingest.FormatCSV, Delimiter: "~"},
	}
	s := newTestSite(t, f)
	expect(t, s, send(t, s, "file", "c.csv", "a").Header().Get("Location"), http.StatusOK, "attribute: country, plan.", "none", "is a row", "~")
}

func TestUploadsThatAreNone(t *testing.T) {
	s := newTestSite(t, newFake())
	for name, w := range map[string]int{
		"no form":      post(t, s, UploadPath, nil).Code,
		"no file":      send(t, s, "other", "x.csv", "a").Code,
		"no file name": send(t, s, "file", "", "a").Code,
	} {
		if w != http.StatusBadRequest {
			t.Errorf("%s: status %d", name, w)
		}
	}
	if w := send(t, s, "file", "x.csv", ""); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("an empty file: status %d", w.Code)
	}
	if n := uploadsLeft(t, s); n != 0 {
		t.Errorf("%d refused uploads remain", n)
	}
}

func TestRejects(t *testing.T) {
	f := newFake()
	f.rejects = slices.Repeat([]warehouse.Reject{{Line: 12345, Column: "time", Reason: "no date: =HYPERLINK()", Text: "=cmd|'x'"}}, 130)
	f.rejects[0].Line = 0
	s := newTestSite(t, f)
	expect(t, s, "/data/imports/1", http.StatusOK, "orders-2026.csv", "12,345", "These are the first 100", "/data/imports/1/rejects.csv")
	w := get(t, s, "/data/imports/1/rejects.csv")
	rows := strings.Split(strings.TrimSpace(w.Body.String()), "\n")
	if len(rows) != 131 || rows[2] != "12345,time,no date: =HYPERLINK(),'=cmd|'x'" {
		t.Errorf("%d rows, the third %q", len(rows), rows[2])
	}
	expect(t, s, "/data/imports/2", http.StatusOK, "No row was rejected", "kept, not loaded")
	if w := get(t, s, "/data/imports/x/rejects.csv"); w.Code != http.StatusNotFound {
		t.Errorf("status %d", w.Code)
	}
}

func TestDataPageOfAnEmptyBook(t *testing.T) {
	f := newFake()
	f.imports = nil
	expect(t, newTestSite(t, f), "/data", http.StatusOK, "Nothing is in the book yet")
}

func TestReportsOfOtherStates(t *testing.T) {
	f := newFake()
	s := newTestSite(t, f)
	for state, want := range map[ingest.State]string{ingest.StateUnchanged: "was in the book already", ingest.StateKept: "is kept, and not loaded yet"} {
		payload, err := json.Marshal(work.Import{Name: "a.csv"})
		if err != nil {
			t.Fatal(err)
		}
		f.jobs["J"] = finished(t, store.Job{ID: "J", Kind: jobImport, Payload: payload}, ingest.FileReport{Name: "a.csv", State: state}, nil)
		expect(t, s, "/jobs/J", http.StatusOK, "a.csv "+want)
	}
}

// A file that is kept but not loaded is no failure of whoever brought it: the
// page says that it is safe, and loads it when there is room.
func TestKeptFileCanBeLoaded(t *testing.T) {
	f := newFake()
	s := newTestSite(t, f)
	payload, err := json.Marshal(work.Import{Name: "a.csv"})
	if err != nil {
		t.Fatal(err)
	}
	kept := clientele.Errorf(clientele.CodeNotLoaded, "a.csv is kept safely, but could not be loaded: the disk is full").
		WithHint("It loads when the book is opened next. If the disk is full, make room first.")
	f.jobs["J"] = finished(t, store.Job{ID: "J", Kind: jobImport, Payload: payload}, nil, kept)
	body := expect(t, s, "/jobs/J", http.StatusOK, "a.csv is kept, and not loaded yet", "the disk is full", "make room first", "in no figure until then", `action="/jobs/J/again"`)
	if strings.Contains(body, "did not work") || strings.Contains(body, "Correct how it is read") {
		t.Error("a kept file is told as one that is read wrongly")
	}
	w := post(t, s, "/jobs/J/again", nil)
	again := f.jobs[strings.TrimPrefix(w.Header().Get("Location"), "/jobs/")]
	if again.State != store.JobQueued || again.Kind != jobImport || string(again.Payload) != string(payload) {
		t.Errorf("%d %+v", w.Code, again)
	}
	if w := post(t, s, "/jobs/none/again", nil); w.Code != http.StatusNotFound {
		t.Errorf("status %d", w.Code)
	}
}

func TestFailedStatementCanBeTriedAgain(t *testing.T) {
	f := newFake()
	s := newTestSite(t, f)
	f.jobs["J"] = finished(t, store.Job{ID: "J", Kind: jobStatement}, nil, clientele.Errorf(clientele.CodeBusy, "the machine is busy"))
	expect(t, s, jobHref("J", "/?by=plan"), http.StatusOK, "This did not work", "the machine is busy", `href="/?by=plan"`, "Try again")
}

func TestProgressOfAnImport(t *testing.T) {
	for _, c := range []struct {
		p    ingest.Progress
		want store.JobProgress
	}{
		{ingest.Progress{Stage: ingest.StageReading, Done: 1, Total: 4}, store.JobProgress{Step: "reading the file", Fraction: .25}},
		{ingest.Progress{Stage: ingest.StageReading, Done: 1}, store.JobProgress{Step: "reading the file", Fraction: -1}},
		{ingest.Progress{Stage: ingest.StageLoading, Done: 7}, store.JobProgress{Step: "loading the records", Fraction: -1, Rows: 7}},
	} {
		if got := jobProgress(c.p); got != c.want {
			t.Errorf("%+v: %+v, want %+v", c.p, got, c.want)
		}
	}
}

// Questions that are named anew take what was proposed for others with them.
func TestMappingOfQuestions(t *testing.T) {
	form := url.Values{"kind": {"feedback"}, "fields": {"feedback"}, "map.question": {"Q7*"}, "questions": {""}, "map.score": {""}, "map.time": {"When"}}
	asked, err := importWorkOf("T", form)
	if want := []string{"question=Q7*", "time=When"}; err != nil || !slices.Equal(asked.Map, want) {
		t.Errorf("%q, want %q, %v", asked.Map, want, err)
	}
	form.Set("questions", "Q7*") // they are those that the other fields are of
	asked, err = importWorkOf("T", form)
	if want := []string{"question=Q7*", "time=When", "score="}; err != nil || !slices.Equal(asked.Map, want) {
		t.Errorf("%q, want %q, %v", asked.Map, want, err)
	}
	f := newFake()
	f.inspection = ingest.Inspection{Name: "f.csv", Kind: clientele.Feedback, Questions: `"wifi", "food"`}
	s := newTestSite(t, f)
	w := send(t, s, "file", "f.csv", "a,b\n1,2\n")
	expect(t, s, w.Header().Get("Location"), http.StatusOK, `name="map.question" value="&#34;wifi&#34;, &#34;food&#34;"`, `name="questions" value="&#34;wifi&#34;, &#34;food&#34;"`)
}
