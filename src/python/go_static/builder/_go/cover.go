package main

// coverArguments ask for the page of `go tool cover` on a profile.
type coverArguments struct {
	// Directory is that of a module, whose packages the profile names.
	Directory string `json:"directory"`
	// Profile is its path in the sandbox, and Page the name of the page in the sandbox's output.
	Profile string `json:"profile"`
	Page    string `json:"page"`
}

func cover(document []byte, _ []string) error {
	var arguments coverArguments
	if err := decode(document, &arguments); err != nil {
		return err
	}
	box, err := enterOffline()
	if err != nil {
		return err
	}
	page := box.path(outputDirectory, arguments.Page)
	tool := []string{"tool", "cover", "-html=" + box.path(arguments.Profile), "-o", page}
	return runProgram(box.goCommand(arguments.Directory, tool...), 0, nil)
}
