package chart

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/clientele/clientele"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func step(label, amount string, total bool) Step {
	return Step{Label: label, Amount: clientele.MustMoney(amount), Text: amount, Total: total}
}

func TestWaterfallStandsOnLevels(t *testing.T) {
	w, err := NewWaterfall([]Step{
		step("Opening", "100", true), step("New", "30", false), step("Lost", "-50", false), step("Closing", "80", true),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []Bar{
		{Label: "Opening", Text: "100", To: 100, Kind: BarTotal},
		{Label: "New", Text: "30", From: 100, To: 130, Kind: BarUp},
		{Label: "Lost", Text: "-50", From: 130, To: 80, Kind: BarDown},
		{Label: "Closing", Text: "80", To: 80, Kind: BarTotal},
	}
	if diff := cmp.Diff(want, w.Bars); diff != "" {
		t.Error(diff)
	}
	if want := (Axis{Min: 50, Max: 130, Cut: true}); w.Axis != want {
		t.Errorf("axis %+v, want %+v", w.Axis, want)
	}
}

func TestWaterfallRefusesWhatDoesNotAddUp(t *testing.T) {
	_, err := NewWaterfall([]Step{step("Opening", "100", true), step("New", "30.001", false), step("Closing", "130", true)})
	if clientele.CodeOf(err) != clientele.CodeUnbalanced {
		t.Fatalf("got %v, want an error of balance", err)
	}
}

func TestAxisIsCutOnlyWhenChangesWouldVanish(t *testing.T) {
	for _, c := range []struct {
		opening, change, closing string
		cut                      bool
	}{
		{"1000", "10", "1010", true},
		{"10", "1000", "1010", false},
		{"0", "10", "10", false},
		{"1000", "0", "1000", false},
		{"-10", "20", "10", false},
	} {
		w, err := NewWaterfall([]Step{step("Opening", c.opening, true), step("Moved", c.change, false), step("Closing", c.closing, true)})
		if err != nil {
			t.Fatal(err)
		}
		if w.Axis.Cut != c.cut {
			t.Errorf("%s %s: cut %v, want %v", c.opening, c.change, w.Axis.Cut, c.cut)
		}
		if w.Axis.Cut == (w.Axis.Min == 0) && w.Axis.Min >= 0 {
			t.Errorf("%s %s: axis %+v is cut and begins at zero, or neither", c.opening, c.change, w.Axis)
		}
	}
}

// Every level lies within the axis, and consecutive bars meet.
func TestWaterfallProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		level := rapid.Int64Range(-1000, 100000).Draw(t, "opening")
		steps := []Step{step("Opening", fmt.Sprint(level), true)}
		for _, m := range rapid.SliceOf(rapid.Int64Range(-5000, 5000)).Draw(t, "moves") {
			level += m
			steps = append(steps, step("move", fmt.Sprint(m), false))
		}
		w, err := NewWaterfall(append(steps, step("Closing", fmt.Sprint(level), true)))
		if err != nil {
			t.Fatal(err)
		}
		last := w.Bars[0].To
		for _, b := range w.Bars[1:] {
			if b.Kind != BarTotal && b.From != last {
				t.Fatalf("%+v does not begin at %v", b, last)
			}
			if b.To > w.Axis.Max || b.To < w.Axis.Min {
				t.Fatalf("%+v leaves the axis %+v", b, w.Axis)
			}
			last = b.To
		}
	})
}

func TestOneScaleStandsOnZero(t *testing.T) {
	big, err := NewWaterfall([]Step{step("New", "300", false), step("Lost", "-20", false), step("Change", "280", true)})
	if err != nil {
		t.Fatal(err)
	}
	small, err := NewWaterfall([]Step{step("New", "3", false), step("Lost", "-8", false), step("Change", "-5", true)})
	if err != nil {
		t.Fatal(err)
	}
	OneScale(big, small)
	if want := (Axis{Min: -5, Max: 300}); big.Axis != want || small.Axis != want {
		t.Errorf("axes %+v and %+v, want %+v", big.Axis, small.Axis, want)
	}
}

func TestSummaryReadsTheBars(t *testing.T) {
	got := StepsSummary([]Step{step("Opening", "100", true), step("New", "30", false), step("Closing", "130", true)})
	if want := "Opening 100, new 30, closing 130."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestTrackingAxisIsRound(t *testing.T) {
	for _, c := range []struct{ top, want float64 }{{0, 4}, {4, 4}, {5, 8}, {39, 40}, {81, 100}, {799, 800}, {801, 1000}, {4100, 6000}, {1250, 1600}} {
		tr := NewTracking([]Point{{Actual: c.top}}, 0, func(f float64) string { return fmt.Sprint(f) })
		if tr.Axis.Max != c.want {
			t.Errorf("top %v: axis to %v, want %v", c.top, tr.Axis.Max, c.want)
		}
		if len(tr.Ticks) != 5 || tr.Ticks[4] != fmt.Sprint(c.want) {
			t.Errorf("top %v: ticks %v", c.top, tr.Ticks)
		}
	}
}

func TestColumnsStandOnZero(t *testing.T) {
	for _, c := range []struct {
		values []float64
		axis   Axis
		ticks  []string
	}{
		{[]float64{0}, Axis{Max: 1}, []string{"0", "1"}},
		{[]float64{.3, 1.15}, Axis{Max: 1.2}, []string{"0", "0.3", "0.6", "0.9", "1.2"}},
		{[]float64{-30, 50}, Axis{Min: -40, Max: 60}, []string{"-40", "-20", "0", "20", "40", "60"}},
		{[]float64{-7}, Axis{Min: -8, Max: 2}, []string{"-8", "-6", "-4", "-2", "0", "2"}},
		{[]float64{12054}, Axis{Max: 16000}, []string{"0", "4000", "8000", "12000", "16000"}},
	} {
		items := make([]Column, len(c.values))
		for i, v := range c.values {
			items[i] = Column{Actual: v}
		}
		items[0].Expected = &c.values[len(c.values)-1]
		got := NewColumns(items, func(f float64) string { return fmt.Sprintf("%.6g", f) })
		if !near(got.Axis.Min, c.axis.Min) || !near(got.Axis.Max, c.axis.Max) || !cmp.Equal(got.Ticks, c.ticks) {
			t.Errorf("%v: axis %+v, ticks %q", c.values, got.Axis, got.Ticks)
		}
	}
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// Everything fits between the ends of the axis, and the ends are ticks.
func TestColumnsProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-1e9, 1e9), 1, 20).Draw(t, "values")
		items := make([]Column, len(values))
		for i := range values {
			items[i] = Column{Actual: values[i], Expected: &values[len(values)-1-i]}
		}
		c := NewColumns(items, func(f float64) string { return fmt.Sprint(f) })
		for _, v := range values {
			if slack := 1e-12 * math.Abs(v); v > c.Axis.Max+slack || v < c.Axis.Min-slack {
				t.Fatalf("%v leaves the axis %+v", v, c.Axis)
			}
		}
		if n := len(c.Ticks); n < 2 || n > axisSteps+3 || !slices.Contains(c.Ticks, "0") {
			t.Fatalf("%d ticks %v", n, c.Ticks)
		}
	})
}

func TestControlAxisIsRoundAroundAll(t *testing.T) {
	f := func(v float64) *float64 { return &v }
	points := []ControlPoint{{Value: f(43), Low: f(31), High: f(52), Partial: true}, {}, {Value: f(27.5), Low: f(33), High: f(50), Signal: true}}
	c := NewControl(points, f(41), func(v float64) string { return fmt.Sprint(v) })
	if want := (Axis{Min: 24, Max: 56}); c.Axis != want || !cmp.Equal(c.Ticks, []string{"24", "32", "40", "48", "56"}) {
		t.Errorf("axis %+v, ticks %q", c.Axis, c.Ticks)
	}
	for _, points := range [][]ControlPoint{nil, {{}}, {{Value: f(7)}}, {{Value: f(-.25)}, {Value: f(-.25)}}} {
		c := NewControl(points, nil, func(v float64) string { return fmt.Sprint(v) })
		for _, p := range points {
			if p.Value != nil && (*p.Value < c.Axis.Min || *p.Value > c.Axis.Max) {
				t.Errorf("%v leaves the axis %+v", *p.Value, c.Axis)
			}
		}
		if c.Axis.Max <= c.Axis.Min || len(c.Ticks) < 2 {
			t.Errorf("axis %+v, ticks %q", c.Axis, c.Ticks)
		}
	}
}
