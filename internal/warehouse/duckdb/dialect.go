package duckdb

import (
	"fmt"
	"strings"
	"text/template"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// statements are the embedded queries that take parameters, by file name. What
// they hold beyond the SQL that engines share goes through the functions of dialect.
var statements = template.Must(template.New("").Funcs(dialect).ParseFS(queries, "queries/*.sql"))

// render fills a query in. Its parameters become literals, so that the text that
// runs is the text that people can be shown.
func render(name string, parameters any) string {
	var b strings.Builder
	if err := statements.ExecuteTemplate(&b, name+".sql", parameters); err != nil {
		panic(err)
	}
	return strings.TrimSpace(b.String())
}

// dialect is what differs between engines, and how parameters are written.
var dialect = withSteps(template.FuncMap{
	"text":       literal,
	"texts":      literals,
	"lot":        func(seed, id string) string { return fmt.Sprintf("md5(concat(%s, %s))", literal(seed), id) },
	"identifier": identifier,
	"date":       func(d clientele.Date) string { return "DATE '" + d.String() + "'" },
	"plus_days":  func(day string, n int) string { return fmt.Sprintf("(%s + %d)", day, n) },
	"chunk":      chunk,
	"monthly":    monthly,
	"periods":    periods,
	"months": func(from, to string) string {
		return fmt.Sprintf("CAST(datesub('month', %s, %s) AS INTEGER)", from, to)
	},
	"lasting":         lasting,
	"words":           words,
	"language":        spoken,
	"shuffled":        shuffled,
	"list":            listed,
	"comment_length":  func() int { return warehouse.CommentLength },
	"due":             due,
	"month":           func(day string) string { return "CAST(date_trunc('month', " + day + ") AS DATE)" },
	"quarter":         func(day string) string { return "CAST(date_trunc('quarter', " + day + ") AS DATE)" },
	"one_of":          func(id string, n int64) string { return fmt.Sprintf("hash(%s) %% %d = 0", id, n) },
	"no_customer":     func() string { return literal(clientele.NoCustomerSegment) },
	"unknown_reason":  func() string { return literal(clientele.UnknownReason) },
	"unknown_segment": func() string { return literal(clientele.UnknownSegment) },
})

// chunk numbers runs of so many days from a day on.
func chunk(day string, from clientele.Date, days int) string {
	return fmt.Sprintf("date_diff('day', DATE '%s', %s) // %d", from, day, days)
}

// monthly is a recurring amount as an amount a month, to six decimals, half
// rounded up: a year has 365 days, 52 weeks, 12 months or 4 quarters. Missing is 0.
func monthly(amount, period string) string {
	return fmt.Sprintf(`coalesce(CAST((CAST(round(%s * 1000000) AS HUGEINT)
            * CASE %s WHEN 'day' THEN 365 WHEN 'week' THEN 52 WHEN 'quarter' THEN 4 WHEN 'year' THEN 1 ELSE 12 END + 6) // 12
            AS DECIMAL(32, 0)) * CAST(0.000001 AS DECIMAL(6, 6)), 0)`, amount, period)
}

// periods counts the whole recurring periods from a day to another.
func periods(period, from, to string) string {
	return fmt.Sprintf(`CAST(CASE %[1]s WHEN 'day' THEN date_diff('day', %[2]s, %[3]s) WHEN 'week' THEN date_diff('day', %[2]s, %[3]s) // 7
            WHEN 'quarter' THEN datesub('month', %[2]s, %[3]s) // 3 WHEN 'year' THEN datesub('month', %[2]s, %[3]s) // 12
            ELSE datesub('month', %[2]s, %[3]s) END AS INTEGER)`, period, from, to)
}

// due is the first day of the month in which a number of recurring periods from a day is over.
func due(period, from, n string) string {
	return fmt.Sprintf(`CAST(date_trunc('month', CASE %[1]s WHEN 'day' THEN %[2]s + to_days(%[3]s) WHEN 'week' THEN %[2]s + to_days(7 * (%[3]s))
            WHEN 'quarter' THEN %[2]s + to_months(3 * (%[3]s)) WHEN 'year' THEN %[2]s + to_months(12 * (%[3]s))
            ELSE %[2]s + to_months(%[3]s) END) AS DATE)`, period, from, n)
}

// lasting is the minutes from an instant to another, on the grid of warehouse.Duration.
func lasting(from, to string) string {
	seconds := fmt.Sprintf("date_diff('second', %s, %s)", from, to)
	return fmt.Sprintf(`CASE WHEN %[1]s < 86400 THEN (%[1]s + 59) // 60 WHEN %[1]s < 60 * 86400 THEN (%[1]s + 3599) // 3600 * 60
            ELSE (%[1]s + 86399) // 86400 * 1440 END`, seconds)
}
