package btyd

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/internal/cdnow"
)

// Issue 3, must hold 4, bounded: random CDNOW subsamples are fitted, given a
// named limit or refused, and a second optimiser gains no more than 1e−6
// relative on what was accepted.
func TestSubsamplesAreFittedOrRefused(t *testing.T) {
	all := cellsOf(cdnow.Load(t, cdnow.Master).At("1997-09-30", "1998-06-30"))
	rng := rand.New(rand.NewPCG(1, 4))
	outcomes, runs := map[string]int{}, 30
	if testing.Short() {
		runs = 8
	}
	for range runs {
		cells := make([]Cell, 50+rng.IntN(951))
		for i := range cells {
			cells[i] = all[rng.IntN(len(all))]
		}
		f, err := FitParetoNBD(cells, Options{MinRepeaters: -1})
		if r, ok := fit.AsRefusal(err); ok {
			outcomes[string(r.Reason)+" "+r.Limit]++
			continue
		}
		outcomes["fitted"]++
		g, err := NewGrid(cells)
		if err != nil {
			t.Fatal(err)
		}
		if gain := gains(g.problem(), f.Estimate); gain > 1e-6*math.Abs(f.LogLikelihood) {
			t.Errorf("%d customers: %+v gains %g", len(cells), f.Params, gain)
		}
	}
	t.Logf("%v", outcomes)
	if outcomes["fitted"] < runs/2 {
		t.Errorf("few fitted: %v", outcomes)
	}
}
