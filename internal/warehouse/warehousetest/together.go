package warehousetest

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// testTogether asks one engine, and one summary, from several goroutines, and
// asks a summary while its cells are being read.
func testTogether(t *testing.T, w warehouse.Warehouse) {
	book := records{Lines: []line{sale("A", 0, "3"), sale("B", 3, "20"), sale("A", 5, "5"), sale("", 5, "5")}, Attributes: map[string]string{"A": "DE"}}
	book.load(t, w)
	q := warehouse.MovementQuery{Period: days(2, 30), By: attributeName, Definition: clientele.Definition{Kind: clientele.Both, LapseDays: 10, Version: 1}}
	want := reference{book, q}.movements()
	s := summarise(t, w, day(10))
	defer closeSummary(t, s)
	var g errgroup.Group
	for range 4 {
		g.Go(func() error {
			got, err := w.Movement(t.Context(), q)
			if d := cmp.Diff(want, got); err == nil && d != "" {
				t.Errorf("movement (-want +got):\n%s", d)
			}
			return err
		})
		g.Go(func() error {
			n := int64(0)
			for c, err := range s.Cells(t.Context(), warehouse.CellsBy{Movement: &q}) {
				if err != nil {
					return err
				}
				n += c.N
				if _, err := s.SpendBins(t.Context()); err != nil {
					return err
				}
			}
			if n != 2 {
				t.Errorf("%d customers in cells, want 2", n)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
}

// testCancelled cancels before each question; the engine goes on working.
func testCancelled(t *testing.T, w warehouse.Warehouse) {
	records{Lines: []line{sale("A", 0, "3")}}.load(t, w)
	q := warehouse.MovementQuery{Period: days(0, 9), Definition: clientele.Definition{Kind: clientele.Orders, LapseDays: 10, Version: 1}}
	s := summarise(t, w, day(10))
	defer closeSummary(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, ask := range map[string]func() error{
		"Movement": func() error { _, err := w.Movement(ctx, q); return err },
		"Explain": func() error {
			_, err := w.Explain(ctx, warehouse.ExplainQuery{MovementQuery: q, Line: "customers.new"})
			return err
		},
		"Summarise": func() error { _, err := w.Summarise(ctx, day(10)); return err },
		"SpendBins": func() error { _, err := s.SpendBins(ctx); return err },
		"Tracking":  func() error { _, err := w.Tracking(ctx, day(10)); return err },
		"Cells": func() error {
			for _, err := range s.Cells(ctx, warehouse.CellsBy{}) {
				if err != nil {
					return err
				}
			}
			return nil
		},
	} {
		if err := ask(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want %v", name, err, context.Canceled)
		}
	}
	if m := movement(t, w, q).Total; m.Heads.New != 1 {
		t.Errorf("after being cancelled: %+v", m.Heads)
	}
	if cells := collect(t, s.Cells(t.Context(), warehouse.CellsBy{})); len(cells) != 1 {
		t.Errorf("after being cancelled: %+v", cells)
	}
}

// testFresh asks the same questions before and after a load: answers are of the
// records as they are, and a summary that is open is of those it was built from.
func testFresh(t *testing.T, w warehouse.Warehouse) {
	q := warehouse.ExplainQuery{
		MovementQuery: warehouse.MovementQuery{Period: days(0, 9), Definition: clientele.Definition{Kind: clientele.Both, LapseDays: 5, Version: 1}},
		Line:          "customers.new", Limit: 10,
	}
	customers := func(s warehouse.Summary) (n int64) {
		for _, c := range collect(t, s.Cells(t.Context(), warehouse.CellsBy{Movement: &q.MovementQuery})) {
			n += c.N
		}
		return n
	}
	records{Lines: []line{sale("A", 0, "3")}}.load(t, w)
	before := summarise(t, w, day(9))
	defer closeSummary(t, before)
	for n, name := range []string{"B", "C"} {
		for range 2 {
			if e := explain(t, w, q); e.Count != int64(n)+1 || movement(t, w, q.MovementQuery).Total.Heads.New != e.Heads {
				t.Errorf("before %s: %+v", name, e.Rows)
			}
			after := summarise(t, w, day(9))
			if got := customers(after); got != int64(n)+1 {
				t.Errorf("before %s: %d customers", name, got)
			}
			closeSummary(t, after)
		}
		records{Lines: []line{sale(name, 2, "4")}}.load(t, w)
	}
	if e := explain(t, w, q); e.Count != 3 {
		t.Errorf("at the end: %+v", e.Rows)
	}
	if got := customers(before); got != 1 {
		t.Errorf("a summary of one customer has %d after loading others", got)
	}
}

// testWhileLoading asks from two goroutines while a third loads: every answer is
// of one state of the records, and never of one before an earlier answer's.
func testWhileLoading(t *testing.T, w warehouse.Warehouse) {
	q := warehouse.ExplainQuery{
		MovementQuery: warehouse.MovementQuery{Period: days(0, 30), Definition: clientele.Definition{Kind: clientele.Orders, LapseDays: 40, Version: 1}},
		Line:          "customers.new", Limit: 100,
	}
	const files = 8
	ask := func(ctx context.Context) error {
		for seen := int64(0); seen < files; {
			e, err := w.Explain(ctx, q)
			if err != nil {
				return err
			}
			m, err := w.Movement(ctx, q.MovementQuery)
			if err != nil {
				return err
			}
			if e.Count < seen || e.Heads != e.Count || m.Total.Heads.New < e.Count || m.Total.Heads.New != m.Total.Revenue.Lines {
				t.Errorf("after %d customers: %d explained, %d new in %d lines", seen, e.Count, m.Total.Heads.New, m.Total.Revenue.Lines)
			}
			seen = m.Total.Heads.New
		}
		return nil
	}
	g, ctx := errgroup.WithContext(t.Context())
	g.Go(func() error { return ask(ctx) })
	g.Go(func() error { return ask(ctx) })
	for i := range files {
		records{Lines: []line{sale(string(rune('A'+i)), i, "1")}}.load(t, w)
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
}
