package pack

import (
	"archive/zip"
	_ "embed"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"text/template"
	"time"
	"unicode/utf8"

	"github.com/clientele/clientele/internal/spreadsheet"
)

// A spreadsheet is written here rather than by a library: the libraries hold
// figures in floating point, and mark what a formula gave as text.

//go:embed templates/styles.xml
var xlsxStyles string

//go:embed templates/xlsx.tmpl
var xlsxText string

var xlsxParts = template.Must(template.New("xlsx").Funcs(template.FuncMap{"xml": escapeXML, "plus": func(a, b int) int { return a + b }}).Parse(xlsxText))

// The styles of cells, by their place in styles.xml.
const (
	styleText = iota
	styleCompany
	styleTitle
	styleQuiet
	styleHead
	styleHeadRight
	styleMoney
	styleWhole
	styleShare
	styleMeasure
	styleSumText
	styleSumMoney
	styleSumWhole
	styleDraft
	styleUnits // money of a currency without a smaller unit
	styleSumUnits
	styleNote
)

// sheet is one part, as its file has it.
type sheet struct {
	Name   string
	Widths []float64
	Rows   []sheetRow
	Footer string
	Number int
}

type sheetRow struct {
	Number int
	Cells  []sheetCell
}

// sheetCell is a text, or the decimal of a figure with the formula that gives it.
type sheetCell struct {
	Ref, Text, Value, Formula string
	Style                     int
}

func writeXLSX(w io.Writer, r report) error {
	z := zip.NewWriter(w)
	data := struct {
		report
		Sheets  []sheet
		Created string
	}{report: r, Created: r.Made.Format(time.RFC3339)}
	for i, p := range r.Parts {
		data.Sheets = append(data.Sheets, r.sheet(p, i+1))
	}
	for _, f := range []struct{ name, part string }{
		{"[Content_Types].xml", "types"}, {"_rels/.rels", "rels"}, {"docProps/core.xml", "core"},
		{"xl/workbook.xml", "workbook"}, {"xl/_rels/workbook.xml.rels", "workbookRels"},
	} {
		if err := r.zipped(z, f.name, f.part, data); err != nil {
			return err
		}
	}
	for _, s := range data.Sheets {
		if err := r.zipped(z, fmt.Sprintf("xl/worksheets/sheet%d.xml", s.Number), "sheet", s); err != nil {
			return err
		}
	}
	f, err := z.CreateHeader(r.header("xl/styles.xml"))
	if err != nil {
		return err
	}
	if _, err := io.WriteString(f, xlsxStyles); err != nil {
		return err
	}
	return z.Close()
}

func (r report) header(name string) *zip.FileHeader {
	return &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: r.Made}
}

func (r report) zipped(z *zip.Writer, name, part string, data any) error {
	f, err := z.CreateHeader(r.header(name))
	if err != nil {
		return err
	}
	return xlsxParts.ExecuteTemplate(f, part, data)
}

// sheet sets the blocks of a part below each other.
func (r report) sheet(p part, number int) sheet {
	s := sheet{Name: p.Name, Number: number, Footer: footerText(r.Company + " · " + r.Period + " · " + r.Status)}
	status := styleQuiet
	if r.Draft {
		status = styleDraft
	}
	s.text(r.Company+": customers as an asset", styleCompany)
	s.text(r.Period+" · "+r.Span, styleQuiet)
	s.text(r.Status, status)
	s.text(r.Definition, styleQuiet)
	s.text(r.Stamps, styleQuiet)
	for _, b := range p.Blocks {
		s.Rows = append(s.Rows, sheetRow{Number: s.next()})
		s.text(b.Title, styleTitle)
		if b.Subtitle != "" {
			s.text(b.Subtitle, styleQuiet)
		}
		s.table(b.Table)
		for _, n := range b.Notes {
			s.text(n, styleQuiet)
		}
	}
	return s
}

func (s *sheet) next() int { return len(s.Rows) + 1 }

func (s *sheet) text(t string, style int) {
	n := s.next()
	s.Rows = append(s.Rows, sheetRow{n, []sheetCell{{Ref: ref(n, 0), Text: spreadsheet.Text(t), Style: style}}})
}

func (s *sheet) table(t *table) {
	if t == nil {
		return
	}
	head := sheetRow{Number: s.next()}
	for i, c := range t.Columns {
		style := styleHeadRight
		if i == 0 || c.Left {
			style = styleHead
		}
		head.Cells = append(head.Cells, sheetCell{Ref: ref(head.Number, i), Text: spreadsheet.Text(c.Name), Style: style})
	}
	s.Rows = append(s.Rows, head)
	first := s.next()
	for _, r := range t.Rows {
		row := sheetRow{Number: s.next()}
		for i, c := range r.Cells {
			out := sheetCell{Ref: ref(row.Number, i), Style: styleOf(c, r.Kind == sumRow)}
			if c.Kind == words {
				out.Text = spreadsheet.Text(c.Text)
				switch {
				case r.Kind == partRow && i == 0:
					out.Text = "   " + c.Text
				case t.Columns[i].Left:
					out.Style = styleNote
				}
			} else {
				out.Value, out.Formula = c.plain(), formula(c.Terms, first)
			}
			row.Cells = append(row.Cells, out)
			s.widen(i, c)
		}
		s.Rows = append(s.Rows, row)
	}
}

// widen makes a column wide enough for a cell; words beside figures may run on over the next.
func (s *sheet) widen(col int, c cell) {
	for len(s.Widths) <= col {
		s.Widths = append(s.Widths, 14)
	}
	most := 60
	if col > 0 && c.Kind == words {
		most = 18
	}
	s.Widths[col] = max(s.Widths[col], float64(min(most, utf8.RuneCountInString(c.String())+3)))
}

func styleOf(c cell, sum bool) int {
	style := map[cellKind]int{words: styleText, money: styleMoney, count: styleWhole, share: styleShare, measure: styleMeasure}[c.Kind]
	if c.Kind == money && c.Decimals == 0 {
		style = styleUnits
	}
	if !sum {
		return style
	}
	switch style {
	case styleMoney:
		return styleSumMoney
	case styleWhole:
		return styleSumWhole
	case styleUnits:
		return styleSumUnits
	}
	return styleSumText
}

// formula adds the terms up, in a table whose first row is given: B6+B7-B8.
func formula(terms []term, first int) string {
	var b strings.Builder
	for i, t := range terms {
		switch {
		case t.Minus:
			b.WriteByte('-')
		case i > 0:
			b.WriteByte('+')
		}
		b.WriteString(ref(first+t.Row, t.Col))
	}
	return b.String()
}

// ref names a cell by its row from 1 and its column from 0.
func ref(row, col int) string { return fmt.Sprintf("%c%d", 'A'+col, row) }

// footerText writes a text for a printed footer, which holds 255 letters and where & begins a code.
func footerText(s string) string {
	runes := []rune(s)
	return "&L" + strings.ReplaceAll(string(runes[:min(len(runes), 110)]), "&", "&&") + "&RPage &P of &N"
}

// escapeXML writes a text for XML; what XML cannot hold becomes U+FFFD.
func escapeXML(s string) (string, error) {
	var b strings.Builder
	err := xml.EscapeText(&b, []byte(s))
	return b.String(), err
}
