package modelling

import (
	"github.com/clientele/clientele"
	"github.com/clientele/clientele/model/btyd"
	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/spend"
)

// modelName is what statements call the model.
const modelName = "Pareto/NBD + Gamma-Gamma"

// Run is one model as fitted to the records as of a day, with its check. It is
// saved as it stands and independent of the book's settings.
type Run struct {
	ID          string
	AsOf        clientele.Date
	DataVersion string
	Customers   int64
	Cells       int64              // distinct histories
	Purchases   *btyd.ParetoNBDFit // nil if refused
	Spend       *spend.Fit         // nil if refused; its Check is in Warnings
	Refused     string             // why nothing can be valued, and what to do; "" if it can
	Converged   bool               // no search ended early
	Holdout     *clientele.Holdout // nil if the records do not allow one: a warning says why
	Warnings    []string
}

// Usable reports whether customers can be valued with the run.
func (r *Run) Usable() bool { return r.Refused == "" }

// Report says which model it is and whether to trust it.
func (r *Run) Report() *clientele.ModelReport {
	m := &clientele.ModelReport{
		Name: modelName, Run: r.ID, Customers: r.Customers, Cells: r.Cells, Converged: r.Converged && r.Purchases != nil, Refused: r.Refused, Holdout: r.Holdout,
		Parameters: map[string]map[string]float64{}, StandardErrors: map[string]map[string]float64{},
		Warnings: append([]string{}, r.Warnings...),
	}
	if r.Purchases != nil {
		m.LogLikelihood = new(r.Purchases.LogLikelihood)
		m.Parameters["pareto_nbd"], m.StandardErrors["pareto_nbd"] = byName(r.Purchases.Estimate)
	}
	if r.Spend != nil {
		m.Parameters["gamma_gamma"], m.StandardErrors["gamma_gamma"] = byName(r.Spend.Estimate)
	}
	return m
}

func byName(e *fit.Estimate) (parameters, errors map[string]float64) {
	parameters, errors = map[string]float64{}, map[string]float64{}
	for i, name := range e.Names {
		parameters[name], errors[name] = e.Theta[i], e.SE[i]
	}
	return parameters, errors
}

// refuse notes why the model cannot be used.
func (r *Run) refuse(f *fit.Refusal) {
	r.Refused = f.Error()
	r.Converged = r.Converged && f.Reason != fit.NotConverged && f.Reason != fit.NotFinite
}
