"""How this backend runs `go`: the layout of the sandbox, the environment and the command line.

What is said here holds for every step that runs `go`:

- the environment is explicit: nothing is inherited from the caller, the user's `go env -w` is
  not read, and what the SDK's own go.env could set is set already;
- no machine path is in it: paths are worked out by the builder, inside the sandbox, so that two
  machines that share a remote cache compute the same keys;
- there is no network: modules come from the digest of downloads, over a `file:` proxy.
"""

from __future__ import annotations

from dataclasses import dataclass

from pants.engine.fs import AddPrefix, CreateDigest, Digest, Directory, FileContent, MergeDigests
from pants.util.frozendict import FrozenDict

from go_static.engine.compat import add_prefix, create_digest, merge_digests
from go_static.go.platforms import GoPlatform

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


async def lay_out(tree: Digest, caches: Caches, *others: Digest, arguments: FileContent) -> Digest:
    """The files of a sandbox: those of the repository, the places of the caches, the builder's
    arguments, and others."""
    below = await add_prefix(AddPrefix(tree, TREE))
    directories = [Directory(directory) for directory in caches.directories]
    own = await create_digest(CreateDigest([*directories, arguments]))
    return await merge_digests(MergeDigests([below, own, *others]))


# Where the tools of the scripts are that find and copy an SDK; `go` itself starts no program of the
# machine.
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"

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


def offline_environment(platform: GoPlatform, workspace: str = "") -> dict[str, str]:
    """The environment for listings and builds; `workspace` is a go.work, relative to the tree."""
    return {**OFFLINE, **platform.environment, "GOWORK": gowork(workspace)}


def gowork(workspace: str) -> str:
    """The variable GOWORK for a go.work, relative to the tree, or for none. It is relative to the
    sandbox, and the builder puts the sandbox's path before it: remote workers leave Pants's
    `{chroot}` as it is, or need bash for it."""
    return f"{TREE}/{workspace}" if workspace else "off"
