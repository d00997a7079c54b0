package modelling

import (
	"math"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/model/btyd"
)

// mostCohorts bounds how many cohorts stand apart: months, or else quarters, or
// else years.
const mostCohorts = 12

// cohorts sets what customers bought in the held-out days against what was expected,
// by when they first bought. One is far off where chance and the uncertainty of the
// parameters would put any of them there in one of twenty cases.
func cohorts(r *btyd.HoldoutResult, rows []btyd.HoldoutRow, calibrated clientele.Date) []clientele.CohortResidual {
	oldest, youngest := 0, math.MaxInt
	for _, row := range rows {
		oldest, youngest = max(oldest, row.T), min(youngest, row.T)
	}
	first, last := calibrated-clientele.Date(oldest), calibrated-clientele.Date(youngest)
	months := 1
	for _, months = range []int{1, 3, 12} {
		if cohortOf(last, months)-cohortOf(first, months) < mostCohorts {
			break
		}
	}
	groups := r.Groups(rows, func(row btyd.HoldoutRow) int { return cohortOf(calibrated-clientele.Date(row.T), months) })
	bound := math.Sqrt2 * math.Erfinv(1-.05/float64(len(groups)))
	out := make([]clientele.CohortResidual, len(groups))
	for i, g := range groups {
		z := 0.0
		if g.SE > 0 {
			z = (g.Actual - g.Expected) / g.SE
		}
		out[i] = clientele.CohortResidual{
			From: max(first, cohortStart(g.Key, months)), To: min(last, cohortStart(g.Key+1, months)-1),
			Customers: int64(g.Customers), Actual: int64(g.Actual), Expected: g.Expected, Z: z, FarOff: math.Abs(z) > bound,
		}
	}
	return out
}

// cohortOf numbers spans of so many months of the calendar.
func cohortOf(d clientele.Date, months int) int {
	t := d.Time()
	return (t.Year()*12 + int(t.Month()) - 1) / months
}

func cohortStart(key, months int) clientele.Date {
	return clientele.DateOf(time.Date(0, time.Month(key*months+1), 1, 0, 0, 0, 0, time.UTC))
}
