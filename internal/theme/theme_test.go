package theme

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/text"
)

func (w *world) report() Report {
	w.Helper()
	r, err := w.Report(w.ctx)
	if err != nil {
		w.Fatal(err)
	}
	return r
}

// about is the theme that has a word.
func (w *world) about(word string) Theme {
	w.Helper()
	for _, v := range w.report().Voices {
		for _, t := range v.Themes {
			for _, topic := range t.Topics {
				if slices.ContainsFunc(topic, func(w text.Weighted) bool { return w.Word == word && w.Weight > 50 }) {
					return t
				}
			}
		}
	}
	w.Fatalf("no theme is about %s: %+v", word, w.report())
	return Theme{}
}

func TestWhatIsSaid(t *testing.T) {
	w := newWorld(t, opinions(shop, 400)...)
	r := w.report()
	if len(r.Voices) != 1 || r.Few != 0 || r.Left != 0 {
		t.Fatalf("%+v", r)
	}
	v := r.Voices[0]
	if v.Comments != 400 || *v.Detractors != 200 || *v.Promoters != 100 || v.Sampled != 400 || v.Language != "en" || v.Guessed {
		t.Errorf("%+v", v)
	}
	var said, praised []string
	for _, x := range v.Words.Detractors {
		said = append(said, x.Word)
	}
	for _, x := range v.Words.Promoters {
		praised = append(praised, x.Word)
	}
	slices.Sort(said)
	slices.Sort(praised)
	if diff := cmp.Diff([]string{"bag", "claim", "delayed", "hours", "late", "lost", "luggage", "waiting"}, said); diff != "" {
		t.Errorf("detractors: %s", diff)
	}
	if diff := cmp.Diff([]string{"friendly", "helpful", "kind", "staff"}, praised); diff != "" {
		t.Errorf("promoters: %s", diff)
	}
	late := w.about("late")
	if late.Comments < 70 || late.Comments > 110 || *late.Detractors != late.Comments || *late.Promoters != 0 || *late.Stability < 0.8 || late.Version != 0 {
		t.Errorf("%+v", late)
	}
	if v.Sentiment == nil || v.Sentiment.Negative.Value != 0 || v.Sentiment.Positive.Value < 0.15 || v.Sentiment.Positive.Low >= v.Sentiment.Positive.Value {
		t.Errorf("%+v", v.Sentiment)
	}
}

// The same records give the same answer, which is kept until a batch comes.
func TestWhatIsSaidIsKept(t *testing.T) {
	w := newWorld(t, opinions(shop, 200)...)
	if _, ok, err := w.Ready(w.ctx); ok || err != nil {
		t.Errorf("ready before anybody looked: %t, %v", ok, err)
	}
	if err := w.Prepare(w.ctx); err != nil {
		t.Fatal(err)
	}
	r, ok, err := w.Ready(w.ctx)
	if !ok || err != nil || w.records.asked != 1 {
		t.Fatalf("%t, %v, %d samples", ok, err, w.records.asked)
	}
	w.version = "2"
	if again := w.report(); w.records.asked != 2 || !cmp.Equal(r, again) {
		t.Errorf("the same seed gives another answer: %s", cmp.Diff(r, again))
	}
}

func TestWhatCannotBeTold(t *testing.T) {
	few := opinions(warehouse.CommentsOf{Touchpoint: "desk", Language: "en"}, 9)
	german := warehouse.CommentsOf{Touchpoint: "shop", Language: "de"}
	unknown := warehouse.CommentsOf{Touchpoint: "web"}
	all := append(few, opinions(german, 12)...)
	for range 12 {
		all = append(all, said{unknown, "O pedido não chegou até agora e eu não sei por que", ""})
	}
	r := newWorld(t, all...).report()
	if r.Few != 1 || len(r.Voices) != 2 {
		t.Fatalf("%+v", r)
	}
	for _, v := range r.Voices {
		if v.Sentiment != nil || !strings.Contains(v.Mute, "English alone") || v.Words != nil || v.NoWords == "" || len(v.Themes) > 0 || v.NoThemes == "" {
			t.Errorf("%+v", v)
		}
		if v.Touchpoint == "web" && (v.Language != "pt" || !v.Guessed || v.Recorded != "") {
			t.Errorf("%+v", v)
		}
	}
	if _, err := r.At("desk"); clientele.CodeOf(err) != clientele.CodeNotFound {
		t.Errorf("%v", err)
	}
	if at, err := r.At("web"); err != nil || len(at.Voices) != 1 {
		t.Errorf("%+v, %v", at, err)
	}
}

// What is kept keeps its words and its id, and takes the place of what is found like it.
func TestAThemeIsNamed(t *testing.T) {
	w := newWorld(t, opinions(shop, 400)...)
	late := w.about("late")
	d := w.change(late.ID, 0, Change{Name: new("  Too   late ")})
	if d.Version != 1 || d.Number != 1 || !strings.Contains(d.Says, "named it Too late") {
		t.Errorf("%+v", d)
	}
	named := w.about("late")
	if named.Name != "Too late" || named.ID != late.ID || named.Comments != late.Comments || named.Stability != nil || len(w.report().Voices[0].Themes) == 0 {
		t.Errorf("%+v", named)
	}
	if n := len(slices.DeleteFunc(slices.Clone(w.report().Voices[0].Themes), func(t Theme) bool { return !t.has(late.Topics[0]) })); n != 1 {
		t.Errorf("it is told %d times", n)
	}
	w.version, w.records.comments = "2", opinions(shop, 440)
	if again := w.about("late"); again.ID != late.ID || again.Name != "Too late" || again.Comments <= late.Comments {
		t.Errorf("after an import: %+v", again)
	}
	w.version, w.records.comments = "3", opinions(shop, 12)
	if gone := w.about("late"); gone.Why == "" || gone.Comments != 0 || gone.Detractors != nil {
		t.Errorf("with few comments: %+v", gone)
	}
	if q, _, err := w.Quotes(w.ctx, late.ID, 0, 9); err != nil || len(q.Quotes) > 0 || q.Why == "" {
		t.Errorf("few are quoted: %+v, %v", q, err)
	}
}

func (w *world) change(id string, version int64, c Change) Done {
	w.Helper()
	d, err := w.Change(w.ctx, id, version, c)
	if err != nil {
		w.Fatalf("%v: %s", err, clientele.HintOf(err))
	}
	return d
}

func TestQuotesAreOfTheTheme(t *testing.T) {
	w := newWorld(t, opinions(shop, 400)...)
	bag := w.about("luggage")
	q, ok, err := w.Quotes(w.ctx, bag.ID, 0, 20)
	if !ok || err != nil || len(q.Quotes) != 20 {
		t.Fatalf("%t, %v, %+v", ok, err, q)
	}
	for _, one := range q.Quotes {
		if one.Side != "detractor" || strings.Contains(one.Text, "staff") {
			t.Errorf("%+v", one)
		}
	}
	if _, _, err := w.Quotes(w.ctx, "none", 0, 20); clientele.CodeOf(err) != clientele.CodeNotFound {
		t.Errorf("%v", err)
	}
}

func TestThemesAreMergedAndTakenApart(t *testing.T) {
	w := newWorld(t, append(opinions(shop, 400), opinions(warehouse.CommentsOf{Touchpoint: "web", Language: "en"}, 200)...)...)
	late, bag := w.about("late"), w.about("luggage")
	d := w.change(bag.ID, 0, Change{Into: &late.ID})
	both := w.about("late")
	if both.Comments != late.Comments+bag.Comments || len(both.Merged) != 1 || both.Merged[0].ID != bag.ID || both.Version != 1 || len(both.Topics) != 2 {
		t.Errorf("%+v", both)
	}
	if _, ok, err := w.Theme(w.ctx, bag.ID); !ok || clientele.CodeOf(err) != clientele.CodeNotFound || !strings.Contains(clientele.HintOf(err), "merged") {
		t.Errorf("%t, %v", ok, err)
	}
	staff := w.about("staff")
	elsewhere := ""
	for _, v := range w.report().Voices {
		if v.Touchpoint == "web" && len(v.Themes) > 0 {
			elsewhere = v.Themes[0].ID
		}
	}
	for into, code := range map[string]clientele.Code{staff.ID: clientele.CodeInvalid, bag.ID: clientele.CodeInvalid, "none": clientele.CodeNotFound, elsewhere: clientele.CodeInvalid} {
		if _, err := w.Change(w.ctx, staff.ID, 0, Change{Into: &into}); clientele.CodeOf(err) != code {
			t.Errorf("into %s: %v", into, err)
		}
	}
	if _, err := w.Undo(w.ctx, d.Number); err != nil {
		t.Fatal(err)
	}
	if apart := w.about("late"); apart.Version != 0 || apart.Comments != late.Comments || len(apart.Merged) > 0 {
		t.Errorf("%+v", apart)
	}
	edits, err := w.Edits(w.ctx, "", 0, 9)
	if err != nil || len(edits) != 2 || edits[0].Undoes != 1 || !edits[1].Undone || !strings.HasPrefix(edits[0].Says, "took back: ") {
		t.Fatalf("%+v, %v", edits, err)
	}
	if again, err := w.Undo(w.ctx, edits[0].Number); err != nil || !strings.HasPrefix(again.Says, "did again: ") {
		t.Errorf("%+v, %v", again, err)
	}
	if both := w.about("late"); len(both.Merged) != 1 {
		t.Errorf("%+v", both)
	}
}

func TestSomebodyAnswersForATheme(t *testing.T) {
	w := newWorld(t, opinions(shop, 400)...)
	late := w.about("late")
	d := w.change(late.ID, 0, Change{Owner: &NewOwner{Name: "Olive"}})
	if owned := w.about("late"); owned.Owner == nil || owned.Owner.Name != "Olive" || !owned.Owner.Since.Equal(morning) {
		t.Errorf("%+v", owned)
	}
	if same := w.change(late.ID, 1, Change{Owner: &NewOwner{Name: "Olive"}, Name: new("")}); same.Number != 0 {
		t.Errorf("nothing changed, and that is an edit: %+v", same)
	}
	w.change(late.ID, 1, Change{Name: new("Late")})
	if _, err := w.Undo(w.ctx, d.Number); clientele.CodeOf(err) != clientele.CodeConflict {
		t.Errorf("what was changed since is taken back: %v", err)
	}
	w.change(late.ID, 2, Change{Owner: &NewOwner{}})
	if nobody := w.about("late"); nobody.Owner != nil || nobody.Name != "Late" {
		t.Errorf("%+v", nobody)
	}
}

func TestEditsThatAreRefused(t *testing.T) {
	w := newWorld(t, opinions(shop, 400)...)
	late := w.about("late")
	for name, c := range map[string]struct {
		id      string
		version int64
		change  Change
		code    clientele.Code
	}{
		"no such theme":   {"none", 0, Change{Name: new("x")}, clientele.CodeNotFound},
		"another version": {late.ID, 3, Change{Name: new("x")}, clientele.CodeStale},
		"a long name":     {late.ID, 0, Change{Name: new(strings.Repeat("x", 201))}, clientele.CodeInvalid},
		"a strange name":  {late.ID, 0, Change{Name: new("x\x00")}, clientele.CodeInvalid},
		"no such account": {late.ID, 0, Change{Owner: &NewOwner{Person: "nobody"}}, clientele.CodeInvalid},
		"into itself":     {late.ID, 0, Change{Into: &late.ID}, clientele.CodeInvalid},
	} {
		if _, err := w.Change(w.ctx, c.id, c.version, c.change); clientele.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.Undo(w.ctx, 1); clientele.CodeOf(err) != clientele.CodeNotFound {
		t.Errorf("what was not done is taken back: %v", err)
	}
	w.version = "2"
	if _, err := w.Change(w.ctx, late.ID, 0, Change{Name: new("x")}); clientele.CodeOf(err) != clientele.CodeStale {
		t.Errorf("named while files come: %v", err)
	}
}

// Whoever is beside a theme is not worked out from it.
func TestFewBesideATheme(t *testing.T) {
	for beside, shown := range map[int64]bool{0: true, 1: false, 4: false, 5: true} {
		c := countOf(warehouse.SideCount{All: 20, Detractors: 7, Promoters: 3}, 20+beside)
		if (c.Detractors != nil) != shown || (c.Promoters != nil) != shown || c.Comments != 20 {
			t.Errorf("%d beside: %+v", beside, c)
		}
	}
}
