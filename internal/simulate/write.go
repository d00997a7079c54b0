package simulate

import (
	"bufio"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/clientele/clientele"
)

// table is one CSV file being written.
type table struct {
	name string
	file *os.File
	out  *bufio.Writer
	row  []byte
}

// layouts are the files that the company exports.
var layouts = map[clientele.Kind]struct{ name, header string }{
	clientele.Transactions: {"orders.csv", "order,line,time,customer,product,channel,quantity,amount,currency"},
	clientele.Customers:    {"customers.csv", "customer,segment,country,acquisition_channel,acquisition_cost"},
	clientele.Interactions: {"interactions.csv", "interaction,customer,case,touchpoint,kind,time,promised,actual,outcome,problem,channel"},
	clientele.Feedback:     {"feedback.csv", "response,customer,order,time,touchpoint,instrument,score,scale_min,scale_max,text"},
	clientele.Reasons:      {"reasons.csv", "customer,date,direction,reason,source,confidence"},
}

const leanHeader = "order,time,customer,amount"

// writer writes people into files. Errors of files surface in close.
type writer struct {
	tables map[clientele.Kind]*table
	lean   bool
}

func create(dir string, lean bool) (*writer, error) {
	w := &writer{tables: map[clientele.Kind]*table{}, lean: lean}
	for kind, l := range layouts {
		if lean && kind != clientele.Transactions {
			continue
		}
		f, err := os.Create(filepath.Join(dir, l.name))
		if err != nil {
			return nil, errors.Join(clientele.Errorf(clientele.CodeInvalid, "cannot write %s", l.name).Because(err), w.close())
		}
		t := &table{name: l.name, file: f, out: bufio.NewWriterSize(f, 1<<20)}
		w.tables[kind] = t
		if lean {
			l.header = leanHeader
		}
		t.put(l.header)
		t.end()
	}
	return w, nil
}

func (w *writer) close() error {
	var errs []error
	for _, t := range w.tables {
		errs = append(errs, t.out.Flush(), t.file.Close())
	}
	if err := errors.Join(errs...); err != nil {
		return clientele.Errorf(clientele.CodeInvalid, "the simulated files cannot be written").Because(err)
	}
	return nil
}

// put appends text as it stands.
func (t *table) put(s string) { t.row = append(t.row, s...) }

// end ends the row.
func (t *table) end() {
	t.row = append(t.row, '\n')
	t.out.Write(t.row) // a bufio.Writer keeps its first error for Flush
	t.row = t.row[:0]
}

// write writes one row, quoting where RFC 4180 asks for it.
func (t *table) write(fields ...string) {
	for i, s := range fields {
		if i > 0 {
			t.put(",")
		}
		if strings.ContainsAny(s, ",\"\n") {
			s = `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
		}
		t.put(s)
	}
	t.end()
}

func money(cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	s := strconv.FormatInt(cents, 10)
	for len(s) < 3 {
		s = "0" + s
	}
	return sign + s[:len(s)-2] + "." + s[len(s)-2:]
}

func clock(day clientele.Date, minute int) string {
	two := func(n int) string { return string([]byte{byte('0' + n/10), byte('0' + n%10)}) }
	return day.String() + " " + two(minute/60) + ":" + two(minute%60)
}

// person writes everything about one customer, and counts it.
func (w *writer) person(p person, t *Truth) {
	t.Customers++
	t.Orders += int64(len(p.orders))
	if w.lean {
		w.leanOrders(p, t)
		return
	}
	say := sampler{rand.New(rand.NewPCG(uint64(p.index), 0x776f726473))} // second word: "words"
	if p.index%97 != 5 {                                                 // some customers are in no list
		w.tables[clientele.Customers].write(append([]string{p.id}, p.attributes[:]...)...)
	}
	for k, o := range p.orders {
		id := p.id[1:] + "-" + strconv.Itoa(k+1)
		w.order(say, p, id, o, t)
		w.delivery(say, p, id, o, t.To)
		w.survey(say, p, id, o, t.To)
	}
	w.reasons(say, p, t.To)
}

func (w *writer) leanOrders(p person, t *Truth) {
	table := w.tables[clientele.Transactions]
	for k, o := range p.orders {
		table.write(p.id[1:]+"-"+strconv.Itoa(k+1), o.day.String(), p.id, money(o.cents))
		t.Lines++
	}
}

// rejects writes rows that no import can accept, as real exports hold them.
func (w *writer) rejects(t *Truth) {
	orders := w.tables[clientele.Transactions]
	orders.write("900001-1", "1", "2026-02-30 10:15", "C100001", products[2], "web", "1", "19.90", t.Currency)
	orders.write("900002-1", "1", "2026-05-04 09:12", "C100002", products[3], "web", "1", "n/a", t.Currency)
	orders.write("900003-1", "1", "2026-06-11 17:40", "C100003", products[4], "web", "1", "24.00", "CHF")
	w.tables[clientele.Feedback].write("F900001", "C100001", "", "soon", "delivery", "nps", "9", "0", "10", "")
	t.Rejected += 4
}
