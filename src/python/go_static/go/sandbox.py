"""How this backend runs `go`: the layout of the sandbox, and the environment.

In every step that runs `go`:

- the environment is explicit: nothing is inherited from the caller, the user's `go env -w` is
  ignored, and everything that the SDK's go.env could set is set;
- it has no path of the machine: the builder computes paths inside the sandbox, so that machines
  that share a remote cache compute the same keys;
- there is no network: modules come from the digest of downloads, over a `file:` proxy.
"""

from __future__ import annotations

from dataclasses import dataclass

from pants.engine.fs import AddPrefix, CreateDigest, Digest, Directory, FileContent, MergeDigests
from pants.util.frozendict import FrozenDict

from go_static.engine.compat import add_prefix, create_digest, merge_digests
from go_static.go.features import NO_FEATURES, GoFeatures
from go_static.go.platforms import GoPlatform

# The top level of the sandbox. The repository's files are below `tree`, so that a `//go:embed` at
# its root does not see the rest.
TREE = "tree"
SDK = "sdk"
DOWNLOADS = "downloads"
BUILDER = "builder"
OUTPUT = "output"
COMPILED = "compiled"
TOOLS = "tools"
TEMPORARY = "tmp"
BUILD_CACHE = "cache/build"
MODULE_CACHE = "cache/mod"


@dataclass(frozen=True)
class Caches:
    """Go's caches: `named` are Pants's named caches by name (`--named-caches-dir`); `directories`
    must exist in the sandbox before `go` starts."""

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
    """The files of a sandbox: the repository's, the directories of the caches, the builder's
    arguments, and others."""
    below = await add_prefix(AddPrefix(tree, TREE))
    directories = [Directory(directory) for directory in caches.directories]
    own = await create_digest(CreateDigest([*directories, arguments]))
    return await merge_digests(MergeDigests([below, own, *others]))


# The tools of the scripts that find and copy an SDK. `go` itself runs no program of the machine.
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"

# Settings that are the same in every step. GOFLAGS is never empty, because Go treats an empty
# variable as unset. GO_EXTLINK_ENABLED=0 and `-buildmode=exe` are the defaults, but would change
# the linker's build ID (printLinkerConfig in cmd/go), so that a build by hand would differ.
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

OFFLINE = {**FIXED, "GOAUTH": "off", "GOENV": "off", "GOSUMDB": "off", "GOVCS": "*:off"}


def offline_environment(
    platform: GoPlatform, workspace: str = "", features: GoFeatures = NO_FEATURES
) -> dict[str, str]:
    """The environment for listings and builds; `workspace` is a go.work, relative to the tree."""
    return {**OFFLINE, **platform.environment, **features.environment, "GOWORK": gowork(workspace)}


def gowork(workspace: str) -> str:
    """The variable GOWORK for a go.work, relative to the tree, or for none. The builder makes it
    absolute: remote workers do not replace Pants's `{chroot}`, or need bash for it."""
    return f"{TREE}/{workspace}" if workspace else "off"
