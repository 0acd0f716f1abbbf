"""The workloads, and one run of each."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from benchmarks.load import Figures, Talk, loading
from benchmarks.servers import HERE, INSPIRCD, OTHERS, Build, Kind, Server, started

DELIVERIES = 20_000
"""How many copies of messages a second arrive in all cases of workload 6."""

RATE = 60
"""How many messages a second are said in workload 4."""

BUSY_RATE = 1000
"""How many messages a second are said in workload 8."""

COMMIT = Kind("one commit", "", lambda folder, port, rooms: [])
"""What workload 4 compares with: no server, but a message that is stored."""


@dataclass(frozen=True)
class Case:
    """A case: *measure* returns the figures of a server, one of *kinds*, with the people in *name*."""

    name: str
    kinds: tuple[Kind, ...]
    measure: Callable[[Kind], Figures]


@dataclass(frozen=True)
class Workload:
    """A workload, by its *number* in the issue tracker."""

    number: int
    title: str
    cases: tuple[Case, ...]


def workloads(seconds: float = 3, builds: Sequence[Build] = (HERE,)) -> list[Workload]:
    """Return all workloads, in which people talk for *seconds* at least, for *builds* of ours and for others."""
    # Few messages need longer to show which of them are slow.
    longer = 2 * seconds
    memory = [build.kind("text", memory=True) for build in builds]
    text = [build.kind("text") for build in builds]
    mixed = [build.kind("mixed") for build in builds]
    both = [build.kind(dialect) for dialect in ("text", "frames") for build in builds]
    web = [build.kind("web") for build in builds]
    # All with the same capabilities, and with four sets of them.
    irc = [build.kind(dialect) for dialect in ("irc-2", "irc-mixed") for build in builds]
    every = (*both, *OTHERS)
    busy = Talk(rooms=1, size=200, speakers=4, flight=8)
    rooms = Talk(rooms=100, size=10, speakers=1, flight=4)
    pair = Talk(rooms=1, size=2, speakers=1, flight=256)
    calm = Talk(rooms=1, size=200, speakers=4, rate=RATE)
    open_rooms = Talk(rooms=100, size=10, speakers=1, rate=BUSY_RATE)
    silent = Talk(rooms=50, size=200, speakers=1)
    # To enter a room of 10,000 takes IRC servers too long: they tell everybody of everybody.
    growing = [(1, 10), (1, 100), (1, 1_000), (1, 10_000), (10, 10), (100, 10), (1_000, 10)]
    growth = [
        talking(Talk(rooms, size, min(4, 10 // rooms or 1), rate=DELIVERIES / size), seconds, *there)
        for rooms, size in growing
        for there in [text if size == 10_000 else [*text, INSPIRCD]]
    ]
    return [
        Workload(1, "One room of 200, 4 speakers, 32 messages in flight", (talking(busy, seconds, *every, *irc),)),
        Workload(2, "100 rooms of 10, 4 messages in flight in each", (talking(rooms, seconds, *every, *irc),)),
        Workload(3, "A room of 2, 256 messages in flight", (talking(pair, seconds, *memory, *every),)),
        Workload(
            4,
            f"One room of 200, {RATE} messages a second",
            (talking(calm, longer, *memory, *every), Case("commit", (COMMIT,), partial(_commit, longer))),
        ),
        Workload(5, "10,000 silent people in 50 rooms", (sitting(silent, *both, *web, *OTHERS),)),
        Workload(6, f"Growth, at {DELIVERIES:,} deliveries a second", tuple(growth)),
        Workload(
            7,
            "Text, frames and browsers mixed in a room of 200",
            (talking(busy, seconds, *mixed, *both, *web, INSPIRCD),),
        ),
        Workload(8, f"100 rooms of 10, {BUSY_RATE:,} messages a second", (talking(open_rooms, longer, *every),)),
    ]


def talking(talk: Talk, seconds: float, *kinds: Kind) -> Case:
    """Return the case in which people talk."""
    return Case(f"{talk.rooms} x {talk.size}", kinds, partial(_talk, talk, seconds))


def sitting(talk: Talk, *kinds: Kind) -> Case:
    """Return the case in which people come and are silent."""
    return Case(f"{talk.rooms} x {talk.size}", kinds, partial(_sit, talk))


def _talk(talk: Talk, seconds: float, kind: Kind) -> Figures:
    """Return the cost of talking, once it has gone on for some time; what is put off until later belongs to it."""
    with started(kind, talk.rooms) as server, loading(kind.dialect, kind.window, talk, server.port) as load:
        load.login()
        load.join()
        load.talk(seconds / 6, talk)
        cpu, counts = server.cpu_when_quiet(), _counts(server, kind)
        figures = load.talk(seconds, talk)
        meanwhile, after = server.cpu() - cpu, _counts(server, kind)
        cpu = server.cpu_when_quiet() - cpu
        messages = figures["messages"]
        writes, reads, changes, commits = (late - early for late, early in zip(after, counts, strict=True))
        return (
            figures
            | {
                "cpu_per_delivery": cpu / figures["deliveries"],
                "cpu_per_message": cpu / messages,
                "cpu_meanwhile": meanwhile / messages,
                "writes": writes / messages,
                "reads": reads / messages,
                "deliveries_per_second": figures["deliveries"] / figures["seconds"],
                "messages_per_second": messages / figures["seconds"],
                "resident": server.resident(),
            }
            | ({"messages_per_commit": changes / commits} if commits else {})
        )


def _counts(server: Server, kind: Kind) -> tuple[int, int, int, int]:
    """Return the calls that *server* has sent and received by, and the changes and commits that it has made."""
    return (*server.calls(), *(server.commits() if kind.commits else (0, 0)))


def _sit(talk: Talk, kind: Kind) -> Figures:
    """Return the cost of silent people."""
    people = talk.rooms * talk.size
    with started(kind, talk.rooms) as server, loading(kind.dialect, kind.window, talk, server.port) as load:
        empty, before = server.resident(), server.cpu()
        login = load.login()
        cpu, named = server.cpu() - before, server.resident()
        load.join()
        return {
            "logins_per_second": people / login["seconds"],
            "cpu_per_login": cpu / people,
            "resident_named": (named - empty) / people,
            "resident_each": (server.resident() - empty) / people,
            "resident": server.resident(),
            "generator": login["generator"],
        }


def _commit(seconds: float, kind: Kind) -> Figures:
    """Return the time to store a message, each in a commit of its own, as safely as the server does."""
    took = list[float]()
    with TemporaryDirectory(prefix="bench-") as folder:
        connection = sqlite3.connect(Path(folder) / "commit.sqlite", isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE message (text TEXT)")
        until = time.monotonic() + seconds
        while time.monotonic() < until or len(took) < 2:
            time.sleep(1 / RATE)
            since = time.perf_counter()
            connection.execute("INSERT INTO message VALUES ('What a fine day it is to be in here.')")
            took.append(time.perf_counter() - since)
        connection.close()
    parts = quantiles(took, n=1000, method="inclusive")
    return {"messages": len(took), "p50": parts[499], "p99": parts[989], "p999": parts[998]}
