"""`pants tailor`: a `go_codegen` for the `//go:generate` directives that no target runs."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterable

from pants.core.goals.tailor import PutativeTarget
from pants.engine.fs import PathGlobs
from pants.engine.target import Target

from go_static.codegen.directives import Directive, parse_directives
from go_static.codegen.inputs import package_directories
from go_static.engine import repo_paths
from go_static.engine.compat import implicitly, path_globs_to_digest
from go_static.engine.files import read_subset
from go_static.listing.outline import read_outline
from go_static.targets.generate_fields import generated_packages
from go_static.targets.types import GoCodegenTarget

_NAME = "generate"

# `protoc --NAME_out` starts `protoc-gen-NAME`, except for the languages that it writes itself.
_PLUGIN = re.compile(r"--([a-z-]+)_out\b")
_OWN_LANGUAGES = frozenset(
    [
        *("cpp", "csharp", "descriptor_set", "java", "kotlin", "objc"),
        *("php", "pyi", "python", "ruby", "rust", "upb"),
    ]
)


async def propose_codegen(
    modules: Iterable[str], targets: Iterable[Target]
) -> tuple[PutativeTarget, ...]:
    """One target for each of the modules with directives that no target runs.

    :param modules: the directories of all modules.
    """
    directories = frozenset(modules)
    globs = []
    for directory in sorted(directories):
        below = f"{repo_paths.glob_literal(directory)}/" if directory else ""
        globs += [f"{below}**/*.go", f"!{below}vendor/**"]
    if not globs:
        return ()
    sources = await path_globs_to_digest(PathGlobs(globs))
    outline = await read_outline(sources, **implicitly())
    files = await read_subset(sources, repo_paths.glob_literals(outline.generates))
    directives = [
        directive
        for file in files
        for directive in parse_directives(file.path, file.content.decode(errors="replace"))
    ]
    run = frozenset(package_directories(generated_packages(targets), outline.generates))
    return tuple(codegen_targets(directives, directories, run))


def codegen_targets(
    directives: Iterable[Directive], modules: frozenset[str], run: frozenset[str]
) -> Iterable[PutativeTarget]:
    """
    :param run: the directories whose directives a target runs.
    """
    by_module: dict[str, list[Directive]] = {}
    for directive in directives:
        directory = posixpath.dirname(directive.file)
        module = repo_paths.nearest(directory, modules)
        if module is None or directory in run:
            continue
        below = repo_paths.relative_to(directory, module)
        if not repo_paths.go_skips("" if below == "." else below):
            by_module.setdefault(module, []).append(directive)
    for module, found in sorted(by_module.items()):
        packages = sorted(
            {repo_paths.relative_to(posixpath.dirname(d.file), module) for d in found}
        )
        tools = programs_started(found)
        yield PutativeTarget.for_target_type(
            GoCodegenTarget,
            path=module,
            name=_NAME,
            triggering_sources=(),
            kwargs={
                **({} if module else {"name": _NAME}),
                **({} if packages == ["."] else {"packages": tuple(packages)}),
                **({"tools": tools} if tools else {}),
            },
        )


def programs_started(directives: Iterable[Directive]) -> tuple[str, ...]:
    """The programs that the directives start, by the names in them; `go` is there anyway."""
    tools: set[str] = set()
    aliases: set[tuple[str, str]] = set()
    for directive in directives:
        try:
            words = shlex.split(directive.command)
        except ValueError:
            # `go generate` itself reports the error.
            continue
        if words[:1] == ["-command"] and len(words) > 2:
            # Only in the file with this line (`go help generate`).
            aliases.add((directive.file, words[1]))
            words = words[2:]
        if not words or (directive.file, words[0]) in aliases:
            continue
        if words[0] == "protoc":
            plugins = {name for word in words for name in _PLUGIN.findall(word)}
            tools |= {f"protoc-gen-{name}" for name in plugins - _OWN_LANGUAGES}
        if any(posixpath.basename(word.partition("@")[0]) == "bpf2go" for word in words):
            tools.add(_option(words, "-cc") or "clang")
        if words[0] != "go" and re.fullmatch(r"[\w.+-]+", words[0]):
            tools.add(words[0])
    return tuple(sorted(tools))


def _option(words: list[str], name: str) -> str:
    """The value of an option as one or two words; empty without it, or if it is a variable."""
    for word, following in zip(words, [*words[1:], ""]):
        value = following if word == name else word.partition("=")[2]
        if word.partition("=")[0] == name and not value.startswith("$"):
            return value
    return ""
