package main

// The binary that was linked last, for `go build` to leave where a link would give the same.
//
// `go build` looks at what is at the output path: when its build ID says that it is what would be
// linked, nothing is (useCache in buildid.go of cmd/go). So an edit of a comment, which
// compiles to the same packages, takes no link. A sandbox has no output of the build before, so one
// is kept for each binary, in a named cache.
//
// Its name ends in its checksum and size, as Go believes a build ID without a look at the rest of the
// file. A link to the file is enough, here and there: Go puts another file in the place of an output,
// and writes into none. Where something fails, the binary is linked as if there were none.

import (
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const keptDirectory = "cache/linked"

// keptFor is how long a binary stays that nobody has built, as in Go's own cache (trimLimit in
// cmd/go/internal/cache/cache.go).
const keptFor = 5 * 24 * time.Hour

// keptBinaries are those in a directory. Those of the binary at hand start with its key.
type keptBinaries struct {
	directory string
	key       string
	// last is the kept binary in the sandbox, which says later whether Go has left it.
	last string
}

// openKept returns nil where no named cache is linked into the sandbox.
func openKept(box *sandbox, key string) *keptBinaries {
	state, err := os.Lstat(box.path(keptDirectory))
	if err != nil || state.Mode()&os.ModeSymlink == 0 {
		return nil
	}
	directory, err := existing(box.path(keptDirectory))
	if err != nil {
		return nil
	}
	return &keptBinaries{directory, key, box.path("last")}
}

// all are the paths of the binaries that are kept under the key.
func (kept *keptBinaries) all() []string {
	entries, err := os.ReadDir(kept.directory)
	if err != nil {
		return nil
	}
	var paths []string
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), kept.key+"-") && entry.Type().IsRegular() {
			paths = append(paths, filepath.Join(kept.directory, entry.Name()))
		}
	}
	return paths
}

// layOut puts the last binary at the output path.
func (kept *keptBinaries) layOut(output string) {
	for _, path := range kept.all() {
		if linkOrCopy(path, kept.last) == nil && os.Link(kept.last, output) == nil {
			return
		}
	}
}

// isLaidOut is whether Go has left what layOut put there.
func (kept *keptBinaries) isLaidOut(output string) bool {
	now, err := os.Stat(output)
	if err != nil {
		return false
	}
	last, err := os.Stat(kept.last)
	return err == nil && os.SameFile(now, last)
}

// isWhole is whether the binary is as it was when it was kept. It is then kept for longer.
func (kept *keptBinaries) isWhole(output string) bool {
	path, err := kept.pathOf(output)
	if err != nil {
		return false
	}
	now := time.Now()
	return os.Chtimes(path, now, now) == nil
}

// pathOf is where a binary is kept, or would be.
func (kept *keptBinaries) pathOf(output string) (string, error) {
	file, err := os.Open(output)
	if err != nil {
		return "", err
	}
	defer file.Close()
	sum := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	size, err := io.Copy(sum, file)
	if err != nil {
		return "", err
	}
	name := fmt.Sprintf("%s-%d-%d", kept.key, sum.Sum32(), size)
	return filepath.Join(kept.directory, name), nil
}

// keep puts the binary in the place of the one that was kept before.
func (kept *keptBinaries) keep(output string) {
	path, err := kept.pathOf(output)
	if err != nil {
		return
	}
	os.Remove(path)
	unfinished := filepath.Join(kept.directory, fmt.Sprintf("new-%s-%d", kept.key, os.Getpid()))
	if os.Link(output, path) != nil {
		os.Remove(unfinished)
		if copyFile(output, unfinished) != nil || os.Rename(unfinished, path) != nil {
			os.Remove(unfinished)
		}
	}
	now := time.Now()
	os.Chtimes(path, now, now)
	for _, other := range kept.all() {
		if other != path {
			os.Remove(other)
		}
	}
	kept.removeOld(now)
}

func (kept *keptBinaries) removeOld(now time.Time) {
	entries, err := os.ReadDir(kept.directory)
	if err != nil {
		return
	}
	for _, entry := range entries {
		state, err := entry.Info()
		if err == nil && state.Mode().IsRegular() && now.Sub(state.ModTime()) > keptFor {
			os.Remove(filepath.Join(kept.directory, entry.Name()))
		}
	}
}

func linkOrCopy(from, to string) error {
	if os.Link(from, to) == nil {
		return nil
	}
	return copyFile(from, to)
}
