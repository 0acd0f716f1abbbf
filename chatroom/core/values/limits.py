"""The limits of the server, as numbers."""

from __future__ import annotations

from dataclasses import dataclass

BACKLOG = 50
"""Messages shown to a client whose number is not of the room's epoch."""

TAIL_ROWS = 300
"""Newest messages that a room keeps in memory, so that replays rarely touch the disk."""

TAIL_BYTES = 256 * 1024
"""Bytes of text in them, at most."""

CROWD = 500
"""Members beyond which a room shows their count only, and no coming and going."""

RESENDABLE = 10_000
"""Newest messages of a room that are recognized when they are sent again."""

RESENT_WITHIN = 7 * 86_400_000
"""Milliseconds before its newest message of which a room that opens looks for them: it may hold the talk of years."""

RECALLED = 250
"""Messages that are looked through for a ``cid`` in one piece when a room opens: 1 to 4 ms."""

PAGE_BYTES = 65536
"""Bytes of written text that end a page, however few its rows are."""

MAX_ROWS = 300
"""The most messages in a page, whatever an operator sets: more may not fit into a line."""

TOKEN_BYTES = 16384
"""Bytes of written text, read or said, per further token."""

WASTE_BYTES = 1024
"""Bytes that make no request, per token."""

MONITORED = 100
"""Names of which a connection may be told when they come and go."""

NAMES_A_TOKEN = 100
"""Names in a page, and rooms looked at for one, per further token."""

TOKEN_SECONDS = 0.02
"""Seconds of the log's work on a search, per further token."""

MASKS_A_TOKEN = 100
"""Masks that are looked at for somebody, per further token."""

PIECE = 0.005
"""Seconds after which a long piece of work lets others have their turn."""

CROWDED = 0.1
"""The share of its timeout that a search has while others wait, so that a costly query delays them by little."""

PAGE_NAMES = 1000
"""Rooms or names in a page, at most."""

MAX_CAPACITY = 2**31 - 1
"""The largest capacity of a room that is kept."""


def capacity(*sizes: int) -> int:
    """Return the smallest of *sizes* of a room; 0 is no limit in each."""
    return min(filter(None, sizes), default=0)


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits that an operator sets; times are in seconds, and 0 switches a limit off."""

    max_connections: int = 0
    per_host: int = 64
    devices: int = 8
    max_line: int = 32768
    lines_per_turn: int = 64
    burst: int = 30
    rate: float = 5
    in_flight: int = 256
    outbox: int = 262144
    page: int = 100
    first_line_timeout: float = 20
    login_timeout: float = 120
    heartbeat: float = 60
    stall_timeout: float = 120
    user_timeout: float = 120
    close_timeout: float = 5
    max_rooms: int = 64
    room_capacity: int = 256
    rooms_per_visitor: int = 8
    linger: float = 300
    search_timeout: float = 1
    stop_timeout: float = 10
    grace: float = 30


MOST_UNREAD = 1_000
"""Unread messages of a room that are counted, at most."""

MOST_MENTIONS = 100
"""Those of them that name somebody, likewise."""

UNREAD_ROOMS = 100
"""Rooms with something unread in a page, at most."""

FOLLOWED = 1_000
"""Rooms that somebody follows, at most: then the one goes that they have followed for longest."""
