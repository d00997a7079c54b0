package ui

import (
	"net/url"
	"slices"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
)

// lanes are how touchpoints stand by their measures, by name.
type lanes map[string]measuredLane

// measuredLane is how one touchpoint stands.
type measuredLane struct {
	lane
	charts []choice
}

func (m measuredLane) named(name string) lane {
	m.Name = name
	return m.lane
}

// lanes are those that were made last, for readers who may see measures. Nothing is computed.
func (s *Site) lanes(v visit) (lanes, error) {
	if !v.may(policy.ReadMeasures) {
		return lanes{}, nil
	}
	made, ok, err := s.Measures.LatestLane(v.Context())
	if err != nil || !ok {
		return lanes{}, err
	}
	out := lanes{}
	for _, t := range made.Touchpoints {
		out[t.Touchpoint] = v.measuredLane(t, made.Current)
	}
	return out, nil
}

func (v visit) measuredLane(t clientele.TouchpointMeasures, current bool) (out measuredLane) {
	var says, stands []string
	for _, m := range t.Measures {
		figure := v.measured(clientele.MeasureReport{Definition: clientele.MeasureDefinition{Unit: m.Unit}}, m.Value)
		words := m.Title + " " + figure + ", " + v.seriesName(m.Every, m.Period)
		if !m.Judged {
			words += " (too few " + m.Every + "s to judge)"
		}
		says = append(says, words)
		if m.Signal != nil {
			stands = append(stands, strings.ToLower(m.Title)+" is "+verdict(*m.Signal)+" than chance explains")
		}
		href := measureHref(m.Name) + "?" + url.Values{"touchpoint": {t.Touchpoint}}.Encode()
		out.charts = append(out.charts, choice{Name: m.Title + " " + figure, Href: href})
	}
	out.Text, out.Lack = strings.Join(says, "\n"), strings.Join(stands, "; ")
	judged := slices.ContainsFunc(t.Measures, func(m clientele.LastMeasure) bool { return m.Judged })
	switch {
	case !current:
		out.Note = "newer records are still being counted"
	case judged && len(stands) == 0:
		out.Note = "nothing stands out from chance"
	}
	return out
}
