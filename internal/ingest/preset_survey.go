package ingest

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/expr"
)

// The columns that surveys get: a line for every question that was answered.
const (
	surveyQuestion   = "question"          // as it was asked; the name of its column where that is not told
	surveyAnswer     = "answer"            // to a question with a score
	surveyID         = "answer_id"         // the respondent's, if the export names it, with the question's column
	surveyText       = "answer_text"       // what was written, with the score that it follows
	surveyInstrument = "answer_instrument" // by the question's words
	surveyLow        = "answer_low"        // of the scale, if the answers show it
	surveyHigh       = "answer_high"
	surveyCustomer   = "answer_customer"
	surveyTime       = "answer_time"
	surveyLanguage   = "answer_language"
)

// surveyExport is how an export of answers is read: each row is what one respondent said.
type surveyExport struct {
	name     string
	own      []string // folded columns, or beginnings of them that end with *, that are no question
	id       string   // folded column that names the respondent
	customer []string // folded columns that name the customer, the surest first
	time     []string
	zone     string // behind each time
	language string
	// words gives the questions as they were asked, from a further header row; ok is false for
	// any other row.
	words func(p *presetRows) (isHeader bool)
	// out says why a row does not count; "" if it does.
	out func(p *presetRows) string
}

// manyQuestions is the preset of any other file that has several questions in a row.
const manyQuestions = "questions"

func qualtricsAnswers() preset {
	x := surveyExport{
		name: "Qualtrics answers", id: "response id", customer: []string{"external reference", "external data reference", "recipient email"},
		time: []string{"recorded date", "end date"}, language: "user language",
		own: []string{"start date", "end date", "status", "ip address", "progress", "duration in seconds", "finished", "recorded date", "response id",
			"recipient *", "external *", "location *", "distribution channel", "user language", "q recaptcha score", "q relevant id *", "q duplicate *", "q ballot *", "q language"},
		words: func(p *presetRows) bool { return !strings.ContainsAny(p.cell(0, "start date"), "0123456789") },
		out: func(p *presetRows) string {
			switch status := strings.ToLower(p.cell(0, "status")); status {
			case "survey preview", "survey test", "spam", "1", "2", "8":
				return "answers with status " + strconv.Quote(p.cell(0, "status"))
			}
			return ""
		},
	}
	return x.preset("qualtrics", []string{"start date", "end date", "status", "progress", "finished", "recorded date", "response id"}, nil)
}

func typeformAnswers() preset {
	x := surveyExport{
		name: "Typeform answers", id: "", customer: []string{"customer id", "customer", "email", "user id"}, time: []string{"submit date utc", "start date utc"}, zone: " +0000",
		own:   []string{"", "response type", "start date utc", "stage date utc", "submit date utc", "network id", "tags", "ending", "score", "customer id", "customer", "email", "user id"},
		words: func(*presetRows) bool { return false },
		out:   func(*presetRows) string { return "" },
	}
	return x.preset("typeform", []string{"start date utc", "submit date utc", "network id"}, nil)
}

// questionsOf is the preset of a file with these questions.
func fileOfQuestions(questions []string) preset {
	x := surveyExport{name: manyQuestions, words: func(*presetRows) bool { return false }, out: func(*presetRows) string { return "" }}
	return x.preset(DefaultSource, nil, questions)
}

func (x surveyExport) isExport() bool { return x.name != manyQuestions }

// preset makes it one that reads these questions; nil is those that are found.
func (x surveyExport) preset(source string, needs, questions []string) preset {
	p := preset{
		name: x.name, source: source, kind: clientele.Feedback, needs: needs, survey: &x, questions: questions,
		added: []string{surveyQuestion, surveyAnswer, surveyID, surveyText, surveyInstrument, surveyLow, surveyHigh},
	}
	if x.isExport() {
		p.added = append(p.added, surveyCustomer, surveyTime, surveyLanguage)
	}
	if questions != nil {
		p.name += ": " + quotedList(questions)
	}
	return p
}

// prepare finds out what each question of a file is, and how its rows become lines.
func (x surveyExport) prepare(ctx context.Context, s *source, named []string) (func(*presetRows), error) {
	a, err := x.read(ctx, s)
	if err != nil {
		return nil, err
	}
	for _, name := range x.preset("", nil, nil).added {
		if i := slices.IndexFunc(a.names, func(n string) bool { return fold(n) == fold(name) }); i >= 0 {
			return nil, s.invalid(1, "a column is called %q, which Clientele needs for the questions", a.names[i]).WithHint("Rename it, and import the file again.")
		}
	}
	var questions []asked
	var unread []string
	for i, name := range a.names {
		q, ok := a.columns[i].question(name, a.words[i], named != nil)
		switch {
		case named != nil && !slices.Contains(named, name), named == nil && x.isOwn(fold(name)):
		case ok:
			questions = append(questions, q)
		case a.columns[i].given > 0:
			unread = append(unread, name)
		}
	}
	if len(questions) == 0 {
		return nil, s.invalid(1, "no question with a score or a text was found").WithHint("Name its columns: --map question=COLUMN, once for each.")
	}
	if len(unread) > 0 {
		s.problems = append(s.problems, Problem{Message: "not read, for they may be choices: " + shorten(strings.Join(unread, ", "), 300),
			Hint: "If there are scores among them, name all questions that count: --map question=COLUMN, once for each."})
	}
	return func(p *presetRows) { x.lines(p, questions) }, nil
}

func (x surveyExport) isOwn(folded string) bool {
	return slices.ContainsFunc(x.own, func(own string) bool {
		beginning, open := strings.CutSuffix(own, "*")
		return folded == own || open && strings.HasPrefix(folded+" ", beginning)
	}) || strings.HasSuffix(folded, " nps group")
}

// lines makes a line of each answer of a respondent. A text goes with the score that it
// follows, or stands alone where there is none.
func (x surveyExport) lines(p *presetRows, questions []asked) {
	if x.words(p) {
		return
	}
	if why := x.out(p); why != "" {
		p.skip(why)
		return
	}
	score := false // the last line is a score's, and has no text yet
	for _, q := range questions {
		v := p.cell(0, fold(q.column))
		switch {
		case v == "" && !q.text:
			score = false
			p.void("questions that were not answered")
		case v == "":
		case q.text && score:
			p.out[len(p.out)-1].added[3] = v
			score = false
		case q.text:
			p.emit(0, x.added(p, q, "", v)...)
		default:
			p.emit(0, x.added(p, q, v, "")...)
			score = true
		}
	}
	if len(p.out) == 0 {
		p.skip("respondents who answered none of the questions")
	}
}

func (x surveyExport) added(p *presetRows, q asked, score, text string) []string {
	id := q.column
	if x.isExport() {
		id = p.cell(0, x.id) + "-" + q.column
	}
	cells := []string{q.words, score, id, text, q.instrument, q.low, q.high}
	if !x.isExport() {
		return cells
	}
	at := p.first(x.time...)
	if at != "" {
		at += x.zone
	}
	return append(cells, p.customer(x.customer...), at, strings.ToLower(p.cell(0, x.language)))
}

// surveyFields are what fills the fields of answers.
var surveyFields = map[string]string{
	"touchpoint": "if(" + surveyInstrument + " = 'nps', null, " + surveyQuestion + ")", "instrument": surveyInstrument, "score": surveyAnswer,
	"scale_min": surveyLow, "scale_max": surveyHigh, "text": surveyText, "response": surveyID,
}

// OfQuestions reports whether a field of feedback is filled by the questions of a file.
func OfQuestions(field string) bool {
	_, ok := surveyFields[field]
	return ok
}

// surveyPlan is what the lines of a survey mean: its questions as they were read, and all
// else by the export, or by the names and content of the file's own columns.
func (rd *reading) surveyPlan(p preset) plan {
	out := plan{kind: clientele.Feedback, fields: map[string]filled{}, attributes: map[string]string{}}
	fields := surveyFields
	if p.survey.isExport() {
		fields = map[string]string{"customer": surveyCustomer, "time": surveyTime, "language": surveyLanguage}
		for field, text := range surveyFields {
			fields[field] = text
		}
	} else {
		own := &proposer{header: true}
		for i, c := range rd.columns[:max(0, len(rd.columns)-len(p.added))] {
			if !slices.Contains(p.questions, c.Name) {
				own.columns, own.evidence, own.folded = append(own.columns, c), append(own.evidence, rd.survey.columns[i]), append(own.folded, fold(c.Name))
			}
		}
		out = own.fill(clientele.Feedback)
	}
	respondent, known := out.fields["response"]
	for field, text := range fields {
		e, err := expr.Parse(text)
		if err != nil {
			panic(err) // written above
		}
		out.fields[field] = filled{e, 0.9, "as " + cmp.Or(strings.TrimSuffix(p.survey.name, " answers"), "surveys") + " has it"}
	}
	if !p.survey.isExport() {
		delete(out.fields, "response")
		if known {
			out.fields["response"] = filled{expr.Call{Func: "concat", Args: []expr.Expr{respondent.expr, expr.Text{Value: "-"}, expr.Column{Name: surveyID}}},
				respondent.confidence, "one answer of one respondent"}
		}
	}
	out.confidence, out.source = 0.9, p.source
	return out
}
