package ingest

import (
	"bytes"
	"fmt"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/clientele/clientele/internal/warehouse"
)

// marks is a set of ways to read a number.
type marks uint8

// The ways to read a number; a set of them is a sum.
const (
	plainNumber  marks = 1 << iota // sign, digits, point
	pointDecimal                   // 1,234.50, with currency signs and blanks
	commaDecimal                   // 1.234,50
)

// numberMarks says in which ways a value can be read as a number; none is 0.
func numberMarks(v []byte) marks {
	v = bytes.TrimSpace(v)
	if len(v) == 0 || len(v) > 40 {
		return 0
	}
	if isPlain(v) {
		return plainNumber | groupedMarks(v)
	}
	if !mostlyDigits(v) {
		return 0
	}
	body, ok := undress(v)
	if !ok {
		return 0
	}
	return groupedMarks(body)
}

func isPlain(v []byte) bool {
	if v[0] == '-' || v[0] == '+' {
		v = v[1:]
	}
	n := digitsOf(v)
	if n < len(v) && v[n] == '.' {
		frac := digitsOf(v[n+1:])
		return n+frac > 0 && n+1+frac == len(v)
	}
	return n > 0 && n == len(v)
}

// mostlyDigits is a quick look that spares text the long one: a digit, and no
// more letters than a currency has.
func mostlyDigits(v []byte) bool {
	letters, digits := 0, 0
	for _, c := range v {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			letters++
		}
	}
	return digits > 0 && letters <= 3
}

// undress takes signs, parentheses and currency off a number.
func undress(v []byte) ([]byte, bool) {
	if v[0] == '(' && v[len(v)-1] == ')' {
		v = v[1 : len(v)-1]
	}
	signs := 0
	for range 3 {
		v = bytes.TrimFunc(v, func(r rune) bool { return unicode.Is(unicode.Sc, r) || unicode.IsSpace(r) })
		for _, code := range currencyCodes {
			v = bytes.TrimSuffix(bytes.TrimPrefix(v, []byte(code)), []byte(code))
		}
		if len(v) == 0 {
			return nil, false
		}
		if v[0] == '-' || v[0] == '+' {
			v = v[1:]
			signs++
		} else if v[len(v)-1] == '-' {
			v = v[:len(v)-1]
			signs++
		}
	}
	return v, len(v) > 0 && signs <= 1
}

// currencyCodes are letters that people write beside amounts.
var currencyCodes = []string{"EUR", "USD", "GBP", "CHF", "BRL", "JPY", "CAD", "AUD", "SEK", "NOK", "DKK", "PLN", "R$", "kr", "Fr.", "zł"}

// groupedMarks reads digits with thousands marks and a decimal mark.
func groupedMarks(v []byte) marks {
	if v[0] == '-' || v[0] == '+' {
		v = v[1:]
	}
	if hasHigh(v) {
		v = bytes.ReplaceAll(v, []byte("\u00a0"), []byte{' '})
		v = bytes.ReplaceAll(v, []byte("\u202f"), []byte{' '})
		v = bytes.ReplaceAll(v, []byte("’"), []byte{'\''})
	}
	var m marks
	if grouped(v, '.', ',') {
		m |= pointDecimal
	}
	if grouped(v, ',', '.') {
		m |= commaDecimal
	}
	return m
}

// grouped says whether v is digits, in threes if marked, and decimals.
func grouped(v []byte, decimal, thousands byte) bool {
	whole, frac, hasFrac := bytes.Cut(v, []byte{decimal})
	if hasFrac && (digitsOf(frac) != len(frac) || len(whole)+len(frac) == 0) {
		return false
	}
	first := digitsOf(whole)
	if first == len(whole) {
		return hasFrac || first > 0
	}
	mark := whole[first]
	if first < 1 || first > 3 || mark != thousands && mark != ' ' && mark != '\'' {
		return false
	}
	for rest := whole[first:]; len(rest) > 0; rest = rest[4:] {
		if len(rest) < 4 || rest[0] != mark || digitsOf(rest[1:4]) != 3 {
			return false
		}
	}
	return true
}

// missingMarkers are texts that exports write for "no value".
var missingMarkers = []string{"NA", "N/A", "n/a", "NULL", "null", "None", "NaN", "nan", "-", "\\N", "#N/A"}

// evidence is what the values of one column say about its type. It gathers over
// any rows, in file order.
type evidence struct {
	values, empty int64
	marker        string // the missing marker seen, "" for none
	markers       int64
	numbers       int64
	marks         marks // that fit every number
	fraction      bool  // whether a number has decimals
	grouped3      bool  // every mark is a comma before three digits: 1,234
	dates         int64
	orders        order
	shape         dateShape // of the first date
	uniform       bool      // all dates share shape's layout
	allISO        bool
	clocks, zones int64
	example       string   // a date that fits both orders and differs by them
	proof         [2]int64 // first lines that only dmy, only mdy fits
	samples       []string
	distinct      map[string]struct{} // up to limit values
	limit         int
	repeats       bool
}

// maxDistinct is how many values of all columns together are told apart.
const maxDistinct = 1 << 20

// newEvidence is for one of so many columns.
func newEvidence(columns int) *evidence {
	return &evidence{limit: min(1<<16, maxDistinct/columns), marks: plainNumber | pointDecimal | commaDecimal, orders: ymd | dmy | mdy, uniform: true, allISO: true, grouped3: true,
		distinct: map[string]struct{}{}}
}

// add takes one value in.
func (e *evidence) add(v []byte, line int64) {
	v = bytes.TrimSpace(v)
	if len(v) == 0 {
		e.empty++
		return
	}
	e.values++
	e.sample(v)
	if m := numberMarks(v); m != 0 {
		e.addNumber(v, m)
	} else if i := slices.Index(missingMarkers, string(v)); i >= 0 {
		e.marker = missingMarkers[i]
		e.markers++
		return
	}
	if s, ok := readDate(v); ok {
		e.addDate(v, s, line)
	}
}

func (e *evidence) sample(v []byte) {
	if len(e.distinct) >= e.limit {
		return
	}
	if _, known := e.distinct[string(v)]; known {
		e.repeats = true
		return
	}
	e.distinct[string(v)] = struct{}{}
	if len(e.samples) < 5 {
		e.samples = append(e.samples, shorten(string(v), 60))
	}
}

func (e *evidence) addNumber(v []byte, m marks) {
	e.numbers++
	e.marks &= m
	comma := bytes.IndexByte(v, ',')
	point := bytes.IndexByte(v, '.')
	e.fraction = e.fraction || point >= 0 || comma >= 0
	if comma >= 0 || point >= 0 {
		last := max(bytes.LastIndexByte(v, ','), bytes.LastIndexByte(v, '.'))
		e.grouped3 = e.grouped3 && digitsOf(v[last+1:]) == 3 && !bytes.HasPrefix(bytes.TrimLeft(v, "+-"), []byte{'0'})
	}
}

func (e *evidence) addDate(v []byte, s dateShape, line int64) {
	if e.dates++; e.dates == 1 {
		e.shape = s
	}
	if s.clock != "" {
		e.clocks++
	}
	if s.zone != "" {
		e.zones++
	}
	e.allISO = e.allISO && s.iso()
	e.uniform = e.uniform && s.layout(dmy) == e.shape.layout(dmy)
	e.orders &= s.orders
	if s.orders == dmy|mdy && !s.same && e.example == "" {
		e.example = shorten(string(v), 40)
	}
	if s.orders == dmy && e.proof[0] == 0 {
		e.proof[0] = line
	}
	if s.orders == mdy && e.proof[1] == 0 {
		e.proof[1] = line
	}
}

// decided is what the evidence comes to.
type decided struct {
	warehouse.Column
	like      warehouse.ColumnType // what the values are but for missing markers
	ambiguous bool                 // day/month and month/day both fit throughout
	mixed     bool                 // some dates are only day/month, others only month/day
	shape     dateShape            // of dates
	example   string               // an ambiguous value
	proof     [2]int64             // first lines that only day/month, only month/day fits
}

func (e *evidence) decide(name string, commaFile bool) decided {
	d := decided{Column: warehouse.Column{Name: name, Type: warehouse.TextColumn}}
	d.like = warehouse.TextColumn
	real := e.values - e.markers
	switch {
	case real == 0:
		return d
	case nearly(e.dates, real) && (e.shape.sep != 0 || e.numbers == e.dates):
		e.decideDate(&d)
	case nearly(e.numbers, real) && e.marks != 0:
		e.decideNumber(&d, commaFile)
	}
	d.like = d.Type
	if e.markers > 0 {
		d.Type = warehouse.TextColumn
	}
	return d
}

// fewStrays is the size up to which a file's column is told by two values in
// three: one bad row in a file of five is a bad row, not another kind of column.
const fewStrays = 60

// nearly says whether the values unlike the others are so few that they are
// rejected row by row and do not change what the column is: one in twenty, or
// one in three of a small file.
func nearly(alike, all int64) bool {
	strays := all - alike
	return alike > 0 && (strays*20 <= all || all <= fewStrays && strays*3 <= all)
}

func (e *evidence) decideDate(d *decided) {
	d.shape, d.proof, d.example = e.shape, e.proof, e.example
	if e.orders == 0 {
		d.mixed = e.proof[0] > 0 && e.proof[1] > 0
		return
	}
	if !e.allISO && !e.uniform || e.zones > 0 && e.zones < e.dates {
		return
	}
	o := ymd
	switch {
	case e.orders&ymd != 0:
	case e.orders == dmy|mdy && e.shape.sep != '.' && e.example != "":
		d.ambiguous = true
		return
	case e.orders&dmy != 0: // with points, the day stands first everywhere
		o = dmy
	default:
		o = mdy
	}
	d.Type = warehouse.DateColumn
	if e.zones > 0 {
		d.Type = warehouse.InstantColumn
	} else if e.clocks > 0 {
		d.Type = warehouse.TimeColumn
	}
	if !e.allISO {
		d.Layout = e.shape.layout(o)
	}
}

func (e *evidence) decideNumber(d *decided, commaFile bool) {
	comma := e.marks&commaDecimal != 0 && (e.marks&pointDecimal == 0 || commaFile && e.grouped3 || !e.grouped3)
	switch {
	case e.marks&plainNumber != 0 && !(commaFile && e.fraction && e.grouped3 && comma):
		d.Type = warehouse.DecimalColumn
	case comma:
		d.Type, d.Mark = warehouse.LocaleColumn, ","
	default:
		d.Type, d.Mark = warehouse.LocaleColumn, "."
	}
}

// surelyComma says whether the column can only be read with decimal commas.
func (e *evidence) surelyComma() bool {
	return e.numbers > 0 && e.numbers == e.values-e.markers && e.marks == commaDecimal
}

// columnNames makes names of header cells: trimmed, none empty, none twice.
func columnNames(header []string) []string {
	names := make([]string, len(header))
	taken := map[string]bool{}
	for i, cell := range header {
		name := bytes.TrimSpace([]byte(cell))
		base := shorten(string(bytes.ToValidUTF8(bytes.ReplaceAll(name, []byte{0}, nil), []byte("?"))), 200)
		if base == "" {
			base = fmt.Sprintf("column%d", i+1)
		}
		unique := base
		for n := 2; taken[fold(unique)]; n++ {
			unique = fmt.Sprintf("%s_%d", base, n)
		}
		taken[fold(unique)] = true
		names[i] = unique
	}
	return names
}

// shorten cuts a text to at most n bytes of whole characters.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
