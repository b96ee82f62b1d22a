"""Packages in chunks: what changes with an edit or a new module, and what does not."""

from __future__ import annotations

from go_static.compiled.chunks import NEAR, Chunk, Origin, in_waves, make_chunks

COUNT = 40 * NEAR


def program(count: int = COUNT) -> dict[str, tuple[str, ...]]:
    """Packages of modules, each of which imports some of those before, and one that imports all."""
    graph: dict[str, tuple[str, ...]] = {
        f"m{number}.com/p": (
            "fmt",
            *(f"m{number - step}.com/p" for step in (1, 7, 50) if number >= step),
        )
        for number in range(count)
    }
    return {**graph, "r/own": ("os", "m5.com/p"), "r/cmd": ("r/own", *graph)}


def chunks_of(graph: dict[str, tuple[str, ...]]) -> tuple[Chunk, ...]:
    return make_chunks(["r/cmd"], graph, {"r/own", "r/cmd"})


def test_each_package_but_the_commands_is_in_one_chunk_after_its_imports() -> None:
    graph = program()
    chunks = chunks_of(graph)
    packages = [package for chunk in chunks[1:] for package in chunk.packages]
    assert sorted(packages) == sorted(graph.keys() - {"r/cmd"})
    numbers = {package: n for n, chunk in enumerate(chunks) for package in chunk.packages}
    for number, chunk in enumerate(chunks):
        assert all(below < number for below in chunk.below)
        needed = {numbers[i] for package in chunk.packages for i in graph.get(package, ())}
        assert needed <= {number, *chunk.below}
    sizes = [len(chunk.packages) for chunk in chunks if chunk.origin is Origin.MODULES]
    assert min(sizes) >= NEAR
    assert max(sizes) < 6 * NEAR


def test_the_standard_library_is_what_others_import() -> None:
    graph = {"r/cmd": ("unsafe", "C", "os", "r/own"), "r/own": ("net/http",)}
    standard, own = chunks_of(graph)
    assert standard == Chunk(Origin.STANDARD, ("net/http", "os", "runtime"))
    assert own == Chunk(Origin.REPOSITORY, ("r/own",), below=(0,))


def test_a_new_module_changes_few_chunks() -> None:
    graph = program()
    before = {chunk.packages for chunk in chunks_of(graph)}
    after = {
        chunk.packages
        for chunk in chunks_of(
            {**graph, "m40a.com/p": ("m3.com/p",), "r/cmd": (*graph["r/cmd"], "m40a.com/p")}
        )
    }
    assert len(after - before) <= 2


def test_a_module_that_imports_from_the_repository_is_compiled_with_it() -> None:
    graph = {"r/cmd": ("m/plugin",), "m/plugin": ("r/own", "m/lib"), "m/lib": (), "r/own": ()}
    _, modules, own = chunks_of(graph)
    assert (modules.origin, modules.packages) == (Origin.MODULES, ("m/lib",))
    assert (own.origin, own.packages) == (Origin.REPOSITORY, ("r/own", "m/plugin"))


def test_a_chunk_is_compiled_after_all_that_it_imports_from() -> None:
    chunks = tuple(
        Chunk(Origin.MODULES, (str(number),), below)
        for number, below in enumerate([(), (0,), (0,), (1, 0), (2, 3)])
    )
    assert list(in_waves(range(5), chunks)) == [(0,), (1, 2), (3,), (4,)]
    # What is not to be compiled still orders the others.
    assert list(in_waves([1, 2, 4], chunks)) == [(1, 2), (4,)]
