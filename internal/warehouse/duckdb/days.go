package duckdb

import (
	"context"
	"slices"
	"sync"
)

// dayTable is what every customer brought on each day.
func dayTable() table { return table{Name: "customer_day", Query: query("day.sum")} }

// overDays is a table whose statement, given what it is rendered with, can read
// customer_day in place of the lines.
func overDays[T any](name, statement string, with func(days bool) T) table {
	return table{Name: name, Query: render(statement, with(false)), OverDays: render(statement, with(true))}
}

// KeepDays implements warehouse.Warehouse. The days are made when the first question
// comes that reads them and whose answer is not kept.
func (d *DB) KeepDays() (done func()) {
	d.kept.announce(1)
	return sync.OnceFunc(func() {
		d.kept.announce(-1)
		ctx := context.Background()
		conn, err := d.conn(ctx)
		if err != nil {
			return // they give way later
		}
		defer conn.Close()
		_ = d.kept.giveUp(ctx, conn, func(_ int, s *keptSet) bool { return d.kept.announced == 0 && s.isDays() }) // likewise
	})
}

// announce counts those who have questions to come over the days.
func (k *kept) announce(n int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.announced += n
}

// worthDays reports whether some of the tables are better made from the days.
func (k *kept) worthDays(tables []table) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.announced > 0 && slices.ContainsFunc(tables, func(t table) bool { return t.OverDays != "" })
}

// isDays reports whether a set is customer_day.
func (s *keptSet) isDays() bool { return len(s.tables) == 1 && s.tables[0] == dayTable() }
