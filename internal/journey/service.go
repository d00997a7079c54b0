package journey

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/store"
)

// Store is what the map needs of a store.
type Store interface {
	store.Journeys
	AnyPerson(ctx context.Context) (bool, error)
	Persons(ctx context.Context) ([]store.KeptPerson, error)
	Person(ctx context.Context, id string) (store.KeptPerson, error)
	Atomically(ctx context.Context, f func(ctx context.Context) error) error
}

// Service keeps the map of journeys of one book. Its methods may be called from several
// goroutines. Errors: CodeNotFound if there is no such part or edit, CodeInvalid if what is
// given cannot be, CodeConflict if a name is taken or the map has no room for the edit,
// CodeStale if version is not the one at hand.
type Service struct {
	store Store
	now   func() time.Time
}

// New makes the service; now may be nil, which is the clock.
func New(s Store, now func() time.Time) *Service {
	if now == nil {
		now = time.Now
	}
	return &Service{s, now}
}

// Journeys lists every journey, each before those below it.
func (s *Service) Journeys(ctx context.Context) ([]Summary, error) {
	parts, err := s.store.Parts(ctx)
	return summaries(parts), err
}

// summaries are the journeys among all parts, depth first, with what is in each counted.
func summaries(parts []store.KeptPart) []Summary {
	all := []Summary{}
	below, in := map[string][]store.KeptPart{}, map[string]*Summary{}
	for _, p := range parts {
		below[p.Parent] = append(below[p.Parent], p)
	}
	var walk func(parent string, depth int)
	walk = func(parent string, depth int) {
		for _, p := range below[parent] {
			if p.Kind != IsJourney {
				continue
			}
			j := Summary{ID: p.ID, Version: p.Version, Name: p.Name, Parent: p.Parent, Position: p.Position, Depth: depth}
			in[p.ID] = &j
			j.count(below)
			all = append(all, j)
			walk(p.ID, depth+1)
		}
	}
	walk("", 0)
	return all
}

// count counts what is in a journey.
func (j *Summary) count(below map[string][]store.KeptPart) {
	for _, stage := range below[j.ID] {
		if stage.Kind != IsStage {
			continue
		}
		j.StageCount++
		for _, t := range below[stage.ID] {
			j.TouchpointCount++
			if t.Owner.Person == "" && t.Owner.Name == "" {
				j.Vacant++
				if j.VacantSince == nil || t.Owner.Since.Before(*j.VacantSince) {
					j.VacantSince = &t.Owner.Since
				}
			}
		}
	}
}

// Journey returns a journey with all that is in it.
func (s *Service) Journey(ctx context.Context, id string) (j Journey, err error) {
	err = s.store.Atomically(ctx, func(ctx context.Context) error {
		j, err = s.journey(ctx, id)
		return err
	})
	return j, err
}

func (s *Service) journey(ctx context.Context, id string) (Journey, error) {
	whole, err := s.Journeys(ctx)
	if err != nil {
		return Journey{}, err
	}
	i := slices.IndexFunc(whole, func(j Summary) bool { return j.ID == id })
	if i < 0 {
		return Journey{}, notFound(IsJourney)
	}
	j := Journey{Summary: whole[i], Above: above(whole, whole[i].Parent), Stages: []Stage{}, Below: []Summary{}, Whole: whole}
	for _, other := range whole {
		if other.Parent == id {
			j.Below = append(j.Below, other)
		}
	}
	parts, err := s.store.PartsOf(ctx, id)
	if err != nil {
		return j, err
	}
	names, err := s.namesOf(ctx)
	if err != nil {
		return j, err
	}
	return j, j.fill(parts, names)
}

// above are the journeys from the top down to one.
func above(whole []Summary, id string) []Ref {
	refs := []Ref{}
	for _, j := range slices.Backward(whole) {
		if j.ID == id {
			refs, id = append(refs, Ref{j.ID, j.Name}), j.Parent
		}
	}
	slices.Reverse(refs)
	return refs
}

// fill sorts parts into stages.
func (j *Journey) fill(parts []store.KeptPart, names directory) error {
	at := map[string]int{}
	for _, p := range parts {
		if p.Kind == IsStage {
			at[p.ID], j.Stages = len(j.Stages), append(j.Stages, Stage{ID: p.ID, Version: p.Version, Name: p.Name, Position: p.Position, Touchpoints: []Touchpoint{}})
		}
	}
	for _, p := range parts {
		if p.Kind != IsTouchpoint {
			continue
		}
		stage := &j.Stages[at[p.Parent]]
		t, err := touchpointOf(p, names)
		if err != nil {
			return err
		}
		t.Journey, t.Stage = Ref{j.ID, j.Name}, Ref{stage.ID, stage.Name}
		stage.Touchpoints = append(stage.Touchpoints, t)
	}
	return nil
}

func touchpointOf(p store.KeptPart, names directory) (Touchpoint, error) {
	notes, err := notesOf(p)
	return Touchpoint{ID: p.ID, Version: p.Version, Name: p.Name, Position: p.Position, Notes: notes, Owner: names.tenure(*p.Owner, nil)}, err
}

// Touchpoint returns a touchpoint with who answered for it.
func (s *Service) Touchpoint(ctx context.Context, id string) (p Profile, err error) {
	err = s.store.Atomically(ctx, func(ctx context.Context) error {
		p, err = s.profile(ctx, id)
		return err
	})
	return p, err
}

func (s *Service) profile(ctx context.Context, id string) (p Profile, err error) {
	at, err := s.part(ctx, IsTouchpoint, id)
	if err != nil {
		return p, err
	}
	past, err := s.store.PastOwners(ctx, id)
	if err != nil {
		return p, err
	}
	names, err := s.namesFor(ctx, append(past, *at.Owner))
	if err != nil {
		return p, err
	}
	if p.Touchpoint, err = touchpointOf(at, names); err != nil {
		return p, err
	}
	p.Before = []Tenure{}
	until := at.Owner.Since
	for _, o := range past {
		ended := until
		p.Before = append(p.Before, names.tenure(o, &ended))
		until = o.Since
	}
	stage, err := s.store.Part(ctx, at.Parent)
	if err != nil {
		return p, err
	}
	of, err := s.store.Part(ctx, stage.Parent)
	p.Stage, p.Journey = Ref{stage.ID, stage.Name}, Ref{of.ID, of.Name}
	return p, err
}

// Stage returns a stage with its touchpoints, and the journey that it is of.
func (s *Service) Stage(ctx context.Context, id string) (stage Stage, of Ref, err error) {
	err = s.store.Atomically(ctx, func(ctx context.Context) error {
		p, err := s.part(ctx, IsStage, id)
		if err != nil {
			return err
		}
		j, err := s.journey(ctx, p.Parent)
		if err != nil {
			return err
		}
		stage, of = j.Stages[p.Position], Ref{j.ID, j.Name}
		return nil
	})
	return stage, of, err
}

// Place is a stage where a touchpoint can stand.
type Place struct {
	Journey Ref `json:"journey"`
	Stage   Ref `json:"stage"`
}

// Places lists every stage, by journey.
func (s *Service) Places(ctx context.Context) ([]Place, error) {
	parts, err := s.store.Parts(ctx)
	places := []Place{}
	for _, j := range summaries(parts) {
		for _, p := range parts {
			if p.Kind == IsStage && p.Parent == j.ID {
				places = append(places, Place{Ref{j.ID, j.Name}, Ref{p.ID, p.Name}})
			}
		}
	}
	return places, err
}

// part returns a part of a kind.
func (s *Service) part(ctx context.Context, kind Kind, id string) (store.KeptPart, error) {
	p, err := s.store.Part(ctx, id)
	if clientele.CodeOf(err) == clientele.CodeNotFound || err == nil && p.Kind != kind {
		err = notFound(kind)
	}
	return p, err
}

func notFound(kind Kind) error {
	return clientele.Errorf(clientele.CodeNotFound, "there is no such %s", kind).WithHint("The map of journeys shows all that there is.")
}

// Vacancies counts the touchpoints that nobody answers for.
func (s *Service) Vacancies(ctx context.Context) (Vacancies, error) {
	v, err := s.store.Vacant(ctx)
	return Vacancies(v), err
}

// Edits returns the edits of a journey, or of the whole map for "", below a number, the
// latest first; 0 is the end.
func (s *Service) Edits(ctx context.Context, journey string, below int64, limit int) ([]Edit, error) {
	kept, err := s.store.Edits(ctx, journey, below, limit)
	edits := []Edit{}
	for _, e := range kept {
		edits = append(edits, editOf(e))
	}
	return edits, err
}

// Edit returns one edit.
func (s *Service) Edit(ctx context.Context, number int64) (Edit, error) {
	e, err := s.store.Edit(ctx, number)
	return editOf(e), err
}

// Last is the edit of a journey, or of the whole map for "", that Undo takes back next; ok
// is false if there is none.
func (s *Service) Last(ctx context.Context, journey string) (Edit, bool, error) {
	e, ok, err := s.store.LastEdit(ctx, journey)
	return editOf(e), ok, err
}

func editOf(e store.KeptEdit) Edit {
	return Edit{
		Number: e.Number, At: e.At, Who: e.Who, Name: e.Name, Kind: e.Kind, Part: e.Part, Journey: e.Journey, Says: e.Says, Undoes: e.Undoes, Undone: e.Undone,
		Texts: changesTexts(e),
	}
}

// changesTexts reports whether an edit changed texts of a touchpoint and nothing else.
func changesTexts(e store.KeptEdit) bool {
	var steps []step
	if e.Kind != IsTouchpoint || json.Unmarshal(e.Steps, &steps) != nil || len(steps) != 1 || steps[0].Before == nil || steps[0].After == nil {
		return false
	}
	return !slices.ContainsFunc(aspects, func(a aspect) bool { return !a.text && a.of(steps[0].Before) != a.of(steps[0].After) })
}

// directory are accounts by id.
type directory map[string]store.KeptPerson

// namesOf are all accounts.
func (s *Service) namesOf(ctx context.Context) (directory, error) {
	all, err := s.store.Persons(ctx)
	names := directory{}
	for _, p := range all {
		names[p.ID] = p
	}
	return names, err
}

// namesFor are the accounts of some owners.
func (s *Service) namesFor(ctx context.Context, owners []store.KeptOwner) (directory, error) {
	names := directory{}
	for _, o := range owners {
		if o.Person == "" {
			continue
		}
		p, err := s.store.Person(ctx, o.Person)
		if err != nil {
			return nil, err
		}
		names[p.ID] = p
	}
	return names, nil
}

func (d directory) owner(o store.KeptOwner) Owner {
	return Owner{o.Person, cmp.Or(d[o.Person].Name, o.Name)}
}

func (d directory) tenure(o store.KeptOwner, until *time.Time) Tenure {
	return Tenure{Owner: d.owner(o), Left: d[o.Person].State == string(people.Disabled), Since: o.Since, Until: until}
}

// Find finds a journey or a touchpoint by name, whatever the case of its letters.
func (s *Service) Find(ctx context.Context, name string) (kind Kind, id string, err error) {
	clean, err := cleanName(name)
	if err != nil {
		return "", "", err
	}
	parts, err := s.store.Parts(ctx)
	if err != nil {
		return "", "", err
	}
	for _, kind := range []Kind{IsJourney, IsTouchpoint} {
		if i := slices.IndexFunc(parts, func(p store.KeptPart) bool { return p.Kind == kind && p.Key == keyOf(clean) }); i >= 0 {
			return kind, parts[i].ID, nil
		}
	}
	return "", "", clientele.Errorf(clientele.CodeNotFound, "there is no journey and no touchpoint called %s", clean).WithHint("The list of journeys shows all that there is.")
}
