package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/expr"
	"github.com/clientele/clientele/internal/warehouse"
)

// Importer takes files into one book. Its methods exclude each other.
type Importer struct {
	Landing   *Landing
	Warehouse warehouse.Warehouse
	Currency  string                // the book's
	TimeZone  string                // the book's
	Version   string                // of the program, for the record
	Work      string                // directory inside the book for prepared files; LoadPending empties it
	Changed   func(context.Context) // told when an import has changed the records; nil: nobody
	// Erased says how a coming file is written anew without people who were erased, and how
	// many rows are left out; change is nil if nobody is in it. Open makes the file ready,
	// and need not be called. nil: nobody was erased.
	Erased func(ctx context.Context, open func() (*Text, error)) (change func(Row) Change, rows int, err error)

	mu    sync.Mutex
	looks sync.RWMutex // read-locked while a file is looked at that is not imported
}

// Import validates a file, lands it and loads it. The report is filled as far
// as the import came, with an error too. Errors: CodeInvalid (nothing kept; At
// names line and column), CodeConflict (landed already with another mapping:
// Replace applies the new one), CodeNotLoaded (landed and safe, not loaded),
// CodeNoSpace (nothing kept).
func (im *Importer) Import(ctx context.Context, path string, r Request) (FileReport, error) {
	report, err := im.importFile(ctx, path, r)
	if err == nil && report.State == StateLoaded && im.Changed != nil {
		im.Changed(ctx)
	}
	return report, err
}

func (im *Importer) importFile(ctx context.Context, path string, r Request) (FileReport, error) {
	im.mu.Lock()
	defer im.mu.Unlock()
	r = r.asked()
	j := &importing{Importer: im, request: r, report: FileReport{
		Name: r.name(path), Kind: r.Kind, Source: r.Source, Mapping: map[string]string{}, Rejects: []warehouse.Reject{}, Warnings: []Problem{},
		State: StateRefused, DryRun: r.DryRun,
	}}
	err := j.run(ctx, path)
	if err == nil {
		err = j.reconcile(ctx)
	}
	var e *clientele.Error
	if errors.As(err, &e) && e.At.File == "" {
		e.At.File = j.report.Name
	}
	return j.report, err
}

// importing is one file on its way.
type importing struct {
	*Importer
	request Request
	report  FileReport
	in      *incoming
	old     *Entry // what a new mapping replaces
	reading *reading
	without func(Row) Change // leaves out who was erased; nil: nobody is
}

func (j *importing) run(ctx context.Context, path string) (err error) {
	if _, err := parseMap(j.request.Map); err != nil {
		return err
	}
	if _, err := j.loadPending(ctx, nil); err != nil {
		return waiting(err)
	}
	progress := func(done, total int64) { j.progress(Progress{StageReading, done, total}) }
	if j.in, err = j.Landing.receive(ctx, path, !j.request.DryRun, progress); err != nil {
		return err
	}
	defer j.in.discard()
	j.report.SHA256 = j.in.sha
	if done, err := j.known(ctx); done || err != nil {
		return err
	}
	j.reading, err = readFile(ctx, j.in.path, j.Work, j.named(), j.in.scan, j.recall)
	if j.reading != nil {
		defer j.reading.close()
	}
	j.describe()
	if err != nil {
		return err
	}
	return j.load(ctx)
}

// named is the request with the original's name, for the copy has another.
func (j *importing) named() Request {
	r := j.request
	r.Name = j.report.Name
	return r
}

func (j *importing) progress(p Progress) {
	if j.request.Progress != nil {
		j.request.Progress(p)
	}
}

// surelyMeant is the confidence below which a field's column is pointed out.
const surelyMeant = 0.7

// describe reports how the file is read.
func (j *importing) describe() {
	if j.reading == nil {
		return
	}
	r := &j.report
	p := j.reading.plan
	r.Kind, r.Source, r.Preset, r.Dialect = p.kind, p.source, j.reading.preset, j.reading.layout
	r.Mapping, r.Attributes = p.texts(), p.attributes
	r.Warnings = append(r.Warnings, j.reading.problems...)
	for _, field := range slices.Sorted(maps.Keys(j.reading.recalled)) {
		if text := j.reading.recalled[field]; r.Mapping[field] == text {
			r.Warnings = append(r.Warnings, Problem{Message: fmt.Sprintf("%s is read from %s, as in the last file with these columns", field, text),
				Hint: fmt.Sprintf("If that is wrong here, import again with --map %s=COLUMN --replace.", field)})
		}
	}
	for _, f := range p.kind.Fields() {
		if fill, ok := p.fields[f.Name]; ok && fill.confidence < surelyMeant {
			r.Warnings = append(r.Warnings, Problem{Message: fmt.Sprintf("%s is read from %s, which is not sure: %s", f.Name, expr.String(fill.expr), fill.why),
				Hint: fmt.Sprintf("If that is wrong, import again with --map %s=COLUMN --replace.", f.Name)})
		}
	}
}

// known deals with a file that is landed already: the same again changes
// nothing, another mapping is told, or replaces the first.
func (j *importing) known(ctx context.Context) (done bool, err error) {
	entries, err := j.Landing.List()
	if err != nil {
		return false, err
	}
	over, err := parseMap(j.request.Map)
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		rewritten := e.replaced(j.in.sha)
		if e.SHA256 != j.in.sha && !rewritten || !suits(j.request.Kind, e.Kind, over) {
			continue
		}
		if difference := e.asItCame().differs(j.request, over); difference == "" {
			name := j.report.Name
			j.report, err = j.reportOf(ctx, e)
			j.report.Name, j.report.State, j.report.DryRun = name, StateUnchanged, j.request.DryRun
			j.report.Duplicate, j.report.Loaded, j.report.Updated = j.report.Read-j.report.Rejected, 0, 0
			return true, err
		} else if rewritten {
			return true, clientele.Errorf(clientele.CodeConflict, "people were erased from this file, and it cannot be read otherwise since: %s", difference)
		} else if !j.request.Replace {
			j.report.Kind, j.report.Source, j.report.Mapping, j.report.Attributes = e.Kind, e.Source, e.Mapping, e.Attributes
			return true, clientele.Errorf(clientele.CodeConflict, "this file is in the book already, with another mapping: %s", difference).
				WithHint("Import it with --replace to apply the new mapping: the records are then rebuilt.")
		}
		j.old = &e
		break
	}
	return false, nil
}

// differs says what of a request an entry does not have; "" is nothing.
func (e Entry) differs(r Request, over []given) string {
	if r.Source != "" && r.Source != e.Source {
		return fmt.Sprintf("source %s, not %s", e.Source, r.Source)
	}
	if asked := namedQuestions(r.Map); asked != nil {
		p, _ := presetNamed(e.Preset)
		var own []string
		for _, c := range e.Columns[:max(0, len(e.Columns)-len(p.added))] {
			own = append(own, c.Name)
		}
		if names, err := matching(asked, own); err != nil || !slices.Equal(names, p.questions) {
			return "other questions"
		}
	}
	for _, g := range over {
		now, had := e.Mapping[g.field]
		if attribute, ok := e.Attributes[g.field]; ok && !had {
			now, had = expr.QuoteName(attribute), true
		}
		switch {
		case g.expr == nil && had:
			return fmt.Sprintf("%s=%s", g.field, now)
		case g.expr != nil && !had:
			return fmt.Sprintf("no %s", g.field)
		case g.expr != nil && expr.String(g.expr) != now:
			return fmt.Sprintf("%s=%s, not %s", g.field, now, expr.String(g.expr))
		}
	}
	return ""
}

// anyQuestions stands for every preset that names questions, before they are made lines.
const anyQuestions = "any questions"

// recall finds how the last file with these columns was read.
func (im *Importer) recall(names []string, preset string) (Entry, bool) {
	entries, err := im.Landing.List()
	if err != nil {
		return Entry{}, false
	}
	for _, e := range slices.Backward(entries) {
		e = e.asItCame()
		columns := e.Columns
		if p, ok := presetNamed(e.Preset); ok && preset == anyQuestions && p.questions != nil {
			columns = columns[:max(0, len(columns)-len(p.added))]
		} else if e.Preset != preset {
			continue
		}
		same := slices.EqualFunc(columns, names, func(c warehouse.Column, name string) bool { return c.Name == name })
		if same && (e.Dialect.Header || e.Dialect.Format == FormatParquet) {
			return e, true
		}
	}
	return Entry{}, false
}

// errors that end a validation on purpose.
var (
	errChecked = errors.New("a dry run ends here")
	errRetype  = errors.New("the whole file reads otherwise than its parts")
	errErased  = errors.New("people who were erased are in it")
)

// load validates, lands and loads. A part of a file may mislead: where rows are
// rejected, the types are settled again over the whole file, once.
func (j *importing) load(ctx context.Context) error {
	err := j.attempt(ctx)
	if errors.Is(err, errRetype) {
		err = j.attempt(ctx)
	}
	return err
}

func (j *importing) attempt(ctx context.Context) error {
	entry := j.reading.entry(j.in.sha, j.in.size)
	var err error
	if entry.Sequence, err = j.Landing.next(); err != nil {
		return err
	}
	entry.Program, entry.Accepted = j.Version, time.Now().UTC().Truncate(time.Second)
	if j.old != nil {
		entry.file = j.old.file
	}
	var refusal error // what Accept returned
	accepted := false
	got, err := j.Warehouse.Load(ctx, j.batch(entry, j.reading), warehouse.LoadOptions{
		Progress: func(rows int64) { j.progress(Progress{StageLoading, rows, 0}) },
		Accept: func(got warehouse.LoadReport) error {
			if refusal = j.accept(ctx, got, &entry); refusal == nil {
				accepted = true
			}
			return refusal
		},
	})
	if err == nil && !accepted { // the records hold it, but its entry was lost
		refusal = j.accept(ctx, got, &entry)
	}
	switch {
	case errors.Is(refusal, errChecked) && j.request.DryRun:
		j.report.State = StateChecked
		return nil
	case errors.Is(refusal, errChecked):
		return j.replace(ctx, entry)
	case errors.Is(refusal, errErased):
		return j.landWithout(ctx, entry)
	case refusal != nil:
		return refusal
	case err != nil && accepted:
		j.report.State = StateKept
		return notLoaded(entry, err)
	case err != nil:
		return err
	}
	j.count(got)
	j.report.State = StateLoaded
	return nil
}

func notLoaded(e Entry, err error) error {
	return clientele.Errorf(clientele.CodeNotLoaded, "%s is kept safely, but could not be loaded", e.Name).Because(err).
		WithHint("It loads when the book is opened next. If the disk is full, make room first.")
}

// waiting tells that an earlier file has to be loaded before this one: nothing
// of this one is kept, so the code is that of the earlier one's cause.
func waiting(err error) error {
	e := (*clientele.Error)(nil)
	if !errors.As(err, &e) || e.Code != clientele.CodeNotLoaded {
		return err
	}
	return clientele.Errorf(clientele.CodeOf(e.Err), "nothing of this file is kept, for an earlier one has to be loaded first").Because(err).
		WithHint("Make room if the disk is full, then import the file again.")
}

func (j *importing) count(got warehouse.LoadReport) {
	r := &j.report
	r.Read, r.Loaded, r.Updated, r.Duplicate, r.Rejected = got.Read, got.Loaded, got.Updated, got.Duplicate, got.Rejected
	r.FirstDay, r.LastDay = got.FirstDay, got.LastDay
	r.Rejects = append([]warehouse.Reject{}, got.Rejects...)
}

// accept decides, with the validated file before it, whether it is kept.
func (j *importing) accept(ctx context.Context, got warehouse.LoadReport, entry *Entry) error {
	if got.Rejected > 0 && !j.reading.survey.whole && j.reading.layout.Format != FormatParquet {
		if changed, err := j.lookAgain(ctx); err != nil || changed {
			return cmp.Or(err, errRetype)
		}
	}
	j.count(got)
	if err := j.refuse(got); err != nil {
		return err
	}
	j.report.BatchID, j.report.Sequence = entry.BatchID, entry.Sequence
	if err := j.findErased(ctx, *entry); err != nil {
		return err
	}
	if j.request.DryRun || j.old != nil {
		return errChecked
	}
	if j.without != nil {
		return errErased
	}
	return j.Landing.accept(j.in, entry)
}

// lookAgain settles the file's meaning over the whole of it, and says whether
// that changed anything.
func (j *importing) lookAgain(ctx context.Context) (changed bool, err error) {
	before := j.reading.entry(j.in.sha, j.in.size)
	over, err := parseMap(j.request.Map)
	if err != nil {
		return false, err
	}
	if err := j.reading.lookAgain(ctx); err != nil {
		return false, err
	}
	if err := j.reading.settle(j.request, over, j.recall); err != nil {
		return false, j.reading.locate(err)
	}
	after := j.reading.entry(j.in.sha, j.in.size)
	j.report.Mapping = after.Mapping
	return before.BatchID != after.BatchID, nil
}

// refuse says why nothing of a file is kept.
func (j *importing) refuse(got warehouse.LoadReport) error {
	switch {
	case got.Read == 0:
		return clientele.Errorf(clientele.CodeInvalid, "the file has no rows").WithHint("Export it again.")
	case got.Rejected == got.Read:
		return rejected(got, "every row was rejected").WithHint("Check the mapping with clientele inspect, and correct it with --map.")
	case got.Rejected > 0 && j.request.Strict:
		return rejected(got, fmt.Sprintf("%d of %d rows were rejected, and --strict keeps all or nothing", got.Rejected, got.Read)).
			WithHint("Correct the rows, or import without --strict.")
	}
	return nil
}

func rejected(got warehouse.LoadReport, message string) *clientele.Error {
	err := clientele.Errorf(clientele.CodeInvalid, "%s", message)
	for i, r := range got.Rejects {
		if i == 0 {
			err.Message += ", the first because: " + r.Reason
			err.At.Line, err.At.Column = r.Line, r.Column
		}
		if i < 20 {
			err.Rows = append(err.Rows, fmt.Sprintf("line %d: %s: %s", r.Line, r.Reason, r.Text))
		}
	}
	return err
}

// replace gives a landed file its new mapping, which has been validated, and
// rebuilds the records.
func (j *importing) replace(ctx context.Context, e Entry) error {
	if err := j.Landing.put(&e); err != nil {
		return err
	}
	j.report.State = StateKept
	if err := j.rebuild(ctx, nil); err != nil {
		return notLoaded(e, err)
	}
	warnings := j.report.Warnings
	report, err := j.reportOf(ctx, e)
	if err == nil {
		j.report, j.report.Warnings = report, warnings
	}
	return err
}

// batch is a landed or coming file as the warehouse takes it.
func (im *Importer) batch(e Entry, rd *reading) warehouse.Batch {
	return warehouse.Batch{
		ID: e.BatchID, Sequence: e.Sequence, Kind: e.Kind, Source: e.Source, Input: rd.input(e.Columns), Mapping: rd.plan.mapping(),
		Currency: im.Currency, TimeZone: im.TimeZone,
	}
}

// Inspect is the package's Inspect with what was chosen before for the same
// columns proposed again.
func (im *Importer) Inspect(ctx context.Context, path string, r Request) (Inspection, error) {
	im.looks.RLock()
	defer im.looks.RUnlock()
	return inspect(ctx, path, im.Work, r, im.recall)
}

// Preview reads the first n rows as they would be loaded: canonical field →
// text, nil for missing; rows that would be rejected carry "rejected".
func (im *Importer) Preview(ctx context.Context, path string, r Request, n int) ([]map[string]*string, error) {
	im.looks.RLock()
	defer im.looks.RUnlock()
	rd, err := readFile(ctx, path, im.Work, r, nil, im.recall)
	if rd != nil {
		defer rd.close()
	}
	if err != nil {
		return nil, err
	}
	return im.Warehouse.Preview(ctx, im.batch(rd.entry("preview", 0), rd), n)
}
