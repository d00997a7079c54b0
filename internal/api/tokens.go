package api

import (
	"context"
	"net/http"
	"time"

	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/policy"
)

// newToken is what a token is to be.
type newToken struct {
	Name    string        `json:"name" min:"1" max:"200"`
	Days    int           `json:"days" min:"1" max:"365" doc:"Until it expires."`
	Scopes  []string      `json:"scopes" max:"100" doc:"Names of permissions; it reaches no further."`
	Service bool          `json:"service,omitempty" doc:"For a service of its own, rather than for who asks."`
	Roles   []policy.Role `json:"roles,omitempty" max:"20" doc:"Of the service."`
}

// madeToken is a token with what it is shown by.
type madeToken struct {
	people.Token
	Secret *string `json:"secret" doc:"What a program sends as Bearer; shown once, and null when the request is repeated."`
}

func (t madeToken) public() any {
	t.Secret = nil
	return t
}

func addTokens(a *API) {
	register(a, policy.OwnAccount, operation{
		name: "listTokens", pattern: "GET " + root + "/tokens", about: aboutPeople,
		says: "The tokens of who asks, and those of services for who manages them.",
	}, func(ctx context.Context, in *paging) (answer[page[people.Token]], error) {
		all, err := a.People.Tokens(ctx)
		return pageOf(*in, "tokens", all, err)
	})
	register(a, policy.OwnAccount, operation{
		name: "addToken", pattern: "POST " + root + "/tokens", about: aboutPeople, status: http.StatusCreated, secret: true,
		says: "Makes a token. Its secret is shown once.",
	}, func(ctx context.Context, in *struct{ Body newToken }) (answer[madeToken], error) {
		b := in.Body
		t, secret, err := a.People.AddToken(ctx, people.NewToken{
			Name: b.Name, Service: b.Service, Scopes: b.Scopes, Roles: b.Roles, For: time.Duration(b.Days) * 24 * time.Hour,
		})
		return answer[madeToken]{body: madeToken{t, &secret}}, err
	})
	register(a, policy.OwnAccount, operation{
		name: "revokeToken", pattern: "DELETE " + root + "/tokens/{id}", about: aboutPeople, says: "Ends a token at once.",
	}, func(ctx context.Context, in *struct {
		ID string `path:"id" max:"100" doc:"The id of the token."`
	},
	) (answer[none], error) {
		return answer[none]{}, a.People.RevokeToken(ctx, in.ID)
	})
}
