package main

import (
	"context"
	"encoding/binary"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/bench/internal/process"
)

// The histories that models are given must be those of the log that is summarised.
func TestHistoriesAreThoseOfTheLog(t *testing.T) {
	c := company{customers: 500, dir: t.TempDir()}
	truth, err := c.simulate()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(c.log())
	if err != nil {
		t.Fatal(err)
	}
	days := make([][]int, c.customers)
	for ; len(raw) > 0; raw = raw[12:] {
		customer, day := binary.LittleEndian.Uint32(raw), int(binary.LittleEndian.Uint32(raw[4:]))
		days[customer] = append(days[customer], day)
	}
	cells, err := readHistories(c.histories())
	if err != nil {
		t.Fatal(err)
	}
	var found facts
	for i, cell := range cells {
		known := slices.DeleteFunc(slices.Clone(days[i]), func(d int) bool { return clientele.Date(d) > asOf })
		last := len(known) - 1
		if cell.X != last || cell.Tx != known[last]-known[0] || cell.T != int(asOf)-known[0] || !slices.IsSorted(known) {
			t.Fatalf("customer %d bought on %v, a history of %+v", i, known, cell)
		}
		found.Customers++
		found.Repeats += int64(last)
		found.Recency += int64(cell.Tx)
		found.Age += int64(cell.T)
		found.Lines += int64(len(days[i]))
		found.Held += int64(len(days[i]) - len(known))
	}
	if found != truth || found.Repeats == 0 || found.Held == 0 {
		t.Errorf("found %+v, told %+v", found, truth)
	}
}

// beside runs a contest of echoes: a step prints its first argument.
func beside(t *testing.T, ours string, peers ...rival) (result, error) {
	t.Helper()
	echo := side{name: "echo", program: "echo"}
	for k := range peers {
		peers[k].side = echo
	}
	return contest{name: "echo", ours: []string{ours}, peers: peers, same: map[string]float64{"alive": 1e-6}}.run(t.Context(), sides{ours: echo, gaveUp: map[string]gaveUp{}}, 2)
}

func TestSidesMustFindTheSame(t *testing.T) {
	if _, err := beside(t, `{"figures":{"alive":7}}`, rival{args: []string{`{"figures":{"alive":7.000001}}`}}); err != nil {
		t.Error(err)
	}
	if _, err := beside(t, `{"figures":{"alive":7}}`, rival{args: []string{`{"figures":{"alive":7.1}}`}}); err == nil {
		t.Error("7 passed for 7.1")
	}
}

func TestGoalsBindAndWhatFailedIsNotJudged(t *testing.T) {
	r, err := beside(t, `{"wall":1,"figures":{"alive":7}}`,
		rival{args: []string{`{"wall":30,"figures":{"alive":7}}`}, goal: 20},
		rival{args: []string{`{"wall":10,"figures":{"alive":7}}`}, goal: 20},
		rival{args: []string{`no answer`}, goal: 20})
	if err != nil {
		t.Fatal(err)
	}
	for k, want := range []string{"holds", "MISSED", "not to be told"} {
		if got := r.verdict(k); got != want {
			t.Errorf("peer %d: %s, want %s", k, got, want)
		}
	}
	f := findings{results: []result{r}, optima: []optimum{{byOurs: [2]float64{-100, -99.9}}, {byOurs: [2]float64{-100, -100}}}}
	if missed := f.missed(); len(missed) != 2 {
		t.Errorf("missed: %v", missed)
	}
	if text := f.tables(); !strings.Contains(text, "| 30.000 | **30.0** |") || !strings.Contains(text, "failed") {
		t.Error(text)
	}
}

// A peer that was stopped for its time is slower than the limit less its start.
func TestWhatWasStoppedIsJudgedByItsLimit(t *testing.T) {
	of := func(limit time.Duration, less float64) result {
		stopped := whyNot(process.Stopped{Reason: "did not finish", After: limit})
		return result{contest: contest{peers: []rival{{goal: 20, less: less}}},
			ours: measured{Sample: process.Sample{Wall: 2 * time.Second}}, peers: []measured{{gaveUp: stopped}}}
	}
	for _, c := range []struct {
		r    result
		want string
	}{
		{of(100*time.Second, 0), "holds"}, {of(99*time.Second, 0), "not to be told"}, {of(100*time.Second, 4), "not to be told"}, {of(0, 0), "not to be told"},
	} {
		if got := c.r.verdict(0); got != c.want {
			t.Errorf("%+v: %s, want %s", c.r.peers[0], got, c.want)
		}
	}
}

func TestAStepIsStoppedAtItsLimits(t *testing.T) {
	for _, l := range []process.Limits{{Time: 50 * time.Millisecond}, {Memory: 1}} {
		_, _, err := process.Run(context.Background(), l, "sleep", "10")
		if why := whyNot(err); !strings.HasPrefix(why.Note, "did not ") {
			t.Errorf("%+v: %v", l, err)
		}
	}
}
