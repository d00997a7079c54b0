package text

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Valences of VADER's lexicon: means of ten raters (Hutto and Gilbert 2014).
var few = Lexicon{"smart": 1.7, "handsome": 2.2, "funny": 1.9, "bad": -2.5, "good": 1.9, "great": 3.1, "no": -1.2, ":)": 2, "kind": 2.4, "problems": -1.7}

// The examples that the authors print with their program.
func TestSentimentAsPublished(t *testing.T) {
	for text, want := range map[string]float64{
		"VADER is smart, handsome, and funny.":      0.8316,
		"VADER is smart, handsome, and funny!":      0.8439,
		"VADER is very smart, handsome, and funny.": 0.8545,
		"VADER is VERY SMART, handsome, and FUNNY.": 0.9227,
		"VADER is not smart, handsome, nor funny.":  -0.7424,
		"VADER is not smart, handsome, and funny.":  -0.2467,
	} {
		if got := few.Compound(text); math.Abs(got-want) > 5e-5 {
			t.Errorf("%s: %.4f, want %.4f", text, got, want)
		}
	}
}

// Each pair says in which order two texts stand.
func TestWhatMakesATextBetter(t *testing.T) {
	for _, c := range []struct{ worse, better string }{
		{"good", "GOOD for you"},
		{"It was good.", "It was really good."},
		{"It was slightly good.", "It was good."},
		{"It was really bad.", "It was bad."},
		{"good", "good!!!"},
		{"good!!!", "good!!!!"},
		{"bad???", "bad"},
		{"bad?????", "bad??"},
		{"good, but bad", "bad, but good"},
		{"it isn't good", "it is good"},
		{"it isn’t good", "it is good"},
		{"the least good", "at least good"},
		{"good", "never so good"},
		{"never good", "without a doubt good"},
		{"not good", "without doubt good"},
		{"kind of bad", "kind"},
		{"problems", "no problems"},
		{"no good", "no"},
		{"bad", "nothing to say"},
		{"words", "words :)"},
	} {
		if a, b := few.Compound(c.worse), few.Compound(c.better); a >= b {
			t.Errorf("%q is %.4f, %q %.4f", c.worse, a, c.better, b)
		}
	}
	for _, plain := range []string{"", "words", "GOODS AND SERVICES", "?!"} {
		if got := few.Compound(plain); got != 0 {
			t.Errorf("%q is %g", plain, got)
		}
	}
}

func TestSentimentIsBounded(t *testing.T) {
	words := []string{"smart", "SMART", "bad", "BAD!", "not", "never", "so", "this", "very", "kind", "of", "but", "no", "least", "at", "without", "doubt", ":)", "?", "don't", "é"}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 30).Draw(t, "words"), " ")
		got := few.Compound(text)
		if math.IsNaN(got) || got < -1 || got > 1 || got != few.Compound(text) {
			t.Fatalf("%q: %g", text, got)
		}
	})
}

func TestReadLexicon(t *testing.T) {
	got, err := ReadLexicon(strings.NewReader("Good\t1.9\t0.9\t[1, 2]\n:)\t2.0\n\n"))
	if err != nil || len(got) != 2 || got["good"] != 1.9 || got[":)"] != 2 {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"good", "good\tx", "good\tNaN", "good\t5", "good\t-Inf"} {
		if _, err := ReadLexicon(strings.NewReader(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func FuzzWords(f *testing.F) {
	f.Add("The staff weren’t kind &amp; https://a.b/c @name 3 times!")
	f.Add("\xff\xfeé\u0301’-’")
	f.Fuzz(func(t *testing.T, s string) {
		for _, l := range append(Languages(), "") {
			for _, w := range Terms(s, l) {
				if w == "" || l.IsStop(w) || strings.ContainsAny(w, " \t\n@/") {
					t.Fatalf("%q is a term of %q", w, s)
				}
			}
		}
		if c := few.Compound(s); math.IsNaN(c) || math.Abs(c) > 1 {
			t.Fatalf("%q: %g", s, c)
		}
	})
}
