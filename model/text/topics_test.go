package text

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// planted are texts of topics that are known: each has some words of one topic, and some of
// none.
func planted(topics [][]string, texts int) (out [][]string) {
	source := rand.New(rand.NewPCG(7, 7))
	for i := range texts {
		var text []string
		if len(topics) > 0 {
			of := topics[i%len(topics)]
			for _, at := range source.Perm(len(of))[:3] {
				text = append(text, of[at])
			}
		}
		for range 2 {
			if w := fmt.Sprint("noise", source.IntN(60)); !slices.Contains(text, w) {
				text = append(text, w)
			}
		}
		out = append(out, text)
	}
	return out
}

func TestTopicsThatArePlantedAreFound(t *testing.T) {
	truth := [][]string{{"late", "delayed", "hours", "gate", "waiting"}, {"bag", "luggage", "lost", "claim", "damaged"}, {"staff", "rude", "friendly", "crew", "helpful"},
		{"seat", "narrow", "legroom", "window", "aisle"}}
	texts := planted(truth, 600)
	got, found := Topics(texts, 1)
	if found < len(truth) {
		t.Fatalf("%d topics were looked for", found)
	}
	for _, words := range truth {
		if !slices.ContainsFunc(got, func(topic Topic) bool {
			of := 0
			for _, w := range topic.Words {
				if w.Weight > 40 && slices.Contains(words, w.Word) {
					of++
				} else if w.Weight > 40 {
					return false // a word of something else
				}
			}
			return of >= 4
		}) {
			t.Errorf("nothing has the words of %v alone: %v", words, got)
		}
	}
	again, _ := Topics(texts, 1)
	if diff := cmp.Diff(got, again); diff != "" {
		t.Errorf("the same seed gives another answer: %s", diff)
	}
}

// Words that chance alone puts together make topics that do not come back.
func TestNoiseHasNoTopics(t *testing.T) {
	if got, found := Topics(planted(nil, 600), 1); len(got) > 1 || found == 0 {
		t.Errorf("%d of %d topics of noise: %v", len(got), found, got)
	}
}

func TestTooFewTextsHaveNoTopics(t *testing.T) {
	few := planted([][]string{{"a", "b", "c"}}, LeastTexts-1)
	same := slices.Repeat([][]string{{"good"}}, 100)
	for _, texts := range [][][]string{nil, few, same, make([][]string, 100)} {
		if got, _ := Topics(texts, 1); len(got) > 0 {
			t.Errorf("%v", got)
		}
	}
}
