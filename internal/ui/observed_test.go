package ui

import (
	"net/http"
	"strings"
	"testing"

	"github.com/clientele/clientele"
)

// walked is made-up paths in which every part has something to show.
func walked() clientele.PathReport {
	period := clientele.Period{From: clientele.MustDate("2026-01-01"), To: clientele.MustDate("2026-06-30")}
	figures := func(paths int64, worth *clientele.Money, why string) clientele.PathFigures {
		return clientele.PathFigures{Paths: paths, Share: float64(paths) / 100, Customers: paths, StepsPerPath: fraction(2.5), MedianHours: fraction(30), Again: 5, Worth: worth, Valued: 9, WorthWhy: why}
	}
	few, worth := "Fewer than 5 customers.", money("120.50")
	all := figures(100, &worth, "")
	all.Transferred, all.Transfers, all.QueueShare = new(int64(20)), new(int64(30)), fraction(.4)
	return clientele.PathReport{
		Period: &period, Journey: "<Buying>", GapDays: 30, Rule: "A path is the steps of one case.", PathFigures: all, Distinct: 7,
		Steps:    []clientele.PathStep{{Name: "<delivery>", Visits: 120, Paths: 90, Again: 20, First: 70, Last: 30, DropOff: .25}, {Name: "call the people who answer all day long", Visits: 80, Paths: 40, Last: 50, Open: 20, DropOff: .625}, {Name: "seldom", Visits: 1}},
		Edges:    []clientele.PathEdge{{From: "<delivery>", To: "call the people who answer all day long", Count: 60, Customers: 50, Share: .5, DropOff: .25, Hours: 12}, {From: "<delivery>", To: "<delivery>", Count: 20, Share: 1.0 / 6, Hours: 1}, {From: "call the people who answer all day long", To: "<delivery>", Count: 10, Hours: 2}},
		Variants: []clientele.PathVariant{{Steps: []string{"<delivery>", "call the people who answer all day long"}, PathFigures: figures(60, &worth, "")}, {Steps: []string{"<delivery>"}, More: 3, PathFigures: figures(4, nil, few)}},
		Rest:     figures(36, nil, ""), Segments: []clientele.PathSegment{{Name: "<north>", PathFigures: figures(40, nil, few)}},
		Drawn:   []clientele.DrawnJourney{{ID: "j1", Name: "<Buying>", Paths: 90, InOrder: 45, Backward: 10, Undrawn: 80, Steps: []clientele.DrawnStep{{Name: "<delivery>", Seen: true, Paths: 90, Skipped: 3}, {Name: "thanks"}}}, {ID: "j2", Name: "Nobody's"}},
		WorthBy: "What is to come in five years", LeftOut: []clientele.MeasureLeftOut{{N: 1234, Why: "interactions of nobody"}}, Warnings: []string{"20 paths may go on."},
		Hidden: &clientele.Hidden{Count: 2, What: "segments", Why: "They are not of your units."},
	}
}

func TestObservedPage(t *testing.T) {
	f := newFake()
	s := newTestSite(t, f)
	if code := get(t, s, "/journeys/observed").Code; code != http.StatusSeeOther {
		t.Errorf("what is not added up: status %d", code)
	}
	o := walked()
	f.paths = &o
	body := expect(t, s, "/journeys/j1/observed?by=country&from=2026-01-01", http.StatusOK, "7 different paths; the most frequent is 60.0% of all paths", "20 paths may go on.", "transferred", "time in queue",
		"&lt;delivery&gt; → call the people who answer all day long", "call the people who ans…", "25.0% end here", "&lt;delivery&gt; › and 3 more", "Fewer than 5 customers.", "5 others", "As drawn: <a href=\"/journeys/j1\">&lt;Buying&gt;</a>",
		"nothing is recorded there", "50.0%", "By country", "&lt;north&gt;", "They are not of your units.", "1,234 interactions of nobody", "A path is the steps of one case.", `value="2026-01-01"`, "120.50", `class="arc back"`)
	if strings.Contains(body, ">seldom</text>") {
		t.Error("a step that hardly anybody comes to is drawn")
	}
	o.Distinct, o.WorthBy, o.Transferred, o.QueueShare, o.Rest, o.Edges, o.Customers = 1, "", nil, nil, clientele.PathFigures{}, nil, 0
	expect(t, s, "/journeys/observed", http.StatusOK, "Everybody takes the same path", "<dt>customers</dt><dd>—</dd>")
	f.paths = &clientele.PathReport{Why: "Nothing is recorded that a customer went through."}
	expect(t, s, "/journeys/observed", http.StatusOK, "No path is observed", "Nothing is recorded that a customer went through.")
	if code := get(t, s, "/journeys/observed?from=soon").Code; code != http.StatusUnprocessableEntity {
		t.Errorf("a day that is none: status %d", code)
	}
}
