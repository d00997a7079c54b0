package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/definition"
)

// definitionFlags is what was asked of definitions.
type definitionFlags struct {
	kind             string
	lapse, grace     int
	margin, discount float64
	why, by          string
	with             int
	from, to         string
	json             bool

	given *pflag.FlagSet
}

// definitionVerbs are what can be done with definitions, and the flags that go with each.
var definitionVerbs = map[string][]string{
	"list": {}, "show": {}, "propose": {"kind", "lapse-days", "grace-days", "margin", "discount-rate", "why", "by"},
	"approve": {"by"}, "compare": {"with", "from", "to"},
}

func (c *command) definition() *cobra.Command {
	var f definitionFlags
	cmd := &cobra.Command{
		Use:   "definition BOOK list|show [VERSION]|propose|approve VERSION|compare VERSION",
		Short: "What customer, lost, value, margin and discount mean: versions, proposed, compared and approved by name", Args: cobra.RangeArgs(2, 3),
		Long: `What customer, lost, value, margin and discount mean in a book. Somebody proposes a
change and says why; compare shows what it would have done to past quarters; somebody
else approves it, and it is in force at once. Every figure names the version that made
it, closed periods stay as they were closed, and verify finds any changed byte.

Until the first proposal the definition is what book.toml says. From then on the
versions approved here hold, and a book.toml that says otherwise is named.`,
		Example: `  clientele definition acme propose --lapse-days 180 --why "Half of those silent for 180 days never return" --by "Ada Lovelace"
  clientele definition acme compare 2
  clientele definition acme approve 2 --by "Grace Hopper"
  clientele definition acme list --json`,
	}
	flags := cmd.Flags()
	flags.StringVar(&f.kind, "kind", "", "propose: what makes a customer: orders, contracts or both")
	flags.IntVar(&f.lapse, "lapse-days", 0, "propose: a customer is lost so many days after the last purchase; value is counted in that window")
	flags.IntVar(&f.grace, "grace-days", 0, "propose: contracts: lost so many days after the last paid day")
	flags.Float64Var(&f.margin, "margin", 0, "propose: part of net revenue that is earned, as a fraction")
	flags.Float64Var(&f.discount, "discount-rate", 0, "propose: per year, as a fraction")
	flags.StringVar(&f.why, "why", "", "propose: the reason")
	flags.StringVar(&f.by, "by", "", "propose, approve: who does it")
	flags.IntVar(&f.with, "with", 0, "compare: the other version (default: the one in force or, of that one, the one that it changed)")
	flags.StringVar(&f.from, "from", "", "compare: only quarters from this day on, YYYY-MM-DD")
	flags.StringVar(&f.to, "to", "", "compare: only quarters up to this day, YYYY-MM-DD")
	flags.BoolVar(&f.json, "json", false, "as JSON")
	f.given = flags
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		version, err := f.check(args[1:])
		if err != nil {
			return usage(cmd, err)
		}
		q, err := f.question(version)
		if err != nil {
			return usage(cmd, err)
		}
		return c.withBook(cmd.Context(), args[0], func(b *app.Book, w app.Watcher) error {
			return c.define(cmd.Context(), b, args[0], args[1], q, f, w)
		})
	}
	return cmd
}

// check reads the version that a verb is about, 0 if none is named, and refuses flags
// that do not go with the verb.
func (f definitionFlags) check(args []string) (version int, err error) {
	allowed, ok := definitionVerbs[args[0]]
	if !ok {
		return 0, fmt.Errorf("%q is none of list, show, propose, approve, compare", args[0])
	}
	f.given.Visit(func(flag *pflag.Flag) {
		if flag.Name != "json" && !slices.Contains(allowed, flag.Name) {
			err = fmt.Errorf("--%s does not go with %s", flag.Name, args[0])
		}
	})
	if err != nil {
		return 0, err
	}
	for _, name := range []string{"why", "by"} {
		if slices.Contains(allowed, name) && strings.TrimSpace(f.given.Lookup(name).Value.String()) == "" {
			return 0, fmt.Errorf("%s needs --%s", args[0], name)
		}
	}
	needs, takes := args[0] == "approve" || args[0] == "compare", args[0] != "list" && args[0] != "propose"
	switch {
	case len(args) == 1 && needs:
		return 0, fmt.Errorf("%s needs the number of a version", args[0])
	case len(args) == 1:
		return 0, nil
	case !takes:
		return 0, fmt.Errorf("%s takes no version", args[0])
	}
	if version, err = strconv.Atoi(args[1]); err != nil || version < 1 {
		return 0, fmt.Errorf("%q is not the number of a version", args[1])
	}
	return version, nil
}

// define does what was asked; book is its name as given.
func (c *command) define(ctx context.Context, b *app.Book, book, verb string, q definition.Question, f definitionFlags, w app.Watcher) error {
	switch verb {
	case "list":
		versions, err := b.Definitions.Versions(ctx)
		if err != nil || f.json {
			return c.orJSON(versions, err)
		}
		writeVersionsText(c.out, versions)
		return nil
	case "compare":
		compared, err := b.Definitions.Compare(ctx, q, fractions(w))
		if err != nil || f.json {
			return c.orJSON(compared, err)
		}
		writeComparisonText(c.out, compared)
		return nil
	}
	v, err := f.versionAfter(ctx, b, verb, q.Version)
	if err != nil || f.json {
		return c.orJSON(v, err)
	}
	writeVersionText(c.out, v)
	if verb == "propose" {
		return c.next("clientele definition %s compare %d; then let somebody else approve it: clientele definition %s approve %d --by NAME", book, v.Number, book, v.Number)
	}
	return nil
}

// orJSON writes a document unless there is an error.
func (c *command) orJSON(doc any, err error) error {
	if err != nil {
		return err
	}
	return c.writeJSON(doc)
}

// versionAfter shows, proposes or approves a version, and returns it.
func (f definitionFlags) versionAfter(ctx context.Context, b *app.Book, verb string, version int) (definition.Version, error) {
	switch verb {
	case "propose":
		return b.Definitions.Propose(ctx, f.edit(), f.why, f.by)
	case "approve":
		return b.Definitions.Approve(ctx, version, f.by)
	}
	return b.Definitions.Version(ctx, version)
}

// edit is the change that the flags ask for.
func (f definitionFlags) edit() (e definition.Edit) {
	if f.given.Changed("kind") {
		kind := clientele.Business(f.kind)
		e.Kind = &kind
	}
	if f.given.Changed("lapse-days") {
		e.LapseDays = &f.lapse
	}
	if f.given.Changed("grace-days") {
		e.GraceDays = &f.grace
	}
	if f.given.Changed("margin") {
		e.Margin = &f.margin
	}
	if f.given.Changed("discount-rate") {
		e.DiscountRate = &f.discount
	}
	return e
}

// question is what compare was asked.
func (f definitionFlags) question(version int) (definition.Question, error) {
	q := definition.Question{Version: version, With: f.with}
	for _, end := range []struct {
		text string
		day  **clientele.Date
	}{{f.from, &q.From}, {f.to, &q.To}} {
		if end.text == "" {
			continue
		}
		day, err := clientele.ParseDate(end.text)
		if err != nil {
			return q, err
		}
		*end.day = &day
	}
	return q, nil
}
