package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

const prSetChildSubreaper = 36

// adopt makes this process the parent of those below it whose own parent ends.
func adopt() {
	syscall.RawSyscall(syscall.SYS_PRCTL, prSetChildSubreaper, 1, 0)
}

// killAdopted ends all processes below this one. Those below a process that ends are adopted, and end
// in the next round.
func killAdopted() {
	for {
		lists, _ := filepath.Glob("/proc/self/task/*/children")
		found := false
		for _, list := range lists {
			children, _ := os.ReadFile(list)
			for _, child := range bytes.Fields(children) {
				pid, err := strconv.Atoi(string(child))
				if err != nil || syscall.Kill(pid, syscall.SIGKILL) != nil {
					continue
				}
				_, err = syscall.Wait4(pid, nil, 0, nil)
				found = found || err == nil
			}
		}
		if !found {
			return
		}
	}
}
