"""Several servers over one database, beside one with a file: ``python -m benchmarks.nodes``, ten minutes.

PostgreSQL, as durable as it comes, runs as a primary with a named standby; all is on 127.0.0.1. As in
:mod:`benchmarks.bench`, every run checks that each member got every message in order, at whichever server it is.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from statistics import median

from benchmarks.load import Talk, loading
from benchmarks.servers import HERE, Server, free_port, started
from benchmarks.visitors import Row, Visitor, come
from tests.e2e.telling import tell
from tests.engine import Engine, placed
from tests.proxy import flaky

RATE = 60.0
"""Messages a second, where the time is measured that they take."""

DURABLE = {"fsync": "on", "full_page_writes": "on", "shared_buffers": "128MB", "max_connections": "100"}

FLAT_OUT = {
    "30 x 2, 32 in flight": Talk(rooms=30, size=2, speakers=1, flight=32),
    "1 x 200, 32 in flight": Talk(rooms=1, size=200, speakers=4, flight=8),
    "100 x 10, 4 in flight": Talk(rooms=100, size=10, speakers=1, flight=4),
}
CALM = {
    "1 x 200": Talk(rooms=1, size=200, speakers=4, rate=RATE),
    "100 x 10": Talk(rooms=100, size=10, speakers=1, rate=RATE),
}

RACED = 200
"""Names that somebody at each of the servers asks for at the same time."""

SESSIONS = 5_000
"""Sessions at the server that dies, in rooms of 100."""

FAR = 0.002
"""Seconds from the primary to its standby and back, where that is on another machine."""


class Database:
    """A primary and its standby; *delay* is the seconds between them, one way."""

    def __init__(self, stack: ExitStack, delay: float) -> None:
        self._primary = stack.enter_context(placed(listen_addresses="127.0.0.1", port=str(free_port()), **DURABLE))
        self._standby = stack.enter_context(placed(port=str(free_port()), **DURABLE))
        self._primary.init()
        self._primary.start()
        self._primary.execute("CREATE ROLE chat LOGIN")
        way = ""
        if delay:
            way = f"host=127.0.0.1 port={stack.enter_context(flaky(int(self._primary.port), delay=delay)).port}"
        self._standby.follow(self._primary, "standby", way)

    def new(self) -> str:
        """Return where a new database is."""
        return self._primary.database()

    def cpu(self) -> tuple[float, float]:
        """Return the processor time that primary and standby have spent, in seconds."""
        return _cpu(self._primary), _cpu(self._standby)


def _cpu(engine: Engine) -> float:
    times = [process.cpu_times() for process in engine.processes]
    # Those of processes that have ended are with the one that started them, the last.
    return sum(it.user + it.system for it in times) + times[-1].children_user + times[-1].children_system


@contextmanager
def database(delay: float = 0) -> Iterator[Database]:
    """Have a primary and a standby."""
    with ExitStack() as stack:
        yield Database(stack, delay)


@contextmanager
def serving(store: str | None, count: int, rooms: int) -> Iterator[list[Server]]:
    """Have so many servers over the database *store*, or one with a file, with that many *rooms*."""
    kind = HERE.over(store) if store else HERE.kind("frames")
    with ExitStack() as stack:
        yield [stack.enter_context(started(kind, rooms)) for _ in range(count)]


def talk(some: Talk, seconds: float, base: Database, count: int) -> Row:
    """Return what talking costs at so many servers; none stands for one with a file."""
    store = base.new() if count else None
    with (
        serving(store, count or 1, some.rooms) as servers,
        loading("frames", 32, some, *(server.port for server in servers)) as load,
    ):
        load.login()
        load.join()
        load.talk(seconds / 4, some)
        before = sum(server.cpu() for server in servers), *base.cpu()
        figures = load.talk(seconds, some)
        after = sum(server.cpu() for server in servers), *base.cpu()
    messages = figures["messages"]
    spent = [(late - early) / messages for early, late in zip(before, after, strict=True)]
    cpu = dict(zip(("servers", "primary", "standby"), spent, strict=True))
    return figures | cpu | {"rate": messages / figures["seconds"]}


# By people who come.


async def race(ports: Sequence[int]) -> Row:
    """Let somebody at each of *ports* ask for each of some names at once; return how many got one, and the seconds."""
    visitors = [(number, await come(port)) for number in range(RACED) for port in ports]
    began = time.perf_counter()
    replies = await asyncio.gather(*(visitor.ask("login", username=f"name{number}") for number, visitor in visitors))
    took = time.perf_counter() - began
    winners = [reply["username"] for reply in replies if reply["type"] == "welcome"]
    for _, visitor in visitors:
        visitor.close()
    return {"winners": len(winners), "names": len(set(winners)), "seconds": took}


async def lose(servers: Sequence[Server]) -> Row:
    """Let the first of *servers* die with all who are there; return the seconds until they are back at the others."""
    first, *others = servers

    async def enter(number: int, port: int) -> tuple[Visitor, Row]:
        visitor = await come(port)
        session = f"{number:06}" + "s" * 26
        while (welcome := await visitor.ask("login", username=f"u{number}", session=session))["type"] == "error":
            assert welcome["code"] == "unavailable", welcome
        room = f"r{number // 100}"
        while (entered := await visitor.ask("join", room=room, after=0))["type"] == "error":
            assert entered["code"] == "unavailable", entered
        return visitor, welcome

    async def come_back(number: int, visitor: Visitor) -> Row:
        await visitor.hung_up()
        back, welcome = await enter(number, others[number % len(others)].port)
        back.close()
        return welcome

    there = []
    for number in range(0, SESSIONS, 100):
        there += await asyncio.gather(*(enter(one, first.port) for one in range(number, number + 100)))
    began = time.perf_counter()
    first.kill()
    welcomes = await asyncio.gather(*(come_back(number, visitor) for number, (visitor, _) in enumerate(there)))
    took = time.perf_counter() - began
    return {"sessions": SESSIONS, "resumed": sum(welcome["resumed"] for welcome in welcomes), "seconds": took}


# What is printed.


def described(row: Row) -> str:
    """Return the figures of a talk."""
    micro = " / ".join(f"{row[name] * 1e6:.0f}" for name in ("servers", "primary", "standby"))
    return f"| {row['rate']:,.0f} | {row['p50'] * 1e3:.1f} | {row['p99'] * 1e3:.1f} | {micro} |"


def medians(rows: Sequence[Row]) -> Row:
    """Return the median of each figure."""
    return {name: median(row[name] for row in rows) for name in rows[0]}


def table(cases: dict[str, Talk], seconds: float, runs: int, base: Database, counts: Sequence[int]) -> None:
    """Measure *cases* at so many servers, in turn, and print them as a table."""
    tell("| rooms x people | servers | messages/s | p50 ms | p99 ms | µs a message: servers / primary / standby |")
    tell("|---|---|---:|---:|---:|---|")
    for name, some in cases.items():
        rows: dict[int, list[Row]] = {count: [] for count in counts}
        for run in range(runs):
            for count in counts[:: -1 if run % 2 else 1]:
                rows[count].append(talk(some, seconds, base, count))
        for count in counts:
            tell(f"| {name} | {count or '1, SQLite'} {described(medians(rows[count]))}")
    tell("")


def main() -> None:
    """Measure everything, or some of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="flat,calm,far,names,death", help="what is measured [%(default)s]")
    parser.add_argument("--seconds", type=float, default=8, help="for which people talk [%(default)s]")
    parser.add_argument("--runs", type=int, default=3, help="of which the median is shown [%(default)s]")
    asked = parser.parse_args()
    wanted = asked.only.split(",")
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with database() as base:
        if "flat" in wanted:
            table(FLAT_OUT, asked.seconds, asked.runs, base, (0, 1, 3))
        if "calm" in wanted:
            table(CALM, asked.seconds, asked.runs, base, (0, 1, 3))
        if "names" in wanted:
            for _ in range(asked.runs):
                with serving(base.new(), 3, 1) as servers:
                    tell(f"names raced for: {asyncio.run(race([server.port for server in servers]))}")
        if "death" in wanted:
            for _ in range(asked.runs):
                with serving(base.new(), 3, SESSIONS // 100) as servers:
                    tell(f"a server that dies: {asyncio.run(lose(servers))}")
    if "far" in wanted:
        with database(FAR / 2) as base:
            table(CALM, asked.seconds, asked.runs, base, (10,))


if __name__ == "__main__":
    main()
