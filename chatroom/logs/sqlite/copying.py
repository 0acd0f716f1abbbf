"""The file of a log, as it is copied to another kind of store, or from one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

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
from chatroom.logs.report_rows import CONTEXT, REPORT, ContextRow, ReportRow
from chatroom.logs.sqlite.accounts import begin_accounts, kept_accounts
from chatroom.logs.sqlite.errors import refusing
from chatroom.logs.sqlite.file import SQLiteFile, read_only
from chatroom.logs.sqlite.moderation import SANCTION, admit, admitted, people, redactions, sanction
from chatroom.logs.sqlite.reports import contexts
from chatroom.logs.sqlite.statements import note
from chatroom.logs.sqlite.talks import NEVER
from chatroom.logs.store_unusable import StoreUnusable

LINE = ", ".join(CopiedMessage._fields)


class SQLiteSource:
    """The log in the file *path*, which no server has meanwhile.

    :raises chatroom.logs.store_unusable.StoreUnusable: if there is none, or a server has it.
    """

    def __init__(self, path: Path) -> None:
        read_only(path).close()
        self._file = SQLiteFile(path)

    def cloak_key(self) -> bytes:
        """Return the secret of cloaks."""
        return self._file.cloak_key()

    def accounts(self) -> AllAccounts:
        """Return all accounts and devices."""
        return kept_accounts(self._file.connection)

    def lives(self) -> Sequence[tuple[LogId, Life]]:
        """Return all rooms."""
        rows = self._file.connection.execute(f"SELECT id, {LIFE} FROM logs WHERE key IS NOT NULL ORDER BY id")
        lives = [(log, Life(*life)) for log, *life in rows]
        return [(log, _life(life)) for log, life in lives]

    def insiders(self, log: LogId) -> Insiders:
        """Return who has a role in *log*, or may come in while it is invite-only."""
        connection = self._file.connection
        appointed = people(connection, "moderators", log), people(connection, "voiced", log)
        return Insiders(*appointed, admitted(connection, log))

    def sanctions(self, log: LogId) -> Sequence[Sanction]:
        """Return the sanctions in *log*."""
        query = f"SELECT {SANCTION}, number FROM sanctions WHERE log = ? ORDER BY number"
        rows = self._file.connection.execute(query, (log,))
        return [sanction(row) for row in rows]

    def redactions(self, log: LogId) -> Sequence[Redaction]:
        """Return the redactions of messages in *log*, in their order."""
        return redactions(self._file.connection, log, 0, -1)

    def audit(self, after: int, limit: int) -> Sequence[Trace]:
        """Return the next rows of the audit."""
        rows = self._file.connection.execute(
            "SELECT number, log, act FROM audit WHERE number > ? ORDER BY number LIMIT ?", (after, limit)
        )
        return [Trace(*row) for row in rows]

    def reports(self, after: int, limit: int) -> Sequence[tuple[ReportRow, Sequence[ContextRow]]]:
        """Return the next reports."""
        rows = self._file.connection.execute(
            f"SELECT id, {REPORT} FROM reports WHERE id > ? ORDER BY id LIMIT ?", (after, limit)
        ).fetchall()
        return [(ReportRow(*row), contexts(self._file.connection, row[0])) for row in rows]

    def followers(self, after: bytes, limit: int) -> Sequence[Follower]:
        """Return the next people who follow rooms."""
        rows = self._file.connection.execute(
            "SELECT person, seen FROM followers WHERE person > ? ORDER BY person LIMIT ?", (after, limit)
        )
        return [Follower(person, seen, self._followed(person), self._marks(person)) for person, seen in rows.fetchall()]

    def _followed(self, person: bytes) -> Sequence[tuple[LogId, int]]:
        query = "SELECT log, keyed FROM follows WHERE person = ? ORDER BY number"
        return self._file.connection.execute(query, (person,)).fetchall()

    def _marks(self, person: bytes) -> Sequence[tuple[LogId, int, int]]:
        query = "SELECT log, seq, at FROM marks WHERE person = ? ORDER BY log"
        return self._file.connection.execute(query, (person,)).fetchall()

    def talks(self, after: tuple[bytes, bytes], limit: int) -> Sequence[CopiedTalk]:
        """Return the next talks."""
        rows = self._file.connection.execute(
            f"SELECT {TALKED} FROM talks WHERE (person, other) > (?, ?) ORDER BY person, other LIMIT ?",
            (*after, limit),
        )
        return [CopiedTalk(*row) for row in rows]

    def count(self) -> int:
        """Return how many messages there are."""
        [(count,)] = self._file.connection.execute("SELECT count(*) FROM messages")
        return int(count)

    def lines(self, log: LogId, after: int, limit: int) -> Sequence[CopiedMessage]:
        """Return the next messages of *log*."""
        rows = self._file.connection.execute(
            f"SELECT {LINE} FROM messages WHERE log = ? AND seq > ? ORDER BY seq LIMIT ?", (log, after, limit)
        )
        return [CopiedMessage(*row) for row in rows]

    def close(self) -> None:
        """Release the file, unchanged."""
        self._file.abandon()


def _life(life: Life) -> Life:
    """Return *life* with what is true or false, which a file has as numbers; talks are not closed elsewhere."""
    if life.closed == NEVER:
        life = life._replace(closed=None)
    return life._replace(
        locked=bool(life.locked),
        guests=bool(life.guests),
        invite_only=bool(life.invite_only),
        hidden=bool(life.hidden),
        topic_locked=bool(life.topic_locked),
    )


class SQLiteTarget:
    """A new log in the file *path*.

    :raises chatroom.logs.store_unusable.StoreUnusable: if there is a file already.
    """

    def __init__(self, path: Path) -> None:
        if path.exists():
            raise StoreUnusable(path, "is there already", "name a new file, or remove that one")
        self._path = path
        self._file = SQLiteFile(path)
        self._file.begin("full")
        self._finished = False
        self._file.connection.execute("BEGIN")

    def set_cloak_key(self, secret: bytes) -> None:
        """Make cloaks by *secret* from now on."""
        with refusing(self._path):
            note(self._file.connection, cloaks=secret)

    def add_accounts(self, kept: AllAccounts) -> None:
        """Make all accounts and devices; later devices get the numbers behind those that there ever were."""
        with refusing(self._path):
            begin_accounts(self._file.connection, kept)

    def add(
        self,
        life: Life,
        insiders: Insiders,
        sanctions: Sequence[Sanction],
        redactions: Sequence[Redaction],
    ) -> LogId:
        """Make a room, with who has a role there or is admitted, what they have imposed, and what was taken back."""
        places = ", ".join("?" * len(life))
        if is_talk(RoomName(life.room)):
            life = life._replace(closed=NEVER)
        with refusing(self._path):
            made = self._file.connection.execute(f"INSERT INTO logs ({LIFE}) VALUES ({places})", life)
            for table in ("moderators", "voiced"):
                self._file.connection.executemany(
                    f"INSERT INTO {table} VALUES (?, ?, ?)",
                    [(made.lastrowid, *person) for person in getattr(insiders, table)],
                )
            self._file.connection.executemany(
                f"INSERT INTO sanctions (log, {SANCTION}, number) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(made.lastrowid, *astuple(sanction)) for sanction in sanctions],
            )
            self._file.connection.executemany(
                "INSERT INTO redactions VALUES (?, ?, ?, ?, ?, ?)",
                [(made.lastrowid, number, *astuple(each)[:4]) for number, each in enumerate(redactions, 1)],
            )
            assert made.lastrowid is not None
            admit(self._file.connection, LogId(made.lastrowid), insiders.admitted)
        return LogId(made.lastrowid)

    def fill(self, log: LogId, lines: Sequence[CopiedMessage]) -> None:
        """Add the next messages of *log*."""
        places = ", ".join("?" * len(CopiedMessage._fields))
        with refusing(self._path):
            self._file.connection.executemany(
                f"INSERT INTO messages (log, {LINE}) VALUES (?, {places})", [(log, *line) for line in lines]
            )

    def trace(self, rows: Sequence[Trace]) -> None:
        """Add the next rows of the audit."""
        with refusing(self._path):
            self._file.connection.executemany("INSERT INTO audit VALUES (?, ?, ?)", rows)

    def report(self, rows: Sequence[tuple[ReportRow, Sequence[ContextRow]]]) -> None:
        """Add the next reports."""
        places = ", ".join("?" * len(ReportRow._fields))
        beside = ", ".join("?" * len(ContextRow._fields))
        with refusing(self._path):
            for report, messages in rows:
                self._file.connection.execute(f"INSERT INTO reports (id, {REPORT}) VALUES ({places})", report)
                self._file.connection.executemany(f"INSERT INTO contexts ({CONTEXT}) VALUES ({beside})", messages)

    def follow(self, people: Sequence[Follower]) -> None:
        """Add people who follow rooms."""
        with refusing(self._path):
            self._file.connection.executemany(
                "INSERT INTO followers VALUES (?, ?)", [(person, seen) for person, seen, *_ in people]
            )
            self._file.connection.executemany(
                "INSERT INTO follows (person, log, keyed) VALUES (?, ?, ?)",
                [(person, *log) for person, _, logs, _ in people for log in logs],
            )
            self._file.connection.executemany(
                "INSERT INTO marks VALUES (?, ?, ?, ?)",
                [(person, *mark) for person, *_, marks in people for mark in marks],
            )

    def talk(self, rows: Sequence[CopiedTalk]) -> None:
        """Add talks."""
        places = ", ".join("?" * len(CopiedTalk._fields))
        with refusing(self._path):
            self._file.connection.executemany(f"INSERT INTO talks ({TALKED}) VALUES ({places})", rows)

    def finish(self) -> None:
        """Keep all that was copied; the server that begins there makes the index."""
        with refusing(self._path):
            self._file.connection.execute("COMMIT")
        self._finished = True

    def close(self) -> None:
        """Release the file, or take it away."""
        if self._finished:
            self._file.close()
        else:
            self._file.abandon()
            for end in ("", "-wal", "-shm"):
                Path(f"{self._path}{end}").unlink(missing_ok=True)


_: tuple[type[Source], type[Target]] = (SQLiteSource, SQLiteTarget)
