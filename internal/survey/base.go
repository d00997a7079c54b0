package survey

import (
	"maps"
	"slices"

	"github.com/clientele/clientele/internal/store"
)

// place is a segment in a wave.
type place struct {
	wave    int64
	segment string
}

// base is who was asked and who answered, beside all customers.
type base struct {
	customers       map[place]int64
	asked, answered map[place]int64
	began, refused  int64
	open            int64 // answered by the open link
	answeredDrawn   int64
	last            int64 // wave; 0 is none
}

func newBase(strata map[int64][]Stratum, counts []store.AskedCount) *base {
	b := &base{customers: map[place]int64{}, asked: map[place]int64{}, answered: map[place]int64{}}
	for wave, of := range strata {
		b.last = max(b.last, wave)
		for _, t := range of {
			b.customers[place{wave, t.Segment}] = t.Customers
		}
	}
	for _, c := range counts {
		at := place{c.Wave, c.Segment}
		switch {
		case c.Open && c.State == store.InvitationAnswered:
			b.open += c.N
		case c.Open:
			continue
		case c.State == store.InvitationAnswered:
			b.answered[at] += c.N
			if c.Wave > 0 {
				b.answeredDrawn += c.N
			}
		case c.State == store.InvitationBegun:
			b.began += c.N
		case c.State == store.InvitationRefused:
			b.refused += c.N
		}
		if !c.Open {
			b.asked[at] += c.N
		}
	}
	return b
}

// weight is how many customers of its segment one answer of a wave stands for: the answers of a
// segment together stand for all its customers, whether they were asked or not.
func (b *base) weight(wave int64, segment string) float64 {
	at := place{wave, segment}
	if wave == 0 || b.answered[at] == 0 || b.customers[at] == 0 {
		return 1
	}
	return float64(b.customers[at]) / float64(b.answered[at])
}

// fill says who was asked, who spoke and who was silent.
func (b *base) fill(r *Results) {
	r.Begun, r.Refused, r.Open = b.began, b.refused, b.open
	for at, n := range b.asked {
		r.Asked += n
		r.Answered += b.answered[at]
	}
	r.Rate = ratio(r.Answered, r.Asked)
	for i, w := range r.Waves {
		for at, n := range b.answered {
			if at.wave == w.Number {
				r.Waves[i].Answered += n
			}
		}
		r.Waves[i].Rate = ratio(r.Waves[i].Answered, w.Asked)
	}
	r.Segments = b.segments()
	silent, all := int64(0), int64(0)
	for _, s := range r.Segments {
		all += s.Customers
		if s.Answered == 0 {
			silent += s.Customers
		}
	}
	r.Silent = ratio(silent, all)
}

// segments are those of all waves.
func (b *base) segments() []SegmentResult {
	names := map[string]bool{}
	for at := range b.customers {
		names[at.segment] = true
	}
	var all []SegmentResult
	for _, name := range slices.Sorted(maps.Keys(names)) {
		s := SegmentResult{Name: name, Customers: b.customers[place{b.last, name}]}
		for at, n := range b.asked {
			if at.segment == name && at.wave > 0 {
				s.Asked += n
				s.Answered += b.answered[at]
			}
		}
		s.Rate = ratio(s.Answered, s.Asked)
		if last := (place{b.last, name}); b.answered[last] > 0 {
			s.Weight = new(b.weight(b.last, name))
		}
		all = append(all, s)
	}
	return all
}

// ratio is a share; nil of nothing.
func ratio(part, whole int64) *float64 {
	if whole == 0 {
		return nil
	}
	return new(float64(part) / float64(whole))
}
