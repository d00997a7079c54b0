package app

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/clientele/clientele/internal/httpd"
	"github.com/clientele/clientele/internal/policy"
)

// wildcards is what stands for the parts of addresses that name something.
var wildcards = strings.NewReplacer(
	"/statement/lines/{line}", "/statement/lines/customers.closing", "/movement/lines/{line}", "/movement/lines/closing",
	"{period}", "2023-Q3", "{version}", "1", "{sequence}", "1", "{token}", waiting, "{id}", "nobody", "{session}", "none", "{name}", "nps", "{number}", "99",
)

// ofRows are the operations that show rows, and of whom.
var ofRows = map[string]shows{
	"GET /api/v1/statement": segments, "GET /api/v1/movement": segments, "GET /api/v1/statement/lines/{line}": figure,
	"GET /api/v1/movement/lines/{line}": figure, "GET /api/v1/orders": customers,
	"GET /api/v1/imports/{sequence}/rejects": rejects, "GET /api/v1/uploads/{token}": uploaded,
}

// programAsks is what a program is to be answered.
type programAsks struct {
	route httpd.Route
	asker
	whose
}

func (p programAsks) shows() shows { return ofRows[p.route.Pattern] }

func (p programAsks) request() *http.Request {
	method, path, _ := strings.Cut(p.route.Pattern, " ")
	q := url.Values{}
	switch s := p.shows(); {
	case s == segments || s == figure:
		q.Set("from", theQuarter.From.String())
		q.Set("to", theQuarter.To.String())
		if p.whose != company {
			q.Set("by", "region")
		}
		if p.region() {
			q.Set("segment", string(p.whose))
		}
	case s == customers:
		q.Set("customer", map[whose]string{north: "northcust7", south: "southcust7"}[p.whose])
	case strings.HasSuffix(path, "/growth") || strings.HasSuffix(path, "/contracts") || strings.HasSuffix(path, "/model"):
		q.Set("as_of", theQuarter.To.String())
	}
	r := httptest.NewRequest(method, wildcards.Replace(path)+"?"+q.Encode(), strings.NewReader("{}"))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", "one of "+strings.Map(func(c rune) rune { return max(c, '!') }, p.name))
	r.Header.Set("If-Match", `"1"`)
	if p.actor != nil {
		r = r.WithContext(policy.With(r.Context(), *p.actor))
	}
	return r
}

// hold asks, and holds the answer to what the policy says: who may not is told so before
// anything else, and nobody is shown rows that are not theirs.
func (p programAsks) hold(t *testing.T, h http.Handler) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, p.request())
	reach := p.reach(p.route.Need)
	rowsAreTheirs := !p.region() || p.shows() != segments && p.shows() != figure && p.shows() != customers || p.sees(string(p.whose))
	switch {
	case p.actor == nil && p.route.Need != policy.Anyone:
		if w.Code != http.StatusUnauthorized {
			t.Errorf("%s asks %s: status %d, want 401", p.name, p.route.Pattern, w.Code)
		}
	case reach == policy.Nothing || !rowsAreTheirs:
		if w.Code != http.StatusForbidden {
			t.Errorf("%s asks %s for the rows of %q: status %d, want 403", p.name, p.route.Pattern, string(p.whose), w.Code)
		}
	case w.Code == http.StatusUnauthorized || w.Code >= http.StatusInternalServerError:
		t.Errorf("%s asks %s: status %d %s", p.name, p.route.Pattern, w.Code, w.Body)
	case w.Code == http.StatusForbidden && reach == policy.Everything && p.reach(policy.ReadRows) == policy.Everything && p.reach(policy.ReadStatement) == policy.Everything && p.actor.Limits == nil:
		t.Errorf("%s asks %s, and may, and is told %s", p.name, p.route.Pattern, w.Body)
	}
	for _, region := range []whose{north, south} {
		allowed := p.sees(string(region)) || p.actor != nil && p.holds([]policy.Permission{policy.ReadRejects}) && p.shows().raw() != nil ||
			p.shows() == uploaded && p.reach(policy.ImportData) > policy.Nothing ||
			p.route.Pattern == "GET /api/v1/me" && p.actor != nil && slices.ContainsFunc(p.actor.Scopes, func(s policy.Scope) bool { return s.Value == string(region) })
		if i := slices.IndexFunc(rowsOf[region], func(mark string) bool { return strings.Contains(w.Body.String(), mark) }); i >= 0 && !allowed {
			t.Errorf("%s asks %s for the rows of %q: the answer shows %q", p.name, p.route.Pattern, string(p.whose), rowsOf[region][i])
		}
	}
}

// Issue 5, must hold 1, for programs.
func TestEveryAnswerToAProgramIsWhatThePolicySays(t *testing.T) {
	b := regions(t)
	pageSamples(t, b) // a file that waits
	log := slog.New(slog.DiscardHandler)
	a := b.programs(b.intake(log), log)
	cells := 0
	for _, r := range a.Routes() {
		if _, _, named := strings.Cut(r.Pattern, " "); !named {
			if r.Need != policy.Anyone {
				t.Errorf("%s answers what does not exist, and needs %s", r.Pattern, r.Need.Name())
			}
			continue
		}
		of := []whose{company}
		if s := ofRows[r.Pattern]; s == segments || s == figure || s == customers {
			of = []whose{company, byParts, north, south}
		}
		for _, who := range askers() {
			for _, w := range of {
				programAsks{r, who, w}.hold(t, a)
				cells++
			}
		}
	}
	t.Logf("%d cells", cells)
	if cells < 1000 {
		t.Errorf("only %d cells", cells)
	}
}
