package e2e

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// shown is a page that people see, and what it must say.
type shown struct{ name, path, says string }

// demoPages are the pages of the demo company.
func demoPages(b *tab) []shown {
	b.Helper()
	first := func(selector string) string {
		return ask[string](b, fmt.Sprintf("document.querySelector(%q).getAttribute('href')", selector))
	}
	b.open("/")
	pages := []shown{
		{"statement", "/", "What this statement does not cover"}, {"segments", first(`.sheet a[href*="by=segment"]`), "How each segment moved"},
		{"data", "/data", "What is in the book"}, {"error", "/nowhere", "There is no such page."},
		{"explain", first(`.figs a[href*="customers.lost_of_opening"]`), "The customers behind it"},
		{"explain-estimate", first(`a.fig[href*="equity.estimate"]`), "Customer equity"},
	}
	b.open(pages[4].path)
	pages = append(pages, shown{"orders", first(`.list tbody a`), "Order lines up to"})
	b.open("/data")
	return append(pages, shown{"rejects", first(`.list tbody tr:last-child a`), "Rows that were not loaded"})
}

// Every page fits into a telephone, a tablet and a desk, in light and in dark,
// and has no serious fault of accessibility.
func TestEveryPageInEverySizeAndTheme(t *testing.T) {
	b := openTab(t, serveDemo(t))
	for _, p := range demoPages(b) {
		b.open(p.path)
		b.says(p.says)
		b.everyWay(p.name)
	}
}

// The one number stands on one line with its currency and its magnitude.
func TestTheNumberIsOneLine(t *testing.T) {
	b := openTab(t, serveDemo(t))
	b.open("/")
	for _, width := range []int64{320, 1440} {
		b.look("light", width)
		if lines := ask[float64](b, `(n => n.getBoundingClientRect().height / parseFloat(getComputedStyle(n).fontSize))(document.querySelector(".number"))`); lines > 1.6 {
			b.Errorf("at %d px it is %.1f times as high as its letters", width, lines)
		}
	}
}

// everyWay looks at the page that is open in every size and theme.
func (b *tab) everyWay(name string) {
	b.Helper()
	b.do(chromedp.Evaluate(readAxe(b), nil))
	for _, theme := range []string{"light", "dark"} {
		for _, width := range []int64{320, 768, 1440} {
			b.look(theme, width)
			b.until(`[...document.querySelectorAll("[data-plot]")].every(e => e.querySelector("svg")?.getAttribute("width") == Math.floor(e.clientWidth))`)
			at := fmt.Sprintf("%s-%d-%s", name, width, theme)
			if over := ask[int](b, "document.documentElement.scrollWidth - innerWidth"); over > 0 {
				b.Errorf("%s is %d px wider than the window", at, over)
			}
			b.accessible(at)
			b.keep(at)
		}
	}
}

// keep saves the page as a picture where CLIENTELE_SHOTS says.
func (b *tab) keep(name string) {
	b.Helper()
	dir := os.Getenv("CLIENTELE_SHOTS")
	if dir == "" {
		return
	}
	var picture []byte
	b.do(chromedp.FullScreenshot(&picture, 100))
	if err := os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o600); err != nil {
		b.Fatal(err)
	}
}

func readAxe(t testing.TB) string {
	t.Helper()
	script, err := os.ReadFile("../web/node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatalf("%v: run make, which installs web/node_modules", err)
	}
	return string(script)
}

// finding is what axe-core found.
type finding struct {
	ID, Impact, Help string
	Nodes            []struct {
		HTML           string
		FailureSummary string
	}
}

// accessible fails on serious and critical findings.
func (b *tab) accessible(at string) {
	b.Helper()
	var found []finding
	b.do(chromedp.Evaluate(`axe.run().then(r => r.violations.map(v => ({
		ID: v.id, Impact: v.impact, Help: v.help, Nodes: v.nodes.slice(0, 3).map(n => ({HTML: n.html, FailureSummary: n.failureSummary}))
	})))`, &found, awaitPromise))
	for _, f := range found {
		if f.Impact == "serious" || f.Impact == "critical" {
			b.Errorf("%s: %s (%s): %+v", at, f.Help, f.ID, f.Nodes)
		}
	}
}

// A printed statement has every heading of the page, on paper, and nothing is cut off.
func TestStatementOnPaper(t *testing.T) {
	b := openTab(t, serveDemo(t))
	b.open("/")
	b.onPaper("statement", 8)
}

// onPaper prints the page that is open, and keeps it as name.pdf.
func (b *tab) onPaper(name string, leastHeadings int) {
	b.Helper()
	b.look("dark", 1440)
	headings := ask[[]string](b, `[...document.querySelectorAll("h1, h2")].map(h => h.textContent.trim())`)
	var pdf []byte
	b.do(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		pdf, _, err = page.PrintToPDF().WithPaperWidth(8.27).WithPaperHeight(11.69).WithPrintBackground(true).WithGenerateTaggedPDF(true).
			WithGenerateDocumentOutline(true).WithPreferCSSPageSize(true).Do(ctx)
		return err
	}))
	if dir := os.Getenv("CLIENTELE_SHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name+".pdf"), pdf, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	printed := outline(pdf)
	for _, h := range headings {
		if !printed[unspaced(h)] {
			b.Errorf("the paper has no heading %q, only %v", h, printed)
		}
	}
	if len(headings) < leastHeadings {
		b.Errorf("a %s with %d headings is no whole one", name, len(headings))
	}
	// A4 less its margins is 182 mm: 688 px.
	b.do(emulatePrint, chromedp.EmulateViewport(688, 900), chromedp.Evaluate(`dispatchEvent(new Event("beforeprint"))`, nil))
	b.until(`[...document.querySelectorAll(".plot svg")].every(e => e.getBoundingClientRect().height > 100 && e.getBoundingClientRect().height <= e.closest(".plot").getBoundingClientRect().height + 1)`)
	if over := ask[[]string](b, `[...document.querySelectorAll("main *")].filter(e => e.getClientRects().length && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 120))`); len(over) > 0 {
		b.Errorf("these run off the paper: %s", strings.Join(over, "\n"))
	}
	if dark := ask[string](b, "getComputedStyle(document.body).color"); dark != "rgb(28, 32, 38)" {
		b.Errorf("ink on paper is %s in dark", dark)
	}
}

var title = regexp.MustCompile(`/Title (?:\(((?:[^()\\]|\\.)*)\)|<([0-9A-Fa-f]*)>)`)

// outline is the headings in the outline of a PDF, without their spaces: where
// a line breaks, the outline has none.
func outline(pdf []byte) map[string]bool {
	found := map[string]bool{}
	for _, m := range title.FindAllSubmatch(pdf, -1) {
		text := strings.NewReplacer(`\(`, "(", `\)`, ")", `\\`, `\`).Replace(string(m[1]))
		if wide, err := hex.DecodeString(string(m[2])); err == nil && len(wide) > 2 {
			units := make([]uint16, len(wide)/2-1) // less the mark of its byte order
			for i := range units {
				units[i] = binary.BigEndian.Uint16(wide[2*i+2:])
			}
			text = string(utf16.Decode(units))
		}
		found[unspaced(text)] = true
	}
	return found
}

func unspaced(s string) string { return strings.Join(strings.Fields(s), "") }

// emulatePrint shows the page as it is printed, in the dark theme.
var emulatePrint = emulation.SetEmulatedMedia().WithMedia("print").WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}})

func awaitPromise(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }
