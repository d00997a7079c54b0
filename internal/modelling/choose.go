package modelling

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/clientele/clientele"
)

// choose ranks candidates by CRPS, best first and refused ones last, gives each its
// verdict, and says why the chosen one is: of those whose score is within one paired
// standard error of the best, the one whose total is the least off (statistics,
// section 1). The floor is never chosen. Behind and BehindSE are against the best
// candidate but the floor. ok is false if there is none to choose.
func choose(candidates []clientele.ModelCandidate) (ranked []clientele.ModelCandidate, reasons []string, ok bool) {
	ranked = slices.Clone(candidates)
	slices.SortStableFunc(ranked, func(a, b clientele.ModelCandidate) int { return cmp.Compare(score(a), score(b)) })
	best, chosen := -1, -1
	for i := range ranked {
		c := &ranked[i]
		switch {
		case c.CRPS == nil:
			c.Verdict = clientele.CandidateRefused
			continue
		case c.Model == floorModel:
			c.Verdict, c.Words = clientele.CandidateFloor, "The floor: nobody ever leaves in it, and it is not chosen."
			continue
		case *c.Behind > *c.BehindSE:
			c.Verdict, c.Words = clientele.CandidateWorse, "Its score is worse than the best one's by more than chance explains."
			continue
		}
		c.Verdict, c.Words = clientele.CandidateEqual, "Its score is within chance of the best one's, but its total is further off."
		if best < 0 {
			best = i
		}
		if chosen < 0 || math.Abs(*c.Bias) < math.Abs(*ranked[chosen].Bias) {
			chosen = i
		}
	}
	if chosen < 0 {
		return ranked, []string{"No candidate could be fitted to every window."}, false
	}
	ranked[chosen].Verdict = clientele.CandidateChosen
	ranked[chosen].Words = "Of those that score best, its total is the least off."
	return ranked, why(ranked, best, chosen), true
}

func score(c clientele.ModelCandidate) float64 {
	if c.CRPS == nil {
		return math.Inf(1)
	}
	return *c.CRPS
}

// why says how the chosen candidate stands to the others.
func why(ranked []clientele.ModelCandidate, best, chosen int) []string {
	c := ranked[chosen]
	equals, worse := named(ranked, clientele.CandidateEqual), named(ranked, clientele.CandidateWorse)
	var out []string
	switch {
	case len(equals) == 0 && len(worse) == 0:
		out = append(out, fmt.Sprintf("%s is the only candidate that could be fitted to every window.", c.Name))
	case len(equals) == 0:
		out = append(out, fmt.Sprintf("%s foretold single customers better than every other candidate, by more than chance explains.", c.Name))
	case best == chosen:
		out = append(out, fmt.Sprintf("%s foretold single customers best; %s did as well within one standard error, but missed the total by more.", c.Name, clientele.Listed(equals, "and")))
	default:
		side := "more"
		if *c.Bias < 0 {
			side = "less"
		}
		out = append(out, fmt.Sprintf("%s foretold single customers equally well within one standard error, so the total decides: %s missed it least, expecting %.1f %% %s.",
			clientele.Listed(append([]string{c.Name}, equals...), "and"), c.Name, 100*math.Abs(*c.Bias), side))
	}
	for _, f := range ranked {
		if f.Verdict == clientele.CandidateFloor && *f.CRPS <= *c.CRPS {
			out = append(out, fmt.Sprintf("It did no better than the %s, in which nobody ever leaves: the records do not show who has left.", f.Name))
		}
	}
	if refused := named(ranked, clientele.CandidateRefused); len(refused) > 0 {
		out = append(out, fmt.Sprintf("Left out, since they could not be fitted to every window: %s.", clientele.Listed(refused, "and")))
	}
	return out
}

func named(ranked []clientele.ModelCandidate, v clientele.CandidateVerdict) []string {
	var out []string
	for _, c := range ranked {
		if c.Verdict == v {
			out = append(out, c.Name)
		}
	}
	return out
}
