// Package cdnow reads the CDNOW purchase log for tests of the models: orders of
// one day are one purchase, spend is totalled by day, and days without spend
// count as purchases but not in the spend model.
package cdnow

import (
	"bufio"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Sample and Master are the 1/10 sample and the whole file.
const (
	Sample = "CDNOW_sample.txt"
	Master = "CDNOW_master.txt"
)

// Purchase is one customer-day.
type Purchase struct {
	Day   int // days since 1997-01-01
	Cents int64
}

// Log holds each customer's purchases by day, customers in file order.
type Log [][]Purchase

// Customer is a summary at an as-of day. Days count from the first purchase.
type Customer struct {
	First    int // day of the first purchase since 1997-01-01
	X, Tx, T int
	XG       int     // repeat days with spend
	Z        float64 // total spend of these days
	Future   int     // purchase days after the as-of day
}

// Day is a date as days since 1997-01-01.
func Day(date string) int {
	t, err := time.Parse("2006-01-02", date)
	if err != nil {
		panic(err)
	}
	return int(t.Sub(time.Date(1997, 1, 1, 0, 0, 0, 0, time.UTC)).Hours() / 24)
}

// Load reads a file of ../shared/data/cdnow. Where it is absent the test is
// skipped, or fails if CLIENTELE_REQUIRE_SHARED is 1.
func Load(t testing.TB, name string) Log {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	root := filepath.Join(filepath.Dir(here), "..", "..", "..")
	path := filepath.Join(root, "..", "shared", "data", "cdnow", name)
	file, err := os.Open(path)
	if err != nil {
		if os.Getenv("CLIENTELE_REQUIRE_SHARED") == "1" {
			t.Fatalf("needs ../shared/data: %v", err)
		}
		t.Skipf("needs ../shared/data: %v", err)
	}
	defer file.Close()
	return parse(t, file)
}

func parse(t testing.TB, file *os.File) Log {
	t.Helper()
	var log Log
	at, last := map[string]int{}, map[string]int{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		if len(f) < 4 || f[0] == "customer_id" {
			continue
		}
		f = append(f[:1], f[len(f)-3:]...)
		day, cents := dayOf(t, f[1]), centsOf(t, f[3])
		i, seen := at[f[0]]
		if !seen {
			i = len(log)
			at[f[0]], log = i, append(log, nil)
		}
		if d, ok := last[f[0]]; ok && d == day {
			log[i][len(log[i])-1].Cents += cents
			continue
		}
		last[f[0]], log[i] = day, append(log[i], Purchase{day, cents})
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return log
}

func dayOf(t testing.TB, s string) int {
	t.Helper()
	d, err := time.Parse("20060102", s)
	if err != nil {
		t.Fatal(err)
	}
	return Day(d.Format("2006-01-02"))
}

func centsOf(t testing.TB, s string) int64 {
	t.Helper()
	v, err := strconv.ParseInt(strings.Replace(s, ".", "", 1), 10, 64)
	if err != nil || !strings.Contains(s, ".") {
		t.Fatalf("amount %q", s)
	}
	return v
}

// At summarises every customer at the close of an as-of day, with the purchase
// days after it up to end.
func (l Log) At(asOf, end string) []Customer {
	day, last := Day(asOf), Day(end)
	var out []Customer
	for _, p := range l {
		c := Customer{First: p[0].Day, T: day - p[0].Day}
		for _, q := range p[1:] {
			switch {
			case q.Day > last:
			case q.Day > day:
				c.Future++
			default:
				c.add(q)
			}
		}
		if c.T >= 0 {
			out = append(out, c)
		}
	}
	return out
}

func (c *Customer) add(q Purchase) {
	c.X, c.Tx = c.X+1, q.Day-c.First
	if q.Cents > 0 {
		c.XG, c.Z = c.XG+1, c.Z+float64(q.Cents)/100
	}
}
