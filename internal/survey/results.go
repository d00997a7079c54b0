package survey

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/model/score"
)

// Results is what a survey says.
type Results struct {
	ID         string            `json:"id"`
	Survey     string            `json:"survey"`
	Who        Who               `json:"who"`
	Touchpoint string            `json:"touchpoint,omitempty"`
	State      string            `json:"state"` // not sent, open or closed
	Asked      int64             `json:"asked"`
	Begun      int64             `json:"begun"` // and not sent
	Answered   int64             `json:"answered"`
	Refused    int64             `json:"refused"`       // do not want to be asked
	Rate       *float64          `json:"response_rate"` // of those asked; null: nobody was
	Open       int64             `json:"by_open_link"`  // answered without being asked, beside those above
	Silent     *float64          `json:"silent_share"`  // of the customers: those of segments from which nobody answered; null: unknown
	Waves      []WaveResult      `json:"waves"`
	Segments   []SegmentResult   `json:"segments,omitempty"`
	Questions  []QuestionResult  `json:"questions"`
	Notes      []string          `json:"notes"`            // what a reader must know
	Hidden     *clientele.Hidden `json:"hidden,omitempty"` // segments that are not for who asked
}

// WaveResult is how one wave went.
type WaveResult struct {
	Number   int64     `json:"number"`
	Began    time.Time `json:"began"`
	Closes   time.Time `json:"closes"`
	Asked    int64     `json:"asked"`
	Answered int64     `json:"answered"`
	Rate     *float64  `json:"response_rate"`
}

// SegmentResult is who of a segment was asked and who spoke, over all waves.
type SegmentResult struct {
	Name      string   `json:"name"`
	Customers int64    `json:"customers"` // when it was asked last
	Asked     int64    `json:"asked"`
	Answered  int64    `json:"answered"`
	Rate      *float64 `json:"response_rate"`
	Weight    *float64 `json:"weight"` // customers that one answer of the last wave stands for; null: nobody answered
}

// QuestionResult is what was answered to one question.
type QuestionResult struct {
	ID   string                `json:"id"`
	Kind Kind                  `json:"kind"`
	Text string                `json:"text"`
	Unit clientele.MeasureUnit `json:"unit,omitempty"`
	clientele.Measurement
	Unweighted    *float64     `json:"unweighted"` // null: as Value
	NotApplicable int64        `json:"not_applicable"`
	Skipped       int64        `json:"skipped"`
	Counts        []Count      `json:"counts,omitempty"`
	Waves         []PartResult `json:"waves,omitempty"`
	Parts         []PartResult `json:"parts,omitempty"` // segments of customers, parts of the company
	Comments      []string     `json:"comments,omitempty"`
}

// Count is how often one value was answered.
type Count struct {
	Value string   `json:"value"`
	Label string   `json:"label"`
	N     int64    `json:"n"`
	Share *float64 `json:"share"` // weighted, of those who answered
}

// PartResult is a question's value for some of the answers.
type PartResult struct {
	Name string     `json:"name"`
	At   *time.Time `json:"at,omitempty"` // of a wave
	clientele.Measurement
}

// cell is answers that share a value, and what each weighs.
type cell struct {
	store.AnswerCount
	weight float64
}

// mostComments is how many texts are shown.
const mostComments = 200

// Results computes what a survey says now. Of employees, what may be told is told first.
func (s *Service) Results(ctx context.Context, id string) (r Results, err error) {
	k, err := s.parts.Store.Survey(ctx, id)
	if err != nil {
		return r, err
	}
	v, err := s.surveyOf(k)
	if err != nil {
		return r, err
	}
	waves, err := s.parts.Store.Waves(ctx, id)
	if err != nil {
		return r, err
	}
	m := s.summary(v, waves)
	r = Results{ID: v.ID, Survey: v.Name, Who: m.Who, Touchpoint: m.Touchpoint, State: m.State, Waves: []WaveResult{}, Questions: []QuestionResult{}, Notes: []string{}}
	for _, w := range waves {
		r.Waves = append(r.Waves, WaveResult{Number: w.Number, Began: w.Began, Closes: w.Closes, Asked: w.Asked})
	}
	if m.Who == Employees {
		return r, s.employeeResults(ctx, v, &r)
	}
	return r, s.customerResults(ctx, v, waves, &r)
}

// customerResults fills in what customers answered.
func (s *Service) customerResults(ctx context.Context, v Survey, waves []store.KeptWave, r *Results) error {
	asked, err := s.parts.Store.CountAsked(ctx, v.ID)
	if err != nil {
		return err
	}
	counts, err := s.parts.Store.CountAnswers(ctx, v.ID)
	if err != nil {
		return err
	}
	strata, err := readStrata(waves)
	if err != nil {
		return err
	}
	base := newBase(strata, asked)
	base.fill(r)
	cells := make([]cell, len(counts))
	for i, c := range counts {
		cells[i] = cell{c, base.weight(c.Wave, c.Segment)}
	}
	finished := r.Answered + r.Open
	drawn := len(waves) > 0 && base.answeredDrawn > 0
	if drawn && len(cells) > 0 && finished > base.answeredDrawn {
		r.Notes = append(r.Notes, "Values are of those who were drawn. Answers by the open link and after events are counted, and left out of the values: nobody knows whom they stand for.")
		cells = drawnCells(cells)
		finished = base.answeredDrawn
	}
	if !drawn {
		for i := range cells {
			cells[i].weight = 1
		}
		if finished > 0 {
			r.Notes = append(r.Notes, "Nobody was drawn by lot: the values are of those who answered, and need not hold for all customers.")
		}
	}
	var texts []store.KeptAnswer
	if finished >= LeastTexts {
		if texts, err = s.parts.Store.AnswerTexts(ctx, v.ID, mostComments); err != nil {
			return err
		}
	} else if finished > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("Texts are shown once %d have answered.", LeastTexts))
	}
	for _, q := range v.Document.Questions {
		r.Questions = append(r.Questions, questionOf(v.Document, q, cells, finished, r.Waves, texts))
	}
	return nil
}

func drawnCells(cells []cell) (drawn []cell) {
	for _, c := range cells {
		if c.Wave > 0 {
			drawn = append(drawn, c)
		}
	}
	return drawn
}

func readStrata(waves []store.KeptWave) (map[int64][]Stratum, error) {
	strata := map[int64][]Stratum{}
	for _, w := range waves {
		var of []Stratum
		if err := json.Unmarshal(w.Strata, &of); err != nil {
			return nil, clientele.Errorf(clientele.CodeInternal, "wave %d cannot be read back", w.Number).Because(err)
		}
		strata[w.Number] = of
	}
	return strata, nil
}

// questionOf adds up what was answered to one question.
func questionOf(d Document, q Question, cells []cell, finished int64, waves []WaveResult, texts []store.KeptAnswer) QuestionResult {
	r := QuestionResult{ID: q.ID, Kind: q.Kind, Text: q.Text.In(d.Languages[0], d.Languages)}
	var mine []cell
	answered := int64(0)
	for _, c := range cells {
		if c.Question != q.ID {
			continue
		}
		answered += c.N
		if c.Kind == store.NotApplicable {
			r.NotApplicable += c.N
			continue
		}
		mine = append(mine, c)
	}
	r.Skipped = max(0, finished-answered)
	switch q.Kind {
	case Words:
		r.N = answered - r.NotApplicable
		for _, t := range texts {
			if t.Question == q.ID {
				r.Comments = append(r.Comments, t.Value)
			}
		}
		return r
	case Choice:
		r.N = answered - r.NotApplicable
		r.Counts = countOptions(d, q, mine)
		return r
	}
	r.Unit, r.Measurement, r.Unweighted = unitOf(q), measured(q, mine), unweighted(q, mine)
	r.Counts = countScores(q, mine)
	for _, w := range waves {
		of := only(mine, func(c cell) bool { return c.Wave == w.Number })
		r.Waves = append(r.Waves, PartResult{Name: "wave " + strconv.FormatInt(w.Number, 10), At: &w.Began, Measurement: measured(q, of)})
	}
	for _, segment := range segmentsOf(mine) {
		of := only(mine, func(c cell) bool { return c.Segment == segment })
		r.Parts = append(r.Parts, PartResult{Name: segment, Measurement: measured(q, of)})
	}
	return r
}

func only(cells []cell, keep func(cell) bool) (kept []cell) {
	for _, c := range cells {
		if keep(c) {
			kept = append(kept, c)
		}
	}
	return kept
}

// segmentsOf lists the segments of cells, in their order; none if there is but one.
func segmentsOf(cells []cell) (names []string) {
	seen := map[string]bool{}
	for _, c := range cells {
		if !seen[c.Segment] && c.Segment != "" {
			seen[c.Segment] = true
			names = append(names, c.Segment)
		}
	}
	return names
}

func unitOf(q Question) clientele.MeasureUnit {
	switch q.Kind {
	case NPS:
		return clientele.UnitPoints
	case CSAT:
		return clientele.UnitShare
	}
	return clientele.UnitScore
}

// valueOf is what a score counts as: 1, 0 or −1 of an NPS, 1 or 0 of a CSAT, whose top two boxes
// are satisfied, and itself otherwise.
func valueOf(q Question, score float64) float64 {
	switch {
	case q.Kind == NPS && score >= 9:
		return 1
	case q.Kind == NPS && score <= 6:
		return -1
	case q.Kind == CSAT && score >= 4:
		return 1
	case q.Kind == NPS || q.Kind == CSAT:
		return 0
	}
	return score
}

func sumsOf(q Question, cells []cell, weighted bool) (sum score.Sums) {
	for _, c := range cells {
		points, _ := strconv.ParseFloat(c.Value, 64) // a score that was checked when it came
		w, n, x := 1.0, float64(c.N), valueOf(q, points)
		if weighted {
			w = c.weight
		}
		sum = sum.Add(score.Sums{N: c.N, W: n * w, W2: n * w * w, X: n * w * x, X2: n * w * x * x})
	}
	return sum
}

// measured is the value of a question with its interval.
func measured(q Question, cells []cell) clientele.Measurement {
	sum := sumsOf(q, cells, true)
	e, factor := score.Estimate{}, 1.0
	switch q.Kind {
	case NPS:
		e, factor = score.NPS(sum), 100
	case CSAT:
		e = score.Share(sum)
	default:
		from, to, _ := q.Scale()
		e = score.Mean(sum, float64(from), float64(to))
	}
	m := clientele.Measurement{Value: told(e.Value, factor), Low: told(e.Low, factor), High: told(e.High, factor), N: sum.N, Effective: sum.Effective()}
	if m.Value == nil {
		m.Why = "nobody has answered"
	}
	return m
}

func unweighted(q Question, cells []cell) *float64 {
	sum := sumsOf(q, cells, false)
	if sum.N == 0 {
		return nil
	}
	factor := 1.0
	if q.Kind == NPS {
		factor = 100
	}
	return told(sum.Mean(), factor)
}

func told(x, factor float64) *float64 {
	if math.IsNaN(x) {
		return nil
	}
	return new(x * factor)
}

// countScores counts every score of a scale.
func countScores(q Question, cells []cell) (counts []Count) {
	from, to, _ := q.Scale()
	for n := from; n <= to; n++ {
		value := strconv.Itoa(n)
		counts = append(counts, Count{Value: value, Label: value})
	}
	return shared(counts, cells, func(c cell, value string) bool { return c.Value == value })
}

// countOptions counts every option of a choice.
func countOptions(d Document, q Question, cells []cell) (counts []Count) {
	for _, o := range q.Options {
		counts = append(counts, Count{Value: o.ID, Label: o.Text.In(d.Languages[0], d.Languages)})
	}
	return shared(counts, cells, func(c cell, value string) bool { return strings.Contains(" "+c.Value, " "+value+" ") })
}

// shared fills in how many answers have a value, and what share of the weight.
func shared(counts []Count, cells []cell, has func(c cell, value string) bool) []Count {
	total := 0.0
	for _, c := range cells {
		total += float64(c.N) * c.weight
	}
	for i := range counts {
		weight := 0.0
		for _, c := range cells {
			if has(c, counts[i].Value) {
				counts[i].N += c.N
				weight += float64(c.N) * c.weight
			}
		}
		if total > 0 {
			counts[i].Share = new(weight / total)
		}
	}
	return counts
}
