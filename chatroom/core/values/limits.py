"""What the server withstands, as numbers."""

from __future__ import annotations

from dataclasses import dataclass

BACKLOG = 50
"""How many messages a client is shown whose number does not fit the room's epoch."""

TAIL_ROWS = 300
"""So many of its newest messages a room keeps, so that replays rarely touch the disk."""

TAIL_BYTES = 256 * 1024
"""So many bytes of their text."""

CROWD = 500
"""Beyond so many members, a room shows only their count and not who comes and goes."""

RESENDABLE = 10_000
"""So many messages of a room, the newest, are known again when they are sent again."""

RECALLED = 250
"""Among so many of them, those that have a ``cid`` are looked up in one piece when the room opens: 1 to 4 ms."""

PAGE_BYTES = 65536
"""A page ends when it holds so many bytes of text as it is written, however few its rows are."""

MAX_ROWS = 300
"""The most messages in a page, whatever an operator sets: more may not fit into a line."""

TOKEN_BYTES = 16384
"""For each so many bytes of text, as they are written, in what a visitor reads or says, it pays one token more."""

WASTE_BYTES = 1024
"""For each so many bytes of which no request came, a visitor pays one token."""

NAMES_A_TOKEN = 100
"""For each so many names in a page, and rooms that are looked at for one, a visitor pays one token more."""

TOKEN_SECONDS = 0.02
"""For each so many seconds that the log works on a search, the visitor pays one token more."""

PIECE = 0.005
"""Seconds after which work that was asked for lets others have their turn."""

CROWDED = 0.1
"""The part of its time that a search has while others wait for it, so that who asks for much delays them by little."""

PAGE_NAMES = 1000
"""A page of rooms or names ends after so many."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits that an operator sets; times are in seconds, and 0 switches a limit off."""

    max_connections: int = 0
    per_host: int = 64
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
