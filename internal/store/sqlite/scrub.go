package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"iter"

	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/store/queries"
)

// CountUnfinished implements store.Jobs.
func (s *Store) CountUnfinished(ctx context.Context, kind string) (n int64, err error) {
	err = s.on(ctx).QueryRowContext(ctx, queries.Text("job.count_unfinished"), kind).Scan(&n)
	return n, failure(err)
}

// Scrub implements store.Store. The engine leaves the bytes of what is deleted in its
// file, and in its log: it writes the file anew, and empties the log.
func (s *Store) Scrub(ctx context.Context) error {
	err := s.inTx(ctx, func(tx *transaction) error {
		for _, name := range []string{"cache.clear", "job.forget_all", "reply.clear"} {
			if _, err := tx.ExecContext(ctx, queries.Text(name)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return failure(err)
	}
	defer conn.Close()
	for _, step := range []string{"PRAGMA temp_store = memory", "VACUUM"} {
		if _, err := conn.ExecContext(ctx, step); err != nil {
			return failure(err)
		}
	}
	return s.emptyLog(ctx, conn)
}

// emptyLog brings the log into the file and cuts it off. Busy timeouts count for it.
func (s *Store) emptyLog(ctx context.Context, conn *sql.Conn) error {
	for {
		var busy, pages, moved int64
		if err := conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved); err != nil {
			return failure(err)
		}
		if busy == 0 {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// Texts implements store.Store.
func (s *Store) Texts(ctx context.Context) iter.Seq2[store.KeptText, error] {
	return func(yield func(store.KeptText, error) bool) {
		tables, err := s.tables(ctx)
		if err != nil {
			yield(store.KeptText{}, err)
			return
		}
		for _, table := range tables {
			more, err := s.textsOf(ctx, table, func(t store.KeptText) bool { return yield(t, nil) })
			if err != nil {
				yield(store.KeptText{}, err)
			}
			if err != nil || !more {
				return
			}
		}
	}
}

func (s *Store) tables(ctx context.Context) (names []string, err error) {
	rows, err := s.on(ctx).QueryContext(ctx, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
	if err != nil {
		return nil, failure(err)
	}
	defer func() { err = errors.Join(err, failure(rows.Close())) }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, failure(err)
		}
		names = append(names, name)
	}
	return names, failure(rows.Err())
}

// textsOf hands out the texts of a table; more is false once enough were taken.
func (s *Store) textsOf(ctx context.Context, table string, take func(store.KeptText) bool) (more bool, err error) {
	rows, err := s.on(ctx).QueryContext(ctx, `SELECT * FROM "`+table+`"`)
	if err != nil {
		return false, failure(err)
	}
	defer func() { err = errors.Join(err, failure(rows.Close())) }()
	columns, err := rows.Columns()
	if err != nil {
		return false, failure(err)
	}
	values, targets := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return false, failure(err)
		}
		for _, text := range values {
			if len(text) > 0 && !take(store.KeptText{Table: table, Text: text}) {
				return false, nil
			}
		}
	}
	return true, failure(rows.Err())
}
