package e2e

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// The dialog that chooses a file is the system's; everything else is done with keys.
func TestFirstRunToStatementByKeyboardAlone(t *testing.T) {
	b := openTab(t, serveNew(t))
	b.open("/")
	b.says("this book has no records")
	b.everyWay("empty")
	b.tabTo(`a.button[href="/data"]`)
	b.press(kb.Enter, "^/data$")
	b.do(chromedp.SetUploadFiles(`input[type=file]`, []string{writeOrders(t)}))
	b.tabTo(`form[data-drop] button`)
	b.press(kb.Enter, "^/data/uploads/[A-Z2-7]{26}$")
	b.says("This is how it would be read.", "orders.csv", "customer_id")
	b.tabTo(`form.mapping .actions button:first-child`)
	b.press(kb.Enter, "^/jobs/")
	b.until(`document.querySelector("h1").textContent.includes("is in the book")`)
	b.tabTo(`#job a.button[href="/"]`)
	b.do(chromedp.KeyEvent(kb.Enter))
	b.until(`location.pathname === "/" && document.querySelector(".kicker")?.textContent.includes("Statement of customers")`)
	b.drawn()
	b.says("The closing value ties to the ledger", "What this statement does not cover")

	// Menus open, close and lead on by keys alone.
	b.tabTo(".menu summary")
	b.do(chromedp.KeyEvent(kb.Enter))
	b.until(`document.querySelector(".menu").open`)
	b.do(chromedp.KeyEvent(kb.Escape))
	b.until(`!document.querySelector(".menu").open && document.activeElement.matches(".menu summary")`)
	b.do(chromedp.KeyEvent(kb.Enter))
	b.tabTo(".sheet a:not([aria-current])")
	b.press(kb.Enter, "^/.*from=")
}

func TestImportWithRejects(t *testing.T) {
	b := openTab(t, serveNew(t))
	b.open("/data")
	b.do(
		chromedp.SetUploadFiles(`input[type=file]`, []string{writeOrders(t, "9001,C0001,soon,12.00", "9002,C0002,2025-05-05,much")}),
		chromedp.Click(`form[data-drop] button`),
		chromedp.WaitVisible(`form.mapping`),
		chromedp.SetValue(`input[name="source"]`, "till"),
		chromedp.Click(`form.mapping .actions button:nth-child(2)`),
	)
	b.until(`location.search.includes("source=till") && document.readyState === "complete"`)
	b.everyWay("mapping")
	b.do(chromedp.Click(`form.mapping .actions button:first-child`))
	b.until(`document.querySelector("h1").textContent.includes("is in the book")`)
	b.everyWay("report")
	b.says("Rows that were not loaded", "9001,C0001,soon,12.00", "9002,C0002,2025-05-05,much")
	b.do(chromedp.Click(`#job .sub a`), chromedp.WaitVisible(`a[download]`))
	b.says("orders.csv", "till", "soon")
	answer, err := http.Get(b.base + ask[string](b, `document.querySelector("a[download]").getAttribute("href")`))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if kind := answer.Header.Get("Content-Type"); answer.StatusCode != http.StatusOK || !strings.HasPrefix(kind, "text/csv") {
		t.Errorf("the download is %d %s", answer.StatusCode, kind)
	}
}

// Every figure that the statement shows leads to rows whose total is the figure.
func TestExplanationsAddUpToTheirTiles(t *testing.T) {
	b := openTab(t, serveDemo(t))
	b.open("/")
	type tile struct{ Text, Href string }
	tiles := ask[[]tile](b, `[...document.querySelectorAll("a.fig")].map(a => ({Text: a.textContent.trim(), Href: a.getAttribute("href")}))`)
	checked := 0
	for _, x := range tiles {
		kind := ""
		for prefix, total := range map[string]string{"line=customers.": "heads", "line=value.": "amount", "line=revenue.unattributed": "amount", "line=tie_out.": "amount"} {
			if strings.Contains(x.Href, prefix) {
				kind = total
			}
		}
		if kind == "" || kind == "amount" && !strings.Contains(x.Text, ".") || strings.ContainsAny(x.Text, "km") {
			continue // rates and rounded figures are no sums of rows
		}
		b.open(x.Href)
		figure := strings.TrimSpace(ask[string](b, `document.querySelector(".number").textContent`))
		total := ask[string](b, `document.querySelector("[data-total=`+kind+`]").textContent`)
		if tile := strings.TrimLeft(x.Text, "+−"); strings.TrimLeft(figure, "−") != tile || strings.TrimLeft(total, "−") != tile {
			t.Errorf("%s: the tile says %s, its explanation %s, the rows add up to %s", x.Href, x.Text, figure, total)
		}
		checked++
	}
	if checked < 15 {
		t.Errorf("only %d figures were checked", checked)
	}
}

// From a figure through its customers to the lines and the file they came from.
func TestFromFigureToFile(t *testing.T) {
	b := openTab(t, serveDemo(t))
	b.open("/")
	b.do(chromedp.Click(`.figs a[href*="customers.lost_of_opening"]`), chromedp.WaitVisible(`.list`))
	b.says("What made it", "Definition", "Records loaded")
	b.do(chromedp.Click(`.list tbody a`), chromedp.WaitVisible(`a[href^="/data/imports/"]`))
	b.says("Order lines up to")
	b.do(chromedp.Click(`a[href^="/data/imports/"]`), chromedp.WaitVisible(`code`))
	b.says("SHA-256", "rows read")
}

// A bar of a chart is a way to its explanation as well.
func TestBarsLeadToTheirExplanation(t *testing.T) {
	b := openTab(t, serveDemo(t))
	b.look("light", 1440)
	b.open("/")
	box := ask[[]float64](b, `(() => { const e = document.querySelector('[data-plot="customers-data"]'); e.scrollIntoView({block: "center"});
		const bar = [...e.querySelectorAll("path, rect")].find(p => (p.getAttribute("fill") ?? "").includes("--up"));
		const r = bar.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()`)
	b.do(chromedp.MouseClickXY(box[0], box[1]))
	b.until(`location.search.includes("line=customers.new")`)
}

// A page is ready within 200 ms at the server; the best of ten asks leaves out
// what else the machine does.
func TestStatementIsReadyAtOnce(t *testing.T) {
	base := serveDemo(t)
	best := time.Hour
	for range 10 {
		start := time.Now()
		answer, err := http.Get(base + "/")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode != http.StatusOK {
			t.Fatal(answer.Status, err)
		}
		best = min(best, time.Since(start))
		if err := answer.Body.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if best > 200*time.Millisecond {
		t.Errorf("the statement takes %v", best)
	}
}

func TestEverythingWorksWithoutScripts(t *testing.T) {
	b := openTab(t, serveNew(t))
	b.do(emulation.SetScriptExecutionDisabled(true))
	b.do(
		chromedp.Navigate(b.base+"/data"),
		chromedp.SetUploadFiles(`input[type=file]`, []string{writeOrders(t)}),
		chromedp.Click(`form[data-drop] button`),
		chromedp.WaitVisible(`form.mapping`),
		chromedp.Click(`form.mapping .actions button:first-child`),
		chromedp.WaitVisible(`#job a.button[href="/"]`), // the page asks again by itself
		chromedp.Click(`#job a.button[href="/"]`),
		chromedp.WaitVisible(`.number, .refused`),
		chromedp.Click(`.menu summary`),
		chromedp.WaitVisible(`.dates button`),
		chromedp.SetValue(`input[name="from"]`, "2024-01-01"),
		chromedp.Click(`.dates button`),
		chromedp.WaitVisible(`a[href*="from=2024-01-01"]`),
	)
	b.do(chromedp.Click(`details.table summary`), chromedp.WaitVisible(`details.table table`))
	if shown := ask[bool](b, `[...document.querySelectorAll(".plot")].some(e => e.getClientRects().length > 0)`); shown {
		t.Error("without scripts there are empty boxes where charts would be")
	}
}
