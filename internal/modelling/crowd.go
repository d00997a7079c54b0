package modelling

import (
	"math"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// A crowd at the start of the records is a sign that they begin in the middle of
// a company's life. The bounds are our own.
const (
	crowdDays  = 4 * week
	crowdTimes = 3 // as many a day as in the rest of the first year
	firstYear  = 52 * week
)

// crowd counts the customers who seem to have come with the records: 0 unless
// they are conspicuously many.
func crowd(first []warehouse.DayCount) int64 {
	begin := clientele.Date(math.MaxInt32)
	for _, d := range first {
		begin = min(begin, d.Day)
	}
	var early, later int64
	for _, d := range first {
		switch {
		case d.Day < begin+crowdDays:
			early += d.N
		case d.Day < begin+firstYear:
			later += d.N
		}
	}
	if float64(early)/crowdDays > crowdTimes*float64(later)/(firstYear-crowdDays) {
		return early
	}
	return 0
}
