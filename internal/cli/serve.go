package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"github.com/clientele/clientele"
	"github.com/clientele/clientele/internal/app"
	"github.com/clientele/clientele/internal/httpd"
)

const defaultListen = "localhost:8080"

// serveFlags are how a book is served.
type serveFlags struct {
	door      httpd.Door
	logFormat string
	drain     time.Duration
}

func (c *command) serve() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use: "serve BOOK", Short: "Serve a book as web pages", Args: cobra.ExactArgs(1),
		Long: `Serve a book as web pages. Until there are accounts the server is for this
machine alone, and a link on standard output lets the first person in. Once there
are, it can be reached from elsewhere: by https with a certificate, or behind a
proxy that speaks https. Commands on the book work meanwhile: the server runs them.

Answers /healthz, /readyz and /metrics; sends traces if OTEL_EXPORTER_OTLP_ENDPOINT
is set. The log goes to standard error.`,
		Example: `  clientele serve acme
  clientele serve acme --listen localhost:8081
  clientele serve acme --listen :443 --origin https://clientele.example --tls-cert cert.pem --tls-key key.pem
  clientele serve acme --origin https://clientele.example --behind-proxy`,
	}
	flags := cmd.Flags()
	flags.StringVar(&f.door.Listen, "listen", defaultListen, "address to serve at; port 0 takes any that is free")
	flags.StringVar(&f.door.Origin, "origin", "", "scheme and host by which browsers come, such as https://clientele.example")
	flags.StringVar(&f.door.Cert, "tls-cert", "", "file of the certificate, with those that sign it; read anew when it changes")
	flags.StringVar(&f.door.Key, "tls-key", "", "file of the certificate's key")
	flags.BoolVar(&f.door.BehindProxy, "behind-proxy", false, "a proxy in front speaks https, and http to this server")
	flags.StringSliceVar(&f.door.Proxies, "trust-proxy", nil, "address or network of the proxy (default this machine)")
	flags.StringVar(&f.logFormat, "log-format", "text", "text or json")
	flags.DurationVar(&f.drain, "drain", 0, "how long /readyz says no before the server stops to listen, such as 10s")
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return c.serveBook(cmd.Context(), args[0], f) }
	return cmd
}

func (c *command) serveBook(ctx context.Context, path string, f serveFlags) error {
	log, err := newLog(c.Stderr, f.logFormat)
	if err != nil {
		return err
	}
	front, err := f.door.Open(log)
	if err != nil {
		return err
	}
	w, done := c.watcher()
	defer done()
	b, err := app.Open(ctx, c.path(path), w)
	if err != nil {
		return errors.Join(err, front.Close())
	}
	done()
	serving := app.Serving{Front: front, Commands: remoteHandler(b), Log: log, Drain: f.drain, Ready: func(setUp string) error {
		return c.announce(path, front.URL(), setUp)
	}}
	return errors.Join(b.Serve(ctx, serving), b.Close())
}

// announce tells where the book is served. The link is told here alone, and never logged.
func (c *command) announce(path, url, setUp string) error {
	fmt.Fprintf(c.out, "Serving %s at %s (stop with Ctrl-C)\n", path, url)
	if setUp != "" {
		fmt.Fprintf(c.out, "There are no accounts yet: the server is for this machine alone, and whoever works on it sees everything.\n"+
			"Let the first person in by this link, which works once:\n  %s\n", setUp)
	}
	return c.out.Flush()
}

func newLog(w io.Writer, format string) (*slog.Logger, error) {
	options := &slog.HandlerOptions{Level: slog.LevelInfo}
	switch format {
	case "text":
		return slog.New(slog.NewTextHandler(w, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, options)), nil
	}
	return nil, clientele.Errorf(clientele.CodeUsage, "%q is no format of a log", format).WithHint("Give --log-format text or json.")
}
