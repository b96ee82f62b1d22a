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

func TestCachesOnAFullDiskAreDoneWithout(t *testing.T) {
	small, found := smallDisk(t)
	if !found {
		return
	}
	laid := layOut(t, "box", nil)
	link(t, small, filepath.Join(laid.root, "cache", "build"))
	link(t, small, filepath.Join(laid.root, "cache", "linked"))
	box := enter(t, laid.root)
	if got := os.Getenv("GODEBUG"); got != "goindex=0" {
		t.Errorf("GODEBUG is %q", got)
	}
	if info, err := os.Stat(filepath.Join(small, "room")); err != nil || info.Size() != 0 {
		t.Errorf("%v, %v: what was written to try has to go again", info, err)
	}

	output := box.path(outputDirectory, "it")
	write(t, output, strings.Repeat("x", 1<<20))
	kept := openKept(box, "key")
	kept.keep(output)
	if names := filesBelow(t, small); len(names) != 1 {
		t.Error(names)
	}

	makeDirectory(t, ticketsIn(small))
	write(t, filepath.Join(ticketsIn(small), "lock"), "")
	fill, err := os.Create(filepath.Join(small, "fill"))
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = fill.Write(make([]byte, 1024))
	}
	fill.Close()
	if ticket := take(t, small, "a:it", "std"); ticket != nil {
		t.Error(ticket.Name())
	}
	if numbers := tickets(ticketsIn(small)); numbers != nil {
		t.Error(numbers)
	}
}

func TestEntriesOnAFullDiskAreDoneWithout(t *testing.T) {
	small, found := smallDisk(t)
	if !found {
		return
	}
	entries := compiled(t, ofGo(t, "GOCACHE"))
	err := unpackEntries(entries, small)
	if !errors.Is(err, syscall.ENOSPC) {
		t.Error(err)
	}
	for _, path := range filesBelow(t, small) {
		if strings.Contains(path, "new") {
			t.Error(path)
		}
	}
	box := another(t, entries, small)
	box.environment = asking
	if _, stderr, code := box.run("unpack", asJSON(t, unpackArguments{compiling})); code != 0 || !strings.Contains(stderr, "no space left") {
		t.Errorf("%d, %q", code, stderr)
	}
	if err := syscall.Mount("", small, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	if newMark("it").canBeSet(small) {
		t.Error("a read-only cache has got a mark")
	}
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
