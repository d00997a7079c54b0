package people

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
)

func TestSessionsEndAtOnce(t *testing.T) {
	for name, end := range map[string]func(w *world, admin context.Context, p Person, in SignedIn){
		"signed out": func(w *world, _ context.Context, _ Person, in SignedIn) {
			w.ok(w.SignOut(context.Background(), in.Secret))
		},
		"ended by id": func(w *world, admin context.Context, p Person, in SignedIn) {
			w.ok(w.EndSession(admin, p.ID, w.idOf(in)))
		},
		"all ended": func(w *world, admin context.Context, p Person, _ SignedIn) { w.ok(w.EndSessions(admin, p.ID)) },
		"roles changed": func(w *world, admin context.Context, p Person, _ SignedIn) {
			w.change(admin, p, Edit{Roles: &[]policy.Role{policy.Auditor}})
		},
		"disabled": func(w *world, admin context.Context, p Person, _ SignedIn) {
			w.change(admin, p, Edit{Disabled: ptr(true)})
		},
		"factors reset": func(w *world, admin context.Context, p Person, _ SignedIn) {
			_, err := w.ResetFactors(admin, p.ID)
			w.ok(err)
		},
		"idle": func(w *world, _ context.Context, _ Person, _ SignedIn) { w.pass(SessionIdle) },
		"password changed": func(w *world, _ context.Context, _ Person, _ SignedIn) {
			w.ok(w.ChangePassword(w.in(w.signIn("bea@example.com", good)), good, good+" 2"))
		},
		"let back in": func(w *world, admin context.Context, p Person, _ SignedIn) {
			i, err := w.InviteAgain(admin, p.ID)
			w.ok(err)
			_, err = w.Accept(context.Background(), secretOf(i.Link), good)
			w.ok(err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, admin, _ := inhabited(t, nil)
			bea, _ := w.add("bea@example.com", policy.Owner)
			in := w.signIn("bea@example.com", good)
			w.in(in)
			end(w, admin, bea, in)
			_, _, err := w.Session(context.Background(), in.Secret)
			w.want(clientele.CodeUnauthenticated, err)
		})
	}
}

func (w *world) idOf(in SignedIn) string {
	s, _ := SessionOf(w.in(in))
	return s.ID
}

func TestSessionLivesAndAges(t *testing.T) {
	w, _, ada := inhabited(t, nil)
	in := w.signIn("ada@example.com", good)
	if !in.Expires.Equal(w.time().Add(SessionLife)) || in.Person.ID != ada.ID || in.Person.LastSeen == nil {
		t.Errorf("%+v", in)
	}
	for end := w.time().Add(SessionLife); w.time().Before(end); w.pass(SessionIdle - time.Second) {
		w.in(in)
	}
	_, _, err := w.Session(context.Background(), in.Secret)
	w.want(clientele.CodeUnauthenticated, err) // though it was never idle
	for _, secret := range []string{"", "x", strings.Repeat("A", secretLength), in.Secret + "A"} {
		_, _, err := w.Session(context.Background(), secret)
		w.want(clientele.CodeUnauthenticated, err)
	}
	w.ok(w.SignOut(context.Background(), in.Secret))
	w.ok(w.SignOut(context.Background(), "never was"))
}

func TestSessionIsTouchedOnceAMinute(t *testing.T) {
	w, _, ada := inhabited(t, nil)
	in := w.signIn("ada@example.com", good)
	began := w.time()
	for _, c := range []struct {
		after time.Duration
		seen  time.Duration
	}{{59 * time.Second, 0}, {time.Second, time.Minute}, {30 * time.Second, time.Minute}} {
		w.pass(c.after)
		w.in(in)
		all, err := w.Sessions(local(), ada.ID)
		w.ok(err)
		if got := all[0].Seen.Sub(began); got != c.seen {
			t.Errorf("seen after %v, want %v", got, c.seen)
		}
	}
}

func TestSigningInRotatesTheSession(t *testing.T) {
	w, admin, ada := inhabited(t, nil)
	before := w.signIn("ada@example.com", good)
	after, err := w.SignIn(w.in(before), "ada@example.com", good, Client{})
	w.ok(err)
	if after.Secret == before.Secret {
		t.Error("the secret is the same")
	}
	_, _, err = w.Session(context.Background(), before.Secret)
	w.want(clientele.CodeUnauthenticated, err)
	w.ok(w.EndSessions(admin, ada.ID)) // all of one's own, but the one that asks
	all, err := w.Sessions(admin, ada.ID)
	w.ok(err)
	if len(all) != 1 {
		t.Errorf("%+v", all)
	}
}

// What strangers begin is kept for a while, and not without bound.
func TestWaiting(t *testing.T) {
	var w waiting[int]
	now := time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)
	for i := range maxWaiting + 10 {
		w.put(strings.Repeat("x", i%50)+time.Duration(i).String(), i, now)
	}
	if len(w.by) > maxWaiting || len(w.order) > maxWaiting {
		t.Errorf("%d wait", len(w.by))
	}
	if _, ok := w.take("0s", now); ok {
		t.Error("the oldest is still there")
	}
	w.put("a", 1, now)
	w.put("a", 2, now)
	if v, ok := w.take("a", now.Add(ceremonyLife-1)); !ok || v != 2 {
		t.Error(v, ok)
	}
	if _, ok := w.take("a", now); ok {
		t.Error("it is taken twice")
	}
	w.put("late", 3, now)
	if _, ok := w.take("late", now.Add(ceremonyLife)); ok {
		t.Error("it waits for ever")
	}
	w.put("b", 4, now.Add(ceremonyLife))
	if len(w.by) != 1 || len(w.order) != 1 {
		t.Errorf("%d are kept that ended", len(w.by))
	}
}
