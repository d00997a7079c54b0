package fit

import (
	"errors"
	"fmt"
)

// Reason is the code of a refusal. Codes are stable; messages are not.
type Reason string

// Why there is no estimate.
const (
	// BadInput: a number that is not finite, is negative, or contradicts another.
	BadInput Reason = "bad_input"
	// TooFew: not enough observations that carry information.
	TooFew Reason = "too_few"
	// Identical: every observation is the same, so spread cannot be told.
	Identical Reason = "identical"
	// Limit: the likelihood rises towards the edge of the parameter space; the
	// data prefer the simpler model named in Refusal.Limit.
	Limit Reason = "limit"
	// Flat: a maximum so flat that the parameters cannot be told apart.
	Flat Reason = "flat"
	// NotConverged: the search ended before the gradient vanished.
	NotConverged Reason = "not_converged"
	// NotFinite: the likelihood is not a finite number where it was needed.
	NotFinite Reason = "not_finite"
	// NoMean: the fitted distribution has no mean (Gamma-Gamma with q ≤ 1).
	NoMean Reason = "no_mean"
)

// Refusal says why there is no estimate. It is an error, and a result: callers
// show Message and Hint as they stand.
type Refusal struct {
	Reason  Reason
	Model   string // the model that was fitted, for instance "Pareto/NBD"
	Message string // what is the matter, in plain words, one sentence
	Hint    string // what to do about it, one sentence
	Limit   string // for Limit: the simpler model that the data prefer
	// Last is where the search ended, for the curious: nil before any search.
	// It must not be used to predict.
	Last *Estimate
}

// Error gives the model, the message and the hint.
func (r *Refusal) Error() string {
	return fmt.Sprintf("%s: %s %s", r.Model, r.Message, r.Hint)
}

// AsRefusal finds the refusal in an error.
func AsRefusal(err error) (*Refusal, bool) {
	var r *Refusal
	ok := errors.As(err, &r)
	return r, ok
}
