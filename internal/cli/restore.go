package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/clientele/clientele/internal/app"
)

func (c *command) restore() *cobra.Command {
	return &cobra.Command{
		Use: "restore FILE BOOK", Short: "Make a book from a backup, with every file checked", Args: cobra.ExactArgs(2),
		Example: "  clientele restore acme-2026-10-01.tar.zst acme-restored",
		RunE: func(cmd *cobra.Command, args []string) error {
			w, done := c.watcher()
			defer done()
			if err := app.Restore(cmd.Context(), c.path(args[0]), c.path(args[1]), w); err != nil {
				return err
			}
			fmt.Fprintf(c.out, "%s is restored.\n", args[1])
			return nil
		},
	}
}
