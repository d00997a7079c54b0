package privacy

import (
	"archive/zip"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/spreadsheet"
	"github.com/clientele/clientele/internal/warehouse"
)

// Copy is everything that is held of a customer, for them (GDPR, articles 15 and 20).
type Copy struct {
	Customer string    `json:"customer"`
	Made     time.Time `json:"made"`
	About    string    `json:"about"`
	Files    []Sheet   `json:"files"`   // rows as files gave them, every column
	Records  []Sheet   `json:"records"` // the same as the program reads it
}

// Sheet is rows of one file or table.
type Sheet struct {
	Name     string         `json:"name"`
	Kind     clientele.Kind `json:"kind"`
	Why      string         `json:"why"`                // what it is held for
	Source   string         `json:"source,omitempty"`   // the system that the file came from
	Accepted *time.Time     `json:"accepted,omitempty"` // when
	Columns  []string       `json:"columns"`
	Rows     [][]string     `json:"rows"`
}

const aboutCopy = "Everything that this book holds of one customer. Files are what other systems handed over, as they wrote it; records are the same as " +
	"the program reads it, to count customers and what they are worth. Nothing here decides anything about the customer by itself."

// Export writes a zip archive with everything that is held of a customer: one JSON text,
// and a CSV file a sheet. It is recorded in the audit, without the id. CodeNotFound if
// nothing is held.
func (s *Service) Export(ctx context.Context, id string, w io.Writer) error {
	c, err := s.Collect(ctx, id)
	if err != nil {
		return err
	}
	if len(c.Files)+len(c.Records) == 0 {
		return clientele.Errorf(clientele.CodeNotFound, "nothing is held of this customer").WithHint("Write the id as the files do.")
	}
	rows := 0
	for _, sheet := range slices.Concat(c.Files, c.Records) {
		rows += len(sheet.Rows)
	}
	if err := s.parts.Audit.Record(ctx, "customer.exported", "", nil, map[string]int{"files": len(c.Files), "rows": rows}); err != nil {
		return err
	}
	return c.write(w)
}

// Collect reads everything that is held of a customer.
func (s *Service) Collect(ctx context.Context, id string) (Copy, error) {
	c := Copy{Customer: Canonical(id), Made: s.parts.Now().UTC().Truncate(time.Second), About: aboutCopy, Files: []Sheet{}, Records: []Sheet{}}
	if c.Customer == "" {
		return c, clientele.Errorf(clientele.CodeUsage, "nobody is named").WithHint("Name the customer by id.")
	}
	err := s.parts.Importer.Alone(func() error {
		return s.eachFile(ctx, c.Customer, func(t *ingest.Text, rows map[int64]warehouse.NamedRow) error {
			if len(rows) == 0 {
				return nil
			}
			sheet, err := sheetOf(ctx, t, rows)
			c.Files = append(c.Files, sheet)
			return err
		})
	})
	if err != nil {
		return c, err
	}
	for r, err := range s.parts.Records.Held(ctx, c.Customer) {
		if err != nil {
			return c, err
		}
		c.add(r)
	}
	for _, beside := range []func(context.Context, string) (Sheet, error){s.messagesOf, s.casesOf, s.surveysOf} {
		sheet, err := beside(ctx, c.Customer)
		if err != nil {
			return c, err
		}
		if len(sheet.Rows) > 0 {
			c.Files = append(c.Files, sheet)
		}
	}
	return c, nil
}

// casesOf is what was done about what let a customer down, and what they answered.
func (s *Service) casesOf(ctx context.Context, customer string) (Sheet, error) {
	sheet := Sheet{
		Name: "cases", Kind: clientele.Interactions, Why: "sees to it that what let them down is settled", Columns: []string{"case", "touchpoint", "about", "at", "who", "what", "note"}, Rows: [][]string{},
	}
	all, err := s.parts.Store.CasesOf(ctx, customer)
	if err != nil {
		return sheet, err
	}
	for _, c := range all {
		events, err := s.parts.Store.CaseEvents(ctx, c.Number)
		if err != nil {
			return sheet, err
		}
		for _, e := range events {
			sheet.Rows = append(sheet.Rows, []string{strconv.FormatInt(c.Number, 10), c.TouchpointName, c.Matter, e.At.Format(time.RFC3339), e.Name, e.What, e.Note})
		}
	}
	return sheet, nil
}

// surveysOf is what a customer was asked, and what they answered, a row each.
func (s *Service) surveysOf(ctx context.Context, customer string) (Sheet, error) {
	sheet := Sheet{
		Name: "surveys", Kind: clientele.Feedback, Why: purposeOf(clientele.Feedback), Rows: [][]string{},
		Columns: []string{"survey", "wave", "occasion", "segment", "address", "asked", "state", "language", "question", "answer"},
	}
	for i, err := range s.parts.Store.InvitationsOf(ctx, customer) {
		if err != nil {
			return sheet, err
		}
		asked := []string{i.Survey, strconv.FormatInt(i.Wave, 10), i.Occasion, i.Segment, i.Address, i.Asked.Format(time.RFC3339), string(i.State), i.Language}
		answers, err := s.parts.Store.AnswersOf(ctx, i.ID)
		if err != nil {
			return sheet, err
		}
		sheet.Rows = append(sheet.Rows, append(slices.Clone(asked), "", string(i.Answers)))
		for _, a := range answers {
			sheet.Rows = append(sheet.Rows, append(slices.Clone(asked), a.Question, a.Value))
		}
	}
	return sheet, nil
}

// messagesOf are messages of other systems that are not landed, or not yet.
func (s *Service) messagesOf(ctx context.Context, customer string) (Sheet, error) {
	sheet := Sheet{
		Name: "messages", Kind: clientele.Interactions, Why: purposeOf(clientele.Interactions), Columns: []string{"source", "id", "received", "message"}, Rows: [][]string{},
	}
	for m, err := range s.parts.Store.EventsOf(ctx, customer) {
		if err != nil {
			return sheet, err
		}
		sheet.Rows = append(sheet.Rows, []string{m.Source, m.ID, m.Received.Format(time.RFC3339), string(m.Body)})
	}
	return sheet, nil
}

func sheetOf(ctx context.Context, t *ingest.Text, rows map[int64]warehouse.NamedRow) (Sheet, error) {
	e := t.Entry
	s := Sheet{Name: e.Name, Kind: e.Kind, Why: purposeOf(e.Kind), Source: e.Source, Accepted: &e.Accepted, Columns: t.Names(), Rows: [][]string{}}
	for r, err := range t.Rows(ctx) {
		if err != nil {
			return s, err
		}
		if _, theirs := rows[r.Number]; theirs {
			cells := make([]string, len(r.Cells))
			for i, cell := range r.Cells {
				cells[i] = string(cell)
			}
			s.Rows = append(s.Rows, cells)
		}
	}
	return s, nil
}

// add puts a row of the records into the sheet of its table.
func (c *Copy) add(r warehouse.HeldRow) {
	i := slices.IndexFunc(c.Records, func(s Sheet) bool { return s.Kind == r.Table })
	if i < 0 {
		i, c.Records = len(c.Records), append(c.Records, Sheet{Name: string(r.Table), Kind: r.Table, Why: purposeOf(r.Table), Rows: [][]string{}})
	}
	s := &c.Records[i]
	cells := make([]string, len(s.Columns), len(r.Values))
	for _, v := range r.Values {
		at := slices.Index(s.Columns, v.Column)
		if at < 0 {
			at, s.Columns = len(s.Columns), append(s.Columns, v.Column)
		}
		for len(cells) <= at {
			cells = append(cells, "")
		}
		cells[at] = v.Text
	}
	s.Rows = append(s.Rows, cells)
}

func (c Copy) write(w io.Writer) error {
	z := zip.NewWriter(w)
	f, err := z.Create("everything.json")
	if err != nil {
		return err
	}
	e := json.NewEncoder(f)
	e.SetIndent("", "  ")
	if err := e.Encode(c); err != nil {
		return err
	}
	for i, s := range c.Files {
		if err := s.writeCSV(z, fmt.Sprintf("files/%d-%s.csv", i+1, s.Kind)); err != nil {
			return err
		}
	}
	for _, s := range c.Records {
		if err := s.writeCSV(z, "records/"+string(s.Kind)+".csv"); err != nil {
			return err
		}
	}
	return z.Close()
}

func (s Sheet) writeCSV(z *zip.Writer, name string) error {
	f, err := z.Create(name)
	if err != nil {
		return err
	}
	w := csv.NewWriter(f)
	for _, row := range append([][]string{s.Columns}, s.Rows...) {
		cells := make([]string, max(len(row), len(s.Columns)))
		for i, cell := range row {
			cells[i] = spreadsheet.Text(cell)
		}
		if err := w.Write(cells); err != nil {
			return err
		}
	}
	w.Flush()
	return errors.Join(w.Error())
}
