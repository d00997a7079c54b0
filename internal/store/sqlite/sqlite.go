// Package sqlite keeps the operational records of a book in one SQLite file.
// Every transaction takes the write lock when it begins and is synced to disk
// when it ends; readers never wait for writers.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

// Store is a store.Store in one SQLite file.
type Store struct {
	db     *sql.DB // writes
	reads  *sql.DB
	memory memory
	adding sync.Mutex // of jobs
}

var _ store.Store = (*Store)(nil)

// Open opens the file, making it if it does not exist, and brings its schema up
// to date. CodeInvalid if a newer program wrote it.
func Open(ctx context.Context, path string) (*Store, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, failure(err)
	}
	name := url.URL{Scheme: "file", Path: abs, RawQuery: url.Values{
		"_pragma": {"busy_timeout(10000)", "journal_mode(wal)", "synchronous(full)", "foreign_keys(on)"},
		"_txlock": {"immediate"},
	}.Encode()}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, failure(err)
	}
	db.SetMaxOpenConns(4)
	reads, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, errors.Join(failure(err), db.Close())
	}
	reads.SetMaxOpenConns(8)
	s := &Store{db: db, reads: reads}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Check implements store.Store.
func (s *Store) Check(ctx context.Context) error {
	var verdict string
	if err := s.db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict); err != nil {
		return failure(err)
	}
	if verdict != "ok" {
		return clientele.Errorf(clientele.CodeInvalid, "the operational records are damaged: %s", verdict).
			WithHint("Restore the book from a backup.")
	}
	return nil
}

// Backup implements store.Store.
func (s *Store) Backup(ctx context.Context, path string) error {
	if _, err := os.Lstat(path); err == nil {
		return clientele.Errorf(clientele.CodeConflict, "%s exists already", path)
	}
	_, err := s.db.ExecContext(ctx, "VACUUM INTO ?", path)
	return failure(err)
}

// Close implements store.Store.
func (s *Store) Close() error { return failure(errors.Join(s.reads.Close(), s.db.Close())) }

// failure translates the engine's errors; nil stays nil.
func failure(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if e := (*clientele.Error)(nil); errors.As(err, &e) {
		return err
	}
	code := 0
	if e := (*sqlite.Error)(nil); errors.As(err, &e) {
		code = e.Code()
	}
	if code == sqlite3.SQLITE_IOERR_SHMSIZE { // the log's index could not grow, for which only space is missing
		code = sqlite3.SQLITE_FULL
	}
	switch code & 0xff { // the rest is detail
	case sqlite3.SQLITE_FULL:
		return clientele.Errorf(clientele.CodeNoSpace, "no space left for the operational records").
			WithHint("Free some space on the disk that holds the book, then run the command again.").Because(err)
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
		return clientele.Errorf(clientele.CodeInvalid, "the operational records are damaged").
			WithHint("Restore the book from a backup.").Because(err)
	}
	return clientele.Errorf(clientele.CodeInternal, "the operational records cannot be read or written").Because(err)
}

// asker is the database, or a transaction on it.
type asker interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

type txKey struct{ of *Store }

// on is what a method works on: the transaction that it was called in, or the database.
func (s *Store) on(ctx context.Context) asker {
	if tx, ok := ctx.Value(txKey{s}).(*transaction); ok {
		return tx
	}
	return apart{s}
}

// Atomically implements store.Store. Within another one it is part of that.
func (s *Store) Atomically(ctx context.Context, f func(context.Context) error) error {
	return s.inTx(ctx, func(tx *transaction) error { return f(context.WithValue(ctx, txKey{s}, tx)) })
}

// inTx runs f in the transaction that it was called in, or in one of its own, which holds
// the write lock from its start.
func (s *Store) inTx(ctx context.Context, f func(*transaction) error) error {
	if tx, ok := ctx.Value(txKey{s}).(*transaction); ok {
		return f(tx)
	}
	begun, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return failure(err)
	}
	tx := &transaction{Tx: begun}
	defer tx.ended(&s.memory)
	if err := f(tx); err != nil {
		return errors.Join(failure(err), ignoreDone(tx.Rollback()))
	}
	return failure(tx.Commit())
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}
