package main

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// oneEntry is the path of an entry, and its action.
func oneEntry(t *testing.T) (path, action string) {
	t.Helper()
	entries := compiled(t, ofGo(t, "GOCACHE"))
	names := filesBelow(t, entries)
	path = filepath.Join(entries, names[0])
	action, _ = idsOf(names[0])
	return path, action
}

func TestANameBeginsWithTheKeyOfThePackage(t *testing.T) {
	// test_as_inputs.py has it, too.
	const key = "4f133a07d8c82227f4dd19f18920cd7a"
	names := strings.Join(filesBelow(t, compiled(t, ofGo(t, "GOCACHE"))), " ")
	if packageKey("example.com/m/lib") != key || strings.Count(names, key+"-") != 1 {
		t.Error(names)
	}
}

func withFlippedBit(content string, at int) string {
	changed := []byte(content)
	changed[at] ^= 4
	return string(changed)
}

func TestADamagedEntryIsLeftOut(t *testing.T) {
	path, action := oneEntry(t)
	whole := read(t, path)
	changed := func(at int) string { return withFlippedBit(whole, at) }
	half := len(whole) / 2
	for what, content := range map[string]string{
		"empty": "", "truncated": whole[:half], "without its end": whole[:len(whole)-8], "other": "other",
		"first byte": changed(0), "quarter": changed(half / 2), "middle": changed(half),
		"three quarters": changed(half + half/2), "end": changed(len(whole) - 8),
	} {
		directory, cache := t.TempDir(), t.TempDir()
		write(t, filepath.Join(directory, filepath.Base(path)), content)
		if err := unpackEntries(directory, cache); err != nil {
			t.Error(what, err)
		}
		if left := filesBelow(t, cache); len(left) != 0 {
			t.Error(what, left)
		}
	}
	for _, name := range []string{
		"it", action, "k-" + action + "-" + action, "../k-" + action + "-" + action[1:], strings.Repeat("g", 129),
	} {
		directory, cache := t.TempDir(), t.TempDir()
		write(t, filepath.Join(directory, "below", name), whole)
		if err := unpackEntries(directory, cache); err != nil || len(filesBelow(t, cache)) != 0 {
			t.Error(name, err)
		}
	}
}

func TestADamagedArchiveIsNotGivenToOthers(t *testing.T) {
	cache := filled(t)
	archives, err := filepath.Glob(filepath.Join(cache, "*", "*-d"))
	if err != nil {
		t.Fatal(err)
	}
	for _, archive := range archives {
		content := read(t, archive)
		if len(content) > 5000 {
			write(t, archive, withFlippedBit(content, len(content)-1))
		}
	}
	box := layOut(t, "box", program("hello", ""))
	link(t, cache, filepath.Join(box.root, "cache", "build"))
	if _, stderr, code := box.run("compile", compiling); code != exitFailed || !strings.Contains(stderr, "-d: its content") {
		t.Errorf("%d, %q", code, stderr)
	}
}

func TestACachedEntryIsLeftAndADamagedOneReplaced(t *testing.T) {
	path, action := oneEntry(t)
	cache := t.TempDir()
	unpacked := func() os.FileInfo {
		if err := unpackEntries(filepath.Dir(path), cache); err != nil {
			t.Fatal(err)
		}
		state, err := os.Stat(cachePath(cache, action, "a"))
		if err != nil {
			t.Fatal(err)
		}
		return state
	}
	first := unpacked()
	if !os.SameFile(first, unpacked()) {
		t.Error("an entry was replaced")
	}
	_, output := idsOf(filepath.Base(path))
	whole := read(t, cachePath(cache, output, "d"))
	for _, damaged := range []string{cachePath(cache, output, "d"), cachePath(cache, action, "a")} {
		write(t, damaged, "v1")
		unpacked()
		if read(t, cachePath(cache, output, "d")) != whole || !isCached(cache, action, output) {
			t.Errorf("%s was not replaced", damaged)
		}
	}
}

func TestTwoUnpackTheSameAtOnce(t *testing.T) {
	path, _ := oneEntry(t)
	cache := t.TempDir()
	var both sync.WaitGroup
	for i := 0; i < 2; i++ {
		both.Add(1)
		go func() {
			defer both.Done()
			if err := unpackEntries(filepath.Dir(path), cache); err != nil {
				t.Error(err)
			}
		}()
	}
	both.Wait()
	for _, name := range filesBelow(t, filepath.Dir(path)) {
		action, output := idsOf(name)
		if !isCached(cache, action, output) {
			t.Error(name)
		}
	}
	if files := len(filesBelow(t, cache)); files != 2*len(filesBelow(t, filepath.Dir(path))) {
		t.Error(files)
	}
}
