package statement

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/clientele/clientele"
)

// NamedPeriod is a period that people ask for by name.
type NamedPeriod struct {
	Name    string           `json:"name"`   // "Q3 2026", "Year 2026", "Last 12 months"
	Fiscal  string           `json:"fiscal"` // as Fiscal.Parse reads it: "2026-Q3", "2026"; "" if it is none
	Period  clientele.Period `json:"period"`
	Covered bool             `json:"covered"` // the records reach far enough for both its ends
}

// Periods are the periods to choose from. Default is what a page shows first:
// the last fiscal quarter that is covered, else the whole span.
type Periods struct {
	Default NamedPeriod   `json:"default"`
	Named   []NamedPeriod `json:"named"` // newest first
}

// Periods lists the fiscal quarters and years that the records touch. ok is
// false when there are no records yet.
func (s *Service) Periods(ctx context.Context) (p Periods, ok bool, err error) {
	settings, err := s.book.Settings(ctx)
	if err != nil {
		return p, false, err
	}
	imports, err := s.book.Imports(ctx)
	if err != nil {
		return p, false, err
	}
	x, err := s.extent(ctx, settings, imports)
	if err != nil || !x.found {
		return p, false, err
	}
	p, err = periodsOf(x, settings)
	return p, true, err
}

// Coverage says whether the records reach far enough for both ends of a period.
func (s *Service) Coverage(ctx context.Context, p clientele.Period) (clientele.Coverage, error) {
	settings, err := s.book.Settings(ctx)
	if err != nil {
		return clientele.Coverage{}, err
	}
	imports, err := s.book.Imports(ctx)
	if err != nil {
		return clientele.Coverage{}, err
	}
	x, err := s.extent(ctx, settings, imports)
	return x.coverage(p, settings.Definition), err
}

// periodsOf lists the periods within an extent, as the fiscal calendar has them.
func periodsOf(x extent, settings clientele.Settings) (Periods, error) {
	fiscal, err := settings.Fiscal()
	if err != nil {
		return Periods{}, err
	}
	named := func(name, fiscal string, p clientele.Period) NamedPeriod {
		c := x.coverage(p, settings.Definition)
		return NamedPeriod{name, fiscal, p, c.OpeningCovered && c.ClosingCovered}
	}
	whole := named("All records", "", clientele.Period{From: x.FirstDay, To: x.LastDay})
	p := Periods{Default: whole}
	p.Named = append(p.Named, named("Last 12 months", "", clientele.Period{From: x.LastDay.AddMonths(-12) + 1, To: x.LastDay}))
	for year := fiscal.YearOf(x.LastDay); year >= fiscal.YearOf(x.FirstDay); year-- {
		for quarter := 4; quarter >= 1; quarter-- {
			days := fiscal.Quarter(year, quarter)
			if days.From > x.LastDay || days.To < x.FirstDay {
				continue
			}
			n := named(fmt.Sprintf("Q%d %d", quarter, year), fmt.Sprintf("%d-Q%d", year, quarter), days)
			if n.Covered && p.Default == whole {
				p.Default = n
			}
			p.Named = append(p.Named, n)
		}
		p.Named = append(p.Named, named(fmt.Sprintf("Year %d", year), fmt.Sprint(year), fiscal.Year(year)))
	}
	p.Named = append(p.Named, whole)
	return p, nil
}

// Attributes lists the customer attributes that a statement can be split by.
func (s *Service) Attributes(ctx context.Context) ([]string, error) {
	names, err := s.warehouse.Attributes(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(names)), nil
}
