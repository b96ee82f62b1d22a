package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// keptIn is the cache of a sandbox's binary, in a directory of the test's own.
func keptIn(t *testing.T, directory string) *keptBinaries {
	t.Helper()
	box := &sandbox{root: realDirectory(t)}
	makeDirectory(t, box.path("cache"))
	makeDirectory(t, box.path("output"))
	link(t, directory, box.path(keptDirectory))
	kept := openKept(box, "0123456789abcdef")
	if kept == nil {
		t.Fatal("the cache cannot be used")
	}
	return kept
}

func TestABinaryThatIsKeptIsLaidOutInTheNextSandbox(t *testing.T) {
	directory := filepath.Join(realDirectory(t), "it's & \"that\"")
	first := keptIn(t, directory)
	output := filepath.Join(filepath.Dir(first.last), "output", "it")
	write(t, output, "binary")
	first.keep(output)
	if names := first.all(); len(names) != 1 || !strings.HasSuffix(names[0], "-6") {
		t.Fatal(names)
	}

	next := keptIn(t, directory)
	output = filepath.Join(filepath.Dir(next.last), "output", "it")
	next.layOut(output)
	if read(t, output) != "binary" || !next.isLaidOut(output) || !next.isWhole(output) {
		t.Error("the binary is not there")
	}
	write(t, output+".new", "another")
	if err := os.Rename(output+".new", output); err != nil {
		t.Fatal(err)
	}
	if next.isLaidOut(output) {
		t.Error("Go has put another one there")
	}
	next.keep(output)
	if names := next.all(); len(names) != 1 || read(t, names[0]) != "another" {
		t.Error(names)
	}
}

func TestADamagedBinaryIsNotWhole(t *testing.T) {
	directory := realDirectory(t)
	kept := keptIn(t, directory)
	output := filepath.Join(filepath.Dir(kept.last), "output", "it")
	write(t, output, "binary")
	kept.keep(output)
	write(t, kept.all()[0], "bInary")
	next := keptIn(t, directory)
	output = filepath.Join(filepath.Dir(next.last), "output", "it")
	next.layOut(output)
	if !next.isLaidOut(output) || next.isWhole(output) {
		t.Error("it has another checksum")
	}
}

func TestACacheThatGoesAwayOrIsReadOnlyIsDoneWithout(t *testing.T) {
	directory := filepath.Join(realDirectory(t), "cache")
	kept := keptIn(t, directory)
	output := filepath.Join(filepath.Dir(kept.last), "output", "it")
	write(t, output, "binary")
	if err := os.Remove(directory); err != nil {
		t.Fatal(err)
	}
	kept.layOut(output)
	kept.keep(output)
	if !kept.isWhole(output) {
		t.Error("a directory that is gone is made again")
	}
	if err := os.RemoveAll(directory); err != nil {
		t.Fatal(err)
	}
	// Nobody can write below a file, not even root.
	write(t, directory, "")
	kept.layOut(output)
	kept.keep(output)
	if kept.all() != nil || kept.isWhole(output) || read(t, output) != "binary" {
		t.Error("there is no cache")
	}
	box := &sandbox{root: realDirectory(t)}
	if openKept(box, "x") != nil {
		t.Error("no named cache is linked there")
	}
}

func TestWhatNobodyBuildsGoes(t *testing.T) {
	directory := realDirectory(t)
	kept := keptIn(t, directory)
	for name, days := range map[string]int{"old-1-2": 7, "young-1-2": 3} {
		path := filepath.Join(directory, name)
		write(t, path, "")
		then := time.Now().AddDate(0, 0, -days)
		if err := os.Chtimes(path, then, then); err != nil {
			t.Fatal(err)
		}
	}
	output := filepath.Join(filepath.Dir(kept.last), "output", "it")
	write(t, output, "binary")
	kept.keep(output)
	entries, err := os.ReadDir(directory)
	if err != nil || len(entries) != 2 || entries[1].Name() != "young-1-2" {
		t.Error(entries, err)
	}
}
