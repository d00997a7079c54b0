package ui

import (
	"context"
	"encoding/csv"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strconv"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/spreadsheet"
	"github.com/clientele/clientele/internal/warehouse"
)

// rejectsPage is one accepted file with the rows that were not loaded.
type rejectsPage struct {
	frame
	Import   importRow
	Rejects  []rejectRow
	More     bool // there are more than are shown
	Download string
	Ask      string // whom to ask, of a reader who may not see the rows
}

// rejectRow is one row that was not loaded.
type rejectRow struct{ Line, Column, Reason, Text string }

func (s *Site) rejects(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	im, err := s.importOf(r)
	if err != nil {
		return err
	}
	p := rejectsPage{frame: s.frame(v, "data", im.Name), Import: v.importRow(im), Download: importHref(im.Sequence) + "/rejects.csv", Ask: v.ask(policy.ReadRejects)}
	if p.Ask != "" {
		return s.show(w, http.StatusOK, "rejects", p)
	}
	err = s.eachReject(r, im, s.Records.Rejects, func(x warehouse.Reject) (bool, error) {
		if len(p.Rejects) == rowsAPage {
			p.More = true
			return false, nil
		}
		p.Rejects = append(p.Rejects, v.rejectRow(x))
		return true, nil
	})
	if err != nil {
		return err
	}
	return s.show(w, http.StatusOK, "rejects", p)
}

func (l *locale) rejectRow(x warehouse.Reject) rejectRow {
	row := rejectRow{Column: x.Column, Reason: x.Reason, Text: x.Text}
	if x.Line > 0 {
		row.Line = l.int(x.Line)
	}
	return row
}

// rejects streams the rejected rows of a batch.
type rejects func(ctx context.Context, batchID string) iter.Seq2[warehouse.Reject, error]

// eachReject hands over the rejected rows of a file, in its order, until f says to stop.
func (s *Site) eachReject(r *http.Request, im clientele.ImportRef, rows rejects, f func(warehouse.Reject) (bool, error)) error {
	batches, err := s.Records.Loaded(r.Context())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(batches, func(b warehouse.LoadedBatch) bool { return b.Sequence == im.Sequence })
	if i < 0 {
		return nil // kept, not loaded: nothing is rejected yet
	}
	for x, err := range rows(r.Context(), batches[i].ID) {
		if err != nil {
			return err
		}
		if goOn, err := f(x); err != nil || !goOn {
			return err
		}
	}
	return nil
}

// rejectsCSV is every rejected row, for a spreadsheet; who took it is recorded.
func (s *Site) rejectsCSV(w http.ResponseWriter, r *http.Request) error {
	im, err := s.importOf(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="rejects-%d.csv"`, im.Sequence))
	out := csv.NewWriter(w)
	if err := out.Write([]string{"line", "column", "reason", "row"}); err != nil {
		return err
	}
	begun := false
	err = s.eachReject(r, im, s.exportOf(im), func(x warehouse.Reject) (bool, error) {
		begun = true
		return true, out.Write([]string{strconv.FormatInt(x.Line, 10), spreadsheet.Text(x.Column), spreadsheet.Text(x.Reason), spreadsheet.Text(x.Text)})
	})
	if err != nil && !begun {
		w.Header().Del("Content-Disposition")
		return err
	}
	out.Flush()
	if err != nil {
		s.Log.ErrorContext(r.Context(), "a download ended early", "import", im.Sequence, "error", err)
		panic(http.ErrAbortHandler) // a cut file must not look whole
	}
	return nil
}

func (s *Site) exportOf(im clientele.ImportRef) rejects {
	return func(ctx context.Context, batchID string) iter.Seq2[warehouse.Reject, error] {
		return s.Records.ExportRejects(ctx, im.Sequence, batchID)
	}
}
