package app_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/shareddata"
	"github.com/clientele/clientele/internal/theme"
	"github.com/clientele/clientele/model/text"
	"github.com/clientele/clientele/web"
)

// theVoice is what is said in the one group of a book.
func theVoice(t *testing.T, r theme.Report, err error) theme.Voice {
	t.Helper()
	if err != nil {
		t.Fatalf("%v %s", err, clientele.HintOf(err))
	}
	if len(r.Voices) != 1 || r.Few > 0 || r.Left > 0 {
		t.Fatalf("%d voices, %d few, %d left", len(r.Voices), r.Few, r.Left)
	}
	return r.Voices[0]
}

// speaksOf reports whether a comment speaks of a topic.
func speaksOf(comment string, topic theme.Topic) bool {
	held := text.Words(comment)
	sum := 0
	for _, w := range topic {
		if slices.Contains(held, w.Word) {
			sum += w.Weight
		}
	}
	return sum >= 100
}

// Issue 6, must hold 1: 62.7 % of the tweets are labelled negative, and themes are held to the
// reasons that people gave them; neither is cleaned or told what the labels are.
func TestThemesOfAirlines(t *testing.T) {
	const name = "airline_tweets/Tweets_intact_ids_6cols.csv"
	b := importBook(t, "USD")
	load(t, b, shareddata.Path(t, name), ingest.Request{Map: []string{
		"touchpoint='airline'", "language='en'", "scale_min=1", "scale_max=3", "score=if(airline_sentiment = 'negative', 1, if(airline_sentiment = 'neutral', 2, 3))",
	}})
	r, err := b.Themes.Report(t.Context())
	v := theVoice(t, r, err)
	if share := float64(*v.Detractors) / float64(v.Comments); math.Abs(share-0.627) > 0.0005 || v.Comments != 14485 {
		t.Errorf("%.4f of %d are labelled negative", share, v.Comments)
	}

	// Of labelled complaints that speak of a theme, so many have one reason.
	rows := rowsOf(t, name)
	for word, want := range map[string]struct {
		reason string
		share  float64
	}{"cancelled": {"Cancelled Flight", 0.6}, "service": {"Customer Service Issue", 0.6}} {
		i := slices.IndexFunc(v.Themes, func(th theme.Theme) bool { return th.Topics[0][0].Word == word })
		if i < 0 {
			t.Errorf("no theme is about %s: %+v", word, v.Themes)
			continue
		}
		all, of := 0.0, 0.0
		for _, row := range rows {
			if row["negativereason"] != "" && speaksOf(row["text"], v.Themes[i].Topics[0]) {
				if all++; row["negativereason"] == want.reason {
					of++
				}
			}
		}
		t.Logf("%s: %.0f of %.0f labelled complaints are %s", word, of, all, want.reason)
		if of < want.share*all {
			t.Errorf("%s: %.0f of %.0f labelled complaints are %s", word, of, all, want.reason)
		}
	}
	var said []string
	for _, w := range v.Words.Detractors {
		said = append(said, w.Word)
	}
	for _, word := range []string{"cancelled", "hours", "hold", "delayed"} {
		if !slices.Contains(said, word) {
			t.Errorf("detractors do not say %q: %v", word, said)
		}
	}

	// Sentiment by VADER's rules, held to the labels: what sounds negative is a complaint, and
	// more than half of the complaints do not sound so.
	var right, heard, labelled float64
	lexicon := lexiconOf(t)
	for _, row := range rows {
		negative := lexicon.Compound(text.Plain(row["text"])) <= text.Negative
		if negative {
			heard++
		}
		if row["airline_sentiment"] == "negative" {
			if labelled++; negative {
				right++
			}
		}
	}
	t.Logf("sentiment: %.0f sound negative of %d; of %.0f labelled negative %.0f do", heard, len(rows), labelled, right)
	if precision, recall := right/heard, right/labelled; math.Abs(labelled/float64(len(rows))-0.627) > 0.0005 || precision < 0.88 || recall < 0.45 || recall > 0.6 {
		t.Errorf("precision %.3f, recall %.3f of %.0f labelled negative", precision, recall, labelled)
	}
	if s := v.Sentiment; s == nil || math.Abs(s.Negative.Value-heard/float64(len(rows))) > 0.03 {
		t.Errorf("of the sample: %+v", s)
	}
}

// Reviews in Portuguese, of which no language is recorded: themes can be told, and sentiment
// cannot.
func TestThemesOfAMarketplace(t *testing.T) {
	b := importBook(t, "BRL")
	load(t, b, shareddata.Path(t, "olist_stratified_8k/olist_order_reviews_dataset.csv"), ingest.Request{Map: []string{"touchpoint='delivery'"}})
	r, err := b.Themes.Report(t.Context())
	v := theVoice(t, r, err)
	if v.Language != "pt" || !v.Guessed || v.Sentiment != nil || !strings.Contains(v.Mute, "English alone") {
		t.Errorf("%+v", v)
	}
	if len(v.Themes) < 6 || v.Words == nil || v.Words.Detractors[0].Word != "recebi" || v.Words.Promoters[0].Word != "prazo" {
		t.Errorf("%d themes, words %+v", len(v.Themes), v.Words)
	}
	i := slices.IndexFunc(v.Themes, func(th theme.Theme) bool { return th.Topics[0][0].Word == "recebi" })
	if i < 0 || *v.Themes[i].Detractors < 3**v.Themes[i].Promoters {
		t.Errorf("what was not received: %+v", v.Themes)
	}
}

func lexiconOf(t *testing.T) text.Lexicon {
	t.Helper()
	raw, err := web.Lexicon()
	if err != nil {
		t.Fatalf("%v: %s", err, clientele.HintOf(err))
	}
	l, err := text.ReadLexicon(strings.NewReader(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// The examples that the authors print, by the whole lexicon.
func TestTheLexiconTellsThePublishedSentiment(t *testing.T) {
	l := lexiconOf(t)
	for s, want := range map[string]float64{
		"VADER is smart, handsome, and funny.": 0.8316, "VADER is smart, handsome, and funny!": 0.8439,
		"VADER is not smart, handsome, nor funny.": -0.7424, "VADER is not smart, handsome, and funny.": -0.2467,
	} {
		if got := l.Compound(s); math.Abs(got-want) > 5e-5 {
			t.Errorf("%s: %.4f, want %.4f", s, got, want)
		}
	}
	if len(l) < 7000 {
		t.Errorf("%d words", len(l))
	}
}
