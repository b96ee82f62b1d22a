package cluster

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"example.com/agent/internal/report"
)

// twoPods is what the API server streams to a new watch: its pods, and a bookmark after the last.
const twoPods = `
{"type": "ADDED", "object": {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "a", "namespace": "x", "resourceVersion": "1"},
	"status": {"phase": "Running", "containerStatuses": [{"restartCount": 2}, {"restartCount": 1}]}}}
{"type": "ADDED", "object": {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "b", "namespace": "x", "resourceVersion": "2"},
	"status": {"phase": "Pending"}}}
{"type": "BOOKMARK", "object": {"kind": "Pod", "apiVersion": "v1", "metadata": {"resourceVersion": "3",
	"annotations": {"k8s.io/initial-events-end": "true"}}}}
`

func TestPodsAreThoseOfTheNodeOnly(t *testing.T) {
	queries := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case queries <- r.URL.Query().Get("fieldSelector"):
		default:
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(twoPods))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	defer server.Close()
	client, err := kubernetes.NewForConfig(&rest.Config{Host: server.URL})
	if err != nil {
		t.Fatal(err)
	}

	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	pods := NewPods(client, "node-1")
	if got := pods.Summary(); got != nil {
		t.Errorf("before the first answer: got %+v; want nil", got)
	}
	pods.Start(ctx)
	if !pods.WaitForSync(ctx) {
		t.Fatal("the pods did not arrive")
	}
	if got, want := <-queries, "spec.nodeName=node-1"; got != want {
		t.Errorf("asked for the pods with %q; want %q", got, want)
	}
	want := &report.Pods{ByPhase: map[string]int{"Running": 1, "Pending": 1}, Restarts: 3}
	if got := pods.Summary(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v; want %+v", got, want)
	}
}

func TestClientWithoutACluster(t *testing.T) {
	t.Setenv("KUBERNETES_SERVICE_HOST", "")
	if _, err := NewClient("", "test"); !errors.Is(err, ErrNoCluster) {
		t.Errorf("outside a pod: got %v; want %v", err, ErrNoCluster)
	}
	missing := filepath.Join(t.TempDir(), "kubeconfig")
	if _, err := NewClient(missing, "test"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("kubeconfig is missing: got %v; want %v", err, os.ErrNotExist)
	}
}
