package duckdb

import (
	"fmt"
	"maps"
	"strings"
	"text/template"

	"github.com/clientele/clientele"
)

// A step of a path is a number, so that lists of them sort by when they began: from the top
// down the second of its beginning, six bits of which step it is and, where that is wide,
// twenty bits of by whom and 31 of how many seconds it took.
const (
	stepBits  = 6
	agentBits = 20
	tookBits  = 31
)

// withSteps adds how lists of steps are written to a dialect.
func withSteps(m template.FuncMap) template.FuncMap {
	maps.Copy(m, template.FuncMap{
		"packed":    packed,
		"second_of": func(d clientele.Date) int64 { return secondsSince*86400 + int64(d)*86400 },
		"seconds":   seconds,
		"code":      func(x string, wide bool) string { return stepPart(x, wide, agentBits+tookBits, stepBits) },
		"codes": func(l string, wide bool) string {
			return fmt.Sprintf("list_transform(%s, lambda x: CAST(%s AS TINYINT))", l, stepPart("x", wide, agentBits+tookBits, stepBits))
		},
		"between":   between,
		"handovers": handovers,
		"waited":    waited,
		"lasted": func(l string) string {
			return fmt.Sprintf("(%s + %s - %s)", seconds(l+"[-1]", true), took(l+"[-1]"), seconds(l+"[1]", true))
		},
		"row_id":      func(table string) string { return table + ".rowid" },
		"sorted_list": func(x string) string { return fmt.Sprintf("list_sort(list(%s))", x) },
		"first_of":    func(l string) string { return l + "[1]" },
		"last_of":     func(l string) string { return l + "[-1]" },
		"but_first":   func(l string) string { return l + "[2:]" },
		"but_last":    func(l string) string { return l + "[:-2]" },
		"part":        func(l, from, to string) string { return fmt.Sprintf("%s[%s:%s - 1]", l, from, to) },
		"each":        func(l string) string { return fmt.Sprintf("unnest(%s)", l) },
		"places":      func(l string) string { return fmt.Sprintf("range(1, len(%s) + 1)", l) },
		"size":        func(l string) string { return fmt.Sprintf("len(%s)", l) },
		"different":   func(l string) string { return fmt.Sprintf("list_unique(%s)", l) },
		"only_start":  func() string { return "[CAST(1 AS BIGINT)]" },
		"starts":      starts,
		"ends":        func(places, l string) string { return fmt.Sprintf("list_append(%s[2:], len(%s) + 1)", places, l) },
		"touches":     touches,
		"median":      func(x string) string { return fmt.Sprintf("median(%s)", x) },
	})
	return m
}

// secondsSince is the days from the first of year 1, from which seconds count, to 1970.
const secondsSince = 719162

func packed(begin, code, agent, end string, wide bool) string {
	x := fmt.Sprintf("date_diff('second', TIMESTAMP '0001-01-01', %s) * %d + %s", begin, 1<<stepBits, code)
	if !wide {
		return x
	}
	took := fmt.Sprintf("CASE WHEN %[1]s > %[2]s THEN least(date_diff('second', %[2]s, %[1]s), %[3]d) ELSE 0 END", end, begin, 1<<tookBits-1)
	return fmt.Sprintf("(CAST(%s AS HUGEINT) * %d + %s) * %d + %s", x, 1<<agentBits, agent, int64(1)<<tookBits, took)
}

// stepPart is some bits of a step, above others.
func stepPart(x string, wide bool, above, bits int) string {
	switch {
	case !wide:
		return fmt.Sprintf("%s %% %d", x, 1<<bits)
	case above == 0:
		return fmt.Sprintf("CAST(%s %% %d AS BIGINT)", x, int64(1)<<bits)
	}
	return fmt.Sprintf("CAST(%s // %d %% %d AS BIGINT)", x, int64(1)<<above, int64(1)<<bits)
}

// seconds is when a step began.
func seconds(x string, wide bool) string {
	if !wide {
		return fmt.Sprintf("(%s // %d)", x, 1<<stepBits)
	}
	return fmt.Sprintf("CAST(%s // %d AS BIGINT)", x, int64(1)<<(stepBits+agentBits+tookBits))
}

// took is how many seconds a wide step took; 0 is not known.
func took(x string) string { return stepPart(x, true, 0, tookBits) }

// between is the seconds from a step to the next, from its end where that is known.
func between(before, after string, wide bool) string {
	if !wide {
		return seconds(after, false) + " - " + seconds(before, false)
	}
	return fmt.Sprintf("greatest(0, %s - %s - %s)", seconds(after, true), seconds(before, true), took(before))
}

// handovers counts the steps by another agent than that of the step before of which an agent
// is known.
func handovers(l string) string {
	agents := fmt.Sprintf("list_filter(list_transform(%s, lambda x: %s), lambda x: x > 0)", l, stepPart("x", true, tookBits, agentBits))
	return fmt.Sprintf("coalesce(list_sum(list_transform(list_zip(%[1]s[2:], %[1]s), lambda x: CASE WHEN x[1] <> x[2] THEN 1 ELSE 0 END)), 0)", "("+agents+")")
}

// waited is the seconds in which no step was under way.
func waited(l string) string {
	return fmt.Sprintf("coalesce(list_sum(list_transform(%s[2:], lambda x, i: %s)), 0)", l, between(l+"[i]", "x", true))
}

// starts are the places in a list at which more than some days have passed since the step before.
func starts(l string, days int, wide bool) string {
	late := func(after, before string) string {
		return fmt.Sprintf("%s - %s > %d", seconds(after, wide), seconds(before, wide), days*86400)
	}
	return fmt.Sprintf("CASE WHEN NOT %[2]s THEN [CAST(1 AS BIGINT)] ELSE list_filter(range(1, len(%[1]s) + 1), lambda i: i = 1 OR %[3]s) END",
		l, "("+late(l+"[-1]", l+"[1]")+")", late(l+"[i]", l+"[i - 1]"))
}

// touches reports whether a list has one of the steps.
func touches(l string, codes []int) string {
	texts := make([]string, len(codes))
	for i, c := range codes {
		texts[i] = fmt.Sprint(c)
	}
	return fmt.Sprintf("list_has_any(%s, CAST([%s] AS TINYINT[]))", l, strings.Join(texts, ", "))
}
