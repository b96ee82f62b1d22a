package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"example.com/agent/internal/config"
)

var discard = slog.New(slog.DiscardHandler)

// settings are those of an agent outside a cluster, on ports that the kernel chooses.
func settings(t *testing.T) config.Config {
	t.Setenv("KUBERNETES_SERVICE_HOST", "")
	return config.Config{Node: "node-1", MetricsAddr: "localhost:0", StatusAddr: "localhost:0"}
}

func TestAgentNeedsNoClusterAndStopsWhenTold(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := run(ctx, settings(t), discard); err != nil {
		t.Error(err)
	}
}

func TestAgentFailsWhereItsPortIsTaken(t *testing.T) {
	listener, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	taken := settings(t)
	taken.StatusAddr = listener.Addr().String()
	if err := run(t.Context(), taken, discard); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("got %v; want %v", err, syscall.EADDRINUSE)
	}
}

func TestAgentFailsWithoutTheKubeconfigThatWasAskedFor(t *testing.T) {
	missing := settings(t)
	missing.Kubeconfig = filepath.Join(t.TempDir(), "kubeconfig")
	if err := run(t.Context(), missing, discard); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v; want %v", err, os.ErrNotExist)
	}
}

func TestReportNamesTheNodeWhateverElseIsMissing(t *testing.T) {
	r := newSource("node-1", nil, nil, discard)()
	if r.Node != "node-1" || r.Version != version || r.Pods != nil || r.KernelEvents != nil {
		t.Errorf("got %+v; want the node and the version alone", r)
	}
}
