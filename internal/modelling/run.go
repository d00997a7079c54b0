package modelling

import (
	"encoding/json"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/model/btyd"
	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/spend"
)

// Run is one model as fitted to the records as of a day, with its check. It is
// saved as it stands and independent of the book's settings.
type Run struct {
	ID          string
	AsOf        clientele.Date
	DataVersion string
	Customers   int64
	Repeaters   int64
	Cells       int64                 // distinct histories
	Estimate    *fit.Estimate         // what Purchases is made of again when it is read
	Purchases   btyd.Fitted           `json:"-"` // nil if refused
	Spend       *spend.Fit            // nil if refused; its Check is in Warnings
	Refused     string                // why nothing can be valued, and what to do; "" if it can
	Converged   bool                  // no search ended early
	Check       *clientele.ModelCheck // nil if the records do not allow one: a warning says why
	Trust       clientele.ModelTrust
	Warnings    []string
}

// Usable reports whether customers can be valued with the run.
func (r *Run) Usable() bool { return r.Refused == "" }

// UnmarshalJSON makes the fit of its estimate again.
func (r *Run) UnmarshalJSON(text []byte) error {
	type plain Run
	if err := json.Unmarshal(text, (*plain)(r)); err != nil || r.Estimate == nil {
		return err
	}
	kind, ok := btyd.KindOf(r.Estimate.Model)
	if !ok {
		return clientele.Errorf(clientele.CodeInternal, "a run of an unknown model, %q", r.Estimate.Model)
	}
	r.Purchases = kind.Restore(r.Estimate)
	return nil
}

// name is what statements call the model; where a part is refused the default's.
func (r *Run) name() string {
	purchases, money := defaultKind().Name, "Gamma-Gamma"
	if r.Estimate != nil {
		purchases = r.Estimate.Model
	}
	if r.Spend != nil {
		money = r.Spend.Estimate.Model
	}
	return purchases + " + " + money
}

// Report says which model it is and whether to trust it.
func (r *Run) Report() *clientele.ModelReport {
	m := &clientele.ModelReport{
		Name: r.name(), Run: r.ID, Customers: r.Customers, Cells: r.Cells, Converged: r.Converged && r.Purchases != nil, Refused: r.Refused,
		Parameters: map[string]map[string]float64{}, StandardErrors: map[string]map[string]float64{},
		Warnings: append([]string{}, r.Warnings...), Holdout: r.holdout(), Trust: r.Trust.Verdict,
	}
	if r.Estimate != nil {
		m.LogLikelihood = new(r.Estimate.LogLikelihood)
		m.Parameters[r.key()], m.StandardErrors[r.key()] = byName(r.Estimate)
		if k := r.kind().K; k > 0 {
			m.Parameters[r.key()]["k"] = float64(k) // given, not estimated
		}
	}
	if r.Spend != nil {
		m.Parameters[spendKey(r.Spend)], m.StandardErrors[spendKey(r.Spend)] = byName(r.Spend.Estimate)
	}
	return m
}

// kind is that of the model of purchases, the zero value if that is refused.
func (r *Run) kind() btyd.Kind {
	if r.Estimate == nil {
		return btyd.Kind{}
	}
	kind, _ := btyd.KindOf(r.Estimate.Model) // fitted or restored, so that it is one
	return kind
}

// key names the model of purchases where programs read it.
func (r *Run) key() string { return r.kind().Key }

// spendKey is the name of a spend model in lower case: gamma_gamma.
func spendKey(f *spend.Fit) string {
	return strings.NewReplacer("-", "_", " ", "_").Replace(strings.ToLower(f.Estimate.Model))
}

func byName(e *fit.Estimate) (parameters, errors map[string]float64) {
	parameters, errors = map[string]float64{}, map[string]float64{}
	for i, name := range e.Names {
		parameters[name], errors[name] = e.Theta[i], e.SE[i]
	}
	return parameters, errors
}

// holdout is what a statement says of the check.
func (r *Run) holdout() *clientele.Holdout {
	c := r.Check
	if c == nil {
		return nil
	}
	return &clientele.Holdout{
		CalibratedTo: c.CalibratedTo, To: c.To, Customers: c.Customers, Actual: c.Actual, Expected: c.Expected,
		Bias: c.Bias, MAE: c.MAE, RMSE: c.RMSE, Weeks: c.Weekly, Verdict: r.Trust.Words,
	}
}

// refuse notes why the model cannot be used.
func (r *Run) refuse(f *fit.Refusal) {
	r.Refused = f.Error()
	r.Converged = r.Converged && f.Reason != fit.NotConverged && f.Reason != fit.NotFinite
}
