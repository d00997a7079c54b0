package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/expr"
	"github.com/cockroachdb/apd/v3"
)

// preset is an export whose columns are known. Its rows are rewritten into lines
// that the warehouse reads: the export's own columns, and behind them the added
// ones.
type preset struct {
	name    string
	source  string
	kind    clientele.Kind
	needs   []string // columns that give it away, folded
	added   []string // columns that lines gives behind the row's own
	mapping map[string]string
	// lines turns the rows of one group into lines.
	lines func(p *presetRows)
	// group is the column whose equal values, one after the other, make a group;
	// "" for row by row.
	group string
	// survey, if not nil, gives lines instead, and what they mean, of these questions: nil
	// is those that it finds.
	survey    *surveyExport
	questions []string
}

func presets() []preset {
	return []preset{shopifyOrders(), stripeCharges(), stripeBalance(), wooOrders(), qualtricsAnswers(), typeformAnswers()}
}

func presetOf(names []string) (preset, bool) {
	folded := map[string]bool{}
	for _, name := range names {
		folded[fold(name)] = true
	}
	for _, p := range presets() {
		if !slices.ContainsFunc(p.needs, func(n string) bool { return !folded[n] }) {
			return p, true
		}
	}
	return preset{}, false
}

// presetNamed finds a preset by the name that landing keeps: behind a survey's stand its
// questions, if they were named.
func presetNamed(name string) (preset, bool) {
	base, questions, named := strings.Cut(name, ": ")
	if named && base == manyQuestions {
		return fileOfQuestions(splitList(questions)), true
	}
	all := presets()
	i := slices.IndexFunc(all, func(p preset) bool { return p.name == base })
	switch {
	case i < 0 || named && all[i].survey == nil:
		return preset{}, false
	case named:
		return all[i].survey.preset(all[i].source, all[i].needs, splitList(questions)), true
	}
	return all[i], true
}

// plan is the preset's mapping over the file's own column names.
func (p preset) plan(names []string) plan {
	own := map[string]string{}
	for _, name := range names {
		own[fold(name)] = name
	}
	out := plan{kind: p.kind, confidence: 0.98, source: p.source, fields: map[string]filled{}, attributes: map[string]string{}}
	for field, text := range p.mapping {
		var e expr.Expr = expr.Column{Name: text}
		if name, ok := own[text]; ok {
			e = expr.Column{Name: name}
		} else if !slices.Contains(p.added, text) {
			continue // a column that this export lacks
		}
		out.fields[field] = filled{e, 0.98, "as " + p.name + " exports it"}
	}
	return out
}

// presetRows are the rows of one group, with what the preset makes of them.
type presetRows struct {
	index   map[string]int // folded column → position
	rows    [][]string
	at      []int64 // lines of the original
	out     []presetLine
	skipped map[string]int64 // reason → rows left out
	voids   map[string]int64 // reason → orders that count as nothing
}

type presetLine struct {
	row   int // whose columns the line repeats
	added []string
}

// cell is a column of a row by its folded name; "" if the export lacks it.
func (p *presetRows) cell(row int, name string) string {
	if i, ok := p.index[name]; ok {
		return strings.TrimSpace(p.rows[row][i])
	}
	return ""
}

func (p *presetRows) set(row int, name, value string) {
	if i, ok := p.index[name]; ok {
		p.rows[row][i] = value
	}
}

func (p *presetRows) emit(row int, added ...string) {
	p.out = append(p.out, presetLine{row, added})
}

func (p *presetRows) skip(reason string) { p.skipped[reason]++ }

func (p *presetRows) void(reason string) { p.voids[reason]++ }

// expand rewrites the present copy by a preset.
func (s *source) expand(ctx context.Context, p preset) (err error) {
	if p.survey != nil {
		if p.lines, err = p.survey.prepare(ctx, s, p.questions); err != nil {
			return err
		}
	}
	t, err := s.openTable()
	if err != nil {
		return err
	}
	defer t.close()
	rows := &presetRows{index: map[string]int{}, skipped: map[string]int64{}, voids: map[string]int64{}}
	for i, name := range t.names {
		rows.index[fold(name)] = i
	}
	err = s.rewrite(func(w io.Writer) error {
		g := gridWriter{w: w}
		for _, name := range slices.Concat(t.names, p.added, []string{lineColumnName}) {
			g.cell([]byte(name))
		}
		if err := g.end(); err != nil {
			return err
		}
		return s.expandRows(ctx, p, t, rows, &g)
	})
	if err != nil {
		return err
	}
	s.expanded, s.lineColumn = true, true
	for _, reason := range slices.Sorted(maps.Keys(rows.skipped)) {
		s.problems = append(s.problems, Problem{Message: fmt.Sprintf("%d rows left out: %s", rows.skipped[reason], reason)})
	}
	for _, reason := range slices.Sorted(maps.Keys(rows.voids)) {
		s.problems = append(s.problems, Problem{Message: fmt.Sprintf("%d count as nothing: %s", rows.voids[reason], reason)})
	}
	return nil
}

func (s *source) expandRows(ctx context.Context, p preset, t *table, rows *presetRows, g *gridWriter) error {
	group := rows.index[p.group]
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		row, line, err := t.next()
		if err != nil && !errors.Is(err, io.EOF) {
			return s.rowError(err, line)
		}
		ends := errors.Is(err, io.EOF) || p.group == "" || len(rows.rows) > 0 && len(row) > group && string(row[group]) != rows.rows[0][group]
		if len(rows.rows) > 0 && ends {
			if err := rows.flush(p, g); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		cells := texts(row)
		if len(cells) != len(t.names) {
			if err := g.rejectable(row); err != nil {
				return err
			}
			continue
		}
		rows.rows, rows.at = append(rows.rows, cells), append(rows.at, line)
	}
}

// rejectable writes a row of the wrong width as it stands, for the warehouse to reject.
func (g *gridWriter) rejectable(row [][]byte) error {
	for _, cell := range row {
		g.cell(cell)
	}
	return g.end()
}

// flush writes the lines of a group.
func (p *presetRows) flush(pre preset, g *gridWriter) error {
	pre.lines(p)
	for _, l := range p.out {
		for _, cell := range p.rows[l.row] {
			g.cell([]byte(cell))
		}
		for _, cell := range l.added {
			g.cell([]byte(cell))
		}
		g.number(p.at[l.row])
		if err := g.end(); err != nil {
			return err
		}
	}
	p.rows, p.at, p.out = p.rows[:0], p.at[:0], p.out[:0]
	return nil
}

// exact is enough precision for any amount of a file.
var exact = apd.BaseContext.WithPrecision(60)

// decimal reads an amount of an export; ok is false if it is none, "" is zero.
func decimal(s string) (*apd.Decimal, bool) {
	s = strings.ReplaceAll(strings.TrimSpace(s), ",", "")
	if s == "" {
		return new(apd.Decimal), true
	}
	d, cond, err := apd.NewFromString(s)
	return d, err == nil && !cond.Any() && d.Form == apd.Finite && d.Exponent > -20 && d.Exponent < 20
}

func multiply(a, b *apd.Decimal) string {
	var product apd.Decimal
	if _, err := exact.Mul(&product, a, b); err != nil {
		return ""
	}
	return product.Text('f')
}

func negative(d *apd.Decimal) string {
	var n apd.Decimal
	n.Neg(d)
	return n.Text('f')
}
