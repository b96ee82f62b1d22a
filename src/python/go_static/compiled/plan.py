"""What to compile for a module's binaries: chunks, each with the process that compiles it."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pants.engine.fs import CreateDigest, Digest, Directory, FileContent, FileEntry, SymlinkEntry
from pants.engine.process import Process, ProcessExecutionEnvironment
from pants.util.frozendict import FrozenDict
from pants.util.logging import LogLevel

from go_sbom.question import escaped
from go_static.builder.arguments import Compile
from go_static.builder.program import Cores, command
from go_static.compiled.chunks import Chunk, Origin, make_chunks
from go_static.compiled.requirements import go_mod, go_sum
from go_static.engine.compat import (
    create_digest,
    create_digests,
    get_digest_entries,
    implicitly,
    rule,
)
from go_static.go import sandbox
from go_static.go.list_output import ListedModule
from go_static.listing.go_list import ListedBinaries
from go_static.listing.import_graph import importers
from go_static.listing.list_module import Listing, TreeFiles, tree_files
from go_static.listing.outline import read_outline
from go_static.modules.tree import ModuleTree
from go_static.targets.binary_settings import BuildContext

_PROFILES = "profile"
_OUTPUT = f"{sandbox.OUTPUT}/{sandbox.COMPILED}"


@dataclass(frozen=True)
class Profile:
    """A profile in the sandbox; without a file, Go uses its default."""

    file: FileEntry | None = None

    @classmethod
    def create(cls, file: FileEntry, name: str) -> Profile:
        """Another profile has another path, so a machine that has compiled packages with the one
        does not take them for packages with the other."""
        digest = file.file_digest
        return cls(FileEntry(f"{_PROFILES}/{digest.fingerprint}/{name}", digest))

    def arguments(self, directory: str) -> tuple[str, ...]:
        """Those of `go`, run in a directory of the repository."""
        if self.file is None:
            return ()
        tree = posixpath.normpath(posixpath.join(sandbox.TREE, directory))
        return (f"-pgo={posixpath.relpath(self.file.path, tree)}",)


@dataclass(frozen=True)
class CompiledRequest:
    """What the packages in `mains` import, which are no part of it; `listed` and `tree` are those
    of their listing. `flags` are the arguments with which `go` compiles
    (`BuildFlags.import_arguments`). A profile changes what all packages are compiled to."""

    context: BuildContext
    mains: tuple[str, ...]
    listed: ListedBinaries
    tree: ModuleTree
    flags: tuple[str, ...]
    profile: Profile = Profile()


def compiled_for_binaries(
    context: BuildContext, listing: Listing, flags: tuple[str, ...], profile: Profile
) -> CompiledRequest:
    """What the binaries in a listing import."""
    binaries = listing.listed.binaries.values()
    mains = tuple(binary.main for binary in binaries if not binary.error)
    return CompiledRequest(context, mains, listing.listed, listing.tree, flags, profile)


@dataclass(frozen=True)
class PlannedChunk:
    """`process` compiles a chunk; `arguments` are the builder's for it. `imported` are
    all packages that its own import, without these and the standard library's."""

    chunk: Chunk
    process: Process
    arguments: Compile
    imported: frozenset[str]


@dataclass(frozen=True)
class CompiledPlan:
    """`numbers` has the chunk of each package outside of the standard library. The name depends on
    all that is compiled: builds of other plans have the same build cache."""

    chunks: tuple[PlannedChunk, ...]
    numbers: FrozenDict[str, int]
    name: str

    def needed(self, packages: Iterable[str]) -> tuple[int, ...]:
        """The chunks with these packages. The first one is the standard library's."""
        return tuple(sorted({0, *(self.numbers[p] for p in packages if p in self.numbers)}))


@dataclass(frozen=True)
class _Sources:
    """What the packages of a chunk are compiled from: files in the sandbox, and digests by path."""

    files: tuple[FileEntry | SymlinkEntry | FileContent, ...]
    digests: Mapping[str, Digest]


def sources_in_repository(
    packages: Iterable[str], listed: ListedBinaries, choice: TreeFiles
) -> _Sources:
    """Those of packages and of all that they import, as a build of a binary has them."""
    files = {file for package in packages for file in listed.files.get(package, ())}
    chosen = choice.of(files)
    return _Sources(
        chosen.loose_in_sandbox,
        {**listed.toolchain.digests, **chosen.directories_in_sandbox},
    )


def sources_elsewhere(
    packages: Iterable[str], request: CompiledRequest, zips: Mapping[str, Digest]
) -> _Sources:
    """Those of packages of modules and of all that they import: they do not depend on what else
    the repository requires."""
    required = {request.listed.modules[package] for package in packages}
    modules = sorted(required, key=lambda module: module.path)
    tree = request.tree
    sums = "".join((*(main.go_sum for main in tree.mains), tree.workspace.sums))
    texts = {"go.mod": go_mod(modules, tree.go), "go.sum": go_sum(modules, sums)}
    downloads = {directory_of_zip(module) for module in modules} & zips.keys()
    toolchain = request.listed.toolchain.digests
    return _Sources(
        tuple(FileContent(f"{sandbox.TREE}/{name}", text.encode()) for name, text in texts.items()),
        {
            sandbox.SDK: toolchain[sandbox.SDK],
            sandbox.BUILDER: toolchain[sandbox.BUILDER],
            **{f"{sandbox.DOWNLOADS}/{directory}": zips[directory] for directory in downloads},
        },
    )


def directory_of_zip(module: ListedModule) -> str:
    """Where a module is among the downloads."""
    return f"{escaped(module.source)}/@v"


def describe(chunk: Chunk, request: CompiledRequest) -> str:
    number = "" if chunk.origin is Origin.STANDARD else f"{len(chunk.packages)} packages of "
    return f"Compile {number}{chunk.origin.value} for {request.context.platform}"


def make_process(
    chunk: Chunk,
    request: CompiledRequest,
    inputs: Digest,
    digests: Mapping[str, Digest],
    cores: Cores,
) -> Process:
    context = request.context
    own = chunk.origin is Origin.REPOSITORY
    return Process(
        command(compile_arguments(chunk, request), cores.argument),
        env=sandbox.offline_environment(
            context.platform,
            request.listed.toolchain.workspace if own else "",
            context.features,
        ),
        input_digest=inputs,
        immutable_input_digests=digests,
        append_only_caches=sandbox.caches(isolated=False).named,
        output_directories=(_OUTPUT,),
        concurrency_available=cores.at_most,
        description=describe(chunk, request),
        level=LogLevel.DEBUG,
    )


def compile_arguments(chunk: Chunk, request: CompiledRequest) -> Compile:
    own = chunk.origin is Origin.REPOSITORY
    directory = request.context.module_directory if own else ""
    return Compile(
        directory=directory,
        flags=(*request.flags, *request.profile.arguments(directory)),
        packages=chunk.packages,
        with_deps=chunk.origin is Origin.STANDARD,
    )


async def _downloads_by_directory(downloads: Digest) -> dict[str, Digest]:
    """The files of each module, so that each is laid out once for all chunks that need it."""
    directories: dict[str, list[FileEntry]] = {}
    for entry in await get_digest_entries(downloads):
        if isinstance(entry, FileEntry):
            directory, name = posixpath.split(entry.path)
            file = FileEntry(name, entry.file_digest, entry.is_executable)
            directories.setdefault(directory, []).append(file)
    digests = await create_digests(tuple(files) for files in directories.values())
    return dict(zip(directories, digests))


@rule(desc="Plan what to compile for Go binaries", level=LogLevel.DEBUG)
async def plan_compiled(
    request: CompiledRequest, environment: ProcessExecutionEnvironment
) -> CompiledPlan:
    listed = request.listed
    outline = await read_outline(request.tree.digest, **implicitly())
    choice = await tree_files(listed, request.tree, outline)
    zips = await _downloads_by_directory(listed.toolchain.downloads)
    cores = Cores.of(environment.remote_execution)
    planned = []
    for chunk in make_chunks(request.mains, listed.graph, listed.local):
        packages = {p for package in chunk.packages for p in importers(package, listed.graph)}
        if chunk.origin is Origin.REPOSITORY:
            sources = sources_in_repository(packages, listed, choice)
        else:
            sources = sources_elsewhere(packages & listed.graph.keys(), request, zips)
        arguments = compile_arguments(chunk, request)
        directories = map(Directory, sandbox.caches(isolated=False).directories)
        profile = [request.profile.file] if request.profile.file else []
        inputs = await create_digest(
            CreateDigest([*sources.files, *directories, *profile, arguments.file()])
        )
        process = make_process(chunk, request, inputs, sources.digests, cores)
        imported = frozenset(packages - set(chunk.packages))
        planned.append(PlannedChunk(chunk, process, arguments, imported))
    return CompiledPlan(
        tuple(planned),
        FrozenDict({p: n for n, made in enumerate(planned) for p in made.chunk.packages}),
        name_of([made.process for made in planned]),
    )


def name_of(processes: Iterable[Process]) -> str:
    every = "".join(map(repr, processes))
    return f"_{hashlib.sha256(every.encode()).hexdigest()[:32]}"
