package journey

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/store"
)

// Planned is one thing that applying a document does.
type Planned struct {
	Do   string `json:"do"` // create, change, move, remove
	Kind Kind   `json:"kind"`
	Name string `json:"name"`
	Says string `json:"says"` // such as "change promise and owner of Checkout"
}

// What applying a document does to a part.
const (
	Create = "create"
	Alter  = "change"
	Shift  = "move"
	Drop   = "remove"
)

// Plan is what applying a document would do to the map as it is now.
type Plan struct {
	ID      string    `json:"id"` // of the document and the map: it changes with either
	Steps   []Planned `json:"steps"`
	Created int       `json:"created"`
	Changed int       `json:"changed"`
	Moved   int       `json:"moved"`
	Removed int       `json:"removed"`
}

// Plan says what applying a document would do. CodeInvalid if it names an owner who cannot
// be told.
func (s *Service) Plan(ctx context.Context, d Document) (p Plan, err error) {
	err = s.store.Atomically(ctx, func(ctx context.Context) error {
		p, _, err = s.plan(ctx, d)
		return err
	})
	return p, err
}

// Apply makes the map what a document says, in one edit. CodeStale if id is given, and the
// plan that it named holds no more.
func (s *Service) Apply(ctx context.Context, d Document, id string) (p Plan, done Done, err error) {
	done, err = s.edit(ctx, 0, func(ctx context.Context) (made, error) {
		var steps []step
		if p, steps, err = s.plan(ctx, d); err != nil {
			return made{}, err
		}
		if id != "" && id != p.ID {
			return made{}, clientele.Errorf(clientele.CodeStale, "the plan %s holds no more: the map or the file has changed since", id).
				WithHint("Plan again, and look at what it would do now.")
		}
		says := fmt.Sprintf("applied a file: %d created, %d changed, %d moved, %d removed", p.Created, p.Changed, p.Moved, p.Removed)
		return made{steps: steps, says: says, many: true}, nil
	})
	done.After = p.Steps
	return p, done, err
}

// node is a part in a tree.
type node struct {
	state
	parent                        *node
	journeys, stages, touchpoints []*node
	wanted                        bool // a document has it
}

// list are the parts of a kind below a node.
func (n *node) list(k Kind) *[]*node {
	switch k {
	case IsJourney:
		return &n.journeys
	case IsStage:
		return &n.stages
	}
	return &n.touchpoints
}

// tree is the whole map in memory.
type tree struct {
	top    *node
	owners owners
	parts  int
}

func (s *Service) tree(ctx context.Context) (*tree, error) {
	parts, err := s.store.Parts(ctx)
	if err != nil {
		return nil, err
	}
	t := &tree{top: &node{}, parts: len(parts)}
	if t.owners, err = s.store.Persons(ctx); err != nil {
		return nil, err
	}
	nodes := map[string]*node{"": t.top}
	for _, p := range parts {
		n := &node{state: state{Part: p}}
		if n.Notes, err = notesOf(p); err != nil {
			return nil, err
		}
		if p.Kind == IsTouchpoint {
			n.Part.Notes = nil
			if n.Past, err = s.store.PastOwners(ctx, p.ID); err != nil {
				return nil, err
			}
		}
		nodes[p.ID] = n
	}
	for _, p := range parts { // which are by position
		n, list := nodes[p.ID], nodes[p.Parent].list(p.Kind)
		n.parent = nodes[p.Parent]
		*list = append(*list, n)
	}
	return t, nil
}

// planner turns a tree into what a document says, and writes down the steps.
type planner struct {
	*tree
	service *Service
	named   map[Kind]map[string]*node // journeys and touchpoints, by how their names are compared
	plan    Plan
	steps   []step
}

func (s *Service) plan(ctx context.Context, d Document) (Plan, []step, error) {
	t, err := s.tree(ctx)
	if err != nil {
		return Plan{}, nil, err
	}
	id, err := planID(t, d)
	if err != nil {
		return Plan{}, nil, err
	}
	p := planner{tree: t, service: s, named: map[Kind]map[string]*node{IsJourney: {}, IsTouchpoint: {}}, plan: Plan{ID: id, Steps: []Planned{}}}
	p.index(t.top)
	p.want(d.Journeys)
	p.drop(IsTouchpoint, t.top)
	if err := p.journeys(t.top, d.Journeys); err != nil {
		return Plan{}, nil, err
	}
	p.drop(IsStage, t.top)
	p.drop(IsJourney, t.top)
	return p.plan, p.steps, nil
}

// planID is a hash of the map and of a document.
func planID(t *tree, d Document) (string, error) {
	h := sha256.New()
	for _, n := range t.all(t.top) {
		fmt.Fprintln(h, n.Part.ID, n.Part.Version, n.Part.Parent, n.Part.Position)
	}
	text, err := json.Marshal(d)
	h.Write(text)
	return hex.EncodeToString(h.Sum(nil))[:12], err
}

// all are the parts below a node.
func (t *tree) all(n *node) (all []*node) {
	for _, k := range []Kind{IsStage, IsTouchpoint, IsJourney} {
		for _, below := range *n.list(k) {
			all = append(append(all, below), t.all(below)...)
		}
	}
	return all
}

func (p *planner) index(n *node) {
	for _, below := range p.all(n) {
		if names := p.named[below.Part.Kind]; names != nil {
			names[below.Part.Key] = below
		}
	}
}

// want marks what a document has.
func (p *planner) want(journeys []Text) {
	for _, j := range journeys {
		at := p.named[IsJourney][keyOf(j.Name)]
		if at != nil {
			at.wanted = true
		}
		for _, s := range j.Stages {
			if stage := at.stage(s.Name); stage != nil {
				stage.wanted = true
			}
			for _, t := range s.Touchpoints {
				if n := p.named[IsTouchpoint][keyOf(t.Name)]; n != nil {
					n.wanted = true
				}
			}
		}
		p.want(j.Journeys)
	}
}

// stage is the stage of that name of a journey; nil if there is none.
func (n *node) stage(name string) *node {
	if n == nil {
		return nil
	}
	i := slices.IndexFunc(n.stages, func(s *node) bool { return s.Part.Key == keyOf(name) })
	if i < 0 {
		return nil
	}
	return n.stages[i]
}

// drop removes the parts of a kind that the document does not have, the last first.
func (p *planner) drop(kind Kind, n *node) {
	for _, below := range slices.Backward(p.all(n)) {
		if below.Part.Kind != kind || below.wanted {
			continue
		}
		before := below.at()
		below.leave()
		p.steps = append(p.steps, step{Before: before})
		p.say(Drop, below, fmt.Sprintf("remove the %s %s", kind, below.Part.Name))
	}
}

func (p *planner) say(do string, n *node, says string) {
	p.plan.Steps = append(p.plan.Steps, Planned{do, n.Part.Kind, n.Part.Name, says})
	switch do {
	case Create:
		p.plan.Created++
	case Alter:
		p.plan.Changed++
	case Shift:
		p.plan.Moved++
	case Drop:
		p.plan.Removed++
	}
}

// at is the state of a node where it stands now.
func (n *node) at() *state {
	st := n.copied()
	st.Part.Parent = n.parent.Part.ID
	st.Part.Position = int64(slices.Index(*n.parent.list(n.Part.Kind), n))
	return st
}

func (n *node) leave() {
	list := n.parent.list(n.Part.Kind)
	*list = slices.DeleteFunc(*list, func(o *node) bool { return o == n })
}

// enter makes a node stand below a parent, behind another there; nil is at the start.
func (n *node) enter(parent, behind *node) {
	list := parent.list(n.Part.Kind)
	*list = slices.Insert(*list, slices.Index(*list, behind)+1, n)
	n.parent = parent
}

// stayers are those of some nodes that stand below a parent in the order in which they are
// wanted: the most that can stay where they are.
func stayers(parent *node, wanted []*node) map[*node]bool {
	var here []*node
	for _, n := range wanted {
		if n != nil && n.parent == parent {
			here = append(here, n)
		}
	}
	longest, before := make([]int, len(here)), make([]int, len(here)) // of what ends there
	best := -1
	for i, n := range here {
		longest[i], before[i] = 1, -1
		for j := range i {
			if longest[j] >= longest[i] && here[j].at().Part.Position < n.at().Part.Position {
				longest[i], before[i] = longest[j]+1, j
			}
		}
		if best < 0 || longest[i] > longest[best] {
			best = i
		}
	}
	stay := map[*node]bool{}
	for i := best; i >= 0; i = before[i] {
		stay[here[i]] = true
	}
	return stay
}

// wish is a part that a document wants; node is the one that it is, nil if it is new.
type wish struct {
	node  *node
	name  string
	notes Notes
	owner *store.KeptOwner // of a touchpoint
	below func(*node) error
}

// arrange makes what stands below a node what is wished, in that order.
func (p *planner) arrange(kind Kind, parent *node, wishes []wish) error {
	nodes := make([]*node, len(wishes))
	for i, w := range wishes {
		nodes[i] = w.node
	}
	stay := stayers(parent, nodes)
	var behind *node
	for _, w := range wishes {
		n := w.node
		if n == nil {
			n = p.create(kind, parent, behind, w)
		} else {
			p.alter(n, parent, behind, w, stay[n])
		}
		behind = n
		if w.below != nil {
			if err := w.below(n); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *planner) create(kind Kind, parent, behind *node, w wish) *node {
	n := &node{state: state{Part: store.KeptPart{ID: newID(), Kind: kind, Name: w.name, Key: keyOf(w.name)}, Notes: w.notes}, wanted: true}
	if kind == IsTouchpoint {
		n.Part.Owner = &store.KeptOwner{Person: w.owner.Person, Name: w.owner.Name, Since: p.service.moment()}
	}
	n.enter(parent, behind)
	p.steps = append(p.steps, step{After: n.at()})
	p.say(Create, n, fmt.Sprintf("create the %s %s%s", kind, w.name, prefixed(" in ", parent.Part.Name)))
	return n
}

// alter moves a part to where it is wished, unless it stays, and makes it what is wished.
func (p *planner) alter(n, parent, behind *node, w wish, stays bool) {
	before := n.at()
	if !stays {
		n.leave()
		n.enter(parent, behind)
	}
	n.Part.Name, n.Part.Key, n.Notes = w.name, keyOf(w.name), w.notes
	if n.Part.Kind == IsTouchpoint && (n.Part.Owner.Person != w.owner.Person || n.Part.Owner.Name != w.owner.Name) {
		n.state = *n.ownedBy(*w.owner, p.service.moment())
	}
	after := n.at()
	changed := differing(before, after)
	if len(changed) == 0 {
		return
	}
	p.steps = append(p.steps, step{before, after})
	if !stays {
		p.say(Shift, n, fmt.Sprintf("move %s to place %d of %s", w.name, after.Part.Position+1, orTop(parent.Part.Name)))
	}
	if rest := slices.DeleteFunc(changed, func(what string) bool { return what == aspectPlace }); len(rest) > 0 {
		p.say(Alter, n, fmt.Sprintf("change %s of %s", clientele.Listed(rest, "and"), w.name))
	}
	n.Part.Version++ // as taking the step makes it
}

func (p *planner) journeys(parent *node, texts []Text) error {
	var wishes []wish
	for _, t := range texts {
		wishes = append(wishes, wish{node: p.named[IsJourney][keyOf(t.Name)], name: t.Name, notes: Notes{Problems: []string{}}, below: func(n *node) error {
			if err := p.stages(n, t.Stages); err != nil {
				return err
			}
			return p.journeys(n, t.Journeys)
		}})
	}
	return p.arrange(IsJourney, parent, wishes)
}

func (p *planner) stages(parent *node, texts []StageText) error {
	var wishes []wish
	for _, t := range texts {
		wishes = append(wishes, wish{node: parent.stage(t.Name), name: t.Name, notes: Notes{Problems: []string{}}, below: func(n *node) error { return p.touchpoints(n, t.Touchpoints) }})
	}
	return p.arrange(IsStage, parent, wishes)
}

func (p *planner) touchpoints(parent *node, texts []TouchpointText) error {
	var wishes []wish
	for _, t := range texts {
		n := p.named[IsTouchpoint][keyOf(t.Name)]
		owner, err := p.owner(n, t.Owner)
		if err != nil {
			return placed(err, t)
		}
		notes, err := t.notes().clean()
		if err != nil {
			return placed(err, t)
		}
		wishes = append(wishes, wish{node: n, name: t.Name, notes: notes, owner: &owner})
	}
	return p.arrange(IsTouchpoint, parent, wishes)
}

// owner is who a document wants to answer for a touchpoint: who does already, if that is how
// they are named, though they could not be chosen any more.
func (p *planner) owner(n *node, text string) (store.KeptOwner, error) {
	if n != nil && p.owners.written(*n.Part.Owner) == text {
		return *n.Part.Owner, nil
	}
	return p.owners.find(text)
}

// placed says where in its file a touchpoint stands that is refused.
func placed(err error, t TouchpointText) error {
	e := invalid("%s: %v", t.Name, err).WithHint("%s", clientele.HintOf(err))
	if t.at != nil {
		e.At = clientele.Position{Line: int64(t.at.Line), Column: fmt.Sprint(t.at.Column)}
	}
	return e
}

// owners are the accounts of those who can answer, as documents name them.
type owners []store.KeptPerson

// named are the accounts that a text names: by id, by email, or by name.
func (o owners) named(text string) (found []store.KeptPerson) {
	for _, p := range o {
		if p.ID == text || strings.EqualFold(p.Email, text) {
			return []store.KeptPerson{p}
		}
		if keyOf(p.Name) == keyOf(text) {
			found = append(found, p)
		}
	}
	return found
}

// find is who a document names.
func (o owners) find(text string) (store.KeptOwner, error) {
	if text == "" {
		return store.KeptOwner{}, nil
	}
	if len(o) == 0 {
		name, err := cleanName(text)
		return store.KeptOwner{Name: name}, err
	}
	found := slices.DeleteFunc(o.named(text), func(p store.KeptPerson) bool { return p.State == string(people.Disabled) })
	switch len(found) {
	case 0:
		return store.KeptOwner{}, invalid("nobody of the name %s has an account and could answer", text).WithHint("Name who answers by the name, email or id of their account.")
	case 1:
		return store.KeptOwner{Person: found[0].ID}, nil
	}
	return store.KeptOwner{}, invalid("several people are called %s", text).WithHint("Name who answers by the email or id of their account.")
}

// written is how a document names an owner: so that find finds them.
func (o owners) written(k store.KeptOwner) string {
	if k.Person == "" {
		return k.Name
	}
	for _, p := range o {
		if p.ID == k.Person {
			if found := o.named(p.Name); len(found) == 1 && found[0].ID == p.ID {
				return p.Name
			}
		}
	}
	return cmp.Or(k.Person, k.Name)
}
