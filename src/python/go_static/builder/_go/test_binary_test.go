package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

var testBinary []byte

// runTest runs the tests of testdata/tested.go.txt, which do what $DO says. It compiles them once.
func runTest(t *testing.T, do string, arguments testArguments) (stdout string, code int, report string) {
	t.Helper()
	if testBinary == nil {
		building := layOut(t, "box", map[string]string{
			"m/go.mod":      goMod,
			"m/a/a.go":      "package a\n\nfunc One() int { return 1 }\n",
			"m/a/a_test.go": read(t, filepath.Join("testdata", "tested.go.txt")),
		})
		link(t, cacheOfGo(t), filepath.Join(building.root, "cache", "build"))
		_, stderr, code := building.run("build_test", asJSON(t, buildTestArguments{
			Directory: "m", Name: "m", Output: "a.test", Pattern: "./a", Packages: []string{"std"},
			Flags: []string{"-trimpath", "-buildvcs=false", "-ldflags=-s -w"},
		}))
		if code != 0 {
			t.Fatal(stderr)
		}
		testBinary = []byte(read(t, filepath.Join(building.root, "output", "a.test")))
	}
	box := layOut(t, oddName, map[string]string{"m/a/testdata/golden.txt": "golden\n"})
	binary := filepath.Join(box.root, "test", "a.test")
	if err := os.MkdirAll(filepath.Dir(binary), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(binary, testBinary, 0o755); err != nil {
		t.Fatal(err)
	}
	box.environment = append(box.environment, "DO="+do)
	arguments.Directory, arguments.Binary, arguments.ImportPath = "m/a", "test/a.test", "example.com/m/a"
	stdout, stderr, code := box.run("test", asJSON(t, arguments))
	if stderr != "" {
		t.Fatalf("%d, %s", code, stderr)
	}
	return stdout, code, read(t, filepath.Join(box.root, "output", reportFile))
}

// cacheOfGo is the build cache of the `go test` that runs this.
func cacheOfGo(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

var elapsed = regexp.MustCompile(`[0-9]+\.[0-9]+`)

func withoutTimes(text string) string {
	return elapsed.ReplaceAllString(text, "0")
}

func expectLines(t *testing.T, text string, lines ...string) {
	t.Helper()
	rest := text
	for _, line := range lines {
		_, after, found := strings.Cut(rest, line)
		if !found {
			t.Errorf("%q is not in, or not in this order:\n%s", line, text)
		}
		rest = after
	}
}

func TestTestsThatPassHaveOneLineAndACaseEach(t *testing.T) {
	stdout, code, report := runTest(t, "", testArguments{})
	if code != 0 || withoutTimes(stdout) != "in TestMain\nok  \texample.com/m/a\t0s\n" {
		t.Errorf("%d, %q", code, stdout)
	}
	expect(t, withoutTimes(report), read(t, filepath.Join("testdata", "passed.xml")))
}

func TestWithVEverythingIsShownAsGoTestShowsIt(t *testing.T) {
	stdout, _, _ := runTest(t, "fail", testArguments{Verbose: true})
	expectLines(t, stdout, "in TestMain\n=== RUN   TestData\n--- PASS: TestData (",
		"=== RUN   TestBelow/one/two\n    a_test.go:52: deep\n        --- FAIL: TestBelow/one/two (",
		"    --- FAIL: TestBelow/one (", "--- FAIL: TestBelow (", "FAIL\nFAIL\texample.com/m/a\t")
	if strings.Contains(stdout, "\x16") || strings.Contains(stdout, "=== NAME  \n") {
		t.Errorf("%q", stdout)
	}
}

func TestTheOutputOfTestsThatFailIsShownBelowThem(t *testing.T) {
	stdout, code, report := runTest(t, "fail", testArguments{})
	if code != 1 {
		t.Error(code)
	}
	expectLines(t, withoutTimes(stdout), "in TestMain\n--- FAIL: TestBelow (0s)\n    --- FAIL: TestBelow/one (0s)\n"+
		"        --- FAIL: TestBelow/one/two (0s)\n            a_test.go:52: deep\nFAIL\t")
	expectLines(t, report, `failures="3" errors="0"`,
		`name="TestBelow/one/two" time="0.00"><failure message="a_test.go:52: deep" type="failed">`)
}

func TestEachEndOfATestIsTold(t *testing.T) {
	quick := testArguments{Arguments: []string{"-test.timeout=1s"}, Timeout: 1}
	for do, expected := range map[string]struct {
		arguments testArguments
		code      int
		stdout    string
		report    string
	}{
		"panic": {testArguments{}, 2, "panic: boom", `<error message="panic: boom`},
		"exit 0": {
			testArguments{}, 2, "panic: unexpected call to os.Exit(0) during test",
			`<error message="panic: unexpected call to os.Exit(0) during test`,
		},
		"exit 3": {
			testArguments{}, 3, "--- FAIL: TestEnd (unfinished)\nexit status 3\nFAIL\t",
			`<error message="the process ended during this test: exit status 3" type="unfinished">`,
		},
		"kill": {
			testArguments{}, 137, "--- FAIL: TestEnd (unfinished)\nsignal: killed\nFAIL\t",
			`<error message="the process ended during this test: signal: killed" type="unfinished">`,
		},
		"hang": {
			quick, 2, "panic: test timed out after 1s",
			`<error message="test timed out after 1s" type="timeout">`,
		},
		"main": {
			testArguments{}, 4, "in TestMain\nexit status 4\nFAIL\t",
			`name="TestMain" time="0"><error message="exit status 4" type="exit">`,
		},
		"latin": {testArguments{}, 1, "\uFFFD and \x01", "\uFFFD and \uFFFD"},
	} {
		stdout, code, report := runTest(t, do, expected.arguments)
		if code != expected.code || !strings.Contains(stdout, expected.stdout) ||
			!strings.Contains(report, expected.report) {
			t.Errorf("%s: %d\n%s\n%s", do, code, stdout, report)
		}
	}
}

func TestAProcessThatKeepsTheOutputOpenEndsWithItsTest(t *testing.T) {
	for _, do := range []string{"leak", "leak away"} {
		stdout, code, report := runTest(t, do, testArguments{})
		if code != 1 || !strings.Contains(stdout, "*** Test I/O incomplete 5s after exiting") ||
			!strings.Contains(report, `<error message="Test I/O incomplete 5s after exiting`) {
			t.Errorf("%s: %d\n%s\n%s", do, code, stdout, report)
		}
		said := regexp.MustCompile(`pid ([0-9]+)`).FindStringSubmatch(report)
		if said == nil {
			t.Fatal(report)
		}
		if pid, _ := strconv.Atoi(said[1]); syscall.Kill(pid, 0) != syscall.ESRCH {
			t.Errorf("%s: %d still runs", do, pid)
		}
	}
}

func TestATestThatGoDoesNotEndIsKilled(t *testing.T) {
	for do, arguments := range map[string]testArguments{
		"hang":         {Arguments: []string{"-test.timeout=0"}, Timeout: 1},
		"hang in init": {Arguments: []string{"-test.timeout=1s"}},
	} {
		stdout, code, report := runTest(t, do, arguments)
		if code != 2 || !strings.Contains(stdout, "SIGQUIT: quit") ||
			!strings.Contains(stdout, "*** Test killed: it ran longer than 1s.") ||
			!strings.Contains(report, `<error message="Test killed: it ran longer than 1s." type="`) {
			t.Errorf("%s: %d\n%s\n%s", do, code, stdout, report)
		}
	}
}

func TestBenchmarksAreShown(t *testing.T) {
	stdout, code, report := runTest(t, "", testArguments{
		Arguments: []string{"-test.bench=.", "-test.benchtime=1x", "-test.run=^$"},
	})
	if code != 0 || !regexp.MustCompile(`(?m)^BenchmarkOne.*ns/op$`).MatchString(stdout) {
		t.Errorf("%d, %s", code, stdout)
	}
	expectLines(t, report, `name="BenchmarkOne"`)
}

func TestABenchmarkThatFailsLeavesOthersAsTheyAre(t *testing.T) {
	stdout, code, report := runTest(t, "fail", testArguments{
		Arguments: []string{"-test.bench=.", "-test.benchtime=1x", "-test.run=^$"},
	})
	if code != 1 {
		t.Error(code)
	}
	expectLines(t, withoutTimes(stdout), "in TestMain\ngoos: ", "\nBenchmarkOne\n", "\n--- FAIL: BenchmarkTwo\n", "FAIL\t")
	expectLines(t, report, `failures="1" errors="0"`, `name="BenchmarkOne" time="0"><system-out>`)
}

func TestWhereNoTestIsSelectedThatIsSaid(t *testing.T) {
	stdout, code, _ := runTest(t, "", testArguments{Arguments: []string{"-test.run=^$"}})
	if code != 0 || !strings.Contains(stdout, "no tests to run") {
		t.Errorf("%d, %s", code, stdout)
	}
}
