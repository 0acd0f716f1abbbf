"""Writing of the log, as a node: batch after batch, each once, whatever becomes of the connection."""

from __future__ import annotations

import os
from base64 import b64decode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from operator import itemgetter
from secrets import token_urlsafe
from socket import gethostname
from typing import Any, LiteralString

import msgspec
import psycopg
from psycopg.errors import Diagnostic

from chatroom.core.people.directory import Somebody
from chatroom.core.ports import FollowedRoom, KeptTalk, LogId, Opened
from chatroom.core.values.changes import Erased
from chatroom.core.values.events import Message, kind_of
from chatroom.core.values.limits import PAGE_NAMES
from chatroom.core.values.names import Key, RoomName, Username, fold, key
from chatroom.core.values.rights import settings
from chatroom.core.values.sanctions import Sanction
from chatroom.logs.machinery.group_commit import Unfit
from chatroom.logs.nodes.changes import MESSAGES, Become, ChangeRow, Decision, Record, is_urgent, numbered
from chatroom.logs.nodes.engine import (
    AccountsChanged,
    Appended,
    Bounds,
    Buried,
    Catalogue,
    EngineRefused,
    Fenced,
    Found,
    Hint,
    KeptAccount,
    KnownLog,
    Look,
    Lost,
    Mail,
    Mailed,
    Nodes,
    OutcomeUnknown,
    PeoplePage,
    ShownRoom,
    Unreachable,
)
from chatroom.logs.postgres.database import Connection, Database
from chatroom.logs.postgres.errors import FENCED, LOST, REPEATABLE, in_one_line, is_unfit
from chatroom.logs.postgres.listener import CHANNEL, calling, payload
from chatroom.logs.postgres.looks import renew_looks
from chatroom.logs.postgres.migrate import migrate
from chatroom.logs.postgres.session import DatabaseSession
from chatroom.logs.postgres.vacuum import PAUSE, TO_VACUUM
from chatroom.logs.postgres.words import vector
from chatroom.logs.retention import Retention

JOIN = "INSERT INTO chat.nodes (token, address) VALUES (%s, %s) RETURNING id"

BEATS = """
    SELECT coalesce(
        (SELECT beat FROM chat.nodes WHERE id = %(id)s AND token = %(token)s),
        (SELECT beat FROM chat.dead WHERE id = %(id)s),
        -1
    )
"""
"""The signs of life of a node, up to its end; fewer than any has if it never was one."""

WHO = "SELECT * FROM chat.who(%s, %s, %s, %s, %s, %s)"

PERSON = "SELECT * FROM chat.person(%s, %s, %s)"

LIST = """
    SELECT key, room, topic, members, capacity, slow, locked, guests, invite_only, hidden, topic_locked,
        keyed, begun, topic_at, insiders
    FROM chat.rooms(%s, %s, %s, %s)
"""

APPEND = """
    SELECT n, outcome, log, pos, seq, at, kind, name, content, action, session, cid, by, re, rooms FROM chat.append(
        %s, %s, %s, %s, %s, %s, %s, %s::bigint[], %s::bigint[], %s::bigint[],
        %s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::smallint[], %s::bytea[], %s::text[],
        %s::bigint[], %s::integer[], %s::integer[], %s::text[], %s::text[], %s::bigint[], %s::text[]
    )
"""

CATCH_UP = """
    SELECT log, pos, seq, at, kind, name, content, action, session, cid, by, re FROM chat.catch_up(%s, %s, %s, %s)
"""

ROOM = """
    SELECT
        (room).id, (room).epoch, (room).seq, (room).removed, (room).room, (room).topic, (room).capacity, (room).creator,
        (room).owner, (room).slow, (room).locked, (room).guests, (room).invite_only,
        (room).hidden, (room).topic_locked, (room).password, (room).begun, (room).topic_by,
        (room).topic_at, (room).redactions, (room).keys,
        (SELECT e.at FROM chat.entries e WHERE e.log = (found.room).id AND e.seq = (found.room).seq),
        moderators, voiced, admitted, sanctions, (room).pos, people
    FROM chat.room(%s, %s, %s) AS found
"""

TALKS = """
    SELECT log, other, seq, speaker, content, at, action, session, cid, re, withheld, name
    FROM chat.talks(%s, %s, %s, %s, %s)
"""

NODES = """
    SELECT id, address FROM chat.nodes
    WHERE %s::text IS NULL OR id = %s OR id IN (SELECT node FROM chat.seats WHERE key = %s)
"""

BURY = "SELECT log, pos, seq, at, kind, name, content, action, session, cid, by, re FROM chat.bury(%s, %s, %s, %s, %s)"

WARNED = "the wait of a commit for its standby was given up"

REMOVED = 200
"""Messages, or seats, removed in a step, at most."""

HEARD = 86_400_000
"""Milliseconds after which all nodes have heard of what happened in the house, or have begun anew."""

FORGET = """
    DELETE FROM chat.entries WHERE log = (SELECT id FROM chat.logs WHERE key = '') AND pos IN (
        SELECT pos FROM chat.entries WHERE log = (SELECT id FROM chat.logs WHERE key = '') ORDER BY pos LIMIT %s
    ) AND at < chat.now() - %s RETURNING pos
"""
"""Forgets what happened in the house: sanctions, reports and the audit are kept by themselves, each for its time."""

LISTED = 1000
"""Rooms that are looked at in a step."""


class Writer:
    """The writer of a node in *database*; *store* is what that is called."""

    def __init__(self, database: Database, store: str, retention: Retention) -> None:
        self.session = DatabaseSession(database, self._ready)
        self._store = store
        self._retention = retention
        self._warned = False
        self._node: tuple[int, str] | None = None
        self._generation = 0
        self._beats = 0
        self._seen: list[int] = []
        self._hints: list[Hint | Mailed | AccountsChanged] = []

    def begin(self) -> tuple[int, int]:
        """Make the schema, become a node, and return its number, and the generation.

        :raises chatroom.logs.store_unusable.StoreUnusable: if the database is of another version.
        """
        return self.session.run(partial(self._begin, again=False))

    def cloak_key(self) -> bytes:
        """Return the secret of cloaks, which is made with the schema."""
        [(secret,)] = self.session.read("SELECT cloaks FROM chat.meta")
        return bytes(secret)

    def begin_anew(self) -> tuple[int, int]:
        """Become another node, as :meth:`begin` does, beside newer servers too; who was here can be taken for dead.

        :raises chatroom.logs.nodes.engine.Lost: if something is lost that this node was told.
        """
        if self._node:
            with suppress(Fenced):
                self.leave()
        self._node = None
        try:
            return self.session.run(partial(self._begin, again=True))
        except psycopg.Error as error:
            raise Unreachable(in_one_line(error)) from error

    def append(
        self, number: int, rows: Sequence[ChangeRow], known: Mapping[LogId, KnownLog], bounds: Bounds
    ) -> Appended:
        """Let the changes of batch *number* happen; return what became of each, and what others have added.

        :raises chatroom.logs.nodes.engine.OutcomeUnknown: if that can't be known; the same batch is to be asked for
            again then.
        :raises chatroom.logs.nodes.engine.Unreachable: if it could not be asked for.
        :raises chatroom.logs.nodes.engine.EngineRefused: if none of them has happened.
        :raises chatroom.logs.machinery.group_commit.Unfit: likewise, because of one of them.
        :raises chatroom.logs.nodes.engine.Lost: if none of them has, for a log does not reach as far as is known.
        """
        words = [vector(row.log, row.text) if row.log and row.text and row.kind in MESSAGES else None for row in rows]
        columns = map(list, zip(*rows, strict=True))
        limits = (bounds.expired, bounds.rooms, bounds.share, bounds.linger)
        reached = [[each.pos for each in known.values()], [each.since for each in known.values()]]
        told = self._ask(APPEND, number, *limits, [*known], *reached, *columns, words)
        others = [Record(*row[2:14]) for row in told if row[0] is None]
        answers = [
            Decision._make((*row[1:6], row[7], row[14], row[8]))
            for row in sorted((row for row in told if row[0] is not None), key=itemgetter(0))
        ]
        # Mail first: what is heard while it is fetched waits for it.
        me = self._node[0] if self._node else 0
        self._hints = [*mailed(answers, me), *hints(rows, answers), *changed(rows, answers)]
        return Appended(answers, others)

    def publish(self) -> None:
        """Tell the other nodes of what was done last: hints, which may be lost."""
        hints, self._hints = self._hints, []
        payloads = [payload(self._node[0], hint, self._generation) for hint in hints] if self._node else []
        beats = self._beats
        try:
            if payloads:
                self._notify(payloads)
        except Lost:
            # Nobody waits for hints: it is found, and told, once more.
            self._beats = beats
            raise

    def _notify(self, payloads: Sequence[str]) -> None:
        self._ask("SELECT pg_notify(%s, payload) FROM unnest(%s::text[]) AS payload", CHANNEL, payloads, node=False)

    def find(self, log: LogId) -> Found | None:
        """Return *log*, or ``None`` if it is gone."""
        for id, epoch, seq, removed, *about, moderators, voiced, admitted, sanctions, pos, people in self._ask(
            ROOM, log
        ):
            room, topic, capacity, creator, owner, *how, lock, begun, topic_by, topic_at, redactions, keys, at = about
            opened = Opened(
                room=room,
                log=id,
                epoch=epoch,
                seq=seq,
                first=max(removed, self._retention.floor(seq)) + 1,
                topic=topic,
                capacity=capacity,
                creator=creator,
                owner=owner,
                settings=settings(*how, bool(lock)),
                key=lock,
                begun=begun,
                topic_by=topic_by,
                topic_at=topic_at,
                moderators=tuple(moderators),
                voiced=tuple(voiced),
                admitted=tuple(admitted),
                sanctions=msgspec.convert(sanctions or [], tuple[Sanction, ...]),
                redactions=redactions,
                at=at or 0,
                keys=keys,
            )
            return Found(opened, pos, people)
        return None

    def catch_up(self, log: LogId, after: int) -> list[Record]:
        """Return the next entries of *log* beyond the position *after*."""
        return [Record(*row) for row in self._ask(CATCH_UP, log, after)]

    def look(self, logs: Sequence[LogId], since: str | None) -> Look:
        """Look around."""
        [(seen,)] = self._ask(
            "SELECT chat.look(%s, %s, %s::bigint[], %s::xid8, %s::bigint[])", list(logs), since, self._seen
        )
        return Look(
            {LogId(log): pos for log, pos in seen["heads"]},
            dict(seen["beats"]),
            seen["dead"],
            self._mail(seen["mail"]),
            [_shown(*room) for room in seen["rooms"]],
            seen["since"],
            seen["standby"],
            seen["generation"],
            msgspec.convert(seen["accounts"], list[KeptAccount]),
        )

    def collect(self) -> list[Mail]:
        """Return the mail for this node."""
        [(mail,)] = self._ask("SELECT chat.collect(%s, %s, %s::bigint[])", self._seen)
        return self._mail(mail)

    def withdraw(self, mail: int) -> bool:
        """Take back a *mail*; return whether nobody has seen it."""
        [(unseen,)] = self._ask("SELECT chat.withdraw(%s, %s, %s)", mail)
        return bool(unseen)

    def nodes(self, name: Key | None) -> Nodes:
        """Return the nodes that are there; of the others, with *name*, those where it has a seat."""
        if self._node is None:
            raise Unreachable("it is no node yet")
        me = self._node[0]
        return Nodes(me, dict(self._ask(NODES, name, me, name, node=False)))

    def call(self, texts: Mapping[int, str]) -> None:
        """Let each of some nodes hear a text: that is not written anywhere, nor is it waited for by a standby."""
        if self._node:
            payloads = [each for node, text in texts.items() for each in calling(self._node[0], node, text)]
            self._notify(payloads)

    def reap(self, node: int, beat: int) -> bool:
        """Note that *node* is dead, unless its *beat* has moved; return whether that is so."""
        [(dead,)] = self._ask("SELECT chat.reap(%s, %s, %s, %s)", node, beat)
        return bool(dead)

    def bury(self, node: int, *, every: bool) -> Buried:
        """Give up the next seats of a dead *node*."""
        records = [Record(*row) for row in self._ask(BURY, node, every, REMOVED)]
        more = any(record.kind == "more" for record in records)
        records = [record for record in records if record.kind != "more"]
        self._hints = [Hint(record.log, record.pos, [record]) for record in records]
        return Buried(records, more)

    def who(self, room: RoomName | None, after: Username | None, most: int, viewer: bytes | None) -> PeoplePage | None:
        """Return the next *most* names behind *after*, in *room*, if *viewer* may know of it, or of everybody."""
        behind = "" if after is None else key(after)
        names = self._ask(WHO, room and key(room), behind, most, viewer)
        return PeoplePage(names[0][0], names[1:]) if names else None

    def person(self, username: Username) -> Somebody | None:
        """Return who is called *username*, with a seat at any node."""
        for name, person, host in self._ask(PERSON, key(username)):
            return Somebody(name, person, host)
        return None

    def follows(self, person: bytes) -> Sequence[FollowedRoom]:
        """Return the rooms that *person* follows, who is here now."""
        return [FollowedRoom(*row) for row in self._ask("SELECT * FROM chat.followed(%s, %s, %s)", person)]

    def talks(self, person: bytes, before: int | None, most: int) -> Sequence[KeptTalk]:
        """Return the newest *most* talks of *person* whose newest messages are from *before* a time."""
        return [
            KeptTalk(LogId(log), other, seq, Message(speaker, text, at, kind_of(kind), *signed), name)
            for log, other, seq, speaker, text, at, kind, *signed, name in self._ask(TALKS, person, before, most)
        ]

    def rooms(self, match: str, after: RoomName | None) -> Catalogue:
        """Return open rooms behind *after* with *match* in their names, enough for a page."""
        found = list[ShownRoom]()
        word = fold(match)
        looked_at = 0
        behind = "" if after is None else key(after)
        while True:
            some = self._ask(LIST, behind, LISTED)
            looked_at += len(some)
            found += [
                ShownRoom(RoomName(room), topic, members, capacity, True, *how)._replace(
                    insiders=frozenset(insiders or ())
                )
                for name, room, topic, members, capacity, *how, insiders in some
                if word in fold(name)
            ]
            # Of the hidden ones, somebody may know of none.
            if sum(not shown.hidden for shown in found) > PAGE_NAMES or len(some) < LISTED:
                break
            behind = some[-1][0]
        return Catalogue(found, looked_at)

    def accounts(self, after: bytes | None) -> list[KeptAccount]:
        """Return the next accounts behind the one with the id *after*, and their devices."""
        found = self._ask("SELECT * FROM chat.kept(%s, %s, %s, %s)", after or b"", LISTED)
        return msgspec.convert([kept for (kept,) in found], list[KeptAccount])

    def bound(self, session: bytes) -> bytes | None:
        """Return the account of whoever has the seat of *session*, if it is one's."""
        [(account,)] = self._ask("SELECT chat.bound(%s, %s, %s)", session)
        return None if account is None else bytes(account)

    def device(self) -> int:
        """Return the number of a device that nobody has had."""
        [(number,)] = self._ask("SELECT chat.device_number(%s, %s)")
        return int(number)

    def renumber(self, saw: int) -> bool:
        """Let all rooms begin new epochs, unless they have since this node *saw* the generation; tell whether so."""
        [(renumbered,)] = self._ask("SELECT chat.renumber(%s, %s)", saw, token_urlsafe(9), node=False)
        return bool(renumbered)

    def sweep(self, bounds: Bounds) -> bool:
        """Remove the next things that are no longer kept; return whether there were any."""
        self._ask(FORGET, REMOVED, HEARD, node=False)
        kept = (bounds.most, bounds.oldest, bounds.expired, bounds.linger)
        [(more,)] = self._ask("SELECT chat.sweep(%s, %s, %s, %s, %s)", *kept, REMOVED, node=False)
        return bool(more)

    def to_vacuum(self) -> int | None:
        """Return how many changes have taken messages back, if it is for this node to leave nothing of them now."""
        found = self._ask(TO_VACUUM, PAUSE, node=False)
        return int(found[0][0]) if found else None

    def erase(self, log: LogId) -> bool:
        """Remove the next entries of *log*, which is deleted, and at last itself; return whether there were any."""
        [(more,)] = self._ask("SELECT chat.erase(%s, %s)", log, REMOVED, node=False)
        return bool(more)

    def leave(self) -> None:
        """Leave the chat: the seats that are held can be taken at other nodes."""
        self._ask("SELECT chat.leave(%s, %s)")

    def close(self) -> None:
        """Leave the database."""
        self.session.drop()

    def _begin(self, connection: Connection, *, again: bool) -> tuple[int, int]:
        migrate(connection, self._store, again=again)
        self._warned = False
        token = token_urlsafe(9)
        with connection.transaction():
            renew_looks(connection)
            [(node,)] = connection.execute(JOIN, (token, f"{gethostname()}:{os.getpid()}"))
            [(generation,)] = connection.execute("SELECT generation FROM chat.meta FOR SHARE")
            connection.execute("INSERT INTO chat.answers VALUES (%s, '{}')", (node,))
        if self._warned:
            raise Unreachable(WARNED)
        self._node = node, token
        self._generation = generation
        self._beats = 0
        return node, generation

    def _mail(self, rows: Sequence[Mapping[str, Any]]) -> list[Mail]:
        """Return the *rows* of mail, which are here now, and need not come again."""
        self._seen = [row["number"] for row in rows]
        return [Mail(*(row[field] for field in Mail._fields)) for row in sorted(rows, key=itemgetter("number"))]

    def _ready(self, connection: Connection) -> None:
        connection.add_notice_handler(self._note)
        connection.execute("SET default_transaction_isolation = 'read committed'")
        if self._node:
            # With each answer a sign of life was stored. If that is not there, what was answered may not be either.
            [(beats,)] = connection.execute(BEATS, dict(zip(("id", "token"), self._node, strict=True)))
            if beats < self._beats:
                said, self._beats = self._beats, beats
                raise Lost(f"of {said} signs of life of node {self._node[0]}, it knows {max(beats, 0)}")

    def _note(self, notice: Diagnostic) -> None:
        self._warned |= notice.severity_nonlocalized == "WARNING"

    def _ask(self, query: LiteralString, *arguments: object, node: bool = True) -> list[tuple[Any, ...]]:
        """Return the rows of *query*, which the *node* asks; they are certain."""
        if node:
            if self._node is None:
                raise Unreachable("it is no node yet")
            arguments = (*self._node, *arguments)

        def ask(connection: Connection) -> list[tuple[Any, ...]]:
            self._warned = False
            while True:
                try:
                    rows = connection.execute(query, arguments).fetchall()
                except psycopg.Error as error:
                    if error.sqlstate in REPEATABLE:
                        continue
                    if error.sqlstate == FENCED:
                        raise Fenced(in_one_line(error)) from error
                    if error.sqlstate == LOST:
                        raise Lost(in_one_line(error)) from error
                    if connection.closed:
                        raise OutcomeUnknown(in_one_line(error)) from error
                    raise (Unfit if is_unfit(error) else EngineRefused)(in_one_line(error)) from error
                if self._warned:
                    # What is visible here may be nowhere else.
                    connection.close()
                    raise OutcomeUnknown(WARNED)
                self._beats += node
                return rows

        return self.session.run(ask)


def _shown(*room: Any) -> ShownRoom:
    """Return the *room* that a look has seen; by whom it may be known is written in its JSON."""
    *about, insiders = room
    return ShownRoom(*about)._replace(insiders=frozenset(map(b64decode, insiders)))


def mailed(answers: Sequence[Decision], me: int) -> list[Mailed]:
    """Return what is to be told of the mail that *answers* tell of; to node *me* too, if it is of an entry."""
    nodes = {answer.seq for answer in answers if answer.outcome in ("told", "posted")}
    nodes |= {answer.at for answer in answers if answer.outcome == "resumed"}
    # Some tell of each mail before its node.
    others = (node for answer in answers if answer.outcome != "resumed" for node in answer.rooms or ())
    nodes |= {int(node.rpartition(" ")[2]) for node in others}
    nodes.discard(me)
    nodes |= {me for answer in answers if answer.outcome == "entry" and str(me) in (answer.rooms or ())}
    return [Mailed(node) for node in sorted(node for node in nodes if node is not None)]


def changed(rows: Sequence[ChangeRow], answers: Sequence[Decision]) -> list[AccountsChanged]:
    """Return what is to be told of the accounts that *rows* have changed."""
    happened = (row for row, answer in zip(rows, answers, strict=True) if answer.outcome == "changed")
    return [AccountsChanged()] if any(map(is_urgent, happened)) else []


def hints(rows: Sequence[ChangeRow], answers: Sequence[Decision]) -> list[Hint]:
    """Return what others are to be told of the changes *rows*: no text that is taken back."""
    erased = {
        (answer.log, redaction.seq)
        for row, answer in zip(rows, answers, strict=True)
        if row.kind == "erased" and answer.content
        for redaction in msgspec.json.decode(answer.content, type=Erased).redactions
    }
    records: dict[LogId, list[Record]] = {}
    for row, answer in zip(rows, answers, strict=True):
        if answer.outcome == "entry":
            assert answer.log is not None
            assert answer.pos is not None
            assert answer.at is not None
            text = row.text if answer.content is None else answer.content
            if row.kind == "sanctioned":
                text = numbered(row.text, answer.seq)
            elif (answer.log, answer.seq) in erased:
                text = ""
            seq = None if row.kind == "sanctioned" else answer.seq
            where = (answer.log, answer.pos, seq, answer.at)
            name = answer.name or row.name
            record = Record(*where, row.kind, name, text, row.action, row.session, row.cid, row.by, row.re)
            records.setdefault(answer.log, []).append(record)
    renamed = [
        Hint(log, pos, ())
        for row, answer in zip(rows, answers, strict=True)
        if row.kind in ("rename", "accounts") and answer.content
        for log, pos in msgspec.json.decode(answer.content)
    ]
    become = [
        Hint(LogId(log), pos, ())
        for answer in answers
        if answer.outcome == "authenticated"
        for log, pos in msgspec.json.decode(answer.content or "", type=Become).places
    ]
    return [*renamed, *become, *(Hint(log, some[-1].pos, some) for log, some in records.items())]
