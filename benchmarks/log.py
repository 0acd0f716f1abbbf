"""The speed of the log in SQLite: ``python benchmarks/log.py``, some minutes.

Each figure is the median of three runs. They depend on the disk, so name a folder on the one that counts.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import cycle
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, cast, get_args

from msgspec.structs import replace
from twisted.internet.defer import Deferred, inlineCallbacks
from twisted.internet.task import LoopingCall, deferLater, react

from chatroom.core.ports import LogId, NewRoom, Opened, Page
from chatroom.core.values.events import Message
from chatroom.core.values.names import RoomName, Username
from chatroom.logs.machinery.group_commit import Work
from chatroom.logs.open_log import OpenLog
from chatroom.logs.retention import Retention
from chatroom.logs.sqlite.file import SQLiteFile, Sync
from chatroom.logs.sqlite.log import SQLiteLog
from chatroom.logs.sqlite.maintenance import Maintenance
from chatroom.logs.sqlite.writer import Append, Writer

ROOM = RoomName("bench")
NOW = OpenLog(ROOM)
RUNS = 3
RETENTION = Retention(messages=0)
BEGUN = 1_700_000_000_000
"""When the first message was said."""

YEAR = 365 * 86_400_000
"""Milliseconds."""

BATCHES = (1, 16, 64, 256)

chance = Random(1)
WORDS = ["".join(chance.choices("aeioubcdfghklmnprst", k=chance.randint(2, 9))) for _ in range(20_000)]
WEIGHTS = [1 / (rank + 1) for rank in range(len(WORDS))]
TEXTS = [" ".join(chance.choices(WORDS, WEIGHTS, k=chance.randint(3, 17))) for _ in range(20_000)]

QUERIES = {
    "the commonest word": WORDS[0],
    "a rare word": WORDS[15_000],
    "two common words": f"{WORDS[1]} {WORDS[2]}",
    "a common and a rare word": f"{WORDS[0]} {WORDS[15_000]}",
    "a phrase of common words": f'"{WORDS[0]} {WORDS[1]}"',
    "a letter that many words begin with": f"{WORDS[0][:1]}*",
    "a letter that few words begin with": "u*",
    "two letters": f"{WORDS[0][:2]}*",
    "a rare beginning": f"{WORDS[15_000][:5]}*",
    "nothing": "xylophonist",
}


def messages(count: int, at: int = BEGUN) -> list[Message]:
    """Return *count* messages of about 50 bytes."""
    return [Message(Username("alice"), chance.choice(TEXTS), at) for _ in range(count)]


@contextmanager
def opened(folder: Path, sync: Sync = "full") -> Iterator[tuple[Writer, Maintenance, LogId]]:
    """Have a new log with a room."""
    with TemporaryDirectory(dir=folder) as inner:
        file = SQLiteFile(Path(inner) / "bench.sqlite")
        file.begin(sync)
        writer = Writer(file.connection, RETENTION, time.time)
        [answer] = writer.commit([Work(partial(writer.open, ROOM, NewRoom()))])
        yield writer, Maintenance(file.connection, RETENTION, time.time, time.monotonic), cast(Opened, answer).log
        file.close()


def storing(folder: Path, batch: int, sync: Sync, seconds: float, *, search: bool) -> float:
    """Return the messages stored in a second, a *batch* in each commit."""
    said = messages(5_000)
    with opened(folder, sync) as (writer, maintenance, log):
        count = 0
        began = time.perf_counter()
        while time.perf_counter() < began + seconds:
            some = [said[(count + each) % len(said)] for each in range(batch)]
            writer.commit([Append(log, message, None, NOW, lambda _: None) for message in some])
            count += batch
            if search and count % 256 < batch:
                maintenance.step()
                maintenance.step()
        while search and maintenance.step():
            pass
        return count / (time.perf_counter() - began)


def show_storing(folder: Path, seconds: float) -> None:
    """Show the messages stored in a second, by their number in a commit."""
    print("messages stored per second")
    print(
        f"{'a commit':>10}" + "".join(f"{f'{sync}{more}':>18}" for sync in get_args(Sync) for more in ("", ", search"))
    )
    for batch in BATCHES:
        figures = [
            median(storing(folder, batch, sync, seconds, search=search) for _ in range(RUNS))
            for sync in get_args(Sync)
            for search in (False, True)
        ]
        print(f"{batch:>10}" + "".join(f"{figure:>18,.0f}" for figure in figures), flush=True)


def fill(path: Path, count: int, rooms: Sequence[RoomName] = (ROOM,)) -> None:
    """Write a log with *count* messages, said in all *rooms* in turn within a year, each with a name."""
    file = SQLiteFile(path)
    file.begin("normal")
    writer = Writer(file.connection, RETENTION, time.time)
    maintenance = Maintenance(file.connection, RETENTION, time.time, time.monotonic)
    answers = writer.commit([Work(partial(writer.open, room, NewRoom())) for room in rooms])
    turns = cycle([(cast(Opened, answer).log, OpenLog(room)) for answer, room in zip(answers, rooms, strict=True)])
    began = time.perf_counter()
    for number in range(count // 1000):
        said = messages(1000, BEGUN + YEAR * 1000 * number // count)
        named = [replace(message, session=b"alice's", cid=f"{number} {each}") for each, message in enumerate(said)]
        turn = zip(named, turns, strict=False)
        writer.commit([Append(log, message, None, now, lambda _: None) for message, (log, now) in turn])
    meant = time.perf_counter() - began
    while maintenance.step():
        pass
    print(f"\n{count:,} messages: stored in {meant:.0f} s, indexed in {time.perf_counter() - began - meant:.0f} s")
    file.close()


class Lag:
    """The lag of the reactor, measured each millisecond."""

    def __init__(self, clock: Any) -> None:
        self._clock = clock
        self._loop = LoopingCall(self._tick)
        self._loop.clock = clock
        self.worst = 0.0
        self._last = clock.seconds()
        self._loop.start(0.001)

    def _tick(self) -> None:
        now = self._clock.seconds()
        self.worst = max(self.worst, now - self._last - 0.001)
        self._last = now

    def take(self) -> float:
        """Return the largest lag since the last call, in seconds."""
        worst, self.worst = self.worst, 0.0
        return worst


def asked(question: Callable[[Callable[[Any], None]], None]) -> Deferred[Any]:
    """Return the answer to *question*."""
    answer: Deferred[Any] = Deferred()
    question(answer.callback)
    return answer


@inlineCallbacks
def reading(reactor: Any, path: Path, count: int, *, talk: bool) -> Any:
    """Show the milliseconds of pages and searches, with 60 messages a second meanwhile or none."""
    began = time.perf_counter()
    log = SQLiteLog(path, clock=reactor, from_thread=reactor.callFromThread, wall=time.time, retention=RETENTION)
    log.start()
    start = time.perf_counter() - began
    [restored] = yield asked(log.restore)
    assert restored.seq >= count
    print(f"\n{'with 60 messages a second' if talk else 'while nobody talks'} (the start took {start:.1f} s)")
    print(f"{'milliseconds':40}{'median':>10}{'worst':>10}{'reactor late':>14}{'found':>8}")
    stored = list[float]()

    def say() -> None:
        said = time.perf_counter()
        log.change(restored.log, messages(1)[0], None, lambda _: stored.append(time.perf_counter() - said))

    talking = LoopingCall(say)
    if talk:
        talking.start(1 / 60)
    lag = Lag(reactor)
    questions: dict[str, Callable[[Callable[[Any], None]], None]] = {
        "the newest 100": partial(_read, log, restored.log, None, None),
        "100 in the middle, forwards": partial(_read, log, restored.log, count // 2, None),
        "100 in the middle, backwards": partial(_read, log, restored.log, None, count // 2),
    }
    questions |= {
        f"search: {name}": partial(_search, log, restored.log, query, None) for name, query in QUERIES.items()
    }
    questions["search: the commonest word, early"] = partial(_search, log, restored.log, WORDS[0], count // 10)
    for name, question in questions.items():
        times = list[float]()
        lag.take()
        page: Page | None = None
        for _ in range(20):
            began = time.perf_counter()
            page = yield asked(question)
            times.append(1000 * (time.perf_counter() - began))
            yield deferLater(reactor, 0.005)
        found = len(page.entries) if isinstance(page, Page) else "failed"
        print(f"{name:40}{median(times):10.1f}{max(times):10.1f}{1000 * lag.take():14.1f}{found:>8}")
    if talk:
        talking.stop()
        stored.sort()
        print(
            f"a message was stored in {1000 * median(stored):.1f} ms,"
            f" 99 of 100 in {1000 * stored[int(len(stored) * 0.99)]:.1f} ms"
        )
    yield log.stop()


def _read(log: SQLiteLog, room: LogId, after: int | None, before: int | None, got: Callable[[Any], None]) -> None:
    log.read(room, after=after, before=before, limit=100, got=got)


def _search(log: SQLiteLog, room: LogId, query: str, before: int | None, got: Callable[[Any], None]) -> None:
    log.search(room, query, before=before, limit=100, got=lambda found: got(found.result))


@inlineCallbacks
def main(reactor: Any, *arguments: str) -> Any:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(), help="where to write [here]")
    parser.add_argument("--seconds", type=float, default=1.0, help="for each run of storing [%(default)s]")
    parser.add_argument("--messages", type=int, default=1_000_000, help="to search through [%(default)s]")
    options = parser.parse_args(arguments)
    reactor.seconds = time.monotonic
    if options.seconds:
        show_storing(options.folder, options.seconds)
    with TemporaryDirectory(dir=options.folder) as inner:
        path = Path(inner) / "bench.sqlite"
        fill(path, options.messages)
        print(f"the file has {path.stat().st_size / 1e6:,.0f} MB")
        for talk in (False, True):
            yield reading(reactor, path, options.messages, talk=talk)


if __name__ == "__main__":
    react(main, sys.argv[1:])
