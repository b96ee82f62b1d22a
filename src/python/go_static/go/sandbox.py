"""How this backend runs `go`: the layout of the sandbox, the environment and the command line.

What is said here holds for every step that runs `go`:

- the environment is explicit: nothing is inherited from the caller, the user's `go env -w` is
  not read, and what the SDK's own go.env could set is set already;
- no machine path is in it: paths are worked out by the script, inside the sandbox, so that two
  machines that share a remote cache compute the same keys;
- there is no network: modules come from the digest of downloads, over a `file:` proxy.
"""

from __future__ import annotations

from dataclasses import dataclass

from pants.engine.fs import AddPrefix, CreateDigest, Digest, Directory, FileContent, MergeDigests
from pants.util.frozendict import FrozenDict

from go_static.engine.compat import add_prefix, create_digest, merge_digests
from go_static.go.platforms import GoPlatform
from go_static.go.source_header import REFUSAL

# The sandbox's top level. The repository's files lie below `tree`, so that a `//go:embed` at the
# root of the repository cannot see the rest.
TREE = "tree"
SDK = "sdk"
DOWNLOADS = "downloads"
BUILDER = "builder"
OUTPUT = "output"
TOOLS = "tools"
TEMPORARY = "tmp"
BUILD_CACHE = "cache/build"
MODULE_CACHE = "cache/mod"


@dataclass(frozen=True)
class Caches:
    """Where Go's caches are: `named` are Pants's named caches by name (`--named-caches-dir`), and
    `directories` are those that each sandbox needs to have before `go` starts."""

    named: FrozenDict[str, str]
    directories: tuple[str, ...]


def caches(isolated: bool) -> Caches:
    """The shared caches, or empty ones inside the sandbox."""
    directories = (TREE, OUTPUT, TEMPORARY)
    if isolated:
        return Caches(FrozenDict(), (*directories, BUILD_CACHE, MODULE_CACHE))
    return Caches(
        FrozenDict({"go_static_build": BUILD_CACHE, "go_static_mod": MODULE_CACHE}), directories
    )


async def lay_out(
    tree: Digest, caches: Caches, *others: Digest, arguments: FileContent | None = None
) -> Digest:
    """The files of a sandbox: those of the repository, the places of the caches, the builder's
    arguments, and others."""
    below = await add_prefix(AddPrefix(tree, TREE))
    own = [*(Directory(d) for d in caches.directories), *([arguments] if arguments else ())]
    return await merge_digests(
        MergeDigests([below, await create_digest(CreateDigest(own)), *others])
    )


# Where the POSIX tools of the scripts are; `go` itself starts no program of the machine.
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"

# Bytes that have to fit into the build cache for Go to keep an index of packages. The index is the
# one thing that Go does not do without when its cache is read-only or full: "cannot find package",
# it says of one that it could not index, once the files are two seconds old (openIndexPackage in
# cmd/go/internal/modindex/read.go).
_ROOM = 256 * 1024

# `pwd -P` gives GOROOT and the caches the same paths in every sandbox: Go's index of a module is
# keyed on the path of the module cache, and would miss each time if that path were the sandbox's.
PREPARE = f"""\
set -eu
sandbox=$(pwd -P)
real() {{
  # A link to a named cache that somebody deleted: Pants makes its directory once per daemon. Or
  # no link: to a remote worker, Pants sends none.
  [ -d "$1" ] || (
    PATH={SYSTEM_PATH}
    export PATH
    directory=$(readlink -- "$1") || directory=$1
    mkdir -p -- "$directory"
  )
  (CDPATH= cd -P -- "$1" && pwd -P)
}}
GOROOT=$(real {SDK})
GOCACHE=$(real {BUILD_CACHE})
GOMODCACHE=$(real {MODULE_CACHE})
GOPATH=$sandbox/{TEMPORARY}/gopath
TMPDIR=$sandbox/{TEMPORARY}
export GOROOT GOCACHE GOMODCACHE GOPATH TMPDIR
case ${{GOWORK-off}} in
off) ;;
*) GOWORK=$sandbox/$GOWORK ;;
esac
has_room() {{
  written=0
  printf '%{_ROOM}s' '' > "$GOCACHE/room" || written=$?
  printf '' > "$GOCACHE/room" || written=$?
  return "$written"
}} 2> /dev/null
if ! has_room; then
  GODEBUG=goindex=0
  export GODEBUG
fi
"""

# First the files that import symbols of shared libraries without cgo, each after the import path of
# its package; then, after an empty line, a listing with cgo on, which runs no C compiler.
_FILES = """\
{{$p := .}}{{range .GoFiles}}{{$p.ImportPath}}	{{$p.Dir}}/{{.}}
{{end}}"""

# What the look for cgo finds in a file: see `cgo.CgoUse`.
IMPORTS_SYMBOLS = "imports-symbols"
REFUSES = "refuses"

_CGO = f"""\
GOPROXY=file://$sandbox/{DOWNLOADS}
export GOPROXY
cd -- "{TREE}/$1"
json=$2
files=$3
shift 3
tmp=$sandbox/{TEMPORARY}
look() {{
  cut -f 2 "$tmp/files" | tr '\\n' '\\000' | xargs -0 grep -Elis "$2" > "$tmp/found" || true
  awk -F '\\t' -v kind="$1" 'FNR == NR {{ found[$0]; next }} $2 in found {{
    name = $2; sub(".*/", "", name); print kind "\\t" $1 "\\t" name
  }}' "$tmp/found" "$tmp/files"
}}
if [ -n "$files" ]; then
  "$GOROOT/bin/go" list -e -find -f "$files" "$@" | awk NF > "$tmp/files"
  look {IMPORTS_SYMBOLS} '^//go:cgo_import_dynamic'
  look {REFUSES} '{REFUSAL}'
fi
printf '\\n{{"sandbox": "%s"}}\\n' "$sandbox"
CGO_ENABLED=1
export CGO_ENABLED
exec "$GOROOT/bin/go" list -e -find "$json" "$@"
"""

# Settings that no step may take from anywhere else. GOFLAGS is never empty: Go reads an empty
# variable as an unset one. What goes into the linker's build ID without need is left alone, so that
# whoever builds by hand gets the same bytes: GO_EXTLINK_ENABLED=0 and `-buildmode=exe` would only
# say what is the default (printLinkerConfig in cmd/go/internal/work/exec.go).
FIXED = {
    "CGO_ENABLED": "0",
    "GO111MODULE": "on",
    "GOFIPS140": "off",
    "GOFLAGS": "-modcacherw",
    "GOTELEMETRY": "off",
    "GOTOOLCHAIN": "local",
    "LC_ALL": "C",
    "TZ": "UTC",
}

OFFLINE = {
    **FIXED,
    "GOAUTH": "off",
    "GOENV": "off",
    "GOSUMDB": "off",
    "GOVCS": "*:off",
}


def cgo_command(
    module_directory: str, json: str, look_into_files: bool, *arguments: str
) -> tuple[str, ...]:
    """The argv that looks for cgo in packages; `json` has the fields of the listing. Its output is
    read by `cgo.parse_cgo`."""
    script = PREPARE + _CGO
    files = _FILES if look_into_files else ""
    return ("/bin/sh", "-c", script, "go", module_directory or ".", json, files, *arguments)


def offline_environment(platform: GoPlatform, workspace: str = "") -> dict[str, str]:
    """The environment for listings and builds; `workspace` is a go.work, relative to the tree."""
    return {**OFFLINE, **platform.environment, "GOWORK": gowork(workspace)}


def gowork(workspace: str) -> str:
    """The variable GOWORK for a go.work, relative to the tree, or for none. It is relative to the
    sandbox, whose path the script puts before it: remote workers leave Pants's `{chroot}` as it is,
    or need bash for it."""
    return f"{TREE}/{workspace}" if workspace else "off"
