package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"

	driver "github.com/duckdb/duckdb-go/v2"

	"github.com/clientele/clientele"
)

// revive brings the records back after a failure: an instance that the error
// stopped is closed and opened again, once every reader has let go. It says
// whether the batch is held all the same: a commit that failed may be durable.
func (d *DB) revive(ctx context.Context, batchID string) (held bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), reviveTimeout)
	defer cancel()
	d.mu.RLock()
	db := d.db
	d.mu.RUnlock()
	if !d.alive(ctx) && d.reopen(ctx, db) != nil {
		return false
	}
	conn, err := d.conn(ctx)
	if err != nil {
		return false
	}
	defer conn.Close()
	_, held, err = findBatch(ctx, conn, batchID)
	return held && err == nil
}

// reviveTimeout bounds how long a failed load waits for readers to let go.
const reviveTimeout = 10 * time.Second

// alive reports whether the instance still answers.
func (d *DB) alive(ctx context.Context) bool {
	conn, err := d.conn(ctx)
	if err != nil {
		return false
	}
	defer conn.Close()
	_, err = conn.ExecContext(ctx, "SELECT count(*) FROM batch")
	return err == nil
}

// reopen closes a broken instance, nil if that was done before, and opens the file
// again, unless another has done so meanwhile. If that fails, for example because
// the disk is still full, the next use tries again.
func (d *DB) reopen(ctx context.Context, broken *sql.DB) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.db != broken {
		return nil
	}
	if d.db != nil {
		old := d.db
		d.db = nil
		if err := old.Close(); err != nil {
			return err
		}
		for old.Stats().OpenConnections > 0 {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
	return d.open(ctx)
}

// setAside renames what could not be read: the log if there is one, for the file is
// then as it was at the last checkpoint, else the file itself.
func (d *DB) setAside() error {
	suffix := fmt.Sprintf(".damaged-%d", time.Now().Unix())
	for _, path := range []string{d.path + ".wal", d.path} {
		err := os.Rename(path, path+suffix)
		if !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// openError says why the file could not be opened. One that cannot be read is set
// aside, for the records can always be loaded again.
func (d *DB) openError(err error) error {
	if m := holder.FindStringSubmatch(err.Error()); m != nil {
		return clientele.Errorf(clientele.CodeBusy, "process %s holds the book", m[1]).
			WithHint("Wait until it is done, or end process %s.", m[1]).Because(err)
	}
	if f, cannot := os.OpenFile(d.path, os.O_RDWR, 0); cannot != nil {
		if !errors.Is(cannot, os.ErrNotExist) {
			return clientele.Errorf(clientele.CodeForbidden, "the records cannot be opened").
				WithHint("Make %s readable and writable.", d.path).Because(cannot)
		}
	} else if err := f.Close(); err != nil {
		return translate(err)
	}
	if full(err) {
		return translate(err)
	}
	if aside := d.setAside(); aside != nil {
		return errors.Join(translate(err), aside)
	}
	return clientele.Errorf(clientele.CodeInternal, "%v", ErrDamaged).
		WithHint("It was set aside; load the landed files again.").Because(errors.Join(ErrDamaged, err))
}

// busyCheckpoint reports whether a checkpoint was put off because others were
// reading or writing. The log keeps the batch until the next one.
func busyCheckpoint(err error) bool {
	var e *driver.Error
	return errors.As(err, &e) && e.Type == driver.ErrorTypeTransaction
}

// rollBack ends the transaction that err is of, unless the engine has already ended it.
func rollBack(ctx context.Context, conn *sql.Conn, err error) error {
	_, undo := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
	if busyCheckpoint(undo) {
		return err
	}
	return errors.Join(err, undo)
}
