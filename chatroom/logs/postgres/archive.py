"""The log in PostgreSQL, as an operator looks after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from secrets import token_urlsafe
from typing import NamedTuple

from chatroom.core.ports import LogId
from chatroom.core.values.audit import Act
from chatroom.core.values.changes import Gone
from chatroom.core.values.names import RoomName, Username, key
from chatroom.core.values.reports import KeptReport
from chatroom.core.values.sanctions import Placed
from chatroom.logs.archive import Archive, Exported, KeptRoom, Progress, messages
from chatroom.logs.nodes.changes import row as asked
from chatroom.logs.nodes.engine import Bounds
from chatroom.logs.postgres.database import Connection, Database, called
from chatroom.logs.postgres.errors import refusing
from chatroom.logs.postgres.migrate import newer_chatroom
from chatroom.logs.postgres.moderation import all_sanctions, audit
from chatroom.logs.postgres.reader import UNLIMITED, read_only
from chatroom.logs.postgres.reports import reports
from chatroom.logs.postgres.session import DatabaseSession
from chatroom.logs.postgres.writer import Writer
from chatroom.logs.retention import Retention
from chatroom.logs.store_unusable import StoreUnusable

FOREVER = Bounds(0, 0, None)
"""Retention is the server's business."""

NODES = """
    SELECT n.id, n.address, n.beat, (SELECT count(*) FROM chat.seats WHERE node = n.id) FROM chat.nodes n ORDER BY n.id
"""

WATCHED = 3.0
"""Seconds in which a server that lives shows it: each looks around every second."""

LOOK = 0.1
"""Seconds between two looks at that."""

OPERATOR = "the operator"
"""Who has deleted a room, as those are told who were in it: nobody else can be called so."""

ORDER = """
    SELECT l.room, l.removed, l.seq, l.pos, l.members, said.count, said.first, said.last, entries.count, entries.first,
        (SELECT count(DISTINCT key) FROM chat.readers WHERE log = l.id)
    FROM chat.logs l,
        LATERAL (
            SELECT count(*), min(seq) AS first, max(seq) AS last FROM chat.entries WHERE log = l.id AND seq > 0
        ) AS said,
        LATERAL (SELECT count(*), min(pos) AS first FROM chat.entries WHERE log = l.id) AS entries
    WHERE l.id = %s
"""


COMINGS = """
    SELECT
        (SELECT array_agg(DISTINCT key) FROM chat.readers WHERE log = l.id),
        (SELECT jsonb_agg(jsonb_build_array(kind, name, text) ORDER BY pos) FROM chat.entries
        WHERE log = l.id AND kind IN ('came', 'went', 'called'))
    FROM chat.logs l WHERE l.id = %s AND l.pos = (SELECT count(*) FROM chat.entries WHERE log = l.id)
"""
"""Who is in a room all of whose entries are still there, and how they came and went."""


class NodeInUse(NamedTuple):
    """A server that uses the database, by its *number* as a node and its *address*, with so many *seats*.

    It is *alive* if it has shown that meanwhile.
    """

    number: int
    address: str
    seats: int
    alive: bool


class PostgresArchive:
    """The log in the database *where*.

    :raises chatroom.logs.store_unusable.StoreUnusable: if there is none, or that of a newer chatroom.
    """

    def __init__(self, where: str) -> None:
        self._database = Database(where)
        self._store = called(where)
        self._session = DatabaseSession(self._database, read_only)
        with refusing(self._store):
            [(there,)] = self._session.read("SELECT to_regclass('chat.logs') IS NOT NULL")
            newer = self._session.run(newer_chatroom) if there else None
        if newer or not there:
            self.close()
            remedy = "install that one" if newer else "name another one, or start a server on it"
            raise StoreUnusable(self._store, newer or "is no chatroom log", remedy)

    def close(self) -> None:
        """Leave the database."""
        self._session.drop()

    def rooms(self) -> Sequence[KeptRoom]:
        """Return the rooms."""
        rows = self._session.read(
            "SELECT room, topic, closed, (SELECT count(*) FROM chat.entries WHERE log = l.id AND seq > 0)"
            " FROM chat.logs l WHERE chat.is_room(key) ORDER BY key"
        )
        return [KeptRoom(*row) for row in rows]

    def find(self, room: RoomName) -> tuple[LogId, RoomName] | None:
        """Return the log of *room*."""
        for log, name in self._session.read("SELECT id, room FROM chat.logs WHERE key = %s", key(room)):
            return log, name
        return None

    def size(self, log: LogId) -> tuple[int, int]:
        """Return how many messages *log* has, and the newest one's number."""
        [(count, head)] = self._session.read(
            "SELECT count(*), coalesce(max(seq), 0) FROM chat.entries WHERE log = %s AND seq > 0", log
        )
        return count, head

    def page(self, log: LogId, after: int, upto: int, limit: int) -> Sequence[Exported]:
        """Return the next messages."""
        rows = self._session.read(
            "SELECT seq, at, name, text, action, re FROM chat.entries"
            " WHERE log = %s AND seq > %s AND seq <= %s ORDER BY seq LIMIT %s",
            log,
            after,
            upto,
            limit,
        )
        return [Exported(*row) for row in rows]

    def sanctions(self, log: LogId | None, now: int) -> Sequence[Placed]:
        """Return the sanctions that hold."""
        return all_sanctions(self._session, UNLIMITED, now, None, log)

    def reports(self, log: LogId | None, resolved: bool, before: int | None, limit: int) -> Sequence[KeptReport]:
        """Return the newest reports."""
        return reports(self._session, log, (), resolved, UNLIMITED if before is None else before, limit)

    def audit(self, log: LogId | None, before: int | None, limit: int) -> Sequence[Act]:
        """Return the newest acts."""
        return audit(self._session, log, UNLIMITED if before is None else before, limit)

    def problems(self, progress: Progress) -> Sequence[str]:
        """Return where numbers are missing, and where people are counted wrongly, each room as of one moment."""
        problems = []
        logs = self._session.read("SELECT id FROM chat.logs WHERE key IS NOT NULL ORDER BY id")
        for done, (log,) in enumerate(logs, 1):
            for row in self._session.read(ORDER, log):
                problems += _problems(*row)
                for people, comings in self._session.read(COMINGS, log):
                    problems += _strangers(row[0], set(people or ()), comings or ())
            progress(done, len(logs))
        orphans = "SELECT DISTINCT log FROM chat.entries e WHERE NOT EXISTS (SELECT FROM chat.logs WHERE id = e.log)"
        problems += [f"there are messages of log {log}, which is none" for (log,) in self._session.read(orphans)]
        stuck = (
            "SELECT r.name, l.room FROM chat.readers r JOIN chat.logs l ON l.id = r.log"
            " WHERE NOT EXISTS (SELECT FROM chat.seats WHERE id = r.seat) ORDER BY l.id, r.key"
        )
        for name, room in self._session.read(stuck):
            problems.append(f"{name} is in {room} for ever, without a seat that could leave")
        return problems

    def servers(self, pause: Callable[[float], object]) -> Sequence[NodeInUse]:
        """Watch the servers for some seconds, unless all show at once that they live; *pause* waits for so many."""
        before = {id: beat for id, _, beat, _ in self._session.read(NODES)}
        looks = 0
        while True:
            now = self._session.read(NODES)
            found = [NodeInUse(id, address, seats, before.get(id) != beat) for id, address, beat, seats in now]
            if all(server.alive for server in found) or looks * LOOK >= WATCHED:
                return found
            looks += 1
            pause(LOOK)

    def begin_new_epochs(self) -> int:
        """Give every room a new epoch, and return how many there are; no server may run."""
        session = DatabaseSession(self._database)

        def begin(connection: Connection) -> int:
            with connection.transaction():
                connection.execute("SELECT chat.renumber(generation, %s) FROM chat.meta", (token_urlsafe(9),))
                [(count,)] = connection.execute("SELECT count(*) FROM chat.logs WHERE chat.is_room(key)")
            return int(count)

        try:
            with refusing(self._store):
                return session.run(begin)
        finally:
            session.drop()

    def remove(self, log: LogId, by: Username, progress: Progress) -> int:
        """Remove *log*, as a node of the chat for that time: whoever reads it at others is told."""
        writer = Writer(self._database, self._store, Retention())
        try:
            with refusing(self._store):
                writer.begin()
                total, _ = self.size(log)
                gone = asked(log, Gone(by), None)
                # Whoever was there is told of nobody by name.
                writer.append(1, [gone._replace(name=OPERATOR)], {}, FOREVER)
                writer.publish()
                while writer.erase(log):
                    progress(total - self.size(log)[0], total)
                writer.leave()
        finally:
            writer.close()
        return total


def _problems(
    room: str,
    removed: int,
    seq: int,
    pos: int,
    members: int,
    said: int,
    first: int | None,
    last: int | None,
    entries: int,
    begins: int | None,
    people: int,
) -> list[str]:
    """Return what is wrong with a room."""
    problems = []
    if said != seq - removed or (said and (first, last) != (removed + 1, seq)):
        problems.append(f"{room}: {messages(said)}, and not those from {removed + 1} to {seq}")
    if begins is not None and entries != pos - begins + 1:
        problems.append(f"{room}: of the entries from {begins} to {pos} there are {entries}")
    if members != people:
        problems.append(f"{room}: {members} are counted, and {people} are in")
    return problems


_: type[Archive] = PostgresArchive


def _strangers(room: str, people: set[str], comings: Sequence[tuple[str, str, str]]) -> list[str]:
    """Return who is in a room without having come, and who has come and is not in; nobody has been forgotten."""
    come = set[str]()
    for kind, name, text in comings:
        if kind == "came":
            come.add(key(Username(name)))
        else:
            come.discard(key(Username(name)))
        if kind == "called":
            come.add(key(Username(text)))
    return [
        *(f"{room}: {name} is in, and has not come" for name in sorted(people - come)),
        *(f"{room}: {name} has come and not gone, and is not in" for name in sorted(come - people)),
    ]
