package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clientele/clientele"
)

// Contracts that were imported are told of in every size and theme; a book without any says
// what to do.
func TestContracts(t *testing.T) {
	needBrowser(t)
	book := filepath.Join(t.TempDir(), "book")
	command(t, "init", book, "--name", "Northfield Trading", "--currency", "GBP", "--margin", "0.3")
	command(t, "import", book, writeContracts(t), "--as", "subscriptions")
	base, stop := serve(t, book)
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	b := openTab(t, base)
	b.open("/contracts")
	b.until(`location.pathname === "/contracts" && document.readyState === "complete"`)
	b.says("contracts run, and bring", "Running contracts are worth", "By the plan that a contract began with", "By year of the start")
	b.everyWay("contracts")
	b = openTab(t, serveDemo(t))
	b.open("/contracts")
	b.until(`location.pathname === "/contracts" && document.readyState === "complete"`)
	b.says("There are no contracts yet.")
	b.everyWay("contracts-empty")
}

// writeContracts makes monthly contracts of two plans up over four years.
func writeContracts(t *testing.T) string {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	last := clientele.MustDate("2025-12-31")
	var text strings.Builder
	text.WriteString("customer,start,end,plan,recurring_amount,recurring_period\n")
	for i := range 400 {
		start, end, months := clientele.MustDate("2022-01-01")+clientele.Date(r.IntN(1460)), "", 0
		for leaves := 0.3 * r.Float64(); end == "" && start.AddMonths(months+1) <= last; months++ {
			if r.Float64() < leaves {
				end = (start.AddMonths(months+1) - 1).String()
			}
		}
		fmt.Fprintf(&text, "c%d,%s,%s,%s,%d,month\n", i, start, end, []string{"basic", "gold"}[i%2], 10+10*(i%2))
	}
	path := filepath.Join(t.TempDir(), "contracts.csv")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
