package main

import (
	"io"
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
func build(document []byte, more []string) (err error) {
	var arguments buildArguments
	if err := decode(document, &arguments); err != nil {
		return err
	}
	known := newMark(append(known(arguments.Flags), arguments.Directory, arguments.Pattern)...)
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
	run := append([]string{"build", "-o", output}, arguments.Flags...)
	goBuild, end, err := compile.prepare(append(run, "--", arguments.Pattern))
	if err != nil {
		return err
	}
	defer end()
	defer func() {
		if err == nil {
			known.set(box.buildCache)
		}
	}()

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

// compilation is a run of Go that compiles packages which others may compile at the same time; `more`
// is how many actions Go may run at once, or nothing, and `output` is for what Go prints.
type compilation struct {
	box       *sandbox
	directory string
	name      string
	packages  []string
	more      []string
	output    io.Writer
}

// prepare returns what runs Go with these arguments, and what ends the waits of others.
func (compile compilation) prepare(arguments []string) (run func() error, end func(), err error) {
	var inherited []*os.File
	end = func() {}
	flags := []string{}
	if toolexec := toolexecFlag(); toolexec != "" && len(compile.packages) > 0 {
		if ticket := takeTicket(compile.box.buildCache, compile.name, compile.packages); ticket != nil {
			if err := os.Setenv(ticketVariable, ticket.Name()); err != nil {
				return nil, end, err
			}
			flags = append(flags, toolexec)
			inherited = []*os.File{ticket, os.Stderr}
			end = func() { ticket.Close() }
		}
	}
	if inherited == nil {
		flags = append(flags, withShare(compile.more)...)
	}
	record := newRecord(compile.box, arguments)
	flags = append(flags, record.flags()...)
	command := append(append(arguments[:1:1], flags...), arguments[1:]...)
	heap := ownHeapSettings()
	return func() error {
		program := compile.box.compiler(compile.directory, heap, command...)
		program.ExtraFiles = inherited
		program.Stdout = compile.output
		err := runProgram(program, 0, nil)
		if err == nil {
			record.write()
		}
		return err
	}, end, nil
}

// known are the flags on which it depends what Go compiles. The linker's are often others in each
// commit.
func known(flags []string) []string {
	var what []string
	for _, flag := range flags {
		if !strings.HasPrefix(flag, "-ldflags=") {
			what = append(what, flag)
		}
	}
	return what
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
