package cli

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/spreadsheet"
	"github.com/clientele/clientele/internal/survey"
)

// surveyFlags is what was asked of surveys.
type surveyFlags struct {
	origin string
	json   bool
}

// surveyVerbs are what can be asked, with how many words follow each.
var surveyVerbs = map[string]int{"list": 0, "create": 1, "send": 1, "results": 1}

func (c *command) survey() *cobra.Command {
	var f surveyFlags
	cmd := &cobra.Command{
		Use: "survey BOOK list|create FILE|send NAME|results NAME", Short: "Surveys: who is asked what, and what that says of all customers", Args: cobra.RangeArgs(2, 3),
		Long: `Surveys of customers and of employees, which they answer on pages of this program's server.

A YAML file says what is asked, of whom and when; create makes a survey of it. Send does what is
due, the next wave or a reminder, so that it can be run every day: it draws who is asked, and
writes a link for each as CSV, unless the server mails them. Nobody is asked again within the
days of the quarantine. Results are weighted to all customers, and say who was silent. What
employees answered is told in portions, by which nobody can be known.`,
		Example: `  clientele survey acme create delivery.yaml
  clientele survey acme send Delivery --origin https://clientele.example > links.csv
  clientele survey acme results Delivery
  clientele survey acme results Delivery --json | jq .questions`,
	}
	cmd.Flags().StringVar(&f.origin, "origin", "", "send: scheme and host of the server that links lead to (default: of the server that holds the book)")
	cmd.Flags().BoolVar(&f.json, "json", false, "as JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := checkSurveyVerb(cmd, args[1:]); err != nil {
			return usage(cmd, err)
		}
		var d survey.Document
		if args[1] == "create" {
			var err error
			if d, err = c.readSurvey(args[2]); err != nil {
				return err
			}
		}
		return c.withBook(cmd.Context(), args[0], func(b *app.Book, _ app.Watcher) error {
			switch args[1] {
			case "list":
				return c.listSurveys(cmd.Context(), b, args[0], f)
			case "create":
				return c.createSurvey(cmd.Context(), b, args[0], d, f)
			case "send":
				return c.sendSurvey(cmd.Context(), b, args[2], f)
			}
			return c.surveyResults(cmd.Context(), b, args[2], f)
		})
	}
	return cmd
}

func checkSurveyVerb(cmd *cobra.Command, args []string) error {
	words, ok := surveyVerbs[args[0]]
	switch {
	case !ok:
		return fmt.Errorf("%q is none of list, create, send, results", args[0])
	case len(args)-1 != words:
		return fmt.Errorf("%s takes %s", args[0], many(words, "word"))
	case args[0] != "send" && cmd.Flags().Changed("origin"):
		return fmt.Errorf("--origin does not go with %s", args[0])
	}
	return nil
}

// readSurvey reads a file, and no more of it than one may hold.
func (c *command) readSurvey(name string) (d survey.Document, err error) {
	file, err := os.Open(c.path(name))
	if err != nil {
		return d, clientele.Errorf(clientele.CodeNotFound, "%s cannot be opened", name).WithHint("See docs/surveys.md for what a survey says.").Because(err)
	}
	defer file.Close() // it was only read
	text, err := io.ReadAll(io.LimitReader(file, survey.MaxDocument+1))
	if err != nil {
		return d, clientele.Errorf(clientele.CodeInvalid, "%s cannot be read", name).Because(err)
	}
	return survey.ParseDocument(name, text)
}

func (c *command) listSurveys(ctx context.Context, b *app.Book, book string, f surveyFlags) error {
	all, err := b.Guards().Surveys.List(ctx)
	if err != nil || f.json {
		return c.orJSON(all, err)
	}
	if len(all) == 0 {
		fmt.Fprintln(c.out, "There is no survey yet.")
		return c.next("clientele survey %s create FILE, or make one on the page Surveys", book)
	}
	var rows [][]string
	for _, s := range all {
		last := "—"
		if s.Last != nil {
			last = s.Last.Format("2006-01-02")
		}
		rows = append(rows, []string{visible(s.Name), string(s.Who), s.State, whole(int64(s.Waves)), whole(s.Asked), last})
	}
	page{c.out}.table([]string{"survey", "asks", "state", "waves", "asked", "last sent"}, rows, 0, 1, 2, 5)
	return nil
}

func (c *command) createSurvey(ctx context.Context, b *app.Book, book string, d survey.Document, f surveyFlags) error {
	v, err := b.Guards().Surveys.Create(ctx, d)
	if err != nil || f.json {
		return c.orJSON(v, err)
	}
	fmt.Fprintf(c.out, "The survey %s asks %s of %s.\n", visible(v.Name), many(len(v.Document.Questions), "question"), v.Document.Ask.Who)
	if v.Address != "" {
		fmt.Fprintf(c.out, "Its open link is %s on your server.\n", v.Address)
	}
	return c.next("clientele survey %s send %q", book, visible(v.Name))
}

// sendSurvey sends, and writes the links that nobody mailed as CSV.
func (c *command) sendSurvey(ctx context.Context, b *app.Book, name string, f surveyFlags) error {
	g := b.Guards().Surveys
	v, err := g.Find(ctx, name)
	if err != nil {
		return err
	}
	sent, err := g.Send(ctx, v.ID, f.origin)
	if err != nil || f.json {
		return c.orJSON(sent, err)
	}
	if len(sent.Links) > 0 {
		if err := writeLinks(c.out, sent.Links); err != nil {
			return err
		}
	}
	if err := c.out.Flush(); err != nil {
		return err
	}
	what := "asked"
	if sent.Reminder > 0 {
		what = "reminded"
	}
	fmt.Fprintf(c.Stderr, "%s, wave %d: %s %s, of whom %s by mail; the links of the others are written above, once\n", visible(sent.Survey), sent.Wave, whole(int64(sent.Asked)), what, whole(int64(sent.Mailed)))
	if sent.Next != nil {
		return c.next("clientele survey BOOK send %q on %s", visible(sent.Survey), sent.Next.Format("2006-01-02"))
	}
	return nil
}

// writeLinks writes links for a system that mails them.
func writeLinks(to io.Writer, links []survey.Link) error {
	w := csv.NewWriter(to)
	_ = w.Write([]string{"customer", "link", "email", "language"}) // whose error stays for Error
	for _, l := range links {
		_ = w.Write([]string{spreadsheet.Text(l.Customer), l.URL, spreadsheet.Text(l.Address), l.Language})
	}
	w.Flush()
	return w.Error()
}

func (c *command) surveyResults(ctx context.Context, b *app.Book, name string, f surveyFlags) error {
	g := b.Guards().Surveys
	v, err := g.Find(ctx, name)
	if err != nil {
		return err
	}
	r, err := g.Results(ctx, v.ID)
	if err != nil || f.json {
		return c.orJSON(r, err)
	}
	writeSurvey(page{c.out}, r)
	return nil
}
