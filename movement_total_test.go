package clientele

import "testing"

func TestReconcile(t *testing.T) {
	amount := func(s string) *Money { return new(MustMoney(s)) }
	share := func(f float64) *float64 { return &f }
	totals := []MovementTotal{
		{Day: MustDate("2014-12-31"), Closing: MustMoney("100")},
		{Day: MustDate("2015-01-31"), Added: amount("10"), Lost: amount("4"), Closing: MustMoney("106")},
		{Day: MustDate("2015-02-28"), Added: amount("10"), MonthlyChurn: share(.05), Closing: MustMoney("108")},
		{Day: MustDate("2015-03-31"), Opening: amount("109"), Added: amount("1"), Lost: amount("1"), Closing: MustMoney("109")},
		{Day: MustDate("2015-04-30"), Lost: amount("1"), Closing: MustMoney("109")},
		{Day: MustDate("2015-05-31"), Added: amount("1"), Closing: MustMoney("109")},
		{Day: MustDate("2015-08-31"), Added: amount("1"), Lost: amount("1"), Closing: MustMoney("109")},
	}
	got := Reconcile(totals, MustMoney("2.65"))
	for i, want := range []struct{ period, gap string }{
		{"2014-12", ""}, {"2015-01", "0.00"}, {"2015-02", "2.65"}, {"2015-03", "0.00"}, {"2015-04", ""}, {"2015-05", ""}, {"2015-08", ""},
	} {
		r := got[i]
		switch {
		case r.Period != want.period:
			t.Errorf("%d: %s, want %s", i, r.Period, want.period)
		case want.gap == "" && (r.Gap != nil || r.Why == "" || r.Reconcile):
			t.Errorf("%s: %+v cannot be checked", r.Period, r)
		case want.gap != "" && (r.Gap == nil || r.Gap.String() != want.gap || !r.Reconcile):
			t.Errorf("%s: %+v, want a gap of %s", r.Period, r, want.gap)
		}
	}
	if r := Reconcile(totals, MustMoney("2.64"))[2]; r.Reconcile {
		t.Errorf("%+v reconciles within less than its gap", r)
	}
	for days, want := range map[Date]string{91: "2015-Q2", 365: "2015", 40: "2015-02-09"} {
		day := MustDate("2014-12-31")
		two := []MovementTotal{{Day: day, Closing: MustMoney("1")}, {Day: day + days, Closing: MustMoney("1")}}
		if got := Reconcile(two, Money{})[1].Period; got != want {
			t.Errorf("%d days: %s, want %s", days, got, want)
		}
	}
}
