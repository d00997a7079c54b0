package modelling

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/model/btyd"
	"github.com/clientele/clientele/model/spend"
)

// Pace is how many customers are won a year, and how much that has changed from year to year.
type Pace struct {
	last   float64 // customers of the last 365 days
	spread float64 // standard deviation of the change of the logarithm, from one year to the next
	years  float64 // behind the spread
}

const year = 365 // days

// NewPace reads the pace off customers by the day of their first purchase. Who appears in
// the first year of the records may be older than they seem, so that this year is left out.
// It takes two years more: why says what is missing.
func NewPace(first map[clientele.Date]int64, began, asOf clientele.Date) (p Pace, why string) {
	began += year
	if int(asOf-began) < 2*year {
		return p, fmt.Sprintf("Too early: how the number of new customers changes from year to year takes three years of records, and they begin on %s.", began-year)
	}
	within := func(ends clientele.Date) (n float64) {
		for day, count := range first {
			if day > ends-year && day <= ends {
				n += float64(count)
			}
		}
		return n
	}
	p.last = within(asOf)
	if p.last == 0 {
		return p, "Nobody was won in the last year."
	}
	squares, n := 0.0, 0.0
	for ends := asOf; ends-2*year >= began-1; ends -= year / 4 {
		if now, before := within(ends), within(ends-year); now > 0 && before > 0 {
			change := math.Log(now / before)
			squares, n = squares+change*change, n+1
		}
	}
	if n == 0 {
		return p, "Nobody was won in the year before the last."
	}
	p.years = float64(asOf-began)/year - 1
	p.spread = math.Sqrt(squares/n + 1/p.last)
	return p, ""
}

// Basis says in words what the forecast goes by.
func (p Pace) Basis() string {
	return fmt.Sprintf("As many a year as in the last, %.0f, give or take how much single years have differed from those before, %.0f %%.", p.last, 100*p.spread)
}

// Future is what customers still to be won are worth: estimates, and 95 % ends.
type Future struct {
	Years            []clientele.FutureYear
	Each, Worth, Net [3]float64 // estimate, low, high
}

// futureDraws is the number of draws behind an interval.
const futureDraws = 1000

// Future values the customers of the next five years by the run, which must be usable. A
// customer won in the middle of a year counts from then to the end of the five years: the
// first purchase at once, and those to come, discounted to today, each at the expected spend
// of one of whom nothing is known. The number won follows a random walk of its logarithm. cost
// is that of winning one; nil: not known, and Net is not told.
func (r *Run) Future(p Pace, t Terms, cost *float64) Future {
	model, money := r.Estimate.Theta, r.Spend.Theta
	thetas, phis := r.Estimate.Draws(futureDraws, seed), r.Spend.Draws(futureDraws, seed+1)
	rng := rand.New(rand.NewPCG(seed, 0x667574757265)) // second word: "future"
	var each, worth, net []float64
	won := make([][]float64, HorizonYears)
	for k := range futureDraws {
		v := r.value(thetas[k], phis[k], t)
		level, sum, spent := p.last, 0.0, 0.0
		for y := range HorizonYears {
			level *= math.Exp(p.spread * rng.NormFloat64())
			won[y] = append(won[y], level)
			sum += level * v[y+1]
			spent += level * t.discounted(y)
		}
		each, worth = append(each, v[0]), append(worth, sum)
		if cost != nil {
			net = append(net, sum-spent**cost)
		}
	}
	at := r.value(model, money, t)
	f := Future{Each: ends(at[0], each)}
	sum, spent := 0.0, 0.0
	for y := range HorizonYears {
		sum, spent = sum+p.last*at[y+1], spent+p.last*t.discounted(y)
		e := ends(p.last, won[y])
		f.Years = append(f.Years, clientele.FutureYear{Year: y + 1, Customers: e[0], Low: e[1], High: e[2]})
	}
	f.Worth = ends(sum, worth)
	if cost != nil {
		f.Net = ends(sum-spent**cost, net)
	}
	return f
}

// Forecast is what a future is worth by: a pace, in customers a year, what one costs, and the
// run that values one.
type Forecast struct {
	Run  *Run
	Pace float64
	Cost float64 // 0: before cost
}

// Worth is what the customers of the next five years are worth, less their cost.
func (f Forecast) Worth(t Terms) (sum float64) {
	v := f.Run.value(f.Run.Estimate.Theta, f.Run.Spend.Theta, t)
	for y := range HorizonYears {
		sum += f.Pace * (v[y+1] - t.discounted(y)*f.Cost)
	}
	return sum
}

// Within is what those of the next weeks are worth of it: each as one won in their middle.
func (f Forecast) Within(weeks float64, t Terms) float64 {
	one := f.Run.worthOfOne(f.Run.Estimate.Theta, f.Run.Spend.Theta, t, horizonWeeks-weeks/2)
	return f.Pace * weeks / btyd.WeeksPerYear * math.Exp(-t.delta()*weeks/2) * (one - f.Cost)
}

// Moved lists what the worth of a forecast came to, step by step, over weeks at whose end
// there is another: as it was; with the discount unwound; without those who were to be won
// meanwhile; with the five years moved on; at the other's pace; at its cost; and by its run.
func (f Forecast) Moved(to Forecast, weeks float64, t Terms) [7]float64 {
	at := f.Worth(t)
	g := math.Exp(t.delta() * weeks)
	return [7]float64{
		at, at * g, (at - f.Within(weeks, t)) * g, at,
		Forecast{f.Run, to.Pace, f.Cost}.Worth(t), Forecast{f.Run, to.Pace, to.Cost}.Worth(t), to.Worth(t),
	}
}

// discounted is what a unit in the middle of year y, 0 the first, is worth today.
func (t Terms) discounted(y int) float64 {
	return math.Exp(-t.delta() * btyd.WeeksPerYear * (float64(y) + 0.5))
}

// value is what one new customer is worth under parameters: won today, over five years; and
// won in the middle of each of the five, up to their end, as of today.
func (r *Run) value(theta, phi []float64, t Terms) (v [HorizonYears + 1]float64) {
	v[0] = r.worthOfOne(theta, phi, t, horizonWeeks)
	for y := range HorizonYears {
		v[y+1] = t.discounted(y) * r.worthOfOne(theta, phi, t, (HorizonYears-float64(y)-0.5)*btyd.WeeksPerYear)
	}
	return v
}

// worthOfOne is what one customer won today is worth over weeks; infinite where the spend of
// a new customer has no mean.
func (r *Run) worthOfOne(theta, phi []float64, t Terms, weeks float64) float64 {
	g := spend.At(phi)
	if g.Q <= 1 {
		return math.Inf(1)
	}
	spent, _ := g.Line(0)
	return t.Margin * spent * (1 + r.Purchases.At(theta).DET(btyd.History{}, t.delta(), weeks))
}

// ends are an estimate and the central 95 % of draws.
func ends(at float64, draws []float64) [3]float64 {
	slices.Sort(draws)
	n := len(draws)
	return [3]float64{at, draws[n*25/1000], draws[n-1-n*25/1000]}
}
