package app

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/access"
	"github.com/clientele/clientele/internal/contract"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/measure"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/statement"
	"github.com/clientele/clientele/internal/store"
)

// theQuarter is the last one of the book of regions.
var theQuarter = clientele.Period{From: clientele.MustDate("2023-10-01"), To: clientele.MustDate("2023-12-31")}

// regions is a book of two regions, with a close, contracts, goals, and rejected rows of
// either, in which everything that pages show is computed.
func regions(t *testing.T) *Book {
	t.Helper()
	path := filepath.Join(t.TempDir(), "book")
	s := clientele.DefaultSettings()
	s.Name, s.Margin = "Two Regions", new(.3)
	if err := Init(path, s); err != nil {
		t.Fatal(err)
	}
	b := open(t, path, Watcher{})
	t.Cleanup(func() { shut(t, b) })
	var orders, who, plans, answers strings.Builder
	orders.WriteString("order,customer,time,amount\n")
	who.WriteString("customer,region,acquisition_channel,acquisition_cost\n")
	answers.WriteString("response,customer,time,instrument,score,scale_min,scale_max,text\n")
	plans.WriteString("customer,subscription,start,end,plan,recurring_amount,recurring_period\n")
	r := rand.New(rand.NewPCG(4, 2))
	first := clientele.MustDate("2022-01-01")
	var histories [25][]string // few, that many customers share: they are quickly fitted and valued
	for h := range histories {
		day := float64(h) * 25
		end := min(730, day+300*r.ExpFloat64()/r.ExpFloat64())
		for pace, mean := 40/r.ExpFloat64(), 10+20*r.Float64(); day < end; day += pace * r.ExpFloat64() {
			histories[h] = append(histories[h], fmt.Sprintf("%s,%.2f", first+clientele.Date(day), 1+mean*r.Float64()))
		}
	}
	for c := range 300 {
		side := []string{"north", "south"}[c%2]
		id := fmt.Sprintf("%scust%d", side, c/2)
		for i, line := range histories[c/2%len(histories)] {
			fmt.Fprintf(&orders, "o%d-%d,%s,%s\n", c, i, id, line)
		}
		name := strings.ToUpper(side[:1]) + side[1:]
		fmt.Fprintf(&who, "%s,%smark,%sads,5\n", id, name, name)
		fmt.Fprintf(&answers, "r%d,%s,2023-%02d-01,nps,%d,0,10,%s\n", c, id, 1+c%12, c%11, []string{"it came late again", "quick and kind all along"}[c%2])
		if c < 40 {
			fmt.Fprintf(&plans, "%s,s%d,2022-%02d-01,,%smark,10,month\n", id, c, 1+c%12, name)
		}
	}
	orders.WriteString("oN,northcust7,someday,1\noS,southcust7,someday,1\noX,,2023-12-31,3\n")
	for _, f := range []struct {
		name, text string
		kind       clientele.Kind
	}{{"orders.csv", orders.String(), clientele.Transactions}, {"customers.csv", who.String(), clientele.Customers}, {"plans.csv", plans.String(), clientele.Subscriptions}, {"answers.csv", answers.String(), clientele.Feedback}} {
		file := filepath.Join(t.TempDir(), f.name)
		if err := os.WriteFile(file, []byte(f.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Importer.Import(t.Context(), file, ingest.Request{Kind: f.kind}); err != nil {
			t.Fatalf("%s: %v %s", f.name, err, clientele.HintOf(err))
		}
	}
	prepare(t, b)
	return b
}

// prepare has everything computed that pages show.
func prepare(t *testing.T, b *Book) {
	t.Helper()
	ctx := t.Context()
	step := func(string, float64) {}
	failed := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%v %s", err, clientele.HintOf(err))
		}
	}
	c, err := b.Closings.Close(ctx, "2023-Q3", "Ada", nil)
	failed(err)
	_, err = b.Closings.Restated(ctx, c)
	failed(err)
	for _, by := range []string{"", "region"} {
		r := statement.Request{Period: theQuarter, By: by}
		failed(b.Statements.Prepare(ctx, r, step))
		_, err = b.Statements.EquityMovement(ctx, statement.EquityRequest{Request: r, Horizon: clientele.FiveYears}, step)
		failed(err)
	}
	_, err = b.Statements.Acquisition(ctx, theQuarter.To)
	failed(err)
	_, err = b.Models.Examine(ctx, theQuarter.To, step)
	failed(err)
	failed(b.Contracts.Prepare(ctx, contract.Request{AsOf: theQuarter.To}))
	failed(b.Measures.Prepare(ctx, measure.Request{}))
	failed(b.Measures.Prepare(ctx, measure.Request{Name: "nps", By: "region"}))
	failed(b.Themes.Prepare(ctx))
	failed(b.Goals.Prepare(ctx, theQuarter, step))
	failed(b.Goals.PrepareOverview(ctx, step))
}

const waiting = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" // the token of a file that waits

// pageSamples say how every page is asked.
func pageSamples(t *testing.T, b *Book) map[string][]sample {
	t.Helper()
	dir := filepath.Join(b.file(uploadsName), waiting)
	for name, text := range map[string]string{"name": "more.csv", "file": "order,customer,time,amount\no1,northcust1,2023-01-01,1\no2,southcust1,2023-01-01,1\n"} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const quarter = "from=2023-10-01&to=2023-12-31"
	done := finishedImport(t, b)
	statementToo := []policy.Permission{policy.ReadStatement}
	one := func(s sample) []sample { return []sample{s} }
	unless := func(region whose) func(asker) int { // a customer of a region is for who sees its rows
		return func(a asker) int {
			if a.sees(string(region)) {
				return 0
			}
			return 403
		}
	}
	notAll := func(a asker) int { // nobody in particular is for who sees all rows
		if a.reach(policy.ReadRows) == policy.Everything {
			return 0
		}
		return 403
	}
	return map[string][]sample{
		"GET /assets/":                             one(sample{path: "/assets/none", status: 404}),
		"GET /{$}":                                 one(sample{path: "/?" + quarter, shows: segments, format: "text/html"}),
		"GET /explain":                             {{path: "/explain?line=customers.closing&" + quarter, shows: figure}, {path: "/explain?line=equity.estimate&" + quarter, shows: figure}},
		"GET /movement":                            one(sample{path: "/movement?" + quarter, shows: segments}),
		"GET /movement/explain":                    one(sample{path: "/movement/explain?line=closing&" + quarter, shows: figure}),
		"GET /contracts":                           one(sample{path: "/contracts?as_of=2023-12-31"}),
		"GET /measures":                            one(sample{path: "/measures"}),
		"GET /measures/{name}":                     one(sample{path: "/measures/nps"}),
		"GET /growth":                              one(sample{path: "/growth?as_of=2023-12-31"}),
		"GET /customers":                           one(sample{path: "/customers"}),
		"POST /customers":                          one(sample{path: "/customers", form: url.Values{"id": {""}}, other: notAll, status: 404}),
		"GET /customers/{id}":                      {{path: "/customers/northcust7", other: unless(north)}, {path: "/customers/southcust7", other: unless(south)}},
		"POST /measures/events":                    one(sample{path: "/measures/events", form: url.Values{"day": {"2023-01-01"}}, status: 422}),
		"POST /measures/events/{number}/remove":    one(sample{path: "/measures/events/99/remove", form: url.Values{}, status: 404}),
		"GET /orders":                              one(sample{path: "/orders?" + quarter, shows: customers}),
		"GET /model":                               one(sample{path: "/model?as_of=2023-12-31", also: statementToo}),
		"POST /model/compare":                      one(sample{path: "/model/compare", form: url.Values{"as_of": {"2023-12-31"}}, also: []policy.Permission{policy.SeeJobs}, status: 303}),
		"GET /closes":                              one(sample{path: "/closes"}),
		"GET /closes/{period}":                     one(sample{path: "/closes/2023-Q3"}),
		"GET /definitions":                         one(sample{path: "/definitions"}),
		"POST /definitions":                        one(sample{path: "/definitions", form: url.Values{"lapse_days": {"never"}}, status: 422}),
		"GET /definitions/{version}":               one(sample{path: "/definitions/1"}),
		"POST /definitions/{version}/approve":      one(sample{path: "/definitions/1/approve", form: url.Values{"by": {"Ada"}}, status: 409}),
		"GET /goals":                               one(sample{path: "/goals"}),
		"POST /goals":                              one(sample{path: "/goals", form: url.Values{"period": {"2023-Q4"}}, status: 422}),
		"GET /data":                                one(sample{path: "/data"}),
		"POST /data/uploads":                       one(sample{path: "/data/uploads", status: 400}),
		"GET /data/uploads/{token}":                one(sample{path: "/data/uploads/" + waiting, shows: uploaded}),
		"POST /data/uploads/{token}/import":        one(sample{path: "/data/uploads/" + waiting + "/import", form: url.Values{"kind": {"transactions"}}, also: []policy.Permission{policy.SeeJobs}, status: 303}),
		"POST /data/uploads/{token}/discard":       one(sample{path: "/data/uploads/AAAAAAAAAAAAAAAAAAAAAAAAAA/discard", status: 303}),
		"GET /data/imports/{sequence}":             one(sample{path: "/data/imports/1", shows: rejects}),
		"GET /data/imports/{sequence}/rejects.csv": one(sample{path: "/data/imports/1/rejects.csv", shows: rejects, also: []policy.Permission{policy.ReadData}, format: "text/csv"}),
		"GET /jobs/{id}":                           one(sample{path: "/jobs/" + done, shows: imported}),
		"POST /jobs/{id}/cancel":                   one(sample{path: "/jobs/" + done + "/cancel", status: 303}),
		"POST /jobs/{id}/again":                    one(sample{path: "/jobs/" + done + "/again", status: 303}),
		"/":                                        one(sample{path: "/nowhere", status: 404}),
	}
}

// finishedImport is the id of an import that is done, and rejected a row of either region.
func finishedImport(t *testing.T, b *Book) string {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	j, err := b.Jobs.Add(ctx, access.ImportJob, "done", map[string]string{"token": "gone", "name": "rows.csv"})
	if err != nil {
		t.Fatal(err)
	}
	report := `{"name":"rows.csv","state":"loaded","rejected":2,"rejects":[{"line":1,"reason":"?","text":"northcust7"},{"line":2,"reason":"?","text":"southcust7"}]}`
	now := theQuarter.To.Time()
	leased, _, err := b.Store.LeaseJob(ctx, access.ImportJob, "a worker", j.RunAt.AddDate(1, 0, 0), j.RunAt.AddDate(2, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	leased.State, leased.Result, leased.Finished = store.JobDone, []byte(report), &now
	if err := b.Store.FinishJob(ctx, "a worker", leased); err != nil {
		t.Fatal(err)
	}
	return j.ID
}
