"""The commands that find a Go SDK on a machine and copy it."""

from __future__ import annotations

from go_static.go import sandbox

# What tar leaves out beside src/cmd: tests; the C libraries of -race and boringcrypto, which need
# cgo and are a tenth of all bytes; and what pip compiles of runtime-gdb.py in the wheels of Go,
# which differs from machine to machine.
_UNUSED = "--exclude=testdata --exclude='*_test.go' --exclude=__pycache__ --exclude='*.syso'"

# Prints one record for each directory with a working Go: the directory, its version, its root, and
# a checksum of the sizes and ctimes of all files that are copied. A ctime cannot be set back, so no
# edit is missed. This takes 30 ms of CPU time; reading the files would take 160 ms. Only GNU find
# has -printf; `ls` takes 65 ms. argv: the directories.
_PROBE = """\
if find . -prune -printf '' 2>/dev/null; then
  state() {
    find -L VERSION go.env bin pkg lib/fips140 src \\
      -path src/cmd -prune -o -name testdata -prune -o -printf '%p %s %C@\\n'
  }
else
  full=-T
  ! ls --full-time . >/dev/null 2>&1 || full=--full-time
  state() {
    set -- VERSION go.env bin pkg lib/fips140
    for part in src/*; do
      [ "$part" = src/cmd ] || set -- "$@" "$part"
    done
    ls "$full" -lncLR "$@"
  }
fi
for directory in "$@"; do
  go=$directory/go
  [ -f "$go" ] && [ -x "$go" ] || continue
  version=$("$go" env GOVERSION 2>/dev/null) && root=$("$go" env GOROOT 2>/dev/null) || continue
  [ -n "$version" ] && [ -x "$root/bin/go" ] || continue
  identity=$(cd "$root" && state 2>/dev/null | cksum)
  printf '%s\\t%s\\t%s\\t%s\\n' "$directory" "$version" "$root" "$identity"
done
"""

# Copies the parts of a Go root that a build uses. The file `goroot` names the root. It also holds
# the identity, so that a changed Go is copied again.
_CAPTURE = f"""\
set -eu
IFS= read -r root < goroot
mkdir {sandbox.OUTPUT}
cd "$root"
optional=
[ ! -f go.env ] || optional=go.env
# Since Go 1.24.
[ ! -d lib/fips140 ] || optional="$optional lib/fips140"
# Some distributions have a package of its own for it.
[ ! -f bin/gofmt ] || optional="$optional bin/gofmt"
{{
  tar -chf - {_UNUSED} --exclude=src/cmd VERSION $optional bin/go pkg/include pkg/tool src ||
    echo "$?" > "$OLDPWD/failed"
}} | tar -xf - -C "$OLDPWD/{sandbox.OUTPUT}"
if [ -e "$OLDPWD/failed" ]; then
  echo "tar could not read all of $root" >&2
  exit 1
fi
for part in VERSION bin/go pkg/include pkg/tool src/runtime; do
  if [ ! -e "$OLDPWD/{sandbox.OUTPUT}/$part" ]; then
    echo "$root/$part is missing or cannot be read" >&2
    exit 1
  fi
done
"""


# Unpacks the parts of a Go archive that a build uses. The archive is the only file in the sandbox.
_UNPACK = f"""\
set -eu
set -- *
mkdir {sandbox.OUTPUT}
tar -xf "$1" -C {sandbox.OUTPUT} {_UNUSED} --exclude=go/src/cmd
if [ ! -x {sandbox.OUTPUT}/go/bin/go ]; then
  echo "$1 has no executable file go/bin/go" >&2
  exit 1
fi
"""


def probe_command(directories: tuple[str, ...]) -> tuple[str, ...]:
    """The argv that searches for Go. `choice.parse_probe` parses its output."""
    return ("/bin/sh", "-c", _PROBE, "probe", *directories)


def probe_environment(path: str) -> dict[str, str]:
    """`path` is the caller's PATH, which the shims of version managers need."""
    return {
        "GOENV": "off",
        "GOTOOLCHAIN": "local",
        "PATH": f"{path}:{sandbox.SYSTEM_PATH}" if path else sandbox.SYSTEM_PATH,
    }


def capture_command() -> tuple[str, ...]:
    """The argv that copies the Go root named in the file `goroot` into `output`."""
    return ("/bin/sh", "-c", _CAPTURE)


def unpack_command() -> tuple[str, ...]:
    """The argv that unpacks the only file of the sandbox into `output`."""
    return ("/bin/sh", "-c", _UNPACK)


def capture_environment() -> dict[str, str]:
    return {"PATH": sandbox.SYSTEM_PATH, "LC_ALL": "C"}
