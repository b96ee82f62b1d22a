package memlimit

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// groupLimit returns the memory limit of this process's control group, in bytes. It knows version 2
// of control groups; ok is false for version 1, and where the group has no limit.
func groupLimit() (limit int64, ok bool) {
	membership, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return 0, false
	}
	group, ok := unifiedGroup(string(membership))
	if !ok {
		return 0, false
	}
	value, err := os.ReadFile(filepath.Join("/sys/fs/cgroup", group, "memory.max"))
	if err != nil {
		return 0, false
	}
	return parseLimit(string(value))
}

// unifiedGroup finds the version 2 group among lines of the form hierarchy:controllers:path; its
// hierarchy is 0 and its controllers are empty (cgroups(7)).
func unifiedGroup(membership string) (group string, ok bool) {
	for line := range strings.Lines(membership) {
		if group, ok := strings.CutPrefix(line, "0::"); ok {
			return strings.TrimSpace(group), true
		}
	}
	return "", false
}

// parseLimit reads a memory.max file, which holds a number of bytes or "max" for no limit.
func parseLimit(value string) (limit int64, ok bool) {
	limit, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
	return limit, err == nil
}
