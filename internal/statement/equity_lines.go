package statement

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/modelling"
	"github.com/clientele/clientele/internal/warehouse"
)

// EquityEntry is a line of an equity movement and what it means.
type EquityEntry struct {
	Line    warehouse.EquityLine
	Title   string
	Meaning string
	Part    bool // of the line before: it is in that line's amount
	of      func(m *clientele.EquityMovement) clientele.Money
	rows    bool // customers make it one by one
}

// Of is the line's amount.
func (e EquityEntry) Of(m *clientele.EquityMovement) clientele.Money { return e.of(m) }

// Explained reports whether the line has customers behind it.
func (e EquityEntry) Explained() bool { return e.rows }

// EquityEntries are the lines in the order of the movement.
func EquityEntries() []EquityEntry {
	return []EquityEntry{
		{"opening", "Opening", "What the customers of the opening were worth at its close, by the model fitted then.", false,
			func(m *clientele.EquityMovement) clientele.Money { return m.Opening }, true},
		{"restatement", "Restatement", "What records that came after the opening was closed change in it.", false,
			func(m *clientele.EquityMovement) clientele.Money { return m.Restatement }, false},
		{"scope", "Scope", "What another margin, discount rate or definition changes in the opening.", false,
			func(m *clientele.EquityMovement) clientele.Money { return m.Scope }, false},
		{"currency_effect", "Currency", "What exchange rates change. All records are in the book's currency, so that it is 0.", false,
			func(m *clientele.EquityMovement) clientele.Money { return m.CurrencyEffect }, false},
		{"unwinding", "Unwinding of the discount", "All that is to come has come nearer by the period, and is discounted less: the return on the opening.", false,
			func(m *clientele.EquityMovement) clientele.Money { return m.Unwinding }, true},
		{"expected_release", "Expected release", "Margin that was expected of the period, with interest to its end. It was to be earned, and is no longer to come.", false,
			func(m *clientele.EquityMovement) clientele.Money { return m.ExpectedRelease }, true},
		{"window", "Window", "The horizon has moved on by the period: what was just beyond it counts now. Without a horizon it is 0.", false,
			func(m *clientele.EquityMovement) clientele.Money { return m.Window }, true},
		{"experience.total", "Experience", "What the customers of the opening are worth beyond what was expected of them, by the opening's model: they behaved otherwise.", false,
			func(m *clientele.EquityMovement) clientele.Money { return m.Experience.Total }, true},
		{"experience.survival", "of survival", "The part of experience that comes of more, or fewer, being customers still.", true,
			func(m *clientele.EquityMovement) clientele.Money { return m.Experience.Survival }, true},
		{"experience.activity", "of activity", "The part of experience that comes of how often they buy.", true,
			func(m *clientele.EquityMovement) clientele.Money { return m.Experience.Activity }, true},
		{"experience.spend", "of spend", "The part of experience that comes of what they spend on a purchase.", true,
			func(m *clientele.EquityMovement) clientele.Money { return m.Experience.Spend }, true},
		{"new_customers", "New customers", "What those who first bought in the period are worth at its close, by the opening's model. What they cost is not in it.", false,
			func(m *clientele.EquityMovement) clientele.Money { return m.NewCustomers }, true},
		{"assumption_change", "Assumption change", "The model was fitted anew to all records up to the closing: the same customers by its assumptions, less by the opening's. Nothing that customers did in the period is in it but through the model.", false,
			func(m *clientele.EquityMovement) clientele.Money { return m.AssumptionChange }, true},
		{"closing", "Closing", "What all customers ever acquired are worth at the close of the period, by the model fitted then.", false,
			func(m *clientele.EquityMovement) clientele.Money { return m.Closing }, true},
	}
}

// ExplainEquityRequest asks for the customers behind a line of an equity movement, those
// who move it most first.
type ExplainEquityRequest struct {
	EquityRequest
	Line    warehouse.EquityLine
	Segment string // of By; "" for all
	Offset  int64
	Limit   int // at most MaxExplained
}

// EquityExplanation is what stands behind a line.
type EquityExplanation struct {
	Line     warehouse.EquityLine      `json:"line"`
	Title    string                    `json:"title"`
	Meaning  string                    `json:"meaning"`
	Segment  string                    `json:"segment,omitempty"`
	From     clientele.Date            `json:"from"`
	To       clientele.Date            `json:"to"`
	Horizon  clientele.Horizon         `json:"horizon"`
	Figure   clientele.Money           `json:"figure"` // as in the movement
	Interval *clientele.Interval       `json:"interval,omitempty"`
	Formula  string                    `json:"formula"`
	Models   *clientele.MovementModels `json:"models"`
	Rows     []warehouse.EquityRow     `json:"rows"`
	Count    int64                     `json:"count"`            // rows over all pages
	Amount   clientele.Money           `json:"amount"`           // over all pages: the figure, but for the rounding to cents
	Hidden   *clientele.Hidden         `json:"hidden,omitempty"` // rows that are not for who asked
}

// equityFormula is what is computed for every customer.
const equityFormula = `g = e^(δΔ) = %.9g over the period; margin = %g; δ = ln(1 + %g)/52 per week; H = %s

opening            margin × M0 × D0(H)
unwinding          opening × (g − 1)
expected_release   −g × margin × M0 × D0(Δ)
window             g × margin × M0 × (D0(H + Δ) − D0(H))
experience.total   margin × M1 × D1(H) − g × margin × M0 × (D0(H + Δ) − D0(Δ))
new_customers      margin × M1 × D1(H), of those who first bought in the period
assumption_change  closing − margin × M1 × D1(H)
closing            margin × M × D(H)

D0(h), D1(h)  purchases expected in h weeks, discounted, of the history at the opening and at the closing,
M0, M1        spend expected per purchase of these histories: all by the model as of %s, %s
D, M          of the history at the closing, by the model as of %s, %s
Experience is shared out by the logarithmic mean of its two ends, L: survival L × ln of the ratio of P(alive) to what
was expected of it, spend L × ln of the ratio of M1 to M0, activity L × ln of what is left.
`

// ExplainEquity returns the customers behind a line. CodeNotFound if there is no such line,
// segment or attribute, or the movement is refused; CodeUsage if the page is too long.
func (s *Service) ExplainEquity(ctx context.Context, r ExplainEquityRequest) (EquityExplanation, error) {
	entries := EquityEntries()
	i := slices.IndexFunc(entries, func(e EquityEntry) bool { return e.Line == r.Line })
	if i < 0 {
		return EquityExplanation{}, clientele.Errorf(clientele.CodeNotFound, "an equity movement has no line %q", r.Line).
			WithHint("Lines are opening, unwinding, expected_release, window, experience.total, experience.survival, experience.activity, experience.spend, new_customers, restatement, scope, assumption_change and closing.")
	}
	m, err := s.EquityMovement(ctx, r.EquityRequest, nil)
	if err != nil {
		return EquityExplanation{}, err
	}
	if m.Refused != "" {
		return EquityExplanation{}, clientele.Errorf(clientele.CodeNotFound, "there is no equity movement: %s", m.Refused)
	}
	part := &m
	if r.Segment != "" {
		j := slices.IndexFunc(m.Segments, func(s clientele.EquityMovement) bool { return s.Segment == r.Segment })
		if j < 0 {
			return EquityExplanation{}, clientele.Errorf(clientele.CodeNotFound, "there is no segment %q by %q", r.Segment, r.By)
		}
		part = &m.Segments[j]
	}
	x := EquityExplanation{
		Line: r.Line, Title: entries[i].Title, Meaning: entries[i].Meaning, Segment: r.Segment, From: m.From, To: m.To, Horizon: r.Horizon,
		Figure: entries[i].of(part), Models: m.Models, Rows: []warehouse.EquityRow{},
	}
	if interval, ok := part.Intervals[string(r.Line)]; ok {
		x.Interval = &interval
	}
	if !entries[i].rows {
		return x, nil
	}
	return x, s.equityRows(ctx, r, &x)
}

// equityRows adds a page of customers, and the formula.
func (s *Service) equityRows(ctx context.Context, r ExplainEquityRequest, x *EquityExplanation) error {
	b, err := s.equityBasis(ctx, r.Request, []clientele.Horizon{r.Horizon})
	if err != nil {
		return err
	}
	read := s.Read()
	defer read.Close()
	e, err := read.readEnds(ctx, b, func(string, float64) {})
	if err != nil {
		return err
	}
	move := e.move(b)
	q, err := move.Query(e.opening.cells.all(), e.closing.cells.all())
	if err != nil {
		return err
	}
	q.By, q.Page = r.By, &warehouse.EquityPage{Line: r.Line, Segment: r.Segment, Offset: r.Offset, Limit: r.Limit}
	moved, err := s.warehouse.MoveEquity(ctx, q)
	if err != nil {
		return err
	}
	horizon := fmt.Sprintf("%d weeks", modelling.HorizonYears*52)
	if r.Horizon == clientele.Infinite {
		horizon = "without an end"
	}
	x.Formula = fmt.Sprintf(equityFormula, move.Growth(), b.terms().Margin, b.Settings.DiscountRate, horizon,
		x.Models.Opening.AsOf, x.Models.Opening.Name, x.Models.Closing.AsOf, x.Models.Closing.Name)
	x.Count, x.Amount = moved.Count, moved.Amount
	x.Rows = append(x.Rows, moved.Rows...)
	return nil
}

// MovementHeadline is the message of a movement: how equity changed, and the two things
// that moved it most. What was bound to happen, as time passed, is one of them.
func MovementHeadline(m clientele.EquityMovement) string {
	if m.Refused != "" {
		return "How customer equity moved cannot be told: " + m.Refused
	}
	type cause struct {
		words  string
		amount clientele.Money
	}
	causes := []cause{
		{"what was expected of the period", clientele.SumMoney(m.Unwinding, m.ExpectedRelease, m.Window)},
		{"what customers did beside it", m.Experience.Total},
		{"new customers", m.NewCustomers},
		{"new assumptions", m.AssumptionChange},
		{"records that came late", m.Restatement},
		{"another scope", m.Scope},
	}
	slices.SortStableFunc(causes, func(a, b cause) int { return b.amount.Abs().Cmp(a.amount.Abs()) })
	change := m.Closing.Sub(m.Opening)
	verb := "held steady"
	switch change.Sign() {
	case 1:
		verb = "rose by " + inWords(change, m.Currency)
	case -1:
		verb = "fell by " + inWords(change.Neg(), m.Currency)
	}
	out := fmt.Sprintf("Customer equity %s to %s", verb, inWords(m.Closing, m.Currency))
	var parts []string
	for _, c := range causes[:2] {
		if c.amount.Sign() != 0 {
			parts = append(parts, fmt.Sprintf("%s %s", c.words, signedWords(c.amount, m.Currency)))
		}
	}
	if len(parts) == 0 {
		return out + "."
	}
	return out + ": " + strings.Join(parts, ", ") + "."
}

func signedWords(m clientele.Money, currency string) string {
	if m.Sign() < 0 {
		return "took " + inWords(m.Neg(), currency)
	}
	return "added " + inWords(m, currency)
}
