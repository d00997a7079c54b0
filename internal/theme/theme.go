package theme

import (
	"strings"
	"time"

	"github.com/clientele/clientele/model/text"
)

// Report is what is said, by touchpoint and language, where most is said first.
type Report struct {
	Seed   int64   `json:"seed"` // of samples: the same gives the same themes
	Voices []Voice `json:"voices"`
	Few    int     `json:"few"`  // groups that are not told, of fewer than ten comments
	Left   int     `json:"left"` // further groups that were not looked at: the most that are is MaxVoices
}

// Voice is what is said at a touchpoint in a language.
type Voice struct {
	Touchpoint string `json:"touchpoint"` // "" is not known
	Language   string `json:"language"`   // first part of its BCP 47; "" is not known
	Guessed    bool   `json:"guessed"`    // the records do not tell the language, and its stop words do
	Recorded   string `json:"recorded"`   // the language that the records have, "" if none
	Count
	Sampled   int64      `json:"sampled"`   // comments that were read for themes and sentiment
	Sentiment *Sentiment `json:"sentiment"` // null: see sentiment_why
	Mute      string     `json:"sentiment_why,omitempty"`
	Words     *Contrast  `json:"words"` // null: see words_why
	NoWords   string     `json:"words_why,omitempty"`
	Themes    []Theme    `json:"themes"`
	Found     int        `json:"found"` // topics before those were left out that do not come back
	NoThemes  string     `json:"themes_why,omitempty"`
}

// Count is how many comments there are. Who is neither a detractor nor a promoter gave a score
// between, or none.
type Count struct {
	Comments   int64  `json:"comments"`
	Detractors *int64 `json:"detractors"` // null: so few are beside them that they could be worked out
	Promoters  *int64 `json:"promoters"`  // likewise
}

// Sentiment is how a sample sounds.
type Sentiment struct {
	Mean     Interval `json:"mean"`     // of the compound, −1 to 1
	Negative Interval `json:"negative"` // fraction of comments
	Positive Interval `json:"positive"` // fraction of comments
}

// Interval is an estimate with its 95 % interval.
type Interval struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// Contrast is what one side says that the other does not, the surest first.
type Contrast struct {
	Detractors []Word `json:"detractors"`
	Promoters  []Word `json:"promoters"`
}

// Word is a word that stands out.
type Word struct {
	Word       string  `json:"word"`
	Detractors int64   `json:"detractors"` // that hold it
	Promoters  int64   `json:"promoters"`  // that hold it
	LogOdds    float64 `json:"log_odds"`   // natural logarithm: above 0 is more of the side that it is listed for
	Z          float64 `json:"z"`
}

// Theme is what some comments are about. A comment speaks of it if the words of one topic that
// it holds weigh a hundred or more together: its first word alone, or some others.
type Theme struct {
	ID         string   `json:"id"`
	Version    int64    `json:"version"` // 0: nobody has named, merged or taken charge of it
	Touchpoint string   `json:"touchpoint"`
	Language   string   `json:"language"` // as the records have it
	Name       string   `json:"name"`     // "" if nobody has named it
	Topics     []Topic  `json:"topics"`   // several if others were merged into it
	Merged     []Merged `json:"merged"`
	Owner      *Owner   `json:"owner"` // null: nobody
	Count
	Stability *float64 `json:"stability"` // fraction of resamples in which it came back; null of a theme that is kept
	Why       string   `json:"why,omitempty"`
}

// Topic is words with their weights, in hundredths of that of the first.
type Topic []text.Weighted

// Merged is a theme that was merged into another.
type Merged struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// Owner is who answers for a theme.
type Owner struct {
	Person string    `json:"person"` // id of an account; "" for somebody without one
	Name   string    `json:"name"`
	Since  time.Time `json:"since"`
}

// Title is the name of a theme or, without one, its first words.
func (t Theme) Title() string {
	if t.Name != "" || len(t.Topics) == 0 {
		return t.Name
	}
	return t.Topics[0].title()
}

// titleWords is how many words stand for a topic.
const titleWords = 3

func (t Topic) title() string {
	var words []string
	for _, w := range t[:min(titleWords, len(t))] {
		words = append(words, w.Word)
	}
	return strings.Join(words, ", ")
}

// Quotes are comments that speak of a theme.
type Quotes struct {
	Theme  Theme   `json:"theme"`
	Offset int64   `json:"offset"`
	Quotes []Quote `json:"quotes"`
	Why    string  `json:"why,omitempty"` // why there are none
}

// Quote is what somebody wrote. It does not tell who, nor when.
type Quote struct {
	Text string `json:"text"`
	Side string `json:"side"` // detractor, promoter or, of neither, ""
}

// Edit is a change of themes.
type Edit struct {
	Number int64     `json:"number"`
	At     time.Time `json:"at"`
	Who    string    `json:"who"`  // id of an account; "" is the owner of the machine
	Name   string    `json:"name"` // of who
	Theme  string    `json:"theme"`
	Says   string    `json:"says"`
	Undoes int64     `json:"undoes"` // number of the edit that it takes back; 0 is none
	Undone bool      `json:"undone"` // it was taken back
}

// Done is an edit that was made. Number is 0 if nothing was to change.
type Done struct {
	Edit
	Version int64 `json:"version"` // of the theme now; 0 if it is not kept any more

	Before, After any `json:"-"` // what the audit tells
}
