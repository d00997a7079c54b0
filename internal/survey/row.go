package survey

import (
	"strconv"
	"time"

	"github.com/clientele/clientele/internal/store"
)

// message is what a finished answer leaves for package event to land: rows of feedback, by field.
type message struct {
	Answers []row `json:"answers"`
}

// row is a row of feedback, each value as it stands in a file.
type row map[string]string

// rowsOf makes a record of every score, and of every text. A text stands with the score that was
// asked before it, for it says why.
func rowsOf(d Document, i store.KeptInvitation, answers []store.KeptAnswer) (rows []row) {
	for _, a := range answers {
		q, ok := d.Question(a.Question)
		if !ok || q.Kind == Choice {
			continue
		}
		if a.Kind == store.TextAnswer && len(rows) > 0 && rows[len(rows)-1]["text"] == "" {
			rows[len(rows)-1]["text"] = a.Value
			continue
		}
		rows = append(rows, rowOf(d, i, q, a))
	}
	return rows
}

func rowOf(d Document, i store.KeptInvitation, q Question, a store.KeptAnswer) row {
	r := row{
		"response": i.ID + "/" + q.ID, "customer": i.Customer, "order": i.About, "time": i.Answered.Format("2006-01-02T15:04:05.000Z07:00"),
		"touchpoint": d.Touchpoint, "instrument": string(q.Kind), "not_applicable": "false", "weight": weightText(i.Chance), "language": i.Language,
	}
	from, to, scored := q.Scale()
	if scored {
		r["scale_min"], r["scale_max"] = strconv.Itoa(from), strconv.Itoa(to)
	} else {
		r["instrument"] = string(Rating) // a text alone
	}
	switch a.Kind {
	case store.ScoreAnswer:
		r["score"] = a.Value
	case store.TextAnswer:
		r["text"] = a.Value
	case store.NotApplicable:
		r["not_applicable"] = "true"
	}
	return r
}

// weightText is the weight of one who was drawn with a chance: how many customers they stand
// for. Who was not drawn stands for themselves.
func weightText(chance float64) string {
	if chance <= 0 {
		return "1"
	}
	return strconv.FormatFloat(1/chance, 'f', 6, 64)
}

// keptFor is how long an employee's draft is kept.
const keptFor = 30 * 24 * time.Hour
