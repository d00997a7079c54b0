package text

import (
	"cmp"
	"math"
	"slices"
)

// Count is how many comments of two groups, and of all comments, those of neither included,
// hold a term.
type Count struct {
	Term      string
	A, B, All float64
}

// Odds is how much more one group holds a term than another.
type Odds struct {
	Count
	LogOdds float64 // natural logarithm of the ratio of odds; above 0: more in A
	Z       float64 // of LogOdds, from 0: normal where the groups do not differ
}

// The prior weighs as much as a tenth of what both groups say, and at most as this many
// occurrences of terms: the more, the less a rare term says.
const (
	priorShare = 0.1
	mostPrior  = 500
)

// Compare tells for each term how the groups differ, most of A first: log-odds with an
// informative Dirichlet prior, by the frequency of each term in all comments (Monroe, Colaresi
// and Quinn 2008, "Fightin' Words", equations 16, 18 and 22).
func Compare(counts []Count) []Odds {
	var a, b, all float64
	for _, c := range counts {
		a, b, all = a+c.A, b+c.B, all+c.All
	}
	weight := min(mostPrior, priorShare*(a+b))
	out := make([]Odds, 0, len(counts))
	for _, c := range counts {
		if c.All <= 0 || weight == 0 {
			continue
		}
		prior := weight * c.All / all
		o := Odds{Count: c, LogOdds: logOdds(c.A, a, prior, weight) - logOdds(c.B, b, prior, weight)}
		o.Z = o.LogOdds / math.Sqrt(1/(c.A+prior)+1/(c.B+prior))
		out = append(out, o)
	}
	slices.SortFunc(out, func(x, y Odds) int { return cmp.Or(cmp.Compare(y.Z, x.Z), cmp.Compare(x.Term, y.Term)) })
	return out
}

// logOdds is of y among n occurrences. Where there is one term alone, its odds are without
// bound, and so is the difference undefined: it is taken as 0.
func logOdds(y, n, prior, weight float64) float64 {
	rest := n + weight - y - prior
	if rest <= 0 {
		return 0
	}
	return math.Log((y + prior) / rest)
}
