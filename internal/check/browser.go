package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
)

// installChromium is the one command that a machine without a browser needs.
var installChromium = []string{"apt-get", "install", "--yes", "--no-install-recommends", "chromium"}

// findBrowser makes sure that the browser tests have a browser: as root it
// installs Debian's, as anyone else it names the command and everything stops.
func findBrowser(ctx context.Context, o options, t *tally) error {
	if o.skipBrowser {
		return nil // the tests say themselves that they are left out
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			fmt.Printf("   %s\n", path)
			return nil
		}
	}
	if os.Geteuid() != 0 {
		return errors.New("the browser tests need Chromium. Run\n\n    sudo apt-get install chromium\n\n   and again; SKIP_BROWSER=1 leaves them out, with a count")
	}
	fmt.Println("   Chromium is missing: installing Debian's")
	if err := say(ctx, os.Stdout, "apt-get", "update", "--quiet"); err != nil {
		return fmt.Errorf("looking for Debian's packages: %w", err)
	}
	if err := say(ctx, os.Stdout, installChromium[0], installChromium[1:]...); err != nil {
		return fmt.Errorf("installing Chromium: %w", err)
	}
	return nil
}
