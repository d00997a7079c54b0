package ui

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/mail"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
)

// outboxFake is the mail of a fake.
type outboxFake struct {
	box  mail.Outbox
	did  []string
	fail error
}

func (o *outboxFake) Outbox(_ context.Context, below int64, limit int) (mail.Outbox, error) {
	box := o.box
	box.Mails = slices.DeleteFunc(slices.Clone(box.Mails), func(m mail.Sendable) bool { return below > 0 && m.Number >= below })
	box.Mails = box.Mails[:min(limit, len(box.Mails))]
	return box, nil
}

func (o *outboxFake) do(what string) error {
	o.did = append(o.did, what)
	return o.fail
}

func (o *outboxFake) Try(_ context.Context, address string) error { return o.do("try " + address) }
func (o *outboxFake) Clear(_ context.Context, id string) error    { return o.do("clear " + id) }
func (o *outboxFake) Stop(_ context.Context, secret string) error { return o.do("stop " + secret) }
func (o *outboxFake) Decide(_ context.Context, number int64, again bool) error {
	if again {
		return o.do("again")
	}
	return o.do("arrived")
}

func TestMailPage(t *testing.T) {
	f := newFake()
	v := signedIn(t, f, "ada")
	if body := v.sees("/mail", http.StatusOK, "Mail is not set up.", `aria-current="page">Mail`); strings.Contains(body, "/mail/test") {
		t.Error("what cannot be sent can be tried")
	}
	f.mail.box = mail.Outbox{SetUp: true, Server: "smtp.example.com", From: "Acme <c@example.com>", Counts: map[store.MailState]int64{}}
	v.sees("/mail", http.StatusOK, "Nothing waits to be sent.", "smtp.example.com", `action="/mail/test"`)
	since := signedAt()
	f.mail.box.Oldest, f.mail.box.Counts = &since, map[store.MailState]int64{store.MailWaiting: 2, store.MailSent: 1200}
	for i := range 60 {
		f.mail.box.Mails = append(f.mail.box.Mails, mail.Sendable{Number: int64(60 - i), Kind: mail.Notice, Address: "olive@northfield.example", State: store.MailSent, Attempts: 1, Ended: &since})
	}
	f.mail.box.Mails[0].State, f.mail.box.Mails[0].Reason, f.mail.box.Mails[0].Due = store.MailWaiting, "451 try later", since.Add(time.Hour)
	f.mail.box.Mails[1].Address = ""
	f.mail.box.Stops = []mail.Stop{{ID: "h1", Address: "dan@northfield.example", Bounced: true, Says: "550 no such user", At: since}, {ID: "h2", At: since}}
	body := v.sees("/mail", http.StatusOK, "2 mails wait to be sent.", "1,200", "next try 5 Oct 2026", "451 try later", "a customer", "/mail?below=11", "dan@northfield.example", "refused it: 550", "asked for it", `value="h2"`)
	if strings.Contains(body, "/mail/decide") {
		t.Error("there is something to decide")
	}
	if body := v.sees("/mail?below=11", http.StatusOK); strings.Contains(body, "rel=\"next\"") {
		t.Error("there are earlier ones")
	}
	f.mail.box.Mails[2].State = store.MailUnsure
	f.mail.box.Counts[store.MailUnsure] = 1
	v.sees("/mail", http.StatusOK, "1 mail may have arrived: somebody has to decide.", "Send mail 58 again")
	for path, form := range map[string]url.Values{"/mail/test": {"address": {"x@example.com"}}, "/mail/clear": {"id": {"h1"}}, "/mail/decide": {"number": {"58"}, "again": {"yes"}}} {
		v.sends(path, form, http.StatusSeeOther)
	}
	v.sends("/mail/decide", url.Values{"number": {"58"}}, http.StatusSeeOther)
	slices.Sort(f.mail.did)
	if want := []string{"again", "arrived", "clear h1", "try x@example.com"}; !slices.Equal(f.mail.did, want) {
		t.Errorf("%q", f.mail.did)
	}
	f.mail.fail = clientele.Errorf(clientele.CodeConflict, "the address bounced before").WithHint("Clear it first.")
	v.sends("/mail/test", url.Values{"address": {"y@example.com"}}, http.StatusConflict, "The address bounced before.", `value="y@example.com"`)
	f.directory.people["olive"].Roles = []policy.Role{policy.Auditor}
	if body := signedIn(t, f, "olive").sees("/mail", http.StatusOK, "451 try later"); strings.Contains(body, "<form class=\"inline\"") || strings.Contains(body, "/mail/test") {
		t.Error("an auditor may change something")
	}
}

func TestWhoeverReadsMailCanStopIt(t *testing.T) {
	f := newFake()
	expect(t, newTestSite(t, f), "/mail/stop?secret=abc", http.StatusOK, "Get no more of these mails?", `value="abc"`)
	v := signedIn(t, f, "ada")
	v.sends("/mail/stop", url.Values{"secret": {"abc"}}, http.StatusOK, "You get no more of these mails.")
	v.sends("/mail/stop?secret=def", url.Values{"List-Unsubscribe": {"One-Click"}}, http.StatusOK)
	if want := []string{"stop abc", "stop def"}; !slices.Equal(f.mail.did, want) {
		t.Errorf("%q", f.mail.did)
	}
	f.mail.fail = clientele.Errorf(clientele.CodeForbidden, "this link is too old")
	v.sends("/mail/stop", nil, http.StatusForbidden, "link is too old")
}
