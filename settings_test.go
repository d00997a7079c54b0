package clientele_test

import (
	"errors"
	"testing"

	"github.com/clientele/clientele"
)

func TestDefaultSettingsAreValid(t *testing.T) {
	if err := clientele.DefaultSettings().Validate(); err != nil {
		t.Fatal(err)
	}
}

func TestValidateNamesTheSetting(t *testing.T) {
	margin := 1.5
	for field, change := range map[string]func(*clientele.Settings){
		"name":                  func(s *clientele.Settings) { s.Name = " " },
		"currency":              func(s *clientele.Settings) { s.Currency = "eur" },
		"time_zone":             func(s *clientele.Settings) { s.TimeZone = "Mars/Olympus" },
		"fiscal_year_start":     func(s *clientele.Settings) { s.FiscalYearStart = "02-29" },
		"fiscal_calendar":       func(s *clientele.Settings) { s.FiscalCalendar = "5-4-4" },
		"discount_rate":         func(s *clientele.Settings) { s.DiscountRate = 15 },
		"margin":                func(s *clientele.Settings) { s.Margin = &margin },
		"definition.kind":       func(s *clientele.Settings) { s.Definition.Kind = "leases" },
		"definition.lapse_days": func(s *clientele.Settings) { s.Definition.LapseDays = 0 },
		"definition.grace_days": func(s *clientele.Settings) { s.Definition.GraceDays = -1 },
		"definition.version":    func(s *clientele.Settings) { s.Definition.Version = 0 },
	} {
		s := clientele.DefaultSettings()
		change(&s)
		err := s.Validate()
		var e *clientele.Error
		if !errors.As(err, &e) || e.Code != clientele.CodeInvalid || e.At.Column != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestEveryKindHasFields(t *testing.T) {
	for _, k := range clientele.Kinds() {
		if got, err := clientele.ParseKind(string(k)); err != nil || got != k || len(k.Fields()) == 0 {
			t.Errorf("%s: parsed as %s, %v, with %d fields", k, got, err, len(k.Fields()))
		}
		for _, f := range k.Fields() {
			if again, ok := k.Field(f.Name); !ok || again.Doc == "" {
				t.Errorf("%s.%s is not found or has no doc", k, f.Name)
			}
		}
	}
	if _, err := clientele.ParseKind("sales"); clientele.CodeOf(err) != clientele.CodeUsage {
		t.Errorf("an unknown kind: %v", err)
	}
}
