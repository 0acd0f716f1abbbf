"""Who has talked with whom, in the file of a log."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from chatroom.core.ports import KeptTalk, LogId
from chatroom.core.values.events import Message, kind_of
from chatroom.core.values.names import RoomName
from chatroom.core.values.talks import people

NEVER = 2**63 - 1
"""Since when the log of a talk is closed: it is not kept for a time only."""


def talked(connection: sqlite3.Connection, log: LogId, room: RoomName, seq: int, message: Message) -> None:
    """Store that *message*, number *seq*, is the newest of the talk called *room*, if both have their accounts."""
    both = people(room)
    assert both is not None, "it is no room"
    connection.executemany(
        "INSERT INTO talks (person, other, log, seq, at) SELECT ?, ?, ?, ?, ?"
        " WHERE (SELECT count(*) FROM accounts WHERE id IN (?, ?)) = ?"
        " ON CONFLICT (person, other) DO UPDATE SET seq = excluded.seq, at = excluded.at",
        [
            (*pair, log, seq, message.at, *pair, len(set(both)))
            for pair in {both, both[::-1]}
            if message.is_for(pair[0])
        ],
    )


def talks(connection: sqlite3.Connection, person: bytes, before: int, limit: int) -> Sequence[KeptTalk]:
    """Return the talks of *person* whose newest messages are from *before* a time, the newest first."""
    rows = connection.execute(
        "SELECT talks.log, other, name, talks.seq, speaker, text, messages.at, kind, session, cid, re,"
        " withheld"
        " FROM talks CROSS JOIN messages ON messages.log = talks.log AND messages.seq = talks.seq"
        " WHERE person = ? AND talks.at < ? ORDER BY talks.at DESC LIMIT ?",
        (person, before, limit),
    )
    return [
        KeptTalk(
            LogId(log), other, seq, Message(speaker, text, at, kind_of(kind), session, cid, re, bool(withheld)), name
        )
        for log, other, name, seq, speaker, text, at, kind, session, cid, re, withheld in rows
    ]


def drop(connection: sqlite3.Connection, account: bytes) -> None:
    """Store that *account*, which is there still, has no talks; those with others are theirs alone."""
    gone = connection.execute("DELETE FROM talks WHERE person = ? RETURNING log, other", (account,)).fetchall()
    connection.execute(
        "UPDATE talks SET name = (SELECT a.username FROM accounts a WHERE a.id = talks.other) WHERE other = ?",
        (account,),
    )
    connection.executemany(
        "UPDATE logs SET key = NULL WHERE id = ? AND NOT EXISTS (SELECT 1 FROM talks WHERE person = ? AND other = ?)",
        [(log, other, account) for log, other in gone],
    )
