package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// runDirective runs a script as a directive in a module with files of several kinds.
func runDirective(t *testing.T, script string, environment map[string]string) (*sandbox, generateResult, error) {
	t.Helper()
	box := newSandbox(t, below(oddDirectory, map[string]string{
		"go.mod": goMod, "m.go": "package m\n\n//go:generate sh script.sh\n", "script.sh": script,
		"kept.txt": "kept\n", "shared.txt": "shared", "read-only.txt": "old", "tool.sh": "#!/bin/sh\n",
	}))
	tree := box.inTree(oddDirectory)
	store := filepath.Join(t.TempDir(), "shared")
	if err := os.Link(filepath.Join(tree, "shared.txt"), store); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("kept.txt", filepath.Join(tree, "link")); err != nil {
		t.Fatal(err)
	}
	makeReadOnly(t, filepath.Join(tree, "read-only.txt"))
	t.Setenv("PATH", "/nonexistent")
	t.Setenv("HOME", "/nonexistent")
	tools := []machineTool{{Identity: "1"}}
	for _, name := range []string{"sh", "cp", "chmod", "mkdir", "ln", "rm", "touch", "printenv", "mv", "mkfifo"} {
		tools = append(tools, machineTool{name, filepath.Join("/bin", name), "1"})
	}
	result, err := box.generate(generateArguments{oddDirectory, []string{"."}, tools[1:], environment})
	if content, _ := os.ReadFile(store); string(content) != "shared" {
		t.Errorf("a file outside has become %q", content)
	}
	return box, result, err
}

func makeReadOnly(t *testing.T, path string) {
	t.Helper()
	if err := os.Chmod(path, 0o555); err != nil {
		t.Fatal(err)
	}
}

func inModule(names ...string) []string {
	paths := []string{}
	for _, name := range names {
		paths = append(paths, filepath.Join(oddDirectory, name))
	}
	return paths
}

func TestWhatDirectivesWriteIsFound(t *testing.T) {
	odd := "it's \"a\" & b\n$c \\.go"
	for _, test := range []struct {
		name, script     string
		written, deleted []string
	}{
		{"nothing", ":", inModule(), inModule()},
		{"reading", "read x < kept.txt; read x < link", inModule(), inModule()},
		{"new files", "echo x > b.go; mkdir -p d/e; echo y > d/e/a.go", inModule("b.go", "d/e/a.go"), inModule()},
		{"directories and pipes", "mkdir -p d/e; mkfifo pipe", inModule(), inModule()},
		{"the same bytes", "cp kept.txt copy; cp copy kept.txt; rm copy", inModule("kept.txt"), inModule()},
		{"the same bytes and time", "cp -p kept.txt copy; mv copy kept.txt", inModule("kept.txt"), inModule()},
		{"what others have", "echo more >> shared.txt", inModule("shared.txt"), inModule()},
		{"what was read-only", "echo new > read-only.txt", inModule("read-only.txt"), inModule()},
		{"a link", "ln -s m.go new; ln -sf m.go link", inModule("link", "new"), inModule()},
		{"a link to nothing", "ln -s nowhere new", inModule("new"), inModule()},
		{"deleted files", "rm kept.txt link; echo x > b.go", inModule("b.go"), inModule("kept.txt", "link")},
		{"elsewhere", "echo x > ../outside.txt", []string{"outside.txt"}, inModule()},
		{"odd names", "echo x > '" + strings.ReplaceAll(odd, "'", `'\''`) + "'", inModule(odd), inModule()},
	} {
		t.Run(test.name, func(t *testing.T) {
			box, result, err := runDirective(t, test.script, nil)
			if err != nil {
				t.Fatal(err)
			}
			expect(t, result.Written, test.written)
			expect(t, result.Deleted, test.deleted)
			if len(test.written) > 0 {
				expect(t, filesBelow(t, box.path(outputDirectory, "files")), test.written)
			}
		})
	}
}

func TestWrittenFilesKeepTheirKindAndMode(t *testing.T) {
	box, _, err := runDirective(t, "echo x > run; chmod 755 run; ln -s run link2; echo y > quiet; chmod 444 quiet", nil)
	if err != nil {
		t.Fatal(err)
	}
	files := box.path(outputDirectory, "files", oddDirectory)
	for name, mode := range map[string]os.FileMode{"run": 0o755, "quiet": 0o444} {
		info, err := os.Lstat(filepath.Join(files, name))
		if err != nil || info.Mode() != mode {
			t.Error(name, info, err)
		}
	}
	target, err := os.Readlink(filepath.Join(files, "link2"))
	if err != nil || target != "run" {
		t.Error(target, err)
	}
}

func TestDirectivesHaveTheirVariablesAndNoOthers(t *testing.T) {
	box, result, err := runDirective(t,
		"printenv FLAGS PLAIN HOME PATH > seen; printenv GOROOT GOPROXY GOCACHE >> seen; set > all",
		map[string]string{"FLAGS": "-I{root}/a b -I{root}", "PLAIN": "it's $HOME `x`\n{chroot}"})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, result.Written, inModule("all", "seen"))
	if telemetry := filesBelow(t, box.path(temporaryDirectory, "home")); len(telemetry) != 1 {
		t.Errorf("go has left %q", telemetry)
	}
	tree := box.path(treeDirectory)
	seen, err := os.ReadFile(box.path(outputDirectory, "files", oddDirectory, "seen"))
	if err != nil {
		t.Fatal(err)
	}
	expect(t, string(seen), strings.Join([]string{
		"-I" + tree + "/a b -I" + tree,
		"it's $HOME `x`\n{chroot}",
		box.path(temporaryDirectory, "home"),
		filepath.Join(box.goRoot, "bin") + ":" + box.path(toolsDirectory) + ":" + filepath.Join(box.goRoot, "bin"),
		box.goRoot,
		fileURL(box.path(downloadsDirectory)),
		box.buildCache,
	}, "\n")+"\n")
}

func TestADirectiveThatFailsKeepsGosExitCode(t *testing.T) {
	_, _, err := runDirective(t, "exit 3", nil)
	var exited *exec.ExitError
	if !errors.As(err, &exited) || exited.ExitCode() != 1 {
		t.Error(err)
	}
}

func TestAToolThatTwoTargetsNameIsAnError(t *testing.T) {
	box := newSandbox(t, map[string]string{"go.mod": goMod})
	tools := []machineTool{{"sh", "/bin/sh", ""}, {"sh", "/usr/bin/sh", ""}}
	if _, err := box.generate(generateArguments{"", []string{"."}, tools, nil}); !errors.Is(err, os.ErrExist) {
		t.Error(err)
	}
}

func TestMadeWritableKeepsTimesAndBytes(t *testing.T) {
	tree := t.TempDir()
	writeFiles(t, tree, map[string]string{"d/a": "a"})
	makeReadOnly(t, filepath.Join(tree, "d/a"))
	before, err := os.Stat(filepath.Join(tree, "d/a"))
	if err != nil {
		t.Fatal(err)
	}
	if err := makeWritable(tree); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(filepath.Join(tree, "d/a"))
	if err != nil || after.Mode() != 0o755 || !after.ModTime().Equal(before.ModTime()) {
		t.Error(after, err)
	}
	entries, err := os.ReadDir(filepath.Join(tree, "d"))
	if err != nil || len(entries) != 1 {
		t.Error(entries, err)
	}
}

func TestTheResultIsApartFromWhatDirectivesPrint(t *testing.T) {
	box := layOut(t, "box", map[string]string{
		"go.mod": goMod, "m.go": "package m\n\n//go:generate sh -c \"echo printed; : > made.go\"\n",
	})
	arguments := generateArguments{"", []string{"."}, []machineTool{{"sh", "/bin/sh", ""}}, nil}
	stdout, stderr, code := box.run("generate", asJSON(t, arguments))
	if code != 0 || stdout != `{"written":["made.go"],"deleted":[]}`+"\n" || stderr != "printed\n" {
		t.Errorf("%d, %q, %q", code, stdout, stderr)
	}
	box = layOut(t, "other", map[string]string{"go.mod": goMod, "m.go": "package m\n\n//go:generate stringer -type=It\n"})
	stdout, stderr, code = box.run("generate", asJSON(t, arguments))
	want := "m.go:3: running \"stringer\": exec: \"stringer\": executable file not found in $PATH\n"
	if code != 1 || stdout != "" || stderr != want {
		t.Errorf("%d, %q, %q", code, stdout, stderr)
	}
}
