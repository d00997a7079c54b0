package ingest

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
)

// Limits of a workbook, checked before anything of it is unpacked.
const (
	maxWorkbook        = 256 << 20 // bytes unpacked
	maxWorkbookEntries = 10_000
)

// workbook reads sheets as streams: cell values, and styles as far as they tell
// dates from numbers.
type workbook struct {
	zip      *zip.ReadCloser
	files    map[string]*zip.File
	sheets   []sheet
	strings  []string
	dates    []clock // by cell style
	from1904 bool
}

type sheet struct{ name, file string }

// openXLSX makes text of the first visible sheet with rows.
func (s *source) openXLSX(ctx context.Context, known *Layout) error {
	book, err := s.openWorkbook()
	if err != nil {
		return err
	}
	defer book.zip.Close()
	chosen, width, others, err := s.chooseSheet(ctx, book, known)
	if err != nil {
		return err
	}
	s.layout.Sheet, s.grid, s.lineColumn = chosen.name, true, true
	if err := s.rewrite(func(w io.Writer) error { return book.write(ctx, w, chosen, width) }); err != nil {
		return err
	}
	if known != nil {
		s.layout = *known
		return nil
	}
	if len(others) > 0 {
		s.problems = append(s.problems, Problem{Message: "the workbook has more sheets with rows: " + strings.Join(others, ", "),
			Hint: "Only " + chosen.name + " is read. Save the others as files of their own."})
	}
	head, err := s.head()
	if err != nil {
		return err
	}
	c := read(head, Layout{Delimiter: ",", Quote: `"`}, s.scan.Size > int64(len(head)))
	for i, row := range c.rows {
		c.rows[i] = row[:len(row)-1]
	}
	c.width--
	l := c.finish(0)
	s.layout.Header, s.layout.SkipLines = l.Header, l.SkipLines
	return nil
}

func (s *source) openWorkbook() (*workbook, error) {
	z, err := zip.OpenReader(s.path)
	if err != nil {
		return nil, s.invalid(0, "the workbook is damaged").Because(err).WithHint("Save it again.")
	}
	var total uint64
	b := &workbook{zip: z, files: map[string]*zip.File{}}
	for _, f := range z.File {
		total += min(f.UncompressedSize64, maxWorkbook+1)
		b.files[strings.ToLower(strings.TrimPrefix(f.Name, "/"))] = f
	}
	if total > maxWorkbook || len(z.File) > maxWorkbookEntries {
		z.Close()
		return nil, s.invalid(0, "the workbook is larger than %d MB when unpacked", maxWorkbook>>20).WithHint("Save the sheet as CSV and import that.")
	}
	if err := b.load(); err != nil {
		z.Close()
		return nil, s.invalid(0, "the workbook cannot be read").Because(err).WithHint("Open it, save it again as .xlsx or .csv.")
	}
	return b, nil
}

func (b *workbook) load() error {
	targets := map[string]string{}
	err := b.elements("xl/_rels/workbook.xml.rels", func(e xml.StartElement, _ *xml.Decoder) error {
		if e.Name.Local == "Relationship" {
			target := strings.TrimPrefix(attribute(e, "Target"), "/xl/")
			targets[attribute(e, "Id")] = path.Join("xl", target)
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = b.elements("xl/workbook.xml", func(e xml.StartElement, _ *xml.Decoder) error {
		switch e.Name.Local {
		case "workbookPr":
			v := attribute(e, "date1904")
			b.from1904 = v == "1" || v == "true"
		case "sheet":
			if attribute(e, "state") == "" || attribute(e, "state") == "visible" {
				b.sheets = append(b.sheets, sheet{attribute(e, "name"), targets[attribute(e, "id")]})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := b.loadStyles(); err != nil {
		return err
	}
	return b.loadStrings()
}

func attribute(e xml.StartElement, local string) string {
	for _, a := range e.Attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// elements calls take on every opening tag of a part; a part that is not there has none.
func (b *workbook) elements(part string, take func(xml.StartElement, *xml.Decoder) error) error {
	f := b.files[strings.ToLower(part)]
	if f == nil {
		return nil
	}
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	d := xml.NewDecoder(io.LimitReader(r, maxWorkbook))
	for {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if e, ok := t.(xml.StartElement); ok {
			if err := take(e, d); err != nil {
				return err
			}
		}
	}
}

func (b *workbook) loadStrings() error {
	return b.elements("xl/sharedStrings.xml", func(e xml.StartElement, d *xml.Decoder) error {
		if e.Name.Local != "si" {
			return nil
		}
		text, err := textIn(d, "si")
		b.strings = append(b.strings, text)
		return err
	})
}

// textIn joins the texts of an element whose opening tag is behind the decoder,
// without its phonetic guides.
func textIn(d *xml.Decoder, element string) (string, error) {
	var text strings.Builder
	var inText, inGuide bool
	for {
		t, err := d.RawToken()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			inText = inText || t.Name.Local == "t" || t.Name.Local == "v"
			inGuide = inGuide || t.Name.Local == "rPh"
		case xml.CharData:
			if inText && !inGuide {
				text.Write(t)
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "t", "v":
				inText = false
			case "rPh":
				inGuide = false
			case element:
				return text.String(), nil
			}
		}
	}
}

// rows streams the rows of a sheet: its number from 1, and its cells up to the
// last one that holds something.
func (b *workbook) rows(ctx context.Context, sh sheet, take func(row int64, cells []string) error) error {
	var row, seen int64
	var cells []string
	flush := func() error {
		for len(cells) > 0 && cells[len(cells)-1] == "" {
			cells = cells[:len(cells)-1]
		}
		if len(cells) == 0 {
			return nil
		}
		err := take(row, cells)
		cells = cells[:0]
		return err
	}
	err := b.elements(sh.file, func(e xml.StartElement, d *xml.Decoder) error {
		switch e.Name.Local {
		case "row":
			if err := flush(); err != nil {
				return err
			}
			if row++; attribute(e, "r") != "" {
				row, _ = strconv.ParseInt(attribute(e, "r"), 10, 64)
			}
			if seen++; seen%1024 == 0 {
				return ctx.Err()
			}
		case "c":
			return b.cell(e, d, &cells)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

func (b *workbook) cell(e xml.StartElement, d *xml.Decoder, cells *[]string) error {
	at := len(*cells)
	if ref := attribute(e, "r"); ref != "" {
		at = columnOf(ref)
	}
	text, err := textIn(d, "c") // a formula is neither t nor v, and passed over
	if err != nil || at >= maxColumns && text == "" {
		return err
	}
	if at >= maxColumns {
		return fmt.Errorf("a value in column %d: at most %d columns are read", at+1, maxColumns)
	}
	for len(*cells) <= at {
		*cells = append(*cells, "")
	}
	(*cells)[at] = b.value(attribute(e, "t"), attribute(e, "s"), text)
	return nil
}

// columnOf reads the letters of a reference such as AB12, from 0.
func columnOf(ref string) int {
	n := 0
	for _, c := range ref {
		if c < 'A' || c > 'Z' || n > maxColumns {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	return n - 1
}

// chooseSheet takes the first sheet with two rows (or the one read before) and
// names the others.
func (s *source) chooseSheet(ctx context.Context, b *workbook, known *Layout) (chosen sheet, width int, others []string, err error) {
	for _, sh := range b.sheets {
		if known != nil && sh.name != known.Sheet {
			continue
		}
		rows, columns := 0, 0
		err := b.rows(ctx, sh, func(_ int64, cells []string) error {
			rows++
			columns = max(columns, len(cells))
			return nil
		})
		switch {
		case err != nil:
			return sheet{}, 0, nil, s.invalid(0, "sheet %q cannot be read", sh.name).Because(err).WithHint("Open the workbook and save it again.")
		case rows < 2:
		case width == 0:
			chosen, width = sh, columns
		default:
			others = append(others, strconv.Quote(sh.name))
		}
	}
	if width == 0 {
		return sheet{}, 0, nil, s.invalid(0, "no sheet of the workbook has rows").WithHint("Check that the sheet is not hidden.")
	}
	return chosen, width, others, nil
}

// write makes a grid of a sheet, every row as wide as the widest.
func (b *workbook) write(ctx context.Context, w io.Writer, sh sheet, width int) error {
	g := gridWriter{w: w}
	return b.rows(ctx, sh, func(row int64, cells []string) error {
		for i := range width {
			var cell []byte
			if i < len(cells) {
				cell = bytes.TrimSuffix([]byte(cells[i]), []byte{0})
			}
			g.cell(cell)
		}
		g.number(row)
		return g.end()
	})
}
