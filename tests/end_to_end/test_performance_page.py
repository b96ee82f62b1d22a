"""The command of docs/performance.md writes its tables and draws a plot."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

from end_to_end.repository import PROJECT
from speed_bench.results import Measured, Results, Row

PAGE = PROJECT / "docs" / "performance.md"


def bench(command: str, directory: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", command], cwd=directory, capture_output=True, text=True, check=False
    )


def test_the_command_of_the_page_makes_its_tables_and_its_plot(tmp_path: Path) -> None:
    """Of given figures: to measure takes too long here."""
    (command,) = re.findall(r"```sh\n(bench/speed .*?)\n```", PAGE.read_text(), re.DOTALL)
    figures = tmp_path / "figures.json"
    seconds = Measured(seconds=(60.0, 66.0), cpu=(100.0,), memory=900_000_000, largest=30_000_000)
    about = {"measured": "2026-01-02", "processors": "2", "go": "go1.26.6", "pants": "2.17.1"}
    Results(about, (Row("cold", "agent: cold", seconds, seconds),), {}).write(figures, {})
    (tmp_path / "docs").mkdir()
    shutil.copy(PAGE, tmp_path / "docs")

    done = bench(f"{PROJECT}/{command} --from {figures}", tmp_path)

    assert done.returncode == 0, done.stderr
    page = (tmp_path / "docs" / "performance.md").read_text()
    assert "| agent: cold | 60.00 (63.00) | 60.00 (63.00) | 1.00 x" in page
    assert "- go: go1.26.6" in page
    assert json.loads((tmp_path / "docs" / "performance.json").read_text())["rows"]
    texts = [
        (element.text or "").strip()
        for element in ElementTree.parse(tmp_path / "docs" / "performance.svg").iter()
        if element.tag.endswith("}text")
    ]
    assert "Time with Pants, as a multiple of plain `go build`" in texts
    assert {"agent: cold", "1 x"} <= set(texts)


def test_a_case_that_is_not_there_is_an_error_that_names_those_that_are() -> None:
    done = bench("bench/speed --only coold", PROJECT)
    assert done.returncode == 1
    assert "--only: there is no coold. There are:\ncold cold-remote " in done.stderr
