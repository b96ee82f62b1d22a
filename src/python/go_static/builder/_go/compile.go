package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
)

const (
	// compiledDirectory has the entries that a process gets, and below the output those that it made.
	compiledDirectory = "compiled"

	// askVariable is set for a process that may ask for what other machines have compiled, before it
	// compiles; givenVariable for the same process after that, also with the name of a record behind it
	// (recorded.go). Pants sets them as `execution_slot_variable`, which is not part of the process's
	// key.
	askVariable   = "GO_STATIC_ASK"
	givenVariable = "GO_STATIC_GIVEN"

	// exitAsks is the code of a process that asks. builder/program.py has it too.
	exitAsks = 71
)

var errAsks = errors.New("asks for what other machines have compiled")

// compileArguments ask for compiled packages. Packages are import paths, seen from a directory of the
// repository; WithDeps is whether all that they import is part of the result.
type compileArguments struct {
	Directory string   `json:"directory"`
	Flags     []string `json:"flags"`
	Packages  []string `json:"packages"`
	WithDeps  bool     `json:"with_deps"`
}

// compile compiles packages and makes entries of them. What follows its arguments is as in build.
func compile(document []byte, more []string) error {
	var arguments compileArguments
	if err := decode(document, &arguments); err != nil {
		return err
	}
	known := newMark(string(document))
	box, err := enterOffline()
	if err != nil {
		return err
	}
	box.unpackCompiled()
	if err := known.ask(box.buildCache); err != nil {
		return err
	}
	packages, others := box.recorded(arguments)
	if len(others) > 0 {
		arguments.Packages = others
		compiled, err := box.compile(arguments, more)
		if err != nil {
			return err
		}
		packages = append(packages, compiled...)
	}
	if err := packAll(box.buildCache, packages, box.path(outputDirectory, compiledDirectory)); err != nil {
		return err
	}
	known.set(box.buildCache)
	return nil
}

// compile returns the compiled packages. Those that a build compiles meanwhile are waited for.
func (box *sandbox) compile(arguments compileArguments, more []string) ([]compiledPackage, error) {
	if err := box.compileWithProfile(arguments, more); err != nil {
		return nil, err
	}
	var listed bytes.Buffer
	compile := compilation{
		box, arguments.Directory, "packages for other machines", arguments.Packages, more, &listed,
	}
	command := []string{"list", "-export", "-f", listFormat}
	if arguments.WithDeps {
		command = append(command, "-deps")
	}
	command = append(append(command, arguments.Flags...), "--")
	run, end, err := compile.prepare(append(command, arguments.Packages...))
	if err != nil {
		return nil, err
	}
	defer end()
	if err := run(); err != nil {
		return nil, err
	}
	return readList(listed.String()), nil
}

// compileWithProfile compiles packages if there is a profile. With one that is not in its cache, `go list
// -export` compiles as if there were none (pgoActor.Act in action.go of cmd/go).
func (box *sandbox) compileWithProfile(arguments compileArguments, more []string) error {
	for _, flag := range arguments.Flags {
		if strings.HasPrefix(flag, "-pgo=") {
			command := append(append([]string{"build"}, withShare(more)...), arguments.Flags...)
			command = append(append(command, "--"), arguments.Packages...)
			return runProgram(box.compiler(arguments.Directory, ownHeapSettings(), command...), 0, nil)
		}
	}
	return nil
}

// packAll makes entries of packages.
func packAll(buildCache string, packages []compiledPackage, directory string) error {
	if err := os.MkdirAll(directory, 0o777); err != nil {
		return err
	}
	return onAllCores(packages, func(compiled compiledPackage) error {
		return packEntry(buildCache, compiled, directory)
	})
}

// unpackArguments ask for the entries in the sandbox to be put into the build cache.
type unpackArguments struct {
	// Of is the document of the `compile` that made them.
	Of string `json:"of"`
}

// unpack does so, and marks that this machine has what the `compile` gives.
func unpack(document []byte, _ []string) error {
	var arguments unpackArguments
	if err := decode(document, &arguments); err != nil {
		return err
	}
	known := newMark(arguments.Of)
	box, err := enterOffline()
	if err != nil {
		return err
	}
	if box.unpackCompiled() {
		known.set(box.buildCache)
	}
	return nil
}

// withShare are the arguments of `go` for a share of the machine's cores, or none.
func withShare(more []string) []string {
	if len(more) == 0 || more[0] == "" {
		return nil
	}
	return []string{"-p=" + more[0]}
}

// unpackCompiled says what it cannot do: the packages are then compiled here.
func (box *sandbox) unpackCompiled() bool {
	directory := box.path(compiledDirectory)
	if _, err := os.Stat(directory); err != nil {
		return false
	}
	if err := unpackEntries(directory, box.buildCache); err != nil {
		fmt.Fprintf(os.Stderr, "compiled packages cannot be kept: %v\n", err)
		return false
	}
	return true
}
