"""A database of a log, as it is copied to another kind of store, or from one."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import astuple

from chatroom.core.ports import LogId
from chatroom.core.values.accounts import AllAccounts
from chatroom.core.values.changes import Redaction
from chatroom.core.values.names import RoomName
from chatroom.core.values.sanctions import Sanction
from chatroom.core.values.talks import is_talk
from chatroom.logs.copying import (
    LIFE,
    TALKED,
    CopiedMessage,
    CopiedTalk,
    Follower,
    Insiders,
    Life,
    Source,
    Target,
    Trace,
)
from chatroom.logs.postgres.accounts import begin_accounts, kept_accounts
from chatroom.logs.postgres.archive import PostgresArchive
from chatroom.logs.postgres.database import Connection, Database, called
from chatroom.logs.postgres.errors import refusing
from chatroom.logs.postgres.migrate import migrate
from chatroom.logs.postgres.moderation import SANCTION, redactions
from chatroom.logs.postgres.reports import report_rows
from chatroom.logs.postgres.session import DatabaseSession
from chatroom.logs.postgres.words import vector
from chatroom.logs.report_rows import CONTEXT, REPORT, ContextRow, ReportRow
from chatroom.logs.store_unusable import StoreUnusable

LINE = "seq, at, name, text, action, session, cid, re, kind = 'withheld'"

ENTRY = """
    COPY chat.entries (log, pos, seq, kind, at, name, text, action, session, cid, re, words) FROM STDIN
"""


class PostgresSource:
    """The log in the database *where*, which no server uses meanwhile.

    :raises chatroom.logs.store_unusable.StoreUnusable: if there is none.
    """

    def __init__(self, where: str) -> None:
        PostgresArchive(where).close()
        self._session = DatabaseSession(Database(where))

    def cloak_key(self) -> bytes:
        """Return the secret of cloaks."""
        [(secret,)] = self._session.read("SELECT cloaks FROM chat.meta")
        return bytes(secret)

    def accounts(self) -> AllAccounts:
        """Return all accounts and devices."""
        return kept_accounts(self._session)

    def lives(self) -> Sequence[tuple[LogId, Life]]:
        """Return all rooms."""
        rows = self._session.read(f"SELECT id, {LIFE} FROM chat.logs WHERE key IS NOT NULL ORDER BY id")
        return [(log, Life(*life)) for log, *life in rows]

    def insiders(self, log: LogId) -> Insiders:
        """Return who has a role in *log*, or may come in while it is invite-only."""
        rows = self._session.read("SELECT person FROM chat.admitted WHERE log = %s ORDER BY person", log)
        appointed = self._appointed("moderators", log), self._appointed("voiced", log)
        return Insiders(*appointed, [person for (person,) in rows])

    def _appointed(self, table: str, log: LogId) -> Sequence[tuple[bytes, str]]:
        query = f"SELECT person, name FROM chat.{table} WHERE log = %s ORDER BY person"
        rows: Sequence[tuple[bytes, str]] = self._session.read(query, log)
        return rows

    def sanctions(self, log: LogId) -> Sequence[Sanction]:
        """Return the sanctions in *log*."""
        query = f"SELECT {SANCTION} FROM chat.sanctions WHERE log = %s ORDER BY number"
        return [Sanction(*row) for row in self._session.read(query, log)]

    def redactions(self, log: LogId) -> Sequence[Redaction]:
        """Return the redactions of messages in *log*, in their order."""
        return redactions(self._session, log, 0, None)

    def audit(self, after: int, limit: int) -> Sequence[Trace]:
        """Return the next rows of the audit."""
        query = "SELECT number, log, act::text FROM chat.audit WHERE number > %s ORDER BY number LIMIT %s"
        return [Trace(*row) for row in self._session.read(query, after, limit)]

    def reports(self, after: int, limit: int) -> Sequence[tuple[ReportRow, Sequence[ContextRow]]]:
        """Return the next reports."""
        return report_rows(self._session, after, limit)

    def followers(self, after: bytes, limit: int) -> Sequence[Follower]:
        """Return the next people who follow rooms."""
        query = "SELECT person, seen FROM chat.followers WHERE person > %s ORDER BY person LIMIT %s"
        rows = self._session.read(query, after, limit)
        return [Follower(person, seen, self._followed(person), self._marks(person)) for person, seen in rows]

    def _followed(self, person: bytes) -> Sequence[tuple[LogId, int]]:
        rows = self._session.read("SELECT log, keyed FROM chat.follows WHERE person = %s ORDER BY number", person)
        return [(LogId(log), keyed) for log, keyed in rows]

    def _marks(self, person: bytes) -> Sequence[tuple[LogId, int, int]]:
        rows = self._session.read("SELECT log, seq, at FROM chat.marks WHERE person = %s ORDER BY log", person)
        return [(LogId(log), seq, at) for log, seq, at in rows]

    def talks(self, after: tuple[bytes, bytes], limit: int) -> Sequence[CopiedTalk]:
        """Return the next talks."""
        query = f"SELECT {TALKED} FROM chat.talks WHERE (person, other) > (%s, %s) ORDER BY person, other LIMIT %s"
        return [CopiedTalk(*row) for row in self._session.read(query, *after, limit)]

    def count(self) -> int:
        """Return how many messages there are."""
        [(count,)] = self._session.read("SELECT count(*) FROM chat.entries WHERE seq IS NOT NULL")
        return int(count)

    def lines(self, log: LogId, after: int, limit: int) -> Sequence[CopiedMessage]:
        """Return the next messages of *log*."""
        query = f"SELECT {LINE} FROM chat.entries WHERE log = %s AND seq > %s ORDER BY seq LIMIT %s"
        return [CopiedMessage(*row) for row in self._session.read(query, log, after, limit)]

    def close(self) -> None:
        """Leave the database."""
        self._session.drop()


class PostgresTarget:
    """An empty log in the database *where*.

    :raises chatroom.logs.store_unusable.StoreUnusable: if it can't be used, or has rooms already.
    """

    def __init__(self, where: str) -> None:
        self._store = called(where)
        self._session = DatabaseSession(Database(where))
        try:
            with refusing(self._store):
                # The schema too is there only once all is.
                self._execute("BEGIN")
                self._session.run(lambda connection: migrate(connection, self._store))
                if self._execute("SELECT 1 FROM chat.logs LIMIT 1"):
                    raise StoreUnusable(self._store, "has rooms already", "name an empty one")
        except BaseException:
            self.close()
            raise

    def _execute(self, query: str, *arguments: object) -> list[tuple[object, ...]]:
        def execute(connection: Connection) -> list[tuple[object, ...]]:
            cursor = connection.execute(query.encode(), arguments or None)
            return cursor.fetchall() if cursor.description else []

        return self._session.run(execute)

    def set_cloak_key(self, secret: bytes) -> None:
        """Make cloaks by *secret* from now on."""
        with refusing(self._store):
            self._execute("UPDATE chat.meta SET cloaks = %s", secret)

    def add_accounts(self, kept: AllAccounts) -> None:
        """Make all accounts and devices; later devices get the numbers behind those that there ever were."""
        with refusing(self._store):
            self._session.run(lambda connection: begin_accounts(connection, kept))

    def add(
        self,
        life: Life,
        insiders: Insiders,
        sanctions: Sequence[Sanction],
        redactions: Sequence[Redaction],
    ) -> LogId:
        """Make a room, with who has a role there or is admitted, what they have imposed, and what was taken back."""
        places = ", ".join(["%s"] * len(life))
        with refusing(self._store):
            [(log,)] = self._execute(
                f"INSERT INTO chat.logs ({LIFE}, pos, seq, empty)"
                f" VALUES ({places}, %s, %s, CASE WHEN NOT %s THEN chat.now() END) RETURNING id",
                *life,
                life.removed,
                life.removed,
                is_talk(RoomName(life.room)),
            )
            for person in insiders.moderators:
                self._execute("INSERT INTO chat.moderators VALUES (%s, %s, %s)", log, *person)
            for person in insiders.voiced:
                self._execute("INSERT INTO chat.voiced VALUES (%s, %s, %s)", log, *person)
            self._execute("INSERT INTO chat.admitted SELECT %s, unnest(%s::bytea[])", log, list(insiders.admitted))
            impose = f"INSERT INTO chat.sanctions (log, {SANCTION}) VALUES ({', '.join(['%s'] * 13)})"
            for sanction in sanctions:
                self._execute(impose, log, *astuple(sanction))
            take_back = "INSERT INTO chat.redactions (log, number, seq, username, redactor, note)"
            for number, redaction in enumerate(redactions, 1):
                self._execute(f"{take_back} VALUES (%s, %s, %s, %s, %s, %s)", log, number, *astuple(redaction)[:4])
        assert isinstance(log, int)
        return LogId(log)

    def fill(self, log: LogId, lines: Sequence[CopiedMessage]) -> None:
        """Add the next messages of *log*: entries at the position that is their number."""

        def copy(connection: Connection) -> None:
            with connection.cursor().copy(ENTRY) as rows:
                for line in lines:
                    seq, at, speaker, text, number, session, cid, re, withheld = line
                    kind, words = "withheld" if withheld else "said", vector(log, text)
                    if cid and "\0" in cid:
                        # A file may have one of a time in which any was taken; nobody waits for its answer any more.
                        cid = None
                    rows.write_row((log, seq, seq, kind, at, speaker, text, number, session, cid, re, words))

        last = lines[-1]
        with refusing(self._store):
            self._session.run(copy)
            head = "UPDATE chat.logs SET pos = %s, seq = %s, at = %s WHERE id = %s"
            self._execute(head, last.seq, last.seq, last.at, log)

    def trace(self, rows: Sequence[Trace]) -> None:
        """Add the next rows of the audit."""

        def copy(connection: Connection) -> None:
            with connection.cursor().copy("COPY chat.audit (number, log, act) FROM STDIN") as traces:
                for row in rows:
                    traces.write_row(row)

        with refusing(self._store):
            self._session.run(copy)

    def report(self, rows: Sequence[tuple[ReportRow, Sequence[ContextRow]]]) -> None:
        """Add the next reports."""
        places = ", ".join(["%s"] * len(ReportRow._fields))
        beside = ", ".join(["%s"] * len(ContextRow._fields))
        with refusing(self._store):
            for report, messages in rows:
                add = f"INSERT INTO chat.reports (number, {REPORT}) OVERRIDING SYSTEM VALUE VALUES ({places})"
                self._execute(add, *report)
                for message in messages:
                    self._execute(f"INSERT INTO chat.contexts ({CONTEXT}) VALUES ({beside})", *message)

    def follow(self, people: Sequence[Follower]) -> None:
        """Add people who follow rooms."""
        with refusing(self._store):
            for person, seen, logs, marks in people:
                # Of who has an account it is not known when they were here last.
                self._execute("INSERT INTO chat.followers VALUES (%s, coalesce(%s, chat.now()))", person, seen)
                for log in logs:
                    self._execute("INSERT INTO chat.follows (person, log, keyed) VALUES (%s, %s, %s)", person, *log)
                for mark in marks:
                    self._execute("INSERT INTO chat.marks VALUES (%s, %s, %s, %s)", person, *mark)

    def talk(self, rows: Sequence[CopiedTalk]) -> None:
        """Add talks."""
        places = ", ".join(["%s"] * len(CopiedTalk._fields))
        with refusing(self._store):
            for row in rows:
                self._execute(f"INSERT INTO chat.talks ({TALKED}) VALUES ({places})", *row)

    def finish(self) -> None:
        """Keep all that was copied."""
        with refusing(self._store):
            # The next sanction gets a number behind those, and the next act and report.
            self._execute("SELECT setval('chat.sanction', max(number)) FROM chat.sanctions HAVING max(number) > 0")
            self._execute(
                "SELECT setval(pg_get_serial_sequence('chat.audit', 'number'), max(number)) FROM chat.audit"
                " HAVING max(number) > 0"
            )
            self._execute(
                "SELECT setval(pg_get_serial_sequence('chat.reports', 'number'), max(number)) FROM chat.reports"
                " HAVING max(number) > 0"
            )
            self._execute("COMMIT")

    def close(self) -> None:
        """Leave the database."""
        self._session.drop()


_: tuple[type[Source], type[Target]] = (PostgresSource, PostgresTarget)
