package main

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestTheWordsOfARefusal(t *testing.T) {
	file, err := os.Open(filepath.Join("testdata", "refusals.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	tried := map[bool]int{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		refusal, line := strings.HasPrefix(lines.Text(), "+ "), lines.Text()[2:]
		tried[refusal]++
		for _, content := range []string{line, "package p\n\n" + line + "\n// \"cgo", "\" cgo\n" + line} {
			if refuses([]byte(content)) != refusal {
				t.Errorf("%q", content)
			}
		}
	}
	if tried[true] < 5 || tried[false] < 5 {
		t.Error(tried)
	}
}

func TestTheLookForCgo(t *testing.T) {
	for _, look := range []bool{true, false} {
		box := layOut(t, "a b & 'c'", map[string]string{
			"go.mod":    goMod,
			"a/a.go":    "package a\n",
			"a/c.go":    "package a\n\nimport \"C\"\n",
			"b/b 1.go":  "//go:cgo_import_dynamic x x \"x.so\"\npackage b\n",
			"b/b2.go":   "package b\n\n//go:cgo_import_dynamic y y \"y.so\"\n",
			"b/b3.go":   "package b\n\nvar x = \"//go:cgo_import_dynamic\"\n",
			"b/stub.go": "//go:build !cgo\n\npackage b\n\nvar text = \"Needs CGO\"\n",
		})
		document := asJSON(t, cgoArguments{
			Directory:     "",
			LookIntoFiles: look,
			Fields:        []string{"ImportPath", "CgoFiles"},
			Tags:          "-tags=netgo,osusergo",
			Packages:      []string{"example.com/m/a", "example.com/m/b"},
		})
		stdout, stderr, code := box.run("cgo", document)
		if code != 0 || stderr != "" {
			t.Fatalf("%d, %q", code, stderr)
		}
		decoder := json.NewDecoder(strings.NewReader(stdout))
		var use cgoUse
		if err := decoder.Decode(&use); err != nil {
			t.Fatal(err)
		}
		want := cgoUse{place{box.root}, map[string][]string{}, map[string][]string{}}
		if look {
			want.ImportsSymbols["example.com/m/b"] = []string{"b 1.go", "b2.go"}
			want.Refuses["example.com/m/b"] = []string{"stub.go"}
		}
		if !reflect.DeepEqual(use, want) {
			t.Errorf("%+v", use)
		}
		found := map[string][]string{}
		for decoder.More() {
			var listed struct {
				ImportPath string
				CgoFiles   []string
			}
			if err := decoder.Decode(&listed); err != nil {
				t.Fatal(err)
			}
			found[listed.ImportPath] = listed.CgoFiles
		}
		if !reflect.DeepEqual(found, map[string][]string{"example.com/m/a": {"c.go"}, "example.com/m/b": nil}) {
			t.Errorf("%v", found)
		}
	}
}
