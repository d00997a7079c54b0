package ui

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/measure"
	"github.com/clientele/clientele/internal/policy"
)

func TestEventsOnCharts(t *testing.T) {
	f := newFake()
	f.measured = measurements()
	s := newTestSite(t, f)
	expect(t, s, "/measures/nps", http.StatusOK, "What happened meanwhile", "No event is marked in these days.", `action="/measures/events"`, `name="by"`)
	marked := post(t, s, "/measures/events", url.Values{"day": {"2026-08-10"}, "name": {"new <returns> policy"}, "by": {"Ada"}, "back": {"/measures/nps?by=country"}})
	if marked.Code != http.StatusSeeOther || marked.Header().Get("Location") != "/measures/nps?by=country#events" {
		t.Errorf("marked: %d to %q", marked.Code, marked.Header().Get("Location"))
	}
	expect(t, s, "/measures/nps", http.StatusOK, "new &lt;returns&gt; policy", `"event":"1"`, "everywhere", "1 event is marked.", `<th scope="col" class="num">events</th>`, "/measures/events/1/remove")
	if got := post(t, s, "/measures/events", url.Values{"day": {"soon"}, "name": {"x"}}); got.Code != http.StatusUnprocessableEntity {
		t.Errorf("a day that is none: %d", got.Code)
	}
	if got := post(t, s, "/measures/events/1/remove", url.Values{"back": {"https://elsewhere.example"}}); got.Header().Get("Location") != "/measures#events" || len(f.marked) > 0 {
		t.Errorf("removed: %d to %q, %v left", got.Code, got.Header().Get("Location"), f.marked)
	}
	if got := post(t, s, "/measures/events/one/remove", url.Values{}); got.Code != http.StatusNotFound {
		t.Errorf("no number: %d", got.Code)
	}
	f.marked = []clientele.MarkedEvent{{Number: 1, Day: clientele.MustDate("2026-08-10"), Name: "moved", Touchpoint: "delivery", By: "Ada"}}
	if body := expect(t, s, "/measures/refund_rate", http.StatusOK, "cannot be told"); strings.Contains(body, `name="touchpoint"`) {
		t.Error("an event is offered a touchpoint where the measure has none")
	}
}

// What is measured at a touchpoint stands on its card, as it was made last.
func TestMeasuresOnTheCanvas(t *testing.T) {
	f := newFake()
	def := measure.Library()[0]
	value := 39.8
	last := clientele.LastMeasure{Name: "nps", Title: def.Title, Unit: def.Unit, Every: "month", Period: clientele.Period{From: clientele.MustDate("2026-08-01"), To: clientele.MustDate("2026-08-31")}, Measurement: clientele.Measurement{Value: &value}, Judged: true}
	worse := last
	worse.Signal, worse.Title = &clientele.MeasureSignal{}, "On-time share"
	unjudged := last
	unjudged.Judged = false
	f.lane = clientele.MeasureLane{Touchpoints: []clientele.TouchpointMeasures{{Touchpoint: "Checkout", Measures: []clientele.LastMeasure{last, worse, unjudged}}}}
	s := newTestSite(t, f)
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r = r.WithContext(policy.With(r.Context(), policy.Local("olga")))
	r.Header.Set("Accept-Language", "en-GB")
	v, err := s.visit(r)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.lanes(v)
	if err != nil {
		t.Fatal(err)
	}
	lane := got["Checkout"].named("Measures")
	if !strings.Contains(lane.Text, def.Title+" 39.8, August 2026\n") || !strings.Contains(lane.Text, "too few months to judge") || lane.Lack != "on-time share is worse than chance explains" || lane.Note == "" {
		t.Errorf("%+v", lane)
	}
	f.lane.Touchpoints[0].Measures, f.lane.Current = []clientele.LastMeasure{last}, true
	if got, err = s.lanes(v); err != nil || got["Checkout"].Note != "nothing stands out from chance" {
		t.Errorf("%+v, %v", got["Checkout"], err)
	}
	if charts := got["Checkout"].charts; len(charts) != 1 || charts[0].Href != "/measures/nps?touchpoint=Checkout" {
		t.Errorf("%+v", charts)
	}
}
