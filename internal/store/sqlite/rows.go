package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"iter"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store/queries"
)

// scanner is a row of an answer.
type scanner interface{ Scan(...any) error }

// streamed yields what scan makes of every row that a query answers.
func streamed[T any](ctx context.Context, s *Store, scan func(scanner) (T, error), query string, args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		rows, err := s.on(ctx).QueryContext(ctx, queries.Text(query), args...)
		if err != nil {
			yield(none, failure(err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			one, err := scan(rows)
			if !yield(one, failure(err)) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(none, failure(err))
		}
	}
}

// listed returns what scan makes of every row that a query answers.
func listed[T any](ctx context.Context, s *Store, scan func(scanner) (T, error), query string, args ...any) (all []T, err error) {
	for one, err := range streamed(ctx, s, scan, query, args...) {
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// changed runs a query that changes one thing. CodeNotFound if there is none.
func changed(ctx context.Context, on asker, what, query string, args ...any) error {
	done, err := on.ExecContext(ctx, queries.Text(query), args...)
	if err != nil {
		return failure(err)
	}
	n, err := done.RowsAffected()
	if err == nil && n == 0 {
		err = sql.ErrNoRows
	}
	return missing(what, err)
}

// missing translates the error of who asked for one thing.
func missing(what string, err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return clientele.Errorf(clientele.CodeNotFound, "there is no such %s", what)
	}
	return failure(err)
}

// counted runs a query that changes rows, and counts them.
func (s *Store) counted(ctx context.Context, query string, args ...any) (int64, error) {
	done, err := s.on(ctx).ExecContext(ctx, queries.Text(query), args...)
	if err != nil {
		return 0, failure(err)
	}
	n, err := done.RowsAffected()
	return n, failure(err)
}

// added runs a query that adds one thing, unless it is there: then the error is CodeConflict,
// with what is there already.
func (s *Store) added(ctx context.Context, there, query string, args ...any) error {
	n, err := s.counted(ctx, query, args...)
	if err == nil && n == 0 {
		err = clientele.Errorf(clientele.CodeConflict, "%s", there)
	}
	return err
}

// run runs a query that may change nothing.
func (s *Store) run(ctx context.Context, query string, args ...any) error {
	_, err := s.on(ctx).ExecContext(ctx, queries.Text(query), args...)
	return failure(err)
}
