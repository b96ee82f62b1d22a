package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"syscall"
)

type generateArguments struct {
	// Directory of the module, in the tree.
	Directory string        `json:"directory"`
	Packages  []string      `json:"packages"`
	Tools     []machineTool `json:"tools"`
	// Environment is for the directives. `{root}` in a value is replaced by the path of the tree.
	Environment map[string]string `json:"environment"`
}

// machineTool is a program on the machine. Its identity is only part of the cache key.
type machineTool struct {
	Name     string `json:"name"`
	Path     string `json:"path"`
	Identity string `json:"identity"`
}

// generateResult names files in the tree.
type generateResult struct {
	Written []string `json:"written"`
	Deleted []string `json:"deleted"`
}

// generate runs `go generate` and copies the files that directives wrote to the output. On their
// PATH are only the named tools and Go. Everything that they print goes to standard error, because
// standard output has the result.
func generate(document []byte, _ []string) error {
	var arguments generateArguments
	if err := decode(document, &arguments); err != nil {
		return err
	}
	box, err := enterSandbox()
	if err != nil {
		return err
	}
	result, err := box.generate(arguments)
	if err != nil {
		return err
	}
	return say(result)
}

func (box *sandbox) generate(arguments generateArguments) (generateResult, error) {
	if err := box.prepareForDirectives(arguments); err != nil {
		return generateResult{}, err
	}
	tree := box.path(treeDirectory)
	before, err := listFiles(tree)
	if err != nil {
		return generateResult{}, err
	}
	command := box.goCommand(arguments.Directory, append([]string{"generate"}, arguments.Packages...)...)
	command.Stdout = os.Stderr
	if err := runProgram(command, 0, nil); err != nil {
		return generateResult{}, err
	}
	after, err := listFiles(tree)
	if err != nil {
		return generateResult{}, err
	}
	result := generateResult{Written: changed(before, after), Deleted: missing(before, after)}
	for _, name := range result.Written {
		if err := copyFile(filepath.Join(tree, name), box.path(outputDirectory, "files", name)); err != nil {
			return generateResult{}, err
		}
	}
	return result, nil
}

// prepareForDirectives sets up the tools, the environment and the files that directives use.
func (box *sandbox) prepareForDirectives(arguments generateArguments) error {
	tree, tools := box.path(treeDirectory), box.path(toolsDirectory)
	home := box.path(temporaryDirectory, "home")
	for _, directory := range []string{home, tools} {
		if err := os.MkdirAll(directory, 0o777); err != nil {
			return err
		}
	}
	for _, tool := range arguments.Tools {
		if err := os.Symlink(tool.Path, filepath.Join(tools, tool.Name)); err != nil {
			return err
		}
	}
	environment := map[string]string{}
	for name, value := range arguments.Environment {
		environment[name] = strings.ReplaceAll(value, "{root}", tree)
	}
	environment["HOME"] = home
	environment["PATH"] = tools + string(os.PathListSeparator) + filepath.Join(box.goRoot, "bin")
	for name, value := range environment {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	if err := box.offline(); err != nil {
		return err
	}
	if err := withoutTelemetry(home); err != nil {
		return err
	}
	return makeWritable(tree)
}

// withoutTelemetry turns off Go's telemetry, for which `go` starts a background process in a new
// home directory. GOTELEMETRY cannot be set in the environment.
func withoutTelemetry(home string) error {
	config, err := os.UserConfigDir()
	if err != nil || !strings.HasPrefix(config, home) {
		return nil
	}
	mode := filepath.Join(config, "go", "telemetry", "mode")
	if err := os.MkdirAll(filepath.Dir(mode), 0o777); err != nil {
		return err
	}
	return os.WriteFile(mode, []byte("off"), 0o666)
}

// makeWritable replaces read-only files and files with hard links by copies: Pants links large
// files to its own store, and a remote worker may link all files.
func makeWritable(tree string) error {
	return filepath.WalkDir(tree, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if links(info) == 1 && info.Mode()&0o200 != 0 {
			return nil
		}
		return ownFile(path, info)
	})
}

// ownFile replaces a file by a writable copy of it.
func ownFile(path string, info fs.FileInfo) error {
	directory, err := os.MkdirTemp(filepath.Dir(path), ".copy-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(directory)
	copied := filepath.Join(directory, "file")
	err = copyFile(path, copied)
	if err == nil {
		err = os.Chmod(copied, info.Mode().Perm()|0o200)
	}
	if err == nil {
		// Generators such as make compare times.
		err = os.Chtimes(copied, info.ModTime(), info.ModTime())
	}
	if err == nil {
		err = os.Rename(copied, path)
	}
	return err
}

// listedFile is what changes if a file is written to, or replaced by another one.
type listedFile struct {
	kind     fs.FileMode
	size     int64
	modified int64
	inode    uint64
	target   string
}

// listFiles lists the files and symbolic links below a directory.
func listFiles(root string) (map[string]listedFile, error) {
	files := map[string]listedFile{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() && entry.Type()&fs.ModeSymlink == 0 {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			return err
		}
		file := listedFile{
			kind: info.Mode().Type(), size: info.Size(), modified: info.ModTime().UnixNano(), inode: inode(info),
		}
		if entry.Type()&fs.ModeSymlink != 0 {
			if file.target, err = os.Readlink(path); err != nil {
				return err
			}
		}
		name, err := filepath.Rel(root, path)
		files[name] = file
		return err
	})
	return files, err
}

// changed are the files that are new or have been written to.
func changed(before, after map[string]listedFile) []string {
	names := []string{}
	for name, file := range after {
		if old, found := before[name]; !found || old != file {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names
}

// missing are the files that have been deleted.
func missing(before, after map[string]listedFile) []string {
	names := []string{}
	for name := range before {
		if _, found := after[name]; !found {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names
}

func inode(info fs.FileInfo) uint64 {
	stat := info.Sys().(*syscall.Stat_t)
	return uint64(stat.Ino)
}

func links(info fs.FileInfo) uint64 {
	stat := info.Sys().(*syscall.Stat_t)
	return uint64(stat.Nlink)
}
