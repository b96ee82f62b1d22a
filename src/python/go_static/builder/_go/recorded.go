package main

// What builds have compiled, recorded by them. With it, the processes that make entries of packages need
// not run Go, which would compute the key of each package again, and with it those of all that it imports.

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
)

type compiledPackage struct {
	importPath string
	buildID    string
}

// givenBy is whether this process is one that has asked, and the name of its record, or nothing. The name
// depends on all that the packages in the record are compiled from.
func givenBy() (record string, given bool) {
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, givenVariable) {
			return strings.TrimPrefix(name, givenVariable), true
		}
	}
	return "", false
}

// action is what Go writes of each of its actions with -debug-actiongraph (actionJSON in
// cmd/go/internal/work/action.go).
type action struct {
	Mode    string
	Package string
	BuildID string
}

// record is what a build, one of those with the same name, writes beside the marks. It is removed with
// them.
type record struct {
	path string
	// graph is the file that Go writes.
	graph string
}

// newRecord returns nil for a process that has none, or that builds nothing. With coverage, packages are
// compiled otherwise than for other builds.
func newRecord(box *sandbox, arguments []string) *record {
	name, _ := givenBy()
	if name == "" || arguments[0] == "list" {
		return nil
	}
	for _, argument := range arguments {
		if strings.HasPrefix(argument, "-cover") {
			return nil
		}
	}
	path := filepath.Join(box.buildCache, compiledDirectory, name+"."+filepath.Base(box.root))
	return &record{path, box.path(temporaryDirectory, "actions.json")}
}

func (r *record) flags() []string {
	if r == nil {
		return nil
	}
	return []string{"-debug-actiongraph=" + r.graph}
}

// write adds what Go has built. Without it, others run Go.
func (r *record) write() {
	if r == nil {
		return
	}
	var actions []action
	if written, err := os.ReadFile(r.graph); err != nil || json.Unmarshal(written, &actions) != nil {
		return
	}
	var lines strings.Builder
	for _, action := range actions {
		if action.Mode == "build" && action.BuildID != "" {
			lines.WriteString(action.Package + "\t" + action.BuildID + "\n")
		}
	}
	replaceFile(r.path, func(file io.Writer) error {
		_, err := io.WriteString(file, lines.String())
		return err
	})
}

// readRecords gives all packages in the records of that name, and their build IDs.
func readRecords(buildCache, name string) map[string]string {
	found := map[string]string{}
	if name == "" {
		return found
	}
	paths, _ := filepath.Glob(filepath.Join(globLiteral(buildCache), compiledDirectory, name+".*"))
	for _, path := range paths {
		lines, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		for _, compiled := range readList(string(lines)) {
			found[compiled.importPath] = compiled.buildID
		}
	}
	return found
}

// listFormat makes `go list` print a compiledPackage.
const listFormat = "{{.ImportPath}}\t{{.BuildID}}"

// readList leaves out packages that are not compiled, such as unsafe.
func readList(listed string) []compiledPackage {
	packages := []compiledPackage{}
	for _, line := range strings.Split(listed, "\n") {
		if importPath, buildID, _ := strings.Cut(line, "\t"); buildID != "" {
			packages = append(packages, compiledPackage{importPath, buildID})
		}
	}
	return packages
}

// recorded returns the packages asked for that builds have compiled, and the names of the others.
func (box *sandbox) recorded(arguments compileArguments) (found []compiledPackage, others []string) {
	name, _ := givenBy()
	known := readRecords(box.buildCache, name)
	for _, importPath := range arguments.Packages {
		if buildID := known[importPath]; buildID != "" {
			found = append(found, compiledPackage{importPath, buildID})
			delete(known, importPath)
		} else {
			others = append(others, importPath)
		}
	}
	if !arguments.WithDeps {
		return found, others
	}
	if len(others) > 0 {
		return nil, arguments.Packages
	}
	// WithDeps is for the standard library only. A build that compiles a package compiles all below it.
	for importPath, buildID := range known {
		if state, err := os.Stat(filepath.Join(box.goRoot, "src", importPath)); err == nil && state.IsDir() {
			found = append(found, compiledPackage{importPath, buildID})
		}
	}
	return found, nil
}
