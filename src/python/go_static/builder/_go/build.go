package main

import (
	"os"
	"strings"
)

// buildArguments ask for `go build` in a directory of the repository.
type buildArguments struct {
	Directory string `json:"directory"`
	// Name is what messages of other builds call this one.
	Name string `json:"name"`
	// Output is the name of the binary in the sandbox's output.
	Output string `json:"output"`
	// KeptAs is the key of the binary among those that were linked last.
	KeptAs  string   `json:"kept_as"`
	Flags   []string `json:"flags"`
	Pattern string   `json:"pattern"`
	// Packages are those of the binary. There are none when no other build has the same cache.
	Packages []string `json:"packages"`
}

// build runs `go build`, offline, without what other builds do already and without a link that would
// give the binary that there was before. What follows its arguments is how many actions Go may run at
// once, or nothing.
func build(document []byte, more []string) error {
	var arguments buildArguments
	if err := decode(document, &arguments); err != nil {
		return err
	}
	box, err := enterOffline()
	if err != nil {
		return err
	}
	output := box.path(outputDirectory, arguments.Output)
	command := []string{"build", "-o", output}
	var inherited []*os.File
	if toolexec := toolexecFlag(); toolexec != "" && len(arguments.Packages) > 0 {
		if ticket := takeTicket(box.buildCache, arguments.Name, arguments.Packages); ticket != nil {
			defer ticket.Close()
			if err := os.Setenv(ticketVariable, ticket.Name()); err != nil {
				return err
			}
			command = append(command, toolexec)
			inherited = []*os.File{ticket, os.Stderr}
		}
	}
	if inherited == nil && len(more) > 0 && more[0] != "" {
		command = append(command, "-p="+more[0])
	}
	command = append(append(command, arguments.Flags...), "--", arguments.Pattern)
	goBuild := func() error {
		run := box.goCommand(arguments.Directory, command...)
		run.ExtraFiles = inherited
		return runProgram(run, 0, nil)
	}

	kept := openKept(box, arguments.KeptAs)
	if kept == nil {
		return goBuild()
	}
	kept.layOut(output)
	if err := goBuild(); err != nil {
		return err
	}
	if kept.isLaidOut(output) {
		if kept.isWhole(output) {
			return nil
		}
		if err := os.Remove(output); err != nil {
			return err
		}
		if err := goBuild(); err != nil {
			return err
		}
	}
	kept.keep(output)
	return nil
}

// toolexecFlag makes Go start each tool through this program. Go splits the value at spaces and
// knows no quotation mark within such marks; where the path has both kinds, there is no flag.
func toolexecFlag() string {
	program, err := os.Executable()
	if err != nil {
		return ""
	}
	for _, mark := range []string{"'", `"`} {
		if !strings.Contains(program, mark) {
			return "-toolexec=" + mark + program + mark + " " + toolexecCommand
		}
	}
	return ""
}
