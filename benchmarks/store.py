"""A server over a file of 2,000,000 messages in 200 rooms: ``python -m benchmarks.store``, some minutes.

What is measured is what its visitors and its operator wait for. *Somebody else* is a visitor who says something sixty
times a second meanwhile, in a room of their own. The figures depend on the disk: name a folder on the one that counts.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from benchmarks.log import QUERIES, fill
from benchmarks.servers import HERE, Server, started
from benchmarks.visitors import Row, Visitor, come
from chatroom.core.values.names import RoomName

ADMIN = str(Path(sys.executable).with_name("chatroom-admin"))
RATE = 60
"""Messages a second that somebody else says."""

ELSEWHERE = "elsewhere"
"""The room of somebody else."""

GUESTS = 12
"""Visitors who enter closed rooms, each one after the other, at the same time."""

PAUSE = 0.05
"""Seconds between two looks at something that takes long."""

Question = Callable[[], Awaitable[Row]]


@contextmanager
def serving(store: Path, *options: str) -> Iterator[Server]:
    """Have a server over *store*, with a room for somebody else."""
    with started(HERE.over(str(store), f"--room={ELSEWHERE}", *options), 0) as server:
        yield server


@asynccontextmanager
async def login(port: int, username: str) -> AsyncIterator[Visitor]:
    """Have a visitor who is called *username*."""
    visitor = await come(port)
    try:
        await answered(visitor.ask("login", username=username))
        yield visitor
    finally:
        visitor.close()


async def answered(reply: Awaitable[Row]) -> Row:
    """Return a reply, which must be no error."""
    answer = await reply
    if answer["type"] == "error":
        raise RuntimeError(f"the server refuses: {answer}")
    return answer


async def times(questions: Sequence[Question]) -> list[float]:
    """Return the seconds until each of *questions* is answered, one after the other."""
    took = []
    for question in questions:
        began = time.perf_counter()
        await answered(question())
        took.append(time.perf_counter() - began)
    return took


@asynccontextmanager
async def somebody_else(port: int) -> AsyncIterator[list[float]]:
    """Have somebody who talks meanwhile; the list gets the seconds until each message was stored."""
    took: list[float] = []

    async def talk(visitor: Visitor) -> None:
        began = time.perf_counter()
        for number in count():
            await asyncio.sleep(began + number / RATE - time.perf_counter())
            said = time.perf_counter()
            await answered(visitor.ask("say", room=ELSEWHERE, text=f"number {number}"))
            took.append(time.perf_counter() - said)

    async with login(port, "else") as visitor:
        await answered(visitor.ask("join", room=ELSEWHERE))
        talking = asyncio.create_task(talk(visitor))
        try:
            yield took
        finally:
            talking.cancel()
            if talking.done():
                talking.result()


def show(what: str, took: Sequence[float]) -> None:
    """Show the seconds that something *took*, in milliseconds."""
    p99 = quantiles(took, n=100, method="inclusive")[98]
    print(
        f"{what:54}{1000 * median(took):10.2f}{1000 * p99:10.2f}{1000 * max(took):10.2f}{len(took):8}",
        flush=True,
    )


def show_once(what: str, seconds: float, note: str = "") -> None:
    """Show how many *seconds* something took that is done once."""
    print(f"{what:54}{seconds:8.2f} s  {note}", flush=True)


def start(store: Path, rooms: Sequence[str]) -> None:
    """Show how long a start takes where all rooms are open."""

    async def greeted(port: int) -> None:
        async with login(port, "first"):
            pass

    began = time.perf_counter()
    with serving(store, *(f"--room={room}" for room in rooms)) as server:
        opened = time.perf_counter() - began
        asyncio.run(greeted(server.port))
        show_once("start, until the port is open", opened, "(aim 3)")
        show_once("from then, until the first one is greeted", time.perf_counter() - began - opened, "(aim 1)")
        print(f"memory: {server.resident() / 1e6:.0f} MB")


async def read(port: int, rooms: Sequence[str], length: int) -> None:
    """Show how long history and searches take."""
    async with login(port, "reader") as visitor:
        for room in rooms:
            await answered(visitor.ask("join", room=room))

        def history(**where: int) -> list[Question]:
            return [lambda room=room: visitor.ask("history", room=room, **where) for room in rooms]  # type: ignore[misc]

        show("the newest page of a room", await times(history()))
        show("a page in its middle", await times(history(after=length // 2)))
        for name, query in QUERIES.items():
            asked: list[Question] = [
                lambda room=room, query=query: visitor.ask("search", room=room, query=query)  # type: ignore[misc]
                for room in rooms
            ]
            show(f"search of a room: {name}", await times(asked))


async def join(port: int, rooms: Sequence[str]) -> None:
    """Show how long it takes to enter rooms that are closed, and what it does to somebody else."""
    async with somebody_else(port) as others, login(port, "visitor") as visitor:
        while any(room["room"] != ELSEWHERE for room in (await visitor.ask("list"))["rooms"]):
            await asyncio.sleep(PAUSE)
        half = len(rooms) // 2
        show("join of a closed room", await times([_joining(visitor, room) for room in rooms[:half]]))
        others.clear()
        await asyncio.gather(*(_enter(port, number, rooms[half + number :: GUESTS]) for number in range(GUESTS)))
        show(f"  somebody else, while {GUESTS} guests enter such rooms", others)


def _joining(visitor: Visitor, room: str) -> Question:
    return lambda: visitor.ask("join", room=room)


async def _enter(port: int, number: int, rooms: Sequence[str]) -> None:
    async with login(port, f"guest{number}") as guest:
        await times([_joining(guest, room) for room in rooms])


async def during(port: int, what: str, *command: str) -> None:
    """Show how long *command* takes while the server runs, and what it does to somebody else."""
    async with somebody_else(port) as others:
        await asyncio.sleep(1)
        show("somebody else, while nothing goes on", others)
        others.clear()
        show_once(what, await run(*command))
        show("  somebody else meanwhile", others)


async def run(*command: str) -> float:
    """Return how many seconds *command* takes."""
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
    if await process.wait():
        raise RuntimeError(f"{' '.join(command)} has failed")
    return time.perf_counter() - began


async def forget(port: int, store: Path, messages: int) -> None:
    """Show how long it takes until so many *messages* are removed, and what it does to somebody else."""
    began = time.perf_counter()
    async with somebody_else(port) as others:
        with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as file:
            while file.execute("SELECT sum(removed) FROM logs").fetchone()[0] < messages:
                await asyncio.sleep(PAUSE)
        show_once(f"retention: until {messages:,} messages are gone", time.perf_counter() - began)
        show("  somebody else meanwhile", others)


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(), help="where to write [here]")
    parser.add_argument("--messages", type=int, default=2_000_000, help="in the file [%(default)s]")
    parser.add_argument("--rooms", type=int, default=200, help="in which they were said [%(default)s]")
    options = parser.parse_args()
    rooms = [f"room{number}" for number in range(options.rooms)]
    length = options.messages // options.rooms
    with TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name).absolute()
        store = folder / "chatroom.sqlite"
        fill(store, options.messages, [RoomName(room) for room in rooms])
        print(f"the file has {store.stat().st_size / 1e6:,.0f} MB")
        start(store, rooms)
        print(f"{'milliseconds':54}{'median':>10}{'p99':>10}{'worst':>10}{'of':>8}")
        with serving(store) as server:
            asyncio.run(read(server.port, rooms[:50], length))
            asyncio.run(during(server.port, "backup", ADMIN, "--store", str(store), "backup", str(folder / "backup")))
        with serving(store, "--linger=1") as server:
            asyncio.run(join(server.port, rooms))
        copied = folder / "copy.sqlite"
        show_once("check", asyncio.run(run(ADMIN, "--store", str(store), "check")))
        show_once("copy", asyncio.run(run(ADMIN, "--store", str(store), "copy", str(copied))))
        shutil.rmtree(folder / "backup", ignore_errors=True)
        # Somewhat more are kept than have to be, so that they are not looked for one by one.
        with serving(store, f"--keep-messages={length - length // 5}", "--linger=0") as server:
            asyncio.run(forget(server.port, store, options.messages // 10))


if __name__ == "__main__":
    main()
