package e2e

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// shown are the pages that people see of the demo company.
func shown(b *tab) map[string]string {
	b.Helper()
	b.open("/")
	first := func(selector string) string {
		return ask[string](b, fmt.Sprintf("document.querySelector(%q).getAttribute('href')", selector))
	}
	pages := map[string]string{
		"statement": "/", "data": "/data", "error": "/nowhere",
		"explain": first(`.figs a[href*="customers.lost_of_opening"]`), "explain-estimate": first(`a.fig[href*="equity.estimate"]`),
		"segments": first(`.sheet a[href*="by="]`),
	}
	b.open(pages["explain"])
	pages["orders"] = first(`.list tbody a`)
	b.open("/data")
	pages["rejects"] = first(`.list tbody a`)
	return pages
}

// Every page fits into a telephone, a tablet and a desk, in light and in dark,
// and has no serious fault of accessibility.
func TestEveryPageInEverySizeAndTheme(t *testing.T) {
	base := serveDemo(t)
	b := openTab(t, base)
	axe := readAxe(t)
	for name, path := range shown(b) {
		for _, theme := range []string{"light", "dark"} {
			for _, width := range []int64{320, 768, 1440} {
				b.look(theme, width)
				b.open(path)
				at := fmt.Sprintf("%s-%d-%s", name, width, theme)
				if over := ask[int](b, "document.documentElement.scrollWidth - innerWidth"); over > 0 {
					t.Errorf("%s is %d px wider than the window", at, over)
				}
				b.accessible(at, axe)
				b.keep(at)
			}
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

func readAxe(t *testing.T) string {
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
func (b *tab) accessible(at, axe string) {
	b.Helper()
	var found []finding
	b.do(chromedp.Evaluate(axe, nil), chromedp.Evaluate(`axe.run().then(r => r.violations.map(v => ({
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
	b.look("dark", 1440)
	b.open("/")
	headings := ask[[]string](b, `[...document.querySelectorAll("h1, h2")].map(h => h.textContent.trim())`)
	var pdf []byte
	b.do(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		pdf, _, err = page.PrintToPDF().WithPaperWidth(8.27).WithPaperHeight(11.69).WithPrintBackground(true).WithGenerateTaggedPDF(true).
			WithGenerateDocumentOutline(true).WithPreferCSSPageSize(true).Do(ctx)
		return err
	}))
	if dir := os.Getenv("CLIENTELE_SHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "statement.pdf"), pdf, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, h := range headings {
		if !outlined(pdf, h) {
			t.Errorf("the paper has no heading %q", h)
		}
	}
	if len(headings) < 8 {
		t.Errorf("a statement with %d headings is no whole one", len(headings))
	}
	// A4 less its margins is 182 mm: 688 px.
	b.do(emulatePrint, chromedp.EmulateViewport(688, 900))
	if over := ask[[]string](b, `[...document.querySelectorAll("main *")].filter(e => e.getClientRects().length && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 120))`); len(over) > 0 {
		t.Errorf("these run off the paper: %s", strings.Join(over, "\n"))
	}
	if dark := ask[string](b, "getComputedStyle(document.body).color"); dark != "rgb(28, 32, 38)" {
		t.Errorf("ink on paper is %s in dark", dark)
	}
}

// outlined says whether a PDF has a text as one of its strings.
func outlined(pdf []byte, text string) bool {
	plain := strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(text)
	var wide []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		wide = append(wide, byte(unit>>8), byte(unit))
	}
	return bytes.Contains(pdf, []byte("("+plain+")")) || bytes.Contains(bytes.ToUpper(pdf), []byte("<FEFF"+strings.ToUpper(hex.EncodeToString(wide))+">"))
}

// emulatePrint shows the page as it is printed, in the dark theme.
var emulatePrint = emulation.SetEmulatedMedia().WithMedia("print").WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}})

func awaitPromise(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }
