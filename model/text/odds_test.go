package text

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// By equations 16, 18 and 22 of Monroe, Colaresi and Quinn (2008), worked out apart.
func TestLogOdds(t *testing.T) {
	got := Compare([]Count{{"late", 40, 5, 50}, {"kind", 4, 60, 80}, {"seat", 30, 30, 70}})
	for i, want := range []struct {
		term    string
		odds, z float64
	}{
		{"late", 2.355733020534094, 6.508326366836266},
		{"seat", 0.3234755316226707, 1.3707693110888537},
		{"kind", -2.3992748778786046, -7.3036074728782925},
	} {
		if o := got[i]; o.Term != want.term || math.Abs(o.LogOdds-want.odds) > 1e-12 || math.Abs(o.Z-want.z) > 1e-12 {
			t.Errorf("%+v, want %+v", o, want)
		}
	}
}

func TestGroupsChangedRoundAreOpposite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var one, other []Count
		for i := range rapid.IntRange(1, 20).Draw(t, "terms") {
			a, b := float64(rapid.IntRange(0, 500).Draw(t, "a")), float64(rapid.IntRange(0, 500).Draw(t, "b"))
			all := a + b + float64(rapid.IntRange(0, 100).Draw(t, "neither"))
			one, other = append(one, Count{fmt.Sprint(i), a, b, all}), append(other, Count{fmt.Sprint(i), b, a, all})
		}
		z := map[string]float64{}
		for _, o := range Compare(other) {
			z[o.Term] = o.Z
		}
		for i, o := range Compare(one) {
			if math.IsNaN(o.Z) || math.IsInf(o.Z, 0) || math.Abs(o.Z+z[o.Term]) > 1e-9 {
				t.Fatalf("%d: %+v, the other way %g", i, o, z[o.Term])
			}
		}
	})
}

// Where the groups do not differ, z beyond 1.96 is as rare as it should be, and no more.
func TestLogOddsOfGroupsThatDoNotDiffer(t *testing.T) {
	source := rand.New(rand.NewPCG(1, 2))
	binomial := func(n int, p float64) (k float64) {
		for range n {
			if source.Float64() < p {
				k++
			}
		}
		return k
	}
	for _, comments := range [][2]int{{2000, 2000}, {2000, 200}, {150, 150}} {
		beyond, all := 0, 0
		for range 100 {
			var counts []Count
			for i := range 50 {
				p := 0.02 * float64(1+i%5)
				a, b := binomial(comments[0], p), binomial(comments[1], p)
				counts = append(counts, Count{fmt.Sprint(i), a, b, a + b})
			}
			for _, o := range Compare(counts) {
				if all++; math.Abs(o.Z) > 1.96 {
					beyond++
				}
			}
		}
		if share := float64(beyond) / float64(all); share > 0.05 || share == 0 {
			t.Errorf("of groups of %v, %.4f of the terms stand out", comments, share)
		}
	}
}
