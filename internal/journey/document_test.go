package journey

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/clientele/clientele"
)

func parse(t testing.TB, text string) Document {
	t.Helper()
	d, err := ParseDocument("map.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (w *world) apply(text, id string) (Plan, Done) {
	w.Helper()
	p, d, err := w.Apply(w.ctx, parse(w, text), id)
	w.ok(err)
	return p, d
}

func (w *world) plan(text string) Plan {
	w.Helper()
	p, err := w.Plan(w.ctx, parse(w, text))
	w.ok(err)
	return p
}

func says(p Plan) (all []string) {
	for _, s := range p.Steps {
		all = append(all, s.Says)
	}
	return all
}

func TestAFileIsPlannedAndApplied(t *testing.T) {
	w := newWorld(t)
	w.shop()
	const text = `journeys:
  - name: Returning
    stages:
      - name: Send
        touchpoints:
          - name: checkout
            promise: |
              One page.
              No account.
            problems: [slow, 404]
            owner: Bea
  - name: Buying
    stages:
      - name: Pay
      - name: Find
        touchpoints:
          - name: Search
          - name: Ad
`
	plan := w.plan(text)
	same(t, []string{
		"remove the touchpoint Home page", "create the journey Returning", "create the stage Send in Returning",
		"move checkout to place 1 of Send", "change name, owner, promise and problems of checkout", "move Find to place 2 of Buying", "create the touchpoint Ad in Find",
	}, says(plan))
	same(t, []int{3, 1, 2, 1}, []int{plan.Created, plan.Changed, plan.Moved, plan.Removed})
	if again := w.plan(text); again.ID != plan.ID {
		t.Error("the same plan has another id")
	}
	before := w.text()
	applied, done := w.apply(text, plan.ID)
	same(t, says(plan), says(applied))
	same(t, "applied a file: 3 created, 1 changed, 2 moved, 1 removed", done.Says)
	same(t, []string(nil), says(w.plan(text)))
	same(t, parse(t, w.text()).Journeys[0].Stages[0].Touchpoints[0].Promise, "One page.\nNo account.")
	if _, nothing := w.apply(text, ""); nothing.Number != 0 {
		t.Errorf("nothing to do is an edit: %+v", nothing)
	}
	w.undo(done.Number)
	same(t, before, w.text())
}

func TestAPlanThatHoldsNoMoreIsNotApplied(t *testing.T) {
	w := newWorld(t)
	w.shop()
	id := w.plan("journeys: []").ID
	w.add(IsJourney, "", "Another")
	_, _, err := w.Apply(w.ctx, parse(t, "journeys: []"), id)
	w.want(clientele.CodeStale, err)
	_, _, err = w.Apply(w.ctx, parse(t, shopText), w.plan("journeys: []").ID)
	w.want(clientele.CodeStale, err)
	w.apply("journeys: []", w.plan("journeys: []").ID)
	same(t, "journeys: []\n", w.text())
}

func TestAFileThatIsNotAMapIsRefusedWithItsPlace(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "map.yaml: it says nothing",
		"journeys: [":                         "it is not YAML",
		"- a":                                 "map.yaml:1: column 1: a list of fields is wanted here",
		"{}":                                  "map.yaml:1: column 1: journeys is missing",
		"journeys: []\nteams: []":             `map.yaml:2: column 1: there is no field "teams" here`,
		"journeys: []\njourneys: []":          "map.yaml:2: column 1: journeys stands here twice",
		"journeys:\n  - name: a\n    nome: b": `map.yaml:3: column 5: there is no field "nome" here`,
		"journeys:\n  - stages: []":           "map.yaml:2: column 5: name is missing",
		"journeys: &a\n  - name: x\n":         "map.yaml:1: column 11: anchors and aliases are not taken",
		"journeys:\n  - name: &n x\n  - name: *n\n":      "map.yaml:2: column 11: anchors and aliases are not taken",
		"journeys: !!python/object []":                   "map.yaml:1: column 11: tags are not taken",
		"journeys:\n  - <<: {name: x}":                   `map.yaml:2: column 5: there is no field "<<" here`,
		"journeys: 7":                                    "map.yaml:1: column 11: a list of journeys is wanted here",
		"journeys:\n  - name: [a]":                       "map.yaml:2: column 11: a text is wanted here",
		"journeys:\n  - name: a\n  - name: A":            "map.yaml:3: column 11: there is a journey called A already, in line 2",
		"journeys: []\n---\njourneys: []":                "it holds more than one document",
		"journeys:\n  - name: ''":                        "map.yaml:2: column 11: the name is missing",
		"journeys:\n  - name: \"a\\ab\"":                 "map.yaml:2: column 11: the name holds characters that cannot be shown",
		"? [a]\n: b":                                     "map.yaml:1: column 3: the name of a field is wanted here",
		shopText + "      - name: pay\n":                 "map.yaml:11: column 15: there is a stage called pay already, in line 8",
		shopText + "          - name: search\n":          "map.yaml:11: column 19: there is a touchpoint called search already, in line 7",
		shopText + "            promise: \"\\a\"\n":      "map.yaml:10: column 13: Checkout: promise: it holds characters that cannot be shown",
		shopText + "            owner: *x\n":             "it is not YAML",
		strings.Repeat("#", MaxDocument+1):               "map.yaml: it is larger than 1048576 bytes",
		nested(maxDepth + 1):                             "journeys nest at most 10 deep",
		"journeys:\n" + strings.Repeat("- name: é\n", 2): "map.yaml:3: column 9: there is a journey called é already, in line 2",
	} {
		_, err := ParseDocument("map.yaml", []byte(text))
		if clientele.CodeOf(err) != clientele.CodeInvalid || !strings.Contains(err.Error(), want) || clientele.HintOf(err) == "" {
			t.Errorf("%.60q: %v does not say %q", text, err, want)
		}
	}
	many := "journeys:\n"
	for i := range maxParts + 1 {
		many += fmt.Sprintf("- name: j%d\n", i)
	}
	if _, err := ParseDocument("", []byte(many)); err == nil || !strings.Contains(err.Error(), "more than 5000 parts") {
		t.Error(err)
	}
	parse(t, nested(maxDepth))
	same(t, []string{"yes", "1"}, parse(t, strings.TrimSuffix(shopText, "\n")+"\n            problems: [yes, 1]\n            owner:\n").Journeys[0].Stages[1].Touchpoints[0].Problems)
}

// nested is a document of journeys so many deep.
func nested(depth int) string {
	var b strings.Builder
	for i := range depth {
		fmt.Fprintf(&b, "%sjourneys:\n%s- name: j%d\n", strings.Repeat("  ", i), strings.Repeat("  ", i), i)
	}
	return b.String()
}

// anyDocument draws a map, with names that collide with those of others.
func anyDocument(r *rapid.T, label string) Document {
	text := rapid.SampledFrom([]string{"", "x", "- a: b", "null", "1e3", "two\nlines", "  kept\n\n  so", "é'\"#", "yes", "*x", "\u2028", "a\tb"})
	used := map[string]bool{}
	name := func(prefix string, n int) string {
		for {
			s := fmt.Sprint(prefix, rapid.IntRange(0, n).Draw(r, label+" "+prefix))
			if !used[s] {
				used[s] = true
				return s
			}
			n++
		}
	}
	var journeys func(depth int) []Text
	journeys = func(depth int) (all []Text) {
		for range rapid.IntRange(0, 2-depth).Draw(r, label+" journeys") {
			j := Text{Name: name("j", 4)}
			for i := range rapid.IntRange(0, 3).Draw(r, label+" stages") {
				s := StageText{Name: fmt.Sprint("s", i+rapid.IntRange(0, 1).Draw(r, label+" shift")*10)}
				for range rapid.IntRange(0, 3).Draw(r, label+" touchpoints") {
					t := TouchpointText{Name: name("t", 8), Owner: rapid.SampledFrom([]string{"", "Bea", "Cy Dee"}).Draw(r, label+" owner"), Promise: text.Draw(r, label+" promise"), Actions: text.Draw(r, label+" actions")}
					if p := text.Draw(r, label+" problem"); p != "" {
						t.Problems = []string{p}
					}
					s.Touchpoints = append(s.Touchpoints, t)
				}
				j.Stages = append(j.Stages, s)
			}
			j.Journeys = journeys(depth + 1)
			all = append(all, j)
		}
		return all
	}
	return Document{Journeys: journeys(0)}
}

// What is exported is what was applied, and applying it again does nothing; from one map to
// another and back everything is as it was.
func TestExportGivesWhatApplyTakes(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := newWorld(t)
		texts := []string{w.text()}
		var numbers []int64
		for i := range 2 {
			w.clock = w.clock.Add(time.Minute)
			text, err := anyDocument(r, fmt.Sprint(i)).Format()
			w.ok(err)
			d, err := ParseDocument("", text)
			if err != nil {
				r.Fatalf("%v\n%s", err, text)
			}
			plan, err := w.Plan(w.ctx, d)
			w.ok(err)
			_, done, err := w.Apply(w.ctx, d, plan.ID)
			w.ok(err)
			w.sound(r)
			if want, err := d.Format(); err != nil || w.text() != string(want) {
				r.Fatalf("%s\nis exported as\n%s", want, w.text())
			}
			if again, err := w.Plan(w.ctx, parse(w, w.text())); err != nil || len(again.Steps) > 0 {
				r.Fatalf("%v %v", says(again), err)
			}
			if done.Number > 0 {
				texts, numbers = append(texts, w.text()), append(numbers, done.Number)
			}
		}
		for i := len(numbers) - 1; i >= 0; i-- {
			w.undo(numbers[i])
			w.sound(r)
			if w.text() != texts[i] {
				r.Fatalf("%s\nis left of\n%s", w.text(), texts[i])
			}
		}
	})
}

func FuzzDocument(f *testing.F) {
	f.Add([]byte(shopText))
	f.Add([]byte(nested(3)))
	f.Add([]byte("a: &a [x]\nb: [*a, *a]\n"))
	f.Add([]byte("journeys:\n- name: \"\\x85\"\n  stages:\n  - {name: s, touchpoints: [{name: t, problems: [p], owner: o}]}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := ParseDocument("f", text)
		if err != nil {
			if e := (*clientele.Error)(nil); !errors.As(err, &e) || e.Code != clientele.CodeInvalid || e.Hint == "" {
				t.Fatal(err)
			}
			return
		}
		written, err := d.Format()
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseDocument("f", written)
		if err != nil && len(written) <= MaxDocument {
			t.Fatalf("%v\n%s", err, written)
		}
		if twice, _ := again.Format(); err == nil && string(twice) != string(written) {
			t.Fatalf("%q\nbecomes\n%q", written, twice)
		}
	})
}
