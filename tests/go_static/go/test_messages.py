"""Each message of `go` that the backend recognizes is printed by the real `go`, git or ssh.

A release that words one of them otherwise fails here.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import asyncssh
import pytest

from go_static.go.clean_output import clean_output
from go_static.go.messages import GoMessage
from go_static_testing.git_servers import SshGitServer
from go_static_testing.go_tool import GoTool
from go_static_testing.proxy import ModuleProxy, go_sum
from go_static_testing.servers import refusing

MAIN = "package main\n\nfunc main() {}\n"
GO_MOD = "module example.com/m\n\ngo 1.21\n"
LIBRARY = {"lib.go": "package lib\n"}
LIBRARY_SUM = go_sum("example.com/plain", "v1.0.0", LIBRARY)
WRONG_SUM = re.sub(r"h1:\S{8}", "h1:AAAAAAAA", LIBRARY_SUM)
REQUIRES = f"{GO_MOD}\nrequire example.com/plain v1.0.0\n"


def importing(path: str) -> str:
    return f'package main\n\nimport _ "{path}"\n\nfunc main() {{}}\n'


def embedding(pattern: str) -> str:
    return f'package main\n\nimport _ "embed"\n\n//go:embed {pattern}\nvar x string\n'


USES_LIBRARY = importing("example.com/plain")


@dataclass(frozen=True)
class Desk:
    """A module to run `go` in, and a proxy with example.com/plain."""

    go: GoTool
    directory: Path

    def print(
        self,
        files: Mapping[str, str],
        *command: str,
        env: Mapping[str, str] | None = None,
    ) -> str:
        for name, text in {"go.mod": GO_MOD, "main.go": MAIN, **files}.items():
            path = self.directory / "tree" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        proxy = ModuleProxy(self.directory / "downloads")
        proxy.publish("example.com/plain", "v1.0.0", LIBRARY)
        settings = {
            "CGO_ENABLED": "0",
            "GOFLAGS": "-modcacherw",
            "GOMODCACHE": str(self.directory / "modules"),
            "GOPROXY": proxy.url,
            **(env or {}),
        }
        command = command or ("build", "-trimpath", ".")
        done = self.go.run(*command, cwd=self.directory / "tree", env=settings)
        return done.stdout + done.stderr

    def list(self, files: Mapping[str, str], pattern: str = ".") -> str:
        """The message in a listing, which has no place before it."""
        template = "{{with .Error}}{{.Err}}{{end}}{{range .DepsErrors}}\n{{.Err}}{{end}}"
        return self.print(files, "list", "-e", "-deps", "-f", template, pattern)

    def download(self, **env: str) -> str:
        files = {"go.mod": REQUIRES, "go.sum": LIBRARY_SUM}
        return self.print(files, "mod", "download", "-json", env=env)

    def git(self, url: str, **env: str) -> str:
        return ran(
            ("git", "ls-remote", url),
            {"GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1", **env},
            self.directory,
        )


def ran(command: tuple[str, ...], env: Mapping[str, str], home: Path) -> str:
    """What a program that fails prints."""
    done = subprocess.run(
        command,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C", **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    return done.stderr


def old_requirement(desk: Desk) -> str:
    proxy = ModuleProxy(desk.directory / "downloads")
    needs = "module example.com/needs\n\ngo 1.21\n\nrequire example.com/plain v1.0.0\n"
    files = {"go.mod": needs, "needs.go": 'package needs\n\nimport _ "example.com/plain"\n'}
    proxy.publish("example.com/needs", "v1.0.0", files)
    proxy.publish("example.com/plain", "v0.9.0", LIBRARY)
    sums = go_sum("example.com/needs", "v1.0.0", files)
    return desk.print(
        {
            "go.mod": f"{GO_MOD}\nrequire (\n\texample.com/needs v1.0.0\n"
            "\texample.com/plain v0.9.0 // indirect\n)\n",
            "go.sum": sums + LIBRARY_SUM + go_sum("example.com/plain", "v0.9.0", LIBRARY),
            "main.go": importing("example.com/needs"),
        }
    )


def answered(status: int) -> Callable[[Desk], str]:
    def answer(desk: Desk) -> str:
        with refusing(status) as url:
            return desk.download(GOPROXY=url)

    return answer


def through_a_proxy(desk: Desk) -> str:
    with refusing(407) as url:
        return desk.download(GOPROXY="https://goproxy.example.com", HTTPS_PROXY=url)


def from_an_unknown_ca(desk: Desk) -> str:
    with refusing(404, tls=True) as url:
        return desk.download(GOPROXY=url)


def git_answered(status: int) -> Callable[[Desk], str]:
    def answer(desk: Desk) -> str:
        with refusing(status) as url:
            return desk.git(f"{url}/x.git")

    return answer


def git_through_a_proxy(desk: Desk) -> str:
    with refusing(407) as url:
        return desk.git("https://git.example.com/x.git", HTTPS_PROXY=url)


def git_from_an_unknown_ca(desk: Desk) -> str:
    with refusing(404, tls=True) as url:
        return desk.git(f"{url}/x.git")


def over_ssh(checking: str) -> Callable[[Desk], str]:
    def connect(desk: Desk) -> str:
        key = asyncssh.generate_private_key("ssh-ed25519")
        with SshGitServer(desk.directory, "git", key).serving() as server:
            options = (f"StrictHostKeyChecking={checking}", "BatchMode=yes")
            known = f"UserKnownHostsFile={desk.directory / 'known_hosts'}"
            flags = [word for option in (*options, known) for word in ("-o", option)]
            command = ("ssh", *flags, "-p", str(server.port), "git@127.0.0.1", "true")
            return ran(command, {}, desk.directory)

    return connect


EXAMPLES: dict[GoMessage, Callable[[Desk], str]] = {
    GoMessage.POSITION: lambda desk: desk.print({"main.go": MAIN + "var x y\n"}),
    GoMessage.DIRECTORY_NOT_FOUND: lambda desk: desk.list({}, "./nothing"),
    GoMessage.NO_GO_FILES: lambda desk: desk.list({"empty/x.txt": ""}, "./empty"),
    GoMessage.ALL_EXCLUDED: lambda desk: desk.list({"main.go": f"//go:build never\n\n{MAIN}"}),
    GoMessage.TWO_PACKAGES: lambda desk: desk.list({"lib.go": "package lib\n"}),
    GoMessage.IMPORT_CYCLE: lambda desk: desk.list(
        {
            "main.go": importing("example.com/m/a"),
            "a/a.go": 'package a\n\nimport _ "example.com/m/a"\n',
        }
    ),
    GoMessage.NOT_IN_STD: lambda desk: desk.list({"main.go": importing("no/such")}),
    GoMessage.NOT_REQUIRED: lambda desk: desk.list({"main.go": USES_LIBRARY}),
    GoMessage.NOT_PROVIDED: lambda desk: desk.print(
        {"main.go": importing("example.com/other"), "go.mod": REQUIRES, "go.sum": LIBRARY_SUM},
        *("build", "-mod=mod", "."),
    ),
    GoMessage.NOT_VENDORED: lambda desk: desk.list(
        {
            "main.go": importing("example.com/other"),
            "go.mod": REQUIRES,
            "vendor/modules.txt": "# example.com/plain v1.0.0\n## explicit\n",
        }
    ),
    GoMessage.INTERNAL: lambda desk: desk.list({"main.go": importing("net/internal/socktest")}),
    GoMessage.NOTHING_TO_EMBED: lambda desk: desk.list({"x.go": embedding("none/*")}),
    GoMessage.UNDEFINED: lambda desk: desk.print(
        {"main.go": MAIN + "var p struct{}\nvar x = p.y\n"}
    ),
    GoMessage.MISSING_SUM: lambda desk: desk.list({"main.go": USES_LIBRARY, "go.mod": REQUIRES}),
    GoMessage.CHECKSUM: lambda desk: desk.print(
        {"main.go": USES_LIBRARY, "go.mod": REQUIRES, "go.sum": WRONG_SUM}
    ),
    GoMessage.WRONG_SUM: lambda desk: desk.print(
        {"main.go": USES_LIBRARY, "go.mod": REQUIRES, "go.sum": "one two\n"}
    ),
    GoMessage.UNTIDY_GO_MOD: old_requirement,
    GoMessage.UNREADABLE_GO_MOD: lambda desk: desk.print({"go.mod": GO_MOD + "frobnicate\n"}),
    GoMessage.STALE_VENDOR: lambda desk: desk.print(
        {"go.mod": REQUIRES, "vendor/modules.txt": "# example.com/old v1.0.0\n"}
    ),
    GoMessage.NOT_DOWNLOADED: lambda desk: desk.print(
        {
            "go.mod": f"{GO_MOD}\nrequire example.com/gone v1.0.0\n",
            "go.sum": go_sum("example.com/gone", "v1.0.0", LIBRARY),
            "main.go": importing("example.com/gone"),
        }
    ),
    GoMessage.FAILED_DIRECTIVE: lambda desk: desk.print(
        {"main.go": f"//go:generate false\n{MAIN}"}, "generate"
    ),
    GoMessage.NO_PROGRAM: lambda desk: desk.print(
        {"main.go": f"//go:generate no-such-program\n{MAIN}"}, "generate"
    ),
    GoMessage.DOWNLOADING: lambda desk: desk.print(
        {"main.go": USES_LIBRARY, "go.mod": REQUIRES, "go.sum": LIBRARY_SUM}
    ),
    GoMessage.DOWNLOADS_OFF: lambda desk: desk.download(GOPROXY="off"),
    GoMessage.UNAUTHORIZED: answered(401),
    GoMessage.FORBIDDEN: answered(403),
    GoMessage.PROXY_UNAUTHORIZED: through_a_proxy,
    GoMessage.UNKNOWN_CA: from_an_unknown_ca,
    GoMessage.SUM_DATABASE: lambda desk: desk.print(
        {"go.mod": REQUIRES, "main.go": USES_LIBRARY},
        *("get", "example.com/plain"),
        env={"GOSUMDB": "sum.golang.org", "HTTPS_PROXY": "http://127.0.0.1:1"},
    ),
    GoMessage.NO_PROTOCOL: lambda desk: desk.print(
        {},
        *("mod", "download", "git.invalid/x.git@v1.0.0"),
        env={"GOPROXY": "direct", "GOPRIVATE": "*"},
    ),
    GoMessage.BAD_PORT: lambda desk: desk.download(GOPROXY="https://user:s3cret"),
    GoMessage.BAD_ADDRESS: lambda desk: desk.download(GOPROXY="ftp://user:s3cret@example.com"),
    GoMessage.GIT_UNAUTHORIZED: git_answered(401),
    GoMessage.GIT_FORBIDDEN: git_answered(403),
    GoMessage.GIT_PROXY_UNAUTHORIZED: git_through_a_proxy,
    GoMessage.GIT_UNKNOWN_CA: git_from_an_unknown_ca,
    GoMessage.SSH_UNKNOWN_HOST: over_ssh("yes"),
    GoMessage.SSH_NO_KEY: over_ssh("no"),
}


@pytest.mark.parametrize("message", GoMessage, ids=lambda message: message.name)
def test_go_prints_the_message(message: GoMessage, go: GoTool, tmp_path: Path) -> None:
    said = EXAMPLES[message](Desk(go, tmp_path))
    assert message.is_in(said), said
    assert "s3cret" not in clean_output(said.encode(), "m")


def test_other_output_has_none_of_the_messages() -> None:
    said = "# example.com/m\nmain.go: undefined: x\ngo: finding example.com/x\n"
    assert [message for message in GoMessage if message.is_in(said)] == []


@pytest.mark.parametrize("message", GoMessage, ids=lambda message: message.name)
def test_the_named_function_is_in_the_source_of_go(message: GoMessage, go: GoTool) -> None:
    program, colon, _ = message.file.partition(": ")
    if colon:
        assert program in ("git", "libcurl", "OpenSSH")
        return
    source = (go.root / "src" / message.file).read_text()
    assert re.search(rf"^(func \(?.*|\s+){re.escape(message.function)}\b", source, re.MULTILINE)
