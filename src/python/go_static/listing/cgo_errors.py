"""Why a build fails to compile if it lacks what only cgo would bring in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from go_static.go.messages import GoMessage
from go_static.listing.cgo_warnings import CgoUse, some_files
from go_static.listing.import_graph import import_chains

ADVICE = (
    "Use a pure Go package instead, or exclude the code that needs it from this program with a "
    "build constraint (`//go:build cgo`)."
)


def undefined_without_cgo(
    said: str, main: str, graph: Mapping[str, tuple[str, ...]], use: CgoUse
) -> str:
    """The packages that may lack what is undefined according to `go build`; empty if there are
    none. The other arguments are as for `remarks`."""
    chains = import_chains(main, graph)
    suspects = dict.fromkeys(
        suspect
        for package, message in _undefined(said)
        for suspect in _suspects(message, package, graph.get(package, ()), use)
    )
    return "\n".join(
        f"{suspect} lacks the files that need cgo ({some_files(use.left_out[suspect])}), and with "
        "them what is undefined below. Static binaries are built without cgo.\n"
        f"  imported through: {' → '.join(chains.get(suspect, (suspect,)))}"
        for suspect in suspects
    )


def _undefined(said: str) -> Iterator[tuple[str, str]]:
    """The undefined names in the output of `go build`, each with its package."""
    package = ""
    for line in said.split("\n"):
        if line.startswith("# "):
            package = line[2:].strip()
        found = GoMessage.UNDEFINED.pattern.search(line)
        if found is not None:
            yield package, found["name"]


def _suspects(name: str, package: str, imports: tuple[str, ...], use: CgoUse) -> tuple[str, ...]:
    qualifier, dot, _ = name.partition(".")
    if not dot:
        return (package,) if package in use.left_out else ()
    imported = tuple(path for path in imports if path in use.left_out)
    # An import may have any name, but most have one that is in the path.
    return tuple(path for path in imported if qualifier in path) or imported
