// Command oidctest is an OpenID Connect provider for the tests of single sign-on: a process
// of its own, by a library that is not the one under test. It writes its address to standard
// output, vouches for whoever PUT /user names, without asking anybody, and ends with its
// standard input.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"

	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// user is who is vouched for.
type user struct {
	Subject, Email, Name string
	Verified             bool
	Groups               []string
	Nonce                string // what the answer names instead of the nonce that was asked for; "" is that
}

// users is the one user that there is.
type users struct {
	mu  sync.Mutex
	now user
}

func (u *users) get() user {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.now
}

// GetUserByID implements storage.UserStore.
func (u *users) GetUserByID(string) *storage.User {
	now := u.get()
	return &storage.User{ID: now.Subject, Username: "user", Password: "password", FirstName: now.Name, Email: now.Email, EmailVerified: now.Verified}
}

// GetUserByUsername implements storage.UserStore.
func (u *users) GetUserByUsername(id string) *storage.User { return u.GetUserByID(id) }

// ExampleClientID implements storage.UserStore.
func (u *users) ExampleClientID() string { return "service" }

// claiming adds the groups to what the library's example says of a user.
type claiming struct {
	*storage.Storage
	users *users
}

// SetUserinfoFromRequest is what an ID token says.
func (c claiming) SetUserinfoFromRequest(ctx context.Context, info *oidc.UserInfo, r op.IDTokenRequest, scopes []string) error {
	if groups := c.users.get().Groups; groups != nil {
		info.AppendClaims("groups", groups)
	}
	return c.Storage.SetUserinfoFromRequest(ctx, info, r, scopes)
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	issuer := "http://" + l.Addr().String()
	all := &users{}
	client := storage.WebClient("clientele", "secret", "https://clientele.example.com/sso/callback")
	kept := storage.NewStorageWithClients(all, map[string]*storage.Client{"clientele": client})
	provider, err := op.NewProvider(&op.Config{CryptoKeyId: "key", CodeMethodS256: true, AuthMethodPost: true}, claiming{kept, all}, op.StaticIssuer(issuer), op.WithAllowInsecure())
	if err != nil {
		return err
	}
	login := op.NewIssuerInterceptor(provider.IssuerFromRequest).HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.FormValue("authRequestID")
		if err := kept.CheckUsernamePassword("user", "password", id); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		http.Redirect(w, r, op.AuthCallbackURL(provider)(r.Context(), id), http.StatusFound)
	})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // until whoever started it is gone
		os.Exit(0)
	}()
	fmt.Println(issuer)
	return http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/user":
			all.set(w, r)
		case "/login/username":
			login(w, r)
		default:
			provider.ServeHTTP(w, all.disturbed(r))
		}
	}))
}

// set takes another user.
func (u *users) set(w http.ResponseWriter, r *http.Request) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.now = user{}
	if err := json.NewDecoder(r.Body).Decode(&u.now); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

// disturbed asks for another nonce than the request does, if the user says so.
func (u *users) disturbed(r *http.Request) *http.Request {
	if nonce := u.get().Nonce; nonce != "" && r.URL.Query().Has("nonce") {
		q := r.URL.Query()
		q.Set("nonce", nonce)
		r.URL.RawQuery = q.Encode()
	}
	return r
}
