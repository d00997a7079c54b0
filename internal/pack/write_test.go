package pack

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/clientele/clientele"
)

func written(t *testing.T, f Format, d Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, f, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestOneDocumentAlwaysGivesTheSameBytes(t *testing.T) {
	for _, f := range Formats() {
		one := written(t, f, OfClose(closed(), made))
		for range 5 {
			if !bytes.Equal(one, written(t, f, OfClose(closed(), made))) {
				t.Errorf("%s: the same document gives other bytes", f)
			}
		}
	}
}

func TestOtherFormatsAreRefused(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, "docx", draft()); clientele.CodeOf(err) != clientele.CodeUsage || clientele.HintOf(err) == "" || b.Len() > 0 {
		t.Errorf("%v", err)
	}
}

// With PACK_OUT set to a folder, the packs are left there to be looked at.
func TestLook(t *testing.T) {
	dir := os.Getenv("PACK_OUT")
	if dir == "" {
		t.Skip("PACK_OUT is not set")
	}
	for name, d := range documents() {
		for _, f := range Formats() {
			if err := os.WriteFile(filepath.Join(dir, name+"."+string(f)), written(t, f, d), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}
