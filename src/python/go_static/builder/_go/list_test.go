package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

const goMod = "module example.com/m\n\ngo 1.21\n"

func listing(directory string, arguments ...string) string {
	document, _ := json.Marshal(listArguments{directory, arguments})
	return string(document)
}

func TestAListingSaysWhereItWasAndPassesOnWhatGoPrints(t *testing.T) {
	for _, name := range []string{"box", "a b & 'c' \"d\" %41 #,|;$HOME"} {
		box := layOut(t, name, map[string]string{
			"m & n/go.mod":     goMod,
			"m & n/cmd/it.go":  "package main\n\nfunc main() {}\n",
			"m & n/lib/lib.go": "package lib\n",
		})
		stdout, stderr, code := box.run("list", listing("m & n", "-f", "{{.Dir}}", "./..."))
		tree := filepath.Join(box.root, "tree", "m & n")
		want := `{"sandbox":` + asJSON(t, box.root) + "}\n" + tree + "/cmd\n" + tree + "/lib\n"
		if code != 0 || stderr != "" || stdout != want {
			t.Errorf("%q: %d, %q, %q", name, code, stdout, stderr)
		}
	}
}

func TestAListingThatFailsHasTheTextAndTheCodeOfGo(t *testing.T) {
	box := layOut(t, "box", map[string]string{"go.mod": goMod})
	_, stderr, code := box.run("list", listing("", "-nonsense"))
	if code != 2 || !strings.HasPrefix(stderr, "flag provided but not defined: -nonsense") {
		t.Errorf("%d, %q", code, stderr)
	}
}

// A module that is not among the downloads is looked for there, with an address that Go can read.
func TestGoLooksForModulesAmongTheDownloadsOnly(t *testing.T) {
	for _, name := range []string{"box", "100% of, a|b #1"} {
		box := layOut(t, name, map[string]string{
			"go.mod": goMod + "require example.com/Not/There v1.0.0\n",
			"m.go":   "package m\n\nimport _ \"example.com/Not/There\"\n",
		})
		_, stderr, code := box.run("list", listing("", "-deps", "-mod=mod", "."))
		want := "/downloads/example.com/%21not/%21there/@v/v1.0.0."
		if code != 1 || !strings.Contains(stderr, want) ||
			!strings.Contains(stderr, "reading "+fileURL(box.root)) ||
			!strings.Contains(stderr, ": no such file or directory") {
			t.Errorf("%q: %d, %q", name, code, stderr)
		}
	}
}

// Go refuses such a directory, and says so.
func TestTheSandboxOfAListingMayHaveANewLineInItsName(t *testing.T) {
	box := layOut(t, "two\nlines", map[string]string{"go.mod": goMod, "m.go": "package m\n"})
	stdout, stderr, code := box.run("list", listing("", "-e", "-json=ImportPath,Error", "."))
	if code != 0 || stderr != "" || !strings.HasPrefix(stdout, `{"sandbox":`+asJSON(t, box.root)+"}\n{") ||
		!strings.Contains(stdout, "invalid package directory") {
		t.Errorf("%d, %q, %q", code, stdout, stderr)
	}
}
