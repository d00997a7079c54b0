package app_test

import (
	"cmp"
	"encoding/csv"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/measure"
	"github.com/clientele/clientele/internal/path"
	"github.com/clientele/clientele/internal/shareddata"
	"github.com/clientele/clientele/internal/warehouse"
)

// The measures of real files, imported as they are, are held to values that are worked out
// here row by row from the same files, without the program's readers, queries or estimators.

// rowsOf reads a CSV file: one map of columns a row.
func rowsOf(t *testing.T, name string) (out []map[string]string) {
	t.Helper()
	file, err := os.Open(shareddata.Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range all[1:] {
		m := map[string]string{}
		for i, cell := range row {
			m[all[0][i]] = cell
		}
		out = append(out, m)
	}
	return out
}

func measureOf(t *testing.T, b *app.Book, r measure.Request) clientele.MeasureReport {
	t.Helper()
	m, err := b.Measures.Report(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if m.Value == nil {
		t.Fatalf("%s cannot be told: %s", r.Name, m.Why)
	}
	return m
}

// is holds a measure to a value and a count.
func is(t *testing.T, what string, m clientele.Measurement, value float64, n int64, within float64) {
	t.Helper()
	if m.Value == nil || math.Abs(*m.Value-value) > within || m.N != n {
		t.Errorf("%s: %+v (%v), want %.6g of %d", what, m, deref(m.Value), value, n)
	}
	if m.Low != nil && m.High != nil && (*m.Low > *m.Value || *m.High < *m.Value) {
		t.Errorf("%s: %g lies outside %g to %g", what, *m.Value, *m.Low, *m.High)
	}
}

func deref(f *float64) float64 {
	if f == nil {
		return math.NaN()
	}
	return *f
}

func numberOf(t *testing.T, s string) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// NPS 39.8 on 11 points, 0 among them and 11 ("don't know") not; by the survey's weights 40.4.
func TestMeasuresOfAnAirport(t *testing.T) {
	const name = "sfo_survey_2017/2017_SFO_Customer_Survey_20250817.csv"
	var n int64
	var plain, weighted, weights, squares float64
	for _, row := range rowsOf(t, name) {
		if row["NETPRO"] == "" || row["NETPRO"] == "11" {
			continue
		}
		score, w := numberOf(t, row["NETPRO"]), numberOf(t, row["WEIGHT"])
		side := 0.0
		switch {
		case score >= 9:
			side = 1
		case score <= 6:
			side = -1
		}
		n, plain, weighted, weights, squares = n+1, plain+side, weighted+w*side, weights+w, squares+w*w
	}
	for _, c := range []struct {
		weight    string
		value     float64
		effective float64
	}{{"weight=1", 100 * plain / float64(n), float64(n)}, {"weight=WEIGHT", 100 * weighted / weights, weights * weights / squares}} {
		b := importBook(t, "USD")
		load(t, b, shareddata.Path(t, name), ingest.Request{Kind: clientele.Feedback, Map: []string{
			"time=add_days(date('2017-04-30'), INTDATE)", "scale_min=0", "scale_max=10", "not_applicable=NETPRO = 11", c.weight,
		}})
		m := measureOf(t, b, measure.Request{Name: "nps"})
		is(t, c.weight, m.Measurement, c.value, n, 1e-6)
		if math.Abs(m.Effective-c.effective) > 1e-6*c.effective || len(m.LeftOut) != 2 || m.LeftOut[0].N != 84 || m.LeftOut[1].N != 1 {
			t.Errorf("%s: effectively %g, want %g; left out %+v", c.weight, m.Effective, c.effective, m.LeftOut)
		}
	}
	if got := math.Round(1000*plain/float64(n)) / 10; got != 39.8 {
		t.Errorf("NPS %g, published 39.8", got)
	}
}

// 0 is "not applicable", not the worst: 1,381 answers do not count, whether the mapping says
// so or the scale alone does.
func TestMeasuresOfAnAirline(t *testing.T) {
	const name, question = "airline_satisfaction/airline_satisfaction_test.csv", "Departure/Arrival time convenient"
	var n, top, zeros int64
	for _, row := range rowsOf(t, name) {
		switch row[question] {
		case "0":
			zeros++
			continue
		case "4", "5":
			top++
		}
		n++
	}
	for _, said := range []string{`not_applicable="` + question + `" = 0`, "not_applicable="} {
		b := importBook(t, "USD")
		load(t, b, shareddata.Path(t, name), ingest.Request{Kind: clientele.Feedback, Map: []string{
			"time=date('2015-01-01')", "response=id", "customer=id", `score="` + question + `"`, "scale_min=1", "scale_max=5", "instrument='csat'", "touchpoint='schedule'", "text=", said,
		}})
		m := measureOf(t, b, measure.Request{Name: "csat", Touchpoint: "schedule"})
		is(t, said, m.Measurement, float64(top)/float64(n), n, 1e-9)
		if zeros != 1381 || len(m.LeftOut) != 1 || m.LeftOut[0].N != zeros {
			t.Errorf("%s: %d zeros, left out %+v", said, zeros, m.LeftOut)
		}
	}
}

// All questions of a survey come in one import: the airport's, on two scales, with the same
// net promoter score as alone, and the airline's, each with its own answers.
func TestMeasuresOfManyQuestions(t *testing.T) {
	const airport, airline = "sfo_survey_2017/2017_SFO_Customer_Survey_20250817.csv", "airline_satisfaction/airline_satisfaction_test.csv"
	b := importBook(t, "USD")
	load(t, b, shareddata.Path(t, airport), ingest.Request{Map: []string{
		"question=Q7*", "question=NETPRO", "time=add_days(date('2017-04-30'), INTDATE)", "weight=1", "score=nullif(answer, 'Blank')",
		"scale_min=if(question = 'NETPRO', 0, 1)", "scale_max=if(question = 'NETPRO', 10, 5)", "not_applicable=if(question = 'NETPRO', answer = '11', answer = '0' or answer = '6')",
	}})
	m := measureOf(t, b, measure.Request{Name: "nps"})
	is(t, "airport", m.Measurement, 39.8, m.N, 0.05)

	b = importBook(t, "USD")
	questions := []string{"Inflight wifi service", "Departure/Arrival time convenient", "Ease of Online booking", "Gate location", "Food and drink", "Online boarding", "Seat comfort",
		"Inflight entertainment", "On-board service", "Leg room service", "Baggage handling", "Checkin service", "Inflight service", "Cleanliness"}
	got := load(t, b, shareddata.Path(t, airline), ingest.Request{Map: []string{
		"question=" + strings.Join(questions, ","), "time=date('2015-01-01')", "response=concat(id, '-', answer_id)", "customer=id", "scale_min=1", "scale_max=5", "not_applicable=answer = 0",
	}})
	sums, counts := map[string]float64{}, map[string]int64{}
	rows := rowsOf(t, airline)
	for _, row := range rows {
		for _, q := range questions {
			if row[q] != "0" {
				sums[q], counts[q] = sums[q]+numberOf(t, row[q]), counts[q]+1
			}
		}
	}
	if got.Loaded != int64(len(rows)*len(questions)) {
		t.Errorf("%d answers of %d respondents", got.Loaded, len(rows))
	}
	m = measureOf(t, b, measure.Request{Name: "rating", By: warehouse.ByTouchpoint})
	if len(m.Segments) != len(questions) {
		t.Errorf("%d questions", len(m.Segments))
	}
	for _, s := range m.Segments {
		is(t, s.Name, s.Measurement, sums[s.Name]/float64(counts[s.Name]), counts[s.Name], 1e-9)
	}
}

// Orders that were not delivered are all in the sample, delivered ones as one in 18.65: rates
// of the population take that weight, and so do scores of orders.
func TestMeasuresOfAMarketplace(t *testing.T) {
	b := importBook(t, "BRL")
	load(t, b, shareddata.Path(t, "olist_stratified_8k/olist_orders_dataset.csv"), ingest.Request{Kind: clientele.Interactions, Map: []string{"weight=if(order_status = 'delivered', 18.65, 1)"}})
	load(t, b, shareddata.Path(t, "olist_stratified_8k/olist_order_reviews_dataset.csv"), ingest.Request{})

	type order struct {
		weight float64
		late   int // days; less than 0 early
		given  bool
	}
	last := clientele.Date(0)
	day := func(stamp string) clientele.Date { return clientele.MustDate(stamp[:10]) }
	orders, rows := map[string]order{}, rowsOf(t, "olist_stratified_8k/olist_orders_dataset.csv")
	for _, row := range rows {
		for _, stamp := range []string{row["order_purchase_timestamp"], row["order_delivered_customer_date"]} {
			if stamp != "" {
				last = max(last, day(stamp))
			}
		}
	}
	var due int64
	var kept, promised float64
	for _, row := range rows {
		o := order{weight: 1}
		if row["order_status"] == "delivered" {
			o.weight = 18.65
		}
		estimated := day(row["order_estimated_delivery_date"])
		if stamp := row["order_delivered_customer_date"]; stamp != "" {
			o.given, o.late = true, int(day(stamp)-estimated)
		}
		orders[row["order_id"]] = o
		if estimated > last {
			continue
		}
		due++
		promised += o.weight
		if o.given && o.late <= 0 {
			kept += o.weight
		}
	}
	onTime := measureOf(t, b, measure.Request{Name: "on_time_share"})
	is(t, "on time", onTime.Measurement, kept/promised, due, 1e-9)
	if onTime.Effective > .8*float64(onTime.N) || len(onTime.Warnings) == 0 {
		t.Errorf("weights are not told: %+v", onTime.Measurement)
	}

	type sums struct {
		n    int64
		w, x float64
	}
	var all sums
	by := map[string]sums{}
	for _, row := range rowsOf(t, "olist_stratified_8k/olist_order_reviews_dataset.csv") {
		o, score := orders[row["order_id"]], numberOf(t, row["review_score"])
		group := "not delivered"
		if o.given {
			for _, g := range []struct {
				upTo int
				name string
			}{{-8, "8 days early or more"}, {-1, "1 to 7 days early"}, {0, "on the day"}, {3, "1 to 3 days late"}, {7, "4 to 7 days late"}, {14, "8 to 14 days late"}, {9999, "15 days late or more"}} {
				if o.late <= g.upTo {
					group = g.name
					break
				}
			}
		}
		s := by[group]
		by[group] = sums{s.n + 1, s.w + o.weight, s.x + o.weight*score}
		all = sums{all.n + 1, all.w + o.weight, all.x + o.weight*score}
	}
	rating := measureOf(t, b, measure.Request{Name: "rating", By: "days_late"})
	is(t, "rating", rating.Measurement, all.x/all.w, all.n, 1e-9)
	if len(rating.Segments) != len(by) {
		t.Errorf("%d segments, want %d", len(rating.Segments), len(by))
	}
	for i, s := range rating.Segments {
		is(t, s.Name, s.Measurement, by[s.Name].x/by[s.Name].w, by[s.Name].n, 1e-9)
		if i > 0 && i < 7 && *s.Value > *rating.Segments[i-1].Value {
			t.Errorf("%s is rated better than earlier", s.Name)
		}
	}
}

// event is a row of the help desk's log.
type event struct {
	ticket, activity, agent string
	at                      time.Time
}

// Repeats, transfers and times of tickets. The file has no customers: a ticket is the matter.
func TestMeasuresOfAHelpDesk(t *testing.T) {
	const name, taking = "helpdesk_log/Helpdesk_variantA.csv", "Take in charge ticket"
	b := importBook(t, "EUR")
	load(t, b, shareddata.Path(t, name), ingest.Request{Kind: clientele.Interactions, Map: []string{
		"touchpoint=Activity", "end=if(Activity = 'Closed', completeTime, null)",
	}})
	tickets := map[string][]event{}
	var first, last clientele.Date
	var heard time.Time
	for _, row := range rowsOf(t, name) { // in the order of the log
		at, err := time.Parse("2006/01/02 15:04:05.000", row["startTime"])
		if err != nil {
			t.Fatal(err)
		}
		day := clientele.DateOf(at)
		if first == 0 {
			first = day
		}
		first, last = min(first, day), max(last, day)
		if at.After(heard) {
			heard = at
		}
		tickets[row["case"]] = append(tickets[row["case"]], event{row["case"], row["Activity"], row["org:resource"], at})
	}
	var follows, changed, contacts, repeated, settled, earlier int64
	var spells []spell
	for _, events := range tickets {
		slices.SortStableFunc(events, func(a, b event) int { return a.at.Compare(b.at) })
		var takings []clientele.Date
		for i, e := range events {
			if i > 0 {
				follows++
				changed += one(e.agent != events[i-1].agent)
			}
			if e.activity == taking {
				takings = append(takings, clientele.DateOf(e.at))
			}
		}
		for i, day := range takings {
			again := i+1 < len(takings) && takings[i+1]-day <= 7
			before := i > 0 && day-takings[i-1] <= 7
			if day+7 <= last {
				contacts++
				settled += one(!again)
			}
			if day-7 >= first {
				earlier++
				repeated += one(before)
			}
		}
		end := events[len(events)-1]
		s := spell{hours: end.at.Sub(events[0].at).Hours(), ended: end.activity == "Closed"}
		if !s.ended {
			s.hours = heard.Sub(events[0].at).Hours()
		}
		spells = append(spells, s)
	}
	is(t, "transfers", measureOf(t, b, measure.Request{Name: "transfers"}).Measurement, float64(changed)/float64(follows), follows, 1e-9)
	is(t, "resolved at first", measureOf(t, b, measure.Request{Name: "first_contact_resolution", Touchpoint: taking}).Measurement, float64(settled)/float64(contacts), contacts, 1e-9)
	is(t, "repeats", measureOf(t, b, measure.Request{Name: "repeat_contacts", Touchpoint: taking}).Measurement, float64(repeated)/float64(earlier), earlier, 1e-9)
	is(t, "time to resolve", measureOf(t, b, measure.Request{Name: "time_to_resolve"}).Measurement, medianOf(spells), int64(len(spells)), 1)
}

func one(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// spell is a matter: how long it took or, so far, has taken.
type spell struct {
	hours float64
	ended bool
}

// medianOf is the time by which half have ended, by the product of the shares that stay at
// each end (Kaplan and Meier), those at the same time one after the other.
func medianOf(spells []spell) float64 {
	slices.SortFunc(spells, func(a, b spell) int { return cmp.Or(cmp.Compare(a.hours, b.hours), int(one(b.ended)-one(a.ended))) })
	stay := 1.0
	for i, s := range spells {
		if s.ended {
			stay *= 1 - 1/float64(len(spells)-i)
		}
		if stay <= .5+1e-12 {
			return s.hours
		}
	}
	return math.NaN()
}

// Requests that are still open count as long as they were heard of; one agency closes most of
// its own at once, which is said.
func TestMeasuresOfACity(t *testing.T) {
	const name = "nyc311_animals/311_Animals_short.csv"
	b := importBook(t, "USD")
	load(t, b, shareddata.Path(t, name), ingest.Request{Kind: clientele.Interactions, Map: []string{"touchpoint=Agency", "kind='complaint'"}})
	var heard time.Time
	type request struct {
		agency      string
		begin, done time.Time
	}
	var requests []request
	for _, row := range rowsOf(t, name) {
		r := request{agency: row["Agency"]}
		for _, at := range []struct {
			text string
			to   *time.Time
		}{{row["Created Date"], &r.begin}, {row["Closed Date"], &r.done}} {
			if at.text == "" {
				continue
			}
			var err error
			if *at.to, err = time.Parse("1/2/2006 15:04", at.text); err != nil {
				t.Fatal(err)
			}
			if at.to.After(heard) {
				heard = *at.to
			}
		}
		requests = append(requests, r)
	}
	by := map[string][]spell{}
	var open, atOnce int64
	for _, r := range requests {
		s := spell{hours: r.done.Sub(r.begin).Hours(), ended: !r.done.IsZero()}
		if !s.ended {
			open++
			s.hours = heard.Sub(r.begin).Hours()
		}
		atOnce += one(s.hours == 0)
		by[r.agency], by[""] = append(by[r.agency], s), append(by[""], s)
	}
	if open != 277 {
		t.Errorf("%d are open, and 277 by the file's description", open)
	}
	m := measureOf(t, b, measure.Request{Name: "time_to_resolve", By: "touchpoint"})
	is(t, "all", m.Measurement, medianOf(by[""]), int64(len(requests)), 1./60)
	for _, s := range m.Segments {
		is(t, s.Name, s.Measurement, medianOf(by[s.Name]), int64(len(by[s.Name])), 1)
	}
	if atOnce < 300 || len(m.Warnings) != 1 {
		t.Errorf("%d closed at once, said: %q", atOnce, m.Warnings)
	}
	if _, err := b.Measures.Report(t.Context(), measure.Request{Name: "complaint_rate"}); err != nil {
		t.Error(err)
	}
}

// Paths of tickets, against the variants that the log itself numbers.
func TestPathsOfAHelpDesk(t *testing.T) {
	const name = "helpdesk_log/Helpdesk_variantA.csv"
	b := importBook(t, "EUR")
	load(t, b, shareddata.Path(t, name), ingest.Request{Kind: clientele.Interactions, Map: []string{"touchpoint=Activity"}})
	variants, last, pairs, repeated := map[string]map[string]bool{}, map[string]string{}, map[[2]string]int64{}, map[string]bool{}
	seen := map[[2]string]bool{}
	for _, row := range rowsOf(t, name) { // in the order of the log
		ticket, step := row["case"], row["Activity"]
		if variants[row["variant-index"]] == nil {
			variants[row["variant-index"]] = map[string]bool{}
		}
		variants[row["variant-index"]][ticket] = true
		if before, ok := last[ticket]; ok {
			pairs[[2]string{before, step}]++
		}
		last[ticket] = step
		repeated[ticket] = repeated[ticket] || seen[[2]string{ticket, step}]
		seen[[2]string{ticket, step}] = true
	}
	o, err := b.Paths.Report(t.Context(), path.Request{})
	if err != nil {
		t.Fatal(err)
	}
	var again int64
	for _, is := range repeated {
		again += one(is)
	}
	if len(variants) != 226 || o.Distinct != 226 || o.Paths != int64(len(last)) || o.Again != again {
		t.Errorf("%d variants of %d paths, %d with a step again; want %d, %d, %d", o.Distinct, o.Paths, o.Again, len(variants), len(last), again)
	}
	counts := []int64{}
	for _, tickets := range variants {
		counts = append(counts, int64(len(tickets)))
	}
	slices.SortFunc(counts, func(a, b int64) int { return cmp.Compare(b, a) })
	for i, v := range o.Variants {
		if v.Paths != counts[i] {
			t.Errorf("variant %d, %v: %d paths, want %d", i+1, v.Steps, v.Paths, counts[i])
		}
	}
	for _, e := range o.Edges {
		// Three tickets have two activities in one second, of which the log keeps its own order.
		if want := pairs[[2]string{e.From, e.To}]; max(e.Count-want, want-e.Count) > 3 {
			t.Errorf("%s to %s: %d times, want %d", e.From, e.To, e.Count, want)
		}
	}
}
