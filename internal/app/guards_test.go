package app

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/access"
	"github.com/clientele/clientele/internal/definition"
	"github.com/clientele/clientele/internal/goal"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/ui"
)

func actorOf(ctx context.Context, name string, roles ...policy.Role) context.Context {
	return policy.With(ctx, policy.Actor{ID: "id of " + name, Name: name, Roles: roles})
}

// trail is what the audit tells, the first event first.
func trail(t *testing.T, b *Book) (events []string) {
	t.Helper()
	page, err := b.Audit.Page(t.Context(), 0, 100, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range slices.Backward(page) {
		events = append(events, e.Name+" "+e.Action+" "+e.Object)
	}
	return events
}

// People sign as themselves, whatever a form says, and what they did is recorded with it.
func TestChangesAreSignedAndRecorded(t *testing.T) {
	b := open(t, makeBook(t), Watcher{})
	defer shut(t, b)
	fill(t, b)
	g := b.Guards()
	ada, bea := actorOf(t.Context(), "Ada", policy.Executive), actorOf(t.Context(), "Bea", policy.Lead)
	v, err := g.Definitions.Propose(ada, definition.Edit{LapseDays: new(90)}, "They come back sooner", "Bea")
	if err != nil || v.ProposedBy != "Ada" {
		t.Fatalf("%+v %v", v, err)
	}
	if _, err := g.Definitions.Approve(ada, v.Number, "Bea"); clientele.CodeOf(err) != clientele.CodeConflict {
		t.Errorf("who proposed it approves it under another name: %v", err)
	}
	if v, err = g.Definitions.Approve(bea, v.Number, "Ada"); err != nil || v.ApprovedBy != "Bea" {
		t.Errorf("%+v %v", v, err)
	}
	set, err := g.Goals.Set(bea, "2026-Q1", goal.Targets{Customers: new(int64(12))}, "Ada")
	if err != nil || set.By != "Bea" {
		t.Errorf("%+v %v", set, err)
	}
	olga := policy.With(t.Context(), policy.Local("olga"))
	if set, err = g.Goals.Set(olga, "2026-Q1", goal.Targets{Customers: new(int64(13))}, "Ada"); err != nil || set.By != "Ada" {
		t.Errorf("the owner of the machine says by whom: %+v %v", set, err)
	}
	if _, err := g.Goals.Set(bea, "never", goal.Targets{Customers: new(int64(12))}, ""); clientele.CodeOf(err) != clientele.CodeInvalid {
		t.Error(err)
	}
	want := []string{"Ada definition.proposed definition/2", "Bea definition.approved definition/2", "Bea goal.set goal/2026-Q1", "olga goal.set goal/2026-Q1"}
	if got := trail(t, b); !slices.Equal(got, want) {
		t.Errorf("the audit tells %q, want %q", got, want)
	}
	page, err := b.Audit.Page(t.Context(), 0, 1, nil)
	if err != nil || !strings.Contains(string(page[0].Before), "12") || !strings.Contains(string(page[0].After), "13") {
		t.Errorf("%+v %v", page, err)
	}
	if _, _, findings, err := b.Audit.Verify(t.Context()); err != nil || len(findings) > 0 {
		t.Error(findings, err)
	}
}

func TestFilesJobsAndExportsAreRecorded(t *testing.T) {
	b := open(t, makeBook(t), Watcher{})
	defer shut(t, b)
	g := b.Guards()
	ana := actorOf(t.Context(), "Ana", policy.Analyst)
	file := filepath.Join(t.TempDir(), "rows.csv")
	if err := os.WriteFile(file, []byte("order,customer,time,amount\n1,a,2026-01-01,1\n2,b,2026-13-01,1\n3,c,2026-01-03,1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := g.Importer.Import(ana, file, ingest.Request{Kind: clientele.Transactions})
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for _, err := range g.Records.ExportRejects(ana, f.Sequence, f.BatchID) {
		if err != nil {
			t.Fatal(err)
		}
		rows++
	}
	j, err := g.Jobs.Add(ana, access.CompareJob, "2026-01-03", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Jobs.Add(ana, access.StatementJob, "any", nil); err != nil {
		t.Error(err)
	}
	if _, err := g.Jobs.Cancel(ana, j.ID); err != nil {
		t.Error(err)
	}
	again, err := g.Jobs.Again(ana, j.ID)
	if err != nil || again.ID == j.ID || again.Kind != j.Kind {
		t.Errorf("%+v %v", again, err)
	}
	if _, err := g.Jobs.Cancel(ana, "none"); clientele.CodeOf(err) != clientele.CodeNotFound {
		t.Error(err)
	}
	want := []string{"Ana file.imported import/1", "Ana rejects.exported import/1", "Ana job.added job/" + j.ID, "Ana job.cancelled job/" + j.ID, "Ana job.repeated job/" + again.ID}
	if got := trail(t, b); rows != 1 || !slices.Equal(got, want) {
		t.Errorf("%d rows; the audit tells %q, want %q", rows, got, want)
	}
}

// Every kind of job can be asked for by somebody: the guard knows what it takes.
func TestEveryKindOfJobCanBeAskedFor(t *testing.T) {
	b := open(t, makeBook(t), Watcher{})
	defer shut(t, b)
	g := b.Guards()
	olga := policy.With(t.Context(), policy.Local("olga"))
	for kind := range ui.Handlers(b.services(nil, slog.New(slog.DiscardHandler))) {
		if _, err := g.Jobs.Add(olga, kind, kind, nil); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
	if _, err := g.Jobs.Add(olga, "unheard of", "", nil); clientele.CodeOf(err) != clientele.CodeForbidden {
		t.Errorf("a kind that nobody named: %v", err)
	}
}
