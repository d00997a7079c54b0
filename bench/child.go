package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/internal/warehouse/duckdb"
	"github.com/clientele/clientele/model/btyd"
	"github.com/clientele/clientele/model/spend"
)

// child is what this program does when it has started itself to be measured.
func child(ctx context.Context, args []string) error {
	if len(args) == 3 && args[0] == "cells" {
		return exportCells(ctx, args[1], args[2])
	}
	if len(args) != 2 {
		return fmt.Errorf("cannot do %q", args)
	}
	var answer any
	var err error
	switch args[0] {
	case "movement":
		answer, err = movement(ctx, args[1])
	case "paths":
		answer, err = observePaths(ctx, args[1])
	case "worth":
		answer, err = worth(args[1])
	default:
		err = fmt.Errorf("cannot do %q", args[0])
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(answer)
}

// movement asks the warehouse for the quarter's movement and gives it under the
// names that the peer uses.
func movement(ctx context.Context, records string) (map[string]string, error) {
	db, err := duckdb.Open(ctx, records, duckdb.Options{})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	all, err := db.Movement(ctx, warehouse.MovementQuery{
		Period:     clientele.Period{From: firstDay, To: lastDay},
		Definition: clientele.Definition{Kind: clientele.Orders, LapseDays: lapseDays, Version: 1},
	})
	if err != nil {
		return nil, err
	}
	m := all.Total
	figures := map[string]string{}
	for name, n := range map[string]int64{
		"opening": m.Heads.Opening, "new": m.Heads.New, "reactivated": m.Heads.Reactivated, "lost": m.Heads.Lost, "closing": m.Heads.Closing,
		"lost_of_opening": m.Heads.LostOfOpening, "lapsed_at_opening": m.LapsedAtOpening, "orders": m.Revenue.Orders, "lines": m.Revenue.Lines,
	} {
		figures[name] = strconv.FormatInt(n, 10)
	}
	for name, amount := range map[string]clientele.Money{
		"value_opening": m.Value.Opening, "value_new": m.Value.New, "value_reactivated": m.Value.Reactivated, "value_expanded": m.Value.Expanded,
		"value_contracted": m.Value.Contracted, "value_lost": m.Value.Lost, "value_closing": m.Value.Closing, "inactive": m.TieOut.Inactive,
		"gross": m.Revenue.Gross, "refunds": m.Revenue.Refunds, "unattributed": m.Revenue.Unattributed,
	} {
		figures[name] = amount.String()
	}
	return figures, nil
}

// cell and bin are what the model is fitted to, as they lie in a file between
// the process that asks the warehouse and the one that is measured.
type cell struct {
	X, Tx, T, XG int32
	N            int64
	Spend        float64
}

type bin struct {
	XG, _ int32
	N     int64
	Spend float64
}

// exportCells writes the cells and bins of a book as of the last day.
func exportCells(ctx context.Context, records, path string) error {
	db, err := duckdb.Open(ctx, records, duckdb.Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	summary, err := db.Summarise(ctx, lastDay)
	if err != nil {
		return err
	}
	defer summary.Close()
	var cells []cell
	for c, err := range summary.Cells(ctx, warehouse.CellsBy{}) {
		if err != nil {
			return err
		}
		cells = append(cells, cell{c.X, c.Tx, c.T, c.XG, c.N, c.Spend})
	}
	found, err := summary.SpendBins(ctx)
	if err != nil {
		return err
	}
	bins := make([]bin, len(found))
	for i, b := range found {
		bins[i] = bin{XG: b.XG, N: b.N, Spend: b.Spend}
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	for _, part := range []any{int64(len(cells)), cells, int64(len(bins)), bins} {
		if err := binary.Write(w, binary.LittleEndian, part); err != nil {
			return err
		}
	}
	return w.Flush()
}

func readCells(path string) ([]cell, []bin, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	r := bufio.NewReader(f)
	cells, err := readPart[cell](r)
	if err != nil {
		return nil, nil, err
	}
	bins, err := readPart[bin](r)
	return cells, bins, err
}

func readPart[T any](r *bufio.Reader) ([]T, error) {
	var n int64
	if err := binary.Read(r, binary.LittleEndian, &n); err != nil {
		return nil, err
	}
	part := make([]T, n)
	return part, binary.Read(r, binary.LittleEndian, part)
}

// valued is what worth did and how long each step took.
type valued struct {
	Figures          map[string]string // cells, customers and repeats, as the peer names them
	Histories        int               // distinct (x, tx, T): cells of the purchase model
	Read, Fit, Score time.Duration
	Alive            float64 // customers expected to be alive, by the scores
}

// worth fits purchases and spend to cells and scores every cell.
func worth(path string) (v valued, err error) {
	start := time.Now()
	cells, bins, err := readCells(path)
	if err != nil {
		return v, err
	}
	histories := make([]btyd.Cell, len(cells))
	var customers, repeats int64
	for i, c := range cells {
		histories[i] = btyd.Cell{X: int(c.X), Tx: int(c.Tx), T: int(c.T), N: float64(c.N)}
		customers += c.N
		repeats += c.N * int64(c.X)
	}
	rows := make([]spend.Row, len(bins))
	for i, b := range bins {
		rows[i] = spend.Row{X: int(b.XG), N: float64(b.N), SumZ: b.Spend}
	}
	v.Read = time.Since(start)

	start = time.Now()
	grid, err := btyd.NewGrid(histories)
	if err != nil {
		return v, err
	}
	purchases, err := grid.FitParetoNBD(btyd.Options{})
	if err != nil {
		return v, err
	}
	if _, err := spend.FitGammaGamma(rows, spend.Options{}); err != nil {
		return v, err
	}
	v.Fit = time.Since(start)

	start = time.Now()
	scores := purchases.Score(grid, btyd.ScoreOptions{
		Weeks: 365.0 / btyd.DaysPerWeek, Delta: btyd.WeeklyDiscount(0.1), Horizon: 5 * btyd.WeeksPerYear,
	})
	v.Score = time.Since(start)
	for i := range scores {
		v.Alive += grid.Cell(i).N * scores[i].PAlive
	}
	v.Histories = grid.Len()
	v.Figures = map[string]string{"cells": strconv.Itoa(len(cells)), "customers": strconv.FormatInt(customers, 10), "repeats": strconv.FormatInt(repeats, 10)}
	return v, nil
}
