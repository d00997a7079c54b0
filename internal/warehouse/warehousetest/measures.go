package warehousetest

import (
	"math"
	"slices"
	"strconv"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// contact is an interaction as measures are made of them; its id is its place.
type contact struct {
	customer, caseID, touchpoint, kind, problem, agent string // "": unknown
	at                                                 time.Time
	end, promised, actual                              time.Time // zero: none
	weight                                             int
}

func (c contact) day() clientele.Date { return clientele.DateOf(c.at) }

// response is an answer; score −1 is text only, scale 0 is not given, else a scale from low
// to scale.
type response struct {
	customer, order, touchpoint, instrument string
	day                                     clientele.Date
	score, low, scale                       int
	notApplicable                           bool
	weight                                  int
}

// voices is a small book of what measures are made of.
type voices struct {
	contacts   []contact
	responses  []response
	lines      []line
	attributes map[string]string
}

// measured are all that can be counted.
var measured = []warehouse.Measured{
	warehouse.NPSAnswers, warehouse.CSATAnswers, warehouse.CESAnswers, warehouse.RatingAnswers, warehouse.Promises, warehouse.LastContacts,
	warehouse.RepeatedContacts, warehouse.Handovers, warehouse.Problems, warehouse.Complaints, warehouse.Refunds,
	warehouse.Matters,
}

// voicesTried is how many random books are asked everything: loading one takes as long as
// all of its questions.
const voicesTried = 10

// testMeasures holds an engine's sums to those of a plain reference.
func testMeasures(t *testing.T, w warehouse.Warehouse) {
	books := rapid.Custom(drawVoices)
	for seed := range voicesTried {
		if err := w.Reset(t.Context()); err != nil {
			t.Fatal(err)
		}
		v := books.Example(seed)
		v.load(t, w)
		for i, of := range measured {
			for j, by := range splits(of) {
				askMeasure(t, w, v, warehouse.MeasureQuery{
					Of: of, By: by, Touchpoint: []string{"", "shop", "none such"}[(seed+i+j)%3], Within: 1 + (seed+j)%9,
					Periods: []clientele.Period{{From: day0, To: day0 + 9}, {From: day0 + 10, To: day0 + 25}}, Days: clientele.Period{From: day0 + 2, To: day0 + 20},
				})
			}
		}
	}
}

// splits are what a measure can be split by.
func splits(of warehouse.Measured) []string {
	switch _, answers := instrumentScales[of]; {
	case answers:
		return []string{"", attributeName, warehouse.ByTouchpoint, warehouse.ByDaysLate}
	case of == warehouse.Complaints || of == warehouse.Refunds:
		return []string{"", attributeName}
	}
	return []string{"", attributeName, warehouse.ByTouchpoint}
}

func askMeasure(t *testing.T, w warehouse.Warehouse, v voices, q warehouse.MeasureQuery) {
	t.Helper()
	near := cmpopts.EquateApprox(1e-12, 0)
	if q.Of == warehouse.Matters {
		got, err := w.Durations(t.Context(), q)
		if d := gocmp.Diff(v.durations(q), got, near, cmpopts.EquateEmpty()); d != "" || err != nil {
			t.Fatalf("%+v of %+v: %v %s", q, v, err, d)
		}
		return
	}
	got, err := w.Measure(t.Context(), q)
	if d := gocmp.Diff(v.sums(q), got, near, cmpopts.EquateEmpty()); d != "" || err != nil {
		t.Fatalf("%+v of %+v: %v %s", q, v, err, d)
	}
}

func drawVoices(t *rapid.T) voices {
	some := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(t, name) }
	instant := func(name string) time.Time {
		return day0.Time().Add(time.Duration(rapid.IntRange(0, 25*24*3600/900).Draw(t, name)) * 15 * time.Minute)
	}
	maybe := func(name string) (at time.Time) {
		switch rapid.IntRange(0, 2).Draw(t, name+" given") {
		case 1:
			at = instant(name)
		case 2:
			at = clientele.DateOf(instant(name)).Time()
		}
		return at
	}
	var v voices
	for range rapid.IntRange(5, 40).Draw(t, "contacts") {
		v.contacts = append(v.contacts, contact{
			customer: some("customer", "", "A", "B"), caseID: some("case", "", "c1", "c2"), touchpoint: some("touchpoint", "", "shop", "phone"),
			kind: some("kind", "", "call", "Complaint"), problem: some("problem", "", "broken"), agent: some("agent", "", "x", "y"),
			at: instant("at"), end: maybe("end"), promised: maybe("promised"), actual: maybe("actual"), weight: rapid.IntRange(0, 2).Draw(t, "weight"),
		})
	}
	for range rapid.IntRange(5, 60).Draw(t, "responses") {
		low := rapid.IntRange(0, 1).Draw(t, "low")
		v.responses = append(v.responses, response{
			customer: some("customer", "", "A", "B"), order: some("order", "", "0", "c1", "none such"), touchpoint: some("touchpoint", "", "shop"), instrument: some("instrument", "nps", "csat", "ces", "rating"),
			day: clientele.DateOf(instant("day")), score: rapid.IntRange(-1, 11).Draw(t, "score"), low: low, scale: rapid.SampledFrom([]int{0, low + 1, 5, 7, 10}).Draw(t, "scale"),
			notApplicable: rapid.IntRange(0, 5).Draw(t, "not applicable") == 0, weight: rapid.IntRange(0, 3).Draw(t, "weight"),
		})
	}
	customer := rapid.SampledFrom([]string{"A", "B", "C"})
	day := rapid.Custom(func(t *rapid.T) clientele.Date { return day0 + clientele.Date(rapid.IntRange(0, 30).Draw(t, "day")) })
	v.lines = rapid.SliceOfN(drawLine(customer, day), 0, 20).Draw(t, "lines")
	v.attributes = rapid.MapOfN(customer, rapid.SampledFrom([]string{"DE", "FR"}), 0, 2).Draw(t, "attributes")
	return v
}

func (v voices) load(t *testing.T, w warehouse.Warehouse) {
	stamp := func(at time.Time) string {
		switch {
		case at.IsZero():
			return ""
		case at.Equal(clientele.DateOf(at).Time()):
			return at.Format(time.DateOnly)
		}
		return at.Format(time.DateTime)
	}
	var rows [][]string
	for i, c := range v.contacts {
		rows = append(rows, []string{strconv.Itoa(i), c.customer, c.caseID, c.touchpoint, c.kind, stamp(c.at), stamp(c.end), stamp(c.promised), stamp(c.actual), c.problem, c.agent, strconv.Itoa(c.weight)})
	}
	if len(rows) > 0 {
		b := batch(t, clientele.Interactions, []string{"interaction", "customer", "case", "touchpoint", "kind", "time", "end", "promised", "actual", "problem", "agent", "weight"}, rows)
		for i := range b.Input.Columns {
			b.Input.Columns[i].Type = warehouse.TextColumn // days and times are mixed
		}
		loadBatch(t, w, b)
	}
	rows = nil
	for i, r := range v.responses {
		score, low, high := strconv.Itoa(r.score), strconv.Itoa(r.low), strconv.Itoa(r.scale)
		if r.score < 0 {
			score = ""
		}
		if r.scale == 0 {
			low, high = "", ""
		}
		rows = append(rows, []string{strconv.Itoa(i), r.customer, r.order, r.touchpoint, r.instrument, r.day.String(), score, low, high, strconv.FormatBool(r.notApplicable), strconv.Itoa(r.weight)})
	}
	loadCSV(t, w, clientele.Feedback, []string{"response", "customer", "order", "touchpoint", "instrument", "time", "score", "scale_min", "scale_max", "not_applicable", "weight"}, rows)
	records{Lines: v.lines, Attributes: v.attributes}.load(t, w)
}

// testMeasuredDays checks how far measures reach, and which touchpoints there are.
func testMeasuredDays(t *testing.T, w warehouse.Warehouse) {
	known := day0 + 60
	for _, of := range measured {
		if _, ok, err := w.MeasuredDays(t.Context(), of, known); ok || err != nil {
			t.Errorf("%s of nothing: %v, %v", of, ok, err)
		}
	}
	at := func(day int) time.Time { return (day0 + clientele.Date(day)).Time() }
	voices{
		contacts:  []contact{{touchpoint: "shop", at: at(3), end: at(90)}, {at: at(4), promised: at(8), actual: at(9)}, {touchpoint: "shop", at: at(5), promised: at(70)}},
		responses: []response{{instrument: "nps", touchpoint: "web", day: day0 + 20, score: 3}, {instrument: "csat", touchpoint: "shop", day: day0 + 30}},
		lines:     []line{{Customer: "A", Day: day0 + 4, Kind: clientele.Sale, Amount: clientele.MustMoney("1")}, {Customer: "A", Day: day0 + 40, Kind: clientele.Refund, Amount: clientele.MustMoney("-1")}},
	}.load(t, w)
	for of, want := range map[warehouse.Measured]clientele.Period{
		warehouse.NPSAnswers: {From: day0 + 20, To: day0 + 30}, warehouse.Problems: {From: day0 + 3, To: known}, warehouse.Matters: {From: day0 + 3, To: known},
		warehouse.Promises: {From: day0 + 8, To: known}, warehouse.Refunds: {From: day0 + 4, To: day0 + 40}, warehouse.Complaints: {From: day0 + 4, To: day0 + 5},
	} {
		got, ok, err := w.MeasuredDays(t.Context(), of, known)
		if err != nil || !ok || got != want {
			t.Errorf("%s: %+v, %v, %v, want %+v", of, got, ok, err, want)
		}
	}
	got, err := w.Touchpoints(t.Context())
	if want := []warehouse.Touchpoint{{Name: "shop", Interactions: 2, Answers: 1}, {Name: "web", Answers: 1}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("touchpoints %+v, %v", got, err)
	}
}

// onGrid rounds a time up as warehouse.Duration has it, in minutes.
func onGrid(d time.Duration) int64 {
	step := 24 * time.Hour
	switch {
	case d < 24*time.Hour:
		step = time.Minute
	case d < 60*24*time.Hour:
		step = time.Hour
	}
	return int64(math.Ceil(d.Seconds()/step.Seconds())) * int64(step/time.Minute)
}
