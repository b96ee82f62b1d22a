"""`go` runs without the caller's environment, without paths of the machine, and offline."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from go_static.builder.arguments import ARGUMENTS, GoList
from go_static.builder.program import command
from go_static.go import sandbox as go_sandbox
from go_static.go.platforms import GoPlatform
from go_static.modules import download_environment
from go_static.sdk.commands import (
    Part,
    capture_command,
    capture_environment,
    probe_command,
    unpack_command,
)
from go_static_testing.go_tool import GoTool

PLATFORM = GoPlatform.create("linux", "amd64", None)


def test_the_offline_environment_sets_everything_that_affects_the_binary() -> None:
    environment = go_sandbox.offline_environment(PLATFORM)

    assert environment["CGO_ENABLED"] == "0"
    assert environment["GOFLAGS"] == "-modcacherw"
    assert environment["GOENV"] == "off"
    assert environment["GOWORK"] == "off"
    assert environment["GOTOOLCHAIN"] == "local"
    # Go takes an empty variable for an unset one, and looks into the SDK's go.env then.
    assert all(environment.values())


@pytest.mark.parametrize(
    "environment",
    [
        go_sandbox.offline_environment(PLATFORM),
        go_sandbox.offline_environment(PLATFORM, "a/go.work"),
        download_environment.cached_download_environment(),
        download_environment.cached_download_environment("go.work"),
        capture_environment(),
    ],
)
def test_the_environment_of_a_cached_process_has_no_path_of_the_machine(
    environment: dict[str, str],
) -> None:
    for name, value in environment.items():
        if name == "PATH":
            assert value == "/usr/local/bin:/usr/bin:/bin"
        else:
            assert not value.startswith("/"), name


@pytest.mark.parametrize(
    "command", [capture_command(part) for part in Part] + [unpack_command(part) for part in Part]
)
def test_no_argument_of_a_cached_process_is_a_path_of_the_machine(
    command: tuple[str, ...],
) -> None:
    assert command[:2] == ("/bin/sh", "-c")
    assert not [argument for argument in command[3:] if argument.startswith("/")]


@pytest.mark.parametrize(
    "command",
    [
        probe_command(("/a",)),
        capture_command(Part.USUAL),
        unpack_command(Part.USUAL),
    ],
)
def test_a_posix_shell_can_parse_every_script(command: tuple[str, ...]) -> None:
    checked = subprocess.run(
        ["/bin/sh", "-n", "-c", command[2]], capture_output=True, text=True, check=False
    )

    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize("mount", ["-o size=100k", "-o ro"], ids=["full", "read-only"])
def test_go_works_with_a_build_cache_that_is_not_writable(
    tmp_path: Path, go: GoTool, builder: Path, mount: str
) -> None:
    """Whatever the age of the SDK's files, which decides whether Go wants to keep an index."""
    (tmp_path / "sdk").symlink_to(go.root)
    (tmp_path / "builder").symlink_to(builder)
    (tmp_path / "cache" / "build").mkdir(parents=True)
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "go.mod").write_text("module example.com/m\n\ngo 1.21\n")
    (tmp_path / "tree" / "main.go").write_text(
        'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println() }\n'
    )
    arguments = GoList("", ("-deps", "."))
    (tmp_path / ARGUMENTS).write_bytes(arguments.document())
    script = f'mount -t tmpfs {mount} tmpfs cache/build && exec "$@"'
    listed = subprocess.run(
        [
            *("unshare", "--user", "--map-root-user", "--mount", "sh", "-euc", script, "sh"),
            *command(arguments),
        ],
        cwd=tmp_path,
        env={**go_sandbox.offline_environment(PLATFORM), "PATH": go_sandbox.SYSTEM_PATH},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (listed.returncode, listed.stderr) == (0, "")
    assert {"fmt", "runtime", "example.com/m"} <= set(listed.stdout.splitlines()[1:])


def test_isolated_caches_are_directories_of_the_sandbox() -> None:
    assert dict(go_sandbox.caches(isolated=True).named) == {}
    assert {"cache/build", "cache/mod"} <= set(go_sandbox.caches(isolated=True).directories)
    assert dict(go_sandbox.caches(isolated=False).named) == {
        "go_static_build": "cache/build",
        "go_static_mod": "cache/mod",
    }
