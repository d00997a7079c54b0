package duckdb

import (
	"path/filepath"
	"testing"

	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/internal/warehouse/warehousetest"
)

func TestReading(t *testing.T) {
	warehousetest.Reading(t, func(t testing.TB) warehouse.Warehouse {
		return open(t, filepath.Join(t.TempDir(), "records.duckdb"))
	})
}
