package main

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
)

// formatArguments ask for gofmt of the Go files in the tree.
type formatArguments struct {
	Simplify bool `json:"simplify"`
}

// format copies the tree to the output and runs gofmt there, except on generated files. What gofmt
// says of a file that it cannot parse is passed on, and so is its exit code; it formats the others.
func format(document []byte, _ []string) error {
	var arguments formatArguments
	if err := decode(document, &arguments); err != nil {
		return err
	}
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	output := filepath.Join(root, outputDirectory)
	generated, err := copyHandwritten(filepath.Join(root, treeDirectory), output)
	if err != nil {
		return err
	}
	// Directories, because the system limits the length of a command line.
	command := []string{"-w", "."}
	if arguments.Simplify {
		command = append([]string{"-s"}, command...)
	}
	gofmt := exec.Command(filepath.Join(root, sdkDirectory, "bin", "gofmt"), command...)
	gofmt.Dir = output
	gofmt.Stdout = os.Stdout
	gofmt.Stderr = os.Stderr
	ended := runProgram(gofmt, 0, nil)
	for _, name := range generated {
		if err := copyFile(filepath.Join(root, treeDirectory, name), filepath.Join(output, name)); err != nil {
			return err
		}
	}
	return ended
}

// copyHandwritten copies all files of a directory but the generated ones, whose names it returns.
func copyHandwritten(from, to string) (generated []string, err error) {
	err = filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if isGenerated(content) {
			generated = append(generated, name)
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		copied := filepath.Join(to, name)
		if err := os.MkdirAll(filepath.Dir(copied), 0o755); err != nil {
			return err
		}
		// A worker may lay out files that nobody may write.
		return writeFile(bytes.NewReader(content), copied, info.Mode().Perm()|0o200)
	})
	return generated, err
}

// isGenerated is whether a comment before the package clause says so, as go/ast.IsGenerated finds
// it (https://go.dev/s/generatedcode). Importing that package would compile a parser for each SDK.
func isGenerated(source []byte) bool {
	source = bytes.TrimPrefix(source, []byte("\ufeff"))
	for {
		source = bytes.TrimLeft(source, " \t\r\n")
		end := 0
		switch {
		case bytes.HasPrefix(source, []byte("//")):
			line, _, _ := bytes.Cut(source, []byte("\n"))
			end = len(line)
		case bytes.HasPrefix(source, []byte("/*")):
			end = bytes.Index(source, []byte("*/")) + len("*/")
		default:
			return false
		}
		if end < len("//") {
			return false
		}
		for _, line := range bytes.Split(source[:end], []byte("\n")) {
			text, found := bytes.CutPrefix(bytes.TrimSuffix(line, []byte("\r")), []byte("// Code generated "))
			if found && bytes.HasSuffix(text, []byte(" DO NOT EDIT.")) {
				return true
			}
		}
		source = source[end:]
	}
}
