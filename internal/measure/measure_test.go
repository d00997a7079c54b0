package measure

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/score"
)

// records are sums that a test makes up: of counts the same for every period, or by its own.
type records struct {
	warehouse.Warehouse
	days      clientele.Period
	sums      func(q warehouse.MeasureQuery) []warehouse.MeasureSum
	durations []warehouse.Duration
	asked     int
}

func (r *records) MeasuredDays(context.Context, warehouse.Measured, clientele.Date) (clientele.Period, bool, error) {
	return r.days, r.days.To > 0, nil
}

func (r *records) Measure(_ context.Context, q warehouse.MeasureQuery) ([]warehouse.MeasureSum, error) {
	r.asked++
	return r.sums(q), nil
}

func (r *records) Durations(_ context.Context, q warehouse.MeasureQuery) (out []warehouse.Duration, err error) {
	for _, d := range r.durations {
		for i := range q.Periods {
			d.Period = i
			out = append(out, d)
		}
	}
	return out, nil
}

func (r *records) Attributes(context.Context) (map[string]int64, error) {
	return map[string]int64{"region": 2}, nil
}

func (r *records) Touchpoints(context.Context) ([]warehouse.Touchpoint, error) {
	return []warehouse.Touchpoint{{Name: "shop"}}, nil
}

// book is a book of default settings, and a state of its records.
type book struct{ settings clientele.Settings }

func (b book) Settings(context.Context) (clientele.Settings, error) { return b.settings, nil }

func (b book) Imports(context.Context) ([]clientele.ImportRef, error) {
	return []clientele.ImportRef{{At: time.Unix(1e9, 0)}}, nil
}

func (b book) DataVersion(context.Context) (string, error) { return "one", nil }

// memory is a cache.
type memory map[string][]byte

func (m memory) Get(_ context.Context, key string) (value []byte, ok bool, err error) {
	value, ok = m[key]
	return value, ok, nil
}

func (m memory) Put(_ context.Context, key string, value []byte) error {
	m[key] = value
	return nil
}

// shelf is a cache, and ledgers.
type shelf struct {
	memory
	entries []store.LedgerEntry
}

func (s *shelf) AddEntry(_ context.Context, e store.LedgerEntry) error {
	s.entries = append(s.entries, e)
	return nil
}

func (s *shelf) Entries(context.Context, string) ([]store.LedgerEntry, error) { return s.entries, nil }

func service(r *records) *Service {
	b := book{clientele.DefaultSettings()}
	return New(r, b, b, &shelf{memory: memory{}}, "test")
}

func report(t *testing.T, r *records, ask Request) clientele.MeasureReport {
	t.Helper()
	m, err := service(r).Report(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func near(t *testing.T, what string, got *float64, want, within float64) {
	t.Helper()
	if got == nil || !(math.Abs(*got-want) <= within) {
		t.Errorf("%s: %v, want %g", what, got, want)
	}
}

func days(from, to string) clientele.Period {
	return clientele.Period{From: clientele.MustDate(from), To: clientele.MustDate(to)}
}

// of is the sums of promoters, passives and detractors, or of yes and no.
func of(plus, zero, minus int64) score.Sums {
	n := float64(plus + zero + minus)
	return score.Sums{N: plus + zero + minus, W: n, W2: n, X: float64(plus - minus), X2: float64(plus + minus)}
}

// each gives every period the sums of a function of its number.
func each(sums func(i int) score.Sums) func(warehouse.MeasureQuery) []warehouse.MeasureSum {
	return func(q warehouse.MeasureQuery) (out []warehouse.MeasureSum) {
		for i := range q.Periods {
			out = append(out, warehouse.MeasureSum{Period: i, Sums: sums(i)})
		}
		return out
	}
}

// Statistics, section 5, in points: 16 promoters and 6 detractors of 36.
func TestNPSReport(t *testing.T) {
	r := &records{days: days("2026-01-01", "2026-01-01"), sums: each(func(int) score.Sums { return of(16, 14, 6) })}
	m := report(t, r, Request{Name: "nps"})
	near(t, "NPS", m.Value, 27.78, .005)
	near(t, "low", m.Low, 2.65, .005)
	near(t, "high", m.High, 48.64, .005)
	if m.N != 36 || m.Definition.Version != 1 || m.Series.Every != "day" || len(m.Series.Points) != 1 || len(m.Signals) != 0 || m.Effective != 36 {
		t.Errorf("%+v", m)
	}
}

// A jump is a signal on the month that it comes, for the worse where less is worse; a month
// that the records do not hold whole is drawn, and neither judged nor used.
func TestSignalsOfWholeMonths(t *testing.T) {
	r := &records{days: days("2025-01-10", "2026-12-05"), sums: each(func(i int) score.Sums {
		switch {
		case i == 0 || i == 23:
			return of(0, 500, 0) // the parts of months would be far out
		case i == 20:
			return of(20, 80, 0)
		}
		yes := []int64{84, 92, 87, 95}[i%4]
		return of(yes, 100-yes, 0)
	})}
	m := report(t, r, Request{Name: "on_time_share"})
	s := m.Series
	if s.Every != "month" || s.Chart != "p′" || len(s.Points) != 24 || !s.Points[0].Partial || !s.Points[23].Partial || s.Points[1].Partial {
		t.Fatalf("%+v", s)
	}
	if s.Points[0].UpperLimit != nil || s.Points[1].LowerLimit == nil || *s.Points[1].UpperLimit > 1 {
		t.Errorf("limits %+v", s.Points[:2])
	}
	if len(m.Signals) != 1 || m.Signals[0].From != clientele.MustDate("2026-09-01") || m.Signals[0].Above || m.Signals[0].Better || m.Signals[0].Rules[0] != "one beyond three sigma" {
		t.Errorf("signals %+v", m.Signals)
	}
	near(t, "points to a false alarm", &s.FalseAlarmEvery, 91.75, .005)
	if !strings.Contains(s.Price, "every 92 points, which at one a month is every 7.6 years: of 22 points, expect 0.2") {
		t.Error(s.Price)
	}
	worse := report(t, r, Request{Name: "defect_rate"})
	if len(worse.Signals) != 1 || !worse.Signals[0].Better {
		t.Errorf("where less is better: %+v", worse.Signals)
	}
}

// Too few whole periods have no limits, and say so; months give way to weeks, and weeks to days.
func TestPeriodsOfASeries(t *testing.T) {
	for _, c := range []struct {
		days   clientele.Period
		every  string
		limits bool
	}{
		{days("2025-01-01", "2025-08-31"), "month", true},
		{days("2025-01-02", "2025-08-31"), "week", true},
		{days("2025-01-01", "2025-01-08"), "day", true},
		{days("2025-01-01", "2025-01-07"), "day", false},
	} {
		m := report(t, &records{days: c.days, sums: each(func(i int) score.Sums { return of(50+int64(i%3), 50, 0) })}, Request{Name: "csat"})
		if m.Series.Every != c.every || (m.Series.Centre != nil) != c.limits || (m.Series.Why == "") != c.limits {
			t.Errorf("%s: %+v", c.days, m.Series)
		}
		last := m.Series.Points[len(m.Series.Points)-1]
		if m.Series.Points[0].From != c.days.From || last.To != c.days.To {
			t.Errorf("%s: from %s to %s", c.days, m.Series.Points[0].From, last.To)
		}
	}
}

// A calendar of weeks has its own months.
func TestMonthsOf445(t *testing.T) {
	settings := clientele.DefaultSettings()
	settings.FiscalCalendar = clientele.Calendar445
	g, err := gridOf(settings, days("2026-01-01", "2026-12-31"))
	if err != nil || g.every != "month" {
		t.Fatal(g, err)
	}
	for i, p := range g.periods[1 : len(g.periods)-1] {
		if n := int(p.To-p.From) + 1; n != 28 && n != 35 || p.From.Time().Weekday() != time.Monday || p.From != g.periods[i].To+1 {
			t.Errorf("period %+v", p)
		}
	}
}

// Few answers are not shown, nor can they be worked out from the total and what is shown.
func TestFewAnswersAreNotShown(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := &builder{entry: entry{voices: true}}
		var figures []figure
		total := int64(0)
		for _, n := range rapid.SliceOf(rapid.Int64Range(0, 12)).Draw(rt, "answers") {
			figures = append(figures, figure{Sums: score.Sums{N: n}})
			total += n
		}
		b.guarded(figures)
		hidden, shown := int64(0), 0
		for _, f := range figures {
			if math.IsNaN(f.Value) {
				hidden += f.N
				continue
			}
			if shown++; f.N > 0 && f.N < fewest {
				rt.Fatalf("%d answers are shown", f.N)
			}
		}
		if hidden > 0 && hidden < fewest && hidden < total {
			rt.Fatalf("%d answers can be worked out of %v", hidden, figures)
		}
	})
	r := &records{days: days("2026-01-01", "2026-01-31"), sums: func(q warehouse.MeasureQuery) []warehouse.MeasureSum {
		if q.By == "" {
			return each(func(int) score.Sums { return of(20, 0, 0) })(q)
		}
		return []warehouse.MeasureSum{{Segment: "north", Sums: of(3, 0, 0)}, {Segment: "south", Sums: of(9, 0, 0)}, {Segment: "west", Sums: of(8, 0, 0)}}
	}}
	m := report(t, r, Request{Name: "nps", By: "region"})
	if m.Segments[0].Value != nil || m.Segments[1].Value == nil || m.Segments[2].Value != nil || m.Segments[2].N != 8 || m.Segments[0].Why == "" {
		t.Errorf("%+v", m.Segments)
	}
}

// Days late are put into stretches, in their order.
func TestDaysLate(t *testing.T) {
	r := &records{days: days("2026-01-01", "2026-01-31"), sums: func(q warehouse.MeasureQuery) (out []warehouse.MeasureSum) {
		if q.By == "" {
			return nil
		}
		for _, late := range []string{"", clientele.UnknownSegment, "-30", "-8", "-7", "-1", "0", "1", "3", "4", "7", "8", "14", "15", "30"} {
			out = append(out, warehouse.MeasureSum{Segment: late, Sums: of(10, 0, 0)})
		}
		return out
	}}
	m := report(t, r, Request{Name: "rating", By: warehouse.ByDaysLate})
	var names []string
	for _, s := range m.Segments {
		if s.N != 20 && s.Name != "on the day" && s.Name != notDelivered && s.Name != clientele.UnknownSegment {
			t.Errorf("%+v", s)
		}
		names = append(names, s.Name)
	}
	want := "8 days early or more, 1 to 7 days early, on the day, 1 to 3 days late, 4 to 7 days late, 8 to 14 days late, 15 days late or more, not delivered, (unknown)"
	if got := strings.Join(names, ", "); got != want {
		t.Errorf("segments %s", got)
	}
}

// What cannot be told is null, with why.
func TestWhatCannotBeTold(t *testing.T) {
	none := report(t, &records{}, Request{Name: "ces"})
	if none.Value != nil || none.Period != nil || !strings.Contains(none.Why, "--as feedback") || none.Series.Points == nil {
		t.Errorf("of nothing: %+v", none)
	}
	some := &records{days: days("2026-01-01", "2026-01-31"), sums: func(warehouse.MeasureQuery) []warehouse.MeasureSum {
		return []warehouse.MeasureSum{{LeftOut: warehouse.NoScale, Sums: score.Sums{N: 1200}}, {LeftOut: warehouse.NotApplicable, Sums: score.Sums{N: 3}}}
	}}
	out := report(t, some, Request{Name: "nps"})
	if out.Value != nil || len(out.LeftOut) != 2 || out.LeftOut[0].N != 3 || !strings.Contains(out.Why, "of 1,200 the scale is not known") {
		t.Errorf("%+v", out)
	}
	early := report(t, some, Request{Name: "nps", To: new(clientele.MustDate("2025-12-31"))})
	if early.Value != nil || early.Period != nil || !strings.Contains(early.Why, "The records reach from 2026-01-01 to 2026-01-31") {
		t.Errorf("before the records: %+v", early)
	}
	for name, why := range map[string]string{"defect_rate": "No problem is on record", "complaint_rate": "kind complaint"} {
		m := report(t, &records{days: some.days, sums: each(func(int) score.Sums { return of(0, 30, 0) })}, Request{Name: name})
		if m.Value != nil || !strings.Contains(m.Why, why) {
			t.Errorf("%s: %+v", name, m)
		}
	}
}

// Rates and amounts: complaints per 100 orders with Garwood's interval, refunds without one.
func TestRates(t *testing.T) {
	all := days("2026-01-01", "2026-01-01")
	m := report(t, &records{days: all, sums: each(func(int) score.Sums { return score.Sums{N: 10, X: 10, W: 200, W2: 200} })}, Request{Name: "complaint_rate"})
	near(t, "complaints per 100 orders", m.Value, 5, 1e-9)
	near(t, "low", m.Low, 100*4.795389/200, 1e-4)
	near(t, "high", m.High, 100*18.390356/200, 1e-4)
	if m.Series.Chart != "u′" || m.Effective != 10 {
		t.Errorf("%+v", m)
	}
	m = report(t, &records{days: all, sums: each(func(int) score.Sums { return score.Sums{N: 7, W: 4000, W2: 1e6, X: 100, X2: 0} })}, Request{Name: "refund_rate"})
	near(t, "refunds", m.Value, .025, 1e-12)
	if m.Low != nil || m.High != nil || m.N != 7 {
		t.Errorf("%+v", m)
	}
}

// Times: half of the matters, those that run counted as long as they did; what ends at once is said.
func TestTimes(t *testing.T) {
	one := score.Sums{N: 10, W: 10, W2: 10}
	lasting := func(minutes int64, ended bool) warehouse.Duration {
		return warehouse.Duration{MeasureSum: warehouse.MeasureSum{Sums: one}, Minutes: minutes, Ended: ended}
	}
	r := &records{days: days("2026-01-01", "2026-01-01"), durations: []warehouse.Duration{lasting(0, true), lasting(90, true), lasting(100, false), lasting(300, true)}}
	m := report(t, r, Request{Name: "time_to_resolve"})
	near(t, "hours", m.Value, 1.5, 1e-9)
	if m.N != 40 || len(m.Warnings) != 1 || !strings.Contains(m.Warnings[0], "10 of 40 matters ended in the minute") {
		t.Errorf("%+v", m)
	}
	r.durations = r.durations[2:3]
	if m = report(t, r, Request{Name: "time_to_resolve"}); m.Value != nil || !strings.Contains(m.Why, "None of these has an end") {
		t.Errorf("%+v", m)
	}
	weighted := score.Sums{N: 2, W: 10, W2: 50}
	r.durations = []warehouse.Duration{{MeasureSum: warehouse.MeasureSum{Sums: weighted}, Minutes: 60, Ended: true}}
	if m = report(t, r, Request{Name: "time_to_resolve"}); *m.Value != 1 || m.Effective != 2 {
		t.Errorf("weighted: %+v", m)
	}
}

func TestRequestsAreChecked(t *testing.T) {
	for _, c := range []struct {
		ask  Request
		code clientele.Code
	}{
		{Request{Name: "nsp"}, clientele.CodeNotFound},
		{Request{Name: "nps", Within: 7}, clientele.CodeUsage},
		{Request{Name: "repeat_contacts", Within: 367}, clientele.CodeUsage},
		{Request{Name: "repeat_contacts", Within: -1}, clientele.CodeUsage},
		{Request{Name: "refund_rate", Touchpoint: "shop"}, clientele.CodeUsage},
		{Request{Name: "complaint_rate", By: warehouse.ByTouchpoint}, clientele.CodeUsage},
		{Request{Name: "defect_rate", By: warehouse.ByDaysLate}, clientele.CodeUsage},
		{Request{Name: "nps", By: "colour"}, clientele.CodeNotFound},
		{Request{Name: "nps", Touchpoint: "moon"}, clientele.CodeNotFound},
		{Request{Name: "nps", From: new(clientele.Date(9)), To: new(clientele.Date(8))}, clientele.CodeInvalid},
		{Request{Name: "complaint_rate", Touchpoint: "shop", By: "region"}, ""},
		{Request{Name: "repeat_contacts", Touchpoint: "shop", By: warehouse.ByTouchpoint, Within: 366}, ""},
	} {
		r := &records{days: days("2026-01-01", "2026-01-31"), sums: each(func(int) score.Sums { return of(1, 1, 0) })}
		if _, err := service(r).Report(t.Context(), c.ask); clientele.CodeOf(err) != c.code {
			t.Errorf("%+v: %v", c.ask, err)
		}
	}
}

// A report is made once, and ready from then on; an overview is ready when all are.
func TestReportsAreKept(t *testing.T) {
	r := &records{days: days("2026-01-01", "2026-01-31"), sums: each(func(int) score.Sums { return of(10, 10, 0) })}
	s := service(r)
	if _, ok, err := s.ReadyOverview(t.Context()); ok || err != nil {
		t.Fatal(ok, err)
	}
	if err := s.Prepare(t.Context(), Request{}); err != nil {
		t.Fatal(err)
	}
	asked := r.asked
	o, ok, err := s.ReadyOverview(t.Context())
	if !ok || err != nil || len(o.Measures) != len(Library()) {
		t.Fatalf("%v, %v, %d measures", ok, err, len(o.Measures))
	}
	again, err := s.Overview(t.Context())
	if err != nil || len(again.Measures) != len(o.Measures) || r.asked != asked {
		t.Errorf("%v: asked %d times, then %d", err, asked, r.asked)
	}
	if _, ok, err := s.Ready(t.Context(), Request{Name: "nps", By: "region"}); ok || err != nil {
		t.Errorf("another question: %v, %v", ok, err)
	}
}

// Every measure can be found, has a meaning of its own, and says why it cannot be told.
func TestLibraryIsWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range library() {
		if seen[e.Name] || seen[e.Text] || len(e.Text) < 80 || e.nothing == "" || e.Version < 1 || e.scale == 0 || !strings.Contains(e.Text, "n counts") {
			t.Errorf("%+v", e.MeasureDefinition)
		}
		seen[e.Name], seen[e.Text] = true, true
	}
	for _, l := range leftOuts() {
		if leftOut(l, 7) == "" {
			t.Errorf("no words for %s", l)
		}
	}
}
