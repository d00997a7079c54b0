package statement

import (
	"context"
	"fmt"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// extent is the span of the records, if there are any.
type extent struct {
	warehouse.Span
	found bool
}

// extent asks how far the records reach. What is to happen after the last import is not
// in them.
func (s *Service) extent(ctx context.Context, settings clientele.Settings, imports []clientele.ImportRef) (extent, error) {
	known, err := settings.LastImport(imports)
	if err != nil {
		return extent{}, err
	}
	span, found, err := s.warehouse.Span(ctx, warehouse.SpanQuery{Kind: settings.Definition.Kind, Known: known})
	return extent{span, found}, err
}

// coverage says whether the records reach far enough for both ends of a period:
// back to the start of the opening's window, and up to the last day.
func (x extent) coverage(p clientele.Period, d clientele.Definition) clientele.Coverage {
	if !x.found {
		return clientele.Coverage{Why: "there are no records yet"}
	}
	begin := p.From
	if d.Kind != clientele.Contracts {
		begin -= clientele.Date(d.LapseDays)
	}
	c := clientele.Coverage{OpeningCovered: x.FirstDay <= begin, ClosingCovered: x.LastDay >= p.To}
	var why []string
	if !c.OpeningCovered {
		why = append(why, fmt.Sprintf("the records begin on %s; the opening needs them from %s", x.FirstDay, begin))
	}
	if !c.ClosingCovered {
		why = append(why, fmt.Sprintf("the records end on %s, before the closing on %s", x.LastDay, p.To))
	}
	c.Why = strings.Join(why, "; ")
	return c
}

// dataReport says which records made the statement.
func (x extent) dataReport(imports []clientele.ImportRef, c clientele.Coverage) *clientele.DataReport {
	d := &clientele.DataReport{Imports: append([]clientele.ImportRef{}, imports...), PartialPeriod: c}
	for i := range d.Imports {
		f := &d.Imports[i]
		d.RejectedRows += f.Rejected
		if f.State == clientele.LoadedState && d.LoadedAt == nil || f.At.After(*d.LoadedAt) {
			d.LoadedAt = &f.At
		}
	}
	if x.found {
		d.FirstDay, d.LastDay = &x.FirstDay, &x.LastDay
	}
	return d
}
