package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/clientele/clientele/internal/app"
)

func (c *command) restore() *cobra.Command {
	var tombstones string
	cmd := &cobra.Command{
		Use: "restore FILE BOOK", Short: "Make a book from a backup, with every file checked", Args: cobra.ExactArgs(2),
		Long: `Make a book from a backup, with every file checked. A backup that is older than an
erasure still holds who was erased: give the file that clientele privacy BOOK tombstones
wrote since, and they are erased before anybody can read the book.`,
		Example: `  clientele restore acme-2026-10-01.tar.zst acme-restored
  clientele restore acme-2026-10-01.tar.zst acme-restored --tombstones tombstones.json`,
	}
	cmd.Flags().StringVar(&tombstones, "tombstones", "", "file of tombstones: who is in it is erased from what is restored")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		w, done := c.watcher()
		defer done()
		if tombstones != "" {
			tombstones = c.path(tombstones)
		}
		if err := app.Restore(c.asOwner(cmd.Context()), c.path(args[0]), tombstones, c.path(args[1]), w); err != nil {
			return err
		}
		fmt.Fprintf(c.out, "%s is restored.\n", args[1])
		return nil
	}
	return cmd
}
