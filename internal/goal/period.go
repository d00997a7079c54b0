package goal

import (
	"fmt"

	"github.com/clientele/clientele"
)

// named is a fiscal period with its name.
type named struct {
	name string
	days clientele.Period
	kind int // year, quarter or month
}

// ending lists the fiscal periods whose last day is that one.
func ending(f clientele.Fiscal, day clientele.Date) []named {
	year, calendar := f.YearOf(day), day.Time().Year()
	candidates := [][]string{{fmt.Sprint(year)}, nil, {fmt.Sprintf("%d-%02d", calendar, day.Time().Month())}}
	for quarter := 1; quarter <= 4; quarter++ {
		candidates[1] = append(candidates[1], fmt.Sprintf("%d-Q%d", year, quarter))
	}
	for month := 1; month <= 12; month++ {
		candidates[2] = append(candidates[2], fmt.Sprintf("%d-P%02d", year, month))
	}
	var out []named
	for kind, names := range candidates {
		for _, name := range names {
			if name, days, err := f.Parse(name); err == nil && days.To == day {
				out = append(out, named{name, days, kind})
			}
		}
	}
	return out
}

// nameOf finds the fiscal period of so many days; ok is false if there is none.
func nameOf(f clientele.Fiscal, p clientele.Period) (n named, ok bool) {
	for _, n := range ending(f, p.To) {
		if n.days == p {
			return n, true
		}
	}
	return n, false
}

// before finds the fiscal period of the same kind that ends as another begins; ok is false
// if the calendar has none.
func before(f clientele.Fiscal, n named) (b named, ok bool) {
	for _, b := range ending(f, n.days.From-1) {
		if b.kind == n.kind {
			return b, true
		}
	}
	return b, false
}
