package pack

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
)

//go:embed templates/pack.html.tmpl
var htmlText string

var htmlPage = template.Must(template.New("pack").Funcs(template.FuncMap{
	"draw": draw, "points": points, "right": func(t table, i int) bool { return i > 0 && !t.Columns[i].Left },
	"coord": coord, "rgb": func(i ink) template.CSS { return template.CSS(hex(i)) }, // from our own table
}).Parse(htmlText))

func writeHTML(w io.Writer, r report) error { return htmlPage.Execute(w, r) }

// points writes a line for SVG.
func points(s stroke) string {
	at := make([]string, len(s.Points))
	for i, p := range s.Points {
		at[i] = coord(p.X) + "," + coord(p.Y)
	}
	return strings.Join(at, " ")
}

// coord writes a place on a chart to the thousandth of a millimetre.
func coord(f float64) string { return fmt.Sprintf("%.3f", f) }

func hex(i ink) string {
	c := inks[i]
	return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2])
}
