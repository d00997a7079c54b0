package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/bench/internal/process"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/internal/warehouse/duckdb"
)

// Paths of so many customers are held against one bare pass of a window over the same rows,
// by processor time.
const (
	pathCustomers = 1_000_000
	pathLimit     = 2.0
)

// benchPaths measures paths and variants alone.
func benchPaths(ctx context.Context, rounds int, dir string) error {
	return alone(ctx, dir, func(p programs, dir string) (string, error, error) {
		row, err := p.paths(ctx, dir, rounds)
		return row.table(), row.judge(), err
	})
}

// pathRow is what it takes to observe paths.
type pathRow struct {
	interactions int64
	ours, peer   process.Sample
}

func (r pathRow) ratio() float64 { return float64(r.ours.CPU) / float64(r.peer.CPU) }

func (r pathRow) table() string {
	verdict := "holds"
	if r.judge() != nil {
		verdict = "MISSED"
	}
	return "| paths and variants | customers | interactions | CPU s | one window pass, CPU s | ratio | limit | | wall s | | peak MB | |\n" +
		"| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: |\n" +
		fmt.Sprintf("| | %d | %d | %.1f | %.1f | **%.2f** | %.1f | %s | %.1f | %.1f | %d | %d |\n", pathCustomers, r.interactions, r.ours.CPU.Seconds(), r.peer.CPU.Seconds(), r.ratio(), pathLimit, verdict,
			r.ours.Wall.Seconds(), r.peer.Wall.Seconds(), r.ours.Peak>>20, r.peer.Peak>>20)
}

func (r pathRow) judge() error {
	if r.ratio() > pathLimit {
		return fmt.Errorf("paths and variants took %.2f times what one window pass did", r.ratio())
	}
	return nil
}

// paths imports what customers went through, and holds its paths against a window pass.
func (p programs) paths(ctx context.Context, dir string, rounds int) (row pathRow, err error) {
	book := filepath.Join(dir, "walked")
	files, err := writeWalks(dir)
	if err := errors.Join(err, os.RemoveAll(book)); err != nil {
		return row, err
	}
	for _, args := range [][]string{{"init", book}, append([]string{"import", book, "--as", "interactions"}, files...)} {
		if _, _, err := run(ctx, p.clientele, args...); err != nil {
			return row, err
		}
	}
	records := filepath.Join(book, "records.duckdb")
	ours := func(ctx context.Context) (map[string]string, process.Sample, error) {
		return figures(run(ctx, p.self, "paths", records))
	}
	peer := func(ctx context.Context) (map[string]string, process.Sample, error) {
		f, s, err := figures(run(ctx, p.peers, records, "interaction.follow"))
		row.interactions, _ = strconv.ParseInt(f["steps"], 10, 64)
		return f, s, err
	}
	fmt.Fprintln(os.Stderr, "paths and variants")
	our, their, err := contest(ctx, rounds, ours, peer)
	if err != nil {
		return row, err
	}
	row.ours, row.peer = process.Median(our), process.Median(their)
	return row, nil
}

// walked are the touchpoints in the order in which most go through them.
var walked = strings.Fields("search basket pay wait deliver unpack call chat return refund visit review")

// met is an interaction.
type met struct {
	at       int64 // seconds
	customer uint32
	step     uint8
}

// walks are ten interactions a customer on average, in order of time: a customer mostly goes on
// to the next touchpoint within a day or two, or comes back after weeks.
func walks() (all []met) {
	r := rand.New(rand.NewPCG(6, 1))
	for c := range uint32(pathCustomers) {
		at, step := r.Int64N(300*86400), 0
		for range 1 + r.IntN(19) {
			all = append(all, met{at, c, uint8(step)})
			pause := 2 * 86400 * r.ExpFloat64()
			switch step = (step + 1) % len(walked); {
			case r.IntN(10) == 0:
				pause, step = 86400*(20+60*r.Float64()), 0
			case r.IntN(4) == 0:
				step = r.IntN(len(walked))
			}
			at += int64(pause)
		}
	}
	slices.SortFunc(all, func(a, b met) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.customer, b.customer)) })
	return all
}

// linesAFile bounds the files of walks.
const linesAFile = 2_000_000

// writeWalks writes walks into files.
func writeWalks(dir string) (files []string, err error) {
	number := 0
	for part := range slices.Chunk(walks(), linesAFile) {
		files = append(files, filepath.Join(dir, fmt.Sprintf("interactions-%d.csv", len(files)+1)))
		if err := writeWalk(files[len(files)-1], number, part); err != nil {
			return nil, err
		}
		number += len(part)
	}
	return files, nil
}

func writeWalk(path string, number int, part []met) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriterSize(f, 1<<20)
	first := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	fmt.Fprintln(w, "interaction,customer,touchpoint,time")
	var line []byte
	for i, m := range part {
		line = strconv.AppendInt(line[:0], int64(number+i), 10)
		line = strconv.AppendUint(append(line, ",c"...), uint64(m.customer), 10)
		line = append(append(append(line, ','), walked[m.step]...), ',')
		line = append(first.Add(time.Duration(m.at)*time.Second).AppendFormat(line, time.DateTime), '\n')
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	return w.Flush()
}

// observePaths gives the paths of a book under the names that the peer uses.
func observePaths(ctx context.Context, records string) (map[string]string, error) {
	db, err := duckdb.Open(ctx, records, duckdb.Options{})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	days, _, err := db.PathDays(ctx, lastDay)
	if err != nil {
		return nil, err
	}
	o, err := db.ObservePaths(ctx, warehouse.PathQuery{Period: days, Days: days, GapDays: 30, Through: -1, Steps: warehouse.MaxSteps, Edges: 144, Variants: 20})
	if err != nil {
		return nil, err
	}
	var again int64
	for _, e := range o.Edges {
		if e.From == e.To {
			again += e.Count
		}
	}
	if len(o.Variants) != 20 || o.Total.Customers != pathCustomers {
		return nil, clientele.Errorf(clientele.CodeInternal, "%d variants of %d customers", len(o.Variants), o.Total.Customers)
	}
	return map[string]string{"steps": strconv.FormatInt(o.Total.Steps, 10), "paths": strconv.FormatInt(o.Total.Paths, 10), "again": strconv.FormatInt(again, 10)}, nil
}
