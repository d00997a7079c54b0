package clientele_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/clientele/clientele"
)

func TestErrorKeepsCodeHintAndCause(t *testing.T) {
	cause := errors.New("disk says no")
	e := clientele.Errorf(clientele.CodeNoSpace, "the disk is full").WithHint("Free some space.").Because(cause)
	e.At = clientele.Position{File: "sales.csv", Line: 7, Column: "amount"}
	wrapped := fmt.Errorf("import: %w", e)
	if clientele.CodeOf(wrapped) != clientele.CodeNoSpace || clientele.HintOf(wrapped) != "Free some space." || !errors.Is(wrapped, cause) {
		t.Errorf("wrapping loses code, hint or cause: %v", wrapped)
	}
	if got, want := e.Error(), "sales.csv:7: column amount: the disk is full: disk says no"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
}

func TestHintOfLooksBehindErrorsWithoutOne(t *testing.T) {
	inner := clientele.Errorf(clientele.CodeInvalid, "inner").WithHint("Do this.")
	outer := clientele.Errorf(clientele.CodeInvalid, "outer").Because(inner)
	if got := clientele.HintOf(outer); got != "Do this." {
		t.Errorf("HintOf = %q", got)
	}
}

func TestCodeOf(t *testing.T) {
	if got := clientele.CodeOf(nil); got != "" {
		t.Errorf("CodeOf(nil) = %q", got)
	}
	if got := clientele.CodeOf(errors.New("x")); got != clientele.CodeInternal {
		t.Errorf("CodeOf of a foreign error = %q", got)
	}
}
