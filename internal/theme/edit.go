package theme

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
)

// Bounds of what is kept.
const (
	maxName   = 200 // letters
	maxThemes = 2000
)

// Change is what a theme is to become; nil is as it was.
type Change struct {
	Name  *string // "" takes the name away
	Into  *string // id of another theme of the same touchpoint and language; "" lets it stand for itself
	Owner *NewOwner
}

// NewOwner is who is to answer: an account or, in a book without accounts, a name; neither is
// nobody.
type NewOwner struct{ Person, Name string }

// step is what an edit did to one theme; nil is that it was not kept.
type step struct {
	Before *store.KeptTheme `json:"before"`
	After  *store.KeptTheme `json:"after"`
}

func (st step) id() string {
	if st.After != nil {
		return st.After.ID
	}
	return st.Before.ID
}

// Change names a theme, merges it, or makes somebody answer for it. What was found alone is
// kept from then on.
func (s *Service) Change(ctx context.Context, id string, version int64, c Change) (d Done, err error) {
	err = s.store.Atomically(ctx, func(ctx context.Context) error {
		all, err := s.store.Themes(ctx)
		if err != nil {
			return err
		}
		st, err := s.load(ctx, all, id, &version)
		if err != nil {
			return err
		}
		steps, says := []step{st}, []string{}
		now := steps[0].After
		if c.Name != nil && *c.Name != now.Name {
			if now.Name, err = cleanName(*c.Name); err != nil {
				return err
			}
			says = append(says, "named it "+now.Name)
			if now.Name == "" {
				says[len(says)-1] = "took its name away"
			}
		}
		if c.Into != nil && *c.Into != now.Into {
			more, what, err := s.merge(ctx, all, now, *c.Into)
			if err != nil {
				return err
			}
			steps, says = append(steps, more...), append(says, what)
		}
		if c.Owner != nil {
			owner, what, err := s.answering(ctx, *c.Owner, now.Owner)
			if err != nil {
				return err
			}
			if what != "" {
				now.Owner, says = owner, append(says, what)
			}
		}
		if len(says) == 0 {
			d = Done{Edit: Edit{Theme: id}, Version: version}
			return nil
		}
		title, err := titleOf(st)
		if err != nil {
			return err
		}
		d, err = s.keep(ctx, steps, title+": "+clientele.Listed(says, "and"), 0)
		return err
	})
	return d, err
}

// titleOf is what a theme was called before an edit.
func titleOf(st step) (string, error) {
	k := st.After
	if st.Before != nil {
		k = st.Before
	}
	t, err := themeOf(*k, nil)
	return t.Title(), err
}

// load is a theme as it is now, and as it is to become: of what was found alone, Before is nil.
func (s *Service) load(ctx context.Context, all []store.KeptTheme, id string, version *int64) (step, error) {
	if i := slices.IndexFunc(all, func(k store.KeptTheme) bool { return k.ID == id }); i >= 0 {
		if version != nil && *version != all[i].Version {
			return step{}, clientele.Errorf(clientele.CodeStale, "the theme was changed since you opened it").WithHint("Look at it again, and repeat your edit.")
		}
		after := all[i]
		return step{&all[i], &after}, nil
	}
	t, ok, err := s.Theme(ctx, id)
	switch {
	case err != nil:
		return step{}, err
	case !ok:
		return step{}, clientele.Errorf(clientele.CodeStale, "files were imported since you opened the theme, and themes are being looked for").WithHint("Look at the list of themes, and repeat your edit.")
	case version != nil && *version != 0:
		return step{}, clientele.Errorf(clientele.CodeStale, "the theme was changed since you opened it").WithHint("Look at it again, and repeat your edit.")
	case len(all) >= maxThemes:
		return step{}, clientele.Errorf(clientele.CodeConflict, "%d themes are kept, and no more can be", maxThemes)
	}
	words, err := json.Marshal(t.Topics)
	return step{nil, &store.KeptTheme{ID: t.ID, Touchpoint: t.Touchpoint, Language: t.Language, Words: words}}, err
}

// merge lets a theme stand for another. The other is kept from then on, too.
func (s *Service) merge(ctx context.Context, all []store.KeptTheme, now *store.KeptTheme, into string) (more []step, says string, err error) {
	if into == "" {
		now.Into = ""
		return nil, "took it apart from the theme that it was merged into", nil
	}
	other, err := s.load(ctx, all, into, nil)
	switch {
	case err != nil:
		return nil, "", err
	case into == now.ID:
		return nil, "", invalid("a theme cannot be merged into itself").WithHint("Choose another theme.")
	case other.After.Into != "":
		return nil, "", invalid("that theme was merged into another itself").WithHint("Choose the one that it was merged into.")
	case other.After.Touchpoint != now.Touchpoint || other.After.Language != now.Language:
		return nil, "", invalid("themes of different touchpoints or languages cannot be merged").WithHint("Give both the same name instead.")
	}
	now.Into = into
	title, err := titleOf(other)
	if other.Before == nil {
		more = []step{other}
	}
	return more, "merged it into " + title, err
}

// answering is who is to answer for a theme, and what that says; "" is no change.
func (s *Service) answering(ctx context.Context, o NewOwner, was *store.KeptOwner) (*store.KeptOwner, string, error) {
	if was == nil {
		was = &store.KeptOwner{}
	}
	kept, name := &store.KeptOwner{Person: o.Person, Since: s.now().UTC().Truncate(time.Millisecond)}, ""
	switch {
	case o == NewOwner{was.Person, was.Name}:
		return nil, "", nil
	case o == NewOwner{}:
		return nil, "made nobody answer for it", nil
	case o.Person != "":
		p, err := s.store.Person(ctx, o.Person)
		if clientele.CodeOf(err) == clientele.CodeNotFound || err == nil && p.State == string(people.Disabled) {
			return nil, "", invalid("owner: there is nobody of that account who could answer").WithHint("Choose somebody among the people who can sign in.")
		}
		if err != nil {
			return nil, "", err
		}
		name = p.Name
	default:
		some, err := s.store.AnyPerson(ctx)
		if some && err == nil {
			err = invalid("owner: %s is a name, and this book has accounts", o.Name).WithHint("Choose the account of who is to answer, or invite them first.")
		}
		if err == nil {
			name, err = cleanName(o.Name)
		}
		if err != nil {
			return nil, "", err
		}
		kept.Name = name
	}
	return kept, "made " + name + " answer for it", nil
}

// keep does the steps of an edit, and keeps it. Those come first whom others refer to.
func (s *Service) keep(ctx context.Context, steps []step, says string, undoes int64) (d Done, err error) {
	main := steps[0].id()
	order := slices.Clone(steps)
	slices.SortStableFunc(order, func(a, b step) int { return rank(a) - rank(b) })
	for _, st := range order {
		switch {
		case st.After == nil:
			err = s.store.RemoveTheme(ctx, st.Before.ID)
		case st.Before == nil:
			st.After.Version++
			err = s.store.AddTheme(ctx, *st.After)
		default:
			st.After.Version = st.Before.Version + 1
			err = s.store.SaveTheme(ctx, *st.After)
		}
		if err != nil {
			return d, err
		}
	}
	raw, err := json.Marshal(steps)
	if err != nil {
		return d, err
	}
	a, _ := policy.ActorOf(ctx)
	e := store.KeptThemeEdit{At: s.now().UTC().Truncate(time.Millisecond), Who: a.ID, Name: a.Name, Theme: main, Says: says, Undoes: undoes, Steps: raw}
	if e.Number, err = s.store.AddThemeEdit(ctx, e); err != nil {
		return d, err
	}
	d = Done{Edit: editOf(e), Before: told(steps[0].Before), After: told(steps[0].After)}
	if steps[0].After != nil {
		d.Version = steps[0].After.Version
	}
	return d, nil
}

// rank puts what is added before what may refer to it, and what is removed behind.
func rank(st step) int {
	switch {
	case st.After == nil && st.Before.Into == "":
		return 4
	case st.After == nil:
		return 3
	case st.After.Into != "":
		return 2
	}
	return 1
}

// told is what the audit tells of a theme.
func told(k *store.KeptTheme) any {
	if k == nil {
		return nil
	}
	return map[string]any{"name": k.Name, "into": k.Into, "owner": k.Owner, "words": k.Words}
}

// Undo takes an edit back, which is an edit as well, and may be taken back itself.
// CodeConflict if what it changed was changed since.
func (s *Service) Undo(ctx context.Context, number int64) (d Done, err error) {
	err = s.store.Atomically(ctx, func(ctx context.Context) error {
		e, err := s.store.ThemeEdit(ctx, number)
		if err != nil {
			return err
		}
		if e.Undone {
			return clientele.Errorf(clientele.CodeConflict, "that was taken back already").WithHint("The history shows by which edit; take that one back to have it again.")
		}
		var steps []step
		if err := json.Unmarshal(e.Steps, &steps); err != nil {
			return err
		}
		all, err := s.store.Themes(ctx)
		if err != nil {
			return err
		}
		if steps, err = reversed(all, steps); err != nil {
			return err
		}
		if err := s.store.MarkThemeEdit(ctx, number, true); err != nil {
			return err
		}
		if e.Undoes > 0 {
			if err := s.store.MarkThemeEdit(ctx, e.Undoes, false); err != nil {
				return err
			}
		}
		d, err = s.keep(ctx, steps, undoWords(e.Says), number)
		return err
	})
	return d, err
}

// reversed are the steps that take others back: what those left must be as they left it, and
// nothing else may have been merged into what goes.
func reversed(all []store.KeptTheme, steps []step) ([]step, error) {
	inTheWay := clientele.Errorf(clientele.CodeConflict, "it cannot be taken back: the theme was changed since").WithHint("Take back first what was done since, or change it by hand.")
	var back []step
	for _, st := range steps {
		i := slices.IndexFunc(all, func(k store.KeptTheme) bool { return k.ID == st.id() })
		var now *store.KeptTheme
		if i >= 0 {
			now = &all[i]
		}
		if !unchanged(now, st.After) {
			return nil, inTheWay
		}
		if st.Before == nil && slices.ContainsFunc(all, func(k store.KeptTheme) bool {
			return k.Into == st.id() && !slices.ContainsFunc(steps, func(o step) bool { return o.id() == k.ID })
		}) {
			return nil, inTheWay
		}
		back = append(back, step{now, st.Before})
	}
	return back, nil
}

// unchanged reports whether a theme is as an edit left it, whatever its version.
func unchanged(now, left *store.KeptTheme) bool {
	if now == nil || left == nil {
		return now == left
	}
	a, b := *now, *left
	a.Version, b.Version = 0, 0
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

func undoWords(says string) string {
	const back, again = "took back: ", "did again: "
	if before, ok := strings.CutPrefix(says, back); ok {
		return again + before
	}
	if before, ok := strings.CutPrefix(says, again); ok {
		return back + before
	}
	return back + says
}

// Edits returns the edits of a theme, or all for "", below a number, the latest first; 0 is
// the end.
func (s *Service) Edits(ctx context.Context, theme string, below int64, limit int) ([]Edit, error) {
	kept, err := s.store.ThemeEdits(ctx, theme, below, limit)
	edits := []Edit{}
	for _, e := range kept {
		edits = append(edits, editOf(e))
	}
	return edits, err
}

func editOf(e store.KeptThemeEdit) Edit {
	return Edit{Number: e.Number, At: e.At, Who: e.Who, Name: e.Name, Theme: e.Theme, Says: e.Says, Undoes: e.Undoes, Undone: e.Undone}
}

func cleanName(name string) (string, error) {
	clean := strings.Join(strings.Fields(name), " ")
	switch {
	case !utf8.ValidString(clean) || strings.ContainsFunc(clean, unicode.IsControl):
		return "", invalid("the name holds characters that cannot be shown")
	case utf8.RuneCountInString(clean) > maxName:
		return "", invalid("the name is longer than %d letters", maxName).WithHint("Shorten it.")
	}
	return clean, nil
}

func invalid(format string, args ...any) *clientele.Error {
	return clientele.Errorf(clientele.CodeInvalid, format, args...)
}
