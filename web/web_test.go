package web

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"github.com/clientele/clientele"
)

func TestUnbuiltAssetsSayWhatToRun(t *testing.T) {
	_, err := open(fstest.MapFS{})
	if clientele.CodeOf(err) != clientele.CodeInternal || clientele.HintOf(err) != "Run make, which builds web/dist and the program anew." {
		t.Errorf("%v: %s", err, clientele.HintOf(err))
	}
	if _, err := open(fstest.MapFS{"manifest.json": {Data: []byte("{")}}); err == nil {
		t.Error("a broken manifest is taken")
	}
}

func TestAnUnbuiltLexiconSaysWhatToRun(t *testing.T) {
	if _, err := lexicon(fstest.MapFS{}); clientele.CodeOf(err) != clientele.CodeInternal || clientele.HintOf(err) != "Run make, which builds web/dist and the program anew." {
		t.Errorf("%v: %s", err, clientele.HintOf(err))
	}
	if words, err := lexicon(fstest.MapFS{"dist/lexicon-en.txt": {Data: []byte("good\t1.9\n")}}); err != nil || string(words) != "good\t1.9\n" {
		t.Errorf("%q, %v", words, err)
	}
}

func TestBuiltAssetsAreKeptByBrowsers(t *testing.T) {
	a, err := open(fstest.MapFS{"manifest.json": {Data: []byte(`{"main.css":"main-1.css"}`)}, "main-1.css": {Data: []byte("a{}")}})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]struct {
		status int
		cache  string
	}{"/" + a.Name("main.css"): {http.StatusOK, "public, max-age=31536000, immutable"}, "/main-2.css": {http.StatusNotFound, ""}} {
		w := httptest.NewRecorder()
		a.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if got := w.Header().Get("Cache-Control"); w.Code != want.status || got != want.cache {
			t.Errorf("%s: %d, kept %q", path, w.Code, got)
		}
	}
}
