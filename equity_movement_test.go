package clientele

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestRefusedMovementHasNoLines(t *testing.T) {
	text, err := json.Marshal(EquityMovement{Refused: "too few customers", Horizon: FiveYears})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"opening", "window", "experience", "restatement", "closing"} {
		if !strings.Contains(string(text), `"`+line+`":null`) {
			t.Errorf("%s is not null in %s", line, text)
		}
	}
	var back EquityMovement
	if err := json.Unmarshal(text, &back); err != nil || back.Refused == "" {
		t.Errorf("%+v, %v", back, err)
	}
	if text, err = json.Marshal(EquityMovement{Opening: MustMoney("1.50")}); err != nil || !strings.Contains(string(text), `"opening":"1.50"`) {
		t.Errorf("%s, %v", text, err)
	}
}

func TestShareOfMoney(t *testing.T) {
	for _, c := range []struct {
		amount   string
		fraction float64
		want     string
	}{
		{"70976.40", .3, "21292.92"}, {"-10", .35, "-3.50"}, {"0.000000000001", .5, "0.000000000001"}, {"-0.000000000001", .5, "-0.000000000001"},
		{"0.000000000001", .4, "0.00"}, {"123456789012345678901234567890.10", 1, "123456789012345678901234567890.10"}, {"5", 0, "0.00"},
	} {
		if got := MustMoney(c.amount).Share(c.fraction); !got.Equal(MustMoney(c.want)) {
			t.Errorf("%s × %g = %s, want %s", c.amount, c.fraction, got, c.want)
		}
	}
}
