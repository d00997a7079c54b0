package survey

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

func TestEmployeesAreAskedByLinksThatAreNobodys(t *testing.T) {
	w := newWorld(t)
	w.employ("office", 12)
	w.employ("depot", 4) // too few to be told apart from others
	v := w.create(work)
	sent := w.send(v)
	if sent.Asked != 16 || len(sent.Links) != 16 || sent.Links[0].Customer != "" {
		t.Fatalf("%+v", sent)
	}
	parts := map[string]int{}
	for _, l := range sent.Links {
		ticket, err := w.store.Ticket(t.Context(), hashOf(keyOf(l.URL)))
		w.must(err)
		parts[ticket.Part]++
	}
	if parts["office"] != 12 || parts[""] != 4 || len(parts) != 2 {
		t.Errorf("%v", parts)
	}
	key := keyOf(sent.Links[0].URL)
	begun := w.answer(v, key, "9", "rules")
	at, err := w.Visit(t.Context(), key, begun.Draft)
	if err != nil || at.At() != 3 || !at.Anonymous || at.Refusable {
		t.Fatalf("%+v %v", at, err)
	}
	if at, err = w.Visit(t.Context(), key, ""); err != nil || at.At() != 1 || len(at.Answers) > 0 {
		t.Errorf("a link alone leads to what was filled in: %+v %v", at, err)
	}
	if _, err := w.reply(key, begun.Draft, Reply{Question: "words", Text: "Fewer rules"}); err != nil {
		t.Fatal(err)
	}
	if at, err = w.Visit(t.Context(), key, begun.Draft); err != nil || at.State != Answered {
		t.Errorf("%v %v", at.State, err)
	}
	if n, err := w.store.WaitingEvents(t.Context()); err != nil || n != 0 {
		t.Errorf("%d records wait (%v)", n, err)
	}
	_, err = w.Send(w.ctx(), v.ID, "", unrecorded)
	w.code(err, clientele.CodeConflict)
}

// What is kept of a finished answer holds nothing that its link, its time or its other answers
// could be found by.
func TestNothingJoinsAnAnswerToALink(t *testing.T) {
	w := newWorld(t)
	w.employ("office", 12)
	v := w.create(work)
	for n, l := range w.send(v).Links {
		w.answer(v, keyOf(l.URL), fmt.Sprint(n%11), "tools", "Words of mine")
	}
	cells, err := w.store.Untold(t.Context(), v.ID)
	w.must(err)
	want := []store.AnonymousCell{
		{Wave: 1, Question: "", Part: "office", N: 12}, {Wave: 1, Question: "recommend", Part: "office", N: 12}, {Wave: 1, Question: "ties", Part: "office", N: 12}, {Wave: 1, Question: "words", N: 12},
	}
	if !slices.Equal(cells, want) {
		t.Errorf("%+v", cells)
	}
	known := []string{v.ID, "1", "recommend", "ties", "words", "office", "tools ", "Words of mine"}
	for text, err := range w.store.Texts(t.Context()) {
		w.must(err)
		switch lot, number := strconv.ParseInt(string(text.Text), 10, 64); {
		case text.Table == "survey_draft":
			t.Fatalf("a draft is left: %s", text.Text)
		case text.Table != "survey_anonymous" || slices.Contains(known, string(text.Text)):
		case number != nil || lot < 0 || lot >= 1<<31: // a score, or the number that was drawn
			t.Errorf("%s is kept of an answer", text.Text)
		}
	}
}

// Nothing is told of employees' answers until enough of them wait, and then no more
// that day.
func TestEmployeesAnswersAreToldInPortions(t *testing.T) {
	w := newWorld(t)
	w.employ("office", 20)
	v := w.create(work)
	links := w.send(v).Links
	n := 0
	answer := func(k int) {
		for range k {
			w.answer(v, keyOf(links[n].URL), "9", "rules", "Words")
			n++
		}
	}
	for _, step := range []struct {
		answers     int
		days        int
		told, texts int64
	}{
		{4, 0, 0, 0}, // too few
		{1, 0, 5, 0}, // as many as it takes
		{5, 0, 5, 0}, // not twice a day
		{0, 1, 10, 10},
		{4, 1, 10, 10},
		{1, 0, 15, 10}, // nothing was told that day yet
	} {
		answer(step.answers)
		w.clock = w.clock.AddDate(0, 0, step.days)
		r := w.results(v)
		if q := r.Questions[0]; q.N != step.told || r.Answered != step.told || int64(len(r.Questions[2].Comments)) != step.texts {
			t.Errorf("after %d answers %d are told, and %d texts; want %+v", n, q.N, len(r.Questions[2].Comments), step)
		}
	}
}

func TestHandsAreReportedOnceAMonth(t *testing.T) {
	w := newWorld(t)
	for _, p := range []store.KeptPart{
		{ID: "j", Version: 1, Kind: store.JourneyPart, Name: "Buying", Key: "buying"}, {ID: "s", Version: 1, Kind: store.StagePart, Parent: "j", Name: "Pay", Key: "pay"},
		{ID: "t", Version: 1, Kind: store.TouchpointPart, Parent: "s", Name: "Till", Key: "till", Notes: []byte("{}"), Owner: &store.KeptOwner{Since: morning}},
	} {
		w.must(w.store.AddPart(t.Context(), p))
	}
	if _, ok, err := w.Reported(w.ctx(), "t"); ok || err != nil {
		t.Errorf("%t %v", ok, err)
	}
	for i := range 5 {
		path, err := w.Report(w.ctx(), "t", fmt.Sprint("p", i))
		w.must(err)
		at, err := w.Visit(t.Context(), keyOf(path), "")
		if err != nil || !at.Anonymous {
			t.Fatalf("%+v %v", at, err)
		}
		w.answer(at.Survey, keyOf(path), "2", "rules systems", "Words")
	}
	_, err := w.Report(w.ctx(), "t", "p0")
	w.code(err, clientele.CodeConflict)
	w.clock = w.clock.AddDate(0, 1, 0)
	_, err = w.Report(w.ctx(), "t", "p0")
	w.must(err)
	r, ok, err := w.Reported(w.ctx(), "t")
	if err != nil || !ok || r.Questions[0].N != 5 || r.Questions[1].Counts[0].N != 5 || len(r.Questions[2].Comments) != 0 {
		t.Errorf("%+v %t %v", r, ok, err)
	}
	for _, id := range []string{"s", "none"} {
		_, err := w.Report(w.ctx(), id, "p0")
		w.code(err, clientele.CodeNotFound)
	}
	if all, err := w.List(w.ctx()); err != nil || len(all) != 0 {
		t.Errorf("%+v %v", all, err)
	}
}

// seen is one figure as an attacker saw it: of which question and by which filter, when, and of
// how many people it is. Comment says that it is texts.
type seen struct {
	question, filter string
	day              int
	n                int64
	comment          bool
}

// look is all that results show at a time, and all that can be reckoned from one look at them.
func look(r Results, day int) (all []seen) {
	add := func(question, filter string, n int64) { all = append(all, seen{question, filter, day, n, false}) }
	add("answered", "all", r.Answered)
	for _, v := range r.Waves {
		add("answered", fmt.Sprint("wave ", v.Number), v.Answered)
		add("answered", fmt.Sprint("not wave ", v.Number), r.Answered-v.Answered)
	}
	for _, q := range r.Questions {
		add(q.ID, "all", q.N)
		add(q.ID, "does not apply", q.NotApplicable)
		rest := q.N
		for _, p := range slices.Concat(q.Waves, q.Parts) {
			add(q.ID, p.Name, p.N)
			add(q.ID, "not "+p.Name, q.N-p.N)
		}
		for _, p := range q.Parts {
			rest -= p.N
		}
		if len(q.Parts) > 0 {
			add(q.ID, "no part", rest)
		}
		all = append(all, seen{q.ID, "texts", day, int64(len(q.Comments)), true})
	}
	return all
}

// reveals reports whether two looks at the same people, of whom the second is of more, tell the
// answers of fewer than may be told; the first may be of nobody.
func reveals(a, b seen) bool {
	few := int64(Least)
	if a.comment {
		few = LeastTexts
	}
	d := b.n - a.n
	return d > 0 && d < few
}

// attack lets employees answer in random order on random days while somebody looks after each of
// them, and counts the pairs of figures that they compare, and those that tell too much: each
// against nothing, against itself at every earlier time, and against what it is part of.
func attack(t *testing.T, seed uint64, w *world) (pairs, told int) {
	random := rand.New(rand.NewPCG(seed, 7))
	w.employ("office", 24)
	w.employ("depot", 12)
	w.employ("lab", 4)
	v := w.create(strings.Replace(work, "open: true", "waves: {count: 2, every: 10}", 1))
	var looks [][]seen
	day := 0
	for range 2 {
		links := w.send(v).Links
		random.Shuffle(len(links), func(i, j int) { links[i], links[j] = links[j], links[i] })
		for _, l := range links[:30] {
			ticket, err := w.store.Ticket(t.Context(), hashOf(keyOf(l.URL)))
			w.must(err)
			answers := []store.AnonymousAnswer{{Wave: ticket.Wave, Part: ticket.Part}}
			for _, q := range v.Document.Questions {
				kind := []store.AnswerKind{"", store.NotApplicable, "", "", ""}[random.IntN(5)]
				if random.IntN(5) == 0 {
					continue // skipped
				}
				a := store.KeptAnswer{Question: q.ID, Kind: kind, Value: []string{"9", "rules ", "words"}[slices.IndexFunc(v.Document.Questions, func(o Question) bool { return o.ID == q.ID })]}
				if kind == "" && q.Kind == Words {
					a.Kind = store.TextAnswer
				}
				answers = append(answers, anonymous(ticket, a))
			}
			w.must(w.store.AddAnonymous(t.Context(), v.ID, answers))
			if random.IntN(3) == 0 && day%10 < 8 {
				day++
				w.clock = morning.AddDate(0, 0, day)
			}
			looks = append(looks, look(w.results(v), day))
		}
		day += 10 - day%10
		w.clock = morning.AddDate(0, 0, day)
	}
	return compared(looks)
}

func compared(looks [][]seen) (pairs, told int) {
	count := func(a, b seen) {
		pairs++
		if reveals(a, b) {
			told++
		}
	}
	before := map[string][]seen{}
	for _, now := range looks {
		whole := map[string]seen{}
		for _, s := range now {
			if s.filter == "all" {
				whole[s.question] = s
			}
			count(seen{comment: s.comment}, s)
			key := s.question + "\x00" + s.filter
			for _, earlier := range before[key] {
				count(earlier, s)
			}
			before[key] = append(before[key], s)
			if !s.comment && s.filter != "does not apply" && s.question != "words" {
				count(s, whole[s.question])
			}
		}
	}
	return pairs, told
}

// Issue 6, must hold 4: a hundred thousand pairs of figures, seen before and after answers came
// and filters changed, tell of nobody who is among fewer than the minimum. With the minimum off,
// thousands do.
func TestAttackerWhoSeesResultsBeforeAndAfterLearnsNothing(t *testing.T) {
	pairs := 0
	for seed := uint64(1); pairs < 100_000; seed++ {
		n, told := attack(t, seed, newWorld(t))
		pairs += n
		if told > 0 {
			t.Fatalf("of %d pairs %d tell of too few", n, told)
		}
	}
	w := newWorld(t)
	w.enough = func(Document, store.AnonymousCell) int64 { return 1 }
	n, told := attack(t, 1, w)
	if told < 1000 {
		t.Errorf("without a minimum %d pairs of %d tell of too few: the attack sees nothing", told, n)
	}
	t.Logf("%d pairs; without a minimum %d of %d told too much", pairs, told, n)
}
