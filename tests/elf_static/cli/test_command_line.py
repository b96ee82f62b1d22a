"""The command, as people and programs use it."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

import elf_static
import go_static
from elf_static.judge.rules import RULES

PROJECT = Path(__file__).resolve().parents[3]
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "PYTHONPATH": str(PROJECT / "src" / "python"),
    "LANG": "C.UTF-8",
}


def run(
    *arguments: object, env: dict[str, str] | None = None, **options: Any
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "elf_static", *map(str, arguments)],
        env={**ENVIRONMENT, **(env or {})},
        capture_output=True,
        text=True,
        check=False,
        **{"stdin": subprocess.DEVNULL, **options},
    )


@pytest.fixture
def good(named: dict[str, Path]) -> Path:
    return named["linux-amd64"]


@pytest.fixture
def bad(named: dict[str, Path]) -> Path:
    return named["PIE"]


def test_the_version_is_printed() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout) == (0, f"elf-static {elf_static.__version__}\n")
    assert go_static.__version__ == elf_static.__version__


def test_a_file_that_passes_gets_one_line(good: Path) -> None:
    done = run("check", good)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{good}: static, linux/amd64, go1.26.6, 1.8 MB\n"


def test_a_file_that_fails_gets_a_block_with_cause_reason_and_fix(bad: Path) -> None:
    done = run("check", bad)
    assert (done.returncode, done.stderr) == (1, "")
    lines = done.stdout.splitlines()
    assert lines[0].startswith(f"{bad}: not static, linux/amd64, go1.26.6, ")
    assert lines[1:] == [
        "  ES004 interpreter: needs the program interpreter /lib64/ld-linux-x86-64.so.2 "
        "(PT_INTERP)",
        "    why: The kernel starts this loader instead of the program; in an image without "
        'it, the program fails with "no such file or directory".',
        "    fix: It was built with -buildmode=pie, for which Go's linker always adds a "
        "loader. Build with -buildmode=exe.",
    ]


def test_the_worst_file_decides_the_exit_code(good: Path, bad: Path, tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("hello")
    assert run("check", good, good).returncode == 0
    assert run("check", good, bad).returncode == 1
    done = run("check", bad, text, good)
    assert done.returncode == 2
    assert "text: cannot be judged, 5 bytes" in done.stdout
    assert "is not an ELF file: it is text and starts with `hello`" in done.stdout


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("none", "does not exist"),
        ("directory", "is a directory, not a regular file"),
        ("pipe", "is a named pipe, not a regular file"),
        ("/dev/zero", "is a character device, not a regular file"),
        ("empty", "is not an ELF file: it is empty"),
        ("script", "is not an ELF file: it is a script"),
        ("bytes", "is not an ELF file: it starts with the bytes 00 e9 0a 61"),
        ("link", "cannot be opened: Too many levels of symbolic links"),
    ],
)
def test_a_path_that_cannot_be_judged_is_an_error_and_nothing_hangs(
    name: str, reason: str, tmp_path: Path
) -> None:
    (tmp_path / "directory").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "script").write_text("#!/bin/sh\n")
    (tmp_path / "bytes").write_bytes(b"\0\xe9\na")
    (tmp_path / "link").symlink_to("link")
    done = run("check", tmp_path / name, timeout=10)
    assert done.returncode == 2
    assert f"ES001 readable: {reason}" in done.stdout
    assert "fix: Check that the path names a program, such as the output of `go build`," in (
        done.stdout
    )
    assert run("inspect", tmp_path / name, timeout=10).returncode == 2


def test_reports_name_the_file_as_asked(good: Path, bad: Path, tmp_path: Path) -> None:
    name = "--name=//svc:agent"
    assert run("check", name, good).stdout.startswith("//svc:agent: static, linux/")
    with open(good, "rb") as file:
        assert run("check", name, "-", stdin=file).stdout.startswith("//svc:agent: static, ")
    text = run("check", name, tmp_path / "none").stdout
    assert "//svc:agent: cannot be judged" in text and str(tmp_path) not in text
    for format_ in ("json", "junit", "sarif"):
        written = run("check", name, f"--format={format_}", bad).stdout
        assert "svc:agent" in written and str(bad) not in written
    assert run("check", "--name=\x1b[31m\u202e", good).stdout.startswith(r"\x1b[31m\u202e: static")
    two = run("check", name, good, bad)
    assert (two.returncode, two.stdout) == (2, "")
    assert two.stderr == (
        "elf-static: error: --name is for one file, but 2 were given. Check each file on its "
        "own, or omit --name.\n"
    )


def test_standard_input_is_read_from_a_file_and_from_a_pipe(good: Path) -> None:
    with open(good, "rb") as file:
        assert run("check", "-", stdin=file).stdout.startswith("standard input: static, ")
    piped = subprocess.run(
        f"cat '{good}' | '{sys.executable}' -m elf_static check -",
        shell=True,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert piped.stdout.startswith("standard input: static, linux/amd64")


def test_json_has_the_documented_layout(good: Path, bad: Path) -> None:
    done = run("check", "--format=json", "--goarch=amd64", good, bad)
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert (report["schema"], report["policy"]) == (1, "any-language")
    first, second = report["files"]
    assert (first["path"], first["verdict"], first["passed"]) == (str(good), "static", True)
    assert first["findings"] == []
    assert first["facts"]["header"]["machine"] == "EM_X86_64"
    assert first["facts"]["build_info"]["go_version"] == "go1.26.6"
    assert (second["verdict"], second["passed"]) == ("not-static", False)
    (finding,) = second["findings"]
    assert sorted(finding) == ["fix", "id", "message", "rule", "severity", "why"]
    assert (finding["id"], finding["severity"], finding["rule"]) == ("ES004", "deny", "interpreter")


def test_junit_counts_failures_and_errors(good: Path, bad: Path, tmp_path: Path) -> None:
    text = tmp_path / "te\x01xt"
    text.write_text("hello")
    done = run("check", "--format=junit", good, bad, text)
    suites = ElementTree.fromstring(done.stdout)
    (suite,) = suites
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "1", "1")
    passed, failed, not_judged = suite
    assert [child.tag for child in passed] == ["system-out"]
    failure = failed.find("failure")
    assert failure is not None and failure.text is not None
    assert "ES004 interpreter" in (failure.get("message") or "")
    assert "fix: It was built with -buildmode=pie" in failure.text
    error = not_judged.find("error")
    assert error is not None and "ES001" in (error.get("message") or "")
    assert not_judged.get("name") == f"{tmp_path}/te\\x01xt"


def test_sarif_refers_to_its_rules(good: Path, bad: Path) -> None:
    log = json.loads(run("check", "--format=sarif", good, bad).stdout)
    assert log["version"] == "2.1.0"
    (run_,) = log["runs"]
    rules = run_["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.id for rule in RULES]
    assert [rule["shortDescription"]["text"] for rule in rules] == [
        rule.requirement for rule in RULES
    ]
    for rule in rules:
        assert rule["help"]["text"] and rule["defaultConfiguration"]["level"] == "error"
    for rule in RULES:
        assert re.fullmatch(r"(The|Only|No) [^{}\[\]]+ [^{}\[\]]+\.", rule.requirement)
    (result,) = run_["results"]
    assert result["level"] == "error"
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == "ES004"
    location = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location["uri"] == bad.as_uri()
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 1}
    again = json.loads(run("check", "--format=sarif", bad).stdout)["runs"][0]["results"][0]
    assert again["partialFingerprints"] == result["partialFingerprints"]
    assert re.fullmatch(r"[0-9a-f]{16}:1", again["partialFingerprints"]["primaryLocationLineHash"])
    assert "needs the program interpreter" in result["message"]["text"]


def test_additional_reports_are_written_to_files(bad: Path, tmp_path: Path) -> None:
    done = run("check", f"--report=junit={tmp_path}/a.xml", f"--report=json={tmp_path}/a.json", bad)
    assert done.stdout.startswith(f"{bad}: not static")
    assert ElementTree.parse(tmp_path / "a.xml").getroot().tag == "testsuites"
    assert json.loads((tmp_path / "a.json").read_text())["files"][0]["passed"] is False

    nowhere = run("check", f"--report=json={tmp_path}/none/a.json", bad)
    assert nowhere.returncode == 2
    assert "a.json cannot be written: No such file or directory" in nowhere.stderr


def test_a_report_to_a_pipe_without_a_reader_is_an_error(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    alone = run("check", f"--report=json={pipe}", "/bin/true", timeout=10)
    assert alone.returncode == 2
    assert alone.stderr == (
        f"elf-static: error: The report {pipe} cannot be written: no process reads this pipe.\n"
    )
    copy = tmp_path / "copy"
    with (
        open(copy, "wb") as file,
        subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=file) as reader,
    ):
        assert reader.stdin is not None
        end = reader.stdin.fileno()
        # More than a pipe holds at a time.
        files = ["/bin/true"] * 20
        done = run("check", f"--report=json=/dev/fd/{end}", *files, timeout=60, pass_fds=[end])
    assert (done.returncode, done.stderr) == (1, "")
    assert copy.stat().st_size > 1 << 16
    assert len(json.loads(copy.read_bytes())["files"]) == 20


def test_colors_are_for_terminals(bad: Path) -> None:
    assert "\x1b[" not in run("check", bad).stdout
    assert "\x1b[31m" in run("check", "--color=always", bad).stdout

    def on_terminal(**env: str) -> bytes:
        main, terminal = pty.openpty()
        subprocess.run(
            [sys.executable, "-m", "elf_static", "check", str(bad)],
            env={**ENVIRONMENT, "TERM": "xterm", **env},
            stdout=terminal,
            check=False,
        )
        os.close(terminal)
        with os.fdopen(main, "rb") as stream:
            return stream.read1(65536)

    assert b"\x1b[31m" in on_terminal()
    assert b"\x1b[" not in on_terminal(NO_COLOR="1")
    assert b"\x1b[" not in on_terminal(TERM="dumb")


def test_policies_are_chosen_by_name_and_by_path(named: dict[str, Path], tmp_path: Path) -> None:
    static = named["static"]
    assert run("check", "--policy=default", static).returncode == 1
    done = run("check", static)
    assert done.returncode == 0
    assert "  warning: ES014 glibc: contains GNU's C library" in done.stdout
    policy = tmp_path / "p.toml"
    policy.write_text('extends = "any-language"\n[rules]\nglibc = "allow"\n')
    done = run("check", f"--policy={policy}", static)
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 1)
    policy.write_text("[rules]\nglib = 1\n")
    done = run("check", f"--policy={policy}", static)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"elf-static: error: {policy}:2: rules.glib is unknown; did you mean glibc?\n"
    )


def test_a_file_that_passes_only_because_the_policy_allows_it_says_so(
    bad: Path, tmp_path: Path
) -> None:
    policy = tmp_path / "p.toml"
    policy.write_text('[rules]\ninterpreter = "allow"\n')
    done = run("check", f"--policy={policy}", bad)
    assert done.returncode == 0
    assert done.stdout.endswith(f", which the policy {policy} allows\n")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ([], "arguments are required: COMMAND"),
        (["check"], "arguments are required: FILE"),
        (["check", "--goarch=x86", "x"], "argument --goarch: invalid choice: 'x86'"),
        (["check", "--goos=windows", "x"], "argument --goos: invalid choice: 'windows'"),
        (["check", "--policy=none", "x"], "Policy none not found. Name an existing TOML file"),
        (
            ["check", "--policy=defualt", "x"],
            "Policy defualt not found. Did you mean `default`? Name an existing TOML file, or a "
            "built-in policy (default, strict,",
        ),
        (["check", "--policy=anylanguage", "x"], "Did you mean `any-language`?"),
        (["check", "--report=xml", "x"], "'xml' is not FORMAT=FILE with a format of text, json"),
        (["check", "--run-in-scratch='", "x"], "cannot be split into arguments"),
        (["check", "--run-in-scratch-timeout=0", "x"], "'0' is not a number of seconds"),
        (["check", "--pol=default", "x"], "unrecognized arguments: --pol=default"),
        (["judge", "x"], "invalid choice: 'judge'"),
    ],
)
def test_wrong_usage_exits_with_2(arguments: list[str], error: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert error in done.stderr
    assert "Traceback" not in done.stderr


def test_inspect_shows_all_facts(good: Path, named: dict[str, Path]) -> None:
    text = run("inspect", good).stdout
    for part in (
        "machine  x86-64, 64 bits, little-endian (EM_X86_64)",
        "interpreter      none",
        "PT_LOAD          RX",
        ".gopclntab",
        "go     go1.26.6",
        "build  CGO_ENABLED=0",
    ):
        assert part in text
    dynamic = run("inspect", named["dynamic"]).stdout
    assert "DT_NEEDED        libc.so.6" in dynamic
    assert "interpreter      /lib64/ld-linux-x86-64.so.2" in dynamic

    report = json.loads(run("inspect", "--format=json", good, named["dynamic"]).stdout)
    assert report["schema"] == 1
    assert [file["path"] for file in report["files"]] == [str(good), str(named["dynamic"])]
    assert report["files"][1]["facts"]["dynamic"]["needed"] == ["libc.so.6"]


def test_unprintable_file_names_do_no_harm(good: Path, tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"a\xff\x1b[31m\n b")
    odd.symlink_to(good)
    for encoding in ("C.UTF-8", "C"):
        done = run("check", odd, env={"LANG": encoding, "LC_ALL": encoding})
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(f"{tmp_path}/a\\xff\\x1b[31m\\n b: static, ")


def test_a_closed_pipe_causes_no_error_message(good: Path) -> None:
    done = subprocess.run(
        f"'{sys.executable}' -m elf_static inspect '{good}' '{good}' '{good}' | head -n 1",
        shell=True,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1
