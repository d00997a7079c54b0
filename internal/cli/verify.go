package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/clientele/clientele/internal/app"
)

func (c *command) verify() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "verify BOOK", Short: "Check that nothing in a book was lost or changed", Args: cobra.ExactArgs(1),
		Long: `Check that nothing in a book was lost or changed: every accepted file, every close,
definition and goal, every erasure and every event of the audit is hashed anew, and followed
as the chain that they are. What changed is named, to the file and the close. That the end of a
chain was cut off only who kept its last hash can tell: --json has that of the audit.`,
		Example: "  clientele verify acme\n  clientele verify acme --json",
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "findings as JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return c.withBook(cmd.Context(), args[0], func(b *app.Book, w app.Watcher) error {
			v, err := b.Verify(cmd.Context(), w)
			if err != nil {
				return err
			}
			if asJSON {
				if err := c.writeJSON(v); err != nil {
					return err
				}
			} else if len(v.Findings) == 0 {
				closes := ""
				if v.Closes > 0 {
					closes = ", " + many(v.Closes, "close")
				}
				fmt.Fprintf(c.out, "Sound: %s%s, the records and the operational records.\n", many(v.Files, "accepted file"), closes)
			}
			return v.Err()
		})
	}
	return cmd
}
