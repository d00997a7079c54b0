package people

import (
	"bytes"
	"context"
	"image/png"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
)

// code is what an app shows at a time from now.
func (w *world) code(secret string, after time.Duration) string {
	w.t.Helper()
	code, err := totp.GenerateCode(secret, w.time().Add(after))
	w.ok(err)
	return code
}

// app gives a person an authenticator app, and returns its secret and the recovery codes.
func (w *world) app(ctx context.Context) (secret string, recovery []string) {
	w.t.Helper()
	e, err := w.BeginTOTP(ctx)
	w.ok(err)
	recovery, err = w.ConfirmTOTP(ctx, w.code(e.Secret, 0))
	w.ok(err)
	w.pass(time.Minute) // to a code that was not used
	return e.Secret, recovery
}

func (w *world) second(pending, code string) (SignedIn, error) {
	return w.SecondFactor(context.Background(), pending, code, Client{From: "192.0.2.1"})
}

func TestEnrolmentOfAnApp(t *testing.T) {
	w, admin, ada := inhabited(t, nil)
	other := w.signIn("ada@example.com", good)
	_, err := w.ConfirmTOTP(admin, "123456")
	w.want(clientele.CodeConflict, err)
	e, err := w.BeginTOTP(admin)
	w.ok(err)
	if image, err := png.Decode(bytes.NewReader(e.QR)); err != nil || image.Bounds().Dx() != qrSide {
		t.Error(err)
	}
	if !strings.HasPrefix(e.URL, "otpauth://totp/Clientele%20Acme:ada@example.com?") || !strings.Contains(e.URL, e.Secret) || len(e.Secret) != 32 {
		t.Error(e.URL)
	}
	_, err = w.ConfirmTOTP(admin, "not it")
	w.want(clientele.CodeInvalid, err)
	recovery, err := w.ConfirmTOTP(admin, w.code(e.Secret, 0))
	w.ok(err)
	if len(recovery) != recoveryCodes || len(recovery[0]) != 27 || recovery[0] == recovery[1] {
		t.Error(recovery)
	}
	if p, err := w.Person(admin, ada.ID); err != nil || !p.Factors.TOTP {
		t.Errorf("%+v %v", p, err)
	}
	_, _, err = w.Session(context.Background(), other.Secret)
	w.want(clientele.CodeUnauthenticated, err)
	in := w.signIn("ada@example.com", good)
	if in.Secret != "" || in.Pending == "" || in.Person.ID != "" {
		t.Errorf("%+v", in)
	}
	_, err = w.second(in.Pending, w.code(e.Secret, 0)) // was used to confirm
	w.want(clientele.CodeInvalid, err)
}

func TestCodesAreUsedOnceAndOneStepMayBeOff(t *testing.T) {
	w, admin, _ := inhabited(t, nil)
	secret, _ := w.app(admin)
	for _, c := range []struct {
		after time.Duration
		ok    bool
	}{{-30 * time.Second, true}, {-30 * time.Second, false}, {0, true}, {-30 * time.Second, false}, {30 * time.Second, true}, {0, false}, {60 * time.Second, false}} {
		code := w.code(secret, c.after)
		in, err := w.second(w.signIn("ada@example.com", good).Pending, code[:3]+" "+code[3:])
		if c.ok {
			w.ok(err)
			if s, _ := SessionOf(w.in(in)); s.Method != "password+totp" {
				t.Errorf("%+v", s)
			}
		} else {
			w.want(clientele.CodeInvalid, err)
		}
	}
}

func TestRecoveryCodes(t *testing.T) {
	w, admin, _ := inhabited(t, nil)
	_, recovery := w.app(admin)
	for _, c := range []struct {
		code string
		want clientele.Code
	}{{strings.ToLower(recovery[3]), ""}, {recovery[3], clientele.CodeInvalid}, {strings.ReplaceAll(recovery[4], "-", " "), ""}, {"", clientele.CodeInvalid}} {
		_, err := w.second(w.signIn("ada@example.com", good).Pending, c.code)
		w.want(c.want, err)
	}
	if got := w.actions(); got[1] != "session.started" || got[2] != "recovery_code.used" {
		t.Errorf("%q", got[:4])
	}
}

func TestOneOfManyUsesACode(t *testing.T) {
	w, admin, _ := inhabited(t, nil)
	secret, _ := w.app(admin)
	code := w.code(secret, 0)
	var wait sync.WaitGroup
	won := make(chan string, 4)
	for range cap(won) {
		pending := w.signIn("ada@example.com", good).Pending
		wait.Go(func() {
			if in, err := w.second(pending, code); err == nil {
				won <- in.Secret
			}
		})
	}
	wait.Wait()
	if len(won) != 1 {
		t.Errorf("used %d times", len(won))
	}
}

func TestSecondFactorGivesUp(t *testing.T) {
	w, admin, ada := inhabited(t, nil)
	secret, _ := w.app(admin)
	pending := w.signIn("ada@example.com", good).Pending
	for range maxCodes - 1 {
		_, err := w.second(pending, "000000")
		w.want(clientele.CodeInvalid, err)
	}
	_, err := w.second(pending, "000000")
	w.want(clientele.CodeForbidden, err)
	_, err = w.second(pending, w.code(secret, 0))
	w.want(clientele.CodeForbidden, err)
	again := w.signIn("ada@example.com", good).Pending
	_, err = w.second(again, w.code(secret, 0))
	w.want(clientele.CodeTooMany, err)
	w.pass(30 * time.Second)
	_, err = w.second(again, w.code(secret, 0))
	w.ok(err)

	late := w.signIn("ada@example.com", good).Pending
	w.pass(ceremonyLife)
	_, err = w.second(late, w.code(secret, 0))
	w.want(clientele.CodeForbidden, err)
	changed := w.signIn("ada@example.com", good).Pending
	p, err := w.kept.Person(context.Background(), ada.ID)
	w.ok(err)
	p.Password = ""
	w.ok(w.kept.SavePerson(context.Background(), p))
	_, err = w.second(changed, w.code(secret, 0))
	w.want(clientele.CodeUnauthenticated, err)
}

func TestRemovingAnApp(t *testing.T) {
	w, admin, _ := inhabited(t, nil)
	w.want(clientele.CodeNotFound, w.RemoveTOTP(admin, good))
	_, recovery := w.app(admin)
	w.want(clientele.CodeInvalid, w.RemoveTOTP(admin, "not my password"))
	w.ok(w.RemoveTOTP(admin, good))
	if in := w.signIn("ada@example.com", good); in.Secret == "" {
		t.Errorf("%+v", in)
	}
	if ok, err := w.kept.UseRecoveryCode(context.Background(), "x", hashOf(plainCode(recovery[0]))); ok || err != nil {
		t.Error(ok, err)
	}
}

func TestFactorsChangeSoonAfterSigningInOnly(t *testing.T) {
	w, admin, ada := inhabited(t, nil)
	w.pass(FreshFor - time.Second)
	_, err := w.BeginTOTP(admin)
	w.ok(err)
	w.pass(time.Second)
	actor, _ := policy.ActorOf(admin)
	for name, ctx := range map[string]context.Context{
		"an old session": admin, "no session": policy.With(context.Background(), actor),
		"another's session": WithSession(policy.With(context.Background(), actor), Session{Person: "x", Created: w.time()}),
		"a token":           policy.With(context.Background(), policy.Actor{ID: ada.ID, Roles: ada.Roles, Limits: []string{policy.OwnAccount.Name()}}),
		"the machine":       local(),
	} {
		errs := make([]error, 5)
		_, errs[0] = w.BeginTOTP(ctx)
		_, errs[1] = w.ConfirmTOTP(ctx, "123456")
		_, errs[2] = w.BeginPasskeyEnrolment(ctx)
		_, errs[3] = w.AddPasskey(ctx, "c", "n", nil)
		errs[4] = w.RemovePasskey(ctx, "k")
		for i, err := range errs {
			if clientele.CodeOf(err) != clientele.CodeForbidden {
				t.Errorf("%s: %d: %v", name, i, err)
			}
		}
	}
}

func TestWhoLostAllFactorsComesBack(t *testing.T) {
	w, admin, _ := inhabited(t, nil)
	bea, ctx := w.add("bea@example.com", policy.Owner)
	w.app(ctx)
	_, token, err := w.AddToken(ctx, NewToken{Name: "t", Scopes: []string{policy.ReadStatement.Name()}, For: time.Hour})
	w.ok(err)
	i, err := w.InviteAgain(admin, bea.ID)
	w.ok(err)
	if in := w.signIn("bea@example.com", good); in.Pending == "" {
		t.Error("the factor is gone before the link was used")
	}
	p, err := w.Accept(context.Background(), secretOf(i.Link), good+"2")
	w.ok(err)
	if p.Factors.TOTP || !p.Factors.Password {
		t.Errorf("%+v", p)
	}
	w.in(w.signIn("bea@example.com", good+"2"))
	_, _, err = w.ByToken(context.Background(), token)
	w.want(clientele.CodeUnauthenticated, err)
}
