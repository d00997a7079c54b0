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
// it that leave a whole year to fit to. Where there is neither, thirds of the
// records.
func origins(asOf, first, last clientele.Date) []window {
	var out []window
	if last-asOf >= leastAfter {
		out = append(out, window{calibrated: asOf, to: asOf + min(mostHeld, last-asOf), refit: true})
	}
	to := min(asOf, last)
	out = append(out, windowsBefore(to, first, mostHeld)...)
	if len(out) == 0 {
		out = windowsBefore(to, first, (to-first+1)/3/week*week)
	}
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
	weeks := int(w.to-w.calibrated) / week
	span := fmt.Sprintf("%d weeks", weeks)
	if weeks == mostHeld/week {
		span = "one year"
	}
	switch {
	case len(windows) == 1 && weeks == mostHeld/week:
		return "The last year of the records was held out whole; each candidate was fitted to what came before it."
	case len(windows) == 1:
		return fmt.Sprintf("The records are too short to hold out a whole year: %s were held out, and each candidate was fitted to what came before them. Seasons cannot be told apart from trends on so little.", span)
	case weeks == mostHeld/week:
		return fmt.Sprintf("%d windows of up to a whole year were held out in turn; each candidate was fitted anew to what came before each of them.", len(windows))
	default:
		return fmt.Sprintf("The records are too short to hold out whole years: %d windows of %s were held out in turn, and each candidate was fitted anew to what came before each of them. Seasons cannot be told apart from trends on so little.", len(windows), span)
	}
}
