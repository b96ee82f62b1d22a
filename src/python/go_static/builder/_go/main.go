// The builder is what sandboxes start: it prepares what `go` needs and runs it.
//
//	builder COMMAND ARGUMENTS [MORE…]
//
// ARGUMENTS is a file with one JSON object; builder/arguments.py writes it. What a command finds out
// is one JSON object on standard output. What Go prints is passed on as it is, and so is its exit
// code. Where the builder itself fails, the last line of standard error is a JSON object, and the
// exit code is exitFailed.
//
// It has few imports: each one is compiled before anything else can start.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// exitFailed is a code that no `go` command exits with. builder/program.py has it too.
const exitFailed = 70

// commands are by name; each gets the document with its arguments, and what follows it in argv.
var commands = map[string]func(document []byte, more []string) error{
	"build":      build,
	"build_test": buildTest,
	"cgo":        cgo,
	"compile":    compile,
	"cover":      cover,
	"download":   download,
	"format":     format,
	"generate":   generate,
	"list":       list,
	"test":       test,
	"unpack":     unpack,
	"vet":        vet,
}

// failure is what the builder says of its own errors: the system's text, or a parser's.
type failure struct {
	Error string `json:"error"`
}

func main() {
	err := run(os.Args[1:])
	var exited *exec.ExitError
	var ended testFailed
	switch {
	case err == nil:
	case errors.As(err, &ended):
		os.Exit(int(ended))
	case errors.Is(err, errAsks):
		os.Exit(exitAsks)
	case errors.As(err, &exited):
		os.Exit(exitCode(exited))
	default:
		said, _ := json.Marshal(failure{err.Error()})
		fmt.Fprintf(os.Stderr, "%s\n", said)
		os.Exit(exitFailed)
	}
}

func run(argv []string) error {
	if len(argv) > 1 && argv[0] == toolexecCommand {
		return toolexec(argv[1:])
	}
	if len(argv) < 2 {
		return errors.New("a command and a file with its arguments are needed")
	}
	command, found := commands[argv[0]]
	if !found {
		return fmt.Errorf("there is no command %q", argv[0])
	}
	document, err := os.ReadFile(argv[1])
	if err != nil {
		return err
	}
	return command(document, argv[2:])
}

// decode reads a document that has every field that it should, and no other: a field of another
// name is a fault of whoever wrote one of the two sides. The tests compare both with testdata/.
func decode(document []byte, arguments any) error {
	decoder := json.NewDecoder(strings.NewReader(string(document)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(arguments); err != nil {
		return fmt.Errorf("the arguments cannot be read: %w", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return errors.New("the arguments are followed by something else")
	}
	return nil
}

// say prints the result of a command: one JSON object on a line.
func say(result any) error {
	line, err := json.Marshal(result)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(append(line, '\n'))
	return err
}

// exitCode is that of a program, or what a shell makes of the signal that ended it.
func exitCode(exited *exec.ExitError) int {
	if status, ok := exited.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return exited.ExitCode()
}
