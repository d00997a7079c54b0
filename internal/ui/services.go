package ui

import (
	"context"
	"io"
	"iter"
	"log/slog"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/access"
	"github.com/clientele/clientele/internal/audit"
	"github.com/clientele/clientele/internal/cases"
	"github.com/clientele/clientele/internal/closing"
	"github.com/clientele/clientele/internal/contract"
	"github.com/clientele/clientele/internal/definition"
	"github.com/clientele/clientele/internal/goal"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/journey"
	"github.com/clientele/clientele/internal/kept"
	"github.com/clientele/clientele/internal/ledger"
	"github.com/clientele/clientele/internal/mail"
	"github.com/clientele/clientele/internal/measure"
	"github.com/clientele/clientele/internal/modelling"
	"github.com/clientele/clientele/internal/path"
	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/privacy"
	"github.com/clientele/clientele/internal/statement"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/survey"
	"github.com/clientele/clientele/internal/theme"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/web"
)

// Services is what the pages ask of the program below them. The interfaces are met by the
// guards of package access, which see to it that everybody gets what is theirs.
type Services struct {
	Book        Book
	Statements  Statements
	Models      Models
	Contracts   Contracts
	Closings    Closings
	Definitions Definitions
	Goals       Goals
	Measures    Measures
	Paths       Observed
	Customers   Customers
	Journeys    Journeys
	Cases       Cases
	Themes      Themes
	Surveys     Surveys
	Importer    Importer
	Records     Records
	Jobs        Jobs // worked by a job.Worker with Handlers
	People      people.Directory
	Privacy     Privacy
	Audit       Audit
	Mail        Mail
	Uploads     string // directory in the book for files that wait for their mapping
	Assets      *web.Assets
	Log         *slog.Logger
}

// Book is what a book says of itself; see app.Book.
type Book interface {
	Settings(context.Context) (clientele.Settings, error)
	Imports(context.Context) ([]clientele.ImportRef, error)
}

// Statements makes and explains statements; see statement.Service.
type Statements interface {
	Prepare(context.Context, statement.Request, statement.Progress) error
	Latest(context.Context, statement.Request) (st clientele.Statement, is kept.Is, err error)
	Explain(context.Context, statement.ExplainRequest) (statement.Explanation, error)
	PrepareEquityMovements(context.Context, statement.Request, statement.Progress) error
	LatestEquityMovement(context.Context, statement.EquityRequest) (m clientele.EquityMovement, is kept.Is, err error)
	Acquisition(context.Context, clientele.Date) (clientele.Acquisition, error)
	LatestAcquisition(context.Context, clientele.Date) (a clientele.Acquisition, is kept.Is, err error)
	ExplainEquity(context.Context, statement.ExplainEquityRequest) (statement.EquityExplanation, error)
	Periods(context.Context) (statement.Periods, bool, error)
	Attributes(context.Context) ([]string, error)
}

// Models fits, checks and compares models of purchases; see modelling.Service.
type Models interface {
	Examined(ctx context.Context, asOf clientele.Date) (clientele.ModelRun, bool, error)
	Examine(ctx context.Context, asOf clientele.Date, p modelling.Progress) (clientele.ModelRun, error)
	Compare(ctx context.Context, asOf clientele.Date, p modelling.Progress) (*clientele.ModelChoice, error)
}

// Contracts reports on contracts; see contract.Service.
type Contracts interface {
	Ready(context.Context, contract.Request) (clientele.ContractReport, bool, error)
	Prepare(context.Context, contract.Request) error
}

// Closings are the closed periods; see closing.Service.
type Closings interface {
	Closes(context.Context) ([]clientele.Close, error)
	Closed(ctx context.Context, period string) (clientele.Close, error)
	Compared(context.Context, clientele.Close) (closing.Restatement, bool, error)
	Restated(context.Context, clientele.Close) (closing.Restatement, error)
}

// Definitions are what customer, lost and value mean; see definition.Service.
type Definitions interface {
	Versions(context.Context) ([]definition.Version, error)
	Version(ctx context.Context, number int) (definition.Version, error)
	Disagreements(context.Context) ([]definition.Change, error)
	Propose(ctx context.Context, e definition.Edit, why, by string) (definition.Version, error)
	Approve(ctx context.Context, number int, by string) (definition.Version, error)
	Compare(ctx context.Context, q definition.Question, p definition.Progress) (definition.Comparison, error)
	Compared(ctx context.Context, q definition.Question) (definition.Comparison, bool, error)
}

// Goals are what is aimed at; see goal.Service.
type Goals interface {
	Set(ctx context.Context, period string, t goal.Targets, by string) (goal.Goal, error)
	ReadyOverview(context.Context) (goal.Overview, bool, error)
	PrepareOverview(ctx context.Context, p goal.Progress) error
	Named(context.Context, clientele.Period) (bool, error)
	Ready(context.Context, clientele.Period) (goal.Report, bool, error)
	Prepare(ctx context.Context, p clientele.Period, progress goal.Progress) error
}

// Themes are what customers say; see theme.Service.
type Themes interface {
	Ready(context.Context) (theme.Report, bool, error)
	Prepare(context.Context) error
	Theme(ctx context.Context, id string) (theme.Theme, bool, error)
	Quotes(ctx context.Context, id string, offset int64, limit int) (theme.Quotes, bool, error)
	Edits(ctx context.Context, of string, below int64, limit int) ([]theme.Edit, error)
	Change(ctx context.Context, id string, version int64, c theme.Change) (theme.Done, error)
	Undo(ctx context.Context, number int64) (theme.Done, error)
}

// Measures is what is measured at touchpoints; see measure.Service.
type Measures interface {
	Ready(context.Context, measure.Request) (clientele.MeasureReport, bool, error)
	ReadyOverview(context.Context) (clientele.MeasureOverview, bool, error)
	Prepare(context.Context, measure.Request) error
	Touchpoints(context.Context) ([]warehouse.Touchpoint, error)
	LatestLane(context.Context) (lane clientele.MeasureLane, ok bool, err error)
	Mark(ctx context.Context, day clientele.Date, name, touchpoint, by string) (clientele.MarkedEvent, error)
	Unmark(ctx context.Context, number int64, by string) error
}

// Observed are the paths that customers went; see path.Service.
type Observed interface {
	Ready(context.Context, path.Request) (clientele.PathReport, bool, error)
	Prepare(context.Context, path.Request) error
}

// Customers tells of single customers; see customer.Service.
type Customers interface {
	Customer(ctx context.Context, id string, offset int64, limit int) (clientele.CustomerReport, error)
}

// Journeys is the map of journeys; see journey.Service.
type Journeys interface {
	Journeys(context.Context) ([]journey.Summary, error)
	Journey(ctx context.Context, id string) (journey.Journey, error)
	Stage(ctx context.Context, id string) (stage journey.Stage, of journey.Ref, err error)
	Touchpoint(ctx context.Context, id string) (journey.Profile, error)
	Places(context.Context) ([]journey.Place, error)
	Vacancies(context.Context) (journey.Vacancies, error)
	Edits(ctx context.Context, of string, below int64, limit int) ([]journey.Edit, error)
	Last(ctx context.Context, of string) (journey.Edit, bool, error)
	Add(context.Context, journey.NewPart) (journey.Done, error)
	Change(ctx context.Context, kind journey.Kind, id string, version int64, c journey.Change) (journey.Done, error)
	Nudge(ctx context.Context, kind journey.Kind, id string, version int64, later bool) (journey.Done, error)
	Own(ctx context.Context, id string, version int64, o journey.Owner) (journey.Done, error)
	Remove(ctx context.Context, kind journey.Kind, id string, version int64) (journey.Done, error)
	Undo(ctx context.Context, number int64) (journey.Done, error)
}

// Surveys are who is asked what, and what they answered; see survey.Service.
type Surveys interface {
	List(context.Context) ([]survey.Summary, error)
	Find(ctx context.Context, name string) (survey.Survey, error)
	Results(ctx context.Context, id string) (survey.Results, error)
	Create(context.Context, survey.Document) (survey.Survey, error)
	Send(ctx context.Context, id, origin string) (survey.Sent, error)
	Close(ctx context.Context, id string) error
	Report(ctx context.Context, touchpoint string) (path string, err error)
	Reported(ctx context.Context, touchpoint string) (r survey.Results, ok bool, err error)
	Visit(ctx context.Context, key, draft string) (survey.Visit, error)
	Reply(ctx context.Context, v survey.Visit, r survey.Reply) (survey.Next, error)
	Refuse(ctx context.Context, key string) error
}

// Importer reads files into the book; see ingest.Importer.
type Importer interface {
	Inspect(ctx context.Context, path string, r ingest.Request) (ingest.Inspection, error)
	Preview(ctx context.Context, path string, r ingest.Request, n int) ([]map[string]*string, error)
	Import(ctx context.Context, path string, r ingest.Request) (ingest.FileReport, error)
}

// Records are the rows themselves; see warehouse.Warehouse.
type Records interface {
	Loaded(context.Context) ([]warehouse.LoadedBatch, error)
	Rejects(ctx context.Context, batchID string) iter.Seq2[warehouse.Reject, error]
	ExportRejects(ctx context.Context, sequence int64, batchID string) iter.Seq2[warehouse.Reject, error]
	OrderLines(ctx context.Context, customer string, to clientele.Date, offset int64, limit int) ([]warehouse.OrderLine, error)
}

// Jobs takes durable work; see job.Queue.
type Jobs interface {
	Add(ctx context.Context, kind, key string, payload any) (store.Job, error)
	Job(ctx context.Context, id string) (store.Job, error)
	Cancel(ctx context.Context, id string) (store.Job, error)
	Again(ctx context.Context, id string) (store.Job, error)
}

// Audit is who did what; see audit.Log.
type Audit interface {
	Page(ctx context.Context, below int64, limit int, match func(audit.Event) bool) ([]audit.Event, error)
	Verify(ctx context.Context) (n int64, head string, findings []ledger.Finding, err error)
	Exported(ctx context.Context, filter any) error
}

// Cases is what let customers down, and what was done about it; see access.Cases.
type Cases interface {
	Cases(context.Context, access.CaseQuery) (cases.List, error)
	Waiting(ctx context.Context, touchpoint string) (int64, error)
	Case(ctx context.Context, number int64) (cases.Detail, error)
	Take(ctx context.Context, number, version int64) (cases.Case, error)
	Note(ctx context.Context, number, version int64, text string) (cases.Case, error)
	Settle(ctx context.Context, number, version int64, done, address string) (cases.Case, cases.Asked, error)
	Rule(ctx context.Context, touchpoint string) (cases.Ruled, error)
	SetRule(ctx context.Context, touchpoint string, version int64, r cases.Rule) (cases.Ruled, error)
	Question(ctx context.Context, secret string) (cases.Question, error)
	Answer(ctx context.Context, secret string, settled bool, text string) error
}

// Mail is what is told by mail; see mail.Service.
type Mail interface {
	Outbox(ctx context.Context, below int64, limit int) (mail.Outbox, error)
	Try(ctx context.Context, address string) error
	Clear(ctx context.Context, id string) error
	Decide(ctx context.Context, number int64, again bool) error
	Stop(ctx context.Context, secret string) error
}

// Privacy is what is held of customers; see privacy.Service.
type Privacy interface {
	Held(context.Context) (privacy.Holdings, error)
	Retention(context.Context) ([]privacy.Kept, error)
	Erasures(context.Context) ([]privacy.Receipt, error)
	Find(ctx context.Context, id string) (privacy.Found, error)
	Export(ctx context.Context, id string, w io.Writer) error
	Collect(ctx context.Context, id string) (privacy.Copy, error)
	Erase(ctx context.Context, r privacy.Request) (privacy.Receipt, error)
}
