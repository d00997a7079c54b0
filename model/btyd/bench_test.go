package btyd

import (
	"fmt"
	"syscall"
	"testing"
)

// A million customers born over two years, and one hundred thousand within twelve weeks.
var (
	truth      = ParetoNBD{.75, 9, .6, 14}
	benchBases = []struct {
		name           string
		n, births, end int
	}{
		{"100k/12+39weeks", 100_000, 84, 357},
		{"1M/12+39weeks", 1_000_000, 84, 357},
		{"1M/2years", 1_000_000, 720, 730},
		{"1M/10years", 1_000_000, 3600, 3650},
	}
)

func eachBase(b *testing.B, f func(b *testing.B, cells []Cell)) {
	for _, base := range benchBases {
		cells := simulated(truth, base.n, base.births, base.end, 1)
		b.Run(base.name, func(b *testing.B) {
			b.ReportAllocs()
			before := cpuSeconds()
			f(b, cells)
			b.ReportMetric((cpuSeconds()-before)*1000/float64(b.N), "cpu-ms/op")
			b.ReportMetric(float64(len(cells)), "cells")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(cells)), "ns/cell")
		})
	}
}

// cpuSeconds is what the process has used, on all cores: steadier than wall time
// on a shared machine.
func cpuSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

func BenchmarkFit(b *testing.B) {
	eachBase(b, func(b *testing.B, cells []Cell) {
		for b.Loop() {
			if _, err := FitParetoNBD(cells, Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkFitMBGNBD(b *testing.B) {
	eachBase(b, func(b *testing.B, cells []Cell) {
		for b.Loop() {
			if _, err := FitMBGNBD(cells, Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkDETMBGNBD(b *testing.B) {
	model := MBGNBD{.525, 6.183, .891, 1.614}
	for _, h := range []History{{0, 0, 30}, {3, 12, 40}, {60, 200, 210}} {
		b.Run(fmt.Sprint(h), func(b *testing.B) {
			for b.Loop() {
				model.DET(h, .0027, 260)
			}
		})
	}
}

func BenchmarkOrders(b *testing.B) {
	for b.Loop() {
		truth.Orders(History{3, 12, 40}, 0, 52)
	}
}

func BenchmarkLikelihoodAndGradient(b *testing.B) {
	eachBase(b, func(b *testing.B, cells []Cell) {
		g, err := NewGrid(cells)
		if err != nil {
			b.Fatal(err)
		}
		p, grad := g.problem(), make([]float64, 4)
		for b.Loop() {
			p.LogLikelihood([]float64{-.3, 2.2, -.5, 2.6}, grad)
		}
	})
}

func BenchmarkGrid(b *testing.B) {
	eachBase(b, func(b *testing.B, cells []Cell) {
		for b.Loop() {
			if _, err := NewGrid(cells); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkScore(b *testing.B) {
	eachBase(b, func(b *testing.B, cells []Cell) {
		f, err := FitParetoNBD(cells, Options{})
		if err != nil {
			b.Fatal(err)
		}
		g, err := NewGrid(cells)
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			f.Score(g, ScoreOptions{Weeks: 365.0 / 7, Delta: WeeklyDiscount(.15), Horizon: 260})
		}
	})
}

func BenchmarkPAlive(b *testing.B) {
	eachBase(b, func(b *testing.B, cells []Cell) {
		g, err := NewGrid(cells)
		if err != nil {
			b.Fatal(err)
		}
		var w Workspace
		dst := make([]float64, g.Len())
		for b.Loop() {
			g.PAlive(truth, dst, &w)
		}
	})
}

func BenchmarkQuadrature(b *testing.B) {
	h := History{3, 12, 40}
	for b.Loop() {
		truth.LogLikelihood(h)
	}
}
