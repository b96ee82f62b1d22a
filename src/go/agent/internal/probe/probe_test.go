package probe

import (
	"errors"
	"os"
	"os/exec"
	"testing"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
)

func TestEveryEventHasItsOwnCounterWithinTheMap(t *testing.T) {
	spec := spec()
	size := spec.Maps[countsMap].ValueSize
	taken := map[uint32]string{}
	for name, program := range spec.Programs {
		load := program.Instructions[0]
		// The upper half of the constant is the offset, the lower the map's file descriptor.
		offset := uint32(load.Constant >> 32)
		if load.Reference() != countsMap || offset+counterSize > size {
			t.Errorf("%s counts at %d of %q; want it below %d of %q",
				name, offset, load.Reference(), size, countsMap)
		}
		if other, ok := taken[offset]; ok {
			t.Errorf("%s and %s share the counter at %d", name, other, offset)
		}
		taken[offset] = name
	}
	if len(taken) != len(events) {
		t.Errorf("%d programs for %d events", len(taken), len(events))
	}
}

func TestProgramReturns(t *testing.T) {
	program := increment(0)
	if last := program[len(program)-1]; last.OpCode.JumpOp() != asm.Exit {
		t.Errorf("the last instruction is %v; the verifier wants an exit", last)
	}
}

// notHere tells whether an error speaks of the machine and not of the programs.
func notHere(err error) bool {
	return errors.Is(err, os.ErrPermission) || // no CAP_BPF, or a seccomp filter
		errors.Is(err, errors.ErrUnsupported) || // no bpf(2) at all
		errors.Is(err, ebpf.ErrNotSupported) // no such kind of program or map
}

func TestCountsAnExec(t *testing.T) {
	probe, err := Start()
	if probe == nil {
		if notHere(err) {
			t.Skipf("eBPF programs cannot be loaded on this machine, or not by this user: %v", err)
		}
		t.Fatal(err)
	}
	defer probe.Close()
	before, err := probe.Counts()
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := before["exec"]; !ok {
		t.Skip("this kernel has no tracepoint for exec")
	}
	if err := exec.Command(os.Args[0], "-test.run=^$").Run(); err != nil {
		t.Fatal(err)
	}
	after, err := probe.Counts()
	if err != nil || after["exec"] <= before["exec"] {
		t.Errorf("exec: %d, then %d, %v; want it to grow", before["exec"], after["exec"], err)
	}
}
