package main

import (
	"context"
	"net"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"example.com/agent/internal/report"
	"example.com/agent/internal/status"
)

// connect runs an agent's gRPC server in memory. unhealthy makes its health service say so.
func connect(t *testing.T, unhealthy bool) *grpc.ClientConn {
	t.Helper()
	server, health := status.NewServer(func() report.Report {
		return report.Report{Node: "node-1", Version: "1.2.3", KernelEvents: map[string]uint64{"exec": 1 << 40}}
	})
	if unhealthy {
		health.Shutdown()
	}
	listener := bufconn.Listen(64 << 10)
	go server.Serve(listener)
	t.Cleanup(server.Stop)

	conn, err := grpc.NewClient("passthrough:agent",
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) {
			return listener.DialContext(ctx)
		}),
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func TestCommands(t *testing.T) {
	tests := map[string]string{
		"report": `{
  "node": "node-1",
  "version": "1.2.3",
  "kernelEvents": {
    "exec": 1099511627776
  }
}
`,
		"health": "SERVING\n",
		"services": "agent.v1.Status\n" +
			"grpc.channelz.v1.Channelz\n" +
			"grpc.health.v1.Health\n" +
			"grpc.reflection.v1.ServerReflection\n" +
			"grpc.reflection.v1alpha.ServerReflection\n",
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			if err := commands[name](t.Context(), connect(t, false), &out); err != nil {
				t.Fatal(err)
			}
			if out.String() != want {
				t.Errorf("got:\n%swant:\n%s", out.String(), want)
			}
		})
	}
}

func TestUnhealthyAgentIsAnError(t *testing.T) {
	var out strings.Builder
	err := checkHealth(t.Context(), connect(t, true), &out)
	if err == nil || !strings.Contains(err.Error(), "NOT_SERVING") {
		t.Errorf("got %v; want an error that says NOT_SERVING", err)
	}
}

func TestSeveralArgumentsAreNoCommand(t *testing.T) {
	if _, ok := commands[chosen([]string{"report", "health"})]; ok {
		t.Error("two commands at once were accepted")
	}
	if got := chosen(nil); got != "report" {
		t.Errorf("without arguments: %q; want report", got)
	}
}
