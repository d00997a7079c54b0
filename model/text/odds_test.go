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
		{"late", 0.3667332729895528, 3.1271805387401477},
		{"seat", 0.05535009508316491, 0.5603770026828618},
		{"kind", -0.34193411098451504, -3.655823288967535},
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
	beyond, all := 0, 0
	for range 200 {
		var counts []Count
		for i := range 50 {
			a, b := 0.0, 0.0
			for range 2000 {
				if source.Float64() < 0.01*float64(1+i%5) {
					a++
				}
				if source.Float64() < 0.01*float64(1+i%5) {
					b++
				}
			}
			counts = append(counts, Count{fmt.Sprint(i), a, b, a + b})
		}
		for _, o := range Compare(counts) {
			if all++; math.Abs(o.Z) > 1.96 {
				beyond++
			}
		}
	}
	if share := float64(beyond) / float64(all); share > 0.05 || share == 0 {
		t.Errorf("%.4f of the terms stand out", share)
	}
}
