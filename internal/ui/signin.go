package ui

import (
	"net/http"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/httpd"
	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/policy"
)

// signInPage lets people in.
type signInPage struct {
	frame
	Email, Next string
	SSO         string // name of the provider of single sign-on; "" if there is none
	Refused     refusal
}

// secondPage asks for the second factor. Pending is the secret of the sign-in that waits.
type secondPage struct {
	frame
	Pending, Next string
	Refused       refusal
}

// nextPage is where to go after a sign-in: where the form or the address says, or to the
// first page that somebody may see.
func nextPage(r *http.Request) string { return ownPath(r.FormValue("next"), "/") }

func (s *Site) signIn(w http.ResponseWriter, r *http.Request) error {
	if _, ok := policy.ActorOf(r.Context()); ok {
		leave(w, r, nextPage(r))
		return nil
	}
	return s.signInWith(w, r, "", nil)
}

// signInWith shows the form; refused is why it was refused, or nil.
func (s *Site) signInWith(w http.ResponseWriter, r *http.Request, email string, refused error) error {
	f, err := s.door(r, "Sign in")
	if err != nil {
		return err
	}
	return s.show(w, statusOf(refused), "sign_in", signInPage{f, email, nextPage(r), s.People.SSO(), refusalOf(refused)})
}

// door is the frame of pages that let people in.
func (s *Site) door(r *http.Request, title string) (frame, error) {
	v, err := s.visit(r)
	return s.frame(v, "", title), err
}

func (s *Site) signInByPassword(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	in, err := s.People.SignIn(r.Context(), form.Get("email"), form.Get("password"), httpd.ClientOf(r))
	if refusesEntry(err) {
		return s.signInWith(w, r, form.Get("email"), err)
	}
	if err != nil {
		return err
	}
	return s.enter(w, r, in, nextPage(r))
}

// enter begins the session of who signed in, or asks for the factor that is missing.
func (s *Site) enter(w http.ResponseWriter, r *http.Request, in people.SignedIn, next string) error {
	if in.Pending != "" {
		return s.secondWith(w, r, in.Pending, next, nil)
	}
	httpd.SetSession(w, r, in.Secret, in.Expires)
	leave(w, r, next)
	return nil
}

func (s *Site) secondWith(w http.ResponseWriter, r *http.Request, pending, next string, refused error) error {
	f, err := s.door(r, "Second factor")
	if err != nil {
		return err
	}
	return s.show(w, statusOf(refused), "second", secondPage{f, pending, next, refusalOf(refused)})
}

// second checks the second factor. A code that is wrong may be tried again; a sign-in that
// has waited too long, or was tried too often, begins anew.
func (s *Site) second(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	in, err := s.People.SecondFactor(r.Context(), form.Get("pending"), form.Get("code"), httpd.ClientOf(r))
	switch clientele.CodeOf(err) {
	case "":
		return s.enter(w, r, in, nextPage(r))
	case clientele.CodeInvalid, clientele.CodeTooMany:
		return s.secondWith(w, r, form.Get("pending"), nextPage(r), err)
	case clientele.CodeUnauthenticated, clientele.CodeForbidden:
		return s.signInWith(w, r, "", err)
	}
	return err
}

// secondAgain is where a browser comes to that asks for the page of the second factor anew:
// what waited for it is not in the address.
func (s *Site) secondAgain(w http.ResponseWriter, r *http.Request) error {
	leave(w, r, "/sign-in")
	return nil
}

func (s *Site) signOut(w http.ResponseWriter, r *http.Request) error {
	if _, secret, ok := httpd.SessionOf(r.Context()); ok {
		if err := s.People.SignOut(r.Context(), secret); err != nil && clientele.CodeOf(err) != clientele.CodeUnauthenticated {
			return err
		}
	}
	httpd.ClearSession(w, r)
	leave(w, r, "/sign-in")
	return nil
}

// ssoCookie binds a single sign-on to the browser that began it: it holds the state that
// the provider hands back. Beside it stands where to go.
const (
	ssoCookie = "clientele-sso"
	ssoNext   = "clientele-sso-next"
	ssoPath   = "/sso/callback"
	ssoFor    = 600 // seconds
)

func (s *Site) startSSO(w http.ResponseWriter, r *http.Request) error {
	address, state, err := s.People.BeginSSO(r.Context())
	if refusesEntry(err) {
		return s.signInWith(w, r, "", err)
	}
	if err != nil {
		return err
	}
	secure := strings.HasPrefix(httpd.OriginOf(r.Context()), "https://")
	for name, value := range map[string]string{ssoCookie: state, ssoNext: nextPage(r)} {
		c := http.Cookie{Name: name, Value: value, Path: ssoPath, MaxAge: ssoFor, Secure: secure, HttpOnly: true, SameSite: http.SameSiteLaxMode}
		http.SetCookie(w, &c)
	}
	http.Redirect(w, r, address, http.StatusSeeOther)
	return nil
}

// finishSSO takes what the provider says. A state that this browser did not begin with is
// of somebody who wants it signed in as them.
func (s *Site) finishSSO(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	began, err := r.Cookie(ssoCookie)
	if err != nil || began.Value == "" || began.Value != q.Get("state") {
		return s.signInWith(w, r, "", clientele.Errorf(clientele.CodeForbidden, "this sign-in was not begun in this browser, or too long ago").WithHint("Begin it again."))
	}
	next := "/"
	if c, err := r.Cookie(ssoNext); err == nil {
		next = ownPath(c.Value, "/")
	}
	if q.Get("error") != "" {
		return s.signInWith(w, r, "", clientele.Errorf(clientele.CodeForbidden, "the provider did not let you in").WithHint("Try again, or ask who runs it."))
	}
	in, err := s.People.FinishSSO(r.Context(), q.Get("state"), q.Get("code"), httpd.ClientOf(r))
	if refusesEntry(err) {
		return s.signInWith(w, r, "", err)
	}
	if err != nil {
		return err
	}
	return s.enter(w, r, in, next)
}

// handleJSON answers the scripts of pages: an error becomes a problem body.
func (s *Site) handleJSON(p page) page {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := p(w, r); err != nil {
			if httpd.Status(err) >= http.StatusInternalServerError {
				s.Log.ErrorContext(r.Context(), "a page failed", "path", r.URL.Path, "id", httpd.RequestID(r.Context()), "error", err)
			}
			httpd.WriteProblem(w, r, err)
		}
		return nil
	}
}
