package modelling

import (
	"math"
	"strings"
	"testing"

	"github.com/clientele/clientele"
)

func TestPace(t *testing.T) {
	began, asOf := clientele.MustDate("2020-01-01"), clientele.MustDate("2023-12-31")
	steady, rising := map[clientele.Date]int64{}, map[clientele.Date]int64{}
	for d := began; d <= asOf; d++ {
		steady[d] = 10
		rising[d] = int64(math.Round(10 * math.Exp(.5*float64(d-began)/365)))
	}
	p, why := NewPace(steady, began, asOf)
	if why != "" || p.last != 3650 || p.spread > .03 {
		t.Errorf("steady: %+v, %s", p, why)
	}
	if p, why = NewPace(rising, began, asOf); why != "" || math.Abs(p.spread-.5) > .05 {
		t.Errorf("rising by half a year: %+v, %s", p, why)
	}
	if _, why = NewPace(steady, asOf-900, asOf); !strings.HasPrefix(why, "Too early") {
		t.Errorf("two and a half years: %q", why)
	}
	if _, why = NewPace(map[clientele.Date]int64{began: 5}, began, asOf); why == "" {
		t.Error("nobody was won lately, and that is not said")
	}
}
