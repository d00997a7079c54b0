package sqlite

import (
	"context"
	"io/fs"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store/migrations"
)

// migrate applies the steps that the file lacks.
func (s *Store) migrate(ctx context.Context) error {
	steps, err := fs.Glob(migrations.Files, "*.sql") // sorted
	if err != nil {
		return failure(err)
	}
	return s.inTx(ctx, func(tx *transaction) error {
		applied, err := appliedSteps(ctx, tx)
		if err != nil {
			return err
		}
		for _, name := range applied {
			if !slices.Contains(steps, name) {
				return clientele.Errorf(clientele.CodeInvalid, "a newer version of Clientele wrote this book (step %s)", name).
					WithHint("Use that version, or a later one.")
			}
		}
		for _, name := range steps {
			if slices.Contains(applied, name) {
				continue
			}
			if err := applyStep(ctx, tx, name); err != nil {
				return err
			}
		}
		return nil
	})
}

func appliedSteps(ctx context.Context, tx *transaction) ([]string, error) {
	if _, err := tx.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY)"); err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, "SELECT name FROM migration")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

func applyStep(ctx context.Context, tx *transaction, name string) error {
	text, err := fs.ReadFile(migrations.Files, name)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, string(text)); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO migration (name) VALUES (?)", name)
	return err
}
