package modelling

import (
	"fmt"
	"math"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/model/btyd"
)

// The bounds of the verdict are our own: no published ones exist. A total within
// a tenth is good enough to plan with, one off by more than a quarter is not.
const (
	goodBias = 0.10
	fairBias = 0.25
	farOff   = 2 // standard errors within which chance explains the difference
)

// leastCover is the share of customers below which the 90 % sets hold too few of
// them (issue 3 asks for 87 to 96 % on CDNOW).
const leastCover = 0.87

// judge says in plain words how the model did, and what to do; choice is the one
// behind the model, nil if it is the default.
func judge(r *btyd.HoldoutResult, choice *clientele.ModelChoice) clientele.ModelTrust {
	side := "more"
	if r.Bias < 0 {
		side = "fewer"
	}
	found := fmt.Sprintf("In %.0f weeks that it had not seen the model expected %.1f %% %s repeat purchases than were made", r.Weeks, 100*math.Abs(r.Bias), side)
	t := clientele.ModelTrust{Todo: []string{}}
	switch off := math.Abs(r.Bias); {
	case off <= goodBias:
		t.Verdict, t.Words = clientele.Trusted, found+": totals can be relied on."
	case off <= fairBias:
		t.Verdict, t.Words = clientele.Fair, found+": totals are roughly right."
	case math.Abs(r.Z()) <= farOff:
		t.Verdict, t.Words = clientele.Unchecked, found+", which chance can explain: there are too few purchases to judge it."
		t.Todo = append(t.Todo, "Import a longer record, or wait for more purchases, before you plan with its totals.")
	default:
		t.Verdict, t.Words = clientele.Rejected, found+": do not rely on its totals. Look for a change in how customers buy, or for seasons, over the year."
		t.Todo = append(t.Todo, afterRejection(choice))
	}
	if s := r.Sets[foretoldSet]; s.Covered < leastCover {
		t.Todo = append(t.Todo, fmt.Sprintf("Ranges for single customers are too narrow: those of %.0f %% held what %.0f %% of the customers bought. See by frequency for whom.", 100*s.Mass, 100*s.Covered))
	}
	return t
}

// foretoldSet is the place of the 90 % among the sets of a holdout.
const foretoldSet = 2

// afterRejection says what to do about a model that what came after contradicts.
func afterRejection(choice *clientele.ModelChoice) string {
	if choice == nil {
		return "See whether another model foretells these records better: compare the models (clientele model BOOK --compare, or the button on the model page)."
	}
	return fmt.Sprintf("It is the best of those compared as of %s: plan with the movements of the statement, which need no model, and not with the worth, until a later comparison finds a model that holds.", choice.AsOf)
}
