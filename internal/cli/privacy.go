package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/privacy"
)

// privacyFlags is what was asked of privacy.
type privacyFlags struct {
	file, out, why, by        string
	yes, unknown, apply, json bool
}

// privacyVerb is one of the things that the command does.
type privacyVerb struct {
	flags []string // that go with it, beside json
	ids   bool     // whether it names customers
	run   func(c *command, cmd *cobra.Command, b *app.Book, f privacyFlags, ids []string, w app.Watcher) error
}

var privacyVerbs = map[string]privacyVerb{
	"held":       {nil, false, (*command).held},
	"find":       {nil, true, (*command).find},
	"export":     {[]string{"out"}, true, (*command).exportPerson},
	"erase":      {[]string{"file", "why", "by", "yes", "unknown"}, true, (*command).erase},
	"allow":      {[]string{"file", "why", "by"}, true, (*command).allow},
	"erasures":   {nil, false, (*command).erasures},
	"tombstones": {[]string{"out"}, false, (*command).tombstones},
	"retain":     {[]string{"apply", "by"}, false, (*command).retain},
}

func (c *command) privacy() *cobra.Command {
	var f privacyFlags
	cmd := &cobra.Command{
		Use: "privacy BOOK held|find|export|erase|allow|erasures|tombstones|retain [ID...]", Args: cobra.MinimumNArgs(2),
		Short: "What is held of customers and why; find, hand out and erase a customer",
		Long: `What is held of customers, and what is done with it:

  held        what is held, what for, and for how long
  find        where a customer is held: files, records, and what is kept beside
  export      everything that is held of a customer, readable, in one zip file
  erase       make customers anonymous everywhere in the book: what was bought stays, who
              bought it goes, so that statements and closes stay as they are
  allow       let customers who were erased come in again with later files
  erasures    what was erased, when and by whom
  tombstones  write digests of who was erased: restore takes them for older backups
  retain      what is past the periods of [retention] in book.toml; --apply erases it

Erasing is for good. Backups that are older hold who was erased until they are restored
with the tombstones; files that were handed out before are listed, for you to ask for.`,
		Example: `  clientele privacy acme find 17850
  clientele privacy acme export 17850 --out 17850.zip
  clientele privacy acme erase 17850 12346 --why "asked by letter" --by "Ada Lovelace" --yes
  clientele privacy acme erase --file ids.txt --yes
  clientele privacy acme tombstones --out tombstones.json`,
	}
	flags := cmd.Flags()
	flags.StringVar(&f.file, "file", "", "erase, allow: a file of ids, one a line")
	flags.StringVar(&f.out, "out", "", "export, tombstones: the file to write")
	flags.StringVar(&f.why, "why", "", "erase, allow: the reason, without naming anybody")
	flags.StringVar(&f.by, "by", "", "erase, allow, retain: who does it (default: the user of this account)")
	flags.BoolVar(&f.yes, "yes", false, "erase: without asking")
	flags.BoolVar(&f.unknown, "unknown", false, "erase: also ids that nothing is held of, for older backups and files to come")
	flags.BoolVar(&f.apply, "apply", false, "retain: erase what is past its period")
	flags.BoolVar(&f.json, "json", false, "as JSON")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		verb, ids, err := f.check(c, cmd, args)
		if err != nil {
			return usage(cmd, err)
		}
		ctx := c.asOwner(cmd.Context())
		cmd.SetContext(ctx)
		return c.withBook(ctx, args[0], func(b *app.Book, w app.Watcher) error { return verb.run(c, cmd, b, f, ids, w) })
	}
	return cmd
}

// asOwner makes who runs the command the owner of the machine, unless it is known who asks.
func (c *command) asOwner(ctx context.Context) context.Context {
	if _, ok := policy.ActorOf(ctx); ok {
		return ctx
	}
	return policy.With(ctx, policy.Local(account()))
}

// check finds what is to be done, and refuses flags that do not go with it.
func (f *privacyFlags) check(c *command, cmd *cobra.Command, args []string) (v privacyVerb, ids []string, err error) {
	v, ok := privacyVerbs[args[1]]
	if !ok {
		return v, nil, fmt.Errorf("%q is none of held, find, export, erase, allow, erasures, tombstones, retain", args[1])
	}
	for _, name := range []string{"file", "out", "why", "by", "yes", "unknown", "apply"} {
		if cmd.Flags().Changed(name) && !slices.Contains(v.flags, name) {
			return v, nil, fmt.Errorf("--%s does not go with %s", name, args[1])
		}
	}
	if f.by == "" {
		f.by = account()
	}
	ids = args[2:]
	if f.file != "" {
		text, err := os.ReadFile(c.path(f.file))
		if err != nil {
			return v, nil, err
		}
		for line := range strings.Lines(string(text)) {
			if line = strings.TrimSpace(line); line != "" {
				ids = append(ids, line)
			}
		}
	}
	switch {
	case !v.ids && len(ids) > 0:
		return v, nil, fmt.Errorf("%s names nobody", args[1])
	case v.ids && len(ids) == 0:
		return v, nil, fmt.Errorf("%s needs an id", args[1])
	case (args[1] == "find" || args[1] == "export") && len(ids) > 1:
		return v, nil, fmt.Errorf("%s takes one id", args[1])
	case slices.Contains(v.flags, "out") && f.out == "":
		return v, nil, fmt.Errorf("%s needs --out", args[1])
	case args[1] == "erase" && !f.yes && !c.confirms(len(ids)):
		return v, nil, clientele.Errorf(clientele.CodeUsage, "erasing %d customers is for good", len(ids)).
			WithHint("Look at what is held with clientele privacy BOOK find ID; then add --yes.")
	}
	return v, ids, nil
}

// confirms asks whether so many customers are to be erased. The answer travels with the
// command, should a server hold the book.
func (c *command) confirms(n int) bool {
	if c.Ask == nil || c.Ask(fmt.Sprintf("Erasing %s is for good. Type erase to go on: ", many(n, "customer"))) != "erase" {
		return false
	}
	c.Args = append(slices.Clone(c.Args), "--yes")
	return true
}

func (c *command) held(cmd *cobra.Command, b *app.Book, f privacyFlags, _ []string, _ app.Watcher) error {
	h, err := b.Privacy.Held(cmd.Context())
	if err != nil || f.json {
		return c.orJSON(h, err)
	}
	writeHeld(c.out, h)
	return nil
}

func (c *command) find(cmd *cobra.Command, b *app.Book, f privacyFlags, ids []string, _ app.Watcher) error {
	found, err := b.Privacy.Find(cmd.Context(), ids[0])
	if err != nil || f.json {
		return c.orJSON(found, err)
	}
	writeFound(c.out, found)
	return nil
}

func (c *command) exportPerson(cmd *cobra.Command, b *app.Book, f privacyFlags, ids []string, _ app.Watcher) error {
	err := app.WriteNew(c.path(f.out), "the export", func(w io.Writer) error { return b.Privacy.Export(cmd.Context(), ids[0], w) })
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s holds everything that the book holds of this customer.\n", f.out)
	return nil
}

func (c *command) erase(cmd *cobra.Command, b *app.Book, f privacyFlags, ids []string, w app.Watcher) error {
	r, err := b.Privacy.Erase(cmd.Context(), privacy.Request{
		IDs: ids, Why: f.why, By: f.by, Unknown: f.unknown, Progress: fractions(w),
	})
	if err != nil || f.json {
		return c.orJSON(r, err)
	}
	writeReceipt(c.out, r)
	return c.next("clientele privacy %s tombstones --out FILE, and keep the file apart from older backups", cmd.Flags().Arg(0))
}

func (c *command) allow(cmd *cobra.Command, b *app.Book, f privacyFlags, ids []string, _ app.Watcher) error {
	n, err := b.Privacy.Allow(cmd.Context(), ids, f.why, f.by)
	if err != nil || f.json {
		return c.orJSON(map[string]int{"allowed": n}, err)
	}
	fmt.Fprintf(c.out, "%s may come in again with files that are imported from now on.\n", many(n, "customer"))
	return nil
}

func (c *command) erasures(cmd *cobra.Command, b *app.Book, f privacyFlags, _ []string, _ app.Watcher) error {
	all, err := b.Privacy.Erasures(cmd.Context())
	if err != nil || f.json {
		return c.orJSON(all, err)
	}
	writeErasures(c.out, all)
	return nil
}

func (c *command) tombstones(cmd *cobra.Command, b *app.Book, f privacyFlags, _ []string, _ app.Watcher) error {
	n := 0
	err := app.WriteNew(c.path(f.out), "the file of tombstones", func(w io.Writer) (err error) {
		n, err = b.Privacy.WriteTombstones(cmd.Context(), w)
		return err
	})
	if err != nil || f.json {
		return c.orJSON(map[string]int{"tombstones": n}, err)
	}
	fmt.Fprintf(c.out, "%s remembers %s. Keep it like a backup: who has it can test whether somebody was erased.\n", f.out, many(n, "customer"))
	return nil
}

func (c *command) retain(cmd *cobra.Command, b *app.Book, f privacyFlags, _ []string, w app.Watcher) error {
	if f.apply {
		r, err := b.Privacy.Retain(cmd.Context(), f.by, fractions(w))
		if err != nil || f.json {
			return c.orJSON(r, err)
		}
		if r.Number == 0 {
			fmt.Fprintln(c.out, "Nothing is past its period.")
			return nil
		}
		writeReceipt(c.out, r)
		return nil
	}
	lines, err := b.Privacy.Retention(cmd.Context())
	if err != nil || f.json {
		return c.orJSON(lines, err)
	}
	writeRetention(c.out, lines)
	return nil
}

func writeErasures(w *bufio.Writer, all []privacy.Receipt) {
	if len(all) == 0 {
		w.WriteString("Nobody was erased.\n")
		return
	}
	var rows [][]string
	for _, r := range all {
		rows = append(rows, []string{
			fmt.Sprint(r.Number), r.At.Format("2006-01-02 15:04:05 UTC"), string(r.What), fmt.Sprint(r.Persons), fmt.Sprint(len(r.Files)), visible(r.By), visible(r.Why),
		})
	}
	page{w}.table([]string{"number", "at", "what", "customers", "files", "by", "why"}, rows, 1, 2, 5, 6)
}
