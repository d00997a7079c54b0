package modelling

import (
	"math"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/btyd"
)

func TestHoldoutWindow(t *testing.T) {
	d := clientele.MustDate
	for _, c := range []struct {
		name              string
		asOf, first, last clientele.Date
		want              window
		ok                bool
	}{
		{"39 weeks follow", d("1997-09-30"), d("1997-01-01"), d("1998-06-30"), window{d("1997-09-30"), d("1998-06-30"), false}, true},
		{"exactly 13 weeks follow", d("2025-01-01"), d("2020-01-01"), d("2025-01-01") + 91, window{d("2025-01-01"), d("2025-01-01") + 91, false}, true},
		{"a year at most", d("2020-01-01"), d("2018-01-01"), d("2025-01-01"), window{d("2020-01-01"), d("2020-01-01") + 364, false}, true},
		{"12 weeks are too few", d("2025-01-01"), d("2020-01-01"), d("2025-01-01") + 84, window{d("2025-01-01") - 364, d("2025-01-01"), true}, true},
		{"a third of a short record", d("2025-01-01"), d("2025-01-01") - 99, d("2025-01-01"), window{d("2025-01-01") - 28, d("2025-01-01"), true}, true},
		{"records that end early", d("2025-01-01"), d("2020-01-01"), d("2024-10-01"), window{d("2024-10-01") - 364, d("2024-10-01"), true}, true},
		{"too short", d("2025-01-01"), d("2025-01-01") - 60, d("2025-01-01"), window{}, false},
	} {
		got, ok := holdoutWindow(c.asOf, c.first, c.last)
		if ok != c.ok || ok && got != c.want {
			t.Errorf("%s: %+v %v, want %+v %v", c.name, got, ok, c.want, c.ok)
		}
	}
}

func TestVerdictWarnsOnlyOfWhatChanceCannotExplain(t *testing.T) {
	for _, c := range []struct {
		expected, se float64
		bad          bool
	}{
		{95, 1, false}, {80, 1, false}, {60, 30, false}, {60, 1, true}, {140, 1, true},
	} {
		r := &btyd.HoldoutResult{Weeks: 39, Actual: 100, Expected: c.expected, SE: c.se, Bias: c.expected/100 - 1}
		if words, bad := judge(r); bad != c.bad || words == "" {
			t.Errorf("%+v: %v, %q", c, bad, words)
		}
	}
}

func TestCrowd(t *testing.T) {
	var even, start []warehouse.DayCount
	for k := range 364 {
		even = append(even, warehouse.DayCount{Day: clientele.Date(k), N: 2})
	}
	start = append(append(start, even...), warehouse.DayCount{Day: 3, N: 1000})
	if n := crowd(even); n != 0 {
		t.Errorf("an even year has a crowd of %d", n)
	}
	if n := crowd(start); n != 1056 {
		t.Errorf("a crowd of %d, want 1,056", n)
	}
	if n := crowd(nil); n != 0 {
		t.Errorf("nobody is a crowd of %d", n)
	}
}

// Weeks are whole, lie on both sides of the cut, and their expected purchases
// add up to those of the span.
func TestWeeksAddUp(t *testing.T) {
	births := []btyd.Birth{{Day: 100, N: 500}, {Day: 130, N: 400}}
	p := btyd.ParetoNBD{R: .55, Alpha: 10.6, S: .6, Beta: 11.7}
	ends := []int{100, 107, 114, 200, 300}
	weeks := differences(btyd.Tracking(p, births, ends))
	sum := 0.0
	for _, w := range weeks {
		sum += w
	}
	want := 500*p.ExpectedOrdersNew(200.0/7) + 400*p.ExpectedOrdersNew(170.0/7)
	if math.Abs(sum-want) > 1e-9*want {
		t.Errorf("%g, want %g", sum, want)
	}
}
