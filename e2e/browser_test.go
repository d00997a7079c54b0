package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// browser is one Chromium for all tests; each test has a tab of its own.
var browser context.Context

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	if os.Getenv("SKIP_BROWSER") == "1" {
		return m.Run()
	}
	path, err := chromium()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("accept-lang", "en-GB"),
	)
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium's sandbox refuses root
	}
	allocator, end := chromedp.NewExecAllocator(context.Background(), options...)
	defer end()
	var close context.CancelFunc
	browser, close = chromedp.NewContext(allocator)
	defer close()
	if err := chromedp.Run(browser); err != nil {
		fmt.Fprintln(os.Stderr, "the browser does not start:", err)
		return 1
	}
	code := m.Run()
	stopDemo()
	return code
}

func chromium() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("the browser tests need Chromium: run\n\n    sudo apt-get install chromium\n\nSKIP_BROWSER=1 leaves them out")
}

// needBrowser leaves a test out where there is to be no browser.
func needBrowser(t *testing.T) {
	t.Helper()
	if os.Getenv("SKIP_BROWSER") == "1" {
		t.Skip("SKIPPED: SKIP_BROWSER=1")
	}
}

// tab is a page of the browser, with what went wrong in it.
type tab struct {
	testing.TB
	ctx  context.Context
	base string

	mu       sync.Mutex
	complain []string
}

// openTab opens a tab on a server. A script that fails, or anything that the
// content policy blocks, fails the test.
func openTab(t testing.TB, base string) *tab {
	t.Helper()
	return openTabIn(t, base)
}

func openTabIn(t testing.TB, base string, where ...chromedp.ContextOption) *tab {
	t.Helper()
	ctx, closeTab := chromedp.NewContext(browser, where...)
	ctx, stop := context.WithTimeout(ctx, 10*time.Minute)
	b := &tab{TB: t, ctx: ctx, base: base}
	chromedp.ListenTarget(ctx, b.listen)
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, c := range b.complain {
			t.Error(c)
		}
		stop()
		closeTab()
	})
	return b
}

func (b *tab) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		b.complain = append(b.complain, "a script failed: "+e.ExceptionDetails.Error())
	case *log.EventEntryAdded:
		if e.Entry.Level == log.LevelError && e.Entry.Source != log.SourceNetwork {
			b.complain = append(b.complain, "the browser complains: "+e.Entry.Text)
		}
	}
}

func (b *tab) do(actions ...chromedp.Action) {
	b.Helper()
	if err := chromedp.Run(b.ctx, actions...); err != nil {
		b.Fatal(err)
	}
}

// open goes to a page of the server, and waits until it is computed and its charts are drawn.
func (b *tab) open(path string) {
	b.Helper()
	b.do(chromedp.Navigate(b.base + path))
	b.until(`!location.pathname.startsWith("/jobs/") && document.readyState === "complete"`)
	b.drawn()
}

// drawn waits until every chart of the page has its drawing.
func (b *tab) drawn() {
	b.Helper()
	b.until(`[...document.querySelectorAll("[data-plot]")].every(e => e.querySelector("svg"))`)
}

// until waits for an expression to be true, across pages that come and go meanwhile.
func (b *tab) until(expression string) {
	b.Helper()
	var err error
	for start := time.Now(); time.Since(start) < time.Minute; time.Sleep(30 * time.Millisecond) {
		var is bool
		if err = chromedp.Run(b.ctx, chromedp.Evaluate(expression, &is)); is {
			return
		}
	}
	b.Fatalf("this never came: %s (%v)", expression, err)
}

// ask evaluates an expression in the page.
func ask[T any](b *tab, expression string) T {
	b.Helper()
	var v T
	b.do(chromedp.Evaluate(expression, &v))
	return v
}

// text is what the page says.
func (b *tab) text() string {
	b.Helper()
	return ask[string](b, `document.querySelector("main").innerText`)
}

// says fails unless the page has every text.
func (b *tab) says(want ...string) {
	b.Helper()
	got := b.text()
	for _, w := range want {
		if !strings.Contains(got, w) {
			b.Fatalf("%s does not say %q:\n%s", ask[string](b, "location.href"), w, got)
		}
	}
}

// look sets the theme and the size of the window.
func (b *tab) look(theme string, width int64) {
	b.Helper()
	b.do(
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}),
		chromedp.EmulateViewport(width, 900),
	)
}

// tabTo presses Tab until the focus is on an element, and checks that it can be seen there.
func (b *tab) tabTo(selector string) {
	b.Helper()
	for range 200 {
		b.do(chromedp.KeyEvent(kb.Tab))
		if ask[bool](b, fmt.Sprintf("document.activeElement.matches(%q)", selector)) {
			if outline := ask[string](b, "getComputedStyle(document.activeElement).outlineStyle"); outline == "none" {
				b.Errorf("the focus on %s cannot be seen", selector)
			}
			return
		}
	}
	b.Fatalf("no way by Tab to %s on %s", selector, ask[string](b, "location.href"))
}

// press presses a key and waits for the page that it leads to.
func (b *tab) press(key, leadsTo string) {
	b.Helper()
	b.do(chromedp.KeyEvent(key))
	b.until(fmt.Sprintf("document.readyState === 'complete' && (location.pathname + location.search).match(%q) !== null", leadsTo))
}
