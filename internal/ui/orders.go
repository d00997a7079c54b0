package ui

import (
	"net/http"
	"strconv"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/warehouse"
)

// ordersPage is the records of one customer, or those without one, up to the
// end of the period that led here.
type ordersPage struct {
	frame
	Back, Heading, Kicker string
	Rows                  []orderRow
	Files                 bool // the reader may see which file a line came from
	Previous, Next        string
}

// orderRow is one transaction line and the file it came from.
type orderRow struct {
	Day, Order, Kind, Product, Channel, Quantity, Amount string
	File, FileHref                                       string
}

func (s *Site) orders(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	f, err := v.filter(clientele.Period{})
	if err != nil {
		return err
	}
	offset, err := offsetOf(q)
	if err != nil {
		return err
	}
	customer := q.Get("customer")
	// One line more than is shown tells whether there is a next page.
	lines, err := s.Records.OrderLines(r.Context(), customer, f.Period.To, offset, rowsAPage+1)
	if err != nil {
		return err
	}
	files, err := s.importNames(v)
	if err != nil {
		return err
	}
	p := ordersPage{frame: s.frame(v, "statement", "Order lines"), Files: files != nil, Back: f.href("/"), Heading: "Customer " + customer, Kicker: "Order lines up to " + v.date(f.Period.To) + ", newest first"}
	if customer == "" {
		p.Heading = "Lines without a customer"
	}
	page := func(offset int64) string {
		return f.href("/orders", "customer", customer, "offset", strconv.FormatInt(offset, 10))
	}
	if offset > 0 {
		p.Previous = page(max(0, offset-rowsAPage))
	}
	if len(lines) > rowsAPage {
		lines, p.Next = lines[:rowsAPage], page(offset+rowsAPage)
	}
	for _, l := range lines {
		p.Rows = append(p.Rows, v.orderRow(l, files))
	}
	return s.show(w, http.StatusOK, "orders", p)
}

func (v visit) orderRow(l warehouse.OrderLine, files map[int64]string) orderRow {
	row := orderRow{
		Day: v.date(l.Day), Order: l.Order, Kind: string(l.Kind), Product: l.Product, Channel: l.Channel,
		Amount: v.money(l.Amount), File: files[l.Import], FileHref: importHref(l.Import),
	}
	if l.Quantity != "" {
		row.Quantity = v.group(l.Quantity)
	}
	return row
}

// importNames are the original names of files by their sequence; nil for a reader who may
// not see what was imported.
func (s *Site) importNames(v visit) (map[int64]string, error) {
	if !v.may(policy.ReadData) {
		return nil, nil //nolint:nilnil // no names are no error
	}
	imports, err := s.Book.Imports(v.Context())
	names := make(map[int64]string, len(imports))
	for _, im := range imports {
		names[im.Sequence] = im.Name
	}
	return names, err
}
