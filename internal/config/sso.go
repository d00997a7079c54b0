package config

import (
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
)

// SSO is how a book's people sign in by the company's own OpenID Connect provider.
type SSO struct {
	Name         string                   // on the button
	Issuer       string                   // address of the provider, as its tokens name it
	ClientID     string                   // what the provider calls this program
	ClientSecret string                   // "" if the provider wants none
	Scopes       []string                 // asked for beside openid, email and profile
	GroupsClaim  string                   // where the provider names the groups of a person
	Roles        map[string][]policy.Role // of groups; none leaves roles to administrators
	AllowNew     bool                     // whether who is vouched for comes in without an invitation
}

// sso is the section as written.
type sso struct {
	Name             string                   `toml:"name"`
	Issuer           string                   `toml:"issuer"`
	ClientID         string                   `toml:"client_id"`
	ClientSecretFile string                   `toml:"client_secret_file"`
	Scopes           []string                 `toml:"scopes"`
	GroupsClaim      string                   `toml:"groups_claim"`
	AllowNew         bool                     `toml:"allow_new"`
	Roles            map[string][]policy.Role `toml:"roles"`
}

// LoadSSO reads the section [sso] of book.toml, and the file with the secret that it names,
// which lies beside it. ok is false if there is no such section. Errors are as for Load.
func LoadSSO(path string) (s SSO, ok bool, err error) {
	text, err := read(path)
	if err != nil {
		return s, false, err
	}
	f, err := decode(path, text)
	if err != nil || f.SSO == nil {
		return s, false, err
	}
	if err := f.SSO.validate(); err != nil {
		return s, false, validationError(path, text, err)
	}
	s = SSO{
		Name: f.SSO.Name, Issuer: f.SSO.Issuer, ClientID: f.SSO.ClientID, Scopes: f.SSO.Scopes, GroupsClaim: f.SSO.GroupsClaim, Roles: f.SSO.Roles, AllowNew: f.SSO.AllowNew,
	}
	if s.Name == "" {
		s.Name = "single sign-on"
	}
	if s.GroupsClaim == "" {
		s.GroupsClaim = "groups"
	}
	s.ClientSecret, err = f.SSO.secret(filepath.Dir(path))
	if err != nil {
		return s, false, validationError(path, text, err)
	}
	return s, true, nil
}

func (s sso) validate() error {
	u, err := url.Parse(s.Issuer)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return wrong("sso.issuer", "%q is no address of a provider, such as https://login.example.com", s.Issuer)
	case u.Scheme != "https" && (u.Scheme != "http" || !OnThisMachine(u.Hostname())):
		return wrong("sso.issuer", "%q is not reached by https", s.Issuer)
	case strings.TrimSpace(s.ClientID) == "":
		return wrong("sso.client_id", "the provider's name for this program is missing")
	case len(s.Name) > 60:
		return wrong("sso.name", "a name for the button has at most 60 bytes")
	case s.AllowNew && len(s.Roles) == 0:
		return wrong("sso.allow_new", "who comes in without an invitation needs a role: say which groups have which, in [sso.roles]")
	}
	for group, roles := range s.Roles {
		for _, r := range roles {
			if !slices.Contains(policy.Roles(), r) {
				return wrong("sso.roles."+group, "%q is none of %q", r, policy.Roles())
			}
		}
	}
	return nil
}

// OnThisMachine reports whether what is sent to a host leaves the machine by no wire.
func OnThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// secret reads the file of the client's secret.
func (s sso) secret(dir string) (string, error) {
	if s.ClientSecretFile == "" {
		return "", nil
	}
	path := s.ClientSecretFile
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", wrong("sso.client_secret_file", "the file cannot be read: %v", err)
	}
	if secret := strings.TrimSpace(string(text)); secret != "" {
		return secret, nil
	}
	return "", wrong("sso.client_secret_file", "the file is empty")
}

// wrong names the setting that is.
func wrong(field, format string, args ...any) error {
	e := clientele.Errorf(clientele.CodeInvalid, format, args...)
	e.At.Column = field
	return e
}
