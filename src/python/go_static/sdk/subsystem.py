"""The options of this backend: `[go-sdk]` for where Go comes from, `[go-static]` for the builds."""

from __future__ import annotations

from pants.engine.platform import Platform
from pants.option.option_types import BoolOption, IntOption, SkipOption, StrListOption, StrOption
from pants.option.subsystem import Subsystem
from pants.util.strutil import softwrap

from elf_static.judge.policies import BUILT_IN
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


class ElfStaticSubsystem(Subsystem):
    options_scope = "elf-static"
    name = "the ELF checker"
    help = softwrap(
        """
        The test that reads a program's ELF file and says whether it is static (`elf_static_test`
        targets, which every `go_static_binary` brings). The checker is `elf-static`, which works
        without Pants too.
        """
    )

    skip = SkipOption("test")
    policy = StrOption(
        default="default",
        help=softwrap(
            f"""
            The policy of targets that name none: one of the built-in ones
            ({", ".join(BUILT_IN)}), or the path of a TOML file from the repository's root.
            """
        ),
    )


class GoGeneratedSubsystem(Subsystem):
    options_scope = "go-generated"
    name = "the test of generated code"
    help = softwrap(
        """
        The test that code which is checked in is what its generator makes: `go_codegen` targets
        with `committed=True`.
        """
    )

    skip = SkipOption("test")


class GoReproducibleSubsystem(Subsystem):
    options_scope = "go-reproducible"
    name = "the test of reproducibility"
    help = softwrap(
        """
        The test that a second build makes the same bytes: `go_static_binary` targets with
        `reproducible=True`. It takes as long as a build on a new machine; with `skip` it is left to
        a job of its own in CI.
        """
    )

    skip = SkipOption("test")


class GoStaticSubsystem(Subsystem):
    options_scope = "go-static"
    help = "How `go_static_binary` targets are built: caches, downloads of modules, and `tailor`."

    download_timeout = IntOption(
        default=1800,
        advanced=True,
        help=softwrap(
            """
            How many seconds the download of a module's requirements may take. Go itself waits for
            ever for a proxy or a git server that takes the question and does not answer.
            """
        ),
    )
    isolated_caches = BoolOption(
        default=False,
        help=softwrap(
            """
            If true, builds do not use the named caches (Go's build cache and its unpacked
            modules), but start with empty ones inside the sandbox. The bytes are the same; a build
            takes as long as on a new machine. For release builds that must not rest on what an
            earlier build left behind.
            """
        ),
    )
    tailor = BoolOption(
        default=True,
        advanced=True,
        help=softwrap(
            """
            If true, `tailor` adds a `go_module` target for every go.mod, and a `go_static_binary`
            target for every directory with a `package main` that `go build` would build.
            """
        ),
    )

    class EnvironmentAware(Subsystem.EnvironmentAware):
        subprocess_env_vars = StrListOption(
            default=[
                "ALL_PROXY",
                "DBUS_SESSION_BUS_ADDRESS",
                "GIT_ASKPASS",
                "GIT_CONFIG_COUNT",
                "GIT_CONFIG_GLOBAL",
                "GIT_CONFIG_NOSYSTEM",
                "GIT_CONFIG_SYSTEM",
                "GIT_PROXY_SSL_CAINFO",
                "GIT_SSH",
                "GIT_SSH_COMMAND",
                "GIT_SSH_VARIANT",
                "GIT_SSL_CAINFO",
                "GIT_SSL_CAPATH",
                "GIT_SSL_CERT",
                "GIT_SSL_KEY",
                "GOAUTH",
                "GOENV",
                "GOINSECURE",
                "GONOPROXY",
                "GONOSUMDB",
                "GOPRIVATE",
                "GOPROXY",
                "GOSUMDB",
                "GOVCS",
                "HOME",
                "HTTPS_PROXY",
                "HTTP_PROXY",
                "KRB5CCNAME",
                "NETRC",
                "NO_PROXY",
                "PATH",
                "SSH_AUTH_SOCK",
                "SSL_CERT_DIR",
                "SSL_CERT_FILE",
                "USER",
                "XDG_CACHE_HOME",
                "XDG_CONFIG_HOME",
                "XDG_RUNTIME_DIR",
                "all_proxy",
                "http_proxy",
                "https_proxy",
                "no_proxy",
            ],
            advanced=True,
            help=softwrap(
                """
                Environment variables that the download of modules may see: proxies, credentials,
                what is private. Entries are names, to pass the caller's value on, or `NAME=value`.

                Only the step that reaches the network sees them. They are part of no cache key and
                never leave this machine; no other step sees anything of the caller's environment.
                """
            ),
        )
