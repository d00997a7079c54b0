package e2e

import (
	"fmt"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// order is the canvas as it stands: stages, each before its touchpoints.
func (b *tab) order(want ...string) {
	b.Helper()
	const script = `[...document.querySelectorAll(".stage h2, .step h3")].map(e => e.textContent)`
	b.until(fmt.Sprintf(`document.readyState === "complete" && JSON.stringify(%s) === JSON.stringify(%s)`, script, list(want)))
}

func list(texts []string) string {
	out := "["
	for i, t := range texts {
		if i > 0 {
			out += ","
		}
		out += fmt.Sprintf("%q", t)
	}
	return out + "]"
}

// grip is the selector of what takes the focus of a part on the canvas, by its name.
func (b *tab) grip(name string) string {
	b.Helper()
	id := ask[string](b, fmt.Sprintf(`[...document.querySelectorAll("[data-grip]")].find(e => e.textContent === %q).closest("[data-part]").dataset.part`, name))
	return fmt.Sprintf("#part-%s > * [data-grip]", id)
}

// typed types a name into what has the focus, and sends it.
func (b *tab) typed(names ...string) {
	b.Helper()
	for _, name := range names {
		b.do(chromedp.KeyEvent(name + kb.Enter))
		b.until(fmt.Sprintf(`[...document.querySelectorAll(".stage h2, .step h3")].some(e => e.textContent === %q) && document.activeElement.value === ""`, name))
	}
}

// nudge presses Alt with a key, and waits for what is said of it.
func (b *tab) nudge(key, says string) {
	b.Helper()
	b.do(chromedp.KeyEvent(key, chromedp.KeyModifiers(input.ModifierAlt)))
	b.until(fmt.Sprintf(`document.querySelector("[data-says]").textContent === %q`, says))
}

// A journey is built, ordered, taken back and written on by keyboard alone.
func TestAJourneyIsBuiltByKeyboard(t *testing.T) {
	b := openTab(t, serveNew(t))
	b.open("/journeys")
	b.says("No journey is drawn yet.")
	b.everyWay("journeys-empty")
	b.tabTo("#add input[name=name]")
	b.do(chromedp.KeyEvent("Buying"))
	b.press(kb.Enter, "^/journeys/[a-z0-9]{16}$")
	b.says("It has no stage yet.")
	b.everyWay("canvas-empty")
	b.tabTo("form[action='/stages'] input[name=name]")
	b.typed("Find", "Pay")
	b.tabTo(".stage:first-child .add input[name=name]")
	b.typed("Home page", "Search", "Checkout")
	b.order("Find", "Home page", "Search", "Checkout", "Pay")
	b.moves()
	b.everyWay("canvas")
	b.writes()
	b.takesBack()
	b.worksWithoutScripts()
}

// moves orders the canvas; the focus stays on what was moved, and what was done is said.
func (b *tab) moves() {
	b.Helper()
	b.tabTo(b.grip("Checkout"))
	b.nudge(kb.ArrowRight, "Moved Checkout to place 1 of Pay.")
	b.order("Find", "Home page", "Search", "Pay", "Checkout")
	b.nudge(kb.ArrowRight, "Checkout is the last already.")
	b.nudge(kb.ArrowLeft, "Moved Checkout to place 3 of Find.")
	b.nudge(kb.ArrowUp, "Moved Checkout to place 2 of Find.")
	b.order("Find", "Home page", "Checkout", "Search", "Pay")
	b.nudge(kb.ArrowDown, "Moved Checkout to place 3 of Find.")
	b.nudge(kb.ArrowRight, "Moved Checkout to place 1 of Pay.")
	if held := ask[string](b, "document.activeElement.textContent"); held != "Checkout" {
		b.Errorf("the focus is on %q", held)
	}
	b.tabTo(b.grip("Pay"))
	b.nudge(kb.ArrowLeft, "Moved Pay to place 1.")
	b.order("Pay", "Checkout", "Find", "Home page", "Search")
	if status := ask[string](b, `document.querySelector("[data-says]").getAttribute("role")`); status != "status" {
		b.Errorf("what was done is not announced: role %q", status)
	}
	b.tabTo("form[data-undo] button")
	b.do(chromedp.Evaluate(`window.left = true`, nil), chromedp.KeyEvent(kb.Enter))
	b.until(`!window.left && document.readyState === "complete"`)
	b.order("Find", "Home page", "Search", "Pay", "Checkout")
}

// writes says who answers for a touchpoint, and what is promised there.
func (b *tab) writes() {
	b.Helper()
	b.tabTo(b.grip("Checkout"))
	b.press(kb.Enter, "^/touchpoints/")
	b.says("Nobody answers for it, since today.")
	b.tabTo("form[action$='/owner'] input[name=name]")
	b.do(chromedp.KeyEvent("Olive Owner"), chromedp.Evaluate(`window.left = true`, nil), chromedp.KeyEvent(kb.Enter))
	b.until(`!window.left && document.querySelector("main")?.innerText.includes("Olive Owner answers for it, since today.")`)
	b.tabTo("textarea[name=promise]")
	b.do(chromedp.KeyEvent("One page, no account."))
	b.tabTo("form[action$='/notes'] button")
	b.do(chromedp.Evaluate(`window.left = true`, nil), chromedp.KeyEvent(kb.Enter))
	b.until(`!window.left && document.readyState === "complete"`)
	b.everyWay("touchpoint")
	b.open("/journeys")
	b.says("2 touchpoints have no owner, the oldest since today.")
	b.everyWay("journeys")
}

// takesBack looks at the history, and takes an edit back that others came after.
func (b *tab) takesBack() {
	b.Helper()
	b.open("/journeys/history")
	b.says("Made Olive Owner answer for Checkout", "Added the stage Find to Buying")
	b.everyWay("journeys-history")
	buttons := ask[[]string](b, `[...document.querySelectorAll("tr")].filter(r => r.querySelector("button")).map(r => r.querySelector(".wrap").textContent)`)
	if i := slices.Index(buttons, "Made Olive Owner answer for Checkout"); i < 0 {
		b.Fatalf("it cannot be taken back: %q", buttons)
	}
	number := ask[string](b, `[...document.querySelectorAll("tr")].find(r => r.textContent.includes("Made Olive Owner")).querySelector("[name=number]").value`)
	b.click(fmt.Sprintf("form:has([name=number][value='%s']) button", number))
	b.says("One page, no account.", "3 touchpoints have no owner.")
}

// worksWithoutScripts moves, and adds, where there are none.
func (b *tab) worksWithoutScripts() {
	b.Helper()
	before := ask[string](b, `[...document.querySelectorAll(".step")].find(e => e.textContent.includes("Home page")).id`)
	b.do(emulation.SetScriptExecutionDisabled(true))
	b.click("#" + before + " button[value=later]")
	b.order("Find", "Search", "Home page", "Pay", "Checkout")
	b.do(chromedp.SendKeys(".stage:last-child .add input[name=name]", "Invoice"+kb.Enter))
	b.order("Find", "Search", "Home page", "Pay", "Checkout", "Invoice")
	if add := ask[string](b, "location.search"); add == "" {
		b.Error("the next touchpoint cannot be typed at once")
	}
	b.do(emulation.SetScriptExecutionDisabled(false))
}
