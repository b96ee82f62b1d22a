package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func program(text, comment string) map[string]string {
	return map[string]string{
		"m/go.mod":      goMod,
		"m/lib/lib.go":  "package lib\n\n" + comment + "\nfunc Text() string { return \"" + text + "\" }\n",
		"m/cmd/main.go": "package main\n\nimport \"example.com/m/lib\"\n\nfunc main() { println(lib.Text()) }\n",
	}
}

func building(packages ...string) buildArguments {
	return buildArguments{
		Directory: "m", Name: "m:it", Output: "it & 'that'", KeptAs: "key", Pattern: "./cmd",
		Flags: []string{"-trimpath", "-buildvcs=false"}, Packages: packages,
	}
}

func TestABinaryIsTheSameWithAndWithoutCachesThatAreShared(t *testing.T) {
	linked, compiled := realDirectory(t), ofGo(t, "GOCACHE")
	var first string
	for _, name := range []string{"box", "a b & it's", "both ' and \""} {
		box := layOut(t, name, program("hello", ""))
		link(t, compiled, filepath.Join(box.root, "cache", "build"))
		link(t, linked, filepath.Join(box.root, "cache", "linked"))
		document := asJSON(t, building("example.com/m/cmd", "example.com/m/lib", "std"))
		stdout, stderr, code := box.run("build", document, "2")
		if code != 0 || stdout != "" || stderr != "" {
			t.Fatalf("%q: %d, %q, %q", name, code, stdout, stderr)
		}
		binary := read(t, filepath.Join(box.root, "output", "it & 'that'"))
		if first == "" {
			first = binary
		}
		if binary != first {
			t.Errorf("%q: another binary", name)
		}
	}
	alone := layOut(t, "alone", program("hello", "// Text."))
	link(t, compiled, filepath.Join(alone.root, "cache", "build"))
	if _, stderr, code := alone.run("build", asJSON(t, building())); code != 0 {
		t.Fatal(stderr)
	}
	if read(t, filepath.Join(alone.root, "output", "it & 'that'")) != first {
		t.Error("another binary")
	}
}

func TestABuildThatFailsHasTheTextAndTheCodeOfGo(t *testing.T) {
	box := layOut(t, "box", program("hello\"", ""))
	link(t, ofGo(t, "GOCACHE"), filepath.Join(box.root, "cache", "build"))
	link(t, realDirectory(t), filepath.Join(box.root, "cache", "linked"))
	_, stderr, code := box.run("build", asJSON(t, building("std")), "")
	if code != 1 || !strings.Contains(stderr, "lib/lib.go:4:") {
		t.Errorf("%d, %q", code, stderr)
	}
	if kept, err := os.ReadDir(filepath.Join(box.root, "cache", "linked")); err != nil || len(kept) != 0 {
		t.Error(kept, err)
	}
}
