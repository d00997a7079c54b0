package text

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// Topic is words that people use together.
type Topic struct {
	Words     []Weighted // the most telling first
	Stability float64    // fraction of the resamples in which it came back
}

// Weighted is a word and its weight in a topic, in hundredths of that of its first word.
type Weighted struct {
	Word   string `json:"word"`
	Weight int    `json:"weight"`
}

// How topics are found. A topic comes back in a resample if one of its topics, no other's,
// has nearly its weights: a cosine of alike at least.
const (
	LeastTexts  = 50 // fewer than that have no topics
	Resamples   = 10
	topicWords  = 8
	leastHeld   = 5    // texts that hold a word of the vocabulary …
	leastShare  = 0.01 // … and share of all texts
	mostShare   = 0.2
	mostTerms   = 600
	fewest      = 2
	most        = 16
	perTopic    = 12 // texts go as the square of the number of topics
	starts      = 3
	rounds      = 60
	alike       = 0.7
	stableShare = 0.8 // of the resamples: topics that come back less often are not told
)

// Topics finds the topics of texts, each given by its terms: a non-negative factorisation
// (Lee and Seung 2001, multiplicative updates) of texts by words weighted by how rare they are.
// It is done again for resamples of the texts, and what does not come back is left out. found
// is how many there were before that. The order is that of how stable they are.
func Topics(texts [][]string, seed uint64) (topics []Topic, found int) {
	if len(texts) < LeastTexts {
		return nil, 0
	}
	m := newMatrix(texts)
	k := max(fewest, min(most, int(math.Sqrt(float64(len(m.rows))/perTopic))))
	if len(m.terms) < 2*k || len(m.rows) < LeastTexts {
		return nil, 0
	}
	source := rand.New(rand.NewPCG(seed, 0))
	rows := make([]int, len(m.rows))
	for i := range rows {
		rows[i] = i
	}
	base, best := factors{}, math.Inf(1)
	for range starts {
		if f := m.factorise(rows, k, source); f.loss < best {
			base, best = f, f.loss
		}
	}
	back := make([]int, k)
	for range Resamples {
		for i := range rows {
			rows[i] = source.IntN(len(rows))
		}
		for i, hit := range matched(base.topics, m.factorise(rows, k, source).topics) {
			if hit >= alike {
				back[i]++
			}
		}
	}
	for i, weights := range base.topics {
		if stable := float64(back[i]) / Resamples; stable >= stableShare {
			topics = append(topics, Topic{m.words(weights), stable})
		}
	}
	slices.SortStableFunc(topics, func(a, b Topic) int { return cmp.Compare(b.Stability, a.Stability) })
	return topics, k
}

// matrix is texts by terms, each text of length 1.
type matrix struct {
	terms []string
	rows  [][]cell
}

type cell struct {
	term  int
	value float64
}

func newMatrix(texts [][]string) matrix {
	held := map[string]int{}
	for _, t := range texts {
		for _, w := range t {
			held[w]++
		}
	}
	var m matrix
	for w, n := range held {
		if n >= leastHeld && float64(n) >= leastShare*float64(len(texts)) && float64(n) <= mostShare*float64(len(texts)) {
			m.terms = append(m.terms, w)
		}
	}
	slices.SortFunc(m.terms, func(a, b string) int { return cmp.Or(cmp.Compare(held[b], held[a]), cmp.Compare(a, b)) })
	m.terms = m.terms[:min(len(m.terms), mostTerms)]
	at := map[string]int{}
	for i, w := range m.terms {
		at[w] = i
	}
	for _, t := range texts {
		var row []cell
		length := 0.0
		for _, w := range t {
			if i, ok := at[w]; ok {
				rare := math.Log(float64(len(texts)) / float64(held[w]))
				row, length = append(row, cell{i, rare}), length+rare*rare
			}
		}
		if len(row) == 0 {
			continue
		}
		for i := range row {
			row[i].value /= math.Sqrt(length)
		}
		m.rows = append(m.rows, row)
	}
	return m
}

// words are the first words of a topic.
func (m matrix) words(weights []float64) []Weighted {
	order := make([]int, len(weights))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(weights[b], weights[a]) })
	var out []Weighted
	for _, i := range order[:min(topicWords, len(order))] {
		if w := int(math.Round(100 * weights[i] / weights[order[0]])); w > 0 {
			out = append(out, Weighted{m.terms[i], w})
		}
	}
	return out
}

// factors are what a matrix is made of.
type factors struct {
	topics [][]float64 // weight of each term
	loss   float64     // sum of squares that is not explained, less that of the matrix
}

// tiny keeps quotients from being without bound.
const tiny = 1e-12

// factorise finds k topics of some rows, from where chance puts them first.
func (m matrix) factorise(rows []int, k int, source *rand.Rand) factors {
	w, h := scattered(len(rows), k, source), scattered(len(m.terms), k, source)
	num := make([]float64, max(len(rows), len(m.terms))*k)
	for range rounds {
		clear(num)
		for r, row := range rows { // texts by what topics their words have
			for _, c := range m.rows[row] {
				add(num[r*k:(r+1)*k], h[c.term*k:(c.term+1)*k], c.value)
			}
		}
		rescale(w, num, gram(h, k), k)
		clear(num)
		for r, row := range rows { // words by what topics their texts have
			for _, c := range m.rows[row] {
				add(num[c.term*k:(c.term+1)*k], w[r*k:(r+1)*k], c.value)
			}
		}
		rescale(h, num, gram(w, k), k)
	}
	return factors{topicsOf(w, h, k), m.loss(rows, w, h, k)}
}

func scattered(n, k int, source *rand.Rand) []float64 {
	out := make([]float64, n*k)
	for i := range out {
		out[i] = 0.01 + source.Float64()
	}
	return out
}

func add(to, from []float64, times float64) {
	for i, v := range from {
		to[i] += times * v
	}
}

// gram is the products of the columns of a with each other.
func gram(a []float64, k int) []float64 {
	g := make([]float64, k*k)
	for at := 0; at < len(a); at += k {
		for i, v := range a[at : at+k] {
			add(g[i*k:(i+1)*k], a[at:at+k], v)
		}
	}
	return g
}

// rescale is one multiplicative update of a.
func rescale(a, num, g []float64, k int) {
	below := make([]float64, k)
	for at := 0; at < len(a); at += k {
		clear(below)
		for i, v := range a[at : at+k] {
			add(below, g[i*k:(i+1)*k], v)
		}
		for i := range below {
			a[at+i] *= num[at+i] / (below[i] + tiny)
		}
	}
}

// topicsOf are the weights of terms by topic, as large as the texts make each.
func topicsOf(w, h []float64, k int) [][]float64 {
	sizes := gram(w, k)
	out := make([][]float64, k)
	for t := range out {
		size := math.Sqrt(sizes[t*k+t])
		for at := t; at < len(h); at += k {
			out[t] = append(out[t], h[at]*size)
		}
	}
	return out
}

func (m matrix) loss(rows []int, w, h []float64, k int) float64 {
	cross, both := 0.0, 0.0
	for r, row := range rows {
		for _, c := range m.rows[row] {
			for t := range k {
				cross += c.value * w[r*k+t] * h[c.term*k+t]
			}
		}
	}
	gh := gram(h, k)
	for i, v := range gram(w, k) {
		both += v * gh[i]
	}
	return both - 2*cross
}

// matched pairs topics with others, the most alike first, and returns the cosine of each pair.
func matched(topics, others [][]float64) []float64 {
	type pair struct {
		a, b   int
		cosine float64
	}
	var pairs []pair
	for i, a := range topics {
		for j, b := range others {
			pairs = append(pairs, pair{i, j, cosine(a, b)})
		}
	}
	slices.SortStableFunc(pairs, func(x, y pair) int { return cmp.Compare(y.cosine, x.cosine) })
	out := make([]float64, len(topics))
	usedA, usedB := make([]bool, len(topics)), make([]bool, len(others))
	for _, p := range pairs {
		if !usedA[p.a] && !usedB[p.b] {
			usedA[p.a], usedB[p.b], out[p.a] = true, true, p.cosine
		}
	}
	return out
}

func cosine(a, b []float64) float64 {
	var ab, aa, bb float64
	for i := range a {
		ab, aa, bb = ab+a[i]*b[i], aa+a[i]*a[i], bb+b[i]*b[i]
	}
	return ab / (math.Sqrt(aa*bb) + tiny)
}
