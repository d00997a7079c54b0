package simulate_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/simulate"
)

func company(t testing.TB, c simulate.Config) (simulate.Truth, map[clientele.Kind]string) {
	t.Helper()
	truth, files, err := simulate.Company(c, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	paths := map[clientele.Kind]string{}
	for _, f := range files {
		paths[f.Kind] = f.Path
	}
	return truth, paths
}

func rows(t testing.TB, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all[1:]
}

func TestSameSeedSameBytes(t *testing.T) {
	_, a := company(t, simulate.Config{Customers: 300, Seed: 7})
	_, b := company(t, simulate.Config{Customers: 300, Seed: 7})
	_, other := company(t, simulate.Config{Customers: 300, Seed: 8})
	if len(a) != 5 {
		t.Fatalf("%d files, want 5", len(a))
	}
	for kind := range a {
		x, y, z := read(t, a[kind]), read(t, b[kind]), read(t, other[kind])
		if x != y {
			t.Errorf("%s differs between two runs", kind)
		}
		if x == z {
			t.Errorf("%s does not depend on the seed", kind)
		}
	}
}

func read(t testing.TB, path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestFilesHoldWhatTheTruthCounts(t *testing.T) {
	truth, files := company(t, simulate.Config{Customers: 2000})
	lines := rows(t, files[clientele.Transactions])
	if got := int64(len(lines)); got != truth.Lines+3 { // three of the four rejects are transactions
		t.Errorf("%d rows of transactions, want %d", got, truth.Lines+3)
	}
	customers, orders, guests := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, r := range lines[:len(lines)-3] {
		id := strings.TrimSpace(r[3])
		switch {
		case id == "":
			guests[r[0]] = true
		case r[6] != "-1":
			orders[r[0]], customers[id] = true, true
		}
	}
	if int64(len(customers)) != truth.Customers || int64(len(orders)) != truth.Orders {
		t.Errorf("%d customers, %d orders; want %d, %d", len(customers), len(orders), truth.Customers, truth.Orders)
	}
	if share := float64(len(guests)) / float64(len(orders)); share < 0.02 || share > 0.04 {
		t.Errorf("guest orders are %.3f of orders, want about 0.03", share)
	}
	if n := len(rows(t, files[clientele.Reasons])); n < 800 || n > 1600 {
		t.Errorf("%d reasons for 2,000 customers", n)
	}
}

func TestLeanWritesOneFileAtTheOrderRateAskedFor(t *testing.T) {
	truth, files := company(t, simulate.Config{Customers: 20000, Lean: true, Orders: 10})
	if len(files) != 1 {
		t.Fatalf("%d files, want 1", len(files))
	}
	if mean := float64(truth.Lines) / float64(truth.Customers); mean < 9.5 || mean > 10.5 {
		t.Errorf("%.2f lines a customer, want 10", mean)
	}
}

func TestNonsenseIsRefused(t *testing.T) {
	for _, c := range []simulate.Config{{Customers: -1}, {Orders: 0.5}, {From: 30000, To: 20000}} {
		if _, _, err := simulate.Company(c, t.TempDir()); clientele.CodeOf(err) != clientele.CodeUsage {
			t.Errorf("%+v: %v, want a usage error", c, err)
		}
	}
	if _, _, err := simulate.Company(simulate.Config{}, filepath.Join(t.TempDir(), "absent")); clientele.CodeOf(err) != clientele.CodeInvalid {
		t.Errorf("an absent directory: %v", err)
	}
}
