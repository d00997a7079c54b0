package btyd

import (
	"flag"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/clientele/clientele/model/fit"
)

// soak asks for the studies at full length, as make soak does; without it they are
// as long as every change can bear.
var soak = flag.Bool("soak", false, "run the studies of this package at full length")

// identifiable are parameters that 3,000 customers tell apart.
var identifiable = []ParetoNBD{
	{.75, 14, .6, 21}, {.55, 16, .6, 18}, {1.5, 20, 1.2, 45}, {.4, 8, .5, 10},
}

// studied are 3,000 customers of a model who came on four days and were watched for up to
// three years. Two purchases of one day are two, as the models have it: to count them as
// one, as records do, moves α by 3(r+1)/14 weeks, half a standard error here, and what is
// studied is the intervals, not that.
func studied(m Model, seed uint64) []Cell {
	rng := rand.New(rand.NewPCG(seed, 0))
	cells := make([]Cell, 3000)
	for i := range cells {
		c := Cell{T: 3*364 - 30*(i%4), N: 1}
		at := m.Simulate(rng, float64(c.T)/DaysPerWeek)
		if c.X = len(at); c.X > 0 {
			c.Tx = int(math.Round(at[c.X-1] * DaysPerWeek))
		}
		cells[i] = c
	}
	return cells
}

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
	fits := 6
	if *soak {
		fits = 1000
	}
	y := newTally()
	for seed := uint64(1); y.fits < fits; seed++ {
		truth := identifiable[int(seed)%len(identifiable)]
		g, err := NewGrid(studied(truth, seed))
		if err != nil {
			t.Fatal(err)
		}
		f, err := g.FitParetoNBD(Options{})
		if _, refused := fit.AsRefusal(err); refused {
			y.refused++
			continue
		}
		y.fits++
		v, err := f.Profile(g)
		y.parameters(t, f.Estimate, v, err, []float64{truth.R, truth.Alpha, truth.S, truth.Beta})
		y.totals(f, g, truth, seed)
	}
	y.judge(t, *soak)
}

func newTally() *tally { return &tally{held: map[string]int{}} }

func (y *tally) parameters(t *testing.T, e *fit.Estimate, v []fit.Interval, err error, truth []float64) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for j, want := range truth {
		y.hold(e.Names[j], want, v[j].Low, v[j].High)
	}
}

// studyOf is the study of the parameters of another model.
func studyOf[M Model](t *testing.T, f family[M], truth ...float64) {
	t.Helper()
	fits := 6
	if *soak {
		fits = 1000
	}
	y := newTally()
	for seed := uint64(1); y.fits < fits; seed++ {
		cells := studied(f.of(truth), seed)
		got, err := f.fit(cells, Options{})
		if _, refused := fit.AsRefusal(err); refused {
			y.refused++
			continue
		}
		y.fits++
		g, err := NewGrid(cells)
		if err != nil {
			t.Fatal(err)
		}
		v, err := got.Profile(g)
		y.parameters(t, got.Estimate, v, err, truth)
	}
	t.Log(f.name)
	y.judge(t, *soak)
}

// The same of the parameters of the other models.
func TestStudyOfOtherModels(t *testing.T) {
	studyOf(t, bgFamily, .75, 14, .8, 2.4)
	studyOf(t, mbgFamily, .75, 14, .6, 2.4)
	studyOf(t, nbdFamily, .75, 14)
	studyOf(t, exponentialFamily, .75, 14, .02)
}

func (y *tally) totals(f *ParetoNBDFit, g *Grid, truth ParetoNBD, seed uint64) {
	// the second lowest and highest of 79 enclose 95 % of what is drawn with them
	const draws, edge = 79, 2
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
