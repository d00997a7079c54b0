package duckdb

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/clientele/clientele"
)

// The reasons for which a row is rejected, each with what to do about it.

var (
	plainNumber = regexp.MustCompile(`^\s*[+-]?[0-9]*\.?([0-9]*)\s*$`)
	localNumber = regexp.MustCompile(`^\s*[+-]?[0-9]+([.,' ][0-9]+)*\s*$`)
)

func notNumber(s string) string {
	if m := plainNumber.FindStringSubmatch(s); m != nil {
		if decimals := strings.TrimRight(m[1], "0"); len(decimals) > clientele.MoneyScale {
			return fmt.Sprintf("%s has %d decimals, at most %d are kept: round it in the mapping or in the file", s, len(decimals), clientele.MoneyScale)
		}
		return fmt.Sprintf("%s is too large a number: correct it", s)
	}
	if localNumber.MatchString(s) {
		return fmt.Sprintf("%q is not a plain number: name its decimal mark in the mapping, for example number(x, ',')", s)
	}
	return fmt.Sprintf("%q is not a number: correct it, or leave it empty", s)
}

func notTime(s string) string {
	return fmt.Sprintf("%q is not a day or time that exists: correct it, or name its format in the mapping, for example date(x, 'dmy')", s)
}

func notTruth(s string) string {
	return fmt.Sprintf("%q is neither yes nor no: write yes or no", s)
}

func notComputed(s string) string {
	return fmt.Sprintf("%s cannot be computed exactly: it is too large, has too many decimals or divides by zero; correct the numbers", s)
}

func outOfRange(s string) string {
	return fmt.Sprintf("%s lies outside the years 1900 to 2200: correct it, or name its format in the mapping", s)
}

func missing(field string) string {
	switch field {
	case "amount":
		return "there is no amount: fill amount, or unit_price (and quantity), or map another column"
	case "time", "date", "start":
		return fmt.Sprintf("the %s is missing: fill it in, or map another column", field)
	}
	return fmt.Sprintf("%s is missing: fill it in, or map another column", field)
}

func foreign(s, book string) string {
	return fmt.Sprintf("currency %s is not the book's %s: convert the amounts first, or keep them in a book of their own", s, book)
}

// malformed explains what the reader of CSV says of a row.
func malformed(kind, message string) string {
	expected := regexp.MustCompile(`\d+`).FindAllString(message, 2)
	switch {
	case kind == "MISSING COLUMNS" && len(expected) == 2:
		return fmt.Sprintf("the row has %s columns, not %s: is a delimiter missing, or the row cut off?", expected[1], expected[0])
	case kind == "TOO MANY COLUMNS" && len(expected) == 2:
		return fmt.Sprintf("the row has %s columns, not %s: quote the value that holds a delimiter", expected[1], expected[0])
	case kind == "UNQUOTED VALUE":
		return "a quotation mark within the row is not closed: close it, or double it where it belongs to the value"
	case kind == "INVALID ENCODING":
		return "the row holds bytes that are not text in the file's encoding: save the file as UTF-8"
	case kind == "LINE SIZE OVER MAXIMUM":
		return "the row is longer than 16 MB: is a quotation mark not closed?"
	}
	return "the row cannot be read: " + message
}
