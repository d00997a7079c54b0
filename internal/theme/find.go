package theme

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/score"
	"github.com/clientele/clientele/model/text"
)

// Bounds of what is told, and of what is read for it.
const (
	Fewest    = 10   // comments
	MaxVoices = 40   // groups that are looked at, those with most comments
	sampled   = 3000 // comments of a group that are read
	mostTerms = 5000 // words of a group that are compared
	mostWords = 15   // words that stand out, of each side
	// surely is the z beyond which a word stands out: of two hundred words that do not differ,
	// chance alone makes one do so on either side.
	surely = 2.576
	// seed chooses samples, and where the search for topics begins.
	seed = 20141
)

// find looks at what is said.
func (s *Service) find(ctx context.Context) (Report, error) {
	r := Report{Seed: seed, Voices: []Voice{}}
	groups, err := s.records.CommentGroups(ctx)
	if err != nil {
		return r, err
	}
	for _, g := range groups {
		switch {
		case g.All < Fewest:
			r.Few++
		case len(r.Voices) == MaxVoices:
			r.Left++
		default:
			v, err := s.voice(ctx, g)
			if err != nil {
				return r, err
			}
			r.Voices = append(r.Voices, v)
		}
	}
	return r, nil
}

// voice looks at one group.
func (s *Service) voice(ctx context.Context, g warehouse.CommentGroup) (Voice, error) {
	v := Voice{Touchpoint: g.Touchpoint, Language: g.Language, Recorded: g.Language, Count: countOf(g.SideCount, g.All), Themes: []Theme{}}
	comments, err := s.records.SampleComments(ctx, warehouse.CommentSampleQuery{CommentsOf: g.CommentsOf, Seed: seed, Limit: sampled})
	if err != nil {
		return v, err
	}
	v.Sampled = int64(len(comments))
	texts := make([]string, len(comments))
	for i, c := range comments {
		texts[i] = c.Text
	}
	if guess, ok := text.Guess(texts); v.Language == "" && ok {
		v.Language, v.Guessed = string(guess), true
	}
	if err := s.sentiment(&v, texts); err != nil {
		return v, err
	}
	if err := s.contrast(ctx, &v, g); err != nil {
		return v, err
	}
	return v, s.themes(ctx, &v, g, texts)
}

// countOf is a count as it may be told; all is how many comments there are in the group.
func countOf(n warehouse.SideCount, all int64) Count {
	c := Count{Comments: n.All}
	if beside := all - n.All; beside == 0 || beside >= fewestBeside {
		c.Detractors, c.Promoters = &n.Detractors, &n.Promoters
	}
	return c
}

// fewestBeside is the least number of others whose scores may be worked out together.
const fewestBeside = 5

// sentiment tells how a sample sounds, if it is English.
func (s *Service) sentiment(v *Voice, texts []string) error {
	switch text.Language(v.Language) {
	case text.English:
	case "":
		v.Mute = "Sentiment cannot be told: it is told of English alone, and the language is not known."
		return nil
	default:
		v.Mute = "Sentiment cannot be told: it is told of English alone."
		return nil
	}
	lexicon, err := s.words()
	if err != nil {
		return err
	}
	var mean, negative, positive score.Sums
	for _, t := range texts {
		c := lexicon.Compound(text.Plain(t))
		mean = mean.Add(one(c))
		negative, positive = negative.Add(one(truth(c <= text.Negative))), positive.Add(one(truth(c >= text.Positive)))
	}
	v.Sentiment = &Sentiment{interval(score.Mean(mean, -1, 1)), interval(score.Share(negative)), interval(score.Share(positive))}
	return nil
}

// one is the sums of one comment.
func one(x float64) score.Sums { return score.Sums{N: 1, W: 1, W2: 1, X: x, X2: x * x} }

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func interval(e score.Estimate) Interval { return Interval{e.Value, e.Low, e.High} }

// words is the lexicon, read once.
func (s *Service) words() (text.Lexicon, error) {
	s.reading.Lock()
	defer s.reading.Unlock()
	if s.known != nil {
		return s.known, nil
	}
	raw, err := s.lexicon()
	if err == nil {
		s.known, err = text.ReadLexicon(bytes.NewReader(raw))
	}
	return s.known, err
}

// contrast tells what each side says that the other does not.
func (s *Service) contrast(ctx context.Context, v *Voice, g warehouse.CommentGroup) error {
	if g.Detractors < Fewest || g.Promoters < Fewest {
		v.NoWords = fmt.Sprintf("What detractors say and promoters do not takes %d comments of each side; there are too few with such scores.", Fewest)
		return nil
	}
	terms, err := s.records.Terms(ctx, warehouse.TermQuery{CommentsOf: g.CommentsOf, Stops: append(text.Language(v.Language).Stops(), text.Words(v.Touchpoint)...), Least: Fewest, Most: mostTerms})
	if err != nil {
		return err
	}
	counts := make([]text.Count, len(terms))
	for i, t := range terms {
		counts[i] = text.Count{Term: t.Term, A: float64(t.Detractors), B: float64(t.Promoters), All: float64(t.All)}
	}
	odds := text.Compare(counts)
	v.Words = &Contrast{Detractors: []Word{}, Promoters: []Word{}}
	for i := range odds {
		if o := odds[i]; o.Z >= surely && len(v.Words.Detractors) < mostWords {
			v.Words.Detractors = append(v.Words.Detractors, wordOf(o, 1))
		}
		if o := odds[len(odds)-1-i]; -o.Z >= surely && len(v.Words.Promoters) < mostWords {
			v.Words.Promoters = append(v.Words.Promoters, wordOf(o, -1))
		}
	}
	return nil
}

func wordOf(o text.Odds, sign float64) Word {
	return Word{Word: o.Term, Detractors: int64(o.A), Promoters: int64(o.B), LogOdds: sign * o.LogOdds, Z: sign * o.Z}
}

// themes finds the topics of a sample, and counts the comments that speak of each.
func (s *Service) themes(ctx context.Context, v *Voice, g warehouse.CommentGroup, texts []string) error {
	own := text.Words(v.Touchpoint) // say where, and nothing else
	terms := make([][]string, len(texts))
	for i, t := range texts {
		terms[i] = slices.DeleteFunc(text.Terms(t, text.Language(v.Language)), func(w string) bool { return slices.Contains(own, w) })
	}
	topics, found := text.Topics(terms, seed)
	if v.Found = found; found == 0 {
		v.NoThemes = fmt.Sprintf("Themes take at least %d comments with words that several share.", text.LeastTexts)
		return nil
	}
	for _, t := range topics {
		words := Topic(t.Words)
		v.Themes = append(v.Themes, Theme{
			ID: idOf(g.CommentsOf, words), Touchpoint: g.Touchpoint, Language: g.Language, Topics: []Topic{words}, Merged: []Merged{}, Stability: &t.Stability,
		})
	}
	if len(v.Themes) == 0 {
		v.NoThemes = fmt.Sprintf("None of %d topics came back in resamples of the comments.", found)
		return nil
	}
	counts, err := s.records.Speaking(ctx, warehouse.SpeakingQuery{CommentsOf: g.CommentsOf, Themes: asked(v.Themes)})
	if err != nil {
		return err
	}
	v.Themes = counted(v.Themes, counts, g.All)
	return nil
}

// asked are themes in the words of the records.
func asked(themes []Theme) []warehouse.ThemeWords {
	out := make([]warehouse.ThemeWords, len(themes))
	for i, t := range themes {
		for _, topic := range t.Topics {
			words := make([]warehouse.WordWeight, len(topic))
			for j, w := range topic {
				words[j] = warehouse.WordWeight(w)
			}
			out[i] = append(out[i], words)
		}
	}
	return out
}

// counted are themes with how many speak of each. What is found anew and has too few is left
// out; what is kept says so.
func counted(themes []Theme, counts []warehouse.SideCount, all int64) []Theme {
	out := []Theme{}
	for i, t := range themes {
		switch {
		case counts[i].All >= Fewest:
			t.Count = countOf(counts[i], all)
		case t.Version == 0:
			continue
		default:
			t.Why = fmt.Sprintf("Fewer than %d comments speak of it.", Fewest)
		}
		out = append(out, t)
	}
	return out
}

// idOf names a theme that was found, by where and its words.
func idOf(of warehouse.CommentsOf, topic Topic) string {
	raw, err := json.Marshal([]any{of, topic})
	if err != nil {
		panic(err) // texts and numbers
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:6])
}

// alike is the cosine from which two topics are one: that by which a topic comes back.
const alike = 0.7

// same reports whether two topics have nearly the same weights.
func same(a, b Topic) bool {
	weights := map[string]float64{}
	var ab, aa, bb float64
	for _, w := range a {
		weights[w.Word] = float64(w.Weight)
		aa += float64(w.Weight) * float64(w.Weight)
	}
	for _, w := range b {
		ab += float64(w.Weight) * weights[w.Word]
		bb += float64(w.Weight) * float64(w.Weight)
	}
	return ab >= alike*math.Sqrt(cmp.Or(aa*bb, 1))
}
