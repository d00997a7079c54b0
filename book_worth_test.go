package clientele

import "testing"

func TestEstimatesAddUpAndTheirEndsDoNot(t *testing.T) {
	a := Estimate{MustMoney("100"), MustMoney("97"), MustMoney("106")}
	b := Estimate{MustMoney("50"), MustMoney("46"), MustMoney("58")}
	got, err := a.Plus(b)
	if err != nil || got.Estimate.String() != "150.00" || got.Low.String() != "145.00" || got.High.String() != "160.00" {
		t.Errorf("%v %v", got, err)
	}
	alone, err := a.Plus(Estimate{})
	if err != nil || !alone.Low.Equal(a.Low) || !alone.High.Equal(a.High) {
		t.Errorf("%v %v", alone, err)
	}
}
