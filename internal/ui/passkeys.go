package ui

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/httpd"
	"github.com/clientele/clientele/internal/people"
)

// passkeyAnswer is what the script of a page sends back from a ceremony.
type passkeyAnswer struct {
	Ceremony string          `json:"ceremony"`
	Name     string          `json:"name"` // of a new passkey
	Next     string          `json:"next"` // after a sign-in
	Response json.RawMessage `json:"response"`
}

// passkeyDone tells the script where to go.
type passkeyDone struct {
	Next string `json:"next"`
}

func readPasskey(r *http.Request) (a passkeyAnswer, err error) {
	if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
		return a, clientele.Errorf(clientele.CodeUsage, "the passkey's answer cannot be read").WithHint("Open the page again.").Because(err)
	}
	return a, nil
}

func answerJSON(w http.ResponseWriter, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(body) // the reader may be gone: there is nobody to tell
	return nil
}

// begun answers with the challenge of a ceremony.
func begun(w http.ResponseWriter, r *http.Request, begin func(context.Context) (people.Ceremony, error)) error {
	c, err := begin(r.Context())
	if err != nil {
		return err
	}
	return answerJSON(w, c)
}

// beginPasskey hands out a challenge to sign in by.
func (s *Site) beginPasskey(w http.ResponseWriter, r *http.Request) error {
	return begun(w, r, s.People.BeginPasskey)
}

func (s *Site) signInByPasskey(w http.ResponseWriter, r *http.Request) error {
	a, err := readPasskey(r)
	if err != nil {
		return err
	}
	in, err := s.People.SignInByPasskey(r.Context(), a.Ceremony, a.Response, httpd.ClientOf(r))
	if err != nil {
		return err
	}
	httpd.SetSession(w, r, in.Secret, in.Expires)
	return answerJSON(w, passkeyDone{ownPath(a.Next, "/")})
}

// beginPasskeyEnrolment hands out a challenge to make a passkey by.
func (s *Site) beginPasskeyEnrolment(w http.ResponseWriter, r *http.Request) error {
	return begun(w, r, s.People.BeginPasskeyEnrolment)
}

func (s *Site) addPasskey(w http.ResponseWriter, r *http.Request) error {
	a, err := readPasskey(r)
	if err != nil {
		return err
	}
	if _, err := s.People.AddPasskey(r.Context(), a.Ceremony, a.Name, a.Response); err != nil {
		return err
	}
	return answerJSON(w, passkeyDone{"/account#passkeys"})
}

func (s *Site) removePasskey(w http.ResponseWriter, r *http.Request) error {
	err := s.People.RemovePasskey(r.Context(), r.PathValue("id"))
	if refuses(err) {
		return s.accountWith(w, r, accountRefused{passkey: err})
	}
	if err != nil {
		return err
	}
	leave(w, r, "/account#passkeys")
	return nil
}
