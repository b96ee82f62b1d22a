package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestVetSaysWhatGoFindsAndThatItFoundNothing(t *testing.T) {
	box := layOut(t, "a b's", map[string]string{
		"m & n/go.mod":           goMod,
		"m & n/good/good.go":     "package good\n",
		"m & n/bad/bad_test.go":  "package bad\n\nfunc f(a int) { a = a }\n",
		"m & n/bad/b_windows.go": "package bad\n\nvar x int = \"\"\n",
	})
	for patterns, want := range map[string]string{"./good": `{"patterns":1}` + "\n", "./bad": ""} {
		arguments := vetArguments{"m & n", "m", []string{"-trimpath"}, []string{patterns}, nil}
		stdout, stderr, code := box.run("vet", asJSON(t, arguments), "1")
		if failed := patterns == "./bad"; stdout != want || (code != 0) != failed ||
			strings.Contains(stderr, "bad_test.go:3:17: self-assignment of a") != failed {
			t.Errorf("%s: %d, %q, %q", patterns, code, stdout, stderr)
		}
	}
}

func TestVetAsksWhetherABuildCompilesTheSame(t *testing.T) {
	box := layOut(t, "m", map[string]string{
		"m/go.mod":     goMod,
		"m/lib/lib.go": "package lib\n",
		"m/cmd/cmd.go": "package cmd\n\nimport _ \"example.com/m/lib\"\n",
	})
	// Of a build that is stopped, or else this would wait for it.
	path := filepath.Join(ticketsIn(filepath.Join(box.root, "cache", "build")), "1")
	write(t, path, nameLine+"a:stopped\nexample.com/m/lib\n")
	holder(t, path)
	age(t, path)
	arguments := vetArguments{"m", "m", []string{"-trimpath"}, []string{"./cmd"}, []string{"example.com/m/lib"}}
	_, stderr, code := box.run("vet", asJSON(t, arguments), "1")
	if code != 0 || !strings.HasPrefix(stderr, "Not waiting for the build of a:stopped") {
		t.Errorf("%d, %q", code, stderr)
	}
}

func TestTheVetToolDoesNotWait(t *testing.T) {
	cache := realDirectory(t)
	makeDirectory(t, ticketsIn(cache))
	path := filepath.Join(ticketsIn(cache), "1")
	write(t, path, nameLine+"a:building\nexample.com/m\n")
	holder(t, path)
	own := take(t, cache, "b:vet", "example.com/m")
	vetTool := filepath.Join(realDirectory(t), "vet")
	if err := os.Symlink("/bin/echo", vetTool); err != nil {
		t.Fatal(err)
	}
	if !toolThatGoStarts(t, own, "example.com/m", vetTool).within(t, 5*time.Second) {
		t.Error("it waits")
	}
}
