package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/app"
)

// modelFlags is what was asked of a model.
type modelFlags struct {
	asOf          string
	compare, json bool
}

func (c *command) model() *cobra.Command {
	var f modelFlags
	cmd := &cobra.Command{
		Use: "model BOOK", Short: "Fit the model that values customers, check it, and say whether to trust it", Args: cobra.ExactArgs(1),
		Long: `Fit the model that values customers as of a day, hold it against purchases that it
had not seen, and say in plain words whether to trust it.

With --compare every model there is foretells windows of the records that it has
not seen, whole years where there are any. The one that foretells single customers
best is kept: statements use it and name it, until the next comparison. Without a
comparison they use the Pareto/NBD.`,
		Example: `  clientele model acme
  clientele model acme --as-of 2026-09-30 --compare
  clientele model acme --json | jq .trust`,
	}
	flags := cmd.Flags()
	flags.StringVar(&f.asOf, "as-of", "", "day up to which the model knows the records, YYYY-MM-DD (default: the day of the last purchase)")
	flags.BoolVar(&f.compare, "compare", false, "compare the models, choose one and keep the choice")
	flags.BoolVar(&f.json, "json", false, "as JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		day := clientele.Date(0)
		if f.asOf != "" {
			var err error
			if day, err = clientele.ParseDate(f.asOf); err != nil {
				return usage(cmd, err)
			}
		}
		return c.withBook(cmd.Context(), args[0], func(b *app.Book, w app.Watcher) error {
			return c.writeModel(cmd.Context(), b, day, f, w)
		})
	}
	return cmd
}

// writeModel examines the model as of a day; the zero day is that of the last purchase.
func (c *command) writeModel(ctx context.Context, b *app.Book, day clientele.Date, f modelFlags, w app.Watcher) error {
	progress := fractions(w)
	var err error
	if day == 0 {
		if day, err = b.Models.Latest(ctx); err != nil {
			return err
		}
	}
	if f.compare {
		if _, err := b.Models.Compare(ctx, day, progress); err != nil {
			return err
		}
	}
	m, err := b.Models.Examine(ctx, day, progress)
	if err != nil && m.Run == "" { // one that was not kept is shown all the same
		return err
	}
	if f.json {
		return c.writeJSON(m)
	}
	settings, err := b.Settings(ctx)
	if err != nil {
		return err
	}
	return writeModelText(c.out, settings.Name, m)
}
