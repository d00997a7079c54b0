package main

import (
	"context"
	"fmt"
	"time"

	"github.com/clientele/clientele/internal/modelling"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/internal/warehouse/duckdb"
	"github.com/clientele/clientele/model/btyd"
	"github.com/clientele/clientele/model/spend"
)

// worth RECORDS DISCOUNT goes from the records to the worth of all customers, with
// its interval, and of every single one: what a statement does but for its check.
func worth(ctx context.Context, args []string) (any, error) {
	return valued(ctx, args, func(_ *duckdb.DB, s warehouse.Summary) (*modelling.Run, error) { return fitted(ctx, s) })
}

// checked RECORDS DISCOUNT is worth by a model run as statements make it: it is
// also held against the weeks after asOf.
func checked(ctx context.Context, args []string) (any, error) {
	return valued(ctx, args, func(db *duckdb.DB, s warehouse.Summary) (*modelling.Run, error) {
		return modelling.New(db, forgetful{}, forgetful{}, "bench").Run(ctx, asOf, "bench", s, nil)
	})
}

// fitted fits purchases and spend as statements do.
func fitted(ctx context.Context, s warehouse.Summary) (*modelling.Run, error) {
	var cells []btyd.Cell
	for c, err := range s.Cells(ctx, warehouse.CellsBy{}) {
		if err != nil {
			return nil, err
		}
		cells = append(cells, btyd.Cell{X: int(c.X), Tx: int(c.Tx), T: int(c.T), N: float64(c.N)})
	}
	purchases, err := btyd.FitParetoNBD(cells, btyd.Options{})
	if err != nil {
		return nil, err
	}
	bins, err := s.SpendBins(ctx)
	if err != nil {
		return nil, err
	}
	rows := make([]spend.Row, len(bins))
	for i, b := range bins {
		rows[i] = spend.Row{X: int(b.XG), N: float64(b.N), SumZ: b.Spend}
	}
	choice, err := spend.Choose(rows, spend.Options{})
	if err != nil {
		return nil, err
	}
	return &modelling.Run{Purchases: purchases, Estimate: purchases.Estimate, Spend: choice.Fit}, nil
}

func valued(ctx context.Context, args []string, model func(*duckdb.DB, warehouse.Summary) (*modelling.Run, error)) (any, error) {
	yearly, err := numbers(args[1:])
	if err != nil {
		return nil, err
	}
	terms := modelling.Terms{DiscountRate: yearly[0], Margin: 1}
	c := begin()
	db, err := duckdb.Open(ctx, args[0], duckdb.Options{})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	summary, err := db.Summarise(ctx, asOf)
	if err != nil {
		return nil, err
	}
	defer summary.Close()
	run, err := model(db, summary)
	if err != nil {
		return nil, err
	}
	if !run.Usable() {
		return nil, fmt.Errorf("the model is refused: %s", run.Refused)
	}
	value, err := run.Worth(summary.Cells(ctx, warehouse.CellsBy{}), terms)
	if err != nil {
		return nil, err
	}
	scores, err := run.Scores(summary.Cells(ctx, warehouse.CellsBy{}), terms)
	if err != nil {
		return nil, err
	}
	if err := rank(ctx, summary, scores); err != nil {
		return nil, err
	}
	a := c.end()
	a.Theta = append(append([]float64{}, run.Estimate.Theta...), run.Spend.Theta...)
	a.Figures = map[string]float64{
		"customers": value.Total.Customers, "equity": value.Total.Horizon.Estimate, "low": value.Total.Horizon.Low, "high": value.Total.Horizon.High,
	}
	return a, nil
}

// rank values every customer in the engine and reads the hundred worth most.
func rank(ctx context.Context, summary warehouse.Summary, scores modelling.Scores) error {
	for _, err := range summary.Customers(ctx, warehouse.CustomersQuery{
		Cells: scores.Cells, Spend: scores.Spend, Margin: 1, ByWorth: true, WorthOnly: true, Limit: 100,
	}) {
		if err != nil {
			return err
		}
	}
	return nil
}

// forgetful keeps and has decided nothing.
type forgetful struct{}

func (forgetful) Get(context.Context, string) ([]byte, bool, error)       { return nil, false, nil }
func (forgetful) Put(context.Context, string, []byte) error               { return nil }
func (forgetful) Decide(context.Context, string, []byte, time.Time) error { return nil }
func (forgetful) Decided(context.Context, string) ([]byte, bool, error)   { return nil, false, nil }
