package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/clientele/clientele"
)

// The company: first purchases within twelve weeks, 39 weeks up to asOf, and 39
// more, which no model sees.
var (
	firstDay = clientele.MustDate("2025-01-01")
	asOf     = firstDay + 39*7 - 1
	lastDay  = asOf + 39*7
)

const birthDays = 12 * 7

// truth is what customers do: the published estimates of the CDNOW sample for
// purchases (Fader, Hardie and Lee, Journal of Marketing Research 42, 2005) and
// for spend (the same, Gamma-Gamma), in weeks and in money.
var truth = struct{ r, alpha, s, beta, p, q, v float64 }{.553, 10.578, .606, 11.669, 6.25, 3.74, 15.44}

// company is the files of one size.
type company struct {
	customers int
	dir       string
}

func (c company) csv() string       { return filepath.Join(c.dir, "log.csv") }       // for an import
func (c company) log() string       { return filepath.Join(c.dir, "log.bin") }       // customer, day, cents: int32
func (c company) histories() string { return filepath.Join(c.dir, "histories.bin") } // x, tx, t: int32
func (c company) book() string      { return filepath.Join(c.dir, "book") }
func (c company) records() string   { return filepath.Join(c.book(), "records.duckdb") }

// history is one customer as of asOf, in days.
type history struct{ x, tx, t int32 }

const historyBytes = 12

// facts are what every side must find in the log.
type facts struct {
	Customers, Repeats, Recency, Age int64
	Lines                            int64 // over all 78 weeks
	Held                             int64 // repeat purchases after asOf
}

// simulate writes the company's files, customer by customer.
func (c company) simulate() (f facts, err error) {
	w, err := create(c.csv(), c.log(), c.histories())
	if err != nil {
		return f, err
	}
	w.csv.WriteString("order,time,customer,amount\n")
	source := rand.NewPCG(1, 0)
	draw := person{rand.New(source)}
	for i := range c.customers {
		source.Seed(1, uint64(i))
		w.put(i, draw.purchases(), &f)
	}
	return f, w.close()
}

// person draws what one customer does.
type person struct{ *rand.Rand }

// purchase is a day with a purchase.
type purchase struct {
	day   clientele.Date
	cents int32
}

// purchases begin with the first one. Several on one day are one.
func (p person) purchases() []purchase {
	gamma := func(shape, rate float64) float64 { return distuv.Gamma{Alpha: shape, Beta: rate, Src: p.Rand}.Rand() }
	rate, leaving, spend := gamma(truth.r, truth.alpha), gamma(truth.s, truth.beta), gamma(truth.q, truth.v)
	first := firstDay + clientele.Date(p.IntN(birthDays))
	end := math.Min(float64(lastDay-first), 7*p.ExpFloat64()/leaving)
	var all []purchase
	for day, at := 0, 0.0; at <= end; at += 7 * p.ExpFloat64() / rate {
		if whole := int(math.Ceil(at)); whole > day || len(all) == 0 {
			day = whole
			cents := math.Max(1, math.Round(100*gamma(truth.p, spend)))
			all = append(all, purchase{first + clientele.Date(day), int32(cents)})
		}
	}
	return all
}

// writer writes the three files; the errors of writing surface in close.
type writer struct {
	files               []*os.File
	csv, log, histories *bufio.Writer
	line                []byte
}

func create(csv, log, histories string) (*writer, error) {
	w := &writer{}
	for path, to := range map[string]**bufio.Writer{csv: &w.csv, log: &w.log, histories: &w.histories} {
		f, err := os.Create(path)
		if err != nil {
			return nil, errors.Join(err, w.close())
		}
		w.files = append(w.files, f)
		*to = bufio.NewWriterSize(f, 1<<20)
	}
	return w, nil
}

func (w *writer) close() error {
	var errs []error
	for _, b := range []*bufio.Writer{w.csv, w.log, w.histories} {
		if b != nil {
			errs = append(errs, b.Flush())
		}
	}
	for _, f := range w.files {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}

func (w *writer) put(customer int, all []purchase, f *facts) {
	h := history{x: -1, t: int32(asOf - all[0].day)}
	for k, p := range all {
		w.line = appendLine(w.line[:0], customer, k, p)
		w.csv.Write(w.line)
		w.line = appendInts(w.line[:0], int32(customer), int32(p.day), p.cents)
		w.log.Write(w.line)
		f.Lines++
		if p.day > asOf {
			f.Held++
			continue
		}
		h.x, h.tx = h.x+1, int32(p.day-all[0].day)
	}
	w.histories.Write(appendInts(w.line[:0], h.x, h.tx, h.t))
	f.Customers++
	f.Repeats += int64(h.x)
	f.Recency += int64(h.tx)
	f.Age += int64(h.t)
}

// appendLine appends order,time,customer,amount.
func appendLine(b []byte, customer, k int, p purchase) []byte {
	b = strconv.AppendInt(b, int64(customer), 10)
	b = append(b, '-')
	b = strconv.AppendInt(b, int64(k), 10)
	b = append(b, ',')
	b = append(b, p.day.String()...)
	b = append(b, ',')
	b = strconv.AppendInt(b, int64(customer), 10)
	b = append(b, ',')
	b = strconv.AppendInt(b, int64(p.cents/100), 10)
	return append(b, '.', byte('0'+p.cents/10%10), byte('0'+p.cents%10), '\n')
}

func appendInts(b []byte, values ...int32) []byte {
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	return b
}
