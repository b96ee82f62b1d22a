package main

// listArguments ask for `go list` in a directory of the repository.
type listArguments struct {
	Directory string   `json:"directory"`
	Arguments []string `json:"arguments"`
}

// place says where the sandbox was: Go prints absolute directories.
type place struct {
	Sandbox string `json:"sandbox"`
}

// list runs `go list`, offline. Its output follows the result.
func list(document []byte, _ []string) error {
	var arguments listArguments
	if err := decode(document, &arguments); err != nil {
		return err
	}
	box, err := enterOffline()
	if err != nil {
		return err
	}
	if err := say(place{box.root}); err != nil {
		return err
	}
	return box.become(arguments.Directory, append([]string{"list"}, arguments.Arguments...)...)
}
