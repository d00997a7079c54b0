package survey

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clientele/clientele"
)

func TestDocumentIsReadAndCompleted(t *testing.T) {
	d, err := ParseDocument("survey.yaml", []byte(deliveries))
	if err != nil {
		t.Fatal(err)
	}
	if d.Ask.Who != Customers || d.Ask.Email != "email" || *d.Quarantine != 25 || d.Waves != (Waves{2, 30, 14}) {
		t.Errorf("%+v", d)
	}
	if got := d.Questions[1].Text.In("de", d.Languages); got != "Why?" {
		t.Errorf("a text without a translation is %q", got)
	}
	for preferred, want := range map[string]string{"de-AT": "de", "iw": "he", "fr, he;q=0.5": "he", "": "en", "nonsense;;;": "en"} {
		if got := d.Speaks(preferred); got != want {
			t.Errorf("%q speaks %s, want %s", preferred, got, want)
		}
	}
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseDocument("survey.json", text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(d, again); diff != "" {
		t.Errorf("the same as JSON: %s", diff)
	}
}

func TestDocumentRefusesWhatIsWrong(t *testing.T) {
	question := "questions: [{id: q, kind: nps, text: Q}]\n"
	for name, c := range map[string]struct{ text, says string }{
		"nothing":                  {"", "says nothing"},
		"no YAML":                  {"a: [", "no survey"},
		"another field":            {"survey: A\ncolour: red\n" + question, "line 2: field colour not found"},
		"a field twice":            {"survey: A\nsurvey: B\n" + question, "already defined"},
		"an anchor":                {"survey: &a A\n" + question, "anchors"},
		"two documents":            {"survey: A\n" + question + "---\nsurvey: B\n", "more than one"},
		"no name":                  {question, "the name"},
		"no questions":             {"survey: A\n", "not 1 to 20"},
		"another kind":             {"survey: A\nquestions: [{id: q, kind: matrix, text: Q}]\n", "none of nps"},
		"no text":                  {"survey: A\nquestions: [{id: q, kind: nps}]\n", "text is missing"},
		"one id twice":             {"survey: A\nquestions: [{id: q, kind: nps, text: Q}, {id: q, kind: nps, text: Q}]\n", "of its own"},
		"an id that is markup":     {"survey: A\nquestions: [{id: '<b>', kind: nps, text: Q}]\n", "of its own"},
		"another language":         {"survey: A\nlanguages: [en]\nquestions: [{id: q, kind: nps, text: {en: Q, de: F}}]\n", `"de" is none`},
		"none of the first":        {"survey: A\nlanguages: [en, de]\nquestions: [{id: q, kind: nps, text: {de: F}}]\n", "missing in en"},
		"no language":              {"survey: A\nlanguages: [english please]\n" + question, "no language"},
		"a scale too long":         {"survey: A\nquestions: [{id: q, kind: rating, from: 0, to: 100, text: Q}]\n", "up to 11"},
		"one option":               {"survey: A\nquestions: [{id: q, kind: choice, text: Q, options: [{id: a, text: A}]}]\n", "2 to 20"},
		"options of a text":        {"survey: A\nquestions: [{id: q, kind: text, text: Q, options: [{id: a, text: A}]}]\n", "nothing else has"},
		"sample and share":         {"survey: A\nask: {sample: 3, share: 0.5}\n" + question, "or share"},
		"segments of nothing":      {"survey: A\nask: {segments: [North]}\n" + question, "values of"},
		"reminders of employees":   {"survey: A\nask: {who: employees}\nreminders: [3]\n" + question, "nobody knows"},
		"a reminder too late":      {"survey: A\nreminders: [30]\n" + question, "before"},
		"a day that is none":       {"survey: A\ncloses: 2027-02-30\n" + question, "no day"},
		"a page that is no origin": {"survey: A\nopen: true\nembed: ['https://a.example/; script-src *']\n" + question, "no origin"},
		"any page":                 {"survey: A\nopen: true\nembed: ['*']\n" + question, "no origin"},
		"embedded and not open":    {"survey: A\nembed: ['https://a.example']\n" + question, "open link"},
		"a control character":      {"survey: A\ntitle: \"a\\u0007b\"\n" + question, "cannot be shown"},
	} {
		_, err := ParseDocument("survey.yaml", []byte(c.text))
		if clientele.CodeOf(err) != clientele.CodeInvalid || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "survey.yaml") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ParseDocument("large.yaml", make([]byte, MaxDocument+1)); clientele.CodeOf(err) != clientele.CodeInvalid {
		t.Errorf("a large file: %v", err)
	}
}

// Whatever a file holds, it is refused or can be asked.
func FuzzDocument(f *testing.F) {
	f.Add([]byte(deliveries))
	f.Add([]byte(work))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := ParseDocument("x", text)
		if err != nil {
			if clientele.CodeOf(err) != clientele.CodeInvalid {
				t.Fatal(err)
			}
			return
		}
		for _, q := range d.Questions {
			if q.Text.In(d.Languages[0], d.Languages) == "" {
				t.Fatalf("%s asks nothing", q.ID)
			}
			if from, to, ok := q.Scale(); ok && to <= from {
				t.Fatalf("%s has no scale", q.ID)
			}
		}
		if _, err := json.Marshal(d); err != nil {
			t.Fatal(err)
		}
	})
}

// Whatever is sent from a page is refused or is an answer to its question.
func FuzzReply(f *testing.F) {
	d, err := ParseDocument("x", []byte(deliveries))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(0, "7", "text", false, false)
	f.Fuzz(func(t *testing.T, n int, value, text string, skip, na bool) {
		q := d.Questions[uint(n)%uint(len(d.Questions))]
		a, ok, err := q.read(Reply{Question: q.ID, Values: []string{value}, Text: text, Skip: skip, NotApplicable: na})
		if err != nil || !ok {
			return
		}
		if a.Kind == "" || a.Question != q.ID || !shownWhole(a.Value) {
			t.Fatalf("%+v", a)
		}
	})
}

func TestEveryLanguageHasAllPhrases(t *testing.T) {
	for l, p := range phrases {
		text, err := json.Marshal(p)
		if err != nil || strings.Contains(string(text), `""`) {
			t.Errorf("%s: %s", l, text)
		}
		if strings.Count(p.Step, "%d") != 2 || strings.Count(p.Until, "%s") != 1 {
			t.Errorf("%s: %q %q", l, p.Step, p.Until)
		}
	}
	for tag, want := range map[string]string{"he": "rtl", "ar-EG": "rtl", "fa": "rtl", "ur": "rtl", "en": "ltr", "az-Arab": "rtl", "ja": "ltr"} {
		if got := Direction(tag); got != want {
			t.Errorf("%s is written %s", tag, got)
		}
	}
	if PhrasesIn("pt-BR").Next != "Seguinte" || PhrasesIn("tlh").Next != "Next" {
		t.Error("phrases of another language")
	}
}
