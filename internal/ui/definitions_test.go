package ui

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestDefinitionIsProposedComparedAndApproved(t *testing.T) {
	f := newFake()
	f.settings.Definition.Version = 1
	s := newTestSite(t, f)
	expect(t, s, "/definitions", http.StatusOK, `aria-current="page">Definitions`, "Definitions · version 1 is in force", "180 days",
		"what book.toml says", "Propose a change", `name="lapse_days" inputmode="numeric" value="180"`, `name="margin" inputmode="decimal" value="0.3"`, "<option selected>orders</option>")
	proposal := url.Values{"kind": {"orders"}, "lapse_days": {"90"}, "grace_days": {"0"}, "margin": {""}, "discount_rate": {"0.1"}, "why": {"Nobody <returns>"}, "by": {"Ada Lovelace"}}
	w := post(t, s, "/definitions", proposal)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/definitions/2" {
		t.Fatalf("status %d to %q: %s", w.Code, w.Header().Get("Location"), w.Body)
	}
	expect(t, s, "/definitions", http.StatusOK, "Version 2 waits for approval", "Nobody &lt;returns&gt;", "Lapse days: 180 → 90", "Ada Lovelace, 5 Oct 2026, 09:00 UTC", "<strong>in force</strong>")

	w = get(t, s, "/definitions/2")
	if want := jobHref("JOB0", "/definitions/2"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != want {
		t.Fatalf("status %d to %q, want %q", w.Code, w.Header().Get("Location"), want)
	}
	expect(t, s, w.Header().Get("Location"), http.StatusOK, "Computing past quarters by both versions", `aria-current="page">Definitions`)
	runJob(t, s, f, "JOB0")
	expect(t, s, "/definitions/2", http.StatusOK, "2026-Q3 would have closed with 90 customers fewer", "by version 1 (in force) and by version 2 (proposed)",
		"Customers at closing", "18,865", "18,775", "−90", "Customer equity", "£4.21\u00a0m", "Approve it", `action="/definitions/2/approve"`, "Beside version 1")

	w = post(t, s, "/definitions/2/approve", url.Values{"by": {"Ada Lovelace"}})
	if body := w.Body.String(); w.Code != http.StatusConflict || !strings.Contains(body, "Ada Lovelace proposed version 2 and cannot approve it.") || !strings.Contains(body, `value="Ada Lovelace"`) {
		t.Errorf("status %d: %s", w.Code, body)
	}
	w = post(t, s, "/definitions/2/approve", url.Values{"by": {"Grace Hopper"}})
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/definitions" {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	expect(t, s, "/definitions", http.StatusOK, "version 2 is in force", "book.toml says otherwise.", "Lapse days: 90 → 180", "Grace Hopper, 5 Oct 2026")
	body := expect(t, s, "/definitions/2", http.StatusOK, "Who answers for it", "Approved", "Grace Hopper", "2026-Q3 would have closed with 90 customers fewer")
	if strings.Contains(body, "<form") {
		t.Error("what is approved can be approved")
	}
}

func TestComparisonsOfDefinitions(t *testing.T) {
	f := newFake()
	s := newTestSite(t, f)
	expect(t, s, "/definitions/3", http.StatusOK, "What it would have done cannot be shown", "compared with another only", "Propose a change first")
	for _, days := range []string{"300", "1"} {
		w := post(t, s, "/definitions", url.Values{"lapse_days": {days}, "why": {"x"}, "by": {"Ada"}})
		if w.Code != http.StatusSeeOther {
			t.Fatalf("status %d: %s", w.Code, w.Body)
		}
	}
	for i, path := range []string{"/definitions/4", "/definitions/5?with=4"} {
		if w := get(t, s, path); w.Code != http.StatusSeeOther {
			t.Fatalf("%s: status %d: %s", path, w.Code, w.Body)
		}
		runJob(t, s, f, []string{"JOB0", "JOB1"}[i])
	}
	expect(t, s, "/definitions/4", http.StatusOK, "2026-Q3 would have closed with 120 customers more", "Left out, as the records reach far enough for one of the two only: 2026-Q1")
	expect(t, s, "/definitions/5?with=4", http.StatusOK, "299 customers fewer", "cannot be told", "Cannot be told of 2026-Q2: Too few customers.", `href="/definitions/5?with=3"`)
	expect(t, s, "/definitions/3?with=4", http.StatusOK, "120 customers fewer")
	w := post(t, s, "/definitions", url.Values{"margin": {"0.25"}, "why": {"x"}, "by": {"Ada"}})
	if w.Code != http.StatusSeeOther {
		t.Fatal(w.Body)
	}
	get(t, s, "/definitions/6")
	runJob(t, s, f, "JOB2")
	expect(t, s, "/definitions/6", http.StatusOK, "2026-Q3 would have closed with as many customers", "Margin: 0.3 → 0.25")
	f.empty = true
	expect(t, s, "/definitions/4?with=3", http.StatusOK, "There is no quarter that the records cover", "Import records")
	expect(t, s, "/definitions/9", http.StatusNotFound, "no version 9")
	expect(t, s, "/definitions/two", http.StatusNotFound, "no such version")
	expect(t, s, "/definitions/2?with=x", http.StatusNotFound, "no such version")
}

func TestProposalsThatAreRefusedAreShownAgain(t *testing.T) {
	s := newTestSite(t, newFake())
	for name, c := range map[string]struct{ field, value, says string }{
		"days":   {"lapse_days", "many", "&#34;many&#34; is not a number of days"},
		"margin": {"margin", "35%", "is not a fraction"},
		"range":  {"margin", "35", "the margin 35 is not a fraction above 0"},
		"reason": {"why", "", "no reason"},
		"name":   {"by", " ", "who signs"},
		"kind":   {"kind", "rent", "none of orders, contracts, both"},
	} {
		form := url.Values{"kind": {"orders"}, "lapse_days": {"90"}, "why": {"kept <text>"}, "by": {"Ada"}}
		form.Set(c.field, c.value)
		w := post(t, s, "/definitions", form)
		body := strings.ToLower(w.Body.String())
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(body, c.says) {
			t.Errorf("%s: status %d, does not say %q", name, w.Code, c.says)
		}
		if c.field != "why" && !strings.Contains(body, `value="kept &lt;text&gt;"`) {
			t.Errorf("%s: what was written is lost", name)
		}
	}
	post(t, s, "/definitions", url.Values{"lapse_days": {"90"}, "why": {"x"}, "by": {"Ada"}})
	if w := post(t, s, "/definitions/4/approve", url.Values{"by": {""}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "The name of who signs is missing.") {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
	if w := post(t, s, "/definitions/9/approve", url.Values{"by": {"Ada"}}); w.Code != http.StatusNotFound {
		t.Errorf("status %d", w.Code)
	}
}
