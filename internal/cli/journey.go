package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/journey"
	"github.com/clientele/clientele/internal/path"
)

// journeyFlags is what was asked of journeys.
type journeyFlags struct {
	plan         string
	from, to, by string
	json         bool
}

// journeyVerbs are what can be asked, with how many words follow each.
var journeyVerbs = []struct {
	name  string
	words int
}{{"list", 0}, {"show", 1}, {"plan", 1}, {"apply", 1}, {"export", 0}, {"observe", 0}}

func (c *command) journey() *cobra.Command {
	var f journeyFlags
	cmd := &cobra.Command{
		Use: "journey BOOK list|show NAME|plan FILE|apply FILE|export|observe", Short: "The map of journeys, who answers for each touchpoint, and the paths customers take", Args: cobra.RangeArgs(2, 3),
		Long: `The map of journeys: journeys that nest, their stages and touchpoints in order, and the one
accountable owner of each touchpoint, with since when.

A YAML file says the whole map, so that it can be kept in version control: export writes it,
plan says what applying it would create, change, move and remove, and apply does that in one
edit, which can be taken back on the page Journeys. What a file leaves out is removed.

observe says which paths customers really take, from interactions and orders: how often each
step follows on another, the most frequent paths with what those who take them are worth, and
what differs from the journeys that are drawn.`,
		Example: `  clientele journey acme list
  clientele journey acme show Checkout
  clientele journey acme export > journeys.yaml
  clientele journey acme plan journeys.yaml
  clientele journey acme apply journeys.yaml --plan 3f9a0c11d2e4
  clientele journey acme observe --from 2026-01-01 --to 2026-06-30 --by region`,
	}
	cmd.Flags().StringVar(&f.plan, "plan", "", "apply: only if it would do what the plan of this id said")
	cmd.Flags().StringVar(&f.from, "from", "", "observe: first day on which a path began, YYYY-MM-DD (default: the first on record)")
	cmd.Flags().StringVar(&f.to, "to", "", "observe: last day on which a path began, YYYY-MM-DD (default: the last on record)")
	cmd.Flags().StringVar(&f.by, "by", "", "observe: an attribute of customers")
	cmd.Flags().BoolVar(&f.json, "json", false, "as JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := checkJourneyVerb(cmd, args[1:]); err != nil {
			return usage(cmd, err)
		}
		observed := path.Request{By: f.by}
		if err := observed.Between(f.from, f.to); err != nil {
			return usage(cmd, err)
		}
		var d journey.Document
		if args[1] == "plan" || args[1] == "apply" {
			var err error
			if d, err = c.readJourneys(args[2]); err != nil {
				return err
			}
		}
		return c.withBook(cmd.Context(), args[0], func(b *app.Book, _ app.Watcher) error {
			switch args[1] {
			case "list":
				return c.listJourneys(cmd.Context(), b, args[0], f)
			case "show":
				return c.showJourney(cmd.Context(), b, args[2], f)
			case "export":
				return c.exportJourneys(cmd.Context(), b, f)
			case "observe":
				return c.observeJourneys(cmd.Context(), b, observed, f)
			case "plan":
				return c.planJourneys(cmd.Context(), b, args, d, f)
			}
			return c.applyJourneys(cmd.Context(), b, d, f)
		})
	}
	return cmd
}

func checkJourneyVerb(cmd *cobra.Command, args []string) error {
	for _, v := range journeyVerbs {
		switch {
		case v.name != args[0]:
			continue
		case len(args)-1 != v.words:
			return fmt.Errorf("%s takes %s", v.name, many(v.words, "word"))
		}
		for flag, verb := range map[string]string{"plan": "apply", "from": "observe", "to": "observe", "by": "observe"} {
			if cmd.Flags().Changed(flag) && v.name != verb {
				return fmt.Errorf("--%s does not go with %s", flag, v.name)
			}
		}
		return nil
	}
	return fmt.Errorf("%q is none of list, show, plan, apply, export, observe", args[0])
}

// readJourneys reads a file of journeys, and no more of it than one may hold.
func (c *command) readJourneys(name string) (d journey.Document, err error) {
	file, err := os.Open(c.path(name))
	if err != nil {
		return d, clientele.Errorf(clientele.CodeNotFound, "%s cannot be opened", name).WithHint("Export writes one.").Because(err)
	}
	defer file.Close() // it was only read
	text, err := io.ReadAll(io.LimitReader(file, journey.MaxDocument+1))
	if err != nil {
		return d, clientele.Errorf(clientele.CodeInvalid, "%s cannot be read", name).Because(err)
	}
	return journey.ParseDocument(name, text)
}

func (c *command) listJourneys(ctx context.Context, b *app.Book, book string, f journeyFlags) error {
	all, err := b.Journeys.Journeys(ctx)
	if err != nil || f.json {
		return c.orJSON(all, err)
	}
	if len(all) == 0 {
		fmt.Fprintln(c.out, "No journey is drawn yet.")
		return c.next("clientele journey %s apply FILE, or draw one on the page Journeys", book)
	}
	var rows [][]string
	for _, j := range all {
		vacant, since := "—", ""
		if j.Vacant > 0 {
			vacant, since = whole(int64(j.Vacant)), j.VacantSince.Format("2006-01-02")
		}
		rows = append(rows, []string{fmt.Sprintf("%*s%s", 2*j.Depth, "", visible(j.Name)), whole(int64(j.StageCount)), whole(int64(j.TouchpointCount)), vacant, since})
	}
	page{c.out}.table([]string{"journey", "stages", "touchpoints", "without an owner", "since"}, rows, 0, 4)
	return nil
}

func (c *command) showJourney(ctx context.Context, b *app.Book, name string, f journeyFlags) error {
	kind, id, err := b.Journeys.Find(ctx, name)
	if err != nil {
		return err
	}
	if kind == journey.IsTouchpoint {
		t, err := b.Journeys.Touchpoint(ctx, id)
		if err != nil || f.json {
			return c.orJSON(t, err)
		}
		c.writeTouchpoint(t)
		return nil
	}
	j, err := b.Journeys.Journey(ctx, id)
	if err != nil || f.json {
		return c.orJSON(j, err)
	}
	c.writeJourney(j)
	return nil
}

func (c *command) writeJourney(j journey.Journey) {
	p := page{c.out}
	fmt.Fprintln(p, visible(j.Name))
	for _, s := range j.Stages {
		p.section(visible(s.Name), "answers, since")
		for _, t := range s.Touchpoints {
			p.line(visible(t.Name), tenureText(t.Owner))
		}
	}
	for _, below := range j.Below {
		p.note("Below it: " + visible(below.Name))
	}
}

func (c *command) writeTouchpoint(t journey.Profile) {
	p := page{c.out}
	fmt.Fprintf(p, "%s, of %s › %s\n", visible(t.Name), visible(t.Journey.Name), visible(t.Stage.Name))
	for _, n := range []struct{ name, text string }{
		{"Customers do", t.Customers}, {"Promise", t.Promise}, {"Standard", t.Standard}, {"Voices", t.Voices}, {"Actions", t.Actions},
	} {
		if n.text != "" {
			fmt.Fprintf(p, "\n%s\n  %s\n", n.name, visible(n.text))
		}
	}
	for i, problem := range t.Problems {
		if i == 0 {
			fmt.Fprint(p, "\nProblems\n")
		}
		fmt.Fprintf(p, "  %s\n", visible(problem))
	}
	p.section("Answers", "since")
	for _, o := range slices.Concat([]journey.Tenure{t.Owner}, t.Before) {
		p.line(ownerText(o), o.Since.Format("2006-01-02"))
	}
}

func ownerText(o journey.Tenure) string {
	switch {
	case o.Vacant():
		return "nobody"
	case o.Left:
		return visible(o.Name) + " (signs in no more)"
	}
	return visible(o.Name)
}

func tenureText(o journey.Tenure) string { return ownerText(o) + ", " + o.Since.Format("2006-01-02") }

func (c *command) exportJourneys(ctx context.Context, b *app.Book, f journeyFlags) error {
	d, err := b.Journeys.Export(ctx)
	if err != nil || f.json {
		return c.orJSON(d, err)
	}
	text, err := d.Format()
	if err != nil {
		return err
	}
	_, err = c.out.Write(text)
	return err
}

func (c *command) planJourneys(ctx context.Context, b *app.Book, args []string, d journey.Document, f journeyFlags) error {
	p, err := b.Journeys.Plan(ctx, d)
	if err != nil || f.json {
		return c.orJSON(p, err)
	}
	c.writePlan(p)
	if len(p.Steps) == 0 {
		return nil
	}
	fmt.Fprintf(c.out, "\n%d to create, %d to change, %d to move, %d to remove\n", p.Created, p.Changed, p.Moved, p.Removed)
	return c.next("clientele journey %s apply %s --plan %s", args[0], args[2], p.ID)
}

func (c *command) writePlan(p journey.Plan) {
	if len(p.Steps) == 0 {
		fmt.Fprintln(c.out, "The map is what the file says: there is nothing to do.")
	}
	for _, s := range p.Steps {
		fmt.Fprintln(c.out, visible(s.Says))
	}
}

func (c *command) applyJourneys(ctx context.Context, b *app.Book, d journey.Document, f journeyFlags) error {
	p, done, err := b.Guards().Journeys.Apply(ctx, d, f.plan)
	if err != nil || f.json {
		return c.orJSON(p, err)
	}
	c.writePlan(p)
	if done.Number > 0 {
		fmt.Fprintf(c.out, "\nEdit %d: %s\n", done.Number, done.Says)
	}
	return nil
}
