package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/policy"
)

// unitBody is what a part of the company is to be.
type unitBody struct {
	Name   string         `json:"name" min:"1" max:"200"`
	Parent string         `json:"parent,omitempty" max:"100" doc:"The id of the unit that it belongs to; empty at the top."`
	Head   string         `json:"head,omitempty" max:"100" doc:"The id of a person; empty if vacant."`
	Scopes []policy.Scope `json:"scopes,omitempty" max:"1000" doc:"Segments of customers that are the unit's."`
}

func (b unitBody) unit() people.Unit {
	return people.Unit{Name: b.Name, Parent: b.Parent, Head: b.Head, Scopes: b.Scopes}
}

// theUnit is the one that an address names.
type theUnit struct {
	ID string `path:"id" max:"100" doc:"The id of the unit."`
}

type theUnitEdit struct {
	theUnit
	edit
}

func addUnits(a *API) {
	register(a, policy.ReadPeople, operation{
		name: "listUnits", pattern: "GET " + root + "/units", about: aboutPeople, says: "The parts of the company.",
	}, func(ctx context.Context, in *paging) (answer[page[people.Unit]], error) {
		all, err := a.People.Units(ctx)
		return pageOf(*in, "units", all, err)
	})
	register(a, policy.ManagePeople, operation{
		name: "addUnit", pattern: "POST " + root + "/units", about: aboutPeople, status: http.StatusCreated, says: "Adds a part of the company.",
	}, func(ctx context.Context, in *struct{ Body unitBody }) (answer[people.Unit], error) {
		got, err := unitOf(a.People.AddUnit(ctx, in.Body.unit()))
		got.location = place(root+"/units/%s", got.body.ID)
		return got, err
	})
	register(a, policy.ReadPeople, operation{
		name: "getUnit", pattern: "GET " + root + "/units/{id}", about: aboutPeople, says: "A part of the company.",
	}, func(ctx context.Context, in *theUnit) (answer[people.Unit], error) {
		all, err := a.People.Units(ctx)
		i := slices.IndexFunc(all, func(u people.Unit) bool { return u.ID == in.ID })
		if err == nil && i < 0 {
			err = clientele.Errorf(clientele.CodeNotFound, "there is no such unit").WithHint("GET /api/v1/units lists all.")
		}
		if err != nil {
			return answer[people.Unit]{}, err
		}
		return unitOf(all[i], nil)
	})
	register(a, policy.ManagePeople, operation{
		name: "changeUnit", pattern: "PUT " + root + "/units/{id}", about: aboutPeople, says: "Makes a part of the company what is given.",
	}, func(ctx context.Context, in *struct {
		theUnitEdit
		Body unitBody
	},
	) (answer[people.Unit], error) {
		version, err := in.version()
		if err != nil {
			return answer[people.Unit]{}, err
		}
		return unitOf(a.People.ChangeUnit(ctx, in.ID, version, in.Body.unit()))
	})
	register(a, policy.ManagePeople, operation{
		name: "removeUnit", pattern: "DELETE " + root + "/units/{id}", about: aboutPeople, says: "Removes a part of the company that has neither units nor people.",
	}, func(ctx context.Context, in *theUnitEdit) (answer[none], error) {
		version, err := in.version()
		if err != nil {
			return answer[none]{}, err
		}
		return answer[none]{}, a.People.RemoveUnit(ctx, in.ID, version)
	})
}

func unitOf(u people.Unit, err error) (answer[people.Unit], error) {
	return answer[people.Unit]{body: u, etag: versionTag(u.Version)}, err
}
