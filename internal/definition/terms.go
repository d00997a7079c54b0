package definition

import (
	"fmt"
	"strconv"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/modelling"
)

// Terms are what a version of the definition says.
type Terms struct {
	Kind         clientele.Business `json:"kind"`
	LapseDays    int                `json:"lapse_days"` // also the trailing window that value is counted in
	GraceDays    int                `json:"grace_days"`
	Margin       *float64           `json:"margin"`        // fraction of net revenue; null is not given
	DiscountRate float64            `json:"discount_rate"` // per year, as a fraction
	HorizonYears int                `json:"horizon_years"` // how far ahead worth is counted; the value beyond is its own line
}

// termsOf are the terms that settings have. The horizon is the program's.
func termsOf(s clientele.Settings) Terms {
	d := s.Definition
	return Terms{d.Kind, d.LapseDays, d.GraceDays, s.Margin, s.DiscountRate, modelling.HorizonYears}
}

// settle gives settings the terms of a version.
func (t Terms) settle(s clientele.Settings, version int) clientele.Settings {
	s.Definition = clientele.Definition{Kind: t.Kind, LapseDays: t.LapseDays, GraceDays: t.GraceDays, Version: version}
	s.Margin, s.DiscountRate = t.Margin, t.DiscountRate
	return s
}

// Term is one of the terms, as people read it.
type Term struct {
	Name string `json:"name"` // as in JSON
	Text string `json:"text"` // of its value
}

// List are the terms in their order.
func (t Terms) List() []Term {
	margin := "not given"
	if t.Margin != nil {
		margin = fraction(*t.Margin)
	}
	return []Term{
		{"kind", string(t.Kind)}, {"lapse_days", strconv.Itoa(t.LapseDays)}, {"grace_days", strconv.Itoa(t.GraceDays)},
		{"margin", margin}, {"discount_rate", fraction(t.DiscountRate)}, {"horizon_years", strconv.Itoa(t.HorizonYears)},
	}
}

func fraction(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// Change is a term that two versions do not share.
type Change struct {
	Term string `json:"term"`
	From string `json:"from"`
	To   string `json:"to"`
}

// String gives "lapse_days: 365 → 180".
func (c Change) String() string { return fmt.Sprintf("%s: %s → %s", c.Term, c.From, c.To) }

// changes lists the terms in which two versions differ.
func changes(from, to Terms) []Change {
	out := []Change{}
	after := to.List()
	for i, before := range from.List() {
		if before != after[i] {
			out = append(out, Change{before.Name, before.Text, after[i].Text})
		}
	}
	return out
}

// Edit is what a proposal would change; nil stays as it is.
type Edit struct {
	Kind         *clientele.Business
	LapseDays    *int
	GraceDays    *int
	Margin       *float64
	DiscountRate *float64
}

// of gives terms with the edit made.
func (e Edit) of(t Terms) Terms {
	if e.Kind != nil {
		t.Kind = *e.Kind
	}
	if e.LapseDays != nil {
		t.LapseDays = *e.LapseDays
	}
	if e.GraceDays != nil {
		t.GraceDays = *e.GraceDays
	}
	if e.Margin != nil {
		t.Margin = e.Margin
	}
	if e.DiscountRate != nil {
		t.DiscountRate = *e.DiscountRate
	}
	return t
}
