package app_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/journey"
	"github.com/clientele/clientele/internal/measure"
)

// What the map promises stands on a customer's page, measures at touchpoints in their lane, and
// events on charts until they are removed.
func TestTouchpointsAreSeenFromAllSides(t *testing.T) {
	b := importBook(t, "EUR")
	rows := "interaction,customer,touchpoint,kind,time,promised,actual\n"
	for i := range 400 {
		day := clientele.MustDate("2026-01-01") + clientele.Date(i)
		rows += day.String() + ",A,delivery,parcel," + day.String() + " 08:00:00," + (day + 1).String() + "," + day.String() + "\n"
	}
	file := filepath.Join(t.TempDir(), "i.csv")
	if err := os.WriteFile(file, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	load(t, b, file, ingest.Request{Kind: clientele.Interactions})
	parent := ""
	for _, p := range []journey.NewPart{{Kind: journey.IsJourney, Name: "Buying"}, {Kind: journey.IsStage, Name: "Get"}, {Kind: journey.IsTouchpoint, Name: "delivery"}} {
		p.Parent = parent
		d, err := b.Journeys.Add(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		parent = d.Part
	}
	if _, err := b.Journeys.Change(t.Context(), journey.IsTouchpoint, parent, 1, journey.Change{Notes: &journey.Notes{Promise: "By noon."}}); err != nil {
		t.Fatal(err)
	}
	c, err := b.Customers.Customer(t.Context(), "A", 0, 10)
	if err != nil || c.Count == 0 || len(c.Moments) != 10 || len(c.Standing) != 1 || c.Standing[0].Promise != "By noon." || c.WorthWhy == "" {
		t.Errorf("%+v, %v", c, err)
	}
	for _, p := range c.Promises {
		if p.State != "kept" {
			t.Errorf("%+v", p)
		}
	}
	if _, err := b.Customers.Customer(t.Context(), "nobody", 0, 10); clientele.CodeOf(err) != clientele.CodeNotFound {
		t.Errorf("nobody: %v", err)
	}
	if _, ok, err := b.Measures.LatestLane(t.Context()); ok || err != nil {
		t.Errorf("a lane before it is made: %v, %v", ok, err)
	}
	if err := b.Measures.Prepare(t.Context(), measure.Request{}); err != nil {
		t.Fatal(err)
	}
	lane, ok, err := b.Measures.LatestLane(t.Context())
	if err != nil || !ok || !lane.Current || len(lane.Touchpoints) != 1 || lane.Touchpoints[0].Touchpoint != "delivery" {
		t.Fatalf("%+v, %v, %v", lane, ok, err)
	}
	one, err := b.Measures.Report(t.Context(), measure.Request{Name: "on_time_share", Touchpoint: "delivery"})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range lane.Touchpoints[0].Measures {
		for _, p := range one.Series.Points {
			if m.Name == "on_time_share" && p.From == m.From && (*p.Value != *m.Value || p.N != m.N) {
				t.Errorf("the lane says %+v, the measure %+v", m, p)
			}
		}
	}
	e, err := b.Measures.Mark(t.Context(), clientele.MustDate("2026-02-03"), "  new\tcarrier ", "delivery", "Ada")
	if err != nil || e.Name != "new carrier" {
		t.Fatalf("%+v, %v", e, err)
	}
	for touchpoint, want := range map[string]int{"": 1, "delivery": 1} {
		m, err := b.Measures.Report(t.Context(), measure.Request{Name: "on_time_share", Touchpoint: touchpoint})
		if err != nil || len(m.Events) != want {
			t.Errorf("at %q: %+v, %v", touchpoint, m.Events, err)
		}
	}
	for _, bad := range []string{"", " \n ", "a\x00b", string(make([]rune, 200))} {
		if _, err := b.Measures.Mark(t.Context(), e.Day, bad, "", "Ada"); clientele.CodeOf(err) != clientele.CodeInvalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := b.Measures.Unmark(t.Context(), e.Number, "Ada"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Measures.Unmark(t.Context(), e.Number, "Ada"); clientele.CodeOf(err) != clientele.CodeNotFound {
		t.Errorf("removed twice: %v", err)
	}
	if all, err := b.Measures.Marks(t.Context()); err != nil || len(all) > 0 {
		t.Errorf("%+v, %v", all, err)
	}
	if findings, err := b.Measures.VerifyMarks(t.Context()); err != nil || len(findings) > 0 {
		t.Errorf("%v, %v", findings, err)
	}
}
