package simulate

import (
	"math"
	"math/rand/v2"
	"path/filepath"

	"github.com/clientele/clientele"
)

// Config describes the company. The zero value of a field means its default.
type Config struct {
	Customers int            // default 20,000
	Seed      uint64         // default 1
	From      clientele.Date // first day; default three years before To
	To        clientele.Date // last day; default 2026-09-30
	Orders    float64        // mean orders a customer; default as the default parameters give, about 4
	Lean      bool           // one file only, transactions of one line an order: for benchmarks
}

// Truth is what a model should find in the files. Problems, reasons and
// attributes follow from what a customer is like; none of them changes what a
// customer does, so purchases and spend are exactly those of the parameters.
type Truth struct {
	R, Alpha, S, Beta float64 // Pareto/NBD, per week
	P, Q, V           float64 // Gamma-Gamma
	Currency          string
	From, To          clientele.Date
	Customers         int64 // who bought
	Orders            int64 // of customers, refunds not counted
	Lines             int64 // transaction lines that an import accepts
	Rejected          int64 // rows that an import rejects, over all files
}

// File is one file as the company exports it, and how to import it. Columns bear
// the names of fields, so no mapping is needed.
type File struct {
	Path   string
	Kind   clientele.Kind
	Source string
}

const daysPerWeek = 7

// Company writes the files into a directory that exists and returns the truth
// behind them. The same configuration gives the same bytes.
func Company(c Config, dir string) (Truth, []File, error) {
	c = c.withDefaults()
	if c.Customers < 1 || c.To <= c.From || c.Orders < 0 || (c.Orders > 0 && c.Orders <= 1) {
		return Truth{}, nil, clientele.Errorf(clientele.CodeUsage, "a company needs a customer, a span of days, and more than one order a customer")
	}
	truth := c.truth()
	w, err := create(dir, c.Lean)
	if err != nil {
		return Truth{}, nil, err
	}
	pcg := rand.NewPCG(0, 0)
	draw := sampler{rand.New(pcg)}
	for i := range c.Customers {
		pcg.Seed(c.Seed, uint64(i))
		w.person(draw.person(i, &truth, c.Lean), &truth)
	}
	if !c.Lean {
		w.rejects(&truth)
	}
	return truth, w.files(dir), w.close()
}

func (c Config) withDefaults() Config {
	if c.Customers == 0 {
		c.Customers = 20_000
	}
	if c.Seed == 0 {
		c.Seed = 1
	}
	if c.To == 0 {
		c.To = clientele.MustDate("2026-09-30")
	}
	if c.From == 0 {
		c.From = c.To.AddMonths(-36) + 1
	}
	return c
}

// truth holds the parameters: a shop whose customers buy about three times a
// year while they stay, two in five of whom leave within a year, and who spend
// about 53 on an order.
func (c Config) truth() Truth {
	t := Truth{R: 0.9, Alpha: 14, S: 0.7, Beta: 40, P: 5, Q: 4, V: 32, Currency: "EUR", From: c.From, To: c.To}
	if c.Orders > 0 {
		t.Alpha = t.R * t.meanActiveWeeks() / (c.Orders - 1)
	}
	return t
}

// meanActiveWeeks is the mean time from the first purchase to leaving or the
// last day, over the ramp of arrivals: ∫ ((β/(β+u))^s) du up to the age.
func (t *Truth) meanActiveWeeks() float64 {
	sum, weight := 0.0, 0.0
	for day := t.From; day <= t.To; day++ {
		age := float64(t.To-day) / daysPerWeek
		w := t.arrivals(day)
		weight += w
		sum += w * t.Beta / (t.S - 1) * (1 - math.Pow(t.Beta/(t.Beta+age), t.S-1))
	}
	return sum / weight
}

// arrivals is the relative rate at which customers arrive: it grows for most of
// the span, eases at the end, and peaks before Christmas. At most 1.
func (t *Truth) arrivals(day clientele.Date) float64 {
	u := float64(day-t.From) / float64(t.To-t.From)
	rate := 0.4 + 0.5*math.Min(u, 0.8) - 0.6*math.Max(u-0.8, 0)
	if month := day.Time().Month(); month >= 11 {
		rate *= 1.25
	}
	return rate
}

// files lists what was written, in the order in which it should be imported.
func (w *writer) files(dir string) []File {
	var out []File
	for _, k := range clientele.Kinds() {
		if t, ok := w.tables[k]; ok {
			out = append(out, File{Path: filepath.Join(dir, t.name), Kind: k, Source: "shop"})
		}
	}
	return out
}
