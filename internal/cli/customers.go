package cli

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"iter"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/spreadsheet"
)

func (c *command) customers() *cobra.Command {
	var asOf string
	var form format
	cmd := &cobra.Command{
		Use: "customers BOOK --as-of DATE", Short: "List every customer with what they are worth", Args: cobra.ExactArgs(1),
		Example: "  clientele customers acme --as-of 2026-09-30 --csv > customers.csv",
	}
	f := cmd.Flags()
	f.StringVar(&asOf, "as-of", "", "day to value at, YYYY-MM-DD")
	form.flags(cmd, "one JSON object a line")
	required(cmd, "as-of")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		day, err := clientele.ParseDate(asOf)
		if err != nil {
			return usage(cmd, err)
		}
		return c.withBook(cmd.Context(), args[0], func(b *app.Book, _ app.Watcher) error {
			return c.writeCustomers(b.Statements.Customers(cmd.Context(), day), form)
		})
	}
	return cmd
}

func (c *command) writeCustomers(rows iter.Seq2[clientele.CustomerRow, error], form format) error {
	switch {
	case form.json:
		e := json.NewEncoder(c.out)
		e.SetEscapeHTML(false)
		return each(rows, func(r clientele.CustomerRow) error { return e.Encode(r) })
	case form.csv:
		w := csv.NewWriter(c.out)
		if err := w.Write(customerColumns); err != nil {
			return err
		}
		if err := each(rows, func(r clientele.CustomerRow) error {
			return w.Write(customerRecord(r, spreadsheet.Text(r.Customer), -1))
		}); err != nil {
			return err
		}
		w.Flush()
		return w.Error()
	}
	c.writeColumns(customerColumns)
	return each(rows, func(r clientele.CustomerRow) error {
		c.writeColumns(customerRecord(r, r.Customer, 4))
		return nil
	})
}

// writeColumns writes a line of a table whose length is not known: the columns
// have their widths from the start, so that nothing is held back.
func (c *command) writeColumns(cells []string) {
	fmt.Fprint(c.out, pad(cells[0], 24))
	for i, cell := range cells[1:] {
		fmt.Fprint(c.out, " ", padLeft(cell, max(12, len(customerColumns[i+1]))))
	}
	fmt.Fprintln(c.out)
}

var customerColumns = []string{"customer", "orders", "recency_days", "age_days", "value", "p_alive", "expected_orders_365d", "clv", "low", "high"}

// customerRecord writes estimates to so many digits; -1 is all that there are.
func customerRecord(r clientele.CustomerRow, id string, digits int) []string {
	return []string{
		id, strconv.FormatInt(r.Orders, 10), strconv.Itoa(r.RecencyDays), strconv.Itoa(r.AgeDays), r.Value.String(),
		fraction(r.PAlive, digits), fraction(r.Expected, digits), optional(r.CLV), optional(r.Low), optional(r.High),
	}
}

func fraction(f *float64, digits int) string {
	if f == nil {
		return ""
	}
	return strconv.FormatFloat(*f, 'g', digits, 64)
}

func optional(m *clientele.Money) string {
	if m == nil {
		return ""
	}
	return m.String()
}

// each stops at the first error, of the rows or of f.
func each[T any](rows iter.Seq2[T, error], f func(T) error) error {
	for row, err := range rows {
		if err != nil {
			return err
		}
		if err := f(row); err != nil {
			return err
		}
	}
	return nil
}
