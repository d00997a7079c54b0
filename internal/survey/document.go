package survey

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"

	"github.com/clientele/clientele"
)

// Kind is what a question asks for.
type Kind string

// The kinds of question.
const (
	NPS    Kind = "nps"    // 0 to 10
	CSAT   Kind = "csat"   // 1 to 5
	CES    Kind = "ces"    // 1 to 7
	Rating Kind = "rating" // on a scale of its own
	Choice Kind = "choice"
	Words  Kind = "text"
)

// Who is asked.
type Who string

// Those who can be asked.
const (
	Customers Who = "customers"
	Employees Who = "employees"
)

// The bounds of a document.
const (
	MaxDocument  = 256 << 10 // bytes
	mostOf       = 20        // questions, options of one, segments, languages, places to be embedded in
	mostLetters  = 1000
	mostDays     = 3660
	mostPoints   = 11 // of a scale
	mostDrawn    = 20_000
	longestReply = 4000 // letters of a text that is answered
)

// Document says what is asked, of whom, and when.
type Document struct {
	Survey     string     `yaml:"survey" json:"survey"`                   // its name, unique in the book
	Title      Text       `yaml:"title" json:"title"`                     // above every question
	Intro      Text       `yaml:"intro" json:"intro,omitempty"`           // above the first
	Thanks     Text       `yaml:"thanks" json:"thanks,omitempty"`         // after the last
	Touchpoint string     `yaml:"touchpoint" json:"touchpoint,omitempty"` // that it is about
	Languages  []string   `yaml:"languages" json:"languages"`             // BCP 47; the first stands in for others
	Ask        Ask        `yaml:"ask" json:"ask"`
	Waves      Waves      `yaml:"waves" json:"waves"`
	Reminders  []int      `yaml:"reminders" json:"reminders,omitempty"` // days after the invitation, in order
	Quarantine *int       `yaml:"quarantine" json:"quarantine"`         // days in which nobody is asked again, by whichever survey
	Closes     string     `yaml:"closes" json:"closes,omitempty"`       // last day; "" is none
	Open       bool       `yaml:"open" json:"open,omitempty"`           // anybody who has the open link may answer
	Embed      []string   `yaml:"embed" json:"embed,omitempty"`         // origins of pages that may show it in a frame
	Questions  []Question `yaml:"questions" json:"questions"`
}

// Ask says who is asked.
type Ask struct {
	Who      Who      `yaml:"who" json:"who"`
	By       string   `yaml:"by" json:"by,omitempty"`             // attribute of customers whose values are drawn from one by one
	Segments []string `yaml:"segments" json:"segments,omitempty"` // those alone
	Sample   int64    `yaml:"sample" json:"sample,omitempty"`     // so many of each
	Share    float64  `yaml:"share" json:"share,omitempty"`       // or such a share of each; neither is all
	Email    string   `yaml:"email" json:"email,omitempty"`       // attribute that holds where mail goes
	Language string   `yaml:"language" json:"language,omitempty"` // attribute that holds the language
}

// Waves says how often a survey is sent.
type Waves struct {
	Count int `yaml:"count" json:"count"`
	Every int `yaml:"every" json:"every"` // days
	Open  int `yaml:"open" json:"open"`   // days in which the links of one can be answered
}

// Question is one screen.
type Question struct {
	ID      string   `yaml:"id" json:"id"`
	Kind    Kind     `yaml:"kind" json:"kind"`
	Text    Text     `yaml:"text" json:"text"`
	Low     Text     `yaml:"low" json:"low,omitempty"` // what the ends of the scale mean
	High    Text     `yaml:"high" json:"high,omitempty"`
	From    *int     `yaml:"from" json:"from,omitempty"` // of a rating
	To      *int     `yaml:"to" json:"to,omitempty"`
	Options []Option `yaml:"options" json:"options,omitempty"` // of a choice
	Several bool     `yaml:"several" json:"several,omitempty"` // more than one of them
}

// Option is one thing to choose.
type Option struct {
	ID   string `yaml:"id" json:"id"`
	Text Text   `yaml:"text" json:"text"`
}

// Scale is the least and the greatest score; ok is false if the question has none.
func (q Question) Scale() (from, to int, ok bool) {
	switch q.Kind {
	case NPS:
		return 0, 10, true
	case CSAT:
		return 1, 5, true
	case CES:
		return 1, 7, true
	case Rating:
		return *q.From, *q.To, true
	}
	return 0, 0, false
}

// Question finds a question by id.
func (d Document) Question(id string) (Question, bool) {
	i := slices.IndexFunc(d.Questions, func(q Question) bool { return q.ID == id })
	if i < 0 {
		return Question{}, false
	}
	return d.Questions[i], true
}

// Speaks returns the language of the document that serves best whoever prefers these, as in an
// Accept-Language header or a single tag.
func (d Document) Speaks(preferred string) string {
	tags := make([]language.Tag, len(d.Languages))
	for i, l := range d.Languages {
		tags[i] = language.Make(l)
	}
	_, i := language.MatchStrings(language.NewMatcher(tags), preferred)
	return d.Languages[i]
}

func invalid(format string, args ...any) *clientele.Error {
	return clientele.Errorf(clientele.CodeInvalid, format, args...).WithHint("See docs/surveys.md for what a survey says.")
}

// complete fills in what was left out.
func (d *Document) complete() {
	if len(d.Languages) == 0 {
		d.Languages = []string{"en"}
	}
	if d.Ask.Who == "" {
		d.Ask.Who = Customers
	}
	if d.Ask.Who == Customers && d.Ask.Email == "" {
		d.Ask.Email = "email"
	}
	if d.Ask.Who == Customers && d.Ask.Language == "" {
		d.Ask.Language = "language"
	}
	if d.Waves == (Waves{}) {
		d.Waves.Count = 1
	}
	if d.Waves.Every == 0 {
		d.Waves.Every = 90
	}
	if d.Waves.Open == 0 {
		d.Waves.Open = min(21, d.Waves.Every)
	}
	if d.Quarantine == nil {
		d.Quarantine = new(30)
	}
	for i := range d.Questions {
		q := &d.Questions[i]
		if q.Kind == Rating && q.From == nil && q.To == nil {
			q.From, q.To = new(1), new(5)
		}
	}
}

var idText = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,39}$`)

// check puts the document in order, or says what is wrong with it.
func (d *Document) check() error {
	var err error
	if d.Survey, err = cleanName(d.Survey); err != nil {
		return err
	}
	d.complete()
	for _, check := range []func() error{d.checkLanguages, d.checkWho, d.checkTimes, d.checkEmbed, d.checkQuestions} {
		if err := check(); err != nil {
			return err
		}
	}
	if d.Title == nil {
		d.Title = Text{d.Languages[0]: d.Survey}
	}
	for name, text := range map[string]Text{"title": d.Title, "intro": d.Intro, "thanks": d.Thanks} {
		if err := text.clean(name, d.Languages); err != nil {
			return err
		}
	}
	return nil
}

func (d *Document) checkLanguages() error {
	if len(d.Languages) > mostOf {
		return invalid("languages: more than %d", mostOf)
	}
	for i, l := range d.Languages {
		tag, err := language.Parse(l)
		if err != nil || tag == language.Und {
			return invalid("languages: %q is no language", shown(l)).WithHint("Write a BCP 47 tag, such as en, pt-BR or he.")
		}
		if d.Languages[i] = tag.String(); slices.Contains(d.Languages[:i], tag.String()) {
			return invalid("languages: %s stands there twice", tag)
		}
	}
	return nil
}

func (d *Document) checkWho() error {
	a := d.Ask
	asked := len(a.Segments) > 0 || a.Sample != 0 || a.Share != 0
	switch {
	case a.Who != Customers && a.Who != Employees:
		return invalid("ask: who is %q", shown(string(a.Who))).WithHint("Write customers or employees.")
	case a.Who == Employees && (asked || a.By != "" || a.Email != "" || a.Language != ""):
		return invalid("ask: of employees all with an account are asked").WithHint("Leave out what else stands below ask.")
	case a.Who == Employees && len(d.Reminders) > 0:
		return invalid("reminders: nobody knows which employees have answered").WithHint("Leave reminders out.")
	case a.Who == Employees && len(d.Embed) > 0:
		return invalid("embed: what employees are asked is not shown in other pages")
	case len(a.Segments) > 0 && a.By == "":
		return invalid("ask: segments need the attribute that they are values of").WithHint("Write it as by.")
	case len(a.Segments) > mostOf:
		return invalid("ask: more than %d segments", mostOf)
	case a.Sample < 0 || a.Sample > mostDrawn || a.Share < 0 || a.Share > 1 || a.Sample != 0 && a.Share != 0:
		return invalid("ask: sample is a number of customers up to %d, or share one between 0 and 1", mostDrawn)
	}
	for _, text := range append([]string{a.By, a.Email, a.Language, d.Touchpoint}, a.Segments...) {
		if len(text) > mostLetters || !shownWhole(text) {
			return invalid("ask: %q cannot be a name", shown(text))
		}
	}
	return nil
}

func (d *Document) checkTimes() error {
	switch w := d.Waves; {
	case w.Count < 1 || w.Count > 1000 || w.Every < 1 || w.Every > mostDays || w.Open < 1 || w.Open > w.Every:
		return invalid("waves: count is 1 to 1000; every and open are days, and open is no more than every")
	case *d.Quarantine < 0 || *d.Quarantine > mostDays:
		return invalid("quarantine: it is a number of days")
	case len(d.Reminders) > 5 || !slices.IsSorted(d.Reminders) || len(slices.Compact(slices.Clone(d.Reminders))) != len(d.Reminders):
		return invalid("reminders: up to 5 numbers of days, one after the other")
	case len(d.Reminders) > 0 && (d.Reminders[0] < 1 || d.Reminders[len(d.Reminders)-1] >= w.Open):
		return invalid("reminders: each comes before the %d days are over in which links can be answered", w.Open)
	}
	if d.Closes == "" {
		return nil
	}
	if _, err := time.Parse(time.DateOnly, d.Closes); err != nil {
		return invalid("closes: %q is no day", shown(d.Closes)).WithHint("Write it as 2027-01-31.")
	}
	return nil
}

func (d *Document) checkEmbed() error {
	if len(d.Embed) > mostOf {
		return invalid("embed: more than %d places", mostOf)
	}
	if len(d.Embed) > 0 && !d.Open {
		return invalid("embed: what stands in a page is answered by the open link").WithHint("Write open: true as well.")
	}
	for _, text := range d.Embed {
		u, err := url.Parse(text)
		near := err == nil && u.Scheme == "http" && u.Hostname() == "localhost"
		if err != nil || u.Scheme != "https" && !near || u.Host == "" || text != u.Scheme+"://"+u.Host || !originText.MatchString(text) {
			return invalid("embed: %q is no origin", shown(text)).WithHint("Write scheme and host alone, such as https://shop.example.")
		}
	}
	return nil
}

// originText keeps out of a header what has a meaning there.
var originText = regexp.MustCompile(`^https?://[a-z0-9.-]+(:[0-9]{1,5})?$`)

func (d *Document) checkQuestions() error {
	if n := len(d.Questions); n == 0 || n > mostOf {
		return invalid("questions: there are %d, not 1 to %d", n, mostOf)
	}
	seen := map[string]bool{}
	for i := range d.Questions {
		q := &d.Questions[i]
		if !idText.MatchString(q.ID) || seen[q.ID] {
			return invalid("question %d: its id %q is no short name of its own", i+1, shown(q.ID)).WithHint("Write small letters, digits, - and _, such as recommend.")
		}
		seen[q.ID] = true
		if err := q.check(d.Languages); err != nil {
			return err
		}
	}
	return nil
}

func (q *Question) check(languages []string) error {
	wrong := func(what string) error { return invalid("question %s: %s", q.ID, what) }
	scored := q.Kind == NPS || q.Kind == CSAT || q.Kind == CES || q.Kind == Rating
	switch {
	case !scored && q.Kind != Choice && q.Kind != Words:
		return wrong("its kind is none of nps, csat, ces, rating, choice, text")
	case q.Kind != Rating && (q.From != nil || q.To != nil):
		return wrong("only a rating has from and to")
	case q.Kind == Rating && (q.From == nil || q.To == nil || *q.From < 0 || *q.To <= *q.From || *q.To-*q.From >= mostPoints):
		return wrong("from and to are whole numbers from 0 on, up to 11 of them")
	case !scored && (q.Low != nil || q.High != nil):
		return wrong("only a scale has low and high")
	case (q.Kind == Choice) != (len(q.Options) > 0), q.Several && q.Kind != Choice:
		return wrong("a choice has options, and nothing else has")
	case q.Kind == Choice && (len(q.Options) < 2 || len(q.Options) > mostOf):
		return wrong("a choice has 2 to 20 options")
	case len(q.Text) == 0:
		return wrong("its text is missing")
	}
	texts := map[string]Text{"text": q.Text, "low": q.Low, "high": q.High}
	seen := map[string]bool{}
	for _, o := range q.Options {
		if !idText.MatchString(o.ID) || seen[o.ID] {
			return wrong("the id of an option is no short name of its own")
		}
		if len(o.Text) == 0 {
			return wrong("the text of an option is missing")
		}
		seen[o.ID], texts["option "+o.ID] = true, o.Text
	}
	for name, text := range texts {
		if err := text.clean("question "+q.ID+", "+name, languages); err != nil {
			return err
		}
	}
	return nil
}

// cleanName is a name without spare blanks. CodeInvalid if it is none.
func cleanName(name string) (string, error) {
	clean := strings.Join(strings.Fields(name), " ")
	if clean == "" || !shownWhole(clean) || utf8.RuneCountInString(clean) > 100 {
		return "", invalid("survey: the name has 1 to 100 letters")
	}
	return clean, nil
}

// shownWhole reports whether all of a text can be shown.
func shownWhole(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' })
}

// shown is the beginning of a text for a message.
func shown(text string) string {
	if utf8.RuneCountInString(text) > 60 {
		return string([]rune(text)[:60]) + "…"
	}
	return text
}
