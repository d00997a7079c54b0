package ingest

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"
)

// write puts a file into a directory of the test.
func write(t testing.TB, name string, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func inspectText(t testing.TB, name, text string, r Request) Inspection {
	t.Helper()
	in, err := Inspect(t.Context(), write(t, name, text), t.TempDir(), r)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return in
}

func TestDialects(t *testing.T) {
	type expect struct {
		delimiter string
		header    bool
		skip      int
		names     string
		first     string // first row, cells joined by |
	}
	for name, c := range map[string]struct {
		text string
		want expect
	}{
		"comma":                     {"id,date,amount\n1,2024-01-05,9.99\n2,2024-01-06,5\n", expect{",", true, 0, "id date amount", "1|2024-01-05|9.99"}},
		"semicolon, comma decimals": {"id;date;amount\n1;2024-01-05;9,99\n2;2024-01-06;5,00\n", expect{";", true, 0, "id date amount", "1|2024-01-05|9,99"}},
		"semicolon, no header":      {"1;2024-01-05;9,99\n2;2024-01-06;5,00\n", expect{";", false, 0, "column1 column2 column3", "1|2024-01-05|9,99"}},
		"tab":                       {"id\tdate\n1\t2024-01-05\n2\t2024-01-06\n", expect{"\t", true, 0, "id date", "1|2024-01-05"}},
		"bar":                       {"id|date\n1|2024-01-05\n2|2024-01-06\n", expect{"|", true, 0, "id date", "1|2024-01-05"}},
		"CRLF and BOM":              {"\xef\xbb\xbfid,date\r\n1,2024-01-05\r\n2,2024-01-06\r\n", expect{",", true, 0, "id date", "1|2024-01-05"}},
		"carriage returns":          {"id,date\r1,2024-01-05\r2,2024-01-06\r", expect{",", true, 0, "id date", "1|2024-01-05"}},
		"runs of blanks":            {" customer_id  date n\r\n 00001 19970101  1\r\n 00002 19970112  12\r\n", expect{Blanks, true, 0, "customer_id date n", "00001|19970101|1"}},
		"blanks, no header":         {" 00004 0001 19970101  2   29.33\r\n 00004 0001 19970118  2   29.73\r\n", expect{Blanks, false, 0, "column1 column2 column3 column4 column5", "00004|0001|19970101|2|29.33"}},
		"quotes":                    {"id,text\n1,\"a, b\"\n2,\"say \"\"hi\"\"\"\n", expect{",", true, 0, "id text", "1|a, b"}},
		"lines in quotes":           {"id,text\n1,\"a\nb\"\n2,c\n", expect{",", true, 0, "id text", "1|a\nb"}},
		"title lines":               {"Report of March\n\nid,date,amount\n1,2024-01-05,9.99\n2,2024-01-06,5\n", expect{",", true, 2, "id date amount", "1|2024-01-05|9.99"}},
		"sep=":                      {"sep=;\nid;date\n1;2024-01-05\n", expect{";", true, 1, "id date", "1|2024-01-05"}},
		"text throughout":           {"customer,city\nanna,berlin\nbert,paris\n", expect{",", true, 0, "customer city", "anna|berlin"}},
		"text, no header":           {"red,large\nblue,small\nred,large\nblue,large\n", expect{",", false, 0, "column1 column2", "red|large"}},
		"index column":              {",id,date\n0,7,2024-01-05\n1,8,2024-01-06\n", expect{",", true, 0, "column1 id date", "0|7|2024-01-05"}},
		"twice, and blank":          {"id,Id,a b , \n1,2,3,4\n5,6,7,8\n", expect{",", true, 0, "id Id_2 a b column4", "1|2|3|4"}},
		"one column":                {"customer\n1001\n1002\n", expect{",", true, 0, "customer", "1001"}},
	} {
		t.Run(name, func(t *testing.T) {
			in := inspectText(t, "f.csv", c.text, Request{})
			var names []string
			for _, col := range in.Columns {
				names = append(names, col.Name)
			}
			got := expect{in.Dialect.Delimiter, in.Dialect.Header, in.Dialect.SkipLines, strings.Join(names, " "), strings.Join(in.Rows[0], "|")}
			if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(expect{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

const accented = "Kunde;Datum;Betrag;Ort\n1;05.01.2024;9,99;Köln\n2;06.01.2024;5,00;Zürich\n"

func TestEncodings(t *testing.T) {
	encode := func(e interface {
		String(string) (string, error)
	}) string {
		s, err := e.String(accented)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	pack := func(w io.WriteCloser, b *bytes.Buffer) string {
		if _, err := io.WriteString(w, accented); err != nil {
			t.Fatal(err)
		}
		w.Close()
		return b.String()
	}
	var zipped, zstded bytes.Buffer
	zw, err := zstd.NewWriter(&zstded)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ text, encoding, compression string }{
		"utf-8":           {accented, "utf-8", ""},
		"utf-8 BOM":       {"\xef\xbb\xbf" + accented, "utf-8", ""},
		"utf-16le BOM":    {encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder()), "utf-16le", ""},
		"utf-16be BOM":    {encode(unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder()), "utf-16be", ""},
		"utf-16le no BOM": {encode(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder()), "utf-16le", ""},
		"latin-1":         {encode(charmap.ISO8859_1.NewEncoder()), "windows-1252", ""},
		"windows-1252":    {encode(charmap.Windows1252.NewEncoder()), "windows-1252", ""},
		"gzip":            {pack(gzip.NewWriter(&zipped), &zipped), "utf-8", "gzip"},
		"zstd":            {pack(zw, &zstded), "utf-8", "zstd"},
	} {
		t.Run(name, func(t *testing.T) {
			in := inspectText(t, "f.csv", c.text, Request{})
			if in.Dialect.Encoding != c.encoding || in.Dialect.Compression != c.compression || !in.Importable {
				t.Errorf("%+v, problems %v", in.Dialect, in.Problems)
			}
			if diff := cmp.Diff([][]string{{"1", "05.01.2024", "9,99", "Köln"}, {"2", "06.01.2024", "5,00", "Zürich"}}, in.Rows); diff != "" {
				t.Error(diff)
			}
			if in.Columns[0].Name != "Kunde" || in.Columns[1].Layout != "%d.%m.%Y" || in.Columns[2].Mark != "," {
				t.Errorf("%+v", in.Columns)
			}
		})
	}
}

func TestDamagedFiles(t *testing.T) {
	rows := strings.Repeat("1,2024-01-05,9.99\n", 50)
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	for range 100 {
		z.Write(make([]byte, 1<<20))
	}
	z.Close()
	var cut bytes.Buffer
	z = gzip.NewWriter(&cut)
	io.WriteString(z, "id,date\n"+rows)
	z.Close()
	for name, c := range map[string]struct {
		text, message string
		line          int64
	}{
		"open quote":       {"id,date,text\n" + rows + "2,2024-01-06,\"cut here\n" + rows, "ends inside the quoted text", 52},
		"empty":            {" \n", "empty", 0},
		"zero byte":        {"id,date\n1,2024-01-05\n2,2024\x00-01-06\n", "zero byte", 3},
		"web page":         {"<!DOCTYPE html>\n<html>", "web page", 0},
		"pdf":              {"%PDF-1.4\n", "PDF", 0},
		"old Excel":        {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls", 0},
		"JSON array":       {"[{\"id\": 1}]", "JSON array", 1},
		"JSON cut":         {"{\"id\": 1}\n{\"id\": 2", "ends mid-row", 2},
		"JSON bad line":    {"{\"id\": 1}\nid=2\n{\"id\": 3}\n", "not a JSON object", 2},
		"gzip bomb":        {bomb.String(), "beyond all measure", 0},
		"gzip cut":         {cut.String()[:cut.Len()-20], "damaged or cut off", 0},
		"second header":    {"id,date,amount\n" + rows + "date,id,amount\n2024-01-05,1,3\n", "changes meaning here", 52},
		"too many columns": {strings.Repeat("a,", maxColumns) + "b\n", "at most 2000", 1},
		"archive":          {"PK\x03\x04 not a zip", "damaged", 0},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := Inspect(t.Context(), write(t, "f.csv", c.text), t.TempDir(), Request{})
			var e *clientele.Error
			if !errors.As(err, &e) || e.Code != clientele.CodeInvalid || !strings.Contains(e.Error(), c.message) || e.At.Line != c.line || e.Hint == "" || e.At.File != "f.csv" {
				t.Fatalf("%+v, %v", err, in.Problems)
			}
		})
	}
}

// A bomb is refused early: a file of a thousand bytes once it has grown to 64 MB.
func TestBombGuardStopsEarly(t *testing.T) {
	endless := &endless{}
	n, err := io.Copy(io.Discard, &bombGuard{r: endless, packed: 1000, ctx: t.Context()})
	if !errors.Is(err, errBomb) || n > ratioFrom || endless.read > ratioFrom+1<<20 {
		t.Errorf("%v after %d bytes passed on, %d read", err, n, endless.read)
	}
}

// endless is a reader without end that counts what was read.
type endless struct{ read int64 }

func (e *endless) Read(b []byte) (int, error) {
	e.read += int64(len(b))
	return len(b), nil
}

func TestToldProblems(t *testing.T) {
	rows := strings.Repeat("7,2024-01-05,9.99\n", 20)
	for name, c := range map[string]struct {
		text, message string
		line          int64
	}{
		"mid-row":         {"customer,date,amount\n" + rows + "8,2024-0", "ends mid-row: its last line has 2 of 3 columns", 22},
		"header again":    {"customer,date,amount\n" + rows + "customer,date,amount\n" + rows, "the header again", 22},
		"mixed encodings": {"customer,date,amount,city\n1,2024-01-05,1,Köln\n2,2024-01-05,1,K\xf6ln\n", "this line is not", 3},
		"both orders":     {"customer,date,amount\n1,25/12/2015,1\n2,12/25/2015,1\n", "mixes day/month (line 2) with month/day (line 3)", 0},
		"either order":    {"customer,date,amount\n1,03/04/2015,1\n2,05/06/2015,1\n", "can be day/month or month/day throughout, for example 03/04/2015", 0},
		"not records":     {"product_id,weight\na,10\nb,20\n", "cannot tell what records these are", 0},
	} {
		t.Run(name, func(t *testing.T) {
			in := inspectText(t, "f.csv", c.text, Request{})
			if !slices.ContainsFunc(in.Problems, func(p Problem) bool {
				return strings.Contains(p.Message, c.message) && p.Line == c.line && p.Hint != ""
			}) {
				t.Errorf("%+v", in.Problems)
			}
		})
	}
}

// Both ways that the hint of an ambiguous date names are taken.
func TestAmbiguousDateIsSettledByMap(t *testing.T) {
	const text = "customer,date,amount\n1,03/04/2015 10:00,1\n2,05/06/2015 11:30,1\n"
	in := inspectText(t, "f.csv", text, Request{})
	if in.Importable || !in.Columns[1].Ambiguous || !strings.Contains(in.Problems[0].Hint, `--map time="time(date,'%d/%m/%Y %H:%M')"`) {
		t.Fatalf("%+v", in.Problems)
	}
	for _, way := range []string{"time=time(date,'%d/%m/%Y %H:%M')", "time=time(date,'%m/%d/%Y %H:%M')", "time=date(date,'dmy')"} {
		if in := inspectText(t, "f.csv", text, Request{Map: []string{way}}); !in.Importable {
			t.Errorf("%s: %+v", way, in.Problems)
		}
	}
}

// The order is found where it shows far behind the start of a large file.
func TestDateOrderFromTheWholeColumn(t *testing.T) {
	var b strings.Builder
	b.WriteString("customer,date,amount\n")
	const rows = 230_000
	for i := range rows {
		day := "03/04/2015"
		if i == rows-27_000 {
			day = "04/25/2015"
		}
		fmt.Fprintf(&b, "%d,%s,1.50\n", i, day)
	}
	in := inspectText(t, "f.csv", b.String(), Request{})
	if c := in.Columns[1]; c.Layout != "%m/%d/%Y" || c.Ambiguous || !in.Importable {
		t.Errorf("%+v %+v", c, in.Problems)
	}
}

func TestNumberMarks(t *testing.T) {
	const all = plainNumber | pointDecimal | commaDecimal
	for v, want := range map[string]marks{
		"1": all, "-12": all, "+3": all, "1.5": plainNumber | pointDecimal, ".5": plainNumber | pointDecimal, "1.": plainNumber | pointDecimal,
		"1.234": all, "1,5": commaDecimal, "1,234": pointDecimal | commaDecimal, "1,234.50": pointDecimal, "1.234,50": commaDecimal,
		"1 234,50": commaDecimal, "1\u202f234,50": commaDecimal, "1'234.50": pointDecimal, "€ 1,50": commaDecimal, "$1,234.50": pointDecimal, "1.50 EUR": pointDecimal,
		"R$ 1.234,50": commaDecimal, "(1.00)": pointDecimal, "12-": pointDecimal | commaDecimal, "-$5": pointDecimal | commaDecimal,
		"": 0, "-": 0, "abc": 0, "1,23,4": 0, "1.2.3": 0, "12,3456.7": 0, "1e5": 0, "--1": 0, "2024-01-05": 0, "10:30": 0, "N/A": 0, "$": 0, "()": 0,
	} {
		if got := numberMarks([]byte(v)); got != want {
			t.Errorf("%q: %b, want %b", v, got, want)
		}
	}
}

func TestReadDate(t *testing.T) {
	for v, want := range map[string]struct {
		orders order
		layout string // of the one order, or of dmy
		iso    bool
	}{
		"2024-01-05":                {ymd, "%Y-%m-%d", true},
		"2024-01-05 10:11:12":       {ymd, "%Y-%m-%d %H:%M:%S", true},
		"2024-01-05T10:11:12.123Z":  {ymd, "%Y-%m-%dT%H:%M:%S.%fZ", true},
		"2024-01-05T10:11:12+02:00": {ymd, "%Y-%m-%dT%H:%M:%S%z", true},
		"2024-01-05 10:11:12 -0500": {ymd, "%Y-%m-%d %H:%M:%S %z", false},
		"2024-01-05 10:11:12 UTC":   {ymd, "%Y-%m-%d %H:%M:%S %Z", false},
		"2012/10/09 13:50:17.000":   {ymd, "%Y/%m/%d %H:%M:%S.%f", false},
		"20150203":                  {ymd, "%Y%m%d", false},
		"03/04/2015":                {dmy | mdy, "%d/%m/%Y", false},
		"25/12/2015":                {dmy, "%d/%m/%Y", false},
		"2/24/2015 11:35":           {mdy, "%m/%d/%Y %H:%M", false},
		"24-02-2015 11.35":          {dmy, "%d-%m-%Y %H.%M", false},
		"3/4/15":                    {dmy | mdy, "%d/%m/%y", false},
		"1/2/2015 3:04 PM":          {dmy | mdy, "%d/%m/%Y %I:%M %p", false},
		"5 Mar 2015":                {dmy, "%d %b %Y", false},
		"05-MAR-15":                 {dmy, "%d-%b-%y", false},
		"March 5, 2015":             {mdy, "%B %d, %Y", false},
		"05.01.2024":                {dmy | mdy, "%d.%m.%Y", false},
	} {
		s, ok := readDate([]byte(v))
		o := s.orders
		if o == dmy|mdy {
			o = dmy
		}
		if !ok || s.orders != want.orders || s.layout(o) != want.layout || s.iso() != want.iso {
			t.Errorf("%q: %v %b %q iso %v", v, ok, s.orders, s.layout(o), s.iso())
		}
	}
	for _, v := range []string{"", "2024", "2024-13-01", "2024-02-30", "31/31/2015", "20151301", "99999999", "1.5", "abc", "10:30", "2024-01-05x", "2024-01-05 25:00", "Marble 5, 2015", "1/2/3/4", "12345678901"} {
		if s, ok := readDate([]byte(v)); ok {
			t.Errorf("%q is read as %+v", v, s)
		}
	}
}

func TestColumnTypes(t *testing.T) {
	col := func(typ warehouse.ColumnType, layout, mark string) warehouse.Column {
		return warehouse.Column{Name: "x", Type: typ, Layout: layout, Mark: mark}
	}
	for values, want := range map[string]warehouse.Column{
		"1|2|":                               col(warehouse.DecimalColumn, "", ""),
		"1.5|-2":                             col(warehouse.DecimalColumn, "", ""),
		"1,5|2":                              col(warehouse.LocaleColumn, "", ","),
		"1,234|5,678":                        col(warehouse.LocaleColumn, "", "."),
		"1,234|0,5":                          col(warehouse.LocaleColumn, "", ","),
		"1,234.50|7":                         col(warehouse.LocaleColumn, "", "."),
		"$1.50|$2":                           col(warehouse.LocaleColumn, "", "."),
		"1.5|1,5":                            col(warehouse.TextColumn, "", ""),
		strings.Repeat("1|", 40) + "unknown": col(warehouse.DecimalColumn, "", ""), // a stray is a reject
		"a|1":                                col(warehouse.TextColumn, "", ""),
		"1|NA|3":                             col(warehouse.TextColumn, "", ""),
		"|":                                  col(warehouse.TextColumn, "", ""),
		"20150203|20161231":                  col(warehouse.DateColumn, "%Y%m%d", ""),
		"20150203|20161331":                  col(warehouse.DecimalColumn, "", ""),
		"2024-01-05|2024-01-06":              col(warehouse.DateColumn, "", ""),
		"2024-01-05|2024-01-06 10:00:00":     col(warehouse.TimeColumn, "", ""),
		"2024-01-05T10:00:00Z|2024-01-05T10:00:00+01:00": col(warehouse.InstantColumn, "", ""),
		"2024-01-05T10:00:00Z|2024-01-05T10:00:00":       col(warehouse.TextColumn, "", ""),
		"03/04/2015|13/04/2015":                          col(warehouse.DateColumn, "%d/%m/%Y", ""),
		"03/04/2015|04/13/2015":                          col(warehouse.DateColumn, "%m/%d/%Y", ""),
		"03/04/2015|05/06/2015":                          col(warehouse.TextColumn, "", ""),
		"03/03/2015|05/05/2015":                          col(warehouse.DateColumn, "%d/%m/%Y", ""),
		"13/04/2015|04/13/2015":                          col(warehouse.TextColumn, "", ""),
		"03.04.2015|05.06.2015":                          col(warehouse.DateColumn, "%d.%m.%Y", ""),
		"13/04/2015|13/04/2015 10:00":                    col(warehouse.TextColumn, "", ""),
	} {
		e := newEvidence(1)
		for i, v := range strings.Split(values, "|") {
			e.add([]byte(v), int64(i+2))
		}
		if got := e.decide("x", false).Column; got != want {
			t.Errorf("%s: %+v, want %+v", values, got, want)
		}
	}
}

// In a file with decimal commas elsewhere, 1.234 is a thousand.
func TestDecimalMarkOfTheFile(t *testing.T) {
	in := inspectText(t, "f.csv", "kunde;datum;betrag;rabatt\n1;2024-01-05;1.234;0,50\n2;2024-01-05;5.678;1,00\n", Request{})
	if c := in.Columns[2]; c.Type != warehouse.LocaleColumn || c.Mark != "," {
		t.Errorf("%+v", c)
	}
}

// rowReader agrees with the standard library's reader on whatever its writer wrote.
func TestRowReader(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.OneOf(rapid.StringMatching(`[a-z0-9 ,;"\n]{0,6}`), rapid.String())
		width := rapid.IntRange(1, 4).Draw(t, "width")
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, width, width), 1, 20).Draw(t, "rows")
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		for _, row := range rows {
			row[0] = "x" + row[0] // a row of one empty cell is an empty line
			for i := range row {
				row[i] = strings.ReplaceAll(row[i], "\r", "")
			}
		}
		if err := w.WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		want, err := csv.NewReader(bytes.NewReader(b.Bytes())).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		r := newRowReader(iotestReader(b.Bytes(), rapid.IntRange(1, 50).Draw(t, "chunk")), Layout{Delimiter: ",", Quote: `"`})
		var got [][]string
		for {
			row, _, err := r.read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, texts(row))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q: %s", b.String(), diff)
		}
	})
}

// iotestReader gives n bytes at a time.
func iotestReader(b []byte, n int) io.Reader {
	r := bytes.NewReader(b)
	return readerFunc(func(p []byte) (int, error) { return r.Read(p[:min(len(p), n)]) })
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// A scan finds the same however its blocks fall.
func TestScanBlocks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(rapid.StringMatching(`([a-c,"é€😀\n\r]|id,x\n|[.eE+ \t]|[0-9]{1,8}){0,40}`).Draw(t, "text"))
		if rapid.Bool().Draw(t, "damaged") && len(text) > 0 {
			text[rapid.IntRange(0, len(text)-1).Draw(t, "at")] = 0xff
		}
		if len(text) == 0 {
			return
		}
		n := rapid.IntRange(4, 9).Draw(t, "block") // at least a character
		var whole, parts textScan
		whole.block(text)
		whole.finish()
		for i := 0; i < len(text); i += n {
			parts.block(text[i:min(len(text), i+n)])
		}
		parts.finish()
		type facts struct {
			Size, Lines, NotUTF8  int64
			OddQuotes, Ends, CR   bool
			Rounded, Padded, Tabs bool
		}
		of := func(s textScan) facts {
			return facts{s.Size, s.Lines, s.NotUTF8, s.OddQuotes, s.EndsInLine, s.LoneCR, s.promises.rounded, s.promises.padded, s.promises.tabs}
		}
		if of(whole) != of(parts) {
			t.Fatalf("%q in %d: %+v, whole %+v", text, n, of(parts), of(whole))
		}
	})
}
