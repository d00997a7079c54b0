package definition

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

// fake is a ledger and statements in memory.
type fake struct {
	kept     []store.LedgerEntry
	computed map[string]bool // periods with lapse days that are computed
	failure  error
}

func (f *fake) AddEntry(_ context.Context, e store.LedgerEntry) error {
	if slices.ContainsFunc(f.kept, func(k store.LedgerEntry) bool { return k.Number == e.Number }) {
		return clientele.Errorf(clientele.CodeConflict, "there already")
	}
	f.kept = append(f.kept, e)
	return nil
}

func (f *fake) Entries(context.Context, string) ([]store.LedgerEntry, error) {
	return f.kept, f.failure
}

// Quarters are those of 2024 and 2025 and the first two of 2026, by records from 2024 on.
func (f *fake) Quarters(_ context.Context, by clientele.Settings) ([]Quarter, error) {
	fiscal, err := by.Fiscal()
	if err != nil {
		return nil, err
	}
	var out []Quarter
	for _, name := range []string{"2026-Q2", "2026-Q1", "2025-Q4", "2025-Q3", "2025-Q2", "2025-Q1", "2024-Q4", "2024-Q3", "2024-Q2", "2024-Q1"} {
		_, days, err := fiscal.Parse(name)
		if err != nil {
			return nil, err
		}
		covered := days.From-clientele.Date(by.Definition.LapseDays) >= clientele.MustDate("2024-01-01") && name != "2026-Q2"
		out = append(out, Quarter{name, days, covered})
	}
	return out, f.failure
}

func (f *fake) Statement(_ context.Context, p clientele.Period, by clientele.Settings, progress Progress) (clientele.Statement, error) {
	if f.computed == nil {
		f.computed = map[string]bool{}
	}
	f.computed[key(p, by)] = true
	progress("computing", 1)
	return statementBy(p, by), f.failure
}

func (f *fake) Ready(_ context.Context, p clientele.Period, by clientele.Settings) (clientele.Statement, bool, error) {
	return statementBy(p, by), f.computed[key(p, by)], f.failure
}

func key(p clientele.Period, by clientele.Settings) string {
	return p.String() + " " + termsOf(by).List()[1].Text
}

// statementBy has a customer a lapse day, worth a margin of ten each, but in 2025-Q1.
func statementBy(p clientele.Period, by clientele.Settings) clientele.Statement {
	lapse := by.Definition.LapseDays
	st := clientele.Statement{Customers: clientele.Heads{Opening: 1, New: int64(lapse), Closing: int64(lapse) + 1}}
	st.Value.Closing = clientele.MustMoney("10").Share(float64(lapse))
	if p.From == clientele.MustDate("2025-01-01") {
		st.Model = &clientele.ModelReport{Refused: "too few"}
		return st
	}
	st.Equity = &clientele.Equity{Estimate: clientele.Estimate{Estimate: st.Value.Closing.Share(by.MarginOrOne())}}
	return st
}

func service(f *fake) *Service {
	written := clientele.DefaultSettings()
	written.Definition.LapseDays = 180
	return New(Parts{Ledgers: f, Written: written, Statements: f, Now: func() time.Time { return time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC) }})
}

func lapse(days int) Edit { return Edit{LapseDays: &days} }

func propose(t *testing.T, s *Service, e Edit, by string) Version {
	t.Helper()
	v, err := s.Propose(t.Context(), e, "a reason", by)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func wantError(t *testing.T, err error, code clientele.Code, text string) {
	t.Helper()
	if clientele.CodeOf(err) != code || err != nil && !strings.Contains(err.Error(), text) {
		t.Errorf("got %v (code %q), want %q with code %q", err, clientele.CodeOf(err), text, code)
	}
}

func settingsOf(t *testing.T, s *Service) clientele.Settings {
	t.Helper()
	settings, err := s.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return settings
}

func TestBookFileHoldsUntilSomethingIsProposed(t *testing.T) {
	s := service(&fake{})
	if diff := cmp.Diff(s.written, settingsOf(t, s)); diff != "" {
		t.Error(diff)
	}
	versions, err := s.Versions(t.Context())
	if err != nil || len(versions) != 1 || versions[0].State != InForce || versions[0].ProposedBy != "book.toml" || versions[0].ProposedAt != nil {
		t.Errorf("%+v, %v", versions, err)
	}
	propose(t, s, lapse(90), "Ada")
	s.written.Definition.LapseDays, s.written.Name = 200, "Renamed"
	got := settingsOf(t, s)
	if got.Definition.LapseDays != 180 || got.Name != "Renamed" {
		t.Errorf("book.toml was edited after the first proposal, and %+v holds", got)
	}
	differ, err := s.Disagreements(t.Context())
	if diff := cmp.Diff([]Change{{"lapse_days", "180", "200"}}, differ); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}

func TestApprovalByAnotherPersonHoldsAtOnce(t *testing.T) {
	f := &fake{}
	s := service(f)
	told := 0
	s.Changed = func(context.Context) { told++ }
	margin, discount, grace, kind := 0.25, 0.08, 10, clientele.Both
	v := propose(t, s, Edit{Kind: &kind, GraceDays: &grace, Margin: &margin, DiscountRate: &discount}, "Ada Lovelace")
	if v.State != Proposed || v.Number != 2 || v.Base != 1 || len(v.Changes) != 4 || v.Why != "a reason" || len(v.Hash) != 64 {
		t.Errorf("%+v", v)
	}
	if got := settingsOf(t, s); got.Definition.Version != 1 {
		t.Errorf("what is proposed holds: %+v", got)
	}
	_, err := s.Approve(t.Context(), 2, " ada  lovelace")
	wantError(t, err, clientele.CodeConflict, "cannot approve it")
	_, err = s.Approve(t.Context(), 2, "")
	wantError(t, err, clientele.CodeInvalid, "name")
	proposed := v.Hash
	if v, err = s.Approve(t.Context(), 2, "Grace"); err != nil || v.Hash == proposed || len(v.Hash) != 64 || v.State != InForce || v.ApprovedBy != "Grace" || v.ApprovedAt == nil || told != 1 {
		t.Errorf("%+v, %v, told %d times", v, err, told)
	}
	want := clientele.Definition{Kind: clientele.Both, LapseDays: 180, GraceDays: 10, Version: 2}
	if got := settingsOf(t, s); got.Definition != want || *got.Margin != .25 || got.DiscountRate != .08 {
		t.Errorf("%+v", got)
	}
	if got := settingsOf(t, service(f)); got.Definition != want {
		t.Errorf("after opening again: %+v", got)
	}
}

func TestProposalsAreOfTheVersionInForce(t *testing.T) {
	s := service(&fake{})
	propose(t, s, lapse(90), "Ada")
	propose(t, s, lapse(120), "Ada")
	if _, err := s.Approve(t.Context(), 3, "Grace"); err != nil {
		t.Fatal(err)
	}
	_, err := s.Approve(t.Context(), 2, "Grace")
	wantError(t, err, clientele.CodeConflict, "version 2 changes version 1, and version 3 is in force since")
	_, err = s.Approve(t.Context(), 3, "Grace")
	wantError(t, err, clientele.CodeConflict, "it is in force")
	_, err = s.Approve(t.Context(), 1, "Grace")
	wantError(t, err, clientele.CodeConflict, "it is replaced")
	_, err = s.Approve(t.Context(), 4, "Grace")
	wantError(t, err, clientele.CodeNotFound, "no version 4")
	if v := propose(t, s, lapse(90), "Ada"); v.Base != 3 || v.Number != 4 {
		t.Errorf("%+v", v)
	}
	var states []State
	versions, err := s.Versions(t.Context())
	for _, v := range versions {
		states = append(states, v.State)
	}
	if diff := cmp.Diff([]State{Replaced, Outdated, InForce, Proposed}, states); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}

func TestProposalsThatAreRefused(t *testing.T) {
	none, much, kind := 0, 1.5, clientele.Business("rent")
	for name, c := range map[string]struct {
		edit    Edit
		why, by string
		text    string
	}{
		"nothing":       {Edit{}, "x", "Ada", "changes nothing"},
		"no change":     {lapse(180), "x", "Ada", "changes nothing"},
		"no reason":     {lapse(90), " ", "Ada", "no reason"},
		"no name":       {lapse(90), "x", " ", "who signs"},
		"no days":       {Edit{LapseDays: &none}, "x", "Ada", "between 1 and 3660"},
		"a margin of 2": {Edit{Margin: &much}, "x", "Ada", "margin"},
		"a rate of 2":   {Edit{DiscountRate: &much}, "x", "Ada", "discount"},
		"a kind":        {Edit{Kind: &kind}, "x", "Ada", "orders, contracts, both"},
	} {
		s := service(&fake{})
		if _, err := s.Propose(t.Context(), c.edit, c.why, c.by); clientele.CodeOf(err) != clientele.CodeInvalid || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v", name, err)
		}
		if got := settingsOf(t, s); got.Definition != s.written.Definition {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestChangedByteStopsEverything(t *testing.T) {
	f := &fake{}
	s := service(f)
	propose(t, s, lapse(90), "Ada")
	f.kept[1].Text = []byte(strings.Replace(string(f.kept[1].Text), `"lapse_days":90`, `"lapse_days":91`, 1))
	findings, err := s.Verify(t.Context())
	if err != nil || len(findings) != 1 || findings[0].Where != "entry 2 of the definitions" {
		t.Errorf("%+v, %v", findings, err)
	}
	_, err = s.Settings(t.Context())
	wantError(t, err, clientele.CodeInvalid, "not as they were signed")
}

func TestComparisonOfPastQuarters(t *testing.T) {
	f := &fake{}
	s := service(f)
	propose(t, s, lapse(270), "Ada")
	_, ready, err := s.Compared(t.Context(), Question{Version: 2})
	if ready || err != nil {
		t.Errorf("nothing is computed: %v", err)
	}
	last := 0.0
	c, err := s.Compare(t.Context(), Question{Version: 2}, func(_ string, fraction float64) {
		if fraction < last || fraction > 1 {
			t.Errorf("progress goes from %v to %v", last, fraction)
		}
		last = fraction
	})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range c.Rows {
		names = append(names, r.Period)
	}
	if diff := cmp.Diff([]string{"2026-Q1", "2025-Q4", "2025-Q3", "2025-Q2", "2025-Q1", "2024-Q4"}, names); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"2024-Q3"}, c.LeftOut); diff != "" || c.With.Number != 1 || c.Currency != "USD" {
		t.Errorf("%s %+v", diff, c)
	}
	first := c.Rows[0]
	if d := first.Difference; d.New != 90 || d.Closing != 90 || d.Opening != 0 || !d.Value.Equal(clientele.MustMoney("900")) || !d.Equity.Equal(clientele.MustMoney("900")) {
		t.Errorf("%+v", d)
	}
	if refused := c.Rows[4]; refused.Difference.Equity != nil || refused.Version.Equity != nil || refused.Version.Why != "too few" {
		t.Errorf("%+v", refused)
	}
	again, ready, err := s.Compared(t.Context(), Question{Version: 2})
	if diff := cmp.Diff(c, again); diff != "" || !ready || err != nil {
		t.Errorf("%v %v %s", ready, err, diff)
	}
}

func TestWhatIsCompared(t *testing.T) {
	s := service(&fake{})
	propose(t, s, lapse(90), "Ada")
	propose(t, s, lapse(30), "Ada")
	if _, err := s.Approve(t.Context(), 2, "Grace"); err != nil {
		t.Fatal(err)
	}
	day := func(text string) *clientele.Date { d := clientele.MustDate(text); return &d }
	for name, c := range map[string]struct {
		q          Question
		with, rows int
	}{
		"with the one in force": {Question{Version: 3}, 2, 8},
		"the one in force":      {Question{Version: 2}, 1, 7},
		"with a given one":      {Question{Version: 3, With: 1}, 1, 7},
		"the first":             {Question{Version: 1}, 2, 7},
		"from a day":            {Question{Version: 2, From: day("2025-02-01")}, 1, 4},
		"between days":          {Question{Version: 2, From: day("2025-04-01"), To: day("2025-09-30")}, 1, 2},
	} {
		got, err := s.Compare(t.Context(), c.q, nil)
		if err != nil || got.With.Number != c.with || len(got.Rows) != c.rows {
			t.Errorf("%s: with %d, %d quarters, %v", name, got.With.Number, len(got.Rows), err)
		}
	}
	for name, q := range map[string]Question{"itself": {Version: 2, With: 2}, "no quarter": {Version: 2, From: day("2026-04-01")}} {
		_, err := s.Compare(t.Context(), q, nil)
		if clientele.CodeOf(err) != clientele.CodeInvalid || clientele.HintOf(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := s.Compare(t.Context(), Question{Version: 9}, nil)
	wantError(t, err, clientele.CodeNotFound, "no version 9")
	_, err = s.Compare(t.Context(), Question{Version: 2, With: 9}, nil)
	wantError(t, err, clientele.CodeNotFound, "no version 9")
	_, err = service(&fake{}).Compare(t.Context(), Question{Version: 1}, nil)
	wantError(t, err, clientele.CodeInvalid, "with another only")
}
