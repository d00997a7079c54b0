package pack

// draw draws a line, moved by x and y, and leaves the place of the text alone.
func (p pdfPage) draw(s stroke, x, y float64) {
	defer p.SetXY(p.GetXY())
	c := inks[s.Ink]
	p.SetDrawColor(c[0], c[1], c[2])
	p.SetLineWidth(s.Weight)
	if s.Dashed {
		p.SetDashPattern([]float64{.8, .6}, 0)
		defer p.SetDashPattern(nil, 0)
	}
	for i, at := range s.Points {
		if i == 0 {
			p.MoveTo(x+at.X, y+at.Y)
		} else {
			p.LineTo(x+at.X, y+at.Y)
		}
	}
	p.DrawPath("D")
}

// figure places a chart at the left margin, and moves below it.
func (p pdfPage) figure(d drawing, note string) {
	y := p.GetY()
	for _, b := range d.Boxes {
		c := inks[b.Ink]
		p.SetFillColor(c[0], c[1], c[2])
		p.Rect(marginX+b.X, y+b.Y, b.W, b.H, "F")
	}
	for _, s := range d.Lines {
		p.draw(s, marginX, y)
	}
	for _, l := range d.Labels {
		size := 8.2
		if l.Small {
			size = 6.8
		}
		p.style("", size, inkText)
		x := marginX + l.X
		if !l.Start {
			x -= p.GetStringWidth(p.clean(l.Text)) / 2
		}
		p.at(x, y+l.Y, l.Text, false)
	}
	p.SetY(y + d.Height + 1)
	p.style("", sizeSmall, inkTotal)
	p.paragraph(note, 3.8)
	p.SetY(p.GetY() + 2)
}

// The lines of a row of a table.
const (
	rowLine = 4.1
	rowPad  = 1.3

	rowLines = 50 // a row that fits on a page
)

// table writes rows under their columns, which stand again on a new page.
func (p pdfPage) table(t *table) {
	widths := t.widths()
	p.tableHead(t, widths)
	for _, r := range t.Rows {
		bold, shade := "", inkText
		if r.Kind == sumRow {
			bold = "B"
		} else if r.Kind == partRow {
			shade = inkTotal
		}
		p.style(bold, t.size(), shade)
		cells, height := p.wrap(t, r, widths)
		if p.GetY()+height > pageHeight-marginBottom {
			p.AddPage()
			p.tableHead(t, widths)
			p.style(bold, t.size(), shade)
		}
		p.row(t, r, cells, widths)
		p.SetY(p.GetY() + height)
		p.rule(p.GetY(), inkBand, .15)
	}
	p.SetY(p.GetY() + 1)
}

// size is smaller where many columns share the page.
func (t *table) size() float64 {
	if len(t.Columns) > 6 {
		return sizeSmall - .7
	}
	return sizeBody
}

// widths gives the first column what the others leave.
func (t *table) widths() []float64 {
	widths := make([]float64, len(t.Columns))
	widths[0] = bodyWidth
	for i, c := range t.Columns[1:] {
		widths[i+1] = c.Width
		widths[0] -= c.Width
	}
	return widths
}

func (p pdfPage) tableHead(t *table, widths []float64) {
	p.style("", sizeSmall, inkTotal)
	x, any := marginX, false
	for i, c := range t.Columns {
		any = any || c.Name != ""
		if i == 0 || c.Left {
			p.at(x+t.gap(i), p.GetY()+3.4, p.fit(c.Name, widths[i]-t.gap(i)), false)
		} else {
			p.at(x+widths[i], p.GetY()+3.4, c.Name, true)
		}
		x += widths[i]
	}
	if any {
		p.SetY(p.GetY() + 5)
	}
	p.rule(p.GetY(), inkRule, .25)
}

// gap keeps words apart from the figures before them.
func (t *table) gap(i int) float64 {
	if i > 0 {
		return 4
	}
	return 0
}

// wrap breaks the words of a row, and says how high it is.
func (p pdfPage) wrap(t *table, r row, widths []float64) (cells [][]string, height float64) {
	most := 1
	for i, c := range r.Cells {
		cells = append(cells, []string{c.String()})
		if i == 0 || t.Columns[i].Left {
			cells[i] = p.lines(c.String(), widths[i]-t.gap(i)-1)
			if len(cells[i]) > rowLines {
				cells[i] = append(cells[i][:rowLines-1], "…")
			}
		}
		most = max(most, len(cells[i]))
	}
	return cells, rowLine*float64(most) + rowPad
}

func (p pdfPage) row(t *table, r row, cells [][]string, widths []float64) {
	x, y := marginX, p.GetY()+rowPad/2
	if r.Kind == sumRow {
		p.rule(p.GetY(), inkText, .25)
	}
	for i := range cells {
		left := x + t.gap(i)
		if i == 0 && r.Kind == partRow {
			left += 4
		}
		for n, l := range cells[i] {
			at := y + rowLine*(float64(n)+.78)
			if i == 0 || t.Columns[i].Left {
				p.at(left, at, l, false)
			} else {
				p.at(x+widths[i], at, l, true)
			}
		}
		x += widths[i]
	}
}
