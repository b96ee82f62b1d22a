package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func nothing() string { return "nothing" }

func TestAProgramThatTakesTooLongIsKilled(t *testing.T) {
	started := time.Now()
	err := runProgram(exec.Command("/bin/sleep", "600"), 100*time.Millisecond, nothing)
	if err == nil || err.Error() != "nothing took more than 100ms" || time.Since(started) > grace {
		t.Error(err)
	}
}

// interrupter ends this process when something is written to it.
type interrupter struct{}

func (interrupter) Write(content []byte) (int, error) {
	return len(content), syscall.Kill(os.Getpid(), syscall.SIGTERM)
}

func TestAnInterruptedBuilderEndsItsProgram(t *testing.T) {
	command := exec.Command("/bin/sh", "-c", "echo ready; exec sleep 600")
	command.Stdout = interrupter{}
	err := runProgram(command, 0, nil)
	if err == nil || err.Error() != "interrupted: terminated" {
		t.Error(err)
	}
	if err := command.Process.Signal(syscall.Signal(0)); !errors.Is(err, os.ErrProcessDone) {
		t.Error("it still runs: ", err)
	}
}

func TestOutputThatOthersKeepOpenIsNotWaitedFor(t *testing.T) {
	var printed strings.Builder
	command := exec.Command("/bin/sh", "-c", "sleep 600 & echo $!")
	command.Stdout = &printed
	command.WaitDelay = 100 * time.Millisecond
	err := runProgram(command, 0, nil)
	exec.Command("/bin/kill", strings.TrimSpace(printed.String())).Run()
	if !errors.Is(err, exec.ErrWaitDelay) {
		t.Error(err)
	}
}

// modules/download_errors.py reads these lines.
func TestStandardErrorSaysWhatIsWaitedFor(t *testing.T) {
	said := filepath.Join(t.TempDir(), "said")
	file, err := os.Create(said)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	interval, stderr := waitInterval, os.Stderr
	waitInterval, os.Stderr = 100*time.Millisecond, file
	err = runProgram(exec.Command("/bin/sleep", "0.3"), 0, nothing)
	waitInterval, os.Stderr = interval, stderr
	if err != nil || !strings.HasPrefix(read(t, said), "waiting for nothing, 0 s\n") {
		t.Errorf("%v, %q", err, read(t, said))
	}
}
