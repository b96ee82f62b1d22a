// Package metrics offers the agent's report to Prometheus.
package metrics

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"example.com/agent/internal/report"
)

var (
	buildInfo = prometheus.NewDesc("agent_build_info",
		"Always 1; the labels say which agent this is.", []string{"version"}, nil)
	pods = prometheus.NewDesc("node_pods",
		"Pods that are scheduled on the node.", []string{"phase"}, nil)
	restarts = prometheus.NewDesc("node_container_restarts",
		"Restarts of the containers of these pods.", nil, nil)
	kernelEvents = prometheus.NewDesc("node_kernel_events_total",
		"Kernel events since the agent started.", []string{"event"}, nil)
)

// NewHandler serves /metrics.
func NewHandler(source report.Source) http.Handler {
	// A registry of its own: what a dependency puts into the default one stays out.
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collector{source},
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	return mux
}

// collector turns a report into metrics at each scrape. The report is the only copy of the numbers,
// so a pod that is gone leaves no metric behind.
type collector struct {
	source report.Source
}

func (c collector) Describe(descs chan<- *prometheus.Desc) {
	descs <- buildInfo
	descs <- pods
	descs <- restarts
	descs <- kernelEvents
}

// Collect leaves out what is not known, rather than send a zero that reads as a fact.
func (c collector) Collect(metrics chan<- prometheus.Metric) {
	r := c.source()
	gauge := func(desc *prometheus.Desc, value int, labels ...string) {
		metrics <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(value), labels...)
	}
	gauge(buildInfo, 1, r.Version)
	if r.Pods != nil {
		for phase, n := range r.Pods.ByPhase {
			gauge(pods, n, phase)
		}
		gauge(restarts, r.Pods.Restarts)
	}
	for event, n := range r.KernelEvents {
		metrics <- prometheus.MustNewConstMetric(kernelEvents, prometheus.CounterValue, float64(n), event)
	}
}
