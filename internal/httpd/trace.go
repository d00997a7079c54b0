package httpd

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/clientele/clientele"
)

// Tracing sends a trace of every request to a collector.
type Tracing struct{ provider *sdktrace.TracerProvider }

// NewTracing reads OpenTelemetry's own variables: without OTEL_EXPORTER_OTLP_ENDPOINT, or
// the one of traces, there is no tracing, and nil is returned. End it with Close.
func NewTracing(ctx context.Context, version string) (*Tracing, error) {
	wanted := os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") != "" || os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") != ""
	if !wanted || os.Getenv("OTEL_SDK_DISABLED") == "true" {
		return nil, nil //nolint:nilnil // tracing is off
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, misread(err)
	}
	about, err := resource.New(ctx,
		resource.WithAttributes(attribute.String("service.name", "clientele"), attribute.String("service.version", version)),
		resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		return nil, misread(err)
	}
	return &Tracing{sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(about))}, nil
}

func misread(err error) error {
	return clientele.Errorf(clientele.CodeUsage, "the variables of OpenTelemetry cannot be used").
		WithHint("See OTEL_EXPORTER_OTLP_ENDPOINT and the others that begin with OTEL_.").Because(err)
}

// sendFor bounds how long the last traces may take to be sent.
const sendFor = 5 * time.Second

// Close sends what waits to be sent; that nobody takes it is no reason to fail.
func (t *Tracing) Close(log *slog.Logger) {
	if t == nil {
		return
	}
	ctx, done := context.WithTimeout(context.Background(), sendFor)
	defer done()
	if err := t.provider.Shutdown(ctx); err != nil {
		log.Warn("the last traces were not sent", "error", err)
	}
}

// wrap traces requests. A trace that a client began is linked to, not continued: whoever
// asks decides neither the id of ours nor whether it is kept.
func (t *Tracing) wrap(h http.Handler) http.Handler {
	if t == nil {
		return h
	}
	return otelhttp.NewHandler(h, "request", otelhttp.WithTracerProvider(t.provider), otelhttp.WithPropagators(propagation.TraceContext{}),
		otelhttp.WithPublicEndpointFn(func(*http.Request) bool { return true }),
		otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string { return r.Method }))
}

// tell gives the span of a request the name of its route in place of its path, which may
// name a customer, and the address that it comes from in place of what the client says.
func (k *request) tell(ctx context.Context) {
	span := trace.SpanFromContext(ctx)
	if !span.IsRecording() {
		return
	}
	if k.route != "" {
		span.SetName(k.route)
	}
	span.SetAttributes(attribute.String("http.route", k.route), attribute.String("url.path", k.route),
		attribute.String("client.address", k.client), attribute.String("clientele.request_id", k.id))
}
