package pack

import (
	"math"
	"time"

	"github.com/clientele/clientele"
)

func amount(s string) clientele.Money { return clientele.MustMoney(s) }

func fraction(f float64) *float64 { return &f }

func date(s string) clientele.Date { return clientele.MustDate(s) }

// closed is a made-up close in which every part has something to show.
func closed() clientele.Close {
	settings := clientele.DefaultSettings()
	settings.Name, settings.Currency, settings.Margin, settings.TimeZone = "Northfield Trading", "GBP", fraction(.3), "Europe/London"
	return clientele.Close{
		Number: 3, Period: "2026-Q3", From: date("2026-07-01"), To: date("2026-09-30"),
		At: time.Date(2026, 10, 4, 9, 30, 0, 0, time.UTC), By: "Ada Lovelace", Program: "1.4.0", Settings: settings,
		Statement: sample(), Movements: []clientele.EquityMovement{moved(clientele.FiveYears, "0"), moved(clientele.Infinite, "970100.25")},
		Previous: "9b1f07a2c3", Hash: "5e0d6cc0aa",
	}
}

var made = time.Date(2026, 10, 5, 8, 0, 0, 0, time.UTC)

func sample() clientele.Statement {
	first, last, loaded := date("2023-01-02"), date("2026-09-30"), time.Date(2026, 10, 2, 7, 15, 0, 0, time.UTC)
	return clientele.Statement{
		Currency: "GBP", From: date("2026-07-01"), To: date("2026-09-30"),
		Definition: clientele.Definition{Kind: clientele.Orders, LapseDays: 180, Version: 3},
		Customers:  clientele.Heads{Opening: 18240, New: 2913, Reactivated: 406, Lost: 2874, Closing: 18685, LostOfOpening: 2801, CameAndLeft: 73},
		Value: clientele.Value{
			Measure: clientele.Measure{Name: "net_revenue", Days: 180}, Opening: amount("2611000.10"), New: amount("302000.25"), Reactivated: amount("37000.40"),
			Expanded: amount("118000.005"), Contracted: amount("141000.15"), Lost: amount("388000.30"), Closing: amount("2539000.305"),
		},
		Revenue: clientele.Revenue{Gross: amount("1500000.50"), Refunds: amount("50000.25"), Net: amount("1450000.25"), Unattributed: amount("216050.04"), Orders: 31022, Lines: 120411},
		TieOut:  clientele.TieOut{Inactive: amount("1000.10"), Unattributed: amount("400000.20"), Window: amount("2940000.605")},
		Rates:   clientele.Rates{Churn: fraction(.1536), Retention: fraction(.8464), GRR: fraction(.7974), NRR: fraction(.8426), Why: map[string]string{"reactivation": "Nobody had lapsed at opening."}},
		Reasons: clientele.ReasonLines{
			Out: []clientele.ReasonLine{
				{Reason: clientele.UnknownReason, Customers: 1523, Value: amount("200000.10")}, {Reason: "price", Customers: 900, Value: amount("74000.00")},
				{Reason: "late delivery", Customers: 451, Value: amount("112000.20")},
			},
			In: []clientele.ReasonLine{{Reason: "a friend", Customers: 3319, Value: amount("339000.65")}},
		},
		Equity: &clientele.Equity{
			HorizonYears: 5, Estimate: clientele.Estimate{Estimate: amount("4210334.10"), Low: amount("3880120.00"), High: amount("4610040.00")},
			Tail: clientele.Estimate{Estimate: amount("970100.25"), Low: amount("410000"), High: amount("2050000")}, PerCustomer: amount("95.01"), Scored: 44315,
			Moved: &clientele.EquityMoved{
				Opening: amount("4350201.00"), New: amount("331104.20"), Reactivated: amount("53000.00"), Stayed: amount("120000.00"), Lost: amount("-650000.00"),
				Lapsed: amount("6028.90"), Closing: amount("4210334.10"),
				CameWorth: clientele.Worth{Customers: 2913, Together: amount("331104.20")}, BackWorth: clientele.Worth{Customers: 406, Together: amount("53186.00")},
				LostWorth: clientele.Worth{Customers: 2874, Together: amount("650000.00")},
			},
		},
		Model: &clientele.ModelReport{
			Name: "Pareto/NBD + Gamma-Gamma", Run: "run-7", Customers: 44315, Cells: 9120, Converged: true, LogLikelihood: fraction(-210334.2501),
			Parameters:     map[string]map[string]float64{"pareto_nbd": {"r": .553, "alpha": 10.58, "s": .606, "beta": 11.67}, "gamma_gamma": {"p": 6.25, "q": 3.74, "gamma": 15.45}},
			StandardErrors: map[string]map[string]float64{"pareto_nbd": {"r": .0476, "alpha": .92, "s": .19}},
			Holdout:        heldOut(), Trust: clientele.Trusted, Warnings: []string{"The spend of large orders is capped"},
		},
		Data: &clientele.DataReport{
			Imports: []clientele.ImportRef{
				{Sequence: 1, Name: "orders.csv", SHA256: "0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9", Kind: "transactions", Source: "main", Rows: 541909, Rejected: 312, State: clientele.LoadedState, At: loaded},
				{Sequence: 2, Name: "customers.xlsx", SHA256: "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752", Kind: clientele.Customers, Source: "main", Rows: 44110, State: "kept, not loaded", At: loaded},
			},
			LoadedAt: &loaded, FirstDay: &first, LastDay: &last, RejectedRows: 312, PartialPeriod: clientele.Coverage{OpeningCovered: true, ClosingCovered: true},
		},
	}
}

// moved is a movement whose two ends are higher by a tail.
func moved(h clientele.Horizon, tail string) clientele.EquityMovement {
	model := func(run, day string) clientele.MovementModel {
		return clientele.MovementModel{Name: "Pareto/NBD + Gamma-Gamma", Run: run, AsOf: date(day)}
	}
	m := clientele.EquityMovement{
		Currency: "GBP", From: date("2026-07-01"), To: date("2026-09-30"), Horizon: h,
		Opening: amount("4350201.00").Add(amount(tail)), Unwinding: amount("104400.10"), ExpectedRelease: amount("-402210.55"), Window: amount("81003.45"),
		Experience:   clientele.Experience{Total: amount("-97060.00"), Survival: amount("-120300.00"), Activity: amount("12040.00"), Spend: amount("11200.00")},
		NewCustomers: amount("331104.20"), Restatement: amount("-1204.10"), AssumptionChange: amount("-155900.00"), Closing: amount("4210334.10").Add(amount(tail)),
		Intervals: map[string]clientele.Interval{
			"opening": {Low: amount("4010000"), High: amount("4712000")}, "experience.total": {Low: amount("-181000"), High: amount("-9000")},
			"closing": {Low: amount("3880120"), High: amount("4610040")}, "restatement": {},
		},
		Models: &clientele.MovementModels{Opening: model("run-6", "2026-06-30"), Closing: model("run-7", "2026-09-30")},
	}
	if h == clientele.Infinite {
		return m
	}
	m.Cohorts = []clientele.CohortWorth{
		{Month: date("2026-07-01"), Customers: 1100, Worth: amount("120104.20")}, {Month: date("2026-08-01"), Customers: 1813, Worth: amount("211000.00")},
	}
	m.Cash = &clientele.CashMargin{Expected: amount("398000.10"), Actual: amount("371200.00")}
	m.Audit = &clientele.Audit{Z: -2.6, WithParameters: -2.1, Reading: "Customers did worse than expected by more than chance allows: look for a cause."}
	return m
}

func heldOut() *clientele.Holdout {
	h := &clientele.Holdout{
		CalibratedTo: date("2025-12-31"), To: date("2026-09-30"), Customers: 40100, Actual: 30411, Expected: 28902.4, Bias: -.0496, MAE: .7545, RMSE: 1.41,
		Verdict: "The model can be trusted for totals.",
	}
	for i := range 78 {
		e := 1150 * math.Exp(-float64(i)/120)
		h.Weeks = append(h.Weeks, clientele.HoldoutWeek{
			Week: date("2025-04-02") + clientele.Date(7*i), Actual: int64(e * (1 + .09*math.Sin(float64(i)*1.7))), Expected: e, Low: e - 70, High: e + 70, HeldOut: i >= 39,
		})
	}
	return h
}

// draft is the same period before it is closed.
func draft() Document {
	c := closed()
	d := OfClose(c, made)
	d.Close, d.Movements = nil, nil
	return d
}
