"""The stored logs are the log in memory, under whatever is done to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, multiple, rule, run_state_machine_as_test
from msgspec.structs import replace as replaced
from twisted.logger import LogEvent
from typing_extensions import override

from chatroom.core.ports import LogId, NewRoom, Opened
from chatroom.core.search.tokenize import tokenize
from chatroom.core.values.authors import Author
from chatroom.core.values.errors import QueryInvalid, StorageFailed
from chatroom.core.values.events import KINDS, Message
from chatroom.core.values.names import Key, Username
from chatroom.logs.memory.log import MemoryLog
from chatroom.logs.retention import Retention
from chatroom.logs.sqlite.maintenance import REMOVED
from tests.engine import Engine
from tests.examples import examples
from tests.logs.scribe import (
    NOON,
    PostgresScribe,
    Scribe,
    SimulatedScribe,
    SQLiteScribe,
    locked,
    postgres,
    refusing_writes,
    sqlite,
    timeless,
)
from tests.simulation.world import World

KEPT = 30
ROOMS = ("tea", "TEA", "Pond", "湖")
SESSIONS = (b"a" * 32, b"b" * 32)

words = st.sampled_from(["tea", "teapot", "Tea!", "of", "喝茶", "茶", "☕☕", "-"])
spoken = st.lists(words, min_size=1, max_size=4).map(" ".join) | st.text(min_size=1, max_size=10).filter(
    lambda text: text.isprintable()
)
asked = st.lists(
    words
    | words.map(lambda word: f"{word}*")
    | st.lists(words, min_size=1, max_size=4).map(lambda some: f'"{" ".join(some)}"'),
    min_size=1,
    max_size=2,
).map(" ".join)
messages = st.builds(
    Message,
    st.just(Username("alice")),
    spoken,
    st.just(0),
    st.sampled_from(KINDS),
    st.sampled_from(SESSIONS),
    st.none() | st.text("abc", min_size=1, max_size=3),
)
bounds = st.none() | st.integers(0, 3 * KEPT)
authors = st.none() | st.builds(
    Author, st.none() | st.sampled_from(SESSIONS), st.none() | st.sampled_from(["alice", "bob"]).map(Key)
)


class SameLog(RuleBasedStateMachine):
    """Does the same to a stored log and to one in memory, and compares all answers."""

    def __init__(self) -> None:
        super().__init__()
        self.stored = self.started()
        self.memory = Scribe(MemoryLog(keep=KEPT))
        self.ids: dict[LogId, LogId] = {}
        self.epochs: dict[LogId, str] = {}
        self.names: dict[LogId, str] = {}
        self.open: set[LogId] = set()

    def started(self) -> SQLiteScribe | PostgresScribe | SimulatedScribe:
        raise NotImplementedError

    def failing(self) -> AbstractContextManager[None]:
        raise NotImplementedError

    @override
    def teardown(self) -> None:
        self.stored.stop()

    logs = Bundle("logs")

    @rule(target=logs, name=st.sampled_from(ROOMS), new=st.none() | st.builds(NewRoom, st.sampled_from(["", "a", "b"])))
    def opens(self, name: str, new: NewRoom | None) -> object:
        opened, expected = self.stored.open(name, new), self.memory.open(name, new)
        if expected is None:
            assert opened is None
            return multiple()
        self.ids[opened.log] = expected.log
        self.epochs.setdefault(opened.log, opened.epoch)
        self.open.add(opened.log)
        self.names[opened.log] = name
        self.same(opened, expected)
        return opened.log

    def same(self, opened: Opened, expected: Opened) -> None:
        assert self.ids[opened.log] == expected.log
        assert self.epochs[opened.log] == opened.epoch
        sent = [timeless(sent) for sent in opened.sent]
        # Some have a clock of their own.
        there = replace(opened, begun=expected.begun, topic_at=expected.topic_at, at=expected.at)
        assert replace(there, log=expected.log, epoch=expected.epoch, sent=tuple(sent)) == expected

    @rule(log=logs, said=st.lists(messages, min_size=1, max_size=5), times=st.sampled_from([1, 1, KEPT, 2 * REMOVED]))
    def say(self, log: LogId, said: list[Message], times: int) -> None:
        if log in self.open:
            # Nobody sends the same again under its name while that waits; the room sees to it.
            more = [replaced(message, cid=None) for message in said]
            # Not all at once: there is a bound to what waits.
            for count in [times] if times < REMOVED else [100] * (times // 100):
                some = said + more * (count - 1)
                assert self.stored.append(log, *some) == self.memory.append(self.ids[log], *some)

    @rule(log=logs, said=st.lists(messages, min_size=1, max_size=5))
    def say_in_vain(self, log: LogId, said: list[Message]) -> None:
        if log in self.open:
            with self.failing():
                assert all(isinstance(answer, StorageFailed) for answer in self.stored.append(log, *said))

    @rule(log=logs, back=st.lists(st.integers(-1, KEPT - 1), min_size=1, max_size=5))
    def erase(self, log: LogId, back: list[int]) -> None:
        if log in self.open:
            # Those that are no longer shown may still be there.
            seq = max([seq for seq, _ in self.memory.read(self.ids[log]).entries], default=0)
            numbers = [seq - some for some in back]
            assert self.stored.erase(log, *numbers) == self.memory.erase(self.ids[log], *numbers)

    @rule(log=logs, back=st.integers(0, KEPT - 1))
    def erase_in_vain(self, log: LogId, back: int) -> None:
        if log in self.open:
            seq = max([seq for seq, _ in self.memory.read(self.ids[log]).entries], default=0)
            with self.failing():
                assert isinstance(self.stored.erase(log, seq - back), StorageFailed | None)

    @rule(log=logs, after=st.integers(0, 9), limit=st.integers(1, 9))
    def read_redactions(self, log: LogId, after: int, limit: int) -> None:
        expected = self.memory.redactions(self.ids[log], after, limit)
        assert list(self.stored.redactions(log, after, limit)) == list(expected)

    @rule(log=st.none() | logs, limit=st.integers(1, 20))
    def audit(self, log: LogId | None, limit: int) -> None:
        acts = self.stored.audit(log, limit=limit)
        expected = self.memory.audit(log and self.ids[log], limit=limit)
        assert [*map(timeless, acts)] == [*map(timeless, expected)]

    @rule(log=logs, topic=st.text("ab", max_size=3))
    def sets_topic(self, log: LogId, topic: str) -> None:
        if log in self.open:
            assert self.stored.topic(log, topic) == self.memory.topic(self.ids[log], topic)

    @rule(log=logs, after=bounds, before=bounds, limit=st.integers(1, 20), back=st.integers(-5, KEPT))
    def read(self, log: LogId, after: int | None, before: int | None, limit: int, back: int) -> None:
        # Below, for the numbers go far beyond the bounds.
        seq = max([seq for seq, _ in self.memory.read(self.ids[log]).entries], default=0)
        for above, below in (after, before), (None, seq - back), (seq - back, None):
            page = self.stored.read(log, after=above, before=below, limit=limit)
            assert timeless(page) == self.memory.read(self.ids[log], after=above, before=below, limit=limit)

    @rule(
        log=logs,
        query=asked,
        before=bounds,
        limit=st.integers(1, 20),
        back=st.integers(-5, KEPT),
        after=st.integers(0, KEPT),
        author=authors,
    )
    def search(
        self, log: LogId, query: str, before: int | None, limit: int, back: int, after: int, author: Author | None
    ) -> None:
        seq = max([seq for seq, _ in self.memory.read(self.ids[log]).entries], default=0)
        if not tokenize(query):
            return
        more: dict[str, Any] = {"limit": limit, "after": after, "author": author}
        for below in before, seq - back:
            for words in (query, "") if author else (query,):
                page = self.stored.search(log, words, before=below, **more)
                assert timeless(page) == self.memory.search(self.ids[log], words, before=below, **more)

    @rule(log=logs)
    def close(self, log: LogId) -> None:
        if log in self.open:
            self.open.remove(log)
            self.stored.log.close(log)
            self.memory.log.close(self.ids[log])

    @rule(log=consumes(logs))
    def forget(self, log: LogId) -> None:
        if log in self.open:
            self.open.remove(log)
            assert self.stored.forget(log) == self.memory.forget(self.ids[log])

    @rule()
    def tend(self) -> None:
        self.stored.tend()

    @rule(killed=st.booleans())
    def restart(self, killed: bool) -> None:
        if killed:
            # What was asked without waiting for an answer may be lost.
            self.stored.open("nowhere", None)
            self.stored.crash()
        else:
            self.stored.stop()
        self.stored = self.started()
        restored = self.restored()
        assert {opened.log for opened in restored} == self.open
        for opened in restored:
            self.same(opened, self.memory.opened(opened.room, None))

    def restored(self) -> Sequence[Opened]:
        """Return the rooms that were open before a restart."""
        return self.stored.restored()

    def asked_for(self) -> Sequence[Opened]:
        """Return them where each is opened by whoever comes."""
        assert not self.stored.restored()
        return [self.stored.opened(self.names[log], None) for log in sorted(self.open)]


class SQLiteIsTheSame(SameLog):
    """Does it to the log in SQLite."""

    @override
    def started(self) -> SQLiteScribe:
        self.folder = getattr(self, "folder", None) or TemporaryDirectory()
        return SQLiteScribe(Path(self.folder.name) / "chatroom.sqlite", retention=Retention(messages=KEPT))

    @override
    def failing(self) -> AbstractContextManager[None]:
        assert isinstance(self.stored, SQLiteScribe)
        return locked(self.stored.log.path)

    @override
    def teardown(self) -> None:
        super().teardown()
        self.folder.cleanup()


class SimulationIsTheSame(SameLog):
    """Does it to the log of a node, whose engine is plain Python."""

    @override
    def started(self) -> SimulatedScribe:
        self.world = getattr(self, "world", None) or World(int(NOON * 1000))
        return SimulatedScribe(self.world, retention=Retention(messages=KEPT))

    @override
    def restored(self) -> Sequence[Opened]:
        return self.asked_for()

    @override
    def failing(self) -> AbstractContextManager[None]:
        return self.world.refusing()


def test_the_simulation_is_the_same_whatever_is_done(nothing_logged: list[LogEvent]) -> None:
    run_state_machine_as_test(SimulationIsTheSame, settings=examples(30, stateful_step_count=25))
    # That it could not store was meant.
    nothing_logged.clear()


def test_sqlite_is_the_same_whatever_is_done(nothing_logged: list[LogEvent]) -> None:
    run_state_machine_as_test(SQLiteIsTheSame, settings=examples(30, stateful_step_count=25))
    # That it could not store was meant.
    nothing_logged.clear()


@pytest.mark.engines
def test_postgres_is_the_same_whatever_is_done(postgresql: Engine, nothing_logged: list[LogEvent]) -> None:
    class PostgresIsTheSame(SameLog):
        """Does it to the log in PostgreSQL."""

        @override
        def started(self) -> PostgresScribe:
            self.database = getattr(self, "database", "") or postgresql.database()
            return PostgresScribe(self.database, retention=Retention(messages=KEPT))

        @override
        def restored(self) -> Sequence[Opened]:
            return self.asked_for()

        @override
        def failing(self) -> AbstractContextManager[None]:
            return refusing_writes(self.database)

    run_state_machine_as_test(PostgresIsTheSame, settings=examples(15, stateful_step_count=25))
    # That it could not store was meant.
    nothing_logged.clear()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.engines)])
def scribe(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SQLiteScribe | PostgresScribe]:
    """Ask one stored log, then the other."""
    if request.param == "sqlite":
        with sqlite(tmp_path / "chatroom.sqlite") as scribe:
            yield scribe
    else:
        with postgres(request.getfixturevalue("postgresql").database()) as scribe:
            yield scribe


def test_a_search_finds_the_same_indexed_or_not(scribe: SQLiteScribe | PostgresScribe) -> None:
    @examples(300)
    @given(st.lists(spoken, max_size=5), st.lists(spoken, max_size=5), asked | st.text(max_size=5), st.integers(0, 12))
    def finds(said: list[str], lately: list[str], query: str, before: int) -> None:
        memory = Scribe(MemoryLog())
        expected = memory.opened().log
        tea = scribe.opened().log
        memory.say(expected, *said, *lately)
        scribe.say(tea, *said)
        scribe.tend()
        scribe.say(tea, *lately)
        try:
            for bounds in {"limit": 3}, {"before": before}:
                assert timeless(scribe.search(tea, query, **bounds)) == memory.search(expected, query, **bounds)
        except QueryInvalid:
            with pytest.raises(QueryInvalid):
                memory.search(expected, query)
        finally:
            scribe.forget(tea)

    finds()
