"""The second build: a real build in other directories, compared with the first."""

from __future__ import annotations

import re
from pathlib import Path

from pants.engine.target import InvalidFieldException, Tags

from go_static.goals.reproducibility_check import ReproducibleTestFieldSet
from go_static.targets.types import GoReproducibleTestTarget
from go_static_testing.engine import Repository, shown

GO_MOD = "module example.com/m\n\ngo 1.21\n"
MAIN = "package main\n\nfunc main() { println(made) }\n"
TEST = "m:it#reproducible_test"


def program(
    build: str, main: str = 'package main\n\nfunc main() { println("twice") }\n'
) -> dict[str, str]:
    return {
        "m/go.mod": GO_MOD,
        "m/main.go": main,
        "m/BUILD": f'go_module(name="mod")\n{build}',
    }


def generated(script: str) -> dict[str, str]:
    """A program with a `made.go` that a shell script writes; `made` is a string in it."""
    return {
        **program(
            'go_codegen(name="code", packages=["."], tools=["sh"])\n'
            'go_static_binary(name="it", codegen=[":code"], reproducible=True)\n',
            f"//go:generate sh make.sh\n{MAIN}",
        ),
        "m/make.sh": script,
    }


def test_only_a_reproducible_binary_generates_the_test(repository: Repository) -> None:
    repository.write(
        program(
            'go_static_binary(name="it", goarch=parametrize("amd64", "arm64"), reproducible=True, '
            'tags=["t"], skip_elf_static_test=True)\ngo_static_binary(name="other")\n'
        )
    )
    targets = repository.targets()

    found = [name for name, t in targets.items() if isinstance(t, GoReproducibleTestTarget)]
    assert sorted(found) == [f"{TEST}@goarch=amd64", f"{TEST}@goarch=arm64"]
    test = targets[f"{TEST}@goarch=arm64"]
    fields = ReproducibleTestFieldSet.create(test)
    assert fields.binary.value == "m:it#binary@goarch=arm64"
    assert repository.dependencies(f"{TEST}@goarch=arm64") == ["m:it#binary@goarch=arm64"]
    assert test[Tags].value == ("t",)


def test_a_hand_written_test_must_match_one_binary(repository: Repository) -> None:
    repository.write(
        program('go_static_binary(name="it")\ngo_reproducible_test(name="test", binary=":mod")\n')
    )
    with repository.fails(
        InvalidFieldException,
        "m:test: binary=`:mod` must match exactly one binary",
        "matched: none.",
        "set `reproducible=True` on the `go_static_binary`, which generates the test.",
    ):
        repository.reproducible_test("m:test")


def test_the_second_build_is_in_other_directories_and_compared_with_the_first(
    repository: Repository, tmp_path: Path
) -> None:
    """The generator reads and writes files outside its sandbox, for this test only."""
    log, made = tmp_path / "log", tmp_path / "made"
    directories = '"$PWD" "$GOROOT" "$GOMODCACHE" "$GOCACHE" "$GOPATH" "$TMPDIR" "$HOME"'
    repository.write(
        generated(
            f"echo {directories} >>{log}\n"
            f"read made <{made}\n"
            'printf "package main\\n\\nconst made = \\"%s\\"\\n" "$made" >made.go\n'
        )
    )
    made.write_text("the same\n")

    result = repository.reproducible_test(TEST)

    assert result.exit_code == 0
    assert re.fullmatch(
        r"first/m/it and second/m/it are the same: [\d.]+ MB, SHA-256 [0-9a-f]{64}\n",
        shown(result),
    )
    first, second = (line.split() for line in log.read_text().splitlines())
    assert len(first) == len(second) == 7
    for old, new in zip(first, second):
        assert old != new
        assert "/elsewhere/" in new
        assert "named" not in new

    # The result is cached until something changes, except with --test-force.
    made.write_text("another\n")
    repository.configure()
    assert repository.reproducible_test(TEST).exit_code == 0
    assert len(log.read_text().splitlines()) == 2
    repository.configure("--test-force")
    differs = repository.reproducible_test(TEST)
    assert len(log.read_text().splitlines()) == 3

    assert differs.exit_code == 1
    report = shown(differs)
    assert report.startswith("first/m/it and second/m/it differ\n  files\n    A first/m/it: ")
    assert re.search(r"^    \.rodata: \d+ bytes at 0x\w+; \d+ bytes differ, ", report, re.M)
    assert "According to Go's build IDs, source files or the compiler's flags differ." in report
    assert report.endswith(
        "\nGenerated code that differs between the two builds:\n"
        "  m/made.go, from m:code#code\n"
        "Make the generator omit values that change with each run, and sort unordered data.\n"
    )
