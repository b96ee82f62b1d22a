//go:build !linux

package memlimit

// groupLimit finds no limit: control groups are Linux's.
func groupLimit() (limit int64, ok bool) { return 0, false }
