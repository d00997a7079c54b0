package cli

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/clientele/clientele/internal/app"
)

func (c *command) version() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version of this program", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			fmt.Fprintf(c.out, "clientele %s %s %s/%s\n", app.VersionString(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return nil
		},
	}
}
