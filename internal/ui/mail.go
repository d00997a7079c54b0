package ui

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/clientele/clientele/internal/mail"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
)

// outboxPage is the state of mail.
type outboxPage struct {
	frame
	Tabs     tabs
	Headline string
	Why      string // what the headline leaves open; "" is nothing
	SetUp    bool
	Facts    []fact
	Mails    []mailRow
	Stops    []stopRow
	Older    string // address of earlier mails; "" if there are none
	Manage   bool
	Address  string // of the test, as it was sent
	Refused  refusal
}

// mailRow is one mail.
type mailRow struct {
	Number                           string
	Kind, To, State, Tries, At, Says string
	Unsure                           bool
}

// stopRow is an address that is not written to.
type stopRow struct{ ID, To, Why, Since string }

// mailsShown is how many mails stand on a page.
const mailsShown = 50

func (s *Site) outbox(w http.ResponseWriter, r *http.Request) error {
	return s.outboxWith(w, r, "", nil)
}

func (s *Site) outboxWith(w http.ResponseWriter, r *http.Request, address string, refused error) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	below, _ := strconv.ParseInt(r.URL.Query().Get("below"), 10, 64) // what is no number is the end
	o, err := s.Mail.Outbox(r.Context(), max(below, 0), mailsShown+1)
	if err != nil {
		return err
	}
	p := outboxPage{frame: s.frame(v, "people", "Mail"), Tabs: v.peopleTabs("mail"), SetUp: o.SetUp, Manage: v.may(policy.ManageMail), Address: address, Refused: refusalOf(refused)}
	p.Headline, p.Why = v.outboxHeadline(o)
	if o.SetUp {
		p.Facts = []fact{{"Mail server", o.Server}, {"From", o.From}, {"Sent", v.int(o.Counts[store.MailSent])}, {"Refused", v.int(o.Counts[store.MailRefused])}}
	}
	if len(o.Mails) > mailsShown {
		o.Mails = o.Mails[:mailsShown]
		p.Older = "/mail?" + url.Values{"below": {strconv.FormatInt(o.Mails[mailsShown-1].Number, 10)}}.Encode()
	}
	for _, m := range o.Mails {
		p.Mails = append(p.Mails, v.mailRow(m))
	}
	for _, x := range o.Stops {
		row := stopRow{x.ID, addressOr(x.Address), "whoever reads there asked for it", v.instant(x.At)}
		if x.Bounced {
			row.Why = "a mail server refused it: " + x.Says
		}
		p.Stops = append(p.Stops, row)
	}
	return s.show(w, statusOf(refused), "mail", p)
}

// outboxHeadline says what needs somebody, or that nothing does.
func (v visit) outboxHeadline(o mail.Outbox) (headline, why string) {
	waiting := int(o.Counts[store.MailWaiting] + o.Counts[store.MailSending])
	switch unsure := int(o.Counts[store.MailUnsure]); {
	case !o.SetUp:
		return "Mail is not set up.", "Name a mail server in the section [mail] of book.toml, and start the program again. Until then invitations are handed over by hand, and nobody is told of cases."
	case unsure > 0:
		return many(unsure, "mail", "mails") + " may have arrived: somebody has to decide.", "The connection ended before the mail server answered. Sent again, it may arrive twice; the second has the same Message-ID."
	case waiting > 0:
		return many(waiting, "mail waits", "mails wait") + " to be sent.", "The oldest waits since " + v.instantOr(o.Oldest, "now") + ". Notices to one person within an hour go out as one mail."
	}
	return "Nothing waits to be sent.", ""
}

func addressOr(address string) string {
	if address == "" {
		return "a customer"
	}
	return address
}

var mailStates = map[store.MailState]string{
	store.MailWaiting: "waits", store.MailSending: "on its way", store.MailSent: "sent", store.MailRefused: "refused", store.MailUnsure: "may have arrived",
}

func (v visit) mailRow(m mail.Sendable) mailRow {
	row := mailRow{
		Number: strconv.FormatInt(m.Number, 10), Kind: string(m.Kind), To: addressOr(m.Address), State: mailStates[m.State], Tries: strconv.Itoa(m.Attempts),
		At: v.instantOr(m.Ended, ""), Says: v.sentence(m.Reason), Unsure: m.State == store.MailUnsure,
	}
	if m.State == store.MailWaiting {
		row.At = "next try " + v.instant(m.Due)
	}
	return row
}

// tryMail sends a mail to see whether it arrives.
func (s *Site) tryMail(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	err = s.Mail.Try(r.Context(), form.Get("address"))
	return s.afterMail(w, r, form.Get("address"), err)
}

func (s *Site) clearMail(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	return s.afterMail(w, r, "", s.Mail.Clear(r.Context(), form.Get("id")))
}

func (s *Site) decideMail(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	number, _ := strconv.ParseInt(form.Get("number"), 10, 64) // what is no number names no mail
	return s.afterMail(w, r, "", s.Mail.Decide(r.Context(), number, form.Get("again") == "yes"))
}

// afterMail shows the outbox again, with why something was refused.
func (s *Site) afterMail(w http.ResponseWriter, r *http.Request, address string, err error) error {
	if refuses(err) {
		return s.outboxWith(w, r, address, err)
	}
	if err == nil {
		leave(w, r, "/mail")
	}
	return err
}

// stopPage is for whoever wants no more mail.
type stopPage struct {
	frame
	Secret string
	Done   bool
}

func (s *Site) stopMail(w http.ResponseWriter, r *http.Request) error {
	f, err := s.door(r, "No more mail")
	if err != nil {
		return err
	}
	return s.show(w, http.StatusOK, "stop", stopPage{f, r.URL.Query().Get("secret"), false})
}

// stopMailNow ends mail to an address. A mail program that asks in its reader's name sends the
// secret with the address (RFC 8058), the page in its form.
func (s *Site) stopMailNow(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	if err := s.Mail.Stop(r.Context(), r.Form.Get("secret")); err != nil {
		return err
	}
	f, err := s.door(r, "No more mail")
	if err != nil {
		return err
	}
	return s.show(w, http.StatusOK, "stop", stopPage{frame: f, Done: true})
}
