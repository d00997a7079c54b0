package app

import (
	"context"

	"github.com/clientele/clientele/internal/httpd"
	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/store"
)

// checks are the parts without which the book does not answer.
func (b *Book) checks() []httpd.Check {
	return []httpd.Check{
		{Part: "operations", Ask: func(ctx context.Context) error {
			_, err := b.Store.AnyPerson(ctx)
			return err
		}},
		{Part: "records", Ask: func(ctx context.Context) error {
			_, err := b.Records.Loaded(ctx)
			return err
		}},
	}
}

// figures are what whoever runs the book watches, beside its requests.
func (b *Book) figures() []httpd.Figure {
	return []httpd.Figure{
		{Name: "clientele_jobs", Help: "Jobs that are not forgotten, by kind and state.", Labels: []string{"kind", "state"}, Read: b.countJobs},
		{Name: "clientele_imports", Help: "Accepted files, loaded or kept for later.", Labels: []string{"state"}, Read: b.countImports},
		{Name: "clientele_audit_events", Help: "Events of the audit.", Read: b.countEvents},
		b.accountFigure("clientele_sessions", "Sessions that have not ended.", func(l people.Load) float64 { return float64(l.Sessions) }),
		b.accountFigure("clientele_passwords_hashing", "Passwords that are being hashed.", func(l people.Load) float64 { return float64(l.Hashing) }),
		b.accountFigure("clientele_passwords_waiting", "Passwords that wait to be hashed.", func(l people.Load) float64 { return float64(l.Waiting) }),
	}
}

func (b *Book) accountFigure(name, help string, of func(people.Load) float64) httpd.Figure {
	return httpd.Figure{Name: name, Help: help, Read: func(ctx context.Context) ([]httpd.Reading, error) {
		load, err := b.People.Load(ctx)
		return []httpd.Reading{{Value: of(load)}}, err
	}}
}

// countJobs tells of every state, also of those in which no job is: a figure that comes
// and goes cannot be watched.
func (b *Book) countJobs(ctx context.Context) ([]httpd.Reading, error) {
	counts, err := b.Store.CountJobs(ctx)
	if err != nil {
		return nil, err
	}
	by := map[string]map[store.JobState]int64{}
	for _, c := range counts {
		if by[c.Kind] == nil {
			by[c.Kind] = map[store.JobState]int64{}
		}
		by[c.Kind][c.State] = c.Count
	}
	var readings []httpd.Reading
	for kind, states := range by {
		for _, s := range []store.JobState{store.JobQueued, store.JobRunning, store.JobDone, store.JobFailed, store.JobCancelled} {
			readings = append(readings, httpd.Reading{Value: float64(states[s]), Labels: []string{kind, string(s)}})
		}
	}
	return readings, nil
}

func (b *Book) countImports(ctx context.Context) ([]httpd.Reading, error) {
	entries, err := b.Landing.List()
	if err != nil {
		return nil, err
	}
	loaded, err := b.Records.Loaded(ctx)
	if err != nil {
		return nil, err
	}
	return []httpd.Reading{
		{Value: float64(len(loaded)), Labels: []string{"loaded"}},
		{Value: float64(max(0, len(entries)-len(loaded))), Labels: []string{"kept"}},
	}, nil
}

func (b *Book) countEvents(ctx context.Context) ([]httpd.Reading, error) {
	last, err := b.Audit.Page(ctx, 0, 1, nil)
	if err != nil || len(last) == 0 {
		return []httpd.Reading{{}}, err
	}
	return []httpd.Reading{{Value: float64(last[0].Number)}}, nil
}
