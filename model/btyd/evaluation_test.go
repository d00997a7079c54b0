package btyd

import (
	"math"
	"testing"
)

// BenchmarkEvaluation is the likelihood of all cells with its derivatives, in CPU
// time per cell, and beside it ("special") its calls of exp, log and log1p alone:
// what no rearrangement of the rest could save. Command bench shows both.
func BenchmarkEvaluation(b *testing.B) {
	for _, base := range benchBases[1:3] {
		g, err := NewGrid(simulated(truth, base.n, base.births, base.end, 1))
		if err != nil {
			b.Fatal(err)
		}
		bg := BGNBD{.25, 4.5, .8, 2.4}
		whole, grad := g.problem(), make([]float64, 4)
		simple, x := bgFamily.problem(g), []float64{math.Log(bg.R), math.Log(bg.Alpha), math.Log(bg.A), math.Log(bg.B)}
		ns := func(name string, f func()) { b.Run(name+"/"+base.name, func(b *testing.B) { perCell(b, g.Len(), f) }) }
		ns("Pareto", func() {
			whole.LogLikelihood([]float64{math.Log(truth.R), math.Log(truth.Alpha), math.Log(truth.S), math.Log(truth.Beta)}, grad)
		})
		ns("Pareto special", g.paretoCalls(truth).make)
		ns("BG", func() { simple.LogLikelihood(x, grad) })
		ns("BG special", g.betaGeometricCalls().make)
	}
}

func perCell(b *testing.B, cells int, f func()) {
	b.ReportAllocs()
	before := cpuSeconds()
	for b.Loop() {
		f()
	}
	b.ReportMetric((cpuSeconds()-before)*1e9/float64(b.N)/float64(cells), "cpu-ns/cell")
	b.ReportMetric(float64(cells), "cells")
}

// calls are those of special functions in one evaluation; expm1 counts as exp.
type calls struct{ exp, log, log1p int }

// paretoCalls counts two logarithms a node of the day grid, an exponential a node of
// a chunk's table, what cells of one age share, and a logarithm a cell. Cells without
// a table count as one panel of quadrature, the least that they take.
func (g *Grid) paretoCalls(p ParetoNBD) (n calls) {
	m := &nodes{}
	g.place(p, m)
	n.log = 2 * len(m.w)
	for i := range g.chunks {
		c := &g.chunks[i]
		if !c.tabular(p) {
			n.exp += 2 * len(panelRule.X) * (c.hi - c.lo)
			n.log1p += 2 * len(panelRule.X) * (c.hi - c.lo)
			continue
		}
		ages := g.ageRuns(c)
		n.exp += int(m.start[c.to]-m.start[c.from]) + ages
		n.log += 2*ages + c.hi - c.lo
	}
	return n
}

// betaGeometricCalls counts one of each a cell, and a logarithm an age.
func (g *Grid) betaGeometricCalls() (n calls) {
	n = calls{exp: g.Len(), log: g.Len(), log1p: g.Len()}
	for i := range g.chunks {
		n.log += g.ageRuns(&g.chunks[i])
	}
	return n
}

// ageRuns counts the runs of cells of one age in a chunk.
func (g *Grid) ageRuns(c *chunk) int {
	ages := 1
	for i := c.lo + 1; i < c.hi; i++ {
		if g.t[i] != g.t[i-1] {
			ages++
		}
	}
	return ages
}

// sink keeps the compiler from leaving calls out.
var sink float64

// make calls each function as often, with arguments such as an evaluation has.
func (n calls) make() {
	var minus, positive [256]float64
	for i := range minus {
		minus[i], positive[i] = -float64(i)/8, .1+float64(i)/4
	}
	sum := 0.0
	for i := range n.exp {
		sum += math.Exp(minus[i%256])
	}
	for i := range n.log {
		sum += math.Log(positive[i%256])
	}
	for i := range n.log1p {
		sum += math.Log1p(positive[i%256])
	}
	sink = sum
}
