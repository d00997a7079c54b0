package app

import (
	"context"
	"log/slog"
	"net/http"
	"os/user"
	"path/filepath"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/clientele/clientele/internal/access"
	"github.com/clientele/clientele/internal/api"
	"github.com/clientele/clientele/internal/audit"
	"github.com/clientele/clientele/internal/cases"
	"github.com/clientele/clientele/internal/event"
	"github.com/clientele/clientele/internal/httpd"
	"github.com/clientele/clientele/internal/job"
	"github.com/clientele/clientele/internal/mail"
	"github.com/clientele/clientele/internal/people"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/survey"
	"github.com/clientele/clientele/internal/ui"
	"github.com/clientele/clientele/web"
)

// SocketPath is where a server that holds the book at path takes commands on it.
func SocketPath(path string) string { return filepath.Join(path, socketName) }

// Owner is the name of who runs this program: the owner of the machine, as far as a book
// goes.
func Owner() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "the owner of the machine"
}

// Serving says how a book is served.
type Serving struct {
	Front    *httpd.Front
	Commands http.Handler // takes commands on the book at its socket
	Log      *slog.Logger
	// Drain is how long the server says that it is ending before it takes no more requests.
	Drain time.Duration
	// Ready is told once the book may be served, with the link by which the first person comes
	// in; "" if there are accounts.
	Ready func(setUp string) error
}

// Serve answers pages at the front, runs the jobs that they add, and takes commands on the
// book at its socket, until ctx ends. It closes the front. CodeForbidden if others than
// this machine would reach it, and there are no accounts.
func (b *Book) Serve(ctx context.Context, s Serving) error {
	defer s.Front.Close() // if it was not served: else it is closed already
	if err := b.admit(ctx, s); err != nil {
		return err
	}
	assets, err := web.Open()
	if err != nil {
		return err
	}
	tracing, err := httpd.NewTracing(ctx, VersionString())
	if err != nil {
		return err
	}
	defer tracing.Close(s.Log)
	socket, err := httpd.ListenSocket(SocketPath(b.Path))
	if err != nil {
		return fileError("the book's socket cannot be made", err)
	}
	b.Mail.SetLog(s.Log)
	services, intake := b.services(assets, s.Log), b.intake(s.Log)
	b.Surveys.SetLanding(intake.Kept)
	b.Importer.Changed, b.Definitions.Changed = func(ctx context.Context) {
		services.ComputeAhead(ctx)
		b.Cases.Ask(ctx)
	}, services.ComputeAhead
	work := audit.WithOrigin(policy.With(ctx, policy.Local("clientele")), audit.Origin{Via: "job"})
	services.ComputeAhead(work) // what commands imported while nobody served
	health := httpd.NewHealth(s.Log, b.checks()...)
	handler := b.handler(s, ui.New(services), b.programs(intake, s.Log), health, tracing)
	handlers := ui.Handlers(services)
	handlers[event.JobKind] = intake.Drain
	handlers[mail.JobKind], handlers[cases.JobKind] = b.Mail.Send, b.Cases.Work
	group, work := errgroup.WithContext(work)
	group.Go(func() error { return httpd.Serve(endAfter(work, health, s.Drain), s.Front, handler, s.Log) })
	group.Go(func() error { return httpd.Serve(work, socket, s.Commands, s.Log) })
	group.Go(func() error { return b.work(work, handlers, s.Log) })
	group.Go(func() error { return intake.Run(work) })
	group.Go(func() error { return b.Mail.Run(work) })
	group.Go(func() error { return b.Cases.Run(work) })
	return group.Wait()
}

// admit sees to it that whoever reaches the pages can be asked who they are.
func (b *Book) admit(ctx context.Context, s Serving) error {
	some, err := b.People.Any(ctx)
	if err != nil {
		return err
	}
	if !some && s.Front.Beyond() {
		return s.Front.NeedsAccounts()
	}
	if err := b.People.SetOrigin(s.Front.URL()); err != nil {
		return err
	}
	b.Mail.SetOrigin(s.Front.URL())
	b.Surveys.SetOrigin(s.Front.URL())
	link := ""
	if !some {
		secret, err := b.People.SetUpSecret(policy.With(ctx, policy.Local(Owner())))
		if err != nil {
			return err
		}
		link = s.Front.URL() + people.Link(people.SetUpPage, secret)
	}
	return s.Ready(link)
}

// Guards are the book's capabilities, each behind its permission.
func (b *Book) Guards() access.Guards {
	return access.New(access.Parts{
		Book: b, Statements: b.Statements, Models: b.Models, Contracts: b.Contracts, Closings: b.Closings, Definitions: b.Definitions, Goals: b.Goals, Measures: b.Measures, Paths: b.Paths, Customers: b.Customers,
		Journeys: b.Journeys, Cases: b.Cases, Themes: b.Themes, Surveys: b.Surveys, Importer: b.Importer, Records: b.Records, Jobs: b.Jobs, Privacy: b.Privacy, Mail: b.Mail, Log: b.Audit, Store: b.Store,
	})
}

// services are what pages ask of the book.
func (b *Book) services(assets *web.Assets, log *slog.Logger) ui.Services {
	g := b.Guards()
	return ui.Services{
		Book: g.Book, Statements: g.Statements, Models: g.Models, Contracts: g.Contracts, Closings: g.Closings, Definitions: g.Definitions, Goals: g.Goals, Measures: g.Measures, Paths: g.Paths, Customers: g.Customers,
		Journeys: g.Journeys, Cases: g.Cases, Themes: g.Themes, Surveys: g.Surveys, Importer: g.Importer, Records: g.Records, Jobs: g.Jobs, People: b.People, Privacy: g.Privacy, Audit: g.Audit, Mail: g.Mail,
		Uploads: b.file(uploadsName), Assets: assets, Log: log,
	}
}

// handler is all that is answered at the front.
func (b *Book) handler(s Serving, site *ui.Site, programs *api.API, health *httpd.Health, tracing *httpd.Tracing) http.Handler {
	meter := httpd.NewMeter(VersionString())
	for _, f := range b.figures() {
		meter.Watch(f)
	}
	router := httpd.NewRouter(httpd.WriteProblem)
	health.Register(router)
	meter.Register(router)
	router.Mount("/", site)
	for _, path := range api.Paths() {
		router.Mount(path, programs.Below(path))
	}
	return httpd.Wrap(router, httpd.Options{
		Log: s.Log, Uploads: []string{ui.UploadPath, api.UploadPath}, Framed: []string{survey.FramePath}, Hosted: []string{survey.Path, survey.FramePath}, Fail: site.Fail, Accounts: b.People, Owner: Owner(), Front: s.Front, Meter: meter, Tracing: tracing,
	})
}

// endAfter returns a context that ends some time after ctx does, in which the server says
// that it is not ready any more.
func endAfter(ctx context.Context, h *httpd.Health, drain time.Duration) context.Context {
	later, end := context.WithCancel(context.WithoutCancel(ctx))
	context.AfterFunc(ctx, func() {
		h.End()
		time.AfterFunc(drain, end)
	})
	return later
}

// work runs jobs, one of each kind at a time, until ctx ends. Those that compute leave half
// of the processors to who asks for pages; records are taken in, and mail is sent, without waiting for them.
func (b *Book) work(ctx context.Context, handlers map[string]job.Handler, log *slog.Logger) error {
	group, ctx := errgroup.WithContext(ctx)
	computing := job.NewTurns(max(1, runtime.GOMAXPROCS(0)/2))
	for kind, handler := range handlers {
		turns := computing
		if kind == access.ImportJob || kind == event.JobKind || kind == mail.JobKind {
			turns = nil
		}
		group.Go(func() error { return job.NewWorker(b.Jobs, kind, handler, turns, log).Run(ctx) })
	}
	return group.Wait()
}
