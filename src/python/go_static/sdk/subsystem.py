"""The options of `[go-sdk]`: where to get Go."""

from __future__ import annotations

from pants.engine.platform import Platform
from pants.option.option_types import StrListOption, StrOption
from pants.option.subsystem import Subsystem
from pants.util.strutil import softwrap

from go_static.sdk.known_releases import DEFAULT_VERSION, KNOWN_VERSIONS, PLATFORM_NAMES

PATH_TOKEN = "<PATH>"


class GoSdkSubsystem(Subsystem):
    options_scope = "go-sdk"
    help = softwrap(
        f"""
        Where to get the Go SDK used to build `go_static_binary` targets.

        By default, the first Go on the search path that is new enough for the module's go.mod. If
        there is none, a download with a pinned SHA-256: {DEFAULT_VERSION}, or the newest known
        version if go.mod requires a newer one. With `--version`, exactly that release, from either.

        The SDK is copied into Pants's store, and its contents are part of each cache key. Upgrading
        Go on the machine rebuilds, and two machines with the same Go share a remote cache.
        """
    )

    version = StrOption(
        default=None,
        help=softwrap(
            f"""
            The exact Go release to use, such as `{DEFAULT_VERSION}`. Set it to get the same bytes
            on every machine. By default, the first suitable Go is used.
            """
        ),
    )
    url_template = StrOption(
        default="https://go.dev/dl/go{version}.{platform}.tar.gz",
        advanced=True,
        help=softwrap(
            """
            The URL to download Go from, for machines that cannot reach Go's own site. `{version}`
            is the release (`1.26.7`); `{platform}` is Go's name of the platform (`linux-amd64`).
            The archive must contain `go/bin/go`, like Go's own archives. `file:` URLs work too.
            """
        ),
    )
    known_versions = StrListOption(
        default=KNOWN_VERSIONS,
        advanced=True,
        help=softwrap(
            """
            The releases that may be downloaded, each as `version|platform|sha256|length`: Pants's
            name of the platform (`linux_x86_64`, `linux_arm64`, `macos_x86_64`, `macos_arm64`),
            the SHA-256 of the archive and its length in bytes. A download that differs is refused.

            To add a release, run `curl -L $URL | tee >(wc -c) >(shasum -a 256) >/dev/null` and set
            `known_versions.add = [...]`.
            """
        ),
    )

    class EnvironmentAware(Subsystem.EnvironmentAware):
        search_paths = StrListOption(
            default=[PATH_TOKEN],
            help=softwrap(
                f"""
                Directories to search for `go`, in order. `{PATH_TOKEN}` is replaced with the
                directories on the PATH of the shell that called Pants. Set it to an empty list to
                always download Go.
                """
            ),
        )

    def url(self, version: str, platform: Platform) -> str:
        """The URL of the archive of a version for a platform.

        :raises ValueError: the template has another placeholder.
        """
        try:
            return self.url_template.format(
                version=version, platform=PLATFORM_NAMES[platform.value]
            )
        except (KeyError, IndexError, ValueError) as e:
            raise ValueError(
                f"[go-sdk].url_template: {self.url_template} has a placeholder other than "
                f"{{version}} and {{platform}}: {e}. Remove it."
            ) from None
