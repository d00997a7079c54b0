package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/policy"
)

const aboutPeople = "People"

// me is who asks.
type me struct {
	ID          string         `json:"id" doc:"Of the person or the service; empty for the owner of the machine."`
	Name        string         `json:"name"`
	Roles       []policy.Role  `json:"roles" never:"null"`
	Permissions []string       `json:"permissions" never:"null" doc:"All that may be asked for; of a token no more than its scopes."`
	Segments    []policy.Scope `json:"segments" never:"null" doc:"Of which rows may be seen, where not all may."`
}

// roleView is a role with what it may.
type roleView struct {
	Role   policy.Role `json:"role"`
	Grants []grant     `json:"grants" never:"null"`
}

type grant struct {
	Permission string `json:"permission"`
	Means      string `json:"means" doc:"Completes: may …"`
	Changes    bool   `json:"changes" doc:"Whether it changes anything."`
	Reach      string `json:"reach" doc:"How far it goes."`
}

// invitation is what an invited person is sent.
type invitation struct {
	Person  people.Person `json:"person"`
	Link    *string       `json:"link" doc:"Path and secret of the page that accepts it; shown once, and null when the request is repeated."`
	Mailed  bool          `json:"mailed" doc:"It is sent to the person by mail."`
	Expires time.Time     `json:"expires"`
}

func (i invitation) public() any {
	i.Link = nil
	return i
}

func invitationOf(i people.Invitation, err error) (answer[invitation], error) {
	return answer[invitation]{body: invitation{i.Person, &i.Link, i.Mailed, i.Expires}, location: place(root+"/people/%s", i.Person.ID)}, err
}

// thePerson is the one that an address names.
type thePerson struct {
	ID string `path:"id" max:"100" doc:"The id of the person."`
}

// session is a session of who asks, without what opens it.
type theSession struct {
	Session string `path:"session" max:"100" doc:"The id of the session."`
}

// newPerson is who is invited.
type newPerson struct {
	Email string        `json:"email" min:"3" max:"254"`
	Name  string        `json:"name" min:"1" max:"200"`
	Roles []policy.Role `json:"roles" max:"20"`
	Units []string      `json:"units,omitempty" max:"100" doc:"Ids of units."`
}

func addPeople(a *API) {
	register(a, policy.ReadRoles, operation{
		name: "getMe", pattern: "GET " + root + "/me", about: aboutPeople, says: "Who asks, and what they may.",
	}, getMe)
	register(a, policy.ReadRoles, operation{
		name: "listRoles", pattern: "GET " + root + "/roles", about: aboutPeople, says: "What each role may see and do.",
	}, func(_ context.Context, in *paging) (answer[page[roleView]], error) {
		return pageOf(*in, "roles", roles(), nil)
	})
	register(a, policy.ReadPeople, operation{
		name: "listPeople", pattern: "GET " + root + "/people", about: aboutPeople, says: "All accounts.",
	}, func(ctx context.Context, in *paging) (answer[page[people.Person]], error) {
		all, err := a.People.People(ctx)
		return pageOf(*in, "people", all, err)
	})
	register(a, policy.ManagePeople, operation{
		name: "invitePerson", pattern: "POST " + root + "/people", about: aboutPeople, status: http.StatusCreated, secret: true,
		says: "Makes an account, and the link by which it is accepted.",
	}, func(ctx context.Context, in *struct{ Body newPerson }) (answer[invitation], error) {
		return invitationOf(a.People.Invite(ctx, people.NewPerson(in.Body)))
	})
	register(a, policy.ReadPeople, operation{
		name: "getPerson", pattern: "GET " + root + "/people/{id}", about: aboutPeople, says: "An account.",
	}, func(ctx context.Context, in *thePerson) (answer[people.Person], error) {
		return personOf(a.People.Person(ctx, in.ID))
	})
	register(a, policy.ManagePeople, operation{
		name: "changePerson", pattern: "PATCH " + root + "/people/{id}", about: aboutPeople,
		says: "Changes an account; what is not given stays. New roles, or an account that is disabled, end its sessions.",
	}, a.changePerson)
	register(a, policy.ManagePeople, operation{
		name: "invitePersonAgain", pattern: "POST " + root + "/people/{id}/invitation", about: aboutPeople, status: http.StatusCreated, secret: true,
		says: "Makes a new link for an account, and ends the one before.",
	}, func(ctx context.Context, in *thePerson) (answer[invitation], error) {
		return invitationOf(a.People.InviteAgain(ctx, in.ID))
	})
	register(a, policy.ManagePeople, operation{
		name: "resetFactors", pattern: "POST " + root + "/people/{id}/reset-factors", about: aboutPeople,
		says: "Takes the second factors, passkeys and tokens of an account away, and ends its sessions; the password stays.",
	}, func(ctx context.Context, in *thePerson) (answer[people.Person], error) {
		return personOf(a.People.ResetFactors(ctx, in.ID))
	})
	addSessions(a)
}

func addSessions(a *API) {
	register(a, policy.ManagePeople, operation{
		name: "listSessions", pattern: "GET " + root + "/people/{id}/sessions", about: aboutPeople, says: "Where somebody is signed in.",
	}, func(ctx context.Context, in *struct {
		thePerson
		paging
	},
	) (answer[page[people.Session]], error) {
		all, err := a.People.Sessions(ctx, in.ID)
		return pageOf(in.paging, "sessions", all, err)
	})
	register(a, policy.ManagePeople, operation{
		name: "endSessions", pattern: "DELETE " + root + "/people/{id}/sessions", about: aboutPeople, says: "Signs somebody out everywhere.",
	}, func(ctx context.Context, in *thePerson) (answer[none], error) {
		return answer[none]{}, a.People.EndSessions(ctx, in.ID)
	})
	register(a, policy.ManagePeople, operation{
		name: "endSession", pattern: "DELETE " + root + "/people/{id}/sessions/{session}", about: aboutPeople, says: "Signs somebody out in one place.",
	}, func(ctx context.Context, in *struct {
		thePerson
		theSession
	},
	) (answer[none], error) {
		return answer[none]{}, a.People.EndSession(ctx, in.ID, in.Session)
	})
	register(a, policy.OwnAccount, operation{
		name: "listMySessions", pattern: "GET " + root + "/me/sessions", about: aboutPeople, says: "Where who asks is signed in.",
	}, func(ctx context.Context, in *paging) (answer[page[people.Session]], error) {
		all, err := a.People.Sessions(ctx, idOf(ctx))
		return pageOf(*in, "my-sessions", all, err)
	})
	register(a, policy.OwnAccount, operation{
		name: "endMySession", pattern: "DELETE " + root + "/me/sessions/{session}", about: aboutPeople, says: "Signs who asks out in one place.",
	}, func(ctx context.Context, in *theSession) (answer[none], error) {
		return answer[none]{}, a.People.EndSession(ctx, idOf(ctx), in.Session)
	})
}

func idOf(ctx context.Context) string {
	actor, _ := policy.ActorOf(ctx)
	return actor.ID
}

func getMe(ctx context.Context, _ *none) (answer[me], error) {
	actor, _ := policy.ActorOf(ctx)
	out := me{ID: actor.ID, Name: actor.Name, Roles: append([]policy.Role{}, actor.Roles...), Permissions: []string{}, Segments: append([]policy.Scope{}, actor.Scopes...)}
	for _, e := range policy.Entries() {
		if actor.May(e.Permission) {
			out.Permissions = append(out.Permissions, e.Permission.Name())
		}
	}
	return only(out, nil)
}

func roles() (all []roleView) {
	for _, role := range policy.Roles() {
		view := roleView{Role: role, Grants: []grant{}}
		for _, e := range policy.Entries() {
			if reach := policy.ReachOf(role, e.Permission); reach > policy.Nothing {
				view.Grants = append(view.Grants, grant{e.Permission.Name(), e.Means, e.Changes, reach.String()})
			}
		}
		all = append(all, view)
	}
	return slices.Clip(all)
}

func personOf(p people.Person, err error) (answer[people.Person], error) {
	return answer[people.Person]{body: p, etag: versionTag(p.Version)}, err
}

// personEdit is what an account is to become; what is not given stays.
type personEdit struct {
	Name     *string        `json:"name,omitempty" max:"200"`
	Email    *string        `json:"email,omitempty" max:"254"`
	Roles    *[]policy.Role `json:"roles,omitempty"`
	Units    *[]string      `json:"units,omitempty"`
	Disabled *bool          `json:"disabled,omitempty"`
}

func (a *API) changePerson(ctx context.Context, in *struct {
	thePerson
	edit
	Body personEdit
},
) (answer[people.Person], error) {
	version, err := in.version()
	if err != nil {
		return answer[people.Person]{}, err
	}
	return personOf(a.People.Change(ctx, in.ID, version, people.Edit(in.Body)))
}
