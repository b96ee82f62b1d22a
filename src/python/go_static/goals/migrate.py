"""`pants go-static-migrate`: BUILD files, from Pants's own Go backend to this one.

It reads BUILD files as text, and no targets: it works where that backend does not, or is gone.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from fnmatch import fnmatch

from pants.base.specs import Specs
from pants.engine.console import Console
from pants.engine.fs import CreateDigest, FileContent, PathGlobs, Workspace
from pants.engine.goal import Goal, GoalSubsystem
from pants.engine.internals.build_files import BuildFileOptions
from pants.engine.rules import goal_rule
from pants.option.option_types import BoolOption
from pants.util.strutil import softwrap

from go_static.engine import repo_paths
from go_static.engine.compat import (
    collect_rules,
    create_digest,
    get_digest_contents,
    path_globs_to_digest,
    path_globs_to_paths,
)
from go_static.migrate.build_file import Migration, Note, migrate_build_file


class MigrateError(Exception):
    """Arguments that name no BUILD files."""


class MigrateSubsystem(GoalSubsystem):
    name = "go-static-migrate"
    help = softwrap(
        """
        Change BUILD files from the targets of Pants's own Go backend to those of this one: each
        `go_binary` becomes a `go_static_binary`, and a `go_module` stands beside each `go_mod`.
        Comments and formatting stay. What has no counterpart is left as it is, and said with file
        and line; the exit code is 1 then.

        Give directories or BUILD files: `go-static-migrate ::`.
        """
    )

    replace_modules = BoolOption(
        default=False,
        help=softwrap(
            """
            If true, `go_mod` targets become `go_module` targets, and `go_package` targets go: for a
            repository that does without Pants's own Go backend from then on, with its tests and
            linters. If false, they stay, and both backends are used side by side.
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
    contents = await get_digest_contents(
        await path_globs_to_digest(PathGlobs([repo_paths.glob_literal(file) for file in selected]))
    )
    migrations = {
        file.path: migrate_build_file(
            posixpath.dirname(file.path),
            file.content.decode(errors="surrogateescape"),
            options.replace_modules,
        )
        for file in contents
    }
    changed = [
        FileContent(path, migration.text.encode())
        for path, migration in migrations.items()
        if migration.done
    ]
    workspace.write_digest(await create_digest(CreateDigest(changed)))
    for line in report(migrations):
        console.print_stdout(line)
    return MigrateGoal(exit_code=int(any(m.left for m in migrations.values())))


def build_file_paths(files: Iterable[str], patterns: Iterable[str]) -> tuple[str, ...]:
    """Those of the files that are BUILD files, by their names."""
    return tuple(
        file
        for file in files
        if any(fnmatch(posixpath.basename(file), pattern) for pattern in patterns)
    )


def report(migrations: dict[str, Migration]) -> list[str]:
    """What users read, by the paths of the files."""
    lines = []
    for path, migration in sorted(migrations.items()):
        if migration.done:
            lines.append(f"Changed {path}:")
            lines += [f"  - line {note.line}: {note.text}" for note in migration.done]
    left: list[tuple[str, Note]] = [
        (path, note) for path, migration in sorted(migrations.items()) for note in migration.left
    ]
    if left:
        lines.append("Left for you:")
        lines += [f"  - {path}:{note.line}: {note.text}" for path, note in left]
    if not lines:
        lines.append("No `go_binary` and no `go_mod` to change was found.")
    return lines


def rules() -> Iterable[object]:
    return collect_rules()
