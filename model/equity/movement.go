package equity

import (
	"fmt"
	"math"

	"github.com/clientele/clientele/model/btyd"
	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/spend"
)

// Foreseeing is an accepted fit of a purchase model that tells what is to be expected
// of every customer over a period: *btyd.ParetoNBDFit, and *btyd.Fit of any other.
type Foreseeing interface {
	Estimated() *fit.Estimate
	Foresee(g *btyd.Grid, theta []float64, a btyd.Ahead, into *btyd.Prospects, w *btyd.Workspace)
	// Effort tells roughly what one call costs, in cells of the Pareto/NBD.
	Effort(g *btyd.Grid) float64
	// CovarianceAt is the covariance of ln θ that a grid would give at any θ.
	CovarianceAt(g *btyd.Grid, theta []float64) ([][]float64, bool)
}

// Assumptions are what customers are valued by at one end of a movement.
type Assumptions struct {
	Purchases Foreseeing
	Money     *spend.Fit
}

// Past is what one customer did up to one end of a movement.
type Past struct {
	X, Tx, T int     // as in btyd.Cell
	XG       int     // repeat days with spend
	Z        float64 // spent on those days, in all
}

// Pair is N customers of one group who share a past at the opening and one at the
// closing.
type Pair struct {
	Opening, Closing Past
	New              bool // first bought after the opening: Opening does not count
	N                float64
	Group            int // 0 … Groups−1
}

// MovementOptions say what moved. All but Draws, Seed and Groups are needed.
type MovementOptions struct {
	Margin  float64 // of spend, a fraction ≥ 0
	Delta   float64 // continuous discount rate per week, > 0: btyd.WeeklyDiscount
	Horizon float64 // in weeks, > 0; math.Inf(1) for none
	Weeks   float64 // between the two ends, > 0
	Draws   int     // 0 means MovementDraws
	Seed    uint64
	Groups  int // number of groups; 0 means one
}

// MovementDraws is the number of parameter draws behind the intervals of a movement.
const MovementDraws = 500

// Lines are the lines of an equity movement, signed, in the unit of Past.Z, after the
// analysis of change in insurers' embedded-value reports (CFO Forum, Market Consistent
// Embedded Value Principles, 2016) and Wiesel, Skiera and Villanueva (Journal of Marketing
// 72, 2008):
//
//	Opening + Unwinding + Release + Window + Experience() + New + Assumption = Closing
type Lines struct {
	Opening    float64 // V0 by the opening's assumptions
	Unwinding  float64 // V0·(e^δΔ − 1)
	Release    float64 // −e^δΔ·margin·DET(0, Δ): what was expected of the period
	Window     float64 // e^δΔ·margin·DET(H, H+Δ): the horizon moved on
	Survival   float64 // experience by P(alive),
	Activity   float64 // by the rate of purchases,
	Spend      float64 // and by spend per purchase
	New        float64 // who came, by the opening's assumptions
	Assumption float64 // all at closing, by the closing's assumptions less by the opening's
	Closing    float64 // V1 by the closing's assumptions
	Squares    float64 // Σ experience² of single customers
	Cash       float64 // undiscounted margin expected of the period
}

// Experience is what the customers of the opening are worth at the closing beyond what
// was expected of them, by the opening's assumptions.
func (l Lines) Experience() float64 { return l.Survival + l.Activity + l.Spend }

// Discrepancy is how far the lines are from adding up.
func (l Lines) Discrepancy() float64 {
	return l.Opening + l.Unwinding + l.Release + l.Window + l.Experience() + l.New + l.Assumption - l.Closing
}

// Scale is Σ |line|, beside which a discrepancy is small or not.
func (l Lines) Scale() float64 {
	sum := 0.0
	for _, v := range []float64{l.Opening, l.Unwinding, l.Release, l.Window, l.Survival, l.Activity, l.Spend, l.New, l.Assumption, l.Closing} {
		sum += math.Abs(v)
	}
	return sum
}

func (l *Lines) add(o Lines, n float64) {
	l.Opening += n * o.Opening
	l.Unwinding += n * o.Unwinding
	l.Release += n * o.Release
	l.Window += n * o.Window
	l.Survival += n * o.Survival
	l.Activity += n * o.Activity
	l.Spend += n * o.Spend
	l.New += n * o.New
	l.Assumption += n * o.Assumption
	l.Closing += n * o.Closing
	l.Squares += n * o.Squares
	l.Cash += n * o.Cash
}

// Move computes the lines of a movement, in all and by group; a pair's are those of its
// customers. The error is a *fit.Refusal: BadInput for options or pairs that make no
// sense.
func Move(pairs []Pair, opening, closing Assumptions, o MovementOptions) (total Lines, groups []Lines, err error) {
	m, err := newMover(pairs, opening, closing, o)
	if err != nil {
		return Lines{}, nil, err
	}
	groups = make([]Lines, m.o.Groups)
	a := m.at(opening.Purchases.Estimated().Theta, closing.Purchases.Estimated().Theta, &moverSpace{})
	money0, money1 := spend.At(opening.Money.Theta), spend.At(closing.Money.Theta)
	for i, p := range pairs {
		l := m.lines(i, a, money0)
		l.Closing = m.worthOf(i, &a.current, money1)
		l.Assumption = l.Closing - m.worthOf(i, &a.old, money0)
		groups[p.Group].add(l, p.N)
	}
	for _, g := range groups {
		total.add(g, 1)
	}
	return total, groups, nil
}

// Sums tells what Move asks of the models: of the opening's histories the discounted
// purchases up to the horizon, of the period, up to the horizon moved on, and those of the
// period undiscounted; of the closing's those up to the horizon.
func (o MovementOptions) Sums() (opening, closing btyd.Ahead) {
	horizon := btyd.Sum{Delta: o.Delta, Horizon: o.Horizon}
	opening = btyd.Ahead{Weeks: o.Weeks, Sums: []btyd.Sum{
		horizon, {Delta: o.Delta, Horizon: o.Weeks}, {Delta: o.Delta, Horizon: o.Horizon + o.Weeks}, {Horizon: o.Weeks},
	}}
	return opening, btyd.Ahead{Sums: []btyd.Sum{horizon}}
}

func (o MovementOptions) check(pairs []Pair) error {
	finite := func(v float64) bool { return v > 0 && !math.IsInf(v, 0) }
	if !(o.Margin >= 0) || math.IsInf(o.Margin, 0) || !finite(o.Delta) || !finite(o.Weeks) || !(o.Horizon > 0) || o.Draws < 40 {
		return bad(fmt.Sprintf("Margin %g, discount %g a week, %g weeks, horizon %g, %d draws.", o.Margin, o.Delta, o.Weeks, o.Horizon, o.Draws),
			"Give a margin of 0 or more, the others above 0, and at least 40 draws.")
	}
	for _, p := range pairs {
		if p.Group < 0 || p.Group >= o.Groups || !p.Closing.usable() || !p.New && !p.Opening.usable() {
			return bad(fmt.Sprintf("A pair is not usable: %+v.", p), "Needed are 0 ≤ Group < Groups, 0 ≤ XG ≤ X, and finite Z of 0 or more.")
		}
	}
	return nil
}

func (p Past) usable() bool {
	return p.XG >= 0 && p.XG <= p.X && p.Z >= 0 && !math.IsInf(p.Z, 0)
}

// mover is pairs laid out over the distinct histories of either end.
type mover struct {
	pairs            []Pair
	before, after    *btyd.Grid
	slot0, slot1     []int // per pair: its merged cell; slot0 is −1 for who is new
	opening, closing Assumptions
	ahead0, ahead1   btyd.Ahead
	growth           float64 // e^δΔ
	o                MovementOptions
}

func newMover(pairs []Pair, opening, closing Assumptions, o MovementOptions) (*mover, error) {
	if o.Draws == 0 {
		o.Draws = MovementDraws
	}
	if o.Groups == 0 {
		o.Groups = 1
	}
	if err := o.check(pairs); err != nil {
		return nil, err
	}
	m := &mover{pairs: pairs, opening: opening, closing: closing, growth: math.Exp(o.Delta * o.Weeks), o: o}
	m.ahead0, m.ahead1 = o.Sums()
	var err error
	if m.before, m.slot0, err = gridOf(pairs, func(p Pair) (Past, bool) { return p.Opening, !p.New }); err != nil {
		return nil, err
	}
	m.after, m.slot1, err = gridOf(pairs, func(p Pair) (Past, bool) { return p.Closing, true })
	return m, err
}

// gridOf lays the histories out that pairs have at one end, and finds each pair's.
func gridOf(pairs []Pair, past func(Pair) (Past, bool)) (g *btyd.Grid, slot []int, err error) {
	cells, slot := make([]btyd.Cell, 0, len(pairs)), make([]int, len(pairs))
	for i, p := range pairs {
		h, ok := past(p)
		if slot[i] = -1; ok {
			slot[i] = len(cells)
			cells = append(cells, btyd.Cell{X: h.X, Tx: h.Tx, T: h.T, N: p.N})
		}
	}
	if g, err = btyd.NewGrid(cells); err != nil {
		return nil, nil, err
	}
	for i, k := range slot {
		if k >= 0 {
			slot[i] = g.Slot(k)
		}
	}
	return g, slot, nil
}

// moverSpace is one goroutine's memory.
type moverSpace struct {
	w0, w1               btyd.Workspace
	before, old, current btyd.Prospects
}

// at foresees both ends under the opening's purchase parameters and, unless nil, the
// closing under its own.
func (m *mover) at(theta0, theta1 []float64, s *moverSpace) *moverSpace {
	if theta0 != nil {
		m.opening.Purchases.Foresee(m.before, theta0, m.ahead0, &s.before, &s.w0)
		m.opening.Purchases.Foresee(m.after, theta0, m.ahead1, &s.old, &s.w1)
	}
	if theta1 != nil {
		m.closing.Purchases.Foresee(m.after, theta1, m.ahead1, &s.current, &s.w1)
	}
	return s
}

// expected is the spend per purchase of a past under spend parameters.
func expected(g spend.GammaGamma, p Past) float64 {
	if g.Q <= 1 {
		return math.Inf(1)
	}
	base, slope := g.Line(p.XG)
	return base + slope*p.Z
}

// worthOf is what a customer of pair i is worth at the closing, by some prospects.
func (m *mover) worthOf(i int, p *btyd.Prospects, g spend.GammaGamma) float64 {
	return p.DET[0][m.slot1[i]] * m.o.Margin * expected(g, m.pairs[i].Closing)
}

// lines gives pair i's lines, of one customer, by the opening's assumptions; Closing and
// Assumption are left out.
func (m *mover) lines(i int, s *moverSpace, g spend.GammaGamma) Lines {
	p := m.pairs[i]
	v1 := m.worthOf(i, &s.old, g)
	if p.New {
		return Lines{New: v1}
	}
	k, spent := m.slot0[i], expected(g, p.Opening)
	money := spent * m.o.Margin
	within, period, moved := s.before.DET[0][k], s.before.DET[1][k], s.before.DET[2][k]
	l := Lines{
		Opening: money * within, Unwinding: money * within * (m.growth - 1), Release: -m.growth * money * period,
		Window: m.growth * money * (moved - within), Cash: money * s.before.DET[3][k],
	}
	e := experience{
		before: m.growth * money * math.Max(0, moved-period), after: v1,
		logAlive: [2]float64{s.before.LogStays[k], s.old.LogAlive[m.slot1[i]]},
		logSpend: [2]float64{math.Log(spent), math.Log(expected(g, p.Closing))},
	}
	l.Survival, l.Activity, l.Spend = e.split()
	l.Squares = (e.after - e.before) * (e.after - e.before)
	return l
}

// experience is what was expected of a customer at the closing, and what is there.
type experience struct {
	before, after      float64
	logAlive, logSpend [2]float64 // before, after
}

// split shares after − before out to its factors by the logarithmic mean Divisia index
// (Ang, Energy Policy 32, 2004): each gets L(before, after)·ln of its own ratio, L the
// logarithmic mean, so that nothing is left over. Where an end is 0, the factor that is 0
// takes all, in the order survival, activity, spend.
func (e experience) split() (survival, activity, spend float64) {
	d := e.after - e.before
	switch {
	case d == 0:
		return 0, 0, 0
	case e.before <= 0 || e.after <= 0:
		if math.IsInf(e.logAlive[0], -1) || math.IsInf(e.logAlive[1], -1) {
			return d, 0, 0
		}
		if math.IsInf(e.logSpend[0], -1) || math.IsInf(e.logSpend[1], -1) {
			return 0, 0, d
		}
		return 0, d, 0
	}
	ratio := math.Log(e.after / e.before)
	l := logMean(e.before, e.after, ratio)
	survival = l * (e.logAlive[1] - e.logAlive[0])
	spend = l * (e.logSpend[1] - e.logSpend[0])
	return survival, d - survival - spend, spend
}

// logMean is the logarithmic mean of u and v, √(uv)·sinh(z)/z with z = ½ ln(v/u) = ratio/2.
func logMean(u, v, ratio float64) float64 {
	if math.Abs(ratio) > 1e-2 {
		return (v - u) / ratio
	}
	z2 := ratio * ratio / 4
	return math.Sqrt(u) * math.Sqrt(v) * (1 + z2/6*(1+z2/20*(1+z2/42)))
}
