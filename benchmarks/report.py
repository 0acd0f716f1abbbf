"""The tables: aims, ratios of ours to each peer, medians of the runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

from benchmarks.servers import INSPIRCD, OTHERS
from benchmarks.workloads import workloads

Row = dict[str, Any]
"""One run: ``workload``, ``case``, ``server``, ``run`` and its figures."""

Results = dict[str, Any]
"""All ``rows``, and what they were measured with."""

PEERS = [kind.name for kind in OTHERS]

COLUMNS: dict[str, tuple[str, Callable[[float], str]]] = {
    "cpu_per_delivery": ("CPU µs a delivery", lambda value: f"{value * 1e6:.2f}"),
    "cpu_per_message": ("CPU µs a message", lambda value: f"{value * 1e6:,.1f}"),
    "cpu_meanwhile": ("CPU µs a message, while they talk", lambda value: f"{value * 1e6:,.1f}"),
    "writes": ("writes a message", lambda value: f"{value:.2f}"),
    "reads": ("reads a message", lambda value: f"{value:.2f}"),
    "messages_per_commit": ("messages a commit", lambda value: f"{value:.1f}"),
    "deliveries_per_second": ("deliveries a second", lambda value: f"{value:,.0f}"),
    "messages_per_second": ("messages a second", lambda value: f"{value:,.0f}"),
    "p50": ("p50 ms", lambda value: f"{value * 1e3:.2f}"),
    "p99": ("p99 ms", lambda value: f"{value * 1e3:.2f}"),
    "p999": ("p99.9 ms", lambda value: f"{value * 1e3:.2f}"),
    "logins_per_second": ("logins a second", lambda value: f"{value:,.0f}"),
    "cpu_per_login": ("CPU µs a login", lambda value: f"{value * 1e6:.0f}"),
    "resident_named": ("KiB each, named", lambda value: f"{value / 1024:.1f}"),
    "resident_each": ("KiB each, in a room", lambda value: f"{value / 1024:.1f}"),
    "resident": ("memory MiB", lambda value: f"{value / 2**20:.0f}"),
    "generator": ("the load's busiest thread", lambda value: f"{value:.0%}"),
}
"""Which figures are shown, under which title, and how they are written."""


class Found:
    """The results, by workload, case, server and figure; ``None`` was not measured."""

    def __init__(self, results: Results) -> None:
        self._rows: list[Row] = results["rows"]
        self.builds: list[str] = results["builds"]

    def cases(self, workload: int) -> list[tuple[str, str]]:
        """Return each case and server of a workload."""
        return list(dict.fromkeys((row["case"], row["server"]) for row in self._rows if row["workload"] == workload))

    def runs(self, workload: int, case: str, server: str, figure: str) -> list[float]:
        """Return a figure of every run."""
        wanted = (workload, case, server)
        runs = [row for row in self._rows if (row["workload"], row["case"], row["server"]) == wanted]
        return [run[figure] for run in runs if figure in run]

    def median(self, workload: int, case: str, server: str, figure: str) -> float | None:
        """Return the median of a figure."""
        values = self.runs(workload, case, server, figure)
        return median(values) if values else None

    def ratio(self, workload: int, case: str, ours: str, peer: str, figure: str) -> float | None:
        """Return the median of the ratios of ours to the peer's, each within one run."""
        both = (self.runs(workload, case, server, figure) for server in (ours, peer))
        ratios = [mine / its for mine, its in zip(*both, strict=False) if its]
        return median(ratios) if ratios else None


def markdown(results: Results) -> str:
    """Return all tables of *results*."""
    found = Found(results)
    parts = [*_head(results), *_reached(found)]
    for workload in workloads():
        if cases := found.cases(workload.number):
            parts.append(f"## {workload.number}. {workload.title}")
            parts += _ratios(found, workload.number, cases)
            parts += _medians(found, workload.number, cases)
    return "\n\n".join(parts)


def summary(results: Results) -> str:
    """Return the aims, and ours as ratios to the peers."""
    found = Found(results)
    parts = [*_head(results), *_reached(found)]
    for workload in workloads():
        if ratios := list(_ratios(found, workload.number, found.cases(workload.number))):
            parts += [f"{workload.number}. {workload.title}:", *ratios]
    return "\n\n".join(parts)


def placed(document: str, tables: str) -> str:
    """Return *document* with *tables* where its marks are."""
    before, begin, rest = document.partition("<!-- bench -->\n")
    _, end, after = rest.partition("<!-- end of bench -->")
    if not end:
        raise ValueError("there is no place for the tables: <!-- bench --> ... <!-- end of bench -->")
    return f"{before}{begin}\n{tables}\n\n{end}{after}"


def _head(results: Results) -> Iterator[str]:
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    yield f"Measured on {results['date']} on {results['machine']}; {versions}."
    yield f"Medians of {results['runs']} runs of {results['seconds']:g} s; in each, all got all messages in one order."


def _reached(found: Found) -> Iterator[str]:
    return _table("to be reached", "at most", *found.builds, rows=_aims(found))


def _table(*titles: str, rows: Iterator[list[str]]) -> Iterator[str]:
    """Write a table with *titles*, the first column being words, unless there are no *rows*."""
    body = list(rows)
    if body:
        rule = ["---", *["---:"] * (len(titles) - 1)]
        yield "\n".join(f"| {' | '.join(row)} |" for row in (titles, rule, *body))


BESIDE = ("writes", "reads", "messages_per_commit")
"""Figures that stand beside the ratios, for they explain these."""


def _ratios(found: Found, workload: int, cases: list[tuple[str, str]]) -> Iterator[str]:
    """Write ours as ratios to each peer, and to each build of ours: of a message where that counts."""
    of = "message" if workload == 3 else "delivery"
    builds = found.builds if len(found.builds) > 1 else []

    def rows() -> Iterator[list[str]]:
        for case, server in cases:
            build, _, way = server.partition(", ")
            to = [*PEERS, *(f"{other}, {way}" for other in builds)]
            ratios = [found.ratio(workload, case, server, peer, f"cpu_per_{of}") for peer in to]
            if build in found.builds and any(ratios):
                beside = [_written(found, workload, case, server, figure) for figure in BESIDE]
                yield [f"{case}: {server}", *("-" if ratio is None else f"{ratio:.2f}" for ratio in ratios), *beside]

    titles = [*PEERS, *(f"{build}, the same" for build in builds), *(COLUMNS[figure][0] for figure in BESIDE)]
    return _table(f"CPU a {of}, as a ratio to", *titles, rows=rows())


def _written(found: Found, workload: int, case: str, server: str, figure: str) -> str:
    value = found.median(workload, case, server, figure)
    return "-" if value is None else COLUMNS[figure][1](value)


def _medians(found: Found, workload: int, cases: list[tuple[str, str]]) -> Iterator[str]:
    """Write the medians."""
    columns = [figure for figure in COLUMNS if any(found.runs(workload, *case, figure) for case in cases)]

    def rows() -> Iterator[list[str]]:
        for case, server in cases:
            yield [f"{case}: {server}", *(_written(found, workload, case, server, figure) for figure in columns)]

    return _table("median", *(COLUMNS[figure][0] for figure in columns), rows=rows())


def _aims(found: Found) -> Iterator[list[str]]:
    """Write the aims, as far as they were measured, and what each build has reached."""

    def row(name: str, aim: float, value: Callable[[str], float | None]) -> Iterator[list[str]]:
        values = [value(build) for build in found.builds]
        if any(value is not None for value in values):
            yield [name, f"{aim:.2f}", *("-" if value is None else f"{value:.2f}" for value in values)]

    def ratio(workload: int, case: str, way: str, figure: str) -> Callable[[str], float | None]:
        return lambda build: found.ratio(workload, case, f"{build}, {way}", INSPIRCD.name, figure)

    def figure(workload: int, case: str, way: str, figure: str, factor: float) -> Callable[[str], float | None]:
        def value(build: str) -> float | None:
            measured = found.median(workload, case, f"{build}, {way}", figure)
            return None if measured is None else measured * factor

        return value

    def turned(value: Callable[[str], float | None]) -> Callable[[str], float | None]:
        """Turn round what is the better the more it is."""
        return lambda build: (measured := value(build)) and 1 / measured

    for way in ("text", "frames"):
        yield from row(f"1. {way}: CPU a delivery, to InspIRCd's", 0.85, ratio(1, "1 x 200", way, "cpu_per_delivery"))
        yield from row(f"2. {way}: CPU a delivery, to InspIRCd's", 1.7, ratio(2, "100 x 10", way, "cpu_per_delivery"))
        yield from row(f"2. {way}: p99 in ms", 30, figure(2, "100 x 10", way, "p99", 1e3))
        yield from row(
            f"2. {way}: µs from message to message", 45, turned(figure(2, "100 x 10", way, "messages_per_second", 1e-6))
        )
        yield from row(f"3. {way}: CPU a message, to InspIRCd's", 4.5, ratio(3, "1 x 2", way, "cpu_per_message"))
        yield from row(f"4. {way}: p99, to InspIRCd's", 1, ratio(4, "1 x 200", way, "p99"))
        yield from row(f"5. {way}: KiB a connection", 4, figure(5, "50 x 200", way, "resident_each", 1 / 1024))
        yield from row(
            f"5. {way}: µs from login to login", 200, turned(figure(5, "50 x 200", way, "logins_per_second", 1e-6))
        )
        yield from row(f"8. {way}: CPU a delivery, to InspIRCd's", 2, ratio(8, "100 x 10", way, "cpu_per_delivery"))
        yield from row(f"8. {way}: p99 in ms", 10, figure(8, "100 x 10", way, "p99", 1e3))
    yield from row(
        "3. text, memory: CPU a message, to InspIRCd's", 2, ratio(3, "1 x 2", "text, memory", "cpu_per_message")
    )

    def growth(build: str) -> float | None:
        hundred, *larger = (
            found.median(6, f"1 x {size}", f"{build}, text", "cpu_per_delivery") for size in (100, 1000, 10000)
        )
        return max(filter(None, larger)) / hundred if hundred and all(larger) else None

    yield from row("6. CPU a delivery, larger rooms to one of 100", 1.2, growth)
