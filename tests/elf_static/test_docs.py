"""The checker does what docs/ says."""

from __future__ import annotations

import gzip
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from elf_static.archives import limits
from elf_static.cli.output import FORMATS
from elf_static.judge.policies import BUILT_IN
from elf_static.judge.policy import PolicyError, load_policy, parse_policy
from elf_static.judge.rules import FIXED, RULES
from elf_static.judge.severity import Severity
from elf_static_testing.checked import check
from elf_static_testing.images import docker_save, tar

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_verdict_page_lists_every_rule_with_its_levels() -> None:
    rows = re.findall(r"^\| (ES\d+) \| `(.+?)` \| .+ \|$", (DOCS / "verdict.md").read_text(), re.M)
    assert rows == [(rule.id, rule.name) for rule in RULES]
    for line in (DOCS / "verdict.md").read_text().splitlines():
        if line.startswith("| ES"):
            columns = [column.strip() for column in line.strip("|").split("|")]
            name = columns[1].strip("`")
            levels = ["deny" if name in FIXED else _level(name, p) for p in BUILT_IN]
            assert columns[3:] == levels, line


def _level(rule: str, policy: str) -> str:
    severity = load_policy(policy).severity(rule)
    return "allow" if severity is Severity.INFO else severity.value


def test_the_example_on_the_policy_page_is_valid() -> None:
    text = (DOCS / "policies.md").read_text()
    (example,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    policy = parse_policy(example, "agent-policy.toml", "agent-policy.toml")
    assert policy.max_size == 64 << 20
    assert policy.severity("glibc") is Severity.WARN
    assert policy.denied_settings == (("-race", "*"),)


def test_the_error_on_the_policy_page_is_real() -> None:
    text = (DOCS / "policies.md").read_text()
    (shown,) = re.findall(r"```text\nelf-static: error: (.*?)\n```", text)
    with pytest.raises(PolicyError) as raised:
        parse_policy('\n\n\n[rules]\ncgoo = "deny"\n', "agent-policy.toml", "agent-policy.toml")
    assert str(raised.value) == shown


def test_the_commands_on_the_verdict_page_judge_what_they_say(
    named: dict[str, Path], tmp_path: Path
) -> None:
    program = named["alone"].read_bytes()
    (tmp_path / "dist/linux").mkdir(parents=True)
    for name in ("dist/agent", "dist/linux/agent2"):
        (tmp_path / name).write_bytes(program)
    (tmp_path / "release.tar.gz").write_bytes(gzip.compress(tar([("bin/agent", program)])))
    (tmp_path / "image.tar").write_bytes(docker_save([[("usr/bin/agent", program)]]))
    commands = re.findall(r"\| `elf-static check (.+?)` \|", (DOCS / "verdict.md").read_text())
    below = {"dist/agent": "static", "dist/linux/agent2": "static"}
    expected = {
        "dist/agent": {"dist/agent": "static"},
        "--recursive dist": below,
        "--recursive 'dist/**/agent*'": below,
        "release.tar.gz": {"release.tar.gz!/bin/agent": "static"},
        "image.tar": {"image.tar!/usr/bin/agent": "static"},
    }
    assert commands == list(expected)
    for command in commands:
        done = check(*shlex.split(command), cwd=tmp_path)
        assert (done.exit_code, done.verdicts) == (0, expected[command]), command


def test_the_verdict_page_lists_the_formats() -> None:
    _, _, section = (DOCS / "verdict.md").read_text().partition("\n## The formats\n")
    table = section.partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(FORMATS)


def test_the_security_page_names_the_limits_of_archives() -> None:
    text = (DOCS / "security.md").read_text()
    for limit in (
        f"expand to {limits.MAX_EXPANDED >> 30} GiB",
        f"to {limits.MAX_RATIO} times its size (from {limits.RATIO_FROM >> 20} MiB on)",
        f"{limits.MAX_MEMBERS:,} entries (a zip {limits.MAX_ZIP_MEMBERS:,})",
        f"{limits.MAX_PROGRAMS:,} ELF files, {limits.MAX_IMAGES} images",
        f"a JSON file of an image {limits.MAX_JSON >> 20} MiB",
    ):
        assert limit in text, limit
    assert limits.MAX_NESTED == 4


def test_the_command_on_the_inspect_page_works(tmp_path: Path) -> None:
    (line,) = re.findall(
        r"^elf-static (inspect --format html .*)$", (DOCS / "inspect.md").read_text(), re.MULTILINE
    )
    arguments, _, written = line.replace("dist/src.go.agent.cmd.agent/agent", "program").partition(
        ">"
    )
    (tmp_path / "program").symlink_to(sys.executable)
    command = f"{shlex.quote(sys.executable)} -m elf_static {arguments}>{written}"
    source = str(DOCS.parent / "src" / "python")
    subprocess.run(
        command, shell=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": source}, check=True
    )
    assert "File contents" in (tmp_path / written).read_text()


def test_the_command_of_the_page_on_sizes_writes_markdown(tmp_path: Path) -> None:
    page = (DOCS / "inspect.md").read_text()
    (command,) = re.findall("^elf-static (compare --sizes .*new/agent)$", page, re.MULTILINE)
    for directory, program in (("old", "/bin/true"), ("new", "/bin/ls")):
        (tmp_path / directory).mkdir()
        shutil.copy(program, tmp_path / directory / "agent")
    done = subprocess.run(
        [sys.executable, "-m", "elf_static", *shlex.split(command)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(DOCS.parent / "src/python")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("**new/agent is ")
    assert (
        "No modules: old/agent is not a Go program; new/agent is not a Go program.\n" in done.stdout
    )


def test_the_commands_of_the_page_on_growth_limit_it(tmp_path: Path) -> None:
    page = (DOCS / "inspect.md").read_text()
    (block,) = re.findall(r"```sh\n(elf-static inspect --format=size-baseline .*?)```", page, re.S)
    (tmp_path / "dist").mkdir()
    shutil.copy("/bin/true", tmp_path / "dist/agent")
    (tmp_path / "elf-static").write_text(
        f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m elf_static "$@"\n'
    )
    (tmp_path / "elf-static").chmod(0o755)
    done = subprocess.run(
        ["bash", "-c", block],
        cwd=tmp_path,
        env={"PATH": f"{tmp_path}:/bin", "PYTHONPATH": str(DOCS.parent / "src/python")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "ES004 interpreter: " in done.stdout
    assert "size-growth" not in done.stdout
    assert "**dist/agent is as large as sizes.json: " in done.stdout
    assert done.stderr == ""


def test_the_output_of_other_tools_on_the_verdict_page_is_real(
    named: dict[str, Path], tmp_path: Path
) -> None:
    text = (DOCS / "verdict.md").read_text()
    (block,) = re.findall(r"```text\n(\$ go build .*?)```", text, re.DOTALL)
    shown = dict(re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n)+)", block, re.MULTILINE))
    assert len(shown) == 4
    shutil.copy(named["static PIE by force"], tmp_path / "forced")
    elf_static = f"{shlex.quote(sys.executable)} -m elf_static"
    source = str(DOCS.parent / "src" / "python")
    for command, expected in shown.items():
        command = command.rpartition("&& ")[2].replace("elf-static", elf_static)
        done = subprocess.run(
            ["bash", "-c", f"{command}\ntrue"],
            cwd=tmp_path,
            env={"PATH": f"{os.environ['PATH']}:/usr/bin", "PYTHONPATH": source, "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=True,
        )
        said = (done.stdout + done.stderr).strip().rpartition("forced\t")[2]
        assert expected.rstrip("…\n") in said, command
