"""docs/performance.md and its plot match docs/performance.json."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

from end_to_end.repository import PROJECT
from speed_bench.targets import TARGETS

PAGE = PROJECT / "docs" / "performance.md"


def bench(command: str, directory: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", command], cwd=directory, capture_output=True, text=True, check=False
    )


def test_the_command_on_the_page_writes_its_tables_and_its_plot(tmp_path: Path) -> None:
    """Uses the recorded figures, because measuring takes too long."""
    (command,) = re.findall(r"```sh\n(bench/speed .*?)\n```", PAGE.read_text(), re.DOTALL)
    before = tmp_path / "before.json"
    (tmp_path / "docs").mkdir()
    shutil.copy(PROJECT / "docs" / "performance.json", before)
    shutil.copy(PAGE, tmp_path / "docs")

    done = bench(f"{PROJECT}/{command} --from {before}", tmp_path)

    assert done.returncode == 0, done.stderr
    for name in ("performance.json", "performance.md", "performance.svg"):
        made = (tmp_path / "docs" / name).read_text()
        assert made == (PROJECT / "docs" / name).read_text(), f"docs/{name} is not of today"


def test_the_plot_has_a_title_a_legend_and_every_row_of_the_page() -> None:
    texts = [
        (element.text or "").strip()
        for element in ElementTree.parse(PROJECT / "docs" / "performance.svg").iter()
        if element.tag.endswith("}text")
    ]
    assert "Time with Pants, as a multiple of plain `go build`" in texts
    assert {"1 x", "target met", "target not met"} <= set(texts)
    rows = re.findall(r"^\| (.+?) \| [\d.]+ \(.*? x \|", PAGE.read_text(), re.MULTILINE)
    assert len(rows) > 20
    assert [row for row in rows if row not in texts] == []


def test_an_unknown_case_is_an_error_that_lists_the_cases() -> None:
    done = bench("bench/speed --only coold", PROJECT)
    assert done.returncode == 1
    assert "--only: unknown case coold. Cases:\ncold cold-remote " in done.stderr
    assert {target.case for target in TARGETS} <= set(done.stderr.split())
