package main

import (
	"io/fs"
	"path/filepath"
	"reflect"
	"sort"
	"testing"
)

// newSandbox lays out a sandbox with empty caches, and enters it.
func newSandbox(t *testing.T, files map[string]string) *sandbox {
	t.Helper()
	laid := layOut(t, oddName, files)
	for name, value := range map[string]string{
		"CGO_ENABLED": "0", "GOENV": "off", "GOFLAGS": "-modcacherw", "GOSUMDB": "off",
		"GOTOOLCHAIN": "local", "GOWORK": "off", "GOPROXY": "off", "HOME": "/nonexistent",
	} {
		t.Setenv(name, value)
	}
	return enter(t, laid.root)
}

func writeFiles(t *testing.T, root string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		write(t, filepath.Join(root, name), content)
	}
}

// filesBelow lists the files and links below a directory.
func filesBelow(t *testing.T, root string) []string {
	t.Helper()
	found := []string{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, path)
		found = append(found, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(found)
	return found
}

func expect(t *testing.T, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
