package privacy

import (
	"regexp"
	"strings"
)

// blanks are what may surround an id.
const blanks = " \t\r\n\u00a0\u202f"

// spreadsheets write whole numbers with a point and zeros.
var wholeNumber = regexp.MustCompile(`^([+-]?[0-9]+)[.]0+$`)

// Canonical is an id as the records have it: 17850.0 and " 17850" are 17850, and 00017850
// is another.
func Canonical(id string) string {
	id = strings.Trim(id, blanks)
	if m := wholeNumber.FindStringSubmatch(id); m != nil {
		return m[1]
	}
	return id
}
