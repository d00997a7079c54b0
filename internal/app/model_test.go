package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/shareddata"
	"github.com/clientele/clientele/internal/statement"
)

// sampleBook holds the CDNOW sample up to a day.
func sampleBook(t *testing.T, last string) *app.Book {
	t.Helper()
	text, err := os.ReadFile(shareddata.Path(t, "cdnow/CDNOW_sample.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var kept strings.Builder
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) > 2 && f[2] <= last {
			kept.WriteString(line)
		}
	}
	path := filepath.Join(t.TempDir(), "sample.txt")
	if err := os.WriteFile(path, []byte(kept.String()+" 00004 0001 19980630  1    9.99\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := newBook(t, t.TempDir(), settings())
	t.Cleanup(func() { closeBook(t, b) })
	load(t, b, path, ingest.Request{Kind: clientele.Transactions, Map: []string{"customer=column1", "time=column3", "quantity=column4", "amount=column5"}})
	return b
}

// Issue 3, must hold 7: a model that the holdout rejects is never used silently. Here
// nearly everyone stops buying soon after the model was fitted.
func TestStatementTellsOfARejectedModel(t *testing.T) {
	b := sampleBook(t, "19971110")
	m := statementOf(t, b, period("1997-07-01", "1997-09-30"), "").Model
	warned := strings.Join(m.Warnings, " ")
	if m.Trust != clientele.Rejected || !strings.Contains(warned, "do not rely on its totals") || !strings.Contains(warned, "clientele model BOOK --compare") {
		t.Errorf("%s: %q", m.Trust, warned)
	}
}

// A statement goes by the model that a comparison chose, names it, and its rows add
// up to it.
func TestStatementUsesTheChosenModel(t *testing.T) {
	b := sampleBook(t, "19980630")
	p := period("1997-07-01", "1997-09-30")
	if m := statementOf(t, b, p, "").Model; m.Name != "Pareto/NBD + Gamma-Gamma" {
		t.Fatalf("without a choice: %s", m.Name)
	}
	if err := b.Store.Decide(t.Context(), "model", []byte(`{"name":"MBG/CNBD-2","as_of":"1998-06-30"}`), time.Now()); err != nil {
		t.Fatal(err)
	}
	st := statementOf(t, b, p, "")
	if m := st.Model; m.Name != "MBG/CNBD-2 + Gamma-Gamma" || m.Parameters["mbg_cnbd_k"]["k"] != 2 || m.Holdout == nil || st.Equity == nil {
		t.Fatalf("%+v", m)
	}
	checkEquity(t, st)
	checkCustomers(t, b, st)
	x, sum, _ := explained(t, b, statement.ExplainRequest{Request: statement.Request{Period: p}, Line: "equity.estimate"})
	near(t, "rows of the worth", sum.Float64(), st.Equity.Estimate.Estimate.Float64(), .005*float64(x.Count)) // rounded to the cent
	if !strings.Contains(x.Query, "MBG/CNBD-2: r = ") {
		t.Errorf("explained by %s", x.Query)
	}
}
