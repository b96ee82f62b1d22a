package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestSettingsOnDiskAreReadOnce(t *testing.T) {
	directory := t.TempDir()
	writeFiles(t, directory, map[string]string{
		"settings": "TEST_A=it's `x` $(y)\nB=\x00TEST_B==\x00\x00TEST_C=\xff\x00", "other": "",
	})
	for _, name := range []string{"TEST_A", "TEST_B", "TEST_C"} {
		t.Setenv(name, "")
	}
	if err := readSettings(filepath.Join(directory, "settings")); err != nil {
		t.Fatal(err)
	}
	got := []string{os.Getenv("TEST_A"), os.Getenv("TEST_B"), os.Getenv("TEST_C")}
	expect(t, got, []string{"it's `x` $(y)\nB=", "=", "\xff"})
	expect(t, filesBelow(t, directory), []string{"other"})
}

func TestSettingsThatAreNotThereAreNone(t *testing.T) {
	directory := t.TempDir()
	writeFiles(t, directory, map[string]string{"other": "TEST_A=1\x00"})
	t.Setenv("TEST_A", "")
	other, err := os.Open(filepath.Join(directory, "other"))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	for _, path := range []string{
		filepath.Join(directory, "gone"), "/proc/0/fd/1", fmt.Sprintf("/proc/self/fd/%d", other.Fd()),
	} {
		if err := readSettings(path); err != nil {
			t.Error(path, err)
		}
	}
	expect(t, os.Getenv("TEST_A"), "")
	expect(t, filesBelow(t, directory), []string{"other"})
}
