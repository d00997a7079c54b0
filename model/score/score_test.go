package score

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/clientele/clientele/model/retention"
)

func near(t testing.TB, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s = %.12g, want %.12g ± %g", what, got, want, tol)
	}
}

// sums are those of answers of weight 1 with counts by value.
func sums(counts map[float64]int64) (s Sums) {
	for x, n := range counts {
		f := float64(n)
		s = s.Add(Sums{n, f, f, x * f, x * x * f})
	}
	return s
}

// Statistics, section 5: 16 promoters and 6 detractors of 36.
func TestNPSInterval(t *testing.T) {
	e := NPS(sums(map[float64]int64{1: 16, 0: 14, -1: 6}))
	near(t, "NPS", e.Value, .2778, 5e-5)
	near(t, "low", e.Low, .0265, 5e-5)
	near(t, "high", e.High, .4864, 5e-5)
}

// Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 81 of 263, 15 of 148, 0 of 20.
func TestWilson(t *testing.T) {
	for _, c := range []struct {
		x, n      int64
		low, high float64
	}{{81, 263, .2553, .3662}, {15, 148, .0624, .1605}, {0, 20, 0, .1611}, {1, 29, .0061, .1718}} {
		e := Share(sums(map[float64]int64{1: c.x, 0: c.n - c.x}))
		near(t, "share", e.Value, float64(c.x)/float64(c.n), 1e-12)
		near(t, "low", e.Low, c.low, 5e-5)
		near(t, "high", e.High, c.high, 5e-5)
	}
}

// Student's sleep data (Biometrika 6, 1908), the first drug: mean .75, 95 % interval of R's
// t.test −.53 to 2.03.
func TestMeanInterval(t *testing.T) {
	var s Sums
	for _, x := range []float64{.7, -1.6, -.2, -1.2, -.1, 3.4, 3.7, .8, 0, 2} {
		s = s.Add(Sums{1, 1, 1, x, x * x})
	}
	e := Mean(s, -10, 10)
	near(t, "mean", e.Value, .75, 1e-12)
	near(t, "low", e.Low, -.5297804, 1e-6)
	near(t, "high", e.High, 2.0297804, 1e-6)
	if e = Mean(s, 0, 2); e.Low != 0 || e.High != 2 {
		t.Errorf("the interval leaves the scale: %+v", e)
	}
}

// Garwood (1936): of no event up to 3.689, of ten 4.795 to 18.390.
func TestRateInterval(t *testing.T) {
	near(t, "none", Rate(0, 1).High, 3.688879, 1e-5)
	near(t, "ten, low", Rate(10, 1).Low, 4.795389, 1e-5)
	near(t, "ten, high", Rate(10, 2).High, 18.390356/2, 1e-5)
}

// Kish's number by a hand-made case: weights 1, 1 and 2 count as 16/6 answers.
func TestEffectiveNumber(t *testing.T) {
	s := Sums{N: 3, W: 4, W2: 6}
	near(t, "effective", s.Effective(), 16.0/6, 1e-12)
	if (Sums{}).Effective() != 0 {
		t.Error("nobody counts as somebody")
	}
}

// Equal weights, of any size, say the same as none; estimates lie within their intervals,
// but for the NPS, whose interval is centred nearer to 0.
func TestWeightsAndOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		counts := map[float64]int64{}
		for _, x := range []float64{-1, 0, 1} {
			counts[x] = rapid.Int64Range(0, 500).Draw(rt, "n")
		}
		s := sums(counts)
		k := rapid.Float64Range(.001, 1000).Draw(rt, "weight")
		w := Sums{s.N, k * s.W, k * k * s.W2, k * s.X, k * s.X2}
		yes := sums(map[float64]int64{1: counts[1], 0: counts[0]})
		for _, pair := range [][2]Estimate{{NPS(s), NPS(w)}, {Mean(s, -1, 1), Mean(w, -1, 1)}, {Share(yes), Share(yes)}} {
			a, b := pair[0], pair[1]
			for _, d := range []float64{a.Value - b.Value, a.Low - b.Low, a.High - b.High} {
				if math.Abs(d) > 1e-6 {
					rt.Fatalf("%+v, weighted by %g %+v", a, k, b)
				}
			}
			if a.Low > a.High || a.Value < -1 || a.Value > 1 || a.Low < -1 || a.High > 1 {
				rt.Fatalf("%+v", a)
			}
		}
		if e := Share(yes); e.Low > e.Value || e.Value > e.High || e.Low < 0 {
			rt.Fatalf("%+v", e)
		}
	})
}

// Of no answer nothing can be told, of one no interval.
func TestNothingIsUnknown(t *testing.T) {
	for _, e := range []Estimate{NPS(Sums{}), Share(Sums{}), Mean(Sums{}, 1, 7), Rate(3, 0)} {
		if !math.IsNaN(e.Value) || !math.IsNaN(e.Low) || !math.IsNaN(e.High) {
			t.Errorf("%+v of nothing", e)
		}
	}
	if e := Mean(Sums{1, 1, 1, 4, 16}, 1, 7); e.Value != 4 || !math.IsNaN(e.Low) {
		t.Errorf("%+v of one answer", e)
	}
}

// Medians of times of which some still run are those of the distribution they come from;
// leaving out the ones that run would not be.
func TestMedianOfCensoredTimes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 9))
	var all, ended []retention.Spell
	for range 20000 {
		end, seen := r.ExpFloat64(), 2*r.Float64()
		s := retention.Spell{Exit: min(end, seen), Left: end <= seen, N: 1}
		if all = append(all, s); s.Left {
			ended = append(ended, s)
		}
	}
	e, err := Median(all)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "median", e.Value, math.Ln2, .02)
	if !(e.Low < math.Ln2 && math.Ln2 < e.High && e.High-e.Low < .06) {
		t.Errorf("interval %+v", e)
	}
	if naive, err := Median(ended); err != nil || naive.Value > .55 {
		t.Errorf("the trap is not there: %+v, %v", naive, err)
	}
}

func TestMedianThatIsNotReached(t *testing.T) {
	e, err := Median([]retention.Spell{{Exit: 1, Left: true, N: 1}, {Exit: 2, N: 9}})
	if err != nil || !math.IsNaN(e.Value) || !math.IsNaN(e.High) {
		t.Errorf("%+v, %v", e, err)
	}
	if e, err = Median(nil); err != nil || !math.IsNaN(e.Value) {
		t.Errorf("%+v, %v", e, err)
	}
	if _, err = Median([]retention.Spell{{Exit: -1, N: 1}}); err == nil {
		t.Error("a spell that contradicts itself passes")
	}
	e, err = Median([]retention.Spell{{Exit: 1, Left: true, N: 5}, {Exit: 2, Left: true, N: 5}})
	if err != nil || e.Value != 1 || e.Low != 1 || e.High != 2 {
		t.Errorf("%+v, %v", e, err)
	}
}
