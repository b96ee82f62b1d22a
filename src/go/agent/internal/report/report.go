// Package report says what the agent tells about its node.
//
// It is apart from the packages that find these facts out, so that a client of the agent is built
// without them: agentctl does not contain a Kubernetes client.
package report

// Report is the state of a node at one moment.
type Report struct {
	Node    string `json:"node"`
	Version string `json:"version"` // the agent's

	// Pods is nil while the agent does not know the node's pods: it runs outside a cluster, or
	// has not got its first answer yet.
	Pods *Pods `json:"pods,omitempty"`

	// KernelEvents counts what happened since the agent started, by the event's name. An event
	// that could not be watched is not in it.
	KernelEvents map[string]uint64 `json:"kernelEvents,omitempty"`
}

// Pods sums up the pods that are scheduled on the node.
type Pods struct {
	ByPhase  map[string]int `json:"byPhase"`
	Restarts int            `json:"restarts"` // of all containers of these pods
}

// Source makes a report. It is called from many goroutines.
type Source func() Report
