"""`pants test` of the Go tests of a module."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from end_to_end.machines import plain_pants
from end_to_end.pages import blocks_of, shell
from end_to_end.repository import Repository
from removal import remove

PAGE = "docs/go-tests.md"
ROOT = {
    "m/BUILD": (
        'go_module(\n    name="mod",\n    test_extra_env_vars=["GREETING=hello"],\n'
        '    overrides={"reads": {"test_dependencies": ["//shared:files"]}},\n)\n'
        'go_codegen(name="generate", packages=["generated"])\n'
        'go_static_binary(main="cmd", codegen=[":generate"], skip_elf_static_test=True)\n'
    ),
    "m/go.mod": "module example.com/m\n\ngo 1.21\n",
    "m/README.md": "",
    "m/cmd/main.go": (
        'package main\n\nimport "example.com/m/generated"\n\n'
        "func main() { println(generated.Text) }\n"
    ),
    "m/generated/generate.go": ("package generated\n\n//go:generate go run ./internal/write\n"),
    "m/generated/internal/write/main.go": (
        'package main\n\nimport "os"\n\nfunc main() {\n\ttext := "package generated\\n\\n'
        'const Text = `made`\\n"\n\tif err := os.WriteFile("text.go", []byte(text), 0o666); '
        "err != nil {\n\t\tpanic(err)\n\t}\n}\n"
    ),
    "m/generated/generated_test.go": (
        'package generated\n\nimport "testing"\n\nfunc TestText(t *testing.T) {\n'
        '\tif Text != "made" {\n\t\tt.Fatal(Text)\n\t}\n}\n'
    ),
    "m/lib/lib.go": "package lib\n\nfunc One() int { return 1 }\n",
    "m/lib/lib_test.go": (
        'package lib\n\nimport "testing"\n\nfunc TestOne(t *testing.T) {\n'
        '\tif One() != 1 {\n\t\tt.Fatal("not one")\n\t}\n}\n'
    ),
    "m/uses/uses.go": (
        'package uses\n\nimport "example.com/m/lib"\n\nfunc Two() int { return lib.One() + 1 }\n'
    ),
    "m/uses/outside_test.go": (
        'package uses_test\n\nimport (\n\t"testing"\n\n\t"example.com/m/generated"\n'
        '\t"example.com/m/uses"\n)\n\nfunc TestTwo(t *testing.T) {\n'
        "\tt.Run(generated.Text, func(t *testing.T) {\n"
        '\t\tif uses.Two() != 2 {\n\t\t\tt.Fatal("not two")\n\t\t}\n\t})\n}\n'
    ),
    "m/reads/reads_test.go": (
        'package reads\n\nimport (\n\t_ "embed"\n\t"os"\n\t"testing"\n)\n\n'
        "//go:embed embedded.txt\nvar embedded string\n\nfunc TestReads(t *testing.T) {\n"
        '\tfor _, name := range []string{"testdata/a/data.txt", "../../shared/s.txt", '
        '"embedded.txt"} {\n\t\tif _, err := os.ReadFile(name); err != nil {\n'
        "\t\t\tt.Error(err)\n\t\t}\n\t}\n"
        '\tif _, err := os.Stat("../README.md"); err == nil {\n\t\tt.Error("all is there")\n\t}\n'
        '\tt.Log(os.Getenv("GREETING"), embedded, os.Getenv("PLACE"))\n}\n'
    ),
    "m/reads/embedded.txt": "embedded",
    "m/reads/testdata/a/data.txt": "",
    "m/elsewhere/elsewhere_plan9_test.go": "package elsewhere\n",
    "shared/BUILD": 'files(name="files", sources=["*.txt"])\n',
    "shared/s.txt": "",
}
FAULTS = {
    "m/panics/panics_test.go": (
        'package panics\n\nimport "testing"\n\nfunc TestPanics(t *testing.T) { panic("boom") }\n'
    ),
    "m/broken/broken_test.go": (
        'package broken\n\nimport "testing"\n\nfunc TestBroken(t *testing.T) { undefined() }\n'
    ),
    "m/missing/missing_test.go": 'package missing\n\nimport _ "example.com/nowhere"\n',
}
# A library with generated code, and another module whose tests use it.
LIBRARY = {
    "m/go.mod": (
        f"{ROOT['m/go.mod']}\nrequire example.com/library v0.0.0\n\n"
        "replace example.com/library => ../library\n"
    ),
    "m/library/library_test.go": (
        'package library\n\nimport (\n\t"testing"\n\n\t"example.com/library"\n)\n\n'
        'func TestMade(t *testing.T) { t.Log("the library is " + library.Text) }\n'
    ),
    "library/BUILD": 'go_module(name="mod")\ngo_codegen(name="generate")\n',
    "library/go.mod": "module example.com/library\n\ngo 1.21\n",
    **{
        name.replace("m/generated/", "library/"): text.replace("generated", "library")
        for name, text in ROOT.items()
        if name.startswith("m/generated/")
    },
}
ENVIRONMENT = """\
local_environment(name="other", test_extra_env_vars=["PLACE=from the environment"])
"""
ASKS = """\
package asks

import (
	"bufio"
	"debug/elf"
	"os"
	"testing"
)

func TestAsks(t *testing.T) {
	said, _ := bufio.NewReader(os.Stdin).ReadString('\\n')
	input, _ := os.Stdin.Stat()
	t.Log(input.Mode()&os.ModeCharDevice != 0, said)
	program, err := elf.Open(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	_, err = program.DWARF()
	t.Log("for debuggers:", err == nil)
	t.Log(os.Getwd())
}
"""
FLAKY = """\
package flaky

import (
	"os"
	"testing"
)

func TestFlaky(t *testing.T) {
	if err := os.Mkdir(os.Getenv("MARK"), 0o777); err == nil {
		t.Fatal("the first attempt")
	}
}
"""
PASSED = ("m:mod#generated", "m:mod#lib", "m:mod#reads", "m:mod#uses")
# Files, and the packages whose tests a change of each can affect. An external test of `uses` is all
# that imports `generated`.
AFFECTED = {
    "m/lib/lib_test.go": {"lib"},
    "m/lib/lib.go": {"lib", "uses"},
    "m/reads/testdata/a/data.txt": {"reads"},
    "m/reads/embedded.txt": {"reads"},
    "m/generated/generated_test.go": {"generated"},
    "m/generated/internal/write/main.go": {"generated", "uses"},
    "shared/s.txt": {"reads"},
    "m/README.md": set(),
}


def cases(report: Path) -> dict[str, str]:
    """How each test ended, by its name."""
    suite = ElementTree.parse(report).getroot()[0]
    return {
        case.attrib["name"]: case[0].tag if len(case) else "passed"
        for case in suite.iter("testcase")
    }


def summary(log: str) -> dict[str, str]:
    """What the last lines say of each target."""
    return dict(
        re.findall(r"^([✓✕] \S+) (?:succeeded|failed)(?:[^(\n]*\((.*)\))?", log, re.MULTILINE)
    )


def test_the_tests_of_all_packages_run_and_those_that_cannot_do_not_stop_them(
    project: Repository,
) -> None:
    project.write({**ROOT, **FAULTS, **LIBRARY})

    result = project.pants(
        *("test", "--report", "--use-coverage", "--output=all", "::"),
        *("--go-static-test-coverage-packages=./...", "--", "-v"),
    )

    assert result.exit_code != 0
    assert set(summary(result.log)) == {
        *(f"✓ {address}" for address in (*PASSED, "library:mod#.", "m:mod#library")),
        *(f"✕ m:mod#{name}" for name in ("panics", "broken", "missing")),
    }
    result.failed_with(
        "m/broken/broken_test.go:5:33: undefined: undefined",
        "m/missing/missing_test.go:3:8: no required module provides package example.com/nowhere",
        "panic: boom",
        "hello embedded",
        "the library is made",
    )
    assert re.search(r"\nexample.com/m/lib +100.0%  1 of 1 statements\n", result.log)
    coverage = project.root / "dist/coverage/go/m"
    assert (coverage / "cover.out").read_text().startswith("mode: set\nexample.com/m/")
    assert "example.com/m/uses/uses.go (100.0%)" in (coverage / "coverage.html").read_text()
    reports = project.root / "dist/test/reports"
    assert cases(reports / "m.mod@uses.xml") == {"TestTwo": "passed", "TestTwo/made": "passed"}
    assert cases(reports / "m.mod@panics.xml") == {"TestPanics": "error"}
    assert cases(reports / "m.mod@broken.xml") == {"[build failed]": "error"}
    assert cases(reports / "m.mod@missing.xml") == {"[build failed]": "error"}


def test_a_change_runs_the_tests_that_it_can_affect(project: Repository) -> None:
    project.write(ROOT)
    project.git("init", "--quiet")
    project.git("add", ".")
    project.git("commit", "--quiet", "--message=first")
    project.pants("test", "::").succeeded()
    affected = ("--changed-since=HEAD", "--changed-dependents=transitive")

    for file, packages in AFFECTED.items():
        project.write({file: ROOT[file] + "\n// Changed.\n"})
        listed = project.pants(*affected, "list").succeeded().output.split()
        assert {name for name in PASSED if name in listed} == {f"m:mod#{p}" for p in packages}, file
        project.write({file: ROOT[file]})

    project.write({"m/lib/lib_test.go": ROOT["m/lib/lib_test.go"] + "\n// Changed.\n"})
    one = project.pants(*affected, "test").succeeded().log
    project.write({"m/lib/lib.go": "package lib\n\nfunc One() int { return 2 - 1 }\n"})
    two = project.pants(*affected, "test").succeeded().log
    project.git("commit", "--quiet", "--all", "--message=second")
    project.write({"shared/s.txt": "other", "m/README.md": "other"})
    three = project.pants(*affected, "test").succeeded().log
    everything = project.pants("test", "::").succeeded().log

    assert set(summary(one)) == {"✓ m:mod#lib"}
    assert set(summary(two)) == {"✓ m:mod#lib", "✓ m:mod#uses"}
    assert set(summary(three)) == {"✓ m:mod#reads"}
    assert {s.split()[0] for s in summary(everything).values()} <= {"cached", "memoized"}


def test_the_commands_of_the_page(project: Repository) -> None:
    project.write(ROOT)
    project.git("init", "--quiet")
    project.git("add", ".")
    project.git("commit", "--quiet", "--message=first")
    project.write({"m/lib/lib_test.go": ROOT["m/lib/lib_test.go"] + "\n// Changed.\n"})
    shown = blocks_of(PAGE)[0]

    texts = [shell(project, command) for command in shown.text.splitlines()]

    assert len(texts) == 4
    assert all("✓ m:mod#lib succeeded" in text for text in texts)
    assert ["✓ m:mod#uses" in text for text in texts] == [True, True, True, False]


def test_shards_output_and_environments_work_as_for_other_tests(project: Repository) -> None:
    project.write({**ROOT, **FAULTS, "BUILD": ENVIRONMENT})
    project.write(
        {"m/BUILD": ROOT["m/BUILD"].replace('"reads": {', '"reads": {"environment": "other", ')}
    )
    environments = "--environments-preview-names={'other': '//:other'}"
    options = (environments, "test", "--report", "--output=none")

    shards = []
    for shard in ("0/2", "1/2"):
        result = project.pants(*options, f"--shard={shard}", "::")
        ran = {line.split("#")[1] for line in summary(result.log)}
        written = (project.root / "dist/test/reports").iterdir()
        assert {path.stem.partition("@")[2] for path in written} == ran
        assert "boom" not in result.all_text
        shards.append(ran)
        remove(project.root / "dist")
    failed = project.pants(environments, "test", "--output=failed", "::", "--", "-v").log
    everything = project.pants(environments, "test", "--output=all", "m/reads", "m/lib", "--", "-v")

    assert shards[0] and shards[1] and not shards[0] & shards[1]
    assert shards[0] | shards[1] == {s.split("#")[1] for s in summary(failed)}
    assert "panic: boom" in failed and "PASS: TestOne" not in failed
    assert "hello embedded from the environment" in everything.succeeded().log
    assert "PASS: TestOne" in everything.log


def test_a_failed_test_runs_again_where_pants_has_the_option(
    project: Repository, tmp_path: Path
) -> None:
    """It does from Pants 2.18."""
    project.write({"m/BUILD": 'go_module(name="mod")\n', "m/go.mod": ROOT["m/go.mod"]})
    panics = "m/panics/panics_test.go"
    project.write({"m/flaky/flaky_test.go": FLAKY, panics: FAULTS[panics]})
    mark = f"--extra-env-vars=MARK={tmp_path / 'mark'}"
    retried = ("test", "--report", mark, "--attempts-default=3")
    if project.pants_version < (2, 18):
        project.pants(*retried, "::").failed_with("Unknown flags --attempts-default on scope test")
        return
    reports = project.root / "dist/test/reports"

    again = project.pants(*retried, "m/flaky::").succeeded()
    never = project.pants(*retried, "m/panics::")

    assert "m:mod#flaky succeeded after 2 attempts" in again.log
    assert cases(reports / "m.mod@flaky.xml") == {"TestFlaky": "passed"}
    never.failed_with("m:mod#panics failed after 3 attempts", "panic: boom")
    assert cases(reports / "m.mod@panics.xml") == {"TestPanics": "error"}


def test_debug_gives_the_terminal_to_a_binary_that_a_debugger_can_read(
    project: Repository,
) -> None:
    project.write({**ROOT, "m/asks/asks_test.go": ASKS})
    (shown,) = blocks_of(PAGE, "How do I debug a test?")
    command = shown.text.replace("src/go/logfilter/internal/level::", "m/asks::").split()
    temporary = Path(project.environment["TMPDIR"])
    before = set(temporary.iterdir())
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        # Without pantsd, which would restart twice for a global option.
        plain_pants(project, *command[1:]),
        cwd=project.root,
        env=project.environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        os.write(ours, b"from the terminal\n")
        said = read_all(ours)
    os.close(ours)

    assert process.returncode == 0, said
    assert re.search(r"asks_test.go:\d+: true from the terminal", said), said
    assert "=== RUN   TestAsks" in said and "for debuggers: true" in said
    (kept,) = re.findall(r"asks_test.go:\d+: (/\S+)/tree/m/asks <nil>", said)
    # As `dlv exec` starts it.
    again = subprocess.run(
        [f"{kept}/test/asks.test", "-test.v"],
        cwd=f"{kept}/tree/m/asks",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "for debuggers: true" in again.stdout
    for left in set(temporary.iterdir()) - before:
        remove(left)


def read_all(terminal: int) -> str:
    """What a process writes into its terminal; at its end, Linux reports an error."""
    text = b""
    try:
        while data := os.read(terminal, 65536):
            text += data
    except OSError:
        pass
    return text.decode()


def test_flags_that_need_cgo_are_refused(project: Repository) -> None:
    project.write(ROOT)
    project.pants("test", "m/lib::", "--", "-race").failed_with(
        "[go-static-test].args: `-race` is refused, because its run-time library is linked through "
        "cgo"
    )
