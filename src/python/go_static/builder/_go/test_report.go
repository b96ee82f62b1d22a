package main

// The reports on a test binary: what `go test` prints, and JUnit's XML.

import (
	"fmt"
	"io"
	"strings"
)

// testResult is what a test binary did. exitCode is that of the whole, and trouble says what went wrong
// beside the tests, or nothing.
type testResult struct {
	importPath string
	stream     *testStream
	exitCode   int
	// ended is how it ended if it failed: its exit status, or the signal that killed it.
	ended    string
	trouble  string
	timedOut bool
	seconds  float64
}

// settle gives the tests that did not end their state: a benchmark ends without a line of its own, when
// the next one starts.
func (result *testResult) settle() {
	stream := result.stream
	for _, run := range stream.all {
		if run.state == unfinished && (result.exitCode == 0 || run.isBenchmark() && (stream.concluded || !stream.inside(run))) {
			run.state = passed
		}
	}
	if timeout := result.timeout(); timeout != "" {
		result.timedOut = true
	}
}

// timeout is what Go says when the time is over, which ends the process.
func (result *testResult) timeout() string {
	const said = "panic: test timed out after "
	for _, run := range result.stream.all {
		if line := lineWith(run.output.Bytes(), said); line != "" {
			return line
		}
	}
	return lineWith(result.stream.other.Bytes(), said)
}

// print writes what `go test` prints of a package: the output of failed tests and benchmarks.
func (result *testResult) print(out io.Writer) {
	for _, run := range result.stream.top {
		run.print(out)
	}
}

func (run *testRun) print(out io.Writer) {
	if run.name == "" {
		out.Write(run.output.Bytes())
		return
	}
	if run.state != failed && run.state != unfinished && !run.isBenchmark() {
		return
	}
	if run.result != "" {
		fmt.Fprintln(out, run.result)
	} else if run.state == unfinished {
		fmt.Fprintf(out, "%s--- FAIL: %s (unfinished)\n", run.indent(), run.name)
	}
	for _, line := range strings.SplitAfter(run.output.String(), "\n") {
		if strings.HasPrefix(line, "    ") {
			line = run.indent() + line
		}
		io.WriteString(out, line)
	}
	for _, below := range run.below {
		below.print(out)
	}
}

// conclude writes the last line, as `go test` does.
func (result *testResult) conclude(out io.Writer) {
	if result.trouble != "" {
		fmt.Fprintf(out, "*** %s\n", result.trouble)
	}
	status, note := "ok  ", ""
	if result.exitCode > 1 {
		fmt.Fprintln(out, result.ended)
	}
	if result.exitCode != 0 {
		status = "FAIL"
	} else if lineWith(result.stream.other.Bytes(), "testing: warning: no tests to run") != "" {
		note = " [no tests to run]"
	}
	fmt.Fprintf(out, "%s\t%s\t%.3fs%s\n", status, result.importPath, result.seconds, note)
}

// junit writes one case for each test and sub-test. A failure of no test is a case of TestMain.
func (result *testResult) junit(out io.Writer) {
	failures, errors, skips := 0, 0, 0
	cases := make([]junitCase, 0, len(result.stream.all)+1)
	for _, run := range result.stream.all {
		cases = append(cases, result.junitCase(run))
	}
	if result.exitCode != 0 {
		told := false
		for _, one := range cases {
			told = told || one.kind == "failure" || one.kind == "error"
		}
		if !told || result.trouble != "" {
			message := result.trouble
			if message == "" {
				message = result.ended
			}
			cases = append(cases, junitCase{"TestMain", "0", "error", message, "exit", result.stream.other.String()})
		}
	}
	for _, one := range cases {
		switch one.kind {
		case "failure":
			failures++
		case "error":
			errors++
		case "skipped":
			skips++
		}
	}
	name := escapeXML(result.importPath)
	fmt.Fprintf(out, `<?xml version="1.0" encoding="UTF-8"?>`+"\n<testsuites>\n"+
		`<testsuite name="%s" tests="%d" failures="%d" errors="%d" skipped="%d" time="%.3f">`+"\n",
		name, len(cases), failures, errors, skips, result.seconds)
	for _, one := range cases {
		one.write(out, name)
	}
	if result.stream.other.Len() > 0 {
		fmt.Fprintf(out, "<system-out>%s</system-out>\n", escapeXML(result.stream.other.String()))
	}
	fmt.Fprint(out, "</testsuite>\n</testsuites>\n")
}

// junitCase is one test; kind is the element that says how it ended, or nothing when it passed.
type junitCase struct {
	name, seconds       string
	kind, message, what string
	output              string
}

func (result *testResult) junitCase(run *testRun) junitCase {
	seconds := run.seconds
	if seconds == "" {
		seconds = "0"
	}
	one := junitCase{name: run.name, seconds: seconds, output: run.output.String()}
	panicked := run.panicked()
	switch {
	case run.state == skipped:
		one.kind, one.message = "skipped", firstLine(one.output)
	case run.state == unfinished && result.timedOut:
		one.kind, one.message, one.what = "error", strings.TrimPrefix(result.timeout(), "panic: "), "timeout"
		if one.message == "" {
			one.message = result.trouble
		}
	case (run.state == failed || run.state == unfinished) && panicked != "":
		one.kind, one.message, one.what = "error", panicked, "panic"
	case run.state == unfinished:
		one.kind, one.what = "error", "unfinished"
		one.message = "the process ended during this test: " + result.ended
	case run.state == failed:
		one.kind, one.message, one.what = "failure", firstLine(one.output), "failed"
		if one.message == "" {
			one.message = "failed"
		}
	}
	return one
}

func (one junitCase) write(out io.Writer, classname string) {
	fmt.Fprintf(out, `<testcase classname="%s" name="%s" time="%s">`,
		classname, escapeXML(one.name), escapeXML(one.seconds))
	switch one.kind {
	case "skipped":
		fmt.Fprintf(out, `<skipped message="%s"/>`, escapeXML(one.message))
	case "failure", "error":
		fmt.Fprintf(out, `<%s message="%s" type="%s">%s</%s>`,
			one.kind, escapeXML(one.message), one.what, escapeXML(one.output), one.kind)
	}
	if one.output != "" && (one.kind == "" || one.kind == "skipped") {
		fmt.Fprintf(out, "<system-out>%s</system-out>", escapeXML(one.output))
	}
	fmt.Fprint(out, "</testcase>\n")
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}

// escapeXML replaces what XML 1.0 cannot contain, in attributes too.
func escapeXML(text string) string {
	var escaped strings.Builder
	for _, c := range text {
		switch {
		case c == '<':
			escaped.WriteString("&lt;")
		case c == '>':
			escaped.WriteString("&gt;")
		case c == '&':
			escaped.WriteString("&amp;")
		case c == '"':
			escaped.WriteString("&#34;")
		case c == '\n' || c == '\t':
			escaped.WriteRune(c)
		case c < 0x20 || c == 0xFFFE || c == 0xFFFF:
			escaped.WriteRune(0xFFFD)
		default:
			escaped.WriteRune(c)
		}
	}
	return escaped.String()
}
