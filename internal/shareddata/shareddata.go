// Package shareddata finds the real data sets that tests read. They lie beside
// the checkout, never in it: their licences differ from the project's.
package shareddata

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// Path returns the path of a data set such as "cdnow/CDNOW_master.txt". Where
// the data is absent the test is skipped, and make test counts it; with
// CLIENTELE_REQUIRE_SHARED=1, as in CI, it fails.
func Path(t testing.TB, name string) string {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	path := filepath.Join(filepath.Dir(here), "../../../shared/data", name)
	if _, err := os.Stat(path); err == nil {
		return path
	}
	if os.Getenv("CLIENTELE_REQUIRE_SHARED") == "1" {
		t.Fatalf("needs ../shared/data/%s, which is required here and absent", name)
	}
	t.Skipf("SKIPPED: needs ../shared/data/%s", name)
	return ""
}
