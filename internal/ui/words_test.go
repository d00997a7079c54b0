package ui

import (
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/chart"
)

func words() *builder {
	f := newFake()
	return &builder{visit: visit{settings: f.settings, locale: newLocale("en-GB", f.settings)}, st: *f.statement, whole: *f.statement}
}

func TestWorthTitle(t *testing.T) {
	worth := func(customers int64, together string) clientele.Worth {
		return clientele.Worth{Customers: customers, Together: money(together)}
	}
	for _, c := range []struct {
		came, left clientele.Worth
		want       string
	}{
		{worth(10, "100"), worth(10, "200"), "Those who left were worth twice those who came"},
		{worth(10, "100"), worth(10, "130"), "Those who left were worth 1.3 times those who came"},
		{worth(10, "100"), worth(20, "205"), "Those who came are worth about as much as those who left"},
		{worth(10, "300"), worth(10, "100"), "Those who came are worth 3.0 times those who left"},
		{worth(0, "0"), worth(10, "100"), "Nobody came; those who left were worth £100"},
		{worth(10, "100"), worth(0, "0"), "Nobody left; those who came are worth £100"},
		{worth(0, "0"), worth(0, "0"), "Nobody came and nobody left"},
		{worth(10, "-1"), worth(10, "100"), "What those who came are worth, and those who left were"},
	} {
		if got := words().worthTitle(c.came, c.left); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestValueTitle(t *testing.T) {
	for _, c := range []struct {
		v    clientele.Value
		want string
	}{
		{clientele.Value{Opening: money("10"), New: money("5"), Lost: money("2"), Closing: money("13")}, "Value rose by £3: arrivals outweigh losses"},
		{clientele.Value{Opening: money("10"), Expanded: money("5"), Lost: money("2"), Closing: money("13")}, "Value rose by £3: those who stayed bought more"},
		{clientele.Value{Opening: money("10"), Lost: money("2"), Closing: money("8")}, "Value fell by £2: losses outweigh arrivals"},
		{clientele.Value{Opening: money("10"), New: money("3"), Lost: money("2"), Contracted: money("4"), Closing: money("7")}, "Value fell by £3: those who stayed bought less"},
		{clientele.Value{Opening: money("10"), Closing: money("10")}, "The value is what it was at opening"},
	} {
		if got := words().valueTitle(c.v); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestCustomersTitle(t *testing.T) {
	for closing, want := range map[int64]string{
		11: "1 customer more than on 30 Jun 2026", 8: "2 customers fewer than on 30 Jun 2026", 10: "As many customers as on 30 Jun 2026",
	} {
		if got := words().customersTitle(clientele.Heads{Opening: 10, Closing: closing}); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestMovedTitle(t *testing.T) {
	step := func(label, amount string) chart.Step { return chart.Step{Label: label, Amount: money(amount)} }
	for _, c := range []struct {
		moves []chart.Step
		want  string
	}{
		{[]chart.Step{step("New", "5"), step("Lost", "-7"), step("Stayed", "1")}, "Those who left cost £7; new customers brought £5"},
		{[]chart.Step{step("New", "5"), step("Lost", "0")}, "New customers brought £5"},
		{[]chart.Step{step("Lapsed", "-5")}, "Those long gone cost £5"},
		{[]chart.Step{step("New", "0")}, "Nothing moved the worth"},
	} {
		if got := words().movedTitle(c.moves); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestReasonTitles(t *testing.T) {
	unknown := clientele.ReasonLine{Reason: clientele.UnknownReason, Customers: 9, Value: money("90")}
	late := clientele.ReasonLine{Reason: "late delivery", Customers: 3, Value: money("30")}
	for _, c := range []struct {
		lines   []clientele.ReasonLine
		out, in string
	}{
		{nil, "Nobody left", "Nobody came"},
		{[]clientele.ReasonLine{unknown}, "Nobody has said why they left", "Nobody has said why they came"},
		{[]clientele.ReasonLine{unknown, late}, "Late delivery is the dearest known reason for leaving", "Late delivery is the known reason that brought the most value"},
	} {
		if out, in := outTitle(c.lines), inTitle(c.lines); out != c.out || in != c.in {
			t.Errorf("%q and %q, want %q and %q", out, in, c.out, c.in)
		}
	}
}

func TestWhoIsActive(t *testing.T) {
	for kind, want := range map[clientele.Business]string{
		clientele.Orders:    "active while the last purchase lies within 90 days",
		clientele.Contracts: "active while a contract runs",
		clientele.Both:      "active while the last purchase lies within 90 days or a contract runs",
	} {
		if got := activeWords(clientele.Definition{Kind: kind, LapseDays: 90}); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
