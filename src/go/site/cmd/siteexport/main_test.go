package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"example.com/site/internal/render"
)

func TestExportWritesEveryFile(t *testing.T) {
	site, err := render.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	directory := filepath.Join(t.TempDir(), "public")
	if err := export(site, directory); err != nil {
		t.Fatal(err)
	}
	for _, name := range site.Names() {
		got, err := os.ReadFile(filepath.Join(directory, filepath.FromSlash(name)))
		want, _ := site.File(name)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %v, or its content differs", name, err)
		}
	}
}
