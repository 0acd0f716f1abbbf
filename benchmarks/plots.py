"""The pictures of the results, where matplotlib is installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.report import PEERS, Found, Results
from benchmarks.servers import HERE, INSPIRCD

COSTS = [
    (1, "1 x 200", "cpu_per_delivery", "1. A room of 200"),
    (2, "100 x 10", "cpu_per_delivery", "2. 100 rooms of 10"),
    (3, "1 x 2", "cpu_per_message", "3. A room of 2"),
]
UNITS = {"cpu_per_delivery": "processor time a delivery, µs", "cpu_per_message": "processor time a message, µs"}
TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
OWN, OTHER = "#c2410c", "#475569"


def draw(results: Results, folder: Path) -> None:
    """Write ``cost.svg`` and ``growth.svg`` to *folder*."""
    try:
        import matplotlib as mpl  # type: ignore[import-not-found,unused-ignore]
        from matplotlib.figure import Figure  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        print("There are no plots: matplotlib is not installed.")
        return
    # The same results give the same file, and its text stays text.
    style: dict[Any, Any] = {
        "svg.hashsalt": "bench",
        "svg.fonttype": "none",
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
    with mpl.rc_context(style):
        for name, paint, width in (("cost", _costs, 12), ("growth", _growth, 9)):
            figure = Figure(figsize=(width, 3.6), layout="constrained")
            paint(figure, Found(results))
            figure.savefig(folder / f"{name}.svg", metadata={"Date": None})


def _costs(figure: Any, found: Found) -> None:
    """Show each run as a dot and the median as a line, the cheapest server on top."""
    for axes, (workload, case, cost, title) in zip(figure.subplots(1, len(COSTS)), COSTS, strict=True):
        medians = {server: found.median(workload, case, server, cost) or 0 for _, server in found.cases(workload)}
        servers = sorted(medians, key=lambda server: -medians[server])
        for place, server in enumerate(servers):
            colour = OTHER if server in PEERS else OWN
            runs = [run * 1e6 for run in found.runs(workload, case, server, cost)]
            axes.plot(runs, [place] * len(runs), "o", color=colour, alpha=0.5)
            axes.plot(medians[server] * 1e6, place, "|", color=colour, markersize=18, markeredgewidth=2)
        axes.set_yticks(range(len(servers)), servers)
        axes.set(xscale="log", title=title, xlabel=UNITS[cost])
        low, high = axes.get_xlim()
        ticks = [tick for tick in TICKS if low <= tick <= high]
        axes.set_xticks(ticks, map(str, ticks))
        axes.set_xticks([], minor=True)
        axes.grid(axis="x", alpha=0.3)


def _growth(figure: Any, found: Found) -> None:
    """Show what a delivery costs in larger rooms, and in more rooms."""
    left, right = figure.subplots(1, 2, sharey=True)
    # Of a case, as "1 x 200", one number grows, in its place, and the other stays.
    for axes, title, label, place, other in (
        (left, "6. One room", "members", 1, 1),
        (right, "6. Rooms of 10", "rooms", 0, 10),
    ):
        for server, colour in ((f"{HERE.name}, text", OWN), (INSPIRCD.name, OTHER)):
            points = {}
            for case, its in found.cases(6):
                numbers = [int(number) for number in case.split(" x ")]
                if its == server and numbers[1 - place] == other:
                    points[numbers[place]] = (found.median(6, case, server, "cpu_per_delivery") or 0) * 1e6
            axes.plot(points.keys(), points.values(), "o-", color=colour, label=server)
        axes.set(xscale="log", title=title, xlabel=label)
        axes.xaxis.set_major_formatter("{x:,.0f}")
        axes.grid(alpha=0.3)
    left.set(ylim=(0, None), ylabel=UNITS["cpu_per_delivery"])
    left.legend(frameon=False)
