// Command agent runs on each node of a Kubernetes cluster and tells how the node is doing: which
// pods it runs, how often they restart, and what the kernel sees (processes started, processes
// killed for want of memory, packets sent again).
//
//	agent [-node name] [-kubeconfig file]
//	agent -help
//
// It serves Prometheus metrics at http://<metrics-addr>/metrics, and gRPC for agentctl, grpcurl and
// grpcdebug. What it is not permitted to see it leaves out and logs: without a cluster, without root
// or on an old kernel it tells the rest.
//
// It has the size of a real agent, and so the dependencies of one: a whole Kubernetes client, gRPC,
// an eBPF loader. Some 800 packages make this binary, and all of them have to do without the C
// library. The eBPF programs are written in Go too (internal/probe), so the build needs no clang.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"example.com/agent/internal/config"
)

// version is set by the build: -ldflags "-X main.version=1.2.3".
var version = "dev"

func main() {
	settings, err := config.Parse(os.Args[1:], os.Getenv, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return
	case err != nil:
		os.Exit(2)
	case settings.ShowVersion:
		fmt.Println(version)
		return
	}

	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: settings.LogLevel}))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, settings, log); err != nil {
		log.Error("stopped", "err", err)
		os.Exit(1)
	}
}
