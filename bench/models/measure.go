package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/clientele/clientele/bench/internal/process"
)

// findings are what was measured on one company.
type findings struct {
	company company
	truth   facts
	results []result
	optima  []optimum
}

// measure makes the company and runs all contests on it.
func (s sides) measure(ctx context.Context, c company, rounds int) (findings, error) {
	f := findings{company: c}
	fmt.Fprintf(os.Stderr, "%d customers: making and importing them\n", c.customers)
	var err error
	if f.truth, err = s.make(ctx, c); err != nil {
		return f, err
	}
	defer os.RemoveAll(c.dir)
	imported, err := s.importing(ctx, c, f.truth)
	if err != nil {
		return f, err
	}
	f.results = append(f.results, imported)
	for _, model := range []string{paretoNBD, bgNBD} {
		fitted, err := s.fits(c, model).run(ctx, s, rounds)
		if err != nil {
			return f, err
		}
		found, err := s.optima(ctx, c, model, fitted)
		if err != nil {
			return f, err
		}
		f.results, f.optima = append(f.results, fitted), append(f.optima, found...)
	}
	theta := f.results[1].ours.Theta // of the Pareto/NBD
	for _, t := range []contest{s.summary(c), s.score(c, theta), s.equity(c), s.checked(c)} {
		r, err := t.run(ctx, s, rounds)
		if err != nil {
			return f, err
		}
		f.results = append(f.results, r)
	}
	return f, nil
}

// compile has pymc-marketing compile its models before anything is measured, by a run
// with few customers; what it compiles lies below .cache.
func (s sides) compile(ctx context.Context, dir string) error {
	c := company{customers: 1000, dir: dir}
	fmt.Fprintln(os.Stderr, "compiling the models of pymc-marketing")
	if _, err := s.make(ctx, c); err != nil {
		return err
	}
	defer os.RemoveAll(c.dir)
	for _, t := range []contest{s.fits(c, paretoNBD), s.fits(c, bgNBD), s.score(c, []float64{truth.r, truth.alpha, truth.s, truth.beta})} {
		for _, p := range t.peers {
			if p.name != s.pymc.name {
				continue
			}
			if err := new(runs).once(ctx, p.side, p.args); err != nil {
				return fmt.Errorf("%s, %s: %w", t.name, p.name, err)
			}
		}
	}
	return nil
}

// make simulates the company in a process of its own: a parent that has grown would
// make its children look larger than they are.
func (s sides) make(ctx context.Context, c company) (f facts, err error) {
	if err := os.MkdirAll(c.dir, 0o755); err != nil {
		return f, err
	}
	out, _, err := process.Run(ctx, process.Limits{}, s.ours.program, "simulate", c.dir, fmt.Sprint(c.customers))
	if err != nil {
		return f, err
	}
	return f, json.Unmarshal(out, &f)
}

// importing makes the book from the CSV file, beside pandas reading it.
func (s sides) importing(ctx context.Context, c company, truth facts) (result, error) {
	if _, _, err := process.Run(ctx, process.Limits{}, s.clientele, "init", c.book(), "--currency", "EUR"); err != nil {
		return result{}, err
	}
	_, took, err := process.Run(ctx, process.Limits{}, s.clientele, "import", c.book(), c.csv(), "--as", "transactions")
	if err != nil {
		return result{}, err
	}
	peer := rival{side: s.lifetimes, how: "pandas.read_csv", args: []string{"read", c.csv()}}
	r := result{
		contest: contest{name: "import of the CSV file", peers: []rival{peer}, same: map[string]float64{"lines": 0}},
		ours:    measured{Sample: took, Figures: map[string]float64{"lines": float64(truth.Lines)}},
	}
	var theirs runs
	if err := theirs.once(ctx, peer.side, peer.args); err != nil {
		theirs.gaveUp = whyNot(err)
	}
	r.peers = []measured{theirs.measured()}
	return r, r.agree()
}

// optimum compares where ours and a peer found the likelihood to be largest. All
// likelihoods of one function are of the same data, constants included.
type optimum struct {
	model, peer        string
	ours, theirs       []float64  // parameters
	byOurs, byLifetime [2]float64 // log-likelihood at ours and at theirs, by our function and by that of lifetimes
}

func (s sides) optima(ctx context.Context, c company, model string, r result) ([]optimum, error) {
	at := func(of side, theta []float64) (float64, error) {
		var one runs
		err := one.once(ctx, of, append([]string{"likelihood", model, c.histories()}, texts(theta)...))
		return one.last.Figures["log-likelihood"], err
	}
	var out []optimum
	for k, p := range r.peers {
		if p.Note != "" {
			continue
		}
		o := optimum{model: model, peer: r.contest.peers[k].label(), ours: r.ours.Theta, theirs: p.Theta}
		for i, theta := range [][]float64{o.ours, o.theirs} {
			var err error
			if o.byOurs[i], err = at(s.ours, theta); err != nil {
				return nil, err
			}
			if o.byLifetime[i], err = at(s.lifetimes, theta); err != nil {
				return nil, err
			}
		}
		out = append(out, o)
	}
	return out, nil
}

func decode(out []byte) (a answer, err error) {
	if err := json.Unmarshal(out, &a); err != nil {
		return a, fmt.Errorf("a step printed %q: %w", out, err)
	}
	return a, nil
}

func seconds(v float64) time.Duration { return time.Duration(v * float64(time.Second)) }
