// Package duckdb holds records in a DuckDB file: the warehouse of a book on one
// machine. It is the only package that sees DuckDB.
//
// Rules:
//
//   - Users' text never becomes SQL: columns are quoted as identifiers, values as
//     literals, and expressions are rendered from their tree.
//   - A batch is one transaction, followed by a checkpoint; no table is made in between.
//   - What one question had prepared is kept, in memory, for the next on the same
//     records; a batch that commits drops it.
//   - Records made by other tables or rules of loading than this version's are thrown
//     away on opening: the landed files hold everything, and are loaded again.
//   - After an error that stops the instance it is closed and opened again; whether a
//     commit held is then read from the batch table.
package duckdb

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"unicode"

	driver "github.com/duckdb/duckdb-go/v2"

	"github.com/clientele/clientele"
)

//go:embed queries/*.sql
var queries embed.FS

// query returns an embedded statement by name, such as "schema.create".
func query(name string) string {
	text, err := queries.ReadFile("queries/" + name + ".sql")
	if err != nil {
		panic(err)
	}
	return string(text)
}

// ErrDamaged is in the chain of Open's error if the file, or its log, could not be
// read. What could not be read has been set aside under another name: call Open
// again, then load every landed file that Loaded does not list, in sequence.
var ErrDamaged = errors.New("the records file is damaged")

// Options tune an engine. The zero value is right for a book.
type Options struct {
	MemoryLimit int64 // bytes; 0: in proportion to the records, see defaultMemory
	Threads     int   // 0: one per core
}

// DB is the warehouse of one book.
type DB struct {
	path    string
	options Options
	load    sync.Mutex // one Load or Reset at a time

	rejected, read counter // of the load under way
	kept           *kept

	mu sync.RWMutex // guards db
	db *sql.DB      // nil after a failure, until it can be opened again
}

// Open opens the records file at path, and makes it if there is none. It fails
// with CodeBusy, naming the process, while another holds the file, and with
// ErrDamaged in its chain if the file cannot be read.
func Open(ctx context.Context, path string, o Options) (*DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, clientele.Errorf(clientele.CodeInvalid, "%s is not a path", path).Because(err)
	}
	if strings.ContainsAny(abs, "?%") || strings.ContainsFunc(abs, unicode.IsControl) {
		return nil, clientele.Errorf(clientele.CodeInvalid, "the records cannot lie under a name with ?, %% or a control character: %q", abs).
			WithHint("Give the directory another name.")
	}
	d := &DB{path: abs, options: o, read: counter{keep: true}, kept: newKept()}
	if err := d.open(ctx); err != nil {
		return nil, err
	}
	return d, nil
}

// Close releases the records. No other method may be running.
func (d *DB) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.db == nil {
		return nil
	}
	return d.db.Close()
}

// conn gives a connection of its own, for temporary tables and transactions; the
// caller closes it.
func (d *DB) conn(ctx context.Context) (*sql.Conn, error) {
	c, err := d.tryConn(ctx)
	if c == nil && err == nil {
		if err := d.reopen(ctx, nil); err != nil {
			return nil, err
		}
		return d.conn(ctx)
	}
	return c, translate(err)
}

// tryConn gives a connection, nil if the instance is not open. Until it is given nobody
// closes the instance.
func (d *DB) tryConn(ctx context.Context) (*sql.Conn, error) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.db == nil {
		return nil, nil //nolint:nilnil // its caller opens the instance
	}
	return d.db.Conn(ctx)
}

// scratch is where the engine spills, and the only directory that it may read
// from: a load links its file there.
func (d *DB) scratch() string { return d.path + ".tmp" }

// open opens the file and sets db; the caller holds mu.
func (d *DB) open(ctx context.Context) error {
	connector, err := driver.NewConnector(d.path, nil)
	if err != nil {
		return d.openError(err)
	}
	db := sql.OpenDB(connector)
	err = d.prepare(ctx, db)
	if errors.Is(err, errOutdated) {
		if err := errors.Join(db.Close(), os.Remove(d.path)); err != nil {
			return translate(err)
		}
		return d.open(ctx)
	}
	if err != nil {
		return errors.Join(translate(err), db.Close())
	}
	d.db = db
	d.kept.reset()
	return nil
}

// prepare locks the engine down and makes the tables of a new file.
func (d *DB) prepare(ctx context.Context, db *sql.DB) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	var locked bool
	var memory string
	row := conn.QueryRowContext(ctx, "SELECT current_setting('lock_configuration'), current_setting('memory_limit')")
	if err := row.Scan(&locked, &memory); err != nil {
		return err
	}
	if locked {
		return clientele.Errorf(clientele.CodeBusy, "this process holds the book already")
	}
	// A load that was killed may have left files; none is under way now.
	if err := errors.Join(os.RemoveAll(d.scratch()), os.Mkdir(d.scratch(), 0o700)); err != nil {
		return err
	}
	if err := errors.Join(d.rejected.register(conn, countRejected), d.read.register(conn, countRead)); err != nil {
		return err
	}
	if err := makeTables(ctx, conn); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, "ATTACH ':memory:' AS kept;\n"+d.settings(memory))
	return err
}

// rules names the tables and the rules of loading. Change the number whenever a file
// would be loaded differently than before.
func rules() string {
	return fmt.Sprintf("3 %x", sha256.Sum256([]byte(query("schema.create"))))
}

// errOutdated says that the records were made by other rules than this program's.
var errOutdated = errors.New("the records were made by other rules")

// makeTables makes the tables of a new file. The error is errOutdated if the file has
// those of another version.
func makeTables(ctx context.Context, conn *sql.Conn) error {
	var made, told bool
	row := conn.QueryRowContext(ctx, `SELECT EXISTS (FROM information_schema.tables WHERE table_name = 'batch'),
		EXISTS (FROM information_schema.tables WHERE table_name = 'made_by')`)
	if err := row.Scan(&made, &told); err != nil {
		return err
	}
	if !made {
		_, err := conn.ExecContext(ctx, "BEGIN;"+query("schema.create")+";"+lineView(nil)+";INSERT INTO made_by VALUES ("+literal(rules())+");COMMIT;CHECKPOINT;")
		return err
	}
	by := ""
	if told {
		if err := conn.QueryRowContext(ctx, "SELECT coalesce(any_value(rules), '') FROM made_by").Scan(&by); err != nil {
			return err
		}
	}
	if by != rules() {
		return errOutdated
	}
	return nil
}

// settings bound what the engine uses, and what it could do if a query ever went
// astray.
func (d *DB) settings(memory string) string {
	var b strings.Builder
	set := func(name, value string) { fmt.Fprintf(&b, "SET GLOBAL %s = %s;\n", name, value) }
	limit := d.options.MemoryLimit
	if limit == 0 {
		limit = d.defaultMemory(memory)
	}
	set("memory_limit", literal(fmt.Sprintf("%d B", limit)))
	if d.options.Threads > 0 {
		set("threads", fmt.Sprint(d.options.Threads))
	}
	set("preserve_insertion_order", "false")
	set("TimeZone", "'UTC'")
	set("autoinstall_known_extensions", "false")
	set("autoload_known_extensions", "false")
	set("allow_community_extensions", "false")
	set("temp_directory", literal(d.scratch()))
	set("allowed_directories", "["+literal(d.scratch())+"]")
	set("enable_external_access", "false")
	set("lock_configuration", "true")
	return b.String()
}

// Beyond twice the size of the records, memory saves hardly any time: what does not fit
// is spilled, and read again (docs/performance.md). A gigabyte is enough for small ones.
const (
	memoryPerByte = 2
	leastMemory   = 1_000_000_000
)

// defaultMemory is how much the engine may use, in bytes: in proportion to the records,
// and no more than three quarters of what it would take by itself, which is 80 % of what
// the machine (or its control group) has: a server must leave more to others.
func (d *DB) defaultMemory(own string) int64 {
	limit := int64(leastMemory)
	if records, err := os.Stat(d.path); err == nil {
		limit = max(limit, memoryPerByte*records.Size())
	}
	var size float64
	var unit string
	if n, _ := fmt.Sscan(own, &size, &unit); n == 2 && binaryUnits[unit] > 0 {
		limit = min(limit, int64(.75*size*float64(binaryUnits[unit])))
	}
	return limit
}

// binaryUnits are those in which the engine tells amounts of memory.
var binaryUnits = map[string]int64{"bytes": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}

// identifier quotes a name for SQL.
func identifier(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// literal quotes a text for SQL.
func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// holder finds the process id in what the driver says of a file held by another
// process. There is no other way to learn it.
var holder = regexp.MustCompile(`lock is held in .*\(PID (\d+)\)`)

// translate puts an engine's error into the domain's vocabulary.
func translate(err error) error {
	var e *clientele.Error
	if err == nil || errors.As(err, &e) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if full(err) {
		return clientele.Errorf(clientele.CodeNoSpace, "the disk is full").
			WithHint("Make room on the disk that holds the book, then try again; nothing that was acknowledged is lost.").Because(err)
	}
	var reported *driver.Error
	if errors.As(err, &reported) && reported.Type == driver.ErrorTypeOutOfMemory {
		return clientele.Errorf(clientele.CodeNoSpace, "there was not enough memory, nor room on the disk to make up for it").
			WithHint("Make room on the disk that holds the book, then try again.").Because(err)
	}
	return clientele.Errorf(clientele.CodeInternal, "the records could not be read or written").Because(err)
}

// full reports whether the disk had no room. The engine hands on the words of the
// operating system, and nothing else that would tell.
func full(err error) bool {
	text := strings.ToLower(err.Error())
	for _, errno := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT} {
		if strings.Contains(text, errno.Error()) {
			return true
		}
	}
	return false
}
