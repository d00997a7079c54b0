package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clientele/clientele"
)

// withMail writes a book.toml that ends with a section, and a file with a password beside it.
func withMail(t *testing.T, section string, mode os.FileMode) string {
	t.Helper()
	dir := t.TempDir()
	text, err := Format(clientele.DefaultSettings())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, FileName)
	for name, body := range map[string][]byte{path: append(text, "\n"+section...), filepath.Join(dir, "secret"): []byte("open sesame\n")} {
		if err := os.WriteFile(name, body, mode); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func TestMailIsReadWithItsPassword(t *testing.T) {
	t.Setenv("CLIENTELE_TEST_MAIL", "from outside")
	for section, want := range map[string]Mail{
		"[mail]\nhost = \"smtp.example.com\"\nfrom = \"Acme <c@example.com>\"\nuser = \"u\"\npassword_file = \"secret\"\n":                     {"smtp.example.com", 587, "Acme <c@example.com>", StartTLS, "u", "open sesame"},
		"[mail]\nhost = \"smtp.example.com\"\nfrom = \"c@example.com\"\ntls = \"tls\"\nuser = \"u\"\npassword_env = \"CLIENTELE_TEST_MAIL\"\n": {"smtp.example.com", 465, "c@example.com", TLS, "u", "from outside"},
		"[mail]\nhost = \"localhost\"\nport = 2525\nfrom = \"c@example.com\"\ntls = \"none\"\n":                                                {"localhost", 2525, "c@example.com", NoTLS, "", ""},
	} {
		got, ok, err := LoadMail(withMail(t, section, 0o600))
		if diff := cmp.Diff(want, got); err != nil || !ok || diff != "" {
			t.Errorf("%s: %v %v %s", section, ok, err, diff)
		}
	}
	if _, ok, err := LoadMail(withMail(t, "", 0o600)); ok || err != nil {
		t.Errorf("no section: %v %v", ok, err)
	}
}

func TestMailThatIsNotSafeIsRefused(t *testing.T) {
	good := "[mail]\nhost = \"smtp.example.com\"\nfrom = \"c@example.com\"\n"
	for _, c := range []struct{ section, says string }{
		{"[mail]\nfrom = \"c@example.com\"\n", "mail.host"},
		{"[mail]\nhost = \"smtp.example.com:25\"\nfrom = \"c@example.com\"\n", "mail.host"},
		{"[mail]\nhost = \"smtp.example.com\"\n", "mail.from"},
		{"[mail]\nhost = \"smtp.example.com\"\nfrom = \"c@example.com\\r\\nBcc: all@example.com\"\n", "mail.from"},
		{good + "port = 70000\n", "mail.port"},
		{good + "tls = \"maybe\"\n", "mail.tls"},
		{good + "tls = \"none\"\n", "mail.tls"},
		{good + "user = \"u\"\n", "mail.user"},
		{good + "password_file = \"secret\"\n", "mail.user"},
		{good + "password = \"in the clear\"\n", "mail.password"},
		{good + "user = \"u\"\npassword_file = \"none\"\n", "mail.password_file"},
		{good + "user = \"u\"\npassword_file = \"secret\"\npassword_env = \"X\"\n", "mail.password_env"},
		{good + "user = \"u\"\npassword_env = \"CLIENTELE_TEST_UNSET\"\n", "mail.password_env"},
	} {
		_, _, err := LoadMail(withMail(t, c.section, 0o600))
		if clientele.CodeOf(err) != clientele.CodeInvalid || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.section, err)
		}
	}
	open := withMail(t, good+"user = \"u\"\npassword_file = \"secret\"\n", 0o644)
	if _, _, err := LoadMail(open); clientele.CodeOf(err) != clientele.CodeInvalid || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a password that others may read: %v", err)
	}
}
