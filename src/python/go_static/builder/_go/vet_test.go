package main

import (
	"strings"
	"testing"
)

func TestVetSaysWhatGoFindsAndThatItFoundNothing(t *testing.T) {
	box := layOut(t, "a b's", map[string]string{
		"m & n/go.mod":           goMod,
		"m & n/good/good.go":     "package good\n",
		"m & n/bad/bad_test.go":  "package bad\n\nfunc f(a int) { a = a }\n",
		"m & n/bad/b_windows.go": "package bad\n\nvar x int = \"\"\n",
	})
	for patterns, want := range map[string]string{"./good": `{"patterns":1}` + "\n", "./bad": ""} {
		arguments := vetArguments{"m & n", []string{"-trimpath"}, []string{patterns}}
		stdout, stderr, code := box.run("vet", asJSON(t, arguments), "1")
		if failed := patterns == "./bad"; stdout != want || (code != 0) != failed ||
			strings.Contains(stderr, "bad_test.go:3:17: self-assignment of a") != failed {
			t.Errorf("%s: %d, %q, %q", patterns, code, stdout, stderr)
		}
	}
}
