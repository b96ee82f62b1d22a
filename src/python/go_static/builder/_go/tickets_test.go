package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// ticketsIn is where the tickets of a build cache are.
func ticketsIn(cache string) string {
	return filepath.Join(cache, "compiling", runtime.GOOS+"-"+runtime.GOARCH)
}

func take(t *testing.T, cache, name string, packages ...string) *os.File {
	t.Helper()
	t.Setenv("GOOS", runtime.GOOS)
	t.Setenv("GOARCH", runtime.GOARCH)
	return takeTicket(cache, name, packages)
}

// holder is another process with a ticket: it can be stopped and killed.
func holder(t *testing.T, path string) *exec.Cmd {
	t.Helper()
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		t.Fatal(err)
	}
	process := exec.Command("sleep", "1000")
	process.ExtraFiles = []*os.File{file}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	file.Close()
	t.Cleanup(func() {
		process.Process.Kill()
		process.Wait()
	})
	return process
}

func age(t *testing.T, path string) {
	t.Helper()
	then := time.Now().Add(-stalledAfter - time.Minute)
	if err := os.Chtimes(path, then, then); err != nil {
		t.Fatal(err)
	}
}

// tool is one that Go starts in a build with a ticket.
type tool struct {
	*exec.Cmd
	ended chan error
	out   bytes.Buffer
	// said is what it wrote to the standard error of its build, once it has ended.
	said chan string
}

// asToolexec starts `echo` as a tool.
func asToolexec(t *testing.T, ticket *os.File, importPath string, arguments ...string) *tool {
	t.Helper()
	echo, err := exec.LookPath("echo")
	if err != nil {
		t.Fatal(err)
	}
	return toolThatGoStarts(t, ticket, importPath, append([]string{echo}, arguments...)...)
}

func toolThatGoStarts(t *testing.T, ticket *os.File, importPath string, argv ...string) *tool {
	t.Helper()
	said, written, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	started := &tool{
		Cmd:   exec.Command(testProgram(t), append([]string{toolexecCommand}, argv...)...),
		ended: make(chan error, 1),
		said:  make(chan string, 1),
	}
	started.Env = []string{
		asBuilder + "=1", ticketVariable + "=" + ticket.Name(),
		"TOOLEXEC_IMPORTPATH=" + importPath, "TMPDIR=" + realDirectory(t),
	}
	started.ExtraFiles = []*os.File{ticket, written}
	started.Stdout = &started.out
	if err := started.Start(); err != nil {
		t.Fatal(err)
	}
	written.Close()
	go func() {
		var notes bytes.Buffer
		notes.ReadFrom(said)
		started.said <- notes.String()
	}()
	go func() { started.ended <- started.Wait() }()
	t.Cleanup(func() { started.Process.Kill() })
	return started
}

// within is whether a tool ends in a time.
func (started *tool) within(t *testing.T, limit time.Duration) bool {
	t.Helper()
	select {
	case err := <-started.ended:
		if err != nil {
			t.Error(err)
		}
		return true
	case <-time.After(limit):
		return false
	}
}

func TestTwoBuildsThatWantTheSamePackage(t *testing.T) {
	cache := filepath.Join(realDirectory(t), "it's a & \"cache\"")
	first := take(t, cache, "a:first", "example.com/m/Shared", "example.com/m/own")
	second := take(t, cache, "b:second", "example.com/m/Shared")
	third := take(t, cache, "c:third", "example.com/m/other")
	for number, ticket := range []*os.File{first, second, third} {
		if ticket == nil || ticket.Name() != filepath.Join(ticketsIn(cache), strconv.Itoa(number+1)) {
			t.Fatal(number, ticket)
		}
	}
	if content := read(t, second.Name()); content != "# b:second\nexample.com/m/Shared\n" {
		t.Error(content)
	}

	// Another one does not have it; neither is the first waited for that has only part of the name.
	for _, free := range []struct{ ticket, compiled string }{
		{"third", "example.com/m/other"}, {"second", "example.com/m"}, {"third", "example.com/m/shared"},
	} {
		ticket := map[string]*os.File{"second": second, "third": third}[free.ticket]
		tool := asToolexec(t, ticket, free.compiled, "x")
		if !tool.within(t, 5*time.Second) || tool.out.String() != "x\n" {
			t.Errorf("%v: %q", free, &tool.out)
		}
	}

	waiting := asToolexec(t, second, "example.com/m/Shared", "-o", "it")
	if waiting.within(t, time.Second) {
		t.Fatalf("it did not wait: %q", &waiting.out)
	}
	// The first goes on to link, which unlocks its ticket.
	link := asLinker(t, first)
	if err := link.Run(); err != nil {
		t.Fatal(err)
	}
	if !waiting.within(t, 5*time.Second) || waiting.out.String() != "-o it\n" {
		t.Errorf("%q", &waiting.out)
	}
}

// asLinker starts a tool of the name `link`.
func asLinker(t *testing.T, ticket *os.File) *exec.Cmd {
	t.Helper()
	echo, err := exec.LookPath("echo")
	if err != nil {
		t.Fatal(err)
	}
	tool := filepath.Join(realDirectory(t), "link")
	link(t, echo, tool)
	process := exec.Command(testProgram(t), toolexecCommand, tool, "done")
	process.Env = []string{asBuilder + "=1", ticketVariable + "=" + ticket.Name()}
	process.ExtraFiles = []*os.File{ticket, os.Stderr}
	return process
}

func TestTheStandardLibraryIsOnePackageAndAVersionNeedsNoWait(t *testing.T) {
	cache := realDirectory(t)
	take(t, cache, "a:first", "std")
	second := take(t, cache, "b:second", "std")
	if !asToolexec(t, second, "fmt", "-V=full").within(t, 5*time.Second) {
		t.Error("a version was waited for")
	}
	if asToolexec(t, second, "fmt", "-std").within(t, time.Second) {
		t.Error("the standard library was not waited for")
	}
}

func TestABuildThatIsKilledIsInNobodysWay(t *testing.T) {
	cache := realDirectory(t)
	makeDirectory(t, ticketsIn(cache))
	killed := holder(t, filepath.Join(ticketsIn(cache), "7"))
	write(t, filepath.Join(ticketsIn(cache), "3"), "std\n")
	if ticket := take(t, cache, "a:it", "std"); filepath.Base(ticket.Name()) != "8" {
		t.Error(ticket.Name())
	}
	killed.Process.Kill()
	killed.Wait()
	after := take(t, cache, "b:it", "std")
	if entries := tickets(ticketsIn(cache)); fmt.Sprint(entries) != "[8 9]" || after == nil {
		t.Error(entries)
	}
}

func TestALockHolderThatIsStopped(t *testing.T) {
	cache := realDirectory(t)
	makeDirectory(t, ticketsIn(cache))
	path := filepath.Join(ticketsIn(cache), "1")
	write(t, path, nameLine+"a:stopped\nstd\n")
	stopped := holder(t, path)
	stopped.Process.Signal(syscall.SIGSTOP)
	own := take(t, cache, "b:it", "std")
	if asToolexec(t, own, "fmt", "-std").within(t, time.Second) {
		t.Error("it may be compiling")
	}
	age(t, path)
	tool := asToolexec(t, own, "fmt", "-std")
	if !tool.within(t, 5*time.Second) {
		t.Fatal("it is waited for")
	}
	want := "Not waiting for the build of a:stopped, which compiles the same packages: it has been " +
		"idle for 5 minutes. It keeps " + path + " open.\n"
	if said := <-tool.said; said != want {
		t.Errorf("%q", said)
	}
}

func TestATicketThatIsOldAndHeldByNobodyIsNotSpokenOf(t *testing.T) {
	cache := realDirectory(t)
	left := filepath.Join(ticketsIn(cache), "1")
	write(t, left, nameLine+"b:killed\nstd\n")
	age(t, left)
	t.Setenv("TMPDIR", realDirectory(t))
	for range [3]int{} {
		(&wait{left, "the build of b:killed"}).until()
	}
	if names := filesBelow(t, os.Getenv("TMPDIR")); len(names) != 0 {
		t.Error(names)
	}
}

func TestAWaitSaysWhatItIsForAndHasALimit(t *testing.T) {
	cache := realDirectory(t)
	take(t, cache, "a:first", "std")
	t.Setenv("TMPDIR", realDirectory(t))
	w := &wait{filepath.Join(ticketsIn(cache), "1"), "the build of a:first"}
	for waited, want := range map[time.Duration]string{
		29 * time.Second:         "",
		31 * time.Second:         "Waiting for the build of a:first, which compiles the same packages: 30 s.",
		waitAtMost + time.Second: "Not waiting any longer for the build of a:first, which compiles the same packages, after 30 minutes.",
	} {
		next := sayAfter
		said, goOn := w.after(waited, &next)
		if said != want || goOn != (waited < waitAtMost) {
			t.Errorf("%v: %q, %v", waited, said, goOn)
		}
	}
	next := sayAfter
	var said []string
	for waited := time.Duration(0); waited < 5*time.Minute; waited += signOfLife {
		if text, _ := w.after(waited, &next); text != "" {
			said = append(said, text[strings.LastIndex(text, ":"):])
		}
	}
	if fmt.Sprint(said) != "[: 30 s. : 60 s. : 120 s. : 240 s.]" {
		t.Error(said)
	}
}

func TestTheDirectoryOfTicketsIsRemovedWhileABuildRuns(t *testing.T) {
	cache := realDirectory(t)
	take(t, cache, "a:first", "std")
	second := take(t, cache, "b:second", "std")
	if err := os.RemoveAll(filepath.Join(cache, "compiling")); err != nil {
		t.Fatal(err)
	}
	tool := asToolexec(t, second, "fmt", "-std")
	if !tool.within(t, 5*time.Second) || tool.out.String() != "-std\n" {
		t.Errorf("%q", &tool.out)
	}
}

func TestACacheThatCannotBeWrittenGivesNoTicket(t *testing.T) {
	directory := realDirectory(t)
	write(t, filepath.Join(directory, "file"), "")
	if ticket := take(t, filepath.Join(directory, "file"), "a:it", "std"); ticket != nil {
		t.Error(ticket.Name())
	}
}
