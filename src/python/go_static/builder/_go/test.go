package main

// How a test binary runs: in its package's directory, as `go test` runs it.

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	reportFile  = "report.xml"
	profileFile = "cover.out"
)

// How long a test binary has after its own timeout, to print the stacks of its goroutines: after
// quitAfter it is asked for them, and after killAfter it is killed.
var (
	quitAfter = 2 * time.Second
	killAfter = 5 * time.Second
)

// outputDelay is how long the output of a test may stay open after its end: a process that it started
// has it. `go test` waits as long, or a tenth of the timeout.
var outputDelay = 5 * time.Second

// testArguments ask for a run of a test binary.
type testArguments struct {
	// Directory is that of the package, and Binary the path of its test binary in the sandbox.
	Directory  string `json:"directory"`
	Binary     string `json:"binary"`
	ImportPath string `json:"import_path"`
	// Arguments are for the binary.
	Arguments []string `json:"arguments"`
	// Verbose is whether to print the output of all tests.
	Verbose bool `json:"verbose"`
	// Timeout is in seconds, or 0: that in the arguments.
	Timeout int `json:"timeout"`
	// Coverage is whether the binary writes a profile.
	Coverage bool `json:"coverage"`
	// Interactive is whether the binary has the terminal for itself. There is no report then.
	Interactive bool `json:"interactive"`
}

func test(document []byte, _ []string) error {
	var arguments testArguments
	if err := decode(document, &arguments); err != nil {
		return err
	}
	box, err := enterTest(arguments.Directory)
	if err != nil {
		return err
	}
	program := box.path(arguments.Binary)
	given := append([]string{"-test.paniconexit0"}, arguments.Arguments...)
	if arguments.Interactive {
		if arguments.Verbose {
			given = append([]string{"-test.v"}, given...)
		}
		err := syscall.Exec(program, append([]string{program}, given...), os.Environ())
		return fmt.Errorf("%s: %w", program, err)
	}
	given = append([]string{"-test.v=test2json"}, given...)
	if arguments.Coverage {
		given = append([]string{"-test.coverprofile=" + box.path(outputDirectory, profileFile)}, given...)
	}
	stream := newTestStream()
	if arguments.Verbose {
		stream.verbatim = validUTF8{os.Stdout}
	}
	started := time.Now()
	result := &testResult{importPath: arguments.ImportPath, stream: stream}
	if err := result.run(exec.Command(program, given...), arguments.limit()); err != nil {
		return err
	}
	result.seconds = time.Since(started).Seconds()
	return result.report(box, arguments.Verbose)
}

// limit is how long a test binary may run, or 0. It ends itself then, unless it hangs before or after
// its tests.
func (arguments *testArguments) limit() time.Duration {
	limit := time.Duration(arguments.Timeout) * time.Second
	for _, argument := range arguments.Arguments {
		if value, found := strings.CutPrefix(argument, "-test.timeout="); found && arguments.Timeout == 0 {
			limit, _ = time.ParseDuration(value)
		}
	}
	return limit
}

// enterTest goes to the directory of a package. It needs no Go.
func enterTest(directory string) (*sandbox, error) {
	root, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	if root, err = filepath.EvalSymlinks(root); err != nil {
		return nil, err
	}
	box := &sandbox{root: root}
	place := box.inTree(directory)
	temporary := box.path(temporaryDirectory)
	for _, needed := range []string{place, temporary, box.path(outputDirectory)} {
		if err := os.MkdirAll(needed, 0o777); err != nil {
			return nil, err
		}
	}
	if err := os.Chdir(place); err != nil {
		return nil, err
	}
	for name, value := range map[string]string{"HOME": temporary, "TMPDIR": temporary} {
		if _, given := os.LookupEnv(name); given {
			continue
		}
		if err := os.Setenv(name, value); err != nil {
			return nil, err
		}
	}
	return box, os.Setenv("PWD", place)
}

// run starts a test binary, and ends it and all that it started when its time is over.
func (result *testResult) run(command *exec.Cmd, timeout time.Duration) error {
	output, writing, err := os.Pipe()
	if err != nil {
		return err
	}
	defer output.Close()
	command.Stdout, command.Stderr = writing, writing
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	adopt()
	err = command.Start()
	writing.Close()
	if err != nil {
		return err
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		buffer := make([]byte, 64*1024)
		for {
			n, err := output.Read(buffer)
			result.stream.Write(buffer[:n])
			if err != nil {
				return
			}
		}
	}()
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	kill := func(how syscall.Signal) { syscall.Kill(-command.Process.Pid, how) }
	var quit, over <-chan time.Time
	if timeout > 0 {
		quit, over = time.After(timeout+quitAfter), time.After(timeout+killAfter)
	}
	for wait := true; wait; {
		select {
		case err = <-ended:
			wait = false
		case received := <-signals:
			kill(syscall.SIGKILL)
			killAdopted()
			return fmt.Errorf("interrupted: %v", received)
		case <-quit:
			result.timedOut = true
			result.trouble = fmt.Sprintf("Test killed: it ran longer than %s.", timeout)
			kill(syscall.SIGQUIT)
		case <-over:
			kill(syscall.SIGKILL)
		}
	}
	var exited *exec.ExitError
	switch {
	case errors.As(err, &exited):
		result.exitCode, result.ended = exitCode(exited), exited.Error()
	case err != nil:
		return err
	}
	select {
	case <-read:
	case <-time.After(outputDelay):
		result.trouble = strings.TrimSpace(fmt.Sprintf("%s Test I/O incomplete %s after exiting: "+
			"a process that the test started still has its output open.", result.trouble, outputDelay))
		if result.exitCode == 0 {
			result.exitCode = 1
		}
	}
	kill(syscall.SIGKILL)
	killAdopted()
	select {
	case <-read:
	case <-time.After(time.Second):
		// What comes now is of no test.
		output.Close()
		<-read
	}
	result.stream.close()
	return nil
}

// report prints the result, writes JUnit's report, and returns the exit code as an error.
func (result *testResult) report(box *sandbox, verbose bool) error {
	result.settle()
	if !verbose {
		result.print(validUTF8{os.Stdout})
	}
	result.conclude(os.Stdout)
	file, err := os.Create(box.path(outputDirectory, reportFile))
	if err != nil {
		return err
	}
	result.junit(file)
	if err := file.Close(); err != nil {
		return err
	}
	if result.exitCode != 0 {
		return testFailed(result.exitCode)
	}
	return nil
}

// validUTF8 replaces what is not: Pants reads its output as text.
type validUTF8 struct{ to *os.File }

func (out validUTF8) Write(data []byte) (int, error) {
	_, err := out.to.WriteString(strings.ToValidUTF8(string(data), "\uFFFD"))
	return len(data), err
}

// testFailed is the exit code of a test binary.
type testFailed int

func (code testFailed) Error() string {
	return fmt.Sprintf("exit code %d", int(code))
}
