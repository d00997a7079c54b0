package modelling

import (
	"strings"
	"testing"

	"github.com/clientele/clientele"
)

// scored is a candidate with a score, its distance from the best and its standard
// error, and a bias.
func scored(name string, crps, behind, se, bias float64) clientele.ModelCandidate {
	return clientele.ModelCandidate{Model: strings.ToLower(name), Name: name, CRPS: &crps, Behind: &behind, BehindSE: &se, Bias: &bias}
}

func TestChoose(t *testing.T) {
	refused := clientele.ModelCandidate{Model: "r", Name: "R", Words: "Too few."}
	for _, c := range []struct {
		name       string
		candidates []clientele.ModelCandidate
		want       string // the chosen one
		order      string
		reason     string
	}{
		{"the best alone", []clientele.ModelCandidate{scored("A", .6, .1, .01, 0), scored("B", .5, 0, 0, .3)}, "B", "B A", "better than every other candidate"},
		{"equal scores: the total decides", []clientele.ModelCandidate{scored("A", .5102, .0002, .001, -.115), scored("B", .51, 0, 0, -.16)}, "A", "B A", "so the total decides: A missed it least, expecting 11.5 % less"},
		{"a bias of either sign", []clientele.ModelCandidate{scored("A", .5102, .0002, .001, .2), scored("B", .51, 0, 0, -.16)}, "B", "B A", "A did as well"},
		{"a worse score with no bias", []clientele.ModelCandidate{scored("A", .52, .01, .001, 0), scored("B", .51, 0, 0, -.16)}, "B", "B A", "better than every other"},
		{"one standard error is within", []clientele.ModelCandidate{scored("A", .511, .001, .001, 0), scored("B", .51, 0, 0, -.16)}, "A", "B A", "so the total decides"},
		{"the floor is not chosen", []clientele.ModelCandidate{scored("NBD", .4, -.1, .01, 0), scored("B", .51, 0, 0, -.16)}, "B", "NBD B", "no better than the NBD"},
		{"refused ones are out", []clientele.ModelCandidate{refused, scored("B", .51, 0, 0, -.16)}, "B", "B R", "could not be fitted to every window: R."},
		{"all refused", []clientele.ModelCandidate{refused}, "", "R", "No candidate"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ranked, reasons, ok := choose(c.candidates)
			var order []string
			chosen := ""
			for _, r := range ranked {
				order = append(order, r.Name)
				if r.Verdict == clientele.CandidateChosen {
					chosen += r.Name
				}
				if r.Words == "" || r.Verdict == "" {
					t.Errorf("%s: without a verdict: %+v", r.Name, r)
				}
			}
			if got := strings.Join(order, " "); got != c.order || chosen != c.want || ok != (c.want != "") {
				t.Errorf("chose %q of %s", chosen, got)
			}
			if got := strings.Join(reasons, " "); !strings.Contains(got, c.reason) {
				t.Errorf("reasons %q", got)
			}
		})
	}
}

func TestOrigins(t *testing.T) {
	d := clientele.MustDate
	for _, c := range []struct {
		name              string
		asOf, first, last clientele.Date
		want              []window
		says              string
	}{
		{"what follows", d("1997-09-30"), d("1997-01-01"), d("1998-06-30"), []window{{d("1997-09-30"), d("1998-06-30"), true}}, "too short to hold out a whole year: 39 weeks"},
		{"half of a short record", d("1998-06-30"), d("1997-01-01"), d("1998-06-30"), []window{{d("1997-09-30"), d("1998-06-30"), true}}, "too short to hold out a whole year: 39 weeks"},
		{"two years", d("2007-12-30"), d("2006-01-01"), d("2007-12-30"), []window{{d("2006-12-31"), d("2007-12-30"), true}}, "A whole year was held out"},
		{"three years at most", d("2025-12-31"), d("2015-01-01"), d("2025-12-31"), []window{
			{d("2025-01-01"), d("2025-12-31"), true}, {d("2024-01-03"), d("2025-01-01"), true}, {d("2023-01-04"), d("2024-01-03"), true}}, "3 windows of up to a whole year"},
		{"whole years before what follows", d("2020-12-31"), d("2018-01-01"), d("2021-04-30"), []window{
			{d("2020-12-31"), d("2021-04-30"), true}, {d("2020-01-02"), d("2020-12-31"), true}, {d("2019-01-03"), d("2020-01-02"), true}}, "3 windows of up to a whole year"},
		{"too short", d("2025-02-20"), d("2025-01-01"), d("2025-02-20"), nil, ""},
	} {
		got := origins(c.asOf, c.first, c.last)
		if len(got) != len(c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: %v, want %v", c.name, got, c.want)
			}
		}
		if len(got) > 0 && !strings.Contains(scheme(got), c.says) {
			t.Errorf("%s: %q", c.name, scheme(got))
		}
	}
}
