package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/bench/internal/process"
)

// measure runs the contests on one company.
func (p programs) measure(ctx context.Context, c company, rounds int) ([]result, growthRow, error) {
	imported, err := p.importing(ctx, c, rounds)
	if err != nil {
		return nil, growthRow{}, fmt.Errorf("import: %w", err)
	}
	moved, err := p.moving(ctx, c, "movement", 1.3, rounds, c.records(), "line.from_book")
	if err != nil {
		return nil, growthRow{}, fmt.Errorf("movement: %w", err)
	}
	inexact, err := p.moving(ctx, c, "movement, peer in floating point", 0, rounds, c.plain(), "line.from_table")
	if err != nil {
		return nil, growthRow{}, fmt.Errorf("movement: %w", err)
	}
	equity, err := p.movingEquity(ctx, c, rounds)
	if err != nil {
		return nil, growthRow{}, fmt.Errorf("equity movement: %w", err)
	}
	closed, err := p.closing(ctx, c, rounds)
	if err != nil {
		return nil, growthRow{}, fmt.Errorf("closing: %w", err)
	}
	valued, growth, err := p.valuing(ctx, c, rounds)
	if err != nil {
		return nil, growthRow{}, fmt.Errorf("fit and score: %w", err)
	}
	return []result{imported, moved, inexact, equity, closed, valued}, growth, nil
}

func (c company) book() string    { return filepath.Join(c.dir, "book") }
func (c company) records() string { return filepath.Join(c.book(), "records.duckdb") }
func (c company) plain() string   { return filepath.Join(c.dir, "plain.duckdb") }

// importing loads the file into an empty book, and into an empty database. Both
// are left as the last round made them.
func (p programs) importing(ctx context.Context, c company, rounds int) (result, error) {
	ours := func(ctx context.Context) (map[string]string, process.Sample, error) {
		if err := os.RemoveAll(c.book()); err != nil {
			return nil, process.Sample{}, err
		}
		if _, _, err := run(ctx, p.clientele, "init", c.book(), "--currency", c.truth.Currency); err != nil {
			return nil, process.Sample{}, err
		}
		out, s, err := run(ctx, p.clientele, "import", c.book(), c.file, "--as", "transactions", "--json")
		if err != nil {
			return nil, process.Sample{}, err
		}
		var report struct{ Files []struct{ Loaded int64 } }
		if err := json.Unmarshal(out, &report); err != nil || len(report.Files) != 1 {
			return nil, process.Sample{}, fmt.Errorf("import --json printed %s: %w", out, err)
		}
		return map[string]string{"lines": strconv.FormatInt(report.Files[0].Loaded, 10)}, s, nil
	}
	peer := func(ctx context.Context) (map[string]string, process.Sample, error) {
		if err := errors.Join(os.RemoveAll(c.plain()), os.RemoveAll(c.plain()+".wal")); err != nil {
			return nil, process.Sample{}, err
		}
		return figures(run(ctx, p.peers, c.plain(), "table.import", "file="+c.file))
	}
	return c.contest(ctx, "import", 1.5, rounds, ours, peer)
}

// moving computes the last quarter's movement. The peer's script reads the book's
// own lines, the same exact decimals, or for comparison the plain import, whose
// amounts are floating point.
func (p programs) moving(ctx context.Context, c company, name string, limit float64, rounds int, database, lines string) (result, error) {
	ours := func(ctx context.Context) (map[string]string, process.Sample, error) {
		return figures(run(ctx, p.self, "movement", c.records()))
	}
	peer := func(ctx context.Context) (map[string]string, process.Sample, error) {
		return figures(run(ctx, p.peers, database, lines, "movement.compute",
			"first="+firstDay.String(), "last="+lastDay.String(), "lapse_days="+strconv.Itoa(lapseDays)))
	}
	return c.contest(ctx, name, limit, rounds, ours, peer)
}

// movingEquity explains how the worth of everyone moved over the last quarter, from an
// open book to the printed lines, two models fitted and checked among it; against the SQL
// that builds the histories of both ends.
func (p programs) movingEquity(ctx context.Context, c company, rounds int) (result, error) {
	ours := func(ctx context.Context) (map[string]string, process.Sample, error) {
		var m clientele.EquityMovement
		s, err := p.fromNothing(ctx, c, &m, "movement", c.book(), "--from", firstDay.String(), "--to", lastDay.String(), "--json")
		return came(m), s, err
	}
	return p.besideHistories(ctx, c, "equity movement", rounds, ours)
}

// closing closes the last quarter: its statement and both movements, with all that made
// them, against the same.
func (p programs) closing(ctx context.Context, c company, rounds int) (result, error) {
	ours := func(ctx context.Context) (map[string]string, process.Sample, error) {
		var closed clientele.Close
		s, err := p.fromNothing(ctx, c, &closed, "close", c.book(), "--period", "2026-Q3", "--by", "bench", "--json")
		if err == nil && len(closed.Movements) != 2 {
			err = fmt.Errorf("the close holds %d movements", len(closed.Movements))
		}
		if err != nil {
			return nil, s, err
		}
		return came(closed.Movements[0]), s, nil
	}
	return p.besideHistories(ctx, c, "close the books", rounds, ours)
}

// fromNothing runs a command that prints JSON on a book that has forgotten what was
// computed, and closed.
func (p programs) fromNothing(ctx context.Context, c company, into any, args ...string) (process.Sample, error) {
	for _, end := range []string{"", "-wal", "-shm"} {
		if err := os.RemoveAll(filepath.Join(c.book(), "operations.sqlite"+end)); err != nil {
			return process.Sample{}, err
		}
	}
	out, s, err := run(ctx, p.clientele, args...)
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(out, into)
}

// came is how many customers first bought in the period of a movement, as the peer names it.
func came(m clientele.EquityMovement) map[string]string {
	n := int64(0)
	for _, cohort := range m.Cohorts {
		n += cohort.Customers
	}
	return map[string]string{"came": strconv.FormatInt(n, 10)}
}

// besideHistories holds one side against the least that it must read.
func (p programs) besideHistories(ctx context.Context, c company, name string, rounds int, ours side) (result, error) {
	peer := func(ctx context.Context) (map[string]string, process.Sample, error) {
		return figures(run(ctx, p.peers, c.records(), "line.from_book", "summary.twice", "first="+firstDay.String(), "last="+lastDay.String()))
	}
	r, err := c.contest(ctx, name, 3, rounds, ours, peer)
	r.memoryLimit = 2 << 30
	return r, err
}

// valuing fits and scores cells that lie in a file, against the SQL that makes
// such cells from the book's lines.
func (p programs) valuing(ctx context.Context, c company, rounds int) (result, growthRow, error) {
	cells := filepath.Join(c.dir, "cells")
	if _, _, err := run(ctx, p.self, "cells", c.records(), cells); err != nil {
		return result{}, growthRow{}, err
	}
	var all []valued
	ours := func(ctx context.Context) (map[string]string, process.Sample, error) {
		out, s, err := run(ctx, p.self, "worth", cells)
		if err != nil {
			return nil, process.Sample{}, err
		}
		var v valued
		err = json.Unmarshal(out, &v)
		all = append(all, v)
		return v.Figures, s, err
	}
	peer := func(ctx context.Context) (map[string]string, process.Sample, error) {
		return figures(run(ctx, p.peers, c.records(), "line.from_book", "cell.summarise", "as_of="+lastDay.String()))
	}
	r, err := c.contest(ctx, "fit and score", 1.0, rounds, ours, peer)
	if err != nil {
		return result{}, growthRow{}, err
	}
	r.memoryLimit = 1 << 30
	return r, growthOf(c, all), nil
}

func figures(out []byte, s process.Sample, err error) (map[string]string, process.Sample, error) {
	if err != nil {
		return nil, process.Sample{}, err
	}
	var f map[string]string
	return f, s, json.Unmarshal(out, &f)
}

// contest runs one contest and keeps its medians.
func (c company) contest(ctx context.Context, name string, limit float64, rounds int, ours, peer side) (result, error) {
	fmt.Fprintf(os.Stderr, "%s, %d customers\n", name, c.truth.Customers)
	our, their, err := contest(ctx, rounds, ours, peer)
	if err != nil {
		return result{}, err
	}
	return result{name: name, customers: c.truth.Customers, lines: c.truth.Lines, limit: limit, ours: process.Median(our), peer: process.Median(their)}, nil
}
