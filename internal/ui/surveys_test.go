package ui

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele/internal/access"
	"github.com/clientele/clientele/internal/audit"
	"github.com/clientele/clientele/internal/journey"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store/sqlite"
	"github.com/clientele/clientele/internal/survey"
	"github.com/clientele/clientele/internal/warehouse"
)

// unasked are surveys of which there are none.
type unasked struct{ Surveys }

func (unasked) Reported(context.Context, string) (r survey.Results, ok bool, err error) {
	return r, false, nil
}

// people of two regions, so many each.
type asked struct{ each int }

func (a asked) Sample(_ context.Context, q warehouse.SampleQuery) (s warehouse.Sample, err error) {
	for _, region := range []string{"North", "South"} {
		s.Strata = append(s.Strata, warehouse.Stratum{Segment: region, Customers: 100, Eligible: 100, Drawn: int64(a.each)})
		for i := range a.each {
			s.Drawn = append(s.Drawn, warehouse.Sampled{Customer: fmt.Sprintf("%s%d %s", region, i, q.Seed), Segment: region})
		}
	}
	return s, nil
}

func (asked) Profiles(context.Context, warehouse.SampleQuery, []string) ([]warehouse.Sampled, error) {
	return nil, nil
}

// desk is the real surveys, behind their guard, of a fake book with a map.
type desk struct {
	*testing.T
	*survey.Service
	atlas *atlas
	clock time.Time
}

func surveying(t *testing.T, f *fake) *desk {
	t.Helper()
	kept, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "operations.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := kept.Close(); err != nil {
			t.Error(err)
		}
	})
	d := &desk{T: t, clock: time.Now()}
	d.Service = survey.New(survey.Parts{Store: kept, Records: asked{6}, Company: "Northfield", Now: func() time.Time { return d.clock }})
	d.SetOrigin("http://localhost")
	journeys := journey.New(kept, nil)
	g := access.New(access.Parts{Surveys: d.Service, Journeys: journeys, Store: kept, Log: audit.New(kept, nil)})
	f.surveyed, f.drawn = g.Surveys, g.Journeys
	d.atlas = &atlas{T: t, store: kept, clock: d.clock, Service: journeys}
	return d
}

const askedText = `survey: Delivery <b>
touchpoint: Checkout
languages: [en, he]
title: {en: "Your delivery <b>", he: המשלוח שלך}
intro: {en: Two questions., he: שתי שאלות.}
ask: {by: region}
waves: {count: 2, every: 10, open: 9}
quarantine: 0
open: true
embed: ["https://shop.example"]
questions:
  - {id: recommend, kind: nps, text: {en: "Would you recommend us?", he: "האם תמליצו עלינו?"}, low: {en: no}, high: {en: "yes"}}
  - {id: how, kind: choice, several: true, text: "How was it?", options: [{id: fast, text: Fast}, {id: kind, text: Kind}]}
  - {id: one, kind: choice, text: "Which?", options: [{id: this, text: This}, {id: that, text: That}]}
  - {id: happy, kind: csat, text: "Happy?"}
  - {id: ease, kind: ces, text: "Easy?"}
  - {id: why, kind: text, text: "Why?"}
`

// make makes a survey by the page, and returns its address.
func (d *desk) make(s *testSite, text string) string {
	d.Helper()
	w := post(d.T, s, "/surveys", url.Values{"document": {text}})
	if w.Code != http.StatusSeeOther {
		d.Fatalf("status %d: %s", w.Code, w.Body)
	}
	return w.Header().Get("Location")
}

// send sends a survey by its page, and returns the paths of the links.
func (d *desk) send(s *testSite, at string) (links []string) {
	d.Helper()
	w := post(d.T, s, at+"/send", url.Values{})
	if got := w.Header().Get("Content-Type"); w.Code != http.StatusOK || got != "text/csv; charset=utf-8" {
		d.Fatalf("status %d %s: %s", w.Code, got, w.Body)
	}
	return regexp.MustCompile(`/s/[A-Z2-7]{26}`).FindAllString(w.Body.String(), -1)
}

// answer answers all questions of a link, and returns where the last leads.
func (d *desk) answer(s *testSite, link string, forms ...url.Values) (to string) {
	d.Helper()
	to = link + "/1"
	for i, form := range forms {
		w := post(d.T, s, to, form)
		if to = w.Header().Get("Location"); w.Code != http.StatusSeeOther {
			d.Fatalf("screen %d: status %d: %s", i+1, w.Code, w.Body)
		}
	}
	return to
}

func one(value string) url.Values { return url.Values{"answer": {value}} }

var wordsOfMine = url.Values{"text": {"<script>alert(1)</script> quick"}}

func TestSurveysPages(t *testing.T) {
	f := newFake()
	d := surveying(t, f)
	s := newTestSite(t, f)
	expect(t, s, "/surveys", http.StatusOK, `aria-current="page">Surveys`, "Nobody is asked yet", "Make a survey", "survey: Delivery")
	w := post(t, s, "/surveys", url.Values{"document": {"survey: A\ncolour: red"}})
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "line 2: field colour not found") || !strings.Contains(w.Body.String(), "colour: red</textarea>") {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
	at := d.make(s, askedText)
	expect(t, s, "/surveys", http.StatusOK, "1 survey is open", "Delivery &lt;b&gt;", "never")
	expect(t, s, at, http.StatusOK, "Nobody was asked yet", "Send what is due", "&lt;iframe src=")
	links := d.send(s, at)
	if len(links) != 12 {
		t.Fatalf("%d links", len(links))
	}
	expect(t, s, at, http.StatusOK, "There is nothing to tell yet", "Nobody has answered for 100.0% of the customers", "silent")
	if w := post(t, s, at+"/send", url.Values{}); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "nothing to send") {
		t.Errorf("status %d", w.Code)
	}
	for i, link := range links[:10] {
		to := d.answer(s, link, one([]string{"10", "3"}[i%2]), one("fast"), url.Values{"skip": {"yes"}}, one("na"), one("7"), wordsOfMine)
		if !strings.HasSuffix(to, "/done") {
			t.Errorf("the last leads to %s", to)
		}
	}
	d.answer(s, links[10], one("0"))
	d.clock = d.clock.AddDate(0, 0, 10)
	for _, link := range d.send(s, at) {
		d.answer(s, link, one("10"), one("kind"), one("this"), one("5"), one("1"), url.Values{"text": {""}})
	}
	body := expect(t, s, at, http.StatusOK, "Net promoter score:", "worth as many", "without weights", "does not apply", "skipped", "begun and not sent", "The last wave is above the one before", "95% interval",
		"10 texts, as they were written", "&lt;script&gt;alert(1)&lt;/script&gt; quick", "By part: Would you recommend us?", "one stands for")
	if strings.Contains(body, "<script>alert") {
		t.Error("a text is markup")
	}
	d.answer(s, regexp.MustCompile(`/s/[a-z2-7]{26}`).FindString(body), one("10"), one("kind"), one("this"), one("5"), one("1"), url.Values{"text": {""}})
	expect(t, s, at, http.StatusOK, "by the open link", "nobody knows whom they stand for")
	if w := post(t, s, at+"/close", url.Values{}); w.Code != http.StatusSeeOther {
		t.Errorf("status %d", w.Code)
	}
	if body := expect(t, s, at, http.StatusOK, "· closed"); strings.Contains(body, "Send what is due") {
		t.Error("a closed survey can be sent")
	}
	expect(t, s, "/surveys", http.StatusOK, "No survey is open")
	d.make(s, strings.Replace(askedText, "Delivery <b>\n", "Second\n", 1))
	d.make(s, strings.Replace(askedText, "Delivery <b>\n", "Third\n", 1))
	expect(t, s, "/surveys", http.StatusOK, "2 surveys are open")
	owner := policy.Actor{ID: "olive", Name: "Olive", Roles: []policy.Role{policy.Owner}, Scopes: []policy.Scope{{Attribute: "region", Value: "North"}}}
	if body := as(t, s, owner, at).Body.String(); !strings.Contains(body, "North") || strings.Contains(body, "South") || strings.Contains(body, "quick") || !strings.Contains(body, "1 segment is hidden") {
		t.Error("an owner sees what is not theirs, or not what is")
	}
}

// Every screen is small, needs no script, and says what language it is in.
func TestHostedScreens(t *testing.T) {
	f := newFake()
	d := surveying(t, f)
	s := newTestSite(t, f)
	at := d.make(s, askedText)
	links := d.send(s, at)
	link, style := links[0], len(get(t, s, "/assets/"+s.Assets.Name("survey.css")).Body.String())
	screen := func(path string, status int, want ...string) string {
		t.Helper()
		w := get(t, s, path)
		body := w.Body.String()
		if w.Code != status {
			t.Fatalf("%s: status %d, want %d", path, w.Code, status)
		}
		for _, text := range want {
			if !strings.Contains(body, text) {
				t.Errorf("%s does not say %q", path, text)
			}
		}
		if size := len(body) + style; size > 50_000 || strings.Contains(body, "<script") || len(w.Header().Values("Set-Cookie")) > 0 {
			t.Errorf("%s has %d bytes, a script or a cookie", path, size)
		}
		if csp := w.Header().Get("Content-Security-Policy"); strings.Contains(csp, "script") || !strings.HasPrefix(csp, "default-src 'none'; style-src 'self'") {
			t.Errorf("%s: %s", path, csp)
		}
		return body
	}
	screen(link, 200, `<html lang="en" dir="ltr">`, "Two questions.", "Question 1 of 6", `value="10"`, ">no<", "Does not apply to me", "Do not ask me again", ">עברית<")
	screen(link+"?l=he", 200, `<html lang="he" dir="rtl">`, "האם תמליצו עלינו?", "שאלה 1 מתוך 6")
	if w := post(t, s, link+"/1?l=he", url.Values{}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "יש לבחור תשובה") || !strings.Contains(w.Body.String(), `aria-describedby="problem"`) {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
	if w := post(t, s, link+"/1?l=he", one("9")); w.Header().Get("Location") != link+"/2?l=he" {
		t.Errorf("it leads to %s", w.Header().Get("Location"))
	}
	screen(link, 200, `lang="he"`, "How was it?", "אפשר לבחור כמה תשובות", `href="`+link+`/1"`)
	screen(link+"/1?l=en", 200, `value="9" checked`)
	d.answer(s, link, one("9"), url.Values{"na": {"na"}})
	screen(link+"/2", 200, `value="na" checked`)
	d.answer(s, link, one("9"), url.Values{"answer": {"fast", "kind"}})
	screen(link+"/2", 200, `value="kind" checked`)
	for _, path := range []string{"/7", "/0", "/01", "/x", "/1x"} {
		screen(link+path, 404, "הקישור אינו מוביל לשום מקום.")
	}
	long := url.Values{"text": {strings.Repeat("x", 4001)}}
	if w := post(t, s, link+"/6", long); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "הטקסט ארוך מדי") {
		t.Errorf("status %d", w.Code)
	}
	screen(link+"/6", 200, "<textarea", "שליחה")
	d.answer(s, link, one("9"), one("fast"), one("this"), one("5"), one("7"), wordsOfMine)
	screen(link+"/done", 200, "תודה. התשובות נשמרו.")
	screen(link, 200, "כבר התקבלה תשובה. תודה.")
	screen(links[1]+"/stop", 200, "Shall we not ask you again?", `method="post"`)
	if w := post(t, s, links[1]+"/stop", url.Values{}); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "We will not ask you again.") {
		t.Errorf("status %d", w.Code)
	}
	screen("/s/"+strings.Repeat("A", 26), 404, "This link leads nowhere.")
	screen("/e"+strings.TrimPrefix(link, "/s"), 200)
	d.clock = d.clock.AddDate(0, 0, 20)
	screen(links[2], 200, "This survey is closed.")
	if w := post(t, s, links[2]+"/1", one("9")); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "This survey is closed.") {
		t.Errorf("status %d", w.Code)
	}
}

// Only pages that a survey names may show it, and what they show may show nothing else.
func TestOnlyNamedPagesMayShowASurvey(t *testing.T) {
	f := newFake()
	d := surveying(t, f)
	s := newTestSite(t, f)
	at := d.make(s, askedText)
	body := expect(t, s, at, http.StatusOK)
	framed := regexp.MustCompile(`/e/[a-z2-7]{26}`).FindString(body)
	plain := strings.Replace(framed, "/e/", "/s/", 1)
	for path, want := range map[string]string{framed: "frame-ancestors https://shop.example", plain: "frame-ancestors 'none'"} {
		if csp := get(t, s, path).Header().Get("Content-Security-Policy"); !strings.HasSuffix(csp, want) {
			t.Errorf("%s: %s", path, csp)
		}
	}
	if to := d.answer(s, framed, one("9")); !strings.HasPrefix(to, "/e/") {
		t.Errorf("a frame leads to %s", to)
	}
	other := d.make(s, strings.NewReplacer("Delivery <b>\n", "Other\n", "embed: [\"https://shop.example\"]\n", "").Replace(askedText))
	open := regexp.MustCompile(`/s/[a-z2-7]{26}`).FindString(expect(t, s, other, http.StatusOK))
	w := get(t, s, strings.Replace(open, "/s/", "/e/", 1))
	if w.Code != http.StatusNotFound || !strings.HasSuffix(w.Header().Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Errorf("status %d %s", w.Code, w.Header().Get("Content-Security-Policy"))
	}
}

// Employees say what ties their hands from the page of a touchpoint; five of them are told.
func TestHandsAreReportedFromTheTouchpoint(t *testing.T) {
	f := newFake()
	d := surveying(t, f)
	s := newTestSite(t, f)
	d.atlas.apply("journeys:\n  - name: Buying\n    stages:\n      - name: Pay\n        touchpoints:\n          - name: Checkout\n")
	at := "/touchpoints/" + d.atlas.id("Checkout")
	expect(t, s, at, http.StatusOK, "What ties our hands", "shown once 5 have", "Say what ties your hands")
	for range 10 {
		w := post(t, s, at+"/hands", url.Values{})
		link := w.Header().Get("Location")
		if w.Code != http.StatusSeeOther || !strings.HasPrefix(link, "/s/") {
			t.Fatalf("status %d to %q", w.Code, link)
		}
		body := get(t, s, link).Body.String()
		if !strings.Contains(body, "Your answers are anonymous") || strings.Contains(body, "Do not ask me again") {
			t.Error(body)
		}
		d.answer(s, link, one("2"), url.Values{"answer": {"rules", "time"}}, url.Values{"text": {"Fewer rules"}})
	}
	expect(t, s, at, http.StatusOK, "2.0 of 5, said by 10", "rules that I may not bend", "Fewer rules")
	eve := policy.Actor{ID: "eve", Name: "Eve", Roles: []policy.Role{policy.Employee}}
	if body := as(t, s, eve, at).Body.String(); !strings.Contains(body, "Say what ties your hands") || strings.Contains(body, "Fewer rules") {
		t.Error("an employee sees what others said, or cannot say anything")
	}
	asEve := func() int {
		r := httptest.NewRequest(http.MethodPost, at+"/hands", nil)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r.WithContext(policy.With(r.Context(), eve)))
		return w.Code
	}
	if first, second := asEve(), asEve(); first != http.StatusSeeOther || second != http.StatusConflict {
		t.Errorf("status %d, then %d", first, second)
	}
	expect(t, s, "/touchpoints/none", http.StatusNotFound)
}
