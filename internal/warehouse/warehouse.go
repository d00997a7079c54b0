// Package warehouse is the contract for records: what Clientele asks of the
// engine that holds them, in the words of the domain. Engines live in packages
// below it and pass the suite in warehousetest. All per-customer work happens
// in the engine; only aggregates come up, only parameters and per-cell results
// go down.
//
// Every method takes a context whose cancellation stops the query. Errors are
// *clientele.Error: CodeNoSpace when the disk is full, CodeInvalid for input
// that cannot be read, CodeInternal for the rest, unless a method says more.
// Methods may be called from several goroutines; Load and Reset exclude each other.
package warehouse

import (
	"context"
	"iter"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/expr"
)

// Format is how a prepared file is written.
type Format string

// The formats that an engine reads. Ingest prepares everything else into CSV.
const (
	CSV     Format = "csv" // UTF-8, one delimiter, quoted by RFC 4180 or not at all
	Parquet Format = "parquet"
)

// ColumnType is what ingest found a column of a CSV file to hold throughout.
// Types other than TextColumn are a promise that typed reading fits, except for
// rows that will be rejected.
type ColumnType string

// The column types.
const (
	TextColumn    ColumnType = "text"
	DecimalColumn ColumnType = "decimal" // plain: sign, digits, point
	LocaleColumn  ColumnType = "locale"  // decimals with Mark, thousands marks, currency signs, (1.00) for negative
	DateColumn    ColumnType = "date"    // a day in Layout
	TimeColumn    ColumnType = "time"    // a local time in Layout
	InstantColumn ColumnType = "instant" // a time with a zone or offset, in Layout
)

// Column is one column of a file.
type Column struct {
	Name   string     `json:"name"`
	Type   ColumnType `json:"type"`
	Layout string     `json:"layout,omitempty"` // strptime format of dates and times, e.g. %d/%m/%Y %H:%M; "" is ISO 8601
	Mark   string     `json:"mark,omitempty"`   // decimal mark of LocaleColumn: "." or ","
}

// Dialect is how a CSV file is laid out.
type Dialect struct {
	Delimiter string `json:"delimiter"`
	Quote     string `json:"quote"` // "\"" or "" for none
	Header    bool   `json:"header"`
	SkipLines int    `json:"skip_lines"` // lines before the header or the first row
	// FirstLine is the line of the original file that line 1 of the prepared file
	// came from, less one: added to line numbers in messages.
	LineOffset int64 `json:"line_offset"`
}

// Input is one prepared file.
type Input struct {
	Path    string
	Name    string // the original name, for messages
	Format  Format
	Dialect Dialect // CSV only
	// Columns are the file's columns in order. For CSV their names are
	// authoritative, whatever the header says; for Parquet they are the file's own.
	Columns []Column
	// LineColumn, if not "", is the column of a prepared CSV file that holds the
	// line of the original file each row came from: messages name it, and line
	// numbers are not derived from positions. It is one of Columns.
	LineColumn string
	// ShortDecimals is a promise that nothing in a CSV file that looks like a number
	// has more than six decimals, or an exponent. False promises nothing.
	ShortDecimals bool
	// Bare is a promise that no value in a CSV file is quoted, or begins or ends with a
	// blank. False promises nothing.
	Bare bool
}

// Mapping says what fills each field, and which columns become attributes.
type Mapping struct {
	Fields     map[string]expr.Expr
	Attributes map[string]string // customers only: attribute name → column
}

// Batch is one accepted file on its way into the records.
type Batch struct {
	ID       string // unique per file and mapping; a batch that the records hold already is not loaded twice
	Sequence int64  // replay order; later wins
	Kind     clientele.Kind
	Source   string
	Input    Input
	Mapping  Mapping
	Currency string // the book's
	TimeZone string // the book's
}

// Reject is one row that was not loaded.
type Reject struct {
	Line   int64  `json:"line"`             // in the original file; 0 for formats without lines
	Column string `json:"column,omitempty"` // of the file
	Reason string `json:"reason"`           // what is wrong and what to do
	Text   string `json:"text,omitempty"`   // the row as it stands, shortened to 500 characters
}

// LoadReport counts rows. Read = Loaded + Updated + Duplicate + Rejected.
type LoadReport struct {
	Read      int64
	Loaded    int64
	Updated   int64 // rows of orders (or keys) that replace an earlier version
	Duplicate int64 // rows that the records held already
	Rejected  int64
	FirstDay  *clientele.Date
	LastDay   *clientele.Date
	Rejects   []Reject // the first MaxRejects, in file order
}

// MaxRejects is how many rejects a LoadReport carries; all are kept by Rejects.
const MaxRejects = 100

// LoadOptions steer one load.
type LoadOptions struct {
	// Accept is called once the whole file is validated and before anything is
	// kept. If it returns an error, nothing is kept and Load returns that error.
	// It is where a dry run stops and where landing is made durable.
	Accept func(LoadReport) error
	// Progress, if not nil, is called now and then with rows read so far.
	Progress func(rows int64)
}

// LoadedBatch is a batch that the records hold.
type LoadedBatch struct {
	ID       string
	Sequence int64
	Report   LoadReport // without Rejects
}

// SpanQuery asks how far the records reach, for a business.
type SpanQuery struct {
	Kind  clientele.Business
	Known clientele.Date // day of the last import: a contract that is to end later is known to run until then
}

// Span is the extent of the records that make customers: of transaction lines where
// orders alone do and there are any, else of lines and contracts.
type Span struct {
	FirstDay, LastDay clientele.Date
	Lines, Customers  int64
}

// MovementQuery asks for the movement of a period.
type MovementQuery struct {
	Period     clientele.Period
	Definition clientele.Definition
	By         string // attribute; "" for the total only
}

// Movements is the movement of the company and of each segment. Every customer
// is in exactly one segment; lines without a customer are NoCustomerSegment.
type Movements struct {
	Total    clientele.Movement
	Segments []Segment // by name
}

// Segment is the movement of one segment.
type Segment struct {
	Name string
	clientele.Movement
}

// Line names a figure of a statement by its path in the JSON of a statement:
// customers.new, value.lost, revenue.unattributed, reasons.out.Late delivery,
// equity.estimate … Engines explain those that records make exactly:
//
//	customers.  opening new reactivated lost closing lost_of_opening came_and_left,
//	            and lapsed_at_opening lapsed_and_back, which rates are made of
//	value.      opening new reactivated expanded contracted lost closing
//	recurring.  the same as value, for contracts
//	revenue.    gross refunds net unattributed orders lines
//	tie_out.    inactive unattributed window
//	reasons.in. and reasons.out. followed by the reason
//
// Package statement explains the rest (rates and estimates) on top of these.
type Line string

// ExplainQuery asks for the customers or lines that make a figure.
type ExplainQuery struct {
	MovementQuery
	Line    Line
	Segment string // of By; "" for the total
	Offset  int64
	Limit   int // at most 1000
}

// ExplainRow is one customer (or, for revenue lines without customers, one order) that makes a figure.
type ExplainRow struct {
	Customer string          `json:"customer,omitempty"`
	Order    string          `json:"order,omitempty"`
	Day      *clientele.Date `json:"day"`     // of the event, or the last purchase; nil where there was none
	Heads    int64           `json:"heads"`   // events that this row contributes
	Opening  clientele.Money `json:"opening"` // value at opening
	Closing  clientele.Money `json:"closing"` // value at closing
	Amount   clientele.Money `json:"amount"`  // what this row contributes to a money line
}

// Explanation is a page of the rows behind a figure, with their total over all pages.
type Explanation struct {
	Query  string // the query that was run, for people who want to check it
	Rows   []ExplainRow
	Count  int64           // rows over all pages
	Heads  int64           // equals a heads figure
	Amount clientele.Money // equals a money figure
}

// OrderLine is one transaction line, for drilling down to the records.
type OrderLine struct {
	Source, Order, Line string
	Day                 clientele.Date
	Kind                clientele.LineKind
	Product, Channel    string
	Quantity            string // decimal, "" if unknown
	Amount              clientele.Money
	Import              int64 // sequence of the file it came from
}

// Cell is the customers of one segment who share a purchase history: X repeat
// purchase days, the last Tx days after the first purchase, T days old, of whom
// XG repeat days had a positive net amount. Spend is the sum over those
// customers of the net amount of their XG days.
type Cell struct {
	Segment string // "" unless asked for by attribute
	Group   Group  // "" unless asked for by group
	X       int32
	Tx      int32
	T       int32
	XG      int32
	N       int64
	Spend   float64
}

// SpendBin is the customers with XG paid repeat days whose total spend on them
// falls into one bin of width 1/512 in its logarithm.
type SpendBin struct {
	XG    int32
	N     int64
	Spend float64 // exact decimal sum, then rounded once
}

// Group is what happened to a customer over a period, for splitting equity.
type Group string

// The groups of EquityMoved.
const (
	GroupNew         Group = "new"
	GroupReactivated Group = "reactivated"
	GroupStayed      Group = "stayed"
	GroupLost        Group = "lost"
	GroupLapsed      Group = "lapsed"
)

// CellScore is what a model says of every customer of a cell (X, Tx, T). CLV of
// a customer = Discounted × (Base[XG] + Slope[XG] × spend) × margin. Its 95 %
// interval is CLV × exp(±1.959964 × sd), where sd² = LogSD² + (VarBase +
// 2 × spend × Cov + spend² × VarSlope) / (Base + Slope × spend)².
type CellScore struct {
	X, Tx, T   int32
	PAlive     float64
	Expected   float64 // purchases in the next 365 days
	Discounted float64 // discounted expected purchases to the horizon
	LogSD      float64 // standard deviation of ln Discounted from parameter uncertainty
}

// SpendScore is the expected spend per purchase of a customer with XG paid
// repeat days that sum to spend: Base + Slope × spend.
type SpendScore struct {
	XG                     int32
	Base, Slope            float64
	VarBase, Cov, VarSlope float64 // variances and covariance of the two, from parameter uncertainty
}

// HoldoutCell is the customers of a calibration cell who bought on Actual days in the holdout.
type HoldoutCell struct {
	X, Tx, T int32
	Actual   int32
	N        int64
}

// DayCount is a number of customers (or repeat purchases) on a day.
type DayCount struct {
	Day clientele.Date
	N   int64
}

// Tracking is what the tracking chart needs: who came when, and repeat purchase days.
type Tracking struct {
	FirstPurchases  []DayCount // customers by day of first purchase
	RepeatPurchases []DayCount // repeat customer-days by day
}

// Summary is every customer's purchase history as of one day, held by the
// engine until Close. Only purchases up to the day count. Customers whose every
// line is a refund are not in it.
type Summary interface {
	// Cells streams the distinct cells; with an attribute, by its segments; with
	// a period's query, by Group over that period.
	Cells(ctx context.Context, by CellsBy) iter.Seq2[Cell, error]
	// SpendBins returns the spend of customers with at least one paid repeat day.
	SpendBins(ctx context.Context) ([]SpendBin, error)
	// Score hands the per-cell results down and yields one row per customer, by id.
	// With scores empty, estimates are nil. Margin multiplies CLV; Definition gives Value.
	Customers(ctx context.Context, q CustomersQuery) iter.Seq2[clientele.CustomerRow, error]
	// Acquired adds customers up by when and how they were won.
	Acquired(ctx context.Context, q AcquiredQuery) ([]AcquiredGroup, error)
	Close() error
}

// AcquiredQuery asks what customers who were won together brought. Channel and Cost are
// the attributes that hold where each came from and what that cost; others than numbers
// are no cost.
type AcquiredQuery struct {
	Channel, Cost string
	Cells         []CellScore // empty: Worth is 0
	Spend         []SpendScore
	Margin        float64
}

// AcquiredGroup is the customers who first bought in a calendar quarter and came by one
// channel, those of the last 365 days apart from others.
type AcquiredGroup struct {
	Quarter           clientele.Date // its first day
	Channel           string
	Recent            bool
	Customers, Costed int64
	Cost              clientele.Money // of those Costed
	Net               clientele.Money // net amount so far
	Worth             float64         // to come, at Margin
}

// CellsBy says how to split cells. The zero value does not.
type CellsBy struct {
	Attribute string
	Movement  *MovementQuery // split by Group over this period
}

// CustomersQuery asks for one row per customer.
type CustomersQuery struct {
	Definition clientele.Definition
	Cells      []CellScore // empty: no estimates
	Spend      []SpendScore
	Margin     float64
	Within     CellsBy // only the customers of Segment (with an attribute) and of Group (with a movement)
	Segment    string
	Group      Group
	ByWorth    bool // by CLV, highest first, then by id; false: by id
	WorthOnly  bool // leaves Orders and Value zero: they take reading every line
	Offset     int64
	Limit      int64 // 0: all
}

// Warehouse holds the records of one book.
type Warehouse interface {
	Persons
	Measures
	Letdowns
	Paths
	Customers
	Comments
	Samples
	// Load reads a batch in one transaction: validates every row, calls
	// Accept, and commits. Rejected rows are kept for Rejects. A batch whose ID is
	// held already returns its report with every accepted row as Duplicate and
	// does not call Accept. On CodeNoSpace nothing of the batch is kept.
	Load(ctx context.Context, b Batch, o LoadOptions) (LoadReport, error)
	// Preview reads the first n rows of a batch as they would be loaded:
	// canonical field → text, nil for missing; rejected rows carry "rejected".
	Preview(ctx context.Context, b Batch, n int) ([]map[string]*string, error)
	// Loaded lists the batches that the records hold, by sequence.
	Loaded(ctx context.Context) ([]LoadedBatch, error)
	// Rejects streams the rejected rows of a batch in file order.
	Rejects(ctx context.Context, batchID string) iter.Seq2[Reject, error]
	// Reset empties the records, for a rebuild: of what they held no byte is left on the
	// disk. It waits until nobody reads; CodeBusy if somebody goes on and on.
	Reset(ctx context.Context) error
	// MovementTotals lists the totals that a source gave, by period.
	MovementTotals(ctx context.Context, source string) ([]clientele.MovementTotal, error)
	// Check verifies that the engine's own file is sound and that tables agree with their batches.
	Check(ctx context.Context) error

	// Span returns the extent of the records; ok is false when there are none.
	Span(ctx context.Context, q SpanQuery) (s Span, ok bool, err error)
	// Contracts counts the contracts that had begun by a day, by what they share.
	Contracts(ctx context.Context, q ContractQuery) (Contracts, error)
	// CountCustomers counts who ever bought up to a day, or has a contract that runs at its
	// close or ended within the grace: each once.
	CountCustomers(ctx context.Context, asOf clientele.Date, graceDays int) (int64, error)
	// Attributes lists the customer attributes, with the number of distinct values.
	Attributes(ctx context.Context) (map[string]int64, error)
	// Movement computes a period's movement, for the company and by segment.
	Movement(ctx context.Context, q MovementQuery) (Movements, error)
	// Explain returns the rows behind a movement or revenue figure.
	// CodeNotFound if there is no such line.
	Explain(ctx context.Context, q ExplainQuery) (Explanation, error)
	// AttributesOf returns the attributes of one customer; none of one that is not known.
	AttributesOf(ctx context.Context, customer string) (map[string]string, error)
	// OrderLines returns one customer's lines up to a day, newest first ("" for lines without a customer).
	OrderLines(ctx context.Context, customer string, to clientele.Date, offset int64, limit int) ([]OrderLine, error)
	// Summarise builds every customer's purchase history as of a day.
	Summarise(ctx context.Context, asOf clientele.Date) (Summary, error)
	// MoveEquity computes the equity movement of every customer between two closes.
	// CodeNotFound if the page's line is none.
	MoveEquity(ctx context.Context, q EquityQuery) (EquityMoved, error)
	// KeepDays announces several questions that read every customer's days (Summarise,
	// MoveEquity, Holdout, Tracking): until done is called the engine may keep what all of
	// them begin with. One alone is quicker without.
	KeepDays() (done func())
	// Holdout compares histories up to calibrated with purchase days in (calibrated, to].
	Holdout(ctx context.Context, calibrated, to clientele.Date) ([]HoldoutCell, error)
	// Tracking counts first and repeat purchase days up to a day.
	Tracking(ctx context.Context, to clientele.Date) (Tracking, error)
	// Close releases the records. No other method may be running.
	Close() error
}
