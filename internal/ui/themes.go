package ui

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/theme"
)

// themesPage is what customers say: where, or at one touchpoint all of it.
type themesPage struct {
	frame
	Kicker, Headline string
	All              bool     // every touchpoint, of which one is not chosen
	Places           figTable // where something is said
	Voices           []voicePart
	Notes            []string
	Edits            []editRow
	Refused          refusal
	Ask              string // whom to ask, of a reader who may not import
}

// voicePart is what is said at a touchpoint in a language.
type voicePart struct {
	ID, Title, About string
	Facts            []fact
	Mute             string
	NoWords          string
	Sides            []figTable
	NoThemes, Found  string
	Themes           figTable
}

// noTouchpoint is what is said of comments whose touchpoint is not known.
const noTouchpoint = "no touchpoint"

// themes shows what customers say once it was looked at, and has it looked at otherwise.
func (s *Site) themes(w http.ResponseWriter, r *http.Request) error { return s.themesWith(w, r, nil) }

func (s *Site) themesWith(w http.ResponseWriter, r *http.Request, refused error) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	said, ok, err := s.Themes.Ready(r.Context())
	if err != nil {
		return err
	}
	if !ok {
		j, err := s.desk().Themes(r.Context())
		return follow(w, r, j, err)
	}
	p := themesPage{frame: s.frame(v, "themes", "Themes"), Kicker: "What customers say", Refused: refusalOf(refused), Ask: v.ask(policy.ImportData), All: true}
	p.Headline, p.Notes = v.themesHeadline(said), themesNotes(said)
	p.Places = v.placesTable(said)
	chosen := r.URL.Query().Has("touchpoint")
	if chosen {
		if said, err = said.At(r.URL.Query().Get("touchpoint")); err != nil {
			return err
		}
	}
	if chosen || len(said.Voices) == 1 {
		p.All, p.Headline = false, v.placeHeadline(said)
		for i, voice := range said.Voices {
			p.Voices = append(p.Voices, v.voicePart(fmt.Sprintf("voice-%d", i+1), voice))
		}
	}
	if p.Edits, err = s.themeEdits(v, ""); err != nil {
		return err
	}
	return s.show(w, statusOf(refused), "themes", p)
}

func themeHref(id string) string { return "/themes/" + url.PathEscape(id) }

func placeHref(touchpoint string) string {
	return "/themes?" + url.Values{"touchpoint": {touchpoint}}.Encode()
}

func placeName(touchpoint string) string {
	if touchpoint == "" {
		return noTouchpoint
	}
	return touchpoint
}

// languageName is a language as people call it.
func languageName(code string) string {
	tag, err := language.Parse(code)
	if code == "" || err != nil {
		return "language not known"
	}
	if name := display.English.Languages().Name(tag); name != "" {
		return name
	}
	return code
}

// themesHeadline says where most detractors are heard.
func (v visit) themesHeadline(r theme.Report) string {
	var comments int64
	themes := 0
	for _, voice := range r.Voices {
		comments += voice.Comments
		themes += len(voice.Themes)
	}
	if len(r.Voices) == 0 {
		return fmt.Sprintf("Nothing can be told yet: no touchpoint has %d comments.", theme.Fewest)
	}
	return fmt.Sprintf("%s comments, and %s that come back in them.", v.int(comments), many(themes, "theme", "themes"))
}

// placeHeadline is the first word that detractors say and promoters do not.
func (v visit) placeHeadline(r theme.Report) string {
	first := r.Voices[0]
	where := placeName(first.Touchpoint)
	if first.Words != nil && len(first.Words.Detractors) > 0 {
		return fmt.Sprintf("At %s detractors say “%s”, and promoters hardly do.", where, first.Words.Detractors[0].Word)
	}
	return fmt.Sprintf("%s comments at %s.", v.int(first.Comments), where)
}

func themesNotes(r theme.Report) (notes []string) {
	if r.Few > 0 {
		notes = append(notes, fmt.Sprintf("Not told, of fewer than %d comments each: %s.", theme.Fewest, many(r.Few, "group", "groups")))
	}
	if r.Left > 0 {
		notes = append(notes, fmt.Sprintf("Not looked at, beyond the %d with most comments: %s.", theme.MaxVoices, many(r.Left, "group", "groups")))
	}
	return notes
}

func (v visit) placesTable(r theme.Report) figTable {
	t := figTable{Title: "Where they say it", Columns: []string{"", "comments", "of detractors", "sound negative", "themes"}}
	for _, voice := range r.Voices {
		negative := none
		if voice.Sentiment != nil {
			negative = v.percent(voice.Sentiment.Negative.Value)
		}
		name := placeName(voice.Touchpoint)
		t.Rows = append(t.Rows, figRow{Name: name, Note: v.spokenNote(voice), Cells: []fig{
			{Of: name, Text: v.int(voice.Comments), Href: placeHref(voice.Touchpoint)}, {Text: v.untoldCount(voice.Detractors)}, {Text: negative}, {Text: v.int(int64(len(voice.Themes)))},
		}})
	}
	return t
}

func (v visit) spokenNote(voice theme.Voice) string {
	note := languageName(voice.Language)
	if voice.Guessed {
		note += ", by its words"
	}
	return note
}

// untoldCount is a count that may not be told.
func (v visit) untoldCount(n *int64) string {
	if n == nil {
		return none
	}
	return v.int(*n)
}

func (v visit) voicePart(id string, voice theme.Voice) voicePart {
	p := voicePart{ID: id, Title: placeName(voice.Touchpoint), About: v.spokenNote(voice), Mute: v.sentence(voice.Mute), NoWords: v.sentence(voice.NoWords), NoThemes: v.sentence(voice.NoThemes)}
	p.Facts = []fact{{"comments", v.int(voice.Comments)}, {"of detractors", v.untoldCount(voice.Detractors)}, {"of promoters", v.untoldCount(voice.Promoters)}}
	if s := voice.Sentiment; s != nil {
		p.Facts = append(p.Facts, fact{"sound negative", v.between(s.Negative)}, fact{"sound positive", v.between(s.Positive)})
		p.Mute = fmt.Sprintf("How comments sound is told by VADER's rules from %s of %s, chosen by chance; it hears complaints that are made politely as neutral or positive.", v.int(voice.Sampled), v.int(voice.Comments))
	}
	if voice.Words != nil {
		p.Sides = []figTable{
			v.wordsTable("Detractors say, and promoters do not", voice.Words.Detractors), v.wordsTable("Promoters say, and detractors do not", voice.Words.Promoters),
		}
	}
	if len(voice.Themes) > 0 {
		p.Found = fmt.Sprintf("Of %s in %s comments, these come back when the comments are drawn again. A comment may speak of several.", many(voice.Found, "topic", "topics"), v.int(voice.Sampled))
		p.Themes = v.themesTable(voice.Themes)
	}
	return p
}

func (v visit) between(i theme.Interval) string {
	return fmt.Sprintf("%s (%s to %s)", v.percent(i.Value), v.percent(i.Low), v.percent(i.High))
}

func (v visit) wordsTable(title string, words []theme.Word) figTable {
	t := figTable{Title: title, Columns: []string{"word", "detractors", "promoters", "z"}}
	for _, w := range words {
		t.Rows = append(t.Rows, figRow{Name: w.Word, Cells: []fig{{Text: v.int(w.Detractors)}, {Text: v.int(w.Promoters)}, {Text: v.fixed(w.Z, 1)}}})
	}
	return t
}

func (v visit) themesTable(themes []theme.Theme) figTable {
	t := figTable{Title: "Themes", Columns: []string{"theme", "comments", "of detractors", "of promoters", "comes back"}}
	for _, of := range themes {
		row := figRow{Name: capital(of.Title()), Note: themeNote(of), Cells: []fig{
			{Of: of.Title(), Text: v.int(of.Comments), Href: themeHref(of.ID)}, {Text: v.untoldCount(of.Detractors)}, {Text: v.untoldCount(of.Promoters)}, {Text: v.comesBack(of)},
		}}
		if of.Why != "" {
			row.Cells[0].Text = none
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (v visit) comesBack(t theme.Theme) string {
	if t.Stability == nil {
		return "kept"
	}
	return v.percent(*t.Stability)
}

// themeNote says who answers for a theme, what it is made of, and why it is not told.
func themeNote(t theme.Theme) string {
	note := t.Why
	if t.Owner != nil {
		note = "owner: " + t.Owner.Name
	}
	if len(t.Merged) > 0 {
		note = many(len(t.Merged), "other", "others") + " merged into it" + map[bool]string{true: " · " + note}[note != ""]
	}
	return note
}

// themeEdits are the latest edits of a theme, or all for "".
func (s *Site) themeEdits(v visit, of string) (rows []editRow, err error) {
	edits, err := s.Themes.Edits(v.Context(), of, 0, editsShown)
	for _, e := range edits {
		rows = append(rows, editRow{strconv.FormatInt(e.Number, 10), v.instant(e.At), cmp.Or(e.Name, ownerOfTheMachine), capital(e.Says), e.Undone, !e.Undone && v.may(policy.EditThemes)})
	}
	return rows, err
}

// undoTheme takes an edit of themes back.
func (s *Site) undoTheme(w http.ResponseWriter, r *http.Request) error {
	number, err := undone(r)
	if err != nil {
		return err
	}
	if _, err = s.Themes.Undo(r.Context(), number); refuses(err) {
		return s.themesWith(w, r, err)
	}
	if err == nil {
		leave(w, r, "/themes")
	}
	return err
}
