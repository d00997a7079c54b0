package pack

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font/sfnt"
)

// The page, A4 in millimetres, and the sizes of type in points.
const (
	pageWidth, pageHeight = 210.0, 297.0
	marginX, marginTop    = 18.0, 28.0
	marginBottom          = 24.0
	bodyWidth             = pageWidth - 2*marginX

	sizeHeadline = 17.0
	sizeTitle    = 12.0
	sizeBody     = 9.0
	sizeSmall    = 7.5
	family       = "text"

	footerLines = 5 // that the bottom margin holds
)

// missing stands for a letter that the font does not have; pagesMark for the number
// of pages, until it is known. No text has pagesMark: its letter is for private use.
const (
	missing   = '□'
	pagesMark = "\ue000"
)

// pdfPage writes a report as pages.
type pdfPage struct {
	*fpdf.Fpdf
	report
	glyphs func(rune) bool
	missed *bool // whether a letter was missing
}

func writePDF(w io.Writer, r report) error {
	glyphs, err := fontGlyphs()
	if err != nil {
		return err
	}
	p := pdfPage{fpdf.New("P", "mm", "A4", ""), r, glyphs, new(bool)}
	p.SetCreationDate(r.Made)
	p.SetModificationDate(r.Made)
	p.SetCatalogSort(true)
	p.SetProducer("Clientele", true)
	p.SetTitle(p.clean(r.Company+", "+r.Period+": customers as an asset"), true)
	p.SetLang("en")
	p.AddUTF8FontFromBytes(family, "", liberationsansregular.TTF)
	p.AddUTF8FontFromBytes(family, "B", liberationsansbold.TTF)
	p.SetMargins(marginX, marginTop, marginX)
	p.SetAutoPageBreak(false, marginBottom)
	p.AliasNbPages(pagesMark)
	p.SetHeaderFunc(p.header)
	p.SetFooterFunc(p.footer)
	for i, part := range r.Parts {
		p.AddPage()
		p.Bookmark(part.Name, 0, -1)
		p.part(part, i == 0)
	}
	if *p.missed {
		p.style("", sizeSmall, inkTotal)
		p.paragraph(string(missing)+" stands for a letter that the font of this file does not have. The HTML and the XLSX file have it.", 4)
	}
	return p.Output(w)
}

// fontGlyphs says which letters both fonts have.
var fontGlyphs = sync.OnceValues(func() (func(rune) bool, error) {
	regular, err := sfnt.Parse(liberationsansregular.TTF)
	if err != nil {
		return nil, err
	}
	bold, err := sfnt.Parse(liberationsansbold.TTF)
	if err != nil {
		return nil, err
	}
	return func(r rune) bool {
		for _, f := range []*sfnt.Font{regular, bold} {
			if i, err := f.GlyphIndex(nil, r); err != nil || i == 0 {
				return false
			}
		}
		return r <= 0xffff // the writer's tables end there
	}, nil
})

// clean replaces what the font cannot show.
func (p pdfPage) clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r): // marks of direction, that show nothing
			return -1
		case p.glyphs(r) && !unicode.Is(unicode.Co, r):
			return r
		}
		*p.missed = true
		return missing
	}, s)
}

func (p pdfPage) style(bold string, size float64, i ink) {
	p.SetFont(family, bold, size)
	c := inks[i]
	p.SetTextColor(c[0], c[1], c[2])
}

// at writes a text on a baseline: to the right of x, or to the left of it.
func (p pdfPage) at(x, y float64, s string, toLeft bool) {
	s = p.clean(s)
	if toLeft {
		x -= p.GetStringWidth(s)
	}
	p.Text(x, y, s)
}

func (p pdfPage) rule(y float64, i ink, weight float64) {
	p.draw(stroke{[]point{{marginX, y}, {pageWidth - marginX, y}}, i, weight, false}, 0, 0)
}

// header has who and when at the left, in what room the status leaves.
func (p pdfPage) header() {
	bold, size, shade := "", sizeSmall, inkText
	if p.Draft {
		bold, size, shade = "B", sizeBody, inkDown
	}
	p.style(bold, size, shade)
	status := p.fit(p.Status, 78)
	p.at(pageWidth-marginX, 15, status, true)
	free := bodyWidth - 4 - p.GetStringWidth(p.clean(status))
	p.style("B", sizeSmall, inkText)
	company := p.fit(p.Company, free*.5)
	p.at(marginX, 15, company, false)
	used := p.GetStringWidth(p.clean(company)) + 4
	p.style("", sizeSmall, inkText)
	span := "   " + p.Span
	p.at(marginX+used, 15, p.fit(p.Period, free-used-p.GetStringWidth(p.clean(span)))+span, false)
	p.rule(18, inkRule, .2)
}

// fit cuts a text to a width.
func (p pdfPage) fit(s string, width float64) string {
	if p.GetStringWidth(p.clean(s)) <= width {
		return s
	}
	runes := []rune(s)
	runes = runes[:min(len(runes), 200)]
	for len(runes) > 0 && p.GetStringWidth(p.clean(string(runes)+"…")) > width {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

func (p pdfPage) footer() {
	p.rule(pageHeight-20, inkRule, .2)
	p.style("", 6.5, inkText)
	y := pageHeight - 16.5
	said := append(p.lines(p.Definition, bodyWidth-24), p.lines(p.Stamps, bodyWidth)...)
	for _, s := range said[:min(len(said), footerLines)] {
		p.at(marginX, y, s, false)
		y += 2.9
	}
	n := fmt.Sprintf("Page %d of %s", p.PageNo(), pagesMark)
	p.Text(pageWidth-marginX-p.GetStringWidth(fmt.Sprintf("Page %d of 99", p.PageNo())), pageHeight-16.5, n)
}

// lines breaks a text to a width, in the font at hand.
func (p pdfPage) lines(s string, width float64) []string {
	if s = p.clean(s); s == "" {
		return nil
	}
	return p.SplitText(s, width)
}

// room makes sure that so much height is left, on a new page if need be.
func (p pdfPage) room(height float64) {
	if p.GetY()+height > pageHeight-marginBottom {
		p.AddPage()
	}
}

// paragraph writes a text in the font at hand, and moves below it.
func (p pdfPage) paragraph(s string, lineHeight float64) {
	for _, l := range p.lines(s, bodyWidth) {
		p.room(lineHeight)
		p.Text(marginX, p.GetY()+lineHeight*.8, l)
		p.SetY(p.GetY() + lineHeight)
	}
}

func (p pdfPage) part(part part, first bool) {
	name := part.Name
	if first {
		name = "Customers as an asset"
	}
	p.SetY(23)
	p.style("", sizeSmall+1, inkTotal)
	p.paragraph(name, 5)
	for i, b := range part.Blocks {
		if i > 0 {
			p.SetY(p.GetY() + 8)
		}
		p.block(b, i == 0)
	}
}

func (p pdfPage) block(b block, lead bool) {
	need := 30.0
	if b.Figure != nil {
		need += draw(b.Figure).Height
	}
	p.room(need)
	size, height := sizeTitle, 5.4
	if lead {
		size, height = sizeHeadline, 7.4
	}
	p.style("B", size, inkText)
	p.paragraph(b.Title, height)
	p.style("", sizeSmall+.5, inkTotal)
	p.paragraph(b.Subtitle, 4.2)
	p.SetY(p.GetY() + 2)
	if b.Figure != nil {
		p.figure(draw(b.Figure), b.Figure.Note)
	}
	if b.Table != nil {
		p.table(b.Table)
	}
	p.style("", sizeBody, inkText)
	for _, n := range b.Notes {
		p.SetY(p.GetY() + 1.5)
		p.paragraph(n, 4.4)
	}
}
