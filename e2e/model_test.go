package e2e

import (
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// From the statement to the model, and through a comparison, by keys alone; the
// page in every size and theme, and on paper, before and after.
func TestModelIsExaminedAndComparedByKeyboardAlone(t *testing.T) {
	needBrowser(t)
	book := filepath.Join(t.TempDir(), "demo")
	command(t, "demo", "--customers", "1500", "--book", book)
	base, stop := serve(t, book)
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	b := openTab(t, base)
	b.look("light", 1440)
	b.open("/")
	b.tabTo(`a[href^="/model?as_of="]`)
	b.do(chromedp.KeyEvent(kb.Enter))
	b.until(`location.pathname === "/model" && document.readyState === "complete"`)
	b.drawn()
	b.says("What to do", "What it was held against", "No other model has been tried", "The parameters, and how sure they are", "95% interval")
	b.everyWay("model")

	b.tabTo(`form.compare button`)
	b.do(chromedp.KeyEvent(kb.Enter))
	b.until(`location.pathname === "/model" && document.querySelector("form.compare button")?.textContent === "Compare again"`)
	b.drawn()
	b.says("foretells best", "Pareto/NBD", "MBG/NBD", "chosen", "Compared")
	b.everyWay("model-compared")
	b.onPaper("model", 10)

	b.open("/") // the statement is made anew with the model that was chosen
	b.says("What this statement does not cover")
}

func TestModelOfAnEmptyBook(t *testing.T) {
	b := openTab(t, serveNew(t))
	b.open("/model")
	b.says("There is no model yet", "Drop a file")
	b.everyWay("model-empty")
}
