package duckdb

import (
	"flag"
	"os"
	"testing"
)

// checks is how many random cases a property of the engine is tried on in a common run: one
// takes up to a second, for each is a book of its own. -rapid.checks says otherwise.
const checks = "40"

func TestMain(m *testing.M) {
	flag.Parse()
	said := false
	flag.Visit(func(f *flag.Flag) { said = said || f.Name == "rapid.checks" })
	if !said {
		if err := flag.Set("rapid.checks", checks); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
