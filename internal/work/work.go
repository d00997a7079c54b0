// Package work is the long work that pages and the API have done, each kind asked for in
// one way: so that it is done once however many ask, and whoever asks first.
//
// Rules: what a job is given is written here, and read by the handler of its kind. Who may
// ask is seen to by the jobs that it is added to.
package work

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/access"
	"github.com/clientele/clientele/internal/definition"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/measure"
	"github.com/clientele/clientele/internal/path"
	"github.com/clientele/clientele/internal/statement"
	"github.com/clientele/clientele/internal/store"
)

// AsOf is given to the jobs that are of a day.
type AsOf struct {
	Day clientele.Date `json:"as_of"`
}

// Restatement is given to the job that compares a close with the records.
type Restatement struct {
	Period string `json:"period"`
}

// Goals is given to the job that computes what came of goals.
type Goals struct {
	Period *clientele.Period `json:"period"` // nil: all that there are, and the latest quarter
}

// Import is given to an import; its result is an ingest.FileReport.
type Import struct {
	Token   string         `json:"token"` // of the upload
	Name    string         `json:"name"`
	Kind    clientele.Kind `json:"kind"`
	Map     []string       `json:"map"`
	Source  string         `json:"source"`
	Strict  bool           `json:"strict"`
	Replace bool           `json:"replace"`
}

// Request is how the importer reads the file.
func (w Import) Request() ingest.Request {
	return ingest.Request{Kind: w.Kind, Map: w.Map, Source: w.Source, Name: w.Name, Strict: w.Strict, Replace: w.Replace}
}

// Jobs takes durable work; see access.Jobs.
type Jobs interface {
	Add(ctx context.Context, kind, key string, payload any) (store.Job, error)
}

// Desk is where work is asked for.
type Desk struct{ Jobs Jobs }

// Statement has a statement computed.
func (d Desk) Statement(ctx context.Context, r statement.Request) (store.Job, error) {
	return d.Jobs.Add(ctx, access.StatementJob, r.Period.String()+" "+r.By, r)
}

// Movement has an equity movement computed, for both horizons.
func (d Desk) Movement(ctx context.Context, r statement.Request) (store.Job, error) {
	return d.Jobs.Add(ctx, access.MovementJob, r.Period.String()+" "+r.By, r)
}

// Growth has what it brings to win customers computed.
func (d Desk) Growth(ctx context.Context, day clientele.Date) (store.Job, error) {
	return d.Jobs.Add(ctx, access.GrowthJob, day.String(), AsOf{day})
}

// Contracts has contracts reported on.
func (d Desk) Contracts(ctx context.Context, day clientele.Date) (store.Job, error) {
	return d.Jobs.Add(ctx, access.ContractsJob, day.String(), AsOf{day})
}

// Model has all that is known of the model of purchases computed.
func (d Desk) Model(ctx context.Context, day clientele.Date) (store.Job, error) {
	return d.Jobs.Add(ctx, access.ModelJob, day.String(), AsOf{day})
}

// Comparison has the candidates compared, and the model chosen.
func (d Desk) Comparison(ctx context.Context, day clientele.Date) (store.Job, error) {
	return d.Jobs.Add(ctx, access.CompareJob, day.String(), AsOf{day})
}

// Restatement has the close of a period compared with the records.
func (d Desk) Restatement(ctx context.Context, period string) (store.Job, error) {
	return d.Jobs.Add(ctx, access.RestateJob, period, Restatement{period})
}

// Definition has past quarters computed by two versions of the definition.
func (d Desk) Definition(ctx context.Context, q definition.Question) (store.Job, error) {
	return d.Jobs.Add(ctx, access.DefinitionJob, fmt.Sprintf("%d %d", q.Version, q.With), q)
}

// Goals has what came of the goals of a period computed; nil: of all that there are.
func (d Desk) Goals(ctx context.Context, p *clientele.Period) (store.Job, error) {
	key := ""
	if p != nil {
		key = p.String()
	}
	return d.Jobs.Add(ctx, access.GoalsJob, "goals "+key, Goals{p})
}

// Measure has a measure reported on; of no name, all that there are.
func (d Desk) Measure(ctx context.Context, r measure.Request) (store.Job, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return store.Job{}, clientele.Errorf(clientele.CodeInternal, "a measure cannot be asked for").Because(err)
	}
	return d.Jobs.Add(ctx, access.MeasuresJob, "measures "+string(text), r)
}

// Paths has the paths that customers took added up.
func (d Desk) Paths(ctx context.Context, r path.Request) (store.Job, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return store.Job{}, clientele.Errorf(clientele.CodeInternal, "paths cannot be asked for").Because(err)
	}
	return d.Jobs.Add(ctx, access.PathsJob, "paths "+string(text), r)
}

// Themes has what customers say looked at.
func (d Desk) Themes(ctx context.Context) (store.Job, error) {
	return d.Jobs.Add(ctx, access.ThemesJob, "themes", nil)
}

// Import has a file that waits imported.
func (d Desk) Import(ctx context.Context, w Import) (store.Job, error) {
	return d.Jobs.Add(ctx, access.ImportJob, w.Token, w)
}
