package cli

import (
	"bufio"
	"fmt"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/privacy"
)

func writeHeld(w *bufio.Writer, h privacy.Holdings) {
	p := page{w}
	fmt.Fprintf(w, "Of %s:\n", many(int(h.Customers), "customer"))
	for _, row := range h.Holdings {
		p.section(row.What, "")
		days := ""
		if row.First != nil && row.Last != nil {
			days = fmt.Sprintf(", %s to %s", row.First, row.Last)
		}
		if row.Rows > 0 {
			fmt.Fprintf(w, "  %s%s\n", many(int(row.Rows), "row"), days)
		}
		fmt.Fprintf(w, "  for: %s\n  in: %s\n  kept %s\n", row.Why, row.Where, row.Keep)
	}
	fmt.Fprintf(w, "\n%s; %s remembered as erased.\n", many(h.Erasures, "erasure"), many(h.Tombstones, "customer"))
}

func writeFound(w *bufio.Writer, f privacy.Found) {
	p := page{w}
	if f.Nothing() {
		fmt.Fprintf(w, "Nothing is held of %s.\n", visible(f.Customer))
		return
	}
	fmt.Fprintf(w, "Customer %s", visible(f.Customer))
	if len(f.Writings) > 0 {
		fmt.Fprintf(w, ", written as %s", visible(fmt.Sprintf("%q", f.Writings)))
	}
	w.WriteString("\n")
	var rows [][]string
	for _, file := range f.Files {
		rows = append(rows, []string{
			fmt.Sprint(file.Sequence), visible(file.Name), string(file.Kind), fmt.Sprint(file.Rows), fmt.Sprint(file.Rejected), fmt.Sprint(file.Mentions),
		})
	}
	p.section("Accepted files", "")
	p.table([]string{"import", "file", "kind", "rows", "rejected", "mentions"}, rows, 1, 2)
	p.section("Records", "")
	for _, kind := range clientele.Kinds() {
		if n := f.Records[kind]; n > 0 {
			fmt.Fprintf(w, "  %s: %s\n", kind, many(int(n), "row"))
		}
	}
	if len(f.Operations) > 0 {
		p.section("Beside the records", "")
	}
	for _, o := range f.Operations {
		fmt.Fprintf(w, "  %s: %s\n", o.Table, many(int(o.Texts), "text"))
	}
	if f.Short {
		p.note("The id is too short to be looked for within texts: only where files name customers.")
	}
	writeExports(w, f.Exports)
}

func writeExports(w *bufio.Writer, exports []privacy.Exported) {
	if len(exports) == 0 {
		return
	}
	p := page{w}
	p.section("Taken out of the book since their data came", "")
	for _, e := range exports {
		fmt.Fprintf(w, "  %s  %s  by %s\n", e.At.Format("2006-01-02 15:04"), visible(e.Action+" "+e.Object), visible(e.By))
	}
	p.note("These files may hold them: ask who has them.")
}

func writeReceipt(w *bufio.Writer, r privacy.Receipt) {
	p := page{w}
	var rows, removed int64
	for _, f := range r.Files {
		rows, removed = rows+f.Rows, removed+f.Removed
	}
	fmt.Fprintf(w, "Erasure %d, by %s: %s, in %s; %s made anonymous, %d removed.\n", r.Number, visible(r.By), many(r.Persons, "customer"),
		many(len(r.Files), "file"), many(int(rows), "row"), removed)
	fmt.Fprintf(w, "  hash %s\n", r.Hash)
	if r.Uploads > 0 {
		fmt.Fprintf(w, "  %s that waited for a mapping were removed: upload them again\n", many(r.Uploads, "file"))
	}
	if len(r.Remains) > 0 {
		p.section("Still named in what cannot be written anew", "")
	}
	for _, m := range r.Remains {
		fmt.Fprintf(w, "  %s: %s\n", m.Where, many(int(m.Texts), "text"))
	}
	writeExports(w, r.Exports)
}

func writeRetention(w *bufio.Writer, lines []privacy.Kept) {
	var rows [][]string
	for _, l := range lines {
		past := "—"
		if l.Before != "" {
			past = fmt.Sprint(l.Past)
		}
		rows = append(rows, []string{l.What, l.Keep, l.Before, past, l.Then})
	}
	page{w}.table([]string{"what", "keep", "before", "past it", "then"}, rows, 0, 1, 2, 4)
}
