package ingest

import (
	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/warehouse"
)

// Request says how a file is to be read. The zero value leaves everything to the proposal.
type Request struct {
	Kind    clientele.Kind // "" is proposed from the file
	Map     []string       // "field=EXPR"; overrides the proposal field by field; "field=" leaves a field empty; "question=COLUMN" for each of several scores in a row
	Source  string         // "" is the recognised export's name, else DefaultSource
	Name    string         // original name, when path is an upload's; "" is the base name of path
	DryRun  bool           // validate and report, keep nothing
	Strict  bool           // keep nothing if a row is rejected
	Replace bool           // a landed file gets the mapping asked for, and the records are rebuilt
	// Tolerance is what totals may fail to add up by, in their own unit.
	Tolerance clientele.Money
	// Progress, if not nil, is called now and then, from one goroutine at a time.
	Progress func(Progress)
}

// DefaultSource is the source of files that are no recognised export.
const DefaultSource = "main"

// Stage is what an import is doing.
type Stage string

// The stages of an import, in order.
const (
	StageReading Stage = "reading" // Done and Total are bytes
	StageLoading Stage = "loading" // Done is rows; Total is 0: not known
)

// Progress is how far an import is.
type Progress struct {
	Stage Stage `json:"stage"`
	Done  int64 `json:"done"`
	Total int64 `json:"total"`
}

// State is what became of a file.
type State string

// The states of a file.
const (
	StateLoaded    State = clientele.LoadedState // its rows are in the records
	StateKept      State = "kept, not loaded"    // landed and safe; loads at the next open
	StateUnchanged State = "unchanged"           // the book had this file already
	StateChecked   State = "checked"             // a dry run: nothing was kept
	StateRefused   State = "refused"             // nothing was kept
)

// FileReport is what became of one file. Read = Loaded + Updated + Duplicate +
// Rejected. For recognised exports whose rows stand for several lines (an
// order's shipping, tax, discount), Read counts those lines.
type FileReport struct {
	Name       string             `json:"name"`
	SHA256     string             `json:"sha256"`
	Kind       clientele.Kind     `json:"kind"`
	Source     string             `json:"source"`
	Preset     string             `json:"preset,omitempty"`
	Dialect    Layout             `json:"dialect"`
	Mapping    map[string]string  `json:"mapping"` // field → expression
	Attributes map[string]string  `json:"attributes,omitempty"`
	Read       int64              `json:"read"`
	Loaded     int64              `json:"loaded"`
	Updated    int64              `json:"updated"`
	Duplicate  int64              `json:"duplicate"`
	Rejected   int64              `json:"rejected"`
	Rejects    []warehouse.Reject `json:"rejects"` // the first warehouse.MaxRejects
	Warnings   []Problem          `json:"warnings"`
	// Totals are those of the source, held against each other; movements only.
	Totals   []clientele.ReconciledTotal `json:"totals,omitempty"`
	FirstDay *clientele.Date             `json:"first_day"`
	LastDay  *clientele.Date             `json:"last_day"`
	State    State                       `json:"state"`
	DryRun   bool                        `json:"dry_run"`
	BatchID  string                      `json:"batch_id,omitempty"` // for Warehouse.Rejects
	Sequence int64                       `json:"sequence,omitempty"`
}

// Problem is something about a file that people should know.
type Problem struct {
	Line    int64  `json:"line,omitempty"`   // 0: not a line of the file
	Column  string `json:"column,omitempty"` // of the file
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// FileFormat is what a file is inside its compression.
type FileFormat string

// The formats.
const (
	FormatCSV     FileFormat = "csv" // text in columns, however delimited
	FormatJSONL   FileFormat = "jsonl"
	FormatParquet FileFormat = "parquet"
	FormatXLSX    FileFormat = "xlsx"
)

// Blanks is the Delimiter of files whose columns stand apart by runs of blanks.
const Blanks = "blanks"

// Layout is how a file is laid out: all that is needed to read it again the same way.
type Layout struct {
	Format      FileFormat `json:"format"`
	Compression string     `json:"compression,omitempty"` // gzip, zstd or ""
	Encoding    string     `json:"encoding,omitempty"`    // utf-8, utf-16le, utf-16be, windows-1252 (Latin-1 is read as that) or "utf-8, windows-1252" for both
	Delimiter   string     `json:"delimiter,omitempty"`   // one character, or Blanks
	Quote       string     `json:"quote,omitempty"`       // "\"" or "" for none
	Header      bool       `json:"header"`
	SkipLines   int        `json:"skip_lines,omitempty"` // lines before the header or the first row
	Sheet       string     `json:"sheet,omitempty"`      // XLSX
}

// ColumnInfo is what was found about one column.
type ColumnInfo struct {
	warehouse.Column
	Samples   []string `json:"samples"`             // a few values
	Missing   float64  `json:"missing"`             // fraction of empty values among those looked at
	Ambiguous bool     `json:"ambiguous,omitempty"` // dates that fit day/month and month/day throughout
}

// FieldProposal is what would fill a field, how sure that is (0 to 1), and why.
type FieldProposal struct {
	Field      string  `json:"field"`
	Expression string  `json:"expression"`
	Confidence float64 `json:"confidence"`
	Why        string  `json:"why"`
	Required   bool    `json:"required"`
}

// Inspection is what a file looks like and how it would be read.
type Inspection struct {
	Name           string            `json:"name"`
	Size           int64             `json:"size"` // bytes
	Dialect        Layout            `json:"dialect"`
	Columns        []ColumnInfo      `json:"columns"`
	Preset         string            `json:"preset,omitempty"`    // recognised export
	Questions      string            `json:"questions,omitempty"` // named, of a file that has several in a row; apart by commas
	Kind           clientele.Kind    `json:"kind"`                // "" if it cannot be told
	KindConfidence float64           `json:"kind_confidence"`
	Source         string            `json:"source"`
	Mapping        []FieldProposal   `json:"mapping"`              // fields that something fills, in the order of the kind's fields
	Attributes     map[string]string `json:"attributes,omitempty"` // customers: attribute → column
	Problems       []Problem         `json:"problems"`             // what would stop or spoil an import
	Importable     bool              `json:"importable"`           // whether Import would take it with this mapping
	Rows           [][]string        `json:"rows"`                 // the first 20 rows as they stand
}
