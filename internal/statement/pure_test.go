package statement

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var money = clientele.MustMoney

// Any table of amounts rounds to cents that add up to the total, with margins
// that do not depend on the other split, each element within two cents.
func TestApportion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, cols := rapid.IntRange(1, 12).Draw(t, "rows"), rapid.IntRange(1, 6).Draw(t, "cols")
		table, sum, colSums := make([][]float64, rows), 0.0, make([]float64, cols)
		for i := range table {
			table[i] = make([]float64, cols)
			for j := range table[i] {
				table[i][j] = rapid.Float64Range(0, 1e7).Draw(t, "amount")
				sum += table[i][j]
				colSums[j] += table[i][j]
			}
		}
		total := cents(sum)
		got, byCols := apportion(table, total), shares(colSums, total)
		var all int64
		for j := range cols {
			var col int64
			for i := range rows {
				col += got[i][j]
				if off := math.Abs(float64(got[i][j]) - 100*table[i][j]); off > float64(rows+cols) {
					t.Fatalf("element %d, %d is %d cents, was %g", i, j, got[i][j], 100*table[i][j])
				}
			}
			if col != byCols[j] {
				t.Fatalf("column %d adds up to %d, without rows to %d", j, col, byCols[j])
			}
			all += col
		}
		if all != total {
			t.Fatalf("all adds up to %d, want %d", all, total)
		}
	})
}

func TestSharesTakeTheLargestRemainders(t *testing.T) {
	got := shares([]float64{0.014, 0.026, 0.10}, 14)
	if diff := cmp.Diff([]int64{1, 3, 10}, got); diff != "" {
		t.Error(diff)
	}
}

// balanced is a movement in which every identity holds.
func balanced() clientele.Movement {
	return clientele.Movement{
		Heads: clientele.Heads{Opening: 10, New: 4, Reactivated: 1, Lost: 3, Closing: 12, LostOfOpening: 2, CameAndLeft: 1},
		Value: clientele.Value{Opening: money("100"), New: money("40"), Reactivated: money("5"), Expanded: money("7"),
			Contracted: money("2"), Lost: money("30"), Closing: money("120")},
		Revenue: clientele.Revenue{Gross: money("60"), Refunds: money("10"), Net: money("50"), Orders: 6, Lines: 9},
		Reasons: clientele.ReasonLines{
			In:  []clientele.ReasonLine{{Reason: "Friend", Customers: 2, Value: money("15")}, {Reason: "unknown", Customers: 3, Value: money("30")}},
			Out: []clientele.ReasonLine{{Reason: "unknown", Customers: 3, Value: money("30")}},
		},
		TieOut:          clientele.TieOut{Inactive: money("-3"), Unattributed: money("13"), Window: money("130")},
		LapsedAtOpening: 5, ReactivatedStock: 1,
	}
}

func TestEveryIdentityIsChecked(t *testing.T) {
	if faults := faultsOf(balanced(), ""); len(faults) != 0 {
		t.Fatalf("a balanced movement has faults: %+v", faults)
	}
	for name, spoil := range map[string]func(*clientele.Movement){
		"customers":             func(m *clientele.Movement) { m.Heads.Closing++ },
		"value":                 func(m *clientele.Movement) { m.Value.Expanded = money("7.01") },
		"revenue":               func(m *clientele.Movement) { m.Revenue.Net = money("50.01") },
		"tie-out":               func(m *clientele.Movement) { m.TieOut.Window = money("130.01") },
		"reasons for coming":    func(m *clientele.Movement) { m.Reasons.In[0].Customers++ },
		"reasons for leaving":   func(m *clientele.Movement) { m.Reasons.Out = nil },
		"reasons for leaving =": func(m *clientele.Movement) { m.Reasons.Out[0].Value = money("30.01") },
		"recurring":             func(m *clientele.Movement) { m.Recurring = &clientele.Value{Opening: money("1")} },
	} {
		m := balanced()
		spoil(&m)
		faults := faultsOf(m, "")
		if len(faults) == 0 || !strings.HasPrefix(faults[0].what, name) || len(faults[0].lines) == 0 {
			t.Errorf("%s: %+v", name, faults)
		}
	}
	whole := warehouse.Movements{Total: balanced(), Segments: []warehouse.Segment{{Name: "a", Movement: balanced()}}}
	if faults := faultsBetween(whole); len(faults) != 0 {
		t.Errorf("one segment that is all does not add up: %+v", faults)
	}
	whole.Segments = append(whole.Segments, whole.Segments[0])
	if faults := faultsBetween(whole); len(faults) == 0 {
		t.Error("twice the company adds up to the company")
	}
}

func TestRates(t *testing.T) {
	r := ratesOf(balanced())
	for name, c := range map[string]struct {
		got  *float64
		want float64
	}{
		"churn": {r.Churn, .2}, "retention": {r.Retention, .8}, "reactivation": {r.Reactivation, .2}, "grr": {r.GRR, .68}, "nrr": {r.NRR, .75},
	} {
		if c.got == nil || math.Abs(*c.got-c.want) > 1e-12 {
			t.Errorf("%s = %v, want %g", name, c.got, c.want)
		}
	}
	none := ratesOf(clientele.Movement{})
	for _, rate := range []string{"churn", "retention", "reactivation", "grr", "nrr"} {
		if none.Why[rate] == "" {
			t.Errorf("%s cannot be told, and no reason is given", rate)
		}
	}
	text, err := json.Marshal(none)
	if err != nil || !strings.HasPrefix(string(text), `{"churn":null,"retention":null,"reactivation":null,"grr":null,"nrr":null,"why":{`) {
		t.Errorf("%s %v", text, err)
	}
	// refunds can leave more than was there: GRR stays at 1
	grown := balanced()
	grown.Value.Lost, grown.Value.Contracted = money("-5"), money("0")
	if r := ratesOf(grown); *r.GRR != 1 || *r.NRR < 1 {
		t.Errorf("grr %g, nrr %g", *r.GRR, *r.NRR)
	}
}

func TestCoverage(t *testing.T) {
	d := clientele.Definition{Kind: clientele.Orders, LapseDays: 365, Version: 1}
	quarter := clientele.Period{From: clientele.MustDate("2026-07-01"), To: clientele.MustDate("2026-09-30")}
	reach := func(first, last string) extent {
		return extent{warehouse.Span{FirstDay: clientele.MustDate(first), LastDay: clientele.MustDate(last)}, true}
	}
	for _, c := range []struct {
		x                extent
		opening, closing bool
	}{
		{reach("2025-07-01", "2026-09-30"), true, true},
		{reach("2025-07-02", "2026-09-30"), false, true},
		{reach("2025-07-01", "2026-09-29"), true, false},
		{extent{}, false, false},
	} {
		got := c.x.coverage(quarter, d)
		if got.OpeningCovered != c.opening || got.ClosingCovered != c.closing || (got.Why == "") != (c.opening && c.closing) {
			t.Errorf("%+v: %+v", c.x, got)
		}
	}
}

func TestPeriods(t *testing.T) {
	x := extent{warehouse.Span{FirstDay: clientele.MustDate("2023-10-01"), LastDay: clientele.MustDate("2026-10-15")}, true}
	s := clientele.DefaultSettings()
	p, err := periodsOf(x, s)
	if err != nil {
		t.Fatal(err)
	}
	if p.Default.Name != "Q3 2026" || p.Default.Period.String() != "2026-07-01 to 2026-09-30" || !p.Default.Covered {
		t.Errorf("default %+v", p.Default)
	}
	if n := p.Named[1]; n.Name != "Q4 2026" || n.Covered {
		t.Errorf("%+v, want the quarter at hand, not covered", n)
	}
	s.FiscalYearStart = "04-01"
	if p, err = periodsOf(x, s); err != nil || p.Default.Name != "Q2 2027" || p.Default.Period.String() != "2026-07-01 to 2026-09-30" {
		t.Errorf("a year from April: %+v %v", p.Default, err)
	}
	x.LastDay = clientele.MustDate("2023-12-20")
	if p, err = periodsOf(x, s); err != nil || p.Default.Period.From != x.FirstDay || p.Default.Period.To != x.LastDay {
		t.Errorf("short records: %+v %v", p.Default, err)
	}
}

func TestLinesAreDistinctAndSaid(t *testing.T) {
	seen := map[warehouse.Line]bool{}
	for _, l := range Lines() {
		if seen[l.Line] || l.Title == "" || l.Meaning == "" || l.Unit == "" || strings.Contains(l.Meaning, "{value}") {
			t.Errorf("%+v", l)
		}
		seen[l.Line] = true
		if e, err := find(l.Line); err != nil || e.Title != l.Title {
			t.Errorf("%s: %v", l.Line, err)
		}
	}
	for _, l := range []warehouse.Line{"equity.low", "equity.high", "equity.tail.low", "equity.tail.high"} {
		if !seen[l] {
			t.Errorf("%s does not explain itself", l)
		}
	}
	if _, err := find("customers.nonsense"); clientele.CodeOf(err) != clientele.CodeNotFound {
		t.Errorf("nonsense: %v", err)
	}
	if e, err := find("reasons.out.Late: twice. Or more"); err != nil || e.Title != "Left: Late: twice. Or more" {
		t.Errorf("%+v %v", e, err)
	}
}

func TestHeadline(t *testing.T) {
	covered := &clientele.DataReport{FirstDay: new(clientele.Date(0)), PartialPeriod: clientele.Coverage{OpeningCovered: true, ClosingCovered: true}}
	moved := func(opening, came, stayed, lost string, nCame, nLost int64, lostWorth string) clientele.Statement {
		m := clientele.EquityMoved{Opening: money(opening), New: money(came), Stayed: money(stayed), Lost: money(lost)}
		m.Closing = clientele.SumMoney(m.Opening, m.New, m.Stayed, m.Lost)
		m.CameWorth = clientele.Worth{Customers: nCame, Together: m.New}
		m.LostWorth = clientele.Worth{Customers: nLost, Together: money(lostWorth)}
		e := &clientele.Equity{Estimate: clientele.Estimate{Estimate: m.Closing}, Moved: &m}
		return clientele.Statement{Currency: "EUR", Customers: clientele.Heads{New: nCame, Lost: nLost}, Equity: e, Data: covered}
	}
	late := moved("100", "10", "0", "0", 5, 0, "0")
	late.Data = &clientele.DataReport{FirstDay: new(clientele.Date(0)), PartialPeriod: clientele.Coverage{ClosingCovered: true, Why: "the records begin late"}}
	refused := clientele.Statement{Data: covered, Customers: clientele.Heads{Opening: 7, Closing: 9}, Model: &clientele.ModelReport{Refused: "too few"}}
	many := refused
	many.Customers = clientele.Heads{Opening: 20000, Closing: 18685}
	uncovered := many
	uncovered.Data = late.Data
	ahead := moved("100", "10", "0", "0", 5, 0, "0")
	ahead.To = 20
	ahead.Data = &clientele.DataReport{FirstDay: new(clientele.Date(0)), LastDay: new(clientele.Date(9)), PartialPeriod: clientele.Coverage{OpeningCovered: true}}
	first := moved("0", "4200000", "0", "0", 5, 0, "0")
	first.Customers.Closing = 5
	for want, st := range map[string]clientele.Statement{
		"There are no records yet: import a file of transactions.":                                                                       {Data: &clientele.DataReport{}},
		"Customer equity fell 3.1 %: we won more customers than we lost, but those who left were worth twice as much each.":              moved("1000", "30", "0", "-61", 6, 5, "50"),
		"Customer equity rose 5.0 %: we won more customers than we lost, and those who came are worth 3.0 times as much each.":           moved("1000", "60", "0", "-10", 6, 3, "10"),
		"Customer equity rose 1.0 %: we lost more customers than we won, but those who came are worth 10.0 times as much each.":          moved("1000", "20", "0", "-10", 2, 10, "10"),
		"Customer equity fell 5.0 %: those who came outweigh those who left, but those who stayed are worth less than before.":           moved("1000", "60", "-100", "-10", 6, 5, "50"),
		"Customer equity rose 5.0 %: those who left outweigh those who came, but those who stayed are worth more than before.":           moved("1000", "10", "100", "-60", 6, 5, "50"),
		"Customer equity held steady: as many customers came as left, worth about the same each.":                                        moved("1000", "50", "0", "-50", 5, 5, "50"),
		"Customers are worth EUR 110 over five years. How that changed cannot be told: the records begin late.":                          late,
		"The records end on 1970-01-10, before the period does on 1970-01-21: who bought since is missing from every figure of its end.": ahead,
		"Customers are worth EUR 4.20 million over five years. How that changed cannot be told: nobody was worth anything at opening.":   first,
		"9 customers at closing, 2 more than at opening. What they are worth cannot be told: the model was refused.":                     refused,
		"18,685 customers at closing, 1,315 fewer than at opening. What they are worth cannot be told: the model was refused.":           many,
		"18,685 customers at closing. What they are worth cannot be told: the model was refused.":                                        uncovered,
		"The records do not cover this period: they end in 2020.":                                                                        {Data: &clientele.DataReport{FirstDay: new(clientele.Date(0)), PartialPeriod: clientele.Coverage{Why: "they end in 2020"}}},
	} {
		if got := Headline(st); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestInWords(t *testing.T) {
	for amount, want := range map[string]string{"0": "EUR 0.00", "12.345": "EUR 12.3", "999.6": "EUR 1000", "1234": "EUR 1.23 thousand", "78459.6": "EUR 78.5 thousand", "4210000": "EUR 4.21 million"} {
		if got := inWords(money(amount), "EUR"); got != want {
			t.Errorf("%s: %s, want %s", amount, got, want)
		}
	}
}
