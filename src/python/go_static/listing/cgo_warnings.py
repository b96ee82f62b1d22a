"""Warnings about what a build without cgo leaves out, and what needs shared libraries without cgo.

They do not stop a build. They explain in advance why a program or an ELF test may fail.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pants.engine.fs import Digest
from pants.engine.process import Process
from pants.util.frozendict import FrozenDict
from pants.util.logging import LogLevel

from elf_static.judge.cgo_stubs import STUBS
from go_static.builder.arguments import CgoLook
from go_static.builder.program import checked, command
from go_static.engine.compat import concurrently
from go_static.engine.processes import execute_cached
from go_static.go import sandbox
from go_static.go.list_output import CGO_FIELDS, parse_result
from go_static.go.subsystem import GoStaticSubsystem
from go_static.listing.go_list import ListedBinaries
from go_static.listing.import_graph import import_chains
from go_static.listing.outline import Outline
from go_static.modules.build_inputs import Toolchain
from go_static.targets.binary_settings import BuildContext

# How many files of a package a message names.
_SHOWN = 3


@dataclass(frozen=True)
class CgoUse:
    """Files by import path: in `left_out`, those that need cgo; in `imports_symbols`, those that
    name shared libraries with `//go:cgo_import_dynamic`; in `refuses`, those with a string, such as
    the text of an error, that says that cgo is missing."""

    left_out: FrozenDict[str, tuple[str, ...]] = FrozenDict()
    imports_symbols: FrozenDict[str, tuple[str, ...]] = FrozenDict()
    refuses: FrozenDict[str, tuple[str, ...]] = FrozenDict()


async def find_cgo(
    context: BuildContext,
    listed: ListedBinaries,
    outline: Outline,
    module_files: Digest,
    options: GoStaticSubsystem,
) -> CgoUse:
    """The use of cgo in the packages of a listing, which read `outline`."""
    # Downloaded packages stay the same while the repository changes, so they have a separate
    # process. For the repository's own, the outline is enough, because their code has been read.
    looks = (
        _look_for_cgo(context, listed.toolchain, packages, look_into_files, sources, options)
        for packages, look_into_files, sources in (
            (packages_beside(listed.local, outline.imports_c), False, outline.digest),
            (listed.graph.keys() - listed.local, True, module_files),
        )
    )
    here, downloaded = await concurrently(looks)
    imports_symbols = of_packages(listed.local, outline.imports_symbols)
    refuses = of_packages(listed.local, outline.refuses)
    return CgoUse(
        FrozenDict({**downloaded.left_out, **here.left_out}),
        FrozenDict({**downloaded.imports_symbols, **imports_symbols}),
        FrozenDict({**downloaded.refuses, **refuses}),
    )


async def _look_for_cgo(
    context: BuildContext,
    toolchain: Toolchain,
    packages: Iterable[str],
    look_into_files: bool,
    sources: Digest,
    options: GoStaticSubsystem,
) -> CgoUse:
    """The use of cgo in these packages. `sources` holds the module files, and the files of packages
    in the repository."""
    packages = tuple(sorted(packages))
    if not packages:
        return CgoUse()
    caches = sandbox.caches(options.isolated_caches)
    arguments = CgoLook(
        directory=context.module_directory,
        look_into_files=look_into_files,
        fields=CGO_FIELDS,
        tags=context.tags_argument,
        packages=packages,
    )
    result = await execute_cached(
        Process(
            command(arguments),
            env=sandbox.offline_environment(
                context.platform, toolchain.workspace, context.features
            ),
            input_digest=await sandbox.lay_out(sources, caches, arguments=arguments.file()),
            immutable_input_digests=toolchain.digests,
            append_only_caches=caches.named,
            description=f"Look for cgo in {len(packages)} packages",
            level=LogLevel.DEBUG,
        )
    )
    if checked(result).exit_code != 0:
        # The build reports better what is wrong with these packages.
        return CgoUse()
    return parse_cgo(result.stdout)


def parse_cgo(output: bytes) -> CgoUse:
    """Read the output of the builder's command `cgo`: what was found, then a listing with cgo
    on."""
    found, packages = parse_result(output, sandbox.TREE)
    return CgoUse(
        FrozenDict({p.import_path: p.cgo_files for p in packages if p.cgo_files}),
        FrozenDict({package: tuple(names) for package, names in found["imports_symbols"].items()}),
        FrozenDict({package: tuple(names) for package, names in found["refuses"].items()}),
    )


@dataclass(frozen=True)
class Remarks:
    """What to tell the user who builds a program."""

    warnings: tuple[str, ...]
    info: tuple[str, ...]


def remarks(name: str, main: str, graph: Mapping[str, tuple[str, ...]], use: CgoUse) -> Remarks:
    """The warnings about the program `name`, whose main package is `main`. `graph` is as in
    import_graph.py."""
    if use == CgoUse():
        return Remarks((), ())
    chains = import_chains(main, graph)
    warnings = []
    left_out = []
    for package, files in sorted(use.left_out.items()):
        chain = chains.get(package)
        if chain is None:
            continue
        where = (
            f"  files left out: {some_files(files)}\n  imported through: {' → '.join(chain)}\n\n"
        )
        stub = next((s for s in STUBS if package == s or package.startswith(f"{s}/")), None)
        if stub is not None:
            warnings.append(
                f"{name}: {package} is a stub without cgo: it compiles, but fails when it is "
                f"used. Static binaries are built without cgo.\n{where}"
                f'Use {STUBS[stub]}, which needs no cgo. A policy with `stubs = "deny"` makes the '
                "ELF test fail."
            )
        elif package in use.refuses:
            warnings.append(
                f"{name}: {package} seems to be a stub without cgo: "
                f"{some_files(use.refuses[package])} says that cgo is missing. Static binaries are "
                f"built without cgo.\n{where}"
                "Test the functions that the program uses, or use a pure Go package."
            )
        else:
            left_out.append(f"{package} ({some_files(files)})")
    for package, files in sorted(use.imports_symbols.items()):
        chain = chains.get(package)
        # A package that is imported by another of them needs no warning of its own.
        if chain is None or not use.imports_symbols.keys().isdisjoint(chain[:-1]):
            continue
        warnings.append(
            f"{name}: {package} links shared libraries without cgo "
            f"(`//go:cgo_import_dynamic` in {some_files(files)}), so the binary will need a "
            "loader, and its ELF test will fail.\n"
            f"  imported through: {' → '.join(chain)}\n\n"
            "Remove the package, or exclude its import from this program with a build constraint."
        )
    info = []
    if left_out:
        info.append(
            f"{name} is built without the cgo files of {', '.join(left_out)}; the other "
            "files of these packages are used."
        )
    return Remarks(tuple(warnings), tuple(info))


def packages_beside(
    packages: Mapping[str, tuple[str, ...]], files: frozenset[str]
) -> frozenset[str]:
    """The packages, by import path, whose directories contain some of the files."""
    directories = {posixpath.dirname(file) for file in files}
    return frozenset(
        import_path
        for import_path, own in packages.items()
        if any(posixpath.dirname(file) in directories for file in own[:1])
    )


def of_packages(
    packages: Mapping[str, tuple[str, ...]], files: frozenset[str]
) -> FrozenDict[str, tuple[str, ...]]:
    """The names of the files that belong to each package, by import path."""
    found = {
        import_path: tuple(file.rpartition("/")[2] for file in own if file in files)
        for import_path, own in packages.items()
    }
    return FrozenDict({import_path: names for import_path, names in found.items() if names})


def some_files(files: tuple[str, ...]) -> str:
    """The first of the files, and how many more there are."""
    more = f" and {len(files) - _SHOWN} more" if len(files) > _SHOWN else ""
    return ", ".join(files[:_SHOWN]) + more
