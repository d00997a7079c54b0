package people

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"image/png"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/store"
)

const (
	totpPeriod    = 30 // seconds
	totpSkew      = 1  // steps that a clock may be off, either way
	maxCodes      = 5  // tries of one sign-in; then it begins anew
	recoveryCodes = 10
	qrSide        = 264 // pixels
)

// pendingSignIn is one whose password was right.
type pendingSignIn struct {
	person   string
	password string // hash, which must still be theirs
	left     int    // tries
}

// SecondFactor implements Directory.
func (s *Service) SecondFactor(ctx context.Context, pending, code string, from Client) (SignedIn, error) {
	wait, ok := s.pending.take(pending, s.now())
	if !ok {
		return SignedIn{}, clientele.Errorf(clientele.CodeForbidden, "this sign-in has taken too long").WithHint("Sign in again.")
	}
	try, err := s.try(ctx, "factor:"+wait.person, from)
	if err != nil {
		s.pending.put(pending, wait, s.now())
		return SignedIn{}, err
	}
	p, ok, err := s.useCode(ctx, wait.person, code)
	if err != nil {
		return SignedIn{}, err
	}
	if !ok {
		why := clientele.Errorf(clientele.CodeForbidden, "too many codes were not right").WithHint("Sign in again.")
		if wait.left--; wait.left > 0 {
			s.pending.put(pending, wait, s.now())
			why = invalid("code", "that code is not right, or was used already").WithHint("Wait for the next code of the app, or use a recovery code.")
		}
		return SignedIn{}, s.refuse(ctx, p, "", from, why)
	}
	try.succeeded()
	return s.begin(ctx, wait.person, byTOTP, from, func(p store.KeptPerson) bool { return p.Password == wait.password })
}

// useCode uses up a code of an app, or a recovery code; ok is false if it is neither.
func (s *Service) useCode(ctx context.Context, person, code string) (p store.KeptPerson, ok bool, err error) {
	err = s.store.Atomically(ctx, func(ctx context.Context) error {
		if p, err = s.store.Person(ctx, person); err != nil || p.State != string(Active) || p.TOTP == "" {
			return err
		}
		step, fits := s.stepOf(p.TOTP, code)
		if fits && step > p.TOTPStep {
			p.TOTPStep, ok = step, true
			return s.store.SavePerson(ctx, p)
		}
		ok, err = s.store.UseRecoveryCode(ctx, person, hashOf(plainCode(code)))
		if !ok || err != nil {
			return err
		}
		return s.audit.Record(as(ctx, p), "recovery_code.used", "person/"+person, nil, nil)
	})
	return p, ok && err == nil, err
}

// stepOf is the step whose code this is; ok is false if it is of none that may be now.
func (s *Service) stepOf(secret, code string) (step int64, ok bool) {
	now := s.now().Unix() / totpPeriod
	code = plainCode(code)
	for at := now - totpSkew; at <= now+totpSkew; at++ {
		want, err := totp.GenerateCodeCustom(secret, time.Unix(at*totpPeriod, 0), totp.ValidateOpts{Period: totpPeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			step, ok = at, true
		}
	}
	return step, ok
}

// plainCode is a code without what people put between its parts.
func plainCode(code string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(code))
}

// BeginTOTP implements Directory. Nothing is kept until a code confirms that the app has the secret.
func (s *Service) BeginTOTP(ctx context.Context) (Enrolment, error) {
	me, err := s.me(ctx)
	if err != nil {
		return Enrolment{}, err
	}
	if err := s.young(ctx, me.ID); err != nil {
		return Enrolment{}, err
	}
	issuer := "Clientele"
	if s.o.Company != "" {
		issuer += " " + strings.ReplaceAll(s.o.Company, ":", " ")
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: me.Email, Period: totpPeriod})
	if err != nil {
		return Enrolment{}, err
	}
	image, err := key.Image(qrSide, qrSide)
	if err != nil {
		return Enrolment{}, err
	}
	var qr bytes.Buffer
	if err := png.Encode(&qr, image); err != nil {
		return Enrolment{}, err
	}
	s.enrolments.put(me.ID, key.Secret(), s.now())
	return Enrolment{Secret: key.Secret(), URL: key.URL(), QR: qr.Bytes()}, nil
}

// ConfirmTOTP implements Directory. The recovery codes are shown once, and replace earlier ones.
func (s *Service) ConfirmTOTP(ctx context.Context, code string) (recovery []string, err error) {
	me, err := s.me(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.young(ctx, me.ID); err != nil {
		return nil, err
	}
	secret, ok := s.enrolments.take(me.ID, s.now())
	if !ok {
		return nil, clientele.Errorf(clientele.CodeConflict, "there is no authenticator app to confirm").WithHint("Begin again.")
	}
	step, ok := s.stepOf(secret, code)
	if !ok {
		s.enrolments.put(me.ID, secret, s.now())
		return nil, invalid("code", "that is not the app's code").WithHint("Look whether the clock of the phone is right, and try the next code.")
	}
	_, err = s.alter(ctx, me.ID, "totp.added", func(ctx context.Context, p *store.KeptPerson) error {
		p.TOTP, p.TOTPStep = secret, step
		hashes := make([]string, recoveryCodes)
		recovery = make([]string, recoveryCodes)
		for i := range hashes {
			recovery[i] = newRecoveryCode()
			hashes[i] = hashOf(plainCode(recovery[i]))
		}
		if err := s.store.SetRecoveryCodes(ctx, p.ID, hashes); err != nil {
			return err
		}
		return s.store.EndSessions(ctx, p.ID, ownSession(ctx, p.ID))
	})
	if err != nil {
		return nil, err
	}
	return recovery, nil
}

// newRecoveryCode is a code of 120 bits. OWASP ASVS 5.0 (6.5.2) has codes of 112 bits or more be kept as a plain hash.
func newRecoveryCode() string {
	text := rand.Text()
	return text[:6] + "-" + text[6:12] + "-" + text[12:18] + "-" + text[18:24]
}

// RemoveTOTP implements Directory.
func (s *Service) RemoveTOTP(ctx context.Context, password string) error {
	me, err := s.me(ctx)
	if err != nil {
		return err
	}
	if err := s.confirm(ctx, me, password); err != nil {
		return err
	}
	_, err = s.alter(ctx, me.ID, "totp.removed", func(ctx context.Context, p *store.KeptPerson) error {
		if p.TOTP == "" {
			return clientele.Errorf(clientele.CodeNotFound, "there is no authenticator app")
		}
		p.TOTP, p.TOTPStep = "", 0
		if err := s.store.SetRecoveryCodes(ctx, p.ID, nil); err != nil {
			return err
		}
		return s.store.EndSessions(ctx, p.ID, ownSession(ctx, p.ID))
	})
	return err
}
