"""The log in SQLite, as an operator looks after it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from math import inf
from pathlib import Path

from chatroom.core.ports import LogId
from chatroom.core.values.audit import Act
from chatroom.core.values.changes import Gone
from chatroom.core.values.names import RoomName, Username, key
from chatroom.core.values.reports import KeptReport
from chatroom.core.values.sanctions import Placed
from chatroom.core.values.talks import is_talk
from chatroom.logs.archive import Archive, Exported, KeptRoom, Progress, messages
from chatroom.logs.machinery.group_commit import Work
from chatroom.logs.retention import Retention
from chatroom.logs.sqlite.file import SQLiteFile, read_only
from chatroom.logs.sqlite.maintenance import Maintenance
from chatroom.logs.sqlite.moderation import all_sanctions, audit
from chatroom.logs.sqlite.page_reader import UNLIMITED, bound
from chatroom.logs.sqlite.reports import reports
from chatroom.logs.sqlite.writer import Writer

EVERYTHING = Retention(messages=0, days=0, closed=inf)
"""Retention is the server's business."""

_TAKEN_BACK = """
    SELECT redactions, (SELECT count(*) FROM redactions WHERE log = logs.id), (
        SELECT count(*) FROM redactions r JOIN messages m ON m.log = r.log AND m.seq = r.seq
        WHERE r.log = logs.id AND m.text <> ''
    ) + (
        SELECT count(*) FROM redactions r JOIN contexts c ON c.log = r.log AND c.seq = r.seq
        WHERE r.log = logs.id AND c.text <> ''
    )
    FROM logs WHERE id = ?
"""


class SQLiteArchive:
    """The log in the file *path*.

    :raises chatroom.logs.store_unusable.StoreUnusable: if there is none.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = read_only(path)

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def rooms(self) -> Sequence[KeptRoom]:
        """Return the rooms."""
        return [
            KeptRoom(*row)
            for row in self._connection.execute(
                "SELECT room, topic, closed, (SELECT count(*) FROM messages WHERE log = logs.id)"
                " FROM logs WHERE key <> '' ORDER BY key"
            )
            if not is_talk(row[0])
        ]

    def find(self, room: RoomName) -> tuple[LogId, RoomName] | None:
        """Return the log of *room*."""
        found: tuple[LogId, RoomName] | None = self._connection.execute(
            "SELECT id, room FROM logs WHERE key = ?", (key(room),)
        ).fetchone()
        return found

    def size(self, log: LogId) -> tuple[int, int]:
        """Return how many messages *log* has, and the newest one's number."""
        [(count, head)] = self._connection.execute(
            "SELECT count(*), ifnull(max(seq), 0) FROM messages WHERE log = ?", (log,)
        )
        return count, head

    def page(self, log: LogId, after: int, upto: int, limit: int) -> Sequence[Exported]:
        """Return the next messages: all, before any is shown, so that the server can tidy up while a pager waits."""
        rows = self._connection.execute(
            "SELECT seq, at, speaker, text, kind, re FROM messages"
            " WHERE log = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
            (log, after, upto, limit),
        ).fetchall()
        return [Exported(*row) for row in rows]

    def sanctions(self, log: LogId | None, now: int) -> Sequence[Placed]:
        """Return the sanctions that hold."""
        return all_sanctions(self._connection, UNLIMITED, now, -1, log)

    def reports(self, log: LogId | None, resolved: bool, before: int | None, limit: int) -> Sequence[KeptReport]:
        """Return the newest reports."""
        return reports(self._connection, log, (), resolved, bound(before), limit)

    def audit(self, log: LogId | None, before: int | None, limit: int) -> Sequence[Act]:
        """Return the newest acts."""
        return audit(self._connection, log, bound(before), limit)

    def problems(self, progress: Progress) -> Sequence[str]:
        """Return what is wrong with the file, with the numbers of each room, and with what was taken back there."""
        problems = [line for (line,) in self._connection.execute("PRAGMA integrity_check(10)") if line != "ok"]
        logs = self._connection.execute("SELECT id, room, removed FROM logs ORDER BY id").fetchall()
        for done, (log, room, removed) in enumerate(logs, 1):
            first, last, count = self._connection.execute(
                "SELECT min(seq), max(seq), count(*) FROM messages WHERE log = ?", (log,)
            ).fetchone()
            if count and (first != removed + 1 or count != last - removed):
                problems.append(f"{room}: {messages(count)}, and not those from {removed + 1} to {last}")
            counted, noted, kept = self._connection.execute(_TAKEN_BACK, (log,)).fetchone()
            if counted != noted:
                problems.append(f"{room}: {messages(counted)} were counted as taken back, and {noted} are noted")
            if kept:
                problems.append(f"{room}: {messages(kept)} were taken back, and the text is there")
            progress(done, len(logs))
        return problems

    def remove(self, log: LogId, by: Username, progress: Progress) -> int:
        """Remove *log*, which takes the file for that time."""
        file = SQLiteFile(self._path)
        with ExitStack() as failed:
            failed.callback(file.abandon)
            file.begin("full")
            writer = Writer(file.connection, EVERYTHING, time.time)
            [(room,)] = file.connection.execute("SELECT room FROM logs WHERE id = ?", (log,)).fetchall()
            writer.commit([Work(partial(writer.store, log, room, Gone(by)))])
            maintenance = Maintenance(file.connection, EVERYTHING, time.time, time.monotonic)
            total, _ = self.size(log)
            while maintenance.step():
                progress(total - self.size(log)[0], total)
            failed.pop_all()
        file.close()
        return total


_: type[Archive] = SQLiteArchive
