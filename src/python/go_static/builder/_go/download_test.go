package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A path with most of what a shell or an encoder of JSON would trip over.
const oddName = "it's a \\ \"tree\" & *<ü>\n$(x)"

// Go takes fewer characters in a directory of a workspace.
const oddDirectory = "it's m & n, $(x)"

// publish puts a version of a module into a directory that serves as a `file:` proxy.
func publish(t *testing.T, proxy, module, version, goMod string) {
	t.Helper()
	var archive bytes.Buffer
	writer := zip.NewWriter(&archive)
	for name, content := range map[string]string{"go.mod": goMod, "x.go": "package x\n"} {
		file, err := writer.Create(module + "@" + version + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		file.Write([]byte(content))
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	file := escapeCapitals(module) + "/@v/" + escapeCapitals(version)
	writeFiles(t, proxy, map[string]string{
		file + ".info": `{"Version":"` + version + `"}`,
		file + ".mod":  goMod,
		file + ".zip":  archive.String(),
	})
}

// newProxy is the address of a proxy that has example.com/Used/v2, which needs example.com/old.
func newProxy(t *testing.T) string {
	t.Helper()
	proxy := t.TempDir()
	publish(t, proxy, "example.com/old", "v1.0.0-Beta", "module example.com/old\n\ngo 1.16\n")
	publish(t, proxy, "example.com/old", "v1.1.0", "module example.com/old\n\ngo 1.16\n")
	publish(t, proxy, "example.com/Used/v2", "v2.0.0",
		"module example.com/Used/v2\n\ngo 1.16\n\nrequire example.com/old v1.0.0-Beta\n")
	return "file://" + proxy
}

// tidied are files of a module that requires example.com/Used/v2, with a go.sum.
func tidied(t *testing.T, proxy string) map[string]string {
	t.Helper()
	files := map[string]string{
		"go.mod": "module example.com/m\n\ngo 1.16\n\nrequire example.com/Used/v2 v2.0.0\n",
		"m.go":   "package m\n\nimport _ \"example.com/Used/v2\"\n",
	}
	box := newSandbox(t, files)
	t.Setenv("GOPROXY", proxy)
	if err := box.goCommand("", "mod", "tidy").Run(); err != nil {
		t.Fatal(err)
	}
	sum, err := os.ReadFile(box.path("tree", "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	files["go.sum"] = string(sum)
	return files
}

func below(directory string, files map[string]string) map[string]string {
	moved := map[string]string{}
	for name, content := range files {
		moved[filepath.Join(directory, name)] = content
	}
	return moved
}

func TestDownloadCollectsWhatGoNames(t *testing.T) {
	used := []string{
		"example.com/!used/v2/@v/v2.0.0.info",
		"example.com/!used/v2/@v/v2.0.0.mod",
		"example.com/!used/v2/@v/v2.0.0.zip",
	}
	more := []string{"example.com/old/@v/v1.0.0-!beta.mod"}
	for _, test := range []struct {
		scope, module string
		want          []string
	}{
		{scopeModules, "example.com/Used/v2", used},
		{scopeGraph, "example.com/Used/v2", append(used, more...)},
		{scopeWorkspace, "example.com/Used/v2@v2.0.0", append(used, more...)},
		{scopeWorkspace, "example.com/Used/v2@v2.9.9", []string{}},
	} {
		t.Run(test.scope+" "+test.module, func(t *testing.T) {
			proxy := newProxy(t)
			files := below(oddDirectory, tidied(t, proxy))
			files["go.work"] = "go 1.21\n\nuse \"./" + oddDirectory + "\"\n"
			box := newSandbox(t, files)
			t.Setenv("GOWORK", "off")
			if test.scope == scopeWorkspace {
				t.Setenv("GOWORK", box.path(treeDirectory, "go.work"))
			}
			// Others have filled the cache, too.
			publish(t, box.downloadCache(), "example.com/other", "v1.0.0", "module example.com/other\n")
			arguments := downloadArguments{oddDirectory, test.scope, []string{test.module}}
			// From the proxy, and then from the cache.
			for _, source := range []string{proxy, "off"} {
				t.Setenv("GOPROXY", source)
				failed, err := box.download(arguments, time.Minute)
				if err != nil {
					t.Fatal(err, failed)
				}
				expect(t, filesBelow(t, box.path(outputDirectory, "downloads")), test.want)
			}
		})
	}
}

func TestReplacedModulesAreSelectedByWhatReplacesThem(t *testing.T) {
	listed, err := decodeModules([]byte(`
{"Path": "example.com/main", "Main": true}
{"Path": "example.com/a", "Version": "v1.0.0"}
{"Path": "example.com/b", "Version": "v1.0.0", "Replace": {"Path": "../b"}}
{"Path": "example.com/c", "Version": "v1.0.0", "Replace": {"Path": "example.com/C", "Version": "v1.1.0"}}
{"Path": "example.com/d", "Error": {"Err": "unknown"}}
`))
	if err != nil {
		t.Fatal(err)
	}
	expect(t, selected(listed, nil), []string{"example.com/a@v1.0.0", "example.com/c@v1.0.0"})
	expect(t, selected(listed, []string{"example.com/C@v1.1.0"}), []string{"example.com/c@v1.0.0"})
	expect(t, selected(listed, []string{"example.com/c@v1.0.0"}), []string{})
}

func TestAModuleThatIsNotThereIsNamed(t *testing.T) {
	box := newSandbox(t, tidied(t, newProxy(t)))
	t.Setenv("GOPROXY", "off")
	arguments := downloadArguments{"", scopeModules, []string{"example.com/Used/v2"}}
	failed, err := box.download(arguments, time.Minute)
	var exited *exec.ExitError
	if !errors.As(err, &exited) || len(failed) != 1 || failed[0].Module != "example.com/Used/v2@v2.0.0" ||
		!strings.Contains(failed[0].Error, "GOPROXY=off") {
		t.Errorf("%v: %+v", err, failed)
	}
}

func TestWhatGoPrintedBeforeItFailedIsRead(t *testing.T) {
	modules, err := decodeModules([]byte(
		"{\"Path\": \"a\", \"Error\": \"no\"}\n{\"Path\": \"b\", \"Version\": \"v1\", \"Error\": \"\\\"x\\\": &\"}\n{\"Pa"))
	if err == nil {
		t.Error("no error")
	}
	expect(t, failures(modules), []failedModule{{"a", "no"}, {"b@v1", "\"x\": &"}})
}

func TestEscapedCapitals(t *testing.T) {
	escaped := escapeCapitals("example.com/ABc/v2@v1.0.0-RC1")
	expect(t, escaped, "example.com/!a!bc/v2@v1.0.0-!r!c1")
	expect(t, unescapeCapitals(escaped), "example.com/ABc/v2@v1.0.0-RC1")
}

func TestAStoppedDownloadOfOthersIsWaitedForWithALimit(t *testing.T) {
	proxy := newProxy(t)
	box := newSandbox(t, tidied(t, proxy))
	t.Setenv("GOPROXY", proxy)
	lock := filepath.Join(box.downloadCache(), "example.com", "!used", "v2", "@v", "v2.0.0.lock")
	makeDirectory(t, filepath.Dir(lock))
	holdLock(t, lock)
	_, err := box.download(downloadArguments{"", scopeModules, []string{"example.com/Used/v2"}}, 3*time.Second)
	if err == nil || err.Error() != "go mod download of example.com/Used/v2@v2.0.0 took more than 3s" {
		t.Error(err)
	}
}

func TestADownloadThatWasEndedDoesNotStopTheNext(t *testing.T) {
	proxy := newProxy(t)
	files := tidied(t, proxy)
	for name, end := range map[string]func(builder int) error{
		"told to end":           func(builder int) error { return syscall.Kill(builder, syscall.SIGTERM) },
		"killed with its group": func(builder int) error { return syscall.Kill(-builder, syscall.SIGKILL) },
	} {
		t.Run(name, func(t *testing.T) {
			silent, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer silent.Close()
			box := layOut(t, "box", files)
			document := asJSON(t, downloadArguments{"", scopeModules, []string{"example.com/Used/v2"}})
			box.environment = []string{"GOPROXY=http://" + silent.Addr().String()}
			builder := box.builder("download", document)
			builder.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			if err := builder.Start(); err != nil {
				t.Fatal(err)
			}
			connection, err := silent.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer connection.Close()
			if err := end(builder.Process.Pid); err != nil {
				t.Fatal(err)
			}
			builder.Wait()
			connection.SetDeadline(time.Now().Add(grace))
			if _, err := io.ReadAll(connection); errors.Is(err, os.ErrDeadlineExceeded) {
				t.Error("go is still downloading")
			}
			box.environment = []string{"GOPROXY=" + proxy}
			stdout, stderr, code := box.run("download", document)
			if code != 0 || stdout != "{\"failed\":[]}\n" {
				t.Error(code, stdout, stderr)
			}
		})
	}
}

// holdLock makes another process take a lock, and stops that process with SIGSTOP.
func holdLock(t *testing.T, path string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	// The lock goes with the last process that has the file open.
	holder := exec.Command("/bin/sleep", "600")
	holder.ExtraFiles = []*os.File{file}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { holder.Process.Kill(); holder.Wait() })
	file.Close()
	holder.Process.Signal(syscall.SIGSTOP)
}

func TestCollectSaysWhenTheCacheIsGone(t *testing.T) {
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "downloads")
	writeFiles(t, from, map[string]string{"a/@v/v1.mod": "module a\n"})
	files := cachedFiles{"a/@v/v1.mod": true, "b/@v/v1.mod": false}
	if err := collect(files, from, to); err != nil {
		t.Fatal(err)
	}
	expect(t, filesBelow(t, to), []string{"a/@v/v1.mod"})
	os.RemoveAll(from)
	if err := collect(files, from, to); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestDownloadTriesAgainWhenTheCacheIsRemoved(t *testing.T) {
	proxy := newProxy(t)
	box := newSandbox(t, tidied(t, proxy))
	t.Setenv("GOPROXY", proxy)
	// A `go` after whose first success the cache is removed.
	real, removed := box.goRoot, filepath.Join(t.TempDir(), "removed")
	box.goRoot = t.TempDir()
	makeDirectory(t, filepath.Join(box.goRoot, "bin"))
	script := "#!/bin/sh\n'" + real + "/bin/go' \"$@\" || exit\n" +
		"[ -e '" + removed + "' ] || { : > '" + removed + "'; rm -rf \"$GOMODCACHE\"; }\n"
	if err := os.WriteFile(box.goProgram(), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	arguments := downloadArguments{"", scopeModules, []string{"example.com/Used/v2"}}
	if failed, err := box.download(arguments, time.Minute); err != nil {
		t.Fatal(err, failed)
	}
	expect(t, len(filesBelow(t, box.path(outputDirectory, "downloads"))), 3)
	expect(t, filesBelow(t, filepath.Dir(removed)), []string{"removed"})
}
