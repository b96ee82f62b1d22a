package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// cachedFiles are files below cache/download in the module cache, and whether they are required.
type cachedFiles map[string]bool

func (box *sandbox) downloadCache() string {
	return filepath.Join(box.moduleCache, "cache", "download")
}

// addGraph adds the go.mod files of all versions that `go mod graph` prints, for builds that read
// them. They are not required: a module that a directory replaces is not in the cache.
func (files cachedFiles) addGraph(graph string) {
	for _, word := range strings.Fields(graph) {
		path, version, found := strings.Cut(word, "@")
		if found && path != "go" && path != "toolchain" {
			file := cachedFile(moduleVersion{Path: path, Version: version}, "mod")
			files[file] = files[file]
		}
	}
}

// cachedFile is the path of a module's file below cache/download.
func cachedFile(module moduleVersion, kind string) string {
	return escapeCapitals(module.Path+"/@v/"+module.Version) + "." + kind
}

// escapeCapitals replaces `A` with `!a` (golang.org/ref/mod#module-proxy).
func escapeCapitals(text string) string {
	var escaped strings.Builder
	for i := 0; i < len(text); i++ {
		c := text[i]
		if 'A' <= c && c <= 'Z' {
			escaped.WriteByte('!')
			c += 'a' - 'A'
		}
		escaped.WriteByte(c)
	}
	return escaped.String()
}

// unescapeCapitals undoes escapeCapitals.
func unescapeCapitals(escaped string) string {
	var text strings.Builder
	for i := 0; i < len(escaped); i++ {
		c := escaped[i]
		if c == '!' && i+1 < len(escaped) {
			i++
			c = escaped[i] - 'a' + 'A'
		}
		text.WriteByte(c)
	}
	return text.String()
}

// collect copies files from one directory to another, which it creates or replaces.
func collect(files cachedFiles, from, to string) error {
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o777); err != nil {
		return err
	}
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		err := copyFile(filepath.Join(from, name), filepath.Join(to, name))
		if err != nil && (files[name] || !errors.Is(err, fs.ErrNotExist)) {
			return err
		}
	}
	return nil
}

// lockedModules are the modules, as `path@version`, that a `go` is downloading or unpacking: the
// builder's own, or another one, which may be suspended.
func lockedModules(downloadCache string) []string {
	var found []string
	filepath.WalkDir(downloadCache, func(path string, entry fs.DirEntry, err error) error {
		name, isLock := strings.CutSuffix(path, ".lock")
		if err != nil || !isLock || !isLocked(path) {
			return nil
		}
		name, err = filepath.Rel(downloadCache, name)
		if err == nil {
			found = append(found, strings.Replace(unescapeCapitals(name), "/@v/", "@", 1))
		}
		return nil
	})
	return found
}
