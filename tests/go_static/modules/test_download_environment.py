"""The builder's command `download`, with the settings that Python hands to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from go_static.builder.arguments import GoModDownload
from go_static.builder.program import command
from go_static.modules.download_environment import caller_settings, network_download_environment
from go_static.modules.downloads import Scope, private_file
from go_static_testing.download_site import Site, through
from go_static_testing.go_tool import GoTool

SECRET = "s3cret"


def test_settings_are_passed_on_except_those_that_the_backend_sets() -> None:
    settings = caller_settings(
        {
            "GOPROXY": "https://u:it's $HOME `x`\n&@example.com",
            "GOFLAGS": "-mod=mod",
            "GOTOOLCHAIN": "auto",
            "GOWORK": "/x/go.work",
            "GOENV": "",
            "NETRC": "/odd/\udcff",
            "PATH": "/own/bin",
            "not-a-name": "x",
        }
    )
    assert settings.split(b"\0") == [
        b"GOENV=",
        b"GOPROXY=https://u:it's $HOME `x`\n&@example.com",
        b"NETRC=/odd/\xff",
        b"PATH=/own/bin:/usr/local/bin:/usr/bin:/bin",
        b"",
    ]


@pytest.mark.parametrize("in_memory", [True, False])
def test_the_download_takes_its_settings_from_a_private_file(
    go: GoTool,
    builder: Path,
    site: Site,
    tmp_path: Path,
    in_memory: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not in_memory:
        monkeypatch.delattr(os, "memfd_create")
    site.publish("used", "v1.0.0", {"x.go": "package x\n"})
    files = site.tidy(
        f"module example.com/m\n\ngo 1.21\n\nrequire {site.name}/used v1.0.0\n",
        {"m.go": f'package m\n\nimport _ "{site.name}/used"\n'},
    )
    arguments = GoModDownload("m", Scope.MODULES.value, ())
    sandbox = tmp_path / "sandbox"
    for directory in ("tree/m", "output", "tmp"):
        (sandbox / directory).mkdir(parents=True)
    (sandbox / "sdk").symlink_to(go.root)
    (sandbox / "builder").symlink_to(builder)
    (sandbox / arguments.file().path).write_bytes(arguments.file().content)
    for name, content in files.items():
        (sandbox / "tree" / "m" / name).write_text(content)
    with private_file(caller_settings(through(site))) as settings:
        assert settings.startswith("/proc/") == in_memory
        said = subprocess.run(
            command(arguments, settings),
            cwd=sandbox,
            env=network_download_environment(),
            check=True,
            capture_output=True,
        )
        assert os.path.exists(settings) == in_memory
    assert said.stdout == b'{"failed":[]}\n'
    assert (sandbox / f"output/downloads/{site.name}/used/@v/v1.0.0.zip").is_file()


def test_a_killed_download_leaves_no_settings_behind(tmp_path: Path) -> None:
    program = (
        "import sys, time\n"
        "from go_static.modules.downloads import private_file\n"
        f"with private_file(b'{SECRET}') as path:\n"
        "    print(path, flush=True)\n"
        "    time.sleep(600)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        env={**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    path = Path(process.stdout.readline().strip())
    assert path.read_text() == SECRET
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not path.exists()
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []
