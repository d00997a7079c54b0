package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os/user"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"github.com/clientele/clientele/internal/access"
	"github.com/clientele/clientele/internal/httpd"
	"github.com/clientele/clientele/internal/job"
	"github.com/clientele/clientele/internal/policy"
	"github.com/clientele/clientele/internal/ui"
	"github.com/clientele/clientele/web"
)

// SocketPath is where a server that holds the book at path takes commands on it.
func SocketPath(path string) string { return filepath.Join(path, socketName) }

// Serve answers pages on a listener, runs the jobs that they add, and takes
// commands on the book at its socket, until ctx ends. It closes the listener.
func (b *Book) Serve(ctx context.Context, pages net.Listener, commands http.Handler, log *slog.Logger) error {
	assets, err := web.Open()
	if err != nil {
		return errors.Join(err, pages.Close())
	}
	socket, err := httpd.ListenSocket(SocketPath(b.Path))
	if err != nil {
		return errors.Join(fileError("the book's socket cannot be made", err), pages.Close())
	}
	services := b.services(assets, log)
	b.Importer.Changed, b.Definitions.Changed = services.ComputeAhead, services.ComputeAhead
	services.ComputeAhead(ctx) // what commands imported while nobody served
	site := ui.New(services)
	handler := httpd.Wrap(asOwner(site), httpd.Options{Log: log, Uploads: []string{ui.UploadPath}, Fail: site.Fail})
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return httpd.Serve(ctx, pages, handler, log) })
	group.Go(func() error { return httpd.Serve(ctx, socket, commands, log) })
	group.Go(func() error { return b.work(ctx, ui.Handlers(services), log) })
	return group.Wait()
}

// Guards are the book's capabilities, each behind its permission.
func (b *Book) Guards() access.Guards {
	return access.New(access.Parts{
		Book: b, Statements: b.Statements, Models: b.Models, Contracts: b.Contracts, Closings: b.Closings, Definitions: b.Definitions, Goals: b.Goals,
		Importer: b.Importer, Records: b.Records, Jobs: b.Jobs, Log: b.Audit, Store: b.Store,
	})
}

// services are what pages ask of the book.
func (b *Book) services(assets *web.Assets, log *slog.Logger) ui.Services {
	g := b.Guards()
	return ui.Services{
		Book: g.Book, Statements: g.Statements, Models: g.Models, Contracts: g.Contracts, Closings: g.Closings, Definitions: g.Definitions, Goals: g.Goals,
		Importer: g.Importer, Records: g.Records, Jobs: g.Jobs,
		Uploads: b.file(uploadsName), Assets: assets, Log: log,
	}
}

// asOwner answers every request as the owner of the machine.
func asOwner(h http.Handler) http.Handler {
	name := "the owner of this machine"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(policy.With(r.Context(), policy.Local(name))))
	})
}

// work runs jobs, one of each kind at a time, as the program itself, until ctx ends.
func (b *Book) work(ctx context.Context, handlers map[string]job.Handler, log *slog.Logger) error {
	group, ctx := errgroup.WithContext(policy.With(ctx, policy.Local("clientele")))
	for kind, handler := range handlers {
		group.Go(func() error { return job.NewWorker(b.Jobs, kind, handler, log).Run(ctx) })
	}
	return group.Wait()
}
