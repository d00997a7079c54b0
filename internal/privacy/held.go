package privacy

import (
	"context"
	"fmt"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/config"
)

// Holding is one sort of thing that the book holds of people, and why.
type Holding struct {
	What  string          `json:"what"`
	Why   string          `json:"why"`   // what it is for
	Where string          `json:"where"` // in the book
	Rows  int64           `json:"rows"`  // 0 where they are not counted
	First *clientele.Date `json:"first"` // days that rows are of; null where they have none
	Last  *clientele.Date `json:"last"`
	Keep  string          `json:"keep"` // for how long
}

// Holdings is all that the book holds of customers.
type Holdings struct {
	Customers  int64     `json:"customers"` // that the records know of
	Holdings   []Holding `json:"holdings"`
	Erasures   int       `json:"erasures"`
	Tombstones int       `json:"tombstones"` // customers that are remembered as erased
}

type purpose struct {
	kind      clientele.Kind
	what, why string
}

// purposes says why records of a kind are held.
var purposes = []purpose{
	{clientele.Transactions, "orders: who bought what, when and for how much", "counts customers and what they are worth, in statements that balance"},
	{clientele.Customers, "attributes of customers, such as country or how they came", "divides statements into segments, and shows what winning customers cost"},
	{clientele.Subscriptions, "contracts: who pays how much, from when to when", "counts customers under contract, and what renewals are due"},
	{clientele.Interactions, "what happened between customers and the company", "shows where customers have problems"},
	{clientele.Feedback, "what customers answered", "shows how customers judge what they met with"},
	{clientele.Reasons, "why customers came or left", "tells the reasons beside the movement of customers"},
}

// Held tells what is held of customers, and why.
func (s *Service) Held(ctx context.Context) (h Holdings, err error) {
	if h.Customers, err = s.parts.Records.Known(ctx); err != nil {
		return h, err
	}
	loaded, err := s.parts.Records.Loaded(ctx)
	if err != nil {
		return h, err
	}
	files, err := s.parts.Landing.List()
	if err != nil {
		return h, err
	}
	var rejected int64
	for _, b := range loaded {
		rejected += b.Report.Rejected
	}
	for _, p := range purposes {
		row := Holding{What: p.what, Why: p.why, Where: "landing/ and records.duckdb", Keep: "until erased" + s.keeps(config.KeepCustomers, "; made anonymous after %s without anything new")}
		for _, b := range loaded {
			for _, e := range files {
				if e.BatchID == b.ID && e.Kind == p.kind {
					row.Rows += b.Report.Loaded + b.Report.Updated
					row.First, row.Last = earliest(row.First, b.Report.FirstDay), latest(row.Last, b.Report.LastDay)
				}
			}
		}
		if row.Rows > 0 {
			h.Holdings = append(h.Holdings, row)
		}
	}
	h.Holdings = append(h.Holdings, s.beside(rejected)...)
	entries, err := s.erasures.Entries(ctx)
	h.Erasures, h.Tombstones = len(entries), len(tombstones(entries))
	return h, err
}

// beside is what is held outside the records.
func (s *Service) beside(rejected int64) []Holding {
	return []Holding{
		{What: "rejected rows, as files had them", Why: "lets somebody correct them", Where: "landing/ and records.duckdb", Rows: rejected,
			Keep: "until erased" + s.keeps(config.KeepRejects, "; emptied after %s")},
		{What: "files that wait for their mapping", Why: "lets somebody say what their columns mean", Where: "uploads/",
			Keep: "until imported" + s.keeps(config.KeepUploads, ", at most %s")},
		{What: "pages and answers that were computed, which may name customers", Why: "shows them again without computing them anew", Where: "operations.sqlite",
			Keep: "until others need the room, or somebody is erased"},
		{What: "cases: what let a customer down, what was done about it, and what they answered", Why: "sees to it that it is settled", Where: "operations.sqlite", Keep: "until erased"},
		{What: "addresses that mail to customers goes to, and what became of it", Why: "asks customers whether something is settled, and nobody where mail bounced", Where: "operations.sqlite",
			Keep: "90 days; addresses that bounced until cleared or erased"},
		{What: "digests of the ids that were erased", Why: "keeps who was erased from coming back, with a backup or a file", Where: "operations.sqlite", Keep: "for good"},
		{What: "who did what, and when", Why: "lets auditors see it; customers are not named", Where: "operations.sqlite", Keep: "for good"},
	}
}

// keeps tells a period in words, "" if there is none.
func (s *Service) keeps(name, words string) string {
	p, ok := s.parts.Periods[name]
	if !ok || p.N == 0 {
		return ""
	}
	unit := map[byte]string{'y': "year", 'm': "month", 'd': "day"}[p.Unit]
	if p.N > 1 {
		unit += "s"
	}
	return fmt.Sprintf(words, fmt.Sprintf("%d %s", p.N, unit))
}

func earliest(a, b *clientele.Date) *clientele.Date {
	if a == nil || b != nil && *b < *a {
		return b
	}
	return a
}

func latest(a, b *clientele.Date) *clientele.Date {
	if a == nil || b != nil && *b > *a {
		return b
	}
	return a
}

// purposeOf is why records of a kind are held.
func purposeOf(k clientele.Kind) string {
	i := slices.IndexFunc(purposes, func(p purpose) bool { return p.kind == k })
	if i < 0 {
		return ""
	}
	return purposes[i].why
}
