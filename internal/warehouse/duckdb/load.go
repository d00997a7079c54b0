package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	driver "github.com/duckdb/duckdb-go/v2"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// Load implements the contract. A file goes through the engine once: read, typed,
// validated and inserted by one statement. Only where rows may meet earlier
// versions of themselves are they staged first, and only where rows were
// rejected is the file read again, in order, for their lines and reasons.
func (d *DB) Load(ctx context.Context, b warehouse.Batch, o warehouse.LoadOptions) (warehouse.LoadReport, error) {
	d.load.Lock()
	defer d.load.Unlock()
	report, err := d.loadBatch(ctx, b, o)
	var no refusal
	if errors.As(err, &no) {
		return warehouse.LoadReport{}, no.error
	}
	if err != nil && !d.revive(ctx, b.ID) {
		return warehouse.LoadReport{}, translate(err)
	}
	d.forget(ctx)
	if o.Progress != nil {
		o.Progress(report.Read)
	}
	return report, nil
}

// refusal is an error of Accept, which is the caller's own.
type refusal struct{ error }

// loadBatch reads quickly if it can: the first row that does not fit ends that, with
// nothing kept, and all is read thoroughly.
func (d *DB) loadBatch(ctx context.Context, b warehouse.Batch, o warehouse.LoadOptions) (warehouse.LoadReport, error) {
	quick, err := newPlan(b, true)
	if err != nil {
		return warehouse.LoadReport{}, err
	}
	if quick.r.typed.possible() {
		report, err := d.loadPlan(ctx, quick, o)
		if !unfit(err) {
			return report, err
		}
	}
	return d.loadThoroughly(ctx, b, o)
}

func (d *DB) loadThoroughly(ctx context.Context, b warehouse.Batch, o warehouse.LoadOptions) (warehouse.LoadReport, error) {
	p, err := newPlan(b, false)
	if err != nil {
		return warehouse.LoadReport{}, err
	}
	return d.loadPlan(ctx, p, o)
}

// unfit reports whether an error is the engine's about a value or a row.
func unfit(err error) bool {
	var e *driver.Error
	return errors.As(err, &e) && (e.Type == driver.ErrorTypeInvalidInput || e.Type == driver.ErrorTypeConversion)
}

func (d *DB) loadPlan(ctx context.Context, p *plan, o warehouse.LoadOptions) (warehouse.LoadReport, error) {
	conn, err := d.conn(ctx)
	if err != nil {
		return warehouse.LoadReport{}, err
	}
	defer conn.Close()
	held, found, err := findBatch(ctx, conn, p.batch.ID)
	if err != nil || found {
		return repeated(held.Report), err
	}
	if p.batch.Kind == clientele.Transactions {
		if err := fitLines(ctx, conn, p); err != nil {
			return warehouse.LoadReport{}, err
		}
	}
	path, err := d.admit(p, 0)
	if err != nil {
		return warehouse.LoadReport{}, err
	}
	defer os.RemoveAll(filepath.Dir(path))
	defer d.read.report(ctx, o.Progress)()
	p.maxLine = usualLine
	report, err := d.loadFile(ctx, conn, p, path, o.Accept)
	if errors.Is(err, errLongLine) {
		p.maxLine = longestLine
		report, err = d.loadFile(ctx, conn, p, path, o.Accept)
	}
	return report, err
}

// loadFile loads the file at path. The error is errLongLine if a row is longer than
// the plan expects; nothing of the file is kept then.
func (d *DB) loadFile(ctx context.Context, conn *sql.Conn, p *plan, path string, accept func(warehouse.LoadReport) error) (warehouse.LoadReport, error) {
	d.rejected.n.Store(0)
	d.read.n.Store(0)
	l := &load{ctx: ctx, conn: conn, plan: p, path: path, rejected: &d.rejected, facts: &d.facts}
	defer l.clear()
	return l.transact(accept)
}

// repeated is the report of a batch that is held already.
func repeated(r warehouse.LoadReport) warehouse.LoadReport {
	r.Duplicate, r.Loaded, r.Updated = r.Read-r.Rejected, 0, 0
	return r
}

// load is one batch on its way through the engine.
type load struct {
	ctx      context.Context
	conn     *sql.Conn
	plan     *plan
	path     string
	source   int // the number of the batch's source
	rejected *counter
	facts    *facts
	report   warehouse.LoadReport
}

// exec runs a statement and gives the number of rows it changed.
func (l *load) exec(statement string, args ...any) (int64, error) {
	result, err := l.conn.ExecContext(l.ctx, statement, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// count runs a query for one number.
func (l *load) count(query string, args ...any) (n int64, err error) {
	err = l.conn.QueryRowContext(l.ctx, query, args...).Scan(&n)
	return n, err
}

// transact loads in one transaction. What accept sees is what is committed.
func (l *load) transact(accept func(warehouse.LoadReport) error) (warehouse.LoadReport, error) {
	if _, err := l.exec("BEGIN"); err != nil {
		return l.report, err
	}
	err := l.nameSource()
	if err == nil {
		err = l.rows()
	}
	if err == nil && accept != nil {
		if no := accept(l.report); no != nil {
			err = refusal{no}
		}
	}
	if err == nil {
		err = l.keepBatch()
	}
	if err == nil {
		err = l.facts.change(func() error { _, err := l.exec("COMMIT"); return err })
	}
	if err != nil {
		return l.report, rollBack(l.ctx, l.conn, err)
	}
	if _, err := l.exec("CHECKPOINT"); err != nil && !busyCheckpoint(err) {
		return l.report, err
	}
	return l.report, nil
}

// nameSource finds the number of the batch's source, or gives it one.
func (l *load) nameSource() error {
	_, err := l.exec(query("source.add"), l.plan.batch.Source)
	if err != nil {
		return err
	}
	n, err := l.count("SELECT id FROM source WHERE name = ?", l.plan.batch.Source)
	l.source = int(n)
	return err
}

// rows reads, validates and merges, and completes the report.
func (l *load) rows() error {
	if err := l.take(); err != nil {
		return err
	}
	malformed, err := l.malformed()
	if err != nil {
		return err
	}
	r := &l.report
	r.Rejected = l.rejected.n.Load() + malformed
	r.Read = r.Loaded + r.Updated + r.Duplicate + r.Rejected
	if r.Rejected == 0 {
		return nil
	}
	return l.keepRejects()
}

// take moves the accepted rows into the table and counts them.
func (l *load) take() error {
	b := l.plan.batch
	if b.Kind != clientele.Transactions {
		if err := l.stage(true); err != nil {
			return err
		}
		return l.mergeStaged()
	}
	held, err := l.count("SELECT count(*) FROM batch WHERE kind = ? AND source = ?", string(b.Kind), b.Source)
	if err != nil {
		return err
	}
	if held > 0 {
		if err := l.stage(false); err != nil {
			return err
		}
		return l.mergeStaged()
	}
	names, values := l.plan.columns()
	l.report.Loaded, err = l.exec(fmt.Sprintf("INSERT INTO %s (source, sequence, %s)\nSELECT %d, %d, %s\nFROM %s\nWHERE %s",
		l.plan.table, names, l.source, b.Sequence, values, l.plan.from(l.path, false), l.plan.accepted()))
	if err != nil {
		return err
	}
	return l.days(fmt.Sprintf("%s WHERE sequence = %d", l.plan.table, b.Sequence))
}

// stage reads the accepted rows into the temporary table staged, with their number
// in the file as record if they are to be in order.
func (l *load) stage(ordered bool) error {
	names := make([]string, 0, len(l.plan.out)+1)
	if ordered {
		names = append(names, "record")
	}
	for _, o := range l.plan.out {
		names = append(names, o.sql+" AS "+o.column)
	}
	_, err := l.exec(fmt.Sprintf("CREATE TEMP TABLE staged AS SELECT %s\nFROM %s\nWHERE %s",
		strings.Join(names, ",\n"), l.plan.from(l.path, ordered), l.plan.accepted()))
	if err != nil || l.plan.day == "" {
		return err
	}
	return l.days("staged")
}

// days notes the first and the last day of a relation.
func (l *load) days(relation string) error {
	var first, last sql.NullTime
	q := fmt.Sprintf("SELECT min(%[1]s), max(%[1]s) FROM %[2]s", l.plan.day, relation)
	if err := l.conn.QueryRowContext(l.ctx, q).Scan(&first, &last); err != nil {
		return err
	}
	l.report.FirstDay, l.report.LastDay = day(first), day(last)
	return nil
}

func (l *load) keepBatch() error {
	b, r := l.plan.batch, l.report
	_, err := l.exec(query("batch.add"), b.ID, b.Sequence, string(b.Kind), b.Source,
		r.Read, r.Loaded, r.Updated, r.Duplicate, r.Rejected, dayArg(r.FirstDay), dayArg(r.LastDay))
	return err
}

// clear drops the temporary tables, which outlive transactions.
func (l *load) clear() {
	var drop strings.Builder
	for _, table := range []string{"staged", "again", "incoming", "rejecting", rejectErrors, rejectScans} {
		fmt.Fprintf(&drop, "DROP TABLE IF EXISTS temp.%s;", table)
	}
	// A connection that failed has no tables left to drop.
	_, _ = l.conn.ExecContext(context.WithoutCancel(l.ctx), drop.String())
}
