"""The commands that find a Go SDK on a machine and copy it."""

from __future__ import annotations

from enum import Enum

from go_static.go import sandbox


class Part(Enum):
    """What `go` reads of an SDK for a `GoPlatform.is_usual`, or only for other platforms."""

    USUAL = "-E"
    OTHER_PLATFORMS = "-vE"


# What tar leaves out beside src/cmd: tests; the C libraries of -race and boringcrypto, which need
# cgo and are a tenth of all bytes; and names with `_` in front, which Go ignores: generators of
# Go's own code, and __pycache__, which differs from machine to machine.
_UNUSED = "--exclude=testdata --exclude='*_test.go' --exclude='_*' --exclude='*.syso'"

# The names of `Part.OTHER_PLATFORMS`, a third of all, as a regular expression. The rule is
# goodOSArchFile's in go/build/build.go, the names are those in internal/syslist/syslist.go.
_OTHER_SYSTEMS = (
    "aix|android|darwin|dragonfly|freebsd|hurd|illumos|ios|js|nacl|netbsd|openbsd|plan9|solaris|"
    "wasip1|windows|zos"
)
_OTHER_PROCESSORS = (
    "386|amd64p32|arm|armbe|arm64be|loong64|mips|mipsle|mips64|mips64le|mips64p32|mips64p32le|ppc|"
    "ppc64|ppc64le|riscv|riscv64|s390|s390x|sparc|sparc64|wasm"
)
_OTHERS = f"_(({_OTHER_SYSTEMS})(_(amd64|arm64))?|{_OTHER_PROCESSORS})[.](go|s)$"

# Deletes what does not belong to the part $2 in the directory $1.
_PICK = f"""\
pick() {{
  find "$1" -type f | grep "$2" '{_OTHERS}' | tr '\\n' '\\0' | xargs -0 rm -f
}}
"""

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

# Copies a part of a Go root. The file `goroot` names the root. It also holds the identity, so that
# a changed Go is copied again.
_CAPTURE = f"""\
set -eu
{_PICK}IFS= read -r root < goroot
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
pick "$OLDPWD/{sandbox.OUTPUT}" "$1"
"""


# Unpacks a part of a Go archive. The archive is the only file in the sandbox.
_UNPACK = f"""\
set -eu
{_PICK}part=$1
set -- *
mkdir {sandbox.OUTPUT}
tar -xf "$1" -C {sandbox.OUTPUT} {_UNUSED} --exclude=go/src/cmd
if [ ! -x {sandbox.OUTPUT}/go/bin/go ]; then
  echo "$1 has no executable file go/bin/go" >&2
  exit 1
fi
pick {sandbox.OUTPUT} "$part"
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


def capture_command(part: Part) -> tuple[str, ...]:
    """The argv that copies a part of the Go root named in the file `goroot` into `output`."""
    return ("/bin/sh", "-c", _CAPTURE, "capture", part.value)


def unpack_command(part: Part) -> tuple[str, ...]:
    """The argv that unpacks a part of the only file of the sandbox into `output`."""
    return ("/bin/sh", "-c", _UNPACK, "unpack", part.value)


def capture_environment() -> dict[str, str]:
    return {"PATH": sandbox.SYSTEM_PATH, "LC_ALL": "C"}
