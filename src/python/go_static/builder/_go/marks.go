package main

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"
)

// knownFor is shorter than the time after which Go removes what nothing has used from its cache
// (trimLimit in cmd/go/internal/cache/cache.go).
const knownFor = 4 * 24 * time.Hour

// mark is the name of a file in Go's build cache: it is there when this machine has compiled something
// lately, in any version, so that there is little left to compile.
type mark string

// newMark has to be called before the variables of places in this sandbox are set.
func newMark(what ...string) mark {
	for _, variable := range os.Environ() {
		if strings.HasPrefix(variable, "GO") &&
			!strings.HasPrefix(variable, askVariable) && !strings.HasPrefix(variable, givenVariable) {
			what = append(what, variable)
		}
	}
	sort.Strings(what)
	// The SDK's own version. A development version has no such file.
	version, _ := os.ReadFile(filepath.Join(sdkDirectory, "VERSION"))
	sum := sha256.Sum256([]byte(strings.Join(append(what, string(version)), "\x00")))
	return mark(hex.EncodeToString(sum[:16]))
}

func (m mark) path(buildCache string) string {
	return filepath.Join(buildCache, compiledDirectory, string(m))
}

func (m mark) isSet(buildCache string) bool {
	state, err := os.Stat(m.path(buildCache))
	return err == nil && time.Since(state.ModTime()) < knownFor
}

// canBeSet is false for a cache that cannot be written.
func (m mark) canBeSet(buildCache string) bool {
	unfinished := m.path(buildCache) + ".new"
	if os.MkdirAll(filepath.Dir(unfinished), 0o777) != nil || os.WriteFile(unfinished, []byte("\n"), 0o666) != nil {
		return false
	}
	return os.Remove(unfinished) == nil
}

// ask returns errAsks in a process that may ask, when this machine has not compiled the like lately.
func (m mark) ask(buildCache string) error {
	if os.Getenv(askVariable) != "" && !m.isSet(buildCache) && m.canBeSet(buildCache) {
		return errAsks
	}
	return nil
}

// set does nothing on a machine that shares nothing, and removes old marks.
func (m mark) set(buildCache string) {
	if _, given := givenBy(); !given && os.Getenv(askVariable) == "" {
		return
	}
	directory := filepath.Join(buildCache, compiledDirectory)
	if os.MkdirAll(directory, 0o777) != nil {
		return
	}
	os.WriteFile(m.path(buildCache), nil, 0o666)
	now := time.Now()
	os.Chtimes(m.path(buildCache), now, now)
	entries, err := os.ReadDir(directory)
	if err != nil {
		return
	}
	for _, entry := range entries {
		if state, err := entry.Info(); err == nil && now.Sub(state.ModTime()) > knownFor {
			os.Remove(filepath.Join(directory, entry.Name()))
		}
	}
}
