package app

import (
	"context"
	"fmt"
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
	"github.com/clientele/clientele/internal/measure"
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

// Segments of a measure are cut to who asks; touchpoints are of the company.
func TestMeasuresAreCutToTheReader(t *testing.T) {
	b := open(t, makeBook(t), Watcher{})
	defer shut(t, b)
	var who, answers strings.Builder
	who.WriteString("customer,region\n")
	answers.WriteString("response,customer,touchpoint,time,instrument,score,scale_min,scale_max\n")
	for i := range 40 {
		fmt.Fprintf(&who, "c%d,%s\n", i, []string{"north", "south"}[i%2])
		fmt.Fprintf(&answers, "r%d,c%d,%s,2026-01-%02d,nps,%d,0,10\n", i, i, []string{"shop", "phone"}[i/2%2], 1+i%28, i%11)
	}
	for _, f := range []struct {
		kind clientele.Kind
		text string
	}{{clientele.Customers, who.String()}, {clientele.Feedback, answers.String()}} {
		path := filepath.Join(t.TempDir(), "file.csv")
		if err := os.WriteFile(path, []byte(f.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Importer.Import(t.Context(), path, ingest.Request{Kind: f.kind}); err != nil {
			t.Fatal(err)
		}
	}
	byRegion, byTouchpoint := measure.Request{Name: "nps", By: "region"}, measure.Request{Name: "nps", By: "touchpoint"}
	for _, r := range []measure.Request{byRegion, byTouchpoint} {
		if err := b.Measures.Prepare(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	g := b.Guards().Measures
	owner := policy.With(t.Context(), policy.Actor{ID: "o", Name: "Olive", Roles: []policy.Role{policy.Owner}, Scopes: []policy.Scope{{Attribute: "region", Value: "north"}}})
	lead := actorOf(t.Context(), "Lea", policy.Lead)
	for _, c := range []struct {
		ctx    context.Context
		ask    measure.Request
		shown  int
		hidden int64
	}{{lead, byRegion, 2, 0}, {owner, byRegion, 1, 1}, {owner, byTouchpoint, 2, 0}} {
		m, ok, err := g.Ready(c.ctx, c.ask)
		if err != nil || !ok || m.N != 40 || len(m.Segments) != c.shown || (c.hidden > 0) != (m.Hidden != nil) || c.hidden > 0 && (m.Hidden.Count != c.hidden || m.Segments[0].Name != "north") {
			t.Errorf("%+v: %v, %v, %+v, hidden %+v", c.ask, ok, err, m.Segments, m.Hidden)
		}
	}
	for _, role := range []policy.Role{policy.Employee, policy.Administrator} {
		if _, _, err := g.Ready(actorOf(t.Context(), "Emma", role), byRegion); clientele.CodeOf(err) != clientele.CodeForbidden {
			t.Errorf("%s: %v", role, err)
		}
	}
}
