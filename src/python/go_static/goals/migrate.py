"""`pants go-static-migrate`: change BUILD files from Pants's own Go backend to this one.

It reads BUILD files as text, not targets, so it works even if that backend is broken or disabled.
"""

from __future__ import annotations

import dataclasses
import posixpath
from collections.abc import Iterable, Mapping, Set
from fnmatch import fnmatch

from pants.base.specs import Specs
from pants.engine.console import Console
from pants.engine.fs import CreateDigest, FileContent, Workspace
from pants.engine.goal import Goal, GoalSubsystem
from pants.engine.internals.build_files import BuildFileOptions
from pants.engine.rules import goal_rule
from pants.option.option_types import BoolOption
from pants.util.strutil import softwrap

from go_static.engine.compat import create_digest, path_globs_to_paths
from go_static.engine.files import read_files
from go_static.migrate.build_file import Migration, Note, migrate_build_file
from go_static.migrate.kept_binaries import directories_of_modules, kept_binaries, who_needs
from go_static.migrate.test_fields import (
    by_module,
    module_line,
    modules_by_directory,
    with_overrides,
)


class MigrateError(Exception):
    """The arguments do not name BUILD files."""


class MigrateSubsystem(GoalSubsystem):
    name = "go-static-migrate"
    help = softwrap(
        """
        Change BUILD files from the targets of Pants's own Go backend to the targets of this one.
        Each `go_binary` becomes a `go_static_binary`, and a `go_module` is added next to each
        `go_mod`. Comments and formatting are kept. Code without a counterpart is left unchanged and
        reported with file and line, and the exit code is 1.

        Give directories or BUILD files, such as `go-static-migrate ::`.
        """
    )

    replace_modules = BoolOption(
        default=False,
        help=softwrap(
            """
            If true, `go_mod` targets become `go_module` targets, and `go_package` targets are
            removed. Use this if the repository no longer needs Pants's own Go backend, with its
            tests and linters. They stay in a module with a `go_binary` that is left unchanged. If
            false, all of these targets stay, and both backends work together.
            """
        ),
    )


class MigrateGoal(Goal):
    subsystem_cls = MigrateSubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY


@goal_rule
async def migrate_build_files(
    options: MigrateSubsystem,
    specs: Specs,
    build_files: BuildFileOptions,
    console: Console,
    workspace: Workspace,
) -> MigrateGoal:
    if specs.includes.address_literals or not specs.includes:
        raise MigrateError(
            "`go-static-migrate` takes directories and BUILD files, such as "
            "`go-static-migrate ::`, `go-static-migrate src/go::` or "
            "`go-static-migrate src/go/BUILD`."
        )
    named = await path_globs_to_paths(specs.includes.to_specs_paths_path_globs())
    selected = build_file_paths(named.files, build_files.patterns)
    # Those that are not selected may have a `go_binary` that needs a `go_mod` of those that are.
    contents = await read_files(f"**/{pattern}" for pattern in build_files.patterns)
    migrations = migrate(
        {file.path: file.content.decode(errors="surrogateescape") for file in contents},
        frozenset(selected),
        options.replace_modules,
    )
    changed = [
        FileContent(path, migration.text.encode())
        for path, migration in migrations.items()
        if migration.done
    ]
    workspace.write_digest(await create_digest(CreateDigest(changed)))
    for line in report(migrations):
        console.print_stdout(line)
    return MigrateGoal(exit_code=int(any(m.left for m in migrations.values())))


def migrate(
    texts: Mapping[str, str], selected: Set[str], replace_modules: bool
) -> dict[str, Migration]:
    """Migrate the selected ones of all BUILD files, by path."""
    kept = [
        binary
        for path, text in sorted(texts.items())
        for binary in kept_binaries(path, text, path in selected)
    ]
    modules = directories_of_modules(texts)
    migrations = {}
    for path in sorted(selected & texts.keys()):
        needed_by = who_needs(posixpath.dirname(path), modules, kept)
        migrations[path] = migrate_build_file(
            path, texts[path], replace_modules, needed_by.place if needed_by else ""
        )
    return with_test_fields(migrations, texts)


def with_test_fields(
    migrations: Mapping[str, Migration], texts: Mapping[str, str]
) -> dict[str, Migration]:
    """The migrations, in which the `go_module` targets have the test fields of the removed
    `go_package` targets."""
    result = dict(migrations)
    tests = [package for migration in migrations.values() for package in migration.tests]
    new = {**texts, **{path: migration.text for path, migration in migrations.items()}}
    modules = modules_by_directory(new)
    for module, packages in by_module(tests, modules).items():
        path = "" if module is None else modules[module]
        overrides = [package.override(module or "") for package in packages]
        text = with_overrides(new[path], overrides) if path in result else None
        if text is not None:
            line = module_line(texts[path])
            note = Note(line, "added `overrides` with the test fields of the removed go_package")
            done = sorted([*result[path].done, note], key=lambda note: note.line)
            result[path] = dataclasses.replace(result[path], text=text, done=tuple(done))
            continue
        where = f"that in {path}" if path else "it needs"
        for package, override in zip(packages, overrides):
            note = Note(package.line, f"add to `overrides` of the go_module, {where}: {override}")
            left = (*result[package.path].left, note)
            result[package.path] = dataclasses.replace(result[package.path], left=left)
    return result


def build_file_paths(files: Iterable[str], patterns: Iterable[str]) -> tuple[str, ...]:
    """The files whose names match the patterns for BUILD files."""
    return tuple(
        file
        for file in files
        if any(fnmatch(posixpath.basename(file), pattern) for pattern in patterns)
    )


def report(migrations: dict[str, Migration]) -> list[str]:
    """The report for users. The keys of `migrations` are paths."""
    lines = []
    for path, migration in sorted(migrations.items()):
        if migration.done:
            lines.append(f"Changed {path}:")
            lines += [f"  - line {note.line}: {note.text}" for note in migration.done]
    left: list[tuple[str, Note]] = [
        (path, note) for path, migration in sorted(migrations.items()) for note in migration.left
    ]
    if left:
        lines.append("Needs your attention:")
        lines += [f"  - {path}:{note.line}: {note.text}" for path, note in left]
    if not lines:
        lines.append("Nothing to change: found no `go_binary` and no `go_mod`.")
    return lines
