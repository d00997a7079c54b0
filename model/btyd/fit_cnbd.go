package btyd

import (
	"fmt"

	"github.com/clientele/clientele/model/fit"
)

func bgcnbdFamily(k int) family[BGCNBD] {
	return family[BGCNBD]{
		name: fmt.Sprintf("BG/CNBD-%d", k), names: betaGeometricNames,
		of:     func(v []float64) BGCNBD { return BGCNBD{k, v[0], v[1], v[2], v[3]} },
		add:    func(p BGCNBD, g *Grid, c *chunk, sum []float64) { p.core().add(g, c, sum) },
		starts: regularStarts(k), limit: regularLimit(k), perLogGap: float64(k - 1),
	}
}

func mbgcnbdFamily(k int) family[MBGCNBD] {
	return family[MBGCNBD]{
		name: fmt.Sprintf("MBG/CNBD-%d", k), names: betaGeometricNames,
		of:     func(v []float64) MBGCNBD { return MBGCNBD{k, v[0], v[1], v[2], v[3]} },
		add:    func(p MBGCNBD, g *Grid, c *chunk, sum []float64) { p.core().add(g, c, sum) },
		starts: regularStarts(k), limit: regularLimit(k), perLogGap: float64(k - 1),
	}
}

// FitBGCNBD fits cells by maximum likelihood, for a given k. The error is a
// *fit.Refusal: see FitParetoNBD; BadInput also for a k that is not 1 to
// MaxRegularity.
func FitBGCNBD(cells []Cell, k int, o Options) (*Fit[BGCNBD], error) {
	return fitRegular(bgcnbdFamily(k), k, cells, o)
}

// FitMBGCNBD fits cells by maximum likelihood, for a given k: see FitBGCNBD.
func FitMBGCNBD(cells []Cell, k int, o Options) (*Fit[MBGCNBD], error) {
	return fitRegular(mbgcnbdFamily(k), k, cells, o)
}

func fitRegular[M Model](f family[M], k int, cells []Cell, o Options) (*Fit[M], error) {
	if k < 1 || k > MaxRegularity {
		return nil, &fit.Refusal{
			Reason: fit.BadInput, Model: f.name,
			Message: fmt.Sprintf("A regularity of %d is asked for.", k), Hint: fmt.Sprintf("Ask for 1 to %d.", MaxRegularity),
		}
	}
	return f.fit(cells, o)
}

// regularStarts are those of k = 1 with stages k times as frequent.
func regularStarts(k int) func(g *Grid) [][]float64 {
	return func(g *Grid) [][]float64 {
		out := g.betaGeometricStarts()
		for _, v := range out {
			v[1] /= float64(k)
		}
		return out
	}
}

// regularLimit names the edges as those of k = 1, which are the same but for
// regularity.
func regularLimit(k int) func(logTheta []float64) (limit, message, hint string) {
	return func(x []float64) (string, string, string) {
		limit, message, hint := betaGeometricLimit(x)
		return fmt.Sprintf("%s, with purchases at every stage %d", limit, k), message, hint
	}
}
