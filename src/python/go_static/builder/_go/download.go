package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"
)

// downloadAttempts is how often the builder downloads again if the module cache is deleted
// meanwhile.
const downloadAttempts = 3

// offlineLimit is how long one `go` command may take without a network. It unpacks modules, and
// waits while another `go` downloads the same ones.
const offlineLimit = 10 * time.Minute

// What is downloaded: modules, also the go.mod of every version in the module graph, or all that in
// the versions that a workspace selects.
const (
	scopeModules   = "modules"
	scopeGraph     = "graph"
	scopeWorkspace = "workspace"
)

type downloadArguments struct {
	Directory string `json:"directory"`
	Scope     string `json:"scope"`
	// Modules are paths, or path@version in a workspace. If empty, all modules are downloaded.
	Modules []string `json:"modules"`
}

// downloadResult names the modules that `go mod download` could not download.
type downloadResult struct {
	Failed []failedModule `json:"failed"`
}

type failedModule struct {
	Module string `json:"module"`
	Error  string `json:"error"`
}

// moduleVersion is what `go mod download -json` and `go list -m -json` print.
type moduleVersion struct {
	Path    string
	Version string
	Main    bool
	Replace *moduleVersion
	// A string from a download, an object from a listing.
	Error json.RawMessage
	// Paths of files in the module cache.
	Info, GoMod, Zip string
}

func (m moduleVersion) String() string {
	if m.Version == "" {
		return m.Path
	}
	return m.Path + "@" + m.Version
}

// download runs `go mod download` and copies the modules that it names from the module cache to the
// output. That cache is shared: its other modules must not become part of the digest. If argv has
// another argument, it is a file with the caller's settings, for a download from the network. They
// may contain credentials, so Pants gives them neither as arguments nor as the environment.
func download(document []byte, more []string) error {
	var arguments downloadArguments
	if err := decode(document, &arguments); err != nil {
		return err
	}
	// enterSandbox overrides them.
	for _, path := range more {
		if err := readSettings(path); err != nil {
			return err
		}
	}
	box, err := enterSandbox()
	if err != nil {
		return err
	}
	limit := offlineLimit
	if len(more) > 0 {
		// Pants enforces [go-static].download_timeout.
		limit = 0
	}
	failed, err := box.download(arguments, limit)
	if saying := say(downloadResult{failed}); err == nil {
		err = saying
	}
	return err
}

func (box *sandbox) download(arguments downloadArguments, limit time.Duration) ([]failedModule, error) {
	for attempt := 1; ; attempt++ {
		files, failed, err := fetch{box, arguments, limit}.run()
		if err != nil {
			return failed, err
		}
		err = collect(files, box.downloadCache(), box.path(outputDirectory, "downloads"))
		if !errors.Is(err, fs.ErrNotExist) || attempt == downloadAttempts {
			return failed, err
		}
	}
}

// fetch downloads to the module cache. limit is for each `go` command; 0 is none.
type fetch struct {
	box       *sandbox
	arguments downloadArguments
	limit     time.Duration
}

func (f fetch) run() (cachedFiles, []failedModule, error) {
	failed := []failedModule{}
	modules := f.arguments.Modules
	if f.arguments.Scope == scopeWorkspace {
		printed, err := f.goOutput("list", "-m", "-json", "all")
		if err != nil {
			return nil, failed, err
		}
		listed, err := decodeModules(printed)
		if err != nil {
			return nil, failed, err
		}
		if modules = selected(listed, modules); len(modules) == 0 {
			return nil, failed, nil
		}
	}
	printed, failure := f.goOutput(append([]string{"mod", "download", "-json"}, modules...)...)
	downloaded, err := decodeModules(printed)
	if failure != nil {
		return nil, append(failed, failures(downloaded)...), failure
	}
	if err != nil {
		return nil, failed, err
	}
	files := cachedFiles{}
	for _, module := range downloaded {
		files[cachedFile(module, "info")] = module.Info != ""
		files[cachedFile(module, "mod")] = module.GoMod != ""
		files[cachedFile(module, "zip")] = module.Zip != ""
	}
	if f.arguments.Scope == scopeModules {
		return files, failed, nil
	}
	graph, err := f.goOutput("mod", "graph")
	if err != nil {
		return nil, failed, err
	}
	files.addGraph(string(graph))
	return files, failed, nil
}

// goOutput is what a `go` command prints on standard output.
func (f fetch) goOutput(arguments ...string) ([]byte, error) {
	var printed bytes.Buffer
	command := f.box.goCommand(f.arguments.Directory, arguments...)
	command.Stdout = &printed
	what := func() string {
		name := strings.Join(append([]string{"go"}, arguments[:2]...), " ")
		if modules := lockedModules(f.box.downloadCache()); len(modules) > 0 {
			name += " of " + strings.Join(modules, ", ")
		}
		return name
	}
	err := runProgram(command, f.limit, what)
	return printed.Bytes(), err
}

// selected are the modules of `go list -m all` that can be downloaded. If any are named, only these
// are selected, by what replaces them.
func selected(listed []moduleVersion, named []string) []string {
	wanted := map[string]bool{}
	for _, name := range named {
		wanted[name] = true
	}
	names := []string{}
	for _, module := range listed {
		used := module
		if module.Replace != nil {
			used = *module.Replace
		}
		if module.Main || module.Version == "" || used.Version == "" {
			continue
		}
		if len(named) == 0 || wanted[used.String()] {
			names = append(names, module.String())
		}
	}
	return names
}

// decodeModules reads concatenated JSON objects. With an error, it returns the objects before it.
func decodeModules(printed []byte) ([]moduleVersion, error) {
	var modules []moduleVersion
	decoder := json.NewDecoder(bytes.NewReader(printed))
	for {
		var module moduleVersion
		if err := decoder.Decode(&module); err == io.EOF {
			return modules, nil
		} else if err != nil {
			return modules, fmt.Errorf("what go printed cannot be read: %w", err)
		}
		modules = append(modules, module)
	}
}

func failures(downloaded []moduleVersion) []failedModule {
	var failed []failedModule
	for _, module := range downloaded {
		var text string
		if json.Unmarshal(module.Error, &text) == nil && text != "" {
			failed = append(failed, failedModule{module.String(), text})
		}
	}
	return failed
}
