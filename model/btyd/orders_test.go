package btyd

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clientele/clientele/model/internal/cdnow"
	"pgregory.net/rapid"
)

// Statistics, section 1: predictive sets of 90 % for the 39 weeks after the
// calibration. A width is the largest count less the smallest.
func TestPredictiveSetsOfCDNOW(t *testing.T) {
	for _, c := range []struct {
		file            string
		covers, width   float64
		central, middle float64
		crps            float64
	}{
		{cdnow.Sample, .890, 1.61, .951, 2.69, .51066},
		{cdnow.Master, .884, 1.70, .946, 2.71, .53949},
	} {
		if c.file == cdnow.Master && testing.Short() {
			continue
		}
		cs, cells := at(t, c.file)
		f, err := FitParetoNBD(cells, Options{})
		if err != nil {
			t.Fatal(err)
		}
		known := map[Cell]Orders{}
		var covered, width, within, middle, crps float64
		for i, cell := range cells {
			o, ok := known[cell]
			if !ok {
				o = f.Params.Orders(cell.History(), 0, 39)
				known[cell] = o
			}
			lo, hi, ok := o.Shortest(.9)
			if !ok {
				t.Fatalf("%+v has no set", cell)
			}
			if lo <= cs[i].Future && cs[i].Future <= hi {
				covered++
			}
			width += float64(hi - lo)
			lo, _ = o.Quantile(.05)
			hi, _ = o.Quantile(.95)
			if lo <= cs[i].Future && cs[i].Future <= hi {
				within++
			}
			middle += float64(hi - lo)
			crps += o.CRPS(cs[i].Future)
		}
		n := float64(len(cs))
		near(t, c.file+" coverage", covered/n, c.covers, 6e-4)
		near(t, c.file+" mean width", width/n, c.width, 6e-3)
		near(t, c.file+" coverage of the central interval", within/n, c.central, 6e-4)
		near(t, c.file+" mean width of the central interval", middle/n, c.middle, 6e-3)
		near(t, c.file+" CRPS", crps/n, c.crps, 6e-6)
	}
}

// Mean and variance are those of the moments, and the probabilities sum to one.
func TestOrdersHaveTheirMoments(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one := func(name string, lo, hi float64) float64 {
			return math.Pow(10, rapid.Float64Range(lo, hi).Draw(t, name))
		}
		p := ParetoNBD{one("r", -2, 2), one("alpha", -1, 2.5), one("s", -2, 1.5), one("beta", -2, 3)}
		age := one("T", -1, 2.5)
		h := History{X: float64(rapid.IntRange(0, 60).Draw(t, "x")), T: age}
		if h.X > 0 {
			h.Tx = age * rapid.Float64Range(0, 1).Draw(t, "tx/T")
		}
		weeks := one("weeks", -1, 2)
		o := p.Orders(h, 0, weeks)
		if len(o.P) == maxOrders {
			return
		}
		sum, square := o.Beyond, 0.0
		for k, v := range o.P {
			if !(v >= 0) {
				t.Fatalf("P(%d) = %g", k, v)
			}
			sum += v
			square += float64(k*k) * v
		}
		if math.Abs(sum-1) > 1e-9 || o.Beyond > 1e-8 {
			t.Fatalf("%+v %+v: sum %.12g, beyond %g", p, h, sum, o.Beyond)
		}
		mean, variance := p.ExpectedOrders(h, weeks), p.VarianceOrders(h, weeks)
		if math.Abs(o.Mean()-mean) > 1e-7*(1+mean) {
			t.Fatalf("%+v %+v in %g: mean %.12g, want %.12g", p, h, weeks, o.Mean(), mean)
		}
		if got := square - o.Mean()*o.Mean(); math.Abs(got-variance) > 1e-5*(1+variance) {
			t.Fatalf("%+v %+v in %g: variance %.12g, want %.12g", p, h, weeks, got, variance)
		}
	})
}

// A later window after an earlier one: means add up, and the distribution is that
// of simulated customers who are alive at the start.
func TestOrdersOfALaterWindow(t *testing.T) {
	h := History{3, 20, 40}
	whole, first, second := cdnowMLE.Orders(h, 0, 30), cdnowMLE.Orders(h, 0, 10), cdnowMLE.Orders(h, 10, 30)
	near(t, "mean", first.Mean()+second.Mean(), whole.Mean(), 1e-8)
	rng := rand.New(rand.NewPCG(3, 9))
	const n = 200_000
	counts := make([]float64, 5)
	for range n {
		if rng.Float64() > cdnowMLE.PAlive(h) {
			counts[0]++
			continue
		}
		lambda := gamma(rng, cdnowMLE.R+h.X) / (cdnowMLE.Alpha + h.T)
		left := rng.ExpFloat64() / (gamma(rng, cdnowMLE.S) / (cdnowMLE.Beta + h.T))
		k := 0
		for at := 10 + rng.ExpFloat64()/lambda; at < math.Min(30, left); at += rng.ExpFloat64() / lambda {
			k++
		}
		if k < len(counts) {
			counts[k]++
		}
	}
	for k, c := range counts {
		near(t, "share of a count", c/n, second.P[k], 4*math.Sqrt(second.P[k]/n))
	}
}

func TestOrdersOverExtremeRanges(t *testing.T) {
	n := 0
	extremes(func(p ParetoNBD, h History) {
		if n++; n%397 != 0 {
			return
		}
		o := p.Orders(h, 0, 39)
		if len(o.P) == 0 || !(o.None() >= 0 && o.None() <= 1) || !(o.Beyond >= 0 && o.Beyond <= 1) {
			t.Errorf("%+v %+v: none %g, beyond %g", p, h, o.None(), o.Beyond)
		}
		sum := 0.0
		for _, v := range o.P {
			sum += v
		}
		if !(sum <= 1+1e-6) || len(o.P) < maxOrders && sum < 1-1e-6 {
			t.Errorf("%+v %+v: probabilities sum to %.12g", p, h, sum)
		}
	})
}

func TestOrdersReadOut(t *testing.T) {
	o := Orders{P: []float64{.5, .05, .3, .1}, Beyond: .05}
	for _, c := range []struct {
		mass   float64
		lo, hi int
	}{{.5, 0, 0}, {.35, 0, 0}, {.55, 0, 1}, {.75, 0, 2}, {.9, 0, 3}} {
		if lo, hi, ok := o.Shortest(c.mass); !ok || lo != c.lo || hi != c.hi {
			t.Errorf("shortest of %g: %d to %d", c.mass, lo, hi)
		}
	}
	if _, _, ok := o.Shortest(.99); ok {
		t.Error("a set of more than there is")
	}
	if k, ok := o.Quantile(.55); !ok || k != 1 {
		t.Errorf("quantile %d", k)
	}
	if _, ok := o.Quantile(.96); ok {
		t.Error("a quantile beyond")
	}
	near(t, "mean", o.Mean(), .95, 1e-15)
	near(t, "CRPS within", o.CRPS(1), .25+.45*.45+.15*.15+.05*.05, 1e-15)
	near(t, "CRPS beyond", o.CRPS(6), .25+.55*.55+.85*.85+.95*.95+2, 1e-15)
	near(t, "CRPS of one count", Orders{P: []float64{0, 0, 1}}.CRPS(5), 3, 1e-15)
	nothing := cdnowMLE.Orders(History{X: 2, Tx: 3, T: 4}, 0, 0)
	near(t, "none of no time", nothing.None(), 1, 1e-15)
	for _, bad := range []Orders{cdnowMLE.Orders(History{T: -1}, 0, 1), cdnowMLE.Orders(History{T: 1}, 2, 1), cdnowMLE.Orders(History{T: 1}, 0, math.Inf(1))} {
		if !math.IsNaN(bad.None()) || !math.IsNaN(bad.Mean()) {
			t.Errorf("outside the domain: %+v", bad)
		}
	}
}
