package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// Where things are in a sandbox: go/sandbox.py lays it out.
const (
	treeDirectory        = "tree"
	sdkDirectory         = "sdk"
	downloadsDirectory   = "downloads"
	outputDirectory      = "output"
	toolsDirectory       = "tools"
	temporaryDirectory   = "tmp"
	buildCacheDirectory  = "cache/build"
	moduleCacheDirectory = "cache/mod"
)

// room is how many bytes have to fit into the build cache for Go to keep an index of packages. The
// index is the one thing that Go does not do without when its cache is read-only or full: "cannot
// find package", it says of one that it could not index, once the files are two seconds old
// (openIndexPackage in cmd/go/internal/modindex/read.go).
const room = 256 * 1024

// sandbox is the place that a command runs in. The variables that name places are set in this
// process's environment: no path of a machine comes from outside.
type sandbox struct {
	root       string
	goRoot     string
	buildCache string
	// moduleCache holds what is unpacked and, below cache/download, what was downloaded.
	moduleCache string
}

// enterSandbox prepares the paths and caches for `go` in the current directory.
func enterSandbox() (*sandbox, error) {
	root, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	// Links are followed, so that GOROOT and the caches have the same paths in every sandbox: Go's
	// index of a module is keyed on the path of the module cache, and would miss each time if that
	// path were the sandbox's.
	if root, err = filepath.EvalSymlinks(root); err != nil {
		return nil, err
	}
	box := &sandbox{root: root}
	for _, place := range []struct {
		path  *string
		below string
	}{
		{&box.goRoot, sdkDirectory},
		{&box.buildCache, buildCacheDirectory},
		{&box.moduleCache, moduleCacheDirectory},
	} {
		if *place.path, err = existing(box.path(place.below)); err != nil {
			return nil, err
		}
	}
	temporary := box.path(temporaryDirectory)
	variables := [][2]string{
		{"GOROOT", box.goRoot},
		{"GOCACHE", box.buildCache},
		{"GOMODCACHE", box.moduleCache},
		{"GOPATH", filepath.Join(temporary, "gopath")},
		{"TMPDIR", temporary},
	}
	if work := os.Getenv("GOWORK"); work != "" && work != "off" {
		variables = append(variables, [2]string{"GOWORK", box.path(work)})
	}
	if !hasRoom(box.buildCache) {
		variables = append(variables, [2]string{"GODEBUG", "goindex=0"})
	}
	for _, variable := range variables {
		if err := os.Setenv(variable[0], variable[1]); err != nil {
			return nil, fmt.Errorf("%s: %w", variable[0], err)
		}
	}
	return box, nil
}

// enterOffline does the same, for steps that have no network.
func enterOffline() (*sandbox, error) {
	box, err := enterSandbox()
	if err != nil {
		return nil, err
	}
	return box, box.offline()
}

func (box *sandbox) path(below ...string) string {
	return filepath.Join(append([]string{box.root}, below...)...)
}

// inTree is a directory of the repository.
func (box *sandbox) inTree(directory string) string {
	return box.path(treeDirectory, directory)
}

// existing is the real path of a directory, which is made where there is none. There is none behind
// a link to a named cache that somebody deleted, as Pants makes its directory once per daemon; and
// to a remote worker, Pants sends no link.
func existing(directory string) (string, error) {
	if _, err := os.Stat(directory); os.IsNotExist(err) {
		target, err := os.Readlink(directory)
		if err != nil {
			target = directory
		} else if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(directory), target)
		}
		if err := os.MkdirAll(target, 0o777); err != nil {
			return "", err
		}
	}
	return filepath.EvalSymlinks(directory)
}

func hasRoom(cache string) bool {
	file, err := os.OpenFile(filepath.Join(cache, "room"), os.O_WRONLY|os.O_CREATE, 0o666)
	if err != nil {
		return false
	}
	defer file.Close()
	_, err = file.WriteAt(bytes.Repeat([]byte(" "), room), 0)
	return file.Truncate(0) == nil && err == nil
}

// offline makes Go take modules from the sandbox's downloads and from nowhere else.
func (box *sandbox) offline() error {
	return os.Setenv("GOPROXY", fileURL(box.path(downloadsDirectory)))
}

// fileURL is the address of a directory. In GOPROXY, some characters separate addresses.
func fileURL(path string) string {
	var escaped strings.Builder
	for i := 0; i < len(path); i++ {
		c := path[i]
		if strings.IndexByte("/-._~+=@", c) >= 0 || '0' <= c && c <= '9' ||
			'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' {
			escaped.WriteByte(c)
		} else {
			fmt.Fprintf(&escaped, "%%%02X", c)
		}
	}
	return "file://" + escaped.String()
}

func (box *sandbox) goProgram() string {
	return filepath.Join(box.goRoot, "bin", "go")
}

// goCommand is `go` in a directory of the repository. What it prints is passed on.
func (box *sandbox) goCommand(directory string, arguments ...string) *exec.Cmd {
	command := exec.Command(box.goProgram(), arguments...)
	command.Dir = box.inTree(directory)
	command.Stdout = os.Stdout
	command.Stderr = os.Stderr
	return command
}

// compiler is a `go` that compiles, with heap settings. Other commands run programs of the repository, such
// as generators, which would inherit them.
func (box *sandbox) compiler(directory string, heap []string, arguments ...string) *exec.Cmd {
	command := box.goCommand(directory, arguments...)
	command.Env = append(command.Environ(), heap...)
	return command
}

// become replaces this process by `go` in a directory of the repository.
func (box *sandbox) become(directory string, arguments ...string) error {
	place := box.inTree(directory)
	if err := os.Chdir(place); err != nil {
		return err
	}
	// As exec.Cmd does it: Go prints paths below this one, links in it and all.
	if err := os.Setenv("PWD", place); err != nil {
		return err
	}
	program := box.goProgram()
	err := syscall.Exec(program, append([]string{program}, arguments...), os.Environ())
	return fmt.Errorf("%s: %w", program, err)
}
