package duckdb

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// Names of the engine's temporary tables of rows that it could not split.
const rejectErrors, rejectScans = "malformed_row", "malformed_scan"

// How long rows may be, in bytes. The engine's buffers are sixteen times as long, and
// its threads take turns by buffers: the longest are for files that need them.
const (
	usualLine   = 2_000_000 // the engine's own
	longestLine = 16 << 20
)

// admit makes the plan's file readable to the engine, which sees no files but those
// in its scratch directory: by a link or, from another disk, a copy; of a CSV file
// only the first n records, if n is not 0. The caller removes the directory that
// it lies in.
func (d *DB) admit(p *plan, n int) (string, error) {
	dir, err := os.MkdirTemp(d.scratch(), "load-")
	if err != nil {
		return "", translate(err)
	}
	path := filepath.Join(dir, "input")
	in := p.batch.Input
	size, err := p.measure(n)
	from := ""
	if err == nil {
		from, err = filepath.EvalSymlinks(in.Path) // a hard link would be to the symbolic one
	}
	if err == nil && (size < math.MaxInt64 || os.Link(from, path) != nil) {
		err = copyFile(path, from, size)
	}
	if err == nil {
		return path, nil
	}
	if !full(err) {
		err = clientele.Errorf(clientele.CodeInvalid, "%s cannot be read", in.Name).Because(err)
	}
	return "", errors.Join(translate(err), os.RemoveAll(dir))
}

// measure notes how many lines lie before the first record, and gives the number of
// bytes up to the end of the n-th; of a file without lines, or with n = 0, all.
func (p *plan) measure(n int) (int64, error) {
	file, err := os.Open(p.batch.Input.Path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	if p.batch.Input.Format != warehouse.CSV {
		return math.MaxInt64, nil
	}
	reader, err := newRecordReader(file, p)
	p.before = reader.line - 1
	if n == 0 {
		return math.MaxInt64, err
	}
	for ; n > 0 && err == nil; n-- {
		_, err = reader.next()
	}
	return reader.offset, ignoreEOF(err)
}

// copyFile copies the first size bytes, or all if there are fewer.
func copyFile(to, from string, size int64) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, io.LimitReader(in, size))
	return errors.Join(err, out.Close())
}

// base is the relation of some of a file's columns, as text unless they are read with
// their types, named by position: c0,
// c1, …. In order it also has the number of each row, from 1, as record; rows that
// the engine cannot split do not count.
func (p *plan) base(path string, ordered bool, positions []int) string {
	in := p.batch.Input
	names := make([]string, 0, len(positions)+1)
	if in.Format == warehouse.Parquet {
		for _, i := range positions {
			names = append(names, fmt.Sprintf("CAST(%s AS VARCHAR) AS c%d", identifier(in.Columns[i].Name), i))
		}
		return fmt.Sprintf("(SELECT %s, file_row_number + 1 AS record FROM read_parquet(%s, file_row_number = true))",
			strings.Join(names, ", "), literal(path))
	}
	for _, i := range positions {
		names = append(names, columnName(i))
	}
	if ordered {
		names = append(names, "row_number() OVER () AS record")
	}
	types := make([]string, len(in.Columns))
	for i := range types {
		types[i] = fmt.Sprintf("'%s': '%s'", columnName(i), p.r.typed.typeOf(i))
	}
	return fmt.Sprintf(`(SELECT %s FROM read_csv(%s, columns = {%s}, auto_detect = false, header = false, skip = %d,
		delim = %s, quote = %s, escape = %s, compression = 'none', max_line_size = %d, parallel = %t%s))`,
		strings.Join(names, ", "), literal(path), strings.Join(types, ", "), p.before,
		literal(in.Dialect.Delimiter), literal(in.Dialect.Quote), literal(in.Dialect.Quote), p.maxLine, !ordered, p.unreadable())
}

// from is the FROM clause of the file's rows with all that is computed of them.
func (p *plan) from(path string, ordered bool) string {
	return p.r.from(p.base(path, ordered, p.r.usedColumns()))
}

// columns is the list of the table's columns that a file fills, and values the SQL of each.
func (p *plan) columns() (names, values string) {
	n := make([]string, len(p.out))
	v := make([]string, len(p.out))
	for i, o := range p.out {
		n[i], v[i] = o.column, o.sql
	}
	return strings.Join(n, ", "), strings.Join(v, ",\n")
}

// rejected is the condition that a row is to be rejected.
func (p *plan) rejected() string {
	if len(p.r.checks) == 0 {
		return "false"
	}
	conditions := make([]string, len(p.r.checks))
	for i, c := range p.r.checks {
		conditions[i] = "(" + c.failing + ")"
	}
	return strings.Join(conditions, "\n OR ")
}

// unreadable says what becomes of rows that the engine cannot split or convert: they
// are stored, or end a quick reading.
func (p *plan) unreadable() string {
	if p.r.typed != nil {
		return p.r.typed.options()
	}
	return fmt.Sprintf(", store_rejects = true, rejects_table = '%s', rejects_scan = '%s'", rejectErrors, rejectScans)
}

// accepted is the WHERE clause that keeps good rows, and counts as it goes: every
// rejected row, unless the first ends a quick reading, and a sample of the others for
// progress.
func (p *plan) accepted() string {
	reject := countRejected + "(1)"
	if p.r.typed != nil {
		reject = "error('a row to be rejected')"
	}
	return fmt.Sprintf("CASE WHEN %s THEN %s WHEN random() < %g THEN %s(%d) ELSE true END",
		p.rejected(), reject, 1/float64(progressStep), countRead, progressStep)
}

// Names of the functions that count rows, and how many rows one call of countRead stands for.
const (
	countRejected = "clientele_count_rejected"
	countRead     = "clientele_count_read"
	progressStep  = 10000
)
