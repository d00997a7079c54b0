package app

import (
	"log/slog"

	"github.com/clientele/clientele/internal/api"
	"github.com/clientele/clientele/internal/event"
	"github.com/clientele/clientele/internal/survey"
	"github.com/clientele/clientele/internal/work"
)

// intake takes messages of other systems.
func (b *Book) intake(log *slog.Logger) *event.Intake {
	return event.New(event.Parts{
		Store: b.Store, Importer: b.Importer, Jobs: b.Jobs, Audit: b.Audit, Currency: b.settings.Currency, Work: b.file(workName), Log: log,
	})
}

// surveys runs the surveys of the book. Until it is served, nobody mails links.
func (b *Book) surveys() (*survey.Service, error) {
	zone, err := b.settings.Zone()
	if err != nil {
		return nil, err
	}
	return survey.New(survey.Parts{Store: b.Store, Records: b.Records, Zone: zone, Company: b.settings.Name}), nil
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
