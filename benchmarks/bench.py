"""The cost of a message, ours and others': ``python -m benchmarks.bench``, three quarters of an hour.

Real servers and their load are processes of their own on 127.0.0.1. Every run checks that each member got every message
in order. Peers that are not installed are left out.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import resource
import sqlite3
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.plots import draw
from benchmarks.report import Results, Row, markdown, placed, summary
from benchmarks.servers import HERE, INSPIRCD, NGIRCD, Build
from benchmarks.workloads import Workload, workloads

RESULTS = Path(__file__).with_name("results")

SHOWN = {
    "cpu_per_delivery": ("µs a delivery", 1e6),
    "cpu_per_message": ("µs a message", 1e6),
    "writes": ("writes", 1),
    "messages_per_commit": ("a commit", 1),
    "p50": ("ms p50", 1e3),
    "p99": ("ms p99", 1e3),
    "logins_per_second": ("logins/s", 1),
    "resident_each": ("KiB each", 1 / 1024),
    "generator": ("generator", 1),
}
"""The figures of a run that are shown at once."""


def measured(some: Iterable[Workload], runs: int, servers: str) -> Iterator[Row]:
    """Measure *some* workloads, the servers in turn, to and fro, so that all meet the same conditions.

    *servers* are parts of the names of servers, separated by commas; nothing stands for all.
    """
    for workload in some:
        print(f"\n{workload.number}. {workload.title}", flush=True)
        for run in range(runs):
            for case in workload.cases:
                for kind in case.kinds[:: -1 if run % 2 else 1]:
                    if kind.is_installed() and any(part in kind.name.lower() for part in servers.lower().split(",")):
                        row: Row = {"workload": workload.number, "case": case.name, "server": kind.name, "run": run}
                        row |= case.measure(kind)
                        print(_line(row), flush=True)
                        yield row


def _line(row: Row) -> str:
    shown = (f"{row[name] * factor:11.2f} {unit}" for name, (unit, factor) in SHOWN.items() if name in row)
    return f"  {row['case']:10} {row['server']:24}" + "".join(shown)


def surroundings() -> dict[str, Any]:
    """Return the machine and the versions of a measurement."""
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    versions = {"Python": platform.python_version(), "SQLite": sqlite3.sqlite_version, "Twisted": version("twisted")}
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores ({cpu[1] if cpu else platform.machine()}), Linux {platform.release()}",
        "versions": versions | {kind.name: kind.version() for kind in (INSPIRCD, NGIRCD)},
    }


def build(argument: str) -> Build:
    """Return the build that *argument* names: ``NAME=FOLDER``."""
    name, _, folder = argument.partition("=")
    if not Path(folder, "bin", "twistd").is_file():
        raise argparse.ArgumentTypeError(f"there is no environment with twistd in {folder or 'an empty name'}")
    return Build(name, Path(folder))


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="1,2,3,4,5,6,7,8", help="the workloads, by their numbers [%(default)s]")
    parser.add_argument("--servers", default="", help="parts of the names of servers, such as text,inspircd [all]")
    parser.add_argument(
        "--build",
        metavar="NAME=FOLDER",
        type=build,
        action="append",
        default=[],
        help="one more build of ours, in a virtual environment: measured beside the one here; may be repeated",
    )
    parser.add_argument("--runs", type=int, default=3, help="of each [%(default)s]")
    parser.add_argument("--seconds", type=float, default=3.0, help="of talk in a run [%(default)s]")
    parser.add_argument("--results", type=Path, help="the folder to write tables and plots to [only show tables]")
    parser.add_argument("--document", type=Path, help="a text that has marks where a summary of the tables belongs")
    options = parser.parse_args()
    # 10,000 connections, of which both ends are here.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    numbers = {int(number) for number in options.only.split(",")}
    began = time.monotonic()
    builds = (HERE, *options.build)
    some = [workload for workload in workloads(options.seconds, builds) if workload.number in numbers]
    rows = list(measured(some, options.runs, options.servers))
    names = [one.name for one in builds]
    results: Results = {
        **surroundings(),
        "builds": names,
        "runs": options.runs,
        "seconds": options.seconds,
        "rows": rows,
    }
    tables = markdown(results)
    print(f"\n{tables}\n\nThis took {time.monotonic() - began:.0f} s.")
    if options.results:
        options.results.mkdir(exist_ok=True)
        (options.results / "latest.json").write_text(json.dumps(results, indent=1) + "\n")
        (options.results / "latest.md").write_text(f"# All figures\n\n{tables}\n")
        draw(results, options.results)
    if options.document:
        options.document.write_text(placed(options.document.read_text(), summary(results)))


if __name__ == "__main__":
    main()
