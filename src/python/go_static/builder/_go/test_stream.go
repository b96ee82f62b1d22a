package main

// What a test binary prints with -test.v=test2json, as tests with their results and output.
//
// A line that the package testing writes to frame the output of tests starts with marker, even after
// output that does not end in a newline (cmd/internal/test2json, and chattyPrinter in testing.go).

import (
	"bytes"
	"strings"
)

const marker = 0x16

type testState int

const (
	unfinished testState = iota
	passed
	failed
	skipped
)

// testRun is one run of a test, a sub-test, an example or a benchmark.
type testRun struct {
	name  string
	state testState
	// result is the line that says how it ended, and seconds the time in it.
	result  string
	seconds string
	output  bytes.Buffer
	above   *testRun
	below   []*testRun
}

// indent is what Go puts before the result of a sub-test.
func (run *testRun) indent() string {
	if run.above == nil {
		return ""
	}
	return run.above.indent() + "    "
}

func (run *testRun) isBenchmark() bool {
	return strings.HasPrefix(run.name, "Benchmark")
}

// panicked returns the line that says why a test ended the process, or nothing.
func (run *testRun) panicked() string {
	return lineWith(run.output.Bytes(), "panic: ")
}

// testStream is the output of a test binary so far.
type testStream struct {
	// all are the runs in the order in which they started; top are those of no other, and between them
	// the output of none, as runs without a name.
	all []*testRun
	top []*testRun
	// other is the output of no test: that of TestMain and init, and a summary.
	other bytes.Buffer
	// concluded is whether there is a result of the whole.
	concluded bool
	// verbatim gets everything as it comes, without markers; it may be nil.
	verbatim interface{ Write([]byte) (int, error) }

	latest  map[string]*testRun
	current *testRun
	rest    []byte
}

func newTestStream() *testStream {
	return &testStream{latest: map[string]*testRun{}}
}

func (stream *testStream) Write(data []byte) (int, error) {
	searched := len(stream.rest)
	stream.rest = append(stream.rest, data...)
	for {
		end := bytes.IndexByte(stream.rest[searched:], '\n')
		if end < 0 {
			return len(data), nil
		}
		end += searched + 1
		stream.line(stream.rest[:end])
		stream.rest, searched = stream.rest[end:], 0
	}
}

// close reads what follows the last newline.
func (stream *testStream) close() {
	if len(stream.rest) > 0 {
		stream.line(append(stream.rest, '\n'))
		stream.rest = nil
	}
}

func (stream *testStream) line(line []byte) {
	before, framing, found := bytes.Cut(line, []byte{marker})
	if found && len(before) > 0 {
		before = append(before[:len(before):len(before)], '\n')
	}
	stream.print(before)
	if len(before) > 0 {
		if stream.current != nil {
			stream.current.output.Write(before)
		} else {
			stream.outside(before)
		}
	}
	if found {
		line := stream.frame(strings.TrimSuffix(string(framing), "\n"))
		stream.print([]byte(line))
	}
}

// outside keeps the output of no test.
func (stream *testStream) outside(text []byte) {
	stream.other.Write(text)
	if last := len(stream.top) - 1; last < 0 || stream.top[last].name != "" {
		stream.top = append(stream.top, &testRun{})
	}
	stream.top[len(stream.top)-1].output.Write(text)
}

// inside is whether a run is the one that started last, or around it.
func (stream *testStream) inside(run *testRun) bool {
	for last := stream.all[len(stream.all)-1]; last != nil; last = last.above {
		if last == run {
			return true
		}
	}
	return false
}

func (stream *testStream) print(text []byte) {
	if stream.verbatim != nil && len(text) > 0 {
		stream.verbatim.Write(text)
	}
}

// frame reads a framing line, which says whose output follows, and returns it as `go test -v` prints it.
func (stream *testStream) frame(line string) string {
	if update, found := strings.CutPrefix(line, "=== "); found {
		action, name, _ := strings.Cut(update, " ")
		name = strings.TrimLeft(name, " ")
		switch action {
		case "RUN":
			stream.current = stream.start(name)
		case "PAUSE", "CONT", "NAME":
			stream.current = stream.latest[name]
			if name == "" {
				return ""
			}
		}
		return line + "\n"
	}
	if report, found := strings.CutPrefix(line, "--- "); found {
		run := stream.end(report)
		run.result = run.indent() + line
		return run.result + "\n"
	}
	// PASS or FAIL, of the whole.
	stream.current, stream.concluded = nil, true
	return line + "\n"
}

func (stream *testStream) start(name string) *testRun {
	run := &testRun{name: name}
	stream.all = append(stream.all, run)
	stream.latest[name] = run
	for end := len(name); ; {
		// A name may itself contain slashes.
		if end = strings.LastIndexByte(name[:end], '/'); end < 0 {
			stream.top = append(stream.top, run)
			return run
		}
		if parent := stream.latest[name[:end]]; parent != nil {
			run.above = parent
			parent.below = append(parent.below, run)
			return run
		}
	}
}

// end reads the result of a test, such as `PASS: TestName (0.00s)`.
func (stream *testStream) end(report string) *testRun {
	result, rest, _ := strings.Cut(report, ": ")
	name, seconds := rest, ""
	if open := strings.LastIndex(rest, " ("); open >= 0 {
		name, seconds = rest[:open], strings.TrimSuffix(rest[open+2:], "s)")
	}
	run := stream.latest[name]
	if run == nil && result == "BENCH" {
		// The name of the result has the number of processors.
		run = stream.current
	}
	if run == nil {
		run = stream.start(name)
	}
	stream.current = run
	run.seconds = seconds
	switch result {
	case "FAIL":
		run.state = failed
	case "SKIP":
		run.state = skipped
	default:
		run.state = passed
	}
	return run
}

// lineWith returns the first line of a text that starts so.
func lineWith(text []byte, start string) string {
	for _, line := range bytes.Split(text, []byte("\n")) {
		if bytes.HasPrefix(line, []byte(start)) {
			return string(line)
		}
	}
	return ""
}
