package mail

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/config"
	"github.com/clientele/clientele/internal/store"
)

func letter(key, to string) Letter {
	return Letter{
		Key: key, Kind: Notice, Address: to, Name: "Zoë Ünal", Subject: "Something waits: <b>Größe</b>", Lines: []string{"It is <i>yours</i> & urgent."},
		Link: &Link{"Open it", "/cases/7?a=1&b=2"},
	}
}

// bodies are the plain and the HTML text of a mail.
func bodies(t *testing.T, m *netmail.Message) (plain, html string) {
	t.Helper()
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return plain, html
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
			html = string(text)
		} else {
			plain = string(text)
		}
	}
}

func TestAMailArrivesWhole(t *testing.T) {
	server := startServer(t)
	w := serviceOn(t, &server.settings, nil)
	w.enqueue(letter("a", "Zoe@Example.com "))
	if did := w.send(); did != (Sent{Sent: 1}) {
		t.Fatalf("%+v", did)
	}
	got, m := server.next(t)
	if got.From != "clientele@example.com" || got.To != "zoe@example.com" {
		t.Errorf("%+v", got)
	}
	words := new(mime.WordDecoder)
	subject, err := words.DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != "Something waits: <b>Größe</b>" {
		t.Errorf("%q %v", subject, err)
	}
	to, err := m.Header.AddressList("To")
	if err != nil || len(to) != 1 || to[0].Name != "Zoë Ünal" {
		t.Errorf("%v %v", to, err)
	}
	if id := m.Header.Get("Message-Id"); !strings.HasSuffix(id, "@example.com>") || m.Header.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("%v", m.Header)
	}
	plain, html := bodies(t, m)
	if !strings.Contains(plain, "It is <i>yours</i> & urgent.") || !strings.Contains(plain, "https://clientele.example.com/cases/7?a=1&b=2") {
		t.Errorf("%s", plain)
	}
	if !strings.Contains(html, "It is &lt;i&gt;yours&lt;/i&gt; &amp; urgent.") || !strings.Contains(html, `href="https://clientele.example.com/cases/7?a=1&amp;b=2"`) {
		t.Errorf("%s", html)
	}
	if s := w.state("a"); s.State != store.MailSent || s.Attempts != 1 || s.Ended == nil {
		t.Errorf("%+v", s)
	}
	kept, err := w.Store.MailByKey(t.Context(), "a")
	if err != nil || kept.Body != nil {
		t.Errorf("the text is still kept: %s %v", kept.Body, err)
	}
	if queued, err := w.Enqueue(t.Context(), letter("a", "zoe@example.com")); queued || err != nil {
		t.Errorf("it is told twice: %v %v", queued, err)
	}
}

func TestAMailThatIsRefusedForNowIsTriedAgain(t *testing.T) {
	server := startServer(t)
	w := serviceOn(t, &server.settings, nil)
	w.enqueue(letter("a", "later2@example.com"))
	first := w.now
	for i, wait := range waits[:2] {
		if did := w.send(); did != (Sent{Later: 1}) {
			t.Fatalf("%+v", did)
		}
		if s := w.state("a"); s.State != store.MailWaiting || s.Attempts != i+1 || !s.Due.Equal(w.now.Add(wait)) || !strings.Contains(s.Reason, "451") {
			t.Errorf("%+v", s)
		}
		if did := w.send(); did != (Sent{}) {
			t.Errorf("tried before it is due: %+v", did)
		}
		w.now = w.now.Add(wait)
	}
	if did := w.send(); did != (Sent{Sent: 1}) {
		t.Fatalf("%+v", did)
	}
	server.next(t)
	if s := w.state("a"); s.Attempts != 3 || s.Reason != "" || w.now.Sub(first) != 6*time.Minute {
		t.Errorf("%+v", s)
	}
}

// One Message-ID whichever try it is, and an end to tries.
func TestAMailIsGivenUp(t *testing.T) {
	server := startServer(t)
	w := serviceOn(t, &server.settings, nil)
	w.enqueue(letter("a", "later99@example.com"))
	var parcels []string
	for range len(waits) + 1 {
		w.send()
		m, err := w.Store.MailByKey(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		parcels, w.now = append(parcels, m.Parcel), w.now.Add(24*time.Hour)
	}
	if len(slices.Compact(parcels)) != 1 || parcels[0] == "" {
		t.Errorf("%q", parcels)
	}
	if s := w.state("a"); s.State != store.MailRefused || !strings.HasPrefix(s.Reason, "given up: ") || s.Attempts != len(waits)+1 {
		t.Errorf("%+v", s)
	}
	if stops, err := w.Store.MailStops(t.Context()); err != nil || len(stops) != 0 {
		t.Errorf("who is busy bounces not: %v %v", stops, err)
	}
}

func TestAnAddressThatBouncesIsNotWrittenToAgain(t *testing.T) {
	server := startServer(t)
	for _, to := range []string{"never@example.com", "unwanted@example.com"} {
		w := serviceOn(t, &server.settings, nil)
		w.enqueue(letter(to+" 1", to))
		w.enqueue(letter(to+" 2", to))
		if did := w.send(); did != (Sent{Refused: 2}) {
			t.Fatalf("%+v", did)
		}
		one, two := w.state(to+" 1"), w.state(to+" 2")
		if one.State != store.MailRefused || one.Attempts != 1 || !strings.Contains(one.Reason, ": 55") || two.Attempts != 0 || !strings.Contains(two.Reason, "bounced before") {
			t.Errorf("%+v %+v", one, two)
		}
		if queued, err := w.Enqueue(t.Context(), letter(to+" 3", to)); queued || err != nil || w.state(to+" 3").State != store.MailRefused {
			t.Errorf("%v %v", queued, err)
		}
		if err := w.Clear(t.Context(), hashOf(to)); err != nil {
			t.Fatal(err)
		}
		w.enqueue(letter(to+" 4", to))
		if err := w.Clear(t.Context(), hashOf(to)); clientele.CodeOf(err) != clientele.CodeNotFound {
			t.Error(err)
		}
	}
}

// A connection that ends before everything was handed over changes nothing; one that ends
// after it leaves a mail that may have arrived, which is for people to decide.
func TestAConnectionThatEnds(t *testing.T) {
	server := startServer(t)
	w := serviceOn(t, &server.settings, nil)
	w.enqueue(letter("cut", "cut1@example.com"))
	w.enqueue(letter("silent", "silent1@example.com"))
	if did := w.send(); did != (Sent{Later: 1, Unsure: 1}) {
		t.Fatalf("%+v", did)
	}
	_, first := server.next(t) // it had arrived
	w.now = w.now.Add(30 * 24 * time.Hour)
	if did := w.send(); did != (Sent{Sent: 1}) {
		t.Fatalf("%+v", did)
	}
	if got, _ := server.next(t); got.To != "cut1@example.com" {
		t.Errorf("%+v", got)
	}
	s := w.state("silent")
	if s.State != store.MailUnsure || s.Reason == "" {
		t.Fatalf("%+v", s)
	}
	if err := w.Decide(t.Context(), s.Number, true); err != nil {
		t.Fatal(err)
	}
	if did := w.send(); did != (Sent{Sent: 1}) {
		t.Fatalf("%+v", did)
	}
	if _, again := server.next(t); again.Header.Get("Message-Id") != first.Header.Get("Message-Id") {
		t.Error("whoever got it twice cannot tell")
	}
	if err := w.Decide(t.Context(), s.Number, true); clientele.CodeOf(err) != clientele.CodeConflict {
		t.Error(err)
	}
}

func TestAProgramThatEndsWhileItSends(t *testing.T) {
	server := startServer(t)
	w := serviceOn(t, &server.settings, nil)
	w.enqueue(letter("a", "ok@example.com"))
	due, err := w.due(t.Context())
	if err != nil || len(due) != 1 {
		t.Fatal(due, err)
	}
	if _, err := w.begin(t.Context(), due); err != nil {
		t.Fatal(err)
	}
	if err := w.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if did := w.send(); did != (Sent{}) || w.state("a").State != store.MailUnsure {
		t.Errorf("%+v %+v", did, w.state("a"))
	}
	if err := w.Decide(t.Context(), 1, false); err != nil || w.state("a").State != store.MailSent {
		t.Error(err, w.state("a"))
	}
}

func TestAMailServerThatCannotBeReachedIsLeftAlone(t *testing.T) {
	w := serviceOn(t, &config.Mail{Host: "127.0.0.1", Port: 1, From: "c@example.com", TLS: config.NoTLS}, nil)
	w.enqueue(letter("a", "a@example.com"))
	w.enqueue(letter("b", "b@example.com"))
	if did := w.send(); did != (Sent{Later: 1}) {
		t.Fatalf("%+v", did)
	}
	if a, b := w.state("a"), w.state("b"); a.Attempts != 1 || b.Attempts != 0 {
		t.Errorf("%+v %+v", a, b)
	}
	if err := w.askFor(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(leaveAlone)
	if err := w.askFor(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := w.Store.(interface {
		CountUnfinished(context.Context, string) (int64, error)
	}).CountUnfinished(t.Context(), JobKind); n != 1 || err != nil {
		t.Errorf("%d jobs, %v", n, err)
	}
}

func TestMailIsEncryptedAndSignedIn(t *testing.T) {
	cert, key, roots := certificate(t)
	for _, tls := range []config.Encryption{config.StartTLS, config.TLS} {
		args := []string{"-cert", cert, "-key", key, "-user", "clientele", "-password", "open sesame"}
		if tls == config.TLS {
			args = append(args, "-tls")
		}
		server := startServer(t, args...)
		settings := server.settings
		settings.TLS, settings.User, settings.Password = tls, "clientele", "open sesame"
		w := serviceOn(t, &settings, roots)
		w.enqueue(letter("a", "ok@example.com"))
		if did := w.send(); did != (Sent{Sent: 1}) {
			t.Fatalf("%s: %+v %+v", tls, did, w.state("a"))
		}
		if got, _ := server.next(t); !got.TLS && tls == config.StartTLS || got.User != "clientele" {
			t.Errorf("%+v", got)
		}
		wrong := settings
		wrong.Password = "open barley"
		for name, other := range map[string]*world{"a wrong password": serviceOn(t, &wrong, roots), "a stranger's certificate": serviceOn(t, &settings, nil)} {
			other.enqueue(letter("a", "ok@example.com"))
			if did := other.send(); did != (Sent{Later: 1}) {
				t.Errorf("%s: %+v", name, did)
			}
			if why := other.state("a").Reason; strings.Contains(why, "sesame") || strings.Contains(why, "barley") {
				t.Errorf("%s: %s", name, why)
			}
		}
	}
	plain := startServer(t) // which has no TLS to offer
	plain.settings.TLS = config.StartTLS
	w := serviceOn(t, &plain.settings, roots)
	w.enqueue(letter("a", "ok@example.com"))
	if did := w.send(); did != (Sent{Later: 1}) {
		t.Errorf("sent in the clear: %+v", did)
	}
}

func TestNoticesWithinAnHourAreOneMail(t *testing.T) {
	server := startServer(t)
	w := serviceOn(t, &server.settings, nil)
	notice := func(key, subject string) {
		l := letter(key, "ada@example.com")
		l.Digest, l.Subject = true, subject
		w.enqueue(l)
	}
	notice("a", "First")
	w.now = w.now.Add(59 * time.Minute)
	notice("b", "Second")
	if did := w.send(); did != (Sent{}) {
		t.Fatalf("%+v", did)
	}
	w.now = w.now.Add(time.Minute)
	if did := w.send(); did != (Sent{Sent: 1}) {
		t.Fatalf("%+v", did)
	}
	notice("c", "Third")
	_, m := server.next(t)
	plain, html := bodies(t, m)
	for _, text := range []string{plain, html} {
		if !strings.Contains(text, "2 notices") || !strings.Contains(text, "First") || !strings.Contains(text, "Second") || strings.Contains(text, "Third") {
			t.Errorf("%s", text)
		}
	}
	if m.Header.Get("Subject") != "2 notices: First …" {
		if subject, _ := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); subject != "2 notices: First …" {
			t.Errorf("%q", subject)
		}
	}
	w.now = w.now.Add(time.Hour)
	if did := w.send(); did != (Sent{Sent: 1}) {
		t.Fatalf("%+v", did)
	}
}

func TestWhoeverReadsCanStopIt(t *testing.T) {
	server := startServer(t)
	w := serviceOn(t, &server.settings, nil)
	w.enqueue(letter("a", "ada@example.com"))
	invitation := letter("i", "ada@example.com")
	invitation.Kind = Invitation
	w.enqueue(invitation)
	w.send()
	_, m := server.next(t)
	_, other := server.next(t)
	if other.Header.Get("List-Unsubscribe") != "" {
		t.Error("an invitation offers to be stopped")
	}
	if m.Header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
		t.Errorf("%v", m.Header)
	}
	link, err := url.Parse(strings.Trim(m.Header.Get("List-Unsubscribe"), "<>"))
	if err != nil || link.Host != "clientele.example.com" || link.Path != StopPage {
		t.Fatalf("%q %v", m.Header.Get("List-Unsubscribe"), err)
	}
	if err := w.Stop(t.Context(), "guess"); clientele.CodeOf(err) != clientele.CodeForbidden {
		t.Error(err)
	}
	for range 2 {
		if err := w.Stop(t.Context(), link.Query().Get("secret")); err != nil {
			t.Fatal(err)
		}
	}
	if queued, err := w.Enqueue(t.Context(), letter("b", "ada@example.com")); queued || err != nil {
		t.Errorf("%v %v", queued, err)
	}
	invitation.Key = "i2"
	w.enqueue(invitation)
	o, err := w.Outbox(t.Context(), 0, 10)
	if err != nil || len(o.Stops) != 1 || o.Stops[0].Bounced || o.Counts[store.MailRefused] != 1 || o.Counts[store.MailSent] != 2 || o.Oldest == nil || !o.SetUp {
		t.Errorf("%+v %v", o, err)
	}
}

func TestMailIsSentOnlyIfTheChangeIsKept(t *testing.T) {
	w := serviceOn(t, &config.Mail{Host: "127.0.0.1", Port: 1, From: "c@example.com", TLS: config.NoTLS}, nil)
	undone := errors.New("the change is undone")
	err := w.Store.Atomically(t.Context(), func(ctx context.Context) error {
		if queued, err := w.Enqueue(ctx, letter("a", "a@example.com")); err != nil || !queued {
			t.Errorf("%v %v", queued, err)
		}
		return undone
	})
	if !errors.Is(err, undone) {
		t.Error(err)
	}
	if due, err := w.due(t.Context()); err != nil || len(due) != 0 {
		t.Errorf("%v %v", due, err)
	}
}

func TestWithoutAMailServerNothingIsKept(t *testing.T) {
	w := serviceOn(t, nil, nil)
	if queued, err := w.Enqueue(t.Context(), letter("a", "a@example.com")); queued || err != nil {
		t.Errorf("%v %v", queued, err)
	}
	if err := w.Try(t.Context(), "a@example.com"); clientele.CodeOf(err) != clientele.CodeConflict {
		t.Error(err)
	}
	if did := w.send(); did != (Sent{}) {
		t.Errorf("%+v", did)
	}
	if _, err := w.Enqueue(t.Context(), letter("a", "nobody")); clientele.CodeOf(err) != clientele.CodeInvalid {
		t.Error(err)
	}
}

func TestATrialArrives(t *testing.T) {
	server := startServer(t)
	w := serviceOn(t, &server.settings, nil)
	if err := w.Try(t.Context(), "never@example.com"); err != nil {
		t.Fatal(err)
	}
	w.send()
	if err := w.Try(t.Context(), "never@example.com"); clientele.CodeOf(err) != clientele.CodeConflict {
		t.Error(err)
	}
	if err := w.Try(t.Context(), "ok@example.com"); err != nil {
		t.Fatal(err)
	}
	w.send()
	if got, _ := server.next(t); got.To != "ok@example.com" {
		t.Errorf("%+v", got)
	}
}

// Whatever stands in a letter, a mail has the headers that it should, each once, and the
// addresses that it should.
func TestNoLetterAddsAHeader(t *testing.T) {
	w := serviceOn(t, &config.Mail{Host: "127.0.0.1", Port: 1, From: "Acme <c@example.com>", TLS: config.NoTLS}, nil)
	hostile := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
		"x\r\nBcc: all@example.com", "x\nBcc: all@example.com\n\nbody", "x\rTo: b@example.com", "x\u2028Bcc: a@b", "=?utf-8?q?x=0D=0ABcc:_a@b?=", "\"><script>", `"a" <b@example.com>, c@example.com`,
		strings.Repeat("long ", 500), "\xff\xfe", "\u202egnp.exe", "a\x00b",
	}))
	rapid.Check(t, func(t *rapid.T) {
		l := Letter{
			Kind: rapid.SampledFrom([]Kind{Notice, Invitation}).Draw(t, "kind"), Subject: hostile.Draw(t, "subject"), Name: hostile.Draw(t, "name"), Lines: []string{hostile.Draw(t, "line")},
			Link: &Link{hostile.Draw(t, "says"), "/x"},
		}
		clean := l.clean()
		text := written{To: "to@example.com", Name: clean.Name, Subject: clean.Subject, Parcel: "<1@example.com>"}
		m, err := w.message(text)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := m.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		read, err := netmail.ReadMessage(&b)
		if err != nil {
			t.Fatal(err)
		}
		for name, values := range read.Header {
			if len(values) != 1 || !slices.Contains(strings.Fields("From To Subject Date Message-Id Mime-Version User-Agent X-Mailer Auto-Submitted Content-Type Content-Transfer-Encoding"), name) {
				t.Fatalf("%s: %q", name, values)
			}
		}
		to, err := read.Header.AddressList("To")
		if err != nil || len(to) != 1 || to[0].Address != "to@example.com" {
			t.Fatalf("%v %v", to, err)
		}
	})
}
