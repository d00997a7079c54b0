package modelling

import (
	"math"
	"strings"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/btyd"
	"github.com/clientele/clientele/model/fit"
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

func TestJudge(t *testing.T) {
	choice := &clientele.ModelChoice{AsOf: clientele.MustDate("2025-01-01")}
	for _, c := range []struct {
		name         string
		expected, se float64
		covered      float64
		choice       *clientele.ModelChoice
		want         clientele.TrustVerdict
		todo         string
	}{
		{"within a tenth", 95, 1, .9, nil, clientele.Trusted, ""},
		{"within a quarter", 80, 1, .9, nil, clientele.Fair, ""},
		{"chance", 60, 30, .9, nil, clientele.Unchecked, "longer record"},
		{"too few", 60, 1, .9, nil, clientele.Rejected, "--compare"},
		{"too many", 140, 1, .9, nil, clientele.Rejected, "--compare"},
		{"the best there is", 140, 1, .9, choice, clientele.Rejected, "best of those compared as of 2025-01-01"},
		{"narrow ranges", 95, 1, .8, nil, clientele.Trusted, "those of 90 % held what 80 %"},
	} {
		r := &btyd.HoldoutResult{Weeks: 39, Actual: 100, Expected: c.expected, SE: c.se, Bias: c.expected/100 - 1}
		r.Sets = []btyd.HoldoutSet{{}, {}, {Mass: .9, Covered: c.covered}, {}}
		got := judge(r, c.choice)
		todo := strings.Join(got.Todo, " ")
		if got.Verdict != c.want || got.Words == "" || !strings.Contains(todo, c.todo) || c.todo == "" && todo != "" {
			t.Errorf("%s: %+v", c.name, got)
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

// Weeks are whole and lie on both sides of the cut; what was expected of them and
// before adds up to what was expected of everyone, and so does what was bought.
func TestWeeksAddUp(t *testing.T) {
	first := clientele.MustDate("2025-01-03")
	w := window{calibrated: first + 49, to: first + 49 + 29} // 50 days before, 29 after
	track := warehouse.Tracking{FirstPurchases: []warehouse.DayCount{{Day: first, N: 500}, {Day: first + 30, N: 400}}}
	for d := first; d <= w.to; d++ {
		track.RepeatPurchases = append(track.RepeatPurchases, warehouse.DayCount{Day: d, N: 2})
	}
	kind := btyd.Kinds()[0]
	e := &fit.Estimate{Model: kind.Name, Theta: []float64{.55, 10.6, .6, 11.7}, CovLog: [][]float64{make([]float64, 4), make([]float64, 4), make([]float64, 4), make([]float64, 4)}}
	model := kind.Restore(e)
	weeks := weeksOf(model, track, w)
	each, all := weeks.weekly(), weeks.cumulative()
	if len(each) != 7+4 || len(all) != len(each) || each[0].Week != first+1 || each[6].HeldOut || !each[7].HeldOut {
		t.Fatalf("%d weeks: %+v", len(each), each)
	}
	expected, actual := btyd.Tracking(model.Model(), weeks.births, []int{int(first) + 1})[0], int64(2)
	for k := range each {
		expected, actual = expected+each[k].Expected, actual+each[k].Actual
		if math.Abs(all[k].Expected-expected) > 1e-9 || all[k].Actual != actual || all[k].HeldOut != each[k].HeldOut {
			t.Errorf("up to week %d %+v, want %g and %d", k, all[k], expected, actual)
		}
		if each[k].Low > each[k].Expected || each[k].High < each[k].Expected {
			t.Errorf("%+v", each[k])
		}
	}
	p := model.Model()
	end := float64(7*11+1) / 7
	if want := 500*p.ExpectedOrdersNew(end) + 400*p.ExpectedOrdersNew(end-30.0/7); math.Abs(expected-want) > 1e-9*want {
		t.Errorf("%g in all, want %g", expected, want)
	}
	if none := weeksOf(model, warehouse.Tracking{}, w); len(none.weekly()) > 0 || len(none.cumulative()) > 0 || mape(none.cumulative()) != nil {
		t.Error("weeks of nobody")
	}
}

// Cohorts are months, or longer spans where there would be more than twelve, and
// hold everyone once.
func TestCohorts(t *testing.T) {
	calibrated := clientele.MustDate("2025-01-31")
	for _, c := range []struct {
		oldest, want int
		first        string // end of the first one
	}{{80, 3, "2024-11-30"}, {900, 11, "2022-09-30"}, {3000, 10, "2016-12-31"}} {
		var rows []btyd.HoldoutRow
		for age := 0; age <= c.oldest; age += 10 {
			rows = append(rows, btyd.HoldoutRow{T: age, Actual: 1, N: 3})
		}
		r, err := btyd.Holdout(btyd.ParetoNBD{R: .55, Alpha: 10.6, S: .6, Beta: 11.7}, rows, 39)
		if err != nil {
			t.Fatal(err)
		}
		got := cohorts(r, rows, calibrated)
		customers, last := int64(0), got[0].From-1
		for _, g := range got {
			if g.From <= last || g.To < g.From {
				t.Errorf("%d days: %+v after %s", c.oldest, g, last)
			}
			customers, last = customers+g.Customers, g.To
		}
		if len(got) != c.want || got[0].To.String() != c.first || last != calibrated || customers != int64(3*len(rows)) {
			t.Errorf("%d days: %d cohorts, the first to %s, the last to %s, %d customers", c.oldest, len(got), got[0].To, last, customers)
		}
	}
}
