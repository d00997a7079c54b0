package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// serveLetdown serves a book in which a customer gave a bad answer yesterday, to a touchpoint
// that Olive answers for, and another waited too long.
func serveLetdown(t *testing.T) (base string) {
	t.Helper()
	day := func(ago int) string { return time.Now().AddDate(0, 0, -ago).Format(time.DateOnly) }
	return serveMapped(t, map[string]string{
		"map.yaml":         "journeys:\n  - name: Buying\n    stages:\n      - name: Get it\n        touchpoints:\n          - {name: Delivery, owner: Olive Owner}\n          - {name: Help line}\n",
		"transactions.csv": fmt.Sprintf("order,customer,time,amount\no1,C-1001,%s,120.50\no2,C-1002,%s,60\n", day(12), day(11)),
		"feedback.csv": fmt.Sprintf("response,customer,order,touchpoint,time,instrument,score,scale_min,scale_max,text\nr1,C-1001,o1,Delivery,%s,nps,2,0,10,"+
			"It came a week late and the box was open. Nobody said a word.\n", day(1)),
		"interactions.csv": fmt.Sprintf("interaction,customer,touchpoint,time,promised,actual\no2,C-1002,Help line,%s,%s,%s\n", day(11), day(5), day(2)),
	}, "")
}

// serveMapped serves a book of a drawn journey, map.yaml, and of what is imported:
// transactions.csv, feedback.csv and interactions.csv. More settings follow those of a new book.
func serveMapped(t *testing.T, files map[string]string, settings string) (base string) {
	t.Helper()
	needBrowser(t)
	dir := t.TempDir()
	book := filepath.Join(dir, "book")
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	command(t, "init", book, "--name", "Northfield Trading", "--currency", "GBP", "--margin", "0.3")
	set, err := os.ReadFile(filepath.Join(book, "book.toml"))
	if err == nil {
		err = os.WriteFile(filepath.Join(book, "book.toml"), append(set, settings...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	command(t, "journey", book, "apply", filepath.Join(dir, "map.yaml"))
	for _, kind := range []string{"transactions", "feedback", "interactions"} {
		command(t, "import", book, filepath.Join(dir, kind+".csv"), "--as", kind)
	}
	base, stop := serve(t, book)
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return base
}

// A case is closed by keyboard, from what opened it to the answer of the customer, who at first
// is not content.
func TestACaseIsClosed(t *testing.T) {
	b := openTab(t, serveLetdown(t))
	customer := openBrowser(t, b.base)
	for range 100 { // what was imported while nobody served is looked for at once, by a job
		b.open("/cases")
		if strings.Contains(b.text(), "2 cases wait") {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	b.says("2 cases wait, none of them overdue.", "C-1001", "Olive Owner", "nobody")
	b.everyWay("cases")
	b.tabTo("tbody a[href='/cases/" + b.caseOf("C-1001") + "']")
	b.press(kb.Enter, "^/cases/[0-9]+$")
	b.says("It waits for Olive Owner", "gave 2 on a scale from 0 to 10 (NPS)", "the box was open", "£120.50", "o1", "who answers for the touchpoint")
	b.everyWay("case-open")
	b.tabTo("form[action$='/take'] button")
	b.sendByKey()
	b.says("Olive Owner's case is being worked on")
	customer.answers(b.settles("Called, and sent another by courier."), "no", "Still nothing here.")
	b.open(ask[string](b, "location.pathname"))
	b.goToCase("C-1001")
	b.says("It waits for Olive Owner", "The customer says that it is not settled.", "Still nothing here.")
	customer.answers(b.settles("Handed it over in person."), "yes", "")
	b.open("/cases?state=closed")
	b.says("1 case is closed.", "the customer says that it is settled")
	b.goToCase("C-1001")
	b.says("Closed: the customer says that it is settled.", "Handed it over in person.")
	b.everyWay("case-closed")
	b.looksAtRules()
	b.open("/mail")
	b.says("Mail is not set up.")
	b.everyWay("mail")
	b.open("/mail/stop?secret=x")
	b.everyWay("mail-stop")
}

// caseOf is the number of a customer's case, on the list that is open.
func (b *tab) caseOf(customer string) string {
	b.Helper()
	return ask[string](b, fmt.Sprintf(`[...document.querySelectorAll("tbody tr")].find(r => r.textContent.includes(%q)).querySelector("a").textContent.replace("Case ", "")`, customer))
}

// goToCase opens the case of a customer from the list, wherever it stands.
func (b *tab) goToCase(customer string) {
	b.Helper()
	for _, state := range []string{"open", "settled", "closed"} {
		b.open("/cases?state=" + state)
		if strings.Contains(b.text(), customer) {
			b.open("/cases/" + b.caseOf(customer))
			return
		}
	}
	b.Fatalf("no case is of %s", customer)
}

// sendByKey presses Enter on what has the focus, and waits for the page that answers.
func (b *tab) sendByKey() {
	b.Helper()
	b.do(chromedp.Evaluate(`window.left = true`, nil), chromedp.KeyEvent(kb.Enter))
	b.until(`!window.left && document.readyState === "complete"`)
}

// settles says what was done, by keyboard, and returns the path of the customer's link.
func (b *tab) settles(done string) (link string) {
	b.Helper()
	b.tabTo("textarea[name=done]")
	b.do(chromedp.KeyEvent(done))
	b.tabTo("form[action$='/settle'] button")
	b.sendByKey()
	b.says("Settled. Ask the customer by this link.")
	return strings.TrimPrefix(ask[string](b, `document.querySelector(".made-secret input").value`), b.base)
}

// answers opens a customer's link, which works once.
func (b *tab) answers(link, settled, text string) {
	b.Helper()
	b.open(link)
	b.says("Is it settled for you?", "Delivery")
	if settled == "no" {
		b.everyWay("answer")
	}
	b.tabTo("textarea[name=text]")
	b.do(chromedp.KeyEvent(text))
	b.tabTo(fmt.Sprintf("button[value=%s]", settled))
	b.sendByKey()
	b.says("Thank you.")
	b.open(link)
	b.says("This link was used")
	if settled == "yes" {
		b.everyWay("answer-used")
	}
}

// looksAtRules sees what opens a case, and what waits at a touchpoint.
func (b *tab) looksAtRules() {
	b.Helper()
	b.open("/cases/rules")
	b.says("What opens a case where nothing else is said", "last 14 days")
	b.everyWay("case-rules")
	b.open("/cases")
	b.goToCase("C-1002")
	b.says("Nobody answers for the touchpoint, and nobody leads customer experience.", "It was promised for")
	b.click(".kicker a[href^='/touchpoints/']")
	b.says("1 case waits here")
	b.everyWay("touchpoint-cases")
}
