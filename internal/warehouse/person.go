package warehouse

import (
	"context"
	"iter"

	"github.com/clientele/clientele"
)

// KeyField is the field that names a row within its source, so that a later version of
// it replaces the earlier: the order of a transaction line. "" if no field does.
func KeyField(k clientele.Kind) string {
	switch k {
	case clientele.Transactions:
		return "order"
	case clientele.Subscriptions:
		return "subscription"
	case clientele.Interactions:
		return "interaction"
	case clientele.Feedback:
		return "response"
	}
	return ""
}

// NamedQuery asks for the rows that name one of these customers, or have one of these keys.
type NamedQuery struct {
	Customers []string
	Keys      []string // of KeyField
	Rejected  bool     // every row that would be rejected too, whoever it names
}

// NamedRow is a row of a file, by what it says of who and of what it is.
type NamedRow struct {
	Number   int64  // from the batch's LineColumn
	Customer string // "": it names nobody
	Key      string // "": it has none
	Accepted bool   // whether a load would take it
}

// HeldRow is a row of the records that is of one customer.
type HeldRow struct {
	Table  clientele.Kind
	Values []HeldValue // what is not missing, in the order of the table's columns
}

// HeldValue is one value of it, as text.
type HeldValue struct{ Column, Text string }

// Persons finds people, in files before they are loaded and in the records.
type Persons interface {
	// Named yields rows of a batch's file as a load would read them, in no order. The file
	// must have a LineColumn. Rows that cannot be split into columns are not among them.
	Named(ctx context.Context, b Batch, q NamedQuery) iter.Seq2[NamedRow, error]
	// Names yields every customer that a batch's file names, once.
	Names(ctx context.Context, b Batch) iter.Seq2[string, error]
	// Texts yields the rows of a Parquet file in order, each value as the text that a load
	// makes of it, "" where it is missing. A row is valid until the next.
	Texts(ctx context.Context, b Batch) iter.Seq2[[]string, error]
	// Held yields all that the records hold of a customer.
	Held(ctx context.Context, customer string) iter.Seq2[HeldRow, error]
	// Known counts the customers that the records know of, in any table.
	Known(ctx context.Context) (int64, error)
	// Idle yields the customers of whom nothing happened since a day, and no contract runs.
	Idle(ctx context.Context, since clientele.Date) iter.Seq2[string, error]
}
