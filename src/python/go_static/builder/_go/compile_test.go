package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const compiling = `{"directory": "m", "flags": ["-trimpath", "-buildvcs=false"],
	"packages": ["example.com/m/lib", "runtime"], "with_deps": true}`

var asking = []string{askVariable + "=0"}

// compiled are the entries that a machine makes of the library of `program` and of what every program needs
// of the standard library.
func compiled(t *testing.T, buildCache string) string {
	t.Helper()
	box := layOut(t, "it's compiled", program("hello", ""))
	link(t, buildCache, filepath.Join(box.root, "cache", "build"))
	if stdout, stderr, code := box.run("compile", compiling); code != 0 || stdout+stderr != "" {
		t.Fatalf("%d, %q, %q", code, stdout, stderr)
	}
	return filepath.Join(box.root, "output", "compiled")
}

// another is the sandbox of another machine, with a program that has the library. Its compiler records
// what it compiles.
func another(t *testing.T, entries, buildCache string) *laidOut {
	t.Helper()
	box := layOut(t, "box", program("hello", ""))
	link(t, buildCache, filepath.Join(box.root, "cache", "build"))
	if entries != "" {
		link(t, entries, filepath.Join(box.root, compiledDirectory))
	}
	return box
}

// filled is a build cache with all entries, but no marks.
func filled(t *testing.T) string {
	t.Helper()
	cache := realDirectory(t)
	if err := unpackEntries(compiled(t, ofGo(t, "GOCACHE")), cache); err != nil {
		t.Fatal(err)
	}
	return cache
}

// compiles are the packages that a build compiles.
func (box *laidOut) compiles() string {
	box.t.Helper()
	wanted := building()
	wanted.Flags = append(wanted.Flags, "-x")
	_, stderr, code := box.run("build", asJSON(box.t, wanted))
	if code != 0 {
		box.t.Fatal(stderr)
	}
	var found []string
	for _, line := range strings.Split(stderr, "\n") {
		if _, after, is := strings.Cut(line, "/compile -o "); is {
			_, after, _ = strings.Cut(after, " -p ")
			found = append(found, strings.Fields(after)[0])
		}
	}
	return strings.Join(found, " ")
}

func TestAnotherMachineCompilesOnlyWhatIsNotInTheEntries(t *testing.T) {
	entries := compiled(t, ofGo(t, "GOCACHE"))
	cache := realDirectory(t)
	if err := unpackEntries(entries, cache); err != nil {
		t.Fatal(err)
	}
	with := another(t, "", cache)
	expect(t, with.compiles(), "main")
	given := another(t, entries, realDirectory(t))
	expect(t, given.compiles(), "main")
	without := another(t, "", ofGo(t, "GOCACHE"))
	without.compiles()
	output := filepath.Join("output", "it & 'that'")
	for _, box := range []*laidOut{with, given} {
		if read(t, filepath.Join(box.root, output)) != read(t, filepath.Join(without.root, output)) {
			t.Error("another binary")
		}
	}
}

func TestEntriesAreTheSameOnEachMachine(t *testing.T) {
	wanted := compileArguments{
		Directory: "m", Flags: []string{"-trimpath"}, Packages: []string{"example.com/m/lib"},
	}
	var first string
	for _, name := range []string{"a", "another"} {
		box := layOut(t, name, program("hello", ""))
		makeDirectory(t, filepath.Join(box.root, "cache", "build"))
		if _, stderr, code := box.run("compile", asJSON(t, wanted)); code != 0 {
			t.Fatal(stderr)
		}
		made := filepath.Join(box.root, "output", "compiled")
		names := filesBelow(t, made)
		if len(names) != 1 {
			t.Fatal(names)
		}
		entry := names[0] + read(t, filepath.Join(made, names[0]))
		if first == "" {
			first = entry
		}
		if entry != first {
			t.Errorf("%s: another entry", name)
		}
	}
}

func TestARecordOfABuildTakesThePlaceOfGo(t *testing.T) {
	entries := compiled(t, ofGo(t, "GOCACHE"))
	box := another(t, "", realDirectory(t))
	document := asJSON(t, building())
	box.environment = []string{givenVariable + "-1=0"}
	if _, stderr, code := box.run("build", document); code != 0 {
		t.Fatal(stderr)
	}
	more := strings.Replace(compiling, "runtime", "bufio", 1)
	if _, stderr, code := box.run("compile", more); code != 0 {
		t.Fatal(stderr)
	}
	if err := os.RemoveAll(filepath.Join(box.root, "output", "compiled")); err != nil {
		t.Fatal(err)
	}
	// Without the sources, Go could not even list the packages.
	if err := os.RemoveAll(filepath.Join(box.root, "tree", "m")); err != nil {
		t.Fatal(err)
	}
	unrecorded := strings.Replace(compiling, "runtime", "go/types", 1)
	for environment, arguments := range map[string]string{"-2=0": compiling, "-1=0": unrecorded} {
		box.environment = []string{givenVariable + environment}
		if _, stderr, code := box.run("compile", arguments); code == 0 {
			t.Fatal(stderr)
		}
	}
	box.environment = []string{givenVariable + "-1=0"}
	if _, stderr, code := box.run("compile", compiling); code != 0 {
		t.Fatal(stderr)
	}
	expect(t, filesBelow(t, filepath.Join(box.root, "output", "compiled")), filesBelow(t, entries))
}

func TestABuildAsksOnceOnAMachineThatHasNotCompiledTheLike(t *testing.T) {
	cache := filled(t)
	box := another(t, "", cache)
	document := asJSON(t, building())
	box.environment = asking
	if stdout, stderr, code := box.run("build", document); code != exitAsks || stdout+stderr != "" {
		t.Fatalf("%d, %q, %q", code, stdout, stderr)
	}
	box.environment = []string{givenVariable + "=0"}
	if _, stderr, code := box.run("build", document); code != 0 {
		t.Fatal(stderr)
	}
	box.environment = asking
	changed := building()
	changed.Flags = append(changed.Flags, "-ldflags=-s")
	if _, stderr, code := box.run("build", asJSON(t, changed)); code != 0 {
		t.Error(stderr)
	}
	changed.Flags = append(changed.Flags, "-tags=other")
	if _, _, code := box.run("build", asJSON(t, changed)); code != exitAsks {
		t.Error(code)
	}
	marks, err := filepath.Glob(filepath.Join(cache, compiledDirectory, "*"))
	if err != nil || len(marks) != 1 {
		t.Fatal(marks, err)
	}
	old := time.Now().Add(-knownFor)
	if err := os.Chtimes(marks[0], old, old); err != nil {
		t.Fatal(err)
	}
	if _, _, code := box.run("build", document); code != exitAsks {
		t.Error(code)
	}
}

func TestABuildThatMayNotAskLeavesNoMark(t *testing.T) {
	cache := filled(t)
	if _, stderr, code := another(t, "", cache).run("build", asJSON(t, building())); code != 0 {
		t.Fatal(stderr)
	}
	if _, err := os.Stat(filepath.Join(cache, compiledDirectory)); !os.IsNotExist(err) {
		t.Error(err)
	}
}

func TestWhatIsUnpackedIsNotAskedForAgain(t *testing.T) {
	entries := compiled(t, ofGo(t, "GOCACHE"))
	box := another(t, entries, realDirectory(t))
	box.environment = []string{givenVariable + "=0"}
	if _, stderr, code := box.run("unpack", asJSON(t, unpackArguments{compiling})); code != 0 || stderr != "" {
		t.Fatalf("%d, %q", code, stderr)
	}
	if err := os.Remove(filepath.Join(box.root, compiledDirectory)); err != nil {
		t.Fatal(err)
	}
	box.environment = asking
	if _, stderr, code := box.run("compile", compiling); code != 0 {
		t.Fatal(stderr)
	}
	expect(t, filesBelow(t, filepath.Join(box.root, "output", "compiled")), filesBelow(t, entries))
}

func TestAPackageThatDoesNotCompileHasTheTextOfGo(t *testing.T) {
	box := layOut(t, "box", program("hello\"", ""))
	link(t, ofGo(t, "GOCACHE"), filepath.Join(box.root, "cache", "build"))
	if _, stderr, code := box.run("compile", compiling); code != 1 || !strings.Contains(stderr, "lib/lib.go:4:") {
		t.Errorf("%d, %q", code, stderr)
	}
}
