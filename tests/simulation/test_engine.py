"""The engine in plain Python does what the functions in the database do: any batches are answered alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import astuple, replace
from operator import attrgetter
from unittest.mock import ANY

import psycopg
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import convert, json, structs

from chatroom.core.ports import KeptTalk, LogId, NewRoom, SeatId
from chatroom.core.values.accounts import Account, Device, Dropped, Merged, Revoked, Unlike
from chatroom.core.values.audit import Act
from chatroom.core.values.changes import (
    Called,
    Came,
    Change,
    Erased,
    Gone,
    Invited,
    Kicked,
    Lifted,
    Ranked,
    Redaction,
    Reported,
    Resolved,
    Retitled,
    Sanctioned,
    Tuned,
    Went,
)
from chatroom.core.values.events import KINDS, NUMBERS, Message, Said, Told
from chatroom.core.values.moments import LATEST
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.rights import Tuning
from chatroom.core.values.sanctions import Sanction
from chatroom.core.values.talks import place
from chatroom.logs.nodes.changes import (
    PROBE,
    ChangeRow,
    Record,
    answering,
    authenticating,
    changing,
    claiming,
    copying,
    knowing,
    noting,
    of_seat,
    opening,
    row,
    telling,
)
from chatroom.logs.nodes.changes import closing as closed
from chatroom.logs.nodes.engine import Appended, Bounds, Fenced, KeptAccount, KnownLog, Look, Lost, Mail, ShownRoom
from chatroom.logs.postgres.database import Connection, Database
from chatroom.logs.postgres.migrate import migrate
from chatroom.logs.postgres.session import DatabaseSession
from chatroom.logs.postgres.writer import Writer
from chatroom.logs.retention import Retention
from tests.engine import Engine
from tests.examples import examples
from tests.simulation.world import World

names = st.sampled_from([Username("alice"), Username("Bob"), Username("carol")])
logs = st.sampled_from([1, 1, 1, 2, 3, 4]).map(LogId)
seats = st.builds(SeatId, st.integers(1, 3), st.integers(1, 2))
persons = st.sampled_from([b"one", b"two"])
sanctions = st.builds(
    Sanction,
    st.sampled_from(["mute", "ban"]),
    names,
    persons,
    st.none() | st.just(b"host"),
    names,
    st.just(1),
    st.none() | st.just(LATEST),
    st.sampled_from(["", "why"]),
    st.booleans(),
    st.sampled_from(["", "192.0.2.0/24"]),
    st.sampled_from(["", "bob!*@*"]),
)
flags = st.none() | st.booleans()
changes: list[st.SearchStrategy[Change]] = [
    st.builds(
        Message,
        names,
        st.sampled_from(["hello", "bye"]),
        st.just(0),
        st.sampled_from(KINDS),
        persons,
        st.none() | st.sampled_from(["c1", "c2"]),
        st.none() | st.just(1),
    ),
    st.builds(Came, names, st.integers(0, 2), st.none() | persons),
    st.builds(Went, names, st.sampled_from(["left", "lost", None]), st.none() | persons, st.booleans()),
    st.builds(Called, names, names),
    st.builds(Retitled, st.sampled_from(["", "Tea"]), names),
    st.builds(Kicked, names, names, st.sampled_from(["", "why"]), persons),
    st.builds(Ranked, names, persons, st.sampled_from(["owner", "moderator", "voiced", "member"]), names),
    st.builds(
        Tuned,
        st.builds(
            Tuning,
            st.none() | st.integers(0, 9),
            *(flags, st.none(), flags, flags, flags, flags, flags),
            st.none() | st.sampled_from(["", "milk"]),
        ),
        names,
    ),
    st.builds(Invited, names, persons, names, st.booleans()),
    st.builds(Sanctioned, sanctions, st.lists(st.integers(1, 3), max_size=2, unique=True).map(tuple)),
    st.builds(Lifted, st.just("mute"), names, st.lists(st.integers(1, 3), max_size=2, unique=True).map(tuple), names),
    st.lists(
        st.builds(Redaction, st.integers(1, 4), names, names, st.sampled_from(["", "why"])), min_size=1, max_size=3
    ).map(lambda redactions: Erased(tuple(redactions))),
    st.builds(Gone, names),
]
new = st.none() | st.builds(
    NewRoom, st.just("Tea"), creator=st.none() | names, permanent=st.booleans(), owner=st.none() | st.just(b"one")
)
rows = st.one_of(
    # Each kind as often as all others.
    *(st.builds(row, logs, change, seats) for change in changes),
    # The house has no name.
    st.builds(opening, st.sampled_from(["tea", "TEA", "pond", ""]).map(RoomName), new),
    st.builds(closed, logs),
    st.just(PROBE),
    st.builds(noting, st.builds(Act, st.just(1), names, st.just("disconnect"), connection=st.integers(1, 2))),
    st.builds(noting, st.builds(Act, st.just(1), names, st.just("join"), st.just(RoomName("tea"))), logs),
)
sessions = st.sampled_from([None, b"one", b"two"])
accounts = st.builds(
    Account,
    persons,
    names,
    st.sampled_from(["hash", "other"]),
    st.just(1),
    st.just(1),
    st.sampled_from(["member", "operator"]),
    st.lists(st.tuples(names, st.sampled_from([1, 1 << 60])), max_size=2, unique_by=lambda name: name[0]).map(tuple),
)
devices = st.builds(
    Device,
    st.integers(1, 3),
    persons,
    st.just("token"),
    st.sampled_from([b"secret", b"another"]),
    st.just(1),
    st.integers(1, 3),
    st.just("frames"),
    st.just("here"),
    session=sessions,
)
of_accounts = st.one_of(
    st.builds(
        lambda account, was: changing([account], {was.id: was} if was else {}, {}), accounts, st.none() | accounts
    ),
    st.builds(
        lambda account, name, was, unlike: changing(
            [structs.replace(account, username=name), *([Unlike(account.id)] if unlike else [])],
            {account.id: account} if was else {},
            {},
        ),
        accounts,
        st.sampled_from([Username("a1ice"), Username("caro1"), Username("alice")]),
        flags,
        flags,
    ),
    st.builds(
        # Of what guests are known by, none is that of an account.
        lambda account, guest: changing([structs.replace(account, id=b"four"), Merged(guest, b"four")], {}, {}),
        accounts,
        persons,
    ),
    st.builds(lambda device, known: changing([device], {}, {device.number: device} if known else {}), devices, flags),
    st.builds(lambda person: changing([Dropped(person)], {}, {}), persons),
    st.builds(
        lambda number, person: changing([Revoked((number,), person)], {}, {}), st.integers(1, 3), st.none() | persons
    ),
)
people = st.one_of(
    st.builds(claiming, names, sessions, persons, st.none() | st.just(b"host")),
    st.builds(
        claiming,
        names,
        sessions,
        persons,
        proved=st.just(True),
        device=st.integers(1, 3),
        most=st.sampled_from([0, 2]),
        proof=st.sampled_from([None, "hash", "other"]),
    ),
    of_accounts,
    of_accounts,
    st.builds(
        authenticating,
        seats,
        names,
        persons | st.just(b"three"),
        device=st.integers(1, 3),
        most=st.sampled_from([0, 2]),
    ),
    st.builds(knowing, seats, persons),
    st.builds(copying, st.builds(Told, names, names, st.just(0), st.just("psst"))),
    st.builds(of_seat, st.sampled_from(["reserve", "rename"]), seats, names),
    st.builds(of_seat, st.sampled_from(["free", "disclaim"]), seats),
    st.builds(telling, st.builds(Told, names, names, st.just(0), st.just("psst")), elsewhere=st.booleans()),
    st.builds(answering, st.integers(1, 2), st.sampled_from(["", "Unavailable"])),
)
nodes = st.integers(0, 1)
Batch = tuple[int, list[ChangeRow]]


def once(batch: list[ChangeRow]) -> list[ChangeRow]:
    """Return *batch* without what is sent again in it: while that waits, the room sees to it."""
    sent = [(row.log, row.session, row.cid) for row in batch]
    return [row for at, row in enumerate(batch) if row.kind != "said" or not row.cid or sent[at] not in sent[:at]]


reports = st.builds(
    row,
    st.just(LogId(1)),
    st.builds(
        Reported, logs, st.just(RoomName("tea")), st.integers(1, 4), names, persons, st.sampled_from(["why", "'\"\\"])
    )
    | st.builds(
        Resolved,
        st.integers(1, 3),
        names,
        st.none() | logs,
        st.just(RoomName("tea")),
        st.integers(1, 4),
        names,
        st.sampled_from(["", "seen"]),
    ),
    seats,
)
# What was said in the same batch is nobody's to report: nobody has been shown it.
batches = st.tuples(nodes, st.lists(rows | people, min_size=1, max_size=6).map(once) | reports.map(lambda row: [row]))
SPOKEN: list[Batch] = [
    (0, [opening(RoomName("tea"), NewRoom())]),
    (0, [row(LogId(1), Message(Username("alice"), text, 0, session=b"one", cid=text), None) for text in ("c1", "c2")]),
]
"""Batches that make a room in which something was said."""
GUEST: list[Batch] = [
    (0, [opening(RoomName("tea"), NewRoom())]),
    (1, [changing([Account(b"one", Username("alice"), "hash", 1, 1)], {}, {})]),
    (0, [claiming(Username("Bob"), b"two", b"two"), claiming(Username("carol"), None, b"three")]),
    (1, [claiming(Username("alice"), b"one", b"one", proved=True)]),
    (0, [row(LogId(1), Came(Username("Bob"), 0, b"two"), SeatId(1, 1))]),
]
"""Batches that make a room in which somebody is who has an account, but is there as a guest."""
TALK: list[Batch] = [
    (0, [changing([Account(b"one", Username("alice"), "hash", 1, 1)], {}, {})]),
    (0, [changing([Account(b"two", Username("Bob"), "hash", 1, 1)], {}, {})]),
    (0, [opening(place(b"two", b"one"), NewRoom()), claiming(Username("alice"), None, b"one", proved=True)]),
    (1, [claiming(Username(name), None, id, proved=True) for name, id in (("alice", b"one"), ("Bob", b"two"))]),
    (0, [row(LogId(1), Message(Username("alice"), "hello", 0, session=b"one"), None)._replace(seat=1)]),
]
"""Batches by which two accounts have begun to talk."""
JSON = ("sanctioned", "erased", "reported", "resolved", "admitted", "merged")
"""The kinds of entries whose texts are JSON, and may be told otherwise."""

bounds = st.builds(
    Bounds,
    st.sampled_from([0, 1]),
    st.just(0),
    st.none() | st.just(1 << 60),
    st.sampled_from([0, 1 << 60]),
    st.integers(0, 2),
    st.integers(0, 1),
)


class Both:
    """Two nodes of the database *where*, and two of a plain world, to be told and to tell the same."""

    def __init__(self, where: str, sessions: Sequence[DatabaseSession] = ()) -> None:
        self.world = World(1 << 45)
        self.writers = [Writer(Database(where), "the database", Retention()) for _ in range(2)]
        for writer, session in zip(self.writers, sessions, strict=False):
            writer.session = session
        self.nodes = [(writer.begin()[0], self.world.join()) for writer in self.writers]
        assert all(one == other for one, other in self.nodes)
        self.batches = 0
        self.seen: dict[int, list[int]] = {}

    def append(self, at: int, batch: list[ChangeRow], kept: Bounds) -> None:
        """Let the node *at* ask for *batch*, twice: it does not know whether it has happened."""
        self.batches += 1
        some = self.batches % 3
        heads = {log: life.pos for log, life in self.world.logs.items()}
        known = {row.log: KnownLog(min(some, heads.get(row.log, 0)), some) for row in batch if row.log is not None}
        node, writer = self.nodes[at][0], self.writers[at]
        expected = told(self.world.append(node, self.batches, batch, known, kept))
        assert told(writer.append(self.batches, batch, known, kept)) == expected
        assert told(writer.append(self.batches, batch, known, kept)) == expected
        assert told(self.world.append(node, self.batches, batch, known, kept)) == expected

    def _kept(self) -> list[KeptAccount]:
        """Return all accounts of the world, page by page."""
        kept: list[KeptAccount] = []
        while page := self.world.kept(max((each.account.id for each in kept if each.account), default=b"")):
            kept += page
        return kept

    def look(self, at: int) -> None:
        """Let the node *at* look around, list rooms and people, and take back a mail."""
        node, writer = self.nodes[at][0], self.writers[at]
        logs = [LogId(1), LogId(2)]
        seen, expected = writer.look(logs, None), self.world.look(node, logs, None, self.seen.get(at, []))
        self.seen[at] = [mail.number for mail in expected.mail]
        assert seen.heads == expected.heads
        assert seen.dead == expected.dead
        assert [letter(mail) for mail in seen.mail] == [letter(mail) for mail in expected.mail]
        assert sorted(map(repr, writer.accounts(None))) == sorted(map(repr, self._kept()))
        assert writer.bound(b"one") == self.world.bound(b"one")
        assert writer.device() == self.world.device_number()
        for room in (None, RoomName("tea")):
            for after in (None, Username("bob")):
                for viewer in (None, b"one", b"two", b"nobody"):
                    assert writer.who(room, after, 2, viewer) == self.world.who(room, after, 2, viewer)
        assert writer.person(Username("BOB")) == self.world.person(Username("BOB"))
        around = self.world.look(node, logs, "0", self.seen[at])
        assert open_rooms(writer.look(logs, "0")) == open_rooms(around)
        self.seen[at] = [mail.number for mail in around.mail]
        for match, behind in (("", None), ("E", RoomName("pond"))):
            listed, there = writer.rooms(match, behind), self.world.rooms(node, match, behind)
            assert listed.looked_at == there.looked_at
            assert [*map(undated, listed.rooms)] == [*map(undated, there.rooms)]
        for person in (b"one", b"two"):
            for before, most in ((None, 9), (1 << 60, 1), (1, 9)):
                # Which is newer the clock of the database says; in the world it stands still.
                found, kept = writer.talks(person, before, most), self.world.talks_of(person, before, 9)
                times = [talk.message.at for talk in found]
                assert times == sorted(times, reverse=True)
                assert len({talk.log for talk in found}) == len(found) == min(most, len(kept))
                assert all(untimed(talk) in map(untimed, kept) for talk in found)
        assert writer.withdraw(1) == self.world.withdraw(1)

    def bury(self, *, every: bool) -> None:
        """Let the second node leave, and the first one bury it."""
        writer, (number, node) = self.writers[0], self.nodes[1]
        self.writers[1].leave()
        self.world.leave(node)
        more = True
        records = list[Record]()
        while more:
            some, more = writer.bury(number, every=every)
            records += some
        expected = list[Record]()
        more = True
        while more:
            some, more = self.world.bury(node, every=every)
            expected += some
        assert sorted(record[4:] for record in records) == sorted(record[4:] for record in expected)
        assert {record.log: record.pos for record in records} == {record.log: record.pos for record in expected}

    def close(self) -> None:
        """Leave the database."""
        for writer in self.writers:
            writer.close()


Begin = Callable[[], tuple[Both, Connection]]
"""Begins with a database that is as new, which one looks into by the connection."""


@pytest.fixture
def begin(postgresql: Engine) -> Iterator[Begin]:
    """Return what begins anew with the same database, and the same sessions: another one takes much longer."""
    where = postgresql.database()
    sessions = [DatabaseSession(Database(where)) for _ in range(2)]

    def begin() -> tuple[Both, Connection]:
        connection.rollback()
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'chat'").fetchall()
        for [table] in tables:
            connection.execute(f"DELETE FROM chat.{table}".encode())
        connection.execute("INSERT INTO chat.meta TABLE public.meta")
        connection.execute(
            "SELECT setval(format('chat.%I', sequencename), 1, false) FROM pg_sequences WHERE schemaname = 'chat'"
        )
        connection.commit()
        return Both(where, sessions), connection

    with psycopg.connect(where) as connection:
        migrate(connection, "the database")
        connection.execute("CREATE TABLE public.meta AS TABLE chat.meta")
        connection.commit()
        yield begin
        for session in sessions:
            session.drop()


@pytest.mark.engines
def test_any_batches_are_answered_alike(begin: Begin) -> None:
    @examples(150)
    @given(
        st.lists(batches, max_size=8).map(lambda some: SPOKEN + some) | st.lists(batches, max_size=8),
        st.lists(batches, max_size=3),
        bounds,
        st.booleans(),
    )
    def alike(before: list[Batch], after: list[Batch], kept: Bounds, every: bool) -> None:
        both, connection = begin()
        for node, batch in before:
            both.append(node, batch, kept)
        both.look(0)
        both.look(1)
        both.bury(every=every)
        both.look(0)
        for _, batch in after:
            both.append(0, batch, kept)
        same(connection, both.world)
        while both.world.sweep(kept):
            pass
        while both.writers[0].sweep(kept):
            pass
        left = connection.execute("SELECT log, pos FROM chat.entries ORDER BY log, pos").fetchall()
        lives = sorted(both.world.logs.items())
        assert left == [(log, each.pos) for log, life in lives for each in life.entries]
        assert connection.execute("SELECT id FROM chat.logs ORDER BY id").fetchall() == [(log,) for log, _ in lives]

    alike()


@pytest.mark.engines
def test_a_batch_of_who_knows_more_than_there_is_changes_nothing_alike(begin: Begin) -> None:
    both, connection = begin()
    for node, batch in SPOKEN:
        both.append(node, batch, Bounds(0, 0, None))
    tea, said = LogId(1), Message(Username("alice"), "c3", 0, session=b"one", cid="c3")
    batch = [opening(RoomName("pond"), NewRoom()), row(tea, said, None)]
    known = {tea: KnownLog(3, 2)}
    node = both.nodes[0][0]
    with pytest.raises(Lost, match="of 3 entries of the room tea, there are 2"):
        both.world.append(node, 3, batch, known, Bounds(0, 0, None))
    with pytest.raises(Lost, match="of 3 entries of the room tea, there are 2"):
        both.writers[0].append(3, batch, known, Bounds(0, 0, None))
    same(connection, both.world)
    both.close()


@pytest.mark.engines
def test_no_server_is_a_node_any_more_where_rooms_have_begun_new_epochs_alike(begin: Begin) -> None:
    both, connection = begin()
    for node, batch in SPOKEN:
        both.append(node, batch, Bounds(0, 0, None))
    before = connection.execute("SELECT epoch FROM chat.logs").fetchall()
    for saw, done in ((0, True), (0, False)):
        assert both.world.renumber(saw) == both.writers[0].renumber(saw) == done
    assert not set(before) & {*connection.execute("SELECT epoch FROM chat.logs")}
    assert {*connection.execute("SELECT id, beat FROM chat.dead")} == {*both.world.ended.items()}
    for (node, *_), writer in zip(both.nodes, both.writers, strict=True):
        with pytest.raises(Fenced):
            both.world.look(node, [], None)
        with pytest.raises(Fenced):
            writer.look([], None)
    generations = {generation for _, generation in (writer.begin_anew() for writer in both.writers)}
    assert generations == {both.world.generation} == {1}
    both.close()


@pytest.mark.engines
def test_a_server_is_dead_where_its_sign_of_life_has_not_moved_alike(begin: Begin) -> None:
    both, connection = begin()
    (_, one), (number, other) = both.nodes
    beats = both.writers[0].look([], None).beats[number], both.world.look(one, [], None).beats[other]
    for moved, dead in ((-1, False), (0, True), (0, False)):
        beat, there = (known + moved for known in beats)
        assert both.writers[0].reap(number, beat) == both.world.reap(other, there) == dead
    assert connection.execute("SELECT id, beat FROM chat.dead").fetchall() == [(number, beats[0])]
    assert both.world.ended == {other: beats[1]}
    both.close()


@pytest.mark.engines
def test_who_is_an_account_s_meanwhile_is_so_alike(begin: Begin) -> None:
    bob, carol, alice = ((Username(name), SeatId(seat, 1)) for name, seat in (("Bob", 1), ("carol", 2), ("alice", 3)))
    acts = [
        st.builds(Ranked, names, persons, st.sampled_from(["owner", "moderator", "voiced", "member"]), names),
        st.builds(Tuned, st.builds(Tuning, private=flags, hidden=flags), names),
        st.builds(Invited, names, persons, names, st.booleans()),
        st.builds(Sanctioned, sanctions),
        st.builds(Kicked, names, names, st.just("why"), persons),
    ]
    changed = st.one_of(
        *(st.builds(row, st.just(LogId(1)), act, seats) for act in acts),
        st.sampled_from([bob, carol, alice]).map(lambda one: row(LogId(1), Came(one[0], 0, b"two"), one[1])),
        st.sampled_from([bob, carol, alice]).map(lambda one: row(LogId(1), Went(one[0], "left"), one[1])),
        st.builds(of_seat, st.sampled_from(["free", "disclaim"]), seats),
        of_accounts,
        st.builds(claiming, names, sessions, st.just(b"one"), proved=st.just(True), device=st.integers(1, 3)),
    )
    some = st.lists(st.tuples(nodes, st.lists(changed, min_size=1, max_size=3)), max_size=4)
    become = st.builds(
        authenticating,
        st.just(SeatId(1, 1)),
        names,
        st.just(b"one"),
        device=st.integers(1, 3),
        most=st.sampled_from([0, 2]),
    )

    became = authenticating(SeatId(1, 1), Username("alice"), b"one", device=1, most=0)
    again = row(LogId(1), Came(bob[0], 0, b"two"), bob[1])
    invited = row(LogId(1), Invited(bob[0], b"one", bob[0]), bob[1])
    hidden = row(LogId(1), Tuned(Tuning(private=True), bob[0]), bob[1])
    kicked = row(LogId(1), Kicked(carol[0], bob[0], "why", b"one"), bob[1])

    @examples(60)
    @example([(0, [claiming(alice[0], None, b"one", proved=True)])], (0, [became, again]), [(1, [invited])])
    @example([], (0, [became, changing([Dropped(b"one")], {}, {})]), [(0, [again])])
    @example([(0, [hidden])], (0, [became, again]), [(0, [kicked])])
    @given(some, st.tuples(st.just(0), st.tuples(become, changed).map(list)), some)
    def alike(before: list[Batch], then: Batch, after: list[Batch]) -> None:
        both, connection = begin()
        for node, batch in (*GUEST, *before, then, *after):
            both.append(node, batch, Bounds(0, 0, None))
        both.look(0)
        both.look(1)
        same(connection, both.world)

    alike()


@pytest.mark.engines
def test_talks_are_kept_and_told_alike(begin: Begin) -> None:
    talks = st.sampled_from([place(b"one", b"two"), place(b"one", b"one"), place(b"two", b"nobody")])
    speech = [
        st.builds(
            Message,
            names,
            st.sampled_from(["hello", "bye"]),
            st.just(0),
            st.sampled_from(KINDS),
            persons,
            withheld=st.booleans(),
        ),
        st.lists(st.builds(Redaction, st.integers(1, 3), names, names, st.just("")), min_size=1, max_size=2).map(
            lambda redactions: Erased(tuple(redactions))
        ),
    ]
    changed = st.one_of(
        *(
            st.builds(
                lambda log, change, seat: row(log, change, seat)._replace(seat=seat and seat.number),
                logs,
                change,
                st.none() | seats,
            )
            for change in speech
        ),
        st.builds(opening, talks, st.none() | st.just(NewRoom())),
        st.builds(closed, logs),
        st.builds(of_seat, st.just("free"), seats),
        st.builds(lambda person: changing([Dropped(person)], {}, {}), persons),
        of_accounts,
        st.builds(claiming, names, sessions, persons, proved=st.just(True)),
    )
    some = st.lists(st.tuples(nodes, st.lists(changed, min_size=1, max_size=3)), max_size=6)

    @examples(100)
    @given(some, bounds, some)
    def alike(before: list[Batch], kept: Bounds, after: list[Batch]) -> None:
        both, connection = begin()
        for node, batch in (*TALK, *before):
            both.append(node, batch, kept)
        both.look(0)
        both.look(1)
        for node, batch in after:
            both.append(node, batch, kept)
        both.look(1)
        both.look(0)
        while both.world.sweep(kept):
            pass
        while both.writers[0].sweep(kept):
            pass
        same(connection, both.world)

    alike()


@pytest.mark.engines
def test_who_is_renamed_as_an_earlier_connection_gives_up_the_seat_is_called_so_in_their_rooms(
    postgresql: Engine,
) -> None:
    where, kept = postgresql.database(), Bounds(0, 0, None)
    alice, carol, old, new = Username("alice"), Username("carol"), SeatId(1, 1), SeatId(1, 2)
    with closing(Both(where)) as both, psycopg.connect(where) as connection:
        both.append(0, [opening(RoomName("tea"), NewRoom()), claiming(alice, b"session", b"session")], kept)
        both.append(0, [row(LogId(1), Came(alice, 0), old), claiming(alice, b"session", b"session")], kept)
        called = row(LogId(1), Called(alice, carol), new)
        both.append(0, [of_seat("free", old), of_seat("rename", new, carol), called], kept)
        same(connection, both.world)
        assert both.world.logs[LogId(1)].people == {"carol": "carol"}


@pytest.mark.engines
def test_who_comes_in_again_hears_nothing_more_of_having_left_alike(begin: Begin) -> None:
    both, connection = begin()
    account = Account(b"one", Username("alice"), "hash", 1, 1)
    alice, kept, tea = account.username, Bounds(0, 0, None), LogId(1)
    here = claiming(alice, None, b"one", proved=True, device=1, proof="hash")
    come = [row(tea, Came(alice, 0), SeatId(number, 1)) for number in (1, 2)]
    rooms = [opening(RoomName("tea"), NewRoom()), opening(RoomName("pond"), NewRoom())]
    both.append(0, [changing([account], {}, {}), here, *rooms], kept)
    both.append(1, [here], kept)
    for at in (0, 1):
        both.append(at, [come[at], row(LogId(2), Came(alice, 0), SeatId(at + 1, 1))], kept)
    leave = [row(log, Went(alice, "left", elsewhere=True), SeatId(1, 1)) for log in (tea, LogId(2))]
    both.append(0, leave, kept)
    both.append(1, [come[1]], kept)
    node = both.nodes[1][0]
    left = [mail.content for mail in both.world.look(node, [], None, []).mail if mail.kind == "left"]
    assert left == ["pond"]
    both.look(1)
    same(connection, both.world)
    both.close()


def open_rooms(look: Look) -> list[ShownRoom]:
    """Return the rooms of the lobby that *look* has seen."""
    return sorted((undated(shown) for shown in look.rooms if shown.open), key=attrgetter("room"))


def undated(shown: ShownRoom) -> ShownRoom:
    """Return *shown* as of no time: a database has a clock of its own."""
    return shown._replace(created=shown.created > 0, topic_at=shown.topic_at > 0)


def same(connection: psycopg.Connection[tuple[object, ...]], world: World) -> None:
    """Assert that the database is as *world*."""
    state = connection.execute(
        "SELECT id, key, topic, topic_by, begun > 0, topic_at > 0, closed IS NULL, pos, seq, members, empty IS NULL,"
        " permanent FROM chat.logs ORDER BY id"
    )
    assert state.fetchall() == [
        (
            life.log,
            life.key,
            life.topic,
            life.topic_by,
            ANY,
            life.topic_at > 0,
            life.closed is None,
            life.pos,
            life.seq,
            life.members if life.key is not None else ANY,
            life.empty is None if life.key is not None else ANY,
            life.permanent,
        )
        for life in world.logs.values()
    ]
    users = connection.execute("SELECT key, name, reserved, connection FROM chat.users ORDER BY key").fetchall()
    assert users == [
        (key, holder.name, *(holder.reserved or (None, None))) for key, holder in sorted(world.users.items())
    ]
    roles = connection.execute(
        "SELECT id, owner, slow, locked, guests, invite_only, hidden, topic_locked, password <> '', password, keys,"
        " ARRAY(SELECT person FROM chat.moderators WHERE log = id ORDER BY person),"
        " ARRAY(SELECT person FROM chat.voiced WHERE log = id ORDER BY person),"
        " ARRAY(SELECT person FROM chat.admitted WHERE log = id ORDER BY person) FROM chat.logs ORDER BY id"
    )
    assert roles.fetchall() == [
        (
            life.log,
            life.owner,
            *structs.astuple(life.settings),
            life.lock,
            life.keys,
            sorted(life.moderators),
            sorted(life.voiced),
            sorted(life.admitted),
        )
        for life in world.logs.values()
    ]
    imposed = connection.execute(
        "SELECT kind, username, person, host, imposer, at, until, reason, everybody, network, mask, number"
        " FROM chat.sanctions ORDER BY log, number"
    )
    assert [*imposed] == [
        structs.astuple(sanction) for life in world.logs.values() for sanction in life.sanctions.values()
    ]
    texts = connection.execute(
        "SELECT log, pos, text, re, words IS NULL FROM chat.entries WHERE seq > 0 ORDER BY log, pos"
    )
    assert texts.fetchall() == [
        (life.log, kept.pos, kept.row.text, kept.row.re, not kept.row.text)
        for life in world.logs.values()
        for kept in life.entries
        if kept.seq
    ]
    redactions = connection.execute(
        "SELECT log, number, l.redactions, r.seq, username, redactor, note"
        " FROM chat.redactions r JOIN chat.logs l ON l.id = log ORDER BY log, number"
    )
    assert redactions.fetchall() == [
        (life.log, number, len(life.redactions), *structs.astuple(redaction)[:4])
        for life in world.logs.values()
        for number, redaction in enumerate(life.redactions, 1)
    ]
    reported = connection.execute(
        "SELECT number, log, seq, speaker, text, kind, about, reporter, person, reason,"
        " resolved IS NULL, resolver, note, re,"
        " ARRAY(SELECT concat_ws(' ', seq, speaker, text, re) FROM chat.contexts WHERE report = number ORDER BY seq)"
        " FROM chat.reports ORDER BY number"
    )
    assert reported.fetchall() == [
        (
            kept.number,
            kept.log,
            kept.said.seq,
            kept.said.message.speaker,
            kept.said.message.text,
            NUMBERS[kept.said.message.kind],
            kept.about,
            kept.by,
            each.person,
            kept.reason,
            kept.resolved is None,
            kept.resolver,
            kept.note,
            kept.said.message.re,
            [copied(said) for said in kept.context],
        )
        for each in world.reports.values()
        for kept in (each.kept,)
    ]
    # A batch is told room by room there.
    audit = connection.execute("SELECT log, act FROM chat.audit ORDER BY log, number").fetchall()
    acts = sorted(world.audit, key=lambda row: (row[0] is None, row[0]))
    assert [(log, structs.replace(convert(act, Act), at=0)) for log, act in audit] == [
        (log, structs.replace(act, at=0, number=0)) for log, act in acts
    ]
    follows = connection.execute("SELECT person, log, keyed FROM chat.follows").fetchall()
    assert sorted(follows) == sorted((*place, keyed) for place, keyed in world.follows.items())
    known = "SELECT id, key, session, person, host, node, connection, device, guest FROM chat.seats ORDER BY id"
    seats = connection.execute(known).fetchall()
    assert seats == [astuple(seat) for seat in world.seats.values()]
    readers = connection.execute("SELECT log, seat, connection, key, name FROM chat.readers ORDER BY log, seat")
    assert readers.fetchall() == [
        (life.log, seat, reading.connection, reading.key, reading.name)
        for life in world.logs.values()
        for seat, reading in sorted(life.readers.items())
    ]
    owned = connection.execute("SELECT key, account, username, until, place FROM chat.names ORDER BY key").fetchall()
    assert owned == [(key, *astuple(name)) for key, name in sorted(world.names.items())]
    talked = connection.execute("SELECT log, person, other, seq, name FROM chat.talks ORDER BY log, person").fetchall()
    assert talked == [(*who, talk.other, talk.seq, talk.name) for who, talk in sorted(world.talks.items())]
    mail = connection.execute("SELECT number, node, kind, taken FROM chat.mail ORDER BY number").fetchall()
    assert mail == [(each.mail.number, each.node, each.mail.kind, each.taken) for each in world.mail.values()]


def copied(said: Said) -> str:
    """Return what is kept of a message before one that was reported."""
    message = said.message
    return f"{said.seq} {message.speaker} {message.text}" + (f" {message.re}" if message.re else "")


def letter(mail: Mail) -> Mail:
    """Return *mail* as it is told, whenever that is."""
    # JSON is written otherwise, and is the same.
    content = mail.content
    if content and mail.kind == "rooms":
        content = json.encode(json.decode(content)).decode()
    elif content and mail.kind in ("talked", "invited"):
        record = json.decode(content, type=Record)._replace(at=0)
        content = repr((record._replace(text=None), record.entry()))
    return mail._replace(at=0, content=content)


def untimed(talk: KeptTalk) -> KeptTalk:
    """Return *talk* as it is, whenever its newest message was said."""
    return replace(talk, message=structs.replace(talk.message, at=0))


def told(appended: Appended) -> tuple[list[object], list[object]]:
    """Return what a batch was told, but for the time."""
    # JSON is written otherwise, and is the same.
    entries = [(record, record.entry() if record.kind in JSON else None) for record in appended.others]
    known = [(record._replace(text=None) if entry else record, entry) for record, entry in entries]
    others = sorted(((each.log, each.pos, each.seq, each[4:], entry) for each, entry in known), key=lambda it: it[:2])
    answers = [answer if answer.outcome == "resumed" else answer._replace(at=None) for answer in appended.answers]
    return [
        (
            answer._replace(rooms=None, content=None),
            [*(answer.rooms or ())],
            answer.content and json.decode(answer.content),
        )
        for answer in answers
    ], [*others]
