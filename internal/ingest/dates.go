package ingest

import (
	"bytes"
	"strings"
	"time"
)

// order is the order of the parts of a date.
type order uint8

// The orders; a set of them is a sum.
const (
	ymd order = 1 << iota
	dmy
	mdy
)

// dateShape is how one value writes a date: everything but the numbers.
type dateShape struct {
	orders order  // all that the numbers allow
	sep    byte   // between the parts; 0 for YYYYMMDD
	shortY bool   // a year of two digits
	month  string // "" for numbers, %b or %B for names
	comma  bool   // "Mar 4, 2015"
	clock  string // strptime of the time of day; "" for a bare date
	joint  string // between date and time: " ", "T", ", "
	zone   string // " %z" and the like; "" for none
	same   bool   // day and month are equal: either order says the same
}

// readDate reads a value as a date or time, in any of the ways that files write them.
func readDate(v []byte) (dateShape, bool) {
	v = bytes.TrimSpace(v)
	if len(v) < 6 || len(v) > 40 {
		return dateShape{}, false
	}
	var s dateShape
	rest, ok := s.readDay(v)
	if !ok || len(rest) == 0 {
		return s, ok
	}
	return s, s.readClock(rest)
}

func digitsOf(v []byte) int {
	n := 0
	for n < len(v) && v[n] >= '0' && v[n] <= '9' {
		n++
	}
	return n
}

func atoi(v []byte) int {
	n := 0
	for _, c := range v {
		n = n*10 + int(c-'0')
	}
	return n
}

func (s *dateShape) readDay(v []byte) ([]byte, bool) {
	switch n := digitsOf(v); {
	case n == 8:
		s.orders = ymd
		return v[8:], realDate(atoi(v[:4]), atoi(v[4:6]), atoi(v[6:8]))
	case n == 4 && len(v) > 4:
		return s.yearFirst(v)
	case n == 1 || n == 2:
		return s.yearLast(v, n)
	case n == 0:
		return s.monthFirst(v)
	}
	return nil, false
}

func realDate(y, m, d int) bool {
	if y < 1900 || y > 2200 || m < 1 || m > 12 || d < 1 {
		return false
	}
	return d <= time.Date(y, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func isDateMark(c byte) bool { return c == '-' || c == '/' || c == '.' }

// part takes a number of one or two digits.
func part(v []byte) (n int, rest []byte, ok bool) {
	d := digitsOf(v)
	if d < 1 || d > 2 {
		return 0, nil, false
	}
	return atoi(v[:d]), v[d:], true
}

func (s *dateShape) yearFirst(v []byte) ([]byte, bool) {
	y := atoi(v[:4])
	if s.sep = v[4]; !isDateMark(s.sep) {
		return nil, false
	}
	m, rest, ok := part(v[5:])
	if !ok || len(rest) == 0 || rest[0] != s.sep {
		return nil, false
	}
	d, rest, ok := part(rest[1:])
	s.orders = ymd
	return rest, ok && realDate(y, m, d)
}

func (s *dateShape) yearLast(v []byte, n int) ([]byte, bool) {
	a := atoi(v[:n])
	if len(v) <= n+1 {
		return nil, false
	}
	if s.sep = v[n]; !isDateMark(s.sep) && s.sep != ' ' {
		return nil, false
	}
	rest := v[n+1:]
	if name, after := s.monthName(rest); name > 0 {
		if len(after) == 0 || after[0] != s.sep {
			return nil, false
		}
		y, after, ok := s.year(after[1:])
		s.orders = dmy
		return after, ok && realDate(y, name, a)
	}
	b, rest, ok := part(rest)
	if !ok || s.sep == ' ' || len(rest) == 0 || rest[0] != s.sep {
		return nil, false
	}
	y, rest, ok := s.year(rest[1:])
	if !ok {
		return nil, false
	}
	if realDate(y, b, a) {
		s.orders |= dmy
	}
	if realDate(y, a, b) {
		s.orders |= mdy
	}
	s.same = a == b
	return rest, s.orders != 0
}

// monthFirst reads "Mar 4, 2015".
func (s *dateShape) monthFirst(v []byte) ([]byte, bool) {
	m, rest := s.monthName(v)
	if m == 0 || len(rest) == 0 || rest[0] != ' ' {
		return nil, false
	}
	s.sep, s.orders = ' ', mdy
	d, rest, ok := part(rest[1:])
	if !ok || len(rest) == 0 {
		return nil, false
	}
	if rest[0] == ',' {
		s.comma, rest = true, rest[1:]
	}
	if len(rest) == 0 || rest[0] != ' ' {
		return nil, false
	}
	y, rest, ok := s.year(rest[1:])
	return rest, ok && realDate(y, m, d)
}

func (s *dateShape) year(v []byte) (int, []byte, bool) {
	switch digitsOf(v) {
	case 4:
		return atoi(v[:4]), v[4:], true
	case 2:
		s.shortY = true
		y := 2000 + atoi(v[:2])
		if y > 2068 { // as strptime has it
			y -= 100
		}
		return y, v[2:], true
	}
	return 0, nil, false
}

// monthName reads an English month, short or long; 0 if there is none.
func (s *dateShape) monthName(v []byte) (int, []byte) {
	n := 0
	for n < len(v) && (v[n]|0x20 >= 'a' && v[n]|0x20 <= 'z') {
		n++
	}
	for m := time.January; n >= 3 && m <= time.December; m++ {
		long := m.String()
		if strings.EqualFold(long, string(v[:n])) && n > 3 {
			s.month = "%B"
			return int(m), v[n:]
		}
		if n == 3 && strings.EqualFold(long[:3], string(v[:3])) {
			s.month = "%b"
			return int(m), v[n:]
		}
	}
	return 0, nil
}

// readClock reads what follows the day: time, half of the day, zone.
func (s *dateShape) readClock(v []byte) bool {
	for _, joint := range []string{", ", " ", "T"} {
		if rest, ok := bytes.CutPrefix(v, []byte(joint)); ok {
			s.joint, v = joint, rest
			break
		}
	}
	if s.joint == "" {
		return false
	}
	h, rest, ok := part(v)
	if !ok || h > 24 || len(rest) == 0 || rest[0] != ':' && rest[0] != '.' {
		return false
	}
	colon := string(rest[0])
	m, rest, ok := part(rest[1:])
	if !ok || m > 59 {
		return false
	}
	s.clock = "%H" + colon + "%M"
	if len(rest) > 0 && rest[0] == colon[0] {
		sec, after, ok := part(rest[1:])
		if !ok || sec > 60 {
			return false
		}
		s.clock += colon + "%S"
		rest = s.readFraction(after)
	}
	return s.readZone(s.readHalf(rest))
}

func (s *dateShape) readFraction(v []byte) []byte {
	if len(v) < 2 || v[0] != '.' && v[0] != ',' || digitsOf(v[1:]) == 0 {
		return v
	}
	s.clock += string(v[0]) + "%f"
	return v[1+digitsOf(v[1:]):]
}

func (s *dateShape) readHalf(v []byte) []byte {
	gap := len(v) - len(bytes.TrimLeft(v, " "))
	if half := v[gap:]; len(half) >= 2 && half[1]|0x20 == 'm' && (half[0]|0x20 == 'a' || half[0]|0x20 == 'p') {
		s.clock = strings.Replace(s.clock, "%H", "%I", 1) + strings.Repeat(" ", gap) + "%p"
		return half[2:]
	}
	return v
}

func (s *dateShape) readZone(v []byte) bool {
	gap := len(v) - len(bytes.TrimLeft(v, " "))
	zone := v[gap:]
	space := strings.Repeat(" ", gap)
	switch {
	case len(zone) == 0:
		return true
	case string(zone) == "Z":
		s.zone = space + "Z"
	case string(zone) == "UTC" || string(zone) == "GMT":
		s.zone = space + "%Z"
	case zone[0] == '+' || zone[0] == '-':
		digits := bytes.Replace(zone[1:], []byte{':'}, nil, 1)
		if digitsOf(digits) != len(digits) || len(digits) != 2 && len(digits) != 4 {
			return false
		}
		s.zone = space + "%z"
	default:
		return false
	}
	return true
}

// iso says whether every engine reads the value without a layout.
func (s dateShape) iso() bool {
	switch s.clock {
	case "", "%H:%M", "%H:%M:%S", "%H:%M:%S.%f":
	default:
		return false
	}
	return s.orders == ymd && s.sep == '-' && s.joint != ", " && (s.zone == "" || s.zone == "Z" || s.zone == "%z")
}

// layout is the strptime format of the shape in one order.
func (s dateShape) layout(o order) string {
	year, month := "%Y", "%m"
	if s.shortY {
		year = "%y"
	}
	if s.month != "" {
		month = s.month
	}
	var day string
	sep := string(s.sep)
	switch {
	case s.sep == 0:
		day = "%Y%m%d"
	case o == ymd:
		day = year + sep + month + sep + "%d"
	case o == dmy:
		day = "%d" + sep + month + sep + year
	case s.comma:
		day = month + " %d, " + year
	default:
		day = month + sep + "%d" + sep + year
	}
	return day + s.joint + s.clock + s.zone
}
