package pack

import (
	"io"
	"time"

	"github.com/clientele/clientele"
)

// Document is what is packed.
type Document struct {
	Company   string
	Period    string // its name: 2011-Q3, or 2011-07-01 to 2011-09-30
	Statement clientele.Statement
	Movements []clientele.EquityMovement // by horizon; empty: there is none
	Settings  clientele.Settings         // that the statement was made by; zero if they are not known
	Close     *clientele.Close           // nil: a draft
	Made      time.Time                  // when the pack is made; the only time that does not come from the data
}

// OfClose is the document of a closed period, which needs nothing but its close.
func OfClose(c clientele.Close, made time.Time) Document {
	return Document{
		Company: c.Settings.Name, Period: c.Period, Statement: c.Statement, Movements: c.Movements,
		Settings: c.Settings, Close: &c, Made: made,
	}
}

// Format is a kind of file.
type Format string

// The formats.
const (
	PDF  Format = "pdf"
	XLSX Format = "xlsx"
	HTML Format = "html"
)

// Formats lists the formats.
func Formats() []Format { return []Format{PDF, XLSX, HTML} }

// Write writes the document. A document whose sums are wrong is CodeUnbalanced,
// another format CodeUsage; then nothing is written.
func Write(w io.Writer, f Format, d Document) error {
	r, err := newReport(d)
	if err != nil {
		return err
	}
	switch f {
	case PDF:
		return writePDF(w, r)
	case XLSX:
		return writeXLSX(w, r)
	case HTML:
		return writeHTML(w, r)
	}
	return clientele.Errorf(clientele.CodeUsage, "%q is not a format of a pack", f).WithHint("Formats are pdf, xlsx and html.")
}
