package fit

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

// Replicates are the estimates of a bootstrap.
type Replicates struct {
	Theta  [][]float64 // one per replicate that ended, natural scale
	AtEdge int         // of these, ended where the likelihood still rose: at a limit of the model
	Failed int         // replicates that did not settle and are left out
}

// bootstrapGain is the log-likelihood that a settled replicate may still promise:
// it lies within 1e−4 standard errors of its maximum.
const bootstrapGain = 1e-8

// Bootstrap returns the estimates of n replicates of the Bayesian bootstrap (Rubin,
// Annals of Statistics 9, 1981): every customer weighs Exponential(1) in place of
// 1, and so a cell of N customers Gamma(N). e is the accepted estimate of the
// problem that weighs its cells by weights, and from which the searches begin;
// problem gives it under others. The same seed gives the same bits.
func Bootstrap(e *Estimate, weights []float64, problem func(weights []float64) Problem, n int, seed uint64) *Replicates {
	out := &Replicates{}
	b, _ := e.curvatureModel()
	w := make([]float64, len(weights))
	for k := range n {
		reweigh(w, weights, rand.NewPCG(seed, uint64(k)))
		p := problem(w)
		q := &scaled{Problem: p, target: bootstrapGain / p.Weight, box: boxLog}
		s, end := q.minimise(logs(e.Theta), cloneSym(b))
		if end == stalled && !(s.promise() < doubtfulGain/p.Weight) {
			out.Failed++
			continue
		}
		if end == escaped {
			out.AtEdge++
		}
		out.Theta = append(out.Theta, exps(s.x))
	}
	return out
}

// reweigh draws a weight for every cell.
func reweigh(dst, weights []float64, src rand.Source) {
	for i, n := range weights {
		dst[i] = 0
		if n > 0 {
			dst[i] = distuv.Gamma{Alpha: n, Beta: 1, Src: src}.Rand()
		}
	}
}
