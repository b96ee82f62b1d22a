package metrics

import (
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/agent/internal/report"
)

// scrape returns the lines of the node's and the agent's own metrics.
func scrape(r report.Report) string {
	recorder := httptest.NewRecorder()
	handler := NewHandler(func() report.Report { return r })
	handler.ServeHTTP(recorder, httptest.NewRequest("GET", "/metrics", nil))
	var lines strings.Builder
	for line := range strings.Lines(recorder.Body.String()) {
		if strings.HasPrefix(line, "node_") || strings.HasPrefix(line, "agent_") {
			lines.WriteString(line)
		}
	}
	return lines.String()
}

func TestReportBecomesMetrics(t *testing.T) {
	got := scrape(report.Report{
		Version:      "1.2.3",
		Pods:         &report.Pods{ByPhase: map[string]int{"Running": 2, "Failed": 1}, Restarts: 5},
		KernelEvents: map[string]uint64{"exec": 40},
	})
	want := `agent_build_info{version="1.2.3"} 1
node_container_restarts 5
node_kernel_events_total{event="exec"} 40
node_pods{phase="Failed"} 1
node_pods{phase="Running"} 2
`
	if got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
}

func TestUnknownIsNotZero(t *testing.T) {
	got := scrape(report.Report{Version: "1.2.3"})
	want := "agent_build_info{version=\"1.2.3\"} 1\n"
	if got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
}
