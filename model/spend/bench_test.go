package spend

import "testing"

// As many rows as a million customers make, 512 bins to a factor of e.
func BenchmarkFit(b *testing.B) {
	rows := simulated(GammaGamma{P: 4, Q: 3, V: 20}, 40_000, 1)
	for i := range rows {
		rows[i].N, rows[i].SumZ = 10, rows[i].SumZ*10
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := FitGammaGamma(rows, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
