"""The builder: both sides agree on its arguments, and it can be compiled wherever Go can."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from pants.engine.fs import EMPTY_DIGEST
from pants.engine.process import FallibleProcessResult

from go_static.builder import program
from go_static.builder.arguments import (
    Arguments,
    CgoLook,
    Compile,
    GoBuild,
    GoCoverPage,
    GoFormat,
    GoGenerate,
    GoList,
    GoModDownload,
    GoTestBuild,
    GoTestRun,
    GoVet,
    MachineTool,
    Unpack,
)
from go_static.builder.program import BuilderError, checked
from go_static.go import sandbox
from go_static.go.source_header import read_go_source
from go_static.modules.downloads import Scope
from go_static_testing.built_builder import compile_in, lay_out_sources
from go_static_testing.compiled import new_caches
from go_static_testing.go_tool import GoTool

SOURCES = Path(program.__file__).with_name("_go")
# One of each command, with what users can write in it. The tests in Go read the same documents.
EXAMPLES = (
    GoGenerate(
        "a b/m",
        ("./it's & {chroot}",),
        (MachineTool("clang", '/opt/a "b"/clang', "clang 1.0\n1 2\n"),),
        {"FLAGS": "-I{root}/a b", "LINES": "'1'\n\"2\""},
    ),
    GoFormat(simplify=True),
    GoList("a b/m", ("-e", "-json=Dir", "--", './cmd/it\'s {chroot} & "more"')),
    GoModDownload("a b/m", Scope.WORKSPACE.value, ("example.com/Some/It's@v1.0.0-RC1",)),
    CgoLook(
        "a b/m",
        look_into_files=True,
        fields=("ImportPath", "CgoFiles"),
        tags="-tags=netgo,osusergo",
        packages=("example.com/it's/a", "example.com/{chroot}/b"),
    ),
    GoBuild(
        "a b/m",
        name="a b/m:it",
        output='it & "that"',
        kept_as="0123456789abcdef",
        flags=("-trimpath", "-ldflags=-X 'main.v={pants_concurrency} $HOME\n'"),
        pattern="./cmd",
        packages=("example.com/m/cmd", "std"),
    ),
    GoVet(
        "a b/m",
        name="the vetting of a b/m",
        flags=("-tags=netgo,osusergo", "-trimpath"),
        patterns=(".", './it\'s & "more" {chroot}'),
        packages=("example.com/m", "std"),
    ),
    GoCoverPage("a b/m", profile="cover.out", page="coverage.html"),
    GoTestBuild(
        "a b/m",
        name="the tests of a b/m",
        output="m.test",
        flags=("-trimpath", "-gcflags=-N -l"),
        pattern=".",
        packages=("example.com/m [example.com/m.test]", "std"),
    ),
    GoTestRun(
        "a b/m",
        binary="test/m.test",
        import_path="example.com/m",
        arguments=('-test.run=It\'s & "that"', "{chroot}"),
        verbose=True,
        timeout=60,
        coverage=True,
        interactive=False,
    ),
    Compile(
        "a b/m",
        flags=("-trimpath", "-gcflags=all=-N 'it'"),
        packages=("example.com/it's/a", "example.com/{chroot}/b"),
        with_deps=True,
    ),
    Unpack('{"directory": "it\'s {chroot}"}'),
)


def test_there_is_an_example_of_each_command() -> None:
    assert {type(example) for example in EXAMPLES} == set(Arguments.__subclasses__())
    assert {path.stem for path in (SOURCES / "testdata").glob("*.json")} == {
        example.command for example in EXAMPLES
    }


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.command)
def test_a_document_is_the_one_that_the_tests_in_go_read(example: Arguments) -> None:
    expected = json.loads((SOURCES / "testdata" / f"{example.command}.json").read_text())
    assert json.loads(example.document()) == expected


def test_the_command_line_has_nothing_that_a_user_wrote_and_no_path_of_the_machine() -> None:
    for example in EXAMPLES:
        assert program.command(example) == ("./builder/builder", example.command, "arguments.json")


def test_both_sides_find_the_same_refusals() -> None:
    """Those in the repository's files are found here, those in downloaded ones by the builder."""
    lines = (SOURCES / "testdata" / "refusals.txt").read_text().splitlines()
    verdicts = {line[2:]: line.startswith("+ ") for line in lines}
    assert set(verdicts.values()) == {True, False}
    for line, refuses in verdicts.items():
        assert read_go_source(f"package p\n\n{line}\n".encode()).refuses == refuses, line


def test_the_builders_own_tests_pass(go: GoTool, tmp_path: Path) -> None:
    done = subprocess.run(
        # With the flag of all builds, so that the standard library is compiled once.
        [go.command, "test", "-count=1", "-trimpath", "-vet=off", "./..."],
        cwd=SOURCES,
        env={
            **sandbox.OFFLINE,
            "GOCACHE": str(go.cache),
            "GOPATH": str(tmp_path),
            "GOPROXY": "off",
            "GOWORK": "off",
            "HOME": str(tmp_path),
            "PATH": f"{go.search_path}:/usr/bin:/bin",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def box(go: GoTool, tmp_path: Path) -> Path:
    """A sandbox. The cache that it falls back to has the standard library already."""
    laid_out = lay_out_sources(tmp_path / "a b's", go.root)
    (laid_out / sandbox.TEMPORARY / "cache").symlink_to(go.cache)
    return laid_out


def test_it_is_compiled_with_no_program_but_a_shell_and_go(box: Path) -> None:
    (box / sandbox.BUILD_CACHE).symlink_to("deleted")
    done = compile_in(box)
    assert (done.returncode, done.stderr) == (0, "")
    assert str(box.parent).encode() not in (box / "output" / "builder").read_bytes()


# What is done with the cache, in a shell.
UNWRITABLE = {
    "full": """\
        mount -t tmpfs -o size=100m tmpfs cache/build
        cp -R "$0"/named/go_static_build/. cache/build
        ! cat /dev/zero >cache/build/rest 2>/dev/null
    """,
    "read-only": "mount -t tmpfs -o ro tmpfs cache/build",
}


@pytest.mark.parametrize("state", UNWRITABLE)
def test_it_is_the_same_without_a_cache_that_can_be_written(
    box: Path, builder: Path, state: str
) -> None:
    (box / sandbox.BUILD_CACHE).mkdir(parents=True)
    script = f'{UNWRITABLE[state]}\nexec "$@"'
    namespace = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-euc", script)
    done = compile_in(box, *namespace, new_caches(), path=sandbox.SYSTEM_PATH)
    assert (done.returncode, done.stderr) == (0, "")
    compiled = box / "output" / "builder"
    assert os.access(compiled, os.X_OK)
    assert compiled.read_bytes() == (builder / "builder").read_bytes()


def test_what_go_says_of_sources_that_it_cannot_compile_is_printed_once(
    go: GoTool, box: Path
) -> None:
    (box / sandbox.BUILD_CACHE).symlink_to(go.cache)
    (box / "source" / "a.go").write_text("package main\n\nvar _ = undefined\n")
    done = compile_in(box)
    assert done.returncode == 1
    assert done.stderr.count("undefined: undefined") == 1


def result(code: int, stderr: bytes) -> FallibleProcessResult:
    metadata = object.__new__(object)
    return FallibleProcessResult(
        stdout=b"",
        stdout_digest=EMPTY_DIGEST,  # type: ignore[arg-type]
        stderr=stderr,
        stderr_digest=EMPTY_DIGEST,  # type: ignore[arg-type]
        exit_code=code,
        output_digest=EMPTY_DIGEST,
        metadata=metadata,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("stderr", "reason"),
    [
        (b'go: a warning\n{"error":"mkdir /a/b: no space left on device"}\n', "mkdir /a/b: no"),
        (b"panic: out of memory", "failed: panic: out of memory"),
        (b"", "failed: \n"),
    ],
)
def test_an_error_of_the_builder_is_told_from_one_of_go(stderr: bytes, reason: str) -> None:
    with pytest.raises(BuilderError, match="^go_static's builder, which runs `go` in ") as raised:
        checked(result(70, stderr))
    assert reason in str(raised.value)
    assert "check its permissions and the space on its disk" in str(raised.value)
    of_go = result(1, stderr)
    assert checked(of_go) is of_go
