"""`pants run`: start the binary on this machine."""

from __future__ import annotations

from collections.abc import Iterable

from pants.core.goals.run import RunRequest
from pants.engine.platform import Platform
from pants.util.logging import LogLevel

from go_static.build.build_binary import build_binary
from go_static.engine.compat import collect_rules, implicitly, rule
from go_static.go.platforms import runs_on
from go_static.listing.binary_files import BuildRequest
from go_static.sdk.known_releases import go_platform
from go_static.targets.binary_settings import (
    BinarySettings,
    GoStaticExecutableFieldSet,
    read_settings,
)


class CannotRunError(Exception):
    """The binary is for a different platform than this machine's."""


@rule(desc="Run a static Go binary", level=LogLevel.DEBUG)
async def run_binary(field_set: GoStaticExecutableFieldSet, platform: Platform) -> RunRequest:
    settings = read_settings(field_set)
    reason = why_not_here(settings, go_platform(platform.value))
    if reason:
        raise CannotRunError(reason)
    binary = await build_binary(BuildRequest(settings), **implicitly())
    return RunRequest(digest=binary.digest, args=("{chroot}/" + binary.path,))


def why_not_here(settings: BinarySettings, here: str) -> str:
    """Why a machine with platform `here` (`linux/amd64`) cannot run the binary; empty if it can."""
    if runs_on(str(settings.platform), here):
        return ""
    return (
        f"{settings.name} is built for {settings.platform} and cannot run on {here}.\n\n"
        f"Run `pants package` and start it on a {settings.platform} machine, or parametrize "
        "`goarch` (and `goos`) with this machine's platform and run that variant."
    )


def rules() -> Iterable[object]:
    return [*collect_rules(), *GoStaticExecutableFieldSet.rules()]
