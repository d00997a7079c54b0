package btyd

import (
	"fmt"
	"math"

	"github.com/clientele/clientele/model/fit"
	"gonum.org/v1/gonum/mathext"
)

const paretoName = "Pareto/NBD"

// MinRepeaters is the default number of customers with a repeat purchase below
// which a fit is refused: with fewer the likelihood has no interior maximum in
// about one sample of seven (statistics, section 1), and intervals are wider
// than anything that could be decided by them.
const MinRepeaters = 50

// searchCells is the size of the thinned grid on which starts are searched.
const searchCells = 2000

// Options steer a fit. The zero value is the default.
type Options struct {
	// MinRepeaters replaces the default of the same name; negative asks for none.
	MinRepeaters float64
	// LogGaps is Σ ln of the weeks between two purchases of one customer, over all of
	// them. Regular models (CNBD) take it: with it their likelihoods compare with each
	// other and with those of models that are not regular; without it (0) only within
	// one k. Parameters do not depend on it.
	LogGaps float64
}

func (o Options) minRepeaters() float64 {
	if o.MinRepeaters == 0 {
		return MinRepeaters
	}
	return o.MinRepeaters
}

// ParetoNBDFit is an accepted fit: the parameters, and how sure they are (the
// embedded Estimate; order r, alpha, s, beta).
type ParetoNBDFit struct {
	Params ParetoNBD
	*fit.Estimate
	Cells     int     // distinct cells
	Repeaters float64 // customers with a repeat purchase; Weight is all customers
}

// FitParetoNBD fits cells by maximum likelihood. The error is a *fit.Refusal:
// BadInput, TooFew, Limit with the simpler model's name (FitLimit fits it), Flat,
// NotConverged or NotFinite.
func FitParetoNBD(cells []Cell, o Options) (*ParetoNBDFit, error) {
	g, err := NewGrid(cells)
	if err != nil {
		return nil, err
	}
	return g.FitParetoNBD(o)
}

// FitParetoNBD fits the grid's cells; see the function of the same name.
func (g *Grid) FitParetoNBD(o Options) (*ParetoNBDFit, error) {
	if err := g.refuseEarly(paretoName, o); err != nil {
		return nil, err
	}
	few := g.thin(searchCells)
	fo := fit.Options{Starts: g.starts(), NameLimit: nameLimit}
	if few != g {
		p := few.problem()
		fo.Coarse = &p
	}
	e, err := fit.Maximise(g.problem(), fo)
	if err != nil {
		return nil, err
	}
	return &ParetoNBDFit{Params: paretoNBD(e.Theta), Estimate: e, Cells: g.Len(), Repeaters: g.repeaters}, nil
}

// problem is the likelihood of the grid in ln θ.
func (g *Grid) problem() fit.Problem {
	part, m := make([]sums, len(g.chunks)), &nodes{}
	return fit.Problem{
		Model: paretoName, Names: []string{"r", "alpha", "s", "beta"}, Weight: g.customers,
		LogLikelihood: func(x, grad []float64) float64 {
			p := ParetoNBD{math.Exp(x[0]), math.Exp(x[1]), math.Exp(x[2]), math.Exp(x[3])}
			v := g.logLikelihood(p, m, part)
			grad[0], grad[1], grad[2], grad[3] = v[1]*p.R, v[2]*p.Alpha, v[3]*p.S, v[4]*p.Beta
			return v[0]
		},
	}
}

// refuseEarly says what can be said before any search.
func (g *Grid) refuseEarly(model string, o Options) error {
	r := &fit.Refusal{Reason: fit.TooFew, Model: model}
	switch age := g.longestAge(); {
	case !(g.customers > 0):
		r.Message, r.Hint = "There are no customers to fit.", "Choose a later as-of date, or import transactions."
	case age == 0:
		r.Message, r.Hint = "Every customer is new on the as-of date.", "Choose a later as-of date."
	case g.repeaters == 0:
		r.Message, r.Hint = "No customer has bought a second time.", "Wait for repeat purchases, or use a longer record."
	case g.repeaters < o.minRepeaters():
		r.Message = fmt.Sprintf("Only %.0f customers have bought a second time; at least %.0f are needed.", g.repeaters, o.minRepeaters())
		r.Hint = "Use a longer record, or wait for more repeat purchases."
	case g.identical():
		r.Reason = fit.Identical
		r.Message = "All customers have the same history, so how they differ cannot be told."
		r.Hint = "Check that customer ids and dates were read as they should be."
	default:
		return nil
	}
	return r
}

func (g *Grid) longestAge() int { return g.days - 1 }

// identical is true where a single cell holds all weight.
func (g *Grid) identical() bool {
	held := 0
	for _, n := range g.n {
		if n > 0 {
			held++
		}
	}
	return held <= 1
}

// starts spread over shapes of rate and leaving around the mean rate and age; the last
// lies where many leave at once, and has a maximum of its own in some small samples.
func (g *Grid) starts() [][]float64 {
	rate, age := g.means()
	var out [][]float64
	for _, k := range [][3]float64{ // r, s, β over the mean age
		{0.5, 0.5, 0.5}, {1, 0.2, 1}, {1, 1.5, 1.5}, {2, 0.1, 0.2}, {0.3, 2, 4}, {0.8, 0.1, 0.003},
	} {
		leave := 1 + k[1]/k[2]/2
		out = append(out, []float64{k[0], k[0] / (rate * leave), k[1], k[2] * age})
	}
	return out
}

// means are the repeat purchases per week of age, and the mean age in weeks.
func (g *Grid) means() (rate, age float64) {
	orders, weeks := 0.0, 0.0
	for i, n := range g.n {
		orders += n * float64(g.x[i])
		weeks += n * float64(g.t[i]) / DaysPerWeek
	}
	return orders / weeks, weeks / g.customers
}

// nameLimit names the model at the edge that ln θ heads for: the parameters
// that went furthest decide.
func nameLimit(x []float64) (limit, message, hint string) {
	const far = fit.MaxLogParameter - 2
	r, alpha, s, beta := x[0], x[1], x[2], x[3]
	switch {
	case beta < -far || (beta < -far/2 && s < -far/2):
		return leaversName, "A share of the customers seems to leave at once and the rest never.",
			"Use a longer record, or look at one-time buyers apart."
	case s < -far || (beta > far && s < far/2):
		return nbdName, "The data show no customer leaving: the rate of leaving goes to zero.",
			"Use a longer record: the customers' silences are still too short to tell who has left."
	case s > far/2 && beta > far/2:
		return exponentialName, "The data do not show that customers differ in how fast they leave.",
			"Use a longer record, or more customers."
	case r > far/2 && alpha > far/2:
		return poissonName, "The data do not show that customers differ in how often they buy.",
			"Check that customer ids are those of single customers; use a longer record."
	default:
		return "a limit of the Pareto/NBD", "The likelihood has no maximum inside the model: it rises towards the edge.",
			"Use a longer record, or more customers."
	}
}

// digamma is ψ(x) for x > 0.
func digamma(x float64) float64 { return mathext.Digamma(x) }
