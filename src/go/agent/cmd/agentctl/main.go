// Command agentctl asks a running agent how its node is doing.
//
//	agentctl [-addr host:port] [report | health | services]
//
// report prints the agent's report as JSON; health exits with 1 unless the agent is healthy, which
// makes it a liveness probe for an image that has no shell; services lists what the agent serves.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// version is set by the build: -ldflags "-X main.version=1.2.3".
var version = "dev"

// command prints the answer to one question.
type command func(ctx context.Context, conn grpc.ClientConnInterface, out io.Writer) error

var commands = map[string]command{
	"report":   printReport,
	"health":   checkHealth,
	"services": listServices,
}

func main() {
	addr := flag.String("addr", "localhost:9465", "the agent's gRPC `host:port`")
	timeout := flag.Duration("timeout", 5*time.Second, "give up after this `time`")
	showVersion := flag.Bool("version", false, "print the version and exit")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: agentctl [flags] [report | health | services]")
		flag.PrintDefaults()
	}
	flag.Parse()
	if *showVersion {
		fmt.Println(version)
		return
	}
	ask, ok := commands[chosen(flag.Args())]
	if !ok {
		flag.Usage()
		os.Exit(2)
	}

	ctx, cancel := context.WithTimeout(context.Background(), *timeout)
	defer cancel()
	if err := dial(ctx, *addr, ask); err != nil {
		fmt.Fprintf(os.Stderr, "agentctl: %v\n", err)
		os.Exit(1)
	}
}

// chosen returns the command that the arguments name, which is report if there are none.
func chosen(args []string) string {
	if len(args) == 0 {
		return "report"
	}
	return strings.Join(args, " ") // Several arguments name no command.
}

// dial connects without TLS: by default the agent listens on the loopback interface only.
func dial(ctx context.Context, addr string, ask command) error {
	conn, err := grpc.NewClient(addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer conn.Close()
	return ask(ctx, conn, os.Stdout)
}
