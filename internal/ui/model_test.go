package ui

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

// fitted is a made-up model that was checked and never compared.
func fitted() clientele.ModelRun {
	h := holdout()
	run := clientele.ModelRun{
		Run: "run-7", AsOf: h.To, Model: "pareto_nbd", Name: "Pareto/NBD + Gamma-Gamma", Customers: 42783, Repeaters: 18021, Cells: 9312, LogLikelihood: fraction(-95415.119),
		Intervals: "Profile likelihood, 95 %.",
		Parameters: []clientele.ModelParameter{
			{Model: "pareto_nbd", Name: "r", Meaning: "how alike buying rates are", Estimate: .5974, SE: fraction(.012), Low: fraction(.574), High: fraction(.622)},
			{Model: "pareto_nbd", Name: "beta", Meaning: "weeks", Estimate: 8.8285, SE: fraction(4.1), Low: fraction(3.9)},
			{Model: "pareto_nbd", Name: "s", Meaning: "how alike leaving rates are", Estimate: 1234.5, High: fraction(2000)},
			{Model: "gamma_gamma", Name: "p", Meaning: "not estimated", Estimate: 0},
		},
		Check: &clientele.ModelCheck{
			CalibratedTo: h.CalibratedTo, To: h.To, Refitted: true, Customers: h.Customers, Actual: h.Actual, Expected: h.Expected, Low: 27400, High: 30400,
			Bias: h.Bias, MAE: .7545, RMSE: 1.41, AUC: fraction(.7687), CRPS: .51066, MAPE: fraction(.0228), Weekly: h.Weeks,
			ByFrequency: []clientele.FrequencyClass{
				{Orders: 0, Customers: 24000, Actual: .24, Expected: .19, Held: fraction(.95), Covered: fraction(.955)},
				{Orders: 1, Customers: 9000, Actual: .61, Expected: .6, Held: fraction(.93), Covered: fraction(.92)},
				{Orders: 7, OrMore: true, Customers: 1200, Actual: 5.3, Expected: 5.6, Held: fraction(.93), Covered: fraction(.81)},
			},
			Sets: []clientele.PredictiveSet{
				{Nominal: .5, Expected: .71, Covered: .72, Width: .2}, {Nominal: .9, Expected: .943, Covered: .889, Width: 1.6},
			},
			Cohorts: []clientele.CohortResidual{
				{From: h.CalibratedTo - 180, To: h.CalibratedTo - 91, Customers: 20000, Actual: 14000, Expected: 14100.5, Z: -.4},
				{From: h.CalibratedTo - 90, To: h.CalibratedTo, Customers: 20100, Actual: 16411, Expected: 14801.5, Z: 6.1, FarOff: true},
			},
		},
		Frequency: []clientele.FrequencyCount{{Orders: 0, Actual: 24762, Expected: 25011}, {Orders: 1, Actual: 9011, Expected: 8900}, {Orders: 7, OrMore: true, Actual: 1200, Expected: 1010}},
		Trust:     clientele.ModelTrust{Verdict: clientele.Trusted, Words: "Totals can be relied on: 5.0 % off in 39 weeks that the model had not seen."},
	}
	sum, expected := int64(0), 0.0
	for _, w := range h.Weeks {
		sum, expected = sum+w.Actual, expected+w.Expected
		run.Check.Cumulative = append(run.Check.Cumulative, clientele.CumulativeWeek{Week: w.Week, Actual: sum, Expected: expected, HeldOut: w.HeldOut})
	}
	return run
}

// compared is fitted after a comparison.
func compared() clientele.ModelRun {
	run := fitted()
	run.Choice = &clientele.ModelChoice{
		Model: "pareto_nbd", Name: "Pareto/NBD", At: time.Date(2026, 10, 4, 8, 30, 0, 0, time.UTC), AsOf: run.AsOf,
		Scheme: "The last year was held out whole.", Reasons: []string{"Three models are within chance of each other; its total is 11.5 % off, the others' more."},
		Origins: []clientele.ModelOrigin{{CalibratedTo: run.Check.CalibratedTo, To: run.Check.To, Customers: 40100, Actual: 30411}},
		Candidates: []clientele.ModelCandidate{
			{Model: "pareto_nbd", Name: "Pareto/NBD", CRPS: fraction(.51066), Behind: fraction(.00063), BehindSE: fraction(.0009), Bias: fraction(-.115), MAE: fraction(.7545), AUC: fraction(.77), LogLikelihood: fraction(-9594.98), Verdict: clientele.CandidateChosen, Words: "Within chance of the best, with the least bias."},
			{Model: "mbg_nbd", Name: "MBG/NBD", CRPS: fraction(.51003), Behind: fraction(0), BehindSE: fraction(0), Bias: fraction(-.162), MAE: fraction(.7648), LogLikelihood: fraction(-9587.3), Verdict: clientele.CandidateEqual},
			{Model: "nbd", Name: "NBD", Verdict: clientele.CandidateRefused, Words: "No maximum inside the model."},
		},
	}
	return run
}

func TestModelPage(t *testing.T) {
	f := newFake()
	run := compared()
	run.Trust.Todo = []string{"Import the two years before 2023."}
	run.Warnings = []string{"The records end 3 days before the as-of date."}
	f.run = &run
	body := expect(t, newTestSite(t, f), "/model", http.StatusOK,
		`aria-current="page">Model`, "Model · as of 30 Sep 2026 · Pareto/NBD &#43; Gamma-Gamma", "Totals can be relied on: 5.0% off", "The records end 3 days", "Import the two years",
		"33 of 39 weeks held out lie within the band", "27,400 to 30,400", "missed by 2.3% on average",
		"The model has 1.0% too many customers who never bought again", "Too little is expected of customers with 0 repeat purchases",
		"The range that should hold 94% of single customers held 89%", "For customers with 7 or more repeat purchases the ranges are too narrow",
		"One group of newcomers bought otherwise than chance explains", "✱ is further off than chance explains",
		"Pareto/NBD foretells best", "0.00063 ± 0.00090", ">best<", "−16.2%", "as good", "No maximum inside the model.", "Compare again", "What was held out", "1 Jan 2026 – 30 Sep 2026",
		"0.5740 – 0.6220", "from 3.900, without an end", "up to 2,000", "Profile likelihood, 95%.", "Run run-7: 42,783 customers, of whom 18,021 bought again", "−95,415.119",
		"/model?as_of=2025-12-31",
	)
	if f.modelOf != run.AsOf {
		t.Errorf("asked for the model of %s", f.modelOf)
	}
	if strings.Contains(body, "No other model has been tried") {
		t.Error("a comparison that was made is said not to have been")
	}
}

func TestModelNeverCompared(t *testing.T) {
	f := newFake()
	f.run = new(fitted())
	expect(t, newTestSite(t, f), "/model?as_of=2026-09-30", http.StatusOK, "No other model has been tried", "Compare the models", `name="as_of" value="2026-09-30"`, "Nothing. Plan with its totals")
}

func TestModelThatIsRefused(t *testing.T) {
	f := newFake()
	f.run = &clientele.ModelRun{
		AsOf: clientele.MustDate("2026-09-30"), Refused: "Only 12 customers bought twice.",
		Trust: clientele.ModelTrust{Verdict: clientele.NoModel, Words: "There is no model: only 12 customers bought twice.", Todo: []string{"Import an older export."}},
	}
	expect(t, newTestSite(t, f), "/model", http.StatusOK, "only 12 customers bought twice", "Import an older export.", "There is no model to check", "Compare the models")
}

func TestModelWithoutACheck(t *testing.T) {
	f := newFake()
	run := fitted()
	run.Check, run.LogLikelihood = nil, nil
	run.Trust = clientele.ModelTrust{Verdict: clientele.Unchecked, Words: "The model is unchecked."}
	f.run = &run
	body := expect(t, newTestSite(t, f), "/model", http.StatusOK, "It was held against nothing", "Customers by repeat purchase days")
	if strings.Contains(body, "weekly-data") {
		t.Error("weeks are shown of a model without a check")
	}
}

func TestModelOfAnEmptyBook(t *testing.T) {
	f := newFake()
	f.empty = true
	expect(t, newTestSite(t, f), "/model", http.StatusOK, "There is no model yet", "Drop a file")
}

func TestModelIsFittedAndComparedByJobs(t *testing.T) {
	f := newFake()
	s := newTestSite(t, f)
	w := get(t, s, "/model")
	if want := jobHref("JOB0", "/model"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != want {
		t.Fatalf("status %d to %q, want %q", w.Code, w.Header().Get("Location"), want)
	}
	expect(t, s, w.Header().Get("Location"), http.StatusOK, "Fitting and checking the model", `aria-current="page">Model`)
	runJob(t, s, f, "JOB0")
	expect(t, s, "/model", http.StatusOK, "No other model has been tried")

	w = post(t, s, "/model/compare", url.Values{"as_of": {"2026-09-30"}})
	if want := jobHref("JOB1", "/model?as_of=2026-09-30"); w.Header().Get("Location") != want {
		t.Fatalf("status %d to %q, want %q", w.Code, w.Header().Get("Location"), want)
	}
	expect(t, s, w.Header().Get("Location"), http.StatusOK, "Comparing the models")
	runJob(t, s, f, "JOB1")
	if done := get(t, s, jobHref("JOB1", "/model?as_of=2026-09-30")); done.Header().Get("Location") != "/model?as_of=2026-09-30" {
		t.Errorf("a comparison leads to %q", done.Header().Get("Location"))
	}
	expect(t, s, "/model", http.StatusOK, "Pareto/NBD foretells best")
	for _, kind := range []string{jobStatement, jobModel} { // with the model that was chosen
		if !slices.ContainsFunc(slices.Collect(maps.Values(f.jobs)), func(j store.Job) bool { return j.Kind == kind && j.State == store.JobQueued }) {
			t.Errorf("after a comparison no %s is computed ahead", kind)
		}
	}
}

func TestComparisonThatCannotBeMade(t *testing.T) {
	f := newFake()
	f.compareFail = clientele.Errorf(clientele.CodeInvalid, "the records are too short to compare models on").WithHint("Twelve weeks of records are needed.")
	s := newTestSite(t, f)
	w := post(t, s, "/model/compare", url.Values{"as_of": {"2026-09-30"}})
	runJob(t, s, f, "JOB0")
	expect(t, s, w.Header().Get("Location"), http.StatusOK, "This did not work", "too short to compare", "Twelve weeks", `href="/model?as_of=2026-09-30"`)
}

// A model that the holdout rejects is never used silently.
func TestRejectedModelIsWarnedOf(t *testing.T) {
	f := newFake()
	f.statement.Model.Trust = clientele.Rejected
	f.statement.Model.Holdout.Verdict = "The model expected 55.7 % more purchases than were made: do not rely on its totals."
	run := fitted()
	run.Trust = clientele.ModelTrust{Verdict: clientele.Rejected, Words: f.statement.Model.Holdout.Verdict, Todo: []string{"See whether another model foretells these records better."}}
	run.Warnings = []string{run.Trust.Words, run.Trust.Todo[0], "Something else."}
	f.run = &run
	s := newTestSite(t, f)
	expect(t, s, "/", http.StatusOK, "The worth is not to be relied on:", "55.7% more purchases", `<a href="/model?as_of=2026-09-30">What to do</a>`)
	body := expect(t, s, "/model", http.StatusOK, "Something else.")
	for _, once := range []string{"55.7% more purchases", run.Trust.Todo[0]} {
		if n := strings.Count(body, once); n != 1 {
			t.Errorf("the page says %d times %q", n, once)
		}
	}
}

func TestBadAddressesOfTheModel(t *testing.T) {
	f := newFake()
	s := newTestSite(t, f)
	expect(t, s, "/model?as_of=soon", http.StatusUnprocessableEntity, "YYYY-MM-DD")
	if w := post(t, s, "/model/compare", nil); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("status %d", w.Code)
	}
	f.failure = clientele.Errorf(clientele.CodeInternal, "the cache is damaged")
	expect(t, s, "/model", http.StatusInternalServerError)
}

// The message of each chart, at the ends that the made-up model does not reach.
func TestModelTitles(t *testing.T) {
	m := modelView{visit: visit{Request: httptest.NewRequest(http.MethodGet, "/", nil), locale: newLocale("en-GB", settingsIn("EUR"))}}
	class := func(held, covered float64, n int64) clientele.FrequencyClass {
		return clientele.FrequencyClass{Orders: 1, Customers: n, Held: &held, Covered: &covered}
	}
	for _, c := range []struct{ got, want string }{
		{weeklyTitle([]clientele.HoldoutWeek{{Actual: 5, Low: 1, High: 9}, {Actual: 5, HeldOut: true}}), "No week held out lies within the band"},
		{weeklyTitle([]clientele.HoldoutWeek{{Actual: 5}, {Actual: 5, Low: 5, High: 9, HeldOut: true}}), "Every week held out lies within the band"},
		{m.cumulativeTitle(clientele.ModelCheck{}), "Added up since the records begin"},
		{m.frequencyTitle([]clientele.FrequencyCount{{Orders: 1, Actual: 1}}), "How often customers bought again"},
		{m.frequencyTitle([]clientele.FrequencyCount{{Actual: 1000, Expected: 1001}}), "As many customers never bought again as the model says"},
		{m.frequencyTitle([]clientele.FrequencyCount{{Actual: 1000, Expected: 900}}), "The model has 10.0% too few customers who never bought again"},
		{m.conditionalTitle(clientele.ModelCheck{Actual: 1000, ByFrequency: []clientele.FrequencyClass{{Customers: 10, Actual: 2, Expected: 1}}}), "Light and heavy buyers are foretold alike"},
		{m.conditionalTitle(clientele.ModelCheck{Actual: 1000, ByFrequency: []clientele.FrequencyClass{{Orders: 1, Customers: 100, Actual: 1, Expected: 2}}}), "Too much is expected of customers with 1 repeat purchase"},
		{m.setsTitle(clientele.ModelCheck{}), "How often a range held what single customers bought"},
		{m.errTitle([]clientele.FrequencyClass{class(.9, .89, 1000), {Orders: 2}}), "Single customers are foretold alike, however often they bought"},
		{m.errTitle([]clientele.FrequencyClass{class(.9, .5, 0), class(.9, .99, 1000)}), "For customers with 1 repeat purchase the ranges are wider than they need to be"},
		{cohortsTitle([]clientele.CohortResidual{{}, {}}), "No group of newcomers strays further than chance explains"},
		{cohortsTitle([]clientele.CohortResidual{{FarOff: true}, {FarOff: true}, {}}), "2 of 3 groups of newcomers bought otherwise than chance explains"},
		{m.significant(0), "0"}, {m.significant(.000123456), "0.0001235"}, {m.significant(-12.3456), "−12.35"}, {m.significant(123456), "123,456"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
