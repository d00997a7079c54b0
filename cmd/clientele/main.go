// Command clientele tells a company what its customers are worth.
package main

import (
	"os"

	"github.com/clientele/clientele/internal/cli"
)

func main() { os.Exit(cli.Main()) }
