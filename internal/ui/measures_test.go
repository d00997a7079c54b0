package ui

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/measure"
)

// measurements are made-up measures in which every part has something to show.
func measurements() map[string]clientele.MeasureReport {
	all := clientele.Period{From: clientele.MustDate("2025-12-15"), To: clientele.MustDate("2026-09-30")}
	out := map[string]clientele.MeasureReport{}
	for _, d := range measure.Library() {
		out[d.Name] = clientele.MeasureReport{Definition: d, Measurement: clientele.Measurement{Why: "Nothing counts."}}
	}
	told := func(name string, value, low, high float64) clientele.MeasureReport {
		m := out[name]
		m.Period, m.Measurement = &all, clientele.Measurement{Value: &value, Low: &low, High: &high, N: 12345, Effective: 12345}
		m.Series = clientele.MeasureSeries{Chart: "XmR", Every: "month", Centre: &value, Price: "By chance alone these rules raise a false alarm every 92 points."}
		for i := range 10 {
			first := clientele.MustDate("2025-12-01").AddMonths(i)
			p := clientele.MeasurePoint{Period: clientele.Period{From: first, To: first.AddMonths(1) - 1}, Measurement: clientele.Measurement{Value: &value, N: 1234}, LowerLimit: &low, UpperLimit: &high}
			if i == 0 {
				p.From, p.Partial, p.LowerLimit, p.UpperLimit = all.From, true, nil, nil
			}
			m.Series.Points = append(m.Series.Points, p)
		}
		m.Signals = []clientele.MeasureSignal{{Period: m.Series.Points[8].Period, Rules: []string{"one beyond three sigma", "eight in a row on one side"}, Above: true, Better: m.Definition.Higher}}
		m.LeftOut = []clientele.MeasureLeftOut{{N: 1381, Why: "it does not apply to who answered"}}
		m.Warnings = []string{"Weights are given: 12,345 tell as much as 9,000 of equal weight."}
		m.Segments = []clientele.MeasureSegment{{Name: "<north>", Measurement: m.Measurement}, {Name: "south", Measurement: clientele.Measurement{N: 3, Why: "Fewer than 5 answers."}}}
		return m
	}
	out["nps"] = told("nps", -39.8, -41, -38)
	out["on_time_share"] = told("on_time_share", .905, .897, .912)
	repeats := told("repeat_contacts", .461, .455, .468)
	repeats.Within = 7
	repeats.Signals = append(repeats.Signals, repeats.Signals[0])
	repeats.Signals[1].Period = repeats.Series.Points[9].Period
	out["repeat_contacts"] = repeats
	times := told("time_to_resolve", 957.5, 931, 965)
	times.High, times.Signals = nil, nil
	out["time_to_resolve"] = times
	rating := told("rating", 4.067, 4.03, 4.1)
	rating.Signals, rating.Series = nil, clientele.MeasureSeries{Chart: "XmR", Every: "day", Why: "Limits take 8 whole periods with a figure; there are 0."}
	out["rating"] = rating
	return out
}

func TestMeasuresPage(t *testing.T) {
	f := newFake()
	f.measured = measurements()
	s := newTestSite(t, f)
	body := expect(t, s, "/measures", http.StatusOK, "What stands out of late: repeat contacts.", `aria-current="page">Measures`, `href="/measures/nps"`, "−39.8", "90.5%", "39.9\u00a0days", "August 2026, better",
		"What cannot be told", `<a href="/measures/csat">Customer satisfaction</a>`, "Nothing counts.")
	if strings.Count(body, "Nothing counts.") != 1 {
		t.Error("one reason is told more than once")
	}
	repeats := f.measured["repeat_contacts"]
	repeats.Signals = repeats.Signals[:1]
	f.measured["repeat_contacts"] = repeats
	expect(t, s, "/measures", http.StatusOK, "5 of 12 measures can be told, and none stands out of late.")
	for name, m := range f.measured {
		m.Value = nil
		f.measured[name] = m
	}
	expect(t, s, "/measures", http.StatusOK, "Nothing is measured yet.", "--as interactions", "Drop a file")
	signedIn(t, f, "olive").sees("/measures", http.StatusOK, "You may not import files")
	signedIn(t, f, "olive").sees("/measures/nps", http.StatusOK, "cannot be told")
}

func TestMeasurePage(t *testing.T) {
	f := newFake()
	f.measured = measurements()
	s := newTestSite(t, f)
	expect(t, s, "/measures/nps?by=country&touchpoint=delivery&from=2026-01-01", http.StatusOK, "Net promoter score: −39.8", "1 month stands out from chance: August 2026, for the better",
		"August 2026: above the centre, for the better (one beyond three sigma; eight in a row on one side)", "a false alarm every 92 points", "By country", "&lt;north&gt;", "Fewer than 5 answers.",
		"1,381, because it does not apply to who answered", "12,345 tell as much as 9,000", `<option value="delivery" selected>`, "&lt;phone&gt;", `<option value="country" selected>`, `value="2026-01-01"`,
		"how late the delivery was", "0 is an answer", "nps, version 1", "in part", `data-plot="series-data"`, "The centre is −39.8.")
	body := expect(t, s, "/measures/repeat_contacts", http.StatusOK, "2 months stand out from chance, the last of them September 2026, for the worse", "Here N is 7 days.", `name="within"`)
	if strings.Contains(body, "how late the delivery was") {
		t.Error("contacts are offered by days late")
	}
	expect(t, s, "/measures/time_to_resolve", http.StatusOK, "No month stands out from chance", "from 38.8\u00a0days", "Time to resolve: 39.9\u00a0days")
	expect(t, s, "/measures/rating", http.StatusOK, "Too few days for limits", "Limits take 8 whole periods")
	if body := expect(t, s, "/measures/refund_rate", http.StatusOK, "Refunds cannot be told", "Nothing counts.", "no day"); strings.Contains(body, `name="touchpoint"`) || strings.Contains(body, "data-plot") {
		t.Error("refunds are offered by touchpoint, or drawn without any")
	}
	expect(t, s, "/measures/nsp", http.StatusNotFound, "there is no measure", "Choose one of nps")
	for _, bad := range []string{"from=soon", "to=2026-13-01", "from=2026-02-02&to=2026-02-01"} {
		expect(t, s, "/measures/nps?"+bad, http.StatusUnprocessableEntity)
	}
	for _, bad := range []string{"within=x", "within=7d", "within=+7"} {
		expect(t, s, "/measures/repeat_contacts?"+bad, http.StatusUnprocessableEntity, "not a number of days")
	}
	expect(t, s, "/measures/repeat_contacts?within=999", http.StatusBadRequest)
}

func TestMeasuresArePreparedByAJob(t *testing.T) {
	f := newFake()
	s := newTestSite(t, f)
	for _, path := range []string{"/measures", "/measures/nps?by=region"} {
		w := get(t, s, path)
		if w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/jobs/JOB") {
			t.Fatalf("%d %s", w.Code, w.Header())
		}
		expect(t, s, w.Header().Get("Location"), http.StatusOK, "Counting what is measured")
	}
	runJob(t, s, f, "JOB0")
	expect(t, s, "/measures", http.StatusOK, "What stands out of late")
}

// What was imported is measured when it comes, and not when its page is opened.
func TestMeasuresAreComputedAhead(t *testing.T) {
	for _, kind := range []clientele.Kind{clientele.Interactions, clientele.Feedback, clientele.Customers} {
		f := newFake()
		f.imports = []clientele.ImportRef{{Kind: kind}}
		f.services(t).ComputeAhead(t.Context())
		var kinds []string
		for _, j := range f.jobs {
			kinds = append(kinds, j.Kind)
		}
		if slices.Contains(kinds, jobMeasures) == (kind == clientele.Customers) {
			t.Errorf("%s: jobs %v", kind, kinds)
		}
	}
}
