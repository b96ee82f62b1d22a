package probe

import (
	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
)

// event is something that the kernel does and reports at a tracepoint.
type event struct {
	name       string
	tracepoint string // in the kernel's include/trace/events
}

// events are those that explain most of what goes wrong on a node: processes that start too often,
// processes that are killed because memory ran out, and a network that loses packets.
var events = []event{
	{"exec", "sched_process_exec"},
	{"fork", "sched_process_fork"},
	{"oom_kill", "mark_victim"},
	{"tcp_retransmit", "tcp_retransmit_skb"},
}

const (
	countsMap   = "counts"
	counterSize = 8
)

// spec is one program for each event, and a map whose single value is the array of their counters.
func spec() *ebpf.CollectionSpec {
	programs := map[string]*ebpf.ProgramSpec{}
	for i, event := range events {
		programs[event.name] = &ebpf.ProgramSpec{
			Name:         event.name,
			Type:         ebpf.RawTracepoint,
			License:      "Dual MIT/GPL",
			Instructions: increment(uint32(i) * counterSize),
		}
	}
	return &ebpf.CollectionSpec{
		Maps: map[string]*ebpf.MapSpec{countsMap: {
			Name:       countsMap,
			Type:       ebpf.Array,
			KeySize:    4,
			ValueSize:  uint32(len(events)) * counterSize,
			MaxEntries: 1,
		}},
		Programs: programs,
	}
}

// increment is the program, written in the instructions that a C compiler would make of
//
//	__sync_fetch_and_add((__u64 *)((char *)counts + offset), 1);
//	return 0;
//
// For a few instructions this spares the build a C compiler and generated files. The addition is
// atomic because the event may happen on several CPUs at once.
func increment(offset uint32) asm.Instructions {
	return asm.Instructions{
		asm.LoadMapValue(asm.R1, 0, offset).WithReference(countsMap),
		asm.Mov.Imm(asm.R2, 1),
		asm.AddAtomic.Mem(asm.R1, asm.R2, asm.DWord, 0),
		asm.Mov.Imm(asm.R0, 0),
		asm.Return(),
	}
}
