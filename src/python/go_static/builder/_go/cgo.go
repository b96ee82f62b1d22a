package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// cgoArguments name packages by their import paths; Fields are those of the listing.
type cgoArguments struct {
	Directory     string   `json:"directory"`
	LookIntoFiles bool     `json:"look_into_files"`
	Fields        []string `json:"fields"`
	Tags          string   `json:"tags"`
	Packages      []string `json:"packages"`
}

// cgoUse has names of files by the import path of their package. ImportsSymbols are those that
// import symbols of shared libraries without cgo, Refuses those with a string that says that cgo is
// missing.
type cgoUse struct {
	place
	ImportsSymbols map[string][]string `json:"imports_symbols"`
	Refuses        map[string][]string `json:"refuses"`
}

// cgo looks into the Go files of packages, and then lists them with cgo on, which runs no C
// compiler. The listing follows the result.
func cgo(document []byte, _ []string) error {
	var arguments cgoArguments
	if err := decode(document, &arguments); err != nil {
		return err
	}
	box, err := enterOffline()
	if err != nil {
		return err
	}
	list := func(fields ...string) []string {
		options := []string{"list", "-e", "-find", "-json=" + strings.Join(fields, ","), arguments.Tags, "--"}
		return append(options, arguments.Packages...)
	}
	use := cgoUse{place{box.root}, map[string][]string{}, map[string][]string{}}
	if arguments.LookIntoFiles {
		listing := box.goCommand(arguments.Directory, list("ImportPath", "Dir", "GoFiles")...)
		listing.Stdout = nil
		output, err := listing.Output()
		if err != nil {
			return err
		}
		if err := use.look(output); err != nil {
			return err
		}
	}
	if err := say(use); err != nil {
		return err
	}
	if err := os.Setenv("CGO_ENABLED", "1"); err != nil {
		return err
	}
	return box.become(arguments.Directory, list(arguments.Fields...)...)
}

// look reads the files that a listing names. One that cannot be read is for the build to complain of.
func (use *cgoUse) look(listing []byte) error {
	packages := json.NewDecoder(bytes.NewReader(listing))
	for {
		var listed struct {
			ImportPath string
			Dir        string
			GoFiles    []string
		}
		if err := packages.Decode(&listed); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		for _, name := range listed.GoFiles {
			content, err := os.ReadFile(filepath.Join(listed.Dir, name))
			if err != nil {
				continue
			}
			if importsSymbols(content) {
				use.ImportsSymbols[listed.ImportPath] = append(use.ImportsSymbols[listed.ImportPath], name)
			}
			if refuses(content) {
				use.Refuses[listed.ImportPath] = append(use.Refuses[listed.ImportPath], name)
			}
		}
	}
}

var importDynamic = []byte("//go:cgo_import_dynamic")

func importsSymbols(content []byte) bool {
	return bytes.HasPrefix(content, importDynamic) ||
		bytes.Contains(content, append([]byte("\n"), importDynamic...))
}

// refusals are the words of errors that packages return when they are used without cgo. Those of
// the repository's own files are found by `_REFUSES` in go/source_header.py; testdata/refusals.txt
// has lines that both sides try.
var refusals = wordsOfRefusal()

func wordsOfRefusal() [][]byte {
	words := [][]byte{[]byte("cgo_enabled")}
	for _, verb := range []string{"need", "needs", "require", "requires", "without", "missing"} {
		words = append(words, []byte(verb+" cgo"))
	}
	for _, tense := range []string{"", " is", " was"} {
		for _, state := range []string{"disabled", "not enabled", "needed", "required"} {
			words = append(words, []byte("cgo"+tense+" "+state))
		}
	}
	return words
}

// refuses is whether a line has such words after a quotation mark, whatever their case.
func refuses(content []byte) bool {
	content = lower(content)
	for start := 0; ; {
		found := bytes.Index(content[start:], []byte("cgo"))
		if found < 0 {
			return false
		}
		found += start
		first := bytes.LastIndexByte(content[:found], '\n') + 1
		line, _, _ := bytes.Cut(content[first:], []byte("\n"))
		if quoted := bytes.IndexAny(line, "\"`"); quoted >= 0 {
			for _, words := range refusals {
				if bytes.Contains(line[quoted:], words) {
					return true
				}
			}
		}
		start = first + len(line)
	}
}

// lower is a copy without capitals of ASCII.
func lower(content []byte) []byte {
	lowered := make([]byte, len(content))
	for i, c := range content {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		lowered[i] = c
	}
	return lowered
}
