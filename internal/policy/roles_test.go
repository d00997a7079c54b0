package policy

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// The table that people read is the one that is asked.
func TestDocumentedRolesAreThoseThatHold(t *testing.T) {
	text, err := os.ReadFile("../../docs/roles.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := roleTable(); !strings.Contains(string(text), want) {
		t.Errorf("docs/roles.md does not have the table that holds:\n%s", want)
	}
}

func roleTable() string {
	var b strings.Builder
	b.WriteString("| may … | permission |")
	rule := "| --- | --- |"
	for _, role := range Roles() {
		fmt.Fprintf(&b, " %s |", role)
		rule += " --- |"
	}
	b.WriteString("\n" + rule + "\n")
	for _, e := range Entries() {
		fmt.Fprintf(&b, "| %s | `%s` |", e.Means, e.Permission.Name())
		for _, role := range Roles() {
			fmt.Fprintf(&b, " %s |", map[Reach]string{Nothing: "–", Own: e.Own, Everything: "yes"}[ReachOf(role, e.Permission)])
		}
		b.WriteString("\n")
	}
	return b.String()
}
