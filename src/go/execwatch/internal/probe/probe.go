// Package probe counts how often programs are started, in the kernel.
//
// The probe is C, in probe.bpf.c. bpf2go compiles it with clang and writes the Go code that embeds
// and loads it: files that are in no repository, because Pants makes them before the build.
package probe

import (
	"fmt"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
	"github.com/cilium/ebpf/rlimit"
)

//go:generate go tool bpf2go -cc clang -no-strip -target amd64,arm64 -type event probe probe.bpf.c -- -O2 -Wall -Werror

// Spec is the compiled probe, which is part of the program.
func Spec() (*ebpf.CollectionSpec, error) {
	return loadProbe()
}

// Counter counts from New until Close.
type Counter struct {
	objects    probeObjects
	tracepoint link.Link
}

// New loads the probe into the kernel, which takes root or CAP_BPF and CAP_PERFMON.
func New() (*Counter, error) {
	if err := rlimit.RemoveMemlock(); err != nil {
		return nil, fmt.Errorf("raise the limit of locked memory: %w", err)
	}
	counter := &Counter{}
	if err := loadProbeObjects(&counter.objects, nil); err != nil {
		return nil, fmt.Errorf("load the probe: %w", err)
	}
	tracepoint, err := link.Tracepoint("sched", "sched_process_exec", counter.objects.CountExec, nil)
	if err != nil {
		_ = counter.objects.Close()
		return nil, fmt.Errorf("attach the probe: %w", err)
	}
	counter.tracepoint = tracepoint
	return counter, nil
}

// Counts has the number of starts by the name of the program.
func (c *Counter) Counts() (map[string]uint64, error) {
	counts := map[string]uint64{}
	var key probeEvent
	var value uint64
	entries := c.objects.Counts.Iterate()
	for entries.Next(&key, &value) {
		counts[name(key)] = value
	}
	return counts, entries.Err()
}

// Close takes the probe out of the kernel.
func (c *Counter) Close() error {
	if err := c.tracepoint.Close(); err != nil {
		return err
	}
	return c.objects.Close()
}

func name(event probeEvent) string {
	text := make([]byte, 0, len(event.Comm))
	for _, char := range event.Comm {
		if char == 0 {
			break
		}
		text = append(text, byte(char))
	}
	return string(text)
}
