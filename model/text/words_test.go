package text

import (
	"slices"
	"strings"
	"testing"
)

func TestTerms(t *testing.T) {
	for _, c := range []struct {
		language Language
		text     string
		want     string
	}{
		{English, "The staff weren't kind, the STAFF at check-in were!", "staff kind check-in"},
		{English, "@airline 2 bags &amp; a coat lost: https://t.co/x me@example.com", "bags coat lost"},
		{English, "I don’t like it", ""},
		{German, "Die Lieferung kam über eine Woche zu spät", "lieferung kam woche spät"},
		{French, "L'équipe n'est pas aimable", "l'équipe aimable"},
		{Spanish, "El envío llegó muy tarde", "envío llegó tarde"},
		{Portuguese, "Não recebi o produto, péssimo", "recebi produto péssimo"},
		{"fi", "ei ole hyvä", "ei ole hyvä"},
		{"ja", "とても良い", "とても良い"},
	} {
		if got := strings.Join(Terms(c.text, c.language), " "); got != c.want {
			t.Errorf("%s of %q: %q, want %q", c.language, c.text, got, c.want)
		}
	}
}

func TestGuess(t *testing.T) {
	for want, texts := range map[Language][]string{
		English:    {"The flight was late and nobody told us why", "I have been on hold for an hour"},
		German:     {"Der Flug hatte Verspätung und niemand hat uns gesagt, warum"},
		French:     {"Le vol était en retard et personne ne nous a dit pourquoi"},
		Spanish:    {"El vuelo salió tarde y nadie nos dijo por qué no se podía"},
		Portuguese: {"O voo atrasou e ninguém nos disse por que não saiu"},
		"":         {"Lento myöhästyi eikä kukaan kertonut meille miksi", "123", ""},
	} {
		got, ok := Guess(texts)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q, %t for %v, want %q", got, ok, texts, want)
		}
	}
	if _, ok := Guess(nil); ok {
		t.Error("no text has a language")
	}
}

func TestStops(t *testing.T) {
	all := English.Stops()
	if !slices.IsSorted(all) || !slices.Contains(all, "don't") || !slices.Contains(all, "don’t") || len(Language("fi").Stops()) != 0 {
		t.Error(all)
	}
}
