package ui

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/internal/work"
)

// previewRows is how many rows are shown before an import.
const previewRows = 20

// mappingPage is how a file would be read, and the form to correct it.
type mappingPage struct {
	frame
	Self, Action, Discard string
	Name, Size            string
	Layout                []fact
	Recognised            string // as which export
	Problems              []ingest.Problem
	Importable            bool
	Kinds                 []kindChoice
	KindSure              string
	Kind, Source          string
	Fields                []fieldRow
	Questions             string // as they are named now
	Attributes            string
	Columns               []columnRow
	Raw                   [][]string
	Preview               preview
	Strict, Replace       bool
}

// kindChoice is one kind of record that the file can be imported as.
type kindChoice struct {
	Name     string
	Selected bool
}

// fieldRow is one field of the mapping form.
type fieldRow struct {
	Name, Input, Expression, Doc, Sure, Why string
	Required, Doubtful                      bool
}

// columnRow is what was found about one column.
type columnRow struct {
	Name, Type, Samples, Missing string
	Ambiguous                    bool
}

// preview is the first rows as they would be loaded.
type preview struct {
	Why     string // why there is none
	Columns []string
	Rows    []previewRow
}

// previewRow is one row as it would be loaded, or why it would not.
type previewRow struct {
	Cells    []string
	Rejected string
}

// questionInput is the input for the questions of a file that has several in a row.
const questionInput = "map.question"

// importWorkOf reads the mapping form. Fields named for another kind than the
// one asked for were typed before the kind was changed, and say nothing.
func importWorkOf(token string, form url.Values) (work.Import, error) {
	w := work.Import{Token: token, Source: strings.TrimSpace(form.Get("source")), Strict: form.Has("strict"), Replace: form.Has("replace")}
	if form.Get("kind") == "" {
		return w, nil
	}
	kind, err := clientele.ParseKind(form.Get("kind"))
	if err != nil {
		return w, err
	}
	w.Kind = kind
	if form.Get("fields") != string(kind) {
		return w, nil
	}
	others := false // whether other questions are named than those that the other fields are of
	if kind == clientele.Feedback && form.Has(questionInput) {
		w.Map = append(w.Map, "question="+strings.TrimSpace(form.Get(questionInput)))
		others = form.Has("questions") && form.Get("questions") != form.Get(questionInput)
	}
	for _, field := range kind.Fields() {
		if form.Has("map."+field.Name) && !(others && ingest.OfQuestions(field.Name)) {
			w.Map = append(w.Map, field.Name+"="+strings.TrimSpace(form.Get("map."+field.Name)))
		}
	}
	return w, nil
}

// href is the mapping page with the same form filled in.
func mappingHref(w work.Import) string {
	q := url.Values{}
	if w.Kind != "" {
		q.Set("kind", string(w.Kind))
		q.Set("fields", string(w.Kind))
	}
	if w.Source != "" {
		q.Set("source", w.Source)
	}
	for _, m := range w.Map {
		field, expression, _ := strings.Cut(m, "=")
		q.Set("map."+field, expression)
	}
	return uploadHref(w.Token) + "?" + q.Encode()
}

// mapping shows how an upload would be read, with the form's corrections.
func (s *Site) mapping(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	token := r.PathValue("token")
	name, err := s.uploads.Name(token)
	if err != nil {
		return err
	}
	asked, err := importWorkOf(token, r.URL.Query())
	if err != nil {
		return err
	}
	asked.Name = name
	in, err := s.Importer.Inspect(r.Context(), s.uploads.Path(token), asked.Request())
	if err != nil {
		return err
	}
	p := s.mappingPage(v, in, asked)
	p.Preview = s.preview(r, in, asked)
	return s.show(w, http.StatusOK, "mapping", p)
}

func (s *Site) mappingPage(v visit, in ingest.Inspection, asked work.Import) mappingPage {
	p := mappingPage{
		frame: s.frame(v, "data", "How "+in.Name+" would be read"), Self: uploadHref(asked.Token), Action: uploadHref(asked.Token) + "/import", Discard: uploadHref(asked.Token) + "/discard",
		Name: in.Name, Size: v.bytes(in.Size), Layout: layoutFacts(in.Dialect), Recognised: in.Preset,
		Problems: in.Problems, Importable: in.Importable, Kind: string(in.Kind), Source: in.Source, Raw: in.Rows,
		Strict: asked.Strict, Replace: asked.Replace, KindSure: sure(in.KindConfidence),
		Attributes: strings.Join(slices.Sorted(maps.Keys(in.Attributes)), ", "),
	}
	for _, k := range clientele.Kinds() {
		p.Kinds = append(p.Kinds, kindChoice{string(k), k == in.Kind})
	}
	if in.Kind == clientele.Feedback {
		p.Questions = in.Questions
		p.Fields = append(p.Fields, fieldRow{Name: "question", Input: questionInput, Expression: in.Questions,
			Doc: "of a file with several scores in a row: their columns, apart by commas, such as Q7* or wifi, food; empty: there are none, or the export tells them"})
	}
	for _, field := range in.Kind.Fields() {
		p.Fields = append(p.Fields, fieldRowOf(field, in.Mapping))
	}
	for _, c := range in.Columns {
		row := columnRow{Name: c.Name, Type: columnWords(c), Samples: strings.Join(c.Samples, " · "), Missing: "none", Ambiguous: c.Ambiguous}
		if c.Missing > 0 {
			row.Missing = v.percent(c.Missing)
		}
		p.Columns = append(p.Columns, row)
	}
	return p
}

// doubtful is the confidence below which a proposal wants a look.
const doubtful = 0.8

func fieldRowOf(field clientele.Field, mapping []ingest.FieldProposal) fieldRow {
	row := fieldRow{Name: field.Name, Input: "map." + field.Name, Doc: field.Doc, Required: field.Required}
	for _, m := range mapping {
		if m.Field == field.Name {
			row.Expression, row.Why = m.Expression, m.Why
			row.Sure, row.Doubtful = sure(m.Confidence), m.Confidence < doubtful
		}
	}
	return row
}

// sure puts a confidence into words: nobody tells 80 from 85 percent.
func sure(confidence float64) string {
	switch {
	case confidence >= 0.95:
		return "sure"
	case confidence >= doubtful:
		return "fairly sure"
	case confidence > 0:
		return "a guess: please look"
	}
	return ""
}

func columnWords(c ingest.ColumnInfo) string {
	words := map[warehouse.ColumnType]string{
		warehouse.TextColumn: "text", warehouse.DecimalColumn: "decimals", warehouse.LocaleColumn: "decimals with marks",
		warehouse.DateColumn: "days", warehouse.TimeColumn: "local times", warehouse.InstantColumn: "instants",
	}[c.Type]
	if c.Layout != "" {
		words += " " + c.Layout
	}
	if c.Mark == "," {
		words += ", decimal comma"
	}
	return words
}

func layoutFacts(l ingest.Layout) []fact {
	facts := []fact{{"format", string(l.Format)}}
	add := func(name, text string) {
		if text != "" {
			facts = append(facts, fact{name, text})
		}
	}
	add("packed with", l.Compression)
	add("encoding", l.Encoding)
	add("sheet", l.Sheet)
	if l.Format == ingest.FormatCSV {
		add("columns parted by", delimiterWords(l.Delimiter))
		add("quotes", map[bool]string{true: "none", false: "double"}[l.Quote == ""])
		add("first line", map[bool]string{true: "names the columns", false: "is a row"}[l.Header])
	}
	return facts
}

func delimiterWords(d string) string {
	words := map[string]string{",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "blank", ingest.Blanks: "runs of blanks"}
	if w, ok := words[d]; ok {
		return w
	}
	return d
}

// bytes writes a size with the unit that makes it short.
func (l *locale) bytes(n int64) string {
	size, unit := float64(n), "bytes"
	for _, u := range []string{"kB", "MB", "GB"} {
		if size < 1000 {
			break
		}
		size, unit = size/1000, u
	}
	return l.number(size, 1) + nbsp + unit
}

// preview reads the first rows as they would be loaded; what stops it is shown
// in its place, for the form to be corrected.
func (s *Site) preview(r *http.Request, in ingest.Inspection, asked work.Import) preview {
	rows, err := s.Importer.Preview(r.Context(), s.uploads.Path(asked.Token), asked.Request(), previewRows)
	if err != nil {
		return preview{Why: strings.TrimSpace(fmt.Sprintf("%s. %s", err, clientele.HintOf(err)))}
	}
	var p preview
	for _, m := range in.Mapping {
		p.Columns = append(p.Columns, m.Field)
	}
	for _, row := range rows {
		var x previewRow
		if reason := row["rejected"]; reason != nil {
			x.Rejected = *reason
		}
		for _, c := range p.Columns {
			text := ""
			if row[c] != nil {
				text = *row[c]
			}
			x.Cells = append(x.Cells, text)
		}
		p.Rows = append(p.Rows, x)
	}
	return p
}

// importUpload adds the job that imports a file with the form's mapping.
func (s *Site) importUpload(w http.ResponseWriter, r *http.Request) error {
	token := r.PathValue("token")
	name, err := s.uploads.Name(token)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return clientele.Errorf(clientele.CodeUsage, "the form cannot be read").WithHint("Send it again from the page.").Because(err)
	}
	asked, err := importWorkOf(token, r.PostForm)
	if err != nil {
		return err
	}
	asked.Name = name
	j, err := s.desk().Import(r.Context(), asked)
	if err != nil {
		return err
	}
	http.Redirect(w, r, jobHref(j.ID, ""), http.StatusSeeOther)
	return nil
}
