package statement

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/modelling"
	"github.com/clientele/clientele/model/btyd"
	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/spend"
)

// runOf is a run whose models are those.
func runOf(p btyd.ParetoNBD, g spend.GammaGamma) *modelling.Run {
	purchases := &fit.Estimate{Theta: []float64{p.R, p.Alpha, p.S, p.Beta}}
	money := &fit.Estimate{Theta: []float64{g.P, g.Q, g.V}}
	return &modelling.Run{
		Purchases: &btyd.ParetoNBDFit{Params: p, Estimate: purchases}, Estimate: purchases, Spend: &spend.Fit{Params: g, Estimate: money},
	}
}

func futureOf(day clientele.Date, pace float64, cost, net clientele.Money) clientele.Acquisition {
	return clientele.Acquisition{AsOf: day, Future: &clientele.FutureCustomers{
		Years: []clientele.FutureYear{{Year: 1, Customers: pace}}, CostEach: &cost, Net: &clientele.Estimate{Estimate: net},
	}}
}

// Lines of the movement of future customers add up to the cent; each is 0 where nothing
// changed of what it tells of, and time alone brings the worth back to where it was.
func TestFutureMovement(t *testing.T) {
	opening := clientele.MustDate("2026-06-30")
	before := btyd.ParetoNBD{R: .75, Alpha: 8, S: .9, Beta: 40}
	after := btyd.ParetoNBD{R: .8, Alpha: 7, S: .9, Beta: 40}
	money := spend.GammaGamma{P: 5, Q: 5, V: 40}
	terms := modelling.Terms{DiscountRate: .15, Margin: .3}
	rapid.Check(t, func(t *rapid.T) {
		then, now := runOf(before, money), runOf(before, money)
		pace := [2]float64{rapid.Float64Range(1, 1e6).Draw(t, "pace")}
		cost := [2]clientele.Money{fromCents(rapid.Int64Range(0, 5000).Draw(t, "cost"))}
		pace[1], cost[1] = pace[0], cost[0]
		fitted, faster, dearer := rapid.Bool().Draw(t, "fitted anew"), rapid.Bool().Draw(t, "faster"), rapid.Bool().Draw(t, "dearer")
		if fitted {
			now = runOf(after, money)
		}
		if faster {
			pace[1] *= 1.5
		}
		if dearer {
			cost[1] = cost[0].Add(money3)
		}
		net := func(r *modelling.Run, i int) clientele.Money {
			return fromCents(cents(modelling.Forecast{Run: r, Pace: pace[i], Cost: cost[i].Float64()}.Worth(terms)))
		}
		m := movedFuture(futureOf(opening, pace[0], cost[0], net(then, 0)), futureOf(opening+91, pace[1], cost[1], net(now, 1)), then, now, terms)
		steady := clientele.SumMoney(m.Unwinding, m.ExpectedRelease, m.Window)
		if sum := clientele.SumMoney(m.Opening.Estimate, steady, m.Pace, m.Cost, m.AssumptionChange); !sum.Equal(m.Closing.Estimate) || !m.NetOfCost {
			t.Fatalf("%+v comes to %s", m, sum)
		}
		if steady.Sign() != 0 || (m.Pace.Sign() != 0) != faster || (m.Cost.Sign() != 0) != dearer || (m.AssumptionChange.Sign() != 0) != fitted {
			t.Fatalf("fitted anew %v, faster %v, dearer %v: %+v", fitted, faster, dearer, m)
		}
		if worth := m.Opening.Estimate.Sign(); m.Unwinding.Sign() != worth || worth > 0 && cost[0].Float64() < 5 && m.ExpectedRelease.Sign() >= 0 {
			t.Fatalf("%+v", m)
		}
	})
}

var money3 = clientele.MustMoney("3")
