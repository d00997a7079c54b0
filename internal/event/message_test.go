package event

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

var received = time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)

func readIn(t testing.TB, text string) (store.EventMessage, bool, string) {
	t.Helper()
	return reader{source: "shop", currency: "USD", received: received}.read(json.RawMessage(text))
}

// linesOf are the lines of an order as "kind quantity amount".
func linesOf(t testing.TB, properties, name string) (lines []string, reason string) {
	t.Helper()
	m, _, reason := readIn(t, fmt.Sprintf(`{"type":"track","messageId":"m1","userId":"c1","event":%q,"timestamp":"2026-09-30T18:04:05Z","properties":%s}`, name, properties))
	if reason != "" {
		return nil, reason
	}
	var k kept
	if err := json.Unmarshal(m.Body, &k); err != nil {
		t.Fatal(err)
	}
	for _, l := range k.Lines {
		if l.Customer != "c1" || l.Currency != "USD" || l.Time != "2026-09-30T18:04:05.000Z" {
			t.Errorf("%+v", l)
		}
		lines = append(lines, strings.TrimSpace(l.Order+" "+l.Line+" "+l.Kind+" "+l.Quantity+" "+l.Amount+" "+l.Product))
	}
	return lines, ""
}

func TestOrdersBecomeLines(t *testing.T) {
	for name, c := range map[string]struct {
		properties string
		refund     bool
		want       []string
		reason     string
	}{
		"products alone": {`{"order_id":7,"products":[{"product_id":"p","price":19.99,"quantity":2},{"sku":"s","price":"1.005"}]}`, false,
			[]string{"7 1 sale 2 39.98 p", "7 2 sale 1 1.005 s"}, ""},
		"a total with shipping, tax and discount": {`{"order_id":"o","total":110,"shipping":5,"tax":10,"products":[{"name":"n","price":100,"quantity":1}]}`, false,
			[]string{"o 1 sale 1 100.00 n", "o shipping shipping  5.00", "o tax tax  10.00", "o discount discount  -5.00"}, ""},
		"revenue has neither shipping nor tax": {`{"order_id":"o","revenue":90.5,"shipping":5,"tax":10,"products":[{"price":90,"quantity":1}]}`, false,
			[]string{"o 1 sale 1 90.00", "o fee fee  0.50"}, ""},
		"a total alone":        {`{"order_id":"o","total":"12.30"}`, false, []string{"o order sale  12.30"}, ""},
		"products without one": {`{"order_id":"o","total":9,"products":[{"product_id":"p"}]}`, false, []string{"o 1 sale 1 0.00 p", "o order sale  9.00"}, ""},
		"nothing but an order": {`{"order_id":"o"}`, false, []string{"o order sale  0.00"}, ""},
		"noise of floats":      {`{"order_id":"o","total":0.30000000000000004}`, false, []string{"o order sale  0.30"}, ""},
		"refund in full":       {`{"order_id":"o","total":12.5,"products":[{"price":20}]}`, true, []string{"o/refund/m1 refund refund  -12.50"}, ""},
		"refund of products":   {`{"order_id":"o","products":[{"product_id":"p","price":20,"quantity":2}]}`, true, []string{"o/refund/m1 1 refund  -40.00 p"}, ""},

		"refund of what":       {`{"order_id":"o"}`, true, nil, "a refund has to say what is paid back"},
		"no order":             {`{"total":1}`, false, nil, "order_id is missing"},
		"another currency":     {`{"order_id":"o","currency":"EUR"}`, false, nil, `its currency is "EUR", that of the book USD`},
		"the book's currency":  {`{"order_id":"o","currency":"usd","total":1}`, false, []string{"o order sale  1.00"}, ""},
		"negative":             {`{"order_id":"o","total":-1}`, false, nil, `properties.total "-1" is not an amount`},
		"an exponent":          {`{"order_id":"o","total":1e400000000}`, false, nil, "is not an amount"},
		"too much":             {`{"order_id":"o","products":[{"price":999999999999,"quantity":1000000}]}`, false, nil, "more than can be kept"},
		"no quantity":          {`{"order_id":"o","products":[{"quantity":0}]}`, false, nil, "not a number above 0"},
		"not a number of them": {`{"order_id":"o","products":[{"quantity":"NaN"}]}`, false, nil, "not a number above 0"},
		"a product is a text":  {`{"order_id":"o","products":["p"]}`, false, nil, "not those of an order"},
		"properties are none":  {`null`, false, nil, "not those of an order"},
	} {
		t.Run(name, func(t *testing.T) {
			event := orderCompleted
			if c.refund {
				event = orderRefunded
			}
			lines, reason := linesOf(t, c.properties, event)
			if diff := cmp.Diff(c.want, lines); diff != "" || (reason != "") != (c.reason != "") || !strings.Contains(reason, c.reason) {
				t.Errorf("%s %q", diff, reason)
			}
		})
	}
}

// Whatever an order says, its lines add up to its total.
func TestLinesAddUp(t *testing.T) {
	cents := rapid.Int64Range(0, 1e9)
	rapid.Check(t, func(t *rapid.T) {
		amount := func(name string) string {
			n := cents.Draw(t, name)
			return fmt.Sprintf("%d.%02d", n/100, n%100)
		}
		total := amount("total")
		properties := fmt.Sprintf(`{"order_id":"o","total":%s,"tax":%s,"shipping":%s,"products":[{"price":%s,"quantity":%d},{"price":%s}]}`,
			total, amount("tax"), amount("shipping"), amount("price"), rapid.IntRange(1, 99).Draw(t, "quantity"), amount("other"))
		m, _, reason := reader{source: "s", currency: "USD", received: received}.read(
			json.RawMessage(`{"type":"track","userId":"c","event":"Order Completed","properties":` + properties + `}`))
		var k kept
		if err := json.Unmarshal(m.Body, &k); err != nil || reason != "" {
			t.Fatal(err, reason)
		}
		var sum clientele.Money
		for _, l := range k.Lines {
			sum = sum.Add(clientele.MustMoney(l.Amount))
		}
		if !sum.Equal(clientele.MustMoney(total)) {
			t.Errorf("%s: %s, not %s", properties, sum, total)
		}
	})
}

func TestMessages(t *testing.T) {
	long := strings.Repeat("x", maxID+1)
	for name, c := range map[string]struct{ text, want, reason string }{
		"traits, without those that name somebody": {
			`{"type":"identify","messageId":"m","userId":17850.0,"traits":{"plan":"gold","Email":"a@b.c","age":41,"vip":true,"nested":{"a":1},"=cmd":"x","note":"a\u0000b","none":null}}`,
			`17850 waiting {"traits":{"age":"41","note":"ab","plan":"gold","vip":"true"}}`, "",
		},
		"what is read later": {
			`{"type":"track","messageId":"m","anonymousId":"a","event":"Ticket Opened","timestamp":"2026-09-30T18:00:00+02:00","properties":{"x":[1]},"context":{"ip":"192.0.2.1"}}`,
			` later {"event":"Ticket Opened","anonymous":"a","at":"2026-09-30T16:00:00Z","properties":{"x":[1]}}`, "",
		},
		"a clock that is off": {
			`{"type":"track","messageId":"m","userId":"c","event":"E","timestamp":"2020-01-01T00:00:00Z","sentAt":"2020-01-01T01:00:00Z"}`,
			`c later {"event":"E","at":"2026-10-01T08:00:00Z"}`, "",
		},
		"a clock that is near enough": {
			`{"type":"track","messageId":"m","userId":"c","event":"E","timestamp":"2026-10-01T08:00:00Z","sentAt":"2026-10-01T08:59:30Z"}`,
			`c later {"event":"E","at":"2026-10-01T08:00:00Z"}`, "",
		},
		"a page":               {`{"type":"page","messageId":"m","userId":"c"}`, "ignored", ""},
		"nobody is identified": {`{"type":"identify","messageId":"m","anonymousId":"a","traits":{"plan":"gold"}}`, "ignored", ""},
		"nothing is told":      {`{"type":"identify","messageId":"m","userId":"c","traits":{"email":"a@b.c"}}`, "ignored", ""},
		"a number":             {`7`, "", "it is no message"},
		"broken":               {"{\"type\":\"track\",\"event\":\"\xff\"}", "", "it is no message"},
		"a type that is none":  {`{"type":"drop","userId":"c"}`, "", "no type of message"},
		"nobody":               {`{"type":"track","event":"E"}`, "", "neither userId nor anonymousId"},
		"an object for a name": {`{"type":"track","event":"E","userId":{"$ne":null}}`, "", "neither userId nor anonymousId"},
		"a long id":            {`{"type":"track","event":"E","userId":"` + long + `"}`, "", "userId has more than"},
		"control characters":   {`{"type":"track","event":"E","userId":"a\u0007"}`, "", "control characters"},
		"no event":             {`{"type":"track","userId":"c"}`, "", "no name"},
		"no zone":              {`{"type":"track","event":"E","userId":"c","timestamp":"2026-09-30T18:00:00"}`, "", "not a time with its zone"},
		"tomorrow's tomorrow":  {`{"type":"track","event":"E","userId":"c","timestamp":"2026-10-03T18:00:00Z"}`, "", "which cannot be"},
		"a message id is none": {`{"type":"track","event":"E","userId":"c","messageId":[1]}`, "", "messageId"},
		"traits are none":      {`{"type":"identify","userId":"c","traits":[1]}`, "", "traits are no object"},
		"too long":             {`{"type":"track","event":"E","userId":"c","properties":"` + strings.Repeat("x", MaxMessage) + `"}`, "", "bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			m, skip, reason := readIn(t, c.text)
			got := fmt.Sprintf("%s %s %s", m.Customer, m.State, m.Body)
			switch {
			case reason != "":
				got = ""
			case skip:
				got = "ignored"
			}
			if got != c.want || (reason != "") != (c.reason != "") || !strings.Contains(reason, c.reason) {
				t.Errorf("got %s, because %q", got, reason)
			}
		})
	}
}

func TestWithoutAnIDAMessageIsWhatItSays(t *testing.T) {
	id := func(text string) string {
		m, _, reason := readIn(t, text)
		if reason != "" {
			t.Fatal(reason)
		}
		return m.ID
	}
	first := id(`{"type":"track","userId":"c","event":"E","sentAt":"2026-10-01T08:59:59Z"}`)
	if again := id(`{"userId":"c", "event":"E","type":"track","sentAt":"2026-10-01T09:00:01Z"}`); again != first {
		t.Errorf("sent again, %s became %s", first, again)
	}
	if other := id(`{"type":"track","userId":"d","event":"E"}`); other == first {
		t.Error("another message has the same id")
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{
		`{"type":"track","messageId":"m","userId":"c","event":"Order Completed","properties":{"order_id":"o","total":1.5,"products":[{"price":1,"quantity":2}]}}`,
		`{"type":"identify","userId":"c","traits":{"plan":"gold"}}`, `{"type":"track","event":"E","userId":1,"timestamp":"2026-09-30T18:00:00Z"}`, `[]`, ``,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, skip, reason := readIn(t, text)
		if reason != "" || skip {
			return
		}
		if m.ID == "" || m.State == store.EventWaiting && len(m.Body) == 0 {
			t.Errorf("%+v", m)
		}
		if _, err := portionOf([]store.EventMessage{m}); err != nil {
			t.Errorf("%s was accepted and cannot be landed: %v", text, err)
		}
	})
}
