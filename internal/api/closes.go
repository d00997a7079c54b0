package api

import (
	"context"
	"slices"
	"time"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/closing"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/store"
)

const aboutCloses = "Closes"

// closeHead is a close without its statement and its movements.
type closeHead struct {
	Number    int64            `json:"number"`
	Period    string           `json:"period"`
	From      clientele.Date   `json:"from"`
	To        clientele.Date   `json:"to"`
	At        time.Time        `json:"at"`
	By        string           `json:"by"`
	Customers int64            `json:"customers" doc:"At closing."`
	Equity    *clientele.Money `json:"equity" doc:"At closing; null if it could not be told."`
	Hash      string           `json:"hash"`
	Previous  string           `json:"previous" doc:"The hash of the close before."`
}

// thePeriod is the fiscal period that an address names.
type thePeriod struct {
	Period string `path:"period" max:"20" doc:"The fiscal period, such as 2026-Q3."`
}

func addClosed(a *API) {
	register(a, policy.ReadCloses, operation{
		name: "listCloses", pattern: "GET " + root + "/closes", about: aboutCloses, says: "The closed periods, the latest first.",
	}, a.listCloses)
	register(a, policy.ReadCloses, operation{
		name: "getClose", pattern: "GET " + root + "/closes/{period}", about: aboutCloses, says: "A closed period as it was signed, with its statement and its movements.",
	}, func(ctx context.Context, in *thePeriod) (answer[clientele.Close], error) {
		return only(a.Closings.Closed(ctx, in.Period))
	})
	register(a, policy.ReadCloses, operation{
		name: "getRestatement", pattern: "GET " + root + "/closes/{period}/restatement", about: aboutCloses, computes: true,
		says: "What the records would say of a closed period now, beside what was signed.",
	}, a.getRestatement)
}

func (a *API) listCloses(ctx context.Context, in *paging) (answer[page[closeHead]], error) {
	closes, err := a.Closings.Closes(ctx)
	var all []closeHead
	for _, c := range slices.Backward(closes) {
		head := closeHead{
			Number: c.Number, Period: c.Period, From: c.From, To: c.To, At: c.At, By: c.By, Customers: c.Statement.Customers.Closing, Hash: c.Hash, Previous: c.Previous,
		}
		if e := c.Statement.Equity; e != nil {
			head.Equity = &e.Estimate.Estimate
		}
		all = append(all, head)
	}
	return pageOf(*in, "closes", all, err)
}

func (a *API) getRestatement(ctx context.Context, in *thePeriod) (answer[closing.Restatement], error) {
	c, err := a.Closings.Closed(ctx, in.Period)
	if err != nil {
		return answer[closing.Restatement]{}, err
	}
	now, ok, err := a.Closings.Compared(ctx, c)
	return ready(now, ok, err, func() (store.Job, error) { return a.Work.Restatement(ctx, c.Period) })
}
