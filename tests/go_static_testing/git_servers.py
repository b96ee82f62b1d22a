"""A company's git repositories: over HTTP as a site on its network, over SSH from a server."""

from __future__ import annotations

import asyncio
import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs

import asyncssh

from go_static_testing.servers import ASK_FOR_USER, Request, Response


@dataclass(frozen=True)
class GitSite:
    """The bare repositories below a directory, served over HTTP by git's own server. It tells `go`
    that the repository of `host/team/lib` is `host/team/lib.git`."""

    root: Path
    user: str = ""

    def respond(self, request: Request) -> Response:
        if self.user and request.user != self.user:
            return ASK_FOR_USER
        if parse_qs(request.query).get("go-get") == ["1"]:
            name = f"{request.host}{request.path}"
            meta = f'<meta name="go-import" content="{name} git {request.scheme}://{name}.git">'
            return Response(HTTPStatus.OK, meta.encode(), {"Content-Type": "text/html"})
        done = subprocess.run(
            ["git", "http-backend"],
            env={
                **_git_environment(self.root),
                "CONTENT_LENGTH": str(len(request.body)),
                "CONTENT_TYPE": request.headers.get("Content-Type", ""),
                "GIT_HTTP_EXPORT_ALL": "1",
                "GIT_PROJECT_ROOT": str(self.root),
                "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
                "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
                "PATH_INFO": request.path,
                "QUERY_STRING": request.query,
                "REQUEST_METHOD": request.method,
            },
            input=request.body,
            capture_output=True,
            check=True,
        )
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        lines = (line.partition(": ") for line in head.decode().splitlines())
        headers = {name: value for name, _, value in lines}
        status = headers.pop("Status", "200 OK")
        return Response(int(status.split()[0]), body, headers)


def publish_git(bare: Path, version: str, files: Mapping[str, str]) -> None:
    """Create a bare repository with one commit, tagged as a version."""
    with tempfile.TemporaryDirectory() as work:
        for name, content in files.items():
            file = Path(work, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)
        identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
        for arguments in (
            ("init", "-q", "-b", "main"),
            ("add", "."),
            (*identity, "commit", "-q", "-m", "All of it"),
            ("tag", version),
            ("clone", "-q", "--bare", ".", str(bare)),
        ):
            subprocess.run(
                ["git", *arguments], cwd=work, env=_git_environment(Path(work)), check=True
            )


def _git_environment(home: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1"}


class SshGitServer(asyncssh.SSHServer):
    """The bare repositories below a directory, served over SSH to one user with one key."""

    def __init__(self, root: Path, user: str, key: asyncssh.SSHKey) -> None:
        self.root = root
        self.user = user
        self.key = key
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        self.port = 0
        self.offered: list[tuple[str, bool]] = []
        self.commands: list[str] = []

    @property
    def public_host_key(self) -> str:
        return self.host_key.export_public_key().decode().strip()

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        accepted = username == self.user and key == self.key.convert_to_public()
        self.offered.append((username, accepted))
        return accepted

    async def _serve(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        command = process.command or ""
        self.commands.append(command)
        program, _, path = command.partition(" ")
        repository = self.root / path.strip("'").lstrip("/")
        if program != "git-upload-pack" or not repository.is_dir():
            process.exit(1)
            return
        git = await asyncio.create_subprocess_exec(
            "git",
            "upload-pack",
            str(repository),
            env=_git_environment(self.root),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert git.stdin is not None and git.stdout is not None
        asking = asyncio.create_task(_copy(process.stdin, git.stdin))
        await _copy(git.stdout, process.stdout)
        process.exit(await git.wait())
        asking.cancel()

    @contextmanager
    def serving(self) -> Iterator[SshGitServer]:
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()

        async def start() -> asyncssh.SSHAcceptor:
            return await asyncssh.create_server(
                lambda: self,
                "127.0.0.1",
                0,
                server_host_keys=[self.host_key],
                process_factory=self._serve,
                encoding=None,
            )

        async def stop() -> None:
            listener.close()
            await listener.wait_closed()

        listener = asyncio.run_coroutine_threadsafe(start(), loop).result(30)
        self.port = listener.get_port()
        try:
            yield self
        finally:
            asyncio.run_coroutine_threadsafe(stop(), loop).result(30)
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()


async def _copy(
    source: asyncio.StreamReader | asyncssh.SSHReader[bytes],
    target: asyncio.StreamWriter | asyncssh.SSHWriter[bytes],
) -> None:
    while data := await source.read(65536):
        target.write(data)
        await target.drain()


@contextmanager
def ssh_agent(key: asyncssh.SSHKey) -> Iterator[str]:
    """The socket of an agent with a key that is never in a file."""
    # Outside pytest's directories, because the path of a socket has to be short.
    with tempfile.TemporaryDirectory(prefix="agent-") as directory:
        socket = str(Path(directory, "s"))
        agent = subprocess.Popen(["ssh-agent", "-D", "-a", socket], stdout=subprocess.PIPE)
        try:
            assert agent.stdout is not None
            # The agent prints its socket once it listens.
            assert agent.stdout.readline()
            subprocess.run(
                ["ssh-add", "-q", "-"],
                input=key.export_private_key("openssh"),
                env={"PATH": os.environ["PATH"], "SSH_AUTH_SOCK": socket},
                check=True,
            )
            yield socket
        finally:
            agent.terminate()
            agent.communicate()
