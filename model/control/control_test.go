package control

import (
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/clientele/clientele/internal/shareddata"
)

func near(t testing.TB, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s = %.12g, want %.12g ± %g", what, got, want, tol)
	}
}

// nile is the flow of the Nile at Aswan, 1871 to 1970, of R's datasets.
func nile(t *testing.T) (flow []float64) {
	file, err := os.Open(shareddata.Path(t, "published/nile.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		v, err := strconv.ParseFloat(row[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		flow = append(flow, v)
	}
	return flow
}

// Statistics, section 6: limits and signals, counted from 1.
func TestXmROfTheNile(t *testing.T) {
	c := XmR(nile(t))
	near(t, "mean", c.Centre, 919.35, 1e-9)
	near(t, "mean moving range", c.MeanRange, 133.25, .005)
	near(t, "lower limit", c.Points[0].Low(), 564.90, .005)
	near(t, "upper limit", c.Points[0].High(), 1273.80, .005)
	near(t, "limit of the range", c.RangeLimit, 3.267*133.25, .02)
	want := []Signal{{8, Beyond, true}, {42, Beyond, false}}
	if got := Signals(c.Standard(), Beyond); !slices.Equal(got, want) {
		t.Errorf("signals %v, want %v", got, want)
	}
}

// Statistics, section 6: one change after 28 (1898), by PELT.
func TestChangeOfTheNile(t *testing.T) {
	flow := nile(t)
	if got := Changes(flow); !slices.Equal(got, []int{28}) {
		t.Fatalf("changes %v", got)
	}
	near(t, "mean before", mean(flow[:28]), 1097.75, .005)
	near(t, "mean after", mean(flow[28:]), 849.97, .005)
}

// Champ and Woodall (1987), as statistics.md, section 6, has them.
func TestFalseAlarmsOfTheRules(t *testing.T) {
	for _, c := range []struct {
		rules Rule
		want  float64
	}{
		{Beyond, 370.40}, {Beyond | TwoOfThree, 225.44}, {Beyond | TwoOfThree | FourOfFive, 132.89}, {WesternElectric, 91.75},
	} {
		near(t, "points to a false alarm", RunLength(c.rules, 0), c.want, .005)
	}
	if got := RunLength(0, 0); !math.IsInf(got, 1) {
		t.Errorf("without a rule: %g", got)
	}
	near(t, "one rule is geometric", RunLength(Beyond, 1), 1/(normal(-4)+1-normal(2)), 1e-9)
	near(t, "eight in a row of a fair coin, on either side", RunLength(Eight, 0), math.Pow(2, 8)-1, 1e-9)
}

// Statistics, section 6.
func TestRunLengthOfTheCUSUM(t *testing.T) {
	for _, c := range []struct{ h, shift, want float64 }{{4, 0, 167.68}, {4, 1, 8.38}, {5, 0, 465.44}, {5, 1, 10.38}} {
		near(t, "run length", CUSUM{.5, c.h}.RunLength(c.shift), c.want, .005)
	}
	for _, c := range []CUSUM{{0, 4}, {.5, 0}, {.5, 21}, {.5, math.NaN()}} {
		if got := c.RunLength(0); !math.IsNaN(got) {
			t.Errorf("%+v: %g", c, got)
		}
	}
}

// Run lengths agree with what the rules and sums do to made-up points.
func TestRunLengthsBySimulation(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 28))
	const runs = 4000
	for _, shift := range []float64{.5, 1.5} {
		var rules, sums float64
		for range runs {
			rules += first(r, shift, func(z []float64) bool { return len(Signals(z, WesternElectric)) > 0 })
			sums += first(r, shift, func(z []float64) bool { return len(CUSUM{.5, 4}.Drifts(z)) > 0 })
		}
		for _, c := range []struct{ got, want float64 }{{rules / runs, RunLength(WesternElectric, shift)}, {sums / runs, CUSUM{.5, 4}.RunLength(shift)}} {
			near(t, "simulated", c.got, c.want, 5*c.want/math.Sqrt(runs)) // run lengths spread by about their mean
		}
	}
}

// first is after how many points something is found.
func first(r *rand.Rand, shift float64, found func([]float64) bool) float64 {
	var z []float64
	for !found(z) {
		z = append(z, r.NormFloat64()+shift)
	}
	return float64(len(z))
}

func TestRulesLookAtOneSide(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name string
		z    []float64
		want []Signal
	}{
		{"beyond", []float64{0, 3.1, -3.1}, []Signal{{1, Beyond, true}, {2, Beyond, false}}},
		{"three sigma is not beyond", []float64{3, -3}, nil},
		{"two of three", []float64{2.1, 0, 2.2}, []Signal{{2, TwoOfThree, true}}},
		{"two of four", []float64{2.1, 0, 0, 2.2}, nil},
		{"two on two sides", []float64{2.1, -2.2}, nil},
		{"what lies between does not signal", []float64{2.1, 2.2, 0}, []Signal{{1, TwoOfThree, true}}},
		{"four of five", []float64{-1.1, -1.2, .5, -1.3, -1.4}, []Signal{{4, FourOfFive, false}}},
		{"eight in a row", []float64{.1, .1, .1, .1, .1, .1, .1, .1, .1}, []Signal{{7, Eight, true}, {8, Eight, true}}},
		{"a point on the centre ends a run", []float64{.1, .1, .1, .1, 0, .1, .1, .1, .1}, nil},
		{"a gap ends a run", []float64{.1, .1, .1, .1, nan, .1, .1, .1, .1}, nil},
		{"two rules at once", []float64{2.5, 3.5}, []Signal{{1, Beyond, true}, {1, TwoOfThree, true}}},
	} {
		if got := Signals(c.z, WesternElectric); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// Shares of one size have the chart of their values (Laney 2002): the two ways to three
// sigma, 2.660 and 3/1.128, differ by rounding alone.
func TestLaneyOfOneSizeIsXmR(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := float64(rapid.IntRange(1, 1_000_000).Draw(rt, "n"))
		values := rapid.SliceOfN(rapid.Float64Range(.01, .99), 2, 30).Draw(rt, "shares")
		var shares []Share
		for _, v := range values {
			shares = append(shares, Share{v * n, n})
		}
		want := XmR(values).Points
		for _, got := range [][]Point{LaneyP(shares).Points, LaneyU(shares).Points} {
			for i := range got {
				if math.Abs(got[i].Centre-want[i].Centre) > 1e-9 || math.Abs(got[i].Sigma-want[i].Sigma) > 3e-4*want[i].Sigma+1e-12 {
					rt.Fatalf("%+v, want %+v", got[i], want[i])
				}
			}
		}
	})
}

// Binomial shares of large n that also wander have limits that hold them, where binomial
// limits alone call most of them signals.
func TestLaneyHoldsLargeShares(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var shares []Share
	outside := 0
	for range 200 {
		p := .1 + .005*r.NormFloat64()
		shares = append(shares, Share{p * 1e6, 1e6})
		if math.Abs(p-.1) > 3*math.Sqrt(.1*.9/1e6) {
			outside++
		}
	}
	if got := len(Signals(LaneyP(shares).Standard(), Beyond)); got > 4 || outside < 150 {
		t.Errorf("%d signals, %d by binomial limits", got, outside)
	}
}

// Charts do not care for units, nor for the order of ranges reversed.
func TestXmRProperties(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), 2, 50).Draw(rt, "values")
		c := XmR(values)
		scaled := make([]float64, len(values))
		for i, v := range values {
			scaled[i] = 8 * v
		}
		back := slices.Clone(values)
		slices.Reverse(back)
		if s := XmR(scaled); !slices.Equal(Signals(s.Standard(), Beyond), Signals(c.Standard(), Beyond)) {
			rt.Fatal("signals depend on the unit")
		}
		if r := XmR(back); math.Abs(r.MeanRange-c.MeanRange) > 1e-9*(1+c.MeanRange) {
			rt.Fatalf("mean range %g, reversed %g", c.MeanRange, r.MeanRange)
		}
		if p := c.Points[0]; p.Low() > p.Centre || p.High() < p.Centre {
			rt.Fatalf("limits %+v", p)
		}
	})
}

// PELT finds the best of all divisions, which a small series lets us try.
func TestChangesAreTheBest(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		whole := rapid.SliceOfN(rapid.IntRange(0, 6), 2, 9).Draw(rt, "values")
		values := make([]float64, len(whole))
		for i, v := range whole {
			values[i] = float64(v)
		}
		s := newSums(values)
		n := len(values)
		variance := s.cost(0, n) / float64(n-1)
		if variance == 0 {
			if Changes(values) != nil {
				rt.Fatal("a change where nothing varies")
			}
			return
		}
		best := math.Inf(1)
		for division := range 1 << (n - 1) {
			var at []int
			for i := range n - 1 {
				if division>>i&1 == 1 {
					at = append(at, i+1)
				}
			}
			best = min(best, costOf(s, at, n, variance))
		}
		if got := costOf(s, Changes(values), n, variance); got > best+1e-9 {
			rt.Fatalf("cost %g of %v, the best is %g", got, Changes(values), best)
		}
	})
}

func costOf(s sums, at []int, n int, variance float64) float64 {
	cost, from := 2*math.Log(float64(n))*float64(len(at)), 0
	for _, to := range append(slices.Clone(at), n) {
		cost += s.cost(from, to) / variance
		from = to
	}
	return cost
}

func TestDriftsBeginAgain(t *testing.T) {
	z := append(slices.Repeat([]float64{0}, 5), slices.Repeat([]float64{1.5}, 10)...)
	want := []Drift{{9, 5, true}, {14, 10, true}}
	if got := (CUSUM{.5, 4}).Drifts(z); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	for i := range z {
		z[i] = -z[i]
	}
	want[0].High, want[1].High = false, false
	if got := (CUSUM{.5, 4}).Drifts(z); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// Too few figures have no limits, and nothing panics.
func TestTooFew(t *testing.T) {
	if c := XmR(nil); len(c.Points) != 0 || !math.IsNaN(c.Centre) {
		t.Errorf("%+v", c)
	}
	if c := XmR([]float64{5}); !math.IsNaN(c.Points[0].High()) {
		t.Errorf("%+v", c)
	}
	if c := LaneyP([]Share{{0, 0}}); !math.IsNaN(c.Points[0].Value) {
		t.Errorf("%+v", c)
	}
	if Changes(nil) != nil || Changes([]float64{1}) != nil {
		t.Error("changes of nothing")
	}
	for _, v := range []float64{0, 7, 250.0 / 9, -.1} { // the mean of some is off them by rounding
		if got := Signals(XmR(slices.Repeat([]float64{v}, 31)).Standard(), WesternElectric); got != nil {
			t.Errorf("signals of %g, which does not vary: %v", v, got)
		}
	}
}
