package e2e

import (
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// A change is proposed, held against past quarters and approved, without scripts; then a
// goal is set, and the statement shows it with the horizon alarm.
func TestDefinitionIsChangedAndGoalsAreSet(t *testing.T) {
	needBrowser(t)
	book := filepath.Join(t.TempDir(), "book")
	command(t, "init", book, "--name", "Northfield Trading", "--currency", "GBP", "--margin", "0.3")
	command(t, "import", book, writeOrders(t))
	base, stop := serve(t, book)
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	b := openTab(t, base)
	b.open("/definitions")
	b.says("lies within 365 days", "version 1 is in force", "Propose a change")
	b.do(emulation.SetScriptExecutionDisabled(true),
		chromedp.SetValue(`input[name="lapse_days"]`, "180"), chromedp.SetValue(`input[name="why"]`, "Half of those silent for 180 days never return"),
		chromedp.SetValue(`input[name="by"]`, "Ada Lovelace"), chromedp.Click(`#propose button`),
		chromedp.WaitVisible(`form[action="/definitions/2/approve"]`), // the job's page asks again by itself
		emulation.SetScriptExecutionDisabled(false))
	b.open("/definitions/2")
	b.says("2025-Q4 would have closed with", "by version 1 (in force) and by version 2 (proposed)", "Approve it")
	b.everyWay("definition")
	b.open("/definitions")
	b.says("Version 2 waits for approval")
	b.everyWay("definitions")
	b.open("/definitions/2")
	b.do(chromedp.SetValue(`input[name="by"]`, "ada lovelace"), chromedp.Click(`form[action="/definitions/2/approve"] button`), chromedp.WaitVisible(`[role="alert"]`))
	b.says("proposed version 2 and cannot approve it")
	b.do(chromedp.SetValue(`input[name="by"]`, "Grace Hopper"), chromedp.Click(`form[action="/definitions/2/approve"] button`))
	b.until(`location.pathname === "/definitions" && document.readyState === "complete"`)
	b.says("lies within 180 days", "version 2 is in force", "Grace Hopper")

	b.open("/goals")
	b.says("No goal is set yet.", "Set a goal")
	b.everyWay("goals-empty")
	b.do(chromedp.SetValue(`input[name="period"]`, "2025-Q4"), chromedp.SetValue(`input[name="customers"]`, "190"),
		chromedp.SetValue(`input[name="equity"]`, "9000"), chromedp.SetValue(`input[name="by"]`, "Grace Hopper"), chromedp.Click(`#set button`))
	b.until(`location.pathname === "/goals" && document.readyState === "complete" && document.body.innerText.includes("set by")`)
	b.says("set by Grace Hopper", "customers", "equity")
	b.everyWay("goals")
	b.open("/?from=2025-10-01&to=2025-12-31")
	b.until(`document.body?.innerText.includes("All goals")`)
	b.says("2025-Q4:", "Definition 2")
	b.everyWay("statement-goals")
}

func TestDefinitionsAndGoalsOfAnEmptyBook(t *testing.T) {
	b := openTab(t, serveNew(t))
	b.open("/definitions")
	b.says("version 1 is in force")
	b.open("/definitions/1")
	b.says("What it would have done cannot be shown", "Propose a change first")
	b.everyWay("definition-empty")
	b.open("/goals")
	b.says("No goal is set yet.")
}
