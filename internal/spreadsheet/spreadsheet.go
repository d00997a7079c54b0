// Package spreadsheet keeps what outsiders wrote harmless in the files that
// people open with a spreadsheet. Every text cell and header of an export goes
// through Text; numbers stay numbers.
package spreadsheet

import "strings"

// Text keeps a spreadsheet from taking a text for a formula: one that begins
// with = + - @ tab or carriage return gets an apostrophe before it.
func Text(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
