"""How builds that run side by side with the same build cache share out what there is to compile.

Builds that start at once with an empty cache would compile the same packages, each for itself, and
50 processes would do what one `go build` does, many times. So each has a ticket: a number, and a
file of that name with the packages of its binary, which it locks until it links. Before a package
is compiled (`go build -toolexec`), those with smaller numbers that have it in their files are
waited for; what they leave in the cache is then found there. Nobody waits for a greater number, so
somebody always goes on, and the system drops the lock with the processes that have it.

A process that is stopped, or hangs, keeps its lock. So each build adds to its file when it starts a
compiler and while it waits, and nobody waits for one whose file is older than `STALLED`.
"""

from __future__ import annotations

from collections.abc import Mapping

from go_static.listing.import_graph import importers

# In a sandbox: the file with the packages, and the program that starts Go's tools.
PACKAGES = "packages"
TOOLEXEC = "toolexec"

# Stands for all packages of the standard library, which the compiler is told with `-std`.
_STANDARD = "std"

STALLED = 5
"""Minutes without a sign of life, longer than the compiler takes for any package."""

# How many seconds a build waits between two signs of life; and for a ticket, when many start.
_INTERVAL = 5
_FOR_A_TICKET = 20

# Functions for a script that has `sandbox` and `compiling`, the directory of the tickets. They need
# a PATH; not every `flock` has -w. `take_ticket` prints the number; with it, tickets go that nobody
# has locked any more.
FUNCTIONS = f"""\
can_take_tickets() {{
  command -v flock > /dev/null && mkdir -p -- "$compiling" && (: >> "$compiling/lock") &&
    flock -w 1 "$sandbox/{PACKAGES}" true
}}
lock_descriptor() {{
  flock -w {_FOR_A_TICKET} "$1"
}}
take_ticket() {{
  number=1
  for other in "$compiling"/[0-9]*; do
    [ -f "$other" ] || continue
    if flock -n "$other" true; then
      rm -f -- "$other"
    elif [ "${{other##*/}}" -ge "$number" ]; then
      number=$((${{other##*/}} + 1))
    fi
  done
  # A remote worker may lay out its files read-only; a copy would be that too.
  cat < "$sandbox/{PACKAGES}" > "$compiling/$number" && [ -w "$compiling/$number" ] &&
    echo "$number"
}}
"""


def toolexec(path: str) -> str:
    """The program; `path` is a PATH. It reads `COMPILING`, the file of the build's own ticket,
    which is open and locked as descriptor 9; descriptor 7 is the build's standard error. Go says
    what is compiled in TOOLEXEC_IMPORTPATH, and asks each tool for its version (`-V=full`) at
    first."""
    return f"""\
#!/bin/sh
case ${{2-}}:$1 in
-V=*) ;;
*/link) PATH={path} flock -u 9 ;;
*)
  case " $* " in
  *" -std "*) package={_STANDARD} ;;
  *) package=$TOOLEXEC_IMPORTPATH ;;
  esac
  {{ echo >> "$COMPILING"; }} 2> /dev/null
  for other in "${{COMPILING%/*}}"/[0-9]*; do
    [ "${{other##*/}}" -lt "${{COMPILING##*/}}" ] || continue
    PATH={path} grep -Fqsx -e "$package" -- "$other" || continue
    while :; do
      seconds={_INTERVAL} status=0
      [ -z "$(PATH={path} find "$other" -mmin +{STALLED} 2> /dev/null)" ] || seconds=0
      PATH={path} flock -s -w "$seconds" "$other" true || status=$?
      [ "$status" = 1 ] || break
      if [ "$seconds" = 0 ]; then
        noted=$TMPDIR/stalled${{other##*/}}
        [ -e "$noted" ] || {{
          : > "$noted"
          echo "Not waiting for another build that compiles the same packages: it has been" \
            "idle for {STALLED} minutes. It keeps $other open." >&7
        }}
        break
      fi
      {{ echo >> "$COMPILING"; }} 2> /dev/null
    done
  done
  ;;
esac
exec "$@"
"""


def packages_file(main: str, graph: Mapping[str, tuple[str, ...]]) -> str:
    """The file `packages` of the binary whose main package is `main`: one import path on a line.
    `graph` has the packages, without the standard library's, with their imports."""
    packages = (*importers(main, graph), _STANDARD)
    return "".join(f"{package}\n" for package in sorted(packages))
