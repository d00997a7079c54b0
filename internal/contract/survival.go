package contract

import (
	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/retention"
)

// survival is the share of contracts that run longer than so many months.
func survival(spells []warehouse.Spell) ([]clientele.SurvivalStep, error) {
	var watched []retention.Spell
	for _, s := range spells {
		if s.ExitMonths > s.EntryMonths {
			watched = append(watched, retention.Spell{Entry: float64(s.EntryMonths), Exit: float64(s.ExitMonths), Left: s.Ended, N: float64(s.N)})
		}
	}
	steps, err := retention.KaplanMeier(watched)
	if err != nil {
		return nil, err
	}
	out := []clientele.SurvivalStep{}
	high := 1.0
	for _, s := range steps {
		step := clientele.SurvivalStep{Month: int(s.Time), AtRisk: int64(s.AtRisk), Left: int64(s.Left), Survival: s.Survival, High: high}
		if s.Survival > 0 {
			step.Low, step.High = s.Interval()
		}
		high = step.High
		out = append(out, step)
	}
	return out, nil
}

// median is the first month that fewer than half outlast; nil where more do.
func median(steps []clientele.SurvivalStep) *int {
	for _, s := range steps {
		if s.Survival <= 0.5 {
			return new(s.Month)
		}
	}
	return nil
}

// cells are the spells of one recurring period, as models take them.
func cells(spells []warehouse.Spell, period string) []retention.Cell {
	var out []retention.Cell
	for _, s := range spells {
		if s.Period == period && s.Exit > s.Entry {
			out = append(out, retention.Cell{Entry: int(s.Entry), Exit: int(s.Exit), Left: s.Ended, N: float64(s.N)})
		}
	}
	return out
}
