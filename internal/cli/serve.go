package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"

	"github.com/spf13/cobra"

	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/httpd"
)

const defaultListen = "localhost:8080"

func (c *command) serve() *cobra.Command {
	var listen string
	cmd := &cobra.Command{
		Use: "serve BOOK", Short: "Serve a book as web pages, on this machine only", Args: cobra.ExactArgs(1),
		Long: `Serve a book as web pages. Until there are accounts the server listens on this
machine only. Commands on the book work meanwhile: the server runs them.`,
		Example: "  clientele serve acme\n  clientele serve acme --listen localhost:8081",
	}
	cmd.Flags().StringVar(&listen, "listen", defaultListen, "address to serve at; port 0 takes any that is free")
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return c.serveBook(cmd.Context(), args[0], listen) }
	return cmd
}

func (c *command) serveBook(ctx context.Context, path, listen string) error {
	pages, err := httpd.Listen(listen)
	if err != nil {
		return err
	}
	w, done := c.watcher()
	defer done()
	b, err := app.Open(ctx, c.path(path), w)
	if err != nil {
		return errors.Join(err, pages.Close())
	}
	done()
	fmt.Fprintf(c.out, "Serving %s at %s (stop with Ctrl-C)\n", path, link(listen, pages.Addr()))
	if err := c.out.Flush(); err != nil {
		return errors.Join(err, pages.Close(), b.Close())
	}
	log := slog.New(slog.NewTextHandler(c.Stderr, &slog.HandlerOptions{Level: slog.LevelInfo}))
	return errors.Join(b.Serve(ctx, pages, remoteHandler(b), log), b.Close())
}

// link is the address of a page: the host as asked for, the port as given.
func link(listen string, at net.Addr) string {
	host, _, err := net.SplitHostPort(listen)
	_, port, portErr := net.SplitHostPort(at.String())
	if err != nil || portErr != nil {
		return "http://" + at.String()
	}
	return "http://" + net.JoinHostPort(host, port)
}
