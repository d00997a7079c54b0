package api

import (
	"context"
	"net/http"

	"github.com/clientele/clientele/internal/journey"
	"github.com/clientele/clientele/internal/policy"
)

const aboutJourneys = "Journeys"

// newJourney is a journey that is to be drawn.
type newJourney struct {
	Name     string `json:"name" min:"1" max:"200" doc:"Unique among journeys."`
	Parent   string `json:"parent,omitempty" max:"100" doc:"The id of the journey that it is below; empty at the top."`
	Position *int64 `json:"position,omitempty" min:"0" doc:"From 0, among those of its parent; the end if not given."`
}

// newStage is a stage that is to be drawn.
type newStage struct {
	Journey  string `json:"journey" min:"1" max:"100" doc:"The id of the journey that it is of."`
	Name     string `json:"name" min:"1" max:"200" doc:"Unique in its journey."`
	Position *int64 `json:"position,omitempty" min:"0" doc:"From 0, in its journey; the end if not given."`
}

// newTouchpoint is a touchpoint that is to be drawn.
type newTouchpoint struct {
	Stage    string `json:"stage" min:"1" max:"100" doc:"The id of the stage that it is of."`
	Name     string `json:"name" min:"1" max:"200" doc:"Unique in the book: records name it so."`
	Position *int64 `json:"position,omitempty" min:"0" doc:"From 0, in its stage; the end if not given."`
}

// journeyEdit is what a journey is to become; what is not given stays.
type journeyEdit struct {
	Name     *string `json:"name,omitempty" min:"1" max:"200"`
	Parent   *string `json:"parent,omitempty" max:"100" doc:"The id of a journey; empty makes it one at the top."`
	Position *int64  `json:"position,omitempty" min:"0" doc:"From 0; beyond the end is the end."`
}

// stageEdit is what a stage is to become; what is not given stays.
type stageEdit struct {
	Name     *string `json:"name,omitempty" min:"1" max:"200"`
	Journey  *string `json:"journey,omitempty" min:"1" max:"100" doc:"The id of a journey."`
	Position *int64  `json:"position,omitempty" min:"0" doc:"From 0; beyond the end is the end."`
}

// touchpointEdit is what a touchpoint is to become; what is not given stays.
type touchpointEdit struct {
	Name     *string        `json:"name,omitempty" min:"1" max:"200"`
	Stage    *string        `json:"stage,omitempty" min:"1" max:"100" doc:"The id of a stage."`
	Position *int64         `json:"position,omitempty" min:"0" doc:"From 0; beyond the end is the end."`
	Notes    *journey.Notes `json:"notes,omitempty" doc:"All that is said of it. Who answers for it may change this, and nothing else."`
}

// stageWhole is a stage with its touchpoints.
type stageWhole struct {
	journey.Stage
	Journey journey.Ref `json:"journey"`
}

// thePart is the part of the map that an address names.
type thePart struct {
	ID string `path:"id" max:"100" doc:"The id of the part."`
}

type thePartEdit struct {
	thePart
	edit
}

// drawn is the answer to an edit, with the version of what was edited.
func drawn(d journey.Done, err error) (answer[journey.Done], error) {
	return answer[journey.Done]{body: d, etag: versionTag(d.Version)}, err
}

// drawnAt is the answer to an edit that made something.
func drawnAt(format string, d journey.Done, err error) (answer[journey.Done], error) {
	got, err := drawn(d, err)
	got.location = place(root+format, d.Part)
	return got, err
}

func addJourneys(a *API) {
	register(a, policy.ReadJourneys, operation{
		name: "listJourneys", pattern: "GET " + root + "/journeys", about: aboutJourneys, says: "Every journey, each before those below it.",
	}, func(ctx context.Context, in *paging) (answer[page[journey.Summary]], error) {
		all, err := a.Journeys.Journeys(ctx)
		return pageOf(*in, "journeys", all, err)
	})
	register(a, policy.EditJourneys, operation{
		name: "addJourney", pattern: "POST " + root + "/journeys", about: aboutJourneys, status: http.StatusCreated, says: "Draws a journey.",
	}, func(ctx context.Context, in *struct{ Body newJourney }) (answer[journey.Done], error) {
		d, err := a.Journeys.Add(ctx, journey.NewPart{Kind: journey.IsJourney, Parent: in.Body.Parent, Name: in.Body.Name, Position: in.Body.Position})
		return drawnAt("/journeys/%s", d, err)
	})
	register(a, policy.ReadJourneys, operation{
		name: "getJourney", pattern: "GET " + root + "/journeys/{id}", about: aboutJourneys, says: "A journey with all that is in it.",
	}, func(ctx context.Context, in *thePart) (answer[journey.Journey], error) {
		j, err := a.Journeys.Journey(ctx, in.ID)
		return answer[journey.Journey]{body: j, etag: versionTag(j.Version)}, err
	})
	register(a, policy.EditJourneys, operation{
		name: "changeJourney", pattern: "PATCH " + root + "/journeys/{id}", about: aboutJourneys, says: "Renames a journey, or moves it.",
	}, func(ctx context.Context, in *struct {
		thePartEdit
		Body journeyEdit
	},
	) (answer[journey.Done], error) {
		return a.changePart(ctx, journey.IsJourney, in.thePartEdit, journey.Change{Name: in.Body.Name, Parent: in.Body.Parent, Position: in.Body.Position})
	})
	register(a, policy.EditJourneys, operation{
		name: "removeJourney", pattern: "DELETE " + root + "/journeys/{id}", about: aboutJourneys, says: "Removes a journey with all that is in it and below it.",
	}, a.removePart(journey.IsJourney))
	register(a, policy.ReadJourneys, operation{
		name: "getVacancies", pattern: "GET " + root + "/vacancies", about: aboutJourneys, says: "How many touchpoints nobody answers for, and since when the oldest.",
	}, func(ctx context.Context, _ *none) (answer[journey.Vacancies], error) {
		return only(a.Journeys.Vacancies(ctx))
	})
}

func (a *API) changePart(ctx context.Context, kind journey.Kind, in thePartEdit, c journey.Change) (answer[journey.Done], error) {
	version, err := in.version()
	if err != nil {
		return answer[journey.Done]{}, err
	}
	return drawn(a.Journeys.Change(ctx, kind, in.ID, version, c))
}

func (a *API) removePart(kind journey.Kind) func(context.Context, *thePartEdit) (answer[none], error) {
	return func(ctx context.Context, in *thePartEdit) (answer[none], error) {
		version, err := in.version()
		if err == nil {
			_, err = a.Journeys.Remove(ctx, kind, in.ID, version)
		}
		return answer[none]{}, err
	}
}

func addStages(a *API) {
	register(a, policy.EditJourneys, operation{
		name: "addStage", pattern: "POST " + root + "/stages", about: aboutJourneys, status: http.StatusCreated, says: "Draws a stage of a journey.",
	}, func(ctx context.Context, in *struct{ Body newStage }) (answer[journey.Done], error) {
		d, err := a.Journeys.Add(ctx, journey.NewPart{Kind: journey.IsStage, Parent: in.Body.Journey, Name: in.Body.Name, Position: in.Body.Position})
		return drawnAt("/stages/%s", d, err)
	})
	register(a, policy.ReadJourneys, operation{
		name: "getStage", pattern: "GET " + root + "/stages/{id}", about: aboutJourneys, says: "A stage with its touchpoints.",
	}, func(ctx context.Context, in *thePart) (answer[stageWhole], error) {
		s, of, err := a.Journeys.Stage(ctx, in.ID)
		return answer[stageWhole]{body: stageWhole{s, of}, etag: versionTag(s.Version)}, err
	})
	register(a, policy.EditJourneys, operation{
		name: "changeStage", pattern: "PATCH " + root + "/stages/{id}", about: aboutJourneys, says: "Renames a stage, or moves it.",
	}, func(ctx context.Context, in *struct {
		thePartEdit
		Body stageEdit
	},
	) (answer[journey.Done], error) {
		return a.changePart(ctx, journey.IsStage, in.thePartEdit, journey.Change{Name: in.Body.Name, Parent: in.Body.Journey, Position: in.Body.Position})
	})
	register(a, policy.EditJourneys, operation{
		name: "removeStage", pattern: "DELETE " + root + "/stages/{id}", about: aboutJourneys, says: "Removes a stage with its touchpoints.",
	}, a.removePart(journey.IsStage))
}

func addTouchpoints(a *API) {
	register(a, policy.EditJourneys, operation{
		name: "addTouchpoint", pattern: "POST " + root + "/touchpoints", about: aboutJourneys, status: http.StatusCreated,
		says: "Draws a touchpoint of a stage, for which nobody answers yet.",
	}, func(ctx context.Context, in *struct{ Body newTouchpoint }) (answer[journey.Done], error) {
		d, err := a.Journeys.Add(ctx, journey.NewPart{Kind: journey.IsTouchpoint, Parent: in.Body.Stage, Name: in.Body.Name, Position: in.Body.Position})
		return drawnAt("/touchpoints/%s", d, err)
	})
	register(a, policy.ReadJourneys, operation{
		name: "getTouchpoint", pattern: "GET " + root + "/touchpoints/{id}", about: aboutJourneys, says: "A touchpoint with who answers for it, and who did.",
	}, func(ctx context.Context, in *thePart) (answer[journey.Profile], error) {
		t, err := a.Journeys.Touchpoint(ctx, in.ID)
		return answer[journey.Profile]{body: t, etag: versionTag(t.Version)}, err
	})
	register(a, policy.EditJourneys, operation{
		name: "changeTouchpoint", pattern: "PATCH " + root + "/touchpoints/{id}", about: aboutJourneys, says: "Renames a touchpoint, moves it, or says other things of it.",
	}, func(ctx context.Context, in *struct {
		thePartEdit
		Body touchpointEdit
	},
	) (answer[journey.Done], error) {
		c := journey.Change{Name: in.Body.Name, Parent: in.Body.Stage, Position: in.Body.Position, Notes: in.Body.Notes}
		return a.changePart(ctx, journey.IsTouchpoint, in.thePartEdit, c)
	})
	register(a, policy.EditJourneys, operation{
		name: "removeTouchpoint", pattern: "DELETE " + root + "/touchpoints/{id}", about: aboutJourneys, says: "Removes a touchpoint.",
	}, a.removePart(journey.IsTouchpoint))
	register(a, policy.ReadJourneys, operation{
		name: "getOwner", pattern: "GET " + root + "/touchpoints/{id}/owner", about: aboutJourneys, says: "Who answers for a touchpoint, and since when.",
	}, func(ctx context.Context, in *thePart) (answer[journey.Tenure], error) {
		t, err := a.Journeys.Touchpoint(ctx, in.ID)
		return answer[journey.Tenure]{body: t.Owner, etag: versionTag(t.Version)}, err
	})
	register(a, policy.EditJourneys, operation{
		name: "setOwner", pattern: "PUT " + root + "/touchpoints/{id}/owner", about: aboutJourneys, says: "Makes somebody, or nobody, answer for a touchpoint from now on.",
	}, func(ctx context.Context, in *struct {
		thePartEdit
		Body ownerBody
	},
	) (answer[journey.Done], error) {
		version, err := in.version()
		if err != nil {
			return answer[journey.Done]{}, err
		}
		return drawn(a.Journeys.Own(ctx, in.ID, version, journey.Owner{Person: in.Body.Person, Name: in.Body.Name}))
	})
}

// ownerBody is who is to answer for a touchpoint.
type ownerBody struct {
	Person string `json:"person,omitempty" max:"100" doc:"The id of an account; empty, with no name either, is nobody."`
	Name   string `json:"name,omitempty" max:"200" doc:"In a book without accounts."`
}

func addJourneyEdits(a *API) {
	register(a, policy.ReadJourneys, operation{
		name: "listJourneyEdits", pattern: "GET " + root + "/journey-edits", about: aboutJourneys, says: "The edits of the map, the latest first.",
	}, a.listJourneyEdits)
	register(a, policy.EditJourneys, operation{
		name: "undoJourneyEdit", pattern: "POST " + root + "/journey-edits/{number}/undo", about: aboutJourneys,
		says: "Takes an edit back, which is an edit as well.",
		more: "What it changed must still be as it left it; else the answer is 409 and says what is in the way.",
	}, func(ctx context.Context, in *struct {
		Number int64 `path:"number" min:"1" max:"9007199254740992" doc:"The number of the edit."`
	},
	) (answer[journey.Done], error) {
		return only(a.Journeys.Undo(ctx, in.Number))
	})
}

func (a *API) listJourneyEdits(ctx context.Context, in *struct {
	paging
	Journey string `query:"journey" max:"100" doc:"The id of a journey: its edits alone."`
},
) (answer[page[journey.Edit]], error) {
	var got answer[page[journey.Edit]]
	list := "journey-edits/" + in.Journey
	below, err := in.position(list)
	if err != nil {
		return got, err
	}
	edits, err := a.Journeys.Edits(ctx, in.Journey, below, in.limit()+1)
	if len(edits) > in.limit() {
		edits = edits[:in.limit()]
		got.body.Next = in.after(list, edits[len(edits)-1].Number)
	}
	got.body.Items = edits
	return got, err
}
