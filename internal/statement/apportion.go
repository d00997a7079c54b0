package statement

import (
	"cmp"
	"math"
	"math/big"
	"slices"

	"github.com/clientele/clientele"
)

// cents rounds an estimate to whole cents.
func cents(f float64) int64 { return int64(math.Round(100 * f)) }

// fromCents is the amount of so many cents.
func fromCents(n int64) clientele.Money {
	m, err := clientele.MoneyFromUnits(big.NewInt(n), 2)
	if err != nil {
		panic(err) // two decimals are always kept
	}
	return m
}

// place is one element of a table, and by how much rounding down fell short.
type place struct {
	row, col int
	short    float64
}

// apportion rounds a table of amounts to cents such that everything adds up to
// the total, and its row and column sums do not depend on how it is split the
// other way: margins first, then each element down, then the missing cents
// where most was cut off. Adding up comes before any single element's rounding.
func apportion(table [][]float64, total int64) [][]int64 {
	rowSums, colSums := make([]float64, len(table)), make([]float64, len(table[0]))
	out := make([][]int64, len(table))
	for i, row := range table {
		out[i] = make([]int64, len(row))
		for j, v := range row {
			rowSums[i] += v
			colSums[j] += v
		}
	}
	rows, cols := shares(rowSums, total), shares(colSums, total)
	var places []place
	for i, row := range table {
		for j, v := range row {
			down := math.Floor(100 * v)
			out[i][j] = int64(down)
			rows[i] -= int64(down)
			cols[j] -= int64(down)
			places = append(places, place{i, j, 100*v - down})
		}
	}
	slices.SortStableFunc(places, func(a, b place) int { return cmp.Compare(b.short, a.short) })
	for _, p := range places {
		if p.short > 0 && rows[p.row] > 0 && cols[p.col] > 0 {
			out[p.row][p.col]++
			rows[p.row]--
			cols[p.col]--
		}
	}
	settle(out, rows, cols)
	return out
}

// shares rounds amounts to cents that add up to the total, by largest remainder.
func shares(amounts []float64, total int64) []int64 {
	out, order := make([]int64, len(amounts)), make([]place, len(amounts))
	left := total
	for i, v := range amounts {
		down := math.Floor(100 * v)
		out[i], order[i] = int64(down), place{row: i, short: 100*v - down}
		left -= int64(down)
	}
	slices.SortStableFunc(order, func(a, b place) int { return cmp.Compare(b.short, a.short) })
	for k := 0; left != 0; k++ { // at most a few cents, all but noise on the first round
		step := max(-1, min(1, left))
		out[order[k%len(order)].row] += step
		left -= step
	}
	return out
}

// settle gives what is left of the margins to the elements between them, and
// what noise leaves beyond that to the first row and column.
func settle(out [][]int64, rows, cols []int64) {
	for i := range rows {
		for j := range cols {
			if take := min(rows[i], cols[j]); take > 0 {
				out[i][j] += take
				rows[i] -= take
				cols[j] -= take
			}
		}
	}
	for i, left := range rows {
		out[i][0] += left
		cols[0] -= left
	}
	for j, left := range cols {
		out[0][j] += left
	}
}
