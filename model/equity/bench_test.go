package equity

import (
	"fmt"
	"math"
	"math/rand/v2"
	"syscall"
	"testing"

	"github.com/clientele/clientele/model/btyd"
	"github.com/clientele/clientele/model/internal/cdnow"
	"github.com/clientele/clientele/model/spend"
)

// invented makes a million customers' rows with three groups, in cells that a
// two-year base has, and fits of it.
func invented(b testing.TB, n int) (*btyd.ParetoNBDFit, *spend.Fit, []Row) {
	rng := rand.New(rand.NewPCG(1, 1))
	type key struct{ x, tx, t, group int }
	at := map[key]int{}
	var rows []Row
	bins := map[[2]int]int{}
	var money []spend.Row
	for range n {
		k := key{t: 10 + rng.IntN(720), group: rng.IntN(3)}
		rate, left := rng.ExpFloat64()/84, math.Min(float64(k.t), rng.ExpFloat64()*200/rng.ExpFloat64())
		mean, z := 30*math.Exp(.6*rng.NormFloat64()), 0.0
		for day := rng.ExpFloat64() / rate; day < left; day += rng.ExpFloat64() / rate {
			if d := int(math.Ceil(day)); d > k.tx {
				k.x, k.tx = k.x+1, min(d, k.t)
				z += mean * math.Exp(.4*rng.NormFloat64())
			}
		}
		i, ok := at[k]
		if !ok {
			i = len(rows)
			at[k], rows = i, append(rows, Row{X: k.x, Tx: k.tx, T: k.t, XG: k.x, Group: k.group})
		}
		rows[i].N++
		rows[i].SumZ += z
		if k.x > 0 {
			m := [2]int{k.x, int(math.Log(z) * 512)}
			j, ok := bins[m]
			if !ok {
				j = len(money)
				bins[m], money = j, append(money, spend.Row{X: k.x})
			}
			money[j].N++
			money[j].SumZ += z
		}
	}
	cells := make([]btyd.Cell, len(rows))
	for i, r := range rows {
		cells[i] = btyd.Cell{X: r.X, Tx: r.Tx, T: r.T, N: r.N}
	}
	p, err := btyd.FitParetoNBD(cells, btyd.Options{})
	if err != nil {
		b.Fatal(err)
	}
	m, err := spend.FitGammaGamma(money, spend.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d rows, %d spend rows, %+v %+v", len(rows), len(money), p.Params, m.Params)
	return p, m, rows
}

// The worth with its interval costs less than the fit (issue 3, must hold 6): bases
// of one and ten million customers in turn, each with its fit.
func BenchmarkFitAndWorth(b *testing.B) {
	for _, n := range []int{1_000_000, 10_000_000} {
		p, m, rows := invented(b, n)
		cells := make([]btyd.Cell, len(rows))
		for i, r := range rows {
			cells[i] = btyd.Cell{X: r.X, Tx: r.Tx, T: r.T, N: r.N}
		}
		regular, err := btyd.FitMBGCNBD(cells, 2, btyd.Options{})
		if err != nil {
			b.Fatal(err)
		}
		measure := func(name string, f func() error) {
			b.Run(fmt.Sprintf("%dM/%s", n/1_000_000, name), func(b *testing.B) {
				b.ReportAllocs()
				before := cpuSeconds()
				for b.Loop() {
					if err := f(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric((cpuSeconds()-before)*1000/float64(b.N), "cpu-ms/op")
				b.ReportMetric(float64(len(rows)), "rows")
			})
		}
		o := published
		o.Draws = 1000
		worth := func(p Purchases) func() error {
			return func() error {
				r, err := Evaluate(p, m, rows, o)
				if err == nil && r.Method != Surface {
					err = fmt.Errorf("%s, error %g", r.Method, r.SurfaceError)
				}
				return err
			}
		}
		measure("Pareto/NBD fit", func() error { _, err := btyd.FitParetoNBD(cells, btyd.Options{}); return err })
		measure("Pareto/NBD worth", worth(p))
		measure("MBG/CNBD-2 fit", func() error { _, err := btyd.FitMBGCNBD(cells, 2, btyd.Options{}); return err })
		measure("MBG/CNBD-2 worth", worth(regular))
	}
}

// cpuSeconds is what the process has used, on all cores: steadier than wall time
// on a shared machine.
func cpuSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// The CDNOW sample, where every draw is exact.
func BenchmarkEvaluateSample(b *testing.B) {
	p, m, rows := fitBoth(b, cdnow.Load(b, cdnow.Sample).At("1997-09-30", "1998-06-30"))
	for b.Loop() {
		if _, err := Evaluate(p, m, rows, published); err != nil {
			b.Fatal(err)
		}
	}
}
