package duckdb

import (
	"context"
	"database/sql"

	"github.com/clientele/clientele/internal/warehouse"
)

// sampleParams are the parameters of the queries of samples.
type sampleParams struct {
	warehouse.SampleQuery
	Customers []string // none: all
}

// Sample implements warehouse.Samples.
func (d *DB) Sample(ctx context.Context, q warehouse.SampleQuery) (s warehouse.Sample, err error) {
	err = d.snapshot(ctx, nil, func(tx *sql.Tx) error {
		return each(ctx, tx, render("sample.draw", sampleParams{SampleQuery: q}), func(rows *sql.Rows) error {
			var stratum warehouse.Stratum
			var one warehouse.Sampled
			var taken bool
			if err := rows.Scan(&stratum.Segment, &stratum.Customers, &stratum.Eligible, &stratum.Drawn, &one.Customer, &one.Address, &one.Language, &taken); err != nil {
				return err
			}
			if n := len(s.Strata); n == 0 || s.Strata[n-1] != stratum {
				s.Strata = append(s.Strata, stratum)
			}
			if taken {
				one.Segment = stratum.Segment
				s.Drawn = append(s.Drawn, one)
			}
			return nil
		})
	})
	return s, err
}

// Profiles implements warehouse.Samples.
func (d *DB) Profiles(ctx context.Context, q warehouse.SampleQuery, customers []string) (all []warehouse.Sampled, err error) {
	if len(customers) == 0 {
		return nil, nil
	}
	q.Segments = nil
	err = d.snapshot(ctx, nil, func(tx *sql.Tx) error {
		return each(ctx, tx, render("sample.known", sampleParams{q, customers}), func(rows *sql.Rows) error {
			var one warehouse.Sampled
			err := rows.Scan(&one.Customer, &one.Segment, &one.Address, &one.Language)
			all = append(all, one)
			return err
		})
	})
	return all, err
}
