// Package memlimit tells the Go runtime how much memory its container may use.
//
// The runtime reads the CPU limit of its control group by itself, since Go 1.25, but not the memory
// limit: a garbage collector that does not know of it lets the heap grow until the kernel kills the
// process.
package memlimit

import (
	"os"
	"runtime/debug"
)

// Set makes the garbage collector work harder as the process nears the limit of its control group,
// and returns the number of bytes that it set, 0 if there is no limit. GOMEMLIMIT, the user's own
// word, is left in force.
func Set() int64 {
	if os.Getenv("GOMEMLIMIT") != "" {
		return 0
	}
	limit, ok := groupLimit()
	if !ok {
		return 0
	}
	// A tenth is kept for what the runtime does not count: page cache and kernel memory.
	limit -= limit / 10
	debug.SetMemoryLimit(limit)
	return limit
}
