"""The command of the `build` step: `go build`, with what is not Go's own work left out."""

from __future__ import annotations

import posixpath
import shlex

from go_static.build import linked, side_by_side
from go_static.go import sandbox

FLAGS = "flags"

# What Pants replaces with a process's share of the machine's cores.
SHARE_OF_CORES = "{pants_concurrency}"

# The output's place depends on the sandbox, so the script works it out. The flags come in a file:
# in argv, Pants would replace `{chroot}` and the like in the value of a definition.
_BUILD = f"""\
{linked.FUNCTIONS}
{side_by_side.FUNCTIONS}
with_tools() (
  PATH={sandbox.SYSTEM_PATH}
  export PATH
  "$@" 2> /dev/null
)
go_build() {{
  "$GOROOT/bin/go" build -o "$output" "$@"
}}
GOPROXY=file://$sandbox/{sandbox.DOWNLOADS}
export GOPROXY
output=$sandbox/{sandbox.OUTPUT}/$2
binary=$3
parallel=$4
tree=$sandbox/{sandbox.TREE}/$1
toolexec=$sandbox/{side_by_side.TOOLEXEC}
compiling=$GOCACHE/compiling/$GOOS-$GOARCH
linked=
[ ! -L {linked.DIRECTORY} ] || linked=$(real {linked.DIRECTORY} 2> /dev/null) || linked=
. "$sandbox/{FLAGS}"
ticket=
# Go splits the value of -toolexec at spaces, and knows no quote within quotes.
if [ -f "$toolexec" ] && [ "${{toolexec#*"'"}}" = "$toolexec" ] && with_tools can_take_tickets
then
  exec 8>> "$compiling/lock"
  with_tools lock_descriptor 8 && ticket=$(with_tools take_ticket) || ticket=
  if [ -n "$ticket" ]; then
    exec 7>&2 9>> "$compiling/$ticket"
    with_tools lock_descriptor 9 || ticket=
  fi
  exec 8>&-
fi
if [ -n "$ticket" ]; then
  COMPILING=$compiling/$ticket
  export COMPILING
  set -- -toolexec "'$toolexec'" "$@"
elif [ -n "$parallel" ]; then
  set -- "-p=$parallel" "$@"
fi
cd -- "$tree"
[ -z "$linked" ] || with_tools lay_out_last "$binary" || true
go_build "$@"
[ -n "$linked" ] || exit 0
if is_last; then
  ! with_tools last_is_whole "$binary" || exit 0
  with_tools rm -f -- "$output"
  go_build "$@"
fi
with_tools keep "$binary" || true
"""

# For builds whose cache is not theirs alone.
TOOLEXEC_SCRIPT = side_by_side.toolexec(sandbox.SYSTEM_PATH)


def build_command(module_directory: str, output_path: str, workers: bool) -> tuple[str, ...]:
    """The argv that builds what the file `flags` says and leaves it in `output`, under the last
    part of `output_path`, which says which binary it is. What remote workers share out among
    processes is their business: Go takes the cores that it sees."""
    return (
        "/bin/sh",
        "-c",
        sandbox.PREPARE + _BUILD,
        "go",
        module_directory or ".",
        posixpath.basename(output_path),
        linked.key(output_path),
        "" if workers else SHARE_OF_CORES,
    )


def build_flags(flags: tuple[str, ...], pattern: str) -> str:
    """The file `flags`: the arguments of `go build`, for the shell to read."""
    return f"set -- {shlex.join((*flags, '--', pattern))}\n"
