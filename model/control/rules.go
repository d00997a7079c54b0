package control

import (
	"math"
	"math/bits"

	"gonum.org/v1/gonum/mat"
)

// Rule is a pattern that chance seldom makes, or several of them, joined by |.
type Rule uint8

// The rules of the Western Electric Statistical Quality Control Handbook, 1956.
const (
	Beyond     Rule = 1 << iota // one point beyond three sigma
	TwoOfThree                  // two of three beyond two sigma on one side
	FourOfFive                  // four of five beyond one sigma on one side
	Eight                       // eight in a row on one side
)

// WesternElectric is all four rules.
const WesternElectric = Beyond | TwoOfThree | FourOfFive | Eight

// Signal is a point that completes a pattern.
type Signal struct {
	At   int // index of the point
	Rule Rule
	High bool // above the centre
}

// Signals finds the patterns of some rules in standardised points, by point, then rule.
// A point on the centre is on neither side; NaN is no point at all and ends every pattern.
func Signals(z []float64, rules Rule) (out []Signal) {
	var seen sides
	for i, v := range z {
		if math.IsNaN(v) {
			seen = sides{}
			continue
		}
		for fired := seen.see(v) & rules; fired != 0; fired &= fired - 1 {
			out = append(out, Signal{i, fired & -fired, v > 0})
		}
	}
	return out
}

// sides is what rules remember of the points so far: one bit a point, the latest lowest.
type sides struct {
	above, below side
}

type side struct {
	two, one uint8 // the last 3 beyond two sigma, the last 5 beyond one
	run      uint8 // how many in a row, at most 8
}

// see takes one more point, and returns the rules that it completes.
func (s *sides) see(z float64) Rule { return s.above.see(z) | s.below.see(-z) }

func (s *side) see(z float64) (fired Rule) {
	s.two, s.one = s.two<<1&0b111, s.one<<1&0b11111
	if z <= 0 {
		s.run = 0
		return 0
	}
	s.run = min(s.run+1, 8)
	if z > 3 {
		fired |= Beyond
	}
	if z > 2 {
		s.two |= 1
	}
	if z > 1 {
		s.one |= 1
	}
	if z > 2 && bits.OnesCount8(s.two) >= 2 {
		fired |= TwoOfThree
	}
	if z > 1 && bits.OnesCount8(s.one) >= 4 {
		fired |= FourOfFive
	}
	if s.run == 8 {
		fired |= Eight
	}
	return fired
}

// forgotten leaves out what none of the rules still looks at, so that there are few states.
func (s sides) forgotten(rules Rule) sides {
	for _, side := range []*side{&s.above, &s.below} {
		side.two &= 0b11
		side.one &= 0b1111
		if rules&TwoOfThree == 0 {
			side.two = 0
		}
		if rules&FourOfFive == 0 {
			side.one = 0
		}
		if rules&Eight == 0 {
			side.run = 0
		}
	}
	return s
}

// zones are one point of each stretch between whole sigmas, with where the stretch begins.
var zones = [...]struct{ point, from, to float64 }{
	{-3.5, math.Inf(-1), -3}, {-2.5, -3, -2}, {-1.5, -2, -1}, {-.5, -1, 0},
	{.5, 0, 1}, {1.5, 1, 2}, {2.5, 2, 3}, {3.5, 3, math.Inf(1)},
}

// RunLength is the expected number of independent normal points up to the first signal, with
// limits known and the mean shift sigma off the centre: with shift 0, how many points a false
// alarm takes. The rules are a Markov chain whose states are what they remember (Champ and
// Woodall, Technometrics 29, 1987). +Inf without a rule.
func RunLength(rules Rule, shift float64) float64 {
	if rules &= WesternElectric; rules == 0 {
		return math.Inf(1)
	}
	number := map[sides]int{{}: 0}
	states := []sides{{}}
	var moves [][3]float64 // from, to, probability
	for i := 0; i < len(states); i++ {
		for _, zone := range zones {
			next := states[i]
			if next.see(zone.point)&rules != 0 {
				continue
			}
			next = next.forgotten(rules)
			to, known := number[next]
			if !known {
				to = len(states)
				number[next], states = to, append(states, next)
			}
			moves = append(moves, [3]float64{float64(i), float64(to), normal(zone.to-shift) - normal(zone.from-shift)})
		}
	}
	m := mat.NewDense(len(states), len(states), nil)
	for i := range states {
		m.Set(i, i, 1)
	}
	for _, move := range moves {
		i, j := int(move[0]), int(move[1])
		m.Set(i, j, m.At(i, j)-move[2])
	}
	return solveOnes(m)
}

// solveOnes is the first of the unknowns of m x = 1; NaN if there is no answer.
func solveOnes(m *mat.Dense) float64 {
	n, _ := m.Dims()
	ones := make([]float64, n)
	for i := range ones {
		ones[i] = 1
	}
	var x mat.VecDense
	if err := x.SolveVec(m, mat.NewVecDense(n, ones)); err != nil {
		return math.NaN()
	}
	return x.AtVec(0)
}

// normal is the standard normal distribution function.
func normal(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
