"""The options of `[go-sdk]`: where Go comes from."""

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
        Where the Go SDK comes from that builds `go_static_binary` targets.

        Without a setting: the first Go on the search path that is at least as new as the module's
        go.mod asks for, else a download with a pinned SHA-256 ({DEFAULT_VERSION}, or the newest
        known version where go.mod asks for more). With `--version`: exactly that one, from either.

        The SDK is copied into Pants's store and is part of each cache key by content: an upgrade
        of the machine's Go rebuilds, and two machines with the same Go share a remote cache.
        """
    )

    version = StrOption(
        default=None,
        help=softwrap(
            f"""
            The exact release of Go to use, such as `{DEFAULT_VERSION}`. Set it to get the same
            bytes on every machine. Without it, the Go that is found first decides.
            """
        ),
    )
    url_template = StrOption(
        default="https://go.dev/dl/go{version}.{platform}.tar.gz",
        advanced=True,
        help=softwrap(
            """
            Where to download Go from, for machines that cannot reach Go's own site. `{version}` is
            the release (`1.26.7`), `{platform}` is Go's name of the platform (`linux-amd64`). The
            archive must hold `go/bin/go`, as Go's own archives do. `file:` URLs work too.
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

            To add one: `curl -L $URL | tee >(wc -c) >(shasum -a 256) >/dev/null`, and write
            `known_versions.add = [...]`.
            """
        ),
    )

    class EnvironmentAware(Subsystem.EnvironmentAware):
        search_paths = StrListOption(
            default=[PATH_TOKEN],
            help=softwrap(
                f"""
                Directories to look for a `go` in, in order. `{PATH_TOKEN}` stands for the
                directories on the PATH of the shell that called Pants. Set it to the empty list
                to download Go always.
                """
            ),
        )

    def url(self, version: str, platform: Platform) -> str:
        """Where the archive of a version for a platform is.

        :raises ValueError: when the template has another placeholder than the two.
        """
        try:
            return self.url_template.format(
                version=version, platform=PLATFORM_NAMES[platform.value]
            )
        except (KeyError, IndexError, ValueError) as e:
            raise ValueError(
                f"[go-sdk].url_template: {self.url_template} has a placeholder other than "
                f"{{version}} and {{platform}}: {e}."
            ) from None
