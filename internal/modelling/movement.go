package modelling

import (
	"iter"
	"math"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/btyd"
	"github.com/clientele/clientele/model/equity"
)

// Move is the equity movement between the as-of dates of two usable runs, by one horizon
// or several.
type Move struct {
	Opening, Closing *Run
	Terms            Terms
	Horizons         []clientele.Horizon
}

// weeks are those between the two ends.
func (m Move) weeks() float64 { return float64(m.Closing.AsOf-m.Opening.AsOf) / btyd.DaysPerWeek }

// Growth is what a unit of worth at the opening has become by the closing.
func (m Move) Growth() float64 { return math.Exp(m.Terms.delta() * m.weeks()) }

func (m Move) options(h clientele.Horizon) equity.MovementOptions {
	horizon := float64(horizonWeeks)
	if h == clientele.Infinite {
		horizon = math.Inf(1)
	}
	return equity.MovementOptions{Margin: m.Terms.Margin, Delta: m.Terms.delta(), Horizon: horizon, Weeks: m.weeks(), Seed: seed}
}

// sums are those of equity.MovementOptions by every horizon, one after the other.
func (m Move) sums() (opening, closing btyd.Ahead) {
	for _, h := range m.Horizons {
		ahead0, ahead1 := m.options(h).Sums()
		opening.Weeks, opening.Sums = ahead0.Weeks, append(opening.Sums, ahead0.Sums...)
		closing.Sums = append(closing.Sums, ahead1.Sums...)
	}
	return opening, closing
}

// Query asks the warehouse for the movement: the cells are those of all customers at
// either end. The error may be a *fit.Refusal, as in Worth.
func (m Move) Query(opening, closing iter.Seq2[warehouse.Cell, error]) (warehouse.EquityQuery, error) {
	q := warehouse.EquityQuery{Opening: m.Opening.AsOf, Closing: m.Closing.AsOf, Margin: m.Terms.Margin, Growth: m.Growth()}
	if err := m.Terms.check(); err != nil {
		return q, err
	}
	ahead0, ahead1 := m.sums()
	paid := map[int32]bool{}
	before, err := historiesOf(opening, paid)
	if err != nil {
		return q, err
	}
	after, err := historiesOf(closing, paid)
	if err != nil {
		return q, err
	}
	var expected, old, current btyd.Prospects
	m.Opening.foresee(before, ahead0, &expected)
	m.Opening.foresee(after, ahead1, &old)
	m.Closing.foresee(after, ahead1, &current)
	for i := range before.Len() {
		c := before.Cell(i)
		q.OpeningCells = append(q.OpeningCells, warehouse.OpeningScore{
			X: int32(c.X), Tx: int32(c.Tx), T: int32(c.T), LogStays: expected.LogStays[i], Period: expected.DET[1][i], Cash: expected.DET[3][i],
		})
	}
	for i := range after.Len() {
		c := after.Cell(i)
		q.ClosingCells = append(q.ClosingCells, warehouse.ClosingScore{X: int32(c.X), Tx: int32(c.Tx), T: int32(c.T), LogAlive: old.LogAlive[i]})
	}
	each := len(ahead0.Sums) / len(m.Horizons)
	for k := range m.Horizons {
		q.Horizons = append(q.Horizons, warehouse.EquityHorizon{
			Within: expected.DET[k*each], Moved: expected.DET[k*each+2], Old: old.DET[k], Current: current.DET[k],
		})
	}
	for xg := range paid {
		p := warehouse.SpendPair{XG: xg}
		p.OldBase, p.OldSlope = m.Opening.Spend.Params.Line(int(xg))
		p.CurrentBase, p.CurrentSlope = m.Closing.Spend.Params.Line(int(xg))
		q.Spend = append(q.Spend, p)
	}
	return q, nil
}

func (r *Run) foresee(g *btyd.Grid, a btyd.Ahead, into *btyd.Prospects) {
	r.Purchases.Foresee(g, r.Estimate.Theta, a, into, &btyd.Workspace{})
}

// historiesOf lays cells out and notes the numbers of paid repeat days.
func historiesOf(cells iter.Seq2[warehouse.Cell, error], paid map[int32]bool) (*btyd.Grid, error) {
	var past []btyd.Cell
	for c, err := range cells {
		if err != nil {
			return nil, err
		}
		past = append(past, btyd.Cell{X: int(c.X), Tx: int(c.Tx), T: int(c.T), N: float64(c.N)})
		paid[c.XG] = true
	}
	return btyd.NewGrid(past)
}

// MoveSample is how many customers tell how sure the lines are.
const MoveSample = 20_000

// Spread tells how sure the lines of a movement by one horizon are by a sample of its
// customers, of which total are the lines of all. The error may be a *fit.Refusal, as in
// equity.Spread.
func (m Move) Spread(h clientele.Horizon, pairs []warehouse.EquityPair, total warehouse.EquitySums) (*equity.Deviation, error) {
	sample := make([]equity.Pair, len(pairs))
	for i, p := range pairs {
		sample[i] = equity.Pair{
			New: p.New, N: float64(total.Customers) / float64(len(pairs)),
			Opening: equity.Past{X: int(p.X0), Tx: int(p.Tx0), T: int(p.T0), XG: int(p.XG0), Z: p.Spend0},
			Closing: equity.Past{X: int(p.X1), Tx: int(p.Tx1), T: int(p.T1), XG: int(p.XG1), Z: p.Spend1},
		}
	}
	opening := equity.Assumptions{Purchases: m.Opening.Purchases, Money: m.Opening.Spend}
	closing := equity.Assumptions{Purchases: m.Closing.Purchases, Money: m.Closing.Spend}
	return equity.Spread(sample, linesOf(total), opening, closing, m.options(h))
}

func linesOf(s warehouse.EquitySums) equity.Lines {
	return equity.Lines{
		Opening: s.Lines["opening"], Unwinding: s.Lines["unwinding"], Release: s.Lines["expected_release"], Window: s.Lines["window"],
		Survival: s.Lines["experience.survival"], Activity: s.Lines["experience.activity"], Spend: s.Lines["experience.spend"],
		New: s.Lines["new_customers"], Assumption: s.Lines["assumption_change"], Closing: s.Lines["closing"],
	}
}
