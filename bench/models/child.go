package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"

	"github.com/clientele/clientele/internal/modelling"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/internal/warehouse/duckdb"
	"github.com/clientele/clientele/model/btyd"
)

// answer is what a step says of itself, ours or a peer's: seconds without the
// start of the process and without reading the input, and what it found.
type answer struct {
	Wall    float64            `json:"wall"`
	CPU     float64            `json:"cpu"`
	Figures map[string]float64 `json:"figures,omitempty"`
	Theta   []float64          `json:"theta,omitempty"`
}

// steps are what this program does when it has started itself to be measured.
var steps = map[string]func(ctx context.Context, args []string) (any, error){
	"simulate":   simulate,
	"summary":    summarise,
	"fit":        fitModel,
	"score":      score,
	"likelihood": likelihood,
	"equity":     worth,
	"checked":    checked,
}

func child(ctx context.Context, args []string) error {
	step, ok := steps[args[0]]
	if !ok {
		return fmt.Errorf("cannot do %q", args[0])
	}
	found, err := step(ctx, args[1:])
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(found)
}

// clock measures a step.
type clock struct {
	start time.Time
	cpu   time.Duration
}

func begin() clock { return clock{time.Now(), cpuTime()} }

func (c clock) end() answer {
	return answer{Wall: time.Since(c.start).Seconds(), CPU: (cpuTime() - c.cpu).Seconds()}
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// simulate DIR CUSTOMERS makes a company.
func simulate(_ context.Context, args []string) (any, error) {
	n, err := strconv.Atoi(args[1])
	if err != nil {
		return nil, err
	}
	return company{dir: args[0], customers: n}.simulate()
}

// summarise RECORDS makes every customer's history and counts the distinct ones,
// as a statement does.
func summarise(ctx context.Context, args []string) (any, error) {
	db, err := duckdb.Open(ctx, args[0], duckdb.Options{})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	c := begin()
	summary, err := db.Summarise(ctx, asOf)
	if err != nil {
		return nil, err
	}
	defer summary.Close()
	var f facts
	for cell, err := range summary.Cells(ctx, warehouse.CellsBy{}) {
		if err != nil {
			return nil, err
		}
		f.Customers += cell.N
		f.Repeats += cell.N * int64(cell.X)
		f.Recency += cell.N * int64(cell.Tx)
		f.Age += cell.N * int64(cell.T)
	}
	a := c.end()
	a.Figures = f.figures()
	return a, nil
}

func (f facts) figures() map[string]float64 {
	return map[string]float64{
		"customers": float64(f.Customers), "repeats": float64(f.Repeats), "recency days": float64(f.Recency), "age days": float64(f.Age),
	}
}

// readHistories reads one cell a customer.
func readHistories(path string) ([]btyd.Cell, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	cells := make([]btyd.Cell, len(raw)/historyBytes)
	field := func(i, k int) int { return int(binary.LittleEndian.Uint32(raw[i*historyBytes+4*k:])) }
	for i := range cells {
		cells[i] = btyd.Cell{X: field(i, 0), Tx: field(i, 1), T: field(i, 2), N: 1}
	}
	return cells, nil
}

// fitModel MODEL HISTORIES fits customers, grouping included.
func fitModel(_ context.Context, args []string) (any, error) {
	cells, err := readHistories(args[1])
	if err != nil {
		return nil, err
	}
	c := begin()
	var theta []float64
	switch args[0] {
	case paretoNBD:
		f, err := btyd.FitParetoNBD(cells, btyd.Options{})
		if err != nil {
			return nil, err
		}
		theta = f.Theta
	case bgNBD:
		f, err := btyd.FitBGNBD(cells, btyd.Options{})
		if err != nil {
			return nil, err
		}
		theta = f.Theta
	default:
		return nil, fmt.Errorf("no model is called %q", args[0])
	}
	a := c.end()
	a.Theta = theta
	return a, nil
}

// score HISTORIES WEEKS DISCOUNT THETA... scores customers at given parameters,
// grouping included.
func score(_ context.Context, args []string) (any, error) {
	cells, err := readHistories(args[0])
	if err != nil {
		return nil, err
	}
	v, err := numbers(args[1:])
	if err != nil {
		return nil, err
	}
	f := &btyd.ParetoNBDFit{Params: btyd.ParetoNBD{R: v[2], Alpha: v[3], S: v[4], Beta: v[5]}}
	c := begin()
	grid, err := btyd.NewGrid(cells)
	if err != nil {
		return nil, err
	}
	scores := f.Score(grid, btyd.ScoreOptions{
		Weeks: v[0], Delta: btyd.WeeklyDiscount(v[1]), Horizon: modelling.HorizonYears * btyd.WeeksPerYear, NoSpread: true,
	})
	a := c.end()
	a.Figures = map[string]float64{"cells": float64(grid.Len())}
	for i, s := range scores {
		n := grid.Cell(i).N
		a.Figures["alive"] += n * s.PAlive
		a.Figures["orders"] += n * s.ExpectedOrders
		a.Figures["discounted orders"] += n * s.DET
	}
	return a, nil
}

// likelihood MODEL HISTORIES THETA... is the log-likelihood of all customers,
// history by history and without the tables of a fit.
func likelihood(_ context.Context, args []string) (any, error) {
	cells, err := readHistories(args[1])
	if err != nil {
		return nil, err
	}
	v, err := numbers(args[2:])
	if err != nil {
		return nil, err
	}
	var model btyd.Model = btyd.ParetoNBD{R: v[0], Alpha: v[1], S: v[2], Beta: v[3]}
	if args[0] == bgNBD {
		model = btyd.BGNBD{R: v[0], Alpha: v[1], A: v[2], B: v[3]}
	}
	grid, err := btyd.NewGrid(cells)
	if err != nil {
		return nil, err
	}
	total := 0.0
	for i := range grid.Len() {
		c := grid.Cell(i)
		total += c.N * model.LogLikelihood(c.History())
	}
	return answer{Figures: map[string]float64{"log-likelihood": total}}, nil
}

func numbers(args []string) ([]float64, error) {
	out := make([]float64, len(args))
	for i, a := range args {
		v, err := strconv.ParseFloat(a, 64)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}
