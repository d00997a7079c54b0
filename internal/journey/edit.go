package journey

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
)

// NewPart is a part that is to be made.
type NewPart struct {
	Kind     Kind
	Parent   string // id; "" of a journey at the top
	Name     string
	Position *int64 // nil is the end
}

// Change is what a part is to become; nil is as it was.
type Change struct {
	Name     *string
	Parent   *string // id; "" makes a journey one at the top
	Position *int64  // beyond the end is the end; nil of a part that goes elsewhere is the end there
	Notes    *Notes  // of a touchpoint
}

// Add makes a part. Nobody answers for a new touchpoint.
func (s *Service) Add(ctx context.Context, n NewPart) (Done, error) {
	return s.edit(ctx, 0, func(ctx context.Context) (made, error) {
		name, err := cleanName(n.Name)
		if err != nil {
			return made{}, err
		}
		p := store.KeptPart{ID: newID(), Kind: n.Kind, Parent: n.Parent, Name: name, Key: keyOf(name)}
		if p.Kind == IsTouchpoint {
			p.Owner = &store.KeptOwner{Since: s.moment()}
		}
		if p.Position, err = s.room(ctx, p, n.Position); err != nil {
			return made{}, err
		}
		if all, err := s.store.CountAllParts(ctx); err != nil || all >= maxParts {
			return made{}, cmp.Or(err, error(clientele.Errorf(clientele.CodeConflict, "the map has %d parts, and takes no more", maxParts)))
		}
		at, err := s.nameOf(ctx, n.Parent)
		after := &state{Part: p, Notes: Notes{Problems: []string{}}}
		return made{steps: []step{{After: after}}, says: fmt.Sprintf("added the %s %s%s", p.Kind, p.Name, prefixed(" to ", at))}, err
	})
}

// newID names a part, and opens nothing.
func newID() string { return strings.ToLower(rand.Text()[:16]) }

// moment is now as the store keeps it.
func (s *Service) moment() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

func prefixed(with, text string) string {
	if text == "" {
		return ""
	}
	return with + text
}

// nameOf names a part; "" of the top.
func (s *Service) nameOf(ctx context.Context, id string) (string, error) {
	if id == "" {
		return "", nil
	}
	p, err := s.store.Part(ctx, id)
	return p.Name, err
}

// room checks that a part may stand below its parent, and returns where: at a position, or
// at the end.
func (s *Service) room(ctx context.Context, p store.KeptPart, position *int64) (int64, error) {
	if err := s.checkParent(ctx, p); err != nil {
		return 0, err
	}
	n, err := s.store.CountParts(ctx, p.Kind, p.Parent)
	if err != nil {
		return 0, err
	}
	if was, err := s.store.Part(ctx, p.ID); err == nil && was.Parent == p.Parent {
		n-- // itself
	}
	if position == nil || *position > n {
		return n, nil
	}
	return max(0, *position), nil
}

// checkParent refuses a part whose parent is not there, is of another kind, or lies below it.
func (s *Service) checkParent(ctx context.Context, p store.KeptPart) error {
	if p.Parent == "" && p.Kind == IsJourney {
		return nil
	}
	parent, err := s.store.Part(ctx, p.Parent)
	if clientele.CodeOf(err) == clientele.CodeNotFound || err == nil && parent.Kind != parentKind[p.Kind] {
		return invalid("there is no such %s", parentKind[p.Kind]).WithHint("A %s stands below a %s.", p.Kind, parentKind[p.Kind])
	}
	for depth := 1; err == nil && p.Kind == IsJourney; depth++ {
		switch {
		case parent.ID == p.ID:
			return clientele.Errorf(clientele.CodeInvalid, "a journey cannot lie below itself").WithHint("Choose a journey that is not below this one.")
		case depth >= maxDepth:
			return invalid("journeys nest at most %d deep", maxDepth)
		case parent.Parent == "":
			return nil
		}
		parent, err = s.store.Part(ctx, parent.Parent)
	}
	return err
}

// Change renames a part, moves it, or says other things of it.
func (s *Service) Change(ctx context.Context, kind Kind, id string, version int64, c Change) (Done, error) {
	return s.edit(ctx, 0, func(ctx context.Context) (made, error) {
		before, err := s.load(ctx, kind, id, &version)
		if err != nil {
			return made{}, err
		}
		after := before.copied()
		if err := s.become(ctx, after, c); err != nil {
			return made{}, err
		}
		at, err := s.nameOf(ctx, after.Part.Parent)
		return made{steps: []step{{before, after}}, says: changeWords(before, after, at)}, err
	})
}

// Nudge moves a part one place on, or back: a touchpoint at the edge of its stage goes on to
// the next one. It changes nothing where there is no further place.
func (s *Service) Nudge(ctx context.Context, kind Kind, id string, version int64, later bool) (Done, error) {
	return s.edit(ctx, 0, func(ctx context.Context) (made, error) {
		before, err := s.load(ctx, kind, id, &version)
		if err != nil {
			return made{}, err
		}
		after := before.copied()
		if err := s.nudged(ctx, &after.Part, later); err != nil {
			return made{}, err
		}
		at, err := s.nameOf(ctx, after.Part.Parent)
		says := changeWords(before, after, at)
		if len(differing(before, after)) == 0 {
			says = fmt.Sprintf("%s is the %s already", before.Part.Name, map[bool]string{true: "last", false: "first"}[later])
		}
		return made{steps: []step{{before, after}}, says: says}, err
	})
}

// nudged makes a part stand one place further.
func (s *Service) nudged(ctx context.Context, p *store.KeptPart, later bool) error {
	n, err := s.store.CountParts(ctx, p.Kind, p.Parent)
	if err != nil {
		return err
	}
	to := p.Position - 1
	if later {
		to = p.Position + 1
	}
	if 0 <= to && to < n {
		p.Position = to
		return nil
	}
	if p.Kind != IsTouchpoint {
		return nil
	}
	stage, err := s.store.Part(ctx, p.Parent)
	if err != nil {
		return err
	}
	next, err := s.store.PartAt(ctx, IsStage, stage.Parent, stage.Position+(to-p.Position))
	if clientele.CodeOf(err) == clientele.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	p.Parent, p.Position = next.ID, 0
	if !later {
		p.Position, err = s.store.CountParts(ctx, IsTouchpoint, next.ID)
	}
	return err
}

// become makes a state what a change says.
func (s *Service) become(ctx context.Context, to *state, c Change) (err error) {
	if c.Name != nil {
		if to.Part.Name, err = cleanName(*c.Name); err != nil {
			return err
		}
		to.Part.Key = keyOf(to.Part.Name)
	}
	if c.Notes != nil {
		if to.Part.Kind != IsTouchpoint {
			return invalid("only a touchpoint has notes")
		}
		if to.Notes, err = c.Notes.clean(); err != nil {
			return err
		}
	}
	if c.Parent == nil && c.Position == nil {
		return nil
	}
	if c.Parent != nil {
		to.Part.Parent = *c.Parent
	}
	to.Part.Position, err = s.room(ctx, to.Part, c.Position)
	return err
}

// changeWords says what has changed; at names where the part stands now.
func changeWords(before, after *state, at string) string {
	var words []string
	name := before.Part.Name
	var said []string
	for _, what := range differing(before, after) {
		switch what {
		case aspectName:
			words = append(words, fmt.Sprintf("renamed %s to %s", name, after.Part.Name))
			name = after.Part.Name
		case aspectPlace:
			where := fmt.Sprintf("moved %s to place %d", name, after.Part.Position+1)
			if before.Part.Parent != after.Part.Parent || after.Part.Kind == IsTouchpoint {
				where += " of " + orTop(at)
			}
			words = append(words, where)
		default:
			said = append(said, what)
		}
	}
	if len(said) > 0 {
		words = append(words, "changed "+clientele.Listed(said, "and")+" of "+name)
	}
	if len(words) == 0 {
		return "changed nothing of " + name
	}
	return clientele.Listed(words, "and")
}

func orTop(name string) string {
	if name == "" {
		return "the top"
	}
	return name
}

// Own makes somebody, or nobody, answer for a touchpoint from now on.
func (s *Service) Own(ctx context.Context, id string, version int64, o Owner) (Done, error) {
	return s.edit(ctx, 0, func(ctx context.Context) (made, error) {
		before, err := s.load(ctx, IsTouchpoint, id, &version)
		if err != nil {
			return made{}, err
		}
		kept, name, err := s.ownerToKeep(ctx, o)
		if err != nil {
			return made{}, err
		}
		was := before.Part.Owner
		if kept.Person == was.Person && kept.Name == was.Name {
			return made{steps: []step{{before, before}}, says: "changed nothing of " + before.Part.Name}, nil
		}
		says := fmt.Sprintf("made %s answer for %s", name, before.Part.Name)
		if o.Vacant() {
			says = "left " + before.Part.Name + " without an owner"
		}
		return made{steps: []step{{before, before.ownedBy(kept, s.moment())}}, says: says}, nil
	})
}

// ownedBy is a touchpoint that somebody else answers for from a time on, which is after the
// time that the one before began.
func (s *state) ownedBy(o store.KeptOwner, from time.Time) *state {
	after, was := s.copied(), *s.Part.Owner
	o.Since = from
	if !o.Since.After(was.Since) {
		o.Since = was.Since.Add(time.Millisecond)
	}
	after.Part.Owner, after.Past = &o, append([]store.KeptOwner{was}, s.Past...)
	return after
}

// ownerToKeep checks who is to answer: somebody with an account that is not disabled, or, in
// a book without accounts, a name.
func (s *Service) ownerToKeep(ctx context.Context, o Owner) (kept store.KeptOwner, name string, err error) {
	if o.Vacant() {
		return kept, "", nil
	}
	if o.Person != "" {
		p, err := s.store.Person(ctx, o.Person)
		if clientele.CodeOf(err) == clientele.CodeNotFound || err == nil && p.State == string(people.Disabled) {
			return kept, "", invalid("owner: there is nobody of that account who could answer").WithHint("Choose somebody among the people who can sign in.")
		}
		return store.KeptOwner{Person: p.ID}, p.Name, err
	}
	if some, err := s.store.AnyPerson(ctx); some || err != nil {
		if err == nil {
			err = invalid("owner: %s is a name, and this book has accounts", o.Name).WithHint("Choose the account of who is to answer, or invite them first.")
		}
		return kept, "", err
	}
	name, err = cleanName(o.Name)
	return store.KeptOwner{Name: name}, name, err
}

// Remove removes a part with all that stands below it.
func (s *Service) Remove(ctx context.Context, kind Kind, id string, version int64) (Done, error) {
	return s.edit(ctx, 0, func(ctx context.Context) (made, error) {
		top, err := s.load(ctx, kind, id, &version)
		if err != nil {
			return made{}, err
		}
		m := made{}
		lost := map[Kind]int{}
		if kind != IsTouchpoint {
			if m.steps, err = s.emptied(ctx, id, lost); err != nil {
				return m, err
			}
		}
		m.main, m.steps = len(m.steps), append(m.steps, step{Before: top})
		m.says = fmt.Sprintf("removed the %s %s%s", kind, top.Part.Name, prefixed(" with ", countWords(lost)))
		return m, nil
	})
}

// emptied are the steps that remove what stands below a part, the last first, and counts it.
func (s *Service) emptied(ctx context.Context, id string, lost map[Kind]int) (steps []step, err error) {
	all, err := s.store.Parts(ctx)
	if err != nil {
		return nil, err
	}
	var walk func(parent string) error
	walk = func(parent string) error {
		for _, p := range slices.Backward(all) {
			if p.Parent != parent {
				continue
			}
			if err := walk(p.ID); err != nil {
				return err
			}
			one, err := s.load(ctx, p.Kind, p.ID, nil)
			if err != nil {
				return err
			}
			lost[p.Kind]++
			steps = append(steps, step{Before: one})
		}
		return nil
	}
	return steps, walk(id)
}

func countWords(n map[Kind]int) string {
	var words []string
	for _, k := range []Kind{IsJourney, IsStage, IsTouchpoint} {
		if n[k] == 1 {
			words = append(words, "1 "+string(k))
		} else if n[k] > 1 {
			words = append(words, fmt.Sprintf("%d %ss", n[k], k))
		}
	}
	return clientele.Listed(words, "and")
}

// load is a part as it is now. CodeStale if version is given, and not the one at hand.
func (s *Service) load(ctx context.Context, kind Kind, id string, version *int64) (*state, error) {
	p, err := s.part(ctx, kind, id)
	if err != nil {
		return nil, err
	}
	if version != nil && *version != p.Version {
		return nil, clientele.Errorf(clientele.CodeStale, "%s was changed since you opened it", p.Name).WithHint("Look at it again, and repeat your edit.")
	}
	st := &state{Part: p}
	if st.Notes, err = notesOf(p); err != nil || kind != IsTouchpoint {
		return st, err
	}
	st.Part.Notes = nil
	st.Past, err = s.store.PastOwners(ctx, id)
	return st, err
}

// made is an edit that is about to be made.
type made struct {
	steps []step
	main  int // the step of what was edited; the others came with it
	says  string
	many  bool // it is of the whole map
	// prepare makes a step one that can be taken now; nil leaves it as it is.
	prepare func(context.Context, step) (step, error)
}

// idle reports whether an edit would change nothing.
func (m made) idle() bool {
	if len(m.steps) != 1 {
		return len(m.steps) == 0
	}
	before, after := m.steps[0].Before, m.steps[0].After
	return m.prepare == nil && before != nil && after != nil && len(differing(before, after)) == 0
}

// edit makes an edit in one transaction, and keeps it, unless it changes nothing; undoes is
// the number of the one that it takes back.
func (s *Service) edit(ctx context.Context, undoes int64, make func(context.Context) (made, error)) (done Done, err error) {
	err = s.store.Atomically(ctx, func(ctx context.Context) error {
		m, err := make(ctx)
		if err != nil {
			return err
		}
		if m.idle() {
			return s.leave(ctx, m, &done)
		}
		for i := range m.steps {
			if m.prepare != nil {
				if m.steps[i], err = m.prepare(ctx, m.steps[i]); err != nil {
					return err
				}
			}
			if err := s.take(ctx, &m.steps[i]); err != nil {
				return err
			}
		}
		done, err = s.keep(ctx, m, undoes)
		return err
	})
	return done, err
}

// leave says where a part stands that an edit would not have changed.
func (s *Service) leave(ctx context.Context, m made, d *Done) (err error) {
	d.Says = m.says
	if m.many {
		return nil
	}
	p := m.steps[m.main].of().Part
	d.Kind, d.Part = p.Kind, p.ID
	if d.Journey, err = s.journeyOf(ctx, p); err != nil {
		return err
	}
	return s.describe(ctx, d, m.steps[m.main])
}

// take does one step; what it makes of the part has the next version.
func (s *Service) take(ctx context.Context, st *step) error {
	if st.After == nil {
		return s.store.RemovePart(ctx, st.Before.Part.ID)
	}
	st.After = st.After.copied()
	st.After.Part.Version++
	if err := s.checkParent(ctx, st.After.Part); err != nil {
		return err
	}
	p, err := st.After.kept()
	if err != nil {
		return err
	}
	if st.Before == nil {
		return s.put(ctx, p, st.After.Past)
	}
	if err := s.store.SavePart(ctx, p); err != nil {
		return err
	}
	return s.setPast(ctx, p.ID, st.Before.Past, st.After.Past)
}

// put makes a part, or makes again one that was removed.
func (s *Service) put(ctx context.Context, p store.KeptPart, past []store.KeptOwner) error {
	if err := s.store.AddPart(ctx, p); err != nil {
		return err
	}
	return s.setPast(ctx, p.ID, nil, past)
}

// setPast makes who answered before what it is to be.
func (s *Service) setPast(ctx context.Context, id string, was, is []store.KeptOwner) error {
	for _, o := range was {
		if !slices.Contains(is, o) {
			if err := s.store.RemovePastOwner(ctx, id, o.Since); err != nil {
				return err
			}
		}
	}
	for _, o := range is {
		if !slices.Contains(was, o) {
			if err := s.store.AddPastOwner(ctx, id, o); err != nil {
				return err
			}
		}
	}
	return nil
}

// keep keeps an edit that was made, with who made it.
func (s *Service) keep(ctx context.Context, m made, undoes int64) (d Done, err error) {
	actor, _ := policy.ActorOf(ctx)
	e := store.KeptEdit{At: s.moment(), Who: actor.ID, Name: actor.Name, Says: m.says, Undoes: undoes}
	if !m.many {
		main := m.steps[m.main]
		e.Kind, e.Part = main.of().Part.Kind, main.of().Part.ID
		if e.Journey, err = s.journeyOf(ctx, main.of().Part); err != nil {
			return d, err
		}
		if err := s.describe(ctx, &d, main); err != nil {
			return d, err
		}
	}
	if e.Steps, err = json.Marshal(m.steps); err != nil {
		return d, err
	}
	if e.Number, err = s.store.AddEdit(ctx, e); err != nil {
		return d, err
	}
	d.Edit = editOf(e)
	return d, nil
}

// journeyOf is the id of the journey that a part is, or is in.
func (s *Service) journeyOf(ctx context.Context, p store.KeptPart) (string, error) {
	switch p.Kind {
	case IsStage:
		return p.Parent, nil
	case IsTouchpoint:
		stage, err := s.store.Part(ctx, p.Parent)
		return stage.Parent, err
	}
	return p.ID, nil
}

// describe says where the edited part stands now.
func (s *Service) describe(ctx context.Context, d *Done, main step) error {
	var changed []string
	if main.Before != nil && main.After != nil {
		changed = differing(main.Before, main.After)
	}
	d.Before, d.After = main.Before.told(changed), main.After.told(changed)
	if main.After == nil {
		return nil
	}
	p := main.After.Part
	d.Version, d.Parent = p.Version, p.Parent
	next, err := s.store.PartAt(ctx, p.Kind, p.Parent, p.Position+1)
	if clientele.CodeOf(err) == clientele.CodeNotFound {
		return nil
	}
	d.Next = next.ID
	return err
}
