package pack

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/ledongthuc/pdf"

	"github.com/clientele/clientele"
)

// pages reads the text of each page, without its spaces. A library that did not write
// the file finds what is shown; its letters are UTF-16, as the fonts' encoding (Identity-H
// over Unicode) has it.
func pages(t *testing.T, file []byte) []string {
	t.Helper()
	r, err := pdf.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for i := range r.NumPage() {
		var text strings.Builder
		pdf.Interpret(r.Page(i+1).V.Key("Contents"), func(s *pdf.Stack, op string) {
			for s.Len() > 0 {
				if v := s.Pop(); op == "Tj" {
					text.WriteString(utf16BE(v.RawString()) + " ")
				}
			}
		})
		all = append(all, dense(text.String()))
	}
	return all
}

func utf16BE(s string) string {
	units := make([]uint16, len(s)/2)
	for i := range units {
		units[i] = binary.BigEndian.Uint16([]byte(s[2*i:]))
	}
	return string(utf16.Decode(units))
}

func dense(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, nbsp, " ")), "")
}

var tag = regexp.MustCompile(`<[^>]*>`)

// pageText is the text of a page without its spaces.
func pageText(t *testing.T, d Document) string {
	t.Helper()
	return dense(html.UnescapeString(tag.ReplaceAllString(string(written(t, HTML, d)), " ")))
}

// Whatever a report says, each format says.
func TestFormatsSayTheSame(t *testing.T) {
	for name, d := range documents() {
		r, err := newReport(d)
		if err != nil {
			t.Fatal(name, err)
		}
		formats := map[Format]string{PDF: strings.Join(pages(t, written(t, PDF, d)), ""), HTML: pageText(t, d)}
		_, cells := sheets(t, written(t, XLSX, d))
		for format, all := range formats {
			for _, s := range said(r) {
				if !strings.Contains(all, dense(s)) {
					t.Errorf("%s, %s does not say %q", name, format, s)
				}
			}
		}
		for _, p := range r.Parts {
			for _, b := range p.Blocks {
				if !holds(cells[p.Name], b.Title) {
					t.Errorf("%s, the sheet %s does not say %q", name, p.Name, b.Title)
				}
			}
		}
	}
}

func holds(cells map[string]string, text string) bool {
	for _, c := range cells {
		if c == text {
			return true
		}
	}
	return false
}

// said is every text of a report.
func said(r report) []string {
	var all []string
	for _, p := range r.Parts {
		for _, b := range p.Blocks {
			all = append(append(all, b.Title, b.Subtitle), b.Notes...)
			if b.Table == nil {
				continue
			}
			for _, row := range b.Table.Rows {
				for _, c := range row.Cells {
					all = append(all, c.String())
				}
			}
		}
	}
	return all
}

// documents are all that a pack may be of.
func documents() map[string]Document {
	c := closed()
	refused := OfClose(c, made)
	refused.Statement.Equity = nil
	refused.Statement.Model = &clientele.ModelReport{Refused: "The records are too short: import a year more"}
	refused.Movements = []clientele.EquityMovement{{Horizon: clientele.FiveYears, Refused: "The opening has no model. Import earlier records."}}
	partial := draft()
	partial.Statement.Data.PartialPeriod = clientele.Coverage{Why: "the records begin on 2 Jan 2023"}
	partial.Settings = clientele.Settings{}
	parted := OfClose(c, made)
	parted.Statement, parted.Movements = split(parted.Statement), []clientele.EquityMovement{splitMovement(c.Movements[0])}
	recurring := OfClose(c, made)
	recurring.Statement.Recurring = &clientele.Value{Opening: amount("10"), New: amount("2.50"), Closing: amount("12.50")}
	return map[string]Document{
		"closed": OfClose(c, made), "draft": draft(), "refused": refused, "partial": partial, "parted": parted, "recurring": recurring,
		"empty": {Company: "Acme", Period: "2026", Statement: clientele.Statement{Currency: "JPY"}, Made: made},
	}
}

// split gives a statement two segments, of which one is all and one is nothing.
func split(st clientele.Statement) clientele.Statement {
	all, none := st, clientele.Statement{Segment: clientele.NoCustomerSegment}
	all.Segment = "France"
	st.Attribute, st.Segments = "country", []clientele.Statement{none, all}
	return st
}

func splitMovement(m clientele.EquityMovement) clientele.EquityMovement {
	all := m
	all.Segment = "France"
	m.Attribute, m.Segments = "country", []clientele.EquityMovement{all, {Segment: "Germany"}}
	return m
}

func TestEveryPageSaysWhatMadeIt(t *testing.T) {
	for name, d := range documents() {
		r, err := newReport(d)
		if err != nil {
			t.Fatal(err)
		}
		all := pages(t, written(t, PDF, d))
		for i, page := range all {
			for _, s := range []string{fmt.Sprintf("Page %d of %d", i+1, len(all)), r.Company, r.Period, r.Status, r.Definition, r.Stamps} {
				if !strings.Contains(page, dense(s)) {
					t.Errorf("%s, page %d does not say %q", name, i+1, s)
				}
			}
		}
		sections := strings.Count(string(written(t, HTML, d)), "<section")
		if got := strings.Count(pageText(t, d), dense(r.Status)); got < sections {
			t.Errorf("%s, HTML: %d of %d sections say %q", name, got, sections, r.Status)
		}
	}
}

func TestWhatDoesNotAddUpIsNotWritten(t *testing.T) {
	for name, spoil := range map[string]func(*Document){
		"customers":   func(d *Document) { d.Statement.Customers.Closing++ },
		"value":       func(d *Document) { d.Statement.Value.New = amount("0.001") },
		"movement":    func(d *Document) { d.Movements[0].Window = amount("1") },
		"experience":  func(d *Document) { d.Movements[1].Experience.Spend = amount("1") },
		"net revenue": func(d *Document) { d.Statement.Revenue.Refunds = amount("0") },
		"tie-out":     func(d *Document) { d.Statement.TieOut.Inactive = amount("0") },
		"moved":       func(d *Document) { d.Statement.Equity.Moved.Lapsed = amount("0") },
	} {
		for _, f := range Formats() {
			d := OfClose(closed(), made)
			spoil(&d)
			var b bytes.Buffer
			if err := Write(&b, f, d); clientele.CodeOf(err) != clientele.CodeUnbalanced || b.Len() > 0 {
				t.Errorf("%s, %s: %v and %d bytes", name, f, err, b.Len())
			}
		}
	}
}

var hostile = []string{
	`=HYPERLINK("http://evil.example","x")`, "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", `"><script>alert(1)</script>`, "'; </style><img src=x onerror=alert(1)>",
	"{pages} \x00\x1b[31m\u202e &amp; &L&P", "日本 \U0001F600 \U0010FFFF \uffff", "Łódź Ελλάς Компания ação", strings.Repeat("verylong", 200), "a\nb",
}

func TestHostileTexts(t *testing.T) {
	script := regexp.MustCompile(`(?i)<(script|img|iframe|object|link)|</style>[^$]*</style>`)
	for _, s := range hostile {
		c := closed()
		c.Settings.Name, c.By, c.Period = s, s, s
		c.Statement = split(c.Statement)
		c.Statement.Segments[1].Segment, c.Statement.Attribute = s, s
		c.Statement.Reasons.Out[1].Reason, c.Statement.Data.Imports[0].Name, c.Statement.Model.Name = s, s, s
		c.Movements[0].Warnings, c.Movements[0].Audit.Reading = []string{s}, s
		d := OfClose(c, made)
		if page := written(t, HTML, d); script.Match(page) {
			t.Errorf("%q lets %q into the page", s, script.Find(page))
		}
		file := written(t, XLSX, d)
		formulas(t, file)
		_, cells := sheets(t, file)
		for sheet, all := range cells {
			for at, text := range all {
				if at[0] == 'A' && text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
					t.Errorf("%q stands as a formula at %s!%s: %q", s, sheet, at, text)
				}
			}
		}
		if n := len(pages(t, written(t, PDF, d))); n < 9 {
			t.Errorf("%q leaves %d pages", s, n)
		}
	}
}

// What the font does not have is said to be missing.
func TestMissingLetters(t *testing.T) {
	glyphs, err := fontGlyphs()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range string(missing) + minus + nbsp + "–·…" {
		if !glyphs(r) {
			t.Errorf("the font has no %q", r)
		}
	}
	for company, want := range map[string]string{"日本 Ltd": "□□Ltd", "{pages} Łódź Ελλάς Компания": "{pages}ŁódźΕλλάςКомпания"} {
		d := draft()
		d.Company = company
		all := pages(t, written(t, PDF, d))
		if !strings.HasPrefix(all[0], dense(draftMark)+want) {
			t.Errorf("%q stands as %.40q", company, all[0])
		}
		if said := strings.Contains(all[len(all)-1], "doesnothave"); said != strings.Contains(want, "□") {
			t.Errorf("%q: said to be missing: %v", company, said)
		}
	}
}

// An HTML pack needs nothing from outside.
func TestHTMLStandsAlone(t *testing.T) {
	page := string(written(t, HTML, OfClose(closed(), made)))
	if at := regexp.MustCompile(`(?i)<script|\ssrc=|href=|url\(|@import|https?://`).FindString(page); at != "" {
		t.Errorf("the page has %q", at)
	}
	if strings.Contains(page, "ZgotmplZ") {
		t.Error("a value was refused by the template")
	}
	if n := strings.Count(page, "<svg"); n != 7 {
		t.Errorf("%d charts", n)
	}
}

func TestFiguresInWords(t *testing.T) {
	b := builder{Document: draft(), decimals: 2}
	for in, want := range map[string]string{
		"0": "GBP 0", "812.5": "GBP 813", "9999.4": "GBP 9,999", "12345": "GBP 12.3 k", "-4210334.10": "GBP −4.21 m", "4215000": "GBP 4.22 m", "98765432100": "GBP 98.8 bn",
	} {
		if got := strings.ReplaceAll(b.short(amount(in)), nbsp, " "); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
	yen := builder{Document: draft()}
	if got := yen.money(amount("1234.5")).String(); got != "1,235" {
		t.Errorf("a yen is %s", got)
	}
}
