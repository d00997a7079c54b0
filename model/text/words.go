package text

import (
	"regexp"
	"slices"
	"strings"
)

// The patterns of words, in the syntax of RE2, so that an engine of records that reads the
// same syntax finds the same words: Noise is put out first, of a text in small letters.
const (
	// Noise is what is no word: addresses of pages and mail, names that begin with @, and
	// characters written as entities.
	Noise = `https?://\S+|www\.\S+|\S+@\S+\.\S+|@[\pL\pN_]+|&#?[a-z0-9]+;`
	// Word is a run of letters, with marks, and apostrophes and hyphens inside it.
	Word = `\pL[\pL\pM]*(?:['’-]\pL[\pL\pM]*)*`
)

var (
	noise = regexp.MustCompile(Noise)
	word  = regexp.MustCompile(Word)
)

// Plain is a text without what is no word: a name that begins with @ is an address, and says
// nothing of what anybody thinks.
func Plain(s string) string { return noise.ReplaceAllString(s, " ") }

// Words are the words of a text in order, in small letters, repeats included.
func Words(s string) []string {
	return word.FindAllString(Plain(strings.ToLower(s)), -1)
}

// Terms are the words of a text that carry meaning in a language, each once, in order: those
// of two letters or more that are no stop words of it.
func Terms(s string, l Language) []string {
	var out []string
	seen := map[string]bool{}
	for _, w := range Words(s) {
		if len([]rune(w)) > 1 && !seen[w] && !l.IsStop(w) {
			out = append(out, w)
		}
		seen[w] = true
	}
	return out
}

// Language is a language as the first part of BCP 47 names it, such as en. Of others than
// Languages no word is a stop word.
type Language string

// The languages whose stop words are known.
const (
	English    Language = "en"
	German     Language = "de"
	French     Language = "fr"
	Spanish    Language = "es"
	Portuguese Language = "pt"
)

// Languages lists the languages whose stop words are known.
func Languages() []Language { return []Language{English, German, French, Spanish, Portuguese} }

// IsStop reports whether a word, in small letters, carries no meaning by itself.
func (l Language) IsStop(w string) bool { return stops[l][strings.ReplaceAll(w, "’", "'")] }

// Stops lists the stop words of a language; none if they are not known.
func (l Language) Stops() []string {
	var out []string
	for w := range stops[l] {
		out = append(out, w)
		if strings.Contains(w, "'") {
			out = append(out, strings.ReplaceAll(w, "'", "’"))
		}
	}
	slices.Sort(out)
	return out
}

// What makes a guess: so much of all words must be stop words of a language, and so many
// times as many as of the next. Running text has between a third and a half of them.
const (
	guessShare  = 0.15
	guessMargin = 1.2
)

// Guess tells the language of texts by the stop words in them; ok is false if that does not
// tell, as for other languages.
func Guess(texts []string) (l Language, ok bool) {
	counts := map[Language]float64{}
	all := 0.0
	for _, t := range texts {
		for _, w := range Words(t) {
			all++
			for of, words := range stops {
				if words[w] {
					counts[of]++
				}
			}
		}
	}
	order := Languages()
	slices.SortStableFunc(order, func(a, b Language) int { return int(counts[b] - counts[a]) })
	first, second := counts[order[0]], counts[order[1]]
	return order[0], first > 0 && first >= guessShare*all && first >= guessMargin*second
}

// stops are short lists of our own: articles, pronouns, prepositions, conjunctions, forms of
// being and having, and words of degree.
var stops = map[Language]map[string]bool{
	English: set(`a about after again all also am an and any are aren't as at be because been before being but by can can't could couldn't did didn't do does
		doesn't doing don't for from get gets getting go going got had hadn't has hasn't have haven't having he her here hers him his how i i'd i'll i'm i've if in
		into is isn't it it's its just let like me more most much my myself no nor not now of off on once one only or other our ours out over own really same
		she should so some such than that that's the their them then there there's these they they're this those through to too u under until up us very via
		was wasn't we we're we've were weren't what when where which while who why will with won't would wouldn't yes you you're you've your yours im dont cant ive
		didnt rt gonna even still ever`),
	German: set(`ab aber alle allem allen aller alles als also am an andere auch auf aus bei beim bin bis bist da dabei damit dann das dass dem den denn der des die
		dies diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer eines er es etwas euch euer für gegen habe haben hat hatte hatten hier
		hin ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in ins ist ja jede jeder jedes jetzt kann kein keine keinen man mehr mein meine meinem meinen meiner mich
		mir mit muss nach nicht noch nur ob oder ohne schon sehr sein seine seinem seinen seiner seit sich sie sind so soll über um und uns unser unsere unter viel
		vom von vor war waren warum was weil wenn wer werden wie wieder wir wird wo wurde wurden zu zum zur zwar`),
	French: set(`a ai alors après as au aucun aussi autre aux avant avec avez avoir avons bien c'est ce cela ces cet cette ceux chez comme d'un d'une dans de des
		donc du elle elles en encore est et étaient était été être eu fait faire il ils j'ai je jour la le les leur leurs lui ma mais me même mes moi mon n'a
		n'est ne nos notre nous on ont ou où par pas peu plus pour pourquoi qu'il quand que quel quelle quelles quels qui sa sans se ses si son sont sous sur ta
		te tes toi ton tous tout toute toutes très tu un une va vos votre vous y à`),
	Spanish: set(`a al algo ante antes aunque bien cada como con contra cual cuando de del desde donde dos durante e el él ella ellas ellos en entre era es esa ese
		eso esta está están este esto estos fue ha hace han has hasta hay he la las le les lo los mas más me mi mí mis mucho muy nada ni no nos nosotros o otra otro
		para pero poco por porque pues que qué quien se sea ser si sí sido sin sobre son su sus también tan te tenía tiene tienen todo todos tu tus un una uno unos
		usted y ya yo`),
	Portuguese: set(`a ao aos após as às até cada com como da das de dela dele deles depois do dos e é ela elas ele eles em entre era essa esse esta está este eu
		fez foi foram há isso isto já lhe mais mas me mesmo meu meus mim minha minhas muito na não nas nem no nos nós nossa nosso num numa o os ou para pela
		pelas pelo pelos pois por porque quando que quem sem ser só se sempre seu seus sua suas são também te tem tenho ter teve tinha todo todos tudo um uma vc você
		vocês nao so ja ate pra tá estou estava ainda assim`),
}

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}
