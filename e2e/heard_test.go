package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// heard makes up sixty customers: all order, two of three are delivered to in time, and the
// others call, some of them twice.
func heard() map[string]string {
	var orders, steps, answers strings.Builder
	orders.WriteString("order,customer,time,amount\n")
	steps.WriteString("interaction,customer,case,touchpoint,time,outcome\n")
	answers.WriteString("response,customer,touchpoint,time,instrument,score,scale_min,scale_max,text\n")
	step := func(id string, c, day int, touchpoint, outcome string) {
		fmt.Fprintf(&steps, "%s,C-%d,o%d,%s,2026-03-%02d 10:00,%s\n", id, c, c, touchpoint, day, outcome)
	}
	for c := 1; c <= 60; c++ {
		fmt.Fprintf(&orders, "o%d,C-%d,2026-03-%02d,%d.50\np%d,C-%d,2026-05-%02d,80\n", c, c, 1+c%9, 40+c, c, c, 1+c%9)
		step(fmt.Sprintf("a%d", c), c, 1+c%9, "Checkout", "done")
		step(fmt.Sprintf("b%d", c), c, 11+c%4, "Delivery", "done")
		score, text := 9+c%2, "Quick delivery and a friendly driver, thank you"
		if c%3 == 0 {
			score, text = c%5, "The parcel was late and the box was broken"
			for n := range 1 + c%2 {
				step(fmt.Sprintf("c%d-%d", c, n), c, 16+n, "Help line", "open")
			}
		}
		fmt.Fprintf(&answers, "r%d,C-%d,Delivery,2026-03-%02d,nps,%d,0,10,\"%s, order %d.\"\n", c, c, 20+c%5, score, text, c)
	}
	return map[string]string{
		"map.yaml": "journeys:\n  - name: Buying\n    stages:\n      - name: Order\n        touchpoints: [{name: Checkout, owner: Ann Order}]\n" +
			"      - name: Get it\n        touchpoints: [{name: Delivery, owner: Olive Owner}, {name: Help line}]\n",
		"transactions.csv": orders.String(), "interactions.csv": steps.String(), "feedback.csv": answers.String(),
	}
}

// The paths that customers took, one customer, what they say in their own words, and what is
// to be mailed: in every size and theme.
func TestPathsCustomersThemesAndMail(t *testing.T) {
	b := openTab(t, serveMapped(t, heard(), "\n[mail]\nhost = \"localhost\"\nport = 2525\nfrom = \"care@example.com\"\ntls = \"none\"\n"))
	for _, p := range []shown{
		{"journeys-observed", "/journeys/observed", "Help line"},
		{"customers", "/customers", "Customer"},
		{"customer", "/customers/C-3", "The parcel was late"},
		{"themes", "/themes", "parcel"},
		{"mail", "/mail", "Nothing"},
	} {
		b.open(p.path)
		b.until(`!location.pathname.startsWith("/jobs/") && document.readyState === "complete"`)
		b.says(p.says)
		b.everyWay(p.name)
	}
}
