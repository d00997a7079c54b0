package cli

import (
	"bufio"
	"fmt"
	"strings"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/definition"
)

func writeVersionsText(w *bufio.Writer, versions []definition.Version) {
	var rows [][]string
	for _, v := range versions {
		rows = append(rows, []string{fmt.Sprint(v.Number), string(v.State), signature(v.ProposedBy, v.ProposedAt), signature(v.ApprovedBy, v.ApprovedAt), changesText(v)})
	}
	page{w}.table([]string{"version", "state", "proposed by", "approved by", "what"}, rows, 1, 2, 3, 4)
}

// signature is a name with the day on which it was signed.
func signature(name string, at *time.Time) string {
	switch {
	case name == "":
		return "—"
	case at == nil:
		return visible(name)
	}
	return visible(name) + ", " + at.Format(time.DateOnly)
}

func changesText(v definition.Version) string {
	if v.Base == 0 {
		return definitionText(clientele.Definition{Kind: v.Terms.Kind, LapseDays: v.Terms.LapseDays, GraceDays: v.Terms.GraceDays})
	}
	var texts []string
	for _, c := range v.Changes {
		texts = append(texts, c.String())
	}
	return strings.Join(texts, ", ")
}

func writeVersionText(w *bufio.Writer, v definition.Version) {
	p := page{w}
	fmt.Fprintf(p, "Definition %d: %s\n\n", v.Number, v.State)
	p.note(visible(v.Why))
	p.section("What it says", "")
	for _, t := range v.Terms.List() {
		p.line(strings.ReplaceAll(t.Name, "_", " "), t.Text)
	}
	if len(v.Changes) > 0 {
		p.section("What it changes", "")
		p.note(fmt.Sprintf("Of version %d: %s.", v.Base, changesText(v)))
	}
	p.section("Who answers for it", "")
	p.line("proposed by", signature(v.ProposedBy, v.ProposedAt))
	p.line("approved by", signature(v.ApprovedBy, v.ApprovedAt))
	if v.Hash != "" {
		p.note("hash " + v.Hash)
	}
}

// writeComparisonText writes past quarters by two versions, side by side.
func writeComparisonText(w *bufio.Writer, c definition.Comparison) {
	p := page{w}
	fmt.Fprintf(p, "What definition %d (%s) would have done, beside definition %d (%s)\n\n", c.Version.Number, c.Version.State, c.With.Number, c.With.State)
	for _, change := range c.Changes {
		p.note(change.String())
	}
	before, after := fmt.Sprint("by ", c.With.Number), fmt.Sprint("by ", c.Version.Number)
	for _, r := range c.Rows {
		a, b, d := r.With.Customers, r.Version.Customers, r.Difference
		rows := [][]string{
			{"customers at opening", whole(a.Opening), whole(b.Opening), signedCount(d.Opening)},
			{"+ new", whole(a.New), whole(b.New), signedCount(d.New)},
			{"+ came back", whole(a.Reactivated), whole(b.Reactivated), signedCount(d.Reactivated)},
			{"− lost", whole(a.Lost), whole(b.Lost), signedCount(d.Lost)},
			{"at closing", whole(a.Closing), whole(b.Closing), signedCount(d.Closing)},
			{"value at closing", cents(r.With.Value), cents(r.Version.Value), signedMoney(&d.Value)},
			{"equity", sideEquity(r.With), sideEquity(r.Version), signedMoney(d.Equity)},
		}
		p.table([]string{fmt.Sprintf("%s, money in %s", r.Period, c.Currency), before, after, "difference"}, rows, 0)
	}
	if len(c.LeftOut) > 0 {
		p.WriteString("\n")
		p.note("Left out, as the records reach far enough for one of the two only: " + strings.Join(c.LeftOut, ", ") + ".")
	}
}

func sideEquity(s definition.Side) string {
	if s.Equity == nil {
		return "cannot be told"
	}
	return cents(s.Equity.Estimate)
}

func signedCount(n int64) string {
	if n > 0 {
		return "+" + whole(n)
	}
	return whole(n)
}

// signedMoney writes a change; nil cannot be told.
func signedMoney(m *clientele.Money) string {
	switch {
	case m == nil:
		return "—"
	case m.Sign() > 0:
		return "+" + cents(*m)
	}
	return cents(*m)
}
