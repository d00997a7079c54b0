package config

import (
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
)

// Encryption is how mail is kept from being read on the way to the mail server.
type Encryption string

// The kinds of it.
const (
	StartTLS Encryption = "starttls" // the connection is encrypted before anything is said, or given up
	TLS      Encryption = "tls"      // it is from the start
	NoTLS    Encryption = "none"     // it is not: to a server on this machine alone
)

// Mail is how a book sends mail.
type Mail struct {
	Host     string
	Port     int
	From     string // an address, with a name before it if there is one
	TLS      Encryption
	User     string // "" signs in as nobody
	Password string
}

// mail is the section as written.
type mail struct {
	Host         string     `toml:"host"`
	Port         int        `toml:"port"`
	From         string     `toml:"from"`
	TLS          Encryption `toml:"tls"`
	User         string     `toml:"user"`
	PasswordFile string     `toml:"password_file"`
	PasswordEnv  string     `toml:"password_env"`
}

// LoadMail reads the section [mail] of book.toml, and the password from where that says. ok
// is false if there is no such section. Errors are as for Load.
func LoadMail(path string) (m Mail, ok bool, err error) {
	text, err := read(path)
	if err != nil {
		return m, false, err
	}
	f, err := decode(path, text)
	if err != nil || f.Mail == nil {
		return m, false, err
	}
	w := f.Mail.withDefaults()
	if err := w.validate(); err != nil {
		return m, false, validationError(path, text, err)
	}
	m = Mail{Host: w.Host, Port: w.Port, From: w.From, TLS: w.TLS, User: w.User}
	if m.Password, err = w.password(filepath.Dir(path)); err != nil {
		return m, false, validationError(path, text, err)
	}
	return m, true, nil
}

// withDefaults encrypts where nothing else is said, at the port that is for it: RFC 6409 and RFC 8314.
func (m mail) withDefaults() mail {
	if m.TLS == "" {
		m.TLS = StartTLS
	}
	if m.Port == 0 {
		m.Port = map[Encryption]int{StartTLS: 587, TLS: 465, NoTLS: 25}[m.TLS]
	}
	return m
}

func (m mail) validate() error {
	from, err := netmail.ParseAddress(m.From)
	switch {
	case strings.TrimSpace(m.Host) == "" || strings.ContainsAny(m.Host, "/: \t\r\n") && !OnThisMachine(m.Host):
		return wrong("mail.host", "%q is no name of a mail server, such as smtp.example.com", m.Host)
	case err != nil || strings.ContainsAny(m.From, "\r\n") || !strings.Contains(from.Address, "@"):
		return wrong("mail.from", "%q is no address, such as Acme <clientele@example.com>", m.From)
	case m.TLS != StartTLS && m.TLS != TLS && m.TLS != NoTLS:
		return wrong("mail.tls", "%q is none of %q, %q and %q", m.TLS, StartTLS, TLS, NoTLS)
	case m.Port < 1 || m.Port > 65535:
		return wrong("mail.port", "%d is no port", m.Port)
	case m.TLS == NoTLS && !OnThisMachine(m.Host):
		return wrong("mail.tls", "mail to %s would be read on the way; only a server on this machine is reached without TLS", m.Host)
	case (m.User == "") != (m.PasswordFile == "" && m.PasswordEnv == ""):
		return wrong("mail.user", "a user goes with a password, from password_file or password_env")
	case m.PasswordFile != "" && m.PasswordEnv != "":
		return wrong("mail.password_env", "the password is either in a file or in the environment")
	}
	return nil
}

// password reads the password from the file, which nobody but its owner may read, or the environment.
func (m mail) password(dir string) (string, error) {
	switch {
	case m.PasswordEnv != "":
		if secret := os.Getenv(m.PasswordEnv); secret != "" {
			return secret, nil
		}
		return "", wrong("mail.password_env", "the environment has no %s", m.PasswordEnv)
	case m.PasswordFile == "":
		return "", nil
	}
	path := m.PasswordFile
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	info, err := os.Stat(path)
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		return "", wrong("mail.password_file", "others than its owner may read the file; run chmod 600 on it")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", wrong("mail.password_file", "the file cannot be read: %v", err)
	}
	if secret := strings.TrimSpace(string(text)); secret != "" {
		return secret, nil
	}
	return "", wrong("mail.password_file", "the file is empty")
}
