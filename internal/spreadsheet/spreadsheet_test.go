package spreadsheet_test

import (
	"testing"

	"github.com/clientele/clientele/internal/spreadsheet"
)

func TestTextsAreNoFormulas(t *testing.T) {
	for text, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\tx": "'\tx", "\rx": "'\rx", "": "", "anna": "anna", "a=b": "a=b", "'=": "'=",
	} {
		if got := spreadsheet.Text(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
