package statement

import (
	"context"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// ExplainRequest asks for what stands behind one figure of a statement: a page
// of its rows, of one segment if Segment is not "".
type ExplainRequest struct {
	Request
	Line    warehouse.Line
	Segment string
	Offset  int64
	Limit   int // at most 1000
}

// Explanation is everything that stands behind a figure.
type Explanation struct {
	Line       warehouse.Line         `json:"line"`
	Title      string                 `json:"title"`
	Meaning    string                 `json:"meaning"` // the definition, in plain words
	Segment    string                 `json:"segment,omitempty"`
	Unit       Unit                   `json:"unit"`
	Figure     string                 `json:"figure"` // as in the statement: digits only; "" if it cannot be told
	Why        string                 `json:"why,omitempty"`
	Ties       string                 `json:"ties"` // how the rows add up to the figure, in plain words
	Period     clientele.Period       `json:"period"`
	Definition clientele.Definition   `json:"definition"`
	Query      string                 `json:"query"`
	Rows       []warehouse.ExplainRow `json:"rows"`
	Count      int64                  `json:"count"`  // rows over all pages
	Heads      int64                  `json:"heads"`  // over all pages
	Amount     clientele.Money        `json:"amount"` // over all pages
	LoadedAt   *time.Time             `json:"loaded_at"`
	Imports    []clientele.ImportRef  `json:"imports"`
	Model      *clientele.ModelReport `json:"model,omitempty"` // of estimates
	LeftOut    []string               `json:"left_out"`        // in plain words
}

// Explain returns what stands behind a figure. CodeNotFound if there is no such
// line, segment or attribute.
func (s *Service) Explain(ctx context.Context, r ExplainRequest) (Explanation, error) {
	panic("not yet")
}
