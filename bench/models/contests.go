package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/clientele/clientele/bench/internal/process"
)

// What every side is asked.
const (
	horizonWeeks = "39" // of expected orders
	discount     = "0.1"
)

// The goals: how many times faster ours is to be.
const (
	goalPareto       = 20  // than lifetimes with weights, grouping included
	goalParetoMAP    = 100 // than pymc-marketing
	goalBG           = 5
	goalScore        = 20
	goalEquity       = 5
	goalEquityMemory = 4 // times less memory

	equityFrom = 10_000_000 // customers from which on the goals of equity bind
)

// rival is a peer's part in a contest.
type rival struct {
	side
	how  string // what is peculiar to how the peer is driven; "" is nothing
	args []string
	once bool // measured in the first round only
	goal float64
	less float64 // goal for memory
}

// contest is one step, ours and the peers'.
type contest struct {
	name  string
	ours  []string
	peers []rival
	same  map[string]float64 // figures that must agree, and their relative tolerance
}

// near is the tolerance of figures that are computed in different ways.
const near = 1e-7

func (s sides) fits(c company, model string) contest {
	goals := map[string][2]float64{paretoNBD: {goalPareto, goalParetoMAP}, bgNBD: {goalBG, 0}}[model]
	args := func(step string) []string { return []string{step, model, c.histories()} }
	return contest{name: "fit " + model, ours: args("fit"), peers: []rival{
		{side: s.lifetimes, how: "grouped, weights", args: args("fit"), goal: goals[0]},
		{side: s.lifetimes, how: "as most use it", args: args("fit_each"), once: true},
		{side: s.pymc, how: "MAP", args: args("fit"), once: true, goal: goals[1]},
	}}
}

func (s sides) summary(c company) contest {
	theirs := []string{"summary", c.log(), asOf.String()}
	return contest{
		name: "summary", ours: []string{"summary", c.records()},
		peers: []rival{{side: s.lifetimes, args: theirs}, {side: s.pymc, args: theirs}},
		same:  map[string]float64{"customers": 0, "repeats": 0, "recency days": 0, "age days": 0},
	}
}

func (s sides) score(c company, theta []float64) contest {
	args := append([]string{"score", c.histories(), horizonWeeks, discount}, texts(theta)...)
	return contest{
		name: "score", ours: args,
		peers: []rival{
			{side: s.lifetimes, how: "grouped", args: args, goal: goalScore},
			{side: s.pymc, how: "grouped", args: args, once: true, goal: goalScore},
		},
		same: map[string]float64{"alive": near, "orders": near},
	}
}

func (s sides) equity(c company) contest {
	peer := rival{side: s.lifetimes, how: "grouped, weights", args: []string{"equity", c.log(), asOf.String(), discount}}
	if c.customers >= equityFrom {
		peer.goal, peer.less = goalEquity, goalEquityMemory
	}
	return contest{name: "log to scored equity", ours: []string{"equity", c.records(), discount}, peers: []rival{peer}, same: map[string]float64{"customers": 0}}
}

// checked shows what a statement's check adds; no peer has one.
func (s sides) checked(c company) contest {
	return contest{name: "the same, checked against held-out weeks", ours: []string{"checked", c.records(), discount}}
}

func texts(values []float64) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = strconv.FormatFloat(v, 'g', -1, 64)
	}
	return out
}

// measured is what one side took in a contest.
type measured struct {
	Sample  process.Sample
	Figures map[string]float64
	Theta   []float64
	gaveUp  // why there is no measure
}

// runs are one side's rounds.
type runs struct {
	samples []process.Sample
	last    answer
	gaveUp
}

// gaveUp is why a peer has no measure; the zero value is that it has one.
type gaveUp struct {
	Note  string
	Least time.Duration // what its step would have taken at least, if that can be told
}

// starting is more than any peer was seen to take before its step begins.
const starting = time.Minute

func whyNot(err error) gaveUp {
	stopped, ok := errors.AsType[process.Stopped](err)
	if !ok {
		return gaveUp{Note: "failed"}
	}
	return gaveUp{Note: stopped.Reason, Least: max(0, stopped.After-starting)}
}

// once runs a step of a side and keeps what it took.
func (r *runs) once(ctx context.Context, s side, args []string) error {
	out, sample, err := process.Run(ctx, s.limits, s.program, append(slices.Clone(s.args), args...)...)
	if err != nil {
		return err
	}
	a, err := decode(out)
	if err != nil {
		return err
	}
	sample.Wall, sample.CPU = seconds(a.Wall), seconds(a.CPU)
	r.samples, r.last = append(r.samples, sample), a
	return nil
}

func (r *runs) measured() measured {
	if len(r.samples) == 0 {
		return measured{gaveUp: r.gaveUp}
	}
	return measured{Sample: process.Median(r.samples), Figures: r.last.Figures, Theta: r.last.Theta}
}

// result is a contest as it went.
type result struct {
	contest
	ours  measured
	peers []measured
}

// run runs all sides in every round, the first to start changing. A peer that fails
// or is stopped does not run again, here or in the same contest of a larger company;
// that ours does ends the benchmark.
func (t contest) run(ctx context.Context, s sides, rounds int) (result, error) {
	fmt.Fprintf(os.Stderr, "%s\n", t.name)
	all := make([]runs, 1+len(t.peers))
	for k, p := range t.peers {
		all[k+1].gaveUp = s.gaveUp[t.name+p.label()]
	}
	for round := range rounds {
		for turn := range all {
			k := (round + turn) % len(all)
			r := &all[k]
			if k == 0 {
				if err := r.once(ctx, s.ours, t.ours); err != nil {
					return result{}, err
				}
				continue
			}
			p := t.peers[k-1]
			if r.Note != "" || p.once && len(r.samples) > 0 {
				continue
			}
			if err := r.once(ctx, p.side, p.args); err != nil {
				if ctx.Err() != nil {
					return result{}, ctx.Err()
				}
				r.gaveUp = whyNot(err)
				s.gaveUp[t.name+p.label()] = gaveUp{r.Note + " with fewer customers", r.Least}
				fmt.Fprintf(os.Stderr, "  %s: %v\n", p.name, err)
			}
		}
		fmt.Fprintf(os.Stderr, "  round %d done\n", round+1)
	}
	out := result{contest: t, ours: all[0].measured()}
	for k := range t.peers {
		out.peers = append(out.peers, all[k+1].measured())
	}
	return out, out.agree()
}

// agree returns an error if a peer found other figures than ours.
func (r result) agree() error {
	for k, p := range r.peers {
		if p.Note != "" {
			continue
		}
		for name, tolerance := range r.same {
			ours, theirs := r.ours.Figures[name], p.Figures[name]
			if !(math.Abs(ours-theirs) <= tolerance*math.Abs(theirs)) {
				return fmt.Errorf("%s: %s is %v, and %v by %s", r.name, name, ours, theirs, r.contest.peers[k].name)
			}
		}
	}
	return nil
}
