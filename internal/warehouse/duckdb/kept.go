package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// table is one that a question needs, by the query that makes it.
type table struct {
	Name, Query string
	OverDays    string // the same over customer_day, for when that is kept; "": Query
}

// from is the query that makes the table, over customer_day if that is at hand.
func (t table) from(days bool) string {
	if days && t.OverDays != "" {
		return t.OverDays
	}
	return t.Query
}

// create is the statement that makes the table for one connection alone.
func (t table) create() string { return "CREATE TEMP TABLE " + t.Name + " AS\n" + t.Query }

// Bounds of what is kept.
const (
	maxSets     = 8       // sets
	maxSetBytes = 1 << 30 // of memory, and of what was spilled from it
)

// kept holds tables that one question had made from the records, for later
// questions on the same records. They lie in a database that the instance holds in
// memory: no log has them, and they go with the instance. Those least recently used
// give way; the last user of a set that gave way drops it.
type kept struct {
	making chan struct{} // full while a set is made: one at a time
	bytes  int64         // bound

	mu        sync.Mutex
	sets      []*keptSet // the least recently used first
	made      int        // numbers the sets, and never begins anew
	announced int        // how many have questions to come over customer_day
}

func newKept() *kept { return &kept{making: make(chan struct{}, 1), bytes: maxSetBytes} }

// keptSet is tables that were made together.
type keptSet struct {
	tables  []table
	version string // of the records that they were made from
	number  int
	users   int
	gone    bool // gave way
}

// name is where a table of the set lies.
func (s *keptSet) name(t table) string { return fmt.Sprintf("kept.%s_%d", t.Name, s.number) }

// show makes tables of the set known to a transaction by their own names.
func (s *keptSet) show(ctx context.Context, tx *sql.Tx, tables ...table) error {
	for _, t := range tables {
		if err := s.showAs(ctx, tx, t, t.Name); err != nil {
			return err
		}
	}
	return nil
}

// showAs makes a table of the set known to a transaction by another name.
func (s *keptSet) showAs(ctx context.Context, tx *sql.Tx, t table, name string) error {
	_, err := tx.ExecContext(ctx, "CREATE TEMP VIEW "+name+" AS SELECT * FROM "+s.name(t))
	return err
}

// prepare makes the tables known to a transaction. If a batch came between what is
// kept and the transaction, it makes them anew, for the transaction alone.
func (s *keptSet) prepare(ctx context.Context, tx *sql.Tx) error {
	if len(s.tables) == 0 {
		return nil
	}
	version, err := recordsVersion(ctx, tx)
	if err != nil {
		return err
	}
	if version != s.version {
		return create(ctx, tx, s.tables)
	}
	return s.show(ctx, tx, s.tables...)
}

// create makes tables for a transaction alone.
func create(ctx context.Context, tx *sql.Tx, tables []table) error {
	for _, t := range tables {
		if _, err := tx.ExecContext(ctx, t.create()); err != nil {
			return err
		}
	}
	return nil
}

// recordsVersion names the state of the records: it changes with every batch.
func recordsVersion(ctx context.Context, q querier) (version string, err error) {
	err = each(ctx, q, query("records.version"), func(rows *sql.Rows) error { return rows.Scan(&version) })
	return version, err
}

// hold finds tables made from the records as they are, or makes them. Later tables
// may be made from earlier ones. The caller releases the set.
func (k *kept) hold(ctx context.Context, conn *sql.Conn, tables []table) (_ *keptSet, err error) {
	if len(tables) == 0 {
		return &keptSet{}, nil
	}
	version, err := recordsVersion(ctx, conn)
	if err != nil {
		return nil, err
	}
	if s := k.find(tables, version); s != nil {
		return s, nil
	}
	days := &keptSet{}
	if k.worthDays(tables) {
		if days, err = k.hold(ctx, conn, []table{dayTable()}); err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, k.release(ctx, conn, days)) }()
	}
	select {
	case k.making <- struct{}{}:
		defer func() { <-k.making }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if s := k.find(tables, version); s != nil { // another made it meanwhile
		return s, nil
	}
	s, err := k.make(ctx, conn, tables, days)
	if err != nil {
		return nil, err
	}
	if err := k.makeRoom(ctx, conn); err != nil {
		return nil, errors.Join(err, k.release(ctx, conn, s))
	}
	return s, nil
}

// find holds a set that is kept; nil if it is not.
func (k *kept) find(tables []table, version string) *keptSet {
	k.mu.Lock()
	defer k.mu.Unlock()
	i := slices.IndexFunc(k.sets, func(s *keptSet) bool { return s.version == version && slices.Equal(s.tables, tables) })
	if i < 0 {
		return nil
	}
	s := k.sets[i]
	k.sets = append(slices.Delete(k.sets, i, i+1), s)
	s.users++
	return s
}

// make makes a set in one transaction: of one instant, and whole or not at all. Days that
// are of other records by then are no help.
func (k *kept) make(ctx context.Context, conn *sql.Conn, tables []table, days *keptSet) (*keptSet, error) {
	k.made++ // guarded by making
	s := &keptSet{tables: tables, number: k.made, users: 1}
	tx, err := begin(ctx, conn)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	if s.version, err = recordsVersion(ctx, tx); err != nil {
		return nil, err
	}
	over := days.version == s.version
	var hide strings.Builder
	if over {
		if err := days.show(ctx, tx, days.tables...); err != nil {
			return nil, err
		}
		hide.WriteString("DROP VIEW " + dayTable().Name + ";")
	}
	for _, t := range tables {
		if _, err := tx.ExecContext(ctx, "CREATE TABLE "+s.name(t)+" AS\n"+t.from(over)); err != nil {
			return nil, err
		}
		if err := s.show(ctx, tx, t); err != nil {
			return nil, err
		}
		hide.WriteString("DROP VIEW " + t.Name + ";")
	}
	if _, err := tx.ExecContext(ctx, hide.String()); err != nil {
		return nil, err
	}
	if err := tx.Commit(); err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sets = append(k.sets, s)
	return s, nil
}

// makeRoom drops the least recently used sets beyond the bounds, but not the last one.
func (k *kept) makeRoom(ctx context.Context, conn *sql.Conn) error {
	for room := maxSets; room > 0; room-- {
		if err := k.limit(ctx, conn, room); err != nil {
			return err
		}
		var used int64
		err := each(ctx, conn, query("kept.size"), func(rows *sql.Rows) error { return rows.Scan(&used) })
		if err != nil || used <= k.bytes {
			return err
		}
	}
	return nil
}

// limit drops the least recently used sets, so that no more than so many are left, and
// the days that more is to be made of.
func (k *kept) limit(ctx context.Context, conn *sql.Conn, most int) error {
	return k.giveUp(ctx, conn, func(later int, s *keptSet) bool {
		return later >= most && (most == 0 || k.announced == 0 || !s.isDays())
	})
}

// giveUp forgets sets, chosen by themselves and by how many were used later, and drops
// those that nobody uses.
func (k *kept) giveUp(ctx context.Context, conn *sql.Conn, chosen func(later int, s *keptSet) bool) error {
	k.mu.Lock()
	var stay, idle []*keptSet
	for i, s := range k.sets {
		if !chosen(len(k.sets)-1-i, s) {
			stay = append(stay, s)
			continue
		}
		s.gone = true
		if s.users == 0 {
			idle = append(idle, s)
		}
	}
	k.sets = stay
	k.mu.Unlock()
	return drop(ctx, conn, idle...)
}

// release lets go of a set. No transaction may be open on the connection.
func (k *kept) release(ctx context.Context, conn *sql.Conn, s *keptSet) error {
	k.mu.Lock()
	s.users--
	last := s.gone && s.users == 0
	k.mu.Unlock()
	if !last {
		return nil
	}
	return drop(ctx, conn, s)
}

// drop drops the tables of sets that nobody can come to any more, even if the
// question that let go of them was cancelled.
func drop(ctx context.Context, conn *sql.Conn, sets ...*keptSet) error {
	for _, s := range sets {
		for _, t := range s.tables {
			if _, err := conn.ExecContext(context.WithoutCancel(ctx), "DROP TABLE IF EXISTS "+s.name(t)); err != nil {
				return err
			}
		}
	}
	return nil
}

// reset forgets every set: the instance that held them is gone.
func (k *kept) reset() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sets = nil
}

// forget drops what was made from records that have changed. What cannot be
// dropped now gives way later.
func (d *DB) forget(ctx context.Context) {
	conn, err := d.conn(ctx)
	if err != nil {
		return
	}
	defer conn.Close()
	_ = d.kept.limit(ctx, conn, 0)
}
