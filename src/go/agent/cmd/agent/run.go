package main

import (
	"context"
	"errors"
	"log/slog"
	"net"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc/health/grpc_health_v1"
	"k8s.io/klog/v2"

	"example.com/agent/internal/cluster"
	"example.com/agent/internal/config"
	"example.com/agent/internal/metrics"
	"example.com/agent/internal/probe"
	"example.com/agent/internal/report"
	"example.com/agent/internal/status"
)

// run starts all parts of the agent and returns when ctx is done or a server fails.
func run(ctx context.Context, settings config.Config, log *slog.Logger) error {
	klog.SetSlogLogger(log) // The Kubernetes client has a logger of its own.
	pods, err := watchCluster(settings, log)
	if err != nil {
		return err
	}
	counter := startProbe(log)
	if counter != nil {
		defer counter.Close()
	}

	source := newSource(settings.Node, pods, counter, log)
	grpcServer, health := status.NewServer(source)

	metricsListener, err := net.Listen("tcp", settings.MetricsAddr)
	if err != nil {
		return err
	}
	statusListener, err := net.Listen("tcp", settings.StatusAddr)
	if err != nil {
		metricsListener.Close()
		return err
	}
	log.Info("started", "version", version, "node", settings.Node,
		"metrics", metricsListener.Addr().String(), "status", statusListener.Addr().String())

	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return serveHTTP(ctx, metricsListener, metrics.NewHandler(source)) })
	group.Go(func() error { return serveGRPC(ctx, statusListener, grpcServer) })
	if pods != nil {
		log.Info("waiting for the node's pods") // Without end, if the cluster cannot be reached.
		pods.Start(ctx)
		group.Go(func() error {
			if pods.WaitForSync(ctx) {
				log.Info("the node's pods are known")
				health.SetServingStatus(status.ClusterHealth, grpc_health_v1.HealthCheckResponse_SERVING)
			}
			return nil
		})
	}
	return group.Wait()
}

// watchCluster returns nil where there is no cluster to watch. That is no error, but a kubeconfig
// that was asked for and cannot be used is one.
func watchCluster(settings config.Config, log *slog.Logger) (*cluster.Pods, error) {
	client, err := cluster.NewClient(settings.Kubeconfig, "node-agent/"+version)
	if errors.Is(err, cluster.ErrNoCluster) {
		log.Warn("pods are not watched", "err", err)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return cluster.NewPods(client, settings.Node), nil
}

// startProbe returns nil where no kernel event can be watched.
func startProbe(log *slog.Logger) *probe.Probe {
	counter, err := probe.Start()
	if err != nil {
		log.Warn("not all kernel events are watched", "err", err)
	}
	return counter
}

// newSource puts the report together from the parts that there are.
func newSource(node string, pods *cluster.Pods, counter *probe.Probe, log *slog.Logger) report.Source {
	return func() report.Report {
		r := report.Report{Node: node, Version: version}
		if pods != nil {
			r.Pods = pods.Summary()
		}
		if counter != nil {
			var err error
			if r.KernelEvents, err = counter.Counts(); err != nil {
				log.Warn("kernel events could not be read", "err", err)
			}
		}
		return r
	}
}
