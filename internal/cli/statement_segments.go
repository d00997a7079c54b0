package cli

import (
	"fmt"

	"github.com/clientele/clientele"
)

const (
	segmentWidth = 24
	countWidth   = 10
	moneyWidth   = 16
)

// segments writes one row per segment, and the company that they add up to.
// Everything else about a segment is in --json and --csv.
func (p page) segments(st clientele.Statement) {
	if len(st.Segments) == 0 {
		return
	}
	fmt.Fprintf(p, "\nBy %s; money in %s\n", st.Attribute, st.Currency)
	p.segmentRow(st.Attribute, []string{"opening", "new", "back", "lost", "closing"}, []string{"value", "net revenue", "equity"})
	for _, s := range st.Segments {
		p.segment(s.Segment, s)
	}
	p.segment("all", st)
}

func (p page) segment(name string, st clientele.Statement) {
	h, equity := st.Customers, "cannot be told"
	if st.Equity != nil {
		equity = cents(st.Equity.Estimate.Estimate)
	}
	p.segmentRow(name, []string{whole(h.Opening), whole(h.New), whole(h.Reactivated), whole(h.Lost), whole(h.Closing)},
		[]string{cents(st.Value.Closing), cents(st.Revenue.Net), equity})
}

func (p page) segmentRow(name string, counts, money []string) {
	fmt.Fprint(p, "  "+pad(name, segmentWidth))
	for _, c := range counts {
		fmt.Fprint(p, padLeft(c, countWidth))
	}
	for _, m := range money {
		fmt.Fprint(p, padLeft(m, moneyWidth))
	}
	fmt.Fprintln(p)
}
