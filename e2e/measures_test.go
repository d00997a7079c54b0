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

// What was imported is measured in every size and theme, and can be asked for otherwise; a
// book without any says what to do.
func TestMeasures(t *testing.T) {
	needBrowser(t)
	b := openTab(t, serveAnswers(t, writeAnswers(t)))
	b.open("/measures")
	b.until(`location.pathname === "/measures" && document.readyState === "complete"`)
	b.says("What stands out of late: net promoter score.", "What cannot be told")
	b.everyWay("measures")
	b.open("/measures/nps?by=touchpoint")
	b.until(`location.pathname === "/measures/nps" && document.querySelector(".plot svg path") !== null`)
	b.says("for the worse", "a false alarm every 92 points", "By touchpoint", "What it means")
	b.everyWay("measure")
	b = openTab(t, serveAnswers(t))
	b.open("/measures")
	b.until(`location.pathname === "/measures" && document.readyState === "complete"`)
	b.says("Nothing is measured yet.", "--as interactions")
	b.everyWay("measures-empty")
}

// serveAnswers serves a new book of some answers.
func serveAnswers(t *testing.T, files ...string) (base string) {
	t.Helper()
	book := filepath.Join(t.TempDir(), "book")
	command(t, "init", book, "--name", "Northfield Trading", "--currency", "GBP")
	for _, file := range files {
		command(t, "import", book, file, "--as", "feedback")
	}
	base, stop := serve(t, book)
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return base
}

// writeAnswers makes two years of answers up, of which the last month is bad.
func writeAnswers(t *testing.T) string {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	first, last := clientele.MustDate("2024-01-01"), clientele.MustDate("2025-12-31")
	var text strings.Builder
	text.WriteString("response,time,touchpoint,instrument,score,scale_min,scale_max\n")
	for day := first; day <= last; day++ {
		for i := range 4 {
			score := 5 + r.IntN(6)
			if day >= clientele.MustDate("2025-12-01") {
				score = r.IntN(8)
			}
			fmt.Fprintf(&text, "%s-%d,%s,%s,nps,%d,0,10\n", day, i, day, []string{"shop", "delivery"}[i%2], score)
		}
	}
	path := filepath.Join(t.TempDir(), "answers.csv")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
