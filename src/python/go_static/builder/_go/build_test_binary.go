package main

import "os"

// buildTestArguments ask for `go test -c` of a package of the repository.
type buildTestArguments struct {
	Directory string `json:"directory"`
	// Name is what messages of other builds call this one.
	Name string `json:"name"`
	// Output is the name of the binary in the sandbox's output.
	Output  string   `json:"output"`
	Flags   []string `json:"flags"`
	Pattern string   `json:"pattern"`
	// Packages are those of the binary. There are none when no other build has the same cache.
	Packages []string `json:"packages"`
}

// buildTest compiles a test binary. `go vet`, which `go test` runs first, is left to others.
func buildTest(document []byte, more []string) error {
	var arguments buildTestArguments
	if err := decode(document, &arguments); err != nil {
		return err
	}
	known := newMark(append(known(arguments.Flags), "test", arguments.Directory, arguments.Pattern)...)
	box, err := enterOffline()
	if err != nil {
		return err
	}
	box.unpackCompiled()
	if err := known.ask(box.buildCache); err != nil {
		return err
	}
	output := box.path(outputDirectory, arguments.Output)
	compile := compilation{box, arguments.Directory, arguments.Name, arguments.Packages, more, os.Stdout}
	command := append([]string{"test", "-c", "-vet=off", "-o", output}, arguments.Flags...)
	run, end, err := compile.prepare(append(command, arguments.Pattern))
	if err != nil {
		return err
	}
	defer end()
	if err := run(); err != nil {
		return err
	}
	known.set(box.buildCache)
	return nil
}
