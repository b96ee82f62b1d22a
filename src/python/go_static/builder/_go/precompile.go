package main

// Everything that a build compiles, compiled before it, with a list of what is then in the cache. With it,
// the processes that make entries of packages need not run Go, which would compute the key of each package
// again, and with it those of all that it imports; and the build links while they do so.

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
)

// listFormat makes `go list` print a compiledPackage.
const listFormat = "{{.ImportPath}}\t{{.BuildID}}\t{{.Export}}\t{{.Standard}}"

type compiledPackage struct {
	importPath string
	buildID    string
	archive    string
	standard   bool
}

// readList leaves out packages without an archive, such as unsafe.
func readList(listed string) []compiledPackage {
	packages := []compiledPackage{}
	for _, line := range strings.Split(listed, "\n") {
		fields := strings.Split(line, "\t")
		if len(fields) == 4 && fields[2] != "" {
			packages = append(packages, compiledPackage{fields[0], fields[1], fields[2], fields[3] == "true"})
		}
	}
	return packages
}

// precompileArguments ask for a package and all that it imports to be compiled, in the sandbox of a build.
// Name and Packages are as in buildArguments. The list gets the name Listed, which depends on all that the
// packages are compiled from.
type precompileArguments struct {
	Directory string   `json:"directory"`
	Name      string   `json:"name"`
	Flags     []string `json:"flags"`
	Pattern   string   `json:"pattern"`
	Packages  []string `json:"packages"`
	Listed    string   `json:"listed"`
}

func precompile(document []byte, more []string) error {
	var arguments precompileArguments
	if err := decode(document, &arguments); err != nil {
		return err
	}
	box, err := enterOffline()
	if err != nil {
		return err
	}
	var listed bytes.Buffer
	compile := compilation{box, arguments.Directory, arguments.Name, arguments.Packages, more, &listed}
	command := append([]string{"list", "-export", "-deps", "-f", listFormat}, arguments.Flags...)
	run, end, err := compile.prepare(append(command, "--", arguments.Pattern))
	if err != nil {
		return err
	}
	defer end()
	if err := run(); err != nil {
		return err
	}
	path := listPath(box.buildCache, arguments.Listed)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return os.WriteFile(path, listed.Bytes(), 0o666)
}

// listPath is beside the marks, and removed with them.
func listPath(buildCache, name string) string {
	return filepath.Join(buildCache, compiledDirectory, name+".list")
}

// givenBy is whether this process is one that has asked, and the name of its list, or nothing.
func givenBy() (list string, given bool) {
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, givenVariable) {
			return strings.TrimPrefix(name, givenVariable), true
		}
	}
	return "", false
}

// precompiled are the packages that are asked for, or nil if this process has no list with all of them.
func precompiled(buildCache string, arguments compileArguments) []compiledPackage {
	name, _ := givenBy()
	listed, err := os.ReadFile(listPath(buildCache, name))
	if err != nil {
		return nil
	}
	wanted := map[string]bool{}
	for _, importPath := range arguments.Packages {
		wanted[importPath] = true
	}
	found := []compiledPackage{}
	for _, compiled := range readList(string(listed)) {
		// WithDeps is for the standard library only, of which the list has what the build needs.
		if wanted[compiled.importPath] || arguments.WithDeps && compiled.standard {
			found = append(found, compiled)
			delete(wanted, compiled.importPath)
		}
	}
	if len(wanted) > 0 {
		return nil
	}
	return found
}
