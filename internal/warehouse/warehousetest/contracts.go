package warehousetest

import (
	"cmp"
	"slices"
	"strconv"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// agreement is a subscription as contracts are made of them.
type agreement struct {
	customer, plan, period string
	start, end             clientele.Date // end openEnd: still running
	known                  clientele.Date // 0: from the start
	amount                 int64          // in whole units; negative: unknown
	told                   bool           // a reason for its end is given
}

// testContractProperties holds an engine's counts of contracts to those of the reference.
func testContractProperties(t *testing.T, w warehouse.Warehouse) {
	rapid.Check(t, func(rt *rapid.T) {
		if err := w.Reset(t.Context()); err != nil {
			t.Fatal(err)
		}
		all := rapid.SliceOfN(drawAgreement(), 0, 8).Draw(rt, "agreements")
		loadAgreements(t, w, all)
		q := warehouse.ContractQuery{
			AsOf:      day0 + clientele.Date(rapid.IntRange(0, 900).Draw(rt, "as of")),
			GraceDays: rapid.IntRange(0, 40).Draw(rt, "grace"), Told: rapid.Bool().Draw(rt, "told"),
		}
		if rapid.Bool().Draw(rt, "migrated") {
			q.KnownFrom = day0 + clientele.Date(rapid.IntRange(0, 900).Draw(rt, "known from"))
		}
		got, err := w.Contracts(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if d := gocmp.Diff(contractsOf(all, q), got); d != "" {
			rt.Fatalf("%+v of %+v: %s", q, all, d)
		}
		buyer, bought := "A", day0+clientele.Date(rapid.IntRange(0, 900).Draw(rt, "bought"))
		loadCSV(t, w, clientele.Transactions, []string{"customer", "order", "time", "amount"}, [][]string{
			{buyer, "o1", bought.String(), "5"}, {buyer, "o2", bought.String(), "7"}, {"D", "o3", bought.String(), "-1"}, {"", "o4", bought.String(), "9"},
		})
		n, err := w.CountCustomers(t.Context(), q.AsOf, q.GraceDays)
		if err != nil {
			t.Fatal(err)
		}
		if want := customersOf(all, q, buyer, bought); n != want {
			rt.Fatalf("%d customers as of %s with %+v, and %s since %s: want %d", n, q.AsOf, all, buyer, bought, want)
		}
	})
}

// customersOf counts a buyer and those whose contracts run, each once.
func customersOf(all []agreement, q warehouse.ContractQuery, buyer string, bought clientele.Date) int64 {
	seen := map[string]bool{}
	if bought <= q.AsOf {
		seen[buyer] = true
	}
	for _, a := range all {
		if a.start <= q.AsOf && a.end+clientele.Date(q.GraceDays) >= q.AsOf {
			seen[a.customer] = true
		}
	}
	return int64(len(seen))
}

func drawAgreement() *rapid.Generator[agreement] {
	return rapid.Custom(func(t *rapid.T) agreement {
		a := agreement{
			customer: rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, "customer"),
			plan:     rapid.SampledFrom([]string{"", "gold"}).Draw(t, "plan"),
			period:   rapid.SampledFrom([]string{"day", "week", "month", "quarter", "year"}).Draw(t, "period"),
			start:    day0 + clientele.Date(rapid.IntRange(0, 700).Draw(t, "start")), end: openEnd,
			amount: 12 * rapid.Int64Range(-1, 3).Draw(t, "amount"),
		}
		if rapid.Bool().Draw(t, "ended") {
			a.end = a.start + clientele.Date(rapid.IntRange(0, 500).Draw(t, "length"))
			a.told = rapid.Bool().Draw(t, "told")
		}
		if rapid.Bool().Draw(t, "migrated") {
			a.known = min(a.end, a.start+clientele.Date(rapid.IntRange(-50, 300).Draw(t, "known")))
		}
		return a
	})
}

func loadAgreements(t *testing.T, w warehouse.Warehouse, all []agreement) {
	var rows [][]string
	for i, a := range all {
		row := []string{a.customer, strconv.Itoa(i), a.start.String(), "", "", a.plan, "", a.period, ""}
		if a.end != openEnd {
			row[3] = a.end.String()
		}
		if a.known != 0 {
			row[4] = a.known.String()
		}
		if a.amount >= 0 {
			row[6] = strconv.FormatInt(a.amount, 10)
		}
		if a.told {
			row[8] = "price"
		}
		rows = append(rows, row)
	}
	loadCSV(t, w, clientele.Subscriptions, []string{"customer", "subscription", "start", "end", "known_from", "plan", "recurring_amount", "recurring_period", "cancel_reason"}, rows)
}

// contract is a run of agreements as of a day.
type contract struct {
	first      agreement
	end, reach clientele.Date
	told       bool
	unpriced   bool
	recurring  clientele.Money
}

// contractsOf counts contracts by their definition.
func contractsOf(all []agreement, q warehouse.ContractQuery) (out warehouse.Contracts) {
	spells, due := map[warehouse.Spell]int64{}, map[warehouse.Due]*warehouse.Due{}
	for _, c := range runsOf(all, q) {
		if q.KnownFrom != 0 && c.reach < q.KnownFrom {
			continue
		}
		ended := c.reach < q.AsOf
		seen := min(c.end, q.AsOf)
		months, periods := wholePeriods("month", c.first.start, seen), wholePeriods(c.first.period, c.first.start, seen)
		known := max(c.first.known, c.first.start, q.KnownFrom)
		s := warehouse.Spell{
			Plan: c.first.plan, Period: c.first.period, Cohort: int32(c.first.start.Time().Year()), Ended: ended,
			EntryMonths: wholePeriods("month", c.first.start, known), ExitMonths: months,
			Entry: wholePeriods(c.first.period, c.first.start, known), Exit: periods,
		}
		if ended {
			s.ExitMonths, s.Exit = months+1, periods+1
			spells[s]++
			continue
		}
		spells[s]++
		next := afterPeriods(c.first.period, c.first.start, int(periods)+1)
		if q.Told && c.end != openEnd {
			next = c.end + 1
		}
		key := warehouse.Due{Plan: s.Plan, Period: s.Period, Cohort: s.Cohort, Renewals: periods, Ends: q.Told && c.told && c.end != openEnd}
		key.Month = clientele.NewDate(next.Time().Year(), next.Time().Month(), 1)
		if due[key] == nil {
			due[key] = new(key)
		}
		due[key].N++
		due[key].Unpriced += count(c.unpriced)
		due[key].Recurring = due[key].Recurring.Add(c.recurring)
	}
	for s, n := range spells {
		s.N = n
		out.Spells = append(out.Spells, s)
	}
	for _, d := range due {
		out.Due = append(out.Due, *d)
	}
	slices.SortFunc(out.Spells, func(a, b warehouse.Spell) int {
		return cmp.Or(cmp.Compare(a.Plan, b.Plan), cmp.Compare(a.Period, b.Period), cmp.Compare(a.Cohort, b.Cohort), cmp.Compare(count(a.Ended), count(b.Ended)),
			cmp.Compare(a.EntryMonths, b.EntryMonths), cmp.Compare(a.ExitMonths, b.ExitMonths), cmp.Compare(a.Entry, b.Entry), cmp.Compare(a.Exit, b.Exit))
	})
	slices.SortFunc(out.Due, func(a, b warehouse.Due) int {
		return cmp.Or(cmp.Compare(a.Plan, b.Plan), cmp.Compare(a.Period, b.Period), cmp.Compare(a.Cohort, b.Cohort), cmp.Compare(a.Renewals, b.Renewals),
			cmp.Compare(a.Month, b.Month), cmp.Compare(count(a.Ends), count(b.Ends)))
	})
	return out
}

// runsOf puts agreements of a customer together that follow each other within the grace.
func runsOf(all []agreement, q warehouse.ContractQuery) []contract {
	sorted := slices.DeleteFunc(slices.Clone(all), func(a agreement) bool { return a.start > q.AsOf })
	slices.SortStableFunc(sorted, func(a, b agreement) int {
		return cmp.Or(cmp.Compare(a.customer, b.customer), cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end))
	})
	var runs []contract
	for i, a := range sorted {
		reach := a.end
		if reach != openEnd {
			reach += clientele.Date(q.GraceDays)
		}
		if i == 0 || sorted[i-1].customer != a.customer || runs[len(runs)-1].reach+1 < a.start {
			runs = append(runs, contract{first: a, end: a.end, reach: reach})
		}
		c := &runs[len(runs)-1]
		c.end, c.reach = max(c.end, a.end), max(c.reach, reach)
		if reach < q.AsOf {
			continue
		}
		c.told = c.told || a.told
		c.unpriced = c.unpriced || a.amount < 0
		if a.amount >= 0 {
			c.recurring = c.recurring.Add(subscription{Amount: a.amount, Period: a.period}.monthly())
		}
	}
	return runs
}

// wholePeriods counts the periods that are over from a day to another.
func wholePeriods(period string, from, to clientele.Date) int32 {
	n := int32(0)
	for afterPeriods(period, from, int(n)+1) <= to {
		n++
	}
	return n
}

func afterPeriods(period string, from clientele.Date, n int) clientele.Date {
	switch period {
	case "day":
		return from + clientele.Date(n)
	case "week":
		return from + clientele.Date(7*n)
	case "quarter":
		return from.AddMonths(3 * n)
	case "year":
		return from.AddMonths(12 * n)
	}
	return from.AddMonths(n)
}
