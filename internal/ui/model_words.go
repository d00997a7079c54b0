package ui

import (
	"fmt"
	"math"

	"github.com/clientele/clientele"
)

// The title of a chart is its message. These are those of the model's page.

// orders names a class by its repeat purchases: "3", "7+".
func (v visit) orders(n int, orMore bool) string {
	if orMore {
		return v.int(int64(n)) + "+"
	}
	return v.int(int64(n))
}

// ordersWords names it in a sentence.
func (v visit) ordersWords(f clientele.FrequencyClass) string {
	switch n := v.int(int64(f.Orders)); {
	case f.OrMore:
		return n + " or more repeat purchases"
	case f.Orders == 1:
		return "1 repeat purchase"
	default:
		return n + " repeat purchases"
	}
}

// weeklyTitle counts the held-out weeks that the model's band holds.
func weeklyTitle(weeks []clientele.HoldoutWeek) string {
	held, within := 0, 0
	for _, w := range weeks {
		if !w.HeldOut {
			continue
		}
		held++
		if n := float64(w.Actual); w.Low <= n && n <= w.High {
			within++
		}
	}
	switch within {
	case 0:
		return "No week held out lies within the band"
	case held:
		return "Every week held out lies within the band"
	}
	return fmt.Sprintf("%d of %d weeks held out lie within the band", within, held)
}

func (m modelView) cumulativeTitle(c clientele.ModelCheck) string {
	if c.MAPE == nil {
		return "Added up since the records begin"
	}
	return "Added up, the held-out weeks are missed by " + m.percent(*c.MAPE) + " on average"
}

// frequencyTitle compares those who never came back, whom models miss first.
func (m modelView) frequencyTitle(counts []clientele.FrequencyCount) string {
	none := counts[0]
	switch off := none.Expected/float64(none.Actual) - 1; {
	case none.Orders != 0 || none.Actual == 0:
		return "How often customers bought again"
	case math.Abs(off) < 0.01:
		return "As many customers never bought again as the model says"
	case off > 0:
		return "The model has " + m.percent(off) + " too many customers who never bought again"
	default:
		return "The model has " + m.percent(-off) + " too few customers who never bought again"
	}
}

// closeEnough is the part of all purchases within which a class's total is no message.
const closeEnough = 0.02

// conditionalTitle names the class that costs most of the total.
func (m modelView) conditionalTitle(c clientele.ModelCheck) string {
	var worst clientele.FrequencyClass
	most := 0.0
	for _, f := range c.ByFrequency {
		if off := float64(f.Customers) * math.Abs(f.Expected-f.Actual); off > most {
			worst, most = f, off
		}
	}
	if most <= closeEnough*float64(c.Actual) {
		return "Light and heavy buyers are foretold alike"
	}
	side := "too little"
	if worst.Expected > worst.Actual {
		side = "too much"
	}
	return fmt.Sprintf("%s is expected of customers with %s", capital(side), m.ordersWords(worst))
}

// setsTitle says how single customers are foretold, by the 90 % sets.
func (m modelView) setsTitle(c clientele.ModelCheck) string {
	for _, s := range c.Sets {
		if math.Abs(s.Nominal-nominal) < 1e-9 {
			return fmt.Sprintf("The range that should hold %s of single customers held %s", m.percentWhole(s.Expected), m.percentWhole(s.Covered))
		}
	}
	return "How often a range held what single customers bought"
}

// nominal is the probability of the sets by frequency.
const nominal = 0.9

// errTitle names the class whose sets hold worst.
func (m modelView) errTitle(classes []clientele.FrequencyClass) string {
	var worst *clientele.FrequencyClass
	for i, f := range classes {
		if counted(f) && strange(f) && (worst == nil || *f.Held-*f.Covered > *worst.Held-*worst.Covered) {
			worst = &classes[i]
		}
	}
	if worst == nil {
		return "Single customers are foretold alike, however often they bought"
	}
	side := "too narrow"
	if *worst.Covered > *worst.Held {
		side = "wider than they need to be"
	}
	return fmt.Sprintf("For customers with %s the ranges are %s", m.ordersWords(*worst), side)
}

// counted says that it was counted how often the sets of a class held.
func counted(f clientele.FrequencyClass) bool {
	return f.Customers > 0 && f.Held != nil && f.Covered != nil
}

// strange says that the sets of a class held another share than chance explains,
// and that this is more than a trifle.
func strange(f clientele.FrequencyClass) bool {
	const trifle = 0.02
	se := math.Sqrt(*f.Held * (1 - *f.Held) / float64(f.Customers))
	return math.Abs(*f.Covered-*f.Held) > max(2*se, trifle)
}

func cohortsTitle(cohorts []clientele.CohortResidual) string {
	far := 0
	for _, c := range cohorts {
		if c.FarOff {
			far++
		}
	}
	switch far {
	case 0:
		return "No group of newcomers strays further than chance explains"
	case 1:
		return "One group of newcomers bought otherwise than chance explains"
	}
	return fmt.Sprintf("%d of %d groups of newcomers bought otherwise than chance explains", far, len(cohorts))
}

var verdictWords = map[clientele.CandidateVerdict]string{
	clientele.CandidateChosen: "chosen", clientele.CandidateEqual: "as good", clientele.CandidateWorse: "worse", clientele.CandidateRefused: "refused", clientele.CandidateFloor: "the floor",
}
