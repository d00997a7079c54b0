package app

import (
	"net/url"
	"testing"

	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/survey"
)

// surveySamples say how surveys are asked for, by those who run them and by respondents.
func surveySamples(t *testing.T, b *Book) map[string][]sample {
	t.Helper()
	d, err := survey.ParseDocument("survey.yaml", []byte("survey: Delivery\nask: {by: region}\nopen: true\nembed: ['https://shop.example']\nquestions: [{id: q, kind: nps, text: Q}]"))
	if err != nil {
		t.Fatal(err)
	}
	v, err := b.Surveys.Create(t.Context(), d, "Ada")
	if err != nil {
		t.Fatal(err)
	}
	b.Surveys.SetOrigin("") // so that nothing is sent
	ask := func(path string) []sample { return []sample{{path: path}} }
	reads := []policy.Permission{policy.ReadSurveys}
	open, framed := v.Address, v.Embedded
	noRows := func(a asker) int {
		if a.reach(policy.ReadRows) != policy.Everything {
			return 403
		}
		return 0
	}
	return map[string][]sample{
		"GET /surveys": ask("/surveys"), "GET /surveys/{id}": ask("/surveys/" + v.ID),
		"POST /surveys":                {{path: "/surveys", form: url.Values{"document": {"colour: red"}}, also: reads, status: 422}},
		"POST /surveys/{id}/send":      {{path: "/surveys/" + v.ID + "/send", form: url.Values{}, also: reads, status: 400, other: noRows}},
		"POST /surveys/{id}/close":     {{path: "/surveys/none/close", form: url.Values{}, status: 404}},
		"POST /touchpoints/{id}/hands": {{path: "/touchpoints/none/hands", form: url.Values{}, status: 404}},
		"GET /s/{key}":                 ask(open), "GET /e/{key}": ask(framed),
		"GET /s/{key}/{step}":  {{path: open + "/1"}, {path: open + "/done"}, {path: open + "/9", status: 404}},
		"GET /e/{key}/{step}":  {{path: framed + "/1"}},
		"POST /s/{key}/{step}": {{path: open + "/1", form: url.Values{"answer": {"99"}}, status: 422}, {path: open + "/stop", form: url.Values{}, status: 404}},
		"POST /e/{key}/{step}": {{path: framed + "/1", form: url.Values{"answer": {"99"}}, status: 422}},
	}
}
