package main

// vetArguments ask for `go vet` in a directory of the repository.
type vetArguments struct {
	Directory string   `json:"directory"`
	Flags     []string `json:"flags"`
	Patterns  []string `json:"patterns"`
}

// vetted is the result of a run that found nothing: `go vet` itself prints nothing then.
type vetted struct {
	Patterns int `json:"patterns"`
}

// vet runs `go vet`, offline. What follows its arguments is how many actions Go may run at once, or
// nothing.
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
	if len(more) > 0 && more[0] != "" {
		command = append(command, "-p="+more[0])
	}
	command = append(command, arguments.Patterns...)
	if err := runProgram(box.goCommand(arguments.Directory, command...), 0, nil); err != nil {
		return err
	}
	return say(vetted{len(arguments.Patterns)})
}
