package fit

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
)

// bent is a random symmetric matrix, indefinite as a rule.
func bent(rng *rand.Rand) *mat.SymDense {
	b := mat.NewSymDense(3, nil)
	for i := range 3 {
		for j := range i + 1 {
			b.SetSym(i, j, rng.NormFloat64())
		}
	}
	return b
}
