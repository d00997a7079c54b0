package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const browsedSurvey = `survey: Delivery
touchpoint: Delivery
languages: [en, he]
title: {en: Your delivery, he: המשלוח שלך}
intro: {en: Three short questions., he: שלוש שאלות קצרות.}
ask: {by: region}
open: true
questions:
  - {id: recommend, kind: nps, text: {en: "How likely are you to recommend us?", he: "מה הסיכוי שתמליצו עלינו?"}, low: {en: not at all, he: כלל לא}, high: {en: extremely, he: מאוד}}
  - {id: how, kind: choice, several: true, text: {en: "What did you like?", he: "מה אהבתם?"}, options: [{id: fast, text: {en: Speed, he: מהירות}}, {id: kind, text: {en: Kindness, he: אדיבות}}]}
  - {id: why, kind: text, text: {en: "What is the main reason?", he: "מה הסיבה?"}}
`

// serveCustomers serves a book of twenty customers of two regions until the test ends.
func serveCustomers(t *testing.T) (base string) {
	t.Helper()
	needBrowser(t)
	dir := t.TempDir()
	book, file := filepath.Join(dir, "book"), filepath.Join(dir, "customers.csv")
	var b strings.Builder
	b.WriteString("customer,region\n")
	for i := range 20 {
		fmt.Fprintf(&b, "c%02d,%s\n", i, []string{"North", "South"}[i%2])
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	command(t, "init", book, "--name", "Northfield Trading", "--currency", "GBP")
	command(t, "import", book, file, "--as", "customers")
	base, stop := serve(t, book)
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return base
}

// A survey is made on its page, sent, answered in a language that is written from right to left,
// and seen as figures; its answers become records, which a measure draws.
func TestASurveyIsRunFromCreationToChart(t *testing.T) {
	b := openTab(t, serveCustomers(t))
	b.open("/surveys")
	b.says("Nobody is asked yet")
	b.everyWay("surveys-empty")
	b.do(chromedp.SetValue("textarea[name=document]", browsedSurvey, chromedp.ByQuery), chromedp.Evaluate(`window.left = true`, nil))
	b.tabTo("form[action='/surveys'] button")
	b.press(kb.Enter, "^/surveys/[a-z0-9]{16}$")
	b.says("Nobody was asked yet")
	at := ask[string](b, "location.pathname")
	b.everyWay("survey-new")
	var file string
	b.do(chromedp.Evaluate(`fetch(location.pathname + "/send", {method: "POST"}).then(r => r.text())`, &file, awaitPromise))
	links := regexp.MustCompile(`/s/[A-Z2-7]{26}`).FindAllString(file, -1)
	if len(links) != 20 {
		t.Fatalf("%d links: %s", len(links), file)
	}
	b.answersByKeyboard(links[0])
	for i, link := range links[1:16] {
		respond(t, b.base+link, fmt.Sprint([]int{10, 9, 8, 3}[i%4]), "kind", "Because it came soon.")
	}
	b.open(at)
	b.says("Net promoter score:", "What did you like?", "80.0%", "16 texts, as they were written", "North")
	b.everyWay("survey-results")
	b.measured()
}

// measured waits until the answers are records, and looks at them as a measure.
func (b *tab) measured() {
	b.Helper()
	for range 60 {
		b.open("/measures/nps")
		if strings.Contains(b.text(), "cannot be told") {
			b.do(chromedp.Sleep(500 * time.Millisecond))
			continue
		}
		b.says("Net promoter score", "counted\n16")
		b.drawn()
		return
	}
	b.Fatalf("the answers became no records: %s", b.text())
}

// answersByKeyboard answers in Hebrew, without scripts, and goes back once.
func (b *tab) answersByKeyboard(link string) {
	b.Helper()
	b.open(link)
	b.says("Three short questions.", "How likely are you to recommend us?")
	b.everyWay("asked")
	b.do(chromedp.Evaluate(`document.querySelector("footer a[hreflang=he]").click()`, nil))
	b.until(`document.documentElement.dir === "rtl" && document.readyState === "complete"`)
	b.says("מה הסיכוי שתמליצו עלינו?")
	b.everyWay("asked-he")
	if left := ask[bool](b, `(([a, b]) => a.getBoundingClientRect().left > b.getBoundingClientRect().left)([...document.querySelectorAll(".scale label")])`); !left {
		b.Error("the scale does not begin on the right")
	}
	b.do(emulation.SetScriptExecutionDisabled(true))
	b.tabTo(".scale input")
	b.do(chromedp.KeyEvent(" "))
	b.tabTo(".actions button:not([name])")
	b.press(kb.Enter, "/2\\?l=he$")
	b.says("מה אהבתם?")
	b.tabTo("a[href*='/1']")
	b.press(kb.Enter, "/1\\?l=he$")
	if chosen := ask[string](b, `document.querySelector(".scale :checked")?.value ?? ""`); chosen != "0" {
		b.Errorf("what was answered is %q when one goes back", chosen)
	}
	b.tabTo(".actions button:not([name])")
	b.press(kb.Enter, "/2\\?l=he$")
	b.tabTo(".choice input")
	b.do(chromedp.KeyEvent(" "))
	b.do(emulation.SetScriptExecutionDisabled(false))
	b.everyWay("asked-choice-he")
	b.tabTo(".actions button:not([name])")
	b.press(kb.Enter, "/3\\?l=he$")
	b.tabTo("textarea")
	b.do(chromedp.KeyEvent("הגיע מהר"))
	b.everyWay("asked-text-he")
	b.tabTo(".actions button:not([name])")
	b.press(kb.Enter, "/done\\?l=he$")
	b.says("תודה. התשובות נשמרו.")
	b.everyWay("asked-done-he")
	b.open(link + "/stop")
	b.says("לא לשאול אותי שוב")
	b.everyWay("asked-stop-he")
}

// respond answers all three screens of a link.
func respond(t *testing.T, link, score, option, text string) {
	t.Helper()
	for i, form := range []url.Values{{"answer": {score}}, {"answer": {option}}, {"text": {text}}} {
		answer, err := http.PostForm(fmt.Sprintf("%s/%d", link, i+1), form)
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%v %v", answer, err)
		}
		_ = answer.Body.Close() // nothing is read of it
	}
}
