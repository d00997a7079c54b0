package app

import (
	"cmp"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/clientele/clientele/internal/httpd"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/ui"
	"github.com/clientele/clientele/web"
)

// Issue 5, must hold 1: every role × every address × whose rows are asked for, in the
// format of each. What is expected is read off the policy's table, not off the router.

// addressed is something that answers at addresses, each of which says what it needs.
type addressed interface {
	http.Handler
	Routes() []httpd.Route
}

// asker is somebody who asks, told twice: as the policy has them, and by what the table is
// read with here.
type asker struct {
	name  string
	actor *policy.Actor // nil is nobody
}

func askers() []asker {
	north := []policy.Scope{{Attribute: "region", Value: "Northmark"}, {Attribute: "acquisition_channel", Value: "Northads"}}
	south := []policy.Scope{{Attribute: "region", Value: "Southmark"}, {Attribute: "acquisition_channel", Value: "Southads"}}
	local := policy.Local("olga")
	all := []asker{{"nobody", nil}, {"the owner of the machine", &local}}
	add := func(name string, scopes []policy.Scope, limits []string, roles ...policy.Role) {
		all = append(all, asker{name, &policy.Actor{ID: name, Name: "Ada Able", Roles: roles, Scopes: scopes, Limits: limits}})
	}
	for _, role := range policy.Roles() {
		add(string(role)+" of no unit", nil, nil, role)
	}
	add("owner of the north", north, nil, policy.Owner)
	add("owner of the south", south, nil, policy.Owner)
	add("owner of both", slices.Concat(north, south), nil, policy.Owner)
	add("employee of the north", north, nil, policy.Employee)
	add("owner of the north who is an analyst", north, nil, policy.Owner, policy.Analyst)
	add("administrator who owns the south", south, nil, policy.Administrator, policy.Owner)
	add("token for totals", north, []string{"statement.read", "jobs.read"}, policy.Owner)
	add("token for rows", north, []string{"statement.read", "rows.read"}, policy.Owner)
	add("token for data", nil, []string{"data.read", "rejects.read"}, policy.Analyst)
	add("token for rows alone", nil, []string{"rows.read"}, policy.Executive)
	add("token that asks for more than its person may", nil, []string{"audit.read", "data.import"}, policy.Employee)
	add("token for nothing", nil, []string{}, policy.Executive)
	return all
}

// reach reads the policy's table: the furthest of the roles, within what a token is for.
func (a asker) reach(p policy.Permission) policy.Reach {
	switch {
	case p == policy.Anyone, a.actor != nil && a.actor.IsLocal():
		return policy.Everything
	case a.actor == nil, a.actor.Limits != nil && !slices.Contains(a.actor.Limits, p.Name()):
		return policy.Nothing
	}
	far := policy.Nothing
	for _, role := range a.actor.Roles {
		far = max(far, policy.ReachOf(role, p))
	}
	return far
}

// sees reports whether the rows of a region are theirs to see.
func (a asker) sees(region string) bool {
	switch a.reach(policy.ReadRows) {
	case policy.Everything:
		return true
	case policy.Own:
		return slices.Contains(a.actor.Scopes, policy.Scope{Attribute: "region", Value: region})
	}
	return false
}

// whose says whose rows are asked for.
type whose string

const (
	company whose = ""          // of all customers
	byParts whose = "region"    // split by region
	north   whose = "Northmark" // of one region
	south   whose = "Southmark"
)

// region reports whether one region is asked for.
func (w whose) region() bool { return w == north || w == south }

// shows is whose rows an address shows.
type shows int

const (
	nothing   shows = iota
	segments        // figures of regions, beside those of the company
	figure          // the customers behind a figure
	customers       // the order lines of a customer
	rejects         // rows that a file has and the records do not, whosever they are
	uploaded        // rows of a file that waits, whosever they are
	imported        // what became of a file, with the rows that were rejected
)

// raw is what it takes to see rows as files have them, whosever they are.
func (s shows) raw() []policy.Permission {
	switch s {
	case rejects:
		return []policy.Permission{policy.ReadRejects}
	case uploaded:
		return []policy.Permission{policy.ImportData}
	case imported:
		return []policy.Permission{policy.ImportData, policy.ReadRejects}
	}
	return nil
}

// sample is how an address is asked.
type sample struct {
	path   string // filled in for pattern's wildcards, with a query; the region comes after it
	form   url.Values
	also   []policy.Permission // what else it cannot be without
	shows  shows
	status int             // to those who may; 0 is 200
	other  func(asker) int // status to some of them; 0 is the same as to all
	format string
}

// cell is one thing to expect.
type cell struct {
	route httpd.Route
	sample
	asker
	whose
}

func (c cell) String() string {
	return fmt.Sprintf("%s asks %s for the rows of %q", c.name, c.route.Pattern, string(c.whose))
}

// holds reports whether they have permissions, each as far as anything.
func (a asker) holds(ps []policy.Permission) bool {
	return !slices.ContainsFunc(ps, func(p policy.Permission) bool { return a.reach(p) == policy.Nothing })
}

// may reports whether the policy lets them ask at all.
func (c cell) may() bool {
	if !c.holds(append(c.also, c.route.Need)) {
		return false
	}
	switch {
	case c.shows == segments || c.shows == figure || c.shows == customers:
		if c.whose.region() {
			return c.sees(string(c.whose))
		}
		// Lines without a customer are of no region.
		return c.shows != customers || c.reach(policy.ReadRows) == policy.Everything
	}
	return true
}

// want is the status, and where it leads if that matters.
func (c cell) want() (status int, to string) {
	method, path, _ := strings.Cut(c.route.Pattern, " ")
	switch {
	case c.may():
		if c.other != nil {
			status = c.other(c.asker)
		}
		return cmp.Or(status, c.status, http.StatusOK), ""
	case c.actor == nil && method == http.MethodGet:
		return http.StatusSeeOther, "/sign-in?next="
	case c.actor == nil:
		return http.StatusSeeOther, "/sign-in"
	case path == "/{$}" && c.reach(policy.ReadStatement) == policy.Nothing && c.reads() != "":
		return http.StatusSeeOther, c.reads() // to the first page that is theirs
	}
	return http.StatusForbidden, ""
}

// reads is a page that they may see, in the order of the navigation.
func (c cell) reads() string {
	for _, p := range []struct {
		need policy.Permission
		page string
	}{{policy.ReadModel, "/model"}, {policy.ReadGoals, "/goals"}, {policy.ReadCloses, "/closes"}, {policy.ReadJourneys, "/journeys"}, {policy.ReadMeasures, "/measures"}, {policy.ReadRows, "/customers"}, {policy.ReadSurveys, "/surveys"}, {policy.ReadDefinitions, "/definitions"}, {policy.ReadData, "/data"}} {
		if c.reach(p.need) > policy.Nothing {
			return p.page
		}
	}
	return ""
}

// mayShow and mustShow say whether rows of a region may, and must, be in the answer.
func (c cell) mayShow(region whose) bool {
	if raw := c.shows.raw(); raw != nil {
		return c.holds(raw)
	}
	return c.may() && c.sees(string(region))
}

func (c cell) mustShow(region whose) bool {
	switch c.shows {
	case segments:
		return c.whose != company && c.sees(string(region))
	case figure:
		// Of all customers the first page has those of the north.
		return c.whose == region || !c.whose.region() && region == north && c.reach(policy.ReadRows) == policy.Everything
	case customers:
		return c.whose == region
	case rejects, uploaded, imported:
		return c.holds(c.shows.raw())
	}
	return false
}

func (c cell) request() *http.Request {
	method, _, ok := strings.Cut(c.route.Pattern, " ")
	if !ok {
		method = http.MethodGet
	}
	target := c.path
	q := url.Values{}
	switch {
	case c.whose == byParts:
		q.Set("by", "region")
	case c.whose.region():
		q.Set("by", "region")
		q.Set("segment", string(c.whose))
	}
	if c.shows == customers {
		q.Set("customer", map[whose]string{north: "northcust7", south: "southcust7"}[c.whose])
	}
	if len(q) > 0 {
		target += map[bool]string{true: "&", false: "?"}[strings.Contains(target, "?")] + q.Encode()
	}
	r := httptest.NewRequest(method, target, strings.NewReader(c.form.Encode()))
	if c.form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if c.actor != nil {
		r = r.WithContext(policy.With(r.Context(), *c.actor))
	}
	return r
}

// rowsOf are what rows of a region are known by: customers, the region, a channel and a plan.
var rowsOf = map[whose][]string{north: {"northcust", "Northmark", "Northads"}, south: {"southcust", "Southmark", "Southads"}}

// hold asks, and holds the answer to what is expected.
func (c cell) hold(t *testing.T, h http.Handler) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, c.request())
	status, to := c.want()
	if w.Code != status || !strings.HasPrefix(w.Header().Get("Location"), to) {
		t.Errorf("%s: status %d to %q, want %d to %q", c, w.Code, w.Header().Get("Location"), status, to)
		return
	}
	if status == http.StatusSeeOther {
		return // the way to sign in and back names what was asked for
	}
	if got := w.Header().Get("Content-Type"); c.format != "" && status == http.StatusOK && !strings.HasPrefix(got, c.format) {
		t.Errorf("%s: it answers with %s, want %s", c, got, c.format)
	}
	body := w.Body.String()
	for _, region := range []whose{north, south} {
		shown := slices.DeleteFunc(slices.Clone(rowsOf[region]), func(mark string) bool { return !strings.Contains(body, mark) })
		if len(shown) > 0 && !c.mayShow(region) {
			t.Errorf("%s: the answer shows %q", c, shown)
		}
		if len(shown) == 0 && status == http.StatusOK && c.mustShow(region) {
			t.Errorf("%s: the answer shows nothing of %s", c, region)
		}
	}
}

// sampled pairs routes with their samples; what has no partner is a fault.
func sampled(routes []httpd.Route, samples map[string][]sample) (faults []string) {
	for _, r := range routes {
		if len(samples[r.Pattern]) == 0 {
			faults = append(faults, r.Pattern+" has no sample: say how it is asked, so that who may is tested")
		}
	}
	for pattern := range samples {
		if !slices.ContainsFunc(routes, func(r httpd.Route) bool { return r.Pattern == pattern }) {
			faults = append(faults, pattern+" is sampled, and no route")
		}
	}
	return faults
}

// cellsOf is everything that somebody asks. Whose rows are asked for makes no difference to
// who sees all of them, where an address shows none.
func cellsOf(routes []httpd.Route, samples map[string][]sample, a asker) (all []cell) {
	for _, r := range routes {
		for _, s := range samples[r.Pattern] {
			for _, w := range []whose{company, byParts, north, south} {
				if w != company && s.shows == nothing && a.reach(policy.ReadRows) == policy.Everything {
					continue
				}
				all = append(all, cell{r, s, a, w})
			}
		}
	}
	return all
}

func TestEveryAnswerIsWhatThePolicySays(t *testing.T) {
	b := regions(t)
	assets, err := web.Open()
	if err != nil {
		t.Fatal(err)
	}
	parts := map[addressed]map[string][]sample{
		ui.New(b.services(assets, slog.New(slog.DiscardHandler))): both(pageSamples(t, b), both(accountSamples(t, b), both(journeySamples(t, b), both(themeSamples(t, b), surveySamples(t, b))))),
	}
	cells := 0
	for part, samples := range parts {
		for _, fault := range sampled(part.Routes(), samples) {
			t.Error(fault)
		}
		var asking errgroup.Group
		asking.SetLimit(2)
		for _, a := range askers() {
			all := cellsOf(part.Routes(), samples, a)
			cells += len(all)
			asking.Go(func() error {
				for _, c := range all {
					c.hold(t, part)
				}
				return nil
			})
		}
		if err := asking.Wait(); err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d cells", cells)
	if cells < 2000 {
		t.Errorf("only %d cells", cells)
	}
}

func TestARouteWithoutASampleIsFound(t *testing.T) {
	router := httpd.NewRouter(httpd.WriteProblem)
	router.Handle("GET /salaries", policy.ReadRows, http.NotFoundHandler())
	if faults := sampled(router.Routes(), map[string][]sample{"GET /gone": {{path: "/gone"}}}); len(faults) != 2 {
		t.Errorf("found %v", faults)
	}
}
