package journey

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

func (w *world) undo(number int64) Done {
	w.Helper()
	d, err := w.Undo(w.ctx, number)
	w.ok(err)
	return d
}

func TestEditsAreTakenBack(t *testing.T) {
	w := newWorld(t)
	_, stages, touchpoints := w.shop()
	id := touchpoints[0].Part
	renamed, err := w.Change(w.ctx, IsTouchpoint, id, 1, Change{Name: new("Landing page")})
	w.ok(err)
	noted, err := w.Change(w.ctx, IsTouchpoint, id, 2, Change{Notes: &Notes{Promise: "Loads in 2 s"}})
	w.ok(err)
	d := w.undo(renamed.Number) // another aspect of it has changed since
	same(t, "took back: renamed Home page to Landing page", d.Says)
	same(t, int64(4), d.Version)
	if text := w.text(); !strings.Contains(text, "name: Home page\n            promise: Loads in 2 s") {
		t.Error(text)
	}
	_, err = w.Undo(w.ctx, renamed.Number)
	w.want(clientele.CodeConflict, err)
	same(t, "did again: renamed Home page to Landing page", w.undo(d.Number).Says)
	same(t, "took back: renamed Home page to Landing page", w.undo(renamed.Number).Says)
	later, err := w.Change(w.ctx, IsTouchpoint, id, 6, Change{Notes: &Notes{Promise: "Loads in 1 s"}})
	w.ok(err)
	_, err = w.Undo(w.ctx, noted.Number)
	w.want(clientele.CodeConflict, err)
	same(t, "it cannot be taken back: promise of Home page changed since", err.Error())
	w.undo(later.Number)
	w.undo(noted.Number)
	same(t, shopText, w.text())
	removed, err := w.Remove(w.ctx, IsStage, stages[0].Part, 1)
	w.ok(err)
	same(t, "removed the stage Find with 2 touchpoints", removed.Says)
	back := w.undo(removed.Number)
	if back.Part != stages[0].Part || back.Next != stages[1].Part {
		t.Errorf("%+v", back)
	}
	same(t, shopText, w.text())
	_, err = w.Undo(w.ctx, touchpoints[0].Number) // it is as it was added
	w.ok(err)
	_, err = w.Undo(w.ctx, stages[0].Number)
	w.want(clientele.CodeConflict, err)
	_, err = w.Undo(w.ctx, 99)
	w.want(clientele.CodeNotFound, err)
}

func TestWhatIsInTheWayOfTakingBackIsSaid(t *testing.T) {
	for says, edit := range map[string]func(w *world, stages, touchpoints []Done) (back int64){
		"Search was removed since": func(w *world, stages, touchpoints []Done) int64 {
			d, err := w.Change(w.ctx, IsTouchpoint, touchpoints[1].Part, 1, Change{Name: new("Search")})
			w.ok(err)
			if d.Number != 0 {
				w.Errorf("it has that name: %+v", d)
			}
			d, err = w.Change(w.ctx, IsTouchpoint, touchpoints[1].Part, 1, Change{Notes: &Notes{Voices: "…"}})
			w.ok(err)
			_, err = w.Remove(w.ctx, IsTouchpoint, touchpoints[1].Part, 2)
			w.ok(err)
			return d.Number
		},
		"place of Search changed since": func(w *world, stages, touchpoints []Done) int64 {
			d, err := w.Change(w.ctx, IsTouchpoint, touchpoints[1].Part, 1, Change{Position: new(int64(0))})
			w.ok(err)
			_, err = w.Add(w.ctx, NewPart{Kind: IsTouchpoint, Parent: stages[0].Part, Name: "Ad", Position: new(int64(0))})
			w.ok(err)
			return d.Number
		},
		"what Checkout stood below was removed since": func(w *world, stages, touchpoints []Done) int64 {
			d, err := w.Remove(w.ctx, IsTouchpoint, touchpoints[2].Part, 1)
			w.ok(err)
			_, err = w.Remove(w.ctx, IsStage, stages[1].Part, 1)
			w.ok(err)
			return d.Number
		},
		"name and promise of Searching changed since": func(w *world, stages, touchpoints []Done) int64 {
			_, err := w.Change(w.ctx, IsTouchpoint, touchpoints[1].Part, 1, Change{Name: new("Searching"), Notes: &Notes{Promise: "finds"}})
			w.ok(err)
			return touchpoints[1].Number
		},
		"there is a touchpoint called Checkout already": func(w *world, stages, touchpoints []Done) int64 {
			d, err := w.Remove(w.ctx, IsTouchpoint, touchpoints[2].Part, 1)
			w.ok(err)
			w.add(IsTouchpoint, stages[0].Part, "checkout")
			return d.Number
		},
	} {
		w := newWorld(t)
		_, stages, touchpoints := w.shop()
		number := edit(w, stages, touchpoints)
		before := w.text()
		_, err := w.Undo(w.ctx, number)
		w.want(clientele.CodeConflict, err)
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v does not say %q", err, says)
		}
		same(t, before, w.text())
	}
}

// Taking a change of owner back lets the one before run on: a vacancy does not grow young by it.
func TestAnOwnerThatIsTakenBackNeverAnswered(t *testing.T) {
	w := newWorld(t)
	_, _, touchpoints := w.shop()
	w.clock = morning.Add(time.Hour)
	d, err := w.Own(w.ctx, touchpoints[0].Part, 1, Owner{Name: "Bea"})
	w.ok(err)
	back := w.undo(d.Number)
	p, err := w.Touchpoint(w.ctx, touchpoints[0].Part)
	w.ok(err)
	same(t, Tenure{Since: morning}, p.Owner)
	same(t, []Tenure{}, p.Before)
	w.undo(back.Number)
	p, err = w.Touchpoint(w.ctx, touchpoints[0].Part)
	w.ok(err)
	same(t, Tenure{Owner: Owner{Name: "Bea"}, Since: w.clock}, p.Owner)
	removed, err := w.Remove(w.ctx, IsTouchpoint, touchpoints[0].Part, p.Version)
	w.ok(err)
	w.undo(removed.Number)
	again, err := w.Touchpoint(w.ctx, touchpoints[0].Part)
	w.ok(err)
	p.Version = again.Version
	same(t, p, again)
}

// Whatever is done can be taken back, one edit after the other, to where it began, and the
// map is sound at every step.
func TestEveryEditCanBeTakenBackInTurn(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := newWorld(t)
		w.shop()
		began := w.text()
		first, _, err := w.Last(w.ctx, "")
		w.ok(err)
		for i := range rapid.IntRange(1, 6).Draw(r, "edits") {
			w.clock = w.clock.Add(time.Minute)
			w.anyEdit(r, i)
			w.sound(r)
		}
		for {
			e, ok, err := w.Last(w.ctx, "")
			w.ok(err)
			if !ok || e.Number <= first.Number {
				break
			}
			w.undo(e.Number)
			w.sound(r)
		}
		if got := w.text(); got != began {
			r.Fatalf("%s\nis left of\n%s", got, began)
		}
	})
}

// anyEdit does something that may be refused.
func (w *world) anyEdit(r *rapid.T, i int) {
	parts, err := w.store.Parts(w.ctx)
	w.ok(err)
	if len(parts) == 0 {
		return
	}
	slices.SortFunc(parts, func(a, b store.KeptPart) int { return strings.Compare(string(a.Kind)+a.Key, string(b.Kind)+b.Key) }) // ids are made up
	p := parts[rapid.IntRange(0, 20).Draw(r, "part")%len(parts)]
	to := parts[rapid.IntRange(0, 20).Draw(r, "to")%len(parts)]
	position := rapid.Int64Range(0, 3).Draw(r, "position")
	switch rapid.IntRange(0, 5).Draw(r, "what") {
	case 0:
		_, err = w.Add(w.ctx, NewPart{Kind: rapid.SampledFrom([]Kind{IsJourney, IsStage, IsTouchpoint}).Draw(r, "kind"), Parent: to.ID, Name: fmt.Sprint("new ", i), Position: &position})
	case 1:
		_, err = w.Change(w.ctx, p.Kind, p.ID, p.Version, Change{Parent: &to.ID, Position: &position})
	case 2:
		_, err = w.Change(w.ctx, p.Kind, p.ID, p.Version, Change{Name: new(rapid.SampledFrom([]string{"a", "b", "A"}).Draw(r, "name")), Position: &position})
	case 3:
		if p.Kind == IsTouchpoint {
			_, err = w.Change(w.ctx, p.Kind, p.ID, p.Version, Change{Notes: &Notes{Promise: fmt.Sprint(i)}})
		}
	case 4:
		if p.Kind == IsTouchpoint {
			_, err = w.Own(w.ctx, p.ID, p.Version, Owner{Name: rapid.SampledFrom([]string{"", "Bea", "Cy"}).Draw(r, "owner")})
		}
	case 5:
		if len(parts) > 4 {
			_, err = w.Remove(w.ctx, p.Kind, p.ID, p.Version)
		}
	}
	if code := clientele.CodeOf(err); err != nil && code != clientele.CodeInvalid && code != clientele.CodeConflict {
		r.Fatal(err)
	}
}

// sound holds the map to what must always be: every part is reached from the top, stands
// where no other does, and a touchpoint's owners follow each other.
func (w *world) sound(r *rapid.T) {
	parts, err := w.store.Parts(w.ctx)
	w.ok(err)
	t, err := w.tree(w.ctx)
	w.ok(err)
	if reached := len(t.all(t.top)); reached != len(parts) {
		r.Fatalf("%d of %d parts are reached", reached, len(parts))
	}
	for _, n := range t.all(t.top) {
		if at := n.at(); at.Part.Position != n.Part.Position {
			r.Fatalf("%s stands at %d, not at %d", n.Part.Name, n.Part.Position, at.Part.Position)
		}
		since := w.clock.Add(time.Hour)
		if n.Part.Kind != IsTouchpoint {
			continue
		}
		for _, o := range append([]time.Time{n.Part.Owner.Since}, pastTimes(n)...) {
			if !o.Before(since) {
				r.Fatalf("two answer for %s from %s on", n.Part.Name, o)
			}
			since = o
		}
	}
}

func pastTimes(n *node) (times []time.Time) {
	for _, o := range n.Past {
		times = append(times, o.Since)
	}
	return times
}
