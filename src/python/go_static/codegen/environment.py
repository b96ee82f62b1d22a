"""The environment of `go generate`.

This does not use the engine. See go/sandbox.py for what applies to every run of `go`.
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
    """For `go generate` and the programs it runs, on this machine's platform."""
    return {**sandbox.OFFLINE, "GOWORK": sandbox.gowork(workspace)}
