"""Makes a record from a binary's build information and the files of its modules."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import replace
from pathlib import Path

from elf_static.elf.bounded_file import Source, UnreadableError, open_file
from elf_static.elf.facts import BuildInfo, Facts, Module
from elf_static.elf.reader import read_source
from go_sbom import licence_files
from go_sbom.question import Question, escaped
from go_sbom.record import STANDARD_LIBRARY, Component, Record

# Go's version of code that is not from the module cache.
_DEVELOPMENT = "(devel)"


class NoRecordError(Exception):
    """The contents of the binary cannot be determined. The text says why."""


def make_record(question: Question) -> Record:
    """
    :raises NoRecordError: see there.
    """
    sha256 = ""
    try:
        # Opened once, so that the record and the checksum are of the same bytes.
        with open_file(question.binary) as source:
            facts = read_source(source)
            sha256 = sha256_of(source)
    except UnreadableError as e:
        facts = Facts(size=0, damage=(str(e),))
    info = facts.build_info
    if info is None or info.main is None:
        reason = facts.build_info_problem or "; ".join(facts.damage) or "names no main module"
        raise NoRecordError(f"{question.name} {reason}, so its contents cannot be determined.")
    return record_of(info, question, sha256)


def record_of(info: BuildInfo, question: Question, sha256: str) -> Record:
    assert info.main is not None
    main = component_of(info.main, question)
    modules = tuple(
        sorted((component_of(m, question) for m in info.modules), key=lambda c: c.module)
    )
    known = {main.module, STANDARD_LIBRARY, *(component.module for component in modules)}
    return Record(
        file=question.name,
        sha256=sha256,
        import_path=info.path,
        go=go_release(info.go_version),
        settings=info.settings,
        main=main,
        modules=modules,
        requires={
            module: tuple(sorted(known.intersection(others)))
            for module, others in sorted(question.requires.items())
            if module in known
        },
    )


def go_release(version: str) -> str:
    """The Go release in build information, without experiments (`go1.26.6 X:nodwarf5`)."""
    if not version.startswith("go"):
        return version
    return version[len("go") :].partition(" ")[0]


def component_of(module: Module, question: Question) -> Component:
    """A module with its licences.

    :raises NoRecordError: it has no path.
    """
    code = module.replaced_by or module
    is_directory = code.path.startswith(("./", "../", "/")) or code.path in (".", "..")
    replaces = ""
    if module.replaced_by is not None:
        version = _version(module)
        replaces = f"{module.path}@{version}" if version else module.path
    component = Component(
        module=module.path,
        path=module.path if is_directory else code.path,
        version=_version(code),
        sum=code.sum,
        replaces=replaces,
        directory=code.path if is_directory else "",
    )
    if not component.path.strip("/"):
        raise NoRecordError(
            f"{question.name} names a module without a path, so its contents cannot be determined."
        )
    if module.path in question.directories:
        found = licence_files.in_directory(Path(question.directories[module.path]))
        return replace(component, licences=found)
    zip_path = _zip_path(component, question)
    # Unlike Path.is_file, this raises no error for a path that is too long.
    if zip_path and os.path.isfile(zip_path):
        found = licence_files.in_zip(zip_path, component.path, component.version)
        return replace(component, licences=found)
    return component


# As in `checkPath` and `checkElem` of golang.org/x/mod/module: no element is `..`.
_ELEMENT = r"(?!\.)[\w.~-]+(?<!\.)"
_PATH = re.compile(rf"{_ELEMENT}(/{_ELEMENT})*", re.ASCII)
_VERSION = re.compile(r"v[\w.+~-]+", re.ASCII)


def _zip_path(component: Component, question: Question) -> Path | None:
    """The path of a module's zip, which may not exist. None for a module path or version that Go
    rejects, because it could point anywhere."""
    if not (_PATH.fullmatch(component.path) and _VERSION.fullmatch(component.version)):
        return None
    file = f"{escaped(component.version)}.zip"
    return Path(question.downloads, escaped(component.path), "@v", file)


def _version(module: Module) -> str:
    return "" if module.version == _DEVELOPMENT else module.version


def sha256_of(source: Source) -> str:
    digest = hashlib.sha256()
    for _, piece in source.pieces(0, source.size, overlap=0):
        digest.update(piece)
    return digest.hexdigest()
