package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/clientele/clientele/internal/app"
)

func (c *command) backup() *cobra.Command {
	return &cobra.Command{
		Use: "backup BOOK FILE", Short: "Write a book into one file, also while it is being served", Args: cobra.ExactArgs(2),
		Example: "  clientele backup acme acme-2026-10-01.tar.zst",
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.withBook(cmd.Context(), args[0], func(b *app.Book, w app.Watcher) error {
				if err := b.Backup(cmd.Context(), c.path(args[1]), w); err != nil {
					return err
				}
				fmt.Fprintf(c.out, "%s holds the whole of %s.\n", args[1], args[0])
				return nil
			})
		},
	}
}
