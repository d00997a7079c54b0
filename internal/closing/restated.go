package closing

import (
	"bytes"
	"context"
	"encoding/json"
	"math/big"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/ledger"
)

// Restatement holds a closed statement against that of the same period, by the same
// settings, from the records as they are now.
type Restatement struct {
	Number   int64          `json:"number"`
	Period   string         `json:"period"`
	From     clientele.Date `json:"from"`
	To       clientele.Date `json:"to"`
	Currency string         `json:"currency"`
	Hash     string         `json:"hash"` // of the close
	Lines    []Line         `json:"lines"`
}

// Changed lists the lines that differ.
func (r Restatement) Changed() []Line {
	var changed []Line
	for _, l := range r.Lines {
		if l.Difference.Sign() != 0 {
			changed = append(changed, l)
		}
	}
	return changed
}

// Line is one figure, named by its place in the JSON of a statement.
// Closed + Difference = Now.
type Line struct {
	Line       string
	Count      bool // whole numbers; else money
	Closed     clientele.Money
	Now        clientele.Money
	Difference clientele.Money
}

// MarshalJSON writes counts as numbers, and money as statements do.
func (l Line) MarshalJSON() ([]byte, error) {
	figure := func(m clientele.Money) any {
		if l.Count {
			return json.Number(m.Fixed(0))
		}
		return m
	}
	return json.Marshal(struct {
		Line       string `json:"line"`
		Closed     any    `json:"closed"`
		Now        any    `json:"now"`
		Difference any    `json:"difference"`
	}{l.Line, figure(l.Closed), figure(l.Now), figure(l.Difference)})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (l *Line) UnmarshalJSON(text []byte) (err error) {
	var kept struct {
		Line                    string
		Closed, Now, Difference json.RawMessage
	}
	if err := json.Unmarshal(text, &kept); err != nil {
		return err
	}
	l.Line, l.Count = kept.Line, !bytes.HasPrefix(kept.Closed, []byte(`"`))
	for figure, text := range map[*clientele.Money]json.RawMessage{&l.Closed: kept.Closed, &l.Now: kept.Now, &l.Difference: kept.Difference} {
		if *figure, err = clientele.ParseMoney(strings.Trim(string(text), `"`)); err != nil {
			return err
		}
	}
	return nil
}

// Restated compares a close with the records as they are now, line by line: customers,
// value and revenue. CodeInvalid if the book has another currency since; CodeUnbalanced
// if the movement does not balance now. An error that comes with a restatement says why
// the cache did not take it, which is no fault of the restatement.
func (s *Service) Restated(ctx context.Context, c clientele.Close) (Restatement, error) {
	key, err := s.comparedKey(ctx, c)
	if err != nil {
		return Restatement{}, err
	}
	now, err := s.parts.Statements.Exact(ctx, clientele.Period{From: c.From, To: c.To}, c.Settings)
	if err != nil {
		return Restatement{}, err
	}
	r := compare(c, now)
	text, err := json.Marshal(r)
	if err != nil {
		return r, clientele.Errorf(clientele.CodeInternal, "a restatement cannot be kept").Because(err)
	}
	return r, s.parts.Cache.Put(ctx, key, text)
}

// Compared returns what Restated would if that is in the cache; ok is false if it has to
// be computed first. CodeInvalid if the book has another currency since.
func (s *Service) Compared(ctx context.Context, c clientele.Close) (r Restatement, ok bool, err error) {
	key, err := s.comparedKey(ctx, c)
	if err != nil {
		return r, false, err
	}
	text, ok, err := s.parts.Cache.Get(ctx, key)
	if err != nil || !ok {
		return r, false, err
	}
	return r, json.Unmarshal(text, &r) == nil, nil // what cannot be read is computed anew
}

// comparedKey names the comparison of a close with one state of the records in the cache.
func (s *Service) comparedKey(ctx context.Context, c clientele.Close) (string, error) {
	settings, err := s.parts.Book.Settings(ctx)
	if err != nil {
		return "", err
	}
	if settings.Currency != c.Settings.Currency {
		return "", clientele.Errorf(clientele.CodeInvalid, "%s was closed in %s, and the book is in %s now", c.Period, c.Settings.Currency, settings.Currency).
			WithHint("Set the currency back in book.toml to compare.")
	}
	version, err := s.parts.Models.DataVersion(ctx)
	return "restated/" + ledger.Hash([]byte(c.Hash+" "+version+" "+settings.TimeZone+" "+s.parts.Program)), err
}

func compare(c clientele.Close, now clientele.Statement) Restatement {
	r := Restatement{Number: c.Number, Period: c.Period, From: c.From, To: c.To, Currency: c.Settings.Currency, Hash: c.Hash, Lines: []Line{}}
	today := map[string]clientele.Money{}
	for _, f := range figuresOf(now) {
		today[f.line] = f.amount
	}
	for _, f := range figuresOf(c.Statement) {
		r.Lines = append(r.Lines, Line{f.line, f.count, f.amount, today[f.line], today[f.line].Sub(f.amount)})
	}
	return r
}

// figure is a line of a statement.
type figure struct {
	line   string
	count  bool
	amount clientele.Money
}

func counted(line string, n int64) figure {
	m, _ := clientele.MoneyFromUnits(big.NewInt(n), 0) // a whole amount always is one
	return figure{line, true, m}
}

// figuresOf lists the figures that are compared, in the order of the statement.
func figuresOf(st clientele.Statement) []figure {
	h, r := st.Customers, st.Revenue
	all := []figure{
		counted("customers.opening", h.Opening), counted("customers.new", h.New), counted("customers.reactivated", h.Reactivated),
		counted("customers.lost", h.Lost), counted("customers.closing", h.Closing),
		counted("customers.lost_of_opening", h.LostOfOpening), counted("customers.came_and_left", h.CameAndLeft),
	}
	all = append(all, valueFigures("value.", st.Value)...)
	if st.Recurring != nil {
		all = append(all, valueFigures("recurring.", *st.Recurring)...)
	}
	return append(all, figure{"revenue.gross", false, r.Gross}, figure{"revenue.refunds", false, r.Refunds}, figure{"revenue.net", false, r.Net},
		figure{"revenue.unattributed", false, r.Unattributed}, counted("revenue.orders", r.Orders), counted("revenue.lines", r.Lines))
}

func valueFigures(name string, v clientele.Value) []figure {
	return []figure{
		{name + "opening", false, v.Opening}, {name + "new", false, v.New}, {name + "reactivated", false, v.Reactivated},
		{name + "expanded", false, v.Expanded}, {name + "contracted", false, v.Contracted}, {name + "lost", false, v.Lost},
		{name + "closing", false, v.Closing},
	}
}
