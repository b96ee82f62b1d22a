"""Machines that share a remote cache or a worker. Each has its own user, home, caches and Go."""

from __future__ import annotations

import dataclasses
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from end_to_end.cache_server import CacheServer
from end_to_end.remote_worker import RemoteWorker
from end_to_end.repository import Repository, Toolbox

# The `go` of a recording SDK. It runs the real one from its own root, so that both are copied
# together. The probe asks for GOROOT. A remote worker has no place for the record.
_RECORD = """\
#!/bin/sh
root=$(CDPATH= cd -- "${{0%/*}}/.." && pwd -P)
{{ echo "$1" >> '{record}'; }} 2> /dev/null
GOROOT=${{GOROOT:-$root}} exec "$root/{real}" "$@"
"""


# Its compiler, which records the packages that it compiles. Go asks it for its version, in which it
# gives the name of its file.
_RECORD_COMPILED = """\
#!/bin/sh
previous=
for argument; do
    [ "$previous" != -p ] || {{ echo "$argument" >> '{record}'; }} 2> /dev/null
    previous=$argument
done
exec "${{0%/*}}/recorded/compile" "$@"
"""


@dataclass(frozen=True)
class RecordingGo:
    """A copy of the tests' Go SDK that records its commands in a file: `env`, `build`; and in
    another, if it has one, the packages that it compiles.

    It has the same digest on every machine and at every path.
    """

    sdk: Path
    record: Path
    record_of_compiler: Path | None = None

    def install(self, root: Path) -> Path:
        """Install it in `root`, and return its `go`."""
        (tools,) = (self.sdk / "pkg" / "tool").iterdir()
        copied_tools = root / "pkg" / "tool" / tools.name
        copied_tools.mkdir(parents=True)
        for path in (*self.sdk.glob("VERSION"), *self.sdk.glob("go.env"), self.sdk / "src"):
            (root / path.name).symlink_to(path)
        (root / "pkg" / "include").symlink_to(self.sdk / "pkg" / "include")
        for path in tools.iterdir():
            (copied_tools / path.name).symlink_to(path)
        if self.record_of_compiler is not None:
            compiler = copied_tools / "compile"
            (copied_tools / "recorded").mkdir()
            compiler.rename(copied_tools / "recorded" / "compile")
            compiler.write_text(_RECORD_COMPILED.format(record=self.record_of_compiler))
            compiler.chmod(0o755)
        real = copied_tools / "recorded-go"
        real.symlink_to(self.sdk / "bin" / "go")
        go = root / "bin" / "go"
        go.parent.mkdir()
        (go.parent / "gofmt").symlink_to(self.sdk / "bin" / "gofmt")
        go.write_text(_RECORD.format(record=self.record, real=real.relative_to(root)))
        go.chmod(0o755)
        return go

    @property
    def asked_for(self) -> tuple[str, ...]:
        """The commands of `go` that ran since the last `forget`."""
        return tuple(self.record.read_text().split()) if self.record.exists() else ()

    @property
    def compiled(self) -> tuple[str, ...]:
        """The packages that were compiled since the last `forget`."""
        record = self.record_of_compiler
        return tuple(record.read_text().split()) if record and record.exists() else ()

    def forget(self) -> None:
        self.record.unlink(missing_ok=True)
        if self.record_of_compiler is not None:
            self.record_of_compiler.unlink(missing_ok=True)


@contextmanager
def machine(
    root: Path,
    toolbox: Toolbox,
    server: CacheServer | RemoteWorker | None,
    *,
    go: RecordingGo | None = None,
    user: int | None = None,
    caches: Path | None = None,
    options: str = "",
) -> Iterator[Repository]:
    """The repository of a machine below `root`. Its Pants runs as the user with this id; its caches
    start as a copy of `caches`, or empty."""
    root.mkdir()
    if caches is not None:
        shutil.copytree(caches, root / "caches", symlinks=True)
    pants = toolbox.pants
    if user is not None:
        pants = root / "pants-as-user"
        pants.write_text(
            "#!/bin/sh\numask 027\n"
            f'exec unshare --user --map-user={user} --map-group={user} "{toolbox.pants}" "$@"\n'
        )
        pants.chmod(0o755)
    own = dataclasses.replace(toolbox, pants=pants, caches=root / "caches")
    if go is not None:
        # ./pants brings its own Go, which would be first on PATH.
        options += f'\n[go-sdk]\nsearch_paths = ["{go.install(root / "go").parent}"]\n'
    repository = Repository.create(
        root / "repository",
        own,
        global_options=server.options if server else "",
        options=options,
    )
    repository.environment["USER"] = f"user-{user or os.getuid()}"
    try:
        yield repository
    finally:
        repository.stop_pantsd()


def plain_pants(repository: Repository, *arguments: str) -> list[str]:
    exe = str(repository.toolbox.pants)
    return [exe, "--no-pantsd", "--no-dynamic-ui", "--no-colors", *arguments]


def isolated_pants(repository: Repository, *arguments: str) -> list[str]:
    """Pants as a command in its own namespace, so that all its processes end with it."""
    isolated = ("unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child")
    return [*isolated, *plain_pants(repository, *arguments)]
