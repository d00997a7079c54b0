package ui

import (
	"context"
	"net"
	"net/http"
	"time"

	"github.com/clientele/clientele/internal/people"
)

const sessionCookie = "clientele"

func setSession(w http.ResponseWriter, r *http.Request, secret string, expires time.Time) {
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: secret, Path: "/", Expires: expires, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

func clearSession(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

func clientOf(r *http.Request) people.Client {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	return people.Client{From: host, Agent: r.UserAgent()}
}

func originOf(context.Context) string { return "http://localhost" }

func sessionOf(context.Context) (people.Session, string, bool) { return people.Session{}, "", false }
