"""The tables: aims, ratios of ours to each peer, medians of the runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

from benchmarks.servers import FRAMES, INSPIRCD, MIXED, NGIRCD, PLAIN, TEXT, TEXT_IN_MEMORY, WORDS
from benchmarks.workloads import COMMIT, workloads

Row = dict[str, Any]
"""One run: ``workload``, ``case``, ``server``, ``run`` and its figures."""

Results = dict[str, Any]
"""All ``rows``, and what they were measured with."""

OURS = [kind.name for kind in (TEXT, FRAMES, MIXED, TEXT_IN_MEMORY)]
PEERS = [kind.name for kind in (INSPIRCD, NGIRCD, WORDS, PLAIN)]

COLUMNS: dict[str, tuple[str, Callable[[float], str]]] = {
    "cpu_per_delivery": ("CPU µs a delivery", lambda value: f"{value * 1e6:.2f}"),
    "cpu_per_message": ("CPU µs a message", lambda value: f"{value * 1e6:,.1f}"),
    "deliveries_per_second": ("deliveries a second", lambda value: f"{value:,.0f}"),
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
    return _table("to be reached", "at most", "measured", "", rows=_aims(found))


def _table(*titles: str, rows: Iterator[list[str]]) -> Iterator[str]:
    """Write a table with *titles*, the first column being words, unless there are no *rows*."""
    body = list(rows)
    if body:
        rule = ["---", *["---:"] * (len(titles) - 1)]
        yield "\n".join(f"| {' | '.join(row)} |" for row in (titles, rule, *body))


def _ratios(found: Found, workload: int, cases: list[tuple[str, str]]) -> Iterator[str]:
    """Write ours as ratios to each peer: of a message where that counts."""
    of = "message" if workload == 3 else "delivery"

    def rows() -> Iterator[list[str]]:
        for case, server in cases:
            ratios = [found.ratio(workload, case, server, peer, f"cpu_per_{of}") for peer in PEERS]
            if server in OURS and any(ratios):
                yield [f"{case}: {server}", *("-" if ratio is None else f"{ratio:.2f}" for ratio in ratios)]

    return _table(f"CPU a {of}, as a ratio to", *PEERS, rows=rows())


def _medians(found: Found, workload: int, cases: list[tuple[str, str]]) -> Iterator[str]:
    """Write the medians."""
    columns = [figure for figure in COLUMNS if any(found.runs(workload, *case, figure) for case in cases)]

    def rows() -> Iterator[list[str]]:
        for case, server in cases:
            values = [(found.median(workload, case, server, figure), COLUMNS[figure][1]) for figure in columns]
            yield [f"{case}: {server}", *("-" if value is None else written(value) for value, written in values)]

    return _table("median", *(COLUMNS[figure][0] for figure in columns), rows=rows())


def _aims(found: Found) -> Iterator[list[str]]:
    """Write the aims, as far as they were measured."""
    ratios = [
        (1, "1 x 200", TEXT, "delivery", 0.8),
        (1, "1 x 200", FRAMES, "delivery", 0.9),
        (2, "100 x 10", TEXT, "delivery", 1.2),
        (2, "100 x 10", FRAMES, "delivery", 1.6),
        (3, "1 x 2", TEXT, "message", 2.5),
        (3, "1 x 2", TEXT_IN_MEMORY, "message", 1.5),
    ]
    for workload, case, kind, of, aim in ratios:
        ratio = found.ratio(workload, case, kind.name, INSPIRCD.name, f"cpu_per_{of}")
        yield from _aim(f"{workload}. {kind.name}: CPU a {of}, to InspIRCd's", aim, ratio)
    theirs, commit = found.median(4, "1 x 200", INSPIRCD.name, "p99"), found.median(4, "commit", COMMIT.name, "p99")
    for kind in (TEXT, FRAMES):
        ours = found.median(4, "1 x 200", kind.name, "p99")
        if theirs and commit and ours:
            yield from _aim(
                f"4. {kind.name}: p99 in ms, InspIRCd's and a commit's", (theirs + commit) * 1e3, ours * 1e3
            )
    for kind in (TEXT, FRAMES):
        memory = found.median(5, "50 x 200", kind.name, "resident_each")
        yield from _aim(f"5. {kind.name}: KiB a connection", 4, memory and memory / 1024)
        logins = found.median(5, "50 x 200", kind.name, "logins_per_second")
        # Here more is better, so it is turned round.
        yield from _aim(f"5. {kind.name}: µs from login to login", 200, logins and 1e6 / logins)
    hundred, *larger = (found.median(6, f"1 x {size}", TEXT.name, "cpu_per_delivery") for size in (100, 1000, 10000))
    if hundred and all(larger):
        yield from _aim("6. CPU a delivery, larger rooms to one of 100", 1.2, max(filter(None, larger)) / hundred)


def _aim(name: str, aim: float, value: float | None) -> Iterator[list[str]]:
    if value is not None:
        yield [name, f"{aim:.2f}", f"{value:.2f}", "reached" if value <= aim else "missed"]
