package statement

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

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
	Limit   int // at most MaxExplained
}

// MaxExplained is the most rows that one page of an explanation has.
const MaxExplained = 1000

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
	Query      string                 `json:"query"` // what was run; for estimates the formula
	Rows       []warehouse.ExplainRow `json:"rows"`
	Count      int64                  `json:"count"`  // rows over all pages
	Heads      int64                  `json:"heads"`  // over all pages
	Amount     clientele.Money        `json:"amount"` // over all pages
	LoadedAt   *time.Time             `json:"loaded_at"`
	Imports    []clientele.ImportRef  `json:"imports"`
	Model      *clientele.ModelReport `json:"model,omitempty"`  // of estimates
	LeftOut    []string               `json:"left_out"`         // in plain words
	Hidden     *clientele.Hidden      `json:"hidden,omitempty"` // rows that are not for who asked
}

// Explain returns what stands behind a figure. CodeNotFound if there is no such
// line, segment or attribute; CodeUsage if the page is too long; CodeUnbalanced
// if the rows do not add up to the figure.
func (s *Service) Explain(ctx context.Context, r ExplainRequest) (Explanation, error) {
	e, err := find(r.Line)
	if err != nil {
		return Explanation{}, err
	}
	if r.Limit < 0 || r.Limit > MaxExplained || r.Offset < 0 {
		return Explanation{}, clientele.Errorf(clientele.CodeUsage, "a page of %d rows from row %d cannot be had", r.Limit, r.Offset).
			WithHint("Ask for up to %d rows at a time.", MaxExplained)
	}
	st, err := s.Statement(ctx, r.Request, nil)
	if err != nil {
		return Explanation{}, err
	}
	part, err := segmentOf(st, r.Segment)
	if err != nil {
		return Explanation{}, err
	}
	x := explanation(r, e, st, part)
	if x.Figure == "" && e.worth == nil && e.Unit != UnitRate {
		return Explanation{}, clientele.Errorf(clientele.CodeNotFound, "the statement of %s has no figure %q", r.Period, r.Line)
	}
	switch {
	case e.worth == nil:
		err = s.explainRecords(ctx, r, e, &x)
	case part.Equity != nil:
		err = s.explainWorth(ctx, r, *e.worth, part, &x)
	}
	if err != nil {
		return Explanation{}, err
	}
	return x, nil
}

// segmentOf finds a segment's statement; "" is the whole.
func segmentOf(st clientele.Statement, name string) (clientele.Statement, error) {
	if name == "" {
		return st, nil
	}
	i := slices.IndexFunc(st.Segments, func(s clientele.Statement) bool { return s.Segment == name })
	if i < 0 {
		return clientele.Statement{}, clientele.Errorf(clientele.CodeNotFound, "there is no segment %q by %q", name, st.Attribute)
	}
	return st.Segments[i], nil
}

// explanation fills in what does not need the rows.
func explanation(r ExplainRequest, e entry, st, part clientele.Statement) Explanation {
	x := Explanation{
		Line: r.Line, Title: e.Title, Segment: r.Segment, Unit: e.Unit, Figure: e.figure(part), Period: r.Period, Definition: st.Definition,
		Meaning: strings.ReplaceAll(e.Meaning, "{L}", strconv.Itoa(st.Definition.LapseDays)),
		Ties:    cmp.Or(e.ties, "The rows add up to the figure."),
		Rows:    []warehouse.ExplainRow{}, LoadedAt: st.Data.LoadedAt, Imports: st.Data.Imports, LeftOut: leftOut(st, e),
	}
	if name, ok := strings.CutPrefix(string(r.Line), "rates."); ok {
		x.Why = part.Rates.Why[name]
	}
	if e.worth != nil {
		x.Model, x.Why = st.Model, st.Model.Refused
	}
	return x
}

// leftOut says what the figure does not hold.
func leftOut(st clientele.Statement, e entry) []string {
	out := []string{}
	if n := st.Data.RejectedRows; n > 0 {
		out = append(out, message.NewPrinter(language.English).Sprintf("%d rows that were rejected at import.", n))
	}
	if u := st.Revenue.Unattributed; u.Sign() != 0 && !strings.HasPrefix(string(e.Line), "revenue.") && !strings.HasPrefix(string(e.Line), "tie_out.") {
		out = append(out, fmt.Sprintf("Revenue of %s %s in the period whose lines name no customer.", u.Grouped(2), st.Currency))
	}
	if why := st.Data.PartialPeriod.Why; why != "" {
		out = append(out, "What lies outside the records: "+why+".")
	}
	if e.worth != nil {
		out = append(out, "Customers still to be acquired.")
		out = append(out, st.Model.Warnings...)
	}
	return out
}

// explainRecords explains a figure by records, and proves that they add up to it.
func (s *Service) explainRecords(ctx context.Context, r ExplainRequest, e entry, x *Explanation) error {
	w, err := s.warehouse.Explain(ctx, warehouse.ExplainQuery{
		MovementQuery: warehouse.MovementQuery{Period: r.Period, Definition: x.Definition, By: r.By},
		Line:          cmp.Or(e.rows, e.Line), Segment: r.Segment, Offset: r.Offset, Limit: r.Limit,
	})
	if err != nil {
		return err
	}
	x.Query, x.Count, x.Heads, x.Amount = w.Query, w.Count, w.Heads, w.Amount
	x.Rows = append(x.Rows, w.Rows...)
	if e.ties != "" || x.Figure == "" {
		return nil
	}
	total := count(w.Heads)
	if e.Unit == UnitMoney {
		total = w.Amount.String()
	}
	if total != x.Figure {
		return clientele.Errorf(clientele.CodeUnbalanced, "%s: the rows add up to %s, the statement says %s", e.Line, total, x.Figure).
			WithHint("Run clientele verify on the book, then clientele rebuild.")
	}
	return nil
}
