package ingest

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkReceive is the one pass over a clean file: hash, scan, copy.
func BenchmarkReceive(b *testing.B) {
	path := filepath.Join(b.TempDir(), "f.csv")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	fmt.Fprintln(f, "customer_id,order_id,date,amount,product,channel")
	for i := range 2_000_000 {
		fmt.Fprintf(f, "%07d,o%08d,2024-%02d-%02d,%d.%02d,product %d,web\n", i*7919%1_000_000, i, i%12+1, i%28+1, i%300, i%100, i%50)
	}
	info, err := f.Stat()
	if err != nil {
		b.Fatal(err)
	}
	f.Close()
	b.SetBytes(info.Size())
	for _, keep := range []bool{false, true} {
		b.Run(fmt.Sprintf("keep=%t", keep), func(b *testing.B) {
			b.SetBytes(info.Size())
			b.ReportAllocs()
			for b.Loop() {
				l, err := OpenLanding(b.TempDir())
				if err != nil {
					b.Fatal(err)
				}
				in, err := l.receive(b.Context(), path, keep, nil)
				if err != nil {
					b.Fatal(err)
				}
				in.discard()
			}
		})
	}
}
