package duckdb

import (
	"fmt"
	"strings"

	"github.com/clientele/clientele/internal/warehouse"
)

// Conversions of text to SQL values. Each takes SQL of type VARCHAR and gives SQL
// that is null where the text is no such value. They are written as a cheap test
// for the usual shape, and a thorough path for the rest: CASE computes each
// branch only for its own rows.

// blanks are what may surround a value.
const blanks = " \t\r\n\u00a0\u202f"

func trimmed(x string) string { return fmt.Sprintf("trim(%s, %s)", x, literal(blanks)) }

// idSQL trims, drops the ".0" that spreadsheets add to numbers, and makes "" missing.
func idSQL(x string) string {
	return fmt.Sprintf(`CASE WHEN %s AND NOT contains(%[2]s, '.') THEN %[2]s
		ELSE nullif(regexp_replace(%[3]s, '^([+-]?[0-9]+)[.]0+$', '\1'), '') END`, bare(x), x, trimmed(x))
}

// textSQL trims, and makes "" missing.
func textSQL(x string) string {
	return fmt.Sprintf("CASE WHEN %s THEN %s ELSE nullif(%s, '') END", bare(x), x, trimmed(x))
}

// bareIDSQL and bareTextSQL do the same for texts that no blanks surround, and that are
// null where they are empty.

func bareIDSQL(x string) string {
	return fmt.Sprintf("CASE WHEN contains(%[1]s, '.') THEN %[2]s ELSE %[1]s END", x, idSQL(x))
}

func bareTextSQL(x string) string { return x }

// bare is the condition that a text is not empty and no blanks surround it.
func bare(x string) string {
	conditions := []string{x + " >= '!'"} // leaves the blanks that need a look at the first character
	for _, blank := range blanks {
		conditions = append(conditions, fmt.Sprintf("NOT suffix(%s, %s)", x, literal(string(blank))))
		if blank > '!' {
			conditions = append(conditions, fmt.Sprintf("NOT prefix(%s, %s)", x, literal(string(blank))))
		}
	}
	return strings.Join(conditions, " AND ")
}

// narrowSQL reads decimals of up to six places and twelve digits, exactly; it is
// null for others. Reading into 128 bits takes the engine a hundred times longer.
func narrowSQL(x string) string {
	return fmt.Sprintf(`CASE WHEN (instr(%[1]s, '.') = 0 OR strlen(%[1]s) - instr(%[1]s, '.') <= 6) AND instr(%[1]s, '-') <= 1
		THEN TRY_CAST(%[1]s AS DECIMAL(18, 6)) END`, x)
}

// wideSQL reads decimals of up to twelve places and twenty-six digits, exactly:
// the engine would round further places without a word.
func wideSQL(x string) string {
	t := trimmed(x)
	return fmt.Sprintf(`CASE WHEN regexp_full_match(%[1]s, '[+-]?[0-9]*[.]?[0-9]{0,12}0*') THEN TRY_CAST(%[1]s AS DECIMAL(38, 12))
		WHEN regexp_full_match(%[1]s, '[+-]?[0-9]{1,2}([.][0-9]{0,16})?[eE][+-]?[0-9]{1,2}')
			AND TRY_CAST(TRY_CAST(%[1]s AS DECIMAL(38, 12)) AS DOUBLE) = TRY_CAST(%[1]s AS DOUBLE) THEN TRY_CAST(%[1]s AS DECIMAL(38, 12)) END`, t)
}

// localeSQL rewrites a decimal with thousands marks, currency signs or brackets
// for a negative as a plain one. Marks that do not group by thousands are not
// dropped: "1,5" with a decimal point is no number, and not fifteen.
func localeSQL(x, mark string) string {
	thousands := `,'’`
	if mark == "," {
		thousands = `.'’`
	}
	currency := `[\p{L}\p{Sc}]{0,4}`
	gap := `[\s\p{Zs}]*`
	number := fmt.Sprintf(`([0-9]{1,3}([%[1]s\s\p{Zs}][0-9]{2,3})*[%[1]s\s\p{Zs}][0-9]{3}([%[2]s][0-9]*)?|[0-9]+([%[2]s][0-9]*)?|[%[2]s][0-9]+)`, thousands, mark)
	shape := gap + `\(?` + gap + `[-+−]?` + gap + currency + gap + `[-+−]?` + gap + number + gap + currency + gap + `-?` + gap + `\)?` + gap
	return fmt.Sprintf(`CASE WHEN regexp_full_match(%[1]s, %[2]s) THEN
		CASE WHEN regexp_matches(%[1]s, '[-−(]') THEN '-' ELSE '' END || replace(regexp_replace(%[1]s, %[3]s, '', 'g'), ',', '.') END`, x, literal(shape), literal("[^0-9"+mark+"]"))
}

// truthSQL reads yes and no in the usual spellings.
func truthSQL(x string) string {
	return fmt.Sprintf(`CASE WHEN lower(%[1]s) IN ('true', 't', 'yes', 'y', '1', '1.0') THEN true
		WHEN lower(%[1]s) IN ('false', 'f', 'no', 'n', '0', '0.0') THEN false END`, trimmed(x))
}

// zoned converts an instant (TIMESTAMPTZ) to the book's local time.
func zoned(instant, zone string) string {
	return fmt.Sprintf("timezone(%s, %s)", literal(zone), instant)
}

// Shapes of ISO 8601 days, local times and offsets.
const (
	dayShape   = `[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}`
	clockShape = `[T ][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?`
	zoneShape  = ` ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)`
)

// noTime is the local time where there are days only.
const noTime = "CAST(NULL AS TIMESTAMP)"

// The conversions of times give two values: the local time, null for a bare day,
// and the day, which counts where there is no local time.

// isoSQL reads a text of any ISO 8601 shape.
func isoSQL(x, zone string) (local, day string) {
	t := trimmed(x)
	instant := fmt.Sprintf(`TRY_CAST(regexp_replace(regexp_replace(%s, ' ?(Z|UTC)$', '+00'), ' ?([+-][0-9]{2}):?([0-9]{2})$', '\1:\2') AS TIMESTAMPTZ)`, t)
	local = fmt.Sprintf("CASE WHEN regexp_full_match(%[1]s, %[2]s) THEN TRY_CAST(%[1]s AS TIMESTAMP) WHEN regexp_full_match(%[1]s, %[3]s) THEN %[4]s END",
		t, literal(dayShape+clockShape), literal(dayShape+clockShape+zoneShape), zoned(instant, zone))
	return local, fmt.Sprintf("CASE WHEN regexp_full_match(%[1]s, %[2]s) THEN TRY_CAST(%[1]s AS DATE) END", t, literal(dayShape))
}

// orderedSQL reads a day, perhaps with a time, whose parts come in an order such
// as dmy, whatever separates them.
func orderedSQL(x, order string) (local, day string) {
	parts := map[rune]string{'d': "%d", 'm': "%m", 'y': "%y"}
	var short []string
	for _, c := range order {
		short = append(short, parts[c])
	}
	var formats []string
	for _, clock := range []string{"", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p"} {
		date := strings.Join(short, "/")
		formats = append(formats, literal(date+clock), literal(strings.ReplaceAll(date, "%y", "%Y")+clock))
	}
	even := fmt.Sprintf(`trim(regexp_replace(%s, '^([0-9]+)[-./ ]+([0-9]+)[-./ ]+([0-9]+)[T, ]*', '\1/\2/\3 '))`, trimmed(x))
	at := fmt.Sprintf("try_strptime(%s, [%s])", even, strings.Join(formats, ", "))
	return fmt.Sprintf("CASE WHEN contains(%s, ':') THEN %s END", x, at), fmt.Sprintf("CAST(%s AS DATE)", at)
}

// formattedSQL reads a time in a strptime format. A format without a clock gives
// a bare day; one with a zone, or for a column of instants, is converted.
func formattedSQL(x, format, zone string, instant bool) (local, day string) {
	at := fmt.Sprintf("try_strptime(%s, %s)", trimmed(x), literal(format))
	if instant || strings.Contains(format, "%z") || strings.Contains(format, "%Z") {
		at = zoned(fmt.Sprintf("CAST(%s AS TIMESTAMPTZ)", at), zone)
	}
	day = fmt.Sprintf("CAST(%s AS DATE)", at)
	if !strings.Contains(format, "%H") && !strings.Contains(format, "%I") && !strings.Contains(format, "%s") {
		return noTime, day
	}
	return at, day
}

// timeSQL reads a column's text as a time, by what is known of the column.
func timeSQL(x string, c *warehouse.Column, zone string) (local, day string) {
	local, day = isoSQL(x, zone)
	if c == nil {
		return local, day
	}
	switch {
	case c.Layout != "" && (c.Type == warehouse.DateColumn || c.Type == warehouse.TimeColumn || c.Type == warehouse.InstantColumn):
		return formattedSQL(x, c.Layout, zone, c.Type == warehouse.InstantColumn)
	case c.Type == warehouse.DateColumn:
		return noTime, fmt.Sprintf("CASE WHEN strlen(%[1]s) = 10 THEN TRY_CAST(%[1]s AS DATE) ELSE %[2]s END", x, day)
	case c.Type == warehouse.TimeColumn:
		usual := fmt.Sprintf("strlen(%[1]s) = 19 AND %[1]s[17] = ':'", x)
		local = fmt.Sprintf("CASE WHEN %s THEN TRY_CAST(%s AS TIMESTAMP) ELSE %s END", usual, x, local)
	case c.Type == warehouse.InstantColumn:
		local = fmt.Sprintf("CASE WHEN strlen(%[1]s) = 20 AND suffix(%[1]s, 'Z') THEN %[2]s ELSE %[3]s END",
			x, zoned(fmt.Sprintf("CAST(TRY_CAST(%s AS TIMESTAMP) AS TIMESTAMPTZ)", x), zone), local)
	}
	return local, day
}
