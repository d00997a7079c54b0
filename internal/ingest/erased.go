package ingest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/clientele/clientele"
)

// findErased looks for rows of people who were erased, and tells how many are left out.
func (j *importing) findErased(ctx context.Context, e Entry) (err error) {
	if j.Erased == nil {
		return nil
	}
	open := func() (*Text, error) { return j.textOf(ctx, j.reading, e) }
	var rows int
	if j.without, rows, err = j.Erased(ctx, open); err != nil || j.without == nil {
		return err
	}
	if j.old != nil {
		return clientele.Errorf(clientele.CodeConflict, "read like this, the file has rows of customers who were erased").
			WithHint("Export the file again without them.")
	}
	j.report.Warnings = append(j.report.Warnings, Problem{
		Message: fmt.Sprintf("rows left out, of customers who were erased: %d", rows),
		Hint:    "If one of them has come back as a customer, allow them again with clientele privacy BOOK allow, and import the file again.",
	})
	return nil
}

// landWithout lands and loads a file without people who were erased: they never come
// into the book.
func (j *importing) landWithout(ctx context.Context, e Entry) error {
	t, err := j.textOf(ctx, j.reading, e)
	if err != nil {
		return err
	}
	path := filepath.Join(j.reading.dir, "without")
	kept := 0
	e, err = t.Write(ctx, path, func(r Row) Change {
		c := j.without(r)
		if !c.Remove {
			kept++
		}
		return c
	})
	if err != nil {
		return err
	}
	if kept == 0 {
		return clientele.Errorf(clientele.CodeInvalid, "every row is of a customer who was erased").
			WithHint("If they have come back as customers, allow them again with clientele privacy BOOK allow.")
	}
	j.in.discard()
	if j.in, err = j.Landing.receive(ctx, path, true, nil); err != nil {
		return err
	}
	defer os.Remove(path)
	return j.landRewritten(ctx, e)
}

// landRewritten lands and loads a file that the program wrote, if it is not there yet.
func (j *importing) landRewritten(ctx context.Context, e Entry) error {
	entries, err := j.Landing.List()
	if err != nil {
		return err
	}
	warnings, name, state := j.report.Warnings, j.report.Name, StateLoaded
	if i := slices.IndexFunc(entries, func(o Entry) bool { return o.BatchID == e.BatchID }); i >= 0 {
		e, state = entries[i], StateUnchanged
	} else if err := j.Landing.accept(j.in, &e); err != nil {
		return err
	}
	j.report.State = StateKept
	if err := j.loadEntry(ctx, e); err != nil {
		return notLoaded(e, err)
	}
	j.report, err = j.reportOf(ctx, e)
	j.report.Warnings, j.report.Name, j.report.State = warnings, name, state
	return err
}
