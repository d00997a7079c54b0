package clientele_test

import (
	"encoding/json"
	"math/big"
	"testing"

	"github.com/clientele/clientele"
	"pgregory.net/rapid"
)

func TestParseMoney(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"2500315.63", "2500315.63"},
		{"12", "12.00"},
		{"-0.005", "-0.005"},
		{".5", "0.50"},
		{"5.", "5.00"},
		{"+1.250", "1.25"},
		{"-0", "0.00"},
		{"0.000000000001", "0.000000000001"},
		{"99999999999999999999999999.99", "99999999999999999999999999.99"},
	} {
		m, err := clientele.ParseMoney(c.in)
		if err != nil || m.String() != c.want {
			t.Errorf("ParseMoney(%q) = %s, %v; want %s", c.in, m, err, c.want)
		}
	}
	for _, in := range []string{"", ".", "-", "1,5", "1e3", "--1", "+-1", "1.2.3", " 1", "0.0000000000001", "1.-5", "NaN"} {
		if m, err := clientele.ParseMoney(in); err == nil {
			t.Errorf("ParseMoney(%q) = %s, want an error", in, m)
		}
	}
}

func TestMoneyFixedRoundsHalfAwayFromZero(t *testing.T) {
	for _, c := range []struct {
		in       string
		decimals int
		want     string
	}{
		{"1.005", 2, "1.01"}, {"-1.005", 2, "-1.01"}, {"1.0049", 2, "1.00"},
		{"-0.004", 2, "0.00"}, {"2.5", 0, "3"}, {"0.05", 2, "0.05"}, {"1.5", 12, "1.500000000000"},
	} {
		if got := clientele.MustMoney(c.in).Fixed(c.decimals); got != c.want {
			t.Errorf("%s.Fixed(%d) = %s, want %s", c.in, c.decimals, got, c.want)
		}
	}
}

func TestMoneyReachHasNoSign(t *testing.T) {
	for _, c := range []struct{ m, n, want string }{
		{"3", "2", "3"}, {"-3", "2", "3"}, {"2", "-3", "3"}, {"-2", "-3", "3"}, {"0", "0", "0"},
	} {
		if got := clientele.MustMoney(c.m).Reach(clientele.MustMoney(c.n)); !got.Equal(clientele.MustMoney(c.want)) {
			t.Errorf("%s.Reach(%s) = %s, want %s", c.m, c.n, got, c.want)
		}
	}
}

func TestZeroMoneyIsZero(t *testing.T) {
	var m clientele.Money
	if m.String() != "0.00" || m.Sign() != 0 || !m.Add(clientele.MustMoney("1")).Equal(clientele.MustMoney("1")) {
		t.Error("the zero Money does not behave as 0")
	}
	b, err := json.Marshal(m)
	if err != nil || string(b) != `"0.00"` {
		t.Errorf("JSON of zero = %s, %v", b, err)
	}
}

func anyMoney(t *rapid.T, label string) clientele.Money {
	m, err := clientele.MoneyFromUnits(big.NewInt(rapid.Int64().Draw(t, label)), rapid.IntRange(0, clientele.MoneyScale).Draw(t, label+" scale"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMoneyProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyMoney(t, "a"), anyMoney(t, "b")
		if !a.Add(b).Sub(b).Equal(a) {
			t.Fatalf("(%s + %s) − %s is not %s", a, b, b, a)
		}
		if !a.Sub(b).Equal(b.Sub(a).Neg()) {
			t.Fatalf("%s − %s is not the negative of its reverse", a, b)
		}
		if again, err := clientele.ParseMoney(a.String()); err != nil || !again.Equal(a) {
			t.Fatalf("ParseMoney(%q) = %s, %v", a.String(), again, err)
		}
		if a.Sub(clientele.MustMoney(a.Fixed(2))).Cmp(clientele.MustMoney("0.005")) > 0 {
			t.Fatalf("%s rounds to %s", a, a.Fixed(2))
		}
	})
}

func TestThousandsStandApart(t *testing.T) {
	for _, c := range []struct {
		amount   string
		decimals int
		want     string
	}{
		{"0", 0, "0"}, {"999", 0, "999"}, {"1000", 0, "1,000"}, {"-1000", 0, "-1,000"}, {"-999.50", 2, "-999.50"}, {"123456.70", 2, "123,456.70"}, {"1234567", 0, "1,234,567"},
	} {
		if got := clientele.MustMoney(c.amount).Grouped(c.decimals); got != c.want {
			t.Errorf("%s: %s, want %s", c.amount, got, c.want)
		}
	}
}
