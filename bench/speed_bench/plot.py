"""One plot of all ratios. Run by a Python that has matplotlib: see 3rdparty/python."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from speed_bench.results import Results
from speed_bench.targets import outcomes

MET = "#009e73"
NOT_MET = "#d55e00"
NO_TARGET = "#7f8c9b"


@dataclass(frozen=True)
class Mark:
    """One line of the plot: a bar from 1 to `ratio`, and `median` as a tick."""

    title: str
    ratio: float
    median: float
    label: str
    color: str


def marks(results: Results) -> list[Mark]:
    """The cases that are compared with plain `go build`, in order."""
    met: dict[str, bool] = {}
    for outcome in outcomes(results):
        case = outcome.target.case
        met[case] = met.get(case, True) and outcome.met
    return [
        Mark(
            row.title,
            row.ratio,
            row.median_ratio,
            f"{_short(row.ours.least)} : {_short(row.peer.least)}",
            {True: MET, False: NOT_MET, None: NO_TARGET}[met.get(row.name)],
        )
        for row in results.rows
        if row.peer and row.ratio and row.median_ratio
    ]


def _short(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"


def draw(found: Sequence[Mark], about: str, path: Path) -> None:
    import matplotlib

    matplotlib.use("svg")
    # Keep text as text, and write the same file for the same figures.
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "speed", "font.size": 9})
    from matplotlib import pyplot
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.ticker import FixedFormatter, FixedLocator, NullFormatter

    figure, axes = pyplot.subplots(figsize=(9, 1.6 + 0.27 * len(found)), layout="constrained")
    places = range(len(found))
    for place, mark in zip(places, found):
        axes.barh(place, mark.ratio - 1, left=1, height=0.62, color=mark.color)
        axes.plot([mark.median] * 2, [place - 0.4, place + 0.4], color="black", linewidth=1)
    least = min(min(mark.ratio, mark.median) for mark in found)
    most = max(max(mark.ratio, mark.median) for mark in found)
    axes.set_xscale("log")
    axes.set_xlim(min(least / 1.2, 0.5), max(most * 1.2, 2))
    shown = (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50)
    axes.xaxis.set_major_locator(FixedLocator(shown))
    axes.xaxis.set_major_formatter(FixedFormatter([f"{t:g} x" for t in shown]))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.axvline(1, color="black", linewidth=1)
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_yticks(places, [mark.title for mark in found])
    axes.set_ylim(len(found) - 0.4, -0.6)
    seconds = axes.secondary_yaxis("right")
    seconds.set_yticks(places, [mark.label for mark in found])
    for axis in (axes, seconds):
        axis.tick_params(axis="y", length=0)
    axes.spines[["top", "right", "left"]].set_visible(False)
    seconds.spines["right"].set_visible(False)
    axes.set_title(
        "Time with Pants, as a multiple of plain `go build`\n"
        "left of 1 x: less time; right: more      (seconds: Pants : go build)",
        fontsize=10,
    )
    axes.set_xlabel(about, fontsize=8)
    figure.legend(
        handles=[
            Patch(color=MET, label="target met"),
            Patch(color=NOT_MET, label="target not met"),
            Patch(color=NO_TARGET, label="no target"),
            Line2D([], [], color="black", marker="|", linestyle="", label="ratio of medians"),
        ],
        loc="outside lower center",
        ncols=4,
        frameon=False,
        fontsize=8,
    )
    figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})


def main(arguments: Sequence[str]) -> int:
    source, target = map(Path, arguments)
    results = Results.read(source)
    found = marks(results)
    if not found:
        sys.exit(f"{source} has no case that is compared with `go build`: there is nothing to draw")
    about = ", ".join(
        results.about[key] for key in ("measured", "processors", "go", "pants") if results.about
    )
    draw(found, about, target)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
