package api

import (
	"context"
	"slices"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/contract"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/statement"
	"github.com/clientele/clientele/internal/store"
	"github.com/clientele/clientele/internal/warehouse"
)

const aboutStatement = "Statement"

// filter is what a statement and everything below it is about.
type filter struct {
	From    *clientele.Date `query:"from" doc:"First day of the period; without, it is the latest quarter that the records cover."`
	To      *clientele.Date `query:"to" doc:"Last day of the period."`
	By      string          `query:"by" max:"200" doc:"Attribute of customers to split by."`
	Segment string          `query:"segment" max:"1000" doc:"One segment of that attribute alone."`
}

// request is what is asked of statements. CodeNotFound if there are no records whose
// latest quarter could be meant, CodeForbidden if the segment is not for who asks.
func (f filter) request(ctx context.Context, s Statements) (r statement.Request, err error) {
	if f.Segment != "" && f.By == "" {
		return r, invalid("segment", "it needs the attribute that it is of, as by")
	}
	if f.Segment != "" {
		if err := policy.RequireRows(ctx, policy.Scope{Attribute: f.By, Value: f.Segment}); err != nil {
			return r, err
		}
	}
	r.By = f.By
	switch {
	case f.From == nil && f.To == nil:
		r.Period, err = latest(ctx, s)
	case f.From == nil || f.To == nil:
		err = invalid("from", "a period has both from and to")
	default:
		r.Period, err = clientele.NewPeriod(*f.From, *f.To)
	}
	return r, err
}

// latest is the period that is meant if none is given.
func latest(ctx context.Context, s Statements) (clientele.Period, error) {
	periods, err := allPeriods(ctx, s)
	return periods.Default.Period, err
}

func allPeriods(ctx context.Context, s Statements) (statement.Periods, error) {
	periods, ok, err := s.Periods(ctx)
	if err == nil && !ok {
		err = clientele.Errorf(clientele.CodeNotFound, "this book has no records yet").WithHint("Import a file first: POST /api/v1/uploads.")
	}
	return periods, err
}

// asOf is a day that something is as of.
type asOf struct {
	AsOf *clientele.Date `query:"as_of" doc:"Day; without, it is the end of the latest quarter that the records cover."`
}

func (d asOf) day(ctx context.Context, s Statements) (clientele.Date, error) {
	if d.AsOf != nil {
		return *d.AsOf, nil
	}
	p, err := latest(ctx, s)
	return p.To, err
}

// segmentOf finds a segment among parts of a whole.
func segmentOf[S any](parts []S, name string, of func(S) string) (s S, err error) {
	i := slices.IndexFunc(parts, func(p S) bool { return of(p) == name })
	if i < 0 {
		return s, clientele.Errorf(clientele.CodeNotFound, "there is no segment %q", name).WithHint("Ask without segment for all that there are.")
	}
	return parts[i], nil
}

func addStatement(a *API) {
	register(a, policy.ReadStatement, operation{
		name: "getStatement", pattern: "GET " + root + "/statement", about: aboutStatement, computes: true,
		says: "The statement of customers of a period: who came, who left, what they are worth.",
		more: "By an attribute it has a statement for every segment of it that you may see; hidden says what is left out.",
	}, a.getStatement)
	register(a, policy.ReadRows, operation{
		name: "explainStatement", pattern: "GET " + root + "/statement/lines/{line}", about: aboutStatement, computes: true,
		says: "What stands behind a line of the statement: its meaning, its query, and its rows.",
		more: "Lines are called as in the statement, such as customers.lost or value.expanded.",
	}, a.explainStatement)
	register(a, policy.ReadRows, operation{
		name: "listOrders", pattern: "GET " + root + "/orders", about: aboutStatement,
		says: "The order lines of a customer, the newest first.",
	}, a.listOrders)
	register(a, policy.ReadStatement, operation{
		name: "listPeriods", pattern: "GET " + root + "/periods", about: aboutStatement,
		says: "The fiscal quarters and years that the records touch.",
	}, func(ctx context.Context, _ *none) (answer[statement.Periods], error) {
		return only(allPeriods(ctx, a.Statements))
	})
	register(a, policy.ReadStatement, operation{
		name: "listAttributes", pattern: "GET " + root + "/attributes", about: aboutStatement,
		says: "The attributes of customers that a statement can be split by.",
	}, func(ctx context.Context, in *paging) (answer[page[string]], error) {
		all, err := a.Statements.Attributes(ctx)
		return pageOf(*in, "attributes", all, err)
	})
	register(a, policy.ReadStatement, operation{
		name: "getBook", pattern: "GET " + root + "/book", about: aboutStatement,
		says: "What the book says of itself: the company, its currency, its calendar, the definition in force.",
	}, func(ctx context.Context, _ *none) (answer[clientele.Settings], error) {
		return only(a.Book.Settings(ctx))
	})
	register(a, policy.ReadStatement, operation{
		name: "getGrowth", pattern: "GET " + root + "/growth", about: aboutStatement, computes: true,
		says: "What it brings to win customers, by quarter and channel, and customers still to be won.",
	}, a.getGrowth)
	register(a, policy.ReadStatement, operation{
		name: "getContracts", pattern: "GET " + root + "/contracts", about: aboutStatement, computes: true,
		says: "How long contracts run, what they are worth, and which renewals come next.",
	}, a.getContracts)
}

func (a *API) getStatement(ctx context.Context, in *struct{ filter }) (answer[clientele.Statement], error) {
	r, err := in.request(ctx, a.Statements)
	if err != nil {
		return answer[clientele.Statement]{}, err
	}
	st, ok, err := a.Statements.Ready(ctx, r)
	if err == nil && ok && in.Segment != "" {
		st, err = segmentOf(st.Segments, in.Segment, func(s clientele.Statement) string { return s.Segment })
	}
	return ready(st, ok, err, func() (store.Job, error) { return a.Work.Statement(ctx, r) })
}

// explained is an explanation with where its rows go on.
type explained struct {
	statement.Explanation
	Next *string `json:"next" doc:"Where the next rows are; null at their end."`
}

func (e explained) nextPage() *string { return e.Next }

type explainIn struct {
	filter
	paging
	Line string `path:"line" max:"200" doc:"The line, such as customers.lost."`
}

func (a *API) explainStatement(ctx context.Context, in *explainIn) (answer[explained], error) {
	r, err := in.request(ctx, a.Statements)
	if err != nil {
		return answer[explained]{}, err
	}
	from, err := in.position("statement")
	if err != nil {
		return answer[explained]{}, err
	}
	// What is behind a figure takes the statement; where that is not computed yet, it is a job.
	if _, ok, err := a.Statements.Ready(ctx, r); err != nil || !ok {
		return ready(explained{}, ok, err, func() (store.Job, error) { return a.Work.Statement(ctx, r) })
	}
	x, err := a.Statements.Explain(ctx, statement.ExplainRequest{Request: r, Line: warehouse.Line(in.Line), Segment: in.Segment, Offset: from, Limit: in.limit()})
	out := explained{Explanation: x}
	if err == nil {
		out.Next = in.beyond("statement", from, len(x.Rows), x.Count)
	}
	return only(out, err)
}

type ordersIn struct {
	paging
	Customer string          `query:"customer" required:"true" max:"1000" doc:"The customer; empty for lines that name none."`
	To       *clientele.Date `query:"to" doc:"Lines up to this day; without, all."`
}

// orderLine is a line of an order as it is answered.
type orderLine struct {
	Source   string             `json:"source"`
	Order    string             `json:"order"`
	Line     string             `json:"line"`
	Day      clientele.Date     `json:"day"`
	Kind     clientele.LineKind `json:"kind"`
	Product  string             `json:"product"`
	Channel  string             `json:"channel"`
	Quantity string             `json:"quantity" doc:"A decimal; empty if it is not known."`
	Amount   clientele.Money    `json:"amount"`
	Import   int64              `json:"import" doc:"The sequence of the import that it came with."`
}

// endOfTime is a day after every record.
var endOfTime = clientele.MustDate("9999-12-31")

func (a *API) listOrders(ctx context.Context, in *ordersIn) (answer[page[orderLine]], error) {
	from, err := in.position("orders")
	if err != nil {
		return answer[page[orderLine]]{}, err
	}
	to := endOfTime
	if in.To != nil {
		to = *in.To
	}
	// One line more than is answered tells whether there are others.
	lines, err := a.Records.OrderLines(ctx, in.Customer, to, from, in.limit()+1)
	out := page[orderLine]{Items: []orderLine{}}
	if len(lines) > in.limit() {
		lines, out.Next = lines[:in.limit()], in.after("orders", from+int64(in.limit()))
	}
	for _, l := range lines {
		out.Items = append(out.Items, orderLine(l))
	}
	return only(out, err)
}

func (a *API) getGrowth(ctx context.Context, in *struct{ asOf }) (answer[clientele.Acquisition], error) {
	day, err := in.day(ctx, a.Statements)
	if err != nil {
		return answer[clientele.Acquisition]{}, err
	}
	got, ok, err := a.Statements.ReadyAcquisition(ctx, day)
	return ready(got, ok, err, func() (store.Job, error) { return a.Work.Growth(ctx, day) })
}

func (a *API) getContracts(ctx context.Context, in *struct{ asOf }) (answer[clientele.ContractReport], error) {
	day, err := in.day(ctx, a.Statements)
	if err != nil {
		return answer[clientele.ContractReport]{}, err
	}
	got, ok, err := a.Contracts.Ready(ctx, contract.Request{AsOf: day})
	return ready(got, ok, err, func() (store.Job, error) { return a.Work.Contracts(ctx, day) })
}
