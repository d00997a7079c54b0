package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/expr"
	"github.com/clientele/clientele/internal/warehouse"
)

// reading is a file made ready, and what its columns mean.
type reading struct {
	*source
	survey   *survey
	columns  []decided
	types    []warehouse.ColumnType // Parquet: by the schema
	preset   string
	plan     plan
	recalled map[string]string // field → expression: what was remembered and the file itself would not have given
}

// recall finds how a file with these columns was read before.
type recall func(names []string, preset string) (Entry, bool)

// readFile makes a file ready and settles what its columns mean. scan is the
// pass over it, nil if there was none. An error with a reading is one of the
// meaning: the file itself can be read.
func readFile(ctx context.Context, path, work string, r Request, scan *textScan, before recall) (*reading, error) {
	over, err := parseMap(r.Map)
	if err != nil {
		return nil, err
	}
	r = r.asked()
	questions := namedQuestions(r.Map)
	if r.Kind != clientele.Feedback && len(questions) > 0 {
		return nil, clientele.Errorf(clientele.CodeUsage, "%s have no questions", r.Kind).WithHint("Questions are of answers: import the file as feedback.")
	}
	src, err := openSource(ctx, path, r.name(path), work, nil, scan)
	if err != nil {
		return nil, err
	}
	rd := &reading{source: src}
	if err := rd.look(ctx, r.Kind, questions, before); err != nil {
		src.close()
		return nil, err
	}
	err = rd.settle(r, over, before)
	if rd.unsure() && !rd.survey.whole && rd.layout.Format != FormatParquet {
		if err = rd.lookAgain(ctx); err == nil {
			err = rd.settle(r, over, before)
		}
	}
	return rd, rd.locate(err)
}

// asked is the request with the kind that it implies: questions are of answers.
func (r Request) asked() Request {
	if r.Kind == "" && len(namedQuestions(r.Map)) > 0 {
		r.Kind = clientele.Feedback
	}
	return r
}

// look recognises the export and surveys the columns.
func (rd *reading) look(ctx context.Context, kind clientele.Kind, questions []string, before recall) (err error) {
	if rd.layout.Format == FormatParquet {
		if len(questions) > 0 {
			return rd.invalid(0, "questions of a Parquet file cannot be told apart").WithHint("Export it as CSV.")
		}
		if rd.survey, rd.types, err = rd.surveyParquet(ctx); err == nil {
			rd.decide()
		}
		return err
	}
	t, err := rd.openTable()
	if err != nil {
		return err
	}
	names := t.names
	t.close()
	p, ok, err := presetFor(names, questions, before)
	if err != nil {
		return err
	}
	if ok && rd.layout.Header && (kind == "" || kind == p.kind) {
		rd.preset = p.name
		if err := rd.expand(ctx, p); err != nil {
			return err
		}
	}
	if rd.survey, err = rd.source.survey(ctx, false); err == nil {
		rd.decide()
	}
	return err
}

// presetFor is the preset of a file with these columns: with the questions that are named or,
// if nothing is said of them, were the last time.
func presetFor(names, questions []string, before recall) (p preset, ok bool, err error) {
	p, ok = presetOf(names)
	if ok && p.survey == nil {
		return p, ok, nil
	}
	if len(questions) > 0 {
		if questions, err = matching(questions, names); err != nil {
			return p, false, err
		}
	} else if e, had := before(names, anyQuestions); had && questions == nil {
		p, ok = presetNamed(e.Preset)
		return p, ok, nil
	}
	switch {
	case len(questions) == 0:
		return p, ok, nil
	case ok:
		return p.survey.preset(p.source, p.needs, questions), true, nil
	}
	return fileOfQuestions(questions), true, nil
}

// lookAgain surveys the whole file.
func (rd *reading) lookAgain(ctx context.Context) (err error) {
	if rd.survey, err = rd.source.survey(ctx, true); err == nil {
		rd.decide()
	}
	return err
}

func (rd *reading) decide() {
	rd.columns = rd.survey.decide(rd.layout.Delimiter)
	for i, t := range rd.types {
		if t != warehouse.TextColumn {
			rd.columns[i] = decided{Column: warehouse.Column{Name: rd.columns[i].Name, Type: t}, like: t}
		}
	}
}

// unsure says whether a part of the file left a column open that all of it may settle.
func (rd *reading) unsure() bool {
	return slices.ContainsFunc(rd.columns, func(d decided) bool { return d.ambiguous || d.mixed })
}

// settle finds the meaning: as before, as the export has it, or by names and content.
func (rd *reading) settle(r Request, over []given, before recall) error {
	if entry, ok := before(rd.survey.names, rd.preset); ok && suits(r.Kind, entry.Kind, over) && (r.Source == "" || r.Source == entry.Source) {
		p, err := entry.plan()
		if err != nil {
			return err
		}
		rd.plan, rd.recalled = p, rd.unlikeProposed(p)
		if err := rd.plan.apply(over); err != nil {
			return err
		}
	} else if p, ok := presetNamed(rd.preset); ok {
		rd.plan = rd.presetPlan(p)
		if err := rd.plan.apply(over); err != nil {
			return err
		}
	} else if err := rd.propose(r, over); err != nil {
		return err
	}
	if r.Source != "" {
		rd.plan.source = r.Source
	}
	return rd.plan.check(rd.columns)
}

// presetPlan is what a preset's lines mean.
func (rd *reading) presetPlan(p preset) plan {
	if p.survey != nil {
		return rd.surveyPlan(p)
	}
	return p.plan(rd.survey.names)
}

// unlikeProposed is what of a remembered mapping the file's own names and content do not give.
func (rd *reading) unlikeProposed(remembered plan) map[string]string {
	own := map[string]string{}
	if preset, ok := presetNamed(rd.preset); ok {
		p := rd.presetPlan(preset)
		own = p.texts()
	} else if proposed, err := newProposer(rd.columns, rd.survey.columns, rd.named()).propose(remembered.kind, nil); err == nil {
		own = proposed.texts()
	}
	unlike := remembered.texts()
	maps.DeleteFunc(unlike, func(field, text string) bool { return own[field] == text })
	return unlike
}

// named says whether the columns have names of their own.
func (rd *reading) named() bool { return rd.layout.Header || rd.layout.Format == FormatParquet }

func (rd *reading) propose(r Request, over []given) error {
	p := newProposer(rd.columns, rd.survey.columns, rd.named())
	var err error
	if rd.plan, err = p.propose(r.Kind, over); err != nil {
		return err
	}
	rd.plan.source = DefaultSource
	if r.Kind == "" && rd.plan.confidence < sureEnough {
		err := p.undecidedError(over)
		rd.plan = plan{source: DefaultSource}
		return err
	}
	return nil
}

// locate adds the file to an error that lacks it.
func (rd *reading) locate(err error) error {
	if e := (*clientele.Error)(nil); errors.As(err, &e) && e.At.File == "" && e.Code == clientele.CodeInvalid {
		e.At.File = rd.name
	}
	return err
}

// input is the file as the warehouse reads it.
func (rd *reading) input(columns []warehouse.Column) warehouse.Input {
	in := warehouse.Input{Path: rd.path, Name: rd.name, Format: warehouse.CSV, Columns: columns}
	if rd.layout.Format == FormatParquet {
		in.Format = warehouse.Parquet
		return in
	}
	d := rd.dialect()
	in.Dialect = warehouse.Dialect{Delimiter: d.Delimiter, Quote: d.Quote, Header: d.Header, SkipLines: d.SkipLines}
	if rd.scan != nil {
		rd.scan.promises.keep(&in)
	}
	if rd.lineColumn {
		in.LineColumn = lineColumnName
		in.Columns = append(slices.Clone(columns), warehouse.Column{Name: lineColumnName, Type: warehouse.TextColumn})
	}
	return in
}

// entry is what landing will say of the file.
func (rd *reading) entry(sha string, size int64) Entry {
	e := Entry{
		Name: rd.name, SHA256: sha, Size: size, Kind: rd.plan.kind, Source: rd.plan.source, Preset: rd.preset, Dialect: rd.layout,
		Columns: rd.plan.columns(rd.columns), Mapping: rd.plan.texts(), Attributes: rd.plan.attributes, State: landed,
	}
	e.BatchID = e.batchID()
	return e
}

// batchID is one for every way to read a file.
func (e Entry) batchID() string {
	way, err := json.Marshal([]any{e.SHA256, e.Kind, e.Source, e.Preset, e.Dialect, e.Columns, e.Mapping, e.Attributes})
	if err != nil {
		panic(err) // texts and numbers only
	}
	sum := sha256.Sum256(way)
	return e.SHA256[:min(16, len(e.SHA256))] + "-" + hex.EncodeToString(sum[:6])
}

// plan reads the recorded mapping.
func (e Entry) plan() (plan, error) {
	p := plan{kind: e.Kind, confidence: 1, source: e.Source, fields: map[string]filled{}, attributes: map[string]string{}}
	for field, text := range e.Mapping {
		x, err := expr.Parse(text)
		if err != nil {
			return plan{}, clientele.Errorf(clientele.CodeInternal, "the recorded mapping of %s cannot be read", e.Name).Because(err)
		}
		p.fields[field] = filled{x, 1, "as for " + e.Name + " before"}
	}
	for attribute, column := range e.Attributes {
		p.attributes[attribute] = column
	}
	return p, nil
}

// open makes a landed file ready as it was when it was accepted.
func (e Entry) open(ctx context.Context, path, work string) (*reading, error) {
	src, err := openSource(ctx, path, e.Name, work, &e.Dialect, nil)
	if err != nil {
		return nil, err
	}
	rd := &reading{source: src, preset: e.Preset}
	if p, ok := presetNamed(e.Preset); ok {
		err = rd.expand(ctx, p)
	} else if e.Preset != "" {
		err = clientele.Errorf(clientele.CodeInvalid, "%s was read as %s, which this program does not know", e.Name, e.Preset).
			WithHint("Use version %s of the program, or a later one.", e.Program)
	}
	if err == nil {
		rd.plan, err = e.plan()
	}
	if err != nil {
		src.close()
		return nil, err
	}
	return rd, nil
}

// inspection tells people what was found. err is what stops an import.
func (rd *reading) inspection(size int64, err error) Inspection {
	in := Inspection{
		Name: rd.name, Size: size, Dialect: rd.layout, Preset: rd.preset, Kind: rd.plan.kind, KindConfidence: hundredths(rd.plan.confidence), Source: rd.plan.source,
		Attributes: rd.plan.attributes, Problems: slices.Clone(rd.problems), Importable: err == nil, Rows: rd.survey.first, Mapping: []FieldProposal{}, Columns: []ColumnInfo{},
	}
	if p, ok := presetNamed(rd.preset); ok && p.questions != nil {
		in.Questions = quotedList(p.questions)
	}
	for i, d := range rd.columns {
		e := rd.survey.columns[i]
		in.Columns = append(in.Columns, ColumnInfo{
			Column: d.Column, Samples: append([]string{}, e.samples...), Missing: hundredths(e.missing()), Ambiguous: d.ambiguous,
		})
	}
	for _, f := range rd.plan.kind.Fields() {
		if fill, ok := rd.plan.fields[f.Name]; ok {
			in.Mapping = append(in.Mapping, FieldProposal{f.Name, expr.String(fill.expr), hundredths(fill.confidence), fill.why, f.Required})
		}
	}
	if err != nil {
		in.Problems = append([]Problem{problemOf(err)}, in.Problems...)
	}
	if in.Problems == nil {
		in.Problems = []Problem{}
	}
	if in.Rows == nil {
		in.Rows = [][]string{}
	}
	return in
}

func hundredths(f float64) float64 { return math.Round(f*100) / 100 }

func (e *evidence) missing() float64 {
	if e.values+e.empty == 0 {
		return 0
	}
	return float64(e.empty+e.markers) / float64(e.values+e.empty)
}

func problemOf(err error) Problem {
	p := Problem{Message: err.Error(), Hint: clientele.HintOf(err)}
	if e := (*clientele.Error)(nil); errors.As(err, &e) {
		p.Message, p.Line, p.Column = e.Message, e.At.Line, e.At.Column
		if e.Err != nil {
			p.Message += fmt.Sprintf(": %v", e.Err)
		}
	}
	return p
}
