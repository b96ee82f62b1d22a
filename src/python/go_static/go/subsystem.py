"""The options of `[go-static]`: how binaries are built."""

from __future__ import annotations

from pants.option.option_types import BoolOption, IntOption, StrListOption
from pants.option.subsystem import Subsystem
from pants.util.strutil import softwrap


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
