package event

import (
	"encoding/json"
	"math/big"
	"regexp"
	"strings"

	"github.com/clientele/clientele"
)

// decimals are numbers as systems write them that compute with floating point: more
// decimals than are kept are noise.
var decimals = regexp.MustCompile(`^([0-9]{1,12})(?:\.([0-9]{1,40}))?$`)

// mostMoney bounds a line, so that sums over all of them can be kept.
var mostMoney = clientele.MustMoney("1000000000000")

// amountOf reads a JSON number that is not negative, or a text that holds one; ok is false
// for what is none. Decimals beyond those that records keep are rounded away.
func amountOf(v json.RawMessage) (m clientele.Money, ok bool) {
	parts := decimals.FindStringSubmatch(scalar(v))
	if parts == nil {
		return m, false
	}
	fraction := parts[2] + strings.Repeat("0", clientele.MoneyScale+1)
	units, ok := new(big.Int).SetString(parts[1]+fraction[:clientele.MoneyScale], 10)
	if !ok {
		return m, false
	}
	if fraction[clientele.MoneyScale] >= '5' {
		units.Add(units, big.NewInt(1))
	}
	m, err := clientele.MoneyFromUnits(units, clientele.MoneyScale)
	return m, err == nil
}

// absent reports whether nothing is said.
func absent(v json.RawMessage) bool { return len(v) == 0 || string(v) == "null" }

// scalar is a text, a number or a truth as text; "" is anything else.
func scalar(v json.RawMessage) string {
	var text string
	if json.Unmarshal(v, &text) == nil {
		return strings.TrimSpace(text)
	}
	if s := string(v); len(s) > 0 && s != "null" && s[0] != '{' && s[0] != '[' {
		return s
	}
	return ""
}
