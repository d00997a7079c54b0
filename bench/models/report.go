package main

import (
	"fmt"
	"math"
	"strings"
)

func (p rival) label() string {
	if p.how == "" {
		return p.name
	}
	return p.name + ", " + p.how
}

// faster and smaller are how many times ours is, by wall time and by memory.
func faster(ours, theirs measured) float64 {
	return theirs.Sample.Wall.Seconds() / ours.Sample.Wall.Seconds()
}

func smaller(ours, theirs measured) float64 {
	return float64(theirs.Sample.Peak) / float64(ours.Sample.Peak)
}

// holds is true where a peer's goals are reached, or none are set.
func (r result) holds(k int) bool {
	p := r.contest.peers[k]
	return faster(r.ours, r.peers[k]) >= p.goal && smaller(r.ours, r.peers[k]) >= p.less
}

// atLeast is how many times faster ours is than a peer that was stopped, at least.
func (r result) atLeast(k int) float64 {
	return r.peers[k].Least.Seconds() / r.ours.Sample.Wall.Seconds()
}

func (r result) verdict(k int) string {
	switch p := r.contest.peers[k]; {
	case p.goal == 0 && p.less == 0:
		return ""
	case r.peers[k].Note != "" && p.less == 0 && r.atLeast(k) >= p.goal:
		return "holds"
	case r.peers[k].Note != "":
		return "not to be told"
	case r.holds(k):
		return "holds"
	default:
		return "MISSED"
	}
}

func (p rival) goals() string {
	var all []string
	if p.goal > 0 {
		all = append(all, fmt.Sprintf("≥ %g× faster", p.goal))
	}
	if p.less > 0 {
		all = append(all, fmt.Sprintf("≤ 1/%g memory", p.less))
	}
	return strings.Join(all, ", ")
}

// lowest is by how much, relative to it, our likelihood may lie below a peer's.
const lowest = 1e-9

// above is by how much our optimum is more likely than the peer's, relative to the
// likelihood, by one function.
func above(l [2]float64) float64 { return (l[0] - l[1]) / math.Abs(l[1]) }

func (f findings) missed() []error {
	var errs []error
	for _, r := range f.results {
		for k, p := range r.contest.peers {
			if r.verdict(k) == "MISSED" {
				errs = append(errs, fmt.Errorf("%s, %d customers, beside %s: missed its goal of %s", r.name, f.company.customers, p.label(), p.goals()))
			}
		}
	}
	for _, o := range f.optima {
		if !(above(o.byOurs) >= -lowest) {
			errs = append(errs, fmt.Errorf("%s, %d customers: %s found a likelihood higher by %g of it", o.model, f.company.customers, o.peer, -above(o.byOurs)))
		}
	}
	return errs
}

// tables shows the findings as Markdown.
func (f findings) tables() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d customers, %d lines in 78 weeks, %d repeat purchases in the first 39 and %d in the last\n\n",
		f.truth.Customers, f.truth.Lines, f.truth.Repeats, f.truth.Held)
	b.WriteString("| step | beside | wall s | peer | × | CPU s | peer | × | peak MiB | peer | × | goal | |\n")
	b.WriteString("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- | --- |\n")
	for _, r := range f.results {
		if o := r.ours.Sample; len(r.peers) == 0 {
			fmt.Fprintf(&b, "| %s | | %.3f | | | %.3f | | | %d | | | | |\n", r.name, o.Wall.Seconds(), o.CPU.Seconds(), o.Peak>>20)
		}
		for k, p := range r.contest.peers {
			b.WriteString(r.row(k))
			fmt.Fprintf(&b, "%s | %s |\n", p.goals(), r.verdict(k))
		}
	}
	b.WriteString("\n| model | beside | ln L | above the peer's | by lifetimes' function | largest difference of a parameter | ours | peer's |\n")
	b.WriteString("| --- | --- | ---: | ---: | ---: | ---: | --- | --- |\n")
	for _, o := range f.optima {
		fmt.Fprintf(&b, "| %s | %s | %.6f | %+.1e | %+.1e | %.1e | %.6g | %.6g |\n",
			o.model, o.peer, o.byOurs[0], above(o.byOurs), above(o.byLifetime), apart(o.ours, o.theirs), o.ours, o.theirs)
	}
	b.WriteString(f.differences())
	return b.String()
}

// row is one line up to the goal.
func (r result) row(k int) string {
	o, p := r.ours.Sample, r.peers[k].Sample
	start := fmt.Sprintf("| %s | %s | %.3f | ", r.name, r.contest.peers[k].label(), o.Wall.Seconds())
	if note := r.peers[k].Note; note != "" {
		times := ""
		if least := r.atLeast(k); least > 0 {
			times = fmt.Sprintf("**> %.0f**", math.Floor(least))
		}
		return start + fmt.Sprintf("%s | %s | %.3f | | | %d | | | ", note, times, o.CPU.Seconds(), o.Peak>>20)
	}
	return start + fmt.Sprintf("%.3f | **%.1f** | %.3f | %.3f | %.1f | %d | %d | %.2f | ",
		p.Wall.Seconds(), faster(r.ours, r.peers[k]), o.CPU.Seconds(), p.CPU.Seconds(), p.CPU.Seconds()/o.CPU.Seconds(),
		o.Peak>>20, p.Peak>>20, smaller(r.ours, r.peers[k]))
}

// differences tells where both sides answer a question by different conventions.
func (f findings) differences() string {
	var b strings.Builder
	for _, r := range f.results {
		for _, figure := range []string{"discounted orders", "equity"} {
			for k, p := range r.peers {
				if ours, ok := r.ours.Figures[figure]; ok && p.Note == "" {
					fmt.Fprintf(&b, "\n%s: %s %.0f, by %s %.0f (%+.2f %%)\n", r.name, figure, ours, r.contest.peers[k].name, p.Figures[figure], 100*(ours/p.Figures[figure]-1))
				}
			}
		}
	}
	return b.String()
}

// apart is the largest relative difference of a parameter.
func apart(ours, theirs []float64) float64 {
	most := 0.0
	for i := range ours {
		most = math.Max(most, math.Abs(ours[i]-theirs[i])/theirs[i])
	}
	return most
}
