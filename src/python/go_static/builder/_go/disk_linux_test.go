package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestAFullDiskIsAnError(t *testing.T) {
	small, found := smallDisk(t)
	if !found {
		return
	}
	from := t.TempDir()
	writeFiles(t, from, map[string]string{"a/@v/v1.zip": strings.Repeat("x", 1<<20)})
	err := collect(cachedFiles{"a/@v/v1.zip": true}, from, filepath.Join(small, "downloads"))
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "a/@v/v1.zip") {
		t.Error(err)
	}
	os.RemoveAll(filepath.Join(small, "downloads"))
	tree := filepath.Join(small, "tree")
	writeFiles(t, tree, map[string]string{"a.go": strings.Repeat("x", 40<<10)})
	makeReadOnly(t, filepath.Join(tree, "a.go"))
	if err := makeWritable(tree); !errors.Is(err, syscall.ENOSPC) {
		t.Error(err)
	}
	expect(t, filesBelow(t, tree), []string{"a.go"})
}

// smallDisk is a file system of 64 KB. Mounting one needs a namespace, in which the test is started
// once more: it is not found in the process outside.
func smallDisk(t *testing.T) (string, bool) {
	t.Helper()
	const variable = "BUILDER_TEST_IN_NAMESPACE"
	if os.Getenv(variable) == "" {
		again := exec.Command("unshare", "--user", "--map-root-user", "--mount",
			os.Args[0], "-test.run=^"+t.Name()+"$")
		again.Env = append(os.Environ(), variable+"=1")
		if said, err := again.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, said)
		}
		return "", false
	}
	directory := t.TempDir()
	mount := exec.Command("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", directory)
	if said, err := mount.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	t.Cleanup(func() { syscall.Unmount(directory, 0) })
	return directory, true
}
