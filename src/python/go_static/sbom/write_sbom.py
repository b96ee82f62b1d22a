"""The `sbom` step: write the SBOM of a binary with `go_sbom` in a sandbox."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass

from pants.engine.fs import AddPrefix, CreateDigest, Digest, FileContent, MergeDigests
from pants.engine.process import Process
from pants.util.logging import LogLevel

from go_sbom.question import Question
from go_static.build.build_binary import BuiltBinary
from go_static.engine import repo_paths
from go_static.engine.compat import add_prefix, create_digest, implicitly, merge_digests
from go_static.engine.files import subset
from go_static.engine.processes import execute_cached
from go_static.engine.python_program import PythonProgram, ship_program
from go_static.go import sandbox
from go_static.listing.binary_files import listing_of
from go_static.listing.list_module import BinaryGroups, list_binaries
from go_static.sbom.module_imports import imports_between_modules
from go_static.targets.binary_fields import GoSbomFormat
from go_static.targets.binary_settings import BinarySettings
from go_static.verify.checker import ELF_READER

_BINARY = "binary"
_QUESTION = "question.json"
_START = "from go_sbom.command import main; sys.exit(main(sys.argv[1:]))"

_COMMON = ("go_sbom", *ELF_READER, "boolean", "license_expression", "packageurl")


def _program(form: str, packages: tuple[str, ...], requirements: tuple[str, ...]) -> PythonProgram:
    lines = ", ".join(f'"{requirement}"' for requirement in requirements)
    return PythonProgram(
        name=f"the writer of {form} documents",
        directory="__go_sbom__",
        packages=(*_COMMON, *packages),
        needed_by=f"The field sbom=`{form}`",
        way_out=(
            "Let Pants install it: in pants.toml, under [GLOBAL], add to `plugins`\n"
            '  "pants-go-static[sbom]"   if this backend is a plugin, or\n'
            f"  {lines}   if it is on `pythonpath`."
        ),
    )


PROGRAMS = {
    GoSbomFormat.CYCLONEDX.value: _program(
        "cyclonedx",
        (
            "cyclonedx",
            "defusedxml",
            "fastjsonschema",
            "py_serializable",
            "sortedcontainers",
            # Newer releases of cyclonedx use it.
            "typing_extensions",
        ),
        ("cyclonedx-python-lib==10.3.0", "fastjsonschema==2.21.2"),
    ),
    GoSbomFormat.SPDX.value: _program(
        "spdx",
        ("beartype", "spdx_tools", "uritools"),
        ("packageurl-python==0.17.6", "spdx-tools==0.8.3"),
    ),
}

_ENDINGS = {GoSbomFormat.CYCLONEDX.value: "cdx.json", GoSbomFormat.SPDX.value: "spdx.json"}

# Names that licence files may have, in either case. `go_sbom` decides which are licences.
_LICENCE_GLOBS = ("*[Ll][Ii][Cc][Ee][Nn][CcSs][Ee]*", "*[Cc][Oo][Pp][Yy][Ii][Nn][Gg]*")


class SbomError(Exception):
    """The SBOM cannot be written. The text says why."""


@dataclass(frozen=True)
class Sbom:
    """`digest` contains the document at `path`, next to the binary."""

    digest: Digest
    path: str


async def write_sbom(
    settings: BinarySettings, form: str, binary: BuiltBinary, groups: BinaryGroups
) -> Sbom:
    """Write the SBOM of a binary. `form` is a value of the field `sbom`."""
    request, pattern = await listing_of(settings, groups)
    listing = await list_binaries(request, **implicitly())
    listed = listing.listed
    requires = imports_between_modules(
        listed.binaries[pattern].main,
        listed.graph,
        {package: module.path for package, module in listed.modules.items()},
    )
    directories = {m: d for m, d in listed.directories.items() if m in requires}
    licences = await subset(listing.tree.digest, licence_globs(directories))
    directory, name = posixpath.split(binary.path)
    question = Question(
        binary=f"{_BINARY}/{binary.path}",
        name=name,
        format=form,
        requires=requires,
        directories={m: repo_paths.join(sandbox.TREE, d) for m, d in directories.items()},
        downloads=sandbox.DOWNLOADS,
    )
    inputs = [
        await add_prefix(AddPrefix(binary.digest, _BINARY)),
        await add_prefix(AddPrefix(licences, sandbox.TREE)),
        await create_digest(CreateDigest([FileContent(_QUESTION, question.to_json().encode())])),
    ]
    document = f"{name}.{_ENDINGS[form]}"
    written = await _run_go_sbom(
        settings.name,
        form,
        document,
        await merge_digests(MergeDigests(inputs)),
        listed.toolchain.downloads,
    )
    return Sbom(
        await add_prefix(AddPrefix(written, directory)), posixpath.join(directory, document)
    )


async def _run_go_sbom(
    name: str, form: str, document: str, inputs: Digest, downloads: Digest
) -> Digest:
    """Write the document for the binary `name`."""
    program = await ship_program(PROGRAMS[form], **implicitly())
    result = await execute_cached(
        Process(
            program.script(_START, (_QUESTION, document)),
            env=program.environment,
            input_digest=inputs,
            immutable_input_digests={
                program.program.directory: program.digest,
                sandbox.DOWNLOADS: downloads,
            },
            output_files=(document,),
            description=f"Write the SBOM of {name}",
            level=LogLevel.DEBUG,
        )
    )
    if result.exit_code != 0:
        raise SbomError(
            f"{name}: cannot write the SBOM (sbom=`{form}`). {program.interpreter.path} failed:\n\n"
            f"{result.stderr.decode(errors='replace').strip()}"
        )
    return result.output_digest


def licence_globs(directories: Mapping[str, str]) -> tuple[str, ...]:
    """Globs for the licence files of the modules in these directories of the repository."""
    return tuple(
        posixpath.join(repo_paths.glob_literal(directory), glob)
        for directory in sorted(directories.values())
        for glob in _LICENCE_GLOBS
    )
