package duckdb

import (
	"path/filepath"
	"testing"

	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/internal/warehouse/warehousetest"
)

func openEmpty(t testing.TB) warehouse.Warehouse {
	return open(t, filepath.Join(t.TempDir(), "records.duckdb"))
}

func TestConformanceReading(t *testing.T) { warehousetest.Reading(t, openEmpty) }

func TestConformanceLoading(t *testing.T) { warehousetest.Loading(t, openEmpty) }
