package ui

import (
	"context"
	"encoding/json"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/job"
	"github.com/clientele/clientele/internal/statement"
	"github.com/clientele/clientele/internal/store"
)

// The kinds of job that pages add.
const (
	jobStatement = "statement"
	jobImport    = "import"
)

// importWork is the payload of an import job; its result is an ingest.FileReport.
type importWork struct {
	Token   string         `json:"token"` // of the upload
	Name    string         `json:"name"`
	Kind    clientele.Kind `json:"kind"`
	Map     []string       `json:"map"`
	Source  string         `json:"source"`
	Strict  bool           `json:"strict"`
	Replace bool           `json:"replace"`
}

// Handlers run the jobs that the pages add. They may be run again from the
// start: an import that is in the book already changes nothing, and its upload
// is removed only once its report was shown.
func Handlers(s Services) map[string]job.Handler {
	return map[string]job.Handler{jobStatement: s.runStatement, jobImport: s.runImport}
}

func (s Services) runStatement(ctx context.Context, payload json.RawMessage, report func(store.JobProgress)) (any, error) {
	var r statement.Request
	if err := json.Unmarshal(payload, &r); err != nil {
		return nil, err
	}
	return nil, s.Statements.Prepare(ctx, r, func(step string, fraction float64) {
		report(store.JobProgress{Step: step, Fraction: fraction})
	})
}

func (s Services) runImport(ctx context.Context, payload json.RawMessage, report func(store.JobProgress)) (any, error) {
	var work importWork
	if err := json.Unmarshal(payload, &work); err != nil {
		return nil, err
	}
	r := work.request()
	r.Progress = func(p ingest.Progress) { report(jobProgress(p)) }
	done, err := s.Importer.Import(ctx, uploads{s.Uploads}.path(work.Token), r)
	if err != nil {
		return nil, err
	}
	// The import stands whether or not its statement can be asked for now; the
	// statement's page asks again.
	if err := s.computeDefault(ctx); err != nil {
		s.Log.WarnContext(ctx, "the statement is not computed ahead", "error", err)
	}
	return done, nil
}

// computeDefault has the statement that people open first computed when records
// arrive, and not when they open it.
func (s Services) computeDefault(ctx context.Context) error {
	periods, ok, err := s.Statements.Periods(ctx)
	if err != nil || !ok {
		return err
	}
	_, err = s.addStatement(ctx, statement.Request{Period: periods.Default.Period})
	return err
}

// addStatement has a statement computed, once however many ask for it.
func (s Services) addStatement(ctx context.Context, r statement.Request) (store.Job, error) {
	return s.Jobs.Add(ctx, jobStatement, r.Period.String()+" "+r.By, r)
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
