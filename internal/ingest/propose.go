package ingest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/expr"
	"github.com/clientele/clientele/internal/warehouse"
)

// sureEnough is the confidence from which a kind is taken without being asked for.
const sureEnough = 0.5

// proposer makes plans from what a survey found.
type proposer struct {
	columns  []decided
	evidence []*evidence
	header   bool // whether the names are the file's own
	folded   []string
}

func newProposer(columns []decided, evidence []*evidence, header bool) *proposer {
	p := &proposer{columns: columns, evidence: evidence, header: header}
	for _, c := range columns {
		p.folded = append(p.folded, fold(c.Name))
	}
	return p
}

// propose finds the kind that fits best, or fills the one asked for. What is
// given counts as sure.
func (p *proposer) propose(kind clientele.Kind, over []given) (plan, error) {
	kinds := clientele.Kinds()
	if kind != "" {
		kinds = []clientele.Kind{kind}
	}
	var best plan
	for _, k := range kinds {
		if kind == "" && !takes(k, over) {
			continue
		}
		candidate := p.fill(k)
		if err := candidate.apply(over); err != nil {
			return plan{}, err
		}
		candidate.confidence = p.confidence(candidate)
		if best.kind == "" || candidate.confidence > best.confidence {
			best = candidate
		}
	}
	if best.kind == "" {
		return plan{}, noSuchFields(over)
	}
	return best, nil
}

// noSuchFields tells that no kind has all the fields given.
func noSuchFields(over []given) error {
	var names []string
	for _, k := range clientele.Kinds() {
		names = append(names, fieldNames(k)...)
	}
	for _, g := range over {
		if slices.Contains(names, g.field) {
			continue
		}
		err := clientele.Errorf(clientele.CodeUsage, "no kind of record has a field %q", g.field)
		if near, ok := expr.Nearest(g.field, names); ok {
			return err.WithHint("Did you mean %s? Attributes of customers need --as customers.", near)
		}
		return err.WithHint("Attributes of customers need --as customers.")
	}
	return clientele.Errorf(clientele.CodeUsage, "no kind of record has all the fields that --map gives").WithHint("Say with --as which kind it is.")
}

// suits says whether a file asked to be of one kind ("" is not asked) can be of
// the kind k with what is given: as its fields or, where customers are asked
// for, as their attributes.
func suits(asked, k clientele.Kind, over []given) bool {
	if asked != "" && asked != k {
		return false
	}
	return takes(k, over) || asked == clientele.Customers
}

// takes says whether a kind has all the fields given.
func takes(k clientele.Kind, over []given) bool {
	for _, g := range over {
		if _, ok := k.Field(g.field); !ok {
			return false
		}
	}
	return true
}

// fill proposes a column for every field, each column once, the surest first.
func (p *proposer) fill(k clientele.Kind) plan {
	out := plan{kind: k, fields: map[string]filled{}, attributes: map[string]string{}}
	type match struct {
		field  clientele.Field
		column int
		score  float64
	}
	var matches []match
	for _, f := range k.Fields() {
		for i := range p.columns {
			if score := p.score(k, f, i); score >= 0.3 {
				matches = append(matches, match{f, i, score})
			}
		}
	}
	slices.SortStableFunc(matches, func(a, b match) int { return cmp.Compare(b.score, a.score) })
	taken := map[int]bool{}
	for _, m := range matches {
		if _, done := out.fields[m.field.Name]; done || taken[m.column] {
			continue
		}
		taken[m.column] = true
		out.fields[m.field.Name] = filled{p.read(m.column, m.field), m.score, "by its name and content"}
	}
	p.complete(&out, taken)
	if k == clientele.Customers {
		p.attributes(&out, taken)
	}
	return out
}

func (p *proposer) attributes(out *plan, taken map[int]bool) {
	for i, c := range p.columns {
		if !taken[i] && p.header && c.Name != fmt.Sprintf("column%d", i+1) {
			out.attributes[c.Name] = c.Name
		}
	}
}

// score says how surely a column fills a field, by name and content.
func (p *proposer) score(k clientele.Kind, f clientele.Field, i int) float64 {
	if !p.header {
		return 0
	}
	if f.Name == "amount" && isOtherMoney(p.folded[i]) {
		return 0
	}
	names := append([]string{fold(f.Name)}, synonyms[k][f.Name]...) // a field's own name always means it
	return nameScore(p.folded[i], names) * p.contentFit(k, f, i)
}

// complete adds what follows from other fields or from the content alone.
func (p *proposer) complete(out *plan, taken map[int]bool) {
	switch out.kind {
	case clientele.Transactions:
		p.onlyColumn(out, taken, "time", "the only date in the file", func(c decided, _ *evidence) bool {
			return typeOfColumn(c.like) == expr.TimeType || c.ambiguous
		})
		if !p.header {
			p.onlyColumn(out, taken, "amount", "the only numbers with decimals in the file", func(c decided, e *evidence) bool {
				return typeOfColumn(c.like) == expr.NumberType && e.fraction
			})
		}
		priceAsAmount(out)
	case clientele.Interactions:
		p.completeInteractions(out, taken)
	case clientele.Feedback:
		p.completeFeedback(out)
	}
}

// onlyColumn fills a field with the one column that qualifies, if there is one.
func (p *proposer) onlyColumn(out *plan, taken map[int]bool, field, why string, qualifies func(decided, *evidence) bool) {
	if _, done := out.fields[field]; done {
		return
	}
	found := -1
	for i, c := range p.columns {
		if taken[i] || !qualifies(c, p.evidence[i]) {
			continue
		}
		if found >= 0 {
			return
		}
		found = i
	}
	if found >= 0 {
		taken[found] = true
		f, _ := out.kind.Field(field)
		out.fields[field] = filled{p.read(found, f), 0.55, why}
	}
}

// priceAsAmount: where no quantity is told, the price is what the line costs.
func priceAsAmount(out *plan) {
	price, hasPrice := out.fields["unit_price"]
	_, hasQuantity := out.fields["quantity"]
	if amount := out.fields["amount"]; hasPrice && !hasQuantity && amount.confidence < price.confidence {
		price.why = "a price without a quantity is the line's amount"
		out.fields["amount"] = price
		delete(out.fields, "unit_price")
	}
}

func (p *proposer) completeInteractions(out *plan, taken map[int]bool) {
	_, promised := out.fields["promised"]
	_, actual := out.fields["actual"]
	if _, ok := out.fields["touchpoint"]; !ok && promised && actual {
		out.fields["touchpoint"] = filled{expr.Text{Value: "delivery"}, 0.7, "something promised for one time and done at another"}
	}
	if _, ok := out.fields["interaction"]; ok {
		return
	}
	for i, c := range p.columns {
		if e := p.evidence[i]; !taken[i] && c.like == warehouse.DecimalColumn && !e.fraction && e.values > 1 && !e.repeats && e.empty == 0 {
			out.fields["interaction"] = filled{expr.Column{Name: c.Name}, 0.5, "a number that differs in every row"}
			taken[i] = true
			return
		}
	}
}

// completeFeedback tells answers apart that share an id, and names the scale.
func (p *proposer) completeFeedback(out *plan) {
	response, hasResponse := out.fields["response"]
	order, hasOrder := out.fields["order"]
	if hasResponse && hasOrder && p.of(response).repeats {
		out.fields["response"] = filled{expr.Call{Func: "concat", Args: []expr.Expr{response.expr, expr.Text{Value: "-"}, order.expr}},
			response.confidence, "the id is used for several orders: with the order it is one answer"}
	}
	score, ok := out.fields["score"]
	if !ok {
		return
	}
	name := fold(strings.Join(expr.Columns(score.expr), " "))
	for _, instrument := range []struct{ word, name string }{{"nps", "nps"}, {"netpro", "nps"}, {"csat", "csat"}, {"ces", "ces"}} {
		if _, has := out.fields["instrument"]; !has && strings.Contains(" "+name+" ", " "+instrument.word+" ") {
			out.fields["instrument"] = filled{expr.Text{Value: instrument.name}, 0.8, "by the score's name"}
		}
	}
	_, hasScale := out.fields["scale_max"]
	if low, high, ok := p.of(score).scale(); ok && !hasScale {
		out.fields["scale_min"] = filled{expr.Number{Value: low}, 0.7, "from the scores"}
		out.fields["scale_max"] = filled{expr.Number{Value: high}, 0.7, "from the scores"}
	}
}

// of is the evidence about the first column of what fills a field; none where
// it is no column of the file.
func (p *proposer) of(f filled) *evidence {
	names := expr.Columns(f.expr)
	for i, c := range p.columns {
		if len(names) > 0 && c.Name == names[0] {
			return p.evidence[i]
		}
	}
	return newEvidence(1)
}

// telling are the fields that set a kind apart, beyond what it requires.
var telling = map[clientele.Kind][]string{
	clientele.Transactions:  {"order", "quantity", "unit_price", "product", "customer"},
	clientele.Subscriptions: {"plan", "end", "recurring_amount", "subscription"},
	clientele.Interactions:  {"touchpoint", "kind", "case", "promised", "actual", "outcome", "agent", "problem", "end"},
	clientele.Feedback:      {"response", "score", "text", "instrument", "order"},
}

// confidence says how surely the file is of the plan's kind; 0 if it lacks what
// the kind requires.
func (p *proposer) confidence(c plan) float64 {
	if len(c.missing()) > 0 {
		return 0
	}
	sum, n := 0.0, 0.0
	for _, f := range c.kind.Fields() {
		fill, ok := c.fields[f.Name]
		if ok && (f.Required || c.kind == clientele.Transactions && (f.Name == "amount" || f.Name == "unit_price")) {
			sum += fill.confidence
			n++
		}
	}
	told := 0.0
	for _, field := range telling[c.kind] {
		if _, ok := c.fields[field]; ok {
			told++
		}
	}
	switch c.kind {
	case clientele.Reasons:
		return sum / n
	case clientele.Movements:
		return sum / n * 0.4 // totals of others are hardly ever meant where it is not said
	case clientele.Customers:
		return sum / n * p.describes(c)
	case clientele.Feedback:
		_, score := c.fields["score"]
		if _, text := c.fields["text"]; !score && !text {
			return 0
		}
	case clientele.Transactions:
		if _, ok := c.fields["customer"]; !ok {
			sum *= 0.85
		}
	}
	if told == 0 {
		return sum / n * 0.45
	}
	return sum / n * min(1, 0.6+0.1*told)
}

// describes says how much a file looks like a list of customers: one row each,
// with attributes that people have.
func (p *proposer) describes(c plan) float64 {
	words := 0.0
	for _, name := range p.folded {
		if nameScore(name, describing) > 0 {
			words++
		}
	}
	e := p.of(c.fields["customer"])
	fit := 0.15 + 0.3*min(1, words) + 0.25*max(0, min(1, words-1))
	if len(e.distinct) >= e.limit || float64(len(e.distinct)) >= 0.9*float64(e.values) {
		fit += 0.3
	}
	return fit
}

// undecidedError says why no kind fits: what the nearest ones lack.
func (p *proposer) undecidedError(over []given) error {
	var near []string
	for _, k := range clientele.Kinds() {
		if !takes(k, over) {
			continue
		}
		candidate := p.fill(k)
		if err := candidate.apply(over); err != nil {
			continue
		}
		if missing := candidate.missing(); len(missing) > 0 && len(candidate.fields) > 0 {
			near = append(near, fmt.Sprintf("as %s it lacks %s", k, strings.Join(missing, ", ")))
		}
	}
	err := clientele.Errorf(clientele.CodeInvalid, "cannot tell what records these are")
	if len(near) > 0 {
		err = clientele.Errorf(clientele.CodeInvalid, "cannot tell what records these are: %s", strings.Join(near, "; "))
	}
	if !p.header {
		return err.WithHint("The file does not name its columns. Say what they are, for example --as transactions --map customer=column1 --map time=column2 --map amount=column3.")
	}
	return err.WithHint("If they are records of customers, say which with --as, and which column is what with --map. Lists such as products, sellers or postal codes are not records.")
}
