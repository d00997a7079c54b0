package duckdb

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"sync/atomic"
	"time"

	driver "github.com/duckdb/duckdb-go/v2"
)

// counter counts rows while one statement reads, validates and inserts them. It
// is a SQL function that CASE calls only for the rows to count; there is no
// cheaper way to learn how many rows a filter dropped.
type counter struct {
	n      atomic.Int64
	keep   bool // what the function returns: whether the row stays
	params []driver.TypeInfo
	result driver.TypeInfo
}

// register makes the counter a function of the instance.
func (c *counter) register(conn *sql.Conn, name string) error {
	step, err := driver.NewTypeInfo(driver.TYPE_BIGINT)
	if err != nil {
		return err
	}
	if c.result, err = driver.NewTypeInfo(driver.TYPE_BOOLEAN); err != nil {
		return err
	}
	c.params = []driver.TypeInfo{step}
	return driver.RegisterScalarUDF(conn, name, c)
}

// Config implements the driver's interface.
func (c *counter) Config() driver.ScalarFuncConfig {
	return driver.ScalarFuncConfig{InputTypeInfos: c.params, ResultTypeInfo: c.result, Volatile: true}
}

// Executor implements the driver's interface.
func (c *counter) Executor() driver.ScalarFuncExecutor {
	return driver.ScalarFuncExecutor{RowExecutor: func(values []sqldriver.Value) (any, error) {
		c.n.Add(values[0].(int64))
		return c.keep, nil
	}}
}

// report calls progress with the count, twice a second until stop is called.
func (c *counter) report(ctx context.Context, progress func(int64)) (stop func()) {
	if progress == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(500 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				progress(c.n.Load())
			}
		}
	}()
	return func() { cancel(); <-done }
}
