package api

import (
	"context"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/access"
	"github.com/clientele/clientele/internal/audit"
	"github.com/clientele/clientele/internal/cases"
	"github.com/clientele/clientele/internal/closing"
	"github.com/clientele/clientele/internal/contract"
	"github.com/clientele/clientele/internal/definition"
	"github.com/clientele/clientele/internal/event"
	"github.com/clientele/clientele/internal/goal"
	"github.com/clientele/clientele/internal/httpd"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/journey"
	"github.com/clientele/clientele/internal/ledger"
	"github.com/clientele/clientele/internal/mail"
	"github.com/clientele/clientele/internal/measure"
	"github.com/clientele/clientele/internal/path"
	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/privacy"
	"github.com/clientele/clientele/internal/statement"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/survey"
	"github.com/clientele/clientele/internal/theme"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/internal/work"
)

// Services is what operations ask of the program below them: the capabilities, each behind
// its permission.
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
	Themes      Themes
	Journeys    Journeys
	Cases       Cases
	Surveys     Surveys
	Importer    Importer
	Records     Records
	Jobs        Jobs
	Work        Work
	Uploads     Uploads
	People      People
	Audit       Audit
	Privacy     Privacy
	Mail        Mail
	Events      Events
	Replies     Replies
	Log         *slog.Logger
	Now         func() time.Time // nil is the clock
}

// Book is what a book says of itself; see statement.Book.
type Book interface {
	Settings(context.Context) (clientele.Settings, error)
	Imports(context.Context) ([]clientele.ImportRef, error)
}

// Statements states and explains; see statement.Service.
type Statements interface {
	Ready(context.Context, statement.Request) (clientele.Statement, bool, error)
	Explain(context.Context, statement.ExplainRequest) (statement.Explanation, error)
	ReadyEquityMovement(context.Context, statement.EquityRequest) (clientele.EquityMovement, bool, error)
	ExplainEquity(context.Context, statement.ExplainEquityRequest) (statement.EquityExplanation, error)
	ReadyAcquisition(context.Context, clientele.Date) (clientele.Acquisition, bool, error)
	Periods(context.Context) (statement.Periods, bool, error)
	Attributes(context.Context) ([]string, error)
}

// Models says how models were fitted and checked; see modelling.Service.
type Models interface {
	Examined(ctx context.Context, asOf clientele.Date) (clientele.ModelRun, bool, error)
}

// Contracts reports on contracts; see contract.Service.
type Contracts interface {
	Ready(context.Context, contract.Request) (clientele.ContractReport, bool, error)
}

// Closings are the closed periods; see closing.Service.
type Closings interface {
	Closes(context.Context) ([]clientele.Close, error)
	Closed(ctx context.Context, period string) (clientele.Close, error)
	Compared(context.Context, clientele.Close) (closing.Restatement, bool, error)
}

// Definitions are what customer, lost and value mean; see definition.Service.
type Definitions interface {
	Versions(context.Context) ([]definition.Version, error)
	Version(ctx context.Context, number int) (definition.Version, error)
	Disagreements(context.Context) ([]definition.Change, error)
	Propose(ctx context.Context, e definition.Edit, why, by string) (definition.Version, error)
	Approve(ctx context.Context, number int, by string) (definition.Version, error)
	Compared(ctx context.Context, q definition.Question) (definition.Comparison, bool, error)
}

// Goals are what is aimed at; see goal.Service.
type Goals interface {
	Set(ctx context.Context, period string, t goal.Targets, by string) (goal.Goal, error)
	ReadyOverview(context.Context) (goal.Overview, bool, error)
	Goal(ctx context.Context, period string) (goal.Goal, error)
	Ready(context.Context, clientele.Period) (goal.Report, bool, error)
}

// Themes are what customers say; see theme.Service.
type Themes interface {
	Ready(context.Context) (theme.Report, bool, error)
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
	Marks(context.Context) ([]clientele.MarkedEvent, error)
	Mark(ctx context.Context, day clientele.Date, name, touchpoint, by string) (clientele.MarkedEvent, error)
	Unmark(ctx context.Context, number int64, by string) error
}

// Observed are the paths that customers went; see path.Service.
type Observed interface {
	Ready(context.Context, path.Request) (clientele.PathReport, bool, error)
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
	Vacancies(context.Context) (journey.Vacancies, error)
	Edits(ctx context.Context, of string, below int64, limit int) ([]journey.Edit, error)
	Add(context.Context, journey.NewPart) (journey.Done, error)
	Change(ctx context.Context, kind journey.Kind, id string, version int64, c journey.Change) (journey.Done, error)
	Own(ctx context.Context, id string, version int64, o journey.Owner) (journey.Done, error)
	Remove(ctx context.Context, kind journey.Kind, id string, version int64) (journey.Done, error)
	Undo(ctx context.Context, number int64) (journey.Done, error)
}

// Importer reads files as an import would; see ingest.Importer.
type Importer interface {
	Inspect(ctx context.Context, path string, r ingest.Request) (ingest.Inspection, error)
	Preview(ctx context.Context, path string, r ingest.Request, n int) ([]map[string]*string, error)
}

// Records are the rows themselves; see warehouse.Warehouse.
type Records interface {
	Loaded(context.Context) ([]warehouse.LoadedBatch, error)
	Rejects(ctx context.Context, batchID string) iter.Seq2[warehouse.Reject, error]
	OrderLines(ctx context.Context, customer string, to clientele.Date, offset int64, limit int) ([]warehouse.OrderLine, error)
}

// Jobs follows durable work; see job.Queue.
type Jobs interface {
	Job(ctx context.Context, id string) (store.Job, error)
	Cancel(ctx context.Context, id string) (store.Job, error)
	Again(ctx context.Context, id string) (store.Job, error)
}

// Work asks for the work that pages ask for, once however many ask; see work.Desk.
type Work interface {
	Statement(context.Context, statement.Request) (store.Job, error)
	Movement(context.Context, statement.Request) (store.Job, error)
	Growth(ctx context.Context, asOf clientele.Date) (store.Job, error)
	Contracts(ctx context.Context, asOf clientele.Date) (store.Job, error)
	Model(ctx context.Context, asOf clientele.Date) (store.Job, error)
	Comparison(ctx context.Context, asOf clientele.Date) (store.Job, error)
	Restatement(ctx context.Context, period string) (store.Job, error)
	Definition(context.Context, definition.Question) (store.Job, error)
	Goals(context.Context, *clientele.Period) (store.Job, error) // nil: all that there are
	Themes(ctx context.Context) (store.Job, error)
	Measure(context.Context, measure.Request) (store.Job, error) // of no name: all that there are
	Paths(context.Context, path.Request) (store.Job, error)
	Import(context.Context, work.Import) (store.Job, error)
}

// Uploads are files that wait for their mapping; see work.Uploads.
type Uploads interface {
	Save(name string, from io.Reader) (token string, size int64, err error)
	Name(token string) (string, error)
	Path(token string) string
	Discard(token string) error
}

// People are accounts, as far as programs have to do with them; see people.Directory. What
// proves that somebody is themselves, a password or a second factor, is theirs alone to
// change, in a browser.
type People interface {
	People(ctx context.Context) ([]people.Person, error)
	Person(ctx context.Context, id string) (people.Person, error)
	Invite(ctx context.Context, p people.NewPerson) (people.Invitation, error)
	InviteAgain(ctx context.Context, id string) (people.Invitation, error)
	Change(ctx context.Context, id string, version int64, e people.Edit) (people.Person, error)
	ResetFactors(ctx context.Context, id string) (people.Person, error)
	Units(ctx context.Context) ([]people.Unit, error)
	AddUnit(ctx context.Context, u people.Unit) (people.Unit, error)
	ChangeUnit(ctx context.Context, id string, version int64, u people.Unit) (people.Unit, error)
	RemoveUnit(ctx context.Context, id string, version int64) error
	Sessions(ctx context.Context, person string) ([]people.Session, error)
	EndSession(ctx context.Context, person, id string) error
	EndSessions(ctx context.Context, person string) error
	Tokens(ctx context.Context) ([]people.Token, error)
	AddToken(ctx context.Context, t people.NewToken) (people.Token, string, error)
	RevokeToken(ctx context.Context, id string) error
}

// Audit reads what was done; see audit.Log.
type Audit interface {
	Page(ctx context.Context, below int64, limit int, match func(audit.Event) bool) ([]audit.Event, error)
	Verify(ctx context.Context) (n int64, head string, findings []ledger.Finding, err error)
}

// Privacy is what is held of customers; see privacy.Service.
type Privacy interface {
	Held(ctx context.Context) (privacy.Holdings, error)
	Retention(ctx context.Context) ([]privacy.Kept, error)
	Erasures(ctx context.Context) ([]privacy.Receipt, error)
	Find(ctx context.Context, id string) (privacy.Found, error)
	Collect(ctx context.Context, id string) (privacy.Copy, error)
	Erase(ctx context.Context, r privacy.Request) (privacy.Receipt, error)
}

// Cases is what let customers down, and what was done about it; see access.Cases.
type Cases interface {
	Cases(context.Context, access.CaseQuery) (cases.List, error)
	Case(ctx context.Context, number int64) (cases.Detail, error)
	Take(ctx context.Context, number, version int64) (cases.Case, error)
	Note(ctx context.Context, number, version int64, text string) (cases.Case, error)
	Settle(ctx context.Context, number, version int64, done, address string) (cases.Case, cases.Asked, error)
	Rule(ctx context.Context, touchpoint string) (cases.Ruled, error)
	SetRule(ctx context.Context, touchpoint string, version int64, r cases.Rule) (cases.Ruled, error)
}

// Mail is what is told by mail; see mail.Service.
type Mail interface {
	Outbox(ctx context.Context, below int64, limit int) (mail.Outbox, error)
	Try(ctx context.Context, address string) error
	Clear(ctx context.Context, id string) error
	Decide(ctx context.Context, number int64, again bool) error
}

// Surveys are who is asked what, and what they answered; see survey.Service.
type Surveys interface {
	List(context.Context) ([]survey.Summary, error)
	Find(ctx context.Context, name string) (survey.Survey, error)
	Results(ctx context.Context, id string) (survey.Results, error)
	Create(context.Context, survey.Document) (survey.Survey, error)
	Send(ctx context.Context, id, origin string) (survey.Sent, error)
	Close(ctx context.Context, id string) error
	Invite(ctx context.Context, id string, a survey.Asked, origin string) (survey.Invited, error)
}

// Events takes messages of other systems; see event.Intake.
type Events interface {
	Take(ctx context.Context, source string, body []byte) (event.Receipt, error)
}

// API answers programs. It is mounted where Paths say.
type API struct {
	Services
	router     *httpd.Router
	types      *types
	checker    *checker
	operations []*operation
	described  written // the description, as it is served
	docs       written // the same for people
	inFlight   sync.Map
}

// Paths are below which the API answers.
func Paths() []string { return []string{"/api/", "/v1/"} }

// UploadPath takes files, whose bodies may be large and slow.
const UploadPath = root + "/uploads"

const root = "/api/v1"

// New makes the API of a book. What surrounds every request is the business of package httpd.
func New(s Services) *API {
	if s.Now == nil {
		s.Now = time.Now
	}
	a := &API{Services: s, types: newTypes()}
	a.checker = &checker{components: a.types.components}
	a.router = httpd.NewRouter(a.fail)
	for _, add := range []func(*API){
		addStatement, addMovement, addModel, addClosed, addDefinitions, addGoals, addJourneys, addStages, addTouchpoints, addJourneyEdits, addPaths, addCustomers, addSurveys, addMeasures, addCases, addThemes, addData, addUploads, addJobs,
		addPeople, addUnits, addTokens, addAudit, addPrivacy, addMail, addEvents, addDescription,
	} {
		add(a)
	}
	a.close()
	a.write(a.describe())
	return a
}

// Routes lists what can be asked for, with what it needs.
func (a *API) Routes() []httpd.Route { return a.router.Routes() }

// below is the API as far as it answers below a path.
type below struct {
	*API
	path string
}

// Below is the API as far as it answers below a path.
func (a *API) Below(path string) httpd.Routed { return below{a, path} }

// Routes lists what can be asked for below the path.
func (b below) Routes() (routes []httpd.Route) {
	for _, r := range b.API.Routes() {
		if strings.HasPrefix(r.Pattern[strings.Index(r.Pattern, " ")+1:], b.path) {
			routes = append(routes, r)
		}
	}
	return routes
}

// ServeHTTP answers a request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.router.ServeHTTP(w, r) }
