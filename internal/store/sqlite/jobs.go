package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/store/queries"
)

// AddJob implements store.Jobs. Most often the job is there already, for which nothing has
// to be written.
func (s *Store) AddJob(ctx context.Context, j store.Job) (kept store.Job, err error) {
	if j.Key != "" && !s.within(ctx) {
		if kept, ok, err := s.unfinished(ctx, j); ok || err != nil {
			return kept, err
		}
		s.adding.Lock() // many pages ask for the same at once: one writes
		defer s.adding.Unlock()
		if kept, ok, err := s.unfinished(ctx, j); ok || err != nil {
			return kept, err
		}
	}
	err = s.inTx(ctx, func(tx *transaction) error {
		kept, err = scanJob(tx.QueryRowContext(ctx, queries.Text("job.add"), j.ID, j.Kind, j.Key, string(j.Payload),
			j.RunAt.UnixMilli(), j.Progress.Step, j.Progress.Fraction, j.Created.UnixMilli()))
		if errors.Is(err, sql.ErrNoRows) {
			kept, err = scanJob(tx.QueryRowContext(ctx, queries.Text("job.get_unfinished"), j.Kind, j.Key))
		}
		return err
	})
	return kept, err
}

// unfinished is the job of the same kind and key that is not finished.
func (s *Store) unfinished(ctx context.Context, j store.Job) (kept store.Job, ok bool, err error) {
	kept, err = scanJob(s.on(ctx).QueryRowContext(ctx, queries.Text("job.get_unfinished"), j.Kind, j.Key))
	if errors.Is(err, sql.ErrNoRows) {
		return kept, false, nil
	}
	return kept, err == nil, failure(err)
}

// Job implements store.Jobs.
func (s *Store) Job(ctx context.Context, id string) (store.Job, error) {
	j, err := scanJob(s.on(ctx).QueryRowContext(ctx, queries.Text("job.get"), id))
	if errors.Is(err, sql.ErrNoRows) {
		return j, clientele.Errorf(clientele.CodeNotFound, "there is no job %s", id)
	}
	return j, failure(err)
}

// CountJobs implements store.Jobs.
func (s *Store) CountJobs(ctx context.Context) (counts []store.JobCount, err error) {
	rows, err := s.on(ctx).QueryContext(ctx, queries.Text("job.count"))
	if err != nil {
		return nil, failure(err)
	}
	defer rows.Close()
	for rows.Next() {
		var c store.JobCount
		if err := rows.Scan(&c.Kind, &c.State, &c.Count); err != nil {
			return nil, failure(err)
		}
		counts = append(counts, c)
	}
	return counts, failure(rows.Err())
}

// LeaseJob implements store.Jobs. Workers ask often, and mostly there is nothing: that is
// found out without the lock that writing takes.
func (s *Store) LeaseJob(ctx context.Context, kind, owner string, now, until time.Time) (j store.Job, ok bool, err error) {
	at, id := now.UnixMilli(), ""
	err = s.on(ctx).QueryRowContext(ctx, queries.Text("job.find_due"), kind, at, at).Scan(&id)
	if err == nil {
		j, err = scanJob(s.on(ctx).QueryRowContext(ctx, queries.Text("job.lease"), owner, until.UnixMilli(), at, id, at, at))
	}
	if errors.Is(err, sql.ErrNoRows) { // also where another worker was faster
		return j, false, nil
	}
	return j, err == nil, failure(err)
}

// BeatJob implements store.Jobs.
func (s *Store) BeatJob(ctx context.Context, id, owner string, until time.Time, p store.JobProgress) (store.Job, error) {
	j, err := scanJob(s.on(ctx).QueryRowContext(ctx, queries.Text("job.beat"), until.UnixMilli(), p.Step, p.Fraction, p.Rows, id, owner))
	if errors.Is(err, sql.ErrNoRows) {
		return j, leaseLost(id)
	}
	return j, failure(err)
}

// FinishJob implements store.Jobs.
func (s *Store) FinishJob(ctx context.Context, owner string, j store.Job) error {
	done, err := s.on(ctx).ExecContext(ctx, queries.Text("job.finish"), j.State, j.Attempts, j.RunAt.UnixMilli(),
		j.Progress.Step, j.Progress.Fraction, j.Progress.Rows, textOf(j.Result), textOf(j.Error), millisOf(j.Finished), j.ID, owner)
	if err != nil {
		return failure(err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(leaseLost(j.ID), err)
	}
	return nil
}

// CancelJob implements store.Jobs.
func (s *Store) CancelJob(ctx context.Context, id string, now time.Time) (store.Job, error) {
	j, err := scanJob(s.on(ctx).QueryRowContext(ctx, queries.Text("job.cancel"), now.UnixMilli(), id))
	if errors.Is(err, sql.ErrNoRows) {
		return s.Job(ctx, id)
	}
	return j, failure(err)
}

// ReleaseJobs implements store.Jobs.
func (s *Store) ReleaseJobs(ctx context.Context) error {
	return s.run(ctx, "job.release_all")
}

// ForgetJobs implements store.Jobs.
func (s *Store) ForgetJobs(ctx context.Context, before time.Time) error {
	return s.run(ctx, "job.forget", before.UnixMilli())
}

func leaseLost(id string) error {
	return clientele.Errorf(clientele.CodeConflict, "job %s is no longer held", id)
}

// scanJob reads the columns that every job query returns, in their order.
func scanJob(row scanner) (store.Job, error) {
	var (
		j                 store.Job
		payload           string
		result, failed    sql.NullString
		runAt, created    int64
		started, finished sql.NullInt64
	)
	err := row.Scan(&j.ID, &j.Kind, &j.Key, &payload, &j.State, &j.Attempts, &runAt, &j.Cancel,
		&j.Progress.Step, &j.Progress.Fraction, &j.Progress.Rows, &result, &failed, &created, &started, &finished)
	if err != nil {
		return store.Job{}, err
	}
	j.Payload = json.RawMessage(payload)
	j.Result, j.Error = rawOf(result), rawOf(failed)
	j.RunAt, j.Created = time.UnixMilli(runAt).UTC(), time.UnixMilli(created).UTC()
	j.Started, j.Finished = timeOf(started), timeOf(finished)
	return j, nil
}

func rawOf(s sql.NullString) json.RawMessage {
	if !s.Valid {
		return nil
	}
	return json.RawMessage(s.String)
}

func textOf(raw json.RawMessage) sql.NullString {
	return sql.NullString{String: string(raw), Valid: raw != nil}
}

func timeOf(ms sql.NullInt64) *time.Time {
	if !ms.Valid {
		return nil
	}
	t := time.UnixMilli(ms.Int64).UTC()
	return &t
}

func millisOf(t *time.Time) sql.NullInt64 {
	if t == nil {
		return sql.NullInt64{}
	}
	return sql.NullInt64{Int64: t.UnixMilli(), Valid: true}
}
