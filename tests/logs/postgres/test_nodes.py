"""Two nodes over one database: what one adds, the other hears at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from twisted.logger import LogEvent

from chatroom.core.ports import LogId, NewRoom
from chatroom.core.values.changes import Came, Change, Entry, Gone
from chatroom.core.values.names import Username
from chatroom.logs.nodes.changes import Record
from chatroom.logs.nodes.engine import Hint
from chatroom.logs.postgres.listener import LONGEST, payload
from tests.engine import Engine
from tests.logs.scribe import ALICE, SEAT, PostgresScribe, message, timeless

pytestmark = pytest.mark.engines

BOB = Username("bob")


class Node:
    """A node in the database *where*, and what it has *heard* in the room."""

    def __init__(self, where: str) -> None:
        self.scribe = PostgresScribe(where)
        self.heard: list[Entry] = []
        self.tea = LogId(0)

    def come(self, new: NewRoom | None = None) -> set[Username]:
        """Follow the room, and return who is in."""
        self.tea = self.scribe.opened(new=new).log
        return set(self.scribe.log.follow(self.tea, lambda entry: self.heard.append(timeless(entry))))

    def ask(self, *changes: Change) -> None:
        """Let *changes* happen."""
        answers = list[object]()
        for change in changes:
            self.scribe.log.change(self.tea, change, SEAT, answers.append)
        self.scribe.until(lambda: len(answers) == len(changes))

    def hears(self, what: Callable[[], bool]) -> None:
        """Wait until *what* holds; in that time no hint is made up for by a look."""
        while not what():
            self.scribe.clock.advance(0)
            self.scribe.calls.get(timeout=20)()


@contextmanager
def two_nodes(where: str) -> Iterator[tuple[Node, Node]]:
    one = Node(where)
    one.scribe.seat(1)
    one.come(NewRoom("Tea"))
    other = Node(where)
    other.come()
    yield one, other
    for node in (one, other):
        node.scribe.stop()


def test_what_one_adds_the_other_hears(postgresql: Engine) -> None:
    with two_nodes(postgresql.database()) as (one, other):
        one.ask(Came(ALICE), message("one"))
        other.hears(lambda: len(other.heard) == 2)
        other.ask(message("two"))
        one.hears(lambda: len(one.heard) == 3)
        assert one.heard == other.heard == [Entry(Came(ALICE)), Entry(message("one"), 1), Entry(message("two"), 2)]


def test_what_is_too_long_for_a_hint_is_read(postgresql: Engine) -> None:
    with two_nodes(postgresql.database()) as (one, other):
        one.ask(*[message(f"{number} {'x' * 3900}") for number in range(40)])
        other.hears(lambda: len(other.heard) == 40)
        assert one.heard == other.heard


def test_who_comes_later_knows_who_is_in(postgresql: Engine) -> None:
    where = postgresql.database()
    with two_nodes(where) as (one, _):
        one.ask(Came(ALICE))
        third = Node(where)
        assert third.come() == {ALICE}
        one.ask(Gone(ALICE))
        third.hears(lambda: bool(third.heard))
        assert third.heard == [Entry(Gone(ALICE))]
        third.scribe.stop()


def test_what_was_said_while_a_node_did_not_listen_is_found_out(
    postgresql: Engine, nothing_logged: list[LogEvent]
) -> None:
    where = postgresql.database()
    with two_nodes(where) as (one, other), psycopg.connect(where, autocommit=True) as connection:
        listening = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %%' AND datname = %s"
        )
        postgresql.execute(listening, where.rpartition("/")[2].partition("?")[0])
        one.ask(message("one"))
        other.hears(lambda: bool(other.heard))
        assert connection.execute("SELECT count(*) FROM chat.nodes").fetchall() == [(2,)]


def test_a_hint_is_as_long_as_it_may_be() -> None:
    def hint(length: int) -> str:
        record = Record(LogId(1), 7, 5, 1, "said", "alice", "é" * length, False, b"s" * 32, "c")
        return payload(3, Hint(LogId(1), 7, [record]))

    assert "alice" in hint(3000)
    assert len(hint(3000).encode()) <= LONGEST
    assert "alice" not in hint(4000)
