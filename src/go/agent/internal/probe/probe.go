// Package probe counts kernel events with eBPF programs.
//
// It needs CAP_BPF and CAP_PERFMON (or root) and Linux 5.2. The programs are attached to raw
// tracepoints, which unlike the other kind need no tracefs: an empty container image has none.
package probe

import (
	"errors"
	"fmt"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
	"github.com/cilium/ebpf/rlimit"
)

// Probe counts events from Start to Close.
type Probe struct {
	collection *ebpf.Collection
	links      map[int]link.Link // by index in events; holds those that could be attached
}

// Start loads the programs into the kernel and attaches them. A kernel may lack some of the
// tracepoints: the probe that is returned then watches the others, and the error says what is
// missing. Without any, the probe is nil.
func Start() (*Probe, error) {
	// Kernels before 5.11 charge maps to the locked memory limit, which is small by default.
	if err := rlimit.RemoveMemlock(); err != nil {
		return nil, err
	}
	collection, err := ebpf.NewCollection(spec())
	if err != nil {
		return nil, err
	}
	p := &Probe{collection: collection, links: map[int]link.Link{}}
	var missing []error
	for i, event := range events {
		attached, err := link.AttachRawTracepoint(link.RawTracepointOptions{
			Name:    event.tracepoint,
			Program: collection.Programs[event.name],
		})
		if err != nil {
			missing = append(missing, fmt.Errorf("%s: %w", event.tracepoint, err))
			continue
		}
		p.links[i] = attached
	}
	if len(p.links) == 0 {
		collection.Close()
		return nil, errors.Join(missing...)
	}
	return p, errors.Join(missing...)
}

// Counts returns how often each watched event has happened, by its name.
func (p *Probe) Counts() (map[string]uint64, error) {
	counters := make([]uint64, len(events))
	if err := p.collection.Maps[countsMap].Lookup(uint32(0), counters); err != nil {
		return nil, err
	}
	counts := map[string]uint64{}
	for i := range p.links {
		counts[events[i].name] = counters[i]
	}
	return counts, nil
}

// Close detaches the programs and frees what they hold in the kernel.
func (p *Probe) Close() {
	for _, attached := range p.links {
		attached.Close()
	}
	p.collection.Close()
}
