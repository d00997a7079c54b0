// Package access puts every capability that pages and the API ask behind its permission.
//
// Rules: each method begins with policy.Require, which a test of the repository sees to, and
// names the methods below it one by one, so that a new one is out of reach until somebody
// says who may ask it. Totals are for everybody who may see the statement; segments, and the
// rows behind a figure, only as far as policy.ReadRows reaches. What is left out is told in
// the answer. Answers may be shared: they are cut when they were read, and never before they
// are kept. Changes and exports are recorded with who made them, in one transaction.
package access

import (
	"context"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/audit"
	"github.com/clientele/clientele/internal/cases"
	"github.com/clientele/clientele/internal/closing"
	"github.com/clientele/clientele/internal/contract"
	"github.com/clientele/clientele/internal/customer"
	"github.com/clientele/clientele/internal/definition"
	"github.com/clientele/clientele/internal/goal"
	"github.com/clientele/clientele/internal/ingest"
	"github.com/clientele/clientele/internal/job"
	"github.com/clientele/clientele/internal/journey"
	"github.com/clientele/clientele/internal/mail"
	"github.com/clientele/clientele/internal/measure"
	"github.com/clientele/clientele/internal/modelling"
	"github.com/clientele/clientele/internal/path"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/privacy"
	"github.com/clientele/clientele/internal/statement"
	"github.com/clientele/clientele/internal/survey"
	"github.com/clientele/clientele/internal/theme"
	"github.com/clientele/clientele/internal/warehouse"
)

// Parts are the capabilities of a book, open to all.
type Parts struct {
	Book interface {
		Settings(context.Context) (clientele.Settings, error)
		Imports(context.Context) ([]clientele.ImportRef, error)
	}
	Statements  *statement.Service
	Models      *modelling.Service
	Contracts   *contract.Service
	Closings    *closing.Service
	Definitions *definition.Service
	Goals       *goal.Service
	Measures    *measure.Service
	Paths       *path.Service
	Customers   *customer.Service
	Journeys    *journey.Service
	Cases       *cases.Service
	Themes      *theme.Service
	Surveys     *survey.Service
	Importer    *ingest.Importer
	Records     warehouse.Warehouse
	Jobs        *job.Queue
	Privacy     *privacy.Service
	Mail        *mail.Service
	Log         *audit.Log
	Store       interface { // that of definitions, goals, journeys, jobs and the audit
		Atomically(ctx context.Context, f func(context.Context) error) error
	}
}

// Guards are the same, each behind its permission.
type Guards struct {
	Book        Book
	Statements  Statements
	Models      Models
	Contracts   Contracts
	Closings    Closings
	Definitions Definitions
	Goals       Goals
	Measures    Measures
	Paths       Paths
	Customers   Customers
	Journeys    Journeys
	Cases       Cases
	Themes      Themes
	Surveys     Surveys
	Importer    Importer
	Records     Records
	Jobs        Jobs
	Privacy     Privacy
	Mail        Mail
	Audit       Audit
}

// New guards the capabilities of a book.
func New(p Parts) Guards {
	return Guards{
		Book{&p}, Statements{&p}, Models{&p}, Contracts{&p}, Closings{&p}, Definitions{&p}, Goals{&p}, Measures{&p}, Paths{&p}, Customers{&p}, Journeys{&p}, Cases{&p}, Themes{&p}, Surveys{&p}, Importer{&p}, Records{&p},
		Jobs{&p}, Privacy{&p}, Mail{&p}, Audit{&p},
	}
}

// recorded makes a change and tells the audit of it in one transaction. The change says
// what it was made to, and what was before and after it.
func (p *Parts) recorded(ctx context.Context, action string, change func(context.Context) (object string, before, after any, err error)) error {
	return p.Store.Atomically(ctx, func(ctx context.Context) error {
		object, before, after, err := change(ctx)
		if err != nil {
			return err
		}
		return p.Log.Record(ctx, action, object, before, after)
	})
}

// signature is the name that somebody signs with: their own. Only the owner of the machine,
// who has no account, says by whom.
func signature(a policy.Actor, by string) string {
	if a.IsLocal() {
		return by
	}
	return a.Name
}
