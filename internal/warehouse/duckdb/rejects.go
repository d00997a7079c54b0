package duckdb

import (
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"

	driver "github.com/duckdb/duckdb-go/v2"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// maxKept is how many rejected rows of one batch are kept.
const maxKept = 1_000_000

// errLongLine says that a row is longer than the plan expects, and may be read
// when it expects longer ones.
var errLongLine = errors.New("a row is longer than expected")

// malformed counts the rows that the engine could not split into columns.
func (l *load) malformed() (int64, error) {
	if l.plan.batch.Input.Format != warehouse.CSV || l.plan.r.typed != nil {
		return 0, nil
	}
	if l.plan.maxLine < longestLine {
		long, err := l.count("SELECT count(*) FROM " + rejectErrors + " WHERE error_type = 'LINE SIZE OVER MAXIMUM'")
		if err != nil || long > 0 {
			return 0, cmp.Or(err, errLongLine)
		}
	}
	return l.count("SELECT count(DISTINCT line_byte_position) FROM " + rejectErrors)
}

// keepRejects reads the file again, in order, and keeps each rejected row with its
// line, column and reason. What it finds must be what the load counted.
func (l *load) keepRejects() error {
	if err := l.findRejects(); err != nil {
		return err
	}
	keeper, err := newKeeper(l)
	if err != nil {
		return err
	}
	failures := &pages[failure]{fetch: l.failures, key: func(f failure) int64 { return f.record }}
	malformed := &pages[malformation]{fetch: l.malformations, key: func(m malformation) int64 { return m.position }}
	if l.plan.batch.Input.Format == warehouse.CSV && l.plan.batch.Input.LineColumn == "" {
		err = l.locate(keeper, failures, malformed)
	}
	// What has not been located has no line, or one that the file itself tells.
	err = errors.Join(err, l.list(keeper, failures, malformed))
	if err := errors.Join(err, keeper.close()); err != nil {
		return err
	}
	if keeper.kept != l.report.Rejected && keeper.kept < maxKept {
		return clientele.Errorf(clientele.CodeInternal, "%d rows were rejected and %d found again", l.report.Rejected, keeper.kept).
			WithHint("Try again; if the file has not changed meanwhile, please report this.")
	}
	return l.firstRejects()
}

// findRejects fills the temporary table rejecting with the number of each row
// that fails a check, the first such check and the value it names, and with the
// row's text and line where no file position will tell them.
func (l *load) findRejects() error {
	p := l.plan
	for _, table := range []string{rejectErrors, rejectScans} {
		if _, err := l.exec("DROP TABLE IF EXISTS temp." + table); err != nil {
			return err
		}
	}
	in := p.batch.Input
	positions := p.r.usedColumns()
	if in.Format != warehouse.CSV || in.LineColumn != "" {
		positions = nil // all: what no position in the file tells, the columns must
		for i := range in.Columns {
			positions = append(positions, i)
		}
	}
	line := "0"
	var shown []string // also makes the engine read the same columns as before: it checks no others
	for _, i := range positions {
		if in.Columns[i].Name == in.LineColumn {
			line = fmt.Sprintf("coalesce(TRY_CAST(c%d AS BIGINT), 0)", i)
		} else {
			shown = append(shown, fmt.Sprintf("coalesce(c%d, '')", i))
		}
	}
	text := fmt.Sprintf("array_to_string(CAST([%s] AS VARCHAR[]), ',')", strings.Join(shown, ", "))
	failed, named := p.firstFailure()
	_, err := l.exec(fmt.Sprintf(`CREATE TEMP TABLE rejecting AS
		SELECT record, failed, %s AS named, left(%s, %d) AS text, %s AS line
		FROM (SELECT *, %s AS failed FROM %s) WHERE failed IS NOT NULL LIMIT %d`,
		named, text, shownText, line, failed, p.r.from(p.base(l.path, true, positions)), maxKept))
	return err
}

// firstFailure is SQL for the position of the first check that a row fails, null if
// it passes, and for the text that its message names, given the former as failed.
func (p *plan) firstFailure() (failed, named string) {
	var when, text strings.Builder
	for i, c := range p.r.checks {
		fmt.Fprintf(&when, " WHEN %s THEN %d", c.failing, i)
		if c.value != "" {
			fmt.Fprintf(&text, " WHEN failed = %d THEN %s", i, c.value)
		}
	}
	return fmt.Sprintf("CASE%s WHEN false THEN 0 END", when.String()),
		fmt.Sprintf("coalesce(left(CASE%s WHEN false THEN '' END, 100), '')", text.String())
}

// failure is a row that fails a check.
type failure struct {
	record      int64
	check       int
	line        int64 // 0: unknown
	named, text string
}

// failures and malformations page through the rejected rows in file order.
func (l *load) failures(after int64) (page []failure, err error) {
	q := fmt.Sprintf("SELECT record, failed, named, text, line FROM rejecting WHERE record > %d ORDER BY record LIMIT 10000", after)
	err = each(l.ctx, l.conn, q, func(rows *sql.Rows) error {
		var f failure
		if err := rows.Scan(&f.record, &f.check, &f.named, &f.text, &f.line); err != nil {
			return err
		}
		page = append(page, f)
		return nil
	})
	return page, err
}

// malformation is a row that the engine could not split.
type malformation struct {
	position int64 // of its first byte, from 1; with \r\n the byte before
	reason   string
	text     string
}

func (l *load) malformations(after int64) (page []malformation, err error) {
	if l.plan.batch.Input.Format != warehouse.CSV {
		return nil, nil // only text can be split wrongly
	}
	q := fmt.Sprintf(`SELECT line_byte_position, min_by(CAST(error_type AS VARCHAR), column_idx), min_by(error_message, column_idx), any_value(csv_line)
		FROM %s WHERE line_byte_position > %d GROUP BY line_byte_position ORDER BY line_byte_position LIMIT 10000`, rejectErrors, after)
	err = each(l.ctx, l.conn, q, func(rows *sql.Rows) error {
		var m malformation
		var kind, message string
		if err := rows.Scan(&m.position, &kind, &message, &m.text); err != nil {
			return err
		}
		m.reason = malformed(kind, message)
		page = append(page, m)
		return nil
	})
	return page, err
}

func (l *load) reject(f failure, line int64, text string) warehouse.Reject {
	c := l.plan.r.checks[f.check]
	return warehouse.Reject{Line: line, Column: c.column, Reason: c.reason(f.named), Text: text}
}

// pages hands out items of pages that are fetched one after another.
type pages[T any] struct {
	fetch func(after int64) ([]T, error)
	key   func(T) int64
	page  []T
	last  int64
	done  bool
}

// peek gives the next item; ok is false at the end.
func (p *pages[T]) peek() (item T, ok bool, err error) {
	if len(p.page) == 0 && !p.done {
		if p.page, err = p.fetch(p.last); err != nil {
			return item, false, err
		}
		p.done = len(p.page) == 0
	}
	if p.done {
		return item, false, nil
	}
	return p.page[0], true, nil
}

func (p *pages[T]) pop() {
	p.last = p.key(p.page[0])
	p.page = p.page[1:]
}

// locate walks through the file's records to tell the lines of the rejected ones.
// Should the engine split the file otherwise, it ends early: better no line than
// a wrong one.
func (l *load) locate(k *keeper, failures *pages[failure], malformed *pages[malformation]) error {
	file, err := os.Open(l.path)
	if err != nil {
		return err
	}
	defer file.Close()
	reader, err := newRecordReader(file, l.plan)
	if err != nil {
		return err
	}
	for row := int64(0); ; {
		f, more, err := failures.peek()
		if err != nil {
			return err
		}
		m, broken, err := malformed.peek()
		if err != nil || !more && !broken {
			return err
		}
		rec, err := reader.next()
		if err != nil {
			return ignoreEOF(err)
		}
		line := rec.line + l.plan.batch.Input.Dialect.LineOffset
		if broken && m.position <= rec.offset+1 { // empty lines before it may count
			malformed.pop()
			err = k.keep(rec.line, warehouse.Reject{Line: line, Reason: m.reason, Text: rec.text})
		} else if row++; more && f.record == row {
			failures.pop()
			err = k.keep(rec.line, l.reject(f, line, rec.text))
		}
		if err != nil {
			return err
		}
	}
}

// list keeps the remaining rejected rows.
func (l *load) list(k *keeper, failures *pages[failure], malformed *pages[malformation]) error {
	for {
		f, more, err := failures.peek()
		if err != nil {
			return err
		}
		if !more {
			break
		}
		failures.pop()
		if err := k.keep(f.record, l.reject(f, f.line, f.text)); err != nil {
			return err
		}
	}
	for {
		m, more, err := malformed.peek()
		if err != nil || !more {
			return err
		}
		malformed.pop()
		if err := k.keep(math.MaxInt64, warehouse.Reject{Reason: m.reason, Text: shorten(m.text)}); err != nil {
			return err
		}
	}
}

// firstRejects puts the first of the kept rows into the report.
func (l *load) firstRejects() error {
	q := fmt.Sprintf("%s LIMIT %d", query("rejected.list"), warehouse.MaxRejects)
	rows, err := l.conn.QueryContext(l.ctx, q, l.plan.batch.ID)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		r, err := scanReject(rows)
		if err != nil {
			return err
		}
		l.report.Rejects = append(l.report.Rejects, r)
	}
	return rows.Err()
}

// keeper appends to the table of rejected rows.
type keeper struct {
	conn     *sql.Conn
	batch    string
	appender *driver.Appender
	kept     int64
}

func newKeeper(l *load) (*keeper, error) {
	k := &keeper{conn: l.conn, batch: l.plan.batch.ID}
	err := l.conn.Raw(func(c any) (err error) {
		k.appender, err = driver.NewAppenderFromConn(c.(*driver.Conn), "", "rejected_row")
		return err
	})
	return k, err
}

func (k *keeper) keep(record int64, r warehouse.Reject) error {
	if k.kept++; k.kept > maxKept {
		return nil
	}
	return k.conn.Raw(func(any) error {
		return k.appender.AppendRow(k.batch, record, r.Line, r.Column, r.Reason, r.Text)
	})
}

func (k *keeper) close() error { return k.conn.Raw(func(any) error { return k.appender.Close() }) }
