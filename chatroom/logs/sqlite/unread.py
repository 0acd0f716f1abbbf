"""What is unread to somebody, in the file of a log."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from itertools import islice

from chatroom.core.ports import LogId, UnreadPage, WantedUnread
from chatroom.core.search.query import Phrase
from chatroom.core.tools.paging import Numbered
from chatroom.core.values.events import Said
from chatroom.core.values.limits import MOST_MENTIONS, MOST_UNREAD, UNREAD_ROOMS
from chatroom.core.values.marks import Unread
from chatroom.logs.retention import Retention
from chatroom.logs.sqlite.statements import expression
from chatroom.logs.unread_rows import MaybeUnread, is_named, newest_first

_ROOMS = """
    SELECT id, room, removed, marked, head, name, (SELECT m.at FROM messages m WHERE m.log = there.id AND m.seq = head)
    FROM (
        SELECT
            logs.id, room, removed, ifnull(marks.seq, 0) AS marked,
            (SELECT max(m.seq) FROM messages m WHERE m.log = logs.id) AS head, NULL AS name
        FROM json_each(:rooms) AS wanted CROSS JOIN logs ON logs.id = wanted.value
            LEFT JOIN marks ON marks.person = :person AND marks.log = logs.id
        WHERE logs.key IS NOT NULL
        UNION ALL
        SELECT id, room, removed, ifnull(marks.seq, 0), talks.seq, name
        FROM talks CROSS JOIN logs ON logs.id = talks.log
            LEFT JOIN marks ON marks.person = :person AND marks.log = logs.id
        WHERE talks.person = :person AND other <> :person
    ) AS there
    WHERE head > marked
"""

_COUNT = """
    SELECT count(*), min(seq) FROM (
        SELECT seq FROM messages WHERE log = ? AND seq > ? AND session IS NOT ? AND text <> '' AND NOT withheld
        ORDER BY seq LIMIT ?
    )
"""


class UnreadReader:
    """A reader of what is unread through *connection*; *rows* makes messages of those that it selects.

    No more is looked at than is to be kept, by *retention*.
    """

    def __init__(
        self, connection: sqlite3.Connection, retention: Retention, rows: Callable[..., Iterator[Numbered]]
    ) -> None:
        self._connection = connection
        self._retention = retention
        self._rows = rows

    def page(self, wanted: WantedUnread) -> UnreadPage:
        """Return what is unread, by :meth:`chatroom.core.ports.MarkStore.unread`, in one state of the file."""
        found: list[tuple[LogId, Unread]] = []
        [(indexed,)] = self._connection.execute("SELECT value FROM meta WHERE name = 'indexed'")
        rows = self._connection.execute(_ROOMS, {"person": wanted.person, "rooms": json.dumps(sorted(wanted.rooms))})
        for room in newest_first(rows, wanted):
            unread = self._unread(room, wanted, indexed)
            if unread and len(found) == UNREAD_ROOMS:
                return UnreadPage(found, more=True)
            if unread:
                found.append((room.log, unread))
        return UnreadPage(found, more=False)

    def _unread(self, room: MaybeUnread, wanted: WantedUnread, indexed: int) -> Unread | None:
        """Return what is unread in *room*, if there is anything; messages up to some id are *indexed*."""
        floor = max(room.marked, room.removed, self._retention.floor(room.head))
        counted = self._connection.execute(_COUNT, (room.log, floor, wanted.person, MOST_UNREAD))
        unread, first = counted.fetchone()
        if not unread:
            return None
        mentions = list(islice(self._mentions(room.log, first, wanted, indexed), MOST_MENTIONS)) if wanted.words else []
        [newest] = self._rows("messages WHERE log = ? AND seq = ?", room.log, room.head)
        mention = Said(room.room, *mentions[0]) if mentions else None
        said = Said(room.room, *newest, other=room.name)
        return Unread(said, room.marked, first, unread, len(mentions), mention)

    def _mentions(self, log: LogId, first: int, wanted: WantedUnread, indexed: int) -> Iterator[Numbered]:
        """Yield the messages of others from number *first* on in which the name is, the newest first."""
        [(split,)] = self._connection.execute(
            "SELECT ifnull((SELECT seq FROM messages WHERE log = ? AND id <= ? ORDER BY seq DESC LIMIT 1), 0)",
            (log, indexed),
        )
        others = "session IS NOT ? AND NOT withheld ORDER BY"
        for row in self._rows(
            f"messages WHERE log = ? AND seq > ? AND {others} seq DESC", log, max(split, first - 1), wanted.person
        ):
            if is_named(wanted.words, row[1].text):
                yield row
        if split >= first:
            yield from self._rows(
                "words CROSS JOIN messages ON id = words.rowid WHERE words MATCH ? AND words.rowid >="
                f" (SELECT id FROM messages WHERE log = ? AND seq = ?) AND {others} words.rowid DESC",
                expression(log, [Phrase(wanted.words)]),
                log,
                first,
                wanted.person,
            )
