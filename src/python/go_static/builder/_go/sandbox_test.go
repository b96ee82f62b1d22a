package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// enter prepares a sandbox in this process, whose directory and variables it puts back.
func enter(t *testing.T, root string) *sandbox {
	t.Helper()
	before, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chdir(root); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := os.Chdir(before); err != nil {
			t.Fatal(err)
		}
	}()
	for _, name := range []string{"GOROOT", "GOCACHE", "GOMODCACHE", "GOPATH", "TMPDIR", "GODEBUG"} {
		t.Setenv(name, "")
	}
	box, err := enterSandbox()
	if err != nil {
		t.Fatal(err)
	}
	return box
}

func TestPathsAreWorkedOutInTheSandbox(t *testing.T) {
	laid := layOut(t, "it's", nil)
	t.Setenv("GOWORK", "tree/a b/go.work")
	kept := filepath.Join(realDirectory(t), "kept")
	// Somebody deleted what it leads to.
	link(t, kept, filepath.Join(laid.root, "cache", "build"))
	box := enter(t, laid.root)
	sdk, err := filepath.EvalSymlinks(filepath.Join(laid.root, "sdk"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"GOROOT":     sdk,
		"GOCACHE":    kept,
		"GOMODCACHE": filepath.Join(laid.root, "cache", "mod"),
		"GOPATH":     filepath.Join(laid.root, "tmp", "gopath"),
		"TMPDIR":     filepath.Join(laid.root, "tmp"),
		"GOWORK":     filepath.Join(laid.root, "tree", "a b", "go.work"),
		"GODEBUG":    "",
	} {
		if got := os.Getenv(name); got != want {
			t.Errorf("%s is %q, not %q", name, got, want)
		}
	}
	if box.buildCache != kept || box.goRoot != sdk {
		t.Errorf("%+v", box)
	}
}

func TestADirectoryAsAnAddress(t *testing.T) {
	for path, want := range map[string]string{
		"/tmp/pants-sandbox-a1/downloads": "file:///tmp/pants-sandbox-a1/downloads",
		"/a b/100%/c,d|e#f?g":             "file:///a%20b/100%25/c%2Cd%7Ce%23f%3Fg",
		"/\n\u00e9":                       "file:///%0A%C3%A9",
	} {
		if got := fileURL(path); got != want {
			t.Errorf("%q: %s", path, got)
		}
	}
}

// What one file imports, all wait for: each package of the standard library that this program alone
// needs is compiled before anything else can start. Those for crypto/sha256 take half a second, so that no
// machine gives a damaged package to others.
func TestTheBuilderImportsFewPackages(t *testing.T) {
	allowed := "bufio bytes compress/flate crypto/sha256 encoding/base64 encoding/hex encoding/json errors fmt hash/crc32 io io/fs os os/exec os/signal path path/filepath " +
		"runtime sort strconv strings sync syscall time"
	sources, err := filepath.Glob("*.go")
	if err != nil || len(sources) < 3 {
		t.Fatal(sources, err)
	}
	for _, source := range sources {
		if strings.HasSuffix(source, "_test.go") {
			continue
		}
		head, _, _ := strings.Cut(read(t, source), "\n)\n")
		for _, line := range strings.Split(head, "\n") {
			imported := strings.Trim(strings.TrimPrefix(strings.TrimSpace(line), "import "), `"`)
			if !strings.HasPrefix(strings.TrimSpace(line), `"`) && !strings.HasPrefix(line, `import "`) {
				continue
			}
			if !strings.Contains(" "+allowed+" ", " "+imported+" ") {
				t.Errorf("%s imports %s (with %s)", source, imported, runtime.Version())
			}
		}
	}
}
