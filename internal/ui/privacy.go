package ui

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/config"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/privacy"
)

// privacyPage is what is held of customers and why, and where one is found or erased.
type privacyPage struct {
	frame
	Headline, Sub string
	Holdings      []holdingRow
	Kept          []keptRow
	Erasures      []erasureRow
	Find          bool // the reader may look for a customer
	Erase         *eraseForm
	Refused       refusal // of the search
}

type holdingRow struct{ What, Why, Where, Rows, Days, Keep string }

// keptRow is how long something is kept.
type keptRow struct{ What, Keep, Past, Then string }

type erasureRow struct {
	Number, At, By, What, Why, Persons, Files, Hash, ShortHash string
}

// eraseForm erases customers; nil is for those who may not.
type eraseForm struct {
	IDs, Why, By string
	Sign         bool // says by whom; who has an account signs as themselves
	Unknown      bool
	Refused      refusal
	Rows         []string // ids that nothing is held of
}

// foundPage is where one customer is held.
type foundPage struct {
	frame
	ID, Headline, Sub string
	Short             bool
	Files             []foundRow
	Records           []fact
	Exports           []eventRow
	Erase             *eraseForm // nil if nothing is held, or the reader may not
}

type foundRow struct{ Name, Href, Kind, Accepted, Rows, Rejected, Mentions string }

// erasedPage is the receipt of an erasure.
type erasedPage struct {
	frame
	Headline string
	Facts    []fact
	Files    []rewrittenRow
	Remains  []fact
	Exports  []eventRow
	Hash     string
}

type rewrittenRow struct{ Name, Kind, Rows, Removed, Old, New string }

func (s *Site) privacy(w http.ResponseWriter, r *http.Request) error {
	return s.privacyWith(w, r, nil, nil, nil)
}

// privacyWith shows the page; unfound is why a search was refused, form and refused are of
// an erasure that was.
func (s *Site) privacyWith(w http.ResponseWriter, r *http.Request, unfound error, form url.Values, refused error) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	held, err := s.Privacy.Held(r.Context())
	if err != nil {
		return err
	}
	kept, err := s.Privacy.Retention(r.Context())
	if err != nil {
		return err
	}
	erasures, err := s.Privacy.Erasures(r.Context())
	if err != nil {
		return err
	}
	p := privacyPage{
		frame: s.frame(v, "privacy", "Privacy"), Headline: v.heldHeadline(held), Find: v.may(policy.ExportPerson), Refused: refusalOf(unfound), Erase: v.eraseForm(form, refused),
	}
	for _, h := range held.Holdings {
		p.Holdings = append(p.Holdings, v.holdingRow(h))
	}
	for _, k := range kept {
		p.Kept = append(p.Kept, v.keptRow(k))
	}
	for _, e := range erasures {
		p.Erasures = append(p.Erasures, v.erasureRow(e))
	}
	status := statusOf(unfound)
	if refused != nil {
		status = statusOf(refused)
	}
	return s.show(w, status, "privacy", p)
}

func (v visit) heldHeadline(h privacy.Holdings) string {
	if h.Customers == 0 {
		return "This book holds nothing of any customer."
	}
	return "This book holds " + v.int(h.Customers) + " " + customersWord(h.Customers) + "."
}

func (v visit) holdingRow(h privacy.Holding) holdingRow {
	row := holdingRow{What: h.What, Why: h.Why, Where: h.Where, Keep: h.Keep}
	if h.Rows > 0 {
		row.Rows = v.int(h.Rows)
	}
	if h.First != nil && h.Last != nil {
		row.Days = v.period(clientele.Period{From: *h.First, To: *h.Last})
	}
	return row
}

// keptWords are what is kept for a period.
var keptWords = map[string]string{
	config.KeepCustomers: "customers of whom nothing new comes", config.KeepRejects: "rejected rows", config.KeepUploads: "files that wait for their mapping",
}

func (v visit) keptRow(k privacy.Kept) keptRow {
	row := keptRow{What: keptWords[k.What], Keep: "for good", Past: "none", Then: k.Then}
	if k.Before != "" {
		row.Keep = k.Keep
	}
	if k.Past > 0 {
		row.Past = v.int(k.Past)
	}
	return row
}

func (v visit) erasureRow(e privacy.Receipt) erasureRow {
	return erasureRow{
		Number: v.int(e.Number), At: v.instant(e.At), By: e.By, What: string(e.What), Why: e.Why, Persons: v.int(int64(e.Persons)), Files: v.int(int64(len(e.Files))),
		Hash: e.Hash, ShortHash: shortHash(e.Hash),
	}
}

// eraseForm is the form with what it held; nil for those who may not.
func (v visit) eraseForm(form url.Values, refused error) *eraseForm {
	if !v.may(policy.ErasePerson) {
		return nil
	}
	f := &eraseForm{IDs: form.Get("ids"), Why: form.Get("why"), By: form.Get("by"), Sign: v.who.IsLocal(), Unknown: form.Get("unknown") != "", Refused: refusalOf(refused)}
	f.Rows = rowsOf(refused)
	return f
}

// refusesErasure reports whether the form is shown again: it is about ids, or about work
// that is not finished.
func refusesErasure(err error) bool {
	code := clientele.CodeOf(err)
	return refuses(err) || code == clientele.CodeNotFound || code == clientele.CodeBusy
}

// findCustomer tells where a customer is held. The id is in no address, where it would stay
// in the browser's memory.
func (s *Site) findCustomer(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	f, err := s.Privacy.Find(r.Context(), form.Get("id"))
	if refuses(err) {
		return s.privacyWith(w, r, err, nil, nil)
	}
	if err != nil {
		return err
	}
	p := foundPage{frame: s.frame(v, "privacy", "Customer "+f.Customer), ID: f.Customer, Short: f.Short}
	if p.Headline = "Nothing is held of " + f.Customer + "."; !f.Nothing() {
		p.Headline, p.Sub = f.Customer+" is held in "+many(len(f.Files), "file", "files")+".", writingsText(f.Writings)
		p.Erase = v.eraseForm(url.Values{"ids": {f.Customer}}, nil)
	}
	for _, x := range f.Files {
		p.Files = append(p.Files, foundRow{x.Name, importHref(x.Sequence), string(x.Kind), v.instant(x.Accepted), v.int(x.Rows), v.int(x.Rejected), v.int(x.Mentions)})
	}
	for _, kind := range slices.Sorted(maps.Keys(f.Records)) {
		p.Records = append(p.Records, fact{string(kind), v.int(f.Records[kind])})
	}
	for _, x := range f.Operations {
		p.Records = append(p.Records, fact{"beside, in " + x.Table, v.int(x.Texts)})
	}
	p.Exports = v.takenOut(f.Exports)
	return s.show(w, http.StatusOK, "found", p)
}

func writingsText(writings []string) string {
	if len(writings) == 0 {
		return ""
	}
	return "Files write it as " + strings.Join(writings, ", ") + "."
}

// takenOut are the files that people took out of the book.
func (v visit) takenOut(exports []privacy.Exported) (rows []eventRow) {
	for _, x := range exports {
		rows = append(rows, eventRow{At: v.instant(x.At), Who: x.By, Action: x.Action, Object: x.Object})
	}
	return rows
}

// exportCustomer hands out everything that is held of a customer, as an archive or as JSON.
func (s *Site) exportCustomer(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	var body bytes.Buffer // whole or not at all: one customer is small
	kind, name := "application/zip", "customer.zip"
	if form.Get("as") == "json" {
		kind, name = "application/json", "customer.json"
		err = s.collect(r.Context(), form.Get("id"), &body)
	} else {
		err = s.Privacy.Export(r.Context(), form.Get("id"), &body)
	}
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`) // without the id, which would stay in a folder's listing
	w.Header().Set("Cache-Control", "no-store")
	if _, err := w.Write(body.Bytes()); err != nil {
		s.Log.Debug("the reader left before the file was written", "error", err)
	}
	return nil
}

func (s *Site) collect(ctx context.Context, id string, body *bytes.Buffer) error {
	c, err := s.Privacy.Collect(ctx, id)
	if err != nil {
		return err
	}
	e := json.NewEncoder(body)
	e.SetIndent("", "  ")
	return e.Encode(c)
}

// eraseCustomers makes customers anonymous. It goes on where the browser leaves: half of it
// would be none, and the reader would not know.
func (s *Site) eraseCustomers(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	var receipt privacy.Receipt
	if form.Get("sure") == "" {
		err = clientele.Errorf(clientele.CodeInvalid, "nobody was erased: it is not confirmed").WithHint("Tick that you are sure. It cannot be taken back.")
	} else {
		receipt, err = s.Privacy.Erase(context.WithoutCancel(r.Context()), privacy.Request{
			IDs: strings.FieldsFunc(form.Get("ids"), func(c rune) bool { return c == '\n' || c == '\r' }), Why: form.Get("why"), By: form.Get("by"), Unknown: form.Get("unknown") != "",
		})
	}
	if refusesErasure(err) {
		return s.privacyWith(w, r, nil, form, err)
	}
	if err != nil {
		return err
	}
	return s.show(w, http.StatusOK, "erased", s.erasedPage(v, receipt))
}

func (s *Site) erasedPage(v visit, e privacy.Receipt) erasedPage {
	row := v.erasureRow(e)
	p := erasedPage{
		frame: s.frame(v, "privacy", "Erasure "+row.Number), Headline: many(e.Persons, "customer is", "customers are") + " erased.", Hash: e.Hash,
		Facts: []fact{{"Erasure", row.Number}, {"At", row.At}, {"By", row.By}, {"Why", row.Why}, {"Files written anew", row.Files}, {"Uploads removed", v.int(int64(e.Uploads))}},
	}
	for _, f := range e.Files {
		p.Files = append(p.Files, rewrittenRow{f.Name, string(f.Kind), v.int(f.Rows), v.int(f.Removed), f.Old, f.New})
	}
	for _, x := range e.Remains {
		p.Remains = append(p.Remains, fact{x.Where, v.int(x.Texts)})
	}
	p.Exports = v.takenOut(e.Exports)
	return p
}
