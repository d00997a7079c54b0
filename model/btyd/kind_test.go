package btyd

import (
	"encoding/json"
	"testing"

	"github.com/clientele/clientele/model/fit"
	"github.com/clientele/clientele/model/internal/cdnow"
)

// A fit that was kept as JSON says what it said before, whatever its kind.
func TestKindsRestore(t *testing.T) {
	_, cells := at(t, cdnow.Sample)
	grid, err := NewGrid(cells[:200])
	if err != nil {
		t.Fatal(err)
	}
	o := ScoreOptions{Weeks: 52, Delta: .0027, Horizon: 260, NoSpread: true}
	for _, k := range Kinds() {
		f, err := k.Fit(cells, Options{})
		if err != nil {
			t.Logf("%s: %v", k.Name, err) // a limit may have a limit
			continue
		}
		text, err := json.Marshal(f.Estimated())
		if err != nil {
			t.Fatal(err)
		}
		e := new(fit.Estimate)
		if err := json.Unmarshal(text, e); err != nil {
			t.Fatal(err)
		}
		found, ok := KindOf(e.Model)
		if !ok || found.Key != k.Key {
			t.Fatalf("%s is taken for %q", k.Name, found.Key)
		}
		again := found.Restore(e)
		near(t, k.Name+" log-likelihood", again.Estimated().LogLikelihood, f.Estimated().LogLikelihood, 0)
		was, is := f.Score(grid, o), again.Score(grid, o)
		for i := range was {
			if was[i] != is[i] {
				t.Fatalf("%s: %+v, kept %+v", k.Name, was[i], is[i])
			}
		}
		theta := f.Estimated().Theta
		near(t, k.Name+" elsewhere", again.At(theta).ExpectedOrdersNew(9), f.Model().ExpectedOrdersNew(9), 0)
	}
	if _, ok := KindOf("a model of another day"); ok {
		t.Error("found")
	}
}
