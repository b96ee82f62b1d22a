"""The environment of the builder's command `download`, which takes modules from the network or from
the cache.
"""

from __future__ import annotations

from collections.abc import Mapping

from go_static.go import sandbox

# The name of the file in memory that has the caller's settings: `settingsName` in the builder. In a
# process in a container, its path may be that of another file.
SETTINGS_NAME = "go_static_settings"


def cached_download_environment(workspace: str = "") -> dict[str, str]:
    """For the download step without a network, which only sees the module cache."""
    return {**sandbox.OFFLINE, "GOPROXY": "off", "GOWORK": sandbox.gowork(workspace)}


def network_download_environment(workspace: str = "") -> dict[str, str]:
    """For the download step with a network, in addition to `caller_settings`. What the user has set
    with `go env -w` applies too, as for every other `go` command."""
    return {**sandbox.FIXED, "GOWORK": sandbox.gowork(workspace), "PATH": sandbox.SYSTEM_PATH}


def caller_settings(caller: Mapping[str, str]) -> bytes:
    """The variables that the user lets through, except those that this backend sets: `NAME=value`
    and a NUL each. They go to a file, because there may be credentials among them."""
    settings = {name: value for name, value in caller.items() if name not in sandbox.FIXED}
    if settings.get("PATH"):
        settings["PATH"] = f"{settings['PATH']}:{sandbox.SYSTEM_PATH}"
    return b"".join(
        f"{name}={value}\0".encode(errors="surrogateescape")
        for name, value in sorted(settings.items())
        if name.isidentifier() and name != "GOWORK"
    )
