package sqlite

import (
	"context"
	"fmt"

	"github.com/clientele/clientele/internal/store"
)

// AddClose implements store.Closes.
func (s *Store) AddClose(ctx context.Context, c store.KeptClose) error {
	there := fmt.Sprintf("there is a close %d, or one of %s, already", c.Number, c.Period)
	return s.added(ctx, there, "close.add", c.Number, c.Period, c.Text)
}

// Closes implements store.Closes.
func (s *Store) Closes(ctx context.Context) ([]store.KeptClose, error) {
	return listed(ctx, s, scanClose, "close.list")
}

func scanClose(row scanner) (c store.KeptClose, err error) {
	err = row.Scan(&c.Number, &c.Period, &c.Text)
	return c, err
}
