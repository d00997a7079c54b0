package btyd

import (
	"math"
	"math/rand/v2"
)

// simulated draws n customers born over births days and observed to day end, at
// day resolution, and groups them to cells.
func simulated(p ParetoNBD, n, births, end int, seed uint64) []Cell {
	rng := rand.New(rand.NewPCG(seed, 1))
	type key struct{ x, tx, t int }
	count := map[key]float64{}
	for range n {
		first := rng.IntN(births)
		lambda, mu := gamma(rng, p.R)/p.Alpha/7, gamma(rng, p.S)/p.Beta/7
		age := end - first
		left := math.Min(float64(age), rng.ExpFloat64()/mu)
		k := key{t: age}
		for at := rng.ExpFloat64() / lambda; at < left; at += rng.ExpFloat64() / lambda {
			if day := int(math.Ceil(at)); day > k.tx {
				k.x, k.tx = k.x+1, min(day, age)
			}
		}
		count[k]++
	}
	cells := make([]Cell, 0, len(count))
	for k, n := range count {
		cells = append(cells, Cell{k.x, k.tx, k.t, n})
	}
	return cells
}

// gamma draws from Gamma(shape, 1): Marsaglia and Tsang, ACM TOMS 26 (2000).
func gamma(rng *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return gamma(rng, shape+1) * math.Pow(rng.Float64(), 1/shape)
	}
	d := shape - 1.0/3
	for {
		z := rng.NormFloat64()
		v := 1 + z/math.Sqrt(9*d)
		if v = v * v * v; v > 0 && math.Log(rng.Float64()) < z*z/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

// simulatedBetaGeometric is simulated for the beta-geometric models: leaving
// happens after a purchase, at day resolution.
func simulatedBetaGeometric(p betaGeometric, n, births, end int, seed uint64) []Cell {
	rng := rand.New(rand.NewPCG(seed, 2))
	cells := make([]Cell, n)
	for i := range cells {
		c := Cell{T: end - rng.IntN(births), N: 1}
		lambda := gamma(rng, p.r) / p.alpha / 7
		u, v := gamma(rng, p.a), gamma(rng, p.b)
		leave := u / (u + v)
		gone := p.first == 1 && rng.Float64() < leave
		for at := rng.ExpFloat64() / lambda; !gone && at <= float64(c.T); at += rng.ExpFloat64() / lambda {
			if day := int(math.Ceil(at)); day > c.Tx {
				c.X, c.Tx = c.X+1, min(day, c.T)
				gone = rng.Float64() < leave
			}
		}
		cells[i] = c
	}
	return cells
}
