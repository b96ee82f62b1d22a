"""What users read: errors of `go`, with paths that mean something outside of the sandbox."""

from __future__ import annotations

import re
from collections.abc import Mapping

from elf_static.elf.printable import printable_lines
from go_static.engine import repo_paths
from go_static.go.redact import shown_setting, without_credentials

# A Go file in a message, at the start of a line or after a space, followed by a line number.
_POSITION = re.compile(
    r"(?P<lead>^|[\s(\"'])(?P<path>(?:\.{1,2}/)?[^\s:()\"']+\.(?:go|s|mod|work|sum)):(?=\d)", re.M
)

_FILE_URL = re.compile(r"file:///[^\s\"']*")
_TREE_PATH = re.compile(r"(?<![^\s:\"'(])/[^\s:\"']*?/pants-sandbox-[^/\s]+/tree/")

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


def repository_paths(text: str, module_directory: str) -> str:
    """Messages of `go`, run in a module's directory, with paths relative to the repository."""

    def replace(match: re.Match[str]) -> str:
        path = match["path"]
        if path.startswith("/"):
            return match.group()
        return f"{match['lead']}{repo_paths.join(module_directory, path)}:"

    return _POSITION.sub(replace, text)


def without_sandbox(text: str) -> str:
    """Paths below the sandbox's tree as paths in the repository, and the digest of downloads under
    a name that means something to a reader."""
    text = _FILE_URL.sub(_without_downloads, text)
    return _TREE_PATH.sub("", text)


def _without_downloads(url: re.Match[str]) -> str:
    _, found, rest = url.group().partition("/downloads/")
    return f"the downloaded modules: {rest}" if found else url.group()


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


def go_output(
    stderr: bytes, module_directory: str, environment: Mapping[str, str] | None = None
) -> str:
    """What `go` said, fit for a user: no sandbox paths, no credentials, no progress lines, and
    nothing that a terminal or a CI system acts on. Go prints file names and `//line` directives as
    they are, those of downloaded modules among them. `environment` is what `without_credentials`
    asks for."""
    lines = [
        line
        for line in stderr.decode(errors="replace").split("\n")
        # `# import/path` heads the errors of a package and stays; the rest is progress.
        if not line.startswith(("go: downloading ", "go: extracting "))
    ]
    # What is absolute lies at its path in the repository already, once the sandbox is cut off: it
    # must not be taken for relative to the module.
    text = repository_paths("\n".join(lines).strip(), module_directory)
    return printable_lines(without_credentials(without_sandbox(text), environment))
