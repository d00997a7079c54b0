package work

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"github.com/clientele/clientele"
)

func TestTokensCannotLeaveTheirDirectory(t *testing.T) {
	u := Uploads{t.TempDir()}
	for _, token := range []string{"..", "../..", "", "short", strings.Repeat("A", 25) + "/"} {
		if _, err := u.Name(token); clientele.CodeOf(err) != clientele.CodeNotFound {
			t.Errorf("%q: %v", token, err)
		}
		if err := u.Discard(token); err != nil {
			t.Errorf("%q: %v", token, err)
		}
	}
	if _, err := os.Stat(u.Dir); err != nil {
		t.Error("the directory of uploads is gone")
	}
}

func TestUploadsAreKeptWholeOrNotAtAll(t *testing.T) {
	u := Uploads{t.TempDir()}
	token, size, err := u.Save("a.csv", strings.NewReader("a,b\n"))
	if err != nil || size != 4 {
		t.Fatal(size, err)
	}
	name, err := u.Name(token)
	text, readErr := os.ReadFile(u.Path(token))
	if err != nil || readErr != nil || name != "a.csv" || string(text) != "a,b\n" {
		t.Errorf("%q %q %v %v", name, text, err, readErr)
	}
	cut := errors.New("cut off")
	if _, _, err := u.Save("b.csv", iotest.ErrReader(cut)); !errors.Is(err, cut) {
		t.Error(err)
	}
	if _, _, err := u.Save("c.csv", strings.NewReader("")); clientele.CodeOf(err) != clientele.CodeInvalid {
		t.Error(err)
	}
	if left, err := os.ReadDir(u.Dir); err != nil || len(left) != 1 {
		t.Errorf("%v %v", left, err)
	}
}

func TestFullDiskIsSaid(t *testing.T) {
	full := &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
	if got := clientele.CodeOf(diskError(full)); got != clientele.CodeNoSpace {
		t.Errorf("a full disk is %q", got)
	}
	if other := errors.New("broken"); diskError(other) != other { //nolint:errorlint // the very same error
		t.Error("another error is changed")
	}
}
