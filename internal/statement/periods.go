package statement

import (
	"context"
	"iter"

	"github.com/clientele/clientele"
)

// NamedPeriod is a period that people ask for by name.
type NamedPeriod struct {
	Name    string           `json:"name"` // "Q3 2026", "Year 2026", "Last 12 months"
	Period  clientele.Period `json:"period"`
	Covered bool             `json:"covered"` // the records reach far enough for both its ends
}

// Periods are the periods to choose from. Default is what a page shows first:
// the last fiscal quarter that ended within the records and is covered, else
// the whole span.
type Periods struct {
	Default NamedPeriod   `json:"default"`
	Named   []NamedPeriod `json:"named"` // newest first
}

// Periods lists the fiscal quarters and years that the records touch. ok is
// false when there are no records yet.
func (s *Service) Periods(ctx context.Context) (p Periods, ok bool, err error) {
	panic("not yet")
}

// Attributes lists the customer attributes that a statement can be split by.
func (s *Service) Attributes(ctx context.Context) ([]string, error) {
	panic("not yet")
}

// Customers yields one row per customer as of a day, by customer id, with
// estimates unless the model is refused.
func (s *Service) Customers(ctx context.Context, asOf clientele.Date) iter.Seq2[clientele.CustomerRow, error] {
	panic("not yet")
}

// Headline is the message of a statement, one or two sentences.
func Headline(st clientele.Statement) string {
	panic("not yet")
}
