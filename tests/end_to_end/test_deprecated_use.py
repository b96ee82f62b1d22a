"""The backend uses nothing in Pants that is deprecated: no goal on any target logs a warning."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from end_to_end.repository import Repository, Toolbox
from go_static import register

GO = {
    "agent/go.mod": "module example.com/agent\n\ngo 1.21\n",
    "agent/main.go": (
        "package main\n\n//go:generate sh generate.sh\n\nfunc main() { println(text) }\n"
    ),
    "agent/generate.sh": "printf 'package main\\n\\nconst text = \"hello\"\\n' >text.go\n",
    "agent/text.go": 'package main\n\nconst text = "hello"\n',
    "agent/text_test.go": ('package main\n\nimport "testing"\n\nfunc TestText(t *testing.T) {}\n'),
}
BUILD = """\
go_module(name="mod")

go_codegen(name="generate", tools=["sh"], committed=True)

go_static_binary(
    name="agent", codegen=[":generate"], reproducible=True, run_in_scratch=[], strip=True
)

elf_static_test(name="test", binary=":agent")
"""
GOALS = (
    ("list", "::"),
    ("peek", "::"),
    ("--filter-target-type=go_static_binary", "list", "::"),
    ("dependencies", "--transitive", "::"),
    ("dependents", "--transitive", "agent/main.go"),
    ("paths", "--from=agent:agent#elf_static_test", "--to=agent:mod#go.mod"),
    ("package", "::"),
    ("test", "--use-coverage", "--report", "::"),
    ("fmt", "::"),
    ("lint", "::"),
    ("check", "::"),
    ("test", "--debug", "agent:agent#elf_static_test"),
    ("run", "agent:agent"),
    ("export-codegen", "::"),
    ("--changed-since=HEAD", "--changed-dependents=transitive", "list"),
    ("help", "go_static_binary"),
    ("help-advanced", "go-sdk"),
    ("help-all",),
)


@pytest.fixture
def talkative(tmp_path: Path, toolbox: Toolbox) -> Iterator[Repository]:
    """A repository with its own pantsd, to include the log of its start."""
    created = Repository.create(
        tmp_path / "repository", toolbox, pantsd=True, global_options='level = "debug"'
    )
    yield created
    created.stop_pantsd()


def test_no_goal_on_any_target_logs_a_deprecation(talkative: Repository) -> None:
    talkative.write({**GO, ".gitignore": "/.pants.d/\n/.pids\n/dist/\n"})
    results = [talkative.pants("tailor", "::").succeeded()]
    talkative.write({"agent/BUILD": BUILD})
    talkative.git("init", "-q", "-b", "main")
    talkative.git("add", "-A")
    talkative.git("commit", "-q", "-m", "all")
    talkative.write({"agent/main.go": GO["agent/main.go"] + "\n// changed\n"})

    results += [talkative.pants(*goal).succeeded() for goal in GOALS]

    peeked = next(result.output for result in results if result.command.endswith(" peek ::"))
    assert {target["target_type"] for target in json.loads(peeked)} == {
        target.alias for target in register.target_types()
    }
    logs = [path.read_text() for path in talkative.root.glob(".pants.d/**/pants.log")]
    said = [*(result.log for result in results), *logs]
    assert "[DEBUG]" in logs[0] and "[DEBUG]" in results[0].log
    assert [line for text in said for line in text.splitlines() if "deprecat" in line.lower()] == []
