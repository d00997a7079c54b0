// Package seeds begins fuzzing of properties where they can be tried: with bytes
// enough for all that a property draws. From an empty corpus most inputs end before
// the first check.
package seeds

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
)

// Add gives f inputs of random bytes, the same ones always.
func Add(f *testing.F) {
	const inputs, words = 16, 512
	rng := rand.New(rand.NewPCG(1, 1))
	for range inputs {
		var data []byte
		for range words {
			data = binary.LittleEndian.AppendUint64(data, rng.Uint64())
		}
		f.Add(data)
	}
}
