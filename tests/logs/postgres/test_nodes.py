"""Two nodes over one database: what one adds, the other hears at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import psycopg
import pytest
from msgspec.structs import replace
from twisted.logger import LogEvent

from chatroom.core.ports import LogId, NewRoom
from chatroom.core.rooms.redactions import AT_ONCE
from chatroom.core.values.audit import Act
from chatroom.core.values.changes import Came, Change, Entry, Erased, Gone, Redaction, Tuned
from chatroom.core.values.names import Username
from chatroom.core.values.rights import Tuning
from chatroom.core.values.texts import MAX_TOPIC
from chatroom.logs.nodes.changes import Record
from chatroom.logs.nodes.engine import Call, Hint, Nodes
from chatroom.logs.postgres.listener import LONGEST, calling, payload
from tests.engine import Engine
from tests.logs.scribe import ALICE, NOON, SEAT, TEA, PostgresScribe, erased, message, texts, timeless

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
        one.ask(Came(ALICE, role="owner"), message("one"))
        other.hears(lambda: len(other.heard) == 2)
        other.ask(message("two"))
        one.hears(lambda: len(one.heard) == 3)
        came = Entry(Came(ALICE, role="owner"))
        assert one.heard == other.heard == [came, Entry(message("one"), 1), Entry(message("two"), 2)]


def test_what_is_too_long_for_a_hint_is_read(postgresql: Engine) -> None:
    with two_nodes(postgresql.database()) as (one, other):
        one.ask(*[message(f"{number} {'x' * 3900}") for number in range(40)])
        other.hears(lambda: len(other.heard) == 40)
        assert one.heard == other.heard


@pytest.mark.parametrize("kind", ["reacted", "renamed"])
def test_what_a_newer_server_adds_is_passed_over(postgresql: Engine, kind: str) -> None:
    where = postgresql.database()
    with two_nodes(where) as (one, other), psycopg.connect(where, autocommit=True) as newer:
        one.ask(message("one"))
        other.hears(lambda: len(other.heard) == 1)
        newer.execute("UPDATE chat.logs SET pos = pos + 1")
        newer.execute(
            "INSERT INTO chat.entries (log, pos, kind, at, name, text)"
            " SELECT id, pos, %s, 0, 'bob', '+1' FROM chat.logs WHERE id = %s",
            (kind, one.tea),
        )
        # Nor does a hint of another kind keep a node from hearing.
        for payload in ('{"node": "newer"}', "<xml>"):
            newer.execute("SELECT pg_notify('chat', %s)", (payload,))
        one.ask(message("two"))
        other.hears(lambda: len(other.heard) == 2)
        assert one.heard == other.heard == [Entry(message("one"), 1), Entry(message("two"), 2)]
        other.ask(message("three"))
        one.hears(lambda: len(one.heard) == 3)


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


def test_what_is_taken_back_at_one_is_nowhere_at_the_other(postgresql: Engine) -> None:
    where = postgresql.database()
    with two_nodes(where) as (one, other):
        one.ask(message("one", session=b"s", cid="c1"), message("two"))
        other.hears(lambda: len(other.heard) == 2)
        # Both at once: whoever is later does what is left, or nothing, and is told so.
        answers: dict[Node, list[object]] = {one: [], other: []}
        for node, numbers in (one, (1, 2)), (other, (2,)):
            change = erased(*numbers, by=BOB, note="why")
            node.scribe.log.change(node.tea, change, SEAT, answers[node].append)
            node.scribe.clock.advance(0)
        for node in (one, other):
            node.scribe.until(partial(bool, answers[node]))
            node.hears(partial(has_lost, node, 2))
        assert one.heard == other.heard
        assert sorted(each.seq for each in taken_back(one)) == [1, 2]
        told = [answer.change for [answer] in answers.values() if isinstance(answer, Entry)]
        assert told in (
            [erased(1, 2, by=BOB, note="why")],
            [erased(1, by=BOB, note="why"), erased(2, by=BOB, note="why")],
        )
        for node in (one, other):
            assert texts(node.scribe.read(node.tea)) == ["", ""]
            assert texts(node.scribe.search(node.tea, "one")) == texts(node.scribe.search(node.tea, "two")) == []
            assert list(node.scribe.redactions(node.tea)) == taken_back(one)
        assert other.scribe.audit() == one.scribe.audit(one.tea)
        assert {(act.by, act.action, act.room, act.username, act.reason) for act in one.scribe.audit()} == {
            (BOB, "redact", TEA, ALICE, "why")
        }
        # Who comes later is told how many, and what may be sent again.
        third = Node(where)
        third.come()
        opened = third.scribe.opened(new=None)
        assert (opened.redactions, [sent.digest for sent in opened.sent]) == (2, [b""])
        third.scribe.stop()


def test_what_is_sent_again_after_it_was_taken_back_is_known_and_shown_to_nobody(postgresql: Engine) -> None:
    with two_nodes(postgresql.database()) as (one, other):
        again = message("secret", session=b"s", cid="c1")
        one.ask(again, message("no name", session=b"s"))
        one.ask(erased(1))
        # It comes over a node that has not taken any hint yet; what has no cid is said once more there.
        answers = list[object]()
        for said in (replace(again, text="another secret"), message("no name", session=b"s")):
            other.scribe.log.change(other.tea, said, SEAT, lambda answer: answers.append(timeless(answer)))
        other.scribe.until(lambda: len(answers) == 2)
        assert answers == [Entry(replace(again, text=""), 1), Entry(message("no name", session=b"s"), 3)]
        assert other.heard == [
            Entry(replace(again, text=""), 1),
            Entry(message("no name", session=b"s"), 2),
            Entry(erased(1)),
            Entry(message("no name", session=b"s"), 3),
        ]
        one.hears(lambda: len(one.heard) == 4)
        assert one.heard[1:] == other.heard[1:]


def test_the_longest_of_what_is_taken_back_at_once_fits(postgresql: Engine) -> None:
    with two_nodes(postgresql.database()) as (one, other):
        one.ask(*[message(str(number)) for number in range(AT_ONCE)])
        other.hears(lambda: len(other.heard) == AT_ONCE)
        longest = Username("é" * 32)
        change = Erased(tuple(Redaction(number, longest, longest, '"' * MAX_TOPIC) for number in range(1, AT_ONCE + 1)))
        one.ask(change)
        other.hears(lambda: len(other.heard) > AT_ONCE)
        assert other.heard[-1] == Entry(change)


def test_what_was_done_is_kept_as_of_the_time_of_the_database(postgresql: Engine) -> None:
    where = postgresql.database()
    with two_nodes(where) as (one, other), psycopg.connect(where, autocommit=True) as connection:
        [(before,)] = connection.execute("SELECT chat.now()")
        one.ask(Tuned(Tuning(slow=1), BOB))
        assert other.scribe.note(Act(int(NOON * 1000), BOB, "disconnect", connection=7)) is None
        [(after,)] = connection.execute("SELECT chat.now()")
        acts = one.scribe.audit()
        assert [act.action for act in acts] == ["disconnect", "configure"]
        assert all(before <= act.at <= after for act in acts)


def test_of_a_room_that_is_removed_the_audit_stays(postgresql: Engine) -> None:
    where = postgresql.database()
    with two_nodes(where) as (one, _), psycopg.connect(where, autocommit=True) as connection:
        one.ask(message("one"), erased(1), Gone(ALICE))
        connection.execute("UPDATE chat.logs SET closed = 0")
        while connection.execute("SELECT chat.sweep(0, 0, 0, 0, 9)").fetchall() == [(True,)]:
            pass
        for table in ("logs", "entries", "redactions"):
            assert connection.execute(f"SELECT count(*) FROM chat.{table}".encode()).fetchall() == [(0,)]
        assert [act.action for act in one.scribe.audit(one.tea)] == ["delete", "redact"]


def has_lost(node: Node, many: int) -> bool:
    """Return whether *node* has heard that so many messages were taken back."""
    return len(taken_back(node)) == many


def taken_back(node: Node) -> list[Redaction]:
    """Return the redactions of which *node* has heard."""
    return [each for entry in node.heard if isinstance(entry.change, Erased) for each in entry.change.redactions]


def test_a_hint_is_as_long_as_it_may_be() -> None:
    def hint(length: int) -> str:
        record = Record(LogId(1), 7, 5, 1, "said", "alice", "é" * length, False, b"s" * 32, "c")
        return payload(3, Hint(LogId(1), 7, [record]))

    assert "alice" in hint(3000)
    assert len(hint(3000).encode()) <= LONGEST
    assert "alice" not in hint(4000)


CALLS = ["hear", "a" * 20_000, '"\\' * 9_000, "\U0001f375" * 9_000, "é\n" * 9_000]
"""Texts of which the same pieces come again, or which are longest when they are written."""


@pytest.mark.parametrize("text", CALLS)
def test_no_piece_of_a_call_is_longer_than_a_hint_may_be(text: str) -> None:
    written = [each.encode() for each in calling(2**40, 2**41, text)]
    assert len(set(written)) == len(written)
    assert max(map(len, written)) <= LONGEST


def test_calls_of_any_length_are_heard_whole_and_in_order_by_whom_they_are_for(postgresql: Engine) -> None:
    where = postgresql.database()
    with two_nodes(where) as (one, other), two_nodes(where) as (third, _):
        found: list[Nodes | Exception] = []
        one.scribe.log.node.engine.nodes(None, found.append)
        one.hears(lambda: bool(found))
        [nodes] = found
        assert isinstance(nodes, Nodes)
        me, him, *others = sorted(nodes.names)
        assert (nodes.me, len(others)) == (me, 2)
        heard: list[tuple[str, Call]] = []
        other.scribe.log.node.called = lambda call: heard.append(("other", call))
        third.scribe.log.node.called = lambda call: heard.append(("third", call))
        for text in CALLS:
            one.scribe.log.node.engine.call({him: text, others[0]: "for you"}, lambda result: None)
        other.hears(lambda: len(heard) == len(CALLS))
        assert heard == [("other", Call(me, text)) for text in CALLS]
        third.hears(lambda: len(heard) == 2 * len(CALLS))
        assert heard[-1] == ("third", Call(me, "for you"))
