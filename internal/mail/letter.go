package mail

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	netmail "net/mail"
	"net/url"
	"strings"
	plain "text/template"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"github.com/clientele/clientele/internal/store"
)

//go:embed templates
var templateFiles embed.FS

// The files are compiled in, so one that does not parse is a defect.
var (
	asText = plain.Must(plain.ParseFS(templateFiles, "templates/mail.txt"))
	asHTML = template.Must(template.ParseFS(templateFiles, "templates/mail.html"))
)

// page is what the templates place.
type page struct {
	Company, Name string
	Several       string // says how many notices there are; "" of one
	Parts         []part
	Stop          string // address of the page that ends such mail; "" is none
}

// part is one letter in a mail.
type part struct {
	Subject string
	Lines   []string
	Link    string // address; "" is none
	Says    string
}

// written is a mail that is ready to go.
type written struct {
	To, Name, Subject, Parcel, Stop string
	Text, HTML                      string
}

// write makes one mail of letters to one address.
func (s *Service) write(mails []store.KeptMail, parcel, secret string) (w written, err error) {
	p := page{Company: s.Company}
	for _, m := range mails {
		var t text
		if err := json.Unmarshal(m.Body, &t); err != nil {
			return w, err
		}
		one := part{Subject: t.Subject, Lines: t.Lines}
		if t.Link != nil {
			one.Link, one.Says = s.at(t.Link.Path), t.Link.Says
		}
		p.Name, p.Parts = t.Name, append(p.Parts, one)
	}
	w = written{To: mails[0].Address, Name: p.Name, Subject: p.Parts[0].Subject, Parcel: parcel}
	if len(mails) > 1 {
		p.Several = fmt.Sprintf("%d notices", len(mails))
		w.Subject = CleanText(p.Several+": "+w.Subject+" …", longestSubject)
	}
	if Kind(mails[0].Kind).stoppable() {
		w.Stop = s.at(StopPage + "?" + url.Values{"secret": {secret}}.Encode())
		p.Stop = w.Stop
	}
	var text, html bytes.Buffer
	if err := asText.Execute(&text, p); err != nil {
		return w, err
	}
	if err := asHTML.Execute(&html, p); err != nil {
		return w, err
	}
	w.Text, w.HTML = text.String(), html.String()
	return w, nil
}

func (s *Service) at(path string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.origin + path
}

// message is a mail as the library sends it.
func (s *Service) message(w written) (*gomail.Msg, error) {
	m := gomail.NewMsg()
	if err := m.From(s.Settings.From); err != nil {
		return nil, err
	}
	if err := m.AddTo((&netmail.Address{Name: headerName(w.Name), Address: w.To}).String()); err != nil {
		return nil, err
	}
	m.Subject(w.Subject)
	m.SetMessageIDWithValue(strings.Trim(w.Parcel, "<>"))
	m.SetDateWithValue(s.Now())
	m.SetUserAgent("Clientele")
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no robot answers it
	if w.Stop != "" {
		m.SetGenHeaderPreformatted("List-Unsubscribe", "<"+w.Stop+">")
		m.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click") // RFC 8058
	}
	m.SetBodyString(gomail.TypeTextPlain, w.Text)
	m.AddAlternativeString(gomail.TypeTextHTML, w.HTML)
	return m, nil
}

// headerName is a name as it may stand before an address: some signs are read as others there,
// however they are written.
func headerName(name string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || strings.ContainsRune(" -.'’", r) {
			return r
		}
		return -1
	}, name))
}

// domain is that of the sender, by which a Message-ID is unique.
func (s *Service) domain() string {
	from, err := netmail.ParseAddress(s.Settings.From)
	if err != nil { // settings are checked when they are read
		return "localhost"
	}
	return from.Address[strings.LastIndexByte(from.Address, '@')+1:]
}
