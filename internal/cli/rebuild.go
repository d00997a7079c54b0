package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/clientele/clientele/internal/app"
)

func (c *command) rebuild() *cobra.Command {
	return &cobra.Command{
		Use: "rebuild BOOK", Short: "Make the records anew from the accepted files", Args: cobra.ExactArgs(1),
		Example: "  clientele rebuild acme",
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.withBook(cmd.Context(), args[0], func(b *app.Book, w app.Watcher) error {
				if err := b.Rebuild(cmd.Context(), w); err != nil {
					return err
				}
				imports, err := b.Imports(cmd.Context())
				if err != nil {
					return err
				}
				fmt.Fprintf(c.out, "The records are rebuilt from %s.\n", many(len(imports), "accepted file"))
				return nil
			})
		},
	}
}
