"""What is unread to somebody, in the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from msgspec.structs import replace

from chatroom.core.ports import LogId, UnreadPage, WantedUnread
from chatroom.core.search.query import Phrase
from chatroom.core.tools.paging import Numbered
from chatroom.core.values.events import Said
from chatroom.core.values.limits import MOST_MENTIONS, MOST_UNREAD, UNREAD_ROOMS
from chatroom.core.values.marks import Unread
from chatroom.logs.postgres.session import DatabaseSession
from chatroom.logs.postgres.words import query
from chatroom.logs.retention import Retention
from chatroom.logs.unread_rows import MaybeUnread, newest_first

_ROOMS = """
    WITH person (it) AS (VALUES (%s::bytea)), wanted AS (SELECT unnest(%s::bigint[]) AS log)
    SELECT id, room, removed, marked, head, name,
        (SELECT e.at FROM chat.entries e WHERE e.log = rooms.id AND e.seq = rooms.head)
    FROM (
        SELECT
            l.id, l.room, l.removed, coalesce(m.seq, 0) AS marked, least(l.seq, h.seq) AS head, NULL::text AS name
        FROM person CROSS JOIN wanted JOIN chat.logs l ON l.id = wanted.log
            LEFT JOIN chat.marks m ON m.person = it AND m.log = l.id
            LEFT JOIN unnest(%s::bigint[], %s::bigint[]) AS h (log, seq) ON h.log = l.id
        WHERE l.key IS NOT NULL
        UNION ALL
        SELECT l.id, l.room, l.removed, coalesce(m.seq, 0), least(t.seq, h.seq), t.name
        FROM person JOIN chat.talks t ON t.person = it AND t.other <> it JOIN chat.logs l ON l.id = t.log
            LEFT JOIN chat.marks m ON m.person = it AND m.log = l.id
            LEFT JOIN unnest(%s::bigint[], %s::bigint[]) AS h (log, seq) ON h.log = l.id
    ) AS rooms
    WHERE head > marked
"""

_COUNTS = """
    SELECT rooms.log, counted.many, counted.first, named.many, named.last
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[]) AS rooms (log, floor, head, words)
    CROSS JOIN LATERAL (
        SELECT count(*) AS many, min(seq) AS first FROM (
            SELECT seq FROM chat.entries e
            WHERE e.log = rooms.log AND seq > floor AND seq <= head AND session IS DISTINCT FROM %s AND text <> ''
                AND kind = 'said'
            ORDER BY seq LIMIT %s
        ) AS others
    ) AS counted
    CROSS JOIN LATERAL (
        SELECT count(*) AS many, max(seq) AS last FROM (
            SELECT seq FROM chat.entries e
            WHERE e.log = rooms.log AND seq >= counted.first AND seq <= head AND session IS DISTINCT FROM %s
                AND e.words @@ rooms.words::tsquery AND kind = 'said'
            ORDER BY seq DESC LIMIT %s
        ) AS others
    ) AS named
    WHERE counted.many > 0
"""


class UnreadReader(Protocol):
    """A reader, as far as it is needed here."""

    session: DatabaseSession

    def rows(self, where: Any, *arguments: object) -> Iterator[Numbered]:
        """Return the messages of *where*."""


def unread(reader: UnreadReader, retention: Retention, wanted: WantedUnread, in_time: Callable[[], None]) -> UnreadPage:
    """Return what is unread, by :meth:`chatroom.core.ports.MarkStore.unread`; *in_time* is called before each query."""
    in_time()
    heads = wanted.heads
    known = list(heads), list(heads.values())
    rows = reader.session.read(_ROOMS, wanted.person, sorted(wanted.rooms), *known, *known)
    rooms = newest_first(rows, wanted)
    found: list[tuple[LogId, Unread]] = []
    # Mostly one question: of few rooms all that is new is one's own.
    for start in range(0, len(rooms), UNREAD_ROOMS + 1):
        in_time()
        found += _unread(reader, retention, rooms[start : start + UNREAD_ROOMS + 1], wanted)
        if len(found) > UNREAD_ROOMS:
            break
    return UnreadPage(found[:UNREAD_ROOMS], len(found) > UNREAD_ROOMS)


def _unread(
    reader: UnreadReader, retention: Retention, rooms: Sequence[MaybeUnread], wanted: WantedUnread
) -> Iterator[tuple[LogId, Unread]]:
    """Yield those of *rooms* in which something is unread, and what."""
    floors = [max(room.marked, room.removed, retention.floor(room.head)) for room in rooms]
    # Without a word nothing is named: no text has this one.
    words = [query(room.log, [Phrase(wanted.words)]) if wanted.words else "'#'" for room in rooms]
    logs, heads = [room.log for room in rooms], [room.head for room in rooms]
    counts = reader.session.read(
        _COUNTS, logs, floors, heads, words, wanted.person, MOST_UNREAD, wanted.person, MOST_MENTIONS
    )
    counted = {log: row for log, *row in counts}
    for room in rooms:
        if room.log in counted:
            many, first, mentions, last = counted[room.log]
            said = {
                seq: Said(room.room, seq, message)
                for seq, message in reader.rows("log = %s AND seq = ANY (%s)", room.log, [room.head, last or room.head])
            }
            if room.head in said:
                mention = said.get(last)
                newest = replace(said[room.head], other=room.name)
                yield room.log, Unread(newest, room.marked, first, many, mentions, mention)
