package app

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/privacy"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/survey"
)

// surveyed is a book of thirty customers, all of whom answered a survey, with their secrets.
func surveyed(t *testing.T, b *Book) (v survey.Survey) {
	t.Helper()
	var text strings.Builder
	text.WriteString("customer,region,email\n")
	for i := range 30 {
		fmt.Fprintf(&text, "somebody%02d,%s,somebody%02d@example.com\n", i, []string{"North", "South"}[i%2], i)
	}
	path := filepath.Join(t.TempDir(), "customers.csv")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Importer.Import(t.Context(), path, ingest.Request{Kind: clientele.Customers}); err != nil {
		t.Fatal(err)
	}
	d, err := survey.ParseDocument("x", []byte("survey: S\ntouchpoint: Till\nask: {by: region, sample: 10}\nquestions:\n- {id: q, kind: nps, text: Q}\n- {id: w, kind: text, text: W}\n"))
	if err != nil {
		t.Fatal(err)
	}
	ctx := policy.With(t.Context(), policy.Local("Ada"))
	g := b.Guards().Surveys
	if v, err = g.Create(ctx, d); err != nil {
		t.Fatal(err)
	}
	sent, err := g.Send(ctx, v.ID, "http://localhost")
	if err != nil || len(sent.Links) != 20 {
		t.Fatal(len(sent.Links), err)
	}
	for _, l := range sent.Links {
		key := l.URL[strings.LastIndex(l.URL, "/")+1:]
		for _, r := range []survey.Reply{{Question: "q", Values: []string{"9"}}, {Question: "w", Text: "=Said by " + l.Customer}} {
			at, err := g.Visit(t.Context(), key, "")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := g.Reply(t.Context(), at, r); err != nil {
				t.Fatal(err)
			}
		}
	}
	return v
}

// Answers are landed as records, with the chance that weighs them; what is held of somebody is
// handed out, and erased with them, and no word of theirs is left.
func TestAnswersToSurveysAreLandedHandedOutAndErased(t *testing.T) {
	path := makeBook(t)
	b := open(t, path, Watcher{})
	defer func() { shut(t, b) }()
	v := surveyed(t, b)
	ctx := policy.With(t.Context(), policy.Local("Ada"))
	if _, err := b.intake(slog.New(slog.DiscardHandler)).Drain(ctx, nil, func(store.JobProgress) {}); err != nil {
		t.Fatal(err)
	}
	who := ""
	for i := range 30 {
		id := fmt.Sprintf("somebody%02d", i)
		for row, err := range b.Records.Held(ctx, id) {
			if err != nil {
				t.Fatal(err)
			}
			if row.Table != clientele.Feedback {
				continue
			}
			who = id
			if got := fmt.Sprint(row.Values); !strings.Contains(got, "{score 9") || !strings.Contains(got, "{weight 1.5") || !strings.Contains(got, "=Said by "+id) || !strings.Contains(got, "{touchpoint Till}") {
				t.Errorf("%s", got)
			}
		}
	}
	if waiting, err := b.Store.WaitingEvents(ctx); who == "" || waiting != 0 || err != nil {
		t.Fatalf("%d wait (%v)", waiting, err)
	}
	copied, err := b.Privacy.Collect(ctx, who)
	if err != nil || !strings.Contains(fmt.Sprint(copied.Files), "=Said by "+who) || copied.Files[len(copied.Files)-1].Name != "surveys" {
		t.Errorf("%v %v", copied.Files, err)
	}
	if _, err := b.Privacy.Erase(ctx, privacy.Request{IDs: []string{who}, Why: "asked", By: "Ada"}); err != nil {
		t.Fatal(err)
	}
	for text, err := range b.Store.Texts(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text.Text), who) {
			t.Errorf("%s holds %s", text.Table, text.Text)
		}
	}
	if r, err := b.Surveys.Results(ctx, v.ID); err != nil || r.Answered != 19 {
		t.Errorf("%d have answered (%v)", r.Answered, err)
	}
	page, err := b.Audit.Page(ctx, 0, 100, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range page {
		if strings.Contains(string(e.Before)+string(e.After), "somebody") {
			t.Errorf("the audit names a customer: %s", e.After)
		}
	}
}
