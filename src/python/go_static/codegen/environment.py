"""The environment of `go generate`.

Nothing here knows of the engine; see go/sandbox.py for what holds for every run of `go`.
"""

from __future__ import annotations

from go_static.go import sandbox

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
    }
)


def generate_environment(workspace: str = "") -> dict[str, str]:
    """For `go generate` and what it runs, on the platform of the machine."""
    return {
        **sandbox.OFFLINE,
        "GOWORK": sandbox.gowork(workspace),
        "PATH": sandbox.SYSTEM_PATH,
    }
