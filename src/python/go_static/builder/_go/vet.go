package main

import "os"

// vetArguments ask for `go vet` in a directory of the repository.
type vetArguments struct {
	Directory string `json:"directory"`
	// Name is what messages of builds call this run.
	Name     string   `json:"name"`
	Flags    []string `json:"flags"`
	Patterns []string `json:"patterns"`
	// Packages are those that it compiles: what the vetted ones import. There are none when nothing
	// else has the same cache.
	Packages []string `json:"packages"`
}

// vetted is the result of a run that found nothing: `go vet` itself prints nothing then.
type vetted struct {
	Patterns int `json:"patterns"`
}

// vet runs `go vet`, offline, without compiling what others compile already. What follows its arguments
// is how many actions Go may run at once, or nothing.
func vet(document []byte, more []string) error {
	var arguments vetArguments
	if err := decode(document, &arguments); err != nil {
		return err
	}
	box, err := enterOffline()
	if err != nil {
		return err
	}
	command := append([]string{"vet"}, arguments.Flags...)
	compile := compilation{box, arguments.Directory, arguments.Name, arguments.Packages, more, os.Stdout}
	goVet, end, err := compile.prepare(append(command, arguments.Patterns...))
	if err != nil {
		return err
	}
	defer end()
	if err := goVet(); err != nil {
		return err
	}
	return say(vetted{len(arguments.Patterns)})
}
