package httpd

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/clientele/clientele/internal/policy"
)

// readFor bounds how long one figure may take to read.
const readFor = 5 * time.Second

// Meter counts what the server does, for Prometheus. Its labels are words of the program
// alone: routes, methods, states, never anything of a customer or a person.
type Meter struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	inFlight prometheus.Gauge
}

// NewMeter makes a meter of the program's version.
func NewMeter(version string) *Meter {
	m := &Meter{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "clientele_http_requests_total", Help: "Requests that were answered.",
		}, []string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "clientele_http_request_duration_seconds", Help: "Time until requests were answered.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .2, .5, 1, 2.5, 10, 60},
		}, []string{"route", "method"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "clientele_http_requests_in_flight", Help: "Requests that are being answered.",
		}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "clientele_build_info", Help: "1, of the version that runs.", ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	m.registry.MustRegister(m.requests, m.seconds, m.inFlight, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Figure is what is read anew whenever somebody looks: how many there are of each kind.
type Figure struct {
	Name, Help string
	Labels     []string
	Read       func(ctx context.Context) ([]Reading, error)
}

// Reading is a figure's value for values of its labels, in their order.
type Reading struct {
	Value  float64
	Labels []string
}

// Watch adds a figure.
func (m *Meter) Watch(f Figure) {
	m.registry.MustRegister(collector{prometheus.NewDesc(f.Name, f.Help, f.Labels, nil), f})
}

type collector struct {
	desc   *prometheus.Desc
	figure Figure
}

// Describe implements prometheus.Collector.
func (c collector) Describe(ch chan<- *prometheus.Desc) { ch <- c.desc }

// Collect implements prometheus.Collector.
func (c collector) Collect(ch chan<- prometheus.Metric) {
	ctx, done := context.WithTimeout(context.Background(), readFor)
	defer done()
	readings, err := c.figure.Read(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(c.desc, err)
		return
	}
	for _, r := range readings {
		ch <- prometheus.MustNewConstMetric(c.desc, prometheus.GaugeValue, r.Value, r.Labels...)
	}
}

// Register adds the route. Figures that cannot be read are left out, and the rest is told.
func (m *Meter) Register(r *Router) {
	r.Handle("GET "+metricsPath, policy.Operate, promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: 4,
	}))
}

// methods are those that a label may have: others, anybody can think up.
var methods = map[string]bool{
	http.MethodGet: true, http.MethodHead: true, http.MethodPost: true, http.MethodPut: true,
	http.MethodPatch: true, http.MethodDelete: true, http.MethodOptions: true,
}

// begin counts a request as being answered until the end is called.
func (m *Meter) begin() (end func()) {
	if m == nil {
		return func() {}
	}
	m.inFlight.Inc()
	return m.inFlight.Dec
}

// count counts an answered request.
func (m *Meter) count(route, method string, status int, took time.Duration) {
	if m == nil {
		return
	}
	if !methods[method] {
		method = "other"
	}
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(route, method).Observe(took.Seconds())
}
