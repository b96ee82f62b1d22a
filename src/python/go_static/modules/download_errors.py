"""The error for modules that could not be downloaded: which, why, with which settings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from pants.engine.process import FallibleProcessResult

from elf_static.elf.printable import printable, printable_lines
from go_static.builder.program import failure_of_builder
from go_static.go.clean_output import clean_output
from go_static.go.messages import GoMessage
from go_static.go.redact import shown_setting, without_credentials

# What Pants adds to the output of a process that it has killed.
_TIMED_OUT = b"Exceeded timeout of"

# What the builder prints every 30 seconds: `runProgram` in builder/_go/process.go.
_WAITING = re.compile(r"^waiting for (.+), \d+ s$", re.MULTILINE)

# How many prefixes of modules are proposed for GOPRIVATE.
_MOST_PRIVATE = 3


def failure_message(
    directory: str, result: FallibleProcessResult, environment: Mapping[str, str]
) -> str:
    """Which modules failed and why, the settings in force, and what to do."""
    failure = failure_of_builder(result)
    if failure:
        return without_credentials(failure, environment)
    failed = failed_modules(result.stdout)
    reasons = [f"{module}: {error.removeprefix(f'{module}: ')}" for module, error in failed]
    if _TIMED_OUT in result.stdout + result.stderr:
        reasons.append("timed out ([go-static].download_timeout); a server did not respond.")
        waited = _WAITING.findall(result.stderr.decode(errors="replace"))
        if waited:
            reasons.append(f"{waited[-1]} was still running, here or in another process.")
    reasons = reasons or [clean_output(result.stderr, directory, environment)]
    text = "\n".join(f"  {without_credentials(reason, environment)}" for reason in reasons)
    private = private_advice([module for module, _ in failed], environment.get("GOPRIVATE", ""))
    advice = "".join(f"\n\n{line}" for line in download_advice(text))
    return (
        f"Modules that {directory or '.'}/go.mod requires could not be downloaded:\n\n"
        f"{printable_lines(text)}\n\n"
        f"The settings in force:\n{proxy_settings(environment)}\n\n"
        f"Check that the proxy is reachable and has the module.{private} "
        "`[go-static].subprocess_env_vars` lists the environment variables that the download sees."
        f"{advice}"
    )


def failed_modules(output: bytes) -> tuple[tuple[str, str], ...]:
    """The modules, as `path@version`, and their errors, from the result of the builder's command
    `download`. There is no result if Pants ended it."""
    try:
        failed = json.loads(output.partition(b"\n")[0])["failed"]
        return tuple((str(module["module"]), str(module["error"])) for module in failed)
    except (KeyError, RecursionError, TypeError, ValueError):
        return ()


# The settings that decide where modules come from, the most important ones first.
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

_UNAUTHORIZED = (
    "A server requires authentication; credentials are missing or wrong. Add "
    "`machine HOST login USER password TOKEN` to ~/.netrc, which Go and git both read."
)
_FORBIDDEN = (
    "A server refused the request (403 Forbidden): it blocks the module, or your account may not "
    "read it. What it said, if anything, follows `server response:` above. Ask its administrators."
)
_PROXY_UNAUTHORIZED = (
    "The proxy requires authentication. Set HTTPS_PROXY=http://user:password@host:port."
)
_UNKNOWN_CA = (
    "A server's certificate is signed by an unknown CA. Set SSL_CERT_FILE (for Go) and "
    "GIT_SSL_CAINFO (for git) to a file with the CA certificate."
)
_ADVICE = {
    GoMessage.PROXY_UNAUTHORIZED: _PROXY_UNAUTHORIZED,
    GoMessage.GIT_PROXY_UNAUTHORIZED: _PROXY_UNAUTHORIZED,
    GoMessage.UNAUTHORIZED: _UNAUTHORIZED,
    GoMessage.FORBIDDEN: _FORBIDDEN,
    GoMessage.GIT_UNAUTHORIZED: _UNAUTHORIZED,
    GoMessage.GIT_FORBIDDEN: _FORBIDDEN,
    GoMessage.UNKNOWN_CA: _UNKNOWN_CA,
    GoMessage.GIT_UNKNOWN_CA: _UNKNOWN_CA,
    GoMessage.CHECKSUM: (
        "The download does not match go.sum. This can be an attack. Do not continue until you "
        "know why the contents of this version differ."
    ),
    GoMessage.SSH_UNKNOWN_HOST: (
        "ssh does not recognize the server's key. Verify the key, and add it to "
        "~/.ssh/known_hosts; connecting once by hand does that."
    ),
    GoMessage.SSH_NO_KEY: (
        "The SSH server accepted none of the keys. `ssh-add -l` lists the keys that the agent at "
        "SSH_AUTH_SOCK holds."
    ),
    GoMessage.DOWNLOADS_OFF: (
        "GOPROXY=off allows no download, and the module is in no cache on this machine. Build once "
        "with a network, or commit a vendor directory (`go mod vendor`)."
    ),
    GoMessage.NO_PROTOCOL: (
        "git cannot reach the repository, and Go does not show why. Run `git ls-remote "
        "https://PATH.git` with the module's path."
    ),
    GoMessage.SUM_DATABASE: (
        "The public checksum database does not know private modules. List them in GOPRIVATE or "
        "GONOSUMDB."
    ),
}


def proxy_settings(environment: Mapping[str, str]) -> str:
    """The settings of a download, one per line, without credentials."""
    lines = [
        f"  {name}={shown_setting(name, environment[name])}"
        for name in _PROXY_SETTINGS
        if environment.get(name)
    ]
    if not environment.get("GOPROXY"):
        lines.insert(0, "  GOPROXY is not set: using the value from `go env -w`, or Go's default")
    return "\n".join(lines)


def download_advice(text: str) -> tuple[str, ...]:
    """What to do about a failed download with this output."""
    return tuple(dict.fromkeys(advice for said, advice in _ADVICE.items() if said.is_in(text)))


def private_advice(failed: Iterable[str], goprivate: str) -> str:
    """The GOPRIVATE to set in case the failed modules, `path@version`, are private; empty if it
    covers them, or if so many failed that this is not the reason."""
    patterns = [pattern for pattern in goprivate.split(",") if pattern]
    uncovered = {}
    for module in failed:
        path = module.partition("@")[0]
        if not any(_covers(pattern, path) for pattern in patterns):
            uncovered["/".join(path.split("/")[:2])] = True
    if not 0 < len(uncovered) <= _MOST_PRIVATE:
        return ""
    value = printable(without_credentials(",".join((*patterns, *uncovered))))
    return f" If the module is private, set GOPRIVATE={value}."


def _covers(pattern: str, path: str) -> bool:
    """Whether a pattern of GOPRIVATE matches a module (MatchPrefixPatterns in golang.org/x/mod)."""
    elements, globs = path.split("/"), pattern.split("/")
    return len(elements) >= len(globs) and all(map(fnmatchcase, elements, globs))
