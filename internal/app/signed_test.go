package app_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/definition"
	"github.com/clientele/clientele/internal/goal"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/statement"
)

// Issue 4: an approved definition holds at once for every figure, but for what is closed.
func TestApprovedDefinitionHoldsForWhatIsNotClosed(t *testing.T) {
	b := newBook(t, t.TempDir(), settings())
	defer func() { closeBook(t, b) }()
	load(t, b, written(t, "orders.csv", ordersOf(150)), ingest.Request{})
	if _, err := b.Closings.Close(t.Context(), "2023-Q3", "Ada", nil); err != nil {
		t.Fatal(err)
	}
	days := 120
	if _, err := b.Definitions.Propose(t.Context(), definition.Edit{LapseDays: &days, Margin: new(.2)}, "a reason", "Ada"); err != nil {
		t.Fatal(err)
	}
	q4 := period("2023-10-01", "2023-12-31")
	before := statementOf(t, b, q4, "")
	c, err := b.Definitions.Compare(t.Context(), definition.Question{Version: 2, From: &q4.From}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Definitions.Approve(t.Context(), 2, "Grace"); err != nil {
		t.Fatal(err)
	}
	after := statementOf(t, b, q4, "")
	if before.Definition.Version != 1 || after.Definition.Version != 2 || after.Definition.LapseDays != 120 {
		t.Errorf("%+v, then %+v", before.Definition, after.Definition)
	}
	row := c.Rows[0]
	if row.Period != "2023-Q4" || row.With.Customers != before.Customers || row.Version.Customers != after.Customers || row.Difference.Closing >= 0 {
		t.Errorf("compared as %+v; before %+v, after %+v", row, before.Customers, after.Customers)
	}
	if !row.Version.Equity.Estimate.Equal(after.Equity.Estimate.Estimate) || row.Difference.Equity.Sign() >= 0 {
		t.Errorf("equity compared as %+v", row)
	}
	closes, err := b.Closings.Closes(t.Context())
	if err != nil || closes[0].Settings.Definition.Version != 1 {
		t.Fatalf("%v", err)
	}
	if r, err := b.Closings.Restated(t.Context(), closes[0]); err != nil || len(r.Changed()) != 0 {
		t.Errorf("what is closed differs: %+v, %v", r.Changed(), err)
	}
	m, err := b.Statements.EquityMovement(t.Context(), statement.EquityRequest{Request: statement.Request{Period: q4}, Horizon: "5"}, nil)
	if err != nil || !m.Closing.Equal(after.Equity.Estimate.Estimate) || m.Scope.Sign() >= 0 {
		t.Errorf("the movement closes with %s, of which the definition is %s (%v)", m.Closing, m.Scope, err)
	}
}

// One changed byte of what people signed is named by verify, and nothing is shown by it.
func TestChangedSignaturesAreNamed(t *testing.T) {
	dir := t.TempDir()
	b := newBook(t, dir, settings())
	days, customers := 120, int64(500)
	if _, err := b.Definitions.Propose(t.Context(), definition.Edit{LapseDays: &days}, "a reason", "Ada"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Goals.Set(t.Context(), "2023-Q4", goal.Targets{Customers: &customers}, "Ada"); err != nil {
		t.Fatal(err)
	}
	if found := verified(t, b); len(found) != 0 {
		t.Errorf("%+v", found)
	}
	closeBook(t, b)
	db := beside(t, filepath.Join(dir, "book"))
	done, err := db.ExecContext(t.Context(), `UPDATE ledger_entry SET text = replace(replace(CAST(text AS TEXT), '"lapse_days":120', '"lapse_days":121'), ':500,', ':501,')`)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := done.RowsAffected(); n != 3 || err != nil {
		t.Fatalf("%d entries (%v)", n, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	b, err = app.Open(t.Context(), filepath.Join(dir, "book"), app.Watcher{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { closeBook(t, b) }()
	var names []string
	for _, f := range verified(t, b) {
		names = append(names, f.Where)
	}
	if got := strings.Join(names, ", "); got != "entry 2 of the definitions, entry 1 of the goals" {
		t.Errorf("found: %s", got)
	}
	if _, err := b.Settings(t.Context()); err == nil {
		t.Error("changed definitions hold")
	}
	if _, err := b.Goals.Goals(t.Context()); err == nil {
		t.Error("changed goals are shown")
	}
}

// Issue 5: an event of the audit that was changed is named.
func TestVerifyFollowsTheAudit(t *testing.T) {
	b := newBook(t, t.TempDir(), settings())
	defer closeBook(t, b)
	ctx := policy.With(t.Context(), policy.Local("root"))
	for _, name := range []string{"North", "South"} {
		if _, err := b.People.AddUnit(ctx, people.Unit{Name: name}); err != nil {
			t.Fatal(err)
		}
	}
	v, err := b.Verify(t.Context(), app.Watcher{})
	if err != nil || v.Err() != nil || v.Events != 2 || len(v.Head) != 64 {
		t.Fatalf("%+v %v", v, err)
	}
	operations := beside(t, b.Path)
	if _, err := operations.Exec("UPDATE audit SET text = replace(text, 'North', 'East!') WHERE number = 1"); err != nil {
		t.Fatal(err)
	}
	if found := verified(t, b); len(found) != 1 || found[0].Where != "event 1 of the audit" {
		t.Errorf("%+v", found)
	}
}
