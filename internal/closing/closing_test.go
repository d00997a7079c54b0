package closing

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/ledger"
	"github.com/clientele/clientele/internal/modelling"
	"github.com/clientele/clientele/internal/store"
)

// fake is a book, its store and all that the service asks.
type fake struct {
	kept     []store.KeptClose
	settings clientele.Settings
	st       clientele.Statement // of any period
	err      error               // of any statement
	version  int                 // of the records
	imports  bool                // a batch comes whenever a statement is made
	refused  string              // of any movement
	opening  string              // of any movement, that closes at 10
	files    []ingest.Entry
	asked    clientele.Settings // of Exact
	cache    map[string][]byte
	full     bool // the disk
}

const orders = "aa"

func newFake() *fake {
	f := &fake{settings: clientele.DefaultSettings(), cache: map[string][]byte{}, opening: "7", files: []ingest.Entry{{SHA256: orders}}}
	f.st = clientele.Statement{
		Customers: clientele.Heads{Opening: 10, New: 2, Closing: 12},
		Value:     clientele.Value{Opening: clientele.MustMoney("10"), New: clientele.MustMoney("2.50"), Closing: clientele.MustMoney("12.5")},
		Model:     &clientele.ModelReport{Run: "run"},
		Data: &clientele.DataReport{
			Imports:       []clientele.ImportRef{{Name: "orders <1> & more.csv", SHA256: orders, State: clientele.LoadedState}},
			PartialPeriod: clientele.Coverage{OpeningCovered: true, ClosingCovered: true},
		},
	}
	return f
}

func (f *fake) AddClose(_ context.Context, c store.KeptClose) error {
	if slices.ContainsFunc(f.kept, func(k store.KeptClose) bool { return k.Number == c.Number || k.Period == c.Period }) {
		return clientele.Errorf(clientele.CodeConflict, "there already")
	}
	f.kept = append(f.kept, c)
	return nil
}
func (f *fake) Closes(context.Context) ([]store.KeptClose, error)    { return f.kept, nil }
func (f *fake) Settings(context.Context) (clientele.Settings, error) { return f.settings, nil }
func (f *fake) List() ([]ingest.Entry, error)                        { return f.files, nil }
func (f *fake) DataVersion(context.Context) (string, error)          { return fmt.Sprint(f.version), nil }
func (f *fake) RunAsOf(_ context.Context, day clientele.Date) (*modelling.Run, error) {
	return &modelling.Run{ID: "run", AsOf: day}, nil
}
func (f *fake) Get(_ context.Context, key string) ([]byte, bool, error) {
	text, ok := f.cache[key]
	return text, ok, nil
}
func (f *fake) Put(_ context.Context, key string, text []byte) error {
	if f.full {
		return clientele.Errorf(clientele.CodeNoSpace, "full")
	}
	f.cache[key] = text
	return nil
}
func (f *fake) Whole(_ context.Context, p clientele.Period, progress Progress) (clientele.Statement, error) {
	progress("counting", .5)
	if f.imports {
		f.version++
	}
	st := f.st
	st.From, st.To = p.From, p.To
	return st, f.err
}
func (f *fake) Read() Reading { return f }
func (f *fake) Close()        {}
func (f *fake) Exact(_ context.Context, _ clientele.Period, by clientele.Settings) (clientele.Statement, error) {
	f.asked = by
	return f.st, f.err
}
func (f *fake) Movements(_ context.Context, p clientele.Period, horizons []clientele.Horizon) (all []clientele.EquityMovement, err error) {
	money := clientele.MustMoney
	for _, h := range horizons {
		all = append(all, clientele.EquityMovement{
			From: p.From, To: p.To, Horizon: h, Opening: money(f.opening), Experience: clientele.Experience{Total: money("-2")}, NewCustomers: money("5"),
			Closing: money("10"), Refused: f.refused,
		})
	}
	return all, nil
}

// now is when closes are made.
var now = time.Date(2011, 10, 1, 0, 0, 0, 1234567, time.UTC)

func (f *fake) service() *Service {
	return New(Parts{Closes: f, Cache: f, Book: f, Statements: f, Models: f, Files: f, Program: "1.2.3", Now: func() time.Time { return now }})
}

func closeIt(t interface{ Fatal(...any) }, s *Service, period string) clientele.Close {
	c, err := s.Close(context.Background(), period, "Ada", nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func wantCode(t *testing.T, what string, err error, want clientele.Code) {
	t.Helper()
	if got := clientele.CodeOf(err); got != want {
		t.Errorf("%s: %v (%q), want %q", what, err, got, want)
	}
}

func TestACloseHoldsWhatMadeIt(t *testing.T) {
	f := newFake()
	s := f.service()
	first, second := closeIt(t, s, "2011-q2"), closeIt(t, s, "2011-Q3")
	if first.Number != 1 || first.Period != "2011-Q2" || first.Previous != "" || second.Number != 2 || second.Previous != first.Hash {
		t.Errorf("%+v\n%+v", first, second)
	}
	if second.From.String() != "2011-07-01" || second.To.String() != "2011-09-30" || second.By != "Ada" || second.Program != "1.2.3" ||
		second.At != now.Truncate(time.Millisecond) || !strings.Contains(string(second.Run), `"ID":"run"`) || len(second.Movements) != 2 {
		t.Errorf("%+v", second)
	}
	closes, err := s.Closes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]clientele.Close{first, second}, closes); diff != "" {
		t.Error(diff)
	}
	for _, name := range []string{"2011-Q3", "2011-q3"} {
		if c, err := s.Closed(t.Context(), name); err != nil || c.Number != 2 {
			t.Errorf("%s: %d, %v", name, c.Number, err)
		}
	}
	_, err = s.Closed(t.Context(), "2010")
	wantCode(t, "a period that is open", err, clientele.CodeNotFound)
}

// What commands print is the kept text but for white space; what is hashed is that
// without the hash.
func TestTheHashIsOfTheCloseWithoutIt(t *testing.T) {
	f := newFake()
	c := closeIt(t, f.service(), "2011-Q2")
	var printed, whole bytes.Buffer
	e := json.NewEncoder(&printed)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := errors.Join(e.Encode(c), json.Compact(&whole, printed.Bytes())); err != nil || !bytes.Equal(whole.Bytes(), f.kept[0].Text) {
		t.Errorf("%v: kept %s\nis %s", err, f.kept[0].Text, whole.Bytes())
	}
	without, found := strings.CutSuffix(whole.String(), `,"hash":"`+c.Hash+`"}`)
	if !found || ledger.Hash([]byte(without+"}")) != c.Hash || !strings.Contains(without, "<1> & more") {
		t.Errorf("%s of %s", c.Hash, without)
	}
}

func TestRefusedMovementsAreLeftOut(t *testing.T) {
	f := newFake()
	f.refused = "too few purchases"
	if c := closeIt(t, f.service(), "2011-Q2"); c.Movements == nil || len(c.Movements) != 0 {
		t.Errorf("%+v", c.Movements)
	}
}

func TestWhatCannotBeClosed(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*fake)
		period string
		want   clientele.Code
		says   string // in the message or the hint
	}{
		"no period":         {nil, "Q3", clientele.CodeInvalid, "2011-Q3"},
		"closed already":    {nil, "2011-Q2", clientele.CodeConflict, "restatement"},
		"before one closed": {nil, "2011-05", clientele.CodeConflict, "order"},
		"not over":          {nil, "2011-10", clientele.CodeInvalid, "2011-11-01"},
		// In Honolulu the last day of September still is.
		"not over there": {func(f *fake) { f.settings.TimeZone = "Pacific/Honolulu" }, "2011-Q3", clientele.CodeInvalid, "2011-10-01"},
		"not covered": {func(f *fake) {
			f.st.Data.PartialPeriod = clientele.Coverage{ClosingCovered: true, Why: "they begin late"}
		}, "2011-Q3", clientele.CodeInvalid, "begin late"},
		"no records":                {func(f *fake) { f.st.Data = nil }, "2011-Q3", clientele.CodeInvalid, "no records"},
		"not loaded":                {func(f *fake) { f.st.Data.Imports[0].State = "kept, not loaded" }, "2011-Q3", clientele.CodeNotLoaded, "orders"},
		"unbalanced":                {func(f *fake) { f.err = clientele.Errorf(clientele.CodeUnbalanced, "no") }, "2011-Q3", clientele.CodeUnbalanced, "no"},
		"movement does not balance": {func(f *fake) { f.opening = "7.01" }, "2011-Q3", clientele.CodeUnbalanced, "add up to 10.01"},
		"import between":            {func(f *fake) { f.imports = true }, "2011-Q3", clientele.CodeConflict, "again"},
		"damaged chain":             {func(f *fake) { f.kept[0].Text[9]++ }, "2011-Q3", clientele.CodeInvalid, "verify"},
	} {
		f := newFake()
		closeIt(t, f.service(), "2011-Q2")
		if c.change != nil {
			c.change(f)
		}
		_, err := f.service().Close(t.Context(), c.period, "Ada", nil)
		wantCode(t, name, err, c.want)
		if !strings.Contains(err.Error()+clientele.HintOf(err), c.says) {
			t.Errorf("%s: %v (%s), want %q", name, err, clientele.HintOf(err), c.says)
		}
		if len(f.kept) != 1 {
			t.Errorf("%s: kept all the same", name)
		}
	}
	_, err := newFake().service().Close(t.Context(), "2011-Q2", " ", nil)
	wantCode(t, "by nobody", err, clientele.CodeInvalid)
	if c := closeIt(t, newFake().service(), "2011-Q3"); c.Number != 1 {
		t.Error("the quarter that ended yesterday is not closed")
	}
}

// chain is a book with four closes.
func chain(t interface{ Fatal(...any) }) *fake {
	f := newFake()
	for _, period := range []string{"2010-Q4", "2010", "2011-Q1", "2011-04"} {
		closeIt(t, f.service(), period)
	}
	return f
}

func findings(t interface{ Fatal(...any) }, f *fake) []ledger.Finding {
	found, err := f.service().Verify(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Issue 4, must hold 3, for the text of closes: whatever is replaced, put in or taken
// out of it, one byte is enough for the close to be named, and no other.
func TestOneChangedByteIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := chain(t)
		if found := findings(t, f); len(found) != 0 {
			t.Fatalf("before: %v", found)
		}
		k := &f.kept[rapid.IntRange(0, len(f.kept)-1).Draw(t, "close")]
		at := rapid.IntRange(0, len(k.Text)-1).Draw(t, "byte")
		b := rapid.OneOf(rapid.Byte(), rapid.SampledFrom([]byte(" \t\n0\""))).Draw(t, "is")
		text := bytes.Clone(k.Text)
		switch rapid.IntRange(0, 2).Draw(t, "how") {
		case 0:
			text[at] = b
		case 1:
			text = slices.Insert(text, at, b)
		case 2:
			text = slices.Delete(text, at, at+1)
		}
		if bytes.Equal(text, k.Text) {
			t.Skip("nothing changed")
		}
		k.Text = text
		if found := findings(t, f); len(found) != 1 || found[0].Where != nameOf(*k) {
			t.Fatalf("found %v, want %s", found, nameOf(*k))
		}
	})
}

func TestTheChainIsFollowed(t *testing.T) {
	// forge seals a close anew, as someone would who changes a figure and knows how.
	forge := func(f *fake, i int, change func(*clientele.Close)) {
		c, err := unseal(f.kept[i].Text)
		if err != nil {
			t.Fatal(err)
		}
		change(&c)
		_, text, err := seal(c)
		if err != nil {
			t.Fatal(err)
		}
		f.kept[i].Text = text
	}
	for name, c := range map[string]struct {
		change func(*fake)
		want   string
	}{
		"a close is missing":    {func(f *fake) { f.kept = slices.Delete(f.kept, 1, 2) }, "close 2: it is missing"},
		"the first is":          {func(f *fake) { f.kept = f.kept[2:] }, "close 1: it is missing, close 2: it is missing"},
		"one is forged":         {func(f *fake) { forge(f, 1, func(c *clientele.Close) { c.By = "Eve" }) }, "close 3 (2011-Q1): it does not hold the hash of the one before: one of the two has been replaced"},
		"two change places":     {func(f *fake) { f.kept[0].Text, f.kept[1].Text = f.kept[1].Text, f.kept[0].Text }, "close 1 (2010-Q4): its text is that of close 2 (2010)"},
		"one is named anew":     {func(f *fake) { f.kept[3].Period = "2011-05" }, "close 4 (2011-05): its text is that of close 4 (2011-04)"},
		"a text is no close":    {func(f *fake) { f.kept[2].Text = []byte("{}") }, "close 3 (2011-Q1): its text has changed since it was signed"},
		"a landed file is gone": {func(f *fake) { f.files = nil }, "landing/aa: orders <1> & more.csv is missing, of which close 1 (2010-Q4) is made"},
	} {
		f := chain(t)
		c.change(f)
		var told []string
		for _, found := range findings(t, f) {
			told = append(told, found.Where+": "+found.Reason)
		}
		if got := strings.Join(told, ", "); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// Issue 5: a file that people were erased from is one that a signed erasure replaced, and
// what took its place is there.
func TestClosesFollowReplacements(t *testing.T) {
	for name, c := range map[string]struct {
		replaced map[string][]string
		files    []string
		missing  bool
	}{
		"replaced":            {map[string][]string{orders: {"bb"}}, []string{"bb"}, false},
		"replaced twice":      {map[string][]string{orders: {"bb"}, "bb": {"cc"}}, []string{"cc"}, false},
		"by two":              {map[string][]string{orders: {"bb", "cc"}}, []string{"bb", "cc"}, false},
		"by two, one is gone": {map[string][]string{orders: {"bb", "cc"}}, []string{"bb"}, true},
		"and that is gone":    {map[string][]string{orders: {"bb"}, "bb": {"cc"}}, nil, true},
		"nobody signed it":    {map[string][]string{"dd": {"bb"}}, []string{"bb"}, true},
	} {
		f := chain(t)
		f.files = nil
		for _, sha := range c.files {
			f.files = append(f.files, ingest.Entry{SHA256: sha})
		}
		s := f.service()
		s.parts.Replaced = func(context.Context) (map[string][]string, error) { return c.replaced, nil }
		found, err := s.Verify(t.Context())
		if err != nil || len(found) > 0 != c.missing {
			t.Errorf("%s: %v, %v", name, found, err)
		}
	}
}

func TestRestated(t *testing.T) {
	f := newFake()
	c := closeIt(t, f.service(), "2011-Q2")
	r, err := f.service().Restated(t.Context(), c)
	if err != nil || len(r.Changed()) != 0 || len(r.Lines) != 20 {
		t.Errorf("nothing came late: %+v (%v)", r, err)
	}
	f.settings.Definition.LapseDays = 90
	f.st.Customers.New, f.st.Customers.Closing, f.st.Value.Closing = 5, 15, clientele.MustMoney("11")
	f.st.Recurring = new(clientele.Value) // of contracts, of which the close has none
	if r, err = f.service().Restated(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(r.Changed())
	want := `[{"line":"customers.new","closed":2,"now":5,"difference":3},{"line":"customers.closing","closed":12,"now":15,"difference":3},` +
		`{"line":"value.closing","closed":"12.50","now":"11.00","difference":"-1.50"}]`
	if err != nil || string(text) != want {
		t.Errorf("%v: %s", err, text)
	}
	if f.asked.Definition.LapseDays != c.Settings.Definition.LapseDays {
		t.Error("compared by other definitions than those of the close")
	}
	kept, ok, err := f.service().Compared(t.Context(), c)
	if diff := cmp.Diff(r, kept); diff != "" || !ok || err != nil {
		t.Errorf("kept: %v, %v %s", ok, err, diff)
	}
	f.version, f.full = 1, true
	if _, ok, err := f.service().Compared(t.Context(), c); ok || err != nil {
		t.Errorf("a batch came, and the comparison of before is shown (%v)", err)
	}
	r, err = f.service().Restated(t.Context(), c)
	if wantCode(t, "one that is not kept", err, clientele.CodeNoSpace); r.Hash == "" {
		t.Error("one that is not kept is not told either")
	}
	f.settings.Currency = "EUR"
	_, err = f.service().Restated(t.Context(), c)
	wantCode(t, "another currency", err, clientele.CodeInvalid)
}
