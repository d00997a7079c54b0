package btyd

import (
	"math"
	"testing"

	"github.com/clientele/clientele/model/internal/cdnow"
)

func holdoutOf(cs []cdnow.Customer) []HoldoutRow {
	out := make([]HoldoutRow, len(cs))
	for i, c := range cs {
		out[i] = HoldoutRow{X: c.X, Tx: c.Tx, T: c.T, Actual: c.Future, N: 1}
	}
	return out
}

// Statistics, section 1: sample 39 weeks, MAE .7545, bias −11.5 %, 1,882
// purchases. Issue 3, must hold 2: master bias −12.9 %, MAE .7938, RMSE 1.7262,
// 19,684 purchases.
func TestHoldoutCDNOW(t *testing.T) {
	for _, c := range []struct {
		file                  string
		actual, mae, bias, rm float64
	}{
		{cdnow.Sample, 1882, .7545, -.115, math.NaN()},
		{cdnow.Master, 19684, .7938, -.129, 1.7262},
	} {
		cs := cdnow.Load(t, c.file).At("1997-09-30", "1998-06-30")
		f, err := FitParetoNBD(cellsOf(cs), Options{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := f.Holdout(holdoutOf(cs), 39)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%+v z %.2f", r, r.Z())
		near(t, "actual", r.Actual, c.actual, 0)
		near(t, "MAE", r.MAE, c.mae, 5e-5)
		near(t, "bias", r.Bias, c.bias, 5e-4)
		if !math.IsNaN(c.rm) {
			near(t, "RMSE", r.RMSE, c.rm, 5e-5)
		}
	}
}

// Issue 3, must hold 2: the mean absolute percentage error of the cumulative
// repeat purchases by week since 1997-01-01, weeks 40 to 78, is 2.28 %.
func TestTrackingCDNOWMaster(t *testing.T) {
	log := cdnow.Load(t, cdnow.Master)
	f, err := FitParetoNBD(cellsOf(log.At("1997-09-30", "1998-06-30")), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var births []Birth
	actual := make([]float64, 79)
	for _, c := range log {
		births = append(births, Birth{Day: c[0].Day, N: 1})
		for _, q := range c[1:] {
			for w := q.Day/7 + 1; w <= 78; w++ {
				actual[w]++
			}
		}
	}
	ends := make([]int, 79)
	for w := range ends {
		ends[w] = 7 * w
	}
	expected := f.Params.Tracking(births, ends)
	sum := 0.0
	for w := 40; w <= 78; w++ {
		sum += math.Abs(expected[w]/actual[w] - 1)
	}
	near(t, "MAPE", sum/39, .0228, 5e-5)
}
