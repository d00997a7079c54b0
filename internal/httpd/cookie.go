package httpd

import (
	"net/http"
	"time"
)

// The names of the session's cookie. Browsers keep one that begins with __Host- only if it
// came by https from this very host, so that no neighbour can plant a session.
const (
	secureCookie = "__Host-clientele"
	plainCookie  = "clientele" // on loopback, which has no https
)

// maxSecret is longer than any secret: what is longer is none.
const maxSecret = 512

func cookieName(secure bool) string {
	if secure {
		return secureCookie
	}
	return plainCookie
}

// SetSession gives the browser the secret of a session that began, in place of any that
// it had.
func SetSession(w http.ResponseWriter, r *http.Request, secret string, expires time.Time) {
	setCookie(w, r, http.Cookie{Value: secret, Expires: expires})
}

// ClearSession takes the secret of a session that ended from the browser, and what it has
// kept of pages (OWASP ASVS 5.0, 14.3.1).
func ClearSession(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	setCookie(w, r, http.Cookie{MaxAge: -1})
}

func setCookie(w http.ResponseWriter, r *http.Request, c http.Cookie) {
	c.Secure = about(r.Context()).secure
	c.Name, c.Path, c.HttpOnly, c.SameSite = cookieName(c.Secure), "/", true, http.SameSiteLaxMode
	w.Header().Set("Cache-Control", "no-store")
	http.SetCookie(w, &c)
}

// sessionSecret is what the session's cookie of a request holds, or "".
func sessionSecret(r *http.Request) string {
	c, err := r.Cookie(cookieName(about(r.Context()).secure))
	if err != nil || len(c.Value) > maxSecret {
		return ""
	}
	return c.Value
}
