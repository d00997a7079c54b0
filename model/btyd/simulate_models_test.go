package btyd

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// lifelike are all models at parameters that give every feature its share.
func lifelike() map[string]Model {
	return map[string]Model{
		paretoName:       ParetoNBD{.75, 9, .6, 14},
		bgFamily.name:    BGNBD{.75, 9, .8, 2.4},
		mbgFamily.name:   MBGNBD{.75, 9, .6, 2.4},
		nbdName:          NBD{.6, 11},
		exponentialName:  ExponentialNBD{.75, 9, .03},
		poissonName:      ParetoPoisson{.15, .6, 14},
		leaversName:      NBDWithLeavers{.75, 9, .6},
		bgbbFamily.name:  BGBB{1.2, .75, .66, 2.8},
		"small shapes":   ParetoNBD{.02, .3, .03, .5},
		"large shapes":   ParetoNBD{300, 4000, 200, 5000},
		"small beta":     MBGNBD{.75, 9, .02, .05},
		"beta-Bernoulli": BGBB{.03, .04, 1e-4, 1e4},
	}
}

// The counts of simulated customers have the mean of ExpectedOrdersNew and the
// distribution of Orders: the largest distance of distribution functions is below
// the 99.9 % point of Kolmogorov's.
func TestSimulatedCounts(t *testing.T) {
	const n, until = 20_000, 30
	for name, m := range lifelike() {
		rng := rand.New(rand.NewPCG(11, 0))
		counts := make([]float64, maxOrders)
		var sum, square float64
		for range n {
			at := m.Simulate(rng, until)
			if !slices.IsSorted(at) || len(at) > 0 && !(at[0] > 0 && at[len(at)-1] <= until) {
				t.Fatalf("%s: %v", name, at)
			}
			k := float64(len(at))
			counts[len(at)]++
			sum, square = sum+k, square+k*k
		}
		mean := sum / n
		near(t, name+" mean", mean, m.ExpectedOrdersNew(until), 4*math.Sqrt((square/n-mean*mean)/n))
		far, seen, said := 0.0, 0.0, 0.0
		for k, p := range m.Orders(History{}, 0, until).P {
			seen, said = seen+counts[k]/n, said+p
			far = math.Max(far, math.Abs(seen-said))
		}
		if far > 1.95/math.Sqrt(n) {
			t.Errorf("%s: distribution functions are %.4f apart", name, far)
		}
	}
}

// Given what was seen of simulated customers, the models foretell what they do next:
// how many buy at all and how much they buy, in all and by frequency. That nobody who
// seems gone buys again hangs on P(alive).
func TestSimulatedFutures(t *testing.T) {
	for name, m := range lifelike() {
		asOf, end, unit := 280, 420, DaysPerWeek
		if _, opportunities := m.(BGBB); opportunities {
			asOf, end, unit = 12, 18, 1
		}
		rows := Simulate(m, SpreadBirths(20_000, 4), asOf, end, 5)
		window := float64(end-asOf) / float64(unit)
		var bought, buyers [3]float64 // z of the total, of those who buy, by x = 0, 1, more
		var spread, chance [3]float64
		for _, r := range rows {
			h := History{float64(r.X), float64(r.Tx) / float64(unit), float64(r.T) / float64(unit)}
			o, g := m.Orders(h, 0, window), min(r.X, 2)
			mean, square := o.Mean(), 0.0
			for k, p := range o.P {
				square += p * float64(k*k)
			}
			bought[g] += r.N * (float64(r.Actual) - mean)
			spread[g] += r.N * (square - mean*mean)
			buyers[g] += r.N * (math.Min(float64(r.Actual), 1) - 1 + o.None())
			chance[g] += r.N * o.None() * (1 - o.None())
		}
		for g := range bought {
			// days instead of instants move totals by one in a hundred at most
			near(t, name+" purchases", bought[g], 0, 4*math.Sqrt(spread[g])+.01*spread[g])
			near(t, name+" buyers", buyers[g], 0, 4*math.Sqrt(chance[g])+.01*chance[g])
		}
	}
}

func TestSpreadBirths(t *testing.T) {
	total, most, least := 0.0, 0.0, math.Inf(1)
	for d, b := range SpreadBirths(1000, 84) {
		total, most, least = total+b.N, math.Max(most, b.N), math.Min(least, b.N)
		if b.Day != d {
			t.Errorf("day %d is %d", d, b.Day)
		}
	}
	if total != 1000 || most-least > 1 {
		t.Errorf("%g customers, %g to %g a day", total, least, most)
	}
}

func TestSimulateIsSeeded(t *testing.T) {
	draw := func(seed uint64) []HoldoutRow {
		return Simulate(truth, SpreadBirths(500, 10), 200, 300, seed)
	}
	if !slices.Equal(draw(1), draw(1)) || slices.Equal(draw(1), draw(2)) {
		t.Error("seeds")
	}
	late := Simulate(truth, []Birth{{Day: 3, N: 5}, {Day: 400, N: 9}}, 200, 300, 1)
	n := 0.0
	for _, r := range late {
		if n += r.N; r.T != 197 {
			t.Errorf("%+v", r)
		}
	}
	if n != 5 {
		t.Errorf("%g customers, of whom some come after the as-of day", n)
	}
}

func TestSimulateOutsideTheDomain(t *testing.T) {
	all := models(1, -2, 1, 3)
	all["BG/BB"] = BGBB{1, 2, 0, 3}
	rng := rand.New(rand.NewPCG(1, 1))
	for name, m := range all {
		if got := m.Simulate(rng, 10); got != nil {
			t.Errorf("%s: %v", name, got)
		}
	}
	for name, m := range lifelike() {
		for _, until := range []float64{-1, math.NaN()} {
			if got := m.Simulate(rng, until); got != nil {
				t.Errorf("%s until %g: %v", name, until, got)
			}
		}
	}
}
