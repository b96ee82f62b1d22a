"""The options of `[go-static]`: how binaries are built."""

from __future__ import annotations

from enum import Enum

from pants.option.option_types import BoolOption, EnumOption, IntOption, StrListOption
from pants.option.subsystem import Subsystem
from pants.util.strutil import softwrap


class ShareCompiled(Enum):
    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class GoStaticSubsystem(Subsystem):
    options_scope = "go-static"
    help = "How to build `go_static_binary` targets: caches, module downloads, and `tailor`."

    download_timeout = IntOption(
        default=1800,
        advanced=True,
        help=softwrap(
            """
            Timeout in seconds for downloading a module's requirements. Go itself waits forever for
            a proxy or a git server that accepts the request and does not respond.
            """
        ),
    )
    isolated_caches = BoolOption(
        default=False,
        help=softwrap(
            """
            If true, builds do not use the named caches (Go's build cache and its unpacked
            modules), but start with empty ones inside the sandbox. The bytes are the same; a build
            takes as long as on a new machine. For release builds that must not depend on earlier
            builds.
            """
        ),
    )
    share_compiled = EnumOption(
        default=ShareCompiled.AUTO,
        help=softwrap(
            """
            Whether machines share compiled packages: the standard library's, those of modules, and
            the repository's own. A machine with empty caches then compiles only what no other has
            compiled. The binaries are the same. `auto` shares if Pants reads a remote cache or if
            remote workers run the processes; otherwise, there is nobody to share with. Builds with
            `isolated_caches` never share.
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
                Environment variables that module downloads may see: proxies, credentials, the
                names of private modules. Entries are names, to pass on the caller's value, or
                `NAME=value`.

                Only the step with network access sees them. They are not part of any cache key and
                never leave this machine. No other step sees the caller's environment.
                """
            ),
        )
