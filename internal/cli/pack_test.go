package cli

import (
	"encoding/csv"
	"html"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/clientele/clientele"
)

// says FILE checks that an HTML file has every figure of the statement that stands on
// standard output as CSV.
func says(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: says FILE")
	}
	page := html.UnescapeString(ts.ReadFile(args[0]))
	rows, err := csv.NewReader(strings.NewReader(ts.ReadFile("stdout"))).ReadAll()
	ts.Check(err)
	said := 0
	for _, row := range rows[1:] {
		line, value := row[0], strings.TrimPrefix(row[2], "-")
		if value == "" || strings.HasPrefix(line, "rates.") {
			continue
		}
		m, err := clientele.ParseMoney(value)
		ts.Check(err)
		text := m.Grouped(0)
		if strings.Contains(value, ".") {
			text = m.Grouped(2)
		}
		if !strings.Contains(page, ">"+text+"<") && !strings.Contains(page, ">+"+text+"<") && !strings.Contains(page, ">−"+text+"<") {
			ts.Fatalf("%s does not say %s, the %s", args[0], text, line)
		}
		said++
	}
	if said < 14 {
		ts.Fatalf("only %d figures were compared", said)
	}
}
