package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/audit"
	"github.com/clientele/clientele/internal/cases"
	"github.com/clientele/clientele/internal/closing"
	"github.com/clientele/clientele/internal/config"
	"github.com/clientele/clientele/internal/contract"
	"github.com/clientele/clientele/internal/customer"
	"github.com/clientele/clientele/internal/definition"
	"github.com/clientele/clientele/internal/goal"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/job"
	"github.com/clientele/clientele/internal/journey"
	"github.com/clientele/clientele/internal/mail"
	"github.com/clientele/clientele/internal/measure"
	"github.com/clientele/clientele/internal/modelling"
	"github.com/clientele/clientele/internal/path"
	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/privacy"
	"github.com/clientele/clientele/internal/statement"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/store/sqlite"
	"github.com/clientele/clientele/internal/survey"
	"github.com/clientele/clientele/internal/theme"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/internal/warehouse/duckdb"
	"github.com/clientele/clientele/web"
)

// What lies in a book beside its settings.
const (
	landingName    = "landing"
	recordsName    = "records.duckdb"
	madeForName    = "records.json" // the settings that the records were made with
	operationsName = "operations.sqlite"
	workName       = "tmp"     // prepared files; emptied when the book is opened
	uploadsName    = "uploads" // files that came by page and wait for their mapping
	socketName     = "server.sock"
	breachedName   = "breached-passwords.txt" // hashes of passwords that are refused; who runs the book may put it there
)

// uploadsKeptFor is how long a file that nobody imported is kept, where book.toml says nothing.
var uploadsKeptFor = config.Period{N: 7, Unit: 'd'}

// Watcher is told what a long operation does. Both fields may be nil.
type Watcher struct {
	// Notice is told, in a sentence, what people should know and need not wait for.
	Notice func(text string)
	// Progress is told a step and how far it is; total is 0 when not known.
	Progress func(step string, done, total int64)
}

func (w Watcher) notice(format string, args ...any) {
	if w.Notice != nil {
		w.Notice(fmt.Sprintf(format, args...))
	}
}

// step gives the progress of one step as ingest tells it.
func (w Watcher) step(name string) func(done, total int) {
	return func(done, total int) { w.progress(name, int64(done), int64(total)) }
}

// fraction gives progress as capabilities tell it, by how much of the whole is done.
func (w Watcher) fraction(step string, fraction float64) {
	w.progress(step, int64(1000*fraction), 1000)
}

func (w Watcher) progress(step string, done, total int64) {
	if w.Progress != nil {
		w.Progress(step, done, total)
	}
}

// Book is an open book with all that works on it. One process at a time has it.
type Book struct {
	Path        string
	Store       store.Store
	Records     warehouse.Warehouse
	Landing     *ingest.Landing
	Importer    *ingest.Importer
	Models      *modelling.Service
	Statements  *statement.Service
	Closings    *closing.Service
	Contracts   *contract.Service
	Definitions *definition.Service
	Goals       *goal.Service
	Measures    *measure.Service
	Paths       *path.Service
	Customers   *customer.Service
	Journeys    *journey.Service
	Cases       *cases.Service
	Themes      *theme.Service
	Surveys     *survey.Service
	Jobs        *job.Queue
	Mail        *mail.Service
	People      *people.Service
	Audit       *audit.Log
	Privacy     *privacy.Service

	settings clientele.Settings       // what book.toml says
	periods  map[string]config.Period // what it says of how long what is kept
	lock     *lock
}

// Init makes a book. CodeConflict if there is something at path already.
func Init(path string, s clientele.Settings) error {
	return makeWhole(path, func(dir string) error { return begin(dir, s) })
}

// begin makes an empty directory a book.
func begin(dir string, s clientele.Settings) error {
	text, err := config.Format(s)
	if err != nil {
		return err
	}
	err = errors.Join(os.Mkdir(filepath.Join(dir, landingName), 0o700), writeSynced(filepath.Join(dir, config.FileName), text))
	return fileError("the book cannot be written", err)
}

// Open opens a book and mends what an earlier process left undone. Settings are
// read now, and hold until the book is closed. Errors: CodeNotFound if there is
// no book at path, CodeBusy if another process holds it, CodeInvalid if its
// settings or its files are not sound.
func Open(ctx context.Context, path string, w Watcher) (*Book, error) {
	if _, err := os.Stat(filepath.Join(path, config.FileName)); err != nil {
		return nil, clientele.Errorf(clientele.CodeNotFound, "there is no book at %s", path).
			WithHint("Make one with: clientele init %s", path)
	}
	b := &Book{Path: path}
	if err := b.open(ctx, w); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

func (b *Book) open(ctx context.Context, w Watcher) (err error) {
	if b.lock, err = lockBook(b.Path); err != nil {
		return err
	}
	if b.settings, err = config.Load(b.file(config.FileName)); err != nil {
		return err
	}
	if b.periods, err = config.Retention(b.file(config.FileName)); err != nil {
		return err
	}
	if _, said := b.periods[config.KeepUploads]; !said {
		b.periods[config.KeepUploads] = uploadsKeptFor
	}
	if err := b.tidy(); err != nil {
		return fileError("the book's temporary files cannot be removed", err)
	}
	if err := b.openParts(ctx, w); err != nil {
		return err
	}
	return b.mend(ctx, w)
}

func (b *Book) file(name string) string { return filepath.Join(b.Path, name) }

// tidy removes what earlier processes left.
func (b *Book) tidy() error {
	err := errors.Join(os.RemoveAll(b.file(workName)), os.Mkdir(b.file(workName), 0o700), os.MkdirAll(b.file(uploadsName), 0o700))
	if err != nil {
		return err
	}
	uploads, err := os.ReadDir(b.file(uploadsName))
	if err != nil {
		return err
	}
	for _, u := range uploads {
		info, err := u.Info()
		if err == nil && info.ModTime().Before(b.uploadsBefore()) {
			err = os.RemoveAll(filepath.Join(b.file(uploadsName), u.Name()))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// uploadsBefore is the time before which files that came by page go.
func (b *Book) uploadsBefore() time.Time {
	at, _ := b.periods[config.KeepUploads].Before(time.Now()) // kept for good, nothing is older than the beginning of time
	return at
}

func (b *Book) openParts(ctx context.Context, w Watcher) (err error) {
	if b.Landing, err = ingest.OpenLanding(b.file(landingName)); err != nil {
		return err
	}
	operations, err := sqlite.Open(ctx, b.file(operationsName))
	if err != nil {
		return err
	}
	b.Store = operations
	records, err := openRecords(ctx, b.file(recordsName), w)
	if err != nil {
		return err
	}
	b.Records = records
	b.Importer = &ingest.Importer{
		Landing: b.Landing, Warehouse: records, Currency: b.settings.Currency, TimeZone: b.settings.TimeZone,
		Version: VersionString(), Work: b.file(workName),
	}
	b.Definitions = definition.New(definition.Parts{Ledgers: operations, Written: b.settings, Statements: toDefine{b}})
	b.Models = modelling.New(records, operations, operations, program())
	b.Statements = statement.New(records, b.Models, b, operations, program())
	b.Contracts = contract.New(records, b.Models, b, operations, program())
	b.Measures = measure.New(records, b.Models, b, operations, program())
	b.Customers = customer.New(records, b.Models, toObserve{b})
	b.Paths = path.New(records, b.Models, toObserve{b}, operations, program())
	b.Closings = closing.New(closing.Parts{
		Closes: operations, Cache: operations, Book: b, Statements: toClose{b}, Models: b.Models, Files: b.Landing,
		Replaced: func(ctx context.Context) (map[string][]string, error) { return b.Privacy.Replacements(ctx) }, Program: VersionString(),
	})
	b.Goals = goal.New(goal.Parts{Ledgers: operations, Book: b, Statements: toAim{b}})
	b.Journeys = journey.New(operations, nil)
	b.Themes = theme.New(records, b.Models, operations, web.Lexicon, program(), nil)
	if b.Surveys, err = b.surveys(); err != nil {
		return err
	}
	b.Jobs = job.NewQueue(operations)
	b.Audit = audit.New(operations, nil)
	if err := b.openMail(); err != nil {
		return err
	}
	if err := b.openCases(); err != nil {
		return err
	}
	b.Privacy = privacy.New(privacy.Parts{
		Dir: b.Path, Importer: b.Importer, Landing: b.Landing, Records: records, Store: operations, Audit: b.Audit, Periods: b.periods,
		ForgetCopies: b.forgetCopies, Quiet: b.quiet,
	})
	return b.openAccounts()
}

// openMail opens what tells people by mail. How pages are reached is told when they are.
func (b *Book) openMail() error {
	p := mail.Parts{Store: b.Store, Jobs: b.Jobs, Audit: b.Audit, Company: b.settings.Name}
	settings, ok, err := config.LoadMail(b.file(config.FileName))
	if ok {
		p.Settings = &settings
	}
	b.Mail = mail.New(p)
	return err
}

// openCases opens what closes the loop.
func (b *Book) openCases() error {
	zone, err := time.LoadLocation(b.settings.TimeZone)
	b.Cases = cases.New(cases.Parts{
		Store: b.Store, Records: b.Records, Mail: b.Mail, Jobs: b.Jobs, Audit: b.Audit, Company: b.settings.Name, Zone: zone, Anonymous: privacy.PseudonymPrefix,
	})
	return err
}

// openAccounts opens who may come in. How pages are reached is told when they are.
func (b *Book) openAccounts() error {
	o := people.Options{Company: b.settings.Name, Breached: b.file(breachedName), Mail: b.Mail}
	sso, ok, err := config.LoadSSO(b.file(config.FileName))
	if err != nil {
		return err
	}
	if ok {
		o.SSO = &sso
	}
	if o.SecondFactor, err = config.LoadSecondFactor(b.file(config.FileName)); err != nil {
		return err
	}
	b.People, err = people.New(b.Store, b.Audit, o)
	return err
}

// toObserve is what is drawn, for what is observed.
type toObserve struct{ *Book }

// Drawn implements path.Book.
func (t toObserve) Drawn(ctx context.Context) (drawn []path.Drawn, err error) {
	courses, err := t.Journeys.Courses(ctx)
	for _, c := range courses {
		drawn = append(drawn, path.Drawn{ID: c.ID, Name: c.Name, Touchpoints: c.Touchpoints})
	}
	return drawn, err
}

// Promises implements customer.Book.
func (t toObserve) Promises(ctx context.Context) (map[string]string, error) {
	return t.Journeys.Promises(ctx)
}

// WorthDay implements customer.Book.
func (t toObserve) WorthDay(ctx context.Context) (clientele.Date, bool, error) {
	periods, ok, err := t.Statements.Periods(ctx)
	return periods.Default.Period.To, ok, err
}

// toClose makes statements for closing.
type toClose struct{ book *Book }

// Read implements closing.Statements.
func (t toClose) Read() closing.Reading { return readToClose{t.book.Statements.Read()} }

// Exact implements closing.Statements.
func (t toClose) Exact(ctx context.Context, p clientele.Period, by clientele.Settings) (clientele.Statement, error) {
	return t.book.statementsBy(by).Exact(ctx, statement.Request{Period: p})
}

// readToClose reads what a close holds.
type readToClose struct{ *statement.Reading }

// Whole implements closing.Reading.
func (r readToClose) Whole(ctx context.Context, p clientele.Period, progress closing.Progress) (clientele.Statement, error) {
	return r.Statement(ctx, statement.Request{Period: p}, statement.Progress(progress))
}

// Movements implements closing.Reading.
func (r readToClose) Movements(ctx context.Context, p clientele.Period, horizons []clientele.Horizon) ([]clientele.EquityMovement, error) {
	return r.EquityMovements(ctx, statement.Request{Period: p}, horizons, nil)
}

// ClosedOn implements statement.Book.
func (b *Book) ClosedOn(ctx context.Context, day clientele.Date) (clientele.Close, bool, error) {
	return b.Closings.ClosedOn(ctx, day)
}

// ContractWorth implements statement.Book.
func (b *Book) ContractWorth(ctx context.Context, asOf clientele.Date) (*clientele.ContractEquity, string, error) {
	return contractWorth(ctx, b.Contracts, asOf)
}

// ContractWorth implements statement.Book.
func (s settled) ContractWorth(ctx context.Context, asOf clientele.Date) (*clientele.ContractEquity, string, error) {
	return contractWorth(ctx, contract.New(s.Records, s.Models, s, s.Store, program()), asOf)
}

func contractWorth(ctx context.Context, c *contract.Service, asOf clientele.Date) (*clientele.ContractEquity, string, error) {
	r, err := c.Kept(ctx, contract.Request{AsOf: asOf})
	if clientele.CodeOf(err) == clientele.CodeNotFound {
		return nil, "", nil
	}
	return r.All.Equity, r.All.Refused, err
}

// settled is a book with other settings than it has now.
type settled struct {
	*Book
	by clientele.Settings
}

// Settings implements statement.Book.
func (s settled) Settings(context.Context) (clientele.Settings, error) { return s.by, nil }

// openRecords opens the records. What could not be read has been set aside: first
// the log, then the file, so that the third try makes an empty one.
func openRecords(ctx context.Context, path string, w Watcher) (*duckdb.DB, error) {
	db, err := duckdb.Open(ctx, path, duckdb.Options{})
	for tries := 1; tries < 3 && errors.Is(err, duckdb.ErrDamaged); tries++ {
		w.notice("the records file was damaged (%v); it is set aside, and the records are being rebuilt from the accepted files", err)
		db, err = duckdb.Open(ctx, path, duckdb.Options{})
	}
	if err != nil {
		return nil, err
	}
	return db, nil
}

// mend brings the records up to the landed files, and the queue up to this process.
func (b *Book) mend(ctx context.Context, w Watcher) error {
	if err := b.Store.ReleaseJobs(ctx); err != nil {
		return err
	}
	if err := b.Mail.Resume(ctx); err != nil {
		return err
	}
	finished, err := b.Privacy.Resume(ctx, w.fraction)
	if err != nil {
		return err
	}
	if finished {
		w.notice("an erasure that was not finished is finished now")
	}
	if err := b.followSettings(ctx, w); err != nil {
		return err
	}
	b.tellDisagreements(ctx, w)
	unexplained, err := b.Landing.Unexplained()
	if err != nil {
		return err
	}
	for _, d := range unexplained {
		w.notice("%s/%s: %s; restore it from a backup, or import the file again", landingName, d.Name, d.Reason)
	}
	n, err := b.Importer.LoadPending(ctx, w.step("loading accepted files"))
	switch {
	case clientele.CodeOf(err) == clientele.CodeNotLoaded:
		w.notice("%v", err) // the book still answers for the others
		return nil
	case err == nil && n > 0:
		w.notice("accepted files that were not loaded before and are now: %d", n)
	}
	return err
}

// madeFor are the settings that decide what the records hold.
type madeFor struct {
	Currency string `json:"currency"`
	TimeZone string `json:"time_zone"`
}

// followSettings rebuilds the records if they were made for another currency or
// time zone than the book now has.
func (b *Book) followSettings(ctx context.Context, w Watcher) error {
	now := madeFor{b.settings.Currency, b.settings.TimeZone}
	var then madeFor
	text, err := os.ReadFile(b.file(madeForName))
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return fileError("the records' settings cannot be read", err)
	case json.Unmarshal(text, &then) == nil && then == now:
		return nil
	default:
		w.notice("currency or time zone changed in %s: the records are being rebuilt", config.FileName)
		if err := b.Importer.Rebuild(ctx, w.step("rebuilding")); err != nil {
			return err
		}
	}
	if text, err = json.Marshal(now); err != nil {
		return fmt.Errorf("settings of the records: %w", err)
	}
	fresh := filepath.Join(b.file(workName), madeForName)
	if err := writeSynced(fresh, text); err != nil {
		return fileError("the records' settings cannot be kept", err)
	}
	return fileError("the records' settings cannot be kept", errors.Join(os.Rename(fresh, b.file(madeForName)), syncDir(b.Path)))
}

// Settings implements statement.Book: what book.toml says, with the definition in force.
func (b *Book) Settings(ctx context.Context) (clientele.Settings, error) {
	return b.Definitions.Settings(ctx)
}

// Imports implements statement.Book.
func (b *Book) Imports(ctx context.Context) ([]clientele.ImportRef, error) {
	entries, err := b.Landing.List()
	if err != nil {
		return nil, err
	}
	loaded, err := b.loadedByID(ctx)
	if err != nil {
		return nil, err
	}
	refs := make([]clientele.ImportRef, 0, len(entries))
	for _, e := range entries {
		ref := clientele.ImportRef{
			Sequence: e.Sequence, Name: e.Name, SHA256: e.SHA256, Kind: e.Kind, Source: e.Source,
			State: string(ingest.StateKept), At: e.Accepted,
		}
		if batch, ok := loaded[e.BatchID]; ok {
			ref.State, ref.Rows, ref.Rejected = string(ingest.StateLoaded), batch.Report.Read, batch.Report.Rejected
		}
		refs = append(refs, ref)
	}
	return refs, nil
}

func (b *Book) loadedByID(ctx context.Context) (map[string]warehouse.LoadedBatch, error) {
	batches, err := b.Records.Loaded(ctx)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]warehouse.LoadedBatch, len(batches))
	for _, batch := range batches {
		byID[batch.ID] = batch
	}
	return byID, nil
}

// Rebuild makes the records anew from the landed files.
func (b *Book) Rebuild(ctx context.Context, w Watcher) error {
	return b.Importer.Rebuild(ctx, w.step("rebuilding"))
}

// Close ends the work on the book. Nothing else may be running on it.
func (b *Book) Close() error {
	var errs []error
	if b.Records != nil {
		errs = append(errs, b.Records.Close())
	}
	if b.Store != nil {
		errs = append(errs, b.Store.Close())
	}
	if b.lock != nil {
		errs = append(errs, b.lock.release())
	}
	return errors.Join(errs...)
}
