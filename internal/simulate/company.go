package simulate

import "github.com/clientele/clientele"

// Config describes the company. The zero value of a field means its default.
type Config struct {
	Customers int            // default 20,000
	Seed      uint64         // default 1
	From      clientele.Date // first day, default three years before To
	To        clientele.Date // last day, default 2026-09-30
	// Lean writes transactions only, for benchmarks, at Orders lines a customer.
	Lean   bool
	Orders float64 // mean order lines a customer in lean mode, default 10
}

// Truth is what a model should find in the files.
type Truth struct {
	Config    Config
	R         float64 // Pareto/NBD, per week
	Alpha     float64
	S         float64
	Beta      float64
	P         float64 // Gamma-Gamma
	Q         float64
	V         float64
	Customers int64 // who bought at least once
	Lines     int64 // transaction lines, rejected ones included
	Rejected  int64 // rows that an import must reject, over all files
}

// File is one file as the company exports it, and how to import it.
type File struct {
	Path   string
	Kind   clientele.Kind
	Source string
	Map    []string // field=EXPR, as for clientele import --map; nil: as recognised
}

// Company writes the files into a directory and returns the truth behind them.
func Company(c Config, dir string) (Truth, []File, error) {
	panic("not yet")
}
