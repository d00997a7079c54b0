package statement

import (
	"context"
	"iter"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// counting is a warehouse that counts what is read, and its one summary.
type counting struct {
	warehouse.Warehouse
	warehouse.Summary
	summaries, cells, closed int
}

func (c *counting) Summarise(context.Context, clientele.Date) (warehouse.Summary, error) {
	c.summaries++
	return struct{ warehouse.Summary }{c}, nil
}

func (c *counting) Cells(_ context.Context, by warehouse.CellsBy) iter.Seq2[warehouse.Cell, error] {
	c.cells++
	return cells{{X: 1, N: 2, Group: warehouse.GroupNew}, {X: 1, N: 3, Group: warehouse.GroupStayed}}.all()
}

func (c *counting) Close() error {
	c.closed++
	return nil
}

// What a statement read split serves the movement, which wants it unsplit; other records
// or another day are read for themselves.
func TestAReadingReadsHistoriesOnce(t *testing.T) {
	w, ctx, day := &counting{}, t.Context(), clientele.MustDate("2026-09-30")
	r := (&Service{warehouse: w}).Read()
	e, err := r.at(ctx, "1", day)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.read(ctx, warehouse.CellsBy{Movement: &warehouse.MovementQuery{}}); err != nil {
		t.Fatal(err)
	}
	again, err := r.readCells(ctx, "1", day)
	if err != nil || again != e || w.summaries != 1 || w.cells != 1 {
		t.Fatalf("%v: %d summaries, %d times their cells", err, w.summaries, w.cells)
	}
	customers := int64(0)
	for c := range again.Cells(ctx, warehouse.CellsBy{}) {
		customers += c.N
	}
	if customers != 5 || w.cells != 1 {
		t.Errorf("%d customers, read %d times", customers, w.cells)
	}
	for range again.Cells(ctx, warehouse.CellsBy{Attribute: "city"}) {
	}
	if w.cells != 2 {
		t.Errorf("cells split otherwise were not read: %d", w.cells)
	}
	for _, other := range []struct {
		data string
		day  clientele.Date
	}{{"2", day}, {"1", day + 1}} {
		if o, err := r.readCells(ctx, other.data, other.day); err != nil || o == e {
			t.Errorf("%+v: %v, or the same", other, err)
		}
	}
	if r.Close(); w.closed != w.summaries || w.summaries != 3 {
		t.Errorf("%d of %d summaries were closed", w.closed, w.summaries)
	}
}
