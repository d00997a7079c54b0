package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/clientele/clientele"
)

func TestParseTakesDefaultsForWhatIsNotSaid(t *testing.T) {
	got, err := parse("book.toml", []byte("name = 'Acme'\nmargin = 1\n[definition]\nlapse_days = 90\n"))
	if err != nil {
		t.Fatal(err)
	}
	want, one := clientele.DefaultSettings(), 1.0
	want.Name, want.Margin, want.Definition.LapseDays = "Acme", &one, 90
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestErrorsNameFileLineAndKey(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"unknown key", "name = 'A'\ncolour = 'red'\n", `b.toml:2: there is no setting "colour"`},
		{"unknown key in table", "[definition]\nlaps_days = 3\n", `b.toml:2: there is no setting "definition.laps_days"`},
		{"syntax", "name = 'A'\ncurrency = EUR\n", "b.toml:2: "},
		{"type", "\ndiscount_rate = 'ten'\n", "b.toml:2: discount_rate: "},
		{"range", "discount_rate = 0.1\nmargin = 30\n", "b.toml:2: margin: the margin 30"},
		{"range in table", "[definition]\n# days\nlapse_days = 0\n", "b.toml:3: definition.lapse_days: 0 days"},
		{"key twice", "name = 'A'\nname = 'B'\n", "b.toml:2: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := parse("b.toml", []byte(c.text))
			if clientele.CodeOf(err) != clientele.CodeInvalid || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got %v (%s), want %s…", err, clientele.CodeOf(err), c.want)
			}
		})
	}
}

func TestFormatRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := clientele.DefaultSettings()
		want.Name = rapid.StringMatching(`.+`).Filter(func(s string) bool { return strings.TrimSpace(s) != "" }).Draw(t, "name")
		want.FiscalCalendar = rapid.SampledFrom(clientele.FiscalCalendars()).Draw(t, "calendar")
		want.DiscountRate = rapid.Float64Range(0, 1).Draw(t, "rate")
		if rapid.Bool().Draw(t, "margin given") {
			m := rapid.Float64Range(1e-9, 1).Draw(t, "margin")
			want.Margin = &m
		}
		want.Definition.LapseDays = rapid.IntRange(1, 3660).Draw(t, "lapse")
		text, err := Format(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := parse("book.toml", text)
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s\n%s", diff, text)
		}
	})
}

func TestFormatExplainsEveryKey(t *testing.T) {
	text, err := Format(clientele.DefaultSettings())
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	for i, line := range lines {
		if strings.Contains(line, "=") && !strings.HasPrefix(lines[i-1], "#") {
			t.Errorf("line %d has no comment above it: %s", i+1, line)
		}
	}
}

func TestFormatRefusesWhatLoadWould(t *testing.T) {
	s := clientele.DefaultSettings()
	s.Currency = "euro"
	if _, err := Format(s); clientele.CodeOf(err) != clientele.CodeInvalid {
		t.Errorf("got %v", err)
	}
}

func TestLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	if _, err := Load(path); clientele.CodeOf(err) != clientele.CodeNotFound {
		t.Errorf("missing file: %v", err)
	}
	if err := os.WriteFile(path, []byte("currency = 'eur'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Load(path)
	e := (*clientele.Error)(nil)
	if !errors.As(err, &e) || e.At.File != path || e.At.Line != 1 {
		t.Errorf("got %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("name = 'A'\n[definition]\nkind='both'"))
	f.Add([]byte("= [ \x00"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if s, err := parse("b", text); err == nil && s.Validate() != nil {
			t.Errorf("accepted settings that do not validate: %+v", s)
		}
	})
}
