package theme

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/kept"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/text"
)

// Store is what themes need of a store.
type Store interface {
	store.Themes
	store.Cache
	AnyPerson(ctx context.Context) (bool, error)
	Persons(ctx context.Context) ([]store.KeptPerson, error)
	Person(ctx context.Context, id string) (store.KeptPerson, error)
	Atomically(ctx context.Context, f func(ctx context.Context) error) error
}

// Service tells what customers say. Its methods may be called from several goroutines.
// Errors: CodeNotFound if there is no such theme, touchpoint or edit, CodeInvalid if what is
// given cannot be, CodeConflict if something is in the way of an edit, CodeStale if version is
// not the one at hand, CodeInternal if the lexicon of sentiment was not built.
type Service struct {
	records warehouse.Comments
	store   Store
	answers *kept.Answers
	lexicon func() ([]byte, error)
	now     func() time.Time

	reading sync.Mutex
	known   text.Lexicon
}

// New makes the service; program is the version of the running program, which separates
// answers of different versions, lexicon is the words that tell sentiment, and now may be nil,
// which is the clock.
func New(w warehouse.Comments, v kept.Versions, s Store, lexicon func() ([]byte, error), program string, now func() time.Time) *Service {
	if now == nil {
		now = time.Now
	}
	return &Service{records: w, store: s, answers: kept.New(s, v, program), lexicon: lexicon, now: now}
}

// found is what was found, whatever is kept of themes.
func found() kept.Question { return kept.Question{Kind: "themes", Asked: []any{seed, sampled}} }

// Ready returns what is said if it was looked at since the last import.
func (s *Service) Ready(ctx context.Context) (r Report, ok bool, err error) {
	r, ok, err = kept.Ready[Report](ctx, s.answers, found())
	if err != nil || !ok {
		return Report{}, false, err
	}
	r, err = s.withKept(ctx, r)
	return r, err == nil, err
}

// Prepare has what is said ready. Beside its own errors are the cache's.
func (s *Service) Prepare(ctx context.Context) error {
	_, notKept, err := s.look(ctx)
	return errors.Join(err, notKept)
}

// Report returns what is said, and looks if need be.
func (s *Service) Report(ctx context.Context) (Report, error) {
	r, _, err := s.look(ctx)
	if err != nil {
		return Report{}, err
	}
	return s.withKept(ctx, r)
}

func (s *Service) look(ctx context.Context) (r Report, notKept, err error) {
	return kept.Answer(ctx, s.answers, func() (kept.Work[Report], error) {
		return kept.Work[Report]{Question: found(), Compute: func() (Report, error) { return s.find(ctx) }}, nil
	})
}

// At leaves what is said at one touchpoint.
func (r Report) At(touchpoint string) (Report, error) {
	r.Voices = slices.DeleteFunc(slices.Clone(r.Voices), func(v Voice) bool { return v.Touchpoint != touchpoint })
	if len(r.Voices) == 0 {
		return r, clientele.Errorf(clientele.CodeNotFound, "nothing can be told of comments at %q", touchpoint).
			WithHint("A touchpoint needs %d comments; the list of all shows those that have.", Fewest)
	}
	return r, nil
}

// withKept puts the themes that are kept where they are spoken of, before those that were found.
func (s *Service) withKept(ctx context.Context, r Report) (Report, error) {
	all, err := s.store.Themes(ctx)
	if err != nil {
		return r, err
	}
	names, err := s.names(ctx, all)
	if err != nil {
		return r, err
	}
	r.Voices = slices.Clone(r.Voices)
	for i := range r.Voices {
		v := &r.Voices[i]
		own, err := keptOf(all, v.of(), names)
		if err != nil {
			return r, err
		}
		if len(own) == 0 {
			continue
		}
		if own, err = s.count(ctx, *v, own); err != nil {
			return r, err
		}
		for _, t := range v.Themes {
			if !slices.ContainsFunc(own, func(o Theme) bool { return o.has(t.Topics[0]) }) {
				own = append(own, t)
			}
		}
		v.Themes = own
	}
	return r, nil
}

func (v Voice) of() warehouse.CommentsOf {
	return warehouse.CommentsOf{Touchpoint: v.Touchpoint, Language: v.Recorded}
}

func (t Theme) has(topic Topic) bool {
	return slices.ContainsFunc(t.Topics, func(own Topic) bool { return same(own, topic) })
}

// names are those of the accounts that answer.
func (s *Service) names(ctx context.Context, all []store.KeptTheme) (map[string]string, error) {
	names := map[string]string{}
	if !slices.ContainsFunc(all, func(t store.KeptTheme) bool { return t.Owner != nil && t.Owner.Person != "" }) {
		return names, nil
	}
	people, err := s.store.Persons(ctx)
	for _, p := range people {
		names[p.ID] = p.Name
	}
	return names, err
}

// keptOf are the themes of a group that stand for themselves, with those merged into them.
func keptOf(all []store.KeptTheme, of warehouse.CommentsOf, names map[string]string) (out []Theme, err error) {
	at := map[string]int{}
	for _, merged := range []bool{false, true} {
		for _, k := range all {
			if k.Touchpoint != of.Touchpoint || k.Language != of.Language || merged != (k.Into != "") {
				continue
			}
			t, err := themeOf(k, names)
			if err != nil {
				return nil, err
			}
			if !merged {
				at[k.ID], out = len(out), append(out, t)
				continue
			}
			root := &out[at[rootOf(all, k)]]
			root.Topics, root.Merged = append(root.Topics, t.Topics...), append(root.Merged, Merged{k.ID, t.Title()})
		}
	}
	return out, nil
}

// rootOf is the id of the theme that one stands for in the end.
func rootOf(all []store.KeptTheme, k store.KeptTheme) string {
	for range all {
		if k.Into == "" {
			break
		}
		k = all[slices.IndexFunc(all, func(o store.KeptTheme) bool { return o.ID == k.Into })]
	}
	return k.ID
}

func themeOf(k store.KeptTheme, names map[string]string) (t Theme, err error) {
	t = Theme{ID: k.ID, Version: k.Version, Touchpoint: k.Touchpoint, Language: k.Language, Name: k.Name, Merged: []Merged{}}
	if o := k.Owner; o != nil {
		t.Owner = &Owner{o.Person, o.Name, o.Since}
		if o.Person != "" {
			t.Owner.Name = names[o.Person]
		}
	}
	err = json.Unmarshal(k.Words, &t.Topics)
	return t, err
}

// count counts who speaks of themes that are kept.
func (s *Service) count(ctx context.Context, v Voice, themes []Theme) ([]Theme, error) {
	q := warehouse.SpeakingQuery{CommentsOf: v.of(), Themes: asked(themes)}
	counts, _, err := kept.Answer(ctx, s.answers, func() (kept.Work[[]warehouse.SideCount], error) {
		return kept.Work[[]warehouse.SideCount]{
			Question: kept.Question{Kind: "theme_counts", Asked: q},
			Compute:  func() ([]warehouse.SideCount, error) { return s.records.Speaking(ctx, q) },
		}, nil
	})
	if err != nil {
		return nil, err
	}
	return counted(themes, counts, v.Comments), nil
}

// Theme returns one theme, as the last look found it or as it is kept. ok is false if what is
// said has to be looked at first.
func (s *Service) Theme(ctx context.Context, id string) (t Theme, ok bool, err error) {
	r, ok, err := s.Ready(ctx)
	if err != nil || !ok {
		return t, ok, err
	}
	for _, v := range r.Voices {
		for _, t := range v.Themes {
			if t.ID == id {
				return t, true, nil
			}
		}
	}
	return t, true, s.elsewhere(ctx, id)
}

// elsewhere says what became of a theme that is not told.
func (s *Service) elsewhere(ctx context.Context, id string) error {
	all, err := s.store.Themes(ctx)
	if err != nil {
		return err
	}
	missing := clientele.Errorf(clientele.CodeNotFound, "there is no such theme")
	for _, k := range all {
		if k.ID == id && k.Into != "" {
			return missing.WithHint("It was merged into another: see the list of themes.")
		}
	}
	return missing.WithHint("Themes that nobody has named are found anew after each import: see the list of themes.")
}

// Quotes returns comments that speak of a theme, the most telling first; none if fewer than
// Fewest do. ok is false if what is said has to be looked at first.
func (s *Service) Quotes(ctx context.Context, id string, offset int64, limit int) (q Quotes, ok bool, err error) {
	q = Quotes{Offset: offset, Quotes: []Quote{}}
	if q.Theme, ok, err = s.Theme(ctx, id); err != nil || !ok {
		return q, ok, err
	}
	if q.Why = q.Theme.Why; q.Why != "" {
		return q, true, nil
	}
	t := q.Theme
	comments, err := s.records.Quotes(ctx, warehouse.QuoteQuery{
		CommentsOf: warehouse.CommentsOf{Touchpoint: t.Touchpoint, Language: t.Language}, Theme: asked([]Theme{t})[0], Seed: seed, Offset: offset, Limit: int64(limit),
	})
	for _, c := range comments {
		q.Quotes = append(q.Quotes, Quote{c.Text, string(c.Side)})
	}
	return q, true, err
}
