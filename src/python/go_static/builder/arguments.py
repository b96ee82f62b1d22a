"""The arguments of the builder's commands, one record for each: its fields are those that the
command of the same name in `_go` reads. `_go/testdata` has a document of each, which the tests of
both sides compare with.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from pants.engine.fs import FileContent

# Where the document is in a sandbox. It is a file, because Pants would replace `{chroot}` and the
# like in argv, and because the system limits the length of an argument.
ARGUMENTS = "arguments.json"


@dataclass(frozen=True)
class Arguments:
    command: ClassVar[str]

    def document(self) -> bytes:
        return json.dumps(dataclasses.asdict(self), sort_keys=True).encode()

    def file(self) -> FileContent:
        return FileContent(ARGUMENTS, self.document())


@dataclass(frozen=True)
class GoList(Arguments):
    """`go list` with `arguments`, in a directory of the repository."""

    command = "list"

    directory: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class GoModDownload(Arguments):
    """`go mod download` of `modules`, or of all; `scope` is a value of `downloads.Scope`. With a
    network, one more argument is the file with the caller's settings."""

    command = "download"

    directory: str
    scope: str
    modules: tuple[str, ...]


@dataclass(frozen=True)
class MachineTool:
    """A program of the machine. `identity` changes with its version or content, and is only part of
    the cache key."""

    name: str
    path: str
    identity: str


@dataclass(frozen=True)
class GoGenerate(Arguments):
    """`go generate` of `packages`, with tools beside those in the sandbox. In values of
    `environment`, `{root}` is the directory with the repository's files."""

    command = "generate"

    directory: str
    packages: tuple[str, ...]
    tools: tuple[MachineTool, ...]
    environment: Mapping[str, str]


@dataclass(frozen=True)
class CgoLook(Arguments):
    """A look for cgo in packages, import paths; `fields` are those of the listing that follows what
    was found. `look_into_files` is whether their Go files are read too."""

    command = "cgo"

    directory: str
    look_into_files: bool
    fields: tuple[str, ...]
    tags: str
    packages: tuple[str, ...]


@dataclass(frozen=True)
class GoFormat(Arguments):
    """`gofmt` of the Go files in the tree; `simplify` is its flag `-s`."""

    command = "format"

    simplify: bool


@dataclass(frozen=True)
class GoBuild(Arguments):
    """`go build` of a main package. `name` is what other builds call it when they wait for it, and
    `packages` are those that it consists of, for these others; empty when the cache is its own.
    `output` is the name of the binary, which is kept as `kept_as` for the next build."""

    command = "build"

    directory: str
    name: str
    output: str
    kept_as: str
    flags: tuple[str, ...]
    pattern: str
    packages: tuple[str, ...]


@dataclass(frozen=True)
class GoVet(Arguments):
    """`go vet` of packages of a module. `packages` are the import paths that it compiles; the rest
    is as in `GoBuild`."""

    command = "vet"

    directory: str
    name: str
    flags: tuple[str, ...]
    patterns: tuple[str, ...]
    packages: tuple[str, ...]


@dataclass(frozen=True)
class GoTestBuild(Arguments):
    """`go test -c` of a package; the rest is as in `GoBuild`."""

    command = "build_test"

    directory: str
    name: str
    output: str
    flags: tuple[str, ...]
    pattern: str
    packages: tuple[str, ...]


@dataclass(frozen=True)
class GoTestRun(Arguments):
    """A run of a test binary with `arguments`, in the directory of its package. `verbose` shows the
    output of all tests. `timeout` is in seconds, or 0. With `coverage`, it writes a profile; when
    `interactive`, there are no reports."""

    command = "test"

    directory: str
    binary: str
    import_path: str
    arguments: tuple[str, ...]
    verbose: bool
    timeout: int
    coverage: bool
    interactive: bool


@dataclass(frozen=True)
class GoCoverPage(Arguments):
    """The page of `go tool cover` on the file `profile`, whose packages a module has."""

    command = "cover"

    directory: str
    profile: str
    page: str


@dataclass(frozen=True)
class Compile(Arguments):
    """The compilation of `packages`, import paths seen from a directory of the repository, into
    entries for other machines; with `with_deps`, also of all that they import."""

    command = "compile"

    directory: str
    flags: tuple[str, ...]
    packages: tuple[str, ...]
    with_deps: bool


@dataclass(frozen=True)
class Unpack(Arguments):
    """Put entries into the build cache; `of` is the document of the `Compile` that made them."""

    command = "unpack"

    of: str
