"""Which entries of chunks become inputs of a process."""

from __future__ import annotations

from pants.engine.fs import EMPTY_DIGEST, FileDigest, FileEntry
from pants.engine.process import Process
from pants.util.frozendict import FrozenDict

from go_static.builder.arguments import Compile
from go_static.compiled.as_inputs import Entries, choose, package_key, with_all_below
from go_static.compiled.chunks import Chunk, Origin
from go_static.compiled.plan import CompiledPlan, PlannedChunk


def planned(origin: Origin, below: tuple[int, ...], *packages: str) -> PlannedChunk:
    return PlannedChunk(
        Chunk(origin, packages, below),
        Process(("true",), description="", input_digest=EMPTY_DIGEST),
        Compile(directory="", flags=(), packages=packages, with_deps=False),
        frozenset(),
    )


def entry(package: str) -> FileEntry:
    return FileEntry(f"{package_key(package)}-action-output", FileDigest("0" * 64, 1))


PLAN = CompiledPlan(
    (
        planned(Origin.STANDARD, (), "errors"),
        planned(Origin.MODULES, (0,), "a", "b"),
        planned(Origin.MODULES, (0,), "c"),
        planned(Origin.REPOSITORY, (0, 1), "d"),
    ),
    FrozenDict({"errors": 0, "a": 1, "b": 1, "c": 2, "d": 3}),
    "_name",
)


def test_a_key_is_that_of_the_builder() -> None:
    # _go/entries_test.go has it, too.
    assert package_key("example.com/m/lib") == "4f133a07d8c82227f4dd19f18920cd7a"


def test_a_process_gets_the_standard_library_and_the_packages_that_it_imports() -> None:
    made = {
        0: Entries((entry("errors"), entry("internal/abi"))),
        1: Entries((entry("a"), entry("b"))),
        2: Entries((entry("c"),)),
    }
    chosen = choose(("b", "main"), made, PLAN)
    assert chosen == (entry("errors"), entry("internal/abi"), entry("b"))


def test_a_chunk_that_does_not_compile_gives_nothing() -> None:
    assert choose(("a", "b"), {1: Entries(())}, PLAN) == ()


def test_chunks_are_compiled_with_all_that_they_import_from() -> None:
    assert with_all_below({3}, PLAN) == {0, 1, 3}
    assert with_all_below({0}, PLAN) == {0}
