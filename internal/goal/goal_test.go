package goal

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

// fake is a ledger and statements in memory.
type fake struct {
	kept       []store.LedgerEntry
	settings   clientele.Settings
	statements map[string]clientele.Statement // by their days
	ready      map[string]bool
	exact      int // how often a statement without worth was asked for
	latest     *clientele.Period
	failure    error
}

func (f *fake) AddEntry(_ context.Context, e store.LedgerEntry) error {
	if slices.ContainsFunc(f.kept, func(k store.LedgerEntry) bool { return k.Number == e.Number }) {
		return clientele.Errorf(clientele.CodeConflict, "there already")
	}
	f.kept = append(f.kept, e)
	return nil
}

func (f *fake) Entries(context.Context, string) ([]store.LedgerEntry, error) { return f.kept, nil }
func (f *fake) Settings(context.Context) (clientele.Settings, error)         { return f.settings, nil }

// Coverage is of records that begin in 2025 and end with June 2026.
func (f *fake) Coverage(_ context.Context, p clientele.Period) (clientele.Coverage, error) {
	c := clientele.Coverage{OpeningCovered: p.From >= day("2025-07-01"), ClosingCovered: p.To <= day("2026-06-30")}
	if !c.OpeningCovered {
		c.Why = "the records begin too late"
	}
	if !c.ClosingCovered {
		c.Why = "the records end on 2026-06-30"
	}
	return c, nil
}

func (f *fake) Latest(context.Context) (clientele.Period, bool, error) {
	if f.latest == nil {
		return clientele.Period{}, false, f.failure
	}
	return *f.latest, true, f.failure
}

func (f *fake) Statement(_ context.Context, p clientele.Period, _ Progress) (clientele.Statement, error) {
	f.ready[p.String()] = true
	return f.statements[p.String()], f.failure
}

func (f *fake) Ready(_ context.Context, p clientele.Period) (clientele.Statement, bool, error) {
	return f.statements[p.String()], f.ready[p.String()], f.failure
}

func (f *fake) Exact(_ context.Context, p clientele.Period) (clientele.Statement, error) {
	f.exact++
	return f.statements[p.String()], f.failure
}

func day(s string) clientele.Date { return clientele.MustDate(s) }

func days(from, to string) clientele.Period { return clientele.Period{From: day(from), To: day(to)} }

func amount(s string) *clientele.Money { m := clientele.MustMoney(s); return &m }

var first2026, second2026 = days("2026-01-01", "2026-03-31"), days("2026-04-01", "2026-06-30")

// newFake is a company whose sales rose from 1,000 to 1,200 while its equity fell by 50 of 800.
func newFake() *fake {
	f := &fake{settings: clientele.DefaultSettings(), ready: map[string]bool{}, statements: map[string]clientele.Statement{}, latest: &second2026}
	f.settings.Margin = new(0.3)
	f.add(first2026, "1000", "700", "800")
	f.add(second2026, "1200", "800", "750")
	return f
}

func (f *fake) add(p clientele.Period, sales, opening, closing string) {
	first := day("2025-01-01")
	st := clientele.Statement{Currency: "EUR", From: p.From, To: p.To, Data: &clientele.DataReport{FirstDay: &first}}
	st.Customers.Closing, st.Value.Closing, st.Revenue.Net = 40, clientele.MustMoney("900.50"), clientele.MustMoney(sales)
	st.Equity = &clientele.Equity{
		Estimate: clientele.Estimate{Estimate: clientele.MustMoney(closing), Low: clientele.MustMoney(closing).Share(.9), High: clientele.MustMoney(closing).Share(1.1)},
		Moved:    &clientele.EquityMoved{Opening: clientele.MustMoney(opening), Closing: clientele.MustMoney(closing)},
	}
	f.statements[p.String()] = st
}

func service(f *fake) *Service {
	return New(Parts{Ledgers: f, Book: f, Statements: f, Now: func() time.Time { return time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC) }})
}

func report(t *testing.T, f *fake, p clientele.Period) Report {
	t.Helper()
	r, ok, err := service(f).Report(t.Context(), p, nil)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	return r
}

func set(t *testing.T, s *Service, period string, targets Targets) Goal {
	t.Helper()
	g, err := s.Set(t.Context(), period, targets, "Ada")
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestAlarm(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(*fake)
		verdict Verdict
		words   []string
	}{
		"profit rose, equity fell": {func(*fake) {}, Raised, []string{
			"Profit rose by 60 EUR (20.0 %) against 2026-Q1 while customer equity fell by 50 EUR (6.2 %)", "between 675 and 825 EUR (95 %)",
		}},
		"sales, where no margin is given": {func(f *fake) { f.settings.Margin = nil }, Raised, []string{"Sales rose by 200 EUR (20.0 %) against 2026-Q1 while"}},
		"both rose":                       {func(f *fake) { f.add(second2026, "1200", "800", "880") }, Clear, []string{"No alarm: profit rose by 60 EUR (20.0 %) against 2026-Q1, and customer equity rose by 80 EUR (10.0 %)."}},
		"both fell":                       {func(f *fake) { f.add(second2026, "900", "800", "720") }, Clear, []string{"No alarm: profit fell by 30 EUR (10.0 %) against 2026-Q1, and customer equity fell by 80 EUR (10.0 %)."}},
		"equity held":                     {func(f *fake) { f.add(second2026, "1200", "800000", "799999") }, Clear, []string{"customer equity held steady"}},
		"profit held":                     {func(f *fake) { f.add(second2026, "1000", "800", "700") }, Clear, []string{"profit held steady against 2026-Q1"}},
		"a loss turned":                   {func(f *fake) { f.add(first2026, "-100", "700", "800") }, Raised, []string{"Profit rose by 390 EUR against"}},
		"equity is refused": {func(f *fake) {
			st := f.statements[second2026.String()]
			st.Equity, st.Model = nil, &clientele.ModelReport{Refused: "Too few customers."}
			f.statements[second2026.String()] = st
		}, Unknown, []string{"cannot be told: the model was refused (Too few customers)."}},
		"no worth at opening": {func(f *fake) { f.statements[second2026.String()].Equity.Moved = nil }, Unknown, []string{"no worth at opening"}},
		"records begin later": {func(f *fake) {
			first := day("2026-02-01")
			f.statements[second2026.String()].Data.FirstDay = &first
		}, Unknown, []string{"the records begin after 2026-Q1 does"}},
	} {
		f := newFake()
		c.change(f)
		a := report(t, f, second2026).Alarm
		if a.Verdict != c.verdict || a.Period != "2026-Q2" || a.Before != "2026-Q1" {
			t.Errorf("%s: %+v", name, a)
		}
		for _, words := range c.words {
			if !strings.Contains(a.Words, words) {
				t.Errorf("%s: %q does not say %q", name, a.Words, words)
			}
		}
	}
	a := report(t, newFake(), second2026).Alarm
	if got := a.Title(); got != "Profit rose while customer equity fell." {
		t.Error(got)
	}
	want := Alarm{
		Period: "2026-Q2", Before: "2026-Q1", Verdict: Raised, Words: a.Words, Measure: Profit,
		Earned: &Change{*amount("300"), *amount("360"), *amount("60")}, Equity: &Change{*amount("800"), *amount("750"), *amount("-50")},
	}
	if diff := cmp.Diff(want, a); diff != "" {
		t.Error(diff)
	}
}

// The alarm is raised exactly where what was earned rose and equity fell by more than nothing.
func TestAlarmIsRaisedExactlyThen(t *testing.T) {
	cents := func(t *rapid.T, name string) clientele.Money {
		return count(rapid.Int64Range(-1e9, 1e9).Draw(t, name)).Share(.01)
	}
	rapid.Check(t, func(t *rapid.T) {
		sold, soldBefore, opening, closing := cents(t, "sold"), cents(t, "before"), cents(t, "opening"), cents(t, "closing")
		st := clientele.Statement{Equity: &clientele.Equity{Moved: &clientele.EquityMoved{Opening: opening, Closing: closing}}}
		st.Revenue.Net = sold
		a := alarmOf(st, soldBefore, nil, "2026-Q2", "2026-Q1")
		fell := closing.Cmp(opening) < 0 && closing.Sub(opening).Float64() <= -steady*max(opening.Float64(), -opening.Float64())
		if (a.Verdict == Raised) != (fell && sold.Cmp(soldBefore) > 0) {
			t.Fatalf("%+v", a)
		}
		if a.Verdict == Clear && !strings.HasPrefix(a.Words, "No alarm: ") {
			t.Fatalf("its absence is not said: %q", a.Words)
		}
	})
}

func TestGoalsAreHeldAgainstTheStatement(t *testing.T) {
	f := newFake()
	s := service(f)
	set(t, s, "2026-q2", Targets{Customers: new(int64(50)), Value: amount("900.50"), Sales: amount("1000")})
	g := set(t, s, "2026-Q2", Targets{Customers: new(int64(38)), Equity: amount("800"), Profit: amount("400")})
	if g.Period != "2026-Q2" || g.From != second2026.From || g.To != second2026.To || g.By != "Ada" || *g.Customers != 38 || !g.Sales.Equal(*amount("1000")) {
		t.Errorf("%+v", g)
	}
	yes, no := new(true), new(false)
	want := []Line{
		{Measure: Customers, Count: true, Target: *amount("38"), Actual: amount("40"), Gap: amount("2"), Met: yes},
		{Measure: Value, Target: *amount("900.50"), Actual: amount("900.50"), Gap: amount("0"), Met: yes},
		{Measure: Equity, Target: *amount("800"), Actual: amount("750"), Gap: amount("-50"), Met: no, Interval: &clientele.Interval{Low: *amount("675"), High: *amount("825")}},
		{Measure: Sales, Target: *amount("1000"), Actual: amount("1200"), Gap: amount("200"), Met: yes},
		{Measure: Profit, Target: *amount("400"), Actual: amount("360"), Gap: amount("-40"), Met: no},
	}
	r := report(t, f, second2026)
	if diff := cmp.Diff(want, r.Lines); diff != "" {
		t.Error(diff)
	}
	if !r.Lines[2].Unsure() || r.Lines[3].Unsure() {
		t.Error("whether the interval holds the target")
	}
	f.settings.Margin = nil
	if l := report(t, f, second2026).Lines[4]; l.Actual != nil || l.Why != "no margin is given" {
		t.Errorf("%+v", l)
	}
	set(t, s, "2026-Q3", Targets{Customers: new(int64(50))})
	r = report(t, f, days("2026-07-01", "2026-09-30"))
	if l := r.Lines[0]; l.Actual != nil || l.Met != nil || l.Why != "the records end on 2026-06-30" || r.Alarm.Verdict != Unknown {
		t.Errorf("of a period that is not over: %+v", r)
	}
	set(t, s, "2025-Q1", Targets{Sales: amount("5")})
	f.add(days("2025-01-01", "2025-03-31"), "9", "1", "2")
	if r := report(t, f, days("2025-01-01", "2025-03-31")); !*r.Lines[0].Met || r.Alarm.Verdict != Unknown || !strings.Contains(r.Alarm.Words, "begin too late") {
		t.Errorf("%+v", r)
	}
}

func TestGoalsThatAreRefused(t *testing.T) {
	s := service(newFake())
	for name, c := range map[string]struct {
		period, by string
		targets    Targets
	}{
		"a period": {"Q2", "Ada", Targets{Sales: amount("1")}}, "no target": {"2026", "Ada", Targets{}},
		"negative": {"2026", "Ada", Targets{Sales: amount("-1")}}, "nobody": {"2026", " ", Targets{Sales: amount("1")}},
	} {
		if _, err := s.Set(t.Context(), c.period, c.targets, c.by); clientele.CodeOf(err) != clientele.CodeInvalid || clientele.HintOf(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if goals, err := s.Goals(t.Context()); err != nil || len(goals) != 0 {
		t.Errorf("%v, %v", goals, err)
	}
}

func TestOverview(t *testing.T) {
	f := newFake()
	s := service(f)
	set(t, s, "2026-Q2", Targets{Customers: new(int64(50))})
	set(t, s, "2026", Targets{Customers: new(int64(60))})
	if _, ok, err := s.ReadyOverview(t.Context()); ok || err != nil {
		t.Errorf("nothing is computed: %v", err)
	}
	o, err := s.Overview(t.Context(), nil)
	if err != nil || len(o.Goals) != 2 || o.Goals[0].Period != "2026" || o.Goals[1].Alarm.Verdict != Raised || o.Latest == nil || o.Latest.Alarm.Verdict != Raised {
		t.Fatalf("%+v, %v", o, err)
	}
	if f.exact == 0 || f.ready[first2026.String()] {
		t.Error("the worth of the period before was computed for its revenue")
	}
	if err := s.PrepareOverview(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	ready, ok, err := s.ReadyOverview(t.Context())
	if diff := cmp.Diff(o, ready); diff != "" || !ok || err != nil {
		t.Errorf("%v %v %s", ok, err, diff)
	}
	f.settings.FiscalYearStart = "02-15"
	f.latest = nil
	o, err = s.Overview(t.Context(), nil)
	if err != nil || len(o.Goals) != 2 || o.Latest != nil || !strings.Contains(o.Goals[1].Lines[0].Why, "calendar has changed") {
		t.Errorf("%+v, %v", o, err)
	}
	if _, ok, err := s.Report(t.Context(), days("2026-04-02", "2026-06-30"), nil); ok || err != nil {
		t.Errorf("days that are no fiscal period: %v", err)
	}
	f.kept[0].Text[30] ^= 1
	if findings, err := s.Verify(t.Context()); err != nil || len(findings) != 1 {
		t.Errorf("%v, %v", findings, err)
	}
	if _, err := s.Overview(t.Context(), nil); clientele.CodeOf(err) != clientele.CodeInvalid {
		t.Errorf("changed goals are shown: %v", err)
	}
}

// Every fiscal period has its name, and the one before ends as it begins.
func TestPeriodsHaveNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		settings := clientele.DefaultSettings()
		settings.FiscalCalendar = rapid.SampledFrom(clientele.FiscalCalendars()).Draw(t, "calendar")
		settings.FiscalYearStart = rapid.SampledFrom([]string{"01-01", "04-01", "07-01"}).Draw(t, "start")
		f, err := settings.Fiscal()
		if err != nil {
			t.Fatal(err)
		}
		name := rapid.SampledFrom([]string{"2023", "2024-Q1", "2024-Q3", "2026-Q4", "2024-01", "2024-P01", "2024-P12", "2024-12"}).Draw(t, "name")
		name, p, err := f.Parse(name)
		if err != nil {
			return // by weeks there are no months, and by months no periods
		}
		n, ok := nameOf(f, p)
		if !ok || n.name != name || n.days != p {
			t.Fatalf("%s is called %+v", name, n)
		}
		b, ok := before(f, n)
		if !ok || b.days.To != p.From-1 || b.kind != n.kind {
			t.Fatalf("before %s is %+v", name, b)
		}
	})
}
