package api

import (
	"context"
	"encoding/json"
	"iter"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/audit"
	"github.com/clientele/clientele/internal/closing"
	"github.com/clientele/clientele/internal/contract"
	"github.com/clientele/clientele/internal/definition"
	"github.com/clientele/clientele/internal/event"
	"github.com/clientele/clientele/internal/goal"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/journey"
	"github.com/clientele/clientele/internal/measure"
	"github.com/clientele/clientele/internal/path"
	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/privacy"
	"github.com/clientele/clientele/internal/statement"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/store/sqlite"
	"github.com/clientele/clientele/internal/theme"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/internal/work"
)

// fake is a program below the API: capabilities that answer anything that their types can
// say, and the real accounts, audit, work and store.
type fake struct {
	rand    *rand.Rand
	pending bool // nothing is computed yet
	empty   bool // there are no records
	failure error
	goal    goal.Goal
	taken   []byte // of the last batch
	calls   int    // of Propose
	wait    chan struct{}
}

// some is a value of a type with everything that it can hold, or not.
func some[T any](f *fake) (v T) {
	f.fill(reflect.ValueOf(&v).Elem(), 0)
	return v
}

func (f *fake) fill(v reflect.Value, depth int) {
	switch t := v.Type(); {
	case t == reflect.TypeFor[clientele.Money]():
		v.Set(reflect.ValueOf(clientele.MustMoney([]string{"0", "-12.5", "1234567.891"}[f.rand.IntN(3)])))
		return
	case t == reflect.TypeFor[clientele.Date]():
		v.SetInt(int64(f.rand.IntN(20000)))
		return
	case t == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Unix(f.rand.Int64N(2e9), 0).UTC()))
		return
	case t == reflect.TypeFor[json.RawMessage]():
		v.SetBytes([]byte([]string{`{"a":1}`, `null`, `[]`}[f.rand.IntN(3)]))
		return
	case words[t] != nil:
		v.SetString(words[t][f.rand.IntN(len(words[t]))].(string))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if f.rand.IntN(3) > 0 && depth < 8 {
			v.Set(reflect.New(v.Type().Elem()))
			f.fill(v.Elem(), depth+1)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				f.fill(v.Field(i), depth+1)
			}
		}
	case reflect.Slice:
		if n := f.rand.IntN(3); n > 0 && depth < 6 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				f.fill(v.Index(i), depth+1)
			}
		}
	case reflect.Map:
		if f.rand.IntN(2) > 0 {
			v.Set(reflect.MakeMap(v.Type()))
			item := reflect.New(v.Type().Elem()).Elem()
			f.fill(item, depth+1)
			v.SetMapIndex(reflect.ValueOf("key").Convert(v.Type().Key()), item)
		}
	case reflect.String:
		v.SetString([]string{"", "text", "<é>\u2028"}[f.rand.IntN(3)])
	case reflect.Bool:
		v.SetBool(f.rand.IntN(2) > 0)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(int64(f.rand.IntN(1000)) - 10)
	case reflect.Float64:
		v.SetFloat(f.rand.NormFloat64())
	}
}

func made[T any](f *fake) (T, error) { return some[T](f), f.failure }

func computed[T any](f *fake) (T, bool, error) { return some[T](f), !f.pending, f.failure }

func (f *fake) Settings(context.Context) (clientele.Settings, error) {
	return made[clientele.Settings](f)
}

func (f *fake) Imports(context.Context) ([]clientele.ImportRef, error) {
	var all []clientele.ImportRef
	for i := range 5 {
		im := some[clientele.ImportRef](f)
		im.Sequence = int64(i + 1)
		all = append(all, im)
	}
	return all, f.failure
}

type fakeStatements struct{ *fake }

func (f fakeStatements) Ready(context.Context, statement.Request) (clientele.Statement, bool, error) {
	st := some[clientele.Statement](f.fake)
	north := some[clientele.Statement](f.fake)
	north.Segment, st.Segments = "north", []clientele.Statement{north}
	return st, !f.pending, f.failure
}

func (f fakeStatements) Explain(_ context.Context, r statement.ExplainRequest) (statement.Explanation, error) {
	x := some[statement.Explanation](f.fake)
	x.Count, x.Rows = 5, make([]warehouse.ExplainRow, max(0, min(r.Limit, 5-int(r.Offset)))) // five in all
	for i := range x.Rows {
		x.Rows[i].Heads = r.Offset + int64(i)
	}
	return x, f.failure
}

func (f fakeStatements) ReadyEquityMovement(context.Context, statement.EquityRequest) (clientele.EquityMovement, bool, error) {
	return computed[clientele.EquityMovement](f.fake)
}

func (f fakeStatements) ExplainEquity(context.Context, statement.ExplainEquityRequest) (statement.EquityExplanation, error) {
	return made[statement.EquityExplanation](f.fake)
}

func (f fakeStatements) ReadyAcquisition(context.Context, clientele.Date) (clientele.Acquisition, bool, error) {
	return computed[clientele.Acquisition](f.fake)
}

func (f fakeStatements) Periods(context.Context) (statement.Periods, bool, error) {
	return some[statement.Periods](f.fake), !f.empty, f.failure
}

func (f fakeStatements) Attributes(context.Context) ([]string, error) {
	return []string{"region"}, f.failure
}

func (f *fake) Examined(context.Context, clientele.Date) (clientele.ModelRun, bool, error) {
	return computed[clientele.ModelRun](f)
}

type fakeContracts struct{ *fake }

func (f fakeContracts) Ready(context.Context, contract.Request) (clientele.ContractReport, bool, error) {
	return computed[clientele.ContractReport](f.fake)
}

type fakeMeasures struct{ *fake }

func (f fakeMeasures) Ready(_ context.Context, r measure.Request) (clientele.MeasureReport, bool, error) {
	if err := r.Check(); err != nil {
		return clientele.MeasureReport{}, false, err
	}
	return computed[clientele.MeasureReport](f.fake)
}

func (f fakeMeasures) ReadyOverview(context.Context) (clientele.MeasureOverview, bool, error) {
	return computed[clientele.MeasureOverview](f.fake)
}

func (f fakeMeasures) Marks(context.Context) ([]clientele.MarkedEvent, error) {
	return made[[]clientele.MarkedEvent](f.fake)
}

func (f fakeMeasures) Mark(context.Context, clientele.Date, string, string, string) (clientele.MarkedEvent, error) {
	return made[clientele.MarkedEvent](f.fake)
}

func (f fakeMeasures) Unmark(context.Context, int64, string) error { return nil }

func (f *fake) Customer(context.Context, string, int64, int) (clientele.CustomerReport, error) {
	return made[clientele.CustomerReport](f)
}

type fakePaths struct{ *fake }

func (f fakePaths) Ready(context.Context, path.Request) (clientele.PathReport, bool, error) {
	return computed[clientele.PathReport](f.fake)
}

func (f *fake) Closes(context.Context) ([]clientele.Close, error) { return made[[]clientele.Close](f) }

func (f *fake) Closed(context.Context, string) (clientele.Close, error) {
	return made[clientele.Close](f)
}

type fakeClosings struct{ *fake }

func (f fakeClosings) Compared(context.Context, clientele.Close) (closing.Restatement, bool, error) {
	return computed[closing.Restatement](f.fake)
}

func (f *fake) Versions(context.Context) ([]definition.Version, error) {
	return made[[]definition.Version](f)
}

func (f *fake) Version(context.Context, int) (definition.Version, error) {
	return made[definition.Version](f)
}

func (f *fake) Disagreements(context.Context) ([]definition.Change, error) {
	return made[[]definition.Change](f)
}

func (f *fake) Propose(_ context.Context, _ definition.Edit, why, by string) (definition.Version, error) {
	if f.wait != nil {
		<-f.wait
	}
	f.calls++
	v := some[definition.Version](f)
	v.Number, v.Why, v.ProposedBy = f.calls, why, by
	return v, f.failure
}

func (f *fake) Approve(context.Context, int, string) (definition.Version, error) {
	return made[definition.Version](f)
}

type fakeDefinitions struct{ *fake }

func (f fakeDefinitions) Compared(context.Context, definition.Question) (definition.Comparison, bool, error) {
	return computed[definition.Comparison](f.fake)
}

type fakeGoals struct{ *fake }

func (f fakeGoals) Set(_ context.Context, period string, t goal.Targets, by string) (goal.Goal, error) {
	f.goal = goal.Goal{Period: period, Targets: t, By: by, At: time.Unix(1e9, 0).UTC()}
	return f.goal, f.failure
}

func (f fakeGoals) ReadyOverview(context.Context) (goal.Overview, bool, error) {
	return computed[goal.Overview](f.fake)
}

func (f fakeGoals) Goal(_ context.Context, period string) (goal.Goal, error) {
	f.goal.Period = period
	return f.goal, f.failure
}

func (f fakeGoals) Ready(context.Context, clientele.Period) (goal.Report, bool, error) {
	return computed[goal.Report](f.fake)
}

type fakeJourneys struct{ *fake }

func (f fakeJourneys) Journeys(context.Context) ([]journey.Summary, error) {
	return made[[]journey.Summary](f.fake)
}

func (f fakeJourneys) Journey(context.Context, string) (journey.Journey, error) {
	return made[journey.Journey](f.fake)
}

func (f fakeJourneys) Stage(context.Context, string) (journey.Stage, journey.Ref, error) {
	return some[journey.Stage](f.fake), some[journey.Ref](f.fake), f.failure
}

func (f fakeJourneys) Touchpoint(context.Context, string) (journey.Profile, error) {
	return made[journey.Profile](f.fake)
}

func (f fakeJourneys) Vacancies(context.Context) (journey.Vacancies, error) {
	return made[journey.Vacancies](f.fake)
}

// Edits are five, the latest first.
func (f fakeJourneys) Edits(_ context.Context, _ string, below int64, limit int) (edits []journey.Edit, err error) {
	for n := int64(5); n > 0 && len(edits) < limit; n-- {
		if below == 0 || n < below {
			e := some[journey.Edit](f.fake)
			e.Number = n
			edits = append(edits, e)
		}
	}
	return edits, f.failure
}

func (f fakeJourneys) Add(context.Context, journey.NewPart) (journey.Done, error) {
	return made[journey.Done](f.fake)
}

func (f fakeJourneys) Change(context.Context, journey.Kind, string, int64, journey.Change) (journey.Done, error) {
	return made[journey.Done](f.fake)
}

func (f fakeJourneys) Own(context.Context, string, int64, journey.Owner) (journey.Done, error) {
	return made[journey.Done](f.fake)
}

func (f fakeJourneys) Remove(context.Context, journey.Kind, string, int64) (journey.Done, error) {
	return made[journey.Done](f.fake)
}

func (f fakeJourneys) Undo(context.Context, int64) (journey.Done, error) {
	return made[journey.Done](f.fake)
}

func (f *fake) Inspect(context.Context, string, ingest.Request) (ingest.Inspection, error) {
	return made[ingest.Inspection](f)
}

func (f *fake) Preview(context.Context, string, ingest.Request, int) ([]map[string]*string, error) {
	return made[[]map[string]*string](f)
}

func (f *fake) Loaded(context.Context) ([]warehouse.LoadedBatch, error) {
	return []warehouse.LoadedBatch{{ID: "b", Sequence: 1}}, f.failure
}

func (f *fake) Rejects(context.Context, string) iter.Seq2[warehouse.Reject, error] {
	return func(yield func(warehouse.Reject, error) bool) {
		for line := range int64(5) {
			if !yield(warehouse.Reject{Line: line + 1, Reason: "no date"}, f.failure) {
				return
			}
		}
	}
}

func (f *fake) OrderLines(_ context.Context, _ string, _ clientele.Date, offset int64, limit int) ([]warehouse.OrderLine, error) {
	var lines []warehouse.OrderLine
	for i := offset; i < 5 && len(lines) < limit; i++ {
		lines = append(lines, some[warehouse.OrderLine](f))
	}
	return lines, f.failure
}

func (f *fake) job(id string) (store.Job, error) {
	j := some[store.Job](f)
	j.ID, j.Error = id, nil
	if j.State == store.JobFailed {
		j.Error = []byte(`{"code":"invalid","message":"no","at":{"file":"a.csv","line":3}}`)
	}
	return j, f.failure
}

func (f *fake) Job(_ context.Context, id string) (store.Job, error) {
	if id == "none" {
		return store.Job{}, clientele.Errorf(clientele.CodeNotFound, "there is no job none")
	}
	return f.job(id)
}
func (f *fake) Cancel(_ context.Context, id string) (store.Job, error) { return f.job(id) }
func (f *fake) Again(_ context.Context, id string) (store.Job, error)  { return f.job(id) }
func (f *fake) Add(context.Context, string, string, any) (store.Job, error) {
	return f.job("J")
}

func (f *fake) Held(context.Context) (privacy.Holdings, error) { return made[privacy.Holdings](f) }

func (f *fake) Retention(context.Context) ([]privacy.Kept, error) { return made[[]privacy.Kept](f) }

func (f *fake) Erasures(context.Context) ([]privacy.Receipt, error) {
	return made[[]privacy.Receipt](f)
}

func (f *fake) Find(context.Context, string) (privacy.Found, error) { return made[privacy.Found](f) }

func (f *fake) Collect(context.Context, string) (privacy.Copy, error) { return made[privacy.Copy](f) }

func (f *fake) Erase(context.Context, privacy.Request) (privacy.Receipt, error) {
	return made[privacy.Receipt](f)
}

func (f *fake) Take(_ context.Context, _ string, body []byte) (event.Receipt, error) {
	f.taken = body
	return event.Receipt{Rejected: []event.Rejected{{Index: 1, Reason: "no"}}}, f.failure
}

// world is an API with what is below it, and somebody who asks.
type world struct {
	*fake
	t     testing.TB
	api   *API
	actor *policy.Actor // nil is nobody
	store *sqlite.Store
}

func newWorld(t testing.TB) *world {
	t.Helper()
	kept, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "o.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := kept.Close(); err != nil {
			t.Error(err)
		}
	})
	log := audit.New(kept, nil)
	accounts, err := people.New(kept, log, people.Options{Company: "Acme", Hashing: people.Hashing{MemoryKiB: 64, Passes: 1, Threads: 1}})
	if err != nil {
		t.Fatal(err)
	}
	f := &fake{rand: rand.New(rand.NewPCG(1, 2))}
	owner := policy.Local("root")
	return &world{f, t, New(Services{
		Book: f, Statements: fakeStatements{f}, Models: f, Contracts: fakeContracts{f}, Closings: fakeClosings{f}, Definitions: fakeDefinitions{f},
		Goals: fakeGoals{f}, Journeys: fakeJourneys{f}, Surveys: fakeSurveys{f}, Measures: fakeMeasures{f}, Cases: fakeCases{f}, Paths: fakePaths{f}, Customers: f, Themes: fakeThemes{f}, Importer: f, Records: f, Jobs: f, Work: work.Desk{Jobs: f}, Uploads: work.Uploads{Dir: t.TempDir()},
		People: accounts, Audit: log, Privacy: f, Mail: fakeMail{f}, Events: f, Replies: kept, Log: slog.New(slog.DiscardHandler),
	}), &owner, kept}
}

// request makes one, whose body is JSON if it is not empty. More are names and values of
// headers.
func request(method, path, body string, more ...string) *http.Request {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(more); i += 2 {
		r.Header.Set(more[i], more[i+1])
	}
	return r
}

func (w *world) send(r *http.Request) *httptest.ResponseRecorder {
	if w.actor != nil {
		r = r.WithContext(policy.With(r.Context(), *w.actor))
	}
	answer := httptest.NewRecorder()
	w.api.ServeHTTP(answer, r)
	return answer
}

// ask sends a request and returns the answer, and its text.
func (w *world) ask(method, path, body string, more ...string) (*httptest.ResponseRecorder, string) {
	got := w.send(request(method, path, body, more...))
	return got, got.Body.String()
}

// must asks for what has to be answered with a status, and reads the answer.
func (w *world) must(status int, into any, method, path, body string, more ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	got, text := w.ask(method, path, body, more...)
	if got.Code != status {
		w.t.Fatalf("%s %s: %d, not %d: %s", method, path, got.Code, status, text)
	}
	if into != nil {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			w.t.Fatalf("%s %s: %v: %s", method, path, err, text)
		}
	}
	return got
}

type fakeThemes struct{ *fake }

func (f fakeThemes) Ready(context.Context) (theme.Report, bool, error) {
	r, ok, err := computed[theme.Report](f.fake)
	for i := range r.Voices {
		r.Voices[i].Touchpoint = "delivery"
	}
	return r, ok, err
}

func (f fakeThemes) Theme(context.Context, string) (theme.Theme, bool, error) {
	return computed[theme.Theme](f.fake)
}

// Quotes are five.
func (f fakeThemes) Quotes(_ context.Context, _ string, offset int64, limit int) (q theme.Quotes, ok bool, err error) {
	q, ok, err = computed[theme.Quotes](f.fake)
	q.Quotes = []theme.Quote{}
	for n := offset; n < 5 && len(q.Quotes) < limit; n++ {
		q.Quotes = append(q.Quotes, theme.Quote{Text: "It came late", Side: "detractor"})
	}
	return q, ok, err
}

// Edits are five, the latest first.
func (f fakeThemes) Edits(_ context.Context, _ string, below int64, limit int) (edits []theme.Edit, err error) {
	for n := int64(5); n > 0 && len(edits) < limit; n-- {
		if below == 0 || n < below {
			e := some[theme.Edit](f.fake)
			e.Number = n
			edits = append(edits, e)
		}
	}
	return edits, f.failure
}

func (f fakeThemes) Change(context.Context, string, int64, theme.Change) (theme.Done, error) {
	return made[theme.Done](f.fake)
}

func (f fakeThemes) Undo(context.Context, int64) (theme.Done, error) {
	return made[theme.Done](f.fake)
}
