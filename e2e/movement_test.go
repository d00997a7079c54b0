package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// From the movement of equity down to the customers behind a line, by keyboard, and on to
// what it brings to win customers.
func TestMovementAndGrowth(t *testing.T) {
	b := openTab(t, serveDemo(t))
	arrive := func(path, says string) {
		t.Helper()
		b.open(path)
		b.until(`location.pathname + location.search === ` + "`" + path + "`" + ` && document.readyState === "complete"`)
		b.says(says)
	}
	arrive("/movement", "Line by line")
	b.everyWay("movement")
	b.tabTo(`.movement a[href*="line=experience.survival"]`)
	b.do(chromedp.KeyEvent(kb.Enter))
	b.until(`location.pathname === "/movement/explain" && document.readyState === "complete"`)
	b.says("The customers behind it", "Worth at opening")
	b.everyWay("movement-explain")
	arrive("/movement?by=segment&from=2026-07-01&to=2026-09-30", "Every segment, and their sum")
	b.everyWay("movement-segments")
	arrive("/growth", "Customers still to be won are worth")
	b.everyWay("growth")
}
