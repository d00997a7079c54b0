package btyd

import (
	"flag"
	"math"
	"slices"
	"testing"

	"github.com/clientele/clientele/model/fit"
)

// soak asks for the studies at full length, as make soak does; without it they are
// as long as every change can bear.
var soak = flag.Bool("soak", false, "run the studies of this package at full length")

// identifiable are parameters that 3,000 customers tell apart, their rates slow
// against a day so that whole days lose nothing.
var identifiable = []ParetoNBD{
	{.75, 14, .6, 21}, {.55, 16, .6, 18}, {1.5, 20, 1.2, 45}, {.4, 8, .5, 10},
}

// studied are customers who come on four days and are watched for three years.
var studied = []Birth{{0, 750}, {30, 750}, {60, 750}, {90, 750}}

const studiedDays = 3 * 364

// tally counts how often intervals hold the truth.
type tally struct {
	fits, refused int
	held          map[string]int
}

func (y *tally) hold(what string, truth, low, high float64) {
	if low <= truth && truth <= high {
		y.held[what]++
	} else {
		y.held[what] += 0
	}
}

// judge demands that 93 to 97 % of the intervals held the truth at full length, and
// otherwise not much fewer than that.
func (y *tally) judge(t *testing.T, full bool) {
	t.Helper()
	least := .93
	if !full {
		least -= 4 * math.Sqrt(.95*.05/float64(y.fits))
	}
	for what, n := range y.held {
		share := float64(n) / float64(y.fits)
		t.Logf("%-24s held in %.3f of %d fits", what, share, y.fits)
		if share < least || full && share > .97 {
			t.Errorf("%s: intervals hold the truth in %.3f of %d fits", what, share, y.fits)
		}
	}
	t.Logf("%d refused", y.refused)
	if y.refused*10 > y.fits {
		t.Errorf("%d refused beside %d fits", y.refused, y.fits)
	}
}

// Issue 3, must hold 3: profile intervals of parameters and Laplace intervals of
// totals, of one year's orders and of the discounted orders of five, hold the truth
// in 93 to 97 % of 1,000 fits.
func TestStudyOfIntervals(t *testing.T) {
	fits := 12
	if *soak {
		fits = 1000
	}
	y := &tally{held: map[string]int{}}
	for seed := uint64(1); y.fits < fits; seed++ {
		truth := identifiable[int(seed)%len(identifiable)]
		g, err := NewGrid(Calibration(Simulate(truth, studied, studiedDays, studiedDays, seed)))
		if err != nil {
			t.Fatal(err)
		}
		f, err := g.FitParetoNBD(Options{})
		if _, refused := fit.AsRefusal(err); refused {
			y.refused++
			continue
		}
		y.fits++
		y.parameters(t, f, g, truth)
		y.totals(f, g, truth, seed)
	}
	y.judge(t, *soak)
}

func (y *tally) parameters(t *testing.T, f *ParetoNBDFit, g *Grid, truth ParetoNBD) {
	v, err := f.Profile(g)
	if err != nil {
		t.Fatal(err)
	}
	for j, want := range []float64{truth.R, truth.Alpha, truth.S, truth.Beta} {
		y.hold(f.Names[j], want, v[j].Low, v[j].High)
		y.hold("Wald "+f.Names[j], want, f.Theta[j]-1.96*f.SE[j], f.Theta[j]+1.96*f.SE[j])
	}
}

func (y *tally) totals(f *ParetoNBDFit, g *Grid, truth ParetoNBD, seed uint64) {
	// the 5th lowest and highest of 199 enclose 95 % of what is drawn with them
	const draws, edge = 199, 5
	var orders, worth []float64
	for _, theta := range f.Draws(draws, seed) {
		o, w := g.totals(paretoNBD(theta))
		orders, worth = append(orders, o), append(worth, w)
	}
	o, w := g.totals(truth)
	for _, c := range []struct {
		what  string
		truth float64
		draws []float64
	}{{"orders of a year", o, orders}, {"discounted orders", w, worth}} {
		slices.Sort(c.draws)
		y.hold(c.what, c.truth, c.draws[edge-1], c.draws[draws-edge])
	}
}

// totals are what all customers of the grid are expected to buy in a year, and
// discounted in five.
func (g *Grid) totals(p ParetoNBD) (orders, worth float64) {
	alive := make([]float64, g.Len())
	var w Workspace
	g.PAlive(p, alive, &w)
	type weeks struct{ active, discounted float64 }
	known := map[int32]weeks{}
	for i, a := range alive {
		k, ok := known[g.t[i]]
		if h := g.history(i); !ok {
			k = weeks{p.active(h.T, WeeksPerYear), p.DiscountedWeeks(h.T, WeeklyDiscount(.15), 5*WeeksPerYear)}
			known[g.t[i]] = k
		}
		rate := g.n[i] * a * p.rate(g.history(i))
		orders, worth = orders+rate*k.active, worth+rate*k.discounted
	}
	return orders, worth
}
