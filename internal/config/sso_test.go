package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
)

// book writes a book.toml, and a file with a secret beside it.
func book(t *testing.T, text string) (path string) {
	t.Helper()
	dir := t.TempDir()
	path = filepath.Join(dir, FileName)
	for name, body := range map[string]string{path: text, filepath.Join(dir, "sso.secret"): " s3cret\n", filepath.Join(dir, "empty"): "\n"} {
		if err := os.WriteFile(name, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func TestSSO(t *testing.T) {
	path := book(t, "name = 'Acme'\n[sso]\nname = 'Acme ID'\nissuer = 'https://id.example.com/acme'\nclient_id = 'clientele'\nclient_secret_file = 'sso.secret'\n"+
		"scopes = ['groups']\ngroups_claim = 'member_of'\nallow_new = true\n[sso.roles]\nboard = ['executive']\n'all staff' = ['employee', 'owner']\n")
	got, ok, err := LoadSSO(path)
	want := SSO{
		Name: "Acme ID", Issuer: "https://id.example.com/acme", ClientID: "clientele", ClientSecret: "s3cret", Scopes: []string{"groups"}, GroupsClaim: "member_of", AllowNew: true,
		Roles: map[string][]policy.Role{"board": {policy.Executive}, "all staff": {policy.Employee, policy.Owner}},
	}
	if diff := cmp.Diff(want, got); !ok || err != nil || diff != "" {
		t.Error(ok, err, diff)
	}
	if s, err := Load(path); err != nil || s.Name != "Acme" {
		t.Errorf("%+v %v", s, err)
	}
	got, ok, err = LoadSSO(book(t, "[sso]\nissuer = 'http://127.0.0.1:9'\nclient_id = 'c'\n"))
	if diff := cmp.Diff(SSO{Name: "single sign-on", Issuer: "http://127.0.0.1:9", ClientID: "c", GroupsClaim: "groups"}, got); !ok || err != nil || diff != "" {
		t.Error(ok, err, diff)
	}
	if _, ok, err := LoadSSO(book(t, "name = 'Acme'\n")); ok || err != nil {
		t.Error(ok, err)
	}
	if _, _, err := LoadSSO(filepath.Join(t.TempDir(), FileName)); clientele.CodeOf(err) != clientele.CodeNotFound {
		t.Error(err)
	}
}

func TestSSOThatCannotBe(t *testing.T) {
	const issuer, id = "issuer = 'https://id.example.com'\n", "client_id = 'c'\n"
	for name, c := range map[string]struct{ text, want string }{
		"no issuer":          {id, "sso.issuer: "},
		"no address":         {"issuer = 'id.example.com'\n" + id, "book.toml:2: sso.issuer: "},
		"in the clear":       {"issuer = 'http://id.example.com'\n" + id, "book.toml:2: sso.issuer: "},
		"with a query":       {"issuer = 'https://id.example.com?a=b'\n" + id, "book.toml:2: sso.issuer: "},
		"no client":          {issuer, "sso.client_id: "},
		"a long name":        {issuer + id + "name = '" + strings.Repeat("x", 61) + "'\n", "book.toml:4: sso.name: "},
		"new without roles":  {issuer + id + "allow_new = true\n", "book.toml:4: sso.allow_new: "},
		"no such role":       {issuer + id + "[sso.roles]\nboard = ['king']\n", "book.toml:5: sso.roles.board: "},
		"no file of secret":  {issuer + id + "client_secret_file = 'none'\n", "book.toml:4: sso.client_secret_file: "},
		"nothing in it":      {issuer + id + "client_secret_file = 'empty'\n", "book.toml:4: sso.client_secret_file: "},
		"a key not known":    {issuer + id + "secret = 'x'\n", `book.toml:4: there is no setting "sso.secret"`},
		"the type of a role": {issuer + id + "[sso.roles]\nboard = 'executive'\n", "book.toml:5: "},
	} {
		if _, _, err := LoadSSO(book(t, "[sso]\n"+c.text)); clientele.CodeOf(err) != clientele.CodeInvalid || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
