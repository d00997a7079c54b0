package ui

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/httpd"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/statement"
	"github.com/clientele/clientele/internal/warehouse"
)

// newTestSite makes the pages over a fake, and notes the templates they execute.
func newTestSite(t *testing.T, f *fake) *testSite {
	t.Helper()
	s := New(f.services(t))
	coverTemplates(t, s.templates)
	return &testSite{s}
}

// testSite is asked by the owner of the machine unless a request says who asks.
type testSite struct{ *Site }

func (s *testSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, ok := policy.ActorOf(r.Context()); !ok {
		r = r.WithContext(policy.With(r.Context(), policy.Local("olga")))
	}
	s.Site.ServeHTTP(w, r)
}

// get asks for a page as a reader in Britain does, and holds it to the rules of every page.
func get(t *testing.T, s *testSite, path string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept-Language", "en-GB")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Header().Get("Location") == "" && strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		checkRules(t, path, w.Body.String())
	}
	return w
}

var (
	inline  = regexp.MustCompile(`(?i)\sstyle=|\son[a-z]+=|<style|javascript:`)
	ids     = regexp.MustCompile(`\sid="([^"]*)"`)
	unmade  = regexp.MustCompile(`ZgotmplZ|%!|&lt;nil&gt;|<nil>|NaN|\+Inf`)
	lines   = regexp.MustCompile(`/explain\?[^"]*?line=([^"&\\]*)`)
	plots   = regexp.MustCompile(`data-plot="([^"]*)"`)
	summary = regexp.MustCompile(`role="img" aria-label=""`)
)

// checkRules holds a page to what every page keeps.
func checkRules(t *testing.T, path, body string) {
	t.Helper()
	if found := inline.FindString(body); found != "" {
		t.Errorf("%s has something inline: %q", path, found)
	}
	if found := unmade.FindString(body); found != "" {
		t.Errorf("%s shows %q", path, found)
	}
	seen := map[string]bool{}
	for _, id := range ids.FindAllStringSubmatch(body, -1) {
		if seen[id[1]] {
			t.Errorf("%s has the id %q twice", path, id[1])
		}
		seen[id[1]] = true
	}
	for _, plot := range plots.FindAllStringSubmatch(body, -1) {
		if !seen[plot[1]] {
			t.Errorf("%s has a plot without its geometry: %s", path, plot[1])
		}
	}
	if summary.MatchString(body) {
		t.Errorf("%s has a chart without a summary", path)
	}
	if n := strings.Count(body, "<h1"); n != 1 {
		t.Errorf("%s has %d first headings", path, n)
	}
	known := statement.Lines()
	for _, line := range lines.FindAllStringSubmatch(body, -1) {
		name, err := url.QueryUnescape(line[1])
		if err != nil {
			t.Fatal(err)
		}
		reason := strings.HasPrefix(name, "reasons.in.") || strings.HasPrefix(name, "reasons.out.")
		moves := slices.ContainsFunc(statement.EquityEntries(), func(e statement.EquityEntry) bool { return e.Explained() && string(e.Line) == name })
		if !reason && !moves && !slices.ContainsFunc(known, func(l statement.LineInfo) bool { return string(l.Line) == name }) {
			t.Errorf("%s leads to the explanation of %q, which there is none of", path, name)
		}
	}
}

// expect asks for a page and looks for what it must say.
func expect(t *testing.T, s *testSite, path string, status int, want ...string) string {
	t.Helper()
	w := get(t, s, path)
	if w.Code != status {
		t.Fatalf("%s: status %d, want %d\n%s", path, w.Code, status, w.Body)
	}
	for _, text := range want {
		if !strings.Contains(w.Body.String(), text) {
			t.Errorf("%s does not say %q", path, text)
		}
	}
	return w.Body.String()
}

func TestStatementPage(t *testing.T) {
	f := newFake()
	body := expect(t, newTestSite(t, f), "/", http.StatusOK,
		"Northfield Trading", "Customer equity fell 3.2%: we won more customers than we lost",
		">4.21<span class=\"unit after\">m</span>", "£3.88\u00a0m to £4.61\u00a0m", "5 years, 30% margin, 10% discount a year",
		"Those who left cost £602\u00a0k; new customers brought £331\u00a0k", "The axis does not begin at zero",
		"445 customers more than on 30 Jun 2026", "Value fell by £240\u00a0k: losses outweigh arrivals",
		"Those who left were worth twice those who came", "Late or failed delivery is the dearest known reason for leaving",
		"Recommended is the known reason that brought the most value", "85.7% of the opening customers were kept", "cannot be told",
		"£9.73\u00a0m sold; 14.9% of it names no customer", "The model can be trusted for totals",
		"Rows rejected", "312", "of 586,019 read", "Files kept, not loaded", "spend and frequency are correlated", "Definition 3", "orders-2026.csv (9f86d081)",
		"/explain?from=2026-07-01&amp;line=customers.new&amp;to=2026-09-30",
	)
	if strings.Contains(body, "In part") {
		t.Error("a covered period is said to be partial")
	}
}

// Where new records came, pages show what there is until the new figures are computed.
func TestPagesShowWhatThereIsMeanwhile(t *testing.T) {
	f := newFake()
	f.behind = true
	s := newTestSite(t, f)
	for i, address := range []string{"/", "/movement", "/growth"} {
		expect(t, s, address, http.StatusOK, "New records came:", "computed before them")
		if len(f.jobs) != i+1 {
			t.Errorf("%s: %d jobs compute the new figures", address, len(f.jobs))
		}
	}
	f.behind = false
	if body := expect(t, s, "/", http.StatusOK); strings.Contains(body, "New records came:") {
		t.Error("it is said of figures that are current")
	}
}

// A page that is kept as it was written is never shown for another reader or language, or
// once something that it is made of has changed.
func TestKeptPagesAreOfWhatTheyAreMadeOf(t *testing.T) {
	f := newFake()
	s := newTestSite(t, f)
	shown := func(a policy.Actor, path, language string) string {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept-Language", language)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r.WithContext(policy.With(r.Context(), a)))
		return w.Body.String()
	}
	local := policy.Local("olga")
	first := shown(local, "/", "en-GB")
	if again := shown(local, "/", "en-GB"); again != first || s.kept.Len() != 1 {
		t.Errorf("%d pages are kept", s.kept.Len())
	}
	pages := map[string]string{"it": first}
	for what, page := range map[string]func() string{
		"another language": func() string { return shown(local, "/", "de") },
		"another reader": func() string {
			return shown(policy.Actor{ID: "1", Name: "Olga", Roles: []policy.Role{policy.Executive}}, "/", "en-GB")
		},
		"one who may less": func() string {
			return shown(policy.Actor{ID: "1", Name: "Olga", Roles: []policy.Role{policy.Owner}}, "/", "en-GB")
		},
		"another name": func() string { f.settings.Name = "Southfield"; return shown(local, "/", "en-GB") },
		"a goal": func() string {
			post(t, s, "/goals", url.Values{"period": {"2026-Q3"}, "customers": {"19000"}, "by": {"Ada"}})
			return shown(local, "/", "en-GB")
		},
		"another statement": func() string {
			f.statement.Revenue.Net = money("1.00")
			return shown(local, "/", "en-GB")
		},
	} {
		text := page()
		for other, was := range pages {
			if text == was {
				t.Errorf("%s is shown as %s", what, other)
			}
		}
		pages[what] = text
	}
}

func TestStatementBySegments(t *testing.T) {
	f := newFake()
	st := byCountry(*f.statement)
	f.statement = &st
	s := newTestSite(t, f)
	body := expect(t, s, "/?from=2026-07-01&to=2026-09-30&by=country", http.StatusOK, "How each country moved", "11,500 → 11,715 customers", "All customers",
		"/explain?by=country&amp;from=2026-07-01&amp;line=customers.lost&amp;segment=Germany&amp;to=2026-09-30")
	if strings.Index(body, ">United Kingdom</h3>") > strings.Index(body, ">Germany</h3>") {
		t.Error("segments do not stand in the order of their size")
	}
	expect(t, s, "/?from=2026-07-01&to=2026-09-30&by=country&segment=Germany", http.StatusOK, "Country: Germany", "488 customers more",
		"line=customers.new&amp;segment=Germany", `name="segment" value="Germany"`)
	expect(t, s, "/?from=2026-07-01&to=2026-09-30&by=country&segment=Atlantis", http.StatusNotFound, "Atlantis")
}

func TestStatementSaysWhatItCannot(t *testing.T) {
	f := newFake()
	st := f.statement
	st.Equity = nil
	st.Model = &clientele.ModelReport{Name: "Pareto/NBD", Refused: "Only 12 customers bought twice: at least 100 are needed. Import an older export."}
	st.Data.PartialPeriod = clientele.Coverage{ClosingCovered: true, Why: "the records begin on 3 Feb 2026"}
	st.Reasons = clientele.ReasonLines{}
	st.Data.Imports = st.Data.Imports[:1]
	f.settings.Margin = nil
	expect(t, newTestSite(t, f), "/", http.StatusOK, "What they are worth cannot be told", "Only 12 customers bought twice", "Import an older export",
		"In part:", "the records begin on 3 Feb 2026", "1 file", "no margin is set", "Nobody left", "Nobody came", "The model could not be checked",
		"445 customers more", "£9.73\u00a0m sold")
}

// A statement with hardly anything in it is a page too.
func TestBareStatement(t *testing.T) {
	f := newFake()
	f.settings.Currency = "EUR"
	f.statement = &clientele.Statement{From: f.statement.From, To: f.statement.To, Definition: f.statement.Definition}
	recurring := clientele.Value{New: money("10"), Closing: money("10")}
	f.statement.Recurring = &recurring
	expect(t, newTestSite(t, f), "/", http.StatusOK, "No model has valued these customers", "As many customers as on", "Recurring amount a month",
		"Value rose by €10: arrivals outweigh losses", "Nothing was sold in the period", "The value is what it was at opening")
}

func TestSymbolFollowsTheAmountWhereReadersExpectIt(t *testing.T) {
	f := newFake()
	f.settings.Currency = "EUR"
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Accept-Language", "de-DE")
	w := httptest.NewRecorder()
	newTestSite(t, f).ServeHTTP(w, r)
	for _, want := range []string{"4,21", "9.731.336,55\u00a0€", `<span class="unit after">€</span>`, "30.06.2026"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestUnbalancedStatementIsNotShown(t *testing.T) {
	f := newFake()
	f.statement.Customers.Closing++
	expect(t, newTestSite(t, f), "/", http.StatusInternalServerError, "unbalanced", "add up to")
	f = newFake()
	st := byCountry(*f.statement)
	st.Segments[1].Customers.Lost++
	f.statement = &st
	expect(t, newTestSite(t, f), "/?from=2026-07-01&to=2026-09-30&by=country", http.StatusInternalServerError, "unbalanced")
}

func TestEmptyBookNamesTheNextAction(t *testing.T) {
	f := newFake()
	f.empty = true
	expect(t, newTestSite(t, f), "/", http.StatusOK, "Drop a file", "clientele demo --serve")
}

func TestPageOfWhatIsNotComputedAddsAJob(t *testing.T) {
	f := newFake()
	f.statement = nil
	s := newTestSite(t, f)
	path := "/?from=2026-07-01&to=2026-09-30&by=country"
	w := get(t, s, path)
	if want := jobHref("JOB0", path); w.Code != http.StatusSeeOther || w.Header().Get("Location") != want {
		t.Fatalf("status %d to %q, want %q", w.Code, w.Header().Get("Location"), want)
	}
	expect(t, s, w.Header().Get("Location"), http.StatusOK, "Computing the statement", "Waiting", `http-equiv="refresh" content="2"`, `hx-trigger="every 1s"`)
	runJob(t, s, f, "JOB0")
	if done := get(t, s, w.Header().Get("Location")); done.Header().Get("Location") != path {
		t.Errorf("a done job leads to %q, want %q", done.Header().Get("Location"), path)
	}
	r := httptest.NewRequest(http.MethodGet, w.Header().Get("Location"), nil)
	r.Header.Set("HX-Request", "true")
	polled := httptest.NewRecorder()
	s.ServeHTTP(polled, r)
	if got := polled.Header().Get("HX-Redirect"); got != path {
		t.Errorf("a polled job leads to %q, want %q", got, path)
	}
}

func TestJobsLeadOnlyToThisSite(t *testing.T) {
	for _, next := range []string{"//evil.example", "https://evil.example", `/\evil.example`, "/\t/evil.example", ""} {
		r := httptest.NewRequest(http.MethodGet, "/jobs/1?"+url.Values{"next": {next}}.Encode(), nil)
		if got := nextOf(r); got != "/" {
			t.Errorf("%q leads to %q", next, got)
		}
	}
}

func TestBadAddresses(t *testing.T) {
	s := newTestSite(t, newFake())
	expect(t, s, "/?from=2026-09-30&to=2026-07-01", http.StatusUnprocessableEntity, "Swap the two dates.")
	expect(t, s, "/?from=yesterday&to=2026-07-01", http.StatusUnprocessableEntity, "YYYY-MM-DD")
	expect(t, s, "/?from=2026-07-01&to=never", http.StatusUnprocessableEntity, "YYYY-MM-DD")
	expect(t, s, "/?segment=Germany", http.StatusUnprocessableEntity, "needs the attribute")
	expect(t, s, "/explain?line=customers.new", http.StatusBadRequest, "Open a figure from the statement.")
	expect(t, s, "/explain?line=customers.new&from=2026-07-01&to=2026-09-30&offset=-1", http.StatusUnprocessableEntity, "first page")
	expect(t, s, "/orders?customer=1&from=2026-07-01&to=2026-09-30&offset=x", http.StatusUnprocessableEntity, "first page")
	expect(t, s, "/nowhere", http.StatusNotFound, "There is no such page.")
	expect(t, s, "/jobs/none", http.StatusNotFound, "there is no job")
	expect(t, s, "/data/imports/9", http.StatusNotFound, "there is no import 9")
}

func TestErrorsNameRowsAndRequest(t *testing.T) {
	f := newFake()
	f.failure = &clientele.Error{Code: clientele.CodeInvalid, Message: "does not fit", Hint: "Look there.", At: clientele.Position{File: "a.csv", Line: 7}, Rows: []string{"customer 4711"}}
	expect(t, newTestSite(t, f), "/", http.StatusUnprocessableEntity, "a.csv:7", "does not fit", "Look there.", "customer 4711")
	f.failure = errors.New("secret of the machine")
	w := httptest.NewRecorder()
	wrapped := httpd.Wrap(newTestSite(t, f), httpd.Options{Log: slog.New(slog.DiscardHandler)})
	r := httptest.NewRequest(http.MethodGet, "http://localhost/", nil)
	wrapped.ServeHTTP(w, r)
	body := w.Body.String()
	if strings.Contains(body, "secret") || !strings.Contains(body, "Clientele has a defect") {
		t.Errorf("a defect is told as %s", body)
	}
	if id := w.Header().Get("X-Request-Id"); id == "" || !strings.Contains(body, "Request "+id) {
		t.Errorf("the page does not name its request %q", id)
	}
}

func TestExplainPage(t *testing.T) {
	f := newFake()
	f.explanation = statement.Explanation{
		Title: "Customers lost", Meaning: "Events in which a customer ceased to be active.", Unit: statement.UnitCount, Figure: "2874", Ties: "The rows add up to the figure.",
		Definition: f.statement.Definition, Query: "SELECT customer FROM event", Count: 2874, Heads: 2874, Amount: money("1293441.77"),
		LoadedAt: f.statement.Data.LoadedAt, Imports: f.imports, LeftOut: []string{"312 rows that were rejected at import."},
		Rows: []warehouse.ExplainRow{{Customer: "C-1", Day: &f.statement.From, Heads: 1, Opening: money("420.10"), Closing: money("1"), Amount: money("420.10")}},
	}
	s := newTestSite(t, f)
	path := "/explain?by=country&from=2026-07-01&line=customers.lost&segment=Germany&to=2026-09-30"
	expect(t, s, path+"&offset=100", http.StatusOK, "Customers lost", ">2,874<", "Events in which", "SELECT customer", "C-1", "101 – 101 of 2,874",
		"offset=101", "offset=0", "312 rows", "Country: Germany", "orders-2026.csv",
		"/orders?by=country&amp;customer=C-1&amp;from=2026-07-01&amp;segment=Germany&amp;to=2026-09-30")
	want := statement.ExplainRequest{Request: statement.Request{Period: clientele.Period{From: f.statement.From, To: f.statement.To}, By: "country"},
		Line: "customers.lost", Segment: "Germany", Offset: 100, Limit: rowsAPage}
	if f.asked != want {
		t.Errorf("asked for %+v, want %+v", f.asked, want)
	}
}

func TestExplainOrdersRatesAndEstimates(t *testing.T) {
	f := newFake()
	s := newTestSite(t, f)
	day := f.statement.From
	f.explanation = statement.Explanation{Title: "Unattributed revenue", Unit: statement.UnitMoney, Figure: "1450012.08", Rows: []warehouse.ExplainRow{
		{Order: "536370", Day: &day, Amount: money("12.5")}, {Customer: "C-1", Order: "536371", Day: &day},
	}, Count: 2}
	expect(t, s, "/explain?line=revenue.unattributed&from=2026-07-01&to=2026-09-30", http.StatusOK, "£1,450,012.08", "order 536370", "C-1 · 536371", "The orders behind it")
	f.explanation = statement.Explanation{Title: "Churn", Unit: statement.UnitRate, Figure: "0.1431"}
	expect(t, s, "/explain?line=rates.churn&from=2026-07-01&to=2026-09-30", http.StatusOK, "14.3%", "no rows")
	f.explanation = statement.Explanation{Title: "Churn", Unit: statement.UnitRate, Why: "nobody was there"}
	expect(t, s, "/explain?line=rates.churn&from=2026-07-01&to=2026-09-30", http.StatusOK, "Cannot be told", "nobody was there")
	f.explanation = statement.Explanation{Title: "Customer equity", Unit: statement.UnitMoney, Figure: "1.00", Model: f.statement.Model}
	expect(t, s, "/explain?line=equity.estimate&from=2026-07-01&to=2026-09-30", http.StatusOK, "Pareto/NBD with Gamma-Gamma on 42,783 customers, run run-7. The model can be trusted")
	f.explanation.Model = &clientele.ModelReport{Refused: "too few repeaters"}
	expect(t, s, "/explain?line=equity.estimate&from=2026-07-01&to=2026-09-30", http.StatusOK, "too few repeaters")
}

func TestOrderLinesNameTheirFile(t *testing.T) {
	f := newFake()
	line := warehouse.OrderLine{Order: "1001", Day: f.statement.From, Kind: clientele.Sale, Product: "Lamp", Channel: "shop", Quantity: "2", Amount: money("40"), Import: 1}
	f.lines = slices.Repeat([]warehouse.OrderLine{line}, 230)
	f.lines[1].Quantity = ""
	s := newTestSite(t, f)
	path := "/orders?customer=C-1&from=2026-07-01&to=2026-09-30"
	expect(t, s, path, http.StatusOK, "Customer C-1", "Lamp", "£40.00", "orders-2026.csv", "/data/imports/1", "offset=100")
	body := expect(t, s, path+"&offset=200", http.StatusOK, "offset=100")
	if strings.Contains(body, ">Next<") {
		t.Error("the last page leads further")
	}
	f.lines = nil
	expect(t, s, "/orders?customer=&from=2026-07-01&to=2026-09-30", http.StatusOK, "Lines without a customer", "No lines up to that day.")
}

// runJob does what a worker would.
func runJob(t *testing.T, s *testSite, f *fake, id string) {
	t.Helper()
	j := f.jobs[id]
	result, err := Handlers(s.Services)[j.Kind](context.Background(), j.Payload, progressOf(f, id))
	f.jobs[id] = finished(t, f.jobs[id], result, err)
}

// send posts a file as the form does, and returns the address it leads to.
func send(t *testing.T, s *testSite, field, name, content string) *httptest.ResponseRecorder {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreateFormFile(field, name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, UploadPath, &b)
	r.Header.Set("Content-Type", form.FormDataContentType())
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// post sends a form.
func post(t *testing.T, s *testSite, path string, form url.Values) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func uploadsLeft(t *testing.T, s *testSite) int {
	t.Helper()
	left, err := os.ReadDir(s.Uploads)
	if err != nil {
		t.Fatal(err)
	}
	return len(left)
}
