"""What is said of modules that could not be downloaded: which, why, under which settings."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from pants.engine.process import FallibleProcessResult

from elf_static.elf.printable import printable_lines
from go_static.go.output import go_output
from go_static.go.redact import shown_setting, without_credentials

# What Pants adds to the output of a process that it has ended.
_TIMED_OUT = b"Exceeded timeout of"


def failure_message(
    directory: str, result: FallibleProcessResult, environment: Mapping[str, str]
) -> str:
    """Which modules failed and why, the settings in force, and what to do."""
    failed = download_errors(result.stdout)
    reasons = [f"{module}: {error}" for module, error in failed]
    if _TIMED_OUT in result.stdout + result.stderr:
        reasons.append(
            "the time for it was over ([go-static].download_timeout), and some server had not "
            "answered."
        )
    reasons = reasons or [go_output(result.stderr, directory, environment)]
    text = "\n".join(f"  {without_credentials(reason, environment)}" for reason in reasons)
    advice = "".join(f"\n\n{line}" for line in download_advice(text))
    return (
        f"Modules that {directory or '.'}/go.mod requires could not be downloaded:\n\n"
        f"{printable_lines(text)}\n\n"
        f"The settings in force:\n{proxy_settings(environment)}\n\n"
        "Check that the proxy can be reached and has the module, and that private modules are "
        "named in GOPRIVATE. `[go-static].subprocess_env_vars` says which variables of the shell "
        f"the download sees.{advice}"
    )


def download_errors(output: bytes) -> tuple[tuple[str, str], ...]:
    """The failed modules, as `path@version`, and their errors, from `go mod download -json`."""
    errors = []
    decoder = json.JSONDecoder()
    text = output.decode(errors="replace")
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        try:
            item, position = decoder.raw_decode(text, position)
        except (RecursionError, ValueError):
            break
        if isinstance(item, dict) and item.get("Error"):
            name = "@".join(str(item[key]) for key in ("Path", "Version") if item.get(key))
            errors.append((name, str(item["Error"])))
    return tuple(errors)


# Settings that decide where modules come from, in the order in which a reader asks for them.
_PROXY_SETTINGS = (
    "GOPROXY",
    "GOPRIVATE",
    "GONOPROXY",
    "GOSUMDB",
    "GONOSUMDB",
    "GOINSECURE",
    "GOVCS",
    "GOAUTH",
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
)

# What Go, git and ssh say when a download fails, and what there is to do.
_DOWNLOAD_ADVICE = (
    (
        r"Proxy Authentication Required|(?:proxy after CONNECT|CONNECT tunnel failed).{0,99}407",
        "The proxy wants a user and a password: HTTPS_PROXY=http://user:password@host:port.",
    ),
    (
        r"\b40[13] [A-Za-z]|requested URL returned error: 40[13]|Authentication failed|"
        r"could not read (Username|Password)|terminal prompts disabled",
        "A server wants a user and a password, and was given none, or not the right ones. Put "
        "`machine HOST login USER password TOKEN` into ~/.netrc, which Go and git both read.",
    ),
    (
        r"certificate signed by unknown authority|failed to verify certificate|certificate "
        r"verification failed|SSL certificate problem",
        "A server's certificate is not of an authority that is known here. Name a file with the "
        "authority's own certificate in SSL_CERT_FILE, for Go, and in GIT_SSL_CAINFO, for git.",
    ),
    (
        r"checksum mismatch",
        "What was downloaded is not what go.sum vouches for, which can be an attack. Do not go on "
        "until you know why the version has other contents than when go.sum was written.",
    ),
    (
        r"Host key verification failed",
        "ssh does not know the server, or not by this key. Check the key, and add it to "
        "~/.ssh/known_hosts; connecting once by hand does that.",
    ),
    (
        r"Permission denied \(publickey",
        "The SSH server accepted none of the keys. `ssh-add -l` lists those that the agent of "
        "SSH_AUTH_SOCK holds.",
    ),
    (
        r"disabled by GOPROXY=off",
        "GOPROXY=off allows no download, and the module is in no cache of this machine. Build once "
        "with a network, or commit a vendor directory (`go mod vendor`).",
    ),
    (
        r"no secure protocol found for repository",
        "Go does not say why git cannot reach the repository. `git ls-remote https://PATH.git` "
        "does, with the module's path.",
    ),
    (
        r"sum\.golang\.org|/sumdb/|/lookup/",
        "The public checksum database knows no private modules. Name them in GOPRIVATE or "
        "GONOSUMDB.",
    ),
)


def proxy_settings(environment: Mapping[str, str]) -> str:
    """The settings in force for a download, one a line, without credentials."""
    lines = [
        f"  {name}={shown_setting(name, environment[name])}"
        for name in _PROXY_SETTINGS
        if environment.get(name)
    ]
    if not environment.get("GOPROXY"):
        lines.insert(0, "  GOPROXY is not set: Go's default, or what `go env -w` has set")
    return "\n".join(lines)


def download_advice(text: str) -> tuple[str, ...]:
    """What to do about a failed download of which this was said."""
    return tuple(advice for pattern, advice in _DOWNLOAD_ADVICE if re.search(pattern, text))
