package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/theme"
)

func (c *command) themes() *cobra.Command {
	var touchpoint string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "themes BOOK", Short: "What customers say in their own words, by touchpoint and language", Args: cobra.ExactArgs(1),
		Long: `What customers say in their own words: what detractors say that promoters do not, themes
that come back in resamples of the comments, and, of English, sentiment. Nothing is told of
fewer than ten comments. Quotes, names and owners of themes are on their pages.`,
		Example: `  clientele themes acme
  clientele themes acme --touchpoint delivery --json | jq '.voices[].themes[].topics'`,
	}
	cmd.Flags().StringVar(&touchpoint, "touchpoint", "", "what is said at this touchpoint alone")
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return c.withBook(cmd.Context(), args[0], func(b *app.Book, _ app.Watcher) error {
			r, err := b.Themes.Report(cmd.Context())
			if err == nil && cmd.Flags().Changed("touchpoint") {
				r, err = r.At(touchpoint)
			}
			if err != nil || asJSON {
				return c.orJSON(r, err)
			}
			writeThemes(page{c.out}, r)
			return nil
		})
	}
	return cmd
}

// writeThemes writes what is said for people to read.
func writeThemes(p page, r theme.Report) {
	if len(r.Voices) == 0 {
		p.note(fmt.Sprintf("No touchpoint has %d comments. Import feedback with a text.", theme.Fewest))
	}
	for _, v := range r.Voices {
		p.voice(v)
	}
	if r.Few > 0 {
		p.note(fmt.Sprintf("Not told, of fewer than %d comments: %d.", theme.Fewest, r.Few))
	}
	if r.Left > 0 {
		p.note(fmt.Sprintf("Not looked at, beyond the %d with most comments: %d.", theme.MaxVoices, r.Left))
	}
}

func (p page) voice(v theme.Voice) {
	where := v.Touchpoint
	if where == "" {
		where = "no touchpoint"
	}
	language := v.Language
	switch {
	case language == "":
		language = "language not known"
	case v.Guessed:
		language += ", by its words"
	}
	p.section(visible(where), language)
	p.line("comments", whole(v.Comments))
	p.line("of detractors", counted(v.Detractors))
	p.line("of promoters", counted(v.Promoters))
	if s := v.Sentiment; s != nil {
		p.line(fmt.Sprintf("sound negative, of %s read", whole(v.Sampled)), fmt.Sprintf("%.1f %% (%.1f to %.1f)", 100*s.Negative.Value, 100*s.Negative.Low, 100*s.Negative.High))
		p.line("sound positive", fmt.Sprintf("%.1f %% (%.1f to %.1f)", 100*s.Positive.Value, 100*s.Positive.Low, 100*s.Positive.High))
	} else {
		p.note(v.Mute)
	}
	if v.Words == nil {
		p.note(v.NoWords)
	} else {
		p.note("Detractors say, and promoters do not: " + saidWords(v.Words.Detractors) + ".")
		p.note("Promoters say, and detractors do not: " + saidWords(v.Words.Promoters) + ".")
	}
	if v.NoThemes != "" {
		p.note(v.NoThemes)
	}
	var rows [][]string
	for _, t := range v.Themes {
		rows = append(rows, []string{visible(t.Title()), whole(t.Comments), counted(t.Detractors), counted(t.Promoters), stability(t), t.ID})
	}
	if len(rows) > 0 {
		p.table([]string{"theme", "comments", "detractors", "promoters", "comes back", "id"}, rows, 0, 5)
	}
}

// counted is a count that may not be told.
func counted(n *int64) string {
	if n == nil {
		return "—"
	}
	return whole(*n)
}

// stability is how often a theme comes back; one that is kept need not.
func stability(t theme.Theme) string {
	if t.Stability == nil {
		return "kept"
	}
	return fmt.Sprintf("%.0f %%", 100**t.Stability)
}

func saidWords(words []theme.Word) string {
	if len(words) == 0 {
		return "nothing that stands out"
	}
	var out []string
	for _, w := range words {
		out = append(out, visible(w.Word))
	}
	return strings.Join(out, ", ")
}
