package ui

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"log/slog"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/closing"
	"github.com/clientele/clientele/internal/contract"
	"github.com/clientele/clientele/internal/definition"
	"github.com/clientele/clientele/internal/goal"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/kept"
	"github.com/clientele/clientele/internal/measure"
	"github.com/clientele/clientele/internal/modelling"
	"github.com/clientele/clientele/internal/path"
	"github.com/clientele/clientele/internal/statement"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/web"
)

// fake is a program below the pages, in memory: what each test puts into it.
type fake struct {
	settings    clientele.Settings
	statement   *clientele.Statement // nil: not computed
	empty       bool                 // no records
	behind      bool                 // new records came since anything was computed
	failure     error                // of Latest
	explanation statement.Explanation
	asked       statement.ExplainRequest
	movement    *clientele.EquityMovement // nil: not computed
	won         *clientele.Acquisition    // nil: not computed
	contracts   *clientele.ContractReport // nil: not prepared
	noContracts bool
	measured    map[string]clientele.MeasureReport // by name; nil: not prepared
	lane        clientele.MeasureLane
	marked      []clientele.MarkedEvent
	customer    clientele.CustomerReport
	paths       *clientele.PathReport // nil: not prepared
	askedEquity statement.ExplainEquityRequest
	imports     []clientele.ImportRef
	rejects     []warehouse.Reject
	exportFail  error
	hideEquity  *clientele.Hidden // rows of ExplainEquity
	lines       []warehouse.OrderLine
	inspection  ingest.Inspection
	preview     []map[string]*string
	previewFail error
	requested   ingest.Request
	report      ingest.FileReport
	importFail  error
	jobs        map[string]store.Job
	run         *clientele.ModelRun // nil: not fitted
	modelOf     clientele.Date      // asked for last
	compareFail error
	closed      []clientele.Close
	restated    *closing.Restatement // nil: not compared
	ledgers     map[string][]store.LedgerEntry
	defined     map[string]bool // statements computed for definitions
	aimless     bool            // statements for goals are not computed
	voices      *voices         // nil: nothing was looked at
	drawn       Journeys        // nil: nothing is drawn, and nothing can be
	surveyed    Surveys         // nil: there are none, and none can be made
	directory   *directory
	audit       *auditLog
	shielded    *shielded
	mail        *outboxFake
	cases       *casesFake
	site        *testSite // that browsers are on; nil until one is opened
	noneSeen    error     // of Attributes
}

func signedAt() time.Time { return time.Date(2026, 10, 5, 9, 0, 0, 0, time.UTC) }

func (f *fake) AddEntry(_ context.Context, e store.LedgerEntry) error {
	f.ledgers[e.Ledger] = append(f.ledgers[e.Ledger], e)
	return nil
}

func (f *fake) Entries(_ context.Context, ledger string) ([]store.LedgerEntry, error) {
	return f.ledgers[ledger], f.failure
}

// defining makes statements for definitions: who lapses sooner has fewer customers.
type defining struct{ *fake }

func (d defining) Quarters(_ context.Context, by clientele.Settings) ([]definition.Quarter, error) {
	quarter := func(name, from, to string, covered bool) definition.Quarter {
		return definition.Quarter{Name: name, Period: clientele.Period{From: clientele.MustDate(from), To: clientele.MustDate(to)}, Covered: covered}
	}
	return []definition.Quarter{
		quarter("2026-Q3", "2026-07-01", "2026-09-30", !d.empty), quarter("2026-Q2", "2026-04-01", "2026-06-30", !d.empty),
		quarter("2026-Q1", "2026-01-01", "2026-03-31", by.Definition.LapseDays < 200),
	}, nil
}

func (d defining) Statement(_ context.Context, p clientele.Period, by clientele.Settings, progress definition.Progress) (clientele.Statement, error) {
	progress("counting", 1)
	d.defined[fmt.Sprint(p, by.Definition)] = true
	st := northfield()
	st.Customers.Closing += int64(by.Definition.LapseDays)
	if by.Definition.LapseDays == 1 {
		st.Equity, st.Model = nil, &clientele.ModelReport{Refused: "Too few customers."}
	}
	return st, nil
}

func (d defining) Ready(ctx context.Context, p clientele.Period, by clientele.Settings) (clientele.Statement, bool, error) {
	ready := d.defined[fmt.Sprint(p, by.Definition)]
	st, err := d.Statement(ctx, p, by, func(string, float64) {})
	d.defined[fmt.Sprint(p, by.Definition)] = ready
	return st, ready, err
}

// aiming makes statements for goals, of records that end with September 2026.
type aiming struct{ *fake }

func (a aiming) Coverage(_ context.Context, p clientele.Period) (clientele.Coverage, error) {
	if p.To > clientele.MustDate("2026-09-30") {
		return clientele.Coverage{OpeningCovered: true, Why: "the records end on 2026-09-30"}, nil
	}
	return clientele.Coverage{OpeningCovered: true, ClosingCovered: true}, nil
}

func (a aiming) Latest(context.Context) (clientele.Period, bool, error) {
	return clientele.Period{From: clientele.MustDate("2026-07-01"), To: clientele.MustDate("2026-09-30")}, !a.empty, nil
}

func (a aiming) Statement(_ context.Context, p clientele.Period, _ goal.Progress) (clientele.Statement, error) {
	a.aimless = false
	st := northfield()
	if a.statement != nil {
		st = *a.statement
	}
	if p.To < st.From {
		st.Revenue.Net = money("9000000")
	}
	return st, nil
}

func (a aiming) Ready(ctx context.Context, p clientele.Period) (clientele.Statement, bool, error) {
	if a.aimless {
		return clientele.Statement{}, false, nil
	}
	st, err := a.Statement(ctx, p, nil)
	return st, true, err
}

func (a aiming) Exact(ctx context.Context, p clientele.Period) (clientele.Statement, error) {
	return a.Statement(ctx, p, nil)
}

func (f *fake) Closes(context.Context) ([]clientele.Close, error) { return f.closed, f.failure }

func (f *fake) Closed(_ context.Context, period string) (clientele.Close, error) {
	for _, c := range f.closed {
		if c.Period == period {
			return c, nil
		}
	}
	return clientele.Close{}, clientele.Errorf(clientele.CodeNotFound, "%s is not closed", period)
}

func (f *fake) Compared(context.Context, clientele.Close) (closing.Restatement, bool, error) {
	if f.restated == nil || f.failure != nil {
		return closing.Restatement{}, false, f.failure
	}
	return *f.restated, true, nil
}

func (f *fake) Restated(_ context.Context, c clientele.Close) (closing.Restatement, error) {
	f.restated = &closing.Restatement{Period: c.Period, Hash: c.Hash, Lines: []closing.Line{
		{Line: "customers.opening", Count: true, Closed: money("18240"), Now: money("18240")},
		{Line: "customers.new", Count: true, Closed: money("2913"), Now: money("2915"), Difference: money("2")},
		{Line: "revenue.net", Closed: money("9731336.55"), Now: money("9731330.05"), Difference: money("-6.5")},
	}}
	return *f.restated, nil
}

func (f *fake) Examined(_ context.Context, day clientele.Date) (clientele.ModelRun, bool, error) {
	f.modelOf = day
	if f.run == nil || f.failure != nil {
		return clientele.ModelRun{}, false, f.failure
	}
	return *f.run, true, nil
}

func (f *fake) Examine(_ context.Context, _ clientele.Date, progress modelling.Progress) (clientele.ModelRun, error) {
	progress("fitting purchases", 0.2)
	f.run = new(fitted())
	return *f.run, nil
}

func (f *fake) Compare(_ context.Context, _ clientele.Date, progress modelling.Progress) (*clientele.ModelChoice, error) {
	progress("comparing", 0.7)
	if f.compareFail != nil {
		return nil, f.compareFail
	}
	f.run = new(compared())
	return f.run.Choice, nil
}

func (f *fake) Settings(context.Context) (clientele.Settings, error)   { return f.settings, nil }
func (f *fake) Imports(context.Context) ([]clientele.ImportRef, error) { return f.imports, nil }
func (f *fake) ContractWorth(context.Context, clientele.Date) (*clientele.ContractEquity, string, error) {
	return nil, "", nil
}

func (f *fake) Attributes(context.Context) ([]string, error) {
	return []string{"country", "plan"}, f.noneSeen
}
func (f *fake) ClosedOn(context.Context, clientele.Date) (clientele.Close, bool, error) {
	return clientele.Close{}, false, nil
}
func (f *fake) Loaded(context.Context) ([]warehouse.LoadedBatch, error) {
	return []warehouse.LoadedBatch{{ID: "batch", Sequence: 1}}, nil
}

func (f *fake) Prepare(_ context.Context, _ statement.Request, progress statement.Progress) error {
	progress("fitting the model", 0.5)
	st := northfield()
	f.statement = &st
	return nil
}

// keptAs names an answer by what it says.
func (f *fake) keptAs(answer any) kept.Is {
	text, err := json.Marshal(answer)
	if err != nil {
		panic(err)
	}
	return kept.Is{Key: string(text), Current: !f.behind}
}

func (f *fake) Latest(context.Context, statement.Request) (st clientele.Statement, is kept.Is, err error) {
	if f.statement == nil || f.failure != nil {
		return clientele.Statement{}, is, f.failure
	}
	return *f.statement, f.keptAs(*f.statement), nil
}

func (f *fake) Explain(_ context.Context, r statement.ExplainRequest) (statement.Explanation, error) {
	f.asked = r
	e := f.explanation
	e.Line, e.Period = r.Line, r.Period
	return e, nil
}

func (f *fake) PrepareEquityMovements(_ context.Context, _ statement.Request, progress statement.Progress) error {
	progress("moving", 0.5)
	m := moved()
	f.movement = &m
	return nil
}

func (f *fake) LatestEquityMovement(_ context.Context, r statement.EquityRequest) (m clientele.EquityMovement, is kept.Is, err error) {
	if f.movement == nil || f.failure != nil {
		return clientele.EquityMovement{}, is, f.failure
	}
	m = *f.movement
	m.Horizon = r.Horizon
	if m.Attribute = r.By; r.By == "" {
		m.Segments = nil
	}
	return m, f.keptAs(m), nil
}

// measuresFake measures a fake.
type measuresFake struct{ *fake }

func (f measuresFake) Ready(_ context.Context, r measure.Request) (m clientele.MeasureReport, ok bool, err error) {
	if f.failure != nil {
		return m, false, f.failure
	}
	m, ok = f.measured[r.Name]
	if m.By = r.By; r.By == "" {
		m.Segments = nil
	}
	m.Events = f.marked
	return m, ok, nil
}

func (f measuresFake) ReadyOverview(context.Context) (o clientele.MeasureOverview, ok bool, err error) {
	for _, d := range measure.Library() {
		if m, ok := f.measured[d.Name]; ok {
			o.Measures = append(o.Measures, m)
		}
	}
	return o, f.measured != nil, f.failure
}

func (f measuresFake) Prepare(context.Context, measure.Request) error {
	f.measured = measurements()
	return f.failure
}

func (f measuresFake) Touchpoints(context.Context) ([]warehouse.Touchpoint, error) {
	return []warehouse.Touchpoint{{Name: "delivery"}, {Name: "<phone>"}}, nil
}

func (f measuresFake) LatestLane(context.Context) (clientele.MeasureLane, bool, error) {
	return f.lane, f.lane.Touchpoints != nil, f.failure
}

func (f measuresFake) Mark(_ context.Context, day clientele.Date, name, touchpoint, by string) (m clientele.MarkedEvent, err error) {
	m = clientele.MarkedEvent{Number: int64(len(f.marked) + 1), Day: day, Name: name, Touchpoint: touchpoint, By: by}
	f.marked = append(f.marked, m)
	return m, f.failure
}

func (f measuresFake) Unmark(_ context.Context, number int64, _ string) error {
	f.marked = slices.DeleteFunc(f.marked, func(m clientele.MarkedEvent) bool { return m.Number == number })
	return f.failure
}

// customersFake tells of one customer of a fake.
type customersFake struct{ *fake }

func (f customersFake) Customer(_ context.Context, id string, _ int64, _ int) (clientele.CustomerReport, error) {
	if f.customer.Customer != id {
		return clientele.CustomerReport{}, clientele.Errorf(clientele.CodeNotFound, "nothing is on record of this customer")
	}
	return f.customer, f.failure
}

// pathsFake observes paths of a fake.
type pathsFake struct{ *fake }

func (f pathsFake) Ready(_ context.Context, r path.Request) (p clientele.PathReport, ok bool, err error) {
	if f.paths == nil || f.failure != nil {
		return p, false, f.failure
	}
	p = *f.paths
	if p.By = r.By; r.By == "" {
		p.Segments = nil
	}
	return p, true, nil
}

func (f pathsFake) Prepare(context.Context, path.Request) error {
	f.paths = new(walked())
	return f.failure
}

// contractsFake reports on the contracts of a fake.
type contractsFake struct{ *fake }

func (f contractsFake) Ready(context.Context, contract.Request) (clientele.ContractReport, bool, error) {
	switch {
	case f.noContracts:
		return clientele.ContractReport{}, false, clientele.Errorf(clientele.CodeNotFound, "there are no contracts")
	case f.contracts == nil || f.failure != nil:
		return clientele.ContractReport{}, false, f.failure
	}
	return *f.contracts, true, nil
}

func (f contractsFake) Prepare(_ context.Context, r contract.Request) error {
	f.contracts = new(reported(r.AsOf))
	return nil
}

func (f *fake) Acquisition(context.Context, clientele.Date) (clientele.Acquisition, error) {
	a := won()
	f.won = &a
	return a, nil
}

func (f *fake) LatestAcquisition(context.Context, clientele.Date) (a clientele.Acquisition, is kept.Is, err error) {
	if f.won == nil || f.failure != nil {
		return clientele.Acquisition{}, is, f.failure
	}
	return *f.won, f.keptAs(*f.won), nil
}

func (f *fake) ExplainEquity(_ context.Context, r statement.ExplainEquityRequest) (statement.EquityExplanation, error) {
	f.askedEquity = r
	m := moved()
	x := statement.EquityExplanation{
		Line: r.Line, Title: "of survival", Meaning: "The part of experience that comes of survival.", Segment: r.Segment, From: m.From, To: m.To,
		Horizon: r.Horizon, Figure: m.Experience.Survival, Models: m.Models, Formula: "L × ln", Count: 240, Amount: m.Experience.Survival,
		Rows: []warehouse.EquityRow{{Customer: "C-1", FirstDay: m.From - 400, Opening: money("10"), Closing: money("31.50"), Amount: money("20.25")}},
	}
	if r.Line == "experience.survival" {
		x.Interval = &clientele.Interval{Low: money("1200"), High: money("99000")}
	}
	if x.Hidden = f.hideEquity; x.Hidden != nil {
		x.Rows = nil
	}
	return x, nil
}

func (f *fake) Periods(context.Context) (statement.Periods, bool, error) {
	period := func(name, from, to string, covered bool) statement.NamedPeriod {
		return statement.NamedPeriod{Name: name, Period: clientele.Period{From: clientele.MustDate(from), To: clientele.MustDate(to)}, Covered: covered}
	}
	last := period("Q3 2026", "2026-07-01", "2026-09-30", true)
	return statement.Periods{Default: last, Named: []statement.NamedPeriod{
		period("Last 12 months", "2025-10-01", "2026-09-30", true), last,
		period("Q2 2026", "2026-04-01", "2026-06-30", true), period("Q1 2026", "2026-01-01", "2026-03-31", true),
		period("Year 2025", "2025-01-01", "2025-12-31", false),
	}}, !f.empty, nil
}

func (f *fake) Inspect(_ context.Context, _ string, r ingest.Request) (ingest.Inspection, error) {
	f.requested = r
	in := f.inspection
	in.Name = r.Name
	if r.Kind != "" {
		in.Kind = r.Kind
	}
	return in, nil
}

func (f *fake) Preview(context.Context, string, ingest.Request, int) ([]map[string]*string, error) {
	return f.preview, f.previewFail
}

func (f *fake) Import(_ context.Context, _ string, r ingest.Request) (ingest.FileReport, error) {
	f.requested = r
	r.Progress(ingest.Progress{Stage: ingest.StageReading, Done: 1, Total: 2})
	r.Progress(ingest.Progress{Stage: ingest.StageLoading, Done: 10})
	return f.report, f.importFail
}

func (f *fake) Rejects(context.Context, string) iter.Seq2[warehouse.Reject, error] {
	return func(yield func(warehouse.Reject, error) bool) {
		for _, x := range f.rejects {
			if !yield(x, nil) {
				return
			}
		}
	}
}

func (f *fake) ExportRejects(ctx context.Context, _ int64, batch string) iter.Seq2[warehouse.Reject, error] {
	if f.exportFail != nil {
		return func(yield func(warehouse.Reject, error) bool) { yield(warehouse.Reject{}, f.exportFail) }
	}
	return f.Rejects(ctx, batch)
}

func (f *fake) OrderLines(_ context.Context, _ string, _ clientele.Date, offset int64, limit int) ([]warehouse.OrderLine, error) {
	lines := f.lines[min(int(offset), len(f.lines)):]
	return lines[:min(limit, len(lines))], nil
}

// Add keeps a job as it would wait in the queue.
func (f *fake) Add(_ context.Context, kind, key string, payload any) (store.Job, error) {
	body, err := json.Marshal(payload)
	if err != nil {
		return store.Job{}, err
	}
	id := fmt.Sprint("JOB", len(f.jobs))
	f.jobs[id] = store.Job{ID: id, Kind: kind, Key: key, Payload: body, State: store.JobQueued, Progress: store.JobProgress{Step: "waiting", Fraction: -1}}
	return f.jobs[id], nil
}

func (f *fake) Job(_ context.Context, id string) (store.Job, error) {
	j, ok := f.jobs[id]
	if !ok {
		return j, clientele.Errorf(clientele.CodeNotFound, "there is no job %s", id)
	}
	return j, nil
}

func (f *fake) Cancel(ctx context.Context, id string) (store.Job, error) {
	j, err := f.Job(ctx, id)
	if err == nil {
		j.State = store.JobCancelled
		f.jobs[id] = j
	}
	return j, err
}

// Again keeps the job anew.
func (f *fake) Again(ctx context.Context, id string) (store.Job, error) {
	j, err := f.Job(ctx, id)
	if err != nil {
		return j, err
	}
	return f.Add(ctx, j.Kind, j.Key, j.Payload)
}

// newFake is a book of Northfield Trading with its statement computed.
func newFake() *fake {
	st := northfield()
	margin := 0.3
	s := clientele.DefaultSettings()
	s.Name, s.Currency, s.Margin, s.Definition.LapseDays, s.Definition.Version = "Northfield Trading", "GBP", &margin, 180, 3
	m, a := moved(), won()
	return &fake{settings: s, statement: &st, movement: &m, won: &a, imports: st.Data.Imports, jobs: map[string]store.Job{}, ledgers: map[string][]store.LedgerEntry{}, defined: map[string]bool{}, directory: accounts(), audit: &auditLog{}, shielded: &shielded{customers: 42783}, mail: &outboxFake{}, cases: &casesFake{}}
}

func (f *fake) services(t testing.TB) Services {
	assets, err := web.Open()
	if err != nil {
		t.Fatalf("%v: %s", err, clientele.HintOf(err))
	}
	if f.drawn == nil {
		f.drawn = undrawn{}
	}
	if f.surveyed == nil {
		f.surveyed = unasked{}
	}
	return Services{
		Book: f, Statements: f, Models: f, Contracts: contractsFake{f}, Measures: measuresFake{f}, Paths: pathsFake{f}, Customers: customersFake{f}, Closings: f,
		Definitions: definition.New(definition.Parts{Ledgers: f, Written: f.settings, Statements: defining{f}, Now: signedAt}),
		Goals:       goal.New(goal.Parts{Ledgers: f, Book: f, Statements: aiming{f}, Now: signedAt}),
		Journeys:    f.drawn, Cases: f.cases, Themes: themesFake{f}, Surveys: f.surveyed, Importer: f, Records: f, Jobs: f, People: f.directory, Audit: f.audit, Privacy: f.shielded, Mail: f.mail, Uploads: t.TempDir(), Assets: assets, Log: slog.New(slog.DiscardHandler),
	}
}

func money(s string) clientele.Money { return clientele.MustMoney(s) }

func fraction(f float64) *float64 { return &f }

// northfield is a made-up statement in which every part has something to show.
func northfield() clientele.Statement {
	first, last := clientele.MustDate("2023-01-02"), clientele.MustDate("2026-09-30")
	loaded := time.Date(2026, 10, 4, 8, 30, 0, 0, time.UTC)
	estimate := func(e, lo, hi string) clientele.Estimate {
		return clientele.Estimate{Estimate: money(e), Low: money(lo), High: money(hi)}
	}
	return clientele.Statement{
		Currency: "GBP", From: clientele.MustDate("2026-07-01"), To: last,
		Definition: clientele.Definition{Kind: clientele.Orders, LapseDays: 180, Version: 3},
		Customers:  clientele.Heads{Opening: 18240, New: 2913, Reactivated: 406, Lost: 2874, Closing: 18685, LostOfOpening: 2610, CameAndLeft: 14},
		Value: clientele.Value{
			Measure: clientele.Measure{Name: "net_revenue", Days: 180}, Opening: money("8703112.40"), New: money("1006420.15"), Reactivated: money("123300.00"),
			Expanded: money("393911.25"), Contracted: money("470018.12"), Lost: money("1293441.77"), Closing: money("8463283.91"),
		},
		Revenue: clientele.Revenue{
			Gross: money("10123450.75"), Refunds: money("392114.20"), Net: money("9731336.55"), Unattributed: money("1450012.08"), Orders: 61204, Lines: 541909,
		},
		TieOut: clientele.TieOut{Inactive: money("-1204.11"), Unattributed: money("1702331.90"), Window: money("10164411.70")},
		Rates: clientele.Rates{
			Churn: fraction(.1431), Retention: fraction(.8569), GRR: fraction(.7974), NRR: fraction(.8426),
			Why: map[string]string{"reactivation": "nobody had lapsed at opening: the records begin too late to know"},
		},
		Reasons: clientele.ReasonLines{
			In: []clientele.ReasonLine{{Reason: "Recommended", Customers: 811, Value: money("402000")}, {Reason: clientele.UnknownReason, Customers: 2508, Value: money("727720.15")}},
			Out: []clientele.ReasonLine{
				{Reason: "Late or failed delivery", Customers: 612, Value: money("373300")}, {Reason: "Price against competitor", Customers: 441, Value: money("246600")},
				{Reason: clientele.UnknownReason, Customers: 1402, Value: money("410200")}, {Reason: "Product did not fit", Customers: 318, Value: money("193300")},
				{Reason: "Billing error", Customers: 101, Value: money("70041.77")},
			},
		},
		Equity: &clientele.Equity{
			HorizonYears: 5, Estimate: estimate("4210334.10", "3880120", "4610040"), Tail: estimate("970110", "410000", "2050000"),
			PerCustomer: money("98.41"), Scored: 42783,
			Moved: &clientele.EquityMoved{
				Opening: money("4350201.00"), New: money("331104.20"), Reactivated: money("51200.10"), Stayed: money("118900.00"), Lost: money("-602110.20"),
				Lapsed: money("-38961.00"), Closing: money("4210334.10"),
				CameWorth: clientele.Worth{Customers: 2913, Together: money("331104.20")}, BackWorth: clientele.Worth{Customers: 406, Together: money("53180.00")},
				LostWorth: clientele.Worth{Customers: 2874, Together: money("649524.00")},
			},
		},
		Model: &clientele.ModelReport{
			Name: "Pareto/NBD with Gamma-Gamma", Run: "run-7", Customers: 42783, Converged: true, Warnings: []string{"spend and frequency are correlated (0.11)"},
			Holdout: holdout(),
		},
		Data: &clientele.DataReport{
			Imports: []clientele.ImportRef{
				{Sequence: 1, Name: "orders-2026.csv", SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Kind: clientele.Transactions, Source: "shop", Rows: 541909, Rejected: 312, State: "loaded", At: loaded},
				{Sequence: 2, Name: "customers.xlsx", SHA256: "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752", Kind: clientele.Customers, Source: "main", Rows: 44110, State: "kept, not loaded", At: loaded},
			},
			LoadedAt: &loaded, FirstDay: &first, LastDay: &last, RejectedRows: 312,
			PartialPeriod: clientele.Coverage{OpeningCovered: true, ClosingCovered: true},
		},
	}
}

// moved is a made-up equity movement in which every part has something to show.
func moved() clientele.EquityMovement {
	model := func(run, day string) clientele.MovementModel {
		return clientele.MovementModel{Name: "Pareto/NBD + Gamma-Gamma", Run: run, AsOf: clientele.MustDate(day)}
	}
	lines := clientele.EquityMovement{
		Currency: "GBP", From: clientele.MustDate("2026-07-01"), To: clientele.MustDate("2026-09-30"), Horizon: clientele.FiveYears,
		Opening: money("4350201.00"), Unwinding: money("104400.10"), ExpectedRelease: money("-402210.55"), Window: money("81003.45"),
		Experience:   clientele.Experience{Total: money("-97060.00"), Survival: money("-120300.00"), Activity: money("12040.00"), Spend: money("11200.00")},
		NewCustomers: money("331104.20"), Restatement: money("-1204.10"), AssumptionChange: money("-155900.00"), Closing: money("4210334.10"),
	}
	m := lines
	m.Intervals = map[string]clientele.Interval{
		"opening": {Low: money("4010000"), High: money("4712000")}, "experience.total": {Low: money("-181000"), High: money("-9000")},
		"closing": {Low: money("3880120"), High: money("4610040")}, "restatement": {},
	}
	m.Cohorts = []clientele.CohortWorth{
		{Month: clientele.MustDate("2026-07-01"), Customers: 1100, Worth: money("120104.20")},
		{Month: clientele.MustDate("2026-08-01"), Customers: 1813, Worth: money("211000.00")},
	}
	m.Cash = &clientele.CashMargin{Expected: money("398000.10"), Actual: money("371200.00")}
	m.Audit = &clientele.Audit{Z: -2.6, WithParameters: -2.1, Reading: "Customers did worse than expected by more than chance allows: look for a cause."}
	m.Models = &clientele.MovementModels{Opening: model("run-6", "2026-06-30"), Closing: model("run-7", "2026-09-30")}
	france, rest := lines, lines
	france.Segment, rest.Segment = "France", "Germany"
	m.Segments = []clientele.EquityMovement{france, rest}
	return m
}

// won is a made-up account of winning customers.
func won() clientele.Acquisition {
	cohort := func(name string, n int64, each, cost float64) clientele.AcquiredCohort {
		c := clientele.AcquiredCohort{Name: name, Customers: n, Earned: money("30000"), Worth: money("60000"), Each: &each}
		if cost > 0 {
			c.Costed, c.Cost, c.CostEach, c.Return = n, money("9000"), &cost, new(each/cost)
		}
		return c
	}
	estimate := clientele.Estimate{Estimate: money("3385180.90"), Low: money("2272695"), High: money("4991225")}
	return clientele.Acquisition{
		AsOf: clientele.MustDate("2026-09-30"), Currency: "GBP",
		Quarters: []clientele.AcquiredCohort{cohort("2026-Q2", 900, 100, 9), cohort("2026-Q3", 800, 8, 9.5), {Name: "2026-Q4"}},
		Channels: []clientele.AcquiredCohort{cohort("Search", 900, 110, 14), cohort("Referral", 700, 120, 6), cohort("(unknown)", 40, 90, 0)},
		Future: &clientele.FutureCustomers{
			Years: []clientele.FutureYear{{Year: 1, Customers: 3400, Low: 2900, High: 4100}}, Each: estimate, CostEach: new(money("10.57")),
			Worth: estimate, Net: &estimate, Basis: "As many a year as in the last.",
		},
		Warnings: []string{"Worth is at revenue."},
	}
}

// holdout is 78 weeks that ebb, of which the last 39 were held out.
func holdout() *clientele.Holdout {
	h := &clientele.Holdout{
		CalibratedTo: clientele.MustDate("2025-12-31"), To: clientele.MustDate("2026-09-30"), Customers: 40100, Actual: 30411, Expected: 28902,
		Bias: -.0496, MAE: .7545, RMSE: 1.41, Verdict: "The model can be trusted for totals",
	}
	for i := range 78 {
		e := 1150 * math.Exp(-float64(i)/120)
		a := e * (1 + .09*math.Sin(float64(i)*1.7) + .05*math.Sin(float64(i)*.41))
		h.Weeks = append(h.Weeks, clientele.HoldoutWeek{
			Week: clientele.MustDate("2025-04-02") + clientele.Date(7*i), Actual: int64(a), Expected: e, Low: e - 70, High: e + 70, HeldOut: i >= 39,
		})
	}
	return h
}

// byCountry splits the whole into segments that add up to it.
func byCountry(st clientele.Statement) clientele.Statement {
	st.Attribute = "country"
	seg := func(name string, open, came, back, lost int64) clientele.Statement {
		s := northfield()
		s.Segment, s.Data = name, nil
		s.Customers = clientele.Heads{Opening: open, New: came, Reactivated: back, Lost: lost, Closing: open + came + back - lost}
		return s
	}
	none := clientele.Statement{Segment: clientele.NoCustomerSegment, Definition: st.Definition, From: st.From, To: st.To}
	st.Segments = []clientele.Statement{
		none, seg("France", 2400, 300, 41, 610), seg("Germany", 4102, 902, 87, 501), seg("United Kingdom", 11500, 1650, 266, 1701), seg("(unknown)", 238, 61, 12, 62),
	}
	return st
}
