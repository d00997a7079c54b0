package ingest

import (
	"encoding/xml"
	"math"
	"strconv"
	"strings"
	"time"
)

// clock says how a number format shows a date.
type clock uint8

const (
	noDate clock = iota
	dateOnly
	dateTime
	timeOnly
)

func (b *workbook) loadStyles() error {
	formats := map[string]clock{}
	inCells := false
	return b.elements("xl/styles.xml", func(e xml.StartElement, _ *xml.Decoder) error {
		switch e.Name.Local {
		case "numFmt":
			formats[attribute(e, "numFmtId")] = clockOf(attribute(e, "formatCode"))
		case "cellStyleXfs", "cellStyles", "dxfs":
			inCells = false
		case "cellXfs":
			inCells = true
		case "xf":
			if id := attribute(e, "numFmtId"); inCells {
				c, custom := formats[id]
				if !custom {
					c = builtinClock(id)
				}
				b.dates = append(b.dates, c)
			}
		}
		return nil
	})
}

// builtinClock knows the number formats that ECMA-376 part 1, 18.8.30, fixes.
func builtinClock(id string) clock {
	n, _ := strconv.Atoi(id)
	switch {
	case n == 22:
		return dateTime
	case n >= 14 && n <= 17 || n >= 27 && n <= 31 || n == 36 || n >= 50 && n <= 58:
		return dateOnly
	case n >= 18 && n <= 21 || n >= 32 && n <= 35 || n >= 45 && n <= 47:
		return timeOnly
	}
	return noDate
}

// clockOf reads a format code, leaving out quoted text, colours and conditions.
func clockOf(code string) clock {
	code, _, _ = strings.Cut(code, ";")
	day, hour := false, false
	for i := 0; i < len(code); i++ {
		switch c := code[i] | 0x20; {
		case code[i] == '"':
			i += max(0, strings.IndexByte(code[i+1:]+`"`, '"')+1)
		case code[i] == '[':
			inner, _, _ := strings.Cut(code[i+1:], "]")
			hour = hour || strings.Trim(strings.ToLower(inner), "hms") == "" && inner != ""
			i += len(inner) + 1
		case code[i] == '\\' || code[i] == '_' || code[i] == '*':
			i++
		case c == 'd' || c == 'y':
			day = true
		case c == 'h' || c == 's':
			hour = true
		}
	}
	switch {
	case day && hour:
		return dateTime
	case day:
		return dateOnly
	case hour:
		return timeOnly
	}
	return noDate
}

func (b *workbook) value(kind, style, text string) string {
	switch kind {
	case "s":
		i, err := strconv.Atoi(text)
		if err != nil || i < 0 || i >= len(b.strings) {
			return ""
		}
		return b.strings[i]
	case "b":
		if text == "1" {
			return "true"
		}
		return "false"
	case "", "n":
		return b.number(style, text)
	}
	return text
}

// number writes a number with the 15 digits that Excel shows, a date as ISO 8601.
func (b *workbook) number(style, text string) string {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) {
		return text
	}
	s, _ := strconv.Atoi(style)
	if s >= 0 && s < len(b.dates) && b.dates[s] != noDate && f >= 0 && f < 2958466 { // 9999-12-31
		return b.date(f, b.dates[s])
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 15, 64), 64)
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

func (b *workbook) date(serial float64, c clock) string {
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if b.from1904 {
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	} else if serial < 60 { // Excel counts a 29 February 1900 that never was
		epoch = epoch.AddDate(0, 0, 1)
	}
	day := math.Floor(serial)
	t := epoch.AddDate(0, 0, int(day)).Add(time.Duration(math.Round((serial-day)*86400)) * time.Second)
	switch {
	case c == timeOnly && serial < 1:
		return t.Format(time.TimeOnly)
	case c == dateOnly && serial == day:
		return t.Format(time.DateOnly)
	}
	return t.Format(time.DateTime)
}
