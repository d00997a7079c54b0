package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/httpd"
	"github.com/clientele/clientele/internal/simulate"
)

func (c *command) demo() *cobra.Command {
	config := simulate.Config{Customers: 20_000, Seed: 1}
	var book, listen string
	var serve bool
	cmd := &cobra.Command{
		Use: "demo", Short: "Make a company up, and the book that it would keep", Args: cobra.NoArgs,
		Long: `Make a company up from known parameters, and the book that it would keep. The same
seed gives the same company. A demo book that is there already is used as it is.`,
		Example: "  clientele demo --serve\n  clientele demo --customers 1000 --seed 7 --book /tmp/demo",
	}
	f := cmd.Flags()
	f.IntVar(&config.Customers, "customers", config.Customers, "customers to make up")
	f.Uint64Var(&config.Seed, "seed", config.Seed, "which company")
	f.StringVar(&book, "book", "demo-book", "where to make the book")
	f.BoolVar(&serve, "serve", false, "serve the book")
	f.StringVar(&listen, "listen", defaultListen, "address to serve at")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if config.Customers < 1 || config.Seed == 0 {
			return usage(cmd, fmt.Errorf("--customers and --seed count from 1"))
		}
		w, done := c.watcher()
		defer done()
		made, err := app.Demo(cmd.Context(), c.path(book), config, w)
		if err != nil {
			return err
		}
		done()
		if made {
			fmt.Fprintf(c.out, "%s holds a company of %s customers, made up.\n", book, whole(int64(config.Customers)))
		} else {
			fmt.Fprintf(c.out, "%s holds this company already.\n", book)
		}
		if serve {
			return c.serveBook(cmd.Context(), book, serveFlags{door: httpd.Door{Listen: listen}, logFormat: "text"})
		}
		return c.next("clientele serve %s", book)
	}
	return cmd
}
