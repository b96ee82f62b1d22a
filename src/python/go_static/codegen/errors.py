"""The errors about code that was not generated, or in the wrong place."""

from __future__ import annotations

from go_static.codegen.directives import Directive
from go_static.engine import repo_paths
from go_static.go.messages import GoMessage


class GoGenerateError(Exception):
    """Code that was not generated. The text has the directive and its output."""


def wrong_result(
    name: str,
    written: tuple[str, ...],
    deleted: tuple[str, ...],
    module_directory: str,
    directives: tuple[Directive, ...],
    said: str,
) -> str:
    """What is wrong with a run in which no directive failed, or empty."""
    run = "\n".join(f"  {directive}" for directive in directives)
    output = f"\n\nOutput:\n\n{said}" if said.strip() else ""
    if deleted:
        return (
            f"{name}: its directives deleted {', '.join(deleted)}, so nothing was built.\n\n{run}"
            f"{output}\n\nDirectives may only create and change files. Make them keep these files, "
            "or delete the files from the repository."
        )
    if not written:
        return (
            f"{name}: its directives wrote no file, so nothing was built.\n\n{run}{output}\n\n"
            "Check that they write below the directory of the go.mod, not outside the sandbox."
        )
    outside = [path for path in written if not repo_paths.is_below(path, module_directory)]
    if outside:
        return (
            f"{name}: its directives wrote {', '.join(outside)} outside their module in "
            f"{module_directory or 'the root'}, so nothing was built.\n\n{run}{output}\n\n"
            "Make them write below the directory of the go.mod, or add a `go_codegen` to the other "
            "module."
        )
    return ""


def failure_message(name: str, directive: Directive | None, said: str) -> str:
    """The error for a directive that failed."""
    which = f"\n\n  {directive}" if directive else ""
    missing = GoMessage.NO_PROGRAM.pattern.search(said)
    if missing:
        program = missing["program"]
        return (
            f"{name}: `go generate` needs the program `{program}`, which is not in its `tools`, so "
            f'nothing was built.{which}\n\nAdd it to the field: `tools=["{program}"]` takes it '
            f'from the PATH. To build it instead, add `go_static_binary(name="{program}", '
            'main="…")` with the import path in a `tool` or `require` line of go.mod, and write '
            f'`tools=[":{program}"]`. With a `tool` line, the directive can also say `go tool '
            f"{program}`.\n\nOutput:\n\n{said}"
        )
    return (
        f"{name}: `go generate` failed, so nothing was built.{which}\n\nOutput:\n\n{said}\n\n"
        "Directives run without a network. They see `go`, the programs in `tools`, and the files "
        "of their packages, of imported packages and of `dependencies`. Add what is missing to "
        "`tools` or `dependencies`."
    )
