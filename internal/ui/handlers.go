package ui

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/access"
	"github.com/clientele/clientele/internal/contract"
	"github.com/clientele/clientele/internal/definition"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/job"
	"github.com/clientele/clientele/internal/measure"
	"github.com/clientele/clientele/internal/path"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/statement"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/work"
)

// The kinds of job that pages add.
const (
	jobStatement  = access.StatementJob
	jobMovement   = access.MovementJob
	jobContracts  = access.ContractsJob
	jobGrowth     = access.GrowthJob
	jobImport     = access.ImportJob
	jobModel      = access.ModelJob
	jobCompare    = access.CompareJob
	jobRestate    = access.RestateJob
	jobDefinition = access.DefinitionJob
	jobGoals      = access.GoalsJob
	jobMeasures   = access.MeasuresJob
	jobPaths      = access.PathsJob
	jobThemes     = access.ThemesJob
)

// Handlers run the jobs that the pages add. They may be run again from the
// start: an import that is in the book already changes nothing, and its upload
// is removed only once its report was shown.
func Handlers(s Services) map[string]job.Handler {
	return map[string]job.Handler{
		jobStatement: s.runStatement, jobMovement: s.runMovement, jobGrowth: s.runGrowth, jobImport: s.runImport, jobModel: s.runModel, jobCompare: s.runCompare,
		jobContracts: s.runContracts, jobRestate: s.runRestate, jobDefinition: s.runDefinition, jobGoals: s.runGoals, jobMeasures: s.runMeasures, jobPaths: s.runPaths,
		jobThemes: s.runThemes,
	}
}

func (s Services) runStatement(ctx context.Context, payload json.RawMessage, report func(store.JobProgress)) (any, error) {
	var r statement.Request
	if err := json.Unmarshal(payload, &r); err != nil {
		return nil, err
	}
	err := s.Statements.Prepare(ctx, r, steps(report))
	if err == nil && r.By == "" { // what came of its goals takes the period before, too
		_, err = s.desk().Goals(ctx, &r.Period)
	}
	return nil, err
}

// runMovement computes the movement for both horizons.
func (s Services) runMovement(ctx context.Context, payload json.RawMessage, report func(store.JobProgress)) (any, error) {
	var r statement.Request
	if err := json.Unmarshal(payload, &r); err != nil {
		return nil, err
	}
	return nil, s.Statements.PrepareEquityMovements(ctx, r, steps(report))
}

func (s Services) runGrowth(ctx context.Context, payload json.RawMessage, report func(store.JobProgress)) (any, error) {
	var given work.AsOf
	if err := json.Unmarshal(payload, &given); err != nil {
		return nil, err
	}
	report(store.JobProgress{Step: "adding up what customers brought and cost", Fraction: -1})
	_, err := s.Statements.Acquisition(ctx, given.Day)
	return nil, err
}

func (s Services) runModel(ctx context.Context, payload json.RawMessage, report func(store.JobProgress)) (any, error) {
	var given work.AsOf
	if err := json.Unmarshal(payload, &given); err != nil {
		return nil, err
	}
	_, err := s.Models.Examine(ctx, given.Day, steps(report))
	return nil, err
}

func (s Services) runCompare(ctx context.Context, payload json.RawMessage, report func(store.JobProgress)) (any, error) {
	var given work.AsOf
	if err := json.Unmarshal(payload, &given); err != nil {
		return nil, err
	}
	choice, err := s.Models.Compare(ctx, given.Day, steps(report))
	if err == nil {
		s.ComputeAhead(ctx) // with the model that was chosen
	}
	return choice, err
}

func (s Services) runContracts(ctx context.Context, payload json.RawMessage, report func(store.JobProgress)) (any, error) {
	var given work.AsOf
	if err := json.Unmarshal(payload, &given); err != nil {
		return nil, err
	}
	report(store.JobProgress{Step: "counting contracts and fitting renewals", Fraction: -1})
	return nil, s.Contracts.Prepare(ctx, contract.Request{AsOf: given.Day})
}

func (s Services) runMeasures(ctx context.Context, payload json.RawMessage, report func(store.JobProgress)) (any, error) {
	var r measure.Request
	if err := json.Unmarshal(payload, &r); err != nil {
		return nil, err
	}
	report(store.JobProgress{Step: "counting answers and interactions", Fraction: -1})
	return nil, s.Measures.Prepare(ctx, r)
}

func (s Services) runPaths(ctx context.Context, payload json.RawMessage, report func(store.JobProgress)) (any, error) {
	var r path.Request
	if err := json.Unmarshal(payload, &r); err != nil {
		return nil, err
	}
	report(store.JobProgress{Step: "following customers from step to step", Fraction: -1})
	return nil, s.Paths.Prepare(ctx, r)
}

func (s Services) runThemes(ctx context.Context, _ json.RawMessage, report func(store.JobProgress)) (any, error) {
	report(store.JobProgress{Step: "reading what customers wrote", Fraction: -1})
	return nil, s.Themes.Prepare(ctx)
}

func (s Services) runRestate(ctx context.Context, payload json.RawMessage, report func(store.JobProgress)) (any, error) {
	var given work.Restatement
	if err := json.Unmarshal(payload, &given); err != nil {
		return nil, err
	}
	c, err := s.Closings.Closed(ctx, given.Period)
	if err != nil {
		return nil, err
	}
	report(store.JobProgress{Step: "counting who came and who left", Fraction: -1})
	_, err = s.Closings.Restated(ctx, c)
	return nil, err
}

func (s Services) runDefinition(ctx context.Context, payload json.RawMessage, report func(store.JobProgress)) (any, error) {
	var q definition.Question
	if err := json.Unmarshal(payload, &q); err != nil {
		return nil, err
	}
	_, err := s.Definitions.Compare(ctx, q, steps(report))
	return nil, err
}

func (s Services) runGoals(ctx context.Context, payload json.RawMessage, report func(store.JobProgress)) (any, error) {
	var given work.Goals
	if err := json.Unmarshal(payload, &given); err != nil {
		return nil, err
	}
	if given.Period != nil {
		return nil, s.Goals.Prepare(ctx, *given.Period, steps(report))
	}
	return nil, s.Goals.PrepareOverview(ctx, steps(report))
}

// steps reports work that tells its step and how much of the whole is done.
func steps(report func(store.JobProgress)) func(string, float64) {
	return func(step string, fraction float64) { report(store.JobProgress{Step: step, Fraction: fraction}) }
}

func (s Services) runImport(ctx context.Context, payload json.RawMessage, report func(store.JobProgress)) (any, error) {
	var given work.Import
	if err := json.Unmarshal(payload, &given); err != nil {
		return nil, err
	}
	r := given.Request()
	r.Progress = func(p ingest.Progress) { report(jobProgress(p)) }
	return s.Importer.Import(ctx, work.Uploads{Dir: s.Uploads}.Path(given.Token), r)
}

// ComputeAhead has the pages that people open first computed when something they
// show has changed, and not when they open them: it is the program that asks, whoever made
// the change. What was done stands whether or not that can be asked for now: the pages ask
// again.
func (s Services) ComputeAhead(ctx context.Context) {
	if err := s.addDefaults(policy.With(ctx, policy.Local("clientele"))); err != nil {
		s.Log.WarnContext(ctx, "statement and model are not computed ahead", "error", err)
	}
}

func (s Services) addDefaults(ctx context.Context) error {
	if err := s.addMeasures(ctx); err != nil {
		return err
	}
	if err := s.addThemes(ctx); err != nil {
		return err
	}
	periods, ok, err := s.Statements.Periods(ctx)
	if err != nil || !ok {
		return err
	}
	p := periods.Default.Period
	if _, err := s.desk().Statement(ctx, statement.Request{Period: p}); err != nil {
		return err
	}
	if _, err := s.desk().Model(ctx, p.To); err != nil {
		return err
	}
	if _, err := s.desk().Movement(ctx, statement.Request{Period: p}); err != nil {
		return err
	}
	if _, err := s.desk().Growth(ctx, p.To); err != nil {
		return err
	}
	if err := s.addContracts(ctx, p.To); err != nil {
		return err
	}
	closes, err := s.Closings.Closes(ctx)
	if err != nil || len(closes) == 0 {
		return err
	}
	_, err = s.desk().Restatement(ctx, closes[len(closes)-1].Period)
	return err
}

// desk is where pages ask for long work.
func (s Services) desk() work.Desk { return work.Desk{Jobs: s.Jobs} }

// addMeasures has all measures reported on, where the book has anything that happened at touchpoints.
func (s Services) addMeasures(ctx context.Context) error {
	imports, err := s.Book.Imports(ctx)
	if err != nil || !slices.ContainsFunc(imports, func(i clientele.ImportRef) bool {
		return i.Kind == clientele.Interactions || i.Kind == clientele.Feedback
	}) {
		return err
	}
	_, err = s.desk().Measure(ctx, measure.Request{})
	return err
}

// addThemes has what customers say looked at, where the book has any feedback.
func (s Services) addThemes(ctx context.Context) error {
	imports, err := s.Book.Imports(ctx)
	if err != nil || !slices.ContainsFunc(imports, func(i clientele.ImportRef) bool { return i.Kind == clientele.Feedback }) {
		return err
	}
	_, err = s.desk().Themes(ctx)
	return err
}

// addContracts has the contracts as of a day reported on, where the book has any.
func (s Services) addContracts(ctx context.Context, day clientele.Date) error {
	_, ok, err := s.Contracts.Ready(ctx, contract.Request{AsOf: day})
	if ok || clientele.CodeOf(err) == clientele.CodeNotFound {
		return nil
	}
	if err == nil {
		_, err = s.desk().Contracts(ctx, day)
	}
	return err
}

func jobProgress(p ingest.Progress) store.JobProgress {
	if p.Stage == ingest.StageLoading {
		return store.JobProgress{Step: "loading the records", Fraction: -1, Rows: p.Done}
	}
	j := store.JobProgress{Step: "reading the file", Fraction: -1}
	if p.Total > 0 {
		j.Fraction = float64(p.Done) / float64(p.Total)
	}
	return j
}
