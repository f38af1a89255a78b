package main

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"ippo/internal/line"
	"ippo/store"
)

// metrics count what operators watch. Labels are routes, classes and states, never people.
type metrics struct {
	registry    *prometheus.Registry
	requests    *prometheus.HistogramVec
	lineCalls   *prometheus.HistogramVec
	readProblem prometheus.Counter
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "ippo_http_request_seconds",
			Help:    "HTTP requests by route; webhooks are POST /line/webhook.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2, 5},
		}, []string{"method", "route", "code"}),
		lineCalls: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "ippo_line_call_seconds",
			Help:    "Calls to LINE by operation and what came of them.",
			Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20},
		}, []string{"op", "class"}),
		readProblem: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "ippo_metrics_read_failures_total",
			Help: "Times the database could not be read for these metrics.",
		}),
	}
	m.registry.MustRegister(m.requests, m.lineCalls, m.readProblem,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// request is the middleware that times every request.
func (m *metrics) request(c *gin.Context) {
	begun := time.Now()
	c.Next()
	route := c.FullPath()
	if route == "" {
		route = "none" // strangers' paths would make endless labels
	}
	m.requests.WithLabelValues(method(c.Request.Method), route, strconv.Itoa(c.Writer.Status())).Observe(time.Since(begun).Seconds())
}

// method bounds the label: a client may send any word.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}

// call is what package line tells of each call.
func (m *metrics) call(o line.Observation) {
	m.lineCalls.WithLabelValues(string(o.Op), o.Class.String()).Observe(o.Took.Seconds())
}

// circuits adds whether calls to LINE are paused after repeated failures.
func (m *metrics) circuits(client *line.Client) {
	gauge := func(host string, state func() line.CircuitState) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name:        "ippo_line_circuit",
			Help:        "0: calls to this host of LINE pass; 1: one probes whether it is back; 2: calls are paused.",
			ConstLabels: prometheus.Labels{"host": host},
		}, func() float64 { return float64(state()) })
	}
	m.registry.MustRegister(
		gauge("api", func() line.CircuitState { api, _ := client.Circuits(); return api }),
		gauge("data", func() line.CircuitState { _, data := client.Circuits(); return data }))
}

// watch adds what the database knows: how much waits, and how large it is.
func (m *metrics) watch(st *store.Store, log *slog.Logger) {
	m.registry.MustRegister(&backlog{m: m, st: st, log: log})
}

// backlog reads the database when Prometheus asks, so that the figures are of one moment.
type backlog struct {
	m   *metrics
	st  *store.Store
	log *slog.Logger
}

var (
	inboxDesc      = prometheus.NewDesc("ippo_inbox_events", "Webhook events that are not handled yet.", nil, nil)
	inboxAgeDesc   = prometheus.NewDesc("ippo_inbox_oldest_seconds", "Age of the oldest webhook event that is not handled yet.", nil, nil)
	deliveryDesc   = prometheus.NewDesc("ippo_delivery_recipients", "Recipients of broadcasts, by what became of their request.", []string{"state"}, nil)
	broadcastsDesc = prometheus.NewDesc("ippo_broadcasts", "Broadcasts by status.", []string{"status"}, nil)
	followersDesc  = prometheus.NewDesc("ippo_followers", "Followers by status.", []string{"status"}, nil)
	databaseDesc   = prometheus.NewDesc("ippo_database_bytes", "Size of the database file.", nil, nil)
)

// Describe lists the figures.
func (b *backlog) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{inboxDesc, inboxAgeDesc, deliveryDesc, broadcastsDesc, followersDesc, databaseDesc} {
		ch <- d
	}
}

// Collect reads them.
func (b *backlog) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	load, err := b.st.Load(ctx)
	if err != nil {
		b.m.readProblem.Inc()
		b.log.Error("read metrics", "err", err)
		return
	}
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	gauge(inboxDesc, float64(load.OpenEvents))
	gauge(inboxAgeDesc, load.OldestEvent.Seconds())
	for state, n := range load.Recipients {
		gauge(deliveryDesc, float64(n), string(state))
	}
	for status, n := range load.Broadcasts {
		gauge(broadcastsDesc, float64(n), string(status))
	}
	for status, n := range load.Followers {
		gauge(followersDesc, float64(n), string(status))
	}
	gauge(databaseDesc, float64(load.Bytes))
}
