package main

// Heap settings of `go`, compilers and linkers. With Go's default, each collects garbage whenever its heap
// has doubled, which takes a seventh of the CPU time of a cold build. What they write does not depend on it.

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
)

const (
	// heapGrowth is the value of GOGC, in percent.
	heapGrowth = 400

	// leastHeap is the smallest limit, in bytes, for which there are settings: below, a package with a
	// large heap would be collected more often than with Go's default.
	leastHeap = 1 << 30
)

// heapSettings are environment variables, or none on a machine whose memory (in bytes, or 0 if it is
// unknown) is too small for its number of cores. Two processes for each core get all memory at most.
func heapSettings(memory uint64, cores int) []string {
	limit := memory / uint64(2*cores)
	if limit < leastHeap {
		return nil
	}
	return []string{fmt.Sprintf("GOGC=%d", heapGrowth), fmt.Sprintf("GOMEMLIMIT=%d", limit)}
}

// ownHeapSettings are those for this machine, or for the container that this process is in.
func ownHeapSettings() []string {
	read := func(path string) string {
		content, _ := os.ReadFile(path)
		return string(content)
	}
	memory := memoryOf(
		read("/proc/meminfo"),
		read("/sys/fs/cgroup/memory.max"),
		read("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
	)
	return heapSettings(memory, runtime.NumCPU())
}

// memoryOf is how many bytes are available according to /proc/meminfo, and at most the limits of control
// groups; 0 without a meminfo.
func memoryOf(meminfo string, limits ...string) uint64 {
	var memory uint64
	for _, line := range strings.Split(meminfo, "\n") {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "MemAvailable:" {
			memory, _ = strconv.ParseUint(fields[1], 10, 54)
			memory *= 1024
		}
	}
	for _, limit := range limits {
		// Without a limit, it is "max", or larger than any memory.
		if bytes, err := strconv.ParseUint(strings.TrimSpace(limit), 10, 64); err == nil {
			memory = min(memory, bytes)
		}
	}
	return memory
}
