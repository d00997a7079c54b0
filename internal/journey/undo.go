package journey

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

// Undo takes an edit back, which is an edit as well, and may be taken back itself.
// CodeConflict, with what is in the way, if something that it changed was changed since.
func (s *Service) Undo(ctx context.Context, number int64) (Done, error) {
	return s.edit(ctx, number, func(ctx context.Context) (made, error) {
		e, err := s.store.Edit(ctx, number)
		if err != nil {
			return made{}, err
		}
		if e.Undone {
			return made{}, clientele.Errorf(clientele.CodeConflict, "that was taken back already").WithHint("The history shows by which edit; take that one back to have it again.")
		}
		m := made{says: undoWords(e), many: e.Kind == ""}
		var steps []step
		if err := json.Unmarshal(e.Steps, &steps); err != nil {
			return made{}, err
		}
		err = s.store.MarkEdit(ctx, number, true)
		if err == nil && e.Undoes > 0 {
			err = s.store.MarkEdit(ctx, e.Undoes, false)
		}
		if err != nil {
			return made{}, err
		}
		m.steps = reversed(steps)
		m.main = max(0, slices.IndexFunc(m.steps, func(st step) bool { return st.of().Part.ID == e.Part }))
		m.prepare = s.rebased
		return m, nil
	})
}

func undoWords(e store.KeptEdit) string {
	const back = "took back: "
	if before, ok := strings.CutPrefix(e.Says, back); ok {
		return "did again: " + before
	}
	if before, ok := strings.CutPrefix(e.Says, "did again: "); ok {
		return back + before
	}
	return back + e.Says
}

// rebased is a step that takes something back as it can be taken now: what it changes must
// be as it was left, and all else stays as it is.
func (s *Service) rebased(ctx context.Context, st step) (step, error) {
	if st.Before == nil {
		return s.restored(ctx, st.After)
	}
	now, err := s.load(ctx, st.Before.Part.Kind, st.Before.Part.ID, nil)
	if clientele.CodeOf(err) == clientele.CodeNotFound {
		return st, inTheWay("%s was removed since", st.Before.Part.Name)
	}
	if err != nil {
		return st, err
	}
	if st.After == nil {
		changed := slices.DeleteFunc(differing(now, st.Before), func(what string) bool { return what == aspectPlace })
		if len(changed) > 0 {
			return st, inTheWay("%s of %s changed since", clientele.Listed(changed, "and"), now.Part.Name)
		}
		return step{Before: now}, nil
	}
	after, edited := now.copied(), differing(st.Before, st.After)
	for _, a := range aspects {
		if !slices.Contains(edited, a.name) {
			continue
		}
		if a.of(now) != a.of(st.Before) {
			return st, inTheWay("%s of %s changed since", a.name, now.Part.Name)
		}
		a.take(after, st.After)
	}
	return step{now, after}, nil
}

// restored is the step that makes a part again that was removed, where it stood, as far as
// there are still as many beside it.
func (s *Service) restored(ctx context.Context, was *state) (step, error) {
	again := was.copied()
	if _, err := s.store.Part(ctx, was.Part.ID); err == nil {
		return step{}, inTheWay("%s is there again", was.Part.Name)
	}
	position, err := s.room(ctx, was.Part, &was.Part.Position)
	if clientele.CodeOf(err) == clientele.CodeInvalid {
		return step{}, inTheWay("what %s stood below was removed since", was.Part.Name)
	}
	again.Part.Position = position
	return step{After: again}, err
}

func inTheWay(format string, args ...any) error {
	return clientele.Errorf(clientele.CodeConflict, "it cannot be taken back: "+format, args...).
		WithHint("Take back first what was done since, or change it by hand.")
}
