package pack

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/clientele/clientele"
)

// cell is one typed value. Its zero value is empty.
type cell struct {
	Kind     cellKind
	Text     string          // of words; of a figure that cannot be told, what stands for it
	Amount   clientele.Money // of money and counts
	Number   float64         // of shares and measures
	Decimals int
	Signed   bool   // whether a plus stands before what is above zero
	Terms    []term // cells of the same table that add up to this one: a formula
}

// cellKind is what a cell holds.
type cellKind int

// The kinds of cell.
const (
	words cellKind = iota
	money
	count
	share
	measure
)

// term is a cell by its row and column, both from 0, and its sign in a sum.
type term struct {
	Row, Col int
	Minus    bool
}

func text(s string) cell { return cell{Text: s} }

func counted(n int64) cell { return cell{Kind: count, Amount: heads(n)} }

func (b *builder) money(m clientele.Money) cell {
	return cell{Kind: money, Amount: m, Decimals: b.decimals}
}

func shared(f float64) cell { return finite(cell{Kind: share, Number: f, Decimals: 1}) }

func measured(f float64, decimals int) cell {
	return finite(cell{Kind: measure, Number: f, Decimals: decimals})
}

// finite keeps what is no number from being shown as one.
func finite(c cell) cell {
	if math.IsNaN(c.Number) || math.IsInf(c.Number, 0) {
		return text(cannotTell)
	}
	return c
}

// change is the cell with its sign.
func (c cell) change() cell {
	c.Signed = true
	return c
}

// of makes the cell a sum.
func (c cell) of(terms ...term) cell {
	c.Terms = terms
	return c
}

// down are the terms of a sum of rows from first to last in a column.
func down(col, first, last int) []term {
	var terms []term
	for r := first; r <= last; r++ {
		terms = append(terms, term{Row: r, Col: col})
	}
	return terms
}

// heads is a count as an amount.
func heads(n int64) clientele.Money {
	m, err := clientele.MoneyFromUnits(big.NewInt(n), 0)
	if err != nil {
		panic(err) // a scale of 0 is always kept
	}
	return m
}

// String writes the cell for people.
func (c cell) String() string {
	plus := ""
	switch c.Kind {
	case money, count:
		if c.Signed && c.Amount.Sign() > 0 {
			plus = "+"
		}
		return plus + withMinus(c.Amount.Grouped(c.Decimals))
	case share:
		return percent(c.Number, c.Decimals)
	case measure:
		return number(c.Number, c.Decimals)
	}
	return c.Text
}

// plain writes a figure for a machine: a decimal without rounding.
func (c cell) plain() string {
	switch c.Kind {
	case money:
		return c.Amount.String()
	case count:
		return c.Amount.Fixed(0)
	}
	return strconv.FormatFloat(c.Number, 'f', -1, 64)
}

// prove checks that every sum is one, to the last decimal.
func (t *table) prove() error {
	if t == nil {
		return nil
	}
	for _, r := range t.Rows {
		for i, c := range r.Cells {
			if len(c.Terms) == 0 {
				continue
			}
			var sum clientele.Money
			for _, term := range c.Terms {
				m := t.Rows[term.Row].Cells[term.Col].Amount
				if term.Minus {
					m = m.Neg()
				}
				sum = sum.Add(m)
			}
			if !sum.Equal(c.Amount) {
				return clientele.Errorf(clientele.CodeUnbalanced, "%s, %s: the lines add up to %s, not to %s",
					r.Cells[0], strings.TrimSpace(t.Columns[i].Name), sum, c.Amount)
			}
		}
	}
	return nil
}

// minus is the sign that is as wide as a plus, nbsp the space that does not break.
const (
	minus = "−"
	nbsp  = "\u00a0"
)

func withMinus(s string) string { return strings.Replace(s, "-", minus, 1) }

func percent(f float64, decimals int) string {
	return withMinus(strconv.FormatFloat(100*f, 'f', decimals, 64)) + nbsp + "%"
}

// setting is a fraction that people chose, as they would write it.
func setting(f float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(100*f, 'f', 1, 64), ".0") + nbsp + "%"
}

// number writes a figure that is not money.
func number(f float64, decimals int) string {
	m, err := clientele.ParseMoney(strconv.FormatFloat(f, 'f', min(decimals, clientele.MoneyScale), 64))
	if err != nil {
		return fmt.Sprint(f) // not finite
	}
	return withMinus(m.Grouped(decimals))
}
