package measure

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
	"github.com/clientele/clientele/model/control"
	"github.com/clientele/clientele/model/score"
)

// entry is a measure of the library.
type entry struct {
	clientele.MeasureDefinition
	of          warehouse.Measured
	scale       float64 // value in its unit ÷ estimate
	least, most float64 // what a value can be
	estimate    func(score.Sums) score.Estimate
	chart       func([]score.Sums) control.Chart // nil: XmR of the values
	named       string                           // of the chart
	voices      bool                             // made of answers, of which few are not shown apart
	within      bool                             // takes a number of days
	undivided   bool                             // by touchpoints
	everywhere  bool                             // cannot be held to a touchpoint either
	nothing     string                           // why it cannot be told where nothing counts
	never       string                           // why it cannot be told where no event is on record at all; "": none is none
}

// The charts.
const (
	chartXmR = "XmR"
	chartP   = "p′"
	chartU   = "u′"
)

// Library lists the measures there are.
func Library() []clientele.MeasureDefinition {
	var out []clientele.MeasureDefinition
	for _, e := range library() {
		out = append(out, e.MeasureDefinition)
	}
	return out
}

func find(name string) (entry, error) {
	all := library()
	i := slices.IndexFunc(all, func(e entry) bool { return e.Name == name })
	if i >= 0 {
		return all[i], nil
	}
	var names []string
	for _, e := range all {
		names = append(names, e.Name)
	}
	return entry{}, clientele.Errorf(clientele.CodeNotFound, "there is no measure %q", name).WithHint("Choose one of %s.", strings.Join(names, ", "))
}

func library() []entry {
	return slices.Concat(voiceMeasures(), []entry{promise()}, contactMeasures(), []entry{resolution()}, faultMeasures())
}

func define(name, title string, unit clientele.MeasureUnit, higher bool, text string) clientele.MeasureDefinition {
	return clientele.MeasureDefinition{Name: name, Title: title, Version: 1, Unit: unit, Higher: higher, Text: text}
}

const (
	noAnswers = "No answer counts in these days: import some with: clientele import BOOK FILE --as feedback"
	noEvents  = "Nothing counts in these days: import interactions with: clientele import BOOK FILE --as interactions"
)

// mean is the estimate of scores on a scale.
func mean(low, high float64) func(score.Sums) score.Estimate {
	return func(s score.Sums) score.Estimate { return score.Mean(s, low, high) }
}

func voiceMeasures() []entry {
	return []entry{
		{
			MeasureDefinition: define("nps", "Net promoter score", clientele.UnitPoints, true,
				"The share of answers of 9 or 10 less the share of answers of 0 to 6, in points, among answers with the instrument nps on a scale from 0 to 10; 0 is an answer. n counts answers. The interval is the adjusted Wald."),
			of: warehouse.NPSAnswers, scale: 100, least: -100, most: 100, estimate: score.NPS, named: chartXmR, voices: true, nothing: noAnswers,
		},
		{
			MeasureDefinition: define("csat", "Customer satisfaction", clientele.UnitShare, true,
				"The share of answers in the top two boxes of their scale (4 or 5 of 1 to 5), among answers with the instrument csat on any scale of three boxes or more. n counts answers. The interval is Wilson's."),
			of: warehouse.CSATAnswers, scale: 1, most: 1, estimate: score.Share, chart: shares, named: chartP, voices: true, nothing: noAnswers,
		},
		{
			MeasureDefinition: define("ces", "Customer effort score", clientele.UnitScore, true,
				"The mean of answers with the instrument ces on a scale from 1 to 7, where 7 is the least effort. n counts answers. The interval is Student's."),
			of: warehouse.CESAnswers, scale: 1, least: 1, most: 7, estimate: mean(1, 7), named: chartXmR, voices: true, nothing: noAnswers,
		},
		{
			MeasureDefinition: define("rating", "Mean rating", clientele.UnitScore, true,
				"The mean of ratings and reviews on a scale from 1 to 5: answers with the instrument rating, or none. n counts answers. The interval is Student's."),
			of: warehouse.RatingAnswers, scale: 1, least: 1, most: 5, estimate: mean(1, 5), named: chartXmR, voices: true, nothing: noAnswers,
		},
	}
}

func promise() entry {
	return entry{
		MeasureDefinition: define("on_time_share", "On time", clientele.UnitShare, true,
			"The share of promises that were kept, among interactions with a promised time that fell due, on the day promised. Kept is: actual no later than promised, or on the day promised where that has no time of day. What was not delivered at all is not kept, whoever called it off. n counts promises. The interval is Wilson's."),
		of: warehouse.Promises, scale: 1, most: 1, estimate: score.Share, chart: shares, named: chartP, nothing: "No promise fell due in these days: interactions need a promised time, and an actual one.",
	}
}

// matter is what makes contacts one matter.
const matter = "The matter is the customer and the case or, without a case, the customer, touchpoint and kind. Every interaction is a contact: hold it to a touchpoint where others are recorded beside contacts. Days are counted by the calendar."

func contactMeasures() []entry {
	return []entry{
		{
			MeasureDefinition: define("first_contact_resolution", "First-contact resolution", clientele.UnitShare, true,
				"The share of contacts that no other follows on the same matter within N days. "+matter+" Contacts with fewer than N days of records after them are left out. n counts contacts. The interval is Wilson's."),
			of: warehouse.LastContacts, scale: 1, most: 1, estimate: score.Share, chart: shares, named: chartP, within: true, nothing: noEvents,
		},
		{
			MeasureDefinition: define("repeat_contacts", "Repeat contacts", clientele.UnitShare, false,
				"The share of contacts that follow another on the same matter within N days. "+matter+" Contacts with fewer than N days of records before them are left out. n counts contacts. The interval is Wilson's."),
			of: warehouse.RepeatedContacts, scale: 1, most: 1, estimate: score.Share, chart: shares, named: chartP, within: true, nothing: noEvents,
		},
		{
			MeasureDefinition: define("transfers", "Transfers", clientele.UnitShare, false,
				"The share of interactions by another agent than the one before on the same customer and case, among those that follow another; interactions whose agent is unknown are passed over. n counts interactions that follow another. The interval is Wilson's."),
			of: warehouse.Handovers, scale: 1, most: 1, estimate: score.Share, chart: shares, named: chartP, nothing: "No interaction continues a case in these days: interactions need a case and an agent.",
		},
	}
}

func resolution() entry {
	return entry{
		MeasureDefinition: define("time_to_resolve", "Time to resolve", clientele.UnitHours, false,
			"The time that half of all matters outlast, in hours, from the beginning of their first interaction to the end of their latest. A matter is a customer's case or, without a case, one interaction. Matters whose latest interaction has no end still run, and count for as long as they are known to (Kaplan–Meier), on the day they began. Times are to the minute below a day, to the hour below sixty days, else to the day, rounded up. n counts matters. The interval is Brookmeyer and Crowley's."),
		of: warehouse.Matters, scale: 1, most: math.Inf(1), named: chartXmR, nothing: noEvents,
	}
}

func faultMeasures() []entry {
	return []entry{
		{
			MeasureDefinition: define("complaint_rate", "Complaints", clientele.UnitPerHundred, false,
				"Interactions whose kind is complaint (in any case of letters) per 100 orders of the same days: an order is the sale lines that share one order id or, without one, a customer's of one day, and counts on its first day. n counts complaints. The interval is Garwood's, of the complaints alone."),
			of: warehouse.Complaints, scale: 100, most: math.Inf(1), estimate: func(s score.Sums) score.Estimate { return score.Rate(s.N, s.W) }, chart: rates, named: chartU, undivided: true,
			nothing: "There is no order in these days to count complaints by.",
			never:   "No interaction of these days is of the kind complaint: either there was none, or the kind is not mapped.",
		},
		{
			MeasureDefinition: define("refund_rate", "Refunds", clientele.UnitShare, false,
				"The amount refunded per amount sold in the same days, from the lines of kind refund and sale, whenever what is refunded was sold. n counts lines. All lines are in it, so that there is no interval."),
			of: warehouse.Refunds, scale: 1, most: math.Inf(1), estimate: paid, named: chartXmR, undivided: true, everywhere: true, nothing: "Nothing was sold in these days.",
		},
		{
			MeasureDefinition: define("defect_rate", "Defects", clientele.UnitShare, false,
				"The share of interactions with a problem on record; where none is, nothing is known to have gone wrong. n counts interactions. The interval is Wilson's."),
			of: warehouse.Problems, scale: 1, most: 1, estimate: score.Share, chart: shares, named: chartP, nothing: noEvents,
			never: "No problem is on record in these days: either there was none, or the field problem is not mapped.",
		},
	}
}

// paid is an amount per amount, which nobody sampled.
func paid(s score.Sums) score.Estimate {
	e := unknown
	if s.W > 0 {
		e.Value = s.Mean()
	}
	return e
}

// shares charts proportions by what they effectively are of.
func shares(sums []score.Sums) control.Chart {
	var out []control.Share
	for _, s := range sums {
		n := s.Effective()
		out = append(out, control.Share{Events: n * s.Mean(), N: n})
	}
	return control.LaneyP(out)
}

// rates charts events per unit.
func rates(sums []score.Sums) control.Chart {
	var out []control.Share
	for _, s := range sums {
		out = append(out, control.Share{Events: s.X, N: s.W})
	}
	return control.LaneyU(out)
}

// leftOut says why something does not count.
func leftOut(l warehouse.LeftOut, within int) string {
	return map[warehouse.LeftOut]string{
		warehouse.NotApplicable: "it does not apply to who answered",
		warehouse.NoScore:       "no score is given",
		warehouse.NoScale:       "the scale is not known: map scale_min and scale_max",
		warehouse.OtherScale:    "the scale is another than that of the definition",
		warehouse.OutsideScale:  "the score is not on its scale",
		warehouse.NotDue:        "the promise is for later than the records reach",
		warehouse.TooRecent:     fmt.Sprintf("fewer than %d days of records follow them", within),
		warehouse.TooEarly:      fmt.Sprintf("fewer than %d days of records come before them", within),
		warehouse.NoMatter:      "neither customer nor case is known",
		warehouse.NoAgent:       "the agent is not known",
		warehouse.NoCase:        "the case is not known",
		warehouse.EndsFirst:     "the end lies before the beginning",
	}[l]
}
