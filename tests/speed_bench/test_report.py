"""The output of bench/speed for given figures: tables, targets, a page, and the plot's data."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from speed_bench import plot
from speed_bench.__main__ import measure_group
from speed_bench.bench import FULL
from speed_bench.experiment import Case, Experiment, Side
from speed_bench.measure import CannotMeasureError, Usage
from speed_bench.page import rewrite, with_tables
from speed_bench.results import Measured, Results, Row
from speed_bench.tables import Table, growth, pants_go, resources, text_report, times
from speed_bench.targets import MORE, RATIO, TARGETS, Target, outcomes

MB = 1_000_000


def measured(*seconds: float, **others: object) -> Measured:
    values: dict[str, object] = {"cpu": (2 * min(seconds),), "memory": 100 * MB, "largest": 30 * MB}
    return Measured(seconds=seconds, **{**values, **others})  # type: ignore[arg-type]


COLD = Row(
    "cold",
    "agent: cold everything",
    measured(
        66.0,
        60.0,
        70.0,
        memory=900 * MB,
        disk={"store": 500 * MB, "caches": 1200 * MB, "binaries": 64 * MB},
        added={"store": 450 * MB, "caches": 1100 * MB, "binaries": 64 * MB},
    ),
    measured(50.0, 55.0, 52.0, disk={"caches": 1100 * MB}, added={"caches": 1000 * MB}),
    measured(120.0, 132.0),
)
UNLISTED = Row("unlisted", "a test is edited", measured(1.5, builds=2), measured(0.5))
ELF = Row("elf-600", "ELF test of 600 MB", measured(0.1, 0.12, largest=41 * MB))
RESULTS = Results(
    {"measured": "2026-01-02", "processors": "2 of Some", "go": "go1.26.6", "pants": "2.17.1"},
    (COLD, UNLISTED, ELF),
    {"packages": {"cold": 800, "missing": 2000}},
    ("edit", "leaf-api"),
)


def test_the_table_of_times_shows_seconds_and_ratios() -> None:
    shown = times(RESULTS).text().splitlines()[1:]
    assert [line.split("  ")[0] for line in shown] == [
        "case",
        "agent: cold everything",
        "a test is edited",
        "ELF test of 600 MB",
    ]
    assert [" ".join(line.split()) for line in shown[1:]] == [
        "agent: cold everything 60.00 (66.00) 50.00 (52.00) 1.20 x 1.27 x 1.20 x 3",
        "a test is edited 1.50 (1.50) 0.500 (0.500) 3.00 x 3.00 x 3.00 x 1",
        "ELF test of 600 MB 0.100 (0.110) – – – – 2",
    ]
    assert len({len(line) for line in shown}) == 1, "columns of figures end at one place"


def test_a_table_compares_with_pantss_own_go_backend() -> None:
    assert pants_go(RESULTS).header[1:3] == ("this backend", "Pants's own")
    assert pants_go(RESULTS).rows == [
        (
            "agent: cold everything",
            *("60.00 (66.00)", "120.00 (126.00)", "0.50 x", "0.52 x", "0.50 x", "3"),
        )
    ]


def test_the_table_of_resources_shows_memory_and_disk() -> None:
    assert resources(RESULTS).rows[0] == (
        "agent: cold everything",
        *("900", "100", "500", "1200", "64", "1100"),
    )


def test_the_table_of_growth_shows_only_measured_cases() -> None:
    assert growth(RESULTS).rows == [
        ("800 packages", "60.00", "50.00", *("900", "100", "450", "1100", "64", "1000"))
    ]


def test_a_table_can_be_written_as_markdown() -> None:
    table = Table("Title", ("case", "s"), [("a", "1.0"), ("b", "2.0")])
    assert table.markdown() == "| case | s |\n| --- | ---: |\n| a | 1.0 |\n| b | 2.0 |"


def test_a_target_is_met_or_not_met() -> None:
    said = [
        (o.target.case, o.target.figure, round(o.measured, 3), o.met)
        for o in outcomes(RESULTS, [*TARGETS, Target("cold", MORE, 10, "s")])
    ]
    assert said == [
        ("cold", RATIO, 1.2, False),
        ("unlisted", "runs of go build", 2, False),
        ("elf-600", "seconds", 0.1, True),
        ("elf-600", "MB of memory", 41, False),
        ("cold", MORE, 10.0, True),
    ]


def test_a_full_run_measures_the_case_of_every_target() -> None:
    """The names of cases depend on sizes."""
    sized = {f"elf-{megabytes}" for megabytes in FULL.megabytes}
    assert {target.case for target in TARGETS if target.case.startswith("elf-6")} <= sized


LOG = """\
21:15:19.81 [INFO] Starting: Build a:b for linux/amd64
21:15:20.14 [INFO] Canceled: Build a:b for linux/amd64
21:15:20.14 [INFO] Starting: Build a:b for linux/amd64
21:15:28.15 [INFO] Completed: Build a:b for linux/amd64
"""


@dataclass
class OneGroup:
    """A group of experiments whose first one fails."""

    worlds: tuple[()] = ()

    def experiments(self) -> list[Experiment]:
        def fail() -> Usage:
            raise CannotMeasureError("it broke")

        def work() -> Usage:
            return Usage(2.0, 1.5, 10, 20, LOG)

        return [
            Experiment("bad", [Case("bad", "Bad")], {"pants": Side(fail), "go": Side(work)}),
            Experiment(
                "good",
                [Case("good", "Good", pants_go="own")],
                {"pants": Side(work), "go": Side(work), "own": Side(work)},
            ),
        ]


def test_a_failing_case_does_not_affect_the_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    (row,) = measure_group(OneGroup(), {"bad", "good"}, 3)  # type: ignore[arg-type]
    assert (row.name, row.ours.seconds, row.ours.builds) == ("good", (2.0, 2.0, 2.0), 1)
    errors = capsys.readouterr().err
    assert "bad cannot be measured:\nit broke\n" in errors
    order = re.findall(r"good, (\w+), round", errors)
    assert order == ["pants", "go", "own", "own", "go", "pants", "pants", "go", "own"]
    assert row.peer
    assert row.pants_go


def test_the_report_shows_the_machine_and_the_targets_met() -> None:
    report = text_report(RESULTS)
    folded = " ".join(report.split())
    assert report.startswith("measured: 2026-01-02\nprocessors: 2 of Some\n")
    assert "cold everything ratio to plain go build 1.15 x 1.2 x not met" in folded
    assert "ELF test of 600 MB seconds 0.15 s 0.1 s met" in folded
    assert report.endswith("\n\nNot measured, as something failed: edit, leaf-api")


def test_results_can_be_written_and_read_back(tmp_path: Path) -> None:
    RESULTS.write(tmp_path / "results.json", {"targets": []})
    assert Results.read(tmp_path / "results.json") == RESULTS
    content = json.loads((tmp_path / "results.json").read_text())
    assert content["ratios"]["cold"]["least"] == pytest.approx(1.2)

    content["schema"] = 0
    (tmp_path / "results.json").write_text(json.dumps(content))
    with pytest.raises(ValueError, match="has schema 0, not 2$"):
        Results.read(tmp_path / "results.json")


PAGE = "# Page\n" + "".join(
    f"\ntext\n\n<!-- {name} -->\nbefore\n<!-- end -->\n"
    for name in ("about", "times", "pants_go", "targets", "resources", "growth")
)


def test_only_the_tables_of_a_page_are_replaced() -> None:
    once = with_tables(PAGE, RESULTS)
    assert "before" not in once
    assert once.count("\ntext\n") == 6
    assert "\n\n| agent: cold everything | 60.00 (66.00) |" not in once
    assert "\n| agent: cold everything | 60.00 (66.00) | 50.00 (52.00) | 1.20 x |" in once
    assert "- go: go1.26.6\n" in once
    assert with_tables(once, RESULTS) == once


def test_a_table_without_rows_is_not_on_the_page() -> None:
    alone = with_tables(PAGE, replace(RESULTS, rows=(ELF,)))
    assert "<!-- pants_go -->\n\n<!-- end -->\n" in alone


def test_a_page_without_a_place_for_a_table_is_an_error_and_unchanged(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Page\n")
    with pytest.raises(SystemExit) as raised:
        rewrite(page, RESULTS)
    assert str(raised.value) == (
        f"{page}: there is no `<!-- times -->` with an `<!-- end -->` after it"
    )
    assert page.read_text() == "# Page\n"


def test_the_plot_has_a_mark_for_each_compared_case() -> None:
    assert plot.marks(RESULTS) == [
        plot.Mark("agent: cold everything", 1.2, 66 / 52, "60 s : 50 s", plot.NOT_MET),
        plot.Mark("a test is edited", 3.0, 3.0, "1.5 s : 0.5 s", plot.NOT_MET),
    ]
