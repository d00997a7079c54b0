package app

import (
	"context"
	"log/slog"
	"net/url"
	"strings"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/api"
	"github.com/clientele/clientele/internal/event"
	"github.com/clientele/clientele/internal/mail"
	"github.com/clientele/clientele/internal/survey"
	"github.com/clientele/clientele/internal/work"
)

// intake takes messages of other systems.
func (b *Book) intake(log *slog.Logger) *event.Intake {
	return event.New(event.Parts{
		Store: b.Store, Importer: b.Importer, Jobs: b.Jobs, Audit: b.Audit, Currency: b.settings.Currency, Work: b.file(workName), Log: log,
	})
}

// surveys runs the surveys of the book. Where mail is not set up, links are handed out.
func (b *Book) surveys() (*survey.Service, error) {
	zone, err := b.settings.Zone()
	if err != nil {
		return nil, err
	}
	return survey.New(survey.Parts{Store: b.Store, Records: b.Records, Zone: zone, Company: b.settings.Name, Mailer: toAsk{b}}), nil
}

// toAsk mails questions of surveys.
type toAsk struct{ book *Book }

// Enqueue implements survey.Mailer. An address that cannot be one is not mailed to.
func (t toAsk) Enqueue(ctx context.Context, m survey.Mail) (queued bool, err error) {
	if _, err := mail.CleanAddress(m.To); err != nil {
		return false, nil
	}
	at, err := url.Parse(m.Link)
	if err != nil {
		return false, clientele.Errorf(clientele.CodeInternal, "a question cannot be mailed").Because(err)
	}
	l := mail.Letter{Key: m.Key, Kind: mail.Notice, Address: m.To, Customer: m.Customer, Subject: m.Subject, Link: &mail.Link{Says: m.Subject, Path: at.RequestURI()}}
	if m.Customer != "" {
		l.Kind = mail.Question
	}
	for _, paragraph := range strings.Split(m.Text, "\n\n") {
		if p := strings.TrimSpace(paragraph); p != "" && p != m.Link {
			l.Lines = append(l.Lines, p)
		}
	}
	return t.book.Mail.Enqueue(ctx, l)
}

// programs is what answers programs.
func (b *Book) programs(intake *event.Intake, log *slog.Logger) *api.API {
	g := b.Guards()
	return api.New(api.Services{
		Book: g.Book, Statements: g.Statements, Models: g.Models, Contracts: g.Contracts, Closings: g.Closings, Definitions: g.Definitions, Goals: g.Goals, Measures: g.Measures, Paths: g.Paths, Customers: g.Customers,
		Journeys: g.Journeys, Cases: g.Cases, Themes: g.Themes, Surveys: g.Surveys, Importer: g.Importer, Records: g.Records, Jobs: g.Jobs, Work: work.Desk{Jobs: g.Jobs}, Uploads: work.Uploads{Dir: b.file(uploadsName)},
		People: b.People, Audit: g.Audit, Privacy: g.Privacy, Mail: g.Mail, Events: intake, Replies: b.Store, Log: log,
	})
}
