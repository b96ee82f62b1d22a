// Package config reads the agent's settings from its command line and environment.
package config

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
)

// Config holds the agent's settings.
type Config struct {
	Node        string // as the cluster calls this machine
	Kubeconfig  string // empty: the service account of the agent's own pod
	MetricsAddr string
	StatusAddr  string
	LogLevel    slog.Level
	ShowVersion bool
}

// ErrUsage is returned for a command line that cannot be understood; why was written to output.
var ErrUsage = errors.New("wrong usage")

// Parse reads the command line. It returns flag.ErrHelp if that asked for help.
//
// In a pod the node's name cannot be had from the machine: the manifest passes spec.nodeName as
// $NODE_NAME, and the host's name is only a guess for an agent that is run by hand.
func Parse(args []string, getenv func(string) string, output io.Writer) (Config, error) {
	var c Config
	node := getenv("NODE_NAME")
	if node == "" {
		node, _ = os.Hostname()
	}
	flags := flag.NewFlagSet("agent", flag.ContinueOnError)
	flags.SetOutput(output)
	flags.StringVar(&c.Node, "node", node, "`name` of this node in the cluster ($NODE_NAME)")
	flags.StringVar(&c.Kubeconfig, "kubeconfig", getenv("KUBECONFIG"),
		"`file` that says how to reach the cluster ($KUBECONFIG); without one, the pod's service account")
	flags.StringVar(&c.MetricsAddr, "metrics-addr", ":9464", "serve Prometheus metrics on this `host:port`")
	flags.StringVar(&c.StatusAddr, "status-addr", "localhost:9465", "serve gRPC on this `host:port`")
	flags.TextVar(&c.LogLevel, "log-level", slog.LevelInfo, "log from this `level` on: debug, info, warn or error")
	flags.BoolVar(&c.ShowVersion, "version", false, "print the version and exit")

	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return c, err
	case err != nil:
		return c, ErrUsage
	case flags.NArg() > 0:
		fmt.Fprintf(output, "unexpected argument: %s\n", flags.Arg(0))
		return c, ErrUsage
	case c.Node == "":
		fmt.Fprintln(output, "the node's name is not known: give -node or $NODE_NAME")
		return c, ErrUsage
	}
	return c, nil
}
