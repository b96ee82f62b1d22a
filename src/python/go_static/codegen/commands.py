"""How `go generate` is run: the script, the environment and the command line.

Nothing here knows of the engine; see go/sandbox.py for what holds for every run of `go`.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping

from go_static.go import sandbox

# Comes in a file: how to start a program with the variables that name places of the sandbox.
WITH_PLACES = "with-places"

# Runs generators in a copy of the tree that is theirs to write to, and keeps what they wrote: files
# that are new, or newer than a mark. Pants may have linked large inputs to its own store, and a
# remote worker links all, or lets nobody write to them; so they are copied first. The generators'
# PATH has the named tools and Go only.
_GENERATE = f"""\
GOPROXY=file://$sandbox/{sandbox.DOWNLOADS}
HOME=$sandbox/{sandbox.TEMPORARY}/home
export GOPROXY HOME
mkdir -p "$HOME" {sandbox.TOOLS} {sandbox.OUTPUT}/files
directory=$1
count=$2
shift 2
while [ "$count" -gt 0 ]; do
  ln -s "$2" "{sandbox.TOOLS}/$1"
  shift 2
  count=$((count - 1))
done
lists=$sandbox/{sandbox.OUTPUT}
. "$sandbox/{WITH_PLACES}"
root=$sandbox/{sandbox.TREE}
find {sandbox.TREE} -type f "(" -links +1 -o ! -perm -u+w ")" | while IFS= read -r file; do
  cp -p "$file" "$file.copy~" && chmod u+w "$file.copy~" && mv -f "$file.copy~" "$file"
done
(cd {sandbox.TREE} && find . -type f -o -type l) | sort > "$lists/before"
: > "$lists/mark"
status=0
path=$sandbox/{sandbox.TOOLS}:$GOROOT/bin
(
  cd "{sandbox.TREE}/$directory" && PATH=$path && export PATH &&
    with_places "$GOROOT/bin/go" generate "$@"
) || status=$?
[ "$status" = 0 ] || exit "$status"
(cd {sandbox.TREE} && find . -type f -o -type l) | sort > "$lists/after"
comm -23 "$lists/before" "$lists/after" > "$lists/deleted"
{{
  comm -13 "$lists/before" "$lists/after"
  (cd {sandbox.TREE} && find . -type f -newer "$lists/mark")
}} | sort -u > "$lists/written"
tar -cf - -C {sandbox.TREE} -T "$lists/written" | tar -xf - -C "$lists/files"
"""


def generate_command(
    module_directory: str, tools: Iterable[tuple[str, str]], arguments: Iterable[str]
) -> tuple[str, ...]:
    """The argv that runs `go generate`. `tools` are names and absolute paths of programs; those
    that are built come in the directory `tools`. Leaves what was written in `output/files`, and
    its names in `output/written`; those of files that are gone in `output/deleted`."""
    pairs = [word for tool in tools for word in tool]
    return (
        "/bin/sh",
        "-c",
        sandbox.PREPARE + _GENERATE,
        "go",
        module_directory or ".",
        str(len(pairs) // 2),
        *pairs,
        *arguments,
    )


# What the field `env` of a `go_codegen` cannot set.
GENERATE_VARIABLES = frozenset(
    {
        *sandbox.OFFLINE,
        "GOCACHE",
        "GOMODCACHE",
        "GOPATH",
        "GOPROXY",
        "GOROOT",
        "GOWORK",
        "HOME",
        "PATH",
        "TMPDIR",
        "TOOLS",
    }
)


def has_place(value: str) -> bool:
    """Whether a value of the field `env` names a place of the sandbox, whose path is known only
    there."""
    return "{root}" in value


def with_places(env: Mapping[str, str]) -> str:
    """The file `with-places`, for the variables of the field `env` that name places."""
    words = [
        shlex.quote(f"{name}=")
        + '"$root"'.join(shlex.quote(part) if part else "" for part in value.split("{root}"))
        for name, value in env.items()
        if has_place(value)
    ]
    start = ("exec", "/usr/bin/env", *words) if words else ("exec",)
    return f'with_places() {{ {" ".join(start)} "$@"; }}\n'


def generate_environment(workspace: str = "") -> dict[str, str]:
    """For `go generate` and what it runs, on the platform of the machine."""
    return {
        **sandbox.OFFLINE,
        "GOWORK": sandbox.gowork(workspace),
        "PATH": sandbox.SYSTEM_PATH,
    }
