"""The directives of a `go_codegen`, and the files that they see: those of their packages and of the
imported packages. A change of other files does not rerun them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass

from pants.engine.fs import Digest, MergeDigests
from pants.engine.process import Process
from pants.util.logging import LogLevel

from go_static.builder.arguments import GoList
from go_static.builder.program import command
from go_static.codegen import environment
from go_static.codegen.directives import Directive, local_packages, parse_directives
from go_static.codegen.errors import GoGenerateError
from go_static.engine import repo_paths
from go_static.engine.compat import digest_to_snapshot, implicitly, merge_digests
from go_static.engine.files import read_subset, subset
from go_static.go import sandbox
from go_static.go.clean_output import clean_output
from go_static.go.list_output import DEPS_FIELDS, parse_go_list
from go_static.modules.build_inputs import (
    BuildInputs,
    BuildInputsRequest,
    Toolchain,
    build_inputs,
    go_list,
)
from go_static.modules.module import find_module


@dataclass(frozen=True)
class GenerateSources:
    """The inputs of `go generate`. `patterns` are its arguments in `module_directory`, and `digest`
    holds the files at their paths in the repository."""

    module_directory: str
    directives: tuple[Directive, ...]
    patterns: tuple[str, ...]
    digest: Digest
    toolchain: Toolchain


async def find_generate_sources(
    name: str, directory: str, packages: tuple[str, ...], inputs: Digest, caches: sandbox.Caches
) -> GenerateSources:
    """The inputs of the target `name` in `directory`; `packages` and `inputs` are as in
    `GoGenerateRequest`.

    :raises GoGenerateError: there is nothing to run, or an input is missing.
    """
    module = await find_module(directory)
    if module is None:
        raise GoGenerateError(
            f"{name}: no go.mod in {directory or 'the root'} or any parent directory.\n\n"
            "Move the target into a Go module, or create one there: `go mod init "
            "example.com/name`."
        )
    stands_on = await build_inputs(BuildInputsRequest(module, all_platforms=True), **implicitly())
    tree = stands_on.tree
    base = await merge_digests(MergeDigests([tree.digest, inputs]))
    files = (await digest_to_snapshot(base)).files
    named = package_directories(packages, files)
    if not named:
        raise GoGenerateError(
            f"{name}: no Go package in {', '.join(packages) or '.'}.\n\n"
            "Check the `packages` field: its directories are relative to the BUILD file."
        )
    directives = await _directives_in(base, named)
    if not directives:
        raise GoGenerateError(
            f"{name}: no `//go:generate` directive in {', '.join(named) or '.'}.\n\n"
            "Check the `packages` field."
        )
    run = local_packages(directives, tree.main.go_mod.module, module)
    used, toolchain = await _packages_used(name, base, (*named, *run), stands_on, caches)
    needed = files_of_packages(used.union(named), files)
    narrowed = await subset(base, repo_paths.glob_literals(needed))
    return GenerateSources(
        module,
        directives,
        tuple(repo_paths.go_pattern(d, module) for d in named),
        await merge_digests(MergeDigests([narrowed, tree.module_files, inputs])),
        toolchain,
    )


async def _directives_in(tree: Digest, directories: Iterable[str]) -> tuple[Directive, ...]:
    """The directives in the Go files of these directories, in the order of the files' paths."""
    globs = (repo_paths.join(repo_paths.glob_literal(d), "*.go") for d in directories)
    sources = await read_subset(tree, globs)
    return tuple(
        directive
        for source in sorted(sources, key=lambda source: source.path)
        for directive in parse_directives(source.path, source.content.decode(errors="replace"))
    )


async def _packages_used(
    name: str,
    tree: Digest,
    directories: Iterable[str],
    stands_on: BuildInputs,
    caches: sandbox.Caches,
) -> tuple[frozenset[str], Toolchain]:
    """The directories of the packages in `directories` and of those they import, and a toolchain
    with the downloads for all of them."""
    module, toolchain = stands_on.tree.directory, stands_on.toolchain
    arguments = GoList(
        module,
        (
            "-e",
            "-deps",
            f"-json={','.join(DEPS_FIELDS)}",
            "--",
            *(repo_paths.go_pattern(directory, module) for directory in directories),
        ),
    )
    process = Process(
        command(arguments),
        env=environment.generate_environment(toolchain.workspace),
        input_digest=await sandbox.lay_out(tree, caches, arguments=arguments.file()),
        immutable_input_digests=toolchain.digests,
        append_only_caches=caches.named,
        description=f"List what {name} generates code from",
        level=LogLevel.DEBUG,
    )
    listed, toolchain = await go_list(process, toolchain, stands_on.whole_graph)
    if listed.exit_code != 0:
        raise GoGenerateError(
            f"{name}: `go list` cannot list its packages:\n\n{clean_output(listed.stderr, module)}"
        )
    packages = parse_go_list(listed.stdout, sandbox.TREE)
    return frozenset(p.directory for p in packages if p.directory is not None), toolchain


def package_directories(packages: Iterable[str], files: Iterable[str]) -> tuple[str, ...]:
    """The directories with Go files that `packages` match."""
    with_go = sorted({posixpath.dirname(file) for file in files if file.endswith(".go")})
    found: dict[str, None] = {}
    for package in packages:
        if posixpath.basename(package) == "...":
            parent = posixpath.dirname(package)
            for directory in with_go:
                below = repo_paths.relative_to(directory, parent)
                if repo_paths.is_below(directory, parent) and not repo_paths.go_skips(
                    "" if below == "." else below
                ):
                    found.setdefault(directory)
        elif package in with_go:
            found.setdefault(package)
    return tuple(found)


def files_of_packages(used: frozenset[str], files: Iterable[str]) -> tuple[str, ...]:
    """The files of the packages in these directories, including those in directories below that are
    not packages."""
    files = tuple(files)
    with_go = frozenset(posixpath.dirname(file) for file in files if file.endswith(".go"))
    return tuple(
        file for file in files if repo_paths.nearest(posixpath.dirname(file), with_go) in used
    )
