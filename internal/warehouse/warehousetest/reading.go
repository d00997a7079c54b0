package warehousetest

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// Reading runs the half of the suite that asks an engine about records that are
// loaded: movements, their explanations, summaries, the holdout and tracking. Open
// returns an empty engine and closes it when the test ends.
func Reading(t *testing.T, open func(testing.TB) warehouse.Warehouse) {
	t.Run("MovementCases", func(t *testing.T) { testMovementCases(t, open) })
	t.Run("MovementProperties", func(t *testing.T) { testMovementProperties(t, open(t)) })
	t.Run("Revenue", func(t *testing.T) { testRevenue(t, open(t)) })
	t.Run("Months", func(t *testing.T) { testMonths(t, open(t)) })
	t.Run("ReasonsByDate", func(t *testing.T) { testReasonsByDate(t, open(t)) })
	t.Run("ExplainErrors", func(t *testing.T) { testExplainErrors(t, open(t)) })
	t.Run("ExplainPages", func(t *testing.T) { testExplainPages(t, open(t)) })
	t.Run("SummaryCases", func(t *testing.T) { testSummaryCases(t, open) })
	t.Run("SummaryProperties", func(t *testing.T) { testSummaryProperties(t, open(t)) })
	t.Run("Scores", func(t *testing.T) { testScores(t, open(t)) })
	t.Run("Acquired", func(t *testing.T) { testAcquired(t, open(t)) })
	t.Run("ContractProperties", func(t *testing.T) { testContractProperties(t, open(t)) })
	t.Run("Measures", func(t *testing.T) { testMeasures(t, open(t)) })
	t.Run("Letdowns", func(t *testing.T) { testLetdowns(t, open(t)) })
	t.Run("LetdownCases", func(t *testing.T) { testLetdownCases(t, open(t)) })
	t.Run("MeasuredDays", func(t *testing.T) { testMeasuredDays(t, open(t)) })
	t.Run("Paths", func(t *testing.T) { testPaths(t, open(t)) })
	t.Run("LongPaths", func(t *testing.T) { testLongPaths(t, open(t)) })
	t.Run("ManySteps", func(t *testing.T) { testManySteps(t, open(t)) })
	t.Run("Customer", func(t *testing.T) { testCustomer(t, open(t)) })
	t.Run("Comments", func(t *testing.T) { testComments(t, open(t)) })
	t.Run("MovementTotals", func(t *testing.T) { testMovementTotals(t, open(t)) })
	t.Run("EquityProperties", func(t *testing.T) { testEquityProperties(t, open(t)) })
	t.Run("EquityErrors", func(t *testing.T) { testEquityErrors(t, open(t)) })
	t.Run("Empty", func(t *testing.T) { testEmpty(t, open(t)) })
	t.Run("Together", func(t *testing.T) { testTogether(t, open(t)) })
	t.Run("Cancelled", func(t *testing.T) { testCancelled(t, open(t)) })
	t.Run("Fresh", func(t *testing.T) { testFresh(t, open(t)) })
	t.Run("WhileLoading", func(t *testing.T) { testWhileLoading(t, open(t)) })
	t.Run("CDNOW", func(t *testing.T) { testCDNOW(t, open(t)) })
}

// The days of random books: far more than the longest lapse window, so that all
// that can happen happens.
const bookDays = 40

func drawRecords(t *rapid.T) records {
	customer := rapid.SampledFrom([]string{"A", "B", "C", "D"})
	day := rapid.Custom(func(t *rapid.T) clientele.Date {
		return day0 + clientele.Date(rapid.IntRange(0, bookDays).Draw(t, "day"))
	})
	return records{
		Lines:         rapid.SliceOfN(drawLine(customer, day), 0, 24).Draw(t, "lines"),
		Subscriptions: rapid.SliceOfN(drawSubscription(customer, day), 0, 5).Draw(t, "subscriptions"),
		Attributes:    rapid.MapOfN(customer, rapid.SampledFrom([]string{"DE", "FR", clientele.UnknownSegment}), 0, 3).Draw(t, "attributes"),
		Reasons:       drawReasons(t, customer, day),
	}
}

func drawLine(customer *rapid.Generator[string], day *rapid.Generator[clientele.Date]) *rapid.Generator[line] {
	kinds := []clientele.LineKind{clientele.Sale, clientele.Sale, clientele.Sale, clientele.Refund, clientele.Tax, clientele.Discount}
	return rapid.Custom(func(t *rapid.T) line {
		l := line{Day: day.Draw(t, "day"), Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}
		if rapid.IntRange(0, 9).Draw(t, "named") > 0 {
			l.Customer = customer.Draw(t, "customer")
		}
		if rapid.Bool().Draw(t, "ordered") {
			l.Order = rapid.SampledFrom([]string{"o1", "o2", "o3", "o4", "o5"}).Draw(t, "order")
		}
		cents := rapid.SampledFrom([]string{"0", "0.01", "5", "7.25", "12.125", "100.000000000001"}).Draw(t, "amount")
		l.Amount = clientele.MustMoney(cents)
		if l.Kind == clientele.Refund || l.Kind == clientele.Discount {
			l.Amount = l.Amount.Neg()
		}
		return l
	})
}

func drawSubscription(customer *rapid.Generator[string], day *rapid.Generator[clientele.Date]) *rapid.Generator[subscription] {
	return rapid.Custom(func(t *rapid.T) subscription {
		s := subscription{
			Customer: customer.Draw(t, "customer"), Start: day.Draw(t, "start"), End: openEnd,
			Amount: 12 * rapid.Int64Range(0, 5).Draw(t, "amount"),
			Period: rapid.SampledFrom([]string{"day", "week", "month", "quarter", "year"}).Draw(t, "period"),
		}
		if rapid.IntRange(0, 3).Draw(t, "ended") > 0 {
			s.End = s.Start + clientele.Date(rapid.IntRange(0, 15).Draw(t, "length"))
			s.Cancelled = rapid.SampledFrom([]string{"", "price", "Too slow"}).Draw(t, "cancelled")
		}
		return s
	})
}

// drawReasons keeps one reason per customer, day and direction: the key of the table.
func drawReasons(t *rapid.T, customer *rapid.Generator[string], day *rapid.Generator[clientele.Date]) []reason {
	type key struct {
		customer, direction string
		day                 clientele.Date
	}
	all := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) reason {
		return reason{
			Customer: customer.Draw(t, "customer"), Day: day.Draw(t, "day"),
			Direction: rapid.SampledFrom([]string{"in", "out"}).Draw(t, "direction"),
			Reason:    rapid.SampledFrom([]string{"price", "Late delivery", clientele.UnknownReason}).Draw(t, "reason"),
		}
	}), 0, 8).Draw(t, "reasons")
	seen := map[key]bool{}
	return slices.DeleteFunc(all, func(r reason) bool {
		k := key{r.Customer, r.Direction, r.Day}
		twice := seen[k]
		seen[k] = true
		return twice
	})
}

func drawDefinition(t *rapid.T) clientele.Definition {
	return clientele.Definition{
		Kind:      rapid.SampledFrom([]clientele.Business{clientele.Orders, clientele.Orders, clientele.Contracts, clientele.Both}).Draw(t, "kind"),
		LapseDays: rapid.IntRange(1, 12).Draw(t, "lapse"),
		GraceDays: rapid.IntRange(0, 4).Draw(t, "grace"),
		Version:   1,
	}
}

func drawPeriod(t *rapid.T) clientele.Period {
	from := rapid.IntRange(-3, bookDays+5).Draw(t, "from")
	days := rapid.IntRange(0, 20).Draw(t, "days")
	return clientele.Period{From: day0 + clientele.Date(from), To: day0 + clientele.Date(from+days)}
}

// refill empties the engine and loads a book.
func refill(t *rapid.T, w warehouse.Warehouse, dir testing.TB, r records) {
	if err := w.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.load(dir, w)
}
