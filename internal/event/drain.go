package event

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/expr"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/store"
)

// landedTime is how times stand in files.
const landedTime = "2006-01-02T15:04:05.000Z07:00"

// Drained is what Drain did.
type Drained struct {
	Messages int `json:"messages"`
	Files    int `json:"files"`   // landed
	Refused  int `json:"refused"` // portions that could not be read back
}

// Drain is the job.Handler of JobKind: it lands the messages that wait, portion by
// portion. It may be run again from the start: a portion that was landed is the same
// file again, which changes nothing.
func (i *Intake) Drain(ctx context.Context, _ json.RawMessage, report func(store.JobProgress)) (any, error) {
	var did Drained
	defer func() { i.drained.Store(i.Now().UnixMilli()) }()
	for {
		number, messages, err := i.Store.NextPortion(ctx, i.Portion)
		if err != nil {
			return did, err
		}
		if len(messages) == 0 {
			break
		}
		report(store.JobProgress{Step: "landing messages", Fraction: -1, Rows: int64(did.Messages)})
		if err := i.land(ctx, number, messages, &did); err != nil {
			return did, err
		}
	}
	if _, err := i.Store.ForgetEvents(ctx, i.Now().Add(-KeptFor)); err != nil {
		return did, err
	}
	return did, i.count(ctx)
}

// land makes files of a portion and lands them. The bodies go only when that is done.
func (i *Intake) land(ctx context.Context, number int64, messages []store.EventMessage, did *Drained) error {
	files, err := portionOf(messages)
	if err != nil {
		return err
	}
	landed, reports := true, []any{}
	for _, f := range files {
		name := fmt.Sprintf("%s-%06d-%s.jsonl", messages[0].Source, number, f.kind)
		got, err := i.importFile(ctx, name, messages[0].Source, f)
		switch code := clientele.CodeOf(err); {
		case err == nil, code == clientele.CodeNotLoaded:
			did.Files++
			reports = append(reports, map[string]any{"file": name, "sha256": got.SHA256, "rows": len(f.rows), "rejected": got.Rejected})
		case code == clientele.CodeInvalid, code == clientele.CodeConflict, code == clientele.CodeUsage:
			i.Log.ErrorContext(ctx, "messages were accepted and cannot be landed; they are kept", "portion", number, "error", err)
			landed = false
		default:
			return err
		}
	}
	did.Messages += len(messages)
	if !landed {
		did.Refused++
	}
	return i.Store.Atomically(ctx, func(ctx context.Context) error {
		err := i.Store.SettlePortion(ctx, number, landed)
		return errors.Join(err, i.Audit.Record(ctx, "events.landed", fmt.Sprintf("portion/%d", number), nil, reports))
	})
}

// importFile writes a file and imports it.
func (i *Intake) importFile(ctx context.Context, name, source string, f file) (report ingest.FileReport, err error) {
	path := filepath.Join(i.Work, name)
	if err := f.write(path); err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, os.Remove(path)) }()
	return i.Importer.Import(ctx, path, ingest.Request{Kind: f.kind, Map: f.mapping(), Source: source, Name: name})
}

// file is the rows of one kind; each has the columns.
type file struct {
	kind    clientele.Kind
	columns []string
	fields  []string // those that fields of the kind are read from
	rows    []map[string]string
}

func (f file) mapping() (m []string) {
	for _, name := range f.fields {
		m = append(m, name+"="+expr.QuoteName(name))
	}
	return m
}

// write makes the file, to the byte the same for the same rows.
func (f file) write(path string) (err error) {
	out, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	w := bufio.NewWriter(out)
	for _, row := range f.rows {
		for n, column := range f.columns {
			// Marshalling two texts cannot fail.
			name, _ := json.Marshal(column)
			value, _ := json.Marshal(row[column])
			fmt.Fprintf(w, "%s%s:%s", string("{,"[min(n, 1)]), name, value)
		}
		fmt.Fprint(w, "}\n")
	}
	return w.Flush()
}

var orderFields = []string{"customer", "order", "line", "time", "quantity", "amount", "currency", "product", "kind"}

// answerFields are those of feedback, as package survey writes them.
var answerFields = []string{
	"response", "customer", "order", "time", "touchpoint", "instrument", "score", "scale_min", "scale_max", "not_applicable", "text", "weight", "language",
}

// portionOf sorts messages into files. Of an order that comes more than once the last
// version stands; of a customer the last value of each trait.
func portionOf(messages []store.EventMessage) ([]file, error) {
	orders := map[string][]line{} // by order
	traits := map[string]map[string]string{}
	columns := map[string]bool{}
	answers := file{kind: clientele.Feedback, columns: answerFields, fields: answerFields}
	for _, m := range messages {
		var k kept
		if err := json.Unmarshal(m.Body, &k); err != nil {
			return nil, clientele.Errorf(clientele.CodeInternal, "message %d cannot be read back", m.Number).Because(err)
		}
		if len(k.Lines) > 0 {
			orders[k.Lines[0].Order] = k.Lines
		}
		answers.rows = append(answers.rows, k.Answers...)
		for name, value := range k.Traits {
			if traits[m.Customer] == nil {
				traits[m.Customer] = map[string]string{}
			}
			traits[m.Customer][name], columns[name] = value, true
		}
	}
	var files []file
	if len(answers.rows) > 0 {
		files = append(files, answers)
	}
	if len(orders) > 0 {
		f := file{kind: clientele.Transactions, columns: orderFields, fields: orderFields}
		for _, id := range slices.Sorted(maps.Keys(orders)) {
			for _, l := range orders[id] {
				f.rows = append(f.rows, l.row())
			}
		}
		files = append(files, f)
	}
	if len(traits) > 0 {
		f := file{kind: clientele.Customers, columns: append([]string{"customer"}, slices.Sorted(maps.Keys(columns))...), fields: []string{"customer"}}
		for _, customer := range slices.Sorted(maps.Keys(traits)) {
			row := maps.Clone(traits[customer])
			row["customer"] = customer
			f.rows = append(f.rows, row)
		}
		files = append(files, f)
	}
	return files, nil
}

func (l line) row() map[string]string {
	return map[string]string{
		"customer": l.Customer, "order": l.Order, "line": l.Line, "time": l.Time, "quantity": l.Quantity, "amount": l.Amount,
		"currency": l.Currency, "product": strings.TrimSpace(l.Product), "kind": l.Kind,
	}
}
