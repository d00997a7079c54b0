package clientele

import "slices"

// MovementTotal is what a company that has no more says of one period: heads, in its own
// unit.
type MovementTotal struct {
	Day          Date     `json:"day"`     // of the period, by habit its last
	Opening      *Money   `json:"opening"` // nil: the closing of the period before
	Added        *Money   `json:"added"`
	Lost         *Money   `json:"lost"`          // nil: by MonthlyChurn
	MonthlyChurn *float64 `json:"monthly_churn"` // mean share lost a month, of the mean of opening and closing
	Closing      Money    `json:"closing"`
}

// ReconciledTotal is a period's totals held against each other: Gap is opening + added −
// lost − closing.
type ReconciledTotal struct {
	Period    string `json:"period"`
	Opening   *Money `json:"opening"`
	Added     *Money `json:"added"`
	Lost      *Money `json:"lost"` // as given or as computed from the churn
	Closing   Money  `json:"closing"`
	Gap       *Money `json:"gap"`           // nil: cannot be checked
	Why       string `json:"why,omitempty"` // why it cannot
	Reconcile bool   `json:"reconciles"`    // the gap is within the tolerance
}

// Reconcile holds totals, by day, against each other. Losses of a period that gives none are
// its months × MonthlyChurn × the mean of opening and closing.
func Reconcile(totals []MovementTotal, tolerance Money) []ReconciledTotal {
	months := cadence(totals)
	out := make([]ReconciledTotal, len(totals))
	for i, t := range totals {
		r := ReconciledTotal{Period: periodOf(t.Day, months), Opening: t.Opening, Added: t.Added, Lost: t.Lost, Closing: t.Closing}
		if r.Opening == nil && i > 0 && follows(totals[i-1].Day, t.Day, months) {
			r.Opening = &totals[i-1].Closing
		}
		if r.Lost == nil && t.MonthlyChurn != nil && r.Opening != nil && months > 0 {
			r.Lost = new(r.Opening.Add(t.Closing).Share(*t.MonthlyChurn * float64(months) / 2))
		}
		switch {
		case r.Opening == nil:
			r.Why = "no opening is given, and no period before it"
		case r.Added == nil:
			r.Why = "who came is not given"
		case r.Lost == nil:
			r.Why = "who left is not given"
		default:
			r.Gap = new(r.Opening.Add(*r.Added).Sub(*r.Lost).Sub(t.Closing))
			r.Reconcile = r.Gap.Cmp(tolerance) <= 0 && r.Gap.Neg().Cmp(tolerance) <= 0
		}
		out[i] = r
	}
	return out
}

// cadence is the months of a period, by the usual distance of two: 1, 3 or 12; 0 if it
// cannot be told.
func cadence(totals []MovementTotal) int {
	var gaps []int
	for i := 1; i < len(totals); i++ {
		gaps = append(gaps, int(totals[i].Day-totals[i-1].Day))
	}
	if len(gaps) == 0 {
		return 0
	}
	slices.Sort(gaps)
	switch days := gaps[len(gaps)/2]; {
	case days >= 27 && days <= 35:
		return 1
	case days >= 84 && days <= 98:
		return 3
	case days >= 360 && days <= 371:
		return 12
	}
	return 0
}

// follows is true of days one period apart.
func follows(before, day Date, months int) bool {
	days := int(day - before)
	return months > 0 && days >= 26*months && days <= 33*months
}

// periodOf names the period of a day.
func periodOf(day Date, months int) string {
	t := day.Time()
	switch months {
	case 1:
		return t.Format("2006-01")
	case 3:
		return day.Quarter()
	case 12:
		return t.Format("2006")
	}
	return day.String()
}
