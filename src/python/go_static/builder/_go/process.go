package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

// grace is how long a program has to end after a signal.
const grace = 10 * time.Second

// waitInterval is the time between two lines that say what the builder waits for.
var waitInterval = 30 * time.Second

// runProgram runs a program to its end. If there is something that it may have to wait for, standard
// error regularly says what, and the program is killed after limit, unless that is 0. Signals that
// would end the builder are passed on, so that the program does not outlive it.
func runProgram(command *exec.Cmd, limit time.Duration, what func() string) error {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	if command.WaitDelay == 0 {
		// A process that the program started may keep its output open.
		command.WaitDelay = grace
	}
	if err := command.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	started := time.Now()
	var over, tick <-chan time.Time
	if limit > 0 {
		over = time.After(limit)
	}
	if what != nil {
		ticker := time.NewTicker(waitInterval)
		defer ticker.Stop()
		tick = ticker.C
	}
	var reason error
	for {
		select {
		case err := <-ended:
			if reason != nil {
				return reason
			}
			return err
		case received := <-signals:
			reason = fmt.Errorf("interrupted: %v", received)
			command.Process.Signal(received)
			over = time.After(grace)
		case <-over:
			if reason == nil {
				reason = fmt.Errorf("%s took more than %s", what(), limit)
			}
			command.Process.Kill()
		case <-tick:
			fmt.Fprintf(os.Stderr, "waiting for %s, %.0f s\n", what(), time.Since(started).Seconds())
		}
	}
}
