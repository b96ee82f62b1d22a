package main

// How a build waits for those with smaller tickets: in the program that Go starts before each tool.

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// toolexec becomes the tool that Go starts, after a wait for the builds that compile the same. Go
// says what is compiled in TOOLEXEC_IMPORTPATH, and asks each tool for its version (`-V=full`) first.
func toolexec(argv []string) error {
	tool := argv[0]
	switch {
	case len(argv) > 1 && strings.HasPrefix(argv[1], "-V="), filepath.Base(tool) == "vet":
	case filepath.Base(tool) == "link":
		syscall.Flock(ticketDescriptor, syscall.LOCK_UN)
	default:
		compiled := os.Getenv("TOOLEXEC_IMPORTPATH")
		for _, argument := range argv[1:] {
			if argument == "-std" {
				compiled = standardLibrary
			}
		}
		waitForBuildsBefore(os.Getenv(ticketVariable), compiled)
	}
	return fmt.Errorf("%s: %w", tool, syscall.Exec(tool, argv, os.Environ()))
}

// waitForBuildsBefore waits for those whose tickets have smaller numbers and the package.
func waitForBuildsBefore(ticket, compiled string) {
	giveSignOfLife()
	own, err := strconv.Atoi(filepath.Base(ticket))
	if err != nil {
		return
	}
	directory := filepath.Dir(ticket)
	for _, number := range tickets(directory) {
		if number >= own {
			return
		}
		path := filepath.Join(directory, strconv.Itoa(number))
		if name, compiles := readTicket(path, compiled); compiles {
			(&wait{path, name}).until()
		}
	}
}

// giveSignOfLife works on the open file: the directory may be gone.
func giveSignOfLife() {
	syscall.Write(ticketDescriptor, []byte("\n"))
}

// readTicket says whose a ticket is and whether its binary has a package.
func readTicket(path, compiled string) (name string, compiles bool) {
	file, err := os.Open(path)
	if err != nil {
		return "", false
	}
	defer file.Close()
	name = "another build"
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line := lines.Text()
		if strings.HasPrefix(line, nameLine) {
			name = "the build of " + line[len(nameLine):]
		} else if line == compiled {
			return name, true
		}
	}
	return name, false
}

// wait is for the build that has the ticket at a path.
type wait struct {
	path string
	name string
}

// until returns when the build links, ends, shows no sign of life or has been waited for too long.
func (w *wait) until() {
	file, err := os.Open(w.path)
	if err != nil {
		return
	}
	done := lockFile(file, syscall.LOCK_SH)
	defer closeAfter(done, file)
	start := time.Now()
	say := sayAfter
	for {
		if w.idle() {
			// Others that wait have shared locks, once there is no exclusive one.
			if isHeld(w.path, syscall.LOCK_SH) {
				w.note("stalled-", fmt.Sprintf("Not waiting for %s, which compiles the same packages: it "+
					"has been idle for %d minutes. It keeps %s open.",
					w.name, int(stalledAfter.Minutes()), w.path))
			}
			return
		}
		if w.hasNote(givenUp) {
			return
		}
		select {
		case <-done:
			return
		case <-time.After(signOfLife):
		}
		said, goOn := w.after(time.Since(start), &say)
		if !goOn {
			w.note(givenUp, said)
			return
		}
		if said != "" {
			w.note(fmt.Sprintf("waiting-%d-", int(say.Seconds())), said)
		}
		giveSignOfLife()
	}
}

// after is what there is to say of a wait, if anything, and whether to go on with it. `say` is when
// to say something next.
func (w *wait) after(waited time.Duration, say *time.Duration) (said string, goOn bool) {
	if waited > waitAtMost {
		return fmt.Sprintf("Not waiting any longer for %s, which compiles the same packages, after %d "+
			"minutes.", w.name, int(waitAtMost.Minutes())), false
	}
	if waited < *say {
		return "", true
	}
	said = fmt.Sprintf("Waiting for %s, which compiles the same packages: %d s.", w.name, int(say.Seconds()))
	*say *= 2
	return said, true
}

// givenUp is the note of a build that has been waited for for too long.
const givenUp = "given-up-"

func (w *wait) idle() bool {
	state, err := os.Stat(w.path)
	return err == nil && time.Since(state.ModTime()) > stalledAfter
}

// A note is a file, as many processes of a build wait for the same one: each thing is said once.
func (w *wait) notePath(what string) string {
	return filepath.Join(os.Getenv("TMPDIR"), what+filepath.Base(w.path))
}

func (w *wait) hasNote(what string) bool {
	_, err := os.Stat(w.notePath(what))
	return err == nil
}

func (w *wait) note(what, text string) {
	file, err := os.OpenFile(w.notePath(what), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		if !os.IsExist(err) {
			syscall.Write(saidDescriptor, []byte(text+"\n"))
		}
		return
	}
	file.Close()
	syscall.Write(saidDescriptor, []byte(text+"\n"))
}
