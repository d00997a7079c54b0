package simulate

import (
	"math"
	"math/rand/v2"
	"strconv"

	"github.com/clientele/clientele"
)

// person is one customer with everything that happened.
type person struct {
	index      int
	id         string
	attributes [4]string // segment, country, acquisition channel, acquisition cost
	orders     []order
	left       bool // has left for good before the last day
}

// order is one purchase.
type order struct {
	day     clientele.Date
	minute  int // of the day
	cents   int64
	late    int // days late; 0 is on time
	refund  int // days until it is sent back; 0 is never
	guest   bool
	product int
}

// sampler draws from the distributions of the model.
type sampler struct{ *rand.Rand }

// gamma draws from the gamma distribution with a shape and a rate (Marsaglia and
// Tsang, ACM TOMS 26, 2000).
func (r sampler) gamma(shape, rate float64) float64 {
	if shape < 1 {
		return r.gamma(shape+1, rate) * math.Pow(1-r.Float64(), 1/shape)
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v *= v * v
		if math.Log(1-r.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v / rate
		}
	}
}

// pick draws an index with the given weights.
func (r sampler) pick(weights ...float64) int {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	u := r.Float64() * sum
	for i, w := range weights {
		if u -= w; u < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// person draws one customer: when they arrive, how often they buy, when they
// leave, and what they spend; lean leaves out what no transaction shows.
func (r sampler) person(index int, t *Truth, lean bool) person {
	p := person{index: index, id: "C" + strconv.Itoa(100_000+index)}
	rate, leave := r.gamma(t.R, t.Alpha), r.gamma(t.S, t.Beta)
	spendRate := r.gamma(t.Q, t.V)
	start := float64(r.arrival(t)) + r.Float64()
	stay := r.ExpFloat64() / leave * daysPerWeek
	end := float64(t.To) + 1
	p.left = start+stay < end
	for at := start; at < math.Min(start+stay, end); at += r.ExpFloat64() / rate * daysPerWeek {
		p.orders = append(p.orders, r.order(clientele.Date(at), spendRate, t.P, lean))
	}
	if !lean {
		p.attributes = r.attributes(rate*t.Alpha/t.R, leave*t.Beta/t.S, t.P/spendRate)
	}
	return p
}

// arrival draws the day of the first purchase.
func (r sampler) arrival(t *Truth) clientele.Date {
	for {
		day := t.From + clientele.Date(r.IntN(int(t.To-t.From)+1))
		if r.Float64() < t.arrivals(day) {
			return day
		}
	}
}

func (r sampler) order(day clientele.Date, spendRate, shape float64, lean bool) order {
	o := order{day: day, cents: max(1, int64(math.Round(100*r.gamma(shape, spendRate))))}
	if lean {
		return o
	}
	o.minute = 8*60 + r.IntN(14*60)
	o.product = r.IntN(len(products))
	o.guest = r.Float64() < 0.03
	if r.Float64() < 0.11 {
		o.late = 1 + int(4*r.ExpFloat64())
	}
	if r.Float64() < 0.03 {
		o.refund = 3 + r.IntN(18)
	}
	return o
}

// attributes draws what the company knows of a customer. They depend on what the
// customer is like (relative purchase and leaving rates, mean spend), never the
// other way round: overall the rates stay gamma distributed as the model says.
func (r sampler) attributes(rate, leave, spend float64) [4]string {
	often, rich, fleeting := rate/(1+rate), spend/(53+spend), leave/(1+leave)
	segment := segments[r.pick(1.4-rich, 0.1+rich*rich*1.2, 0.05+0.5*rich*often, 0.03)]
	channel := r.pick(1, 0.2+1.2*(1-fleeting), 0.1+1.4*fleeting, 0.2+0.8*fleeting, 0.4)
	cost := strconv.FormatFloat(math.Round(channels[channel].cost*(0.5+r.Float64())*100)/100, 'f', 2, 64)
	return [4]string{segment, countries[r.pick(50, 12, 9, 14, 10, 5)], channels[channel].name, cost}
}
