package modelling

import (
	"fmt"

	"github.com/clientele/clientele"
)

// floorModel is the candidate that others are measured against.
const floorModel = "nbd"

// mostOrigins bounds the windows that a comparison holds out.
const mostOrigins = 3

// origins chooses the windows on which candidates are compared, the latest first:
// what follows the as-of date, if that is 13 weeks or more, and whole years before
// it that leave a whole year to fit to. Where there is neither, the second half of
// the records.
func origins(asOf, first, last clientele.Date) []window {
	to := min(asOf, last)
	if last-asOf < leastAfter {
		out := windowsBefore(to, first, min(mostHeld, (to-first+1)/2/week*week))
		return out[:min(len(out), mostOrigins)]
	}
	out := []window{{calibrated: asOf, to: asOf + min(mostHeld, last-asOf), refit: true}}
	out = append(out, windowsBefore(to, first, mostHeld)...)
	return out[:min(len(out), mostOrigins)]
}

// windowsBefore are windows of one length, end to end, back from a day, each with
// as long a record or longer before it.
func windowsBefore(to, first, held clientele.Date) []window {
	var out []window
	for held >= leastHeld && to-first+1 >= 2*held {
		to -= held
		out = append(out, window{calibrated: to, to: to + held, refit: true})
	}
	return out
}

// scheme says in words what is held out.
func scheme(windows []window) string {
	w := windows[len(windows)-1]
	switch weeks := int(w.to-w.calibrated) / week; {
	case weeks < mostHeld/week:
		return fmt.Sprintf("The records are too short to hold out a whole year: %d weeks were held out, and each candidate was fitted to what came before them. Seasons cannot be told apart from trends on so little.", weeks)
	case len(windows) == 1:
		return "A whole year was held out; each candidate was fitted to what came before it."
	default:
		return fmt.Sprintf("%d windows of up to a whole year were held out in turn; each candidate was fitted anew to what came before each of them.", len(windows))
	}
}
