package people

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
)

// device is a browser with a passkey, in software.
type device struct {
	origin string
	flags  byte // what it says of the person: 1 is there, 4 verified
	count  uint32
	id     []byte
	key    *ecdsa.PrivateKey
	user   []byte
}

func newDevice(t *testing.T) *device {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	d := &device{origin: "https://clientele.example.com", flags: 5, id: make([]byte, 32), key: key}
	_, _ = rand.Read(d.id)
	return d
}

// asked is what a device reads of a ceremony.
type asked struct {
	PublicKey struct {
		Challenge              string
		RP                     struct{ ID string }
		RPID                   string `json:"rpId"`
		User                   struct{ ID string }
		UserVerification       string
		AuthenticatorSelection struct {
			ResidentKey, UserVerification string
		}
	}
}

func read(t *testing.T, c Ceremony) (a asked) {
	t.Helper()
	text, err := json.Marshal(c.Options)
	if err == nil {
		err = json.Unmarshal(text, &a)
	}
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func b64(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func (d *device) client(kind, challenge string) []byte {
	text, _ := json.Marshal(map[string]any{"type": "webauthn." + kind, "challenge": challenge, "origin": d.origin, "crossOrigin": false})
	return text
}

// data is what the device says, and signs.
func (d *device) data(rp string, flags byte) []byte {
	hash := sha256.Sum256([]byte(rp))
	return binary.BigEndian.AppendUint32(append(hash[:], flags), d.count)
}

func (d *device) answer(parts map[string]string) []byte {
	text, _ := json.Marshal(map[string]any{"id": b64(d.id), "rawId": b64(d.id), "type": "public-key", "response": parts, "clientExtensionResults": map[string]any{}})
	return text
}

// create answers an enrolment.
func (d *device) create(t *testing.T, c Ceremony) []byte {
	t.Helper()
	a := read(t, c)
	if s := a.PublicKey.AuthenticatorSelection; s.ResidentKey != "required" || s.UserVerification != "required" {
		t.Errorf("asked for %+v", s)
	}
	d.user, _ = base64.RawURLEncoding.DecodeString(a.PublicKey.User.ID)
	public, err := d.key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		t.Fatal(err)
	}
	cose, err := webauthncbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: public[1:33], -3: public[33:]})
	if err != nil {
		t.Fatal(err)
	}
	data := append(d.data(a.PublicKey.RP.ID, d.flags|0x40), make([]byte, 16)...)
	data = append(binary.BigEndian.AppendUint16(data, uint16(len(d.id))), d.id...)
	object, err := webauthncbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": append(data, cose...)})
	if err != nil {
		t.Fatal(err)
	}
	return d.answer(map[string]string{"clientDataJSON": b64(d.client("create", a.PublicKey.Challenge)), "attestationObject": b64(object)})
}

// get answers a sign-in.
func (d *device) get(t *testing.T, c Ceremony) []byte {
	t.Helper()
	a := read(t, c)
	if a.PublicKey.UserVerification != "required" {
		t.Errorf("asked for %+v", a)
	}
	d.count++
	client, data := d.client("get", a.PublicKey.Challenge), d.data(a.PublicKey.RPID, d.flags)
	hash := sha256.Sum256(client)
	digest := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, d.key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return d.answer(map[string]string{"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature), "userHandle": b64(d.user)})
}

// enrolled is a device whose passkey is a person's.
func (w *world) enrolled(ctx context.Context, t *testing.T) *device {
	t.Helper()
	d := newDevice(t)
	c, err := w.BeginPasskeyEnrolment(ctx)
	w.ok(err)
	_, err = w.AddPasskey(ctx, c.ID, "laptop", d.create(t, c))
	w.ok(err)
	return d
}

func (w *world) byPasskey(t *testing.T, d *device) (SignedIn, error) {
	t.Helper()
	c, err := w.BeginPasskey(context.Background())
	w.ok(err)
	return w.SignInByPasskey(context.Background(), c.ID, d.get(t, c), Client{From: "192.0.2.1"})
}

func TestPasskeySignsInWithTwoFactors(t *testing.T) {
	w, admin, ada := inhabited(t, nil)
	d := w.enrolled(admin, t)
	for range 2 {
		in, err := w.byPasskey(t, d)
		w.ok(err)
		ctx := w.in(in)
		if s, _ := SessionOf(ctx); s.Method != "passkey" || in.Person.ID != ada.ID || in.Pending != "" {
			t.Errorf("%+v %+v", in, s)
		}
	}
	p, err := w.Person(admin, ada.ID)
	w.ok(err)
	if keys := p.Factors.Passkeys; len(keys) != 1 || keys[0].Name != "laptop" || keys[0].Used == nil || p.Version != ada.Version+1 {
		t.Errorf("%+v", p)
	}
	w.want(clientele.CodeNotFound, w.RemovePasskey(admin, "other"))
	w.ok(w.RemovePasskey(admin, p.Factors.Passkeys[0].ID))
	_, err = w.byPasskey(t, d)
	w.want(clientele.CodeUnauthenticated, err)
}

func TestPasskeysThatAreRefused(t *testing.T) {
	for name, spoil := range map[string]func(w *world, d *device, p Person){
		"the person was not verified": func(_ *world, d *device, _ Person) { d.flags = 1 },
		"the page is another's":       func(_ *world, d *device, _ Person) { d.origin = "https://clientele.example.org" },
		"the key is another":          func(_ *world, d *device, _ Person) { d.key = newDevice(t).key },
		"the passkey is not known":    func(_ *world, d *device, _ Person) { d.id = newDevice(t).id },
		"the person is not known":     func(_ *world, d *device, _ Person) { d.user = []byte("nobody") },
		"it was copied":               func(_ *world, d *device, _ Person) { d.count = 0 },
		"the person is disabled":      func(w *world, _ *device, p Person) { w.change(local(), p, Edit{Disabled: ptr(true)}) },
	} {
		t.Run(name, func(t *testing.T) {
			w, _, _ := inhabited(t, nil)
			bea, ctx := w.add("bea@example.com", policy.Owner)
			d := w.enrolled(ctx, t)
			d.count = 5
			_, err := w.byPasskey(t, d)
			w.ok(err)
			bea, err = w.Person(local(), bea.ID)
			w.ok(err)
			spoil(w, d, bea)
			_, err = w.byPasskey(t, d)
			w.want(clientele.CodeUnauthenticated, err)
			if w.actions()[0] != "session.refused" {
				t.Error(w.actions())
			}
		})
	}
}

func TestPasskeyCeremoniesAreForOnce(t *testing.T) {
	w, admin, _ := inhabited(t, nil)
	_, other := w.add("bea@example.com", policy.Owner)
	d := w.enrolled(admin, t)
	c, err := w.BeginPasskey(context.Background())
	w.ok(err)
	response := d.get(t, c)
	_, err = w.SignInByPasskey(context.Background(), c.ID, response, Client{})
	w.ok(err)
	_, err = w.SignInByPasskey(context.Background(), c.ID, response, Client{})
	w.want(clientele.CodeForbidden, err)
	again, err := w.BeginPasskey(context.Background())
	w.ok(err)
	_, err = w.SignInByPasskey(context.Background(), again.ID, response, Client{}) // another challenge
	w.want(clientele.CodeUnauthenticated, err)
	late, err := w.BeginPasskey(context.Background())
	w.ok(err)
	w.pass(ceremonyLife)
	_, err = w.SignInByPasskey(context.Background(), late.ID, d.get(t, late), Client{})
	w.want(clientele.CodeForbidden, err)
	_, err = w.SignInByPasskey(context.Background(), "never", []byte("{"), Client{})
	w.want(clientele.CodeForbidden, err)

	mine, err := w.BeginPasskeyEnrolment(admin)
	w.ok(err)
	_, err = w.AddPasskey(other, mine.ID, "x", newDevice(t).create(t, mine))
	w.want(clientele.CodeForbidden, err)
	for _, spoil := range []func(*device){func(d *device) { d.flags = 1 }, func(d *device) { d.origin = "http://clientele.example.com" }} {
		mine, err = w.BeginPasskeyEnrolment(admin)
		w.ok(err)
		bad := newDevice(t)
		spoil(bad)
		_, err = w.AddPasskey(admin, mine.ID, "x", bad.create(t, mine))
		w.want(clientele.CodeInvalid, err)
	}
	mine, err = w.BeginPasskeyEnrolment(admin)
	w.ok(err)
	_, err = w.AddPasskey(admin, mine.ID, "x", d.create(t, mine)) // is there already
	w.want(clientele.CodeConflict, err)
}

func TestPasskeysNeedAnOrigin(t *testing.T) {
	w, admin, _ := inhabited(t, func(o *Options) { o.Origin = "" })
	_, err := w.BeginPasskey(context.Background())
	w.want(clientele.CodeInvalid, err)
	_, err = w.BeginPasskeyEnrolment(admin)
	w.want(clientele.CodeInvalid, err)
	for _, origin := range []string{"", "clientele.example.com", "ftp://x", "https://", "https://x/path", "https://u@x", "https://x?q"} {
		w.want(clientele.CodeInvalid, w.SetOrigin(origin))
	}
	w.ok(w.SetOrigin("http://127.0.0.1:8080"))
	_, err = w.BeginPasskey(context.Background())
	w.want(clientele.CodeInvalid, err) // browsers have none for a number
	w.ok(w.SetOrigin("http://localhost:8080"))
	_, err = w.BeginPasskey(context.Background())
	w.ok(err)
}

func FuzzPasskeyResponse(f *testing.F) {
	f.Add([]byte(`{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AA","signature":"AA","userHandle":"AA"}}`))
	f.Add([]byte(`{}`))
	w, admin, _ := inhabited(f, nil)
	f.Fuzz(func(t *testing.T, response []byte) {
		c, err := w.BeginPasskey(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.SignInByPasskey(context.Background(), c.ID, response, Client{}); err == nil {
			t.Error("it is let in")
		}
		e, err := w.BeginPasskeyEnrolment(admin)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.AddPasskey(admin, e.ID, "x", response); err == nil {
			t.Error("it is added")
		}
	})
}
