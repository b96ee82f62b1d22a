"""The script of the download, in a sandbox as Pants lays it out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from go_static.modules import download_command
from go_static.modules.downloads import private_file
from go_static_testing.download_site import Site, through
from go_static_testing.go_tool import GoTool

SECRET = "s3cret"
ODD = 'it\'s a \\ "cache" & *<ü>'


def lay_out(root: Path, go: GoTool, cache: Path, files: Mapping[str, str]) -> None:
    for directory in ("tree/m", "output", "tmp", "cache/build"):
        (root / directory).mkdir(parents=True)
    cache.mkdir()
    (root / "cache" / "mod").symlink_to(cache)
    (root / "sdk").symlink_to(go.root)
    for name, content in files.items():
        (root / "tree" / "m" / name).write_text(content)


@pytest.mark.parametrize("scope", ["modules", "graph", "workspace"])
def test_the_path_of_the_cache_may_have_any_characters(
    go: GoTool, site: Site, tmp_path: Path, scope: str
) -> None:
    for name in ("Used/v2", "unused"):
        site.publish(name, "v2.0.0" if "v2" in name else "v1.0.0", {"x.go": "package x\n"})
    required = f"require {site.name}/Used/v2 v2.0.0\n"
    files = site.tidy(
        f"module example.com/m\n\ngo 1.21\n\n{required}",
        {"m.go": f'package m\n\nimport _ "{site.name}/Used/v2"\n'},
    )
    if scope == "workspace":
        files["go.work"] = "go 1.21\n\nuse .\n"
    lay_out(tmp_path / "sandbox", go, tmp_path / ODD, files)
    with private_file(download_command.caller_settings(through(site))) as settings:
        subprocess.run(
            download_command.network_download_command(settings, "m", scope, ()),
            cwd=tmp_path / "sandbox",
            env=download_command.network_download_environment(
                "m/go.work" if scope == "workspace" else ""
            ),
            check=True,
        )
    found = tmp_path / "sandbox" / "output" / "downloads"
    assert sorted(str(p.relative_to(found)) for p in found.rglob("*") if p.is_file()) == [
        f"{site.name}/!used/v2/@v/v2.0.0.{kind}" for kind in ("info", "mod", "zip")
    ]


def test_a_killed_download_leaves_no_settings_behind(tmp_path: Path) -> None:
    program = (
        "import sys, time\n"
        "from go_static.modules.downloads import private_file\n"
        f"with private_file('{SECRET}') as path:\n"
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


def test_settings_that_are_not_there_are_none(go: GoTool, tmp_path: Path) -> None:
    """In a container, the number of the process may be that of another one."""
    other = os.open(__file__, os.O_RDONLY)
    command = ["/bin/sh", "-c", download_command._READ_SETTINGS + 'echo "$1"', "sh"]
    for path in (f"/proc/{os.getpid()}/fd/{other}", "/proc/0/fd/1", str(tmp_path / "gone")):
        said = subprocess.run([*command, path, "next"], capture_output=True, text=True)
        assert (said.stdout, said.stderr) == ("next\n", "")
    os.close(other)
