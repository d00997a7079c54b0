package sqlite

import (
	"context"
	"database/sql"
	"regexp"
	"strings"
	"sync"
)

// memory keeps answers that every page asks for and hardly anything changes, until the
// table that they are of is written to. No other process writes to the store meanwhile: the
// book is held by this one.
type memory struct {
	mu     sync.Mutex
	tables map[string]*remembered
}

// mostRemembered is how many answers of a table are remembered at most.
const mostRemembered = 1000

// remembered is what is known of one table.
type remembered struct {
	changes int64
	answers map[string]any
}

// of is what is known of a table; mu is held.
func (m *memory) of(table string) *remembered {
	if m.tables == nil {
		m.tables = map[string]*remembered{}
	}
	if m.tables[table] == nil {
		m.tables[table] = &remembered{answers: map[string]any{}}
	}
	return m.tables[table]
}

// recall tells what a question was answered since the table was written to last; else when
// is what to keep an answer under.
func (m *memory) recall(table, question string) (answer any, ok bool, when int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.of(table)
	answer, ok = r.answers[question]
	return answer, ok, r.changes
}

// keep keeps an answer, unless the table has been written to since it was asked for.
func (m *memory) keep(table, question string, answer any, when int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.of(table)
	if r.changes != when {
		return
	}
	if len(r.answers) >= mostRemembered {
		clear(r.answers)
	}
	r.answers[question] = answer
}

// forget forgets what is known of a table; none is "".
func (m *memory) forget(table string) {
	if table == "" {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.of(table)
	r.changes++
	clear(r.answers)
}

// recalled answers a question on a table from memory, or asks. Within a transaction it
// always asks. Nobody changes what it returns.
func recalled[T any](ctx context.Context, s *Store, table, question string, ask func() (T, error)) (T, error) {
	if s.within(ctx) {
		return ask()
	}
	known, ok, when := s.memory.recall(table, question)
	if ok {
		return known.(T), nil
	}
	answer, err := ask()
	if err == nil {
		s.memory.keep(table, question, answer, when)
	}
	return answer, err
}

// within is whether ctx is of a transaction.
func (s *Store) within(ctx context.Context) bool {
	_, ok := ctx.Value(txKey{s}).(*transaction)
	return ok
}

// apart is the database outside of transactions. Who reads does so by connections of their
// own, and never waits for those who wait to write.
type apart struct{ *Store }

func (a apart) pool(query string) *sql.DB {
	if written(query) != "" {
		return a.db
	}
	return a.reads
}

func (a apart) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	defer a.memory.forget(written(query))
	return a.db.ExecContext(ctx, query, args...)
}

func (a apart) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return a.pool(query).QueryContext(ctx, query, args...)
}

func (a apart) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return a.pool(query).QueryRowContext(ctx, query, args...)
}

// transaction notes which tables are written to in it.
type transaction struct {
	*sql.Tx
	written []string
}

// ExecContext is sql.Tx's.
func (t *transaction) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	t.written = append(t.written, written(query))
	return t.Tx.ExecContext(ctx, query, args...)
}

// ended forgets what is known of the tables that were written to.
func (t *transaction) ended(m *memory) {
	for _, table := range t.written {
		m.forget(table)
	}
}

var writes = regexp.MustCompile(`^(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)`)

// written is the table that a query writes to; "" if it reads.
func written(query string) string {
	if m := writes.FindStringSubmatch(strings.TrimSpace(query)); m != nil {
		return m[1]
	}
	return ""
}
