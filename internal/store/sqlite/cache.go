package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/store/queries"
)

// touchAfter is how stale the time of last use may be, so that reading the same
// page again and again does not write each time.
const touchAfter = time.Minute

// Get implements store.Cache. That there is no value is remembered: many pages ask for what
// is still being computed.
func (s *Store) Get(ctx context.Context, key string) (value []byte, ok bool, err error) {
	_, none, when := s.memory.recall("cache", key)
	if none && !s.within(ctx) {
		return nil, false, nil
	}
	var used int64
	err = s.on(ctx).QueryRowContext(ctx, queries.Text("cache.get"), key).Scan(&value, &used)
	if errors.Is(err, sql.ErrNoRows) {
		s.memory.keep("cache", key, nil, when)
		return nil, false, nil
	}
	if err != nil {
		return nil, false, failure(err)
	}
	now := time.Now()
	if now.Sub(time.UnixMilli(used)) > touchAfter {
		// On a full disk the value is still worth having: it only ages.
		_, _ = s.on(ctx).ExecContext(ctx, queries.Text("cache.touch"), now.UnixMilli(), key)
	}
	return value, true, nil
}

// Put implements store.Cache.
func (s *Store) Put(ctx context.Context, key string, value []byte) error {
	if len(value) > store.MaxCacheBytes {
		return nil // it would push everything else out, itself included
	}
	return s.inTx(ctx, func(tx *transaction) error {
		if _, err := tx.ExecContext(ctx, queries.Text("cache.put"), key, value, len(value), time.Now().UnixMilli()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, queries.Text("cache.evict"), store.MaxCacheBytes)
		return err
	})
}
