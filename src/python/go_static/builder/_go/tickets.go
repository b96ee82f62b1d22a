package main

// How builds that run side by side with the same build cache share out what there is to compile.
//
// Builds that start at once with an empty cache would compile the same packages, each for itself,
// and 50 processes would do what one `go build` does, many times. So each has a ticket: a number, and
// a file of that name with the packages of its binary, which it locks until it links. Before a
// package is compiled (`go build -toolexec`), those with smaller numbers that have it in their files
// are waited for; what they leave in the cache is then found there. Nobody waits for a greater
// number, so somebody always goes on, and the system drops the lock with the processes that have it.
//
// A process that is stopped, or hangs, keeps its lock. So each build adds to its file when it starts
// a compiler and while it waits, and nobody waits for one whose file is older than stalledAfter, nor
// for any longer than waitAtMost.

import (
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	// ticketVariable names the file of the build's own ticket, for toolexec. It is open and locked
	// as ticketDescriptor there, and the build's standard error is open as saidDescriptor.
	ticketVariable   = "COMPILING"
	ticketDescriptor = 3
	saidDescriptor   = 4

	toolexecCommand = "toolexec"

	// standardLibrary stands for all its packages, which the compiler is told with `-std`.
	standardLibrary = "std"

	// stalledAfter is longer than the compiler takes for any package.
	stalledAfter = 5 * time.Minute
	// waitAtMost is how long one build is waited for.
	waitAtMost = 30 * time.Minute
	// forATicket is how long a build waits for its ticket, when many start.
	forATicket = 20 * time.Second
	// signOfLife is the time between two of a build that waits.
	signOfLife = 5 * time.Second
	// sayAfter is when a build says for the first time what it waits for.
	sayAfter = 30 * time.Second
)

// takeTicket returns the locked file of a new ticket, or nil where there can be none. Tickets go that
// nobody has locked any more.
func takeTicket(buildCache, name string, packages []string) *os.File {
	directory := filepath.Join(buildCache, "compiling", os.Getenv("GOOS")+"-"+os.Getenv("GOARCH"))
	if os.MkdirAll(directory, 0o777) != nil {
		return nil
	}
	lock, err := os.OpenFile(filepath.Join(directory, "lock"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return nil
	}
	done := lockFile(lock, syscall.LOCK_EX)
	select {
	case err := <-done:
		defer lock.Close()
		if err != nil {
			return nil
		}
	case <-time.After(forATicket):
		closeAfter(done, lock)
		return nil
	}
	next := 1
	for _, number := range tickets(directory) {
		other := filepath.Join(directory, strconv.Itoa(number))
		if isHeld(other, syscall.LOCK_EX) {
			next = number + 1
		} else {
			os.Remove(other)
		}
	}
	path := filepath.Join(directory, strconv.Itoa(next))
	ticket, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o666)
	if err != nil {
		return nil
	}
	content := nameLine + name + "\n" + strings.Join(packages, "\n") + "\n"
	_, err = ticket.WriteString(content)
	if err != nil || syscall.Flock(int(ticket.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		ticket.Close()
		os.Remove(path)
		return nil
	}
	return ticket
}

// nameLine starts the line of a ticket that says whose it is. No import path starts so.
const nameLine = "# "

// tickets are the numbers of those in a directory, from the smallest on.
func tickets(directory string) []int {
	entries, err := os.ReadDir(directory)
	if err != nil {
		return nil
	}
	var numbers []int
	for _, entry := range entries {
		if number, err := strconv.Atoi(entry.Name()); err == nil && entry.Type().IsRegular() {
			numbers = append(numbers, number)
		}
	}
	sort.Ints(numbers)
	return numbers
}

// isHeld is whether a lock cannot be had, shared or exclusive; also of a file that cannot be opened, but
// not of one that is gone.
func isHeld(path string, how int) bool {
	file, err := os.Open(path)
	if err != nil {
		return !os.IsNotExist(err)
	}
	defer file.Close()
	return syscall.Flock(int(file.Fd()), how|syscall.LOCK_NB) != nil
}

// lockFile sends when a file is locked, or cannot be. The system has no limit for this wait, so it is
// its caller who may go on before; the file must stay open then (closeAfter).
func lockFile(file *os.File, how int) <-chan error {
	done := make(chan error, 1)
	go func() {
		err := syscall.EINTR
		for err == syscall.EINTR {
			err, _ = syscall.Flock(int(file.Fd()), how).(syscall.Errno)
		}
		if err != 0 {
			done <- err
		}
		close(done)
	}()
	return done
}

// closeAfter closes a file once nothing waits for its lock. Before that, another file would get its
// number, and perhaps the lock.
func closeAfter(done <-chan error, file *os.File) {
	go func() {
		<-done
		file.Close()
	}()
}
