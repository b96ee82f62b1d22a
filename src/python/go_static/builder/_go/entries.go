package main

// Compiled packages in files that other machines can use: entries of Go's build cache.
//
// For a package, `go build` looks in its cache for two files (cmd/go/internal/cache/cache.go): one is
// named after all that the package is compiled from, its action, and names the other, the archive, whose
// ID is the SHA-256 of its content. An entry is a file with the compressed archive. Its name has a key of
// the package, by which others choose, and both IDs. So one that is damaged is noticed and left out, and
// Go compiles the package itself. Nothing in an entry depends on the machine or on the time.

import (
	"bufio"
	"compress/flate"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
)

const (
	// idLength is that of an ID in a name: 32 bytes in hexadecimal.
	idLength = 64
	// keyLength is that of a package's key, so that a name is short enough for any file system.
	keyLength = 32
	// entryTime is what an entry gives as the time when it was made, in nanoseconds since 1970. Go
	// looks at that of a test's result only.
	entryTime = 1
	// largestArchive is far beyond any package's, in bytes.
	largestArchive = 4 << 30
)

var errDamaged = errors.New("its content is not the one that its name says")

// cachePath is that of a file in Go's build cache; kind is "a" for an action, "d" for its output.
func cachePath(buildCache, id, kind string) string {
	return filepath.Join(buildCache, id[:2], id+"-"+kind)
}

// packageKey begins the name of a package's entry. compiled/as_inputs.py has it too.
func packageKey(importPath string) string {
	sum := sha256.Sum256([]byte(importPath))
	return hex.EncodeToString(sum[:])[:keyLength]
}

// packEntry writes the entry of a package into a directory.
func packEntry(buildCache string, compiled compiledPackage, directory string) error {
	action, output, err := actionOf(buildCache, compiled.buildID)
	if err != nil {
		return err
	}
	archive := cachePath(buildCache, output, "d")
	content, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer content.Close()
	name := packageKey(compiled.importPath) + "-" + action + "-" + output
	file, err := os.Create(filepath.Join(directory, name))
	if err != nil {
		return err
	}
	defer file.Close()
	compressed, err := flate.NewWriter(file, flate.BestSpeed)
	if err != nil {
		return err
	}
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(compressed, sum), content); err != nil {
		return err
	}
	if err := compressed.Close(); err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != output {
		return fmt.Errorf("%s: %w", archive, errDamaged)
	}
	return file.Close()
}

// actionOf finds the action of a build ID, which begins with the first bytes of the action's ID
// (HashToString in cmd/internal/buildid), and its output.
func actionOf(buildCache, buildID string) (action, output string, err error) {
	encoded, _, _ := strings.Cut(buildID, "/")
	first, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil || len(first) == 0 {
		return "", "", fmt.Errorf("%q: not a build ID", buildID)
	}
	start := hex.EncodeToString(first)
	paths, err := filepath.Glob(filepath.Join(globLiteral(buildCache), start[:2], start+"*-a"))
	if err != nil {
		return "", "", err
	}
	for _, path := range paths {
		action := strings.TrimSuffix(filepath.Base(path), "-a")
		entry, _ := os.ReadFile(path)
		if fields := strings.Fields(string(entry)); len(fields) == 5 && fields[1] == action && isID(fields[2]) {
			return action, fields[2], nil
		}
	}
	return "", "", fmt.Errorf("%q: not in the build cache", buildID)
}

func globLiteral(path string) string {
	var literal strings.Builder
	for _, c := range path {
		if strings.ContainsRune(`\*?[`, c) {
			literal.WriteByte('\\')
		}
		literal.WriteRune(c)
	}
	return literal.String()
}

func isID(text string) bool {
	if len(text) != idLength {
		return false
	}
	_, err := hex.DecodeString(text)
	return err == nil
}

// unpackEntries puts the entries in a directory and those below it into Go's build cache, where they are
// not there yet. Damaged ones are left out. The first error of the cache ends it.
func unpackEntries(directory, buildCache string) error {
	var paths []string
	directory, err := filepath.EvalSymlinks(directory)
	if err != nil {
		return err
	}
	err = filepath.WalkDir(directory, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		return err
	}
	return onAllCores(paths, func(path string) error {
		err := unpackEntry(path, buildCache)
		if errors.Is(err, errDamaged) {
			fmt.Fprintf(os.Stderr, "ignoring a compiled package: %v\n", err)
			return nil
		}
		return err
	})
}

// idsOf are those in the name of an entry: of the action and of its output.
func idsOf(name string) (action, output string) {
	_, ids, _ := strings.Cut(name, "-")
	action, output, _ = strings.Cut(ids, "-")
	return action, output
}

func unpackEntry(path, buildCache string) error {
	name := filepath.Base(path)
	action, output := idsOf(name)
	if !isID(action) || !isID(output) {
		return fmt.Errorf("%s: %w", name, errDamaged)
	}
	if isCached(buildCache, action, output) {
		return nil
	}
	packed, err := os.Open(path)
	if err != nil {
		return err
	}
	defer packed.Close()
	var size int64
	err = replaceFile(cachePath(buildCache, output, "d"), func(file io.Writer) error {
		sum := sha256.New()
		archive := flate.NewReader(bufio.NewReader(packed))
		size, err = io.Copy(io.MultiWriter(file, sum), io.LimitReader(archive, largestArchive))
		var place *os.PathError
		if errors.As(err, &place) {
			return err
		}
		if err != nil || hex.EncodeToString(sum.Sum(nil)) != output {
			return fmt.Errorf("%s: %w", name, errDamaged)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return replaceFile(cachePath(buildCache, action, "a"), func(file io.Writer) error {
		_, err := fmt.Fprintf(file, "v1 %s %s %20d %20d\n", action, output, size, entryTime)
		return err
	})
}

// isCached is whether Go would find the output of the action in its cache.
func isCached(buildCache, action, output string) bool {
	entry, err := os.ReadFile(cachePath(buildCache, action, "a"))
	if err != nil {
		return false
	}
	fields := strings.Fields(string(entry))
	if len(fields) != 5 || fields[1] != action || fields[2] != output {
		return false
	}
	state, err := os.Stat(cachePath(buildCache, output, "d"))
	return err == nil && strconv.FormatInt(state.Size(), 10) == fields[3]
}

// replaceFile writes a file of Go's cache aside and moves it into its place, so that others find all of it
// or nothing. If this process is killed, Go removes what is left when it trims its cache, by its name.
func replaceFile(path string, write func(io.Writer) error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), "new*"+path[len(path)-2:])
	if err != nil {
		return err
	}
	err = write(file)
	if err == nil {
		err = file.Chmod(0o644)
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		os.Remove(file.Name())
	}
	return err
}

// onAllCores calls a function for each value, on all cores, until one call fails.
func onAllCores[T any](values []T, call func(value T) error) error {
	var (
		group sync.WaitGroup
		once  sync.Once
		first error
	)
	queue := make(chan T)
	failed := make(chan struct{})
	for i := 0; i < runtime.GOMAXPROCS(0); i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for value := range queue {
				if err := call(value); err != nil {
					once.Do(func() { first = err; close(failed) })
				}
			}
		}()
	}
feeding:
	for _, value := range values {
		select {
		case queue <- value:
		case <-failed:
			break feeding
		}
	}
	close(queue)
	group.Wait()
	return first
}
