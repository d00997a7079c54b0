package app

import (
	"maps"
	"net/url"
	"testing"
	"time"

	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
)

func both(a, b map[string][]sample) map[string][]sample {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// unreadable ends an address such that its form cannot be read: who may ask gets so far, and
// nothing is changed.
const unreadable = "?%zz"

// accountSamples say how the pages are asked that let people in, and those about them.
// Whoever asks has an account, but for nobody, tokens and the owner of the machine.
func accountSamples(t *testing.T, b *Book) map[string][]sample {
	t.Helper()
	for _, a := range askers() {
		if a.actor == nil || a.actor.IsLocal() || a.actor.Limits != nil {
			continue
		}
		p := store.KeptPerson{ID: a.actor.ID, Version: 1, Email: a.actor.ID + "@example.com", Name: a.actor.Name, Roles: a.actor.Roles, State: "active", Created: time.Now()}
		if err := b.Store.AddPerson(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	ask := func(path string, status int) []sample { return []sample{{path: path, status: status}} }
	unread := func(path string) []sample { return ask(path+unreadable, 400) }
	send := func(path string, status int, form url.Values) []sample {
		return []sample{{path: path, status: status, form: form}}
	}
	alone := func(status int) func(asker) int { // to the owner of the machine, who has no account
		return func(a asker) int {
			if a.actor != nil && a.actor.IsLocal() {
				return status
			}
			return 0
		}
	}
	known := func(a asker) int { // who is signed in need not sign in
		if a.actor != nil {
			return 303
		}
		return 0
	}
	someone := "/people/" + url.PathEscape(string(policy.Lead)+" of no unit")
	return map[string][]sample{
		"GET /setup":                  ask("/setup", 200),
		"POST /setup":                 send("/setup", 403, url.Values{"secret": {"guess"}}),
		"GET /invitation":             ask("/invitation", 403),
		"POST /invitation":            send("/invitation", 403, url.Values{"secret": {"guess"}}),
		"GET /sign-in":                {{path: "/sign-in", other: known}},
		"POST /sign-in":               unread("/sign-in"),
		"GET /sign-in/second":         ask("/sign-in/second", 303),
		"POST /sign-in/second":        unread("/sign-in/second"),
		"POST /sign-in/passkey/begin": ask("/sign-in/passkey/begin", 422),
		"POST /sign-in/passkey":       ask("/sign-in/passkey", 400),
		"GET /sso/start":              ask("/sso/start", 404),
		"GET /sso/callback":           ask("/sso/callback", 403),
		"POST /sign-out":              ask("/sign-out", 303),

		"GET /account":                       ask("/account", 200),
		"POST /account/password":             unread("/account/password"),
		"POST /account/totp":                 ask("/account/totp", 403),
		"POST /account/totp/confirm":         unread("/account/totp/confirm"),
		"POST /account/totp/remove":          unread("/account/totp/remove"),
		"POST /account/passkeys/begin":       ask("/account/passkeys/begin", 403),
		"POST /account/passkeys":             ask("/account/passkeys", 400),
		"POST /account/passkeys/{id}/remove": ask("/account/passkeys/none/remove", 403),
		"POST /account/sessions/{id}/end":    ask("/account/sessions/none/end", 404),
		"POST /account/sessions/end-others":  {{path: "/account/sessions/end-others", status: 303, other: alone(404)}},
		"POST /account/tokens":               unread("/account/tokens"),
		"POST /account/tokens/{id}/revoke":   ask("/account/tokens/none/revoke", 404),

		"GET /people":                     ask("/people", 200),
		"POST /people":                    unread("/people"),
		"GET /people/{id}":                ask(someone, 200),
		"POST /people/{id}":               unread(someone),
		"POST /people/{id}/disable":       unread(someone + "/disable"),
		"POST /people/{id}/enable":        unread(someone + "/enable"),
		"POST /people/{id}/invite":        ask("/people/none/invite", 404),
		"POST /people/{id}/factors/reset": ask("/people/none/factors/reset", 404),
		"POST /people/{id}/sessions/end":  ask("/people/none/sessions/end", 404),
		"GET /units":                      ask("/units", 200),
		"POST /units":                     unread("/units"),
		"GET /units/{id}":                 ask("/units/none", 404),
		"POST /units/{id}":                unread("/units/none"),
		"POST /units/{id}/remove":         unread("/units/none/remove"),
		"GET /roles":                      ask("/roles", 200),
		"GET /services":                   ask("/services", 200),
		"POST /services":                  unread("/services"),
		"POST /services/{id}/revoke":      ask("/services/none/revoke", 404),

		"GET /privacy":                ask("/privacy", 200),
		"POST /privacy/find":          send("/privacy/find", 200, url.Values{"id": {"somebody7"}}),
		"POST /privacy/export":        send("/privacy/export", 404, url.Values{"id": {"somebody7"}}),
		"POST /privacy/erase":         send("/privacy/erase", 422, url.Values{"ids": {"somebody7"}}), // which is not confirmed
		"GET /cases":                  ask("/cases", 200),
		"GET /cases/rules":            ask("/cases/rules", 200),
		"POST /cases/rules":           unread("/cases/rules"),
		"GET /cases/{number}":         ask("/cases/99", 404),
		"POST /cases/{number}/take":   send("/cases/99/take", 404, url.Values{"version": {"1"}}),
		"POST /cases/{number}/note":   send("/cases/99/note", 404, url.Values{"version": {"1"}, "note": {"x"}}),
		"POST /cases/{number}/settle": send("/cases/99/settle", 404, url.Values{"version": {"1"}, "done": {"x"}}),
		"GET /answer":                 ask("/answer", 403),
		"POST /answer":                send("/answer", 403, url.Values{"secret": {"guess"}, "settled": {"yes"}}),

		"GET /mail":           ask("/mail", 200),
		"POST /mail/test":     send("/mail/test", 409, url.Values{"address": {"a@example.com"}}), // mail is not set up
		"POST /mail/clear":    send("/mail/clear", 404, url.Values{"id": {"none"}}),
		"POST /mail/decide":   send("/mail/decide", 404, url.Values{"number": {"99"}}),
		"GET /mail/stop":      ask("/mail/stop", 200),
		"POST /mail/stop":     send("/mail/stop", 403, url.Values{"secret": {"guess"}}),
		"GET /audit":          ask("/audit", 200),
		"POST /audit/check":   ask("/audit/check", 303),
		"GET /audit/{number}": ask("/audit/99999999", 404),
		"GET /audit.csv":      {{path: "/audit.csv", format: "text/csv"}},
	}
}
