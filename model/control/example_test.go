package control_test

import (
	"fmt"

	"github.com/clientele/clientele/model/control"
)

// Nine months of a score, the last of which stands out, and what looking so closely costs.
func ExampleSignals() {
	c := control.XmR([]float64{41, 43, 40, 42, 44, 41, 43, 42, 30})
	fmt.Printf("%.1f, between %.1f and %.1f\n", c.Centre, c.Points[0].Low(), c.Points[0].High())
	for _, s := range control.Signals(c.Standard(), control.WesternElectric) {
		fmt.Printf("month %d is a signal, above: %v\n", s.At+1, s.High)
	}
	fmt.Printf("a false alarm every %.0f months\n", control.RunLength(control.WesternElectric, 0))
	// Output:
	// 40.7, between 31.7 and 49.6
	// month 9 is a signal, above: false
	// a false alarm every 92 months
}
