package sqlite

import (
	"context"
	"errors"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/store/queries"
)

// AddClose implements store.Closes.
func (s *Store) AddClose(ctx context.Context, c store.KeptClose) error {
	done, err := s.on(ctx).ExecContext(ctx, queries.Text("close.add"), c.Number, c.Period, c.Text)
	if err != nil {
		return failure(err)
	}
	n, err := done.RowsAffected()
	if err == nil && n == 0 {
		return clientele.Errorf(clientele.CodeConflict, "there is a close %d, or one of %s, already", c.Number, c.Period)
	}
	return failure(err)
}

// Closes implements store.Closes.
func (s *Store) Closes(ctx context.Context) (all []store.KeptClose, err error) {
	rows, err := s.on(ctx).QueryContext(ctx, queries.Text("close.list"))
	if err != nil {
		return nil, failure(err)
	}
	defer func() { err = errors.Join(err, failure(rows.Close())) }()
	for rows.Next() {
		var c store.KeptClose
		if err := rows.Scan(&c.Number, &c.Period, &c.Text); err != nil {
			return nil, failure(err)
		}
		all = append(all, c)
	}
	return all, failure(rows.Err())
}
