"""What is said of code that was not generated, or not where it has to be."""

from __future__ import annotations

from go_static.codegen.directives import Directive
from go_static.engine import repo_paths


class GoGenerateError(Exception):
    """Code that was not generated; the text has the directive and what it said."""


def wrong_result(
    name: str,
    written: tuple[str, ...],
    deleted: tuple[str, ...],
    module_directory: str,
    directives: tuple[Directive, ...],
    said: str,
) -> str:
    """What is wrong with a run in which no directive failed; empty if nothing is."""
    run = "\n".join(f"  {directive}" for directive in directives)
    output = f"\n\nThey said:\n\n{said}" if said.strip() else ""
    if deleted:
        return (
            f"{name}: its directives deleted {', '.join(deleted)}, so nothing was built.\n\n{run}"
            f"{output}\n\nCode generation may create and change files only. Let the directives "
            "leave the others alone, or delete them from the repository."
        )
    if not written:
        return (
            f"{name}: its directives wrote no file, so nothing was built.\n\n{run}{output}\n\n"
            "Check that they write below the directory of the go.mod, and not to a place of the "
            "machine."
        )
    outside = [path for path in written if not repo_paths.is_below(path, module_directory)]
    if outside:
        return (
            f"{name}: its directives wrote {', '.join(outside)}, which is outside of their module "
            f"in {module_directory or 'the root'}, so nothing was built.\n\n{run}{output}\n\n"
            "Let them write below the directory of the go.mod, or give the other module a "
            "`go_codegen` of its own."
        )
    return ""


def failure_message(name: str, directive: Directive | None, said: str) -> str:
    """For a directive that failed."""
    which = f"\n\n  {directive}" if directive else ""
    return (
        f"{name}: `go generate` failed, so nothing was built.{which}\n\nIt said:\n\n{said}\n\n"
        "The directives run without a network, and see `go`, the programs that the field `tools` "
        "names, and the files of their packages, of what these import and of `dependencies`."
    )
