package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

// asBuilder makes the test program the builder: it is started again with this variable, by the tests
// and, as -toolexec, by Go.
const asBuilder = "TEST_PROGRAM_IS_THE_BUILDER"

func TestMain(m *testing.M) {
	if os.Getenv(asBuilder) != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// laidOut is a sandbox as Pants lays it out.
type laidOut struct {
	t    *testing.T
	root string
	// environment is beside what every run of the builder gets.
	environment []string
}

// layOut makes a sandbox with files in its tree, below a directory of the given name.
func layOut(t *testing.T, name string, files map[string]string) *laidOut {
	t.Helper()
	box := &laidOut{t: t, root: filepath.Join(realDirectory(t), name)}
	for _, directory := range []string{"tree", "output", "tmp", "cache", "downloads"} {
		makeDirectory(t, filepath.Join(box.root, directory))
	}
	link(t, ofGo(t, "GOROOT"), filepath.Join(box.root, "sdk"))
	for path, content := range files {
		write(t, filepath.Join(box.root, "tree", path), content)
	}
	return box
}

// builder is the builder in the sandbox, not yet started.
func (box *laidOut) builder(command, document string, more ...string) *exec.Cmd {
	box.t.Helper()
	write(box.t, filepath.Join(box.root, "arguments.json"), document)
	started := exec.Command(testProgram(box.t), append([]string{command, "arguments.json"}, more...)...)
	started.Dir = box.root
	started.Env = append([]string{
		asBuilder + "=1", "CGO_ENABLED=0", "GOENV=off", "GOFLAGS=-modcacherw", "GOSUMDB=off",
		"GOTOOLCHAIN=local", "GOWORK=off", "GOOS=" + runtime.GOOS, "GOARCH=" + runtime.GOARCH,
	}, box.environment...)
	return started
}

// run returns what the builder prints, and its exit code.
func (box *laidOut) run(command, document string, more ...string) (stdout, stderr string, code int) {
	box.t.Helper()
	started := box.builder(command, document, more...)
	var out, err bytes.Buffer
	started.Stdout, started.Stderr = &out, &err
	if failed := started.Run(); failed != nil {
		if _, exited := failed.(*exec.ExitError); !exited {
			box.t.Fatal(failed)
		}
	}
	return out.String(), err.String(), started.ProcessState.ExitCode()
}

// ofGo is a setting of the Go that runs the tests. Its GOCACHE has the standard library already.
func ofGo(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func testProgram(t *testing.T) string {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return program
}

func realDirectory(t *testing.T) string {
	t.Helper()
	directory, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return directory
}

func makeDirectory(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(path, 0o777); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	makeDirectory(t, filepath.Dir(path))
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	encoded, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

// The documents of testdata/ are those that builder/arguments.py writes: its tests compare them too.
func TestEachCommandReadsItsDocumentAndHasAFieldForAllOfIt(t *testing.T) {
	for name, arguments := range map[string]any{
		"build":      &buildArguments{},
		"build_test": &buildTestArguments{},
		"cgo":        &cgoArguments{},
		"compile":    &compileArguments{},
		"cover":      &coverArguments{},
		"download":   &downloadArguments{},
		"format":     &formatArguments{},
		"generate":   &generateArguments{},
		"list":       &listArguments{},
		"test":       &testArguments{},
		"unpack":     &unpackArguments{},
		"vet":        &vetArguments{},
	} {
		document := []byte(read(t, filepath.Join("testdata", name+".json")))
		if err := decode(document, arguments); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var written, again any
		if err := json.Unmarshal(document, &written); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(asJSON(t, arguments)), &again); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(written, again) {
			t.Errorf("%s: the document has %v, and the command reads %v", name, written, again)
		}
	}
}

func TestADocumentWithAFieldTooManyIsRefused(t *testing.T) {
	box := layOut(t, "box", nil)
	for document, why := range map[string]string{
		`{"directory": "", "arguments": [], "more": 1}`: `unknown field \"more\"`,
		`{"directory": "", "arguments": []} {}`:         `followed by something else`,
		`{`:                                             `unexpected EOF`,
	} {
		stdout, stderr, code := box.run("list", document)
		if code != exitFailed || stdout != "" || !strings.HasPrefix(stderr, `{"error":"the arguments`) ||
			!strings.Contains(stderr, why) {
			t.Errorf("%s: %d, %q, %q", document, code, stdout, stderr)
		}
	}
}

func TestWhatTheBuilderCannotDoIsSaidAsJSON(t *testing.T) {
	box := layOut(t, "box", nil)
	_, stderr, code := box.run("dance", `{}`)
	if want := `{"error":"there is no command \"dance\""}` + "\n"; code != exitFailed || stderr != want {
		t.Errorf("%d, %s", code, stderr)
	}
	if err := os.Remove(filepath.Join(box.root, "sdk")); err != nil {
		t.Fatal(err)
	}
	_, stderr, code = box.run("list", `{"directory": "", "arguments": ["./..."]}`)
	if code != exitFailed || !strings.Contains(stderr, "sdk/bin/go: no such file or directory") {
		t.Errorf("%d, %s", code, stderr)
	}
}
