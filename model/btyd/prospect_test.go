package btyd

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/mathx"
	"pgregory.net/rapid"
)

// What is foreseen of cells is what the model says of each.
func TestForesee(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(Kinds()).Draw(t, "kind")
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		cells := make([]Cell, 12)
		for i := range cells {
			age := 1 + rng.IntN(700)
			cells[i] = Cell{T: age, N: 1}
			if rng.IntN(2) > 0 {
				cells[i].X, cells[i].Tx = 1+rng.IntN(min(age, 8)), age-rng.IntN(age)
				cells[i].X = min(cells[i].X, cells[i].Tx)
			}
		}
		g, err := NewGrid(cells)
		if err != nil {
			t.Fatal(err)
		}
		theta := make([]float64, parametersOf(kind))
		for i := range theta {
			theta[i] = .3 + 2*rng.Float64()
		}
		theta[1] *= 10
		a := Ahead{Sums: []Sum{{.003, 13}, {.003, 260}, {.003, math.Inf(1)}, {0, 13}}, Weeks: 13}
		var got Prospects
		f := kind.Restore(&fit.Estimate{Theta: theta})
		m := f.At(theta)
		f.Foresee(g, theta, a, &got, &Workspace{})
		for i := range g.Len() {
			h := g.history(i)
			near := func(what string, got, want float64) {
				if math.Abs(got-want) > 1e-8*math.Abs(want)+1e-13 {
					t.Fatalf("%s %v %+v: %s %.12g, want %.12g", kind.Name, theta, h, what, got, want)
				}
			}
			near("P(alive)", math.Exp(got.LogAlive[i]), m.PAlive(h))
			for k, sum := range a.Sums {
				near("DET", got.DET[k][i], m.DET(h, sum.Delta, sum.Horizon))
			}
			near("P(stays)", math.Exp(got.LogStays[i]), m.PAlive(h)*survives(m, h, a.Weeks))
		}
	})
}

func parametersOf(k Kind) int {
	switch k.Key {
	case "nbd":
		return 2
	case "exponential_nbd", "pareto_poisson", "nbd_leavers":
		return 3
	}
	return 4
}

// survives is the probability that a customer alive is one still, weeks on. With a rate
// Gamma(r+x, α+T) and a share p of purchases after which customers leave, Beta(a, b+n), it
// is the mean of e^−λp·weeks, a 2F1; regular purchases have no such form.
func survives(m Model, h History, weeks float64) float64 {
	switch m := m.(type) {
	case ParetoNBD:
		return m.Survival(h.T, weeks)
	case staged:
		p := m.core()
		if p.k > 1 {
			return p.survivesByPurchases(h, weeks)
		}
		return math.Exp(mathx.LogHyp2F1(p.r+h.X, p.a, p.a+p.b+h.X+p.first, -weeks/(p.alpha+h.T)))
	case lasting:
		return m.survival(h, weeks)
	}
	return math.NaN()
}

// survivesByPurchases is the mean of the probability of staying over the purchases that a
// customer who cannot leave would make.
func (p betaGeometric) survivesByPurchases(h History, weeks float64) float64 {
	forever := betaGeometric{p.r, p.alpha, 1e-200, 1, 0, p.k}
	o := forever.orders(h, 0, weeks)
	b := p.b + h.X + p.first
	sum := 0.0
	for n, share := range o.P {
		sum += share * math.Exp(mathx.LgammaDiff(b, float64(n))-mathx.LgammaDiff(p.a+b, float64(n)))
	}
	return sum
}
