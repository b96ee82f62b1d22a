"""The formats for services and people, and the text for several files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from elf_static_testing.checked import run


@pytest.fixture
def good(named: dict[str, Path]) -> Path:
    return named["linux-amd64"]


@pytest.fixture
def bad(named: dict[str, Path]) -> Path:
    return named["PIE"]


def test_sarif_has_no_result_for_what_a_policy_allows(named: dict[str, Path]) -> None:
    cgo = named["cgo, linked statically"]
    said = json.loads(run("--format=json", cgo).stdout)["files"][0]["findings"]
    assert {finding["id"]: finding["severity"] for finding in said} == {
        "ES014": "warn",
        "ES018": "info",
    }
    results = json.loads(run("--format=sarif", cgo).stdout)["runs"][0]["results"]
    assert [(result["ruleId"], result["level"]) for result in results] == [("ES014", "warning")]


def test_github_gets_an_annotation_for_each_finding(
    good: Path, bad: Path, named: dict[str, Path], tmp_path: Path
) -> None:
    done = run("--format=github", "--name=a,b: 5%", bad)
    assert done.returncode == 1
    text, _, annotation = done.stdout.rpartition("::error ")
    assert text == run("--name=a,b: 5%", bad).stdout
    assert annotation == (
        "file=a%2Cb%3A 5%25,title=ES004 interpreter::a,b: 5%25 needs the program interpreter "
        "/lib64/ld-linux-x86-64.so.2 (PT_INTERP).%0AThe kernel starts this loader instead of the "
        'program; in an image without it, the program fails with "no such file or directory".%0AIt '
        "was built with -buildmode=pie, for which Go's linker always adds a loader. Build with "
        "-buildmode=exe.\n"
    )
    assert run("--format=github", good).stdout == run(good).stdout
    warned = run("--format=github", named["static"]).stdout.splitlines()
    assert warned[-1].startswith(f"::warning file={named['static']},title=ES014 glibc::")
    odd = tmp_path / "a\n::error::b"
    odd.symlink_to(bad)
    assert run("--format=github", odd).stdout.count("\n::error") == 1


def test_html_shows_all_files_on_one_page(good: Path, bad: Path, tmp_path: Path) -> None:
    done = run("--format=html", good, bad, tmp_path / "<i>")
    assert done.returncode == 2
    assert "3 files: 1 static, 1 not static, 1 cannot be judged; 2 failed." in done.stdout
    assert "<td >static, linux/amd64, go1.26.6, 1.8 MB</td><td >passes</td>" in done.stdout
    assert "Build with -buildmode=exe." in done.stdout
    assert "<i>" not in done.stdout and "&lt;i&gt;" in done.stdout
    assert len(done.stdout) < 20_000
    run(f"--report=html={tmp_path}/a.html", good)
    assert (tmp_path / "a.html").read_text().startswith("<!DOCTYPE html>")


def test_several_files_are_counted(good: Path, bad: Path, tmp_path: Path) -> None:
    last = run(good, bad, tmp_path / "none").stdout.splitlines()[-1]
    assert last == "3 files: 1 static, 1 not static, 1 cannot be judged; 2 failed"
    assert run(good, good).stdout.splitlines()[-1] == "2 files: 2 static; all passed"
    assert "1 file" not in run(bad).stdout


def test_quiet_leaves_out_files_that_pass(good: Path, bad: Path) -> None:
    assert run("--quiet", good, good).stdout == ""
    assert run("--quiet", good, bad).stdout == run(bad).stdout
    assert run("--quiet", good, bad).returncode == 1
