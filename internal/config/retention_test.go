package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele"
)

func TestRetention(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("name = 'A'\n[retention]\ncustomers = '10y'\nuploads = \"never\"\n")
	got, err := Retention(path)
	if err != nil || len(got) != 2 || got[KeepCustomers].String() != "10y" || got[KeepUploads].String() != "never" {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := Load(path); err != nil {
		t.Error(err)
	}
	for text, want := range map[string]string{
		"\n[retention]\norders = '1y'\n":        `:3: there is no setting "retention.orders"`,
		"[retention]\n\ncustomers = 'a year'\n": `:3: retention.customers: "a year" is no period`,
		"[retention]\nrejects = '0d'\n":         `:2: retention.rejects: "0d" is no period`,
		"[retention]\nrejects = 3\n":            ":2: ",
	} {
		write(text)
		for _, read := range []func() error{func() error { _, err := Retention(path); return err }, func() error { _, err := Load(path); return err }} {
			if err := read(); clientele.CodeOf(err) != clientele.CodeInvalid || !strings.Contains(err.Error(), want) {
				t.Errorf("%q: %v, want %s", text, err, want)
			}
		}
	}
}

func TestPeriodsEnd(t *testing.T) {
	now := time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{"10y": "2016-03-31", "1m": "2026-03-03", "90d": "2025-12-31", "never": ""} {
		p, err := ParsePeriod(text)
		if err != nil {
			t.Fatal(err)
		}
		at, ok := p.Before(now)
		if got := at.Format(time.DateOnly); ok != (want != "") || ok && got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
