package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// From the list of closes to what would be otherwise in one since late data came.
func TestClosesAndWhatCameLate(t *testing.T) {
	needBrowser(t)
	book := filepath.Join(t.TempDir(), "book")
	command(t, "init", book, "--name", "Northfield Trading", "--currency", "GBP", "--margin", "0.3")
	command(t, "import", book, writeOrders(t))
	command(t, "close", book, "--period", "2024-Q3", "--by", "Ada Lovelace")
	command(t, "close", book, "--period", "2024-Q4", "--by", "Ada Lovelace")
	late := filepath.Join(t.TempDir(), "late.csv")
	if err := os.WriteFile(late, []byte("order_id,customer_id,order_date,amount\n9,LATE,2024-11-05,12.50\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	command(t, "import", book, late)
	base, stop := serve(t, book)
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	b := openTab(t, base)
	b.open("/closes")
	b.says("Closed up to 31 Dec 2024.", "2024-Q3", "Ada Lovelace")
	b.everyWay("closes")
	b.tabTo(`a[href="/closes/2024-Q4"]`)
	b.do(chromedp.KeyEvent(kb.Enter))
	b.until(`location.pathname === "/closes/2024-Q4" && document.readyState === "complete"`)
	b.says("The closed figures stand", "New customers", "+1", "What made it")
	b.everyWay("closed")
	b.open("/closes/2024-Q3")
	b.says("The records give every closed figure again.")
}

func TestClosesOfAnEmptyBook(t *testing.T) {
	b := openTab(t, serveNew(t))
	b.open("/closes")
	b.says("No period is closed yet.")
	b.everyWay("closes-empty")
}
