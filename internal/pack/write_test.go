package pack

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func written(t *testing.T, f Format, d Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, f, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSame(t *testing.T) {
	for _, f := range Formats() {
		one := written(t, f, OfClose(closed(), made))
		if dir := os.Getenv("PACK_OUT"); dir != "" {
			os.WriteFile(filepath.Join(dir, "closed."+string(f)), one, 0o644)
			os.WriteFile(filepath.Join(dir, "draft."+string(f)), written(t, f, draft()), 0o644)
		}
		for range 3 {
			if !bytes.Equal(one, written(t, f, OfClose(closed(), made))) {
				t.Errorf("%s: the same document gives other bytes", f)
			}
		}
	}
}
